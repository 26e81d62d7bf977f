/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "entry/choice-rows.h"

#include "entry/question-media.h"
#include "widgets/wrapped-label.h"

#define VALUE_KEY "soban-value"

/* Of the picture at a choice. */
#define CHOICE_PICTURE_SIDE_MAX 160

struct _SobanChoiceRows {
  SobanEntry *entry; /* (unowned) */
  GtkWidget *box;
  GPtrArray *buttons; /* (element-type GtkCheckButton) */
  gboolean radio;
  gboolean showing;
  char *signature; /* values and labels of the rows as made */
  SobanChoiceToggledFunc func;
  gpointer data;
};

static void
on_toggled (GtkCheckButton *button, SobanChoiceRows *self)
{
  gboolean active = gtk_check_button_get_active (button);
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (button));
  GtkWidget *row = parent == self->box ? GTK_WIDGET (button) : parent;

  if (active) {
    gtk_widget_add_css_class (row, "chosen");
  } else {
    gtk_widget_remove_css_class (row, "chosen");
  }
  if (!self->showing) {
    self->func (self, g_object_get_data (G_OBJECT (button), VALUE_KEY), active, self->data);
  }
}

/* The words of a choice, below them its picture. */
static GtkWidget *
new_words (SobanChoiceRows *self, const char *text, const SobanMedia *media)
{
  GtkWidget *label = soban_wrapped_label_new (text, NULL);
  GtkWidget *picture = media == NULL ? NULL : soban_media_picture_new (self->entry, media, text, CHOICE_PICTURE_SIDE_MAX);
  GtkWidget *box;

  gtk_widget_set_hexpand (label, TRUE);
  if (picture == NULL) {
    return label;
  }
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), picture);
  return box;
}

/* (transfer floating): @button, beside it the button that plays the choice where it has a sound. */
static GtkWidget *
new_row (SobanChoiceRows *self, GtkWidget *button, const char *text, const SobanMedia *media)
{
  GtkWidget *sound = media == NULL ? NULL : soban_media_sound_new (self->entry, media, NULL, text);
  GtkWidget *row;

  if (sound == NULL) {
    return button;
  }
  row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_add_css_class (row, "choice-row");
  gtk_widget_set_hexpand (button, TRUE);
  gtk_box_append (GTK_BOX (row), button);
  gtk_box_append (GTK_BOX (row), sound);
  return row;
}

static void
add_row (SobanChoiceRows *self, const char *value, const char *text, const SobanMedia *media)
{
  /* GTK 4.8 calls every check button a check box, in a group too. */
  GtkWidget *button = g_object_new (GTK_TYPE_CHECK_BUTTON, "accessible-role",
                                    self->radio ? GTK_ACCESSIBLE_ROLE_RADIO : GTK_ACCESSIBLE_ROLE_CHECKBOX, NULL);

  gtk_check_button_set_child (GTK_CHECK_BUTTON (button), new_words (self, text, media));
  gtk_widget_add_css_class (button, "choice");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  g_object_set_data_full (G_OBJECT (button), VALUE_KEY, g_strdup (value), g_free);
  if (self->radio && self->buttons->len > 0) {
    gtk_check_button_set_group (GTK_CHECK_BUTTON (button), g_ptr_array_index (self->buttons, 0));
  }
  g_signal_connect (button, "toggled", G_CALLBACK (on_toggled), self);
  g_ptr_array_add (self->buttons, button);
  gtk_box_append (GTK_BOX (self->box), new_row (self, button, text, media));
}

static gboolean
is_offered (GPtrArray *choices, const char *value)
{
  for (guint i = 0; i < choices->len; i++) {
    const SobanChoice *choice = g_ptr_array_index (choices, i);

    if (g_str_equal (choice->value, value)) {
      return TRUE;
    }
  }
  return FALSE;
}

static char *
make_signature (GPtrArray *choices, const char *const *chosen)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < choices->len; i++) {
    const SobanChoice *choice = g_ptr_array_index (choices, i);
    g_autofree char *media = soban_media_make_signature (&choice->media);

    g_string_append_printf (text, "%s\t%s\t%s\n", choice->value, choice->label, media);
  }
  for (guint i = 0; chosen[i] != NULL; i++) {
    if (*chosen[i] != '\0' && !is_offered (choices, chosen[i])) {
      g_string_append_printf (text, "%s\n", chosen[i]);
    }
  }
  return g_string_free (text, FALSE);
}

static void
make_rows (SobanChoiceRows *self, GPtrArray *choices, const char *const *chosen)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->box)) != NULL) {
    gtk_box_remove (GTK_BOX (self->box), child);
  }
  g_ptr_array_set_size (self->buttons, 0);
  for (guint i = 0; i < choices->len; i++) {
    const SobanChoice *choice = g_ptr_array_index (choices, i);

    /* One that is a picture alone is called by its value. */
    add_row (self, choice->value, *choice->label == '\0' ? choice->value : choice->label, &choice->media);
  }
  for (guint i = 0; chosen[i] != NULL; i++) {
    if (*chosen[i] != '\0' && !is_offered (choices, chosen[i])) {
      add_row (self, chosen[i], chosen[i], NULL);
    }
  }
}

void
soban_choice_rows_show (SobanChoiceRows *self, GPtrArray *choices, const char *const *chosen)
{
  g_autofree char *signature = make_signature (choices, chosen);

  self->showing = TRUE;
  if (g_strcmp0 (signature, self->signature) != 0) {
    make_rows (self, choices, chosen);
    g_free (self->signature);
    self->signature = g_steal_pointer (&signature);
  }
  for (guint i = 0; i < self->buttons->len; i++) {
    GtkCheckButton *button = g_ptr_array_index (self->buttons, i);

    gtk_check_button_set_active (button, g_strv_contains (chosen, g_object_get_data (G_OBJECT (button), VALUE_KEY)));
  }
  gtk_widget_set_visible (self->box, self->buttons->len > 0);
  self->showing = FALSE;
}

GtkWidget *
soban_choice_rows_get_widget (SobanChoiceRows *self)
{
  return self->box;
}

SobanChoiceRows *
soban_choice_rows_new (SobanEntry *entry, gboolean radio, SobanChoiceToggledFunc func, gpointer data)
{
  SobanChoiceRows *self = g_new0 (SobanChoiceRows, 1);

  self->entry = entry;
  self->radio = radio;
  self->func = func;
  self->data = data;
  self->buttons = g_ptr_array_new ();
  self->box = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  gtk_widget_add_css_class (self->box, "card");
  gtk_widget_add_css_class (self->box, "choices");
  return self;
}

void
soban_choice_rows_free (SobanChoiceRows *self)
{
  /* The buttons may live on for a moment; they must not call into what is freed. */
  for (guint i = 0; i < self->buttons->len; i++) {
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->buttons, i), self);
  }
  g_ptr_array_unref (self->buttons);
  g_object_unref (self->box);
  g_free (self->signature);
  g_free (self);
}
