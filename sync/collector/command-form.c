/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/language.h"
#include "form-publisher.h"

typedef struct {
  SobanCommandPlace place;
  char **files, **roles, **scopes;
} FormCommand;

static void
clear_form_command (FormCommand *self)
{
  soban_command_place_clear (&self->place);
  g_strfreev (self->files);
  g_strfreev (self->roles);
  g_strfreev (self->scopes);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FormCommand, clear_form_command)

/* (transfer full): " a b ", or "" for an empty list. */
static char *
join (const GPtrArray *words)
{
  GString *text = g_string_new (words->len > 0 ? " " : "");

  for (guint i = 0; i < words->len; i++)
    g_string_append_printf (text, "%s ", (const char *) g_ptr_array_index (words, i));
  return g_string_free (text, FALSE);
}

static char *
read_roles (const FormCommand *self, GError **error)
{
  g_autoptr (GPtrArray) roles = g_ptr_array_new ();

  for (guint i = 0; self->roles != NULL && self->roles[i] != NULL; i++) {
    if (!soban_device_role_is_known (self->roles[i])) {
      soban_command_fail_usage (error, _ ("The role “%s” is not known: member, keeper or officer."), self->roles[i]);
      return NULL;
    }
    g_ptr_array_add (roles, self->roles[i]);
  }
  return join (roles);
}

/* A province has a code of two digits, a commune one of five. */
static char *
read_scopes (const FormCommand *self, GError **error)
{
  g_autoptr (GPtrArray) uids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (SobanUnitTable) units = soban_unit_table_load (soban_data_dir (), error);
  g_autofree char *today = soban_command_today ();

  if (units == NULL)
    return NULL;
  for (guint i = 0; self->scopes != NULL && self->scopes[i] != NULL; i++) {
    const char *scope = self->scopes[i];
    gboolean added = strlen (scope) == 2 ? soban_command_add_province (uids, units, scope, today, error)
                                         : soban_command_add_commune (uids, units, scope, today, error);

    if (!added)
      return NULL;
  }
  return join (uids);
}

static SobanCollectorStore *
open_store (const FormCommand *self, GError **error)
{
  g_autoptr (SobanCollectorFolder) folder = soban_command_load_folder (&self->place, error);

  return folder != NULL ? soban_command_open_store (folder, error) : NULL;
}

static int
add (FormCommand *self, const char *file, GError **error)
{
  g_autofree char *roles = read_roles (self, error);
  g_autofree char *scopes = roles != NULL ? read_scopes (self, error) : NULL;
  g_autoptr (SobanFormLibrary) library = NULL;
  g_autoptr (SobanFormParcel) parcel = NULL;
  g_autoptr (SobanCollectorStore) store = NULL;

  if (scopes == NULL)
    return SOBAN_EXIT_USAGE;
  library = soban_form_library_load (soban_data_dir (), error);
  parcel = library != NULL ? soban_form_parcel_read (file, self->files, library, error) : NULL;
  if (parcel == NULL)
    return SOBAN_EXIT_FAILED;
  for (guint i = 0; i < parcel->remarks->len; i++)
    g_printerr (_ ("Note: %s\n"), (const char *) g_ptr_array_index (parcel->remarks, i));
  store = open_store (self, error);
  if (store == NULL || !soban_form_parcel_publish (parcel, store, roles, scopes, error))
    return SOBAN_EXIT_FAILED;
  g_print (ngettext ("Published: %s, version %s, with %u file. Tablets receive it when they send and receive the next time.\n",
                     "Published: %s, version %s, with %u files. Tablets receive it when they send and receive the next time.\n",
                     parcel->offer->files->len),
           parcel->offer->id, parcel->offer->version, parcel->offer->files->len);
  return SOBAN_EXIT_OK;
}

static int
list (FormCommand *self, GError **error)
{
  g_autoptr (SobanCollectorStore) store = open_store (self, error);
  g_autoptr (GPtrArray) publications = store != NULL ? soban_form_shelf_list (store, error) : NULL;

  if (publications == NULL)
    return SOBAN_EXIT_FAILED;
  for (guint i = 0; i < publications->len; i++) {
    const SobanPublication *publication = g_ptr_array_index (publications, i);
    const SobanFormOffer *offer = publication->offer;

    g_print ("%s\t%s\t%s\t%s\t%s\t%s\n", offer->id, offer->version, publication->withdrawn_ms != 0 ? "withdrawn" : "offered",
             *publication->roles != '\0' ? publication->roles : "*", *publication->scopes != '\0' ? publication->scopes : "*", publication->title);
  }
  return SOBAN_EXIT_OK;
}

static int
withdraw (FormCommand *self, const char *id, const char *version, GError **error)
{
  g_autoptr (SobanCollectorStore) store = open_store (self, error);

  if (store == NULL || !soban_collector_store_begin (store, error))
    return SOBAN_EXIT_FAILED;
  if (!soban_form_shelf_withdraw (store, id, version, error)) {
    soban_collector_store_roll_back (store);
    return SOBAN_EXIT_FAILED;
  }
  if (!soban_collector_store_commit (store, error))
    return SOBAN_EXIT_FAILED;
  g_print ("%s\n", _ ("Withdrawn: tablets keep their records of it and offer it no more."));
  return SOBAN_EXIT_OK;
}

int
soban_command_form (int argc, char **argv, GError **error)
{
  g_auto (FormCommand) self = { 0 };
  const GOptionEntry entries[] = {
    { "file", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self.files, N_ ("A picture, sound or list that the form names and that does not lie beside it"),
      N_ ("FILE") },
    { "role", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self.roles, N_ ("Only for tablets of this role: member, keeper or officer"), N_ ("ROLE") },
    { "scope", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self.scopes, N_ ("Only for tablets of this commune or province"), N_ ("CODE") },
    { NULL },
  };

  if (!soban_command_parse (&argc, &argv, "add FILE | list | withdraw ID VERSION",
                            _ ("Publishes forms: tablets receive them when they send and receive the next time."), entries, &self.place, error))
    return SOBAN_EXIT_USAGE;
  if (argc == 3 && strcmp (argv[1], "add") == 0)
    return add (&self, argv[2], error);
  if (argc == 2 && strcmp (argv[1], "list") == 0)
    return list (&self, error);
  if (argc == 4 && strcmp (argv[1], "withdraw") == 0)
    return withdraw (&self, argv[2], argv[3], error);
  soban_command_fail_usage (error, _ ("Say: form add FILE, form list, or form withdraw ID VERSION."));
  return SOBAN_EXIT_USAGE;
}
