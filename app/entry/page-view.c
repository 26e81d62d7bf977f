/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "entry/page-view.h"

#include "compat/wrap-labels.h"

struct _SobanPageView {
  GObject parent_instance;

  SobanEntry *entry;
  GtkBox *core;
  GtkExpander *expander;
  GtkBox *more;
  GPtrArray *views; /* (element-type SobanQuestionView), in order; owned by the boxes */
};

G_DEFINE_FINAL_TYPE (SobanPageView, soban_page_view, G_TYPE_OBJECT)

SobanQuestionView *
soban_page_view_find (SobanPageView *self, const char *path)
{
  for (guint i = 0; i < self->views->len; i++) {
    SobanQuestionView *view = g_ptr_array_index (self->views, i);

    if (g_str_equal (soban_question_view_get_path (view), path)) {
      return view;
    }
  }
  return NULL;
}

static void
on_open_picker (SobanQuestionView *view, SobanPageView *self)
{
  g_signal_emit_by_name (self, "open-picker", view);
}

static SobanQuestionView *
make_view (SobanPageView *self, const SobanQuestion *question)
{
  GtkWidget *view = soban_question_view_new (self->entry, question);

  g_signal_connect_object (view, "open-picker", G_CALLBACK (on_open_picker), self, 0);
  soban_wrap_labels (view);
  return SOBAN_QUESTION_VIEW (view);
}

static void
remove_view (SobanPageView *self, guint index)
{
  GtkWidget *view = g_ptr_array_index (self->views, index);

  gtk_box_remove (GTK_BOX (gtk_widget_get_parent (view)), view);
  g_ptr_array_remove_index (self->views, index);
}

static void
remove_gone (SobanPageView *self, const SobanPage *page)
{
  for (guint i = self->views->len; i > 0; i--) {
    SobanQuestionView *view = g_ptr_array_index (self->views, i - 1);

    if (!g_ptr_array_find_with_equal_func (page->paths, soban_question_view_get_path (view), g_str_equal, NULL)) {
      remove_view (self, i - 1);
    }
  }
}

/* On a page of optional questions alone there is nothing to fold them under. */
static gboolean
is_folded (const SobanPage *page, const SobanQuestion *question)
{
  return question->optional_part && !page->optional_part;
}

gboolean
soban_page_view_add_one (SobanPageView *self, const SobanPage *page)
{
  SobanFormInstance *instance = soban_entry_get_instance (self->entry);

  for (guint i = 0; i < page->paths->len; i++) {
    const char *path = g_ptr_array_index (page->paths, i);
    g_autoptr (SobanQuestion) question = NULL;
    SobanQuestionView *view;

    if (soban_page_view_find (self, path) != NULL) {
      continue;
    }
    question = soban_form_instance_get_question (instance, path);
    if (question != NULL) {
      view = make_view (self, question);
      gtk_box_append (is_folded (page, question) ? self->more : self->core, GTK_WIDGET (view));
      g_ptr_array_add (self->views, view);
      return TRUE;
    }
  }
  return FALSE;
}

/* Where it stands already it is left alone: it keeps its focus, and nothing is measured anew. */
static void
place (SobanQuestionView *view, GtkBox *box, GtkWidget *before)
{
  g_autoptr (GtkWidget) widget = g_object_ref (GTK_WIDGET (view));
  GtkWidget *parent = gtk_widget_get_parent (widget);

  if (parent == GTK_WIDGET (box) && gtk_widget_get_prev_sibling (widget) == before) {
    return;
  }
  if (parent == GTK_WIDGET (box)) {
    gtk_box_reorder_child_after (box, widget, before);
    return;
  }
  gtk_box_remove (GTK_BOX (parent), widget);
  gtk_box_insert_child_after (box, widget, before);
}

void
soban_page_view_show (SobanPageView *self, const SobanPage *page)
{
  SobanFormInstance *instance = soban_entry_get_instance (self->entry);
  GtkWidget *last_core = NULL, *last_more = NULL;
  g_autoptr (GPtrArray) views = g_ptr_array_new ();
  gboolean answered = FALSE;

  remove_gone (self, page);
  for (guint i = 0; i < page->paths->len; i++) {
    const char *path = g_ptr_array_index (page->paths, i);
    SobanQuestionView *view = soban_page_view_find (self, path);
    g_autoptr (SobanQuestion) question = soban_form_instance_get_question (instance, path);
    GtkBox *box;
    GtkWidget **last;

    if (question == NULL) {
      continue;
    }
    box = is_folded (page, question) ? self->more : self->core;
    last = is_folded (page, question) ? &last_more : &last_core;
    answered = answered || (question->optional_part && *question->value != '\0' && !question->readonly);
    if (view == NULL) {
      view = make_view (self, question);
      gtk_box_insert_child_after (box, GTK_WIDGET (view), *last);
    } else {
      soban_question_view_refresh (view);
      soban_wrap_labels (GTK_WIDGET (view));
      place (view, box, *last);
    }
    *last = GTK_WIDGET (view);
    g_ptr_array_add (views, view);
  }
  if (last_more != NULL && !gtk_widget_get_visible (GTK_WIDGET (self->expander))) {
    /* Folded at first, but never over an answer. */
    gtk_expander_set_expanded (self->expander, answered);
  }
  gtk_widget_set_visible (GTK_WIDGET (self->expander), last_more != NULL);
  g_ptr_array_unref (self->views);
  self->views = g_steal_pointer (&views);
}

