/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "base/number-text.h"
#include "client/bundle.h"

static int
run_export_bundle (SobanRun *run, int argc, char **argv, GError **error)
{
  g_autoptr (SobanBundleReport) report = NULL;
  g_autofree char *changes = NULL;

  if (!soban_run_parse (run, &soban_verb_export_bundle, NULL, 1, 1, argc, argv, error) || !soban_run_open_store (run, error))
    return SOBAN_EXIT_FAILED;
  report = soban_bundle_export (run->store, run->arguments[0], SOBAN_BUNDLE_FOR_COLLECTOR, NULL, error);
  if (report == NULL)
    return SOBAN_EXIT_FAILED;
  changes = soban_number_text ((gint64) report->changes, soban_language_get ());
  if (report->changes == 0) {
    g_print (_("%s: nothing waits here, so it holds no changes. The server's receipt for it still brings what is new there.\n"),
             (const char *) g_ptr_array_index (report->paths, 0));
    return SOBAN_EXIT_DONE;
  }
  g_print (_("%s: %s changes for the server. They wait here until its receipt has been taken in.\n"),
           (const char *) g_ptr_array_index (report->paths, 0), changes);
  if (!report->complete)
    g_print ("%s\n", _("The file is as long as a file on a stick can be: the rest needs another one, after the receipt."));
  return SOBAN_EXIT_DONE;
}

const SobanVerb soban_verb_export_bundle = { "export-bundle", "FILE|FOLDER", N_("Write what waits into a file for the server"),
                                             run_export_bundle };
