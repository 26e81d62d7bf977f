/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "attention.h"
#include "base/language.h"
#include "base/number-text.h"
#include "command.h"
#include "incident-kind.h"

#define PAGE_INCIDENTS 100

typedef struct {
  SobanCommandPlace place;
  gboolean all;
  char *note;
} Options;

static void
clear_options (Options *options)
{
  soban_command_place_clear (&options->place);
  g_free (options->note);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, clear_options)

/* One line: number, state, when, what, tablet, commune, what exactly, the note. */
static void
print_incident (const SobanIncident *incident)
{
  g_autofree char *noted = soban_time_text (incident->noted_ms, soban_language_get ());
  g_autofree char *tablet = incident->device != 0 ? g_strdup_printf ("%u %s", incident->device, incident->device_name) : g_strdup ("-");

  g_print ("%" G_GINT64_FORMAT "\t%s\t%s\t%s\t%s\t%s\t%s", incident->id, incident->settled_ms != 0 ? _ ("settled") : _ ("open"), noted,
           _ (soban_incident_kind_find (incident->kind).title), tablet, *incident->scope != '\0' ? incident->scope : "-", incident->detail);
  g_print (*incident->note != '\0' ? "\t%s\n" : "%s\n", incident->note);
}

static int
list (SobanCollectorStore *store, const Options *options, GError **error)
{
  SobanIncidentsAsked asked = options->all ? SOBAN_INCIDENTS_ALL : SOBAN_INCIDENTS_OPEN;
  gint64 total = 0;

  for (guint offset = 0; offset == 0 || offset < total; offset += PAGE_INCIDENTS) {
    g_autoptr (GPtrArray) incidents = soban_attention_list_incidents (store, asked, offset, PAGE_INCIDENTS, &total, error);

    if (incidents == NULL)
      return SOBAN_EXIT_FAILED;
    for (guint i = 0; i < incidents->len; i++)
      print_incident (g_ptr_array_index (incidents, i));
  }
  if (total == 0)
    g_print ("%s\n", options->all ? _ ("There was no incident yet.") : _ ("No incident is open."));
  return SOBAN_EXIT_OK;
}

static int
settle (SobanCollectorStore *store, const Options *options, const char *text, GError **error)
{
  guint64 id;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &id, NULL)) {
    soban_command_fail_usage (error, _ ("“%s” is no number of an incident: incident list shows them."), text);
    return SOBAN_EXIT_USAGE;
  }
  if (!soban_collector_store_begin (store, error))
    return SOBAN_EXIT_FAILED;
  if (!soban_attention_settle_incident (store, (gint64) id, options->note != NULL ? options->note : "", error)) {
    soban_collector_store_roll_back (store);
    return SOBAN_EXIT_FAILED;
  }
  if (!soban_collector_store_commit (store, error))
    return SOBAN_EXIT_FAILED;
  g_print (_ ("Incident %s is settled. Should the same happen again, it is told again.\n"), text);
  return SOBAN_EXIT_OK;
}

int
soban_command_incident (int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "all", 0, 0, G_OPTION_ARG_NONE, &options.all, N_ ("List the settled ones, too"), NULL },
    { "note", 0, 0, G_OPTION_ARG_STRING, &options.note, N_ ("What was found or done: kept with the incident"), N_ ("TEXT") },
    { NULL },
  };
  g_autoptr (SobanCollectorFolder) folder = NULL;
  g_autoptr (SobanCollectorStore) store = NULL;
  gboolean lists, settles;

  if (!soban_command_parse (&argc, &argv, "list | settle NUMBER", _ ("Lists what was not in order between tablets and the server, and settles what has been seen to."),
                            entries, &options.place, error))
    return SOBAN_EXIT_USAGE;
  lists = argc == 2 && strcmp (argv[1], "list") == 0;
  settles = argc == 3 && strcmp (argv[1], "settle") == 0;
  if (!lists && !settles) {
    soban_command_fail_usage (error, _ ("Say: incident list, or incident settle NUMBER."));
    return SOBAN_EXIT_USAGE;
  }
  folder = soban_command_load_folder (&options.place, error);
  if (folder == NULL || (store = soban_command_open_store (folder, error)) == NULL)
    return SOBAN_EXIT_FAILED;
  return lists ? list (store, &options, error) : settle (store, &options, argv[2], error);
}
