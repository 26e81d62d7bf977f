/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "base/number-text.h"
#include "client/bundle.h"

static int
run_exchange (SobanRun *run, int argc, char **argv, GError **error)
{
  g_autoptr (SobanBundleReport) report = NULL;
  g_autofree char *changes = NULL;

  if (!soban_run_parse (run, &soban_verb_exchange, NULL, 1, 1, argc, argv, error) || !soban_run_open_store (run, error))
    return SOBAN_EXIT_FAILED;
  report = soban_bundle_exchange (run->store, run->arguments[0], NULL, error);
  if (report == NULL)
    return SOBAN_EXIT_FAILED;
  changes = soban_number_text ((gint64) report->changes, soban_language_get ());
  g_print (_("files of other tablets: %u; received %s changes\n"), report->exchanges, changes);
  for (guint i = report->exchanges + report->receipts; i < report->paths->len; i++)
    g_print (_("%s: for the other tablets\n"), (const char *) g_ptr_array_index (report->paths, i));
  return SOBAN_EXIT_DONE;
}

const SobanVerb soban_verb_exchange = { "exchange", "FOLDER", N_("Exchange records with other tablets of the commune over a stick"),
                                        run_exchange };
