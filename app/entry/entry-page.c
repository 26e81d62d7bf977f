/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "entry/entry-page.h"

#include <glib/gi18n-lib.h>

#include "compat/confirm.h"
#include "compat/page-stack.h"
#include "compat/wrap-labels.h"
#include "entry/earlier-offer.h"
#include "entry/keep-in-view.h"
#include "entry/page-flow.h"
#include "entry/page-view.h"
#include "entry/picking.h"
#include "entry/question-view.h"
#include "entry/repeat-list.h"
#include "trouble/trouble-text.h"
#include "widgets/answer-list.h"

/* Of the answers that do not fit another version, in the question before. */
#define MISFITS_SHOWN_MAX 12
#define MISFIT_LETTERS_MAX 60

struct _SobanEntryPage {
  AdwBin parent_instance;

  AdwWindowTitle *title;
  GtkProgressBar *progress;
  GtkLabel *trouble;
  GtkScrolledWindow *scroller;
  GtkLabel *heading;
  GtkWidget *withdrawn;
  GtkWidget *newer;
  AdwBin *start;
  GtkBox *core;
  GtkExpander *more_expander;
  GtkBox *more;
  GtkLabel *note;
  GtkButton *back;
  GtkLabel *steps;
  GtkButton *next;

  SobanEntry *entry;
  GPtrArray *pages;    /* (element-type SobanPage): as they stand now */
  char *at;            /* (nullable): id of the page seen; NULL = the review */
  char *told;          /* (nullable): id of the page whose problems were told when Next was pressed */
  SobanPageView *view; /* (nullable): the questions of the page seen */
  GtkWidget *repeats;  /* (nullable): the list of the repeat's page seen */
  gboolean from_review; /* the page seen was gone to from the review: Next leads back there */
  gboolean completing;
};

G_DEFINE_FINAL_TYPE (SobanEntryPage, soban_entry_page, ADW_TYPE_BIN)

static void show_page (SobanEntryPage *self, const char *id);

static guint
get_index (SobanEntryPage *self)
{
  return soban_page_flow_find (self->pages, self->at);
}

static SobanFormInstance *
get_instance (SobanEntryPage *self)
{
  return soban_entry_get_instance (self->entry);
}

static const SobanPage *
get_page (SobanEntryPage *self, guint index)
{
  return g_ptr_array_index (self->pages, index);
}

static void
clear_box (GtkBox *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL) {
    gtk_box_remove (box, child);
  }
}

static void
list_pages (SobanEntryPage *self)
{
  g_clear_pointer (&self->pages, g_ptr_array_unref);
  self->pages = soban_form_instance_list_pages (get_instance (self));
}

static void
set_note (SobanEntryPage *self, const char *text)
{
  gtk_label_set_text (self->note, text == NULL ? "" : text);
  gtk_widget_set_visible (GTK_WIDGET (self->note), text != NULL);
}

static void
show_progress (SobanEntryPage *self)
{
  guint at, of;
  g_autofree char *text = NULL;

  soban_page_flow_progress (get_instance (self), self->pages, get_index (self), &at, &of);
  text = g_strdup_printf ("%u/%u", at, of);
  gtk_label_set_text (self->steps, text);
  gtk_progress_bar_set_fraction (self->progress, (double)at / of);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->back),
                          soban_page_flow_previous (get_instance (self), self->pages, get_index (self))
                              != SOBAN_PAGE_NONE);
  gtk_button_set_label (self->next, self->at == NULL ? _("_Complete") : self->from_review ? _("To the _review") : _("_Next"));
}

