/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form-publisher.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/data-file.h"
#include "base/error.h"
#include "base/limits.h"
#include "form/choice-document.h"
#include "form/choice-list.h"
#include "form/form-check.h"

#define LAST_SAVED "jr://instance/last-saved"

void
soban_form_parcel_free (SobanFormParcel *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->form, soban_form_unref);
  g_clear_pointer (&self->offer, soban_form_offer_free);
  g_ptr_array_unref (self->contents);
  g_ptr_array_unref (self->remarks);
  g_free (self);
}

static gboolean
fail (GError **error, char *sentence)
{
  g_set_error_literal (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE, sentence);
  g_free (sentence);
  return FALSE;
}

static char *
describe (const SobanFormFinding *finding)
{
  g_autofree char *line = finding->line > 0 ? g_strdup_printf (_ ("line %u: "), finding->line) : g_strdup ("");
  g_autofree char *place = *finding->place != '\0' ? g_strdup_printf (_ ("question “%s”: "), finding->place) : g_strdup ("");

  return g_strconcat (line, place, finding->message, NULL);
}

static gboolean
check_form (SobanFormParcel *self, GError **error)
{
  g_autoptr (GPtrArray) findings = soban_form_check (self->form);
  g_autoptr (GString) errors = g_string_new (NULL);

  for (guint i = 0; i < findings->len; i++) {
    const SobanFormFinding *finding = g_ptr_array_index (findings, i);
    g_autofree char *words = describe (finding);

    if (finding->is_error)
      g_string_append_printf (errors, "\n  %s", words);
    else
      g_ptr_array_add (self->remarks, g_steal_pointer (&words));
  }
  if (errors->len > 0)
    return fail (error, g_strdup_printf (_ ("The form has errors and was not published:%s"), errors->str));
  if (*soban_form_get_version (self->form) == '\0')
    return fail (error, g_strdup (_ ("The form has no version: give the main element of its instance an attribute “version”.")));
  if (strlen (soban_form_get_id (self->form)) > SOBAN_FORM_ID_BYTES_MAX || strlen (soban_form_get_version (self->form)) > SOBAN_FORM_ID_BYTES_MAX)
    return fail (error, g_strdup_printf (_ ("The id or the version of the form is longer than %d bytes."), SOBAN_FORM_ID_BYTES_MAX));
  return TRUE;
}

/* Versions never change: those that the program brings along neither. */
static gboolean
check_built_in (const SobanFormParcel *self, SobanFormLibrary *library, GError **error)
{
  g_autoptr (SobanForm) own = soban_form_library_get (library, soban_form_get_id (self->form), soban_form_get_version (self->form), NULL);

  if (own == NULL || g_bytes_equal (soban_form_get_xml (own), soban_form_get_xml (self->form)))
    return TRUE;
  return fail (error, g_strdup_printf (_ ("Version “%s” of the form “%s” comes with the program and has another content. Give the changed form a new version."),
                                       soban_form_get_version (self->form), soban_form_get_id (self->form)));
}

static gboolean
take_file (SobanFormParcel *self, const char *path, GError **error)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (GBytes) content = NULL;
  SobanFormFile *file;

  if (soban_form_offer_find_file (self->offer, name) != NULL)
    return TRUE;
  if (!soban_form_file_name_is_valid (name))
    return fail (error, g_strdup_printf (_ ("“%s” cannot be the name of a form's file."), name));
  if (self->offer->files->len == SOBAN_FORM_FILES_MAX)
    return fail (error, g_strdup_printf (_ ("A form can bring along at most %d files."), SOBAN_FORM_FILES_MAX));
  content = soban_data_file_read (path, SOBAN_FORM_FILE_BYTES_MAX, error);
  if (content == NULL)
    return FALSE;
  file = soban_form_offer_add_file (self->offer, name);
  file->bytes = g_bytes_get_size (content);
  soban_sha256_of (g_bytes_get_data (content, NULL), file->bytes, file->sha256);
  g_ptr_array_add (self->contents, g_steal_pointer (&content));
  return TRUE;
}

/* (nullable) (transfer full): where the file called @name lies. */
static char *
find_file (const char *name, const char *folder, char **files)
{
  g_autofree char *beside = g_build_filename (folder, name, NULL);

  for (guint i = 0; files != NULL && files[i] != NULL; i++) {
    g_autofree char *given = g_path_get_basename (files[i]);

    if (g_str_equal (given, name))
      return g_strdup (files[i]);
  }
  return g_file_test (beside, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&beside) : NULL;
}

/* Lists that the program makes itself. */
static gboolean
is_own_list (const char *address, SobanFormLibrary *library)
{
  static const char *const lists[] = { "units", "ethnic_groups", "villages", "registry", NULL };
  g_autofree char *name = soban_choice_list_name (address);
  const SobanFormEntry *entry = soban_form_library_find (library, name);

  return g_strv_contains (lists, name) || (entry != NULL && entry->kind == SOBAN_FORM_REGISTRY);
}

