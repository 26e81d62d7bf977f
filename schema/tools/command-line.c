/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"

static const SobanVerb *const verbs[] = { &soban_verb_check, &soban_verb_show, &soban_verb_fill, &soban_verb_eval };

static void
print_help (void)
{
  g_print ("%s\n\n%s\n", _ ("Usage: soban-form VERB [OPTION…] FILE [ARGUMENT…]"),
           _ ("Looks at ODK XForms: what is wrong with them, and what they compute."));
  g_print ("\n%s\n", _ ("Verbs:"));
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    g_print ("  %-6s %s\n", verbs[i]->name, _ (verbs[i]->summary));
  g_print ("\n%s\n", _ ("Environment:"));
  g_print ("  SOBAN_LANGUAGE=en  %s\n", _ ("English; without it all is in Vietnamese"));
  g_print ("\n%s\n", _ ("Exit codes:"));
  g_print ("  0  %s\n  1  %s\n  2  %s\n  3  %s\n", _ ("done"), _ ("something went wrong: a sentence says what"),
           _ ("the command line is wrong"), _ ("the form has errors, or answers break a rule of it"));
}

char **
soban_verb_parse (const SobanVerb *verb, const GOptionEntry *entries, guint count, int argc, char **argv,
                  GError **error)
{
  g_autofree char *usage = g_strconcat (verb->name, " ", verb->arguments, NULL);
  g_autoptr (GOptionContext) context = g_option_context_new (usage);
  g_auto (GStrv) arguments = NULL;
  const GOptionEntry common[] = {
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &arguments, NULL, NULL },
    { NULL },
  };
  g_option_context_set_summary (context, _ (verb->summary));
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return NULL;
  if (arguments != NULL && g_strv_length (arguments) == count)
    return g_steal_pointer (&arguments);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("usage: soban-form %s"), usage);
  return NULL;
}

GBytes *
soban_read_file (const char *path, GError **error)
{
  char *text = NULL;
  gsize length = 0;
  return g_file_get_contents (path, &text, &length, error) ? g_bytes_new_take (text, length) : NULL;
}

SobanForm *
soban_read_form (const char *path, GError **error)
{
  g_autoptr (GBytes) xml = soban_read_file (path, error);
  return xml != NULL ? soban_form_parse (xml, error) : NULL;
}

static int
run_verb (const SobanVerb *verb, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int code = verb->run (argc, argv, &error);
  if (error == NULL)
    return code;
  g_printerr ("soban-form: %s\n", error->message);
  return error->domain == G_OPTION_ERROR ? SOBAN_EXIT_USAGE : code != SOBAN_EXIT_DONE ? code : SOBAN_EXIT_FAILED;
}

int
soban_form_main (int argc, char **argv)
{
  soban_language_init (NULL);
  g_set_prgname ("soban-form");
  if (argc < 2) {
    print_help ();
    return SOBAN_EXIT_USAGE;
  }
  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h")) {
    print_help ();
    return SOBAN_EXIT_DONE;
  }
  if (g_str_equal (argv[1], "--version")) {
    g_print ("soban-form %s\n", SOBAN_VERSION);
    return SOBAN_EXIT_DONE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_str_equal (verbs[i]->name, argv[1]))
      return run_verb (verbs[i], argc - 1, argv + 1);
  g_printerr (_ ("soban-form: there is no verb “%s”; see soban-form --help\n"), argv[1]);
  return SOBAN_EXIT_USAGE;
}
