/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All records, newest first: searched by words without accents, by form; or those that need a look. */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/number-text.h"
#include "form-shelf.h"
#include "pages.h"
#include "record-search.h"

#define PAGE_RECORDS 100

#define FROM_RECORDS(matches) \
  " FROM record WHERE deleted = 0 AND (?1 = '' OR form = ?1) AND (?2 = 0 OR needs_look = 1) AND (?3 = '' OR " matches ")"
#define COUNT(matches) "SELECT count (*)" FROM_RECORDS (matches)
#define LIST(matches) \
  "SELECT id, title, form, date, unit, needs_look" FROM_RECORDS (matches) " ORDER BY date DESC, row DESC LIMIT ?4 OFFSET ?5"

typedef struct {
  const SobanVisit *visit;
  gboolean needs_look;
  char *match; /* the search in the database's language, "" for none */
  SobanHtml *page;
} List;

static void
write_form_option (List *self, const char *id)
{
  const SobanVisit *visit = self->visit;
  gboolean chosen = strcmp (id, soban_visit_get (visit, "form")) == 0;

  soban_html_element (self->page, "option", soban_form_name (visit, id), "value", id, "selected", chosen ? "selected" : NULL, NULL);
}

/* Those of the program, in its order, then those that were published here, each once however many versions it has. */
static gboolean
write_form_options (List *self, GError **error)
{
  SobanFormLibrary *library = self->visit->reference->forms;
  const GPtrArray *entries = soban_form_library_list (library);
  g_autoptr (GPtrArray) publications = soban_form_shelf_list (self->visit->store, error);
  const char *before = NULL;

  if (publications == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++) {
    const SobanFormEntry *entry = g_ptr_array_index (entries, i);

    if (soban_form_library_is_built_in (library, entry->id))
      write_form_option (self, entry->id);
  }
  for (guint i = 0; i < publications->len; i++) {
    const char *id = ((SobanPublication *) g_ptr_array_index (publications, i))->offer->id;

    if (g_strcmp0 (before, id) != 0 && !soban_form_library_is_built_in (library, id))
      write_form_option (self, id);
    before = id;
  }
  return TRUE;
}

static gboolean
write_search (List *self, GError **error)
{
  const SobanVisit *visit = self->visit;

  soban_html_open (self->page, "form", "method", "get", "action", "/records", "class", "search", "role", "search", NULL);
  soban_html_element (self->page, "label", soban_visit_text (visit, N_ ("Words in the record")), "for", "q", NULL);
  soban_html_element (self->page, "input", NULL, "id", "q", "name", "q", "type", "search", "value", soban_visit_get (visit, "q"),
                      "placeholder", soban_visit_text (visit, N_ ("Words in the record")), NULL);
  soban_html_element (self->page, "label", soban_visit_text (visit, N_ ("Form")), "for", "form", NULL);
  soban_html_open (self->page, "select", "id", "form", "name", "form", NULL);
  soban_html_element (self->page, "option", soban_visit_text (visit, N_ ("All forms")), "value", "", NULL);
  if (!write_form_options (self, error))
    return FALSE;
  soban_html_close (self->page);
  soban_html_element (self->page, "button", soban_visit_text (visit, N_ ("Search")), "type", "submit", NULL);
  soban_html_close (self->page);
  return TRUE;
}

static void
write_row (List *self, SobanRows *query)
{
  const SobanVisit *visit = self->visit;
  SobanUuid id;
  const char *title = soban_rows_get_text (query, 1);
  const SobanUnit *unit;
  g_autofree char *id_text = NULL, *link = NULL, *date = NULL;

  id = soban_rows_get_uuid (query, 0);
  id_text = soban_uuid_to_string (&id);
  link = g_strconcat ("/record/", id_text, NULL);
  date = soban_date_text (soban_rows_get_text (query, 3), visit->language);
  unit = soban_unit_table_find (visit->reference->units, soban_rows_get_text (query, 4));
  soban_html_open (self->page, "tr", NULL);
  soban_html_open (self->page, "th", "scope", "row", NULL);
  soban_html_link (self->page, link, *title != '\0' ? title : soban_visit_text (visit, N_ ("Without a title")));
  soban_html_element (self->page, "small", soban_form_name (visit, soban_rows_get_text (query, 2)), NULL);
  if (soban_rows_get_int (query, 5) != 0 && !self->needs_look)
    soban_html_element (self->page, "small", soban_visit_text (visit, N_ ("needs a look")), "class", "look", NULL);
  soban_html_close (self->page);
  soban_html_element (self->page, "td", *date != '\0' ? date : soban_visit_text (visit, N_ ("no date")), NULL);
  soban_html_element (self->page, "td", unit != NULL ? unit->full_name : soban_visit_text (visit, N_ ("Unit not known")), NULL);
  soban_html_close (self->page);
}

