/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an answer says of the own changes
 * ======================================
 *
 * Invariants:
 *  (1) A receipt ends the waiting of all own changes up to its number, and the chain is kept for there: the next HELLO
 * says both. (2) A receipt that is taken back (apply.c, 7) lets what is above it wait again. Where the log has not all
 * of that any more (window.c), what is left is issued anew: numbers have no gap. (3) The own numbers of a scope are
 * those between two cursors that no other change has, in the order of the own changes. Where that does not come out, or
 * something was left out, a change gets a number that is not below its own: a value may be shown as lost once too
 * often, never hidden (history.c). (4) An own change of which a collector of protocol 1.1 says nothing was recorded
 * when the tablet's clock says.
 */
#include "config.h"

#include "store/store-private.h"

#include "base/error.h"

#include <glib/gi18n-lib.h>

/* *ret_found FALSE: no own change of that number waits. */
static gboolean
find_waiting (SobanStore *store, guint64 number, SobanUuid *ret_record, gboolean *ret_found, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "SELECT record FROM outbox WHERE number = :number", error);

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":number", (gint64)number);
  if (!soban_step (statement, ret_found, error))
    return FALSE;
  *ret_found = *ret_found && soban_column_uuid (statement, 0, ret_record);
  return TRUE;
}

static void
bind_own (SobanStore *store, sqlite3_stmt *statement, const SobanUuid *record, guint64 number)
{
  const SobanIdentity *identity = &store->db_thread.identity;

  soban_bind_change_id (statement, record, &(SobanChangeId){ identity->device, identity->incarnation, number });
}

gboolean
soban_receipt_adjust_stamp (SobanStore *store, const SobanAdjustment *adjustment, SobanUuid *ret_record,
                            gboolean *ret_restamped, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean found;

  *ret_restamped = FALSE;
  /* A receipt that came before took its adjustment along. */
  if (!find_waiting (store, adjustment->number, ret_record, &found, error))
    return FALSE;
  if (!found)
    return TRUE;
  statement = soban_database_prepare (store->db_thread.database,
                                      "UPDATE change SET stamp = :stamp WHERE record = :record AND device = :device "
                                      "AND incarnation = :incarnation AND number = :number AND stamp <> :stamp",
                                      error);
  if (!statement)
    return FALSE;
  bind_own (store, statement, ret_record, adjustment->number);
  soban_bind_int (statement, ":stamp", (gint64)adjustment->stamp);
  if (!soban_run (statement, error))
    return FALSE;
  *ret_restamped = soban_database_changes (store->db_thread.database) > 0;
  return TRUE;
}

static gboolean
keep_time (SobanStore *store, const SobanUuid *record, guint64 number, gint64 recorded_ms, SobanTimeQuality quality,
           GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "UPDATE change SET recorded_ms = :ms, time_quality = :quality WHERE record = :record AND "
                              "device = :device AND incarnation = :incarnation AND number = :number",
                              error);

  if (!statement)
    return FALSE;
  bind_own (store, statement, record, number);
  soban_bind_int (statement, ":ms", recorded_ms);
  soban_bind_int (statement, ":quality", quality);
  return soban_run (statement, error);
}

gboolean
soban_receipt_keep_times (SobanStore *store, const GArray *times, GError **error)
{
  for (guint i = 0; times && i < times->len; i++) {
    const SobanRecordedTime *time = &g_array_index (times, SobanRecordedTime, i);
    gboolean found;
    SobanUuid record;

    if (!find_waiting (store, time->number, &record, &found, error)
        || (found && !keep_time (store, &record, time->number, time->recorded_ms, time->time_quality, error)))
      return FALSE;
  }
  return TRUE;
}

/* Invariant 4 */
static gboolean
confirm_time (SobanStore *store, const SobanUuid *record, guint64 number, GError **error)
{
  const SobanIdentity *identity = &store->db_thread.identity;
  const SobanChangeId id = { identity->device, identity->incarnation, number };
  g_autoptr (SobanChange) change = soban_log_find (store, record, &id, error);

  if (!change)
    return FALSE;
  return change->recorded_ms != 0 || keep_time (store, record, number, change->wall_ms, SOBAN_TIME_SAME_BOOT, error);
}

static gboolean
confirm_times (SobanStore *store, guint64 acked, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "SELECT number, record FROM outbox WHERE number <= :acked", error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":acked", (gint64)acked);
  while (soban_step (statement, &row, error)) {
    SobanUuid record;

    if (!row)
      return TRUE;
    if (soban_column_uuid (statement, 1, &record)
        && !confirm_time (store, &record, (guint64)soban_column_int (statement, 0), error))
      return FALSE;
  }
  return FALSE;
}

