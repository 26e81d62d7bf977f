/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "record/history-list.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "record/recorded-text.h"
#include "record/value-text.h"
#include "trouble/trouble-text.h"
#include "widgets/wrapped-label.h"

typedef struct {
  SobanUuid id;
  char *path, *value;
} Restore;

static void
restore_free (gpointer data)
{
  Restore *restore = data;

  g_free (restore->path);
  g_free (restore->value);
  g_free (restore);
}

static Restore *
restore_copy (const Restore *restore)
{
  Restore *copy = g_new0 (Restore, 1);

  copy->id = restore->id;
  copy->path = g_strdup (restore->path);
  copy->value = g_strdup (restore->value);
  return copy;
}

static gboolean
run_restore (SobanStore *store, gpointer data, GError **error)
{
  const Restore *restore = data;

  return soban_store_restore_value (store, &restore->id, restore->path, restore->value, error);
}

static void
on_restored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) button = data;
  g_autoptr (GError) error = NULL;

  if (!soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    g_autofree char *sentence = soban_trouble_text (error);

    gtk_widget_set_sensitive (button, TRUE);
    gtk_widget_activate_action (button, "win.tell", "s", sentence);
  }
  /* When it has worked the store says so, and the page is read anew. */
}

static void
on_put_back_clicked (GtkWidget *button, SobanStore *store)
{
  const Restore *restore = g_object_get_data (G_OBJECT (button), "soban-restore");

  gtk_widget_set_sensitive (button, FALSE);
  soban_store_run_async (store, run_restore, restore_copy (restore), restore_free, NULL, on_restored,
                         g_object_ref (button));
}

static GtkWidget *
new_put_back (SobanStore *store, const SobanUuid *id, const SobanHistoryItem *item, const char *name, const char *value)
{
  GtkWidget *button = gtk_button_new_with_label (_("Put back"));
  g_autofree char *full_name = g_strdup_printf (_("Put back %s: %s"), name, value);
  Restore restore = { *id, item->path, item->value };

  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, full_name, -1);
  g_object_set_data_full (G_OBJECT (button), "soban-restore", restore_copy (&restore), restore_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_put_back_clicked), store, 0);
  return button;
}

static char *
describe_value (SobanFormInstance *instance, const SobanHistoryItem *item)
{
  char *text;

  if (g_str_equal (item->path, SOBAN_FIELD_DELETED)) {
    return g_strdup (g_strcmp0 (item->value, "1") == 0 ? _("deleted") : _("brought back"));
  }
  text = soban_value_text (instance, item->path, item->value);
  if (*text == '\0') {
    g_free (text);
    text = g_strdup (_("(emptied)"));
  }
  return text;
}

/* The record has that very answer again. */
static gboolean
stands_there (SobanFormInstance *instance, const SobanHistoryItem *item)
{
  const char *present = soban_form_instance_get (instance, item->path);

  return g_strcmp0 (present == NULL ? "" : present, item->value == NULL ? "" : item->value) == 0;
}

/* (nullable): NULL for a field that is not for people. */
static GtkWidget *
new_row (SobanStore *store, const SobanUuid *id, SobanFormInstance *instance, const SobanHistoryItem *item)
{
  g_autofree char *name = soban_field_name (instance, item->path);
  g_autofree char *value = NULL;
  GtkWidget *row, *lines;

  if (name == NULL) {
    return NULL;
  }
  value = describe_value (instance, item);
  row = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  gtk_widget_set_hexpand (lines, TRUE);
  gtk_widget_add_css_class (row, "answer-row");
  gtk_box_append (GTK_BOX (lines), soban_wrapped_label_new (name, "answer-label"));
  gtk_box_append (GTK_BOX (lines), soban_wrapped_label_new (value, item->winner ? "answer-text" : "answer-old"));
  if (item->lost) {
    gtk_box_append (GTK_BOX (lines),
                    soban_wrapped_label_new (_("Someone else's answer took its place, not knowing of this one."), "answer-doubt"));
  }
  gtk_box_append (GTK_BOX (row), lines);
  if (!item->winner && !g_str_equal (item->path, SOBAN_FIELD_DELETED) && !stands_there (instance, item)) {
    gtk_box_append (GTK_BOX (row), new_put_back (store, id, item, name, value));
  }
  return row;
}

static gboolean
is_same_save (const SobanHistoryItem *a, const SobanHistoryItem *b)
{
  return soban_write_key_compare (&a->key, &b->key) == 0;
}

/* Who first, where somebody was named. */
static void
append_title (GtkBox *box, const SobanHistoryItem *item)
{
  g_autofree char *when = soban_recorded_when (item);
  const char *doubt = soban_recorded_doubt (item);

  gtk_box_append (box, soban_wrapped_label_new (item->person == NULL ? when : item->person, "section-title"));
  if (item->person != NULL) {
    gtk_box_append (box, soban_wrapped_label_new (when, "history-detail"));
  }
  if (doubt != NULL) {
    gtk_box_append (box, soban_wrapped_label_new (doubt, "history-detail"));
  }
}

/* The newest save first; what was saved together in the order of the form, one entry of a repeat after the other. */
static int
compare_items (gconstpointer a, gconstpointer b, gpointer form)
{
  const SobanHistoryItem *left = *(const SobanHistoryItem *const *)a, *right = *(const SobanHistoryItem *const *)b;
  int by_save = soban_write_key_compare (&right->key, &left->key);
  gsize left_entry = strcspn (left->path, "]"), right_entry = strcspn (right->path, "]");
  gboolean same_repeat = left_entry == right_entry && left->path[left_entry] == ']' && right->path[right_entry] == ']'
                         && strncmp (left->path, right->path, strcspn (left->path, "[") + 1) == 0;
  int by_entry = same_repeat ? strncmp (left->path, right->path, left_entry) : 0;
  guint left_order = soban_form_get_field_order (form, left->path), right_order = soban_form_get_field_order (form, right->path);

  if (by_save != 0 || by_entry != 0) {
    return by_save != 0 ? by_save : by_entry;
  }
  return left_order != right_order ? (left_order < right_order ? -1 : 1) : strcmp (left->path, right->path);
}

void
soban_history_list_fill (GtkBox *box, SobanStore *store, const SobanUuid *id, SobanFormInstance *instance,
                         GPtrArray *history)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  const SobanHistoryItem *last = NULL;
  GtkWidget *card = NULL;
  GtkWidget *child;

  g_ptr_array_extend (items, history, NULL, NULL);
  g_ptr_array_sort_with_data (items, compare_items, soban_form_instance_get_form (instance));
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL) {
    gtk_box_remove (box, child);
  }
  for (guint i = 0; i < items->len; i++) {
    const SobanHistoryItem *item = g_ptr_array_index (items, i);
    GtkWidget *row = new_row (store, id, instance, item);

    if (row == NULL) {
      continue;
    }
    if (last == NULL || !is_same_save (last, item)) {
      append_title (box, item);
      card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
      gtk_widget_add_css_class (card, "card");
      gtk_widget_add_css_class (card, "answers");
      gtk_box_append (box, card);
    }
    last = item;
    gtk_box_append (GTK_BOX (card), row);
  }
}