static void
on_save_state (SobanEntryPage *self)
{
  const GError *error = soban_entry_get_save_error (self->entry);
  g_autofree char *sentence = error == NULL ? NULL : soban_trouble_text (error);

  gtk_widget_set_visible (GTK_WIDGET (self->trouble), error != NULL);
  if (error != NULL) {
    gtk_label_set_text (self->trouble, sentence);
    adw_window_title_set_subtitle (self->title, _("Not saved yet"));
    return;
  }
  if (!soban_entry_is_touched (self->entry)) {
    adw_window_title_set_subtitle (self->title, "");
    return;
  }
  adw_window_title_set_subtitle (self->title, soban_entry_get_save_state (self->entry) == SOBAN_SAVE_SAVED
                                                  ? _("Saved on this tablet")
                                                  : _("Saving…"));
}

/* ---- the review ---- */

/* Who looks it over and goes to one answer comes back to look on. */
static void
show_question_of_review (SobanEntryPage *self, const char *path)
{
  soban_entry_page_show_question (self, path);
  self->from_review = self->at != NULL;
  show_progress (self);
}

static void
on_answer_tapped (const char *path, gpointer data)
{
  show_question_of_review (data, path);
}

static void
on_more_clicked (SobanEntryPage *self)
{
  guint index = soban_page_flow_first_optional (get_instance (self), self->pages);

  if (index != SOBAN_PAGE_NONE) {
    show_page (self, get_page (self, index)->id);
  }
}

static void
fill_review (SobanEntryPage *self)
{
  GtkWidget *more;

  gtk_label_set_text (self->heading, _("Look it over once more"));
  gtk_box_append (self->core, soban_answer_list_new (soban_entry_get_store (self->entry), get_instance (self), on_answer_tapped, self));
  if (soban_page_flow_first_optional (get_instance (self), self->pages) == SOBAN_PAGE_NONE) {
    return;
  }
  more = gtk_button_new_with_label (_("Add details (need not be filled in)"));
  gtk_widget_set_halign (more, GTK_ALIGN_START);
  gtk_widget_add_css_class (more, "more-button");
  g_signal_connect_object (more, "clicked", G_CALLBACK (on_more_clicked), self, G_CONNECT_SWAPPED);
  gtk_box_append (self->core, more);
}

/* ---- pages ---- */

static void
on_repeat_opened (SobanRepeatList *list, const char *instance_path, SobanEntryPage *self)
{
  list_pages (self);
  for (guint i = 0; i < self->pages->len; i++) {
    const SobanPage *page = get_page (self, i);

    if (page->kind == SOBAN_PAGE_QUESTIONS && g_strcmp0 (page->repeat_path, instance_path) == 0) {
      show_page (self, page->id);
      return;
    }
  }
}

static void
on_open_picker (SobanEntryPage *self, SobanQuestionView *view)
{
  soban_pick (view);
}

static void
fill_page (SobanEntryPage *self, const SobanPage *page)
{
  gtk_label_set_text (self->heading, page->title);
  if (page->kind == SOBAN_PAGE_REPEAT) {
    self->repeats = soban_repeat_list_new (self->entry, page->repeat_path);
    g_signal_connect_object (self->repeats, "opened", G_CALLBACK (on_repeat_opened), self, 0);
    g_signal_connect_object (self->repeats, "added", G_CALLBACK (on_repeat_opened), self, 0);
    gtk_box_append (self->core, self->repeats);
    return;
  }
  self->view = soban_page_view_new (self->entry, self->core, self->more_expander, self->more);
  g_signal_connect_object (self->view, "open-picker", G_CALLBACK (on_open_picker), self, G_CONNECT_SWAPPED);
  soban_page_view_show (self->view, page);
}

