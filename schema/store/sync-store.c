/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sync reads: cursors and outgoing changes. What it writes is in apply.c, the enrolment in enrol.c. */
#include "config.h"

#include "store/store-private.h"

#include "base/error.h"

#include <glib/gi18n-lib.h>

static void
free_cursor (gpointer data)
{
  g_free (((SobanCursor *) data)->scope);
  g_free (data);
}

static gboolean
get_cursors (SobanStore *store, gpointer data, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "SELECT scope, cursor, page, page_top FROM scope WHERE former = 0 ORDER BY scope", error);
  gboolean row;

  if (!statement)
    return FALSE;
  while (soban_step (statement, &row, error)) {
    SobanCursor *cursor;

    if (!row)
      return TRUE;
    cursor = g_new0 (SobanCursor, 1);
    cursor->scope = g_strdup (soban_column_text (statement, 0));
    cursor->cursor = (guint64) soban_column_int (statement, 1);
    cursor->has_page = soban_column_uuid (statement, 2, &cursor->page);
    cursor->page_top = cursor->has_page ? (guint64) soban_column_int (statement, 3) : 0;
    g_ptr_array_add (data, cursor);
  }
  return FALSE;
}

GPtrArray *
soban_store_get_cursors (SobanStore *store, GError **error)
{
  g_autoptr (GPtrArray) cursors = g_ptr_array_new_with_free_func (free_cursor);

  return soban_store_read (store, get_cursors, cursors, error) ? g_steal_pointer (&cursors) : NULL;
}

typedef struct {
  guint64 after;
  guint max;
  GPtrArray *changes;
} OutgoingJob;

static gboolean
list_outgoing (SobanStore *store, gpointer data, GError **error)
{
  OutgoingJob *job = data;
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "SELECT number, record FROM outbox WHERE number > :after ORDER BY number LIMIT :max",
      error);
  SobanChangeId id = { store->db_thread.identity.device, store->db_thread.identity.incarnation, 0 };
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":after", (gint64) job->after);
  soban_bind_int (statement, ":max", job->max);
  while (soban_step (statement, &row, error)) {
    SobanChange *change;
    SobanUuid record;

    if (!row)
      return TRUE;
    id.number = (guint64) soban_column_int (statement, 0);
    if (!soban_column_uuid (statement, 1, &record))
      continue;
    change = soban_log_find (store, &record, &id, error);
    if (!change)
      return FALSE;
    /* Waiting again after the collector was set back: what it had told is its own affair. */
    change->recorded_ms = 0;
    change->time_quality = SOBAN_TIME_RAW;
    g_ptr_array_add (job->changes, change);
  }
  return FALSE;
}

GPtrArray *
soban_store_list_outgoing (SobanStore *store, guint64 after, guint max, GError **error)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);
  OutgoingJob job = { after, max, changes };

  return soban_store_read (store, list_outgoing, &job, error) ? g_steal_pointer (&changes) : NULL;
}

gint64
soban_store_count_waiting (SobanStore *store, GError **error)
{
  SobanIdentity identity;

  /* The outbox holds what is above the receipt. */
  if (!soban_store_get_identity (store, &identity, error)) {
    g_prefix_error (error, _("Counting what waits: "));
    return -1;
  }
  return (gint64)(identity.last_number - identity.acked_number);
}

typedef struct {
  guint64 number;
  guint64 chain;
} ChainJob;

static gboolean
get_chain (SobanStore *store, gpointer data, GError **error)
{
  ChainJob *job = data;
  gboolean found;

  if (!soban_log_find_chain (store, job->number, &job->chain, &found, error))
    return FALSE;
  if (!found)
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND, _("Change %llu is missing in the log"),
                 (unsigned long long) job->number);
  return found;
}

gboolean
soban_store_get_chain (SobanStore *store, guint64 number, guint64 *ret_chain, GError **error)
{
  ChainJob job = { .number = number };

  if (!soban_store_read (store, get_chain, &job, error))
    return FALSE;
  *ret_chain = job.chain;
  return TRUE;
}
