/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which forms are published, in which versions, and who gets them. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/number-text.h"
#include "form-shelf.h"
#include "pages.h"

typedef struct {
  const SobanVisit *visit;
  SobanHtml *page;
} Forms;

static const char *
describe_role (const SobanVisit *visit, const char *role)
{
  static const char *const names[][2] = {
    { "member", N_ ("members of a team") },
    { "keeper", N_ ("keepers of the register") },
    { "officer", N_ ("officers") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i][0], role))
      return soban_visit_text (visit, names[i][1]);
  return role;
}

/* (transfer full) */
static char *
describe_audience (const SobanVisit *visit, const SobanPublication *publication)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (GStrv) roles = g_strsplit (publication->roles, " ", -1);
  g_auto (GStrv) scopes = g_strsplit (publication->scopes, " ", -1);
  guint communes = 0;

  for (guint i = 0; roles[i] != NULL; i++)
    if (*roles[i] != '\0')
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", describe_role (visit, roles[i]));
  if (text->len == 0)
    g_string_append (text, soban_visit_text (visit, N_ ("everybody")));
  for (guint i = 0; scopes[i] != NULL; i++) {
    const SobanUnit *unit = *scopes[i] != '\0' ? soban_unit_table_find (visit->reference->units, scopes[i]) : NULL;

    communes += *scopes[i] != '\0' ? 1 : 0;
    if (unit != NULL && communes == 1)
      g_string_append_printf (text, ", %s", unit->full_name);
  }
  if (communes > 1) {
    g_string_append_c (text, ' ');
    g_string_append_printf (text, soban_visit_text (visit, N_ ("and %u more")), communes - 1);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
write_form (Forms *self, const SobanPublication *publication)
{
  const SobanVisit *visit = self->visit;
  g_autofree char *audience = describe_audience (visit, publication);
  g_autofree char *published = soban_time_text (publication->published_ms, visit->language);
  g_autofree char *files = g_strdup_printf ("%u", publication->offer->files->len);
  gboolean withdrawn = publication->withdrawn_ms != 0;

  soban_html_open (self->page, "tr", NULL);
  soban_html_open (self->page, "th", "scope", "row", NULL);
  soban_html_text (self->page, publication->title);
  soban_html_element (self->page, "small", publication->offer->id, NULL);
  soban_html_close (self->page);
  soban_html_element (self->page, "td", publication->offer->version, NULL);
  soban_html_element (self->page, "td", audience, NULL);
  soban_html_element (self->page, "td", files, NULL);
  soban_html_element (self->page, "td", published, NULL);
  soban_html_element (self->page, "td", soban_visit_text (visit, withdrawn ? N_ ("withdrawn") : N_ ("in use")), "class", withdrawn ? "quiet" : "good",
                      NULL);
  soban_html_close (self->page);
}

static void
write_table (Forms *self, const GPtrArray *publications)
{
  static const char *const heads[] = { N_ ("Form"), N_ ("Version"), N_ ("Who receives it"), N_ ("Files"), N_ ("Published"), N_ ("State") };

  soban_html_open (self->page, "table", NULL);
  soban_html_element (self->page, "caption", soban_visit_text (self->visit, N_ ("Records keep the version they were made with, also when it is withdrawn")),
                      NULL);
  soban_html_open (self->page, "thead", NULL);
  soban_html_open (self->page, "tr", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    soban_html_element (self->page, "th", soban_visit_text (self->visit, heads[i]), "scope", "col", NULL);
  soban_html_close (self->page);
  soban_html_close (self->page);
  soban_html_open (self->page, "tbody", NULL);
  for (guint i = 0; i < publications->len; i++)
    write_form (self, g_ptr_array_index (publications, i));
  soban_html_close (self->page);
  soban_html_close (self->page);
}

GBytes *
soban_forms_page_make (const SobanVisit *visit, GError **error)
{
  g_autoptr (GPtrArray) publications = soban_form_shelf_list (visit->store, error);
  const char *title = soban_visit_text (visit, N_ ("Forms"));
  g_autoptr (SobanHtml) page = NULL;
  Forms self = { visit, NULL };

  if (publications == NULL)
    return NULL;
  page = soban_html_new (visit, title, "/forms");
  self.page = page;
  soban_html_element (self.page, "h1", title, NULL);
  if (publications->len == 0)
    soban_html_note (self.page, "note",
                     soban_visit_text (visit, N_ ("Tablets have the forms of the program. To give them another one, on the server, run: soban-collector form add FILE")));
  else
    write_table (&self, publications);
  return soban_html_finish (self.page);
}
