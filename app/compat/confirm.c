/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compat/confirm.h"

#include "em.h"

#define SIDES 96 /* px: beside a text, to the edges of the screen */
#define WIDTH_EM_MAX 24
#define HEADING_SCALE 1.4 /* of the heading's letters */
/* Above and below the texts: edges, and two answers below each other. */
#define ENDS 112 /* px */
#define ENDS_EM 3
#define SHORT_EM_MAX 9 /* a text that a dialog shows as its own */
#define OWN_WIDTH 300 /* px: libadwaita's, of such a text */
#define BODY_EM_MIN 3

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

/* px: how high @text is in the letters of @parent, @scale times as large. */
static int
measure_text (GtkWidget *parent, const char *text, int width, double scale)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (parent, text);
  PangoAttrList *attributes = pango_attr_list_new ();
  int height;

  pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  pango_layout_set_width (layout, width * PANGO_SCALE);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_get_pixel_size (layout, NULL, &height);
  return height;
}

static GtkWidget *
new_label (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);
  gboolean listed = strstr (text, "\n•") != NULL;

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (GTK_LABEL (label), listed ? GTK_JUSTIFY_LEFT : GTK_JUSTIFY_CENTER);
  gtk_label_set_xalign (GTK_LABEL (label), listed ? 0 : 0.5f);
  if (style != NULL) {
    gtk_widget_add_css_class (label, style);
  }
  return label;
}

/* A dialog's own body does not scroll: with a long text it would be higher than a small tablet. @heading: (nullable): scrolls along. */
static GtkWidget *
new_body (const char *heading, const char *text, int width, int height)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  if (heading != NULL) {
    gtk_box_append (GTK_BOX (box), new_label (heading, "heading"));
  }
  gtk_box_append (GTK_BOX (box), new_label (text, NULL));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scroller), height);
  gtk_widget_set_size_request (scroller, width, -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  return scroller;
}

/* As high as its texts where they have room, else what there is; where not even the heading has, that is scrolled, too. */
static void
set_texts (AdwMessageDialog *dialog, GtkWidget *parent, const char *heading, const char *body)
{
  double em = soban_em (parent);
  int width = MIN (gtk_widget_get_width (parent) - SIDES, (int)(WIDTH_EM_MAX * em));
  int heading_height = measure_text (parent, heading, width, HEADING_SCALE);
  int body_height = measure_text (parent, body, width, 1);
  int own_height = measure_text (parent, body, MIN (width, OWN_WIDTH), 1);
  int own_heading_height = measure_text (parent, heading, MIN (width, OWN_WIDTH), HEADING_SCALE);
  int room = gtk_widget_get_height (parent) - (int)(ENDS_EM * em) - ENDS;

  if (own_height <= room - own_heading_height && own_height <= SHORT_EM_MAX * em && strstr (body, "\n•") == NULL) {
    adw_message_dialog_set_heading (dialog, heading);
    adw_message_dialog_set_body (dialog, body);
  } else if (room - heading_height >= BODY_EM_MIN * em) {
    adw_message_dialog_set_heading (dialog, heading);
    adw_message_dialog_set_extra_child (dialog, new_body (NULL, body, width, MIN (body_height, room - heading_height)));
  } else {
    gtk_window_set_title (GTK_WINDOW (dialog), heading);
    adw_message_dialog_set_extra_child (dialog, new_body (heading, body, width, MIN (heading_height + body_height, MAX (room, (int)(2 * em)))));
  }
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
  set_texts (ADW_MESSAGE_DIALOG (dialog), GTK_WIDGET (root), heading, body);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "cancel", cancel);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "action", action);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "action", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), question, question_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}
