/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

#include "client/session.h"
#include "standard-input.h"
#include "store/settings.h"

typedef struct {
  GMainLoop *loop;
  gboolean done;
  GError **error;
} Wait;

static void
on_enrolled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  wait->done = soban_enrol_with_code_finish (SOBAN_STORE (source), result, wait->error);
  g_main_loop_quit (wait->loop);
}

static gboolean
enrol_by_code (SobanStore *store, const char *address, const char *code, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Wait wait = { loop, FALSE, error };

  soban_enrol_with_code_async (store, address, code, NULL, on_enrolled, &wait);
  g_main_loop_run (loop);
  return wait.done;
}

static gboolean
enrol_by_file (SobanStore *store, const char *path, GError **error)
{
  g_autofree char *text = soban_read_file_or_input (path, error);

  return text != NULL && soban_enrol_from_text (store, text, error);
}

static int
run_enrol (SobanRun *run, int argc, char **argv, GError **error)
{
  g_autofree char *address = NULL;
  g_autofree char *code = NULL;
  g_autofree char *name = NULL;
  g_autofree char *url = NULL;
  const GOptionEntry entries[] = {
    { "address", 0, 0, G_OPTION_ARG_STRING, &address, N_("The server's address, host:port"), N_("ADDRESS") },
    { "code", 0, 0, G_OPTION_ARG_STRING, &code, N_("The code that the officer gave, six groups of four"), N_("CODE") },
    { NULL },
  };
  gboolean done;

  if (!soban_run_parse (run, &soban_verb_enrol, entries, 0, 1, argc, argv, error))
    return SOBAN_EXIT_USAGE;
  if ((address != NULL) != (code != NULL) || (run->arguments[0] != NULL) == (code != NULL)) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                         _("give the enrolment file, or --address and --code"));
    return SOBAN_EXIT_USAGE;
  }
  run->makes_store = run->enrols = TRUE;
  if (!soban_run_open_store (run, error))
    return SOBAN_EXIT_FAILED;
  done = code != NULL ? enrol_by_code (run->store, address, code, error) : enrol_by_file (run->store, run->arguments[0], error);
  if (!done)
    return SOBAN_EXIT_FAILED;
  name = soban_store_get_setting (run->store, SOBAN_SETTING_DEVICE_NAME);
  url = soban_store_get_setting (run->store, SOBAN_SETTING_COLLECTOR_URL);
  g_print (_("registered as “%s” with %s\n"), name != NULL ? name : "", url != NULL ? url : "");
  return SOBAN_EXIT_DONE;
}

const SobanVerb soban_verb_enrol = { "enrol", "FILE | --address ADDRESS --code CODE", N_("Register this device with a server"),
                                     run_enrol };
