/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Version 2 of a store that version 1 wrote: like 0002-sync.sql immutable once released, so what it calls may only be
 * what never changes (the hash of a change, the digest of a record).
 */
#include "config.h"

#include "store/migrate-sync.h"

#include "log/change.h"
#include "store/digest-sums.h"

static gboolean
set_chain (SobanDatabase *database, gint64 row_id, guint64 chain, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (database, "UPDATE change SET chain = :chain WHERE rowid = :row", error);

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":chain", (gint64)chain);
  soban_bind_int (statement, ":row", row_id);
  return soban_run (statement, error);
}

static gboolean
set_identity (SobanDatabase *database, guint64 chain, guint64 acked_chain, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (database, "UPDATE identity SET chain = :chain, acked_chain = :acked", error);

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":chain", (gint64)chain);
  soban_bind_int (statement, ":acked", (gint64)acked_chain);
  return soban_run (statement, error);
}

static gboolean
link_own (SobanDatabase *database, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (database,
                              "SELECT change.rowid, body, number <= acked_number FROM change JOIN identity ON "
                              "change.device = identity.device AND "
                              "change.incarnation = identity.incarnation ORDER BY number",
                              error);
  guint64 chain = 0, acked_chain = 0;
  gboolean row;

  if (!statement)
    return FALSE;
  while (soban_step (statement, &row, error)) {
    g_autoptr (SobanChange) change = NULL;
    guint8 hash[SOBAN_CHANGE_HASH_BYTES];
    gconstpointer body;
    gsize length;

    if (!row)
      return set_identity (database, chain, acked_chain, error);
    body = soban_column_bytes (statement, 1, &length);
    change = soban_change_decode (body, length, error);
    if (!change)
      return FALSE;
    soban_change_hash (change, hash);
    chain = soban_change_chain (chain, hash);
    if (soban_column_int (statement, 2))
      acked_chain = chain;
    if (!set_chain (database, soban_column_int (statement, 0), chain, error))
      return FALSE;
  }
  return FALSE;
}

static gboolean
set_digest (SobanDatabase *database, gint64 key, const SobanDigest *digest, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (database, "UPDATE record SET digest = :digest WHERE key = :key", error);
  guint8 bytes[SOBAN_DIGEST_BYTES];

  if (!statement)
    return FALSE;
  soban_digest_to_bytes (digest, bytes);
  soban_bind_bytes (statement, ":digest", bytes, sizeof bytes);
  soban_bind_int (statement, ":key", key);
  return soban_run (statement, error);
}

static gboolean
digest_records (SobanDatabase *database, GError **error)
{
  g_autoptr (SobanDigestSums) sums = soban_digest_sums_new ();
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (database, "SELECT key, id, form, scope, state FROM record", error);
  gboolean row;

  if (!statement)
    return FALSE;
  while (soban_step (statement, &row, error)) {
    SobanDigest digest;
    gconstpointer state;
    SobanUuid id;
    gsize length;

    if (!row)
      return soban_digest_sums_flush (sums, database, error);
    if (!soban_column_uuid (statement, 1, &id))
      continue;
    state = soban_column_bytes (statement, 4, &length);
    digest = soban_digest_of_record (&id, state, length);
    soban_digest_sums_add (sums, &id, soban_column_text (statement, 2), soban_column_text (statement, 3), &digest);
    if (!set_digest (database, soban_column_int (statement, 0), &digest, error))
      return FALSE;
  }
  return FALSE;
}

gboolean
soban_migrate_sync (SobanDatabase *database, GError **error)
{
  return link_own (database, error) && digest_records (database, error);
}
