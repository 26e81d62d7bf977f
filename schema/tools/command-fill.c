/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

#include "answers-input.h"
#include "form/form-import.h"
#include "tool-host.h"

typedef struct {
  char *language, *from;
  gboolean edit;
} Options;

static void
clear_options (Options *options)
{
  g_free (options->language);
  g_free (options->from);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, clear_options)

/* Opens the form anew, or with what an instance holds already. */
static SobanFormInstance *
open_instance (SobanForm *form, const SobanFormHost *host, const Options *options, GError **error)
{
  if (options->from == NULL)
    return soban_form_instance_new (form, host, NULL, error);
  g_autoptr (GBytes) xml = soban_read_file (options->from, error);
  if (xml == NULL)
    return NULL;
  gsize length = 0;
  const char *text = g_bytes_get_data (xml, &length);
  g_autoptr (GPtrArray) strays = NULL;
  g_autoptr (SobanFieldMap) fields = soban_form_import (form, text, length, &strays, error);
  for (guint i = 0; strays != NULL && i < strays->len; i++)
    g_printerr (_ ("%s: the form does not know “%s”\n"), options->from, (const char *)g_ptr_array_index (strays, i));
  SobanFormInstance *instance = fields != NULL ? soban_form_instance_new (form, host, fields, error) : NULL;
  if (instance != NULL && options->edit)
    soban_form_instance_begin_edit (instance);
  return instance;
}

/* Warnings are for the person at the form; here they are said and let pass. */
static int
print_problems (SobanFormInstance *instance)
{
  g_autoptr (GPtrArray) problems = soban_form_instance_validate (instance);
  int code = SOBAN_EXIT_DONE;
  for (guint i = 0; i < problems->len; i++) {
    const SobanProblem *problem = g_ptr_array_index (problems, i);
    g_printerr ("%s: %s\n", problem->path, problem->message);
    if (problem->kind != SOBAN_PROBLEM_WARNING)
      code = SOBAN_EXIT_PROBLEMS;
  }
  return code;
}

static int
run (int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_FILENAME, &options.from, N_ ("Begin with this instance instead of an empty form"),
      N_ ("FILE") },
    { "edit", 0, 0, G_OPTION_ARG_NONE, &options.edit, N_ ("With --from: a correction, with an instanceID of its own"),
      NULL },
    { "language", 0, 0, G_OPTION_ARG_STRING, &options.language, N_ ("Language of the texts"), N_ ("LANGUAGE") },
    { NULL },
  };
  g_auto (GStrv) arguments = soban_verb_parse (&soban_verb_fill, entries, 2, argc, argv, error);
  g_autoptr (SobanForm) form = arguments != NULL ? soban_read_form (arguments[0], error) : NULL;
  if (form == NULL)
    return SOBAN_EXIT_FAILED;
  g_autoptr (SobanToolHost) host = soban_tool_host_new (arguments[0], options.language);
  g_autoptr (SobanFormInstance) instance = open_instance (form, soban_tool_host_get (host), &options, error);
  if (instance == NULL || !soban_answers_apply (instance, arguments[1], error))
    return SOBAN_EXIT_FAILED;
  soban_form_instance_finish (instance);
  g_autofree char *xml = soban_form_instance_to_xml (instance);
  g_print ("%s\n", xml);
  return print_problems (instance);
}

const SobanVerb soban_verb_fill = { "fill", "FILE ANSWERS.json", N_ ("Fill in a form and print the instance"), run };
