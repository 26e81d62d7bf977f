/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-library.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/data-file.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/tsv.h"

#define RECEIVED_ICON "soban-document-symbolic"
#define RECEIVED_COLOUR "#5e5c64"

struct _SobanFormLibrary {
  gatomicrefcount references;
  GMutex mutex; /* guards what is below @catalogue, but for @built_in */
  char *folder;
  SobanTsv *catalogue; /* owns the entries' strings */
  GPtrArray *entries;   /* replaced as a whole, atomically */
  GPtrArray *retired;   /* (element-type GPtrArray): what was given out before */
  GPtrArray *owned;     /* (element-type SobanFormEntry) */
  GHashTable *by_id;    /* id -> SobanFormEntry */
  GHashTable *built_in; /* ids of the catalogue; immutable */
  GHashTable *offered;  /* "id version" -> whether the published version is for new records */
  GHashTable *versions; /* id -> GPtrArray of SobanForm, newest last */
  GHashTable *parsed;   /* ids whose built-in version is among them */
};

static SobanFormKind
read_kind (const char *kind)
{
  static const struct {
    const char *name;
    SobanFormKind kind;
  } kinds[] = {
    { "activity", SOBAN_FORM_ACTIVITY }, { "tally", SOBAN_FORM_TALLY }, { "zero", SOBAN_FORM_ZERO },
    { "registry", SOBAN_FORM_REGISTRY }, { "case", SOBAN_FORM_CASE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].name, kind))
      return kinds[i].kind;
  return SOBAN_FORM_OTHER;
}

static gboolean
read_boolean (const char *cell)
{
  return g_str_equal (cell, "1") || g_str_equal (cell, "yes") || g_str_equal (cell, "true");
}

static void
read_entries (SobanFormLibrary *library)
{
  const SobanTsv *tsv = library->catalogue;
  for (guint row = 0; row < soban_tsv_rows (tsv); row++) {
    SobanFormEntry *entry = g_new0 (SobanFormEntry, 1);
    entry->id = soban_tsv_cell (tsv, row, soban_tsv_column (tsv, "id"));
    entry->kind = read_kind (soban_tsv_cell (tsv, row, soban_tsv_column (tsv, "kind")));
    entry->offered = read_boolean (soban_tsv_cell (tsv, row, soban_tsv_column (tsv, "offered")));
    entry->icon_name = soban_tsv_cell (tsv, row, soban_tsv_column (tsv, "icon"));
    entry->colour = soban_tsv_cell (tsv, row, soban_tsv_column (tsv, "colour"));
    entry->date_field = soban_tsv_cell (tsv, row, soban_tsv_column (tsv, "date_field"));
    entry->unit_field = soban_tsv_cell (tsv, row, soban_tsv_column (tsv, "unit_field"));
    g_ptr_array_add (library->owned, entry);
    g_ptr_array_add (library->entries, entry);
    g_hash_table_insert (library->by_id, (gpointer) entry->id, entry);
    g_hash_table_add (library->built_in, (gpointer) entry->id);
  }
}

SobanFormLibrary *
soban_form_library_load (const char *data_dir, GError **error)
{
  g_autofree char *folder = g_build_filename (data_dir, "forms", NULL);
  g_autofree char *file = g_build_filename (folder, "catalogue.tsv", NULL);
  SobanTsv *catalogue = soban_tsv_load (file, error);
  if (catalogue == NULL) {
    g_prefix_error (error, "%s", _("Reading the list of forms: "));
    return NULL;
  }
  SobanFormLibrary *library = g_new0 (SobanFormLibrary, 1);
  g_atomic_ref_count_init (&library->references);
  g_mutex_init (&library->mutex);
  library->folder = g_steal_pointer (&folder);
  library->catalogue = catalogue;
  library->entries = g_ptr_array_new ();
  library->retired = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  library->owned = g_ptr_array_new_with_free_func (g_free);
  library->built_in = g_hash_table_new (g_str_hash, g_str_equal);
  library->offered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  library->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  library->versions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  library->parsed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  read_entries (library);
  return library;
}

SobanFormLibrary *
soban_form_library_ref (SobanFormLibrary *library)
{
  g_atomic_ref_count_inc (&library->references);
  return library;
}