static void
write_head (List *self)
{
  const SobanVisit *visit = self->visit;

  soban_html_open (self->page, "thead", NULL);
  soban_html_open (self->page, "tr", NULL);
  soban_html_element (self->page, "th", soban_visit_text (visit, N_ ("Record")), "scope", "col", NULL);
  soban_html_element (self->page, "th", soban_visit_text (visit, N_ ("Date")), "scope", "col", NULL);
  soban_html_element (self->page, "th", soban_visit_text (visit, N_ ("Commune or ward")), "scope", "col", NULL);
  soban_html_close (self->page);
  soban_html_close (self->page);
}

static gboolean
write_list (List *self, gint64 count, GError **error)
{
  const SobanVisit *visit = self->visit;
  SobanDatabase *database = soban_collector_store_get_database (visit->store);
  guint pages = MAX (1, (count + PAGE_RECORDS - 1) / PAGE_RECORDS), number = MIN (soban_visit_get_page (visit), pages);
  g_autofree char *link = soban_link (visit->path, "q", soban_visit_get (visit, "q"), "form", soban_visit_get (visit, "form"), NULL);
  g_autofree char *counted = soban_number_text (count, visit->language);
  g_autofree char *caption = g_strdup_printf (soban_visit_text (visit, N_ ("Records: %s")), counted);
  g_autoptr (SobanRows) query = soban_database_query (database, error,
    soban_database_get_kind (database) == SOBAN_DATABASE_SQLITE ? LIST (SOBAN_RECORD_SEARCH_SQLITE) : LIST (SOBAN_RECORD_SEARCH_POSTGRESQL), "titii", soban_visit_get (visit, "form"), (gint64) self->needs_look, self->match,
    (gint64) PAGE_RECORDS, (gint64) (number - 1) * PAGE_RECORDS);
  int stepped;

  if (query == NULL)
    return FALSE;
  soban_html_open (self->page, "table", "class", "records", NULL);
  soban_html_element (self->page, "caption", caption, NULL);
  write_head (self);
  soban_html_open (self->page, "tbody", NULL);
  while ((stepped = soban_rows_step (query, error)) == 1)
    write_row (self, query);
  soban_html_close (self->page);
  soban_html_close (self->page);
  soban_html_pager (self->page, link, number, pages);
  return stepped == 0;
}

static const char *
choose_empty_text (List *self)
{
  if (self->needs_look)
    return soban_visit_text (self->visit, N_ ("No record needs a look."));
  if (*self->match != '\0')
    return soban_visit_text (self->visit, N_ ("No record has all of these words. Try fewer; accents do not matter."));
  return soban_visit_text (self->visit, N_ ("No records yet. When a tablet sends its records, they show here."));
}

GBytes *
soban_records_page_make (const SobanVisit *visit, gboolean needs_look, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (visit->store);
  g_autofree char *match = soban_record_search_make_match (database, soban_visit_get (visit, "q"));
  const char *title = needs_look ? soban_visit_text (visit, N_ ("Needs a look")) : soban_visit_text (visit, N_ ("Records"));
  g_autoptr (SobanHtml) page = soban_html_new (visit, title, needs_look ? "/look" : "/records");
  List self = { visit, needs_look, match, page };
  gint64 count;

  if (!soban_database_get_integer (database, error, 0, &count,
        soban_database_get_kind (database) == SOBAN_DATABASE_SQLITE ? COUNT (SOBAN_RECORD_SEARCH_SQLITE) : COUNT (SOBAN_RECORD_SEARCH_POSTGRESQL),
        "tit", soban_visit_get (visit, "form"), (gint64) needs_look, match))
    return NULL;
  soban_html_element (page, "h1", title, NULL);
  if (needs_look)
    soban_html_element (page, "p", soban_visit_text (visit, N_ ("These records are kept as they came, but something in them does not add up or is missing. Open one to see what.")),
                        "class", "lead", NULL);
  else if (!write_search (&self, error))
    return NULL;
  if (count == 0)
    soban_html_note (page, "note", choose_empty_text (&self));
  else if (!write_list (&self, count, error))
    return NULL;
  return soban_html_finish (page);
}
