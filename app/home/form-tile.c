/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "home/form-tile.h"

#include <glib/gi18n-lib.h>

#include "form-style.h"
#include "widgets/wrapped-label.h"

struct _SobanFormTile {
  AdwBin parent_instance;

  GtkWidget *button;
  GtkWidget *count;
  gboolean registry;
  const char *name;
  const SobanFormEntry *entry;
};

G_DEFINE_FINAL_TYPE (SobanFormTile, soban_form_tile, ADW_TYPE_BIN)

const SobanFormEntry *
soban_form_tile_get_entry (SobanFormTile *self)
{
  g_return_val_if_fail (SOBAN_IS_FORM_TILE (self), NULL);
  return self->entry;
}

void
soban_form_tile_set_count (SobanFormTile *self, gint64 count)
{
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;

  g_return_if_fail (SOBAN_IS_FORM_TILE (self));
  if (self->registry) {
    text = g_strdup_printf (ngettext ("%u entry", "%u entries", (guint)count), (guint)count);
  } else if (count > 0) {
    text = g_strdup_printf (_("%u this month"), (guint)count);
  } else {
    text = g_strdup (_("none this month"));
  }
  gtk_label_set_text (GTK_LABEL (self->count), text);
  name = g_strdup_printf ("%s, %s", self->name, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static GtkWidget *
new_label (const char *text, const char *class)
{
  GtkWidget *label = soban_wrapped_label_new (text, class);

  gtk_label_set_max_width_chars (GTK_LABEL (label), 16);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  return label;
}

static void
soban_form_tile_class_init (SobanFormTileClass *klass)
{
}

static void
soban_form_tile_init (SobanFormTile *self)
{
}

GtkWidget *
soban_form_tile_new (const SobanFormEntry *entry)
{
  SobanFormTile *self = g_object_new (SOBAN_TYPE_FORM_TILE, NULL);
  gboolean registry = entry->kind == SOBAN_FORM_REGISTRY;
  GtkWidget *box = gtk_box_new (registry ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *icon = gtk_image_new_from_icon_name (entry->icon_name);
  g_autofree char *class = soban_form_style_class (entry->id);

  self->entry = entry;
  self->registry = registry;
  self->name = soban_form_style_entry_name (entry);
  self->count = new_label (NULL, "tile-count");
  gtk_widget_add_css_class (icon, "form-icon");
  gtk_widget_add_css_class (icon, class);
  gtk_widget_set_halign (icon, GTK_ALIGN_START);
  gtk_widget_set_valign (icon, GTK_ALIGN_CENTER);
  gtk_widget_set_vexpand (lines, TRUE);
  gtk_widget_set_hexpand (lines, TRUE);
  gtk_widget_set_valign (lines, registry ? GTK_ALIGN_CENTER : GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (lines), new_label (self->name, "tile-name"));
  gtk_box_append (GTK_BOX (lines), self->count);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), lines);
  self->button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->button), box);
  gtk_widget_add_css_class (self->button, "card");
  gtk_widget_add_css_class (self->button, registry ? "registry-tile" : "tile");
  if (registry) {
    gtk_widget_add_css_class (icon, "small");
  }
  /* A register is looked into more often than added to; its list has the button to add. */
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->button), "s", entry->id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), registry ? "win.records" : "win.new");
  adw_bin_set_child (ADW_BIN (self), self->button);
  soban_form_tile_set_count (self, 0);
  return GTK_WIDGET (self);
}