void
soban_page_view_calm (SobanPageView *self)
{
  for (guint i = self->views->len; i > 0; i--) {
    SobanQuestionView *view = g_ptr_array_index (self->views, i - 1);

    if (soban_question_view_fits (view)) {
      soban_question_view_calm (view);
    } else {
      remove_view (self, i - 1);
    }
  }
}

void
soban_page_view_commit (SobanPageView *self)
{
  /* An answer may make views come and go: the list is walked as it was. */
  g_autoptr (GPtrArray) views = g_ptr_array_copy (self->views, (GCopyFunc)(GCallback)g_object_ref, NULL);

  g_ptr_array_set_free_func (views, g_object_unref);
  for (guint i = 0; i < views->len; i++) {
    soban_question_view_commit (g_ptr_array_index (views, i));
  }
}

gboolean
soban_page_view_has_problem (SobanPageView *self)
{
  for (guint i = 0; i < self->views->len; i++) {
    if (soban_question_view_has_problem (g_ptr_array_index (self->views, i))) {
      return TRUE;
    }
  }
  return FALSE;
}

static SobanProblem *
check (SobanPageView *self, guint index)
{
  return soban_form_instance_check (soban_entry_get_instance (self->entry), soban_question_view_get_path (g_ptr_array_index (self->views, index)));
}

gboolean
soban_page_view_has_only_warnings (SobanPageView *self)
{
  gboolean warned = FALSE;

  for (guint i = 0; i < self->views->len; i++) {
    g_autoptr (SobanProblem) problem = check (self, i);

    if (problem != NULL && problem->kind != SOBAN_PROBLEM_WARNING) {
      return FALSE;
    }
    warned = warned || problem != NULL;
  }
  return warned;
}

void
soban_page_view_confirm_warnings (SobanPageView *self)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->views->len; i++) {
    g_autoptr (SobanProblem) problem = check (self, i);

    if (problem != NULL && problem->kind == SOBAN_PROBLEM_WARNING) {
      g_ptr_array_add (paths, g_strdup (problem->path));
    }
  }
  /* Each makes views come and go. */
  for (guint i = 0; i < paths->len; i++) {
    soban_entry_confirm (self->entry, g_ptr_array_index (paths, i));
  }
}

gboolean
soban_page_view_reveal_problems (SobanPageView *self)
{
  SobanQuestionView *first = NULL;

  for (guint i = 0; i < self->views->len; i++) {
    SobanQuestionView *view = g_ptr_array_index (self->views, i);

    soban_question_view_reveal_problem (view);
    if (first == NULL && soban_question_view_has_problem (view)) {
      first = view;
    }
  }
  if (first == NULL) {
    return FALSE;
  }
  soban_page_view_focus_question (self, soban_question_view_get_path (first));
  return TRUE;
}

void
soban_page_view_focus_question (SobanPageView *self, const char *path)
{
  SobanQuestionView *view = soban_page_view_find (self, path);

  if (view == NULL) {
    return;
  }
  if (gtk_widget_is_ancestor (GTK_WIDGET (view), GTK_WIDGET (self->more))) {
    gtk_expander_set_expanded (self->expander, TRUE);
  }
  soban_question_view_reveal_problem (view);
  soban_question_view_focus (view);
}

gboolean
soban_page_view_focus_first (SobanPageView *self)
{
  for (guint i = 0; i < self->views->len; i++) {
    SobanQuestionView *view = g_ptr_array_index (self->views, i);

    if (gtk_widget_get_parent (GTK_WIDGET (view)) == GTK_WIDGET (self->core) && soban_question_view_focus (view)) {
      return TRUE;
    }
  }
  return FALSE;
}

static void
soban_page_view_dispose (GObject *object)
{
  SobanPageView *self = SOBAN_PAGE_VIEW (object);

  g_clear_object (&self->entry);
  G_OBJECT_CLASS (soban_page_view_parent_class)->dispose (object);
}

static void
soban_page_view_finalize (GObject *object)
{
  g_ptr_array_unref (SOBAN_PAGE_VIEW (object)->views);
  G_OBJECT_CLASS (soban_page_view_parent_class)->finalize (object);
}

static void
soban_page_view_class_init (SobanPageViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = soban_page_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = soban_page_view_finalize;
  g_signal_new ("open-picker", SOBAN_TYPE_PAGE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                SOBAN_TYPE_QUESTION_VIEW);
}

static void
soban_page_view_init (SobanPageView *self)
{
  self->views = g_ptr_array_new ();
}

SobanPageView *
soban_page_view_new (SobanEntry *entry, GtkBox *core, GtkExpander *expander, GtkBox *more)
{
  SobanPageView *self = g_object_new (SOBAN_TYPE_PAGE_VIEW, NULL);

  self->entry = g_object_ref (entry);
  self->core = core;
  self->expander = expander;
  self->more = more;
  return self;
}
