/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What went wrong between tablets and the collector, in words that say what was done about it and what is left to do. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "attention.h"
#include "base/number-text.h"
#include "pages.h"
#include "record-repair.h"
#include "round.h"

#define PAGE_INCIDENTS 50

typedef struct {
  const char *kind, *title, *sentence;
} Kind;

static const Kind kinds[] = {
  { SOBAN_INCIDENT_FORK, N_ ("Two tablets under one name"),
    N_ ("A tablet was copied, or an old copy of it was put back. Both records are kept, and the tablet has gone on by itself. Nothing is left to do, "
        "unless two tablets are in use under this name: then enrol one of them anew.") },
  { SOBAN_INCIDENT_DIVERGENCE, N_ ("A tablet showed other records than the server"),
    N_ ("Records on the tablet were not the same as here. It has received them anew by itself. When it happens again, look at the tablet's memory.") },
  { SOBAN_INCIDENT_RESTORED, N_ ("The server knew less than a tablet"),
    N_ ("The server was set back to an older copy. Tablets send again what is missing here, each when it is used the next time.") },
  { SOBAN_INCIDENT_ERASED_AGAIN, N_ ("Records were erased again"),
    N_ ("They had been erased by law before the server was set back to an older copy. A tablet told the server, which has erased them again. "
        "Nothing is left to do.") },
  { SOBAN_INCIDENT_OUT_OF_SCOPE, N_ ("Records of another commune"),
    N_ ("The tablet sent records of a commune that it is not enrolled to. They were not taken in and wait on the tablet. If they are right, enrol it to that commune.") },
  { SOBAN_INCIDENT_FORMER_SCOPE, N_ ("Records of a commune that the tablet has left"),
    N_ ("They were made before or after the change and are kept. Look whether they belong there.") },
  { SOBAN_INCIDENT_UNREADABLE, N_ ("A damaged record"),
    N_ ("A record could not be read in the server's data and was put together again from its history. Tell the administrator: the disk may be failing.") },
  { SOBAN_INCIDENT_LOST, N_ ("A record that cannot be read"),
    N_ ("Neither the record nor its history can be read. Tell the administrator: a backup may still hold it.") },
};

/* A kind that a newer collector has noted is shown by its own word. */
static Kind
find_kind (const SobanIncident *incident)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (g_str_equal (kinds[i].kind, incident->kind))
      return kinds[i];
  }
  return (Kind) { incident->kind, incident->kind, NULL };
}

/* (transfer full): when, which tablet, which commune. */
static char *
describe_where (const SobanVisit *visit, const SobanIncident *incident)
{
  const SobanUnit *unit = soban_unit_table_find (visit->reference->units, incident->scope);
  GString *text = g_string_new (NULL);
  g_autofree char *when = soban_time_text (incident->noted_ms, visit->language);

  g_string_append (text, when);
  if (incident->device != 0) {
    g_autofree char *number = g_strdup_printf (soban_visit_text (visit, N_ ("No. %u")), incident->device);

    g_string_append_printf (text, " · %s%s%s", incident->device_name, *incident->device_name != '\0' ? ", " : "", number);
  }
  if (*incident->scope != '\0')
    g_string_append_printf (text, " · %s", unit != NULL ? unit->full_name : incident->scope);
  return g_string_free (text, FALSE);
}

static void
write_incident (SobanHtml *page, const SobanVisit *visit, const SobanIncident *incident)
{
  const Kind kind = find_kind (incident);
  g_autofree char *where = describe_where (visit, incident);

  soban_html_open (page, "article", "class", "incident", NULL);
  soban_html_element (page, "h2", soban_visit_text (visit, kind.title), NULL);
  soban_html_element (page, "small", where, NULL);
  if (kind.sentence != NULL)
    soban_html_element (page, "p", soban_visit_text (visit, kind.sentence), NULL);
  if (incident->has_record) {
    g_autofree char *id = soban_uuid_to_string (&incident->record);
    g_autofree char *link = g_strconcat ("/record/", id, NULL);

    soban_html_link (page, link, soban_visit_text (visit, N_ ("Open the record")));
  }
  soban_html_close (page);
}

GBytes *
soban_incidents_page_make (const SobanVisit *visit, GError **error)
{
  const char *title = soban_visit_text (visit, N_ ("Incidents"));
  guint number = soban_visit_get_page (visit);
  gint64 total;
  g_autoptr (GPtrArray) incidents = soban_attention_list_incidents (visit->store, (number - 1) * PAGE_INCIDENTS, PAGE_INCIDENTS, &total, error);
  g_autoptr (SobanHtml) page = NULL;

  if (incidents == NULL)
    return NULL;
  page = soban_html_new (visit, title, "/incidents");
  soban_html_element (page, "h1", title, NULL);
  soban_html_element (page, "p", soban_visit_text (visit, N_ ("What was not in order between tablets and the server. No record was lost by it unless it says so.")),
                      "class", "lead", NULL);
  if (total == 0)
    soban_html_note (page, "note", soban_visit_text (visit, N_ ("Everything is in order.")));
  for (guint i = 0; i < incidents->len; i++)
    write_incident (page, visit, g_ptr_array_index (incidents, i));
  soban_html_pager (page, "/incidents", number, (guint) ((total + PAGE_INCIDENTS - 1) / PAGE_INCIDENTS));
  return soban_html_finish (page);
}
