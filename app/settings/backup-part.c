/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "settings/backup-part.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/language.h"
#include "compat/confirm.h"
#include "compat/file-pick.h"
#include "store/backup.h"
#include "trouble/trouble-text.h"

/* Of one press: what is asked of the worker, and what it answers. */
typedef struct {
  GtkWidget *row;
  char *path;
  SobanBackupContents contents;
} Work;

static void
work_free (Work *work)
{
  g_object_unref (work->row);
  g_free (work->path);
  g_free (work);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Work, work_free)

static void
start (GtkWidget *row, GFile *file, SobanStoreJob job, GAsyncReadyCallback callback)
{
  Work *work = g_new0 (Work, 1);

  work->row = g_object_ref (row);
  work->path = g_file_get_path (file);
  if (work->path == NULL) {
    gtk_widget_activate_action (row, "win.tell", "s", _("Choose a folder of this tablet or of a memory stick."));
    work_free (work);
    return;
  }
  gtk_widget_set_sensitive (row, FALSE);
  soban_store_run_async (g_object_get_data (G_OBJECT (row), "soban-store"), job, work, NULL, NULL, callback, work);
}

/* @io: said where the chosen file is the trouble, not the ledger. */
static char *
describe (const GError *error, const char *io)
{
  if (g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT)) {
    return g_strdup (_("This file is damaged or no backup. Nothing was changed."));
  }
  return g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_IO) ? g_strdup (io) : soban_trouble_text (error);
}

/* FALSE: the person was told why. */
static gboolean
finish (GObject *source, GAsyncResult *result, Work *work, const char *io)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  gtk_widget_set_sensitive (work->row, TRUE);
  if (soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    return TRUE;
  }
  sentence = describe (error, io);
  gtk_widget_activate_action (work->row, "win.tell", "s", sentence);
  return FALSE;
}

static char *
count_text (const char *format, const SobanBackupContents *contents)
{
  return g_strdup_printf (format, (guint)contents->records, (guint)contents->drafts);
}

/* ---- to a file ---- */

static gboolean
run_back_up (SobanStore *store, gpointer data, GError **error)
{
  Work *work = data;

  return soban_store_back_up (store, work->path, &work->contents, error);
}

static void
on_backed_up (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Work) work = data;
  g_autofree char *sentence = NULL;

  if (finish (source, result, work, _("The backup cannot be written there. If it is a memory stick, is the stick still in? Nothing was changed."))) {
    sentence = count_text (_("Backed up and checked: %u records, %u drafts"), &work->contents);
    gtk_widget_activate_action (work->row, "win.tell", "s", sentence);
  }
}

static void
on_place_chosen (GFile *file, gpointer data)
{
  if (file != NULL) {
    start (data, file, run_back_up, on_backed_up);
  }
}

static void
on_back_up_activated (GtkWidget *row)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *name = g_date_time_format (now, "soban-%Y-%m-%d.db");

  soban_file_save (row, _("Back up to"), name, on_place_chosen, row);
}

/* ---- from a file ---- */

static gboolean
run_check (SobanStore *store, gpointer data, GError **error)
{
  Work *work = data;

  return soban_backup_check (work->path, soban_data_dir (), &work->contents, error);
}

static void
on_restore_confirmed (gpointer data)
{
  const char *path = g_object_get_data (data, "soban-path");

  gtk_widget_activate_action (data, "win.restore", "s", path);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Work) work = data;
  g_autofree char *body = NULL;

  if (!finish (source, result, work, _("This file cannot be read. If it is on a memory stick, is the stick still in? Nothing was changed."))
      || gtk_widget_get_root (work->row) == NULL) {
    return;
  }
  body = count_text (_("The backup has %u records and %u drafts. The ledger of now is kept aside, not deleted. The program "
                       "starts anew."),
                     &work->contents);
  if (work->contents.has_pin) {
    g_autofree char *counted = g_steal_pointer (&body);

    body = g_strconcat (counted, " ", _("It asks for the PIN that it had when it was made."), NULL);
  }
  g_object_set_data_full (G_OBJECT (work->row), "soban-path", g_strdup (work->path), g_free);
  soban_confirm (work->row, _("Restore this backup?"), body, _("_Cancel"), _("_Restore"), on_restore_confirmed, work->row);
}

static void
on_copy_chosen (GFile *file, gpointer data)
{
  if (file != NULL) {
    start (data, file, run_check, on_checked);
  }
}

static void
on_restore_activated (GtkWidget *row)
{
  soban_file_pick (row, _("Restore from"), on_copy_chosen, row);
}

static void
add_row (GtkWidget *group, SobanStore *store, const char *title, const char *subtitle, GCallback on_activated)
{
  GtkWidget *row = adw_action_row_new ();

  g_object_set (row, "use-markup", FALSE, "title", title, "subtitle", subtitle, "activatable", TRUE, NULL);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  g_object_set_data_full (G_OBJECT (row), "soban-store", g_object_ref (store), g_object_unref);
  g_signal_connect (row, "activated", on_activated, NULL);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
}

GtkWidget *
soban_backup_part_new (SobanStore *store)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _("Backup"));
  add_row (group, store, _("Back up to a file"), _("On a memory stick, for example. A copy is also made on the tablet each day."),
           G_CALLBACK (on_back_up_activated));
  add_row (group, store, _("Restore from a file"), _("The ledger of now is kept aside."), G_CALLBACK (on_restore_activated));
  return group;
}
