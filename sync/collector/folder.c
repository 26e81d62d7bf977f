/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/error.h"
#include "database.h"

#define SETTINGS_GROUP "collector"

SobanCollectorFolder *
soban_collector_folder_new (const char *dir)
{
  SobanCollectorFolder *self = g_new0 (SobanCollectorFolder, 1);

  self->dir = g_strdup (dir);
  self->database = g_build_filename (dir, "collector.db", NULL);
  self->key = g_build_filename (dir, "key.pem", NULL);
  self->certificate = g_build_filename (dir, "cert.pem", NULL);
  self->settings = g_build_filename (dir, "collector.ini", NULL);
  self->lock = g_build_filename (dir, "serve.lock", NULL);
  return self;
}

void
soban_collector_folder_free (SobanCollectorFolder *self)
{
  if (self == NULL)
    return;
  g_free (self->dir);
  g_free (self->database);
  g_free (self->key);
  g_free (self->certificate);
  g_free (self->settings);
  g_free (self->lock);
  g_free (self->url);
  g_free (self);
}

SobanCollectorFolder *
soban_collector_folder_copy (const SobanCollectorFolder *self)
{
  SobanCollectorFolder *copy = soban_collector_folder_new (self->dir);

  soban_collector_folder_set_store (copy, self->database);
  copy->url = g_strdup (self->url);
  return copy;
}

void
soban_collector_folder_set_store (SobanCollectorFolder *self, const char *address)
{
  g_free (self->database);
  self->database = g_strdup (address);
}

gboolean
soban_collector_folder_exists (const SobanCollectorFolder *self)
{
  g_autofree char *database = g_build_filename (self->dir, "collector.db", NULL);

  return g_file_test (self->settings, G_FILE_TEST_EXISTS) || g_file_test (database, G_FILE_TEST_EXISTS)
         || g_file_test (self->key, G_FILE_TEST_EXISTS);
}

SobanCollectorFolder *
soban_collector_folder_load (const char *dir, GError **error)
{
  g_autoptr (SobanCollectorFolder) self = soban_collector_folder_new (dir);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *store = NULL;

  if (!g_file_test (self->settings, G_FILE_TEST_EXISTS)) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND,
                 _ ("There is no collector in %s that can be read from here. Make one with: soban-collector init --dir %s"), dir, dir);
    return NULL;
  }
  if (!g_key_file_load_from_file (file, self->settings, G_KEY_FILE_NONE, error)) {
    g_prefix_error (error, _ ("Cannot read %s: "), self->settings);
    return NULL;
  }
  self->url = g_key_file_get_string (file, SETTINGS_GROUP, "url", NULL);
  store = g_key_file_get_string (file, SETTINGS_GROUP, "store", NULL);
  if (store != NULL)
    soban_collector_folder_set_store (self, store);
  return g_steal_pointer (&self);
}

gboolean
soban_collector_folder_write_settings (const SobanCollectorFolder *self, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  gsize length;

  g_key_file_set_string (file, SETTINGS_GROUP, "url", self->url);
  g_key_file_set_comment (file, SETTINGS_GROUP, "url", " Where tablets reach this collector. Written into every enrolment.", NULL);
  if (soban_database_kind_of (self->database) == SOBAN_DATABASE_POSTGRESQL) {
    g_key_file_set_string (file, SETTINGS_GROUP, "store", self->database);
    g_key_file_set_comment (file, SETTINGS_GROUP, "store", " The PostgreSQL database with the data. Further collectors may share it.", NULL);
  }
  text = g_key_file_to_data (file, &length, NULL);
  return g_file_set_contents_full (self->settings, text, length, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

int
soban_collector_folder_lock (const SobanCollectorFolder *self, GError **error)
{
  int fd = open (self->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  if (fd >= 0 && errno == EWOULDBLOCK)
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_BUSY, _ ("A server runs already on %s."), self->dir);
  else
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_IO, _ ("Cannot lock %s: %s"), self->lock, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}
