/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/picture-page.h"

#include <glib/gi18n-lib.h>

#include "base/limits.h"
#include "widgets/picture-view.h"

struct _SobanPicturePage {
  AdwBin parent_instance;

  GtkWidget *back;
};

G_DEFINE_FINAL_TYPE (SobanPicturePage, soban_picture_page, ADW_TYPE_BIN)

static gboolean
grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (SOBAN_PICTURE_PAGE (widget)->back);
}

static void
soban_picture_page_class_init (SobanPicturePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->grab_focus = grab_focus;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.back", NULL);
}

static void
soban_picture_page_init (SobanPicturePage *self)
{
}

static GtkWidget *
new_header (SobanPicturePage *self)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *title = gtk_label_new (_("A picture"));

  gtk_widget_add_css_class (title, "title");
  self->back = gtk_button_new_from_icon_name ("go-previous-symbolic");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->back), "win.back");
  gtk_widget_set_tooltip_text (self->back, _("Back"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->back), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Back"), -1);
  adw_header_bar_set_decoration_layout (ADW_HEADER_BAR (header), ":close");
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), title);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), self->back);
  return header;
}

/* What it shows: a header bar has no room for a whole question. */
static GtkWidget *
new_caption (const char *text)
{
  GtkWidget *caption = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (caption), TRUE);
  gtk_label_set_justify (GTK_LABEL (caption), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (caption, "picture-caption");
  return caption;
}

GtkWidget *
soban_picture_page_new (SobanStore *store, const SobanFileSource *source, const char *title)
{
  SobanPicturePage *self = g_object_new (SOBAN_TYPE_PICTURE_PAGE, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *window = gtk_scrolled_window_new ();
  GtkWidget *picture = soban_picture_view_new (store, SOBAN_PICTURE_SIDE_PX_MAX);

  gtk_widget_set_halign (picture, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (picture, GTK_ALIGN_CENTER);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (window), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (window), picture);
  gtk_widget_set_vexpand (window, TRUE);
  gtk_box_append (GTK_BOX (box), new_header (self));
  gtk_box_append (GTK_BOX (box), window);
  gtk_box_append (GTK_BOX (box), new_caption (title));
  adw_bin_set_child (ADW_BIN (self), box);
  soban_picture_view_show (SOBAN_PICTURE_VIEW (picture), source, NULL, title);
  return GTK_WIDGET (self);
}
