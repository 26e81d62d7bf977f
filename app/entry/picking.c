/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "entry/picking.h"

#include "compat/page-stack.h"
#include "store/record-store.h"
#include "widgets/choice-page.h"

/* Choices used lately, above the others. */
#define USED_SHOWN_MAX 5
#define PICKING_KEY "soban-picking"

static void
on_choice_chosen (GtkWidget *choices, const char *value, const char *label, SobanQuestionView *view)
{
  soban_entry_set (soban_question_view_get_entry (view), soban_question_view_get_path (view), value);
  gtk_widget_activate_action (choices, "win.back", NULL);
  soban_question_view_focus (view);
}

/* Of one opening of a long list. */
typedef struct {
  SobanQuestionView *view;
  char *form, *path;
  GStrv used; /* (nullable): answer of the worker */
} Picking;

static void
picking_free (Picking *picking)
{
  g_object_unref (picking->view);
  g_free (picking->form);
  g_free (picking->path);
  g_strfreev (picking->used);
  g_free (picking);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Picking, picking_free)

/* What was used lately comes first, in its order; the others in theirs. */
static SobanChoiceModel *
make_choices (GPtrArray *choices, const char *const *used)
{
  SobanChoiceModel *model = soban_choice_model_new ();

  for (guint i = 0; used != NULL && used[i] != NULL; i++) {
    for (guint k = 0; k < choices->len; k++) {
      const SobanChoice *choice = g_ptr_array_index (choices, k);

      if (g_str_equal (choice->value, used[i])) {
        soban_choice_model_add (model, choice->value, choice->label);
      }
    }
  }
  for (guint i = 0; i < choices->len; i++) {
    const SobanChoice *choice = g_ptr_array_index (choices, i);

    if (used == NULL || !g_strv_contains (used, choice->value)) {
      soban_choice_model_add (model, choice->value, choice->label);
    }
  }
  return model;
}

static void
open_picker (SobanQuestionView *view, const char *const *used)
{
  SobanFormInstance *instance = soban_entry_get_instance (soban_question_view_get_entry (view));
  const char *path = soban_question_view_get_path (view);
  g_autoptr (SobanQuestion) question = soban_form_instance_get_question (instance, path);
  g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (instance, path);
  g_autoptr (SobanChoiceModel) model = make_choices (choices, used);
  GtkWidget *stack = gtk_widget_get_ancestor (GTK_WIDGET (view), SOBAN_TYPE_PAGE_STACK);
  GtkWidget *page = soban_choice_page_new (question == NULL ? "" : question->label, model);

  g_signal_connect_object (page, "chosen", G_CALLBACK (on_choice_chosen), view, 0);
  soban_page_stack_push (SOBAN_PAGE_STACK (stack), page);
  gtk_widget_grab_focus (page);
}

static gboolean
run_used (SobanStore *store, gpointer data, GError **error)
{
  Picking *picking = data;

  picking->used = soban_store_list_used (store, picking->form, picking->path, USED_SHOWN_MAX, error);
  return picking->used != NULL;
}

static void
on_used (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Picking) picking = data;
  g_autoptr (GError) error = NULL;

  g_object_set_data (G_OBJECT (picking->view), PICKING_KEY, NULL);
  if (!soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    g_message ("%s", error->message);
  }
  /* Unless the person has gone on meanwhile. */
  if (gtk_widget_get_mapped (GTK_WIDGET (picking->view))) {
    open_picker (picking->view, (const char *const *)picking->used);
  }
}

void
soban_pick (SobanQuestionView *view)
{
  SobanEntry *entry = soban_question_view_get_entry (view);
  Picking *picking;

  g_return_if_fail (SOBAN_IS_QUESTION_VIEW (view));
  /* A second tap opens no second one. */
  if (g_object_get_data (G_OBJECT (view), PICKING_KEY) != NULL) {
    return;
  }
  g_object_set_data (G_OBJECT (view), PICKING_KEY, view);
  picking = g_new0 (Picking, 1);
  picking->view = g_object_ref (view);
  picking->form = g_strdup (soban_entry_get_form_id (entry));
  picking->path = g_strdup (soban_question_view_get_path (view));
  soban_store_run_async (soban_entry_get_store (entry), run_used, picking, NULL, NULL, on_used, picking);
}
