/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/picture-area.h"

/* Less is nothing that anybody could see. */
#define SIDE_MIN 48

struct _SobanPictureArea {
  GtkWidget parent_instance;

  GdkTexture *texture;
  int width, height; /* natural, in units of the screen */
};

G_DEFINE_FINAL_TYPE (SobanPictureArea, soban_picture_area, GTK_TYPE_WIDGET)

GdkTexture *
soban_picture_area_get_texture (SobanPictureArea *self)
{
  return self->texture;
}

void
soban_picture_area_show (SobanPictureArea *self, GdkTexture *texture, int density, const char *alt)
{
  g_set_object (&self->texture, texture);
  self->width = MAX (gdk_texture_get_width (texture) / density, 1);
  self->height = MAX (gdk_texture_get_height (texture) / density, 1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, alt, -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static GtkSizeRequestMode
get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  SobanPictureArea *self = SOBAN_PICTURE_AREA (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = MIN (self->width, SIDE_MIN);
    *natural = self->width;
  } else {
    int width = for_size < 0 || for_size > self->width ? self->width : for_size;

    *minimum = *natural = self->width == 0 ? 0 : (int)((gint64)self->height * width / self->width);
  }
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SobanPictureArea *self = SOBAN_PICTURE_AREA (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double scale;

  if (self->texture == NULL || width == 0 || height == 0) {
    return;
  }
  scale = MIN (1.0, MIN ((double)width / self->width, (double)height / self->height));
  gtk_snapshot_append_texture (snapshot, self->texture,
                               &GRAPHENE_RECT_INIT ((float)(width - self->width * scale) / 2, (float)(height - self->height * scale) / 2,
                                                    (float)(self->width * scale), (float)(self->height * scale)));
}

static void
soban_picture_area_finalize (GObject *object)
{
  g_clear_object (&SOBAN_PICTURE_AREA (object)->texture);
  G_OBJECT_CLASS (soban_picture_area_parent_class)->finalize (object);
}

static void
soban_picture_area_class_init (SobanPictureAreaClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = soban_picture_area_finalize;
  widget_class->get_request_mode = get_request_mode;
  widget_class->measure = measure;
  widget_class->snapshot = snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
soban_picture_area_init (SobanPictureArea *self)
{
}

GtkWidget *
soban_picture_area_new (void)
{
  return g_object_new (SOBAN_TYPE_PICTURE_AREA, NULL);
}
