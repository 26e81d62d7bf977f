/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers that two people gave without knowing of each other: both, who gave them and when. Nothing is decided here: who sees both and
 * writes the answer again on a tablet has settled it.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "attention.h"
#include "base/number-text.h"
#include "pages.h"
#include "record-view.h"

#define PAGE_CONFLICTS 25

typedef struct {
  const SobanVisit *visit;
  SobanHtml *page;
} Conflicts;

/* (nullable) */
static const SobanRecordWrite *
find_write (const SobanRecordView *view, const SobanChangeId *id)
{
  for (guint i = 0; i < view->writes->len; i++) {
    const SobanRecordWrite *write = g_ptr_array_index (view->writes, i);
    const SobanChangeId *at = &write->change->id;

    if (at->device == id->device && at->incarnation == id->incarnation && at->number == id->number)
      return write;
  }
  return NULL;
}

/* (transfer full): a delete and an edit are a pair, too; the edit does not write the register. */
static char *
get_answer (SobanRecordView *view, const SobanRecordWrite *write, const char *path)
{
  const SobanAssignment *assignment = soban_change_find (write->change, path);

  if (assignment != NULL)
    return soban_record_view_get_answer (view, path, assignment->value);
  return g_strdup (soban_visit_text (view->visit, N_ ("went on writing")));
}

static void
write_version (Conflicts *self, SobanRecordView *view, const char *path, const SobanChangeId *id)
{
  const SobanVisit *visit = self->visit;
  const SobanRecordWrite *write = find_write (view, id);
  gboolean counts = write != NULL && soban_record_view_is_winner (view, write->change, path);
  g_autofree char *answer = write != NULL ? get_answer (view, write, path) : g_strdup ("…");
  g_autofree char *when = write != NULL ? soban_recorded_text (visit, write->change) : g_strdup ("");
  const char *doubt = write != NULL ? soban_recorded_doubt (visit, write->change) : NULL;

  soban_html_open (self->page, "div", "class", counts ? "version counts" : "version", NULL);
  soban_html_element (self->page, "p", counts ? soban_visit_text (visit, N_ ("Counts now")) : soban_visit_text (visit, N_ ("Does not count")), "class",
                      "tag", NULL);
  soban_html_element (self->page, "p", answer, "class", "value", NULL);
  if (write != NULL && soban_change_get_person (write->change) != NULL)
    soban_html_element (self->page, "small", soban_change_get_person (write->change), NULL);
  soban_html_element (self->page, "small", write != NULL ? write->device_name : "", NULL);
  soban_html_element (self->page, "small", when, NULL);
  if (doubt != NULL)
    soban_html_element (self->page, "small", doubt, "class", "look", NULL);
  soban_html_close (self->page);
}

static void
write_conflict (Conflicts *self, SobanRecordView *view, const SobanOpenConflict *conflict)
{
  const SobanVisit *visit = self->visit;
  g_autofree char *id = soban_uuid_to_string (&conflict->record);
  g_autofree char *link = g_strconcat ("/record/", id, NULL);
  g_autofree char *label = soban_record_view_get_label (view, conflict->path);
  g_autofree char *lead = g_strdup_printf ("%s · %s", soban_form_name (visit, view->form_id),
                                           label != NULL ? label : soban_visit_text (visit, N_ ("an answer that is not shown")));

  soban_html_open (self->page, "article", "class", "conflict", NULL);
  soban_html_open (self->page, "h2", NULL);
  soban_html_link (self->page, link, *view->title != '\0' ? view->title : soban_visit_text (visit, N_ ("Without a title")));
  soban_html_element (self->page, "small", lead, NULL);
  soban_html_close (self->page);
  soban_html_open (self->page, "div", "class", "versions", NULL);
  write_version (self, view, conflict->path, &conflict->winner);
  write_version (self, view, conflict->path, &conflict->loser);
  soban_html_close (self->page);
  soban_html_close (self->page);
}

static gboolean
write_list (Conflicts *self, gint64 count, GError **error)
{
  guint number = soban_visit_get_page (self->visit), pages = (guint) ((count + PAGE_CONFLICTS - 1) / PAGE_CONFLICTS);
  g_autoptr (GPtrArray) list = soban_attention_list_conflicts (self->visit->store, (number - 1) * PAGE_CONFLICTS, PAGE_CONFLICTS, error);
  g_autoptr (SobanRecordView) view = NULL;
  SobanUuid last = { 0 };

  if (list == NULL)
    return FALSE;
  for (guint i = 0; i < list->len; i++) {
    const SobanOpenConflict *conflict = g_ptr_array_index (list, i);

    if (view == NULL || !soban_uuid_equal (&last, &conflict->record)) {
      g_clear_pointer (&view, soban_record_view_free);
      view = soban_record_view_load (self->visit, &conflict->record, error);
      if (view == NULL)
        return FALSE;
      last = conflict->record;
    }
    write_conflict (self, view, conflict);
  }
  soban_html_pager (self->page, "/conflicts", number, pages);
  return TRUE;
}

GBytes *
soban_conflicts_page_make (const SobanVisit *visit, GError **error)
{
  const char *title = soban_visit_text (visit, N_ ("Different answers"));
  g_autoptr (SobanHtml) page = NULL;
  SobanAttention attention;
  Conflicts self = { visit, NULL };

  if (!soban_attention_count (visit->store, &attention, error))
    return NULL;
  page = soban_html_new (visit, title, "/conflicts");
  self.page = page;
  soban_html_element (page, "h1", title, NULL);
  soban_html_element (page, "p",
                      soban_visit_text (visit, N_ ("Two people answered the same question without knowing of each other. The later answer counts, both are kept. "
                                                   "Nothing has to be decided here: when somebody who has received both writes the answer again on a tablet, "
                                                   "it leaves this page by itself.")),
                      "class", "lead", NULL);
  if (attention.conflicts == 0)
    soban_html_note (page, "note", soban_visit_text (visit, N_ ("No answers differ.")));
  else if (!write_list (&self, attention.conflicts, error))
    return NULL;
  return soban_html_finish (page);
}
