/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The window: what a tablet keeps (PROTOCOL 8)
 *
 * Invariants:
 *  (1) The window begins with a month in UTC and is a range of ids; digests, ranges and HELLO speak of it. Registries
 * are always kept. (2) Outside it a record goes only when nothing of it waits (own, or to be relayed), nobody is
 * editing it and no value of it was lost unseen. The others are looked at again at the next sync. (3) It moves by the
 * newest time that a collector has told, never by the tablet's clock, which may say 2035 or 1970 after any boot: before
 * the first sync there is no window. (4) Widening it
 * begins all cursors anew, under a new incarnation: own changes of old are sent then as anybody's.
 */
#include "config.h"

#include "store/store-private.h"

#include "base/bytes.h"
#include "base/error.h"
#include "store/kept-days.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS G_GINT64_CONSTANT (86400000)
#define DROP_RECORDS 200
/* Clocks that are set right may move the time a little back over a month's end: that is no widening. */
#define WIDENING_MS (40 * DAY_MS)

gboolean
soban_form_is_registry (SobanStore *store, const char *form)
{
  const SobanFormEntry *entry = soban_form_library_find (store->forms, form);

  return entry && entry->kind == SOBAN_FORM_REGISTRY;
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

guint32
soban_store_get_registries (SobanStore *store)
{
  const GPtrArray *entries = soban_form_library_list (store->forms);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  guint32 crc = 0;

  for (guint i = 0; i < entries->len; i++) {
    const SobanFormEntry *entry = g_ptr_array_index (entries, i);

    if (entry->kind == SOBAN_FORM_REGISTRY)
      g_ptr_array_add (ids, (gpointer)entry->id);
  }
  g_ptr_array_sort (ids, compare_texts);
  for (guint i = 0; i < ids->len; i++) {
    g_autofree char *line = g_strconcat (g_ptr_array_index (ids, i), "\n", NULL);

    crc = soban_crc32c (crc, (const guint8 *)line, strlen (line));
  }
  return crc;
}

/* ---- where it should be ---- */

/* Of "90" or "team_member=90 *=365". */
static gint64
read_days (const char *retention, const char *role)
{
  g_auto (GStrv) words = g_strsplit_set (retention ? retention : "", " \t\n", -1);
  gint64 days = 0;

  for (guint i = 0; words[i]; i++) {
    const char *equals = strchr (words[i], '=');
    const char *number = equals ? equals + 1 : words[i];
    g_autofree char *name = equals ? g_strndup (words[i], equals - words[i]) : g_strdup ("*");

    if (*words[i] == '\0')
      continue;
    if (role && strcmp (name, role) == 0)
      return g_ascii_strtoll (number, NULL, 10);
    if (strcmp (name, "*") == 0)
      days = g_ascii_strtoll (number, NULL, 10);
  }
  return days;
}

static gint64
begin_month (gint64 ms)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (ms / 1000);
  g_autoptr (GDateTime) month =
      time ? g_date_time_new_utc (g_date_time_get_year (time), g_date_time_get_month (time), 1, 0, 0, 0) : NULL;

  return month ? g_date_time_to_unix (month) * 1000 : 0;
}

/* kept-days.h: the role's limit, and what the person chose within it. */
static gboolean
read_kept (SobanStore *store, gint64 *ret_days, gint64 *ret_limit_days, GError **error)
{
  g_autofree char *retention = NULL;
  g_autofree char *role = NULL;
  g_autofree char *chosen = NULL;
  gint64 days;

  if (!soban_settings_get (store, SOBAN_SETTING_RETENTION_DAYS, &retention, error)
      || !soban_settings_get (store, SOBAN_SETTING_ROLE, &role, error)
      || !soban_settings_get (store, SOBAN_SETTING_KEPT_DAYS, &chosen, error))
    return FALSE;
  *ret_limit_days = MAX (read_days (retention, role), 0);
  days = chosen ? g_ascii_strtoll (chosen, NULL, 10) : 0;
  *ret_days = days > 0 && (*ret_limit_days == 0 || days < *ret_limit_days) ? days : *ret_limit_days;
  return TRUE;
}

