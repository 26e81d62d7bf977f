/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records and their log
 * =====================
 *
 * Invariants:
 *  (1) A record's state (stored-record.c) is what its log merges to under the stamps in force; both change in the same
 * transaction. (2) The log is append-only: a change is never edited or dropped (but see erasure.c, reconcile.c and
 * window.c); only its stamp, its number of the scope and the time it was recorded may become known better. (3) Own
 * changes are numbered 1, 2, 3 ... without a gap, in the transaction that stores them, and linked to a chain of hashes.
 *  (4) A change of one's own comes after everything this store has seen: the clock is ratcheted and kept in the file.
 * Its provisional stamp is this tablet's best estimate of the time, the readings of its clocks are kept as they are.
 *  (5) A change names the winners it overwrites that are another's and have no number of the scope yet: `seen` cannot
 * speak of them.
 */
#include "config.h"

#include "store/store-private.h"

#include "base/error.h"
#include "base/text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
soban_bind_change_id (sqlite3_stmt *statement, const SobanUuid *record, const SobanChangeId *id)
{
  soban_bind_uuid (statement, ":record", record);
  soban_bind_int (statement, ":device", id->device);
  soban_bind_int (statement, ":incarnation", (gint64)id->incarnation);
  soban_bind_int (statement, ":number", (gint64)id->number);
}

/* A change that is there already: its bytes stay; what others have found out about it since is taken over. */
static gboolean
update_logged (SobanStore *store, const SobanChange *change, const SobanArrival *arrival,
               SobanLogInsertion *ret_insertion, GError **error)
{
  g_autoptr (sqlite3_stmt) present =
      soban_database_prepare (store->db_thread.database,
                              "SELECT stamp, arrived FROM change WHERE record = :record AND device = :device AND "
                              "incarnation = :incarnation AND number = :number",
                              error);
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "UPDATE change SET stamp = :stamp, arrived = :arrived, recorded_ms = iif (:recorded, :recorded, recorded_ms), "
      "time_quality = iif (:recorded, :quality, time_quality) WHERE record = :record AND device = :device AND "
      "incarnation = :incarnation AND number = :number",
      error);
  guint64 arrived;
  SobanStamp stamp;
  gboolean row;

  if (!present || !statement)
    return FALSE;
  soban_bind_change_id (present, &change->record, &change->id);
  if (!soban_step (present, &row, error))
    return FALSE;
  g_assert (row);
  stamp = (SobanStamp)soban_column_int (present, 0);
  arrived = (guint64)soban_column_int (present, 1);
  /* A stamp without a number is only its author's guess: it replaces nothing. */
  if (arrival->provisional)
    return TRUE;
  ret_insertion->restamped = stamp != change->stamp;
  ret_insertion->numbered = arrived == 0 && arrival->number != 0;
  if (arrival->number != 0 && (arrival->exact || arrived == 0))
    arrived = arrival->number;
  soban_bind_change_id (statement, &change->record, &change->id);
  soban_bind_int (statement, ":stamp", (gint64)change->stamp);
  soban_bind_int (statement, ":arrived", (gint64)arrived);
  soban_bind_int (statement, ":recorded", change->recorded_ms);
  soban_bind_int (statement, ":quality", change->time_quality);
  return soban_run (statement, error);
}

