/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints what a store holds, through the store itself, for tests that look at it from outside:
 *   show-store STORE DATA_DIR
 * One line a field, tab-separated, the value escaped as in C: draft|record ID FORM PATH VALUE. Then one line
 * `fault SENTENCE` for each thing that its check finds. Ends with 1 when the store does not open. */
#include "store/draft-store.h"
#include "store/record-store.h"
#include "store/store.h"

static void
print_fields (const char *kind, const SobanUuid *id, const char *form, const SobanFieldMap *fields)
{
  g_autofree char *id_text = soban_uuid_to_string (id);

  for (guint i = 0; i < soban_field_map_size (fields); i++) {
    const char *path, *value;
    g_autofree char *escaped = NULL;

    soban_field_map_nth (fields, i, &path, &value);
    escaped = g_strescape (value, NULL);
    g_print ("%s\t%s\t%s\t%s\t%s\n", kind, id_text, form, path, escaped);
  }
}

static gboolean
print_drafts (SobanStore *store, GError **error)
{
  g_autoptr (GPtrArray) drafts = soban_store_list_drafts (store, error);

  for (guint i = 0; drafts != NULL && i < drafts->len; i++) {
    const SobanDraft *draft = g_ptr_array_index (drafts, i);

    print_fields ("draft", &draft->id, draft->form, draft->fields);
  }
  return drafts != NULL;
}

static gboolean
print_records (SobanStore *store, GError **error)
{
  const SobanRecordQuery query = { .registries = TRUE };
  g_autoptr (GArray) ids = soban_store_list_records (store, &query, error);

  for (guint i = 0; ids != NULL && i < ids->len; i++) {
    const SobanUuid *id = &g_array_index (ids, SobanUuid, i);
    g_autoptr (SobanRecord) record = soban_store_get_record (store, id, error);

    if (record == NULL) {
      return FALSE;
    }
    print_fields ("record", id, record->form, record->fields);
  }
  return ids != NULL;
}

static gboolean
print_faults (SobanStore *store, GError **error)
{
  g_autoptr (GPtrArray) faults = soban_store_check (store, error);

  for (guint i = 0; faults != NULL && i < faults->len; i++) {
    g_print ("fault\t%s\n", (const char *) g_ptr_array_index (faults, i));
  }
  return faults != NULL;
}

int
main (int argc, char **argv)
{
  g_autoptr (SobanStore) store = NULL;
  g_autoptr (GError) error = NULL;
  gboolean shown;

  if (argc != 3) {
    g_printerr ("usage: show-store STORE DATA_DIR\n");
    return 2;
  }
  store = soban_store_open (argv[1], argv[2], NULL, &error);
  shown = store != NULL && print_drafts (store, &error) && print_records (store, &error) && print_faults (store, &error);
  if (store != NULL) {
    soban_store_close (store);
  }
  if (!shown) {
    g_printerr ("%s\n", error->message);
  }
  return shown ? 0 : 1;
}
