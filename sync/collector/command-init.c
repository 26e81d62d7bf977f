/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <errno.h>

#include "base/error.h"
#include "certificate.h"
#include "command.h"
#include "key-ring.h"
#include "users.h"

#define ADMIN_NAME "admin"

typedef struct {
  SobanCollectorFolder *folder;
  char *password;
  gboolean drawn;  /* the password is a new one, to be shown */
  gboolean shared; /* the database has users already: it is another collector's, too */
} Init;

static void
clear_init (Init *self)
{
  g_clear_pointer (&self->folder, soban_collector_folder_free);
  g_free (self->password);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Init, clear_init)

static gboolean
is_postgresql (const SobanCollectorFolder *folder)
{
  return soban_database_kind_of (folder->database) == SOBAN_DATABASE_POSTGRESQL;
}

static gboolean
check_url (const char *url, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  if (uri != NULL && g_str_equal (g_uri_get_scheme (uri), "https") && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0'
      && g_uri_get_query (uri) == NULL && !g_str_has_suffix (url, "/"))
    return TRUE;
  return soban_command_fail_usage (error, _ ("“%s” is no address like https://host:8443."), url);
}

/* What lies there may be somebody's: a mistyped folder is not made a collector. */
static gboolean
check_empty (const char *path, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name = dir != NULL ? g_dir_read_name (dir) : NULL;

  if (name == NULL)
    return TRUE;
  g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT,
               _ ("The folder %s is not empty (there is “%s”). A collector is made in a folder of its own."), path, name);
  return FALSE;
}

static gboolean
make_folder (Init *self, GError **error)
{
  if (soban_collector_folder_exists (self->folder)) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, _ ("There is a collector in %s already. It is left as it is."),
                 self->folder->dir);
    return FALSE;
  }
  if (!check_empty (self->folder->dir, error))
    return FALSE;
  if (g_mkdir_with_parents (self->folder->dir, 0700) == 0 && g_chmod (self->folder->dir, 0700) == 0)
    return TRUE;
  g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_IO, _ ("Cannot make the folder %s: %s"), self->folder->dir, g_strerror (errno));
  return FALSE;
}

/* A database that another collector has made keeps its users. */
static gboolean
make_store (Init *self, GError **error)
{
  g_autoptr (SobanCollectorStore) store = soban_collector_store_open (self->folder->database, SOBAN_DATABASE_OWNER, TRUE, NULL, error);
  g_autoptr (GPtrArray) users = NULL;
  g_auto (SobanSigningKeys) keys = { 0 };

  if (store == NULL)
    return FALSE;
  if (!is_postgresql (self->folder))
    g_chmod (self->folder->database, 0600);
  users = soban_users_list (store, error);
  if (users == NULL || !soban_key_ring_get_own (store, &keys, error))
    return FALSE;
  self->shared = users->len > 0;
  return self->shared || soban_users_add (store, ADMIN_NAME, "admin", self->password, error);
}

/* Of a collector that is there already, PostgreSQL's data are brought to what this program knows; nothing else is touched. */
static gboolean
upgrade (SobanCollectorFolder *folder, GError **error)
{
  g_autoptr (SobanCollectorStore) store = soban_collector_store_open (folder->database, SOBAN_DATABASE_OWNER, TRUE, NULL, error);

  if (store == NULL)
    return FALSE;
  g_print (_ ("The data of the collector in %s are as this program needs them.\n"), folder->dir);
  return TRUE;
}

/* The settings come last: their file is what makes the folder a collector. */
static gboolean
make_collector (Init *self, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (self->folder->url, G_URI_FLAGS_NONE, error);
  const char *hosts[] = { g_get_host_name (), NULL, NULL };

  if (uri == NULL)
    return FALSE;
  if (!g_str_equal (g_uri_get_host (uri), hosts[0]))
    hosts[1] = g_uri_get_host (uri);
  return make_folder (self, error)
         && soban_certificate_create (self->folder->key, self->folder->certificate, hosts, soban_clock_wall_ms (soban_clock_system ()), error)
         && make_store (self, error) && soban_collector_folder_write_settings (self->folder, error);
}

static void
print_next (const Init *self)
{
  g_print (_ ("The collector is ready in %s.\n"), self->folder->dir);
  g_print (_ ("Its address: %s\n"), self->folder->url);
  if (self->shared)
    g_print (_ ("Its database was there already: the users and tablets in it are let in here, too.\n"
                "Tablets trust one key: copy key.pem and cert.pem of the first collector into %s.\n"), self->folder->dir);
  else
    g_print (_ ("User: %s\n"), ADMIN_NAME);
  if (self->drawn && !self->shared)
    g_print (_ ("Password: %s\nWrite it down: it is shown only now.\n"), self->password);
  g_print (_ ("\nNext:\n  soban-collector serve --dir %s --port %u\n"
              "  (goes on until it is ended; tablets and browsers must reach port %u of this machine: open it in the firewall)\n"
              "  soban-collector enrol --dir %s --name \"…\" --scope CODE --code\n"
              "  (in another terminal; CODE is the commune's five digits)\n"
              "Then open the address in a browser.\n"),
           self->folder->dir, soban_command_find_port (self->folder), soban_command_find_port (self->folder), self->folder->dir);
}

int
soban_command_init (int argc, char **argv, GError **error)
{
  g_auto (SobanCommandPlace) place = { 0 };
  g_autofree char *url = NULL, *password_file = NULL;
  const GOptionEntry entries[] = {
    { "url", 0, 0, G_OPTION_ARG_STRING, &url, N_ ("Where tablets reach this machine: https://host:port"), N_ ("URL") },
    { "admin-password-file", 0, 0, G_OPTION_ARG_FILENAME, &password_file, N_ ("Take the admin's password from the first line of FILE"), N_ ("FILE") },
    { NULL },
  };
  g_auto (Init) self = { 0 };

  if (!soban_command_parse (&argc, &argv, NULL, _ ("Makes a new collector: its database, its key and its first user."), entries, &place, error))
    return SOBAN_EXIT_USAGE;
  if (url == NULL)
    url = g_strdup_printf ("https://%s:%d", g_get_host_name (), SOBAN_COLLECTOR_PORT_DEFAULT);
  if (!check_url (url, error))
    return SOBAN_EXIT_USAGE;
  self.folder = soban_collector_folder_new (place.dir);
  if (place.store != NULL)
    soban_collector_folder_set_store (self.folder, place.store);
  if (g_file_test (self.folder->settings, G_FILE_TEST_EXISTS)) {
    g_autoptr (SobanCollectorFolder) present = soban_command_load_folder (&place, error);

    if (present == NULL)
      return SOBAN_EXIT_FAILED;
    if (is_postgresql (present))
      return upgrade (present, error) ? SOBAN_EXIT_OK : SOBAN_EXIT_FAILED;
  }
  self.drawn = password_file == NULL;
  self.password = self.drawn ? soban_password_new (soban_entropy_system ()) : soban_command_read_password (password_file, error);
  if (self.password == NULL)
    return SOBAN_EXIT_FAILED;
  self.folder->url = g_steal_pointer (&url);
  if (!make_collector (&self, error))
    return SOBAN_EXIT_FAILED;
  print_next (&self);
  return SOBAN_EXIT_OK;
}