/* Shows the page @id, NULL the review. */
static void
show_page (SobanEntryPage *self, const char *id)
{
  g_autofree char *wanted = g_strdup (id);
  guint index;

  soban_entry_page_commit (self);
  list_pages (self);
  index = soban_page_flow_find (self->pages, wanted);
  g_free (self->at);
  self->at = index == SOBAN_PAGE_NONE ? NULL : g_strdup (wanted);
  g_clear_pointer (&self->told, g_free);
  self->from_review = FALSE;
  self->repeats = NULL;
  set_note (self, NULL);
  g_clear_object (&self->view);
  clear_box (self->core);
  clear_box (self->more);
  gtk_widget_set_visible (GTK_WIDGET (self->more_expander), FALSE);
  if (index == SOBAN_PAGE_NONE) {
    fill_review (self);
  } else {
    fill_page (self, get_page (self, index));
  }
  gtk_widget_set_visible (GTK_WIDGET (self->start), index == 0 && adw_bin_get_child (self->start) != NULL);
  soban_wrap_labels (GTK_WIDGET (self->scroller));
  gtk_widget_set_visible (GTK_WIDGET (self->heading), *gtk_label_get_text (self->heading) != '\0');
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
  show_progress (self);
  soban_entry_set_page (self->entry, self->at);
  soban_entry_flush (self->entry);
}

static void
on_entry_changed (SobanEntryPage *self)
{
  guint index;

  list_pages (self);
  index = get_index (self);
  if (self->at != NULL && index == SOBAN_PAGE_NONE) {
    /* An answer made the page seen irrelevant. */
    show_page (self, NULL);
    return;
  }
  if (self->repeats != NULL) {
    soban_repeat_list_refresh (SOBAN_REPEAT_LIST (self->repeats));
  }
  if (self->view != NULL && index != SOBAN_PAGE_NONE) {
    soban_page_view_show (self->view, get_page (self, index));
    soban_wrap_labels (GTK_WIDGET (self->scroller));
    if (gtk_widget_get_visible (GTK_WIDGET (self->note)) && !soban_page_view_has_problem (self->view)) {
      set_note (self, NULL);
    }
  }
  show_progress (self);
}

/* ---- completing ---- */

static void
on_completed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanEntryPage) self = data;
  g_autoptr (GError) error = NULL;

  self->completing = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->next), TRUE);
  if (!soban_entry_complete_finish (self->entry, result, &error)) {
    g_autofree char *sentence = soban_trouble_text (error);

    gtk_label_set_text (self->trouble, sentence);
    gtk_widget_set_visible (GTK_WIDGET (self->trouble), TRUE);
    return;
  }
  g_signal_emit_by_name (self, "completed");
}

static void
start_completing (gpointer data)
{
  SobanEntryPage *self = data;
  g_autoptr (GPtrArray) problems = soban_form_instance_validate (get_instance (self));

  if (self->completing) {
    return;
  }
  for (guint i = 0; i < problems->len; i++) {
    const SobanProblem *problem = g_ptr_array_index (problems, i);

    if (problem->kind == SOBAN_PROBLEM_WARNING) {
      soban_form_instance_confirm (get_instance (self), problem->path);
    }
  }
  self->completing = TRUE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->next), FALSE);
  soban_entry_complete_async (self->entry, on_completed, g_object_ref (self));
}

static void
try_completing (SobanEntryPage *self)
{
  g_autoptr (GPtrArray) problems = soban_form_instance_validate (get_instance (self));
  g_autoptr (GString) warnings = g_string_new (NULL);

  for (guint i = 0; i < problems->len; i++) {
    const SobanProblem *problem = g_ptr_array_index (problems, i);

    if (problem->kind != SOBAN_PROBLEM_WARNING) {
      show_question_of_review (self, problem->path);
      set_note (self, _("This is still to be answered. What you have written is kept."));
      return;
    }
    g_string_append_printf (warnings, "%s%s", i == 0 ? "" : "\n", problem->message);
  }
  if (warnings->len > 0) {
    soban_confirm (GTK_WIDGET (self), _("Is this right?"), warnings->str, _("_Look again"), _("It is _right"),
                   start_completing, self);
    return;
  }
  start_completing (self);
}

/* ---- warnings ---- */

