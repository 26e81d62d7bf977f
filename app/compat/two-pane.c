/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compat/two-pane.h"

struct _SobanTwoPane {
  AdwBin parent_instance;

  AdwLeaflet *leaflet;
  GtkWidget *list;
  GtkWidget *content;
};

enum { PROP_FOLDED = 1, N_PROPS };

G_DEFINE_FINAL_TYPE (SobanTwoPane, soban_two_pane, ADW_TYPE_BIN)

gboolean
soban_two_pane_get_folded (SobanTwoPane *self)
{
  g_return_val_if_fail (SOBAN_IS_TWO_PANE (self), FALSE);
  return adw_leaflet_get_folded (self->leaflet);
}

void
soban_two_pane_show_list (SobanTwoPane *self)
{
  g_return_if_fail (SOBAN_IS_TWO_PANE (self));
  adw_leaflet_set_visible_child (self->leaflet, self->list);
}

void
soban_two_pane_show_content (SobanTwoPane *self)
{
  g_return_if_fail (SOBAN_IS_TWO_PANE (self));
  adw_leaflet_set_visible_child (self->leaflet, self->content);
}

gboolean
soban_two_pane_get_content_alone (SobanTwoPane *self)
{
  g_return_val_if_fail (SOBAN_IS_TWO_PANE (self), FALSE);
  return adw_leaflet_get_folded (self->leaflet) && adw_leaflet_get_visible_child (self->leaflet) == self->content;
}

static void
on_notify_folded (SobanTwoPane *self)
{
  g_object_notify (G_OBJECT (self), "folded");
}

static void
soban_two_pane_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_assert (id == PROP_FOLDED);
  g_value_set_boolean (value, soban_two_pane_get_folded (SOBAN_TWO_PANE (object)));
}

static void
soban_two_pane_class_init (SobanTwoPaneClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = soban_two_pane_get_property;
  g_object_class_install_property (
      G_OBJECT_CLASS (klass), PROP_FOLDED,
      g_param_spec_boolean ("folded", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
soban_two_pane_init (SobanTwoPane *self)
{
  self->leaflet = ADW_LEAFLET (adw_leaflet_new ());
  adw_leaflet_set_transition_type (self->leaflet, ADW_LEAFLET_TRANSITION_TYPE_SLIDE);
  adw_leaflet_set_homogeneous (self->leaflet, FALSE);
  g_signal_connect_object (self->leaflet, "notify::folded", G_CALLBACK (on_notify_folded), self, G_CONNECT_SWAPPED);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->leaflet));
}

GtkWidget *
soban_two_pane_new (GtkWidget *list, GtkWidget *content)
{
  SobanTwoPane *self = g_object_new (SOBAN_TYPE_TWO_PANE, NULL);
  GtkWidget *line = gtk_separator_new (GTK_ORIENTATION_VERTICAL);

  self->list = list;
  self->content = content;
  gtk_widget_set_hexpand (content, TRUE);
  adw_leaflet_append (self->leaflet, list);
  adw_leaflet_page_set_navigatable (adw_leaflet_append (self->leaflet, line), FALSE);
  adw_leaflet_append (self->leaflet, content);
  return GTK_WIDGET (self);
}
