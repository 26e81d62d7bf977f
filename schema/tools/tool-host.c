/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "tool-host.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "form/choice-document.h"
#include "form/choice-list.h"

struct _SobanToolHost {
  SobanFormHost host;
  char *folder;
  GHashTable *lists; /* src -> SobanTree */
};

static SobanTree *
read_list_file (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length = 0;
  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  SobanTree *tree = soban_choice_document_parse (path, text, length, error);
  if (tree == NULL)
    g_prefix_error (error, "%s: ", path);
  return tree;
}

/* The list of that name that the program itself brings along; NULL when it has none, or without data. */
static SobanTree *
make_own_list (const char *src)
{
  g_autofree char *name = soban_choice_list_name (src);
  g_autoptr (GError) error = NULL;
  SobanTree *tree = NULL;
  if (g_str_equal (name, "units")) {
    g_autoptr (SobanUnitTable) units = soban_unit_table_load (soban_data_dir (), &error);
    tree = units != NULL ? soban_choice_list_new_units (units) : NULL;
  } else if (g_str_equal (name, "ethnic_groups")) {
    tree = soban_choice_list_new_ethnic_groups (soban_data_dir (), &error);
  }
  if (error != NULL)
    g_printerr ("soban-form: %s\n", error->message);
  return tree;
}

static SobanTree *
find_list (const SobanToolHost *self, const char *src, GError **error)
{
  SobanTree *tree = NULL;
  g_autofree char *name = g_path_get_basename (src);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
    tree = read_list_file (path, error);
  else
    tree = make_own_list (src);
  if (tree == NULL && *error == NULL)
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE, _ ("the list “%s” does not lie beside the form"),
                 name);
  return tree;
}

/* A form whose list cannot be had goes on without it, as on the tablet; here that is said, once. */
static SobanTree *
load_list (gpointer data, const char *src, GError **error)
{
  SobanToolHost *self = data;
  gpointer known = NULL;
  if (g_hash_table_lookup_extended (self->lists, src, NULL, &known))
    return known;
  GError *reason = NULL;
  SobanTree *tree = find_list (self, src, &reason);
  g_hash_table_insert (self->lists, g_strdup (src), tree);
  if (reason != NULL) {
    g_printerr ("soban-form: %s\n", reason->message);
    g_propagate_error (error, reason);
  }
  return tree;
}

static void
free_list (gpointer tree)
{
  if (tree != NULL)
    soban_tree_free (tree);
}

SobanToolHost *
soban_tool_host_new (const char *form_file, const char *language)
{
  SobanToolHost *self = g_new0 (SobanToolHost, 1);
  self->folder = g_path_get_dirname (form_file);
  self->lists = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_list);
  self->host = (SobanFormHost){
    .clock = soban_clock_system (),
    .entropy = soban_entropy_system (),
    .load_instance = load_list,
    .language = language != NULL ? language : soban_language_get (),
    .data = self,
  };
  return self;
}

void
soban_tool_host_free (SobanToolHost *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->lists);
  g_free (self->folder);
  g_free (self);
}

const SobanFormHost *
soban_tool_host_get (const SobanToolHost *self)
{
  return &self->host;
}
