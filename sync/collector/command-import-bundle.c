/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "base/number-text.h"
#include "bundle-import.h"
#include "command.h"
#include "deriver.h"

static void
print_outcome (const SobanBundleOutcome *outcome)
{
  g_autofree char *admitted = soban_number_text (outcome->admitted, soban_language_get ());

  if (outcome->admitted == 0 && !outcome->forked)
    g_print (_ ("Tablet %u, “%s”: nothing new is in it; what it holds is here already.\n"), outcome->device, outcome->device_name);
  else
    g_print (_ ("Tablet %u, “%s”: %s new changes taken in.\n"), outcome->device, outcome->device_name, admitted);
  if (outcome->forked)
    g_print ("%s\n", _ ("Another tablet has the same number and other records: a copy was made of it. Nothing is lost; the receipt tells the tablet "
                        "to go on under a new one."));
}

/* The pages of a running server show what has come at once. */
static gboolean
derive (SobanCollectorStore *store, const SobanReference *reference, GError **error)
{
  g_autoptr (SobanDeriver) deriver = soban_deriver_new (reference, store);

  return soban_deriver_prepare (deriver, error) && soban_deriver_run_all (deriver, error);
}

typedef struct {
  const SobanCollectorFolder *folder;
  SobanCollectorStore *store;
  SobanRegistries *registries;
  const char *receipt; /* (nullable): where receipts go */
} Import;

static gboolean
import_file (const Import *self, const char *path, GError **error)
{
  g_auto (SobanBundleOutcome) outcome = { 0 };
  g_autofree char *receipt_path = NULL;

  if (!soban_bundle_take_in (self->store, self->registries, path, self->folder->dir, &outcome, error))
    return FALSE;
  print_outcome (&outcome);
  if (self->receipt == NULL) {
    g_print ("%s\n", _ ("Without a receipt the tablet keeps everything waiting: --receipt FOLDER writes one, also when the file is taken in again."));
    return TRUE;
  }
  receipt_path = soban_bundle_write_receipt (self->store, &outcome, path, self->receipt, error);
  if (receipt_path != NULL)
    g_print (_ ("Its receipt: %s\n"), receipt_path);
  return receipt_path != NULL;
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* (nullable) (transfer full) (element-type filename): the bundles of a folder that have no receipt beside them yet. */
static GPtrArray *
list_folder (const char *folder, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  GPtrArray *paths;
  const char *name;

  if (dir == NULL)
    return NULL;
  paths = g_ptr_array_new_with_free_func (g_free);
  while ((name = g_dir_read_name (dir)) != NULL) {
    if (g_str_has_suffix (name, SOBAN_BUNDLE_SUFFIX) && !soban_bundle_has_receipt (folder, name))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  }
  g_ptr_array_sort (paths, compare_paths);
  return paths;
}

/* A stick holds files for tablets, too; one bad file keeps no other back. */
static gboolean
import_folder (const Import *self, const char *folder, GError **error)
{
  g_autoptr (GPtrArray) paths = list_folder (folder, error);
  guint failed = 0;

  if (paths == NULL)
    return FALSE;
  for (guint i = 0; i < paths->len; i++) {
    const char *path = g_ptr_array_index (paths, i);
    g_autoptr (GError) failure = NULL;

    if (import_file (self, path, &failure) || g_error_matches (failure, SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_OTHER_RECEIVER))
      continue;
    g_printerr ("%s: %s\n", path, failure->message);
    failed++;
  }
  if (failed == 0)
    return TRUE;
  g_set_error (error, SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_DAMAGED, _ ("Files that could not be taken in: %u"), failed);
  return FALSE;
}

static int
import (const SobanCollectorFolder *folder, const char *path, const char *receipt, GError **error)
{
  g_autoptr (SobanReference) reference = soban_reference_load (soban_data_dir (), soban_locale_dir (), error);
  g_autoptr (SobanCollectorStore) store = reference != NULL ? soban_command_open_store (folder, error) : NULL;
  g_autoptr (SobanRegistries) registries = reference != NULL ? soban_registries_new (reference) : NULL;
  Import self = { folder, store, registries, receipt };
  gboolean taken;

  if (store == NULL || !soban_collector_store_check_clock (store, error))
    return SOBAN_EXIT_FAILED;
  taken = g_file_test (path, G_FILE_TEST_IS_DIR) ? import_folder (&self, path, error) : import_file (&self, path, error);
  return derive (store, reference, taken ? error : NULL) && taken ? SOBAN_EXIT_OK : SOBAN_EXIT_FAILED;
}

int
soban_command_import_bundle (int argc, char **argv, GError **error)
{
  g_auto (SobanCommandPlace) place = { 0 };
  g_autofree char *receipt = NULL;
  const GOptionEntry entries[] = {
    { "receipt", 0, 0, G_OPTION_ARG_FILENAME, &receipt, N_ ("Write the receipt for the tablet here"), N_ ("FILE|FOLDER") },
    { NULL },
  };
  g_autoptr (SobanCollectorFolder) folder = NULL;

  if (!soban_command_parse (&argc, &argv, _ ("FILE|FOLDER"), _ ("Takes in what a tablet has written on a stick; also while a server runs."), entries,
                            &place, error))
    return SOBAN_EXIT_USAGE;
  if (argc != 2) {
    soban_command_fail_usage (error, _ ("Say which file: soban-collector import-bundle FILE|FOLDER"));
    return SOBAN_EXIT_USAGE;
  }
  folder = soban_command_load_folder (&place, error);
  return folder != NULL ? import (folder, argv[1], receipt, error) : SOBAN_EXIT_FAILED;
}
