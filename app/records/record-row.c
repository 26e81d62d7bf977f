/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "records/record-row.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "base/number-text.h"
#include "form-style.h"
#include "widgets/held-text.h"
#include "widgets/wrapped-label.h"

struct _SobanRecordRowWidget {
  GtkBox parent_instance;

  SobanStore *store;
  SobanRecordItem *item; /* (nullable) */
  GtkWidget *icon;
  GtkWidget *title;
  GtkWidget *detail;
  char *style; /* (nullable): css class of the form shown */
  gboolean open; /* beside the list */
};

G_DEFINE_FINAL_TYPE (SobanRecordRowWidget, soban_record_row_widget, GTK_TYPE_BOX)

/* Lines break between these parts only, and none begins with the dot. */
static void
append_part (GString *text, const char *part)
{
  g_autofree char *held = soban_held_text (part);

  g_string_append_printf (text, "%s%s", text->len == 0 ? "" : SOBAN_NO_BREAK "· ", held);
}

static char *
describe_detail (SobanStore *store, const SobanRecordRow *row)
{
  g_autofree char *date = soban_date_text (row->date, soban_language_get ());
  g_autoptr (GString) text = g_string_new (soban_form_style_name_in (store, row->form));

  if (*date != '\0') {
    append_part (text, date);
  }
  if (row->deleted) {
    append_part (text, _("deleted"));
  } else if (row->needs_look) {
    append_part (text, _("needs a look"));
  } else if (row->delivery == SOBAN_RECORD_WAITING) {
    append_part (text, _("not sent yet"));
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Titles are made when a record is saved: their parts begin with the dot, too. */
static char *
hold_dots (const char *title)
{
  g_auto (GStrv) parts = g_strsplit (title, " · ", -1);

  return g_strjoinv (SOBAN_NO_BREAK "· ", parts);
}

static void
set_name (SobanRecordRowWidget *self, const char *name)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));

  /* Rows of a GtkListView have no accessible name of their own before 4.12. */
  if (parent != NULL) {
    gtk_accessible_update_property (GTK_ACCESSIBLE (parent), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  }
}

static void
set_style (SobanRecordRowWidget *self, const char *form)
{
  if (self->style != NULL) {
    gtk_widget_remove_css_class (self->icon, self->style);
  }
  g_free (self->style);
  self->style = form == NULL ? NULL : soban_form_style_class (form);
  if (self->style != NULL) {
    gtk_widget_add_css_class (self->icon, self->style);
  }
}

static void
show (SobanRecordRowWidget *self)
{
  const SobanRecordRow *row = self->item == NULL ? NULL : soban_record_item_get_row (self->item);
  g_autofree char *detail = NULL;
  g_autofree char *held = NULL;
  g_autoptr (GString) spoken = NULL;
  const char *title;

  if (row == NULL) {
    gtk_label_set_text (GTK_LABEL (self->title), "…");
    gtk_label_set_text (GTK_LABEL (self->detail), "");
    return;
  }
  title = *row->title == '\0' ? soban_form_style_name_in (self->store, row->form) : row->title;
  detail = describe_detail (self->store, row);
  held = hold_dots (title);
  spoken = g_string_new (self->open ? _("Open beside") : "");
  g_string_append_printf (spoken, "%s%s, %s", self->open ? ": " : "", title, detail);
  g_string_replace (spoken, SOBAN_NO_BREAK, " ", 0);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), soban_form_style_icon (self->store, row->form));
  set_style (self, row->form);
  gtk_label_set_text (GTK_LABEL (self->title), held);
  gtk_label_set_text (GTK_LABEL (self->detail), detail);
  if (row->needs_look) {
    gtk_widget_add_css_class (self->detail, "needs-look");
  } else {
    gtk_widget_remove_css_class (self->detail, "needs-look");
  }
  set_name (self, spoken->str);
}

void
soban_record_row_widget_set_item (SobanRecordRowWidget *self, SobanRecordItem *item)
{
  if (self->item != NULL) {
    g_signal_handlers_disconnect_by_data (self->item, self);
  }
  g_set_object (&self->item, item);
  if (item != NULL) {
    g_signal_connect_object (item, "loaded", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
    show (self);
  }
}

SobanRecordItem *
soban_record_row_widget_get_item (SobanRecordRowWidget *self)
{
  return self->item;
}

void
soban_record_row_widget_set_open (SobanRecordRowWidget *self, gboolean open)
{
  if (self->open == open) {
    return;
  }
  self->open = open;
  if (open) {
    gtk_widget_add_css_class (GTK_WIDGET (self), "open");
  } else {
    gtk_widget_remove_css_class (GTK_WIDGET (self), "open");
  }
  if (self->item != NULL) {
    show (self);
  }
}

static void
soban_record_row_widget_dispose (GObject *object)
{
  SobanRecordRowWidget *self = SOBAN_RECORD_ROW_WIDGET (object);

  soban_record_row_widget_set_item (self, NULL);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (soban_record_row_widget_parent_class)->dispose (object);
}

static void
soban_record_row_widget_finalize (GObject *object)
{
  g_free (SOBAN_RECORD_ROW_WIDGET (object)->style);
  G_OBJECT_CLASS (soban_record_row_widget_parent_class)->finalize (object);
}

static void
soban_record_row_widget_class_init (SobanRecordRowWidgetClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = soban_record_row_widget_dispose;
  G_OBJECT_CLASS (klass)->finalize = soban_record_row_widget_finalize;
}

static void
soban_record_row_widget_init (SobanRecordRowWidget *self)
{
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  gtk_box_set_spacing (GTK_BOX (self), 12);
  gtk_widget_add_css_class (GTK_WIDGET (self), "record-row");
  self->icon = gtk_image_new ();
  gtk_widget_set_valign (self->icon, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->icon, "form-icon");
  gtk_widget_add_css_class (self->icon, "small");
  self->title = soban_wrapped_label_new (NULL, "record-title");
  self->detail = soban_wrapped_label_new (NULL, "record-detail");
  gtk_widget_set_hexpand (lines, TRUE);
  gtk_widget_set_valign (lines, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (lines), self->title);
  gtk_box_append (GTK_BOX (lines), self->detail);
  gtk_box_append (GTK_BOX (self), self->icon);
  gtk_box_append (GTK_BOX (self), lines);
}

GtkWidget *
soban_record_row_widget_new (SobanStore *store)
{
  SobanRecordRowWidget *self = g_object_new (SOBAN_TYPE_RECORD_ROW_WIDGET, NULL);

  self->store = g_object_ref (store);
  return GTK_WIDGET (self);
}