void
soban_form_library_unref (SobanFormLibrary *library)
{
  if (library == NULL || !g_atomic_ref_count_dec (&library->references))
    return;
  g_ptr_array_unref (library->entries);
  g_ptr_array_unref (library->retired);
  g_ptr_array_unref (library->owned);
  g_hash_table_unref (library->built_in);
  g_hash_table_unref (library->offered);
  g_hash_table_unref (library->by_id);
  g_hash_table_unref (library->versions);
  g_hash_table_unref (library->parsed);
  soban_tsv_free (library->catalogue);
  g_free (library->folder);
  g_mutex_clear (&library->mutex);
  g_free (library);
}

const GPtrArray *
soban_form_library_list (SobanFormLibrary *library)
{
  return g_atomic_pointer_get (&library->entries);
}

const SobanFormEntry *
soban_form_library_find (SobanFormLibrary *library, const char *id)
{
  g_mutex_lock (&library->mutex);
  const SobanFormEntry *entry = g_hash_table_lookup (library->by_id, id);
  g_mutex_unlock (&library->mutex);
  return entry;
}

gboolean
soban_form_library_is_built_in (SobanFormLibrary *library, const char *id)
{
  return g_hash_table_contains (library->built_in, id);
}

/* Versions are dates or numbers in practice ("2026112201", "1.10"): compared piece by piece. */
static int
compare_versions (gconstpointer a, gconstpointer b)
{
  return strverscmp (soban_form_get_version (*(SobanForm *const *) a),
                     soban_form_get_version (*(SobanForm *const *) b));
}

static SobanForm *
find_version (const GPtrArray *versions, const char *version)
{
  for (guint i = 0; versions != NULL && i < versions->len; i++)
    if (g_str_equal (soban_form_get_version (g_ptr_array_index (versions, i)), version))
      return g_ptr_array_index (versions, i);
  return NULL;
}

static GPtrArray *
get_versions (SobanFormLibrary *library, const char *id)
{
  GPtrArray *versions = g_hash_table_lookup (library->versions, id);
  if (versions == NULL) {
    versions = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_form_unref);
    g_hash_table_insert (library->versions, g_strdup (id), versions);
  }
  return versions;
}

static void
add_version (GPtrArray *versions, SobanForm *form)
{
  SobanForm *present = find_version (versions, soban_form_get_version (form));
  if (present != NULL)
    g_ptr_array_remove (versions, present);
  g_ptr_array_add (versions, soban_form_ref (form));
  g_ptr_array_sort (versions, compare_versions);
}

static gboolean
parse_builtin (SobanFormLibrary *library, const char *id, GError **error)
{
  g_autofree char *name = g_strconcat (id, ".xml", NULL);
  g_autofree char *file = g_build_filename (library->folder, name, NULL);
  g_autoptr (GBytes) xml = soban_data_file_read (file, SOBAN_FORM_BYTES_MAX, error);
  if (xml == NULL) {
    g_prefix_error (error, _("Reading the form “%s”: "), id);
    return FALSE;
  }
  g_autoptr (SobanForm) form = soban_form_parse (xml, error);
  if (form == NULL)
    return FALSE;
  GPtrArray *versions = get_versions (library, id);
  if (find_version (versions, soban_form_get_version (form)) == NULL)
    add_version (versions, form);
  return TRUE;
}

static gboolean
is_withdrawn (const SobanFormLibrary *library, const char *id, const char *version)
{
  g_autofree char *key = g_strconcat (id, " ", version, NULL);
  gpointer offered;
  return g_hash_table_lookup_extended (library->offered, key, NULL, &offered) && !GPOINTER_TO_INT (offered);
}

static SobanForm *
find_newest (const SobanFormLibrary *library, const GPtrArray *versions)
{
  for (guint i = versions->len; i > 0; i--) {
    SobanForm *form = g_ptr_array_index (versions, i - 1);
    if (!is_withdrawn (library, soban_form_get_id (form), soban_form_get_version (form)))
      return form;
  }
  return g_ptr_array_index (versions, versions->len - 1);
}

