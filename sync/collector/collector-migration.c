/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "collector-migration.h"

#include <glib/gi18n-lib.h>

#include "attachment-shelf.h"
#include "base/error.h"
#include "chain-walk.h"
#include "collector-resources.h"
#include "log/digest.h"
#include "scope-digests.h"

#define VERSION 6
#define VERSION_KEY "schema-version"
#define BATCH_ROWS 1000
/* Any number that nothing else locks. */
#define LOCK_UPGRADE "SELECT pg_advisory_xact_lock (1399800432)"

/* PostgreSQL came with version 2. */
static const char *const sqlite_files[VERSION] = { "0001-first.sql", "0002-sync.sql", "0003-forms.sql", "0004-attachments.sql",
                                                   "0005-incidents.sql", "0006-kept-days.sql" };
static const char *const postgresql_files[VERSION] = { NULL, "0002-first.sql", "0003-forms.sql", "0004-attachments.sql", "0005-incidents.sql",
                                                       "0006-kept-days.sql" };

static gboolean
put_link (gint64 row, gint64 device, guint64 number, guint64 chain, guint64 stored, gpointer database, GError **error)
{
  return soban_database_run (database, error, "UPDATE change SET chain = ?2 WHERE id = ?1", "ii", row, (gint64) chain);
}

static gboolean
fill_chains (SobanDatabase *database, GError **error)
{
  return soban_chain_walk (database, put_link, database, error)
         && soban_database_execute (database,
              "UPDATE incarnation SET chain = coalesce ((SELECT chain FROM change WHERE change.device = incarnation.device"
              " AND change.incarnation = incarnation.incarnation AND change.change_number = incarnation.high_number), 0)", error);
}

typedef struct {
  gint64 row;
  guint8 bytes[SOBAN_DIGEST_BYTES];
} RecordDigest;

static GArray *
read_digests (SobanDatabase *database, gint64 after, GError **error)
{
  g_autoptr (GArray) digests = g_array_new (FALSE, FALSE, sizeof (RecordDigest));
  g_autoptr (SobanRows) rows = soban_database_query (database, error, "SELECT row, id, state FROM record WHERE row > ?1 ORDER BY row LIMIT ?2",
                                                     "ii", after, (gint64) BATCH_ROWS);
  int stepped;

  if (rows == NULL)
    return NULL;
  while ((stepped = soban_rows_step (rows, error)) == 1) {
    RecordDigest entry = { .row = soban_rows_get_int (rows, 0) };
    SobanUuid id = soban_rows_get_uuid (rows, 1);
    SobanDigest digest = soban_digest_of_record (&id, soban_rows_get_blob (rows, 2), soban_rows_get_length (rows, 2));

    soban_digest_to_bytes (&digest, entry.bytes);
    g_array_append_val (digests, entry);
  }
  return stepped == 0 ? g_steal_pointer (&digests) : NULL;
}

static gboolean
fill_record_digests (SobanDatabase *database, GError **error)
{
  gint64 row = 0;
  guint filled;

  do {
    g_autoptr (GArray) digests = read_digests (database, row, error);

    if (digests == NULL)
      return FALSE;
    for (guint i = 0; i < digests->len; i++) {
      const RecordDigest *entry = &g_array_index (digests, RecordDigest, i);

      row = entry->row;
      if (!soban_database_run (database, error, "UPDATE record SET digest = ?2 WHERE row = ?1", "ib", row, entry->bytes,
                               (gsize) SOBAN_DIGEST_BYTES))
        return FALSE;
    }
    filled = digests->len;
  } while (filled > 0);
  return TRUE;
}

static gboolean
fill_version_2 (SobanDatabase *database, GError **error)
{
  g_autoptr (SobanScopeDigests) digests = NULL;

  if (!fill_chains (database, error) || !fill_record_digests (database, error))
    return FALSE;
  digests = soban_scope_digests_read_records (database, error);
  return digests != NULL && soban_scope_digests_write (digests, database, NULL, error);
}

static gboolean
fill_version (SobanDatabase *database, guint version, GError **error)
{
  switch (version) {
  case 2:
    return fill_version_2 (database, error);
  case 4:
    return soban_attachment_shelf_note_log (database, error);
  default:
    return TRUE;
  }
}

static gboolean
run_file (SobanDatabase *database, const char *name, GError **error)
{
  gboolean sqlite = soban_database_get_kind (database) == SOBAN_DATABASE_SQLITE;
  g_autofree char *resource = g_strconcat ("/soban/collector/migrations/", sqlite ? "" : "postgresql/", name, NULL);
  g_autoptr (GBytes) sql = g_resource_lookup_data (soban_collector_get_resource (), resource, G_RESOURCE_LOOKUP_FLAGS_NONE, error);

  /* Resources end with a NUL beyond their size. */
  return sql != NULL && soban_database_execute (database, g_bytes_get_data (sql, NULL), error);
}

static gboolean
read_version (SobanDatabase *database, gint64 *ret_version, GError **error)
{
  gint64 tables;

  if (soban_database_get_kind (database) == SOBAN_DATABASE_SQLITE)
    return soban_database_get_integer (database, error, 0, ret_version, "PRAGMA user_version", "");
  *ret_version = 0;
  if (!soban_database_get_integer (database, error, 0, &tables,
                                   "SELECT count (*) FROM information_schema.tables WHERE table_schema = current_schema () AND table_name = 'setting'", ""))
    return FALSE;
  return tables == 0 || soban_database_get_integer (database, error, 0, ret_version,
                                                    "SELECT CAST (value AS BIGINT) FROM setting WHERE key = '" VERSION_KEY "'", "");
}

static gboolean
write_version (SobanDatabase *database, guint version, GError **error)
{
  g_autofree char *sql = NULL;

  if (soban_database_get_kind (database) == SOBAN_DATABASE_SQLITE)
    sql = g_strdup_printf ("PRAGMA user_version = %u", version);
  else
    sql = g_strdup_printf ("INSERT INTO setting (key, value) VALUES ('" VERSION_KEY "', '%u')"
                           " ON CONFLICT (key) DO UPDATE SET value = excluded.value", version);
  return soban_database_execute (database, sql, error);
}

static gboolean
upgrade (SobanDatabase *database, GError **error)
{
  gboolean sqlite = soban_database_get_kind (database) == SOBAN_DATABASE_SQLITE;
  gint64 version;

  if ((!sqlite && !soban_database_execute (database, LOCK_UPGRADE, error)) || !read_version (database, &version, error))
    return FALSE;
  for (guint next = (guint) version + 1; next <= VERSION; next++) {
    const char *name = (sqlite ? sqlite_files : postgresql_files)[next - 1];

    if (name == NULL)
      continue;
    if (!run_file (database, name, error) || !fill_version (database, next, error) || !write_version (database, next, error)) {
      g_prefix_error (error, _ ("Cannot bring the data to version %u: "), next);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
soban_collector_migrate (SobanDatabase *database, gboolean make, GError **error)
{
  gint64 version;

  if (!read_version (database, &version, error))
    return FALSE;
  if (version > VERSION) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_TOO_NEW,
                 _ ("The data is of version %d, this program knows versions up to %d. Install the newer program."), (int) version, VERSION);
    return FALSE;
  }
  if (version == VERSION)
    return TRUE;
  if (!make) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT,
                 _ ("The data is of version %d, this program needs version %d. Bring it up with: soban-collector init"), (int) version, VERSION);
    return FALSE;
  }
  if (!soban_database_begin (database, error))
    return FALSE;
  if (upgrade (database, error))
    return soban_database_commit (database, error);
  soban_database_roll_back (database);
  return FALSE;
}
