/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/attachment-view.h"

#include <glib/gi18n-lib.h>

#include "base/attachment-name.h"
#include "base/error.h"
#include "base/language.h"
#include "base/number-text.h"
#include "media/file-kind.h"
#include "store/attachment-store.h"
#include "widgets/picture-view.h"
#include "widgets/wrapped-label.h"

struct _SobanAttachmentView {
  GtkBox parent_instance;

  SobanStore *store;
  int side_max;
  char *name;       /* (nullable): what is shown */
  GtkLabel *detail; /* (nullable): of a file that is no picture */
  guint serial;     /* of the reading under way; an answer to an older one is dropped */
};

G_DEFINE_FINAL_TYPE (SobanAttachmentView, soban_attachment_view, GTK_TYPE_BOX)

typedef struct {
  SobanAttachmentView *self;
  guint serial;
  char *name;
  gsize bytes;
} Reading;

static void
reading_free (Reading *reading)
{
  g_object_unref (reading->self);
  g_free (reading->name);
  g_free (reading);
}

/* On a worker. */
static gboolean
run_reading (SobanStore *store, gpointer data, GError **error)
{
  Reading *reading = data;
  g_autoptr (GBytes) bytes = soban_store_get_attachment (store, reading->name, error);

  if (bytes == NULL) {
    return FALSE;
  }
  reading->bytes = g_bytes_get_size (bytes);
  return TRUE;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Reading *reading = data;
  SobanAttachmentView *self = reading->self;
  g_autoptr (GError) error = NULL;
  gboolean ok = soban_store_run_finish (SOBAN_STORE (source), result, &error);

  if (reading->serial == self->serial && self->store != NULL) {
    g_autofree char *kind = soban_file_kind_text (reading->name);
    g_autofree char *size = soban_size_text (reading->bytes, soban_language_get ());
    g_autofree char *text = ok ? g_strdup_printf ("%s · %s", kind, size) : NULL;

    if (!ok) {
      text = g_strdup (g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND)
                           ? _("The file is on another tablet. It is not lost.")
                           : _("The file cannot be read: it is damaged."));
    }
    gtk_label_set_text (self->detail, text);
  }
  reading_free (reading);
}

static void
show_file (SobanAttachmentView *self, const char *title)
{
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *icon = gtk_image_new_from_icon_name ("soban-document-symbolic");
  GtkWidget *detail = soban_wrapped_label_new ("", title == NULL ? "file-title" : "question-hint");
  Reading *reading = g_new0 (Reading, 1);

  gtk_accessible_update_state (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  gtk_widget_set_valign (icon, GTK_ALIGN_CENTER);
  if (title != NULL) {
    gtk_box_append (GTK_BOX (lines), soban_wrapped_label_new (title, "file-title"));
  }
  gtk_box_append (GTK_BOX (lines), detail);
  gtk_widget_set_valign (lines, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (lines, TRUE);
  gtk_box_append (GTK_BOX (self), icon);
  gtk_box_append (GTK_BOX (self), lines);
  self->detail = GTK_LABEL (detail);
  reading->self = g_object_ref (self);
  reading->serial = self->serial;
  reading->name = g_strdup (self->name);
  soban_store_run_async (self->store, run_reading, reading, NULL, NULL, on_read, reading);
}

static void
show_picture (SobanAttachmentView *self, const char *alt)
{
  GtkWidget *view = soban_picture_view_new (self->store, self->side_max);
  g_autoptr (SobanFileSource) source = soban_file_source_new_for_attachment (self->name);

  soban_picture_view_show (SOBAN_PICTURE_VIEW (view), source, source, alt);
  gtk_widget_set_hexpand (view, TRUE);
  gtk_box_append (GTK_BOX (self), view);
}

void
soban_attachment_view_show (SobanAttachmentView *self, const char *name, const char *alt, const char *title)
{
  GtkWidget *child;

  g_return_if_fail (SOBAN_IS_ATTACHMENT_VIEW (self) && name != NULL);
  if (g_strcmp0 (self->name, name) == 0) {
    return;
  }
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL) {
    gtk_box_remove (GTK_BOX (self), child);
  }
  g_free (self->name);
  self->name = g_strdup (name);
  self->serial++;
  if (!soban_attachment_name_is_valid (name)) {
    /* A record that was made by another program names its files as it likes. */
    gtk_box_append (GTK_BOX (self), soban_wrapped_label_new (name, "file-title"));
  } else if (soban_file_kind_is_picture (name)) {
    show_picture (self, alt);
  } else {
    show_file (self, title);
  }
}

static void
soban_attachment_view_dispose (GObject *object)
{
  g_clear_object (&SOBAN_ATTACHMENT_VIEW (object)->store);
  G_OBJECT_CLASS (soban_attachment_view_parent_class)->dispose (object);
}

static void
soban_attachment_view_finalize (GObject *object)
{
  g_free (SOBAN_ATTACHMENT_VIEW (object)->name);
  G_OBJECT_CLASS (soban_attachment_view_parent_class)->finalize (object);
}

static void
soban_attachment_view_class_init (SobanAttachmentViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = soban_attachment_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = soban_attachment_view_finalize;
}

static void
soban_attachment_view_init (SobanAttachmentView *self)
{
  gtk_box_set_spacing (GTK_BOX (self), 12);
  gtk_widget_add_css_class (GTK_WIDGET (self), "attachment");
}

GtkWidget *
soban_attachment_view_new (SobanStore *store, int side_max)
{
  SobanAttachmentView *self = g_object_new (SOBAN_TYPE_ATTACHMENT_VIEW, NULL);

  self->store = g_object_ref (store);
  self->side_max = side_max;
  return GTK_WIDGET (self);
}
