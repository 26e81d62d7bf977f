/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Versions of the file: application_id says that it is ours, user_version which migrations it has had.
 *
 * Invariants:
 *  (1) A migration file is never edited once released; each runs in one transaction with its user_version.
 *  (2) A file of a newer program, of another program, or a damaged one is not written to.
 */
#include "config.h"

#include "store/migrate.h"

#include "base/error.h"
#include "store/migrate-sync.h"

#include "store/migrations.h"

#include <glib/gi18n-lib.h>

#define APPLICATION_ID 0x536f426e /* "SoBn" */
#define SOBAN_DERIVED_VERSION 5
#define FOLDER "/vn/soban/migrations/device/"

/* What SQL alone cannot do, after the file, in the same transaction. */
typedef gboolean (*MigrationStep) (SobanDatabase *database, GError **error);

static const struct {
  const char *name;
  MigrationStep step; /* (nullable) */
} migrations[] = {
  { FOLDER "0001-first.sql", NULL },
  { FOLDER "0002-sync.sql", soban_migrate_sync },
  { FOLDER "0003-forms.sql", NULL },
  { FOLDER "0004-people.sql", NULL },
  { FOLDER "0005-attachments.sql", NULL },
  { FOLDER "0006-stale.sql", NULL },
};

static gboolean
execute_resource (SobanDatabase *database, const char *name, GError **error)
{
  g_autoptr (GBytes) sql =
      g_resource_lookup_data (soban_migrations_get_resource (), name, G_RESOURCE_LOOKUP_FLAGS_NONE, error);

  /* Resources end with a NUL beyond their size. */
  return sql && soban_database_execute (database, g_bytes_get_data (sql, NULL), error);
}

static gboolean
run_steps (SobanDatabase *database, guint version, GError **error)
{
  g_autofree char *mark =
      g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %u", APPLICATION_ID, version);
  MigrationStep step = migrations[version - 1].step;

  return execute_resource (database, migrations[version - 1].name, error) && (!step || step (database, error))
         && soban_database_execute (database, mark, error);
}

static gboolean
run_migration (SobanDatabase *database, guint version, GError **error)
{
  if (!soban_database_begin (database, error))
    return FALSE;
  if (!run_steps (database, version, error)) {
    soban_database_roll_back (database);
    g_prefix_error (error, _("Bringing the store to version %u: "), version);
    return FALSE;
  }
  return soban_database_commit (database, error);
}

gboolean
soban_migrate (SobanDatabase *database, GError **error)
{
  gint64 application, version, tables;

  if (!soban_database_read_int (database, "PRAGMA application_id", &application, error)
      || !soban_database_read_int (database, "PRAGMA user_version", &version, error)
      || !soban_database_read_int (database, "SELECT count(*) FROM sqlite_schema", &tables, error))
    return FALSE;
  if (tables > 0 && application != APPLICATION_ID) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT, _("This file is not a store of Sổ Bản"));
    return FALSE;
  }
  if (version > (gint64) G_N_ELEMENTS (migrations)) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_TOO_NEW,
                 _("These records were written by a newer version of the program. Update the program."));
    return FALSE;
  }
  if (!soban_database_execute (database, "PRAGMA journal_mode = WAL", error))
    return FALSE;
  for (guint next = version + 1; next <= G_N_ELEMENTS (migrations); next++)
    if (!run_migration (database, next, error))
      return FALSE;
  return TRUE;
}

static gboolean
read_fingerprint (SobanDatabase *database, char **ret_fingerprint, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (database, "SELECT fingerprint FROM derivation", error);
  gboolean row;

  if (!statement || !soban_step (statement, &row, error))
    return FALSE;
  *ret_fingerprint = row ? g_strdup (soban_column_text (statement, 0)) : NULL;
  return TRUE;
}

static gboolean
rebuild_derived (SobanDatabase *database, const char *fingerprint, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  if (!execute_resource (database, FOLDER "derived.sql", error)
      || !soban_database_execute (database, "UPDATE record SET stale = 1 WHERE stale = 0", error))
    return FALSE;
  statement = soban_database_prepare (
      database, "INSERT OR REPLACE INTO derivation (one, fingerprint, stale) VALUES (1, :fingerprint, EXISTS (SELECT 1 FROM record))", error);
  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":fingerprint", fingerprint);
  return soban_run (statement, error);
}

gboolean
soban_migrate_derived (SobanDatabase *database, const char *inputs, GError **error)
{
  g_autofree char *fingerprint = g_strdup_printf ("%d %s", SOBAN_DERIVED_VERSION, inputs);
  g_autofree char *present = NULL;

  if (!read_fingerprint (database, &present, error))
    return FALSE;
  if (g_strcmp0 (present, fingerprint) == 0)
    return TRUE;
  if (!soban_database_begin (database, error))
    return FALSE;
  if (!rebuild_derived (database, fingerprint, error)) {
    soban_database_roll_back (database);
    g_prefix_error (error, _("Making the lists anew: "));
    return FALSE;
  }
  return soban_database_commit (database, error);
}