/* Invariant 3 */
static gboolean
choose_window (SobanStore *store, gint64 *ret_window_ms, GError **error)
{
  gint64 told_ms = soban_present_time_get_told_ms (store), days, limit_days;

  if (!read_kept (store, &days, &limit_days, error))
    return FALSE;
  *ret_window_ms = store->db_thread.window_ms;
  if (days <= 0)
    *ret_window_ms = 0;
  else if (told_ms > 0)
    *ret_window_ms = begin_month (MAX (told_ms - days * DAY_MS, 0));
  return TRUE;
}

static gboolean
is_widening (gint64 from_ms, gint64 to_ms)
{
  return from_ms != 0 && (to_ms == 0 || to_ms < from_ms - WIDENING_MS);
}

static gboolean
set_window (SobanStore *store, gpointer data, GError **error)
{
  gint64 before_ms = store->db_thread.window_ms, window_ms;

  if (!choose_window (store, &window_ms, error))
    return FALSE;
  if (window_ms == before_ms || (window_ms != 0 && window_ms < before_ms && !is_widening (before_ms, window_ms)))
    return TRUE;
  store->db_thread.window_ms = window_ms;
  /* Invariant 4 */
  if (is_widening (before_ms, window_ms)
      && (!soban_fork_identity (store, store->db_thread.identity.acked_number, error)
          || !soban_cursors_begin_anew (store, error)))
    return FALSE;
  return soban_identity_save (store, error);
}

/* ---- what goes ---- */

typedef struct {
  SobanUuid after; /* looked at so far */
  gboolean done;
} DropJob;

/* Whether there is anything to be looked at: it is asked before each sync. */
static gboolean
has_outside (SobanStore *store, gboolean *ret_has, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "SELECT DISTINCT form, month FROM digest", error);
  gboolean row = TRUE;

  *ret_has = FALSE;
  if (!statement)
    return FALSE;
  while (row && !*ret_has) {
    if (!soban_step (statement, &row, error))
      return FALSE;
    *ret_has =
        row && !soban_window_holds (store, soban_column_text (statement, 0), (guint)soban_column_int (statement, 1));
  }
  return TRUE;
}

static gboolean
list_outside (SobanStore *store, DropJob *job, GArray *ids, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "SELECT id, form FROM record WHERE id > :after AND id < :end AND NOT EXISTS (SELECT 1 "
                              "FROM outbox WHERE outbox.record = id) "
                              "AND NOT EXISTS (SELECT 1 FROM relay WHERE relay.record = id) AND NOT EXISTS (SELECT 1 "
                              "FROM draft WHERE draft.id = record.id) AND NOT EXISTS (SELECT 1 FROM attachment_use JOIN attachment ON "
                              "attachment.name = attachment_use.name WHERE attachment_use.record = record.id AND received = 0) "
                              "ORDER BY id",
                              error);
  SobanUuid end = { { 0 } };
  gboolean row;

  if (!statement)
    return FALSE;
  for (guint i = 0; i < 6; i++)
    end.bytes[i] = (guint8)(store->db_thread.window_ms >> (8 * (5 - i)));
  soban_bind_uuid (statement, ":after", &job->after);
  soban_bind_uuid (statement, ":end", &end);
  while (soban_step (statement, &row, error)) {
    if (!row) {
      job->done = TRUE;
      return TRUE;
    }
    if (!soban_column_uuid (statement, 0, &job->after)
        || soban_form_is_registry (store, soban_column_text (statement, 1))
        || g_hash_table_contains (store->db_thread.opened, &job->after))
      continue;
    g_array_append_val (ids, job->after);
    if (ids->len == DROP_RECORDS)
      return TRUE;
  }
  return FALSE;
}