static gboolean
insert_change (SobanStore *store, const SobanChange *change, guint64 arrived, guint64 chain, gboolean *ret_new,
               GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "INSERT OR IGNORE INTO change (record, device, incarnation, number, stamp, arrived, body, chain) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
      error);
  GByteArray *bytes = store->db_thread.bytes;

  if (!statement)
    return FALSE;
  g_byte_array_set_size (bytes, 0);
  soban_change_encode (change, bytes);
  /* By position: looking names up is a tenth of the merge. */
  sqlite3_bind_blob (statement, 1, change->record.bytes, SOBAN_UUID_BYTES, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 2, change->id.device);
  sqlite3_bind_int64 (statement, 3, (gint64)change->id.incarnation);
  sqlite3_bind_int64 (statement, 4, (gint64)change->id.number);
  sqlite3_bind_int64 (statement, 5, (gint64)change->stamp);
  sqlite3_bind_int64 (statement, 6, (gint64)arrived);
  sqlite3_bind_blob64 (statement, 7, bytes->data, bytes->len, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 8, (gint64)chain);
  if (!soban_run (statement, error))
    return FALSE;
  *ret_new = soban_database_changes (store->db_thread.database) > 0;
  return !*ret_new || soban_attachments_note_uses (store, change, error);
}

gboolean
soban_log_insert (SobanStore *store, const SobanChange *change, const SobanArrival *arrival,
                  SobanLogInsertion *ret_insertion, GError **error)
{
  *ret_insertion = (SobanLogInsertion){ 0 };
  if (!insert_change (store, change, arrival->number, 0, &ret_insertion->new, error))
    return FALSE;
  return ret_insertion->new || update_logged (store, change, arrival, ret_insertion, error);
}

gboolean
soban_log_remove (SobanStore *store, const SobanUuid *record, const SobanChangeId *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "DELETE FROM change WHERE record = :record AND device = :device AND incarnation = "
                              ":incarnation AND number = :number",
                              error);

  if (!statement)
    return FALSE;
  soban_bind_change_id (statement, record, id);
  return soban_run (statement, error);
}

gboolean
soban_log_link_own (SobanStore *store, const SobanChange *change, GError **error)
{
  SobanIdentity *identity = &store->db_thread.identity;
  guint8 hash[SOBAN_CHANGE_HASH_BYTES];
  gboolean new;

  g_assert (change->id.number == identity->last_number + 1);
  soban_change_hash (change, hash);
  identity->chain = soban_change_chain (identity->chain, hash);
  identity->last_number = change->id.number;
  if (!insert_change (store, change, 0, identity->chain, &new, error))
    return FALSE;
  g_assert (new);
  return soban_outbox_insert (store, change, error);
}

gboolean
soban_log_find_chain (SobanStore *store, guint64 number, guint64 *ret_chain, gboolean *ret_found, GError **error)
{
  const SobanIdentity *identity = &store->db_thread.identity;
  /* By number alone only the outbox is quick: an older number is asked for once in a tablet's life. */
  const char *sql =
      number > identity->acked_number
          ? "SELECT chain FROM outbox JOIN change ON change.record = outbox.record AND change.device = :device "
            "AND change.incarnation = :incarnation AND change.number = outbox.number WHERE outbox.number = :number"
          : "SELECT chain FROM change WHERE device = :device AND incarnation = :incarnation AND number = :number";
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (store->db_thread.database, sql, error);

  if (!statement)
    return FALSE;
  *ret_found = TRUE;
  *ret_chain = number == identity->acked_number  ? identity->acked_chain
               : number == identity->last_number ? identity->chain
                                                 : 0;
  if (number == 0 || number == identity->acked_number || number == identity->last_number)
    return TRUE;
  soban_bind_int (statement, ":device", identity->device);
  soban_bind_int (statement, ":incarnation", (gint64)identity->incarnation);
  soban_bind_int (statement, ":number", (gint64)number);
  if (!soban_step (statement, ret_found, error))
    return FALSE;
  if (*ret_found)
    *ret_chain = (guint64)soban_column_int (statement, 0);
  return TRUE;
}

SobanChange *
soban_log_read (sqlite3_stmt *statement, GError **error)
{
  gsize length;
  gconstpointer body = soban_column_bytes (statement, 3, &length);
  SobanChange *change = soban_change_decode (body, length, error);

  if (!change)
    return NULL;
  change->stamp = (SobanStamp)soban_column_int (statement, 0);
  if (soban_column_int (statement, 1) != 0) {
    change->recorded_ms = soban_column_int (statement, 1);
    change->time_quality = (SobanTimeQuality)soban_column_int (statement, 2);
  }
  return change;
}