/* Of the page seen: a doubt that was shown, and nothing that stops completing. */
static gboolean
has_only_warnings (SobanEntryPage *self)
{
  const SobanPage *page = get_page (self, get_index (self));
  gboolean warned = FALSE;

  for (guint i = 0; i < page->paths->len; i++) {
    g_autoptr (SobanProblem) problem = soban_form_instance_check (get_instance (self), g_ptr_array_index (page->paths, i));

    if (problem != NULL && problem->kind != SOBAN_PROBLEM_WARNING) {
      return FALSE;
    }
    warned = warned || problem != NULL;
  }
  return warned;
}

/* Who was shown a doubt and goes on has answered it: it is not asked again. */
static void
confirm_warnings (SobanEntryPage *self)
{
  const SobanPage *seen = get_page (self, get_index (self));
  g_autoptr (GPtrArray) paths = g_ptr_array_copy (seen->paths, (GCopyFunc)(GCallback)g_strdup, NULL);

  g_ptr_array_set_free_func (paths, g_free);
  for (guint i = 0; i < paths->len; i++) {
    const char *path = g_ptr_array_index (paths, i);
    g_autoptr (SobanProblem) problem = soban_form_instance_check (get_instance (self), path);

    if (problem != NULL && problem->kind == SOBAN_PROBLEM_WARNING) {
      soban_entry_confirm (self->entry, path);
    }
  }
}

/* ---- public ---- */

void
soban_entry_page_commit (SobanEntryPage *self)
{
  g_return_if_fail (SOBAN_IS_ENTRY_PAGE (self));
  if (self->view != NULL) {
    soban_page_view_commit (self->view);
  }
}

void
soban_entry_page_next (SobanEntryPage *self)
{
  guint index;

  g_return_if_fail (SOBAN_IS_ENTRY_PAGE (self));
  soban_entry_page_commit (self);
  if (self->at == NULL) {
    try_completing (self);
    return;
  }
  if (self->view != NULL && g_strcmp0 (self->told, self->at) != 0 && soban_page_view_reveal_problems (self->view)) {
    self->told = g_strdup (self->at);
    set_note (self, has_only_warnings (self)
                        ? _("Please look again. If it is right, press Next once more.")
                        : _("Something here needs a look. Press Next again to leave it for later."));
    return;
  }
  if (self->view != NULL && has_only_warnings (self)) {
    confirm_warnings (self);
  }
  if (self->from_review) {
    show_page (self, NULL);
    return;
  }
  index = soban_page_flow_next (get_instance (self), self->pages, get_index (self));
  show_page (self, index == SOBAN_PAGE_NONE ? NULL : get_page (self, index)->id);
}

void
soban_entry_page_back (SobanEntryPage *self)
{
  guint index;

  g_return_if_fail (SOBAN_IS_ENTRY_PAGE (self));
  soban_entry_page_commit (self);
  index = soban_page_flow_previous (get_instance (self), self->pages, get_index (self));
  if (index != SOBAN_PAGE_NONE) {
    show_page (self, get_page (self, index)->id);
  }
}

gboolean
soban_entry_page_is_review (SobanEntryPage *self)
{
  return self->at == NULL;
}

void
soban_entry_page_show_review (SobanEntryPage *self)
{
  show_page (self, NULL);
}

void
soban_entry_page_show_question (SobanEntryPage *self, const char *path)
{
  guint index;

  g_return_if_fail (SOBAN_IS_ENTRY_PAGE (self));
  index = soban_page_flow_find_path (self->pages, path);
  if (index == SOBAN_PAGE_NONE) {
    return;
  }
  show_page (self, get_page (self, index)->id);
  if (self->view != NULL) {
    soban_page_view_focus_question (self->view, path);
  }
}

gboolean
soban_entry_page_undo_removal (SobanEntryPage *self)
{
  g_autofree char *at = g_strdup (self->at);

  g_return_val_if_fail (SOBAN_IS_ENTRY_PAGE (self), FALSE);
  soban_entry_page_commit (self);
  if (!soban_entry_undo_removal (self->entry)) {
    return FALSE;
  }
  show_page (self, at);
  return TRUE;
}

