/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

#include "store/pin.h"

/* The PIN keeps people at the window out, not who can run programs as this user: they could open the file anyway. */
static int
run_forget_pin (SobanRun *run, int argc, char **argv, GError **error)
{
  gboolean had_pin;

  if (!soban_run_parse (run, &soban_verb_forget_pin, NULL, 0, 0, argc, argv, error))
    return SOBAN_EXIT_USAGE;
  if (!soban_run_open_store (run, error))
    return SOBAN_EXIT_FAILED;
  had_pin = soban_store_has_pin (run->store);
  if (!soban_store_forget_pin (run->store, error))
    return SOBAN_EXIT_FAILED;
  g_print ("%s\n", had_pin ? _("The PIN is taken away. All records and drafts are there.") : _("No PIN is set"));
  return SOBAN_EXIT_DONE;
}

const SobanVerb soban_verb_forget_pin = { "forget-pin", "", N_("Take the window's PIN away, where it was forgotten"), run_forget_pin };
