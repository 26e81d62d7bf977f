/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "settings/storage-part.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "base/number-text.h"
#include "store/kept-days.h"
#include "trouble/trouble-text.h"

/* What is offered beside "as much as the role allows". */
static const int DAYS_OFFERED[] = { 31, 92, 183, 366 };
/* Below this the person is told: a photo is some hundred kilobytes, a daily backup twice the ledger. */
#define FREE_BYTES_LOW (200 * 1000 * 1000)

struct _SobanStoragePart {
  AdwPreferencesGroup parent_instance;

  AdwActionRow *folder;
  AdwActionRow *ledger;
  AdwActionRow *photos;
  AdwActionRow *copies;
  AdwActionRow *room;
  AdwComboRow *kept;
  AdwActionRow *since;

  SobanStore *store;
  GArray *days; /* (element-type int): of the rows of @kept; 0 = as much as allowed */
  gboolean showing;
};

#define SOBAN_TYPE_STORAGE_PART (soban_storage_part_get_type ())
G_DECLARE_FINAL_TYPE (SobanStoragePart, soban_storage_part, SOBAN, STORAGE_PART, AdwPreferencesGroup)
G_DEFINE_FINAL_TYPE (SobanStoragePart, soban_storage_part, ADW_TYPE_PREFERENCES_GROUP)

typedef struct {
  SobanStoragePart *self;
  SobanStorage *storage; /* (nullable) */
  SobanKeptDays kept;
} Reading;

/* ---- what is there ---- */

static void
set_size (AdwActionRow *row, guint64 bytes, const char *more)
{
  g_autofree char *size = soban_size_text (bytes, soban_language_get ());
  g_autofree char *text = more == NULL ? g_strdup (size) : g_strdup_printf ("%s · %s", size, more);

  adw_action_row_set_subtitle (row, text);
}

static void
show_photos (SobanStoragePart *self, const SobanStorage *storage)
{
  g_autofree char *all = g_strdup_printf (ngettext ("%u photo or file", "%u photos and files", storage->photos), storage->photos);
  g_autofree char *waiting = g_strdup_printf (_("%u not sent yet"), storage->waiting);
  g_autofree char *text = storage->waiting == 0 ? g_strdup (all) : g_strdup_printf ("%s, %s", all, waiting);

  if (storage->photos == 0) {
    adw_action_row_set_subtitle (self->photos, _("None"));
    return;
  }
  set_size (self->photos, storage->photo_bytes, text);
}

static void
show_storage (SobanStoragePart *self, const SobanStorage *storage)
{
  guint64 photos = MIN (storage->photo_bytes, storage->ledger_bytes);
  g_autofree char *copies =
      g_strdup_printf (ngettext ("%u file beside the ledger", "%u files beside the ledger", storage->copies), storage->copies);

  adw_action_row_set_subtitle (self->folder, storage->folder);
  set_size (self->ledger, storage->ledger_bytes - photos, NULL);
  show_photos (self, storage);
  if (storage->copies == 0) {
    adw_action_row_set_subtitle (self->copies, _("None yet"));
  } else {
    set_size (self->copies, storage->copy_bytes, copies);
  }
  set_size (self->room, storage->free_bytes, storage->free_bytes < FREE_BYTES_LOW ? _("little: delete files you do not need") : NULL);
}

/* ---- how far back ---- */

static char *
describe_days (int days)
{
  return days >= 366 ? g_strdup (_("The last year"))
                     : g_strdup_printf (ngettext ("The last month", "The last %u months", (guint)days / 30), (guint)days / 30);
}

static void
add_choice (SobanStoragePart *self, GtkStringList *names, int days, char *name)
{
  g_array_append_val (self->days, days);
  gtk_string_list_take (names, name);
}

static void
show_window (SobanStoragePart *self, const SobanKeptDays *kept)
{
  g_autoptr (GDateTime) first = kept->window_ms == 0 ? NULL : g_date_time_new_from_unix_utc (kept->window_ms / 1000);
  g_autofree char *day = first == NULL ? NULL : g_date_time_format (first, "%Y-%m-%d");
  g_autofree char *date = day == NULL ? NULL : soban_date_text (day, soban_language_get ());
  g_autofree char *since = date == NULL ? g_strdup (_("Now here: all records"))
                                        : g_strdup_printf (_("Now here: records since %s"), date);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->since), since);
}