/* ---- taken back ---- */

static gboolean
count_above (SobanStore *store, guint64 acked, guint64 *ret_count, GError **error)
{
  const SobanIdentity *identity = &store->db_thread.identity;
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT count(*) FROM change WHERE device = :device AND incarnation = :incarnation AND number > :acked", error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":device", identity->device);
  soban_bind_int (statement, ":incarnation", (gint64)identity->incarnation);
  soban_bind_int (statement, ":acked", (gint64)acked);
  if (!soban_step (statement, &row, error))
    return FALSE;
  *ret_count = (guint64)soban_column_int (statement, 0);
  return TRUE;
}

static gboolean
fill_outbox (SobanStore *store, guint64 acked, GError **error)
{
  SobanIdentity *identity = &store->db_thread.identity;
  g_autoptr (sqlite3_stmt) outbox =
      soban_database_prepare (store->db_thread.database,
                              "INSERT OR IGNORE INTO outbox (number, record) SELECT number, record FROM change WHERE "
                              "device = :device AND incarnation = :incarnation AND number > :acked",
                              error);
  g_autoptr (sqlite3_stmt) arrivals =
      soban_database_prepare (store->db_thread.database,
                              "UPDATE change SET arrived = 0 WHERE device = :device AND incarnation = :incarnation AND "
                              "number > :acked",
                              error);
  sqlite3_stmt *const statements[] = { outbox, arrivals };

  if (!outbox || !arrivals)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (statements); i++) {
    soban_bind_int (statements[i], ":device", identity->device);
    soban_bind_int (statements[i], ":incarnation", (gint64)identity->incarnation);
    soban_bind_int (statements[i], ":acked", (gint64)acked);
    if (!soban_run (statements[i], error))
      return FALSE;
  }
  return TRUE;
}

/* Invariant 2 */
static gboolean
take_back (SobanStore *store, guint64 acked, GError **error)
{
  SobanIdentity *identity = &store->db_thread.identity;
  guint64 count, chain;
  gboolean found;

  if (!count_above (store, acked, &count, error) || !soban_log_find_chain (store, acked, &chain, &found, error))
    return FALSE;
  store->db_thread.shown_changed = TRUE;
  if (!found || count != identity->last_number - acked)
    return soban_fork_identity (store, acked, error);
  identity->acked_number = acked;
  identity->acked_chain = chain;
  return fill_outbox (store, acked, error) && soban_own_chain_link_again (store, error);
}

/* ---- taken ---- */

static gboolean
empty_outbox (SobanStore *store, guint64 acked, GError **error)
{
  g_autoptr (sqlite3_stmt) unplaced = soban_database_prepare (
      store->db_thread.database,
      "INSERT OR REPLACE INTO unplaced (number, record) SELECT number, record FROM outbox WHERE number <= :acked",
      error);
  g_autoptr (sqlite3_stmt) removal =
      soban_database_prepare (store->db_thread.database, "DELETE FROM outbox WHERE number <= :acked", error);

  if (!unplaced || !removal)
    return FALSE;
  soban_bind_int (unplaced, ":acked", (gint64)acked);
  soban_bind_int (removal, ":acked", (gint64)acked);
  return soban_run (unplaced, error) && soban_run (removal, error);
}

gboolean
soban_receipt_take (SobanStore *store, const SobanSyncResult *result, GError **error)
{
  SobanIdentity *identity = &store->db_thread.identity;
  guint64 acked = result->acked_number, chain;
  gboolean found;

  if (acked > identity->last_number) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT,
                 _ ("The receipt names change %llu, but this tablet has made only %llu"), (unsigned long long)acked,
                 (unsigned long long)identity->last_number);
    return FALSE;
  }
  if (acked < identity->acked_number && result->set_back)
    return take_back (store, acked, error);
  if (acked <= identity->acked_number)
    return TRUE;
  if ((result->collector_minor >= 1 && !confirm_times (store, acked, error))
      || !soban_log_find_chain (store, acked, &chain, &found, error) || !empty_outbox (store, acked, error))
    return FALSE;
  identity->acked_number = acked;
  identity->acked_chain = chain;
  store->db_thread.shown_changed = TRUE;
  return soban_erasure_resume (store, error);
}

/* ---- places in the scopes ---- */

