/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "entry/question-kind.h"
#include "entry/question-view.h"
#include "widgets/wrapped-label.h"

#define SOBAN_TYPE_QUESTION_RANK (soban_question_rank_get_type ())
G_DECLARE_FINAL_TYPE (SobanQuestionRank, soban_question_rank, SOBAN, QUESTION_RANK, SobanQuestionView)

/* Choices to be put in order: a row each with buttons up and down, so that no dragging is needed. The answer is all values in their
 * order, blanks between; there is none until something was moved, or the order was said to be right. */
struct _SobanQuestionRank {
  SobanQuestionView parent_instance;

  GtkBox *rows;
  GtkWidget *keep; /* the order as it stands is the answer */
};

G_DEFINE_FINAL_TYPE (SobanQuestionRank, soban_question_rank, SOBAN_TYPE_QUESTION_VIEW)

static SobanFormInstance *
get_instance (SobanQuestionView *view)
{
  return soban_entry_get_instance (soban_question_view_get_entry (view));
}

static const SobanChoice *
find_choice (const GPtrArray *choices, const char *value)
{
  for (guint i = 0; i < choices->len; i++) {
    const SobanChoice *choice = g_ptr_array_index (choices, i);

    if (g_str_equal (choice->value, value)) {
      return choice;
    }
  }
  return NULL;
}

/* (element-type SobanChoice): in the order of the answer; what the answer does not name comes after it. */
static GPtrArray *
list_in_order (const GPtrArray *choices, const char *value)
{
  g_auto (GStrv) words = g_strsplit (value, " ", -1);
  GPtrArray *order = g_ptr_array_new ();

  for (guint i = 0; words[i] != NULL; i++) {
    const SobanChoice *choice = find_choice (choices, words[i]);

    if (choice != NULL && !g_ptr_array_find (order, choice, NULL)) {
      g_ptr_array_add (order, (gpointer)choice);
    }
  }
  for (guint i = 0; i < choices->len; i++) {
    if (!g_ptr_array_find (order, g_ptr_array_index (choices, i), NULL)) {
      g_ptr_array_add (order, g_ptr_array_index (choices, i));
    }
  }
  return order;
}

static void
answer_order (SobanQuestionView *view, const GPtrArray *order)
{
  g_autoptr (GString) value = g_string_new (NULL);

  for (guint i = 0; i < order->len; i++) {
    g_string_append_printf (value, "%s%s", i == 0 ? "" : " ", ((const SobanChoice *)g_ptr_array_index (order, i))->value);
  }
  soban_question_view_answer (view, value->str);
  soban_question_view_refresh (view);
}

static void
move (SobanQuestionView *view, guint from, int by)
{
  g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (get_instance (view), soban_question_view_get_path (view));
  const char *value = soban_form_instance_get (get_instance (view), soban_question_view_get_path (view));
  g_autoptr (GPtrArray) order = list_in_order (choices, value == NULL ? "" : value);
  guint to = from + (guint)by;

  if (from < order->len && to < order->len) {
    gpointer moved = order->pdata[from];

    order->pdata[from] = order->pdata[to];
    order->pdata[to] = moved;
    answer_order (view, order);
  }
}

static guint
get_place (GtkWidget *button)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "soban-place"));
}

static void
on_up_clicked (GtkWidget *button, SobanQuestionView *view)
{
  move (view, get_place (button), -1);
}

static void
on_down_clicked (GtkWidget *button, SobanQuestionView *view)
{
  move (view, get_place (button), 1);
}

static void
on_keep_clicked (SobanQuestionView *view)
{
  g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (get_instance (view), soban_question_view_get_path (view));

  answer_order (view, choices);
}

static GtkWidget *
new_button (SobanQuestionRank *self, guint place, const char *icon, const char *name, GCallback callback, gboolean sensitive)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (button, 48, 48);
  gtk_widget_set_sensitive (button, sensitive);
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data (G_OBJECT (button), "soban-place", GUINT_TO_POINTER (place));
  g_signal_connect_object (button, "clicked", callback, self, 0);
  return button;
}

static GtkWidget *
new_row (SobanQuestionRank *self, const SobanChoice *choice, guint place, guint n)
{
  g_autofree char *text = g_strdup_printf ("%u. %s", place + 1, choice->label);
  g_autofree char *up = g_strdup_printf (_("Further up: %s"), choice->label);
  g_autofree char *down = g_strdup_printf (_("Further down: %s"), choice->label);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  GtkWidget *label = soban_wrapped_label_new (text, NULL);

  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (row, "answer-row");
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (GTK_BOX (row), new_button (self, place, "go-up-symbolic", up, G_CALLBACK (on_up_clicked), place > 0));
  gtk_box_append (GTK_BOX (row), new_button (self, place, "go-down-symbolic", down, G_CALLBACK (on_down_clicked), place + 1 < n));
  return row;
}

static void
build (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionRank *self = SOBAN_QUESTION_RANK (view);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);

  self->rows = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  gtk_widget_add_css_class (GTK_WIDGET (self->rows), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self->rows), "answers");
  self->keep = gtk_button_new_with_label (_("This order is right"));
  g_signal_connect_object (self->keep, "clicked", G_CALLBACK (on_keep_clicked), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->rows));
  gtk_box_append (GTK_BOX (box), self->keep);
  soban_question_view_set_control (view, box, GTK_WIDGET (self->rows));
}

static void
show (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionRank *self = SOBAN_QUESTION_RANK (view);
  g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (get_instance (view), question->path);
  g_autoptr (GPtrArray) order = list_in_order (choices, question->value);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->rows))) != NULL) {
    gtk_box_remove (self->rows, child);
  }
  for (guint i = 0; i < order->len; i++) {
    gtk_box_append (self->rows, new_row (self, g_ptr_array_index (order, i), i, order->len));
  }
  gtk_widget_set_visible (self->keep, *question->value == '\0' && order->len > 0);
}

static void
soban_question_rank_class_init (SobanQuestionRankClass *klass)
{
  SobanQuestionViewClass *view_class = SOBAN_QUESTION_VIEW_CLASS (klass);

  view_class->build = build;
  view_class->show = show;
}

static void
soban_question_rank_init (SobanQuestionRank *self)
{
}
