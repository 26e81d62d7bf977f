/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <gio/gio.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/language.h"
#include "command.h"

typedef struct {
  const char *verb;
  const char *summary;
  int (*run) (int argc, char **argv, GError **error);
} Command;

static const Command commands[] = {
  { "init", N_ ("make a new collector in an empty folder"), soban_command_init },
  { "serve", N_ ("receive tablets and show the pages"), soban_command_serve },
  { "enrol", N_ ("let a tablet in: writes its enrolment file or shows a code"), soban_command_enrol },
  { "device", N_ ("list the enrolled tablets, revoke one"), soban_command_device },
  { "user", N_ ("add, list and remove the people who may read the pages"), soban_command_user },
  { "import-bundle", N_ ("take in what a tablet has written on a stick, and write its receipt"), soban_command_import_bundle },
  { "form", N_ ("publish forms for the tablets, list and withdraw them"), soban_command_form },
  { "report", N_ ("print the indicators against their targets"), soban_command_report },
  { "incident", N_ ("list what was not in order, and settle what has been seen to"), soban_command_incident },
  { "erase", N_ ("erase what a record says, by law, on every tablet, too"), soban_command_erase },
  { "compact", N_ ("send records as they stand to tablets that were away for long"), soban_command_compact },
  { "check", N_ ("look the data over for damage"), soban_command_check },
};

static void
print_help (void)
{
  g_print (_ ("Usage: soban-collector COMMAND [OPTION…]\n\nThe collector of Sổ Bản.\n\nCommands:\n"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-13s %s\n", commands[i].verb, _ (commands[i].summary));
  g_print (_ ("\n  --help     show this help; after a command: its options\n  --version  show the version\n\n"
              "Every command takes --dir DIR, the collector's folder (default %s), and --store postgresql://…, where its data are\n"
              "when they are not in that folder. SOBAN_LANGUAGE=en in the environment gives English, else all is in Vietnamese.\n"
              "Exit codes: 0 done, 1 failed, 2 wrong command line, 3 check found damage.\n"),
           SOBAN_COLLECTOR_DIR_DEFAULT);
}

gboolean
soban_command_fail_usage (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, format, arguments));
  va_end (arguments);
  return FALSE;
}

gboolean
soban_command_parse (int *argc, char ***argv, const char *usage, const char *summary, const GOptionEntry *entries,
                     SobanCommandPlace *ret_place, GError **error)
{
  g_autofree char *prgname = g_strdup_printf ("soban-collector %s", (*argv)[0]);
  g_autoptr (GOptionContext) context = g_option_context_new (usage);
  const GOptionEntry own[] = {
    { "dir", 0, 0, G_OPTION_ARG_FILENAME, &ret_place->dir, N_ ("The collector's folder"), N_ ("DIR") },
    { "store", 0, 0, G_OPTION_ARG_STRING, &ret_place->store, N_ ("A PostgreSQL database: postgresql://…"), N_ ("ADDRESS") },
    { NULL },
  };

  g_set_prgname (prgname);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, summary);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, own, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (usage == NULL && *argc > 1)
    return soban_command_fail_usage (error, _ ("“%s” is one word too many: soban-collector %s --help says what it takes."), (*argv)[1], (*argv)[0]);
  if (ret_place->dir == NULL)
    ret_place->dir = g_strdup (SOBAN_COLLECTOR_DIR_DEFAULT);
  if (ret_place->store != NULL && soban_database_kind_of (ret_place->store) != SOBAN_DATABASE_POSTGRESQL)
    return soban_command_fail_usage (error, _ ("“%s” is no database like postgresql://user@host/name."), ret_place->store);
  return TRUE;
}

void
soban_command_place_clear (SobanCommandPlace *place)
{
  g_clear_pointer (&place->dir, g_free);
  g_clear_pointer (&place->store, g_free);
}

SobanCollectorFolder *
soban_command_load_folder (const SobanCommandPlace *place, GError **error)
{
  SobanCollectorFolder *folder = soban_collector_folder_load (place->dir, error);

  if (folder != NULL && place->store != NULL)
    soban_collector_folder_set_store (folder, place->store);
  return folder;
}

guint
soban_command_find_port (const SobanCollectorFolder *folder)
{
  g_autoptr (GUri) uri = folder->url != NULL ? g_uri_parse (folder->url, G_URI_FLAGS_NONE, NULL) : NULL;
  int port = uri != NULL ? g_uri_get_port (uri) : -1;

  return port > 0 ? (guint) port : SOBAN_COLLECTOR_PORT_DEFAULT;
}

SobanCollectorStore *
soban_command_open_store (const SobanCollectorFolder *folder, GError **error)
{
  return soban_collector_store_open (folder->database, SOBAN_DATABASE_GUEST, FALSE, NULL, error);
}

static char *
read_line (FILE *stream, GError **error)
{
  char line[2048];

  if (fgets (line, sizeof line, stream) == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _ ("No password was given."));
    return NULL;
  }
  line[strcspn (line, "\r\n")] = '\0';
  return g_strdup (line);
}

char *
soban_command_read_password (const char *file, GError **error)
{
  struct termios before, silent;
  gboolean terminal = isatty (STDIN_FILENO) && tcgetattr (STDIN_FILENO, &before) == 0;
  char *password;

  if (file != NULL) {
    g_autofree char *text = NULL;

    if (!g_file_get_contents (file, &text, NULL, error))
      return NULL;
    return g_strndup (text, strcspn (text, "\r\n"));
  }
  if (!terminal)
    return read_line (stdin, error);
  g_printerr ("%s", _ ("Password: "));
  silent = before;
  silent.c_lflag &= ~(tcflag_t) ECHO;
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &silent);
  password = read_line (stdin, error);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &before);
  g_printerr ("\n");
  return password;
}

static int
run_command (const Command *command, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int code = command->run (argc, argv, &error);

  if (error == NULL)
    return code;
  g_printerr ("soban-collector %s: %s\n", command->verb, error->message);
  return error->domain == G_OPTION_ERROR ? SOBAN_EXIT_USAGE : SOBAN_EXIT_FAILED;
}

int
soban_collector_run (int argc, char **argv)
{
  soban_language_init (NULL);
  g_set_prgname ("soban-collector");
  if (sodium_init () < 0) {
    g_printerr ("%s\n", _ ("The crypto library cannot start."));
    return SOBAN_EXIT_FAILED;
  }
  if (argc < 2) {
    print_help ();
    return SOBAN_EXIT_USAGE;
  }
  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h") || g_str_equal (argv[1], "help")) {
    print_help ();
    return SOBAN_EXIT_OK;
  }
  if (g_str_equal (argv[1], "--version")) {
    g_print ("soban-collector %s\n", SOBAN_VERSION);
    return SOBAN_EXIT_OK;
  }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (g_str_equal (argv[1], commands[i].verb))
      return run_command (&commands[i], argc - 1, argv + 1);
  }
  g_printerr (_ ("soban-collector: “%s” is no command. See soban-collector --help.\n"), argv[1]);
  return SOBAN_EXIT_USAGE;
}
