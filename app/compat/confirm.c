/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compat/confirm.h"

#define BODY_LETTERS_MAX 160
#define BODY_HEIGHT_MAX 240 /* px; what is longer is scrolled */

typedef struct {
  GtkWidget *parent; /* (nullable): weak */
  SobanConfirmFunc func;
  gpointer data;
} Question;

static void
question_free (gpointer data, GClosure *closure)
{
  Question *question = data;

  g_clear_weak_pointer (&question->parent);
  g_free (question);
}

static void
on_response (AdwMessageDialog *dialog, const char *response, Question *question)
{
  if (g_str_equal (response, "action") && question->parent != NULL) {
    question->func (question->data);
  }
}

/* A dialog's own body does not scroll: with a long text it would be higher than a small tablet. */
static GtkWidget *
new_body (const char *text, int height)
{
  GtkWidget *label = gtk_label_new (text);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scroller), height);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), label);
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  gtk_widget_set_vexpand (scroller, TRUE);
  return scroller;
}

void
soban_confirm (GtkWidget *parent, const char *heading, const char *body, const char *cancel, const char *action,
               SobanConfirmFunc func, gpointer data)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *dialog;
  Question *question;

  if (!gtk_widget_get_mapped (parent)) {
    return;
  }
  dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL, NULL);
  question = g_new0 (Question, 1);
  g_set_weak_pointer (&question->parent, parent);
  question->func = func;
  question->data = data;
  adw_message_dialog_set_heading (ADW_MESSAGE_DIALOG (dialog), heading);
  if (g_utf8_strlen (body, -1) <= BODY_LETTERS_MAX) {
    adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), body);
  } else {
    adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), new_body (body, MIN (gtk_widget_get_height (GTK_WIDGET (root)) * 2 / 5, BODY_HEIGHT_MAX)));
  }
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "cancel", cancel);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "action", action);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "action", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), question, question_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}
