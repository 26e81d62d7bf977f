/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sync/stick-part.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "compat/file-pick.h"

#define ROOM_BELOW 16 /* px */

struct _SobanStickPart {
  AdwBin parent_instance;

  GtkWidget *to_office, *from_stick, *to_tablets;
  GtkSpinner *spinner;
  GtkLabel *result;

  SobanStore *store;
  gboolean laid_out;          /* what is said */
  SobanBundlePurpose purpose; /* of the folder that is being chosen or written to */
};

G_DEFINE_FINAL_TYPE (SobanStickPart, soban_stick_part, ADW_TYPE_BIN)

static void
set_busy (SobanStickPart *self, gboolean busy)
{
  GtkWidget *const buttons[] = { self->to_office, self->from_stick, self->to_tablets };

  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++) {
    gtk_widget_set_sensitive (buttons[i], !busy);
  }
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy);
  if (busy) {
    gtk_widget_set_visible (GTK_WIDGET (self->result), FALSE);
  }
}

/* What came of it stands below the buttons, out of sight where the page is higher than the window. */
static gboolean
on_frame (GtkWidget *result, GdkFrameClock *clock, gpointer data)
{
  SobanStickPart *self = data;
  GtkWidget *scroller = gtk_widget_get_ancestor (result, GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *place;
  graphene_rect_t bounds;
  double height, bottom;

  /* The first one comes before the layout. */
  if (!self->laid_out) {
    self->laid_out = TRUE;
    return G_SOURCE_CONTINUE;
  }
  if (scroller != NULL && gtk_widget_compute_bounds (result, scroller, &bounds)) {
    place = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
    height = gtk_adjustment_get_page_size (place);
    bottom = bounds.origin.y + bounds.size.height + ROOM_BELOW;
    if (bottom > height) {
      gtk_adjustment_set_value (place, gtk_adjustment_get_value (place) + MIN (bottom - height, bounds.origin.y));
    }
  }
  return G_SOURCE_REMOVE;
}

/* @text: (transfer full) */
static void
tell (SobanStickPart *self, char *text)
{
  set_busy (self, FALSE);
  gtk_label_set_text (self->result, text);
  gtk_widget_set_visible (GTK_WIDGET (self->result), TRUE);
  g_free (text);
  self->laid_out = FALSE;
  gtk_widget_add_tick_callback (GTK_WIDGET (self->result), on_frame, self, NULL);
  g_signal_emit_by_name (self, "done");
}

static char *
list_names (const SobanBundleReport *report)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < report->paths->len; i++) {
    g_autofree char *name = g_path_get_basename (g_ptr_array_index (report->paths, i));
    g_autofree char *shown = g_filename_display_name (name);

    g_string_append_printf (names, "%s%s", i == 0 ? "" : ", ", shown);
  }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

/* ---- to the stick ---- */

static char *
describe_written (const SobanBundleReport *report, SobanBundlePurpose purpose)
{
  g_autofree char *names = list_names (report);
  g_autofree char *count = g_strdup_printf (ngettext ("%u change is on the stick", "%u changes are on the stick", (guint)report->changes),
                                            (guint)report->changes);

  if (purpose == SOBAN_BUNDLE_FOR_TABLETS) {
    return g_strdup_printf (_("%s: %s. Put the stick into the other tablet and read it there."), count, names);
  }
  if (!report->complete) {
    return g_strdup_printf (_("%s: %s. There is more: when the commune has taken this in, write again."), count, names);
  }
  return g_strdup_printf (_("%s: %s. Take it to the commune. Everything stays on this tablet until the commune confirms it."), count, names);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanStickPart) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanBundleReport) report = soban_bundle_export_finish (SOBAN_STORE (source), result, &error);

  if (self->store == NULL) {
    return;
  }
  tell (self, report == NULL ? soban_bundle_error_sentence (error) : describe_written (report, self->purpose));
}

