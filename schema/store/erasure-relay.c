/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a collector that was set back has lost of the erasures (sync/README.md 5.13)
 *
 * Invariants:
 *  (1) An erasure that came with a proof is sent on like another tablet's change where the collector turns out to lack
 * it, until it has a number of the scope again. (2) It never leaves the log: whatever the collector has of the record
 * loses its values here at once. (3) Own changes that are sent again may have lost their values meanwhile: the chain is
 * that of what is sent.
 */
#include "config.h"

#include "store/store-private.h"

#include "log/erasure-proof.h"

typedef struct {
  SobanChangeId id;
  SobanUuid record;
} Place;

gboolean
soban_erasure_relay (SobanStore *store, const SobanChange *change, GError **error)
{
  g_autoptr (sqlite3_stmt) relay =
      soban_database_prepare (store->db_thread.database,
                              "INSERT OR REPLACE INTO relay (device, incarnation, number, record, tried) VALUES "
                              "(:device, :incarnation, :number, :record, 0)",
                              error);
  g_autoptr (sqlite3_stmt) arrival = soban_database_prepare (
      store->db_thread.database,
      "UPDATE change SET arrived = 0 WHERE record = :record AND device = :device AND incarnation = :incarnation AND "
      "number = :number",
      error);

  if (!relay || !arrival)
    return FALSE;
  soban_bind_change_id (relay, &change->record, &change->id);
  soban_bind_change_id (arrival, &change->record, &change->id);
  return soban_run (relay, error) && soban_run (arrival, error);
}

/* (transfer full) (nullable) (element-type Place): of @device, all incarnations. */
static GArray *
list_places (sqlite3_stmt *statement, GError **error)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (Place));
  gboolean row;

  while (soban_step (statement, &row, error)) {
    Place place = { 0 };

    if (!row)
      return g_steal_pointer (&places);
    place.id = (SobanChangeId){ (guint32)soban_column_int (statement, 0), (guint64)soban_column_int (statement, 1),
                                (guint64)soban_column_int (statement, 2) };
    if (soban_column_uuid (statement, 3, &place.record))
      g_array_append_val (places, place);
  }
  return NULL;
}

gboolean
soban_erasures_relay_all (SobanStore *store, GError **error)
{
  /* A whole table, once in a tablet's life. */
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "SELECT device, incarnation, number, record FROM change WHERE device = 0", error);
  g_autoptr (GArray) places = statement ? list_places (statement, error) : NULL;

  if (!places)
    return FALSE;
  soban_statement_release (g_steal_pointer (&statement));
  for (guint i = 0; i < places->len; i++) {
    const Place *place = &g_array_index (places, Place, i);
    g_autoptr (SobanChange) change = soban_log_find (store, &place->record, &place->id, error);
    guint8 proof[SOBAN_ERASURE_PROOF_BYTES];

    if (!change || (soban_erasure_proof_find (change, proof) && !soban_erasure_relay (store, change, error)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
link_change (SobanStore *store, const Place *place, guint64 *inout_chain, GError **error)
{
  g_autoptr (SobanChange) change = soban_log_find (store, &place->record, &place->id, error);
  g_autoptr (sqlite3_stmt) statement = NULL;
  guint8 hash[SOBAN_CHANGE_HASH_BYTES];

  if (!change)
    return FALSE;
  soban_change_hash (change, hash);
  *inout_chain = soban_change_chain (*inout_chain, hash);
  statement = soban_database_prepare (store->db_thread.database,
                                      "UPDATE change SET chain = :chain WHERE record = :record AND device = :device "
                                      "AND incarnation = :incarnation AND number = :number",
                                      error);
  if (!statement)
    return FALSE;
  soban_bind_change_id (statement, &place->record, &place->id);
  soban_bind_int (statement, ":chain", (gint64)*inout_chain);
  return soban_run (statement, error);
}

gboolean
soban_own_chain_link_again (SobanStore *store, GError **error)
{
  SobanIdentity *identity = &store->db_thread.identity;
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT device, incarnation, number, record FROM change WHERE device = :device AND incarnation = :incarnation AND "
      "number > :acked ORDER BY number",
      error);
  g_autoptr (GArray) places = NULL;
  guint64 chain = identity->acked_chain;

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":device", identity->device);
  soban_bind_int (statement, ":incarnation", (gint64)identity->incarnation);
  soban_bind_int (statement, ":acked", (gint64)identity->acked_number);
  places = list_places (statement, error);
  if (!places)
    return FALSE;
  soban_statement_release (g_steal_pointer (&statement));
  for (guint i = 0; i < places->len; i++)
    if (!link_change (store, &g_array_index (places, Place, i), &chain, error))
      return FALSE;
  identity->chain = chain;
  return TRUE;
}
