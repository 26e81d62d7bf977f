/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Delete and undo: written at once, undone by the inverse. */
#include "config.h"

#include "window-private.h"

#include <glib/gi18n-lib.h>

#include "entry/entry-page.h"
#include "store/record-store.h"

#define UNDO_DISCARDING "win.undo-discarding"

/* ---- records ---- */

typedef struct {
  SobanUuid id;
  gboolean deleted;
} Deletion;

typedef struct {
  SobanWindow *self;
  Deletion deletion;
} DeletionAnswer;

static gboolean
run_deletion (SobanStore *store, gpointer data, GError **error)
{
  const Deletion *deletion = data;

  return soban_store_set_deleted (store, &deletion->id, deletion->deleted, error);
}

static void
on_deletion_done (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree DeletionAnswer *answer = data;
  g_autoptr (SobanWindow) self = answer->self;
  g_autoptr (GError) error = NULL;
  SobanRecordsPage *page;

  if (self->pages == NULL) {
    return;
  }
  if (!soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    soban_window_tell_error (self, error);
    return;
  }
  g_clear_pointer (&self->deleted, g_free);
  if (!answer->deletion.deleted) {
    soban_window_tell (self, _("The record is back"));
    return;
  }
  g_clear_object (&self->discarded);
  self->deleted = soban_uuid_to_string (&answer->deletion.id);
  page = soban_window_find_records_page (self);
  if (page != NULL) {
    soban_records_page_open (page, NULL);
  }
  soban_window_add_toast (self, _("The record is deleted"), _("_Undo"), "win.undelete", self->deleted);
}

static void
start_deletion (SobanWindow *self, const char *id_text, gboolean deleted)
{
  DeletionAnswer *answer;
  Deletion deletion = { .deleted = deleted };

  if (self->store == NULL || !soban_uuid_parse (id_text, &deletion.id)) {
    return;
  }
  answer = g_new0 (DeletionAnswer, 1);
  answer->self = g_object_ref (self);
  answer->deletion = deletion;
  soban_store_run_async (self->store, run_deletion, g_memdup2 (&deletion, sizeof deletion), g_free, NULL,
                         on_deletion_done, answer);
}

static void
delete_record (GtkWidget *widget, const char *name, GVariant *parameter)
{
  start_deletion (SOBAN_WINDOW (widget), g_variant_get_string (parameter, NULL), TRUE);
}

static void
undelete_record (GtkWidget *widget, const char *name, GVariant *parameter)
{
  start_deletion (SOBAN_WINDOW (widget), g_variant_get_string (parameter, NULL), FALSE);
}

/* ---- drafts ---- */

static void
on_draft_back (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanWindow) self = data;
  g_autoptr (GError) error = NULL;

  if (self->pages == NULL) {
    return;
  }
  if (!soban_entry_restore_finish (SOBAN_ENTRY (source), result, &error)) {
    soban_window_tell_error (self, error);
    return;
  }
  soban_window_tell (self, _("The draft is back"));
}

void
soban_window_offer_draft (SobanWindow *self, SobanEntry *entry)
{
  if (!soban_entry_is_touched (entry)) {
    return;
  }
  g_clear_pointer (&self->deleted, g_free);
  g_set_object (&self->discarded, entry);
  soban_window_add_toast (self, _("The draft is thrown away"), _("_Undo"), UNDO_DISCARDING, NULL);
}

static void
take_back_discarding (SobanWindow *self)
{
  g_autoptr (SobanEntry) entry = g_steal_pointer (&self->discarded);

  soban_entry_restore_async (entry, on_draft_back, g_object_ref (self));
}

/* Of its own: "Undo" beside what is told must never bring back something else. */
static void
undo_discarding (GtkWidget *widget, const char *name, GVariant *parameter)
{
  if (SOBAN_WINDOW (widget)->discarded != NULL) {
    take_back_discarding (SOBAN_WINDOW (widget));
  }
}

/* ---- parts of a page ---- */

static gboolean
take_back_removal (SobanWindow *self)
{
  GtkWidget *top = soban_page_stack_get_top (self->pages);

  return SOBAN_IS_ENTRY_PAGE (top) && soban_entry_page_undo_removal (SOBAN_ENTRY_PAGE (top));
}

static void
undo_removal (GtkWidget *widget, const char *name, GVariant *parameter)
{
  take_back_removal (SOBAN_WINDOW (widget));
}

/* A part of the page on top was taken away; the page can bring it back itself, as long as it is there. */
static void
tell_removed (GtkWidget *widget, const char *name, GVariant *parameter)
{
  soban_window_add_toast (SOBAN_WINDOW (widget), g_variant_get_string (parameter, NULL), _("_Undo"), UNDO_REMOVAL, NULL);
}

/* ---- what was last ---- */

static void
undo (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanWindow *self = SOBAN_WINDOW (widget);
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  /* Ctrl+Z comes here before it comes to the text; where nothing is offered any more it means what was typed. */
  if (self->offer == NULL && (GTK_IS_TEXT (focus) || GTK_IS_TEXT_VIEW (focus))) {
    gtk_widget_activate_action (focus, "text.undo", NULL);
    return;
  }
  if (take_back_removal (self)) {
    return;
  }
  if (self->discarded != NULL) {
    take_back_discarding (self);
  } else if (self->deleted != NULL) {
    start_deletion (self, self->deleted, FALSE);
  }
}

void
soban_window_install_undo_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.delete", "s", delete_record);
  gtk_widget_class_install_action (widget_class, "win.undelete", "s", undelete_record);
  gtk_widget_class_install_action (widget_class, "win.undo", NULL, undo);
  gtk_widget_class_install_action (widget_class, UNDO_DISCARDING, NULL, undo_discarding);
  gtk_widget_class_install_action (widget_class, UNDO_REMOVAL, NULL, undo_removal);
  gtk_widget_class_install_action (widget_class, "win.removed", "s", tell_removed);
}