static void
show_kept (SobanStoragePart *self, const SobanKeptDays *kept)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  g_autofree char *limit = kept->limit_days == 0 ? NULL : describe_days ((int)kept->limit_days);
  guint selected = 0;

  self->showing = TRUE;
  g_array_set_size (self->days, 0);
  add_choice (self, names, 0,
              limit == NULL ? g_strdup (_("Everything")) : g_strdup_printf (_("As the commune allows: %s"), limit));
  for (guint i = G_N_ELEMENTS (DAYS_OFFERED); i > 0; i--) {
    int days = DAYS_OFFERED[i - 1];

    if (kept->limit_days != 0 && days >= kept->limit_days) {
      continue;
    }
    add_choice (self, names, days, describe_days (days));
    if (kept->days != 0 && kept->days < (kept->limit_days == 0 ? G_MAXINT64 : kept->limit_days) && days >= kept->days) {
      selected = self->days->len - 1;
    }
  }
  adw_combo_row_set_model (self->kept, G_LIST_MODEL (names));
  adw_combo_row_set_selected (self->kept, selected);
  show_window (self, kept);
  self->showing = FALSE;
}

static gboolean
run_set_days (SobanStore *store, gpointer data, GError **error)
{
  return soban_store_set_kept_days (store, *(const gint64 *)data, error);
}

static void
on_days_set (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) part = data;
  g_autoptr (GError) error = NULL;

  if (!soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    g_autofree char *sentence = soban_trouble_text (error);

    gtk_widget_activate_action (part, "win.tell", "s", sentence);
  }
}

static void
on_kept_selected (SobanStoragePart *self)
{
  guint selected = adw_combo_row_get_selected (self->kept);
  gint64 days;

  if (self->showing || selected >= self->days->len) {
    return;
  }
  days = g_array_index (self->days, int, selected);
  soban_store_run_async (self->store, run_set_days, g_memdup2 (&days, sizeof days), g_free, NULL, on_days_set, g_object_ref (self));
}

/* ---- reading ---- */

static gboolean
run_reading (SobanStore *store, gpointer data, GError **error)
{
  Reading *reading = data;

  reading->storage = soban_storage_measure (store, error);
  return reading->storage != NULL && soban_store_get_kept_days (store, &reading->kept, error);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Reading *reading = data;
  g_autoptr (SobanStoragePart) self = reading->self;
  g_autoptr (SobanStorage) storage = NULL;
  g_autoptr (GError) error = NULL;
  gboolean done = soban_store_run_finish (SOBAN_STORE (source), result, &error);

  storage = g_steal_pointer (&reading->storage);
  if (self->store == NULL) {
    return;
  }
  if (!done) {
    g_autofree char *sentence = soban_trouble_text (error);

    adw_action_row_set_subtitle (self->ledger, sentence);
    return;
  }
  show_storage (self, storage);
  show_kept (self, &reading->kept);
}

static AdwActionRow *
add_row (SobanStoragePart *self, const char *title)
{
  GtkWidget *row = adw_action_row_new ();

  g_object_set (row, "use-markup", FALSE, "title", title, "subtitle", "…", "subtitle-lines", 3, NULL);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  return ADW_ACTION_ROW (row);
}

static void
soban_storage_part_dispose (GObject *object)
{
  g_clear_object (&SOBAN_STORAGE_PART (object)->store);
  G_OBJECT_CLASS (soban_storage_part_parent_class)->dispose (object);
}

static void
soban_storage_part_finalize (GObject *object)
{
  g_array_unref (SOBAN_STORAGE_PART (object)->days);
  G_OBJECT_CLASS (soban_storage_part_parent_class)->finalize (object);
}

static void
soban_storage_part_class_init (SobanStoragePartClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = soban_storage_part_dispose;
  G_OBJECT_CLASS (klass)->finalize = soban_storage_part_finalize;
}

static void
soban_storage_part_init (SobanStoragePart *self)
{
  GtkWidget *kept = adw_combo_row_new ();

  self->days = g_array_new (FALSE, FALSE, sizeof (int));
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _("What is kept on this tablet"));
  self->ledger = add_row (self, _("Records"));
  self->photos = add_row (self, _("Photos and files"));
  self->copies = add_row (self, _("Backups"));
  self->room = add_row (self, _("Free room"));
  self->folder = add_row (self, _("Where the ledger lies"));
  self->kept = ADW_COMBO_ROW (kept);
  g_object_set (kept, "use-markup", FALSE, "title", _("How far back records are kept"), "use-subtitle", TRUE, "subtitle-lines", 0, NULL);
  g_signal_connect_object (kept, "notify::selected", G_CALLBACK (on_kept_selected), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), kept);
  self->since = add_row (self, "…");
  adw_action_row_set_subtitle_lines (self->since, 0);
  adw_action_row_set_subtitle (self->since, _("A choice holds from the next sending on. Older records stay at the commune; what is not sent yet "
                                              "always stays here."));
}

GtkWidget *
soban_storage_part_new (SobanStore *store)
{
  SobanStoragePart *self = g_object_new (SOBAN_TYPE_STORAGE_PART, NULL);
  Reading *reading = g_new0 (Reading, 1);

  self->store = g_object_ref (store);
  reading->self = g_object_ref (self);
  soban_store_run_async (store, run_reading, reading, NULL, NULL, on_read, reading);
  return GTK_WIDGET (self);
}
