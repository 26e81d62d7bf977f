/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/picture-view.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "compat/page-stack.h"
#include "media/picture.h"
#include "widgets/picture-area.h"
#include "widgets/picture-page.h"
#include "widgets/wrapped-label.h"

struct _SobanPictureView {
  GtkBox parent_instance;

  SobanStore *store;
  int side_max;
  SobanFileSource *source; /* (nullable): what is shown, or being read */
  SobanFileSource *larger; /* (nullable) */
  char *alt;
  guint serial; /* of the reading under way; an answer to an older one is dropped */
};

G_DEFINE_FINAL_TYPE (SobanPictureView, soban_picture_view, GTK_TYPE_BOX)

typedef struct {
  SobanPictureView *self;
  guint serial;
  SobanFileSource *source;
  int side_px_max, density;
  GdkTexture *texture;
} Reading;

static void
reading_free (Reading *reading)
{
  g_object_unref (reading->self);
  soban_file_source_free (reading->source);
  g_clear_object (&reading->texture);
  g_free (reading);
}

static void
clear (SobanPictureView *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL) {
    gtk_box_remove (GTK_BOX (self), child);
  }
}

static void
on_clicked (SobanPictureView *self)
{
  GtkWidget *stack = gtk_widget_get_ancestor (GTK_WIDGET (self), SOBAN_TYPE_PAGE_STACK);

  if (stack != NULL) {
    GtkWidget *page = soban_picture_page_new (self->store, self->larger, self->alt);

    soban_page_stack_push (SOBAN_PAGE_STACK (stack), page);
    gtk_widget_grab_focus (page);
  }
}

static void
show_texture (SobanPictureView *self, GdkTexture *texture, int density)
{
  GtkWidget *area = soban_picture_area_new ();
  g_autofree char *name = g_strdup_printf (_("See it larger: %s"), self->alt);
  GtkWidget *button;

  soban_picture_area_show (SOBAN_PICTURE_AREA (area), texture, density, self->alt);
  gtk_widget_set_halign (area, GTK_ALIGN_START);
  if (self->larger == NULL) {
    gtk_box_append (GTK_BOX (self), area);
    return;
  }
  button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (button), area);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_add_css_class (button, "picture");
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _("See it larger"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_clicked), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self), button);
}

static const char *
describe (const SobanFileSource *source, const GError *error)
{
  if (!g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND)) {
    return _("The picture cannot be shown: its file is damaged.");
  }
  return source->form == NULL ? _("The picture is on another tablet. It is not lost.")
                              : _("The picture that belongs here has not come to this tablet.");
}

static void
show_words (SobanPictureView *self, const char *text)
{
  GtkWidget *label = soban_wrapped_label_new (text, "picture-words");

  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (self), label);
}

/* On a worker. */
static gboolean
run_reading (SobanStore *store, gpointer data, GError **error)
{
  Reading *reading = data;
  g_autoptr (GBytes) bytes = soban_file_source_read (reading->source, store, error);

  if (bytes != NULL) {
    reading->texture = soban_picture_decode_texture (bytes, reading->side_px_max, error);
  }
  return reading->texture != NULL;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Reading *reading = data;
  SobanPictureView *self = reading->self;
  g_autoptr (GError) error = NULL;
  gboolean ok = soban_store_run_finish (SOBAN_STORE (source), result, &error);

  if (reading->serial == self->serial && self->store != NULL) {
    clear (self);
    if (ok) {
      show_texture (self, reading->texture, reading->density);
    } else {
      g_debug ("Picture %s: %s", reading->source->name, error->message);
      show_words (self, describe (reading->source, error));
    }
  }
  reading_free (reading);
}

void
soban_picture_view_show (SobanPictureView *self, const SobanFileSource *source, const SobanFileSource *larger, const char *alt)
{
  Reading *reading;

  g_return_if_fail (SOBAN_IS_PICTURE_VIEW (self) && source != NULL);
  if (soban_file_source_equal (self->source, source) && soban_file_source_equal (self->larger, larger)
      && g_strcmp0 (self->alt, alt) == 0) {
    return;
  }
  soban_file_source_free (self->source);
  soban_file_source_free (self->larger);
  g_free (self->alt);
  self->source = soban_file_source_copy (source);
  self->larger = larger == NULL ? NULL : soban_file_source_copy (larger);
  self->alt = g_strdup (alt);
  reading = g_new0 (Reading, 1);
  reading->self = g_object_ref (self);
  reading->serial = ++self->serial;
  reading->source = soban_file_source_copy (source);
  reading->density = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  reading->side_px_max = self->side_max * reading->density;
  soban_store_run_async (self->store, run_reading, reading, NULL, NULL, on_read, reading);
}

static void
soban_picture_view_dispose (GObject *object)
{
  g_clear_object (&SOBAN_PICTURE_VIEW (object)->store);
  G_OBJECT_CLASS (soban_picture_view_parent_class)->dispose (object);
}

static void
soban_picture_view_finalize (GObject *object)
{
  SobanPictureView *self = SOBAN_PICTURE_VIEW (object);

  soban_file_source_free (self->source);
  soban_file_source_free (self->larger);
  g_free (self->alt);
  G_OBJECT_CLASS (soban_picture_view_parent_class)->finalize (object);
}

static void
soban_picture_view_class_init (SobanPictureViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = soban_picture_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = soban_picture_view_finalize;
}

static void
soban_picture_view_init (SobanPictureView *self)
{
}

GtkWidget *
soban_picture_view_new (SobanStore *store, int side_max)
{
  SobanPictureView *self = g_object_new (SOBAN_TYPE_PICTURE_VIEW, NULL);

  self->store = g_object_ref (store);
  self->side_max = side_max;
  return GTK_WIDGET (self);
}
