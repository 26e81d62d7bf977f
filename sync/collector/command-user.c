/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "command.h"
#include "users.h"

typedef struct {
  SobanCommandPlace place;
  char *role, *password_file;
} Options;

static int
list_users (SobanCollectorStore *store, GError **error)
{
  g_autoptr (GPtrArray) users = soban_users_list (store, error);

  if (users == NULL)
    return SOBAN_EXIT_FAILED;
  for (guint i = 0; i < users->len; i++) {
    const SobanUser *user = g_ptr_array_index (users, i);

    g_print ("%s\t%s\n", user->name, user->role);
  }
  return SOBAN_EXIT_OK;
}

static int
add_user (SobanCollectorStore *store, const Options *options, const char *name, GError **error)
{
  g_autofree char *password = soban_command_read_password (options->password_file, error);

  if (password == NULL || !soban_users_add (store, name, options->role != NULL ? options->role : "officer", password, error))
    return SOBAN_EXIT_FAILED;
  g_print (_ ("“%s” may read the pages.\n"), name);
  return SOBAN_EXIT_OK;
}

static int
remove_user (SobanCollectorStore *store, const char *name, GError **error)
{
  if (!soban_users_remove (store, name, error))
    return SOBAN_EXIT_FAILED;
  g_print (_ ("“%s” may no longer read the pages.\n"), name);
  return SOBAN_EXIT_OK;
}

static int
run (int argc, char **argv, Options *options, GError **error)
{
  g_autoptr (SobanCollectorFolder) folder = NULL;
  g_autoptr (SobanCollectorStore) store = NULL;
  gboolean list = argc == 2 && strcmp (argv[1], "list") == 0;
  gboolean add = argc == 3 && strcmp (argv[1], "add") == 0;

  if (!list && !add && !(argc == 3 && strcmp (argv[1], "remove") == 0)) {
    soban_command_fail_usage (error, _ ("Say: user list, user add NAME, or user remove NAME."));
    return SOBAN_EXIT_USAGE;
  }
  folder = soban_command_load_folder (&options->place, error);
  if (folder == NULL || (store = soban_command_open_store (folder, error)) == NULL)
    return SOBAN_EXIT_FAILED;
  if (list)
    return list_users (store, error);
  return add ? add_user (store, options, argv[2], error) : remove_user (store, argv[2], error);
}

int
soban_command_user (int argc, char **argv, GError **error)
{
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "role", 0, 0, G_OPTION_ARG_STRING, &options.role, N_ ("admin or officer"), N_ ("ROLE") },
    { "password-file", 0, 0, G_OPTION_ARG_FILENAME, &options.password_file, N_ ("Take the password from the first line of FILE"), N_ ("FILE") },
    { NULL },
  };
  int code = SOBAN_EXIT_USAGE;

  if (soban_command_parse (&argc, &argv, "list | add NAME | remove NAME",
                           _ ("The people who may read the pages. Adding a name again sets its password anew."), entries, &options.place, error))
    code = run (argc, argv, &options, error);
  soban_command_place_clear (&options.place);
  g_free (options.role);
  g_free (options.password_file);
  return code;
}
