/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sample.h"

#include <glib/gstdio.h>

#include "base/language.h"
#include "store/record-store.h"
#include "store/settings.h"
#include "store/sync-store.h"

/* Of a machine that is busy with other things; what this finds is a state that never comes. */
#define WAIT_SECONDS_MAX 60
#define TICK_MS 50
#define FOLDER_KEY "sample-folder"

#define OWN_DEVICE 8
#define OTHER_DEVICE 7
#define OTHER_INCARNATION G_GUINT64_CONSTANT (0x5eed)

SobanStore *
sample_store_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("soban-app-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "soban.db", NULL);
  SobanStore *store;

  g_assert_no_error (error);
  store = soban_store_open (path, soban_data_dir (), NULL, &error);
  g_assert_no_error (error);
  g_object_set_data_full (G_OBJECT (store), FOLDER_KEY, folder, g_free);
  return store;
}

static void
set (SobanStore *store, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;

  soban_store_set_setting (store, key, value, &error);
  g_assert_no_error (error);
}

void
sample_store_begin (SobanStore *store)
{
  set (store, SOBAN_SETTING_COMMUNE, SAMPLE_COMMUNE);
  set (store, SOBAN_SETTING_HOME_SCOPE, SAMPLE_COMMUNE);
  set (store, SOBAN_SETTING_PERSON, SAMPLE_PERSON);
}

char *
sample_day (int days_ago)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) then = g_date_time_add_days (now, -days_ago);

  return g_date_time_format (then, "%Y-%m-%d");
}

char *
sample_store_save (SobanStore *store, const char *form, ...)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanFieldMap) fields = soban_field_map_new ();
  g_autoptr (SobanForm) definition = soban_form_library_get (soban_store_get_forms (store), form, NULL, &error);
  SobanUuid id = { { 0 } };
  const char *path;
  va_list args;

  g_assert_no_error (error);
  va_start (args, form);
  while ((path = va_arg (args, const char *)) != NULL) {
    soban_field_map_set (fields, path, va_arg (args, const char *));
  }
  va_end (args);
  soban_store_save (store, &id, form, soban_form_get_version (definition), NULL, fields, &error);
  g_assert_no_error (error);
  return soban_uuid_to_string (&id);
}

static void
save_session (SobanStore *store, int days_ago, const char *village, const char *team, const char *topics,
              const char *method, const char *total, const char *female, const char *minority)
{
  g_autofree char *day = sample_day (days_ago);
  g_autofree char *id =
      sample_store_save (store, "communication_session", "activity_date", day, "commune_id", SAMPLE_COMMUNE,
                         "village_id", village, "team_id", team, "topics", topics, "method", method, "total", total,
                         "female", female, "minority", minority, "count_method", "head_count", NULL);
}

void
sample_store_fill (SobanStore *store)
{
  g_autofree char *village =
      sample_store_save (store, "village", "kind", "thon", "name", "Phố Ràng 2", "commune_id", SAMPLE_COMMUNE, NULL);
  g_autofree char *village_2 =
      sample_store_save (store, "village", "kind", "ban", "name", "Nà Lùng", "commune_id", SAMPLE_COMMUNE, NULL);
  g_autofree char *team =
      sample_store_save (store, "communication_team", "name", "Tổ truyền thông thôn Phố Ràng 2", "commune_id",
                         SAMPLE_COMMUNE, "village_id", village, "status", "active", "members_total", "9", NULL);
  g_autofree char *day = sample_day (1);
  g_autofree char *dialogue = NULL;
  g_autofree char *training = NULL;

  save_session (store, 40, village, team, "02 04", "village_meeting", "58", "31", "40");
  save_session (store, 3, village, team, "05", "staged_skit", "85", "52", "61");
  save_session (store, 2, village_2, team, "02 11 10", "own_session", "42", "30", "42");
  dialogue =
      sample_store_save (store, "policy_dialogue", "activity_date", day, "commune_id", SAMPLE_COMMUNE, "village_id",
                         village_2, "total", "120", "female", "70", "minority", "118", "level", "commune", NULL);
  training = sample_store_save (store, "training", "activity_date", day, "commune_id", SAMPLE_COMMUNE, "village_id",
                                village, "total", "30", "female", "45", "minority", "12", "program", "team_operation",
                                "days", "1.5", "trainee_group", "team_members", NULL);
  save_session (store, 0, village, team, "06", "small_group", "18", "18", "15");
}