/* Under the lock. The built-in version counts among those at hand before the newest is chosen. */
static SobanForm *
choose_version (SobanFormLibrary *library, const char *id, const char *version, GError **error)
{
  const GPtrArray *versions = g_hash_table_lookup (library->versions, id);
  SobanForm *form = version != NULL ? find_version (versions, version) : NULL;
  if (form != NULL)
    return form;
  if (soban_form_library_is_built_in (library, id) && !g_hash_table_contains (library->parsed, id)) {
    if (!parse_builtin (library, id, error))
      return NULL;
    g_hash_table_add (library->parsed, g_strdup (id));
    versions = g_hash_table_lookup (library->versions, id);
  }
  form = version != NULL ? find_version (versions, version) : NULL;
  if (version == NULL && versions != NULL && versions->len > 0)
    form = find_newest (library, versions);
  if (form == NULL)
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE,
                 _("The form “%s” version “%s” is not on this device."), id, version != NULL ? version : "");
  return form;
}

SobanForm *
soban_form_library_get (SobanFormLibrary *library, const char *id, const char *version, GError **error)
{
  g_mutex_lock (&library->mutex);
  SobanForm *form = choose_version (library, id, version, error);
  if (form != NULL)
    soban_form_ref (form);
  g_mutex_unlock (&library->mutex);
  return form;
}

void
soban_form_library_add (SobanFormLibrary *library, SobanForm *form)
{
  g_mutex_lock (&library->mutex);
  add_version (get_versions (library, soban_form_get_id (form)), form);
  g_mutex_unlock (&library->mutex);
}

/* Under the lock. */
static gboolean
has_offered_version (const SobanFormLibrary *library, const char *id)
{
  g_autofree char *prefix = g_strconcat (id, " ", NULL);
  GHashTableIter iter;
  gpointer key, offered;
  g_hash_table_iter_init (&iter, library->offered);
  while (g_hash_table_iter_next (&iter, &key, &offered))
    if (GPOINTER_TO_INT (offered) && g_str_has_prefix (key, prefix))
      return TRUE;
  return FALSE;
}

/* Under the lock. Others may be reading the present list and its entries: both stay. */
static void
replace_entry (SobanFormLibrary *library, const char *id, const char *title, gboolean offered)
{
  SobanFormEntry *entry = g_new0 (SobanFormEntry, 1);
  GPtrArray *entries = g_ptr_array_copy (library->entries, NULL, NULL);
  const SobanFormEntry *before = g_hash_table_lookup (library->by_id, id);
  guint place;
  *entry = (SobanFormEntry){
    .id = g_intern_string (id),
    .kind = SOBAN_FORM_ACTIVITY,
    .offered = offered,
    .icon_name = RECEIVED_ICON,
    .colour = RECEIVED_COLOUR,
    .date_field = "",
    .unit_field = "",
    .title = title,
  };
  g_ptr_array_add (library->owned, entry);
  if (before != NULL && g_ptr_array_find (entries, before, &place))
    g_ptr_array_index (entries, place) = entry;
  else
    g_ptr_array_add (entries, entry);
  g_hash_table_replace (library->by_id, (gpointer) entry->id, entry);
  g_ptr_array_add (library->retired, library->entries);
  g_atomic_pointer_set (&library->entries, entries);
}

void
soban_form_library_offer (SobanFormLibrary *library, const char *id, const char *version, gboolean offered)
{
  g_mutex_lock (&library->mutex);
  g_hash_table_replace (library->offered, g_strconcat (id, " ", version, NULL), GINT_TO_POINTER (offered));
  const SobanFormEntry *entry = g_hash_table_lookup (library->by_id, id);
  gboolean any = has_offered_version (library, id);
  const GPtrArray *versions = g_hash_table_lookup (library->versions, id);
  const char *title = versions != NULL ? soban_form_get_title (find_newest (library, versions)) : NULL;
  title = g_intern_string (title != NULL && *title != '\0' ? title : id);
  if (!g_hash_table_contains (library->built_in, id) && (entry == NULL || entry->offered != any || entry->title != title))
    replace_entry (library, id, title, any);
  g_mutex_unlock (&library->mutex);
}

gboolean
soban_form_library_is_withdrawn (SobanFormLibrary *library, const char *id, const char *version)
{
  g_mutex_lock (&library->mutex);
  gboolean withdrawn = is_withdrawn (library, id, version);
  g_mutex_unlock (&library->mutex);
  return withdrawn;
}
