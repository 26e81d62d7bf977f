/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One record: its answers in the order of its form, what is wrong with it, and who wrote what when. */
#include "config.h"

#include "attachment-page.h"
#include "record-view.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/number-text.h"
#include "pages.h"

/* Warnings were put to the person who recorded; some (an old date) come true later by themselves. */
static GPtrArray *
list_problems (SobanRecordView *view)
{
  GPtrArray *problems = soban_form_instance_validate (view->instance);

  for (guint i = problems->len; i > 0; i--) {
    const SobanProblem *problem = g_ptr_array_index (problems, i - 1);

    if (problem->kind == SOBAN_PROBLEM_WARNING)
      g_ptr_array_remove_index (problems, i - 1);
  }
  return problems;
}

static void
write_problems (SobanHtml *page, SobanRecordView *view)
{
  g_autoptr (GPtrArray) problems = view->instance != NULL && !view->deleted ? list_problems (view) : NULL;

  if (view->deleted)
    soban_html_note (page, "warning", soban_visit_text (view->visit, N_ ("This record was deleted on a tablet. It is in no sum; its history is kept.")));
  if (view->form == NULL)
    soban_html_note (page, "warning", soban_visit_text (view->visit, N_ ("The form of this record is not known here: its answers are kept, but not shown.")));
  if (problems == NULL || problems->len == 0)
    return;
  soban_html_open (page, "div", "class", "warning", "role", "note", NULL);
  soban_html_element (page, "h2", soban_visit_text (view->visit, N_ ("Needs a look")), NULL);
  soban_html_open (page, "ul", NULL);
  for (guint i = 0; i < problems->len; i++) {
    const SobanProblem *problem = g_ptr_array_index (problems, i);
    g_autofree char *label = soban_record_view_get_label (view, problem->path);

    soban_html_open (page, "li", NULL);
    if (label != NULL)
      soban_html_element (page, "strong", label, NULL);
    soban_html_text (page, " ");
    soban_html_text (page, problem->message);
    soban_html_close (page);
  }
  soban_html_close (page);
  soban_html_close (page);
}

static gboolean
is_same_instance (const char *path, const char *instance)
{
  return instance != NULL && g_str_has_prefix (path, instance);
}

/* A line above each repeated part, so that its answers stand together. */
static void
write_instance_line (SobanHtml *page, SobanRecordView *view, const char *path, char **instance, guint *number)
{
  const char *end = strchr (path, ']');
  g_autofree char *prefix = end != NULL ? g_strndup (path, end - path + 1) : NULL;
  g_autofree char *line = NULL;

  if (prefix == NULL || is_same_instance (path, *instance))
    return;
  if (*instance == NULL || strncmp (prefix, *instance, strcspn (prefix, "[") + 1) != 0)
    *number = 0;
  g_free (*instance);
  *instance = g_steal_pointer (&prefix);
  line = g_strdup_printf (soban_visit_text (view->visit, N_ ("Entry %u")), ++*number);
  soban_html_open (page, "tr", "class", "entry", NULL);
  soban_html_element (page, "th", line, "colspan", "2", "scope", "rowgroup", NULL);
  soban_html_close (page);
}

/* An answer's cell. */
static gboolean
write_answer (SobanHtml *page, SobanRecordView *view, const char *path, const char *value, GError **error)
{
  g_autofree char *answer = NULL;
  gboolean written = TRUE;

  soban_html_open (page, "td", NULL);
  if (soban_attachment_is_named (value)) {
    written = soban_attachment_write (page, view, path, value, FALSE, error);
  } else {
    answer = soban_record_view_get_answer (view, path, value);
    soban_html_text (page, answer);
  }
  soban_html_close (page);
  return written;
}

static gboolean
write_answers (SobanHtml *page, SobanRecordView *view, GError **error)
{
  g_autoptr (GPtrArray) paths = soban_record_view_list_paths (view);
  g_autofree char *instance = NULL;
  guint number = 0;

  soban_html_open (page, "table", "class", "answers", NULL);
  soban_html_element (page, "caption", soban_visit_text (view->visit, N_ ("Answers")), NULL);
  soban_html_open (page, "tbody", NULL);
  for (guint i = 0; i < paths->len; i++) {
    const char *path = g_ptr_array_index (paths, i);
    g_autofree char *label = soban_record_view_get_label (view, path);

    write_instance_line (page, view, path, &instance, &number);
    soban_html_open (page, "tr", NULL);
    soban_html_element (page, "th", label, "scope", "row", NULL);
    if (!write_answer (page, view, path, soban_field_map_get (view->fields, path), error))
      return FALSE;
    soban_html_close (page);
  }
  soban_html_close (page);
  soban_html_close (page);
  return TRUE;
}