GPtrArray *
soban_log_list (SobanStore *store, const SobanUuid *record, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "SELECT " SOBAN_LOG_COLUMNS " FROM change WHERE record = :record", error);
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify)soban_change_free);
  gboolean row;

  if (!statement)
    return NULL;
  soban_bind_uuid (statement, ":record", record);
  while (soban_step (statement, &row, error)) {
    SobanChange *change;

    if (!row)
      return g_steal_pointer (&changes);
    change = soban_log_read (statement, error);
    if (!change)
      return NULL;
    g_ptr_array_add (changes, change);
  }
  return NULL;
}

SobanChange *
soban_log_find (SobanStore *store, const SobanUuid *record, const SobanChangeId *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "SELECT " SOBAN_LOG_COLUMNS
                              " FROM change WHERE record = :record AND device = :device AND incarnation = :incarnation "
                              "AND number = :number",
                              error);
  gboolean row;

  if (!statement)
    return NULL;
  soban_bind_change_id (statement, record, id);
  if (!soban_step (statement, &row, error))
    return NULL;
  if (!row) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT, _ ("Change %llu is missing in the log"),
                 (unsigned long long)id->number);
    return NULL;
  }
  return soban_log_read (statement, error);
}

gboolean
soban_change_normalize (SobanChange *change, GError **error)
{
  for (guint i = 0; i < change->assignments->len; i++) {
    SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);
    char *normal;

    if (!assignment->value)
      continue;
    normal = soban_text_normalize (assignment->value, -1);
    if (!normal) {
      g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, _ ("The text of “%s” is not UTF-8"),
                   assignment->path);
      return FALSE;
    }
    g_free (assignment->value);
    assignment->value = normal;
  }
  return soban_change_check (change, error);
}

gboolean
soban_outbox_insert (SobanStore *store, const SobanChange *change, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "INSERT INTO outbox (number, record) VALUES (:number, :record)", error);

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":number", (gint64)change->id.number);
  soban_bind_uuid (statement, ":record", &change->record);
  return soban_run (statement, error);
}

/* Number, stamp, times and how far had been seen: what makes a set of assignments a change of this device. */
static gboolean
sign_change (SobanStore *store, SobanChange *change, gint64 seen, GError **error)
{
  const SobanIdentity *identity = &store->db_thread.identity;
  gint64 now_ms;

  change->id = (SobanChangeId){ identity->device, identity->incarnation, identity->last_number + 1 };
  if (!soban_evidence_read_clocks (store, &change->wall_ms, &change->boottime_ms, &now_ms, error))
    return FALSE;
  change->stamp = soban_hybrid_clock_tick (&store->db_thread.clock, now_ms);
  if (seen >= 0) {
    change->seen = (guint64)seen;
    return TRUE;
  }
  return soban_scope_get_cursor (store, change->scope, &change->seen, error);
}

