/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "conflicts/look-card.h"

#include <glib/gi18n-lib.h>

#include "compat/wrap-labels.h"
#include "form-style.h"
#include "trouble/trouble-text.h"
#include "widgets/wrapped-label.h"

typedef struct {
  SobanUuid id;
  char *path, *value;
} Decision;

static void
decision_free (gpointer data)
{
  Decision *decision = data;

  g_free (decision->path);
  g_free (decision->value);
  g_free (decision);
}

static Decision *
decision_new (const SobanUuid *id, const char *path, const char *value)
{
  Decision *decision = g_new0 (Decision, 1);

  decision->id = *id;
  decision->path = g_strdup (path);
  decision->value = g_strdup (value);
  return decision;
}

static gboolean
run_decision (SobanStore *store, gpointer data, GError **error)
{
  const Decision *decision = data;

  return soban_store_settle (store, &decision->id, decision->path, decision->value, error);
}

static void
on_decided (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) card = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  if (soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    sentence = g_strdup (_("Decided. The other answer stays in the history."));
  } else {
    sentence = soban_trouble_text (error);
    gtk_widget_set_sensitive (card, TRUE);
  }
  gtk_widget_activate_action (card, "win.tell", "s", sentence);
}

static void
on_choose_clicked (GtkWidget *button, SobanStore *store)
{
  const Decision *decision = g_object_get_data (G_OBJECT (button), "soban-decision");
  GtkWidget *card = gtk_widget_get_ancestor (button, GTK_TYPE_FRAME);

  gtk_widget_set_sensitive (card, FALSE);
  soban_store_run_async (store, run_decision, decision_new (&decision->id, decision->path, decision->value), decision_free,
                         NULL, on_decided, g_object_ref (card));
}

static GtkWidget *
append_line (GtkWidget *box, const char *text, const char *class)
{
  GtkWidget *label = soban_wrapped_label_new (text, class);

  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static void
make_button (GtkWidget *button, const char *name)
{
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_set_margin_top (button, 4);
  gtk_widget_add_css_class (button, "tall");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
append_answer (GtkWidget *box, SobanStore *store, const SobanLookItem *item, const SobanLookAnswer *answer)
{
  const char *verb = answer->shown ? _("Keep this") : _("Take this");
  g_autofree char *name = g_strdup_printf ("%s: %s, %s", verb, answer->text, item->question);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *button = gtk_button_new_with_label (verb);

  gtk_widget_add_css_class (row, "answer-row");
  append_line (row, answer->text, "answer-text");
  if (answer->shown) {
    append_line (row, _("In the record now"), "answer-shown");
  }
  append_line (row, answer->who, "answer-label");
  if (answer->doubt != NULL) {
    append_line (row, answer->doubt, "answer-doubt");
  }
  make_button (button, name);
  g_object_set_data_full (G_OBJECT (button), "soban-decision", decision_new (&item->id, item->path, answer->value),
                          decision_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_choose_clicked), store, 0);
  gtk_box_append (GTK_BOX (row), button);
  gtk_box_append (GTK_BOX (box), row);
}

/* The heading opens the record. */
static GtkWidget *
new_heading (SobanStore *store, const SobanLookItem *item)
{
  const char *form = soban_form_style_name_in (store, item->form);
  const char *title = *item->title == '\0' ? form : item->title;
  g_autofree char *id = soban_uuid_to_string (&item->id);
  g_autofree char *name = g_strdup_printf (_("Open the record: %s, %s"), title, form);
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  append_line (lines, title, "record-title");
  append_line (lines, form, "record-detail");
  gtk_widget_set_hexpand (lines, TRUE);
  gtk_box_append (GTK_BOX (box), lines);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "answer-row");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.look-record");
  return button;
}

static void
append_wrong (GtkWidget *box, const SobanLookItem *item)
{
  GtkWidget *button = gtk_button_new_with_label (_("Correct the record"));
  g_autofree char *id = soban_uuid_to_string (&item->id);
  g_autofree char *name = g_strdup_printf ("%s: %s", _("Correct the record"), item->title);
  g_autofree char *more = g_strdup_printf (ngettext ("and %u more answer", "and %u more answers", item->more), item->more);

  append_line (box, item->question, "answer-problem");
  if (item->more > 0) {
    append_line (box, more, "answer-label");
  }
  make_button (button, name);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.edit");
  gtk_box_append (GTK_BOX (box), button);
}

GtkWidget *
soban_look_card_new (SobanStore *store, const SobanLookItem *item)
{
  GtkWidget *card = gtk_frame_new (NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *asked = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  gtk_widget_add_css_class (card, "look-card");
  gtk_widget_add_css_class (box, "answers");
  gtk_widget_add_css_class (asked, "answer-row");
  gtk_box_append (GTK_BOX (box), new_heading (store, item));
  if (item->path == NULL) {
    append_wrong (asked, item);
  } else {
    append_line (asked, _("Two answers, neither knowing of the other:"), "answer-label");
    append_line (asked, item->question, "question-title");
  }
  gtk_box_append (GTK_BOX (box), asked);
  for (guint i = 0; i < item->answers->len; i++) {
    append_answer (box, store, item, g_ptr_array_index (item->answers, i));
  }
  gtk_frame_set_child (GTK_FRAME (card), box);
  soban_wrap_labels (card);
  return card;
}

void
soban_look_card_focus (GtkWidget *card)
{
  gtk_widget_child_focus (card, GTK_DIR_TAB_FORWARD);
}