void
soban_stick_part_write (SobanStickPart *self, GFile *folder, SobanBundlePurpose purpose)
{
  g_return_if_fail (SOBAN_IS_STICK_PART (self));
  self->purpose = purpose;
  set_busy (self, TRUE);
  soban_bundle_export_async (self->store, folder, purpose, NULL, on_written, g_object_ref (self));
}

static void
on_folder_to_write (GFile *folder, gpointer data)
{
  SobanStickPart *self = data;

  soban_stick_part_write (self, folder, self->purpose);
}

static void
on_to_office_clicked (SobanStickPart *self)
{
  self->purpose = SOBAN_BUNDLE_FOR_COLLECTOR;
  soban_file_pick_folder (GTK_WIDGET (self), _("Choose the memory stick"), on_folder_to_write, self);
}

static void
on_to_tablets_clicked (SobanStickPart *self)
{
  self->purpose = SOBAN_BUNDLE_FOR_TABLETS;
  soban_file_pick_folder (GTK_WIDGET (self), _("Choose the memory stick"), on_folder_to_write, self);
}

/* ---- from the stick ---- */

static char *
describe_read (const SobanBundleReport *report)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (report->receipts > 0) {
    g_string_append_printf (text,
                            ngettext ("The commune has received %u change of yours. ", "The commune has received %u changes of yours. ",
                                      (guint)report->confirmed),
                            (guint)report->confirmed);
  }
  g_string_append_printf (text, ngettext ("%u change of others is new here.", "%u changes of others are new here.", (guint)report->changes),
                          (guint)report->changes);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
on_taken_in (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanStickPart) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanBundleReport) report = soban_bundle_import_finish (SOBAN_STORE (source), result, &error);

  if (self->store == NULL) {
    return;
  }
  tell (self, report == NULL ? soban_bundle_error_sentence (error) : describe_read (report));
}

void
soban_stick_part_read (SobanStickPart *self, GFile *folder)
{
  g_return_if_fail (SOBAN_IS_STICK_PART (self));
  set_busy (self, TRUE);
  soban_bundle_import_async (self->store, folder, NULL, on_taken_in, g_object_ref (self));
}

static void
on_folder_to_read (GFile *folder, gpointer data)
{
  soban_stick_part_read (data, folder);
}

static void
on_from_stick_clicked (SobanStickPart *self)
{
  soban_file_pick_folder (GTK_WIDGET (self), _("Choose the memory stick"), on_folder_to_read, self);
}

/* ---- the object ---- */

const char *
soban_stick_part_get_text (SobanStickPart *self)
{
  return gtk_label_get_text (self->result);
}

void
soban_stick_part_set_store (SobanStickPart *self, SobanStore *store)
{
  g_return_if_fail (SOBAN_IS_STICK_PART (self));
  g_set_object (&self->store, store);
}

static void
soban_stick_part_dispose (GObject *object)
{
  SobanStickPart *self = SOBAN_STICK_PART (object);

  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (self), SOBAN_TYPE_STICK_PART);
  G_OBJECT_CLASS (soban_stick_part_parent_class)->dispose (object);
}

static void
soban_stick_part_class_init (SobanStickPartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = soban_stick_part_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/soban/Soban/sync/stick-part.ui");
  gtk_widget_class_bind_template_child (widget_class, SobanStickPart, to_office);
  gtk_widget_class_bind_template_child (widget_class, SobanStickPart, from_stick);
  gtk_widget_class_bind_template_child (widget_class, SobanStickPart, to_tablets);
  gtk_widget_class_bind_template_child (widget_class, SobanStickPart, spinner);
  gtk_widget_class_bind_template_child (widget_class, SobanStickPart, result);
  gtk_widget_class_bind_template_callback (widget_class, on_to_office_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_from_stick_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_to_tablets_clicked);
  g_signal_new ("done", SOBAN_TYPE_STICK_PART, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
soban_stick_part_init (SobanStickPart *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