static gboolean
drop_rows (SobanStore *store, const SobanUuid *record, GError **error)
{
  static const char *const removals[] = {
    "DELETE FROM change WHERE record = :record",
    "DELETE FROM unplaced WHERE record = :record",
    "DELETE FROM erasure WHERE record = :record",
  };

  for (guint i = 0; i < G_N_ELEMENTS (removals); i++) {
    g_autoptr (sqlite3_stmt) statement = soban_database_prepare (store->db_thread.database, removals[i], error);

    if (!statement)
      return FALSE;
    soban_bind_uuid (statement, ":record", record);
    if (!soban_run (statement, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
drop_record (SobanStore *store, const SobanUuid *id, GError **error)
{
  g_auto (SobanStoredRecord) record = { 0 };
  gboolean lost;

  if (!soban_history_has_lost (store, id, &lost, error))
    return FALSE;
  if (lost)
    return TRUE;
  store->db_thread.shown_changed = TRUE;
  return soban_stored_record_load (store, id, store->db_thread.state, &record, error)
         && soban_stored_record_remove (store, &record, error) && soban_derived_remove (store, id, error)
         && drop_rows (store, id, error) && soban_attachments_release_record (store, id, error);
}

static gboolean
drop_some (SobanStore *store, gpointer data, GError **error)
{
  DropJob *job = data;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SobanUuid));

  if (!list_outside (store, job, ids, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!drop_record (store, &g_array_index (ids, SobanUuid, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
get_window (SobanStore *store, gpointer data, GError **error)
{
  *(gint64 *)data = store->db_thread.window_ms;
  return TRUE;
}

static gboolean
look_outside (SobanStore *store, gpointer data, GError **error)
{
  return has_outside (store, data, error);
}

gboolean
soban_store_move_window (SobanStore *store, gint64 *ret_window_ms, GError **error)
{
  DropJob job = { 0 };
  gboolean has;

  if (!soban_store_write (store, set_window, NULL, error) || !soban_store_read (store, look_outside, &has, error)) {
    g_prefix_error (error, _ ("Choosing what this tablet keeps: "));
    return FALSE;
  }
  /* A few at a time: a save in between waits for no more. */
  while (has && !job.done)
    if (!soban_store_write (store, drop_some, &job, error)) {
      g_prefix_error (error, _ ("Letting old records go: "));
      return FALSE;
    }
  return soban_store_get_window (store, ret_window_ms, error);
}

gboolean
soban_store_get_window (SobanStore *store, gint64 *ret_window_ms, GError **error)
{
  return soban_store_read (store, get_window, ret_window_ms, error);
}

/* ---- the person's choice ---- */

static gboolean
get_kept (SobanStore *store, gpointer data, GError **error)
{
  SobanKeptDays *kept = data;

  kept->window_ms = store->db_thread.window_ms;
  return read_kept (store, &kept->days, &kept->limit_days, error);
}

gboolean
soban_store_get_kept_days (SobanStore *store, SobanKeptDays *ret_kept, GError **error)
{
  *ret_kept = (SobanKeptDays){ 0 };
  return soban_store_read (store, get_kept, ret_kept, error);
}

static gboolean
set_kept (SobanStore *store, gpointer data, GError **error)
{
  const gint64 *days = data;
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, *days);
  gint64 before, limit_days;

  if (!read_kept (store, &before, &limit_days, error))
    return FALSE;
  if (*days < 0 || (limit_days > 0 && *days > limit_days)) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT,
                 _ ("This tablet may keep the records of %u days at most"), (guint)limit_days);
    return FALSE;
  }
  return soban_settings_set (store, SOBAN_SETTING_KEPT_DAYS, *days == 0 ? NULL : text, error);
}

gboolean
soban_store_set_kept_days (SobanStore *store, gint64 days, GError **error)
{
  return soban_store_write (store, set_kept, &days, error);
}