gboolean
soban_cursors_begin_anew (SobanStore *store, GError **error)
{
  const SobanIdentity *identity = &store->db_thread.identity;
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "INSERT OR REPLACE INTO unplaced (number, record) SELECT number, record FROM change WHERE "
      "device = :device AND incarnation = :incarnation AND number <= :acked",
      error);

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":device", identity->device);
  soban_bind_int (statement, ":incarnation", (gint64)identity->incarnation);
  soban_bind_int (statement, ":acked", (gint64)identity->acked_number);
  return soban_database_execute (store->db_thread.database, "DELETE FROM unplaced", error)
         && soban_run (statement, error)
         && soban_database_execute (store->db_thread.database, "UPDATE scope SET cursor = 0, page = NULL, page_top = 0",
                                    error)
         && soban_erasures_relay_all (store, error);
}

typedef struct {
  guint64 number;
  SobanUuid record;
} Unplaced;

static gboolean
list_unplaced (SobanStore *store, const char *scope, GArray *unplaced, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "SELECT unplaced.number, unplaced.record FROM unplaced JOIN record ON record.id = "
                              "unplaced.record WHERE record.scope = :scope ORDER BY unplaced.number",
                              error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":scope", scope);
  while (soban_step (statement, &row, error)) {
    Unplaced item = { 0 };

    if (!row)
      return TRUE;
    item.number = (guint64)soban_column_int (statement, 0);
    if (soban_column_uuid (statement, 1, &item.record))
      g_array_append_val (unplaced, item);
  }
  return FALSE;
}

static gboolean
place (SobanStore *store, const Unplaced *item, guint64 arrived, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "UPDATE change SET arrived = :arrived WHERE record = :record AND device = :device AND "
                              "incarnation = :incarnation AND number = :number",
                              error);
  g_autoptr (sqlite3_stmt) removal =
      soban_database_prepare (store->db_thread.database, "DELETE FROM unplaced WHERE number = :number", error);

  if (!statement || !removal)
    return FALSE;
  bind_own (store, statement, &item->record, item->number);
  soban_bind_int (statement, ":arrived", (gint64)MAX (arrived, 1));
  soban_bind_int (removal, ":number", (gint64)item->number);
  return soban_run (statement, error) && soban_run (removal, error);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint64 left = *(const guint64 *)a, right = *(const guint64 *)b;

  return left < right ? -1 : left > right;
}

/* (transfer full): the numbers in (@from, @to] that no other change has; nothing when they are not known or too many.
 */
static GArray *
list_gaps (const SobanSyncResult *result, const char *scope, guint64 from, guint64 to, guint gaps_max)
{
  g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GArray) gaps = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint at = 0;

  for (guint i = 0; result->scope_numbers && result->changes && i < result->changes->len; i++)
    if (g_strcmp0 (((const SobanChange *)g_ptr_array_index (result->changes, i))->scope, scope) == 0)
      g_array_append_val (taken, g_array_index (result->scope_numbers, guint64, i));
  g_array_sort (taken, compare_numbers);
  for (guint64 number = from + 1; number <= to && gaps->len <= gaps_max; number++) {
    while (at < taken->len && g_array_index (taken, guint64, at) < number)
      at++;
    if (at == taken->len || g_array_index (taken, guint64, at) != number)
      g_array_append_val (gaps, number);
  }
  if (gaps->len > gaps_max)
    g_array_set_size (gaps, 0);
  return g_steal_pointer (&gaps);
}

/* Invariant 3: the @n-th of @unplaced. 0: not known yet. */
static guint64
choose_place (const SobanCursor *cursor, const GArray *gaps, guint unplaced, guint n, guint64 from)
{
  guint before;

  if (cursor->more)
    return n < gaps->len ? g_array_index (gaps, guint64, n) : 0;
  if (gaps->len == 0)
    return cursor->cursor;
  /* Those that are too many had been passed before. */
  before = unplaced - gaps->len;
  return n < before ? from : g_array_index (gaps, guint64, n - before);
}

gboolean
soban_receipt_place (SobanStore *store, const SobanCursor *cursor, const SobanSyncResult *result, GError **error)
{
  g_autoptr (GArray) unplaced = g_array_new (FALSE, FALSE, sizeof (Unplaced));
  g_autoptr (GArray) gaps = NULL;
  guint64 from;

  if (!list_unplaced (store, cursor->scope, unplaced, error)
      || !soban_scope_get_cursor (store, cursor->scope, &from, error))
    return FALSE;
  if (unplaced->len == 0)
    return TRUE;
  gaps = cursor->skipped == 0 && result->scope_numbers
             ? list_gaps (result, cursor->scope, from, cursor->cursor, unplaced->len)
             : g_array_new (FALSE, FALSE, sizeof (guint64));
  for (guint i = 0; i < unplaced->len; i++) {
    guint64 number = choose_place (cursor, gaps, unplaced->len, i, from);

    if (number != 0 && !place (store, &g_array_index (unplaced, Unplaced, i), number, error))
      return FALSE;
  }
  return TRUE;
}