static gboolean
has_base (const SobanChange *change, const SobanChangeId *id)
{
  for (guint i = 0; change->bases && i < change->bases->len; i++) {
    const SobanWriteKey base = { 0, g_array_index (change->bases, SobanChangeId, i) }, key = { 0, *id };

    if (soban_write_key_compare (&base, &key) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
has_number (SobanStore *store, const SobanUuid *record, const SobanChangeId *id, gboolean *ret_has, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "SELECT arrived <> 0 FROM change WHERE record = :record AND device = :device AND "
                              "incarnation = :incarnation AND number = :number",
                              error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_change_id (statement, record, id);
  if (!soban_step (statement, &row, error))
    return FALSE;
  *ret_has = row && soban_column_int (statement, 0) != 0;
  return TRUE;
}

/* @before: (nullable): what the author saw; NULL = all that there is. A name may stand there twice by chance: who wrote last
 * is known by what the same change wrote beside the name. */
static gboolean
saw_winner (const SobanRecordState *state, const SobanFieldMap *before, const char *path)
{
  const SobanWriteKey *winner = soban_record_state_get_winner (state, path);
  gboolean saw = FALSE;

  if (!before)
    return TRUE;
  if (strcmp (path, SOBAN_FIELD_PERSON) != 0)
    return g_strcmp0 (soban_field_map_get (before, path), soban_record_state_get (state, path)) == 0;
  for (guint i = 0; i < soban_record_state_size (state); i++) {
    const char *beside, *value;
    const SobanWriteKey *key = soban_record_state_nth (state, i, &beside, &value);

    if (strcmp (beside, path) == 0 || soban_write_key_compare (key, winner) != 0)
      continue;
    if (g_strcmp0 (soban_field_map_get (before, beside), value) != 0)
      return FALSE;
    saw = TRUE;
  }
  return saw;
}

/* Invariant 5. A value that came in behind the author's back is none of what he overwrote: @before tells what he saw.
 */
static gboolean
add_bases (SobanStore *store, SobanChange *change, const SobanRecordState *state, const SobanFieldMap *before,
           GError **error)
{
  const SobanIdentity *identity = &store->db_thread.identity;
  SobanChangeId numbered = { 0 };

  for (guint i = 0; i < change->assignments->len; i++) {
    const char *path = ((const SobanAssignment *)g_ptr_array_index (change->assignments, i))->path;
    const SobanWriteKey *winner = soban_record_state_get_winner (state, path);
    gboolean has;

    if (!winner || (winner->id.device == identity->device && winner->id.incarnation == identity->incarnation)
        || memcmp (&winner->id, &numbered, sizeof numbered) == 0 || has_base (change, &winner->id))
      continue;
    if (!saw_winner (state, before, path))
      continue;
    if (!has_number (store, &change->record, &winner->id, &has, error))
      return FALSE;
    if (has)
      numbered = winner->id;
    else
      soban_change_add_base (change, &winner->id);
  }
  return TRUE;
}

/* Whoever sees a value and overwrites it wins here, too: its stamp may lie ahead of this tablet's clock when it came by bundle, or is an own
 * one of before a fork. */
static void
place_after_seen (SobanStore *store, SobanChange *change, const SobanRecordState *state, const SobanFieldMap *before)
{
  SobanStamp seen = 0;

  for (guint i = 0; i < change->assignments->len; i++) {
    const char *path = ((const SobanAssignment *)g_ptr_array_index (change->assignments, i))->path;
    const SobanWriteKey *winner = soban_record_state_get_winner (state, path);

    if (winner && saw_winner (state, before, path))
      seen = MAX (seen, winner->stamp);
  }
  if (seen < change->stamp)
    return;
  soban_hybrid_clock_observe (&store->db_thread.clock, seen);
  change->stamp = soban_hybrid_clock_tick (&store->db_thread.clock, 0);
}

gboolean
soban_log_append_own (SobanStore *store, SobanChange *change, gint64 seen, const SobanFieldMap *before, GError **error)
{
  g_autoptr (SobanRecordState) state = soban_record_state_new ();
  g_auto (SobanStoredRecord) record = { 0 };

  soban_store_assert_thread (store);
  if (!sign_change (store, change, seen, error) || !soban_change_normalize (change, error)
      || !soban_stored_record_load (store, &change->record, state, &record, error)
      || !add_bases (store, change, state, before, error))
    return FALSE;
  place_after_seen (store, change, state, before);
  if (!soban_log_link_own (store, change, error))
    return FALSE;
  soban_record_state_merge (state, change);
  soban_stored_record_follow (&record, change);
  store->db_thread.shown_changed = TRUE;
  return soban_stored_record_save (store, &record, error) && soban_identity_save (store, error)
         && soban_derive_record (store, &record, error);
}
