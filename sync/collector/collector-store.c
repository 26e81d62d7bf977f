/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "collector-store.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "collector-resources.h"

#define LAST_STAMP_KEY "last-stamp"
#define CLOCK_BEHIND_MS_MAX (60 * 60 * 1000)

static const char *const migrations[] = { "0001-first.sql" };

struct _SobanCollectorStore {
  SobanDatabase *database;
  SobanDatabaseRole role;
  const SobanClock *clock;
  gint64 now_ms;
  SobanStamp last_stamp;
};

static gboolean
run_migration (SobanDatabase *database, const char *name, guint version, GError **error)
{
  g_autofree char *resource = g_strconcat ("/soban/collector/migrations/", name, NULL);
  g_autofree char *mark = g_strdup_printf ("PRAGMA user_version = %u", version);
  g_autoptr (GBytes) sql = g_resource_lookup_data (soban_collector_get_resource (), resource, G_RESOURCE_LOOKUP_FLAGS_NONE, error);

  return sql != NULL && soban_database_execute (database, g_bytes_get_data (sql, NULL), error)
         && soban_database_execute (database, mark, error);
}

/* Each later version in the same transaction: an upgrade that is cut leaves the old one. */
static gboolean
migrate (SobanCollectorStore *self, GError **error)
{
  gint64 version;

  if (!soban_database_get_integer (self->database, error, 0, &version, "PRAGMA user_version", ""))
    return FALSE;
  if (version > (gint64) G_N_ELEMENTS (migrations)) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_TOO_NEW,
                 _ ("The data is of version %d, this program knows versions up to %d. Install the newer program."),
                 (int) version, (int) G_N_ELEMENTS (migrations));
    return FALSE;
  }
  if (version == (gint64) G_N_ELEMENTS (migrations))
    return TRUE;
  if (!soban_collector_store_begin (self, error))
    return FALSE;
  for (guint next = version; next < G_N_ELEMENTS (migrations); next++) {
    if (!run_migration (self->database, migrations[next], next + 1, error)) {
      g_prefix_error (error, _ ("Cannot bring the data to version %u: "), next + 1);
      soban_collector_store_roll_back (self);
      return FALSE;
    }
  }
  return soban_collector_store_commit (self, error);
}

static gboolean
load_last_stamp (SobanCollectorStore *self, GError **error)
{
  gint64 stamp;

  if (!soban_database_get_integer (self->database, error, 0, &stamp, "SELECT value FROM setting WHERE key = '" LAST_STAMP_KEY "'", ""))
    return FALSE;
  self->last_stamp = (SobanStamp) stamp;
  self->now_ms = SOBAN_STAMP_MS (self->last_stamp);
  return TRUE;
}

SobanCollectorStore *
soban_collector_store_open (const char *path, SobanDatabaseRole role, gboolean create, const SobanClock *clock, GError **error)
{
  g_autoptr (SobanCollectorStore) self = g_new0 (SobanCollectorStore, 1);

  self->role = role;
  self->clock = clock != NULL ? clock : soban_clock_system ();
  self->database = soban_database_open (path, role, create, error);
  if (self->database == NULL || (role != SOBAN_DATABASE_READER && !migrate (self, error)) || !load_last_stamp (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
soban_collector_store_close (SobanCollectorStore *self)
{
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;
  /* One whole file is left behind, also while a reader is still open. */
  if (self->database != NULL && self->role == SOBAN_DATABASE_OWNER && soban_database_get_kind (self->database) == SOBAN_DATABASE_SQLITE
      && !soban_database_execute (self->database, "PRAGMA wal_checkpoint (TRUNCATE)", &error))
    g_message ("The last checkpoint has to wait: %s", error->message);
  soban_database_close (self->database);
  g_free (self);
}

SobanDatabase *
soban_collector_store_get_database (SobanCollectorStore *self)
{
  return self->database;
}

gint64
soban_collector_store_now (SobanCollectorStore *self)
{
  self->now_ms = MAX (self->now_ms, soban_clock_wall_ms (self->clock));
  return self->now_ms;
}

gboolean
soban_collector_store_check_clock (SobanCollectorStore *self, GError **error)
{
  gint64 behind_ms = SOBAN_STAMP_MS (self->last_stamp) - soban_clock_wall_ms (self->clock);

  if (behind_ms <= CLOCK_BEHIND_MS_MAX)
    return TRUE;
  g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT,
               _ ("This machine's clock is %d minutes behind the last change received. Set the clock, then start again."),
               (int) (behind_ms / 60000));
  return FALSE;
}

gboolean
soban_collector_store_put_last_stamp (SobanCollectorStore *self, SobanStamp stamp, GError **error)
{
  if (stamp <= self->last_stamp)
    return TRUE;
  if (!soban_database_run (self->database, error,
                           "INSERT INTO setting (key, value) VALUES ('" LAST_STAMP_KEY "', ?1)"
                           " ON CONFLICT (key) DO UPDATE SET value = ?1", "i", (gint64) stamp))
    return FALSE;
  self->last_stamp = stamp;
  self->now_ms = MAX (self->now_ms, SOBAN_STAMP_MS (stamp));
  return TRUE;
}

SobanStamp
soban_collector_store_get_floor (SobanCollectorStore *self)
{
  return MAX (self->last_stamp, SOBAN_STAMP (soban_collector_store_now (self), 0));
}

gboolean
soban_collector_store_begin (SobanCollectorStore *self, GError **error)
{
  return soban_database_begin (self->database, error);
}

gboolean
soban_collector_store_commit (SobanCollectorStore *self, GError **error)
{
  if (soban_database_commit (self->database, error))
    return TRUE;
  soban_collector_store_roll_back (self);
  return FALSE;
}

void
soban_collector_store_roll_back (SobanCollectorStore *self)
{
  g_autoptr (GError) reading = NULL;

  soban_database_roll_back (self->database);
  if (!load_last_stamp (self, &reading))
    g_warning ("Reading the last stamp after a roll back: %s", reading->message);
}

char *
soban_collector_store_get_setting (SobanCollectorStore *self, const char *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanRows) query = soban_database_query (self->database, &error, "SELECT value FROM setting WHERE key = ?1", "t", key);

  if (query != NULL && soban_rows_step (query, &error) == 1)
    return g_strdup (soban_rows_get_text (query, 0));
  if (error != NULL)
    g_warning ("Reading the setting %s: %s", key, error->message);
  return NULL;
}

gboolean
soban_collector_store_put_setting (SobanCollectorStore *self, const char *key, const char *value, GError **error)
{
  return soban_database_run (self->database, error,
                             "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2", "tt", key, value);
}
