/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compat/confirm.h"

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

void
soban_confirm (GtkWidget *parent, const char *heading, const char *body, const char *cancel, const char *action,
               SobanConfirmFunc func, gpointer data)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL, NULL);
  Question *question = g_new0 (Question, 1);

  g_set_weak_pointer (&question->parent, parent);
  question->func = func;
  question->data = data;
  adw_message_dialog_set_heading (ADW_MESSAGE_DIALOG (dialog), heading);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), body);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "cancel", cancel);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "action", action);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "action", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), question, question_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}
