/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/language.h"
#include "client/session.h"
#include "store/damage-note.h"
#include "store/people.h"

#define STORE_FOLDER "soban"
#define STORE_FILE "soban.db"

static const SobanVerb *const verbs[] = {
  &soban_verb_enrol, &soban_verb_add, &soban_verb_list, &soban_verb_show, &soban_verb_edit, &soban_verb_delete,
  &soban_verb_undelete, &soban_verb_sync, &soban_verb_export_bundle, &soban_verb_import_bundle, &soban_verb_exchange,
  &soban_verb_report, &soban_verb_status, &soban_verb_check, &soban_verb_restore,
  &soban_verb_forget_pin,
  &soban_verb_dump,
};

static void
print_help (void)
{
  g_print ("%s\n\n%s\n", _("Usage: soban-sync VERB [OPTION…] [ARGUMENT…]"), _("Sổ Bản without a window: record, send, read the sums."));
  g_print ("\n%s\n", _("Verbs:"));
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    g_print ("  %-13s %s\n", verbs[i]->name, _(verbs[i]->summary));
  g_print ("\n%s\n", _("Options of every verb:"));
  g_print ("  --store PATH   %s\n", _("The records' file; without it the one of this user"));
  g_print ("  --help         %s\n", _("Show the options of the verb"));
  g_print ("\n%s\n", _("Environment:"));
  g_print ("  SOBAN_LANGUAGE=en  %s\n", _("English; without it all is in Vietnamese"));
  g_print ("\n%s\n", _("Exit codes:"));
  g_print ("  0  %s\n  1  %s\n  2  %s\n  3  %s\n  4  %s\n  5  %s\n", _("done"), _("something went wrong: a sentence says what"),
           _("the command line is wrong"), _("answers break a rule of their form, or the check found damage; nothing was saved"),
           _("not now: no network or the server has trouble; everything is safe"), _("the device is not registered with a server, or not any more"));
}

static const SobanVerb *
find_verb (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++) {
    if (g_str_equal (verbs[i]->name, name))
      return verbs[i];
  }
  return NULL;
}

gboolean
soban_run_parse (SobanRun *run, const SobanVerb *verb, const GOptionEntry *entries, guint least, guint most, int argc,
                 char **argv, GError **error)
{
  g_autofree char *usage = g_strconcat (verb->name, " ", verb->arguments, NULL);
  g_autoptr (GOptionContext) context = g_option_context_new (usage);
  const GOptionEntry common[] = {
    { "store", 0, 0, G_OPTION_ARG_FILENAME, &run->store_path, N_("The records' file; without it the one of this user"), N_("PATH") },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &run->arguments, NULL, NULL },
    { NULL },
  };
  guint count;

  g_option_context_set_summary (context, _(verb->summary));
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (run->arguments == NULL)
    run->arguments = g_new0 (char *, 1);
  count = g_strv_length (run->arguments);
  if (count >= least && count <= most)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("usage: soban-sync %s"), usage);
  return FALSE;
}

void
soban_run_choose_store (SobanRun *run)
{
  if (run->store_path == NULL)
    run->store_path = g_build_filename (g_get_user_data_dir (), STORE_FOLDER, STORE_FILE, NULL);
}

gboolean
soban_run_open_store (SobanRun *run, GError **error)
{
  soban_run_choose_store (run);
  /* A mistyped path is no empty ledger, and nothing to be reassured by. */
  if (!run->makes_store && !g_file_test (run->store_path, G_FILE_TEST_EXISTS)) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND, _("There is no records' file at %s"), run->store_path);
    return FALSE;
  }
  run->store = soban_store_open (run->store_path, soban_data_dir (), NULL, error);
  if (run->store != NULL && !run->looks_over && soban_damage_is_noted (run->store_path))
    g_printerr ("%s\n", _("Attention: this records' file was found damaged. What is written now may be lost: soban-sync check says what to do."));
  return run->store != NULL && (run->person == NULL || soban_store_set_person (run->store, run->person, error));
}

SobanFormHost *
soban_run_get_form_host (SobanRun *run)
{
  if (run->form_host == NULL)
    run->form_host = soban_store_get_form_host (run->store);
  return run->form_host;
}

static int
get_exit_code (const GError *error)
{
  if (error->domain == G_OPTION_ERROR)
    return SOBAN_EXIT_USAGE;
  if (g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_NOT_ENROLLED)
      || g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_AUTH))
    return SOBAN_EXIT_ENROL;
  if (g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_OFFLINE)
      || g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TIMEOUT)
      || g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_SERVER)
      || g_error_matches (error, SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_NO_KEYS))
    return SOBAN_EXIT_LATER;
  return SOBAN_EXIT_FAILED;
}

/* The sentence for the person first, then what a supporter needs. */
static void
print_error (const SobanRun *run, const GError *error)
{
  if (error->domain == SOBAN_SYNC_ERROR || error->domain == SOBAN_BUNDLE_ERROR) {
    g_autofree char *sentence = error->domain == SOBAN_BUNDLE_ERROR ? soban_bundle_error_sentence (error)
                                : run->enrols                       ? soban_enrol_error_sentence (error)
                                                                    : soban_sync_error_sentence (error);

    g_printerr ("%s\n(%s)\n", sentence, error->message);
  } else {
    g_printerr ("soban-sync: %s\n", error->message);
  }
  if (run->store_path != NULL && g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT)) {
    soban_damage_note (run->store_path, TRUE);
    soban_print_damage_advice (run->store_path);
  }
}

static int
run_verb (const SobanVerb *verb, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  SobanRun run = { 0 };
  int code = verb->run (&run, argc, argv, &error);

  if (error != NULL) {
    print_error (&run, error);
    code = get_exit_code (error);
  }
  soban_store_form_host_free (run.form_host);
  if (run.store != NULL)
    soban_store_close (run.store);
  g_clear_object (&run.store);
  g_strfreev (run.arguments);
  g_free (run.store_path);
  g_free (run.person);
  return code;
}

int
soban_sync_main (int argc, char **argv)
{
  const SobanVerb *verb;

  soban_language_init (NULL);
  g_set_prgname ("soban-sync");
  if (argc < 2) {
    print_help ();
    return SOBAN_EXIT_USAGE;
  }
  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h")) {
    print_help ();
    return SOBAN_EXIT_DONE;
  }
  if (g_str_equal (argv[1], "--version")) {
    g_print ("soban-sync %s\n", SOBAN_VERSION);
    return SOBAN_EXIT_DONE;
  }
  verb = find_verb (argv[1]);
  if (verb == NULL) {
    g_printerr (_("soban-sync: there is no verb “%s”; see soban-sync --help\n"), argv[1]);
    return SOBAN_EXIT_USAGE;
  }
  return run_verb (verb, argc - 1, argv + 1);
}
