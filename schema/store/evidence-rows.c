/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of clock evidence: what is in the file. What they mean is in evidence.c. */
#include "config.h"

#include "store/store-private.h"

static void
bind_owner (sqlite3_stmt *statement, guint32 device, guint64 incarnation)
{
  soban_bind_int (statement, ":device", device);
  soban_bind_int (statement, ":incarnation", (gint64)incarnation);
}

static gboolean
load_boots (SobanStore *store, SobanClockEvidence *evidence, char **ret_last_id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "SELECT first_number, boottime_ms, ran_ms, wall_ms, boot_id FROM boot "
                              "WHERE device = :device AND incarnation = :incarnation ORDER BY place",
                              error);
  gboolean row;

  if (!statement)
    return FALSE;
  bind_owner (statement, evidence->device, evidence->incarnation);
  while (soban_step (statement, &row, error)) {
    SobanBoot boot = { 0 };

    if (!row)
      return TRUE;
    boot.first_number = (guint64)soban_column_int (statement, 0);
    boot.boottime_ms = soban_column_int (statement, 1);
    boot.ran_ms = soban_column_int (statement, 2);
    boot.wall_ms = soban_column_int (statement, 3);
    g_array_append_val (evidence->boots, boot);
    if (ret_last_id) {
      g_free (*ret_last_id);
      *ret_last_id = g_strdup (soban_column_text (statement, 4));
    }
  }
  return FALSE;
}

static gboolean
load_anchors (SobanStore *store, SobanClockEvidence *evidence, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "SELECT boot, boottime_ms, wall_ms, true_ms FROM anchor "
                              "WHERE device = :device AND incarnation = :incarnation ORDER BY place",
                              error);
  gboolean row;

  if (!statement)
    return FALSE;
  bind_owner (statement, evidence->device, evidence->incarnation);
  while (soban_step (statement, &row, error)) {
    SobanAnchor anchor = { 0 };

    if (!row)
      return TRUE;
    anchor.boot = (guint)soban_column_int (statement, 0);
    anchor.boottime_ms = soban_column_int (statement, 1);
    anchor.wall_ms = soban_column_int (statement, 2);
    anchor.true_ms = soban_column_int (statement, 3);
    if (anchor.boot < evidence->boots->len)
      g_array_append_val (evidence->anchors, anchor);
  }
  return FALSE;
}

SobanClockEvidence *
soban_evidence_load (SobanStore *store, guint32 device, guint64 incarnation, char **ret_last_id, GError **error)
{
  g_autoptr (SobanClockEvidence) evidence = soban_clock_evidence_new (device, incarnation);

  if (!load_boots (store, evidence, ret_last_id, error) || !load_anchors (store, evidence, error))
    return NULL;
  return g_steal_pointer (&evidence);
}

gboolean
soban_evidence_put_boot (SobanStore *store, const SobanClockEvidence *evidence, guint place, const char *boot_id,
                         GError **error)
{
  const SobanBoot *boot = &g_array_index (evidence->boots, SobanBoot, place);
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "INSERT OR REPLACE INTO boot (device, incarnation, place, boot_id, first_number, boottime_ms, ran_ms, wall_ms) "
      "VALUES (:device, :incarnation, :place, :boot_id, :first, :boottime, :ran, :wall)",
      error);

  if (!statement)
    return FALSE;
  bind_owner (statement, evidence->device, evidence->incarnation);
  soban_bind_int (statement, ":place", place);
  soban_bind_text (statement, ":boot_id", boot_id);
  soban_bind_int (statement, ":first", (gint64)boot->first_number);
  soban_bind_int (statement, ":boottime", boot->boottime_ms);
  soban_bind_int (statement, ":ran", boot->ran_ms);
  soban_bind_int (statement, ":wall", boot->wall_ms);
  return soban_run (statement, error);
}

static gboolean
insert_anchor (SobanStore *store, const SobanClockEvidence *evidence, guint place, GError **error)
{
  const SobanAnchor *anchor = &g_array_index (evidence->anchors, SobanAnchor, place);
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "INSERT INTO anchor (device, incarnation, place, boot, boottime_ms, wall_ms, true_ms) "
                              "VALUES (:device, :incarnation, :place, :boot, :boottime, :wall, :true)",
                              error);

  if (!statement)
    return FALSE;
  bind_owner (statement, evidence->device, evidence->incarnation);
  soban_bind_int (statement, ":place", place);
  soban_bind_int (statement, ":boot", anchor->boot);
  soban_bind_int (statement, ":boottime", anchor->boottime_ms);
  soban_bind_int (statement, ":wall", anchor->wall_ms);
  soban_bind_int (statement, ":true", anchor->true_ms);
  return soban_run (statement, error);
}

static gboolean
remove_all (SobanStore *store, const SobanClockEvidence *evidence, GError **error)
{
  g_autoptr (sqlite3_stmt) boots = soban_database_prepare (
      store->db_thread.database, "DELETE FROM boot WHERE device = :device AND incarnation = :incarnation", error);
  g_autoptr (sqlite3_stmt) anchors = soban_database_prepare (
      store->db_thread.database, "DELETE FROM anchor WHERE device = :device AND incarnation = :incarnation", error);

  if (!boots || !anchors)
    return FALSE;
  bind_owner (boots, evidence->device, evidence->incarnation);
  bind_owner (anchors, evidence->device, evidence->incarnation);
  return soban_run (boots, error) && soban_run (anchors, error);
}

gboolean
soban_evidence_replace (SobanStore *store, const SobanClockEvidence *evidence, const char *last_id, GError **error)
{
  if (!remove_all (store, evidence, error))
    return FALSE;
  for (guint i = 0; i < evidence->boots->len; i++)
    if (!soban_evidence_put_boot (store, evidence, i, i + 1 == evidence->boots->len ? last_id : "", error))
      return FALSE;
  for (guint i = 0; i < evidence->anchors->len; i++)
    if (!insert_anchor (store, evidence, i, error))
      return FALSE;
  return TRUE;
}
