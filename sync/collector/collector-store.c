/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "collector-store-private.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "collector-migration.h"

#define CLOCK_BEHIND_MS_MAX (60 * 60 * 1000)

static gboolean
load_last_stamp (SobanCollectorStore *self, GError **error)
{
  gint64 stamp;

  if (!soban_database_get_integer (self->database, error, 0, &stamp, "SELECT max (last_stamp) FROM scope", ""))
    return FALSE;
  self->last_stamp = (SobanStamp) stamp;
  self->now_ms = SOBAN_STAMP_MS (self->last_stamp);
  return TRUE;
}

SobanCollectorStore *
soban_collector_store_open (const char *address, SobanDatabaseRole role, gboolean create, const SobanClock *clock, GError **error)
{
  g_autoptr (SobanCollectorStore) self = g_new0 (SobanCollectorStore, 1);
  gboolean sqlite = soban_database_kind_of (address) == SOBAN_DATABASE_SQLITE;

  self->role = role;
  self->clock = clock != NULL ? clock : soban_clock_system ();
  self->database = soban_database_open (address, role, create, error);
  self->digests = soban_scope_digests_new ();
  self->stamps = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  /* SQLite's file is brought up by whoever writes; several programs may share PostgreSQL's, so that is done by init alone. */
  if (self->database == NULL || !soban_collector_migrate (self->database, create || (sqlite && role != SOBAN_DATABASE_READER), error)
      || !load_last_stamp (self, error))
    return NULL;
  if (!sqlite)
    self->batch = soban_admission_batch_new (self->database);
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
  soban_scope_digests_free (self->digests);
  g_hash_table_unref (self->stamps);
  soban_admission_batch_free (self->batch);
  g_free (self->form);
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

void
soban_collector_store_note_stamp (SobanCollectorStore *self, SobanStamp stamp)
{
  self->last_stamp = MAX (self->last_stamp, stamp);
  self->now_ms = MAX (self->now_ms, SOBAN_STAMP_MS (self->last_stamp));
}

SobanStamp
soban_collector_store_get_floor (SobanCollectorStore *self)
{
  return MAX (self->last_stamp, SOBAN_STAMP (soban_collector_store_now (self), 0));
}

gboolean
soban_collector_store_begin (SobanCollectorStore *self, GError **error)
{
  if (self->batch != NULL)
    soban_admission_batch_reset (self->batch);
  return soban_database_begin (self->database, error);
}

gboolean
soban_collector_store_begin_reading (SobanCollectorStore *self, GError **error)
{
  return soban_database_begin_reading (self->database, error);
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

SobanScopeDigests *
soban_collector_store_get_digests (SobanCollectorStore *self)
{
  return self->digests;
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

gboolean
soban_collector_store_put_incident (SobanCollectorStore *self, const SobanIncidentNote *note, GError **error)
{
  static const SobanUuid none = { { 0 } };
  const SobanUuid *record = note->record != NULL ? note->record : &none;

  return soban_database_run (self->database, error,
    "INSERT INTO incident (kind, device, scope, record, detail, at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
    "titbti", note->kind, (gint64) note->device, note->scope != NULL ? note->scope : "", record->bytes,
    (gsize) (note->record != NULL ? SOBAN_UUID_BYTES : 0), note->detail, note->noted_ms);
}