SobanEntry *
soban_entry_page_get_entry (SobanEntryPage *self)
{
  return self->entry;
}

/* ---- class ---- */

static void
on_back_clicked (SobanEntryPage *self)
{
  soban_entry_page_back (self);
}

static void
on_next_clicked (SobanEntryPage *self)
{
  soban_entry_page_next (self);
}

static void
on_review_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  show_page (SOBAN_ENTRY_PAGE (widget), NULL);
}

static void
on_too_long_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  set_note (SOBAN_ENTRY_PAGE (widget), _("That is too long for one answer and was not put in. What was there before is kept."));
}

static void
on_discarded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanEntryPage) self = data;
  g_autoptr (GError) error = NULL;

  if (!soban_entry_discard_finish (self->entry, result, &error) && soban_entry_is_touched (self->entry)) {
    g_autofree char *sentence = soban_trouble_text (error);

    gtk_label_set_text (self->trouble, sentence);
    gtk_widget_set_visible (GTK_WIDGET (self->trouble), TRUE);
    return;
  }
  g_signal_emit_by_name (self, "discarded");
}

/* At once: it can be undone. */
static void
on_discard_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanEntryPage *self = SOBAN_ENTRY_PAGE (widget);

  soban_entry_page_commit (self);
  soban_entry_discard_async (self->entry, on_discarded, g_object_ref (self));
}

/* ---- another version of the form ---- */

static void
on_moved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanEntryPage) self = data;
  g_autoptr (GError) error = NULL;

  if (!soban_entry_move_finish (self->entry, result, &error)) {
    g_autofree char *sentence = soban_trouble_text (error);

    gtk_label_set_text (self->trouble, sentence);
    gtk_widget_set_visible (GTK_WIDGET (self->trouble), TRUE);
    return;
  }
  g_signal_emit_by_name (self, "moved");
}

static void
move (gpointer data)
{
  SobanEntryPage *self = data;

  soban_entry_page_commit (self);
  soban_entry_move_async (self->entry, on_moved, g_object_ref (self));
}

static char *
shorten (const char *answer)
{
  g_autofree char *start = NULL;

  if (g_utf8_strlen (answer, -1) <= MISFIT_LETTERS_MAX) {
    return g_strdup (answer);
  }
  start = g_utf8_substring (answer, 0, MISFIT_LETTERS_MAX);
  return g_strconcat (start, "…", NULL);
}

