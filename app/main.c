/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <unistd.h>

#include "application.h"
#include "base/language.h"
#include "spare-memory.h"

typedef struct {
  char *language;
  char *store;
  gboolean version;
} Options;

/* Before gtk_init(): the language must be known before the texts of --help are. */
static char *
find_language (int argc, char **argv)
{
  for (int i = 1; i < argc; i++) {
    if (g_str_has_prefix (argv[i], "--language=")) {
      return g_strdup (argv[i] + strlen ("--language="));
    }
    if (g_str_equal (argv[i], "--language") && i + 1 < argc) {
      return g_strdup (argv[i + 1]);
    }
  }
  return NULL;
}

static gboolean
parse_options (int *argc, char ***argv, Options *options, GError **error)
{
  const GOptionEntry entries[] = {
    { "store", 0, 0, G_OPTION_ARG_FILENAME, &options->store, _("Open this store instead of the usual one"),
      _("FILE") },
    { "language", 0, 0, G_OPTION_ARG_STRING, &options->language, _("Language of the windows: vi or en"),
      _("LANGUAGE") },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, _("Print the version and leave"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (
      context, _("Sổ Bản, the village ledger: record what the team does, send it when there is a network."));
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  return g_option_context_parse (context, argc, argv, error);
}

static gboolean
has_render_node (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/dev/dri", 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    if (g_str_has_prefix (name, "renderD")) {
      return TRUE;
    }
  }
  return FALSE;
}

/* GL in software costs 128 MB and 155 ms at start (DESIGN 7). A choice made in the environment holds. TRUE: chosen here. */
static gboolean
choose_renderer (const char *drawing)
{
  gboolean graphics = g_str_equal (drawing, "graphics") || (g_str_equal (drawing, "auto") && has_render_node ());

  if (graphics || g_getenv ("GSK_RENDERER") != NULL) {
    return FALSE;
  }
  g_setenv ("GSK_RENDERER", "cairo", TRUE);
  g_setenv ("GDK_DEBUG", "gl-disable", FALSE);
  return TRUE;
}

/* libadwaita 1.2 takes it from the desktop or from the environment, at the start alone. */
static void
choose_contrast (gboolean high)
{
  if (high) {
    g_setenv (SOBAN_HIGH_CONTRAST_VARIABLE, "1", TRUE);
  } else {
    g_unsetenv (SOBAN_HIGH_CONTRAST_VARIABLE);
  }
}

static void
restart (char **argv, const char *language)
{
  g_autoptr (GPtrArray) args = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (args, g_strdup (argv[0]));
  for (int i = 1; argv[i] != NULL; i++) {
    if (g_str_equal (argv[i], "--language") && argv[i + 1] != NULL) {
      i++;
    } else if (!g_str_has_prefix (argv[i], "--language=")) {
      g_ptr_array_add (args, g_strdup (argv[i]));
    }
  }
  g_ptr_array_add (args, g_strdup_printf ("--language=%s", language));
  g_ptr_array_add (args, NULL);
  execv ("/proc/self/exe", (char **)args->pdata);
  g_printerr ("%s\n", _("Close the program and open it again to see it in the other language."));
}

int
main (int argc, char **argv)
{
  g_auto (GStrv) args = g_strdupv (argv);
  g_autoptr (SobanPreferences) preferences = soban_preferences_new ();
  g_autoptr (SobanApplication) application = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *wanted = find_language (argc, argv);
  g_autofree char *told = NULL;
  Options options = { NULL };
  gboolean chosen, high_contrast;
  int status;

  soban_spare_memory_prepare ();
  if (wanted == NULL && g_getenv ("SOBAN_LANGUAGE") == NULL) {
    wanted = g_strdup (soban_preferences_get_language (preferences));
  }
  soban_language_init (wanted);
  if (!parse_options (&argc, &argv, &options, &error)) {
    g_printerr ("%s\n", error->message);
    return 2;
  }
  if (options.version) {
    printf ("soban %s\n", SOBAN_VERSION);
    return 0;
  }
  chosen = choose_renderer (soban_preferences_get_drawing (preferences));
  high_contrast = soban_preferences_get_high_contrast (preferences);
  if (high_contrast) {
    choose_contrast (TRUE);
  }
  g_set_application_name ("Sổ Bản");
  application = soban_application_new (preferences, options.store);
  status = g_application_run (G_APPLICATION (application), 1, args);
  if (soban_application_finish_restore (application, &told)) {
    g_setenv ("SOBAN_TELL", told, TRUE);
  }
  if (soban_application_wants_restart (application)) {
    /* The next start chooses anew: the setting may be another one. */
    if (chosen) {
      g_unsetenv ("GSK_RENDERER");
    }
    if (soban_preferences_get_high_contrast (preferences) != high_contrast) {
      choose_contrast (!high_contrast);
    }
    if (soban_application_get_resume (application) != NULL) {
      g_setenv ("SOBAN_RESUME", soban_application_get_resume (application), TRUE);
    }
    restart (args, soban_preferences_get_language (preferences));
  }
  return status;
}
