/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/listen-button.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"

/* On the window: the button that sounds now. */
#define SOUNDING_KEY "soban-sounding"

struct _SobanListenButton {
  GtkButton parent_instance;

  GtkImage *icon;
  GtkLabel *label; /* (nullable) */
  char *text;      /* (nullable) */
  char *name;
  SobanListenFunc func;
  gpointer data;
  GDestroyNotify destroy;
  SobanVoice *voice; /* (nullable): what sounds */
};

G_DEFINE_FINAL_TYPE (SobanListenButton, soban_listen_button, GTK_TYPE_BUTTON)

gboolean
soban_listen_button_is_sounding (SobanListenButton *self)
{
  return self->voice != NULL;
}

static void
show_state (SobanListenButton *self)
{
  gboolean sounding = self->voice != NULL;
  g_autofree char *stopping = g_strdup_printf (_("Stop: %s"), self->name);

  gtk_image_set_from_icon_name (self->icon, sounding ? "media-playback-stop-symbolic" : "audio-volume-high-symbolic");
  if (self->label != NULL) {
    gtk_label_set_text (self->label, sounding ? _("Stop") : self->text);
  }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, sounding ? stopping : self->name, -1);
}

static void
forget_voice (SobanListenButton *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (root != NULL && g_object_get_data (G_OBJECT (root), SOUNDING_KEY) == self) {
    g_object_set_data (G_OBJECT (root), SOUNDING_KEY, NULL);
  }
  g_signal_handlers_disconnect_by_data (self->voice, self);
  g_clear_object (&self->voice);
  show_state (self);
}

static void
stop (SobanListenButton *self)
{
  if (self->voice != NULL) {
    soban_voice_stop (self->voice);
    forget_voice (self);
  }
}

static const char *
describe (const GError *error)
{
  if (g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND)) {
    return _("The sound that belongs here has not come to this tablet.");
  }
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
             ? _("This tablet has no program that can play it. Ask whoever looks after the tablet.")
             : _("It could not be played.");
}

static void
on_ended (SobanVoice *voice, const GError *error, SobanListenButton *self)
{
  forget_voice (self);
  if (error != NULL) {
    const char *sentence = describe (error);

    if (self->label != NULL) {
      gtk_label_set_text (self->label, sentence);
    }
    gtk_widget_activate_action (GTK_WIDGET (self), "win.tell", "s", sentence);
  }
}

static void
start (SobanListenButton *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  SobanListenButton *other = g_object_get_data (G_OBJECT (root), SOUNDING_KEY);

  if (other != NULL) {
    stop (other);
  }
  self->voice = self->func (self->data);
  g_object_set_data (G_OBJECT (root), SOUNDING_KEY, self);
  g_signal_connect (self->voice, "ended", G_CALLBACK (on_ended), self);
  show_state (self);
  soban_voice_start (self->voice);
}

static void
clicked (GtkButton *button)
{
  SobanListenButton *self = SOBAN_LISTEN_BUTTON (button);

  if (self->voice != NULL) {
    stop (self);
  } else {
    start (self);
  }
}

static void
unmap (GtkWidget *widget)
{
  stop (SOBAN_LISTEN_BUTTON (widget));
  GTK_WIDGET_CLASS (soban_listen_button_parent_class)->unmap (widget);
}

static void
soban_listen_button_finalize (GObject *object)
{
  SobanListenButton *self = SOBAN_LISTEN_BUTTON (object);

  if (self->destroy != NULL) {
    self->destroy (self->data);
  }
  g_free (self->text);
  g_free (self->name);
  G_OBJECT_CLASS (soban_listen_button_parent_class)->finalize (object);
}

static void
soban_listen_button_class_init (SobanListenButtonClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = soban_listen_button_finalize;
  GTK_WIDGET_CLASS (klass)->unmap = unmap;
  GTK_BUTTON_CLASS (klass)->clicked = clicked;
}

static void
soban_listen_button_init (SobanListenButton *self)
{
}

GtkWidget *
soban_listen_button_new (const char *text, const char *name, SobanListenFunc func, gpointer data, GDestroyNotify destroy)
{
  SobanListenButton *self = g_object_new (SOBAN_TYPE_LISTEN_BUTTON, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->text = g_strdup (text);
  self->name = g_strdup (name);
  self->func = func;
  self->data = data;
  self->destroy = destroy;
  self->icon = GTK_IMAGE (gtk_image_new ());
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->icon));
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  if (text != NULL) {
    self->label = GTK_LABEL (gtk_label_new (text));
    gtk_label_set_wrap (self->label, TRUE);
    gtk_label_set_xalign (self->label, 0);
    gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->label));
  } else {
    gtk_widget_set_tooltip_text (GTK_WIDGET (self), name);
    gtk_widget_add_css_class (GTK_WIDGET (self), "flat");
  }
  gtk_widget_add_css_class (GTK_WIDGET (self), "listen");
  gtk_button_set_child (GTK_BUTTON (self), box);
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_START);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  show_state (self);
  return GTK_WIDGET (self);
}