/* What will not fit is shown before anything is done. */
static char *
describe_misfits (SobanEntryPage *self)
{
  g_autoptr (GPtrArray) misfits = soban_entry_list_misfits (self->entry);
  g_autoptr (GString) text = g_string_new (NULL);

  if (misfits->len == 0) {
    return g_strdup (_("All your answers fit the newer version."));
  }
  g_string_append (text, _("These answers do not fit the newer version. They stay with the record, but the form does not ask for "
                           "them any more, or asks for something else:"));
  for (guint i = 0; i < misfits->len && i < MISFITS_SHOWN_MAX; i++) {
    const SobanMisfit *misfit = g_ptr_array_index (misfits, i);
    g_autofree char *answer = soban_form_instance_get_answer_text (get_instance (self), misfit->path);
    const char *label = *misfit->label == '\0' ? misfit->path : g_dgettext (GETTEXT_PACKAGE, misfit->label);

    g_autofree char *start = shorten (answer);

    g_string_append_printf (text, "\n• %s: %s", label, start);
  }
  if (misfits->len > MISFITS_SHOWN_MAX) {
    g_string_append_printf (text, _("\n… and %u more"), misfits->len - MISFITS_SHOWN_MAX);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
on_move_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanEntryPage *self = SOBAN_ENTRY_PAGE (widget);
  g_autofree char *text = NULL;

  if (!soban_entry_has_newer_form (self->entry)) {
    return;
  }
  soban_entry_page_commit (self);
  text = describe_misfits (self);
  soban_confirm (widget, _("Change to the newer version?"), text, _("_Keep this one"), _("_Change"), move, widget);
}

/* The draft goes on with the version it was begun with; what has become of that is told. */
static void
show_form_state (SobanEntryPage *self)
{
  gboolean newer = soban_entry_has_newer_form (self->entry);

  gtk_widget_set_visible (self->newer, newer);
  gtk_widget_set_visible (self->withdrawn, !newer && soban_entry_is_withdrawn (self->entry));
}

static void
on_store_changed (SobanEntryPage *self)
{
  soban_entry_look_at_form (self->entry);
  show_form_state (self);
}

static void
soban_entry_page_dispose (GObject *object)
{
  SobanEntryPage *self = SOBAN_ENTRY_PAGE (object);

  g_clear_object (&self->view);
  g_clear_object (&self->entry);
  gtk_widget_dispose_template (GTK_WIDGET (self), SOBAN_TYPE_ENTRY_PAGE);
  G_OBJECT_CLASS (soban_entry_page_parent_class)->dispose (object);
}

static void
soban_entry_page_finalize (GObject *object)
{
  SobanEntryPage *self = SOBAN_ENTRY_PAGE (object);

  g_clear_pointer (&self->pages, g_ptr_array_unref);
  g_free (self->at);
  g_free (self->told);
  G_OBJECT_CLASS (soban_entry_page_parent_class)->finalize (object);
}

static void
soban_entry_page_class_init (SobanEntryPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = soban_entry_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = soban_entry_page_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/soban/Soban/entry/entry-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, title);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, progress);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, heading);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, withdrawn);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, newer);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, start);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, core);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, more_expander);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, more);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, note);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, back);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, steps);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, next);
  gtk_widget_class_bind_template_callback (widget_class, on_back_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_next_clicked);
  gtk_widget_class_install_action (widget_class, "entry.review", NULL, on_review_activated);
  gtk_widget_class_install_action (widget_class, "entry.discard", NULL, on_discard_activated);
  gtk_widget_class_install_action (widget_class, "entry.move", NULL, on_move_activated);
  gtk_widget_class_install_action (widget_class, "entry.too-long", NULL, on_too_long_activated);
  g_signal_new ("moved", SOBAN_TYPE_ENTRY_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("completed", SOBAN_TYPE_ENTRY_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("discarded", SOBAN_TYPE_ENTRY_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
soban_entry_page_init (SobanEntryPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  soban_keep_in_view (self->scroller);
}

GtkWidget *
soban_entry_page_new (SobanEntry *entry)
{
  SobanEntryPage *self = g_object_new (SOBAN_TYPE_ENTRY_PAGE, NULL);
  g_autofree char *start = NULL;

  self->entry = g_object_ref (entry);
  adw_window_title_set_title (self->title, soban_entry_get_title (entry));
  show_form_state (self);
  g_signal_connect_object (soban_entry_get_store (entry), "changed", G_CALLBACK (on_store_changed), self, G_CONNECT_SWAPPED);
  if (soban_entry_get_earlier (entry) != NULL) {
    adw_bin_set_child (self->start, soban_earlier_offer_new (entry));
  }
  list_pages (self);
  start = g_strdup (soban_entry_get_page (entry));
  if (soban_page_flow_find (self->pages, start) == SOBAN_PAGE_NONE && !soban_entry_get_edits_record (entry)) {
    g_free (start);
    start = self->pages->len > 0 ? g_strdup (get_page (self, 0)->id) : NULL;
  }
  /* Who corrects a record sees all its answers first. */
  show_page (self, start);
  g_signal_connect_object (entry, "changed", G_CALLBACK (on_entry_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (entry, "save-state", G_CALLBACK (on_save_state), self, G_CONNECT_SWAPPED);
  on_save_state (self);
  return GTK_WIDGET (self);
}
