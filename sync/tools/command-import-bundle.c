/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "base/number-text.h"
#include "client/bundle.h"

static int
run_import_bundle (SobanRun *run, int argc, char **argv, GError **error)
{
  const char *language = soban_language_get ();
  g_autoptr (SobanBundleReport) report = NULL;
  g_autofree char *changes = NULL;
  g_autofree char *confirmed = NULL;

  if (!soban_run_parse (run, &soban_verb_import_bundle, NULL, 1, 1, argc, argv, error) || !soban_run_open_store (run, error))
    return SOBAN_EXIT_FAILED;
  report = soban_bundle_import (run->store, run->arguments[0], NULL, error);
  if (report == NULL)
    return SOBAN_EXIT_FAILED;
  if (report->changes == 0 && report->confirmed == 0) {
    g_print (_("receipts: %u, files of other tablets: %u; there is nothing new in them\n"), report->receipts, report->exchanges);
    return SOBAN_EXIT_DONE;
  }
  changes = soban_number_text ((gint64) report->changes, language);
  confirmed = soban_number_text ((gint64) report->confirmed, language);
  g_print (_("receipts: %u, files of other tablets: %u; received %s changes, the server has %s more of this tablet's\n"), report->receipts,
           report->exchanges, changes, confirmed);
  return SOBAN_EXIT_DONE;
}

const SobanVerb soban_verb_import_bundle = { "import-bundle", "FILE|FOLDER", N_("Take in a receipt of the server, or what another tablet wrote"),
                                             run_import_bundle };
