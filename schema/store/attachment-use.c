/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What names an attachment, and when it goes
 *
 * Invariants:
 *  (1) `attachment_use` has a row for each record whose log has ever named an attachment, until the log goes: also for a value that was
 *      replaced, since it can be put back.
 *  (2) An attachment stays while `attachment_use` or an answer of a draft names it. One that nothing names yet was just put: it stays until the store
 *      is opened again. So do those of the draft that was discarded last, which a person may want back; of the one before they go.
 *  (3) When an erased record is blanked its attachments go at once, and their bytes with them (secure_delete).
 *  (4) A record with an attachment that is not received is not let go by the window (window.c).
 */
#include "config.h"

#include "store/store-private.h"

#include "base/attachment-name.h"

#include <glib/gi18n-lib.h>

static gboolean
insert_use (SobanStore *store, const char *name, const SobanUuid *record, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "INSERT OR IGNORE INTO attachment_use (name, record) VALUES (:name, :record)", error);

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":name", name);
  soban_bind_uuid (statement, ":record", record);
  return soban_run (statement, error);
}

gboolean
soban_attachments_note_uses (SobanStore *store, const SobanChange *change, GError **error)
{
  for (guint i = 0; i < change->assignments->len; i++) {
    const char *value = ((const SobanAssignment *) g_ptr_array_index (change->assignments, i))->value;

    if (value && soban_attachment_name_is_valid (value) && !insert_use (store, value, &change->record, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_named (SobanStore *store, const char *name, gboolean *ret_is, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT 1 WHERE EXISTS (SELECT 1 FROM attachment_use WHERE name = :name) OR EXISTS (SELECT 1 FROM answer WHERE value = :name)", error);

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":name", name);
  return soban_step (statement, ret_is, error);
}

static gboolean
remove_attachment (SobanStore *store, const char *name, GError **error)
{
  g_autoptr (sqlite3_stmt) chunks = soban_database_prepare (
      store->db_thread.database, "DELETE FROM attachment_chunk WHERE attachment = (SELECT key FROM attachment WHERE name = :name)", error);
  g_autoptr (sqlite3_stmt) attachment =
      soban_database_prepare (store->db_thread.database, "DELETE FROM attachment WHERE name = :name", error);

  if (!chunks || !attachment)
    return FALSE;
  soban_bind_text (chunks, ":name", name);
  soban_bind_text (attachment, ":name", name);
  return soban_run (chunks, error) && soban_run (attachment, error);
}

/* Of @names (element-type utf8) those go that nothing names any more. */
static gboolean
sweep (SobanStore *store, const GPtrArray *names, GError **error)
{
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);
    gboolean named;

    if (!is_named (store, name, &named, error) || (!named && !remove_attachment (store, name, error)))
      return FALSE;
  }
  return TRUE;
}

/* Adds the texts of the first column. */
static gboolean
list_names (sqlite3_stmt *statement, GPtrArray *names, GError **error)
{
  gboolean row;

  while (soban_step (statement, &row, error)) {
    if (!row)
      return TRUE;
    g_ptr_array_add (names, g_strdup (soban_column_text (statement, 0)));
  }
  return FALSE;
}

/* (transfer full): names that the SQL finds by the uuid :id. */
static GPtrArray *
find_names (SobanStore *store, const char *sql, const SobanUuid *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (store->db_thread.database, sql, error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  if (!statement)
    return NULL;
  soban_bind_uuid (statement, ":id", id);
  return list_names (statement, names, error) ? g_steal_pointer (&names) : NULL;
}

gboolean
soban_attachments_discard (SobanStore *store, const SobanUuid *draft, GError **error)
{
  g_autoptr (GPtrArray) names =
      find_names (store, "SELECT value FROM answer JOIN attachment ON attachment.name = answer.value WHERE draft = :id", draft, error);

  if (!names || (store->db_thread.discarded && !sweep (store, store->db_thread.discarded, error)))
    return FALSE;
  g_clear_pointer (&store->db_thread.discarded, g_ptr_array_unref);
  store->db_thread.discarded = g_steal_pointer (&names);
  return TRUE;
}

gboolean
soban_attachments_release_record (SobanStore *store, const SobanUuid *record, GError **error)
{
  g_autoptr (GPtrArray) names = find_names (store, "SELECT name FROM attachment_use WHERE record = :id", record, error);
  g_autoptr (sqlite3_stmt) removal = NULL;

  if (!names)
    return FALSE;
  if (names->len == 0)
    return TRUE;
  removal = soban_database_prepare (store->db_thread.database, "DELETE FROM attachment_use WHERE record = :record", error);
  if (!removal)
    return FALSE;
  soban_bind_uuid (removal, ":record", record);
  return soban_run (removal, error) && sweep (store, names, error);
}

static gboolean
sweep_names (SobanStore *store, gpointer data, GError **error)
{
  return sweep (store, data, error);
}

gboolean
soban_attachments_sweep_all (SobanStore *store, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT name FROM attachment WHERE NOT EXISTS (SELECT 1 FROM attachment_use WHERE attachment_use.name = attachment.name) AND NOT EXISTS "
      "(SELECT 1 FROM answer WHERE value = attachment.name)",
      error);

  if (!statement || !list_names (statement, names, error))
    return FALSE;
  soban_statement_release (g_steal_pointer (&statement));
  if (names->len == 0 || soban_store_write (store, sweep_names, names, error))
    return TRUE;
  g_prefix_error (error, _("Letting files go that nothing names any more: "));
  return FALSE;
}
