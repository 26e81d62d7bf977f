/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What went wrong between tablets and the collector and that nobody has settled yet. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "attention.h"
#include "base/number-text.h"
#include "incident-kind.h"
#include "pages.h"

#define PAGE_INCIDENTS 50

static char *
describe_where (const SobanVisit *visit, const SobanIncident *incident)
{
  const SobanUnit *unit = soban_unit_table_find (visit->reference->units, incident->scope);
  GString *text = g_string_new (NULL);
  g_autofree char *when = soban_time_text (incident->noted_ms, visit->language);

  g_string_append_printf (text, "%" G_GINT64_FORMAT " · %s", incident->id, when);
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
  const SobanIncidentKind kind = soban_incident_kind_find (incident->kind);
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
  g_autoptr (GPtrArray) incidents = soban_attention_list_incidents (visit->store, SOBAN_INCIDENTS_OPEN, (number - 1) * PAGE_INCIDENTS, PAGE_INCIDENTS, &total, error);
  g_autoptr (SobanHtml) page = NULL;

  if (incidents == NULL)
    return NULL;
  page = soban_html_new (visit, title, "/incidents");
  soban_html_element (page, "h1", title, NULL);
  soban_html_element (page, "p", soban_visit_text (visit, N_ ("What was not in order between tablets and the server. No record was lost by it unless it says so.")),
                      "class", "lead", NULL);
  if (total == 0)
    soban_html_note (page, "note", soban_visit_text (visit, N_ ("Everything is in order.")));
  else
    soban_html_note (page, "note", soban_visit_text (visit, N_ ("What has been seen to is taken off this list on the server, by its number: soban-collector incident settle NUMBER")));
  for (guint i = 0; i < incidents->len; i++)
    write_incident (page, visit, g_ptr_array_index (incidents, i));
  soban_html_pager (page, "/incidents", number, (guint) ((total + PAGE_INCIDENTS - 1) / PAGE_INCIDENTS));
  return soban_html_finish (page);
}
