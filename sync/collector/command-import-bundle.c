/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "base/number-text.h"
#include "bundle-import.h"
#include "command.h"
#include "deriver.h"

static void
print_outcome (const SobanBundleOutcome *outcome)
{
  g_autofree char *admitted = soban_number_text (outcome->admitted, soban_language_get ());

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

static int
import_bundle (const SobanCollectorFolder *folder, const char *path, const char *receipt, GError **error)
{
  g_autoptr (SobanReference) reference = soban_reference_load (soban_data_dir (), soban_locale_dir (), error);
  g_autoptr (SobanCollectorStore) store = reference != NULL ? soban_command_open_store (folder, error) : NULL;
  g_autoptr (SobanRegistries) registries = reference != NULL ? soban_registries_new (reference) : NULL;
  g_auto (SobanBundleOutcome) outcome = { 0 };
  g_autofree char *receipt_path = NULL;

  if (store == NULL || !soban_collector_store_check_clock (store, error))
    return SOBAN_EXIT_FAILED;
  if (!soban_bundle_take_in (store, registries, path, folder->dir, &outcome, error))
    return SOBAN_EXIT_FAILED;
  print_outcome (&outcome);
  if (receipt == NULL) {
    g_print ("%s\n", _ ("Without a receipt the tablet keeps everything waiting: --receipt FOLDER writes one, also when the file is taken in again."));
  } else {
    receipt_path = soban_bundle_write_receipt (store, &outcome, path, receipt, error);
    if (receipt_path == NULL)
      return SOBAN_EXIT_FAILED;
    g_print (_ ("Its receipt: %s\n"), receipt_path);
  }
  return derive (store, reference, error) ? SOBAN_EXIT_OK : SOBAN_EXIT_FAILED;
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

  if (!soban_command_parse (&argc, &argv, _ ("FILE"), _ ("Takes in what a tablet has written on a stick; also while a server runs."), entries,
                            &place, error))
    return SOBAN_EXIT_USAGE;
  if (argc != 2) {
    soban_command_fail_usage (error, _ ("Say which file: soban-collector import-bundle FILE"));
    return SOBAN_EXIT_USAGE;
  }
  folder = soban_command_load_folder (&place, error);
  return folder != NULL ? import_bundle (folder, argv[1], receipt, error) : SOBAN_EXIT_FAILED;
}