/* What was answered, struck out where it was replaced. */
static gboolean
write_history_answer (SobanHtml *page, SobanRecordView *view, const SobanAssignment *assignment, gboolean winner, GError **error)
{
  g_autofree char *answer = NULL;

  soban_html_open (page, winner ? "span" : "del", NULL);
  if (!soban_attachment_is_named (assignment->value)) {
    answer = soban_record_view_get_answer (view, assignment->path, assignment->value);
    soban_html_text (page, answer);
  } else if (!soban_attachment_write (page, view, assignment->path, assignment->value, TRUE, error)) {
    return FALSE;
  }
  soban_html_close (page);
  return TRUE;
}

/* Who made the change, and on which tablet. */
static void
write_author (SobanHtml *page, const SobanRecordWrite *write)
{
  const char *person = soban_change_get_person (write->change);

  soban_html_open (page, "td", NULL);
  soban_html_text (page, person != NULL ? person : write->device_name);
  if (person != NULL)
    soban_html_element (page, "small", write->device_name, NULL);
  soban_html_close (page);
}

static gboolean
write_history_line (SobanHtml *page, SobanRecordView *view, const SobanRecordWrite *write, const SobanAssignment *assignment, gboolean *first,
                    GError **error)
{
  const SobanVisit *visit = view->visit;
  g_autofree char *label = soban_record_view_get_label (view, assignment->path);
  g_autofree char *time = soban_recorded_text (visit, write->change);
  const char *doubt = soban_recorded_doubt (visit, write->change);
  gboolean winner = soban_record_view_is_winner (view, write->change, assignment->path);

  if (label == NULL)
    return TRUE;
  soban_html_open (page, "tr", "class", winner ? NULL : "lost", NULL);
  /* Who and when stand once for a change. */
  soban_html_open (page, "td", NULL);
  soban_html_text (page, *first ? time : "");
  if (*first && doubt != NULL)
    soban_html_element (page, "small", doubt, NULL);
  soban_html_close (page);
  if (*first)
    write_author (page, write);
  else
    soban_html_element (page, "td", "", NULL);
  *first = FALSE;
  soban_html_element (page, "th", label, "scope", "row", NULL);
  soban_html_open (page, "td", NULL);
  if (!write_history_answer (page, view, assignment, winner, error))
    return FALSE;
  if (!winner)
    soban_html_element (page, "small", soban_visit_text (visit, N_ ("replaced")), NULL);
  soban_html_close (page);
  soban_html_close (page);
  return TRUE;
}

static gboolean
write_history (SobanHtml *page, SobanRecordView *view, GError **error)
{
  static const char *const heads[] = { N_ ("Recorded"), N_ ("Who, on which tablet"), N_ ("Question"), N_ ("Answer") };

  soban_html_open (page, "table", "class", "history", NULL);
  soban_html_element (page, "caption", soban_visit_text (view->visit, N_ ("History: every answer that was ever given, the newest first")), NULL);
  soban_html_open (page, "thead", NULL);
  soban_html_open (page, "tr", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    soban_html_element (page, "th", soban_visit_text (view->visit, heads[i]), "scope", "col", NULL);
  soban_html_close (page);
  soban_html_close (page);
  soban_html_open (page, "tbody", NULL);
  for (guint i = 0; i < view->writes->len; i++) {
    const SobanRecordWrite *write = g_ptr_array_index (view->writes, i);
    gboolean first = TRUE;

    for (guint j = 0; j < write->change->assignments->len; j++)
      if (!write_history_line (page, view, write, g_ptr_array_index (write->change->assignments, j), &first, error))
        return FALSE;
  }
  soban_html_close (page);
  soban_html_close (page);
  return TRUE;
}

GBytes *
soban_record_page_make (const SobanVisit *visit, const char *id_text, GError **error)
{
  g_autoptr (SobanRecordView) view = NULL;
  g_autoptr (SobanHtml) page = NULL;
  g_autofree char *date = NULL, *lead = NULL;
  const SobanUnit *unit;
  const char *title;
  SobanUuid id;

  if (!soban_uuid_parse (id_text, &id)) {
    soban_fail_not_found (error, visit);
    return NULL;
  }
  view = soban_record_view_load (visit, &id, error);
  if (view == NULL)
    return NULL;
  title = *view->title != '\0' ? view->title : soban_visit_text (visit, N_ ("Without a title"));
  date = soban_date_text (view->date, visit->language);
  unit = soban_unit_table_find (visit->reference->units, view->unit);
  lead = g_strdup_printf ("%s%s%s · %s", soban_form_name (visit, view->form_id), *date != '\0' ? " · " : "", date,
                          unit != NULL ? unit->full_name : soban_visit_text (visit, N_ ("Unit not known")));
  page = soban_html_new (visit, title, "/records");
  soban_html_element (page, "h1", title, NULL);
  soban_html_element (page, "p", lead, "class", "lead", NULL);
  write_problems (page, view);
  return write_answers (page, view, error) && write_history (page, view, error) ? soban_html_finish (page) : NULL;
}
