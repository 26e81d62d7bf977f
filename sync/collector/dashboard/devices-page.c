/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who has synced when, who has not. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/number-text.h"
#include "devices.h"
#include "pages.h"

#define DAY_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))
#define SILENT_DAYS 30
#define CLOCK_ERROR_MS_MAX (10 * 60 * G_GINT64_CONSTANT (1000))

typedef struct {
  const SobanVisit *visit;
  SobanHtml *page;
  gint64 now_ms;
} Devices;

static const char *
describe_state (Devices *self, const SobanDevice *device, const char **ret_class)
{
  const SobanVisit *visit = self->visit;

  *ret_class = "quiet";
  if (device->revoked_ms != 0)
    return soban_visit_text (visit, N_ ("revoked"));
  if (device->waiting)
    return soban_visit_text (visit, N_ ("code not used yet"));
  *ret_class = "look";
  if (device->synced_ms == 0)
    return soban_visit_text (visit, N_ ("has not sent anything yet"));
  if (self->now_ms - device->synced_ms > SILENT_DAYS * DAY_MS)
    return soban_visit_text (visit, N_ ("silent for more than 30 days"));
  if (ABS (device->clock_error_ms) > CLOCK_ERROR_MS_MAX)
    return soban_visit_text (visit, N_ ("its clock is wrong"));
  *ret_class = "good";
  return soban_visit_text (visit, N_ ("in order"));
}

static char *
describe_scopes (Devices *self, const SobanDevice *device)
{
  const SobanUnit *unit = soban_unit_table_find (self->visit->reference->units, device->home_scope);
  const char *name = unit != NULL ? unit->full_name : device->home_scope;

  if (device->scopes->len <= 1)
    return g_strdup (name);
  return g_strdup_printf (soban_visit_text (self->visit, N_ ("%s and %u more")), name, device->scopes->len - 1);
}

static char *
describe_kept (Devices *self, const SobanDevice *device)
{
  if (device->kept_days == 0)
    return g_strdup (soban_visit_text (self->visit, N_ ("all")));
  return g_strdup_printf (soban_visit_text (self->visit, N_ ("%u days")), device->kept_days);
}

static void
write_device (Devices *self, const SobanDevice *device)
{
  const SobanVisit *visit = self->visit;
  g_autofree char *scopes = describe_scopes (self, device);
  g_autofree char *synced = device->synced_ms != 0 ? soban_time_text (device->synced_ms, visit->language)
                                                   : g_strdup (soban_visit_text (visit, N_ ("never")));
  g_autofree char *kept = describe_kept (self, device);
  g_autofree char *number = g_strdup_printf (soban_visit_text (visit, N_ ("No. %u")), device->number);
  const char *class;
  const char *state = describe_state (self, device, &class);

  soban_html_open (self->page, "tr", NULL);
  soban_html_open (self->page, "th", "scope", "row", NULL);
  soban_html_text (self->page, device->name);
  soban_html_element (self->page, "small", number, NULL);
  soban_html_close (self->page);
  soban_html_element (self->page, "td", scopes, NULL);
  soban_html_element (self->page, "td", kept, NULL);
  soban_html_element (self->page, "td", synced, NULL);
  soban_html_element (self->page, "td", state, "class", class, NULL);
  soban_html_close (self->page);
}

static void
write_table (Devices *self, const GPtrArray *devices)
{
  static const char *const heads[] = { N_ ("Tablet"), N_ ("Communes"), N_ ("Keeps records"), N_ ("Last sent"), N_ ("State") };

  soban_html_open (self->page, "table", "class", "devices", NULL);
  soban_html_element (self->page, "caption", soban_visit_text (self->visit, N_ ("Those that have been silent longest come first")), NULL);
  soban_html_open (self->page, "thead", NULL);
  soban_html_open (self->page, "tr", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    soban_html_element (self->page, "th", soban_visit_text (self->visit, heads[i]), "scope", "col", NULL);
  soban_html_close (self->page);
  soban_html_close (self->page);
  soban_html_open (self->page, "tbody", NULL);
  for (guint i = 0; i < devices->len; i++)
    write_device (self, g_ptr_array_index (devices, i));
  soban_html_close (self->page);
  soban_html_close (self->page);
}

static int
compare_silence (gconstpointer a, gconstpointer b)
{
  const SobanDevice *first = *(SobanDevice *const *) a, *second = *(SobanDevice *const *) b;

  if ((first->revoked_ms != 0) != (second->revoked_ms != 0))
    return first->revoked_ms != 0 ? 1 : -1;
  if (first->synced_ms != second->synced_ms)
    return first->synced_ms < second->synced_ms ? -1 : 1;
  return first->number < second->number ? -1 : 1;
}

GBytes *
soban_devices_page_make (const SobanVisit *visit, GError **error)
{
  g_autoptr (GPtrArray) devices = soban_devices_list (visit->store, error);
  const char *title = soban_visit_text (visit, N_ ("Tablets"));
  g_autoptr (SobanHtml) page = NULL;
  Devices self = { visit, NULL, soban_collector_store_now (visit->store) };

  if (devices == NULL)
    return NULL;
  page = soban_html_new (visit, title, "/devices");
  self.page = page;
  g_ptr_array_sort (devices, compare_silence);
  soban_html_element (page, "h1", title, NULL);
  if (devices->len == 0)
    soban_html_note (page, "note", soban_visit_text (visit, N_ ("No tablet is enrolled yet. On the server, run: soban-collector enrol")));
  else
    write_table (&self, devices);
  return soban_html_finish (page);
}