/* The tablet reads it with the same reader: what it refuses is refused here. */
static gboolean
check_list (const char *name, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  SobanTree *tree = g_file_get_contents (path, &text, &length, error) ? soban_choice_document_parse (name, text, length, error) : NULL;

  if (tree == NULL) {
    g_prefix_error (error, _ ("Reading the list “%s”: "), path);
    return FALSE;
  }
  soban_tree_free (tree);
  return TRUE;
}

static gboolean
take_lists (SobanFormParcel *self, const char *folder, char **files, SobanFormLibrary *library, GError **error)
{
  const GPtrArray *sources = soban_form_get_external_sources (self->form);

  for (guint i = 0; i < sources->len; i++) {
    const char *address = g_ptr_array_index (sources, i);
    g_autofree char *name = soban_form_file_name (address);
    g_autofree char *path = find_file (name, folder, files);

    if (g_str_equal (address, LAST_SAVED) || (path == NULL && is_own_list (address, library)))
      continue;
    if (path == NULL)
      return fail (error, g_strdup_printf (_ ("The list “%s” that the form names does not lie beside it. Put it there, or name it with --file."), name));
    if (!take_file (self, path, error) || !check_list (name, path, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
take_media (SobanFormParcel *self, const char *folder, char **files, GError **error)
{
  g_autoptr (GPtrArray) addresses = soban_form_list_media (self->form);

  for (guint i = 0; i < addresses->len; i++) {
    g_autofree char *name = soban_form_file_name (g_ptr_array_index (addresses, i));
    g_autofree char *path = find_file (name, folder, files);

    if (path == NULL)
      g_ptr_array_add (self->remarks, g_strdup_printf (_ ("the picture or sound “%s” does not lie beside the form: it will not be there"), name));
    else if (!take_file (self, path, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
take_all (SobanFormParcel *self, const char *file, char **files, SobanFormLibrary *library, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (file);
  guint64 bytes = 0;

  if (!take_lists (self, folder, files, library, error) || !take_media (self, folder, files, error))
    return FALSE;
  for (guint i = 0; files != NULL && files[i] != NULL; i++)
    if (!take_file (self, files[i], error))
      return FALSE;
  for (guint i = 0; i < self->offer->files->len; i++)
    bytes += ((SobanFormFile *) g_ptr_array_index (self->offer->files, i))->bytes;
  if (bytes > SOBAN_FORM_FILES_BYTES_MAX)
    return fail (error, g_strdup_printf (_ ("The files of a form can have at most %d MiB together."), SOBAN_FORM_FILES_BYTES_MAX / (1024 * 1024)));
  soban_form_offer_sort (self->offer);
  return TRUE;
}

SobanFormParcel *
soban_form_parcel_read (const char *file, char **files, SobanFormLibrary *library, GError **error)
{
  g_autoptr (SobanFormParcel) self = g_new0 (SobanFormParcel, 1);
  g_autoptr (GBytes) xml = soban_data_file_read (file, SOBAN_FORM_BYTES_MAX, error);

  self->contents = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->remarks = g_ptr_array_new_with_free_func (g_free);
  self->form = xml != NULL ? soban_form_parse_to_check (xml, error) : NULL;
  if (self->form == NULL) {
    g_prefix_error (error, "%s: ", file);
    return NULL;
  }
  if (!check_form (self, error) || !check_built_in (self, library, error))
    return NULL;
  self->offer = soban_form_offer_new (soban_form_get_id (self->form), soban_form_get_version (self->form));
  self->offer->bytes = g_bytes_get_size (xml);
  soban_sha256_of (g_bytes_get_data (xml, NULL), self->offer->bytes, self->offer->sha256);
  g_ptr_array_add (self->contents, g_bytes_ref (xml));
  return take_all (self, file, files, library, error) ? g_steal_pointer (&self) : NULL;
}

static gboolean
put_all (const SobanFormParcel *self, SobanCollectorStore *store, const SobanPublication *publication, GError **error)
{
  for (guint i = 0; i < self->contents->len; i++)
    if (!soban_form_shelf_put_content (store, g_ptr_array_index (self->contents, i), error))
      return FALSE;
  return soban_form_shelf_put (store, publication, error);
}

gboolean
soban_form_parcel_publish (const SobanFormParcel *self, SobanCollectorStore *store, const char *roles, const char *scopes, GError **error)
{
  SobanPublication publication = {
    .offer = self->offer,
    .title = (char *) soban_form_get_title (self->form),
    .roles = (char *) roles,
    .scopes = (char *) scopes,
  };

  if (!soban_collector_store_begin (store, error))
    return FALSE;
  if (put_all (self, store, &publication, error))
    return soban_collector_store_commit (store, error);
  soban_collector_store_roll_back (store);
  return FALSE;
}