void
sample_store_enrol (SobanStore *store, const char *url)
{
  const SobanEnrolment enrolment = {
    .device = OWN_DEVICE,
    .device_name = "Máy của chị Thủy",
    .url = (char *)url,
    .key = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    .token = "token",
    .role = "member",
    .scopes = SAMPLE_COMMUNE,
    .home_scope = SAMPLE_COMMUNE,
  };
  g_autoptr (GError) error = NULL;

  g_assert_true (soban_store_enrol (store, &enrolment, &error));
  g_assert_no_error (error);
}

void
sample_store_receive (SobanStore *store, const char *id, const char *path, const char *value)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify)soban_change_free);
  g_autoptr (GPtrArray) cursors = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  SobanCursor cursor = { (char *)SAMPLE_COMMUNE, 1 };
  const SobanSyncResult result = { .changes = changes, .cursors = cursors };
  gint64 ms = g_get_real_time () / 1000 + 1000;
  SobanChange *change = soban_change_new ();

  change->id = (SobanChangeId){ OTHER_DEVICE, OTHER_INCARNATION, 1 };
  g_assert_true (soban_uuid_parse (id, &change->record));
  change->form = g_strdup ("communication_session");
  change->form_version = g_strdup ("2026112201");
  change->scope = g_strdup (SAMPLE_COMMUNE);
  change->stamp = SOBAN_STAMP (ms, 0);
  change->wall_ms = ms;
  soban_change_assign (change, path, value);
  soban_change_assign (change, SOBAN_FIELD_PERSON, SAMPLE_OTHER_PERSON);
  g_ptr_array_add (changes, change);
  g_ptr_array_add (cursors, &cursor);
  g_assert_true (soban_store_apply (store, &result, &error));
  g_assert_no_error (error);
}

void
sample_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE)) {
  }
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* What another thread does last wakes nobody here: it is looked for at each tick. */
void
sample_wait (SampleCondition condition, gpointer data)
{
  gint64 until_us = g_get_monotonic_time () + WAIT_SECONDS_MAX * G_USEC_PER_SEC;
  guint ticks = g_timeout_add (TICK_MS, on_tick, NULL);

  while (!condition (data)) {
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (ticks);
}

static gboolean
is_alone (gpointer data)
{
  return G_OBJECT (data)->ref_count == 1;
}

void
sample_store_free (SobanStore *store)
{
  g_autofree char *folder = g_strdup (g_object_get_data (G_OBJECT (store), FOLDER_KEY));
  g_autoptr (GDir) dir = NULL;
  const char *name;

  /* Work under way keeps the store; so would a page that leaks. */
  sample_wait (is_alone, store);
  soban_store_close (store);
  g_object_unref (store);
  dir = g_dir_open (folder, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_unlink (path);
  }
  g_rmdir (folder);
}

static const char *
get_text (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget)) {
    return gtk_label_get_text (GTK_LABEL (widget));
  }
  return GTK_IS_BUTTON (widget) ? gtk_button_get_label (GTK_BUTTON (widget)) : NULL;
}

static gboolean
has_text (GtkWidget *widget, const char *text)
{
  if (text == NULL || g_strcmp0 (get_text (widget), text) == 0) {
    return TRUE;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    if (GTK_IS_LABEL (child) ? has_text (child, text) : GTK_IS_BOX (child) && has_text (child, text)) {
      return TRUE;
    }
  }
  return FALSE;
}

GtkWidget *
sample_find (GtkWidget *root, GType type, const char *text)
{
  if (!gtk_widget_get_mapped (root)) {
    return NULL;
  }
  if ((type == G_TYPE_NONE || g_type_is_a (G_OBJECT_TYPE (root), type)) && has_text (root, text)) {
    return root;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = sample_find (child, type, text);

    if (found != NULL) {
      return found;
    }
  }
  return NULL;
}
