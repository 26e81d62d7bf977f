/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

static gint64
read_now (gpointer data)
{
  return ((StoreFixture *)data)->now_ms++;
}

static gint64
read_boottime (gpointer data)
{
  StoreFixture *fixture = data;

  return fixture->now_ms - fixture->booted_ms;
}

const char *
store_fixture_data_dir (void)
{
  const char *folder = g_getenv ("SOBAN_DATA_DIR");

  g_assert_nonnull (folder);
  return folder;
}

void
store_fixture_open (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->store = soban_store_open (fixture->path, store_fixture_data_dir (), &fixture->clock, &error);
  g_assert_no_error (error);
}

void
store_fixture_close (StoreFixture *fixture)
{
  if (fixture->store)
    soban_store_close (fixture->store);
  g_clear_object (&fixture->store);
}

void
store_fixture_init (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("soban-store-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "store.db", NULL);
  fixture->now_ms = FIXTURE_START_MS;
  fixture->booted_ms = 0;
  fixture->clock = (SobanClock){ read_now, read_boottime, fixture };
  store_fixture_open (fixture);
}

void
store_fixture_reopen (StoreFixture *fixture)
{
  store_fixture_close (fixture);
  store_fixture_open (fixture);
}

void
store_fixture_clear (StoreFixture *fixture)
{
  GDir *dir;
  const char *name;

  store_fixture_close (fixture);
  dir = g_dir_open (fixture->folder, 0, NULL);
  while ((name = g_dir_read_name (dir))) {
    g_autofree char *file = g_build_filename (fixture->folder, name, NULL);

    g_unlink (file);
  }
  g_dir_close (dir);
  g_rmdir (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

SobanFieldMap *
make_fields (const char *path, ...)
{
  SobanFieldMap *fields = soban_field_map_new ();
  va_list arguments;

  va_start (arguments, path);
  for (; path; path = va_arg (arguments, const char *))
    soban_field_map_set (fields, path, va_arg (arguments, const char *));
  va_end (arguments);
  return fields;
}

char *
newest_version (StoreFixture *fixture, const char *form)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanForm) found = soban_form_library_get (soban_store_get_forms (fixture->store), form, NULL, &error);

  g_assert_no_error (error);
  return g_strdup (soban_form_get_version (found));
}

SobanUuid
save_session (StoreFixture *fixture, const char *date, const char *village, const char *total)
{
  g_autoptr (SobanFieldMap) fields =
      make_fields ("activity_date", date, "village_id", "other", "village_new", village, "total", total, "commune_id",
                   "02947@2025-07-01", "meta/instanceName", village, NULL);
  g_autofree char *version = newest_version (fixture, "communication_session");
  g_autoptr (GError) error = NULL;
  SobanUuid id = { 0 };

  soban_store_save (fixture->store, &id, "communication_session", version, NULL, fields, &error);
  g_assert_no_error (error);
  return id;
}

SobanChange *
make_pulled (guint32 device, guint64 number, const SobanUuid *record, SobanStamp stamp, guint64 seen)
{
  SobanChange *change = soban_change_new ();

  change->id = (SobanChangeId){ device, device * 7919, number };
  change->record = *record;
  change->form = g_strdup ("communication_session");
  change->form_version = g_strdup ("1");
  change->scope = g_strdup ("02947@2025-07-01");
  change->stamp = stamp;
  change->seen = seen;
  return change;
}

void
apply_changes (StoreFixture *fixture, GPtrArray *changes, const char *scope, guint64 cursor)
{
  SobanCursor moved = { (char *)scope, cursor };
  g_autoptr (GPtrArray) cursors = g_ptr_array_new ();
  SobanSyncResult result = { .changes = changes, .cursors = cursors };
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (cursors, &moved);
  soban_store_apply (fixture->store, &result, &error);
  g_assert_no_error (error);
}

void
store_fixture_boot (StoreFixture *fixture, gint64 off_ms, gint64 wall_ms)
{
  store_fixture_close (fixture);
  fixture->now_ms = wall_ms != 0 ? wall_ms : fixture->now_ms + off_ms;
  fixture->booted_ms = fixture->now_ms - 60000;
  store_fixture_open (fixture);
}

void
store_fixture_enrol (StoreFixture *fixture, guint32 device, const char *key)
{
  const SobanEnrolment enrolment = { device,
                                     "Tablet",
                                     "https://localhost:1",
                                     key,
                                     "token",
                                     "team_member",
                                     FIXTURE_COMMUNE " 00004@2025-07-01",
                                     "00004@2025-07-01" };
  g_autoptr (GError) error = NULL;

  soban_store_enrol (fixture->store, &enrolment, &error);
  g_assert_no_error (error);
}

void
apply_numbered (StoreFixture *fixture, GPtrArray *changes, guint64 first, guint64 cursor, guint64 acked)
{
  SobanCursor moved = { .scope = (char *)FIXTURE_COMMUNE, .cursor = cursor };
  g_autoptr (GPtrArray) cursors = g_ptr_array_new ();
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  SobanSyncResult result = {
    .acked_number = acked, .changes = changes, .cursors = cursors, .scope_numbers = numbers, .collector_minor = 1
  };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < changes->len; i++) {
    guint64 number = first + i;

    g_array_append_val (numbers, number);
  }
  g_ptr_array_add (cursors, &moved);
  soban_store_apply (fixture->store, &result, &error);
  g_assert_no_error (error);
}

GPtrArray *
new_changes (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)soban_change_free);
}

SobanChange *
add_pulled (GPtrArray *changes, guint32 device, guint64 number, const SobanUuid *record, SobanStamp stamp, guint64 seen,
            const char *path, const char *value)
{
  SobanChange *change = make_pulled (device, number, record, stamp, seen);

  soban_change_assign (change, path, value);
  g_ptr_array_add (changes, change);
  return change;
}

const SobanHistoryItem *
find_item (GPtrArray *history, const char *path, const char *value)
{
  for (guint i = 0; i < history->len; i++) {
    const SobanHistoryItem *item = g_ptr_array_index (history, i);

    if (g_str_equal (item->path, path) && g_strcmp0 (item->value, value) == 0)
      return item;
  }
  g_assert_not_reached ();
}

SobanDigest
get_digest (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  SobanDigest digest;

  soban_store_get_digest (fixture->store, FIXTURE_COMMUNE, &digest, NULL, &error);
  g_assert_no_error (error);
  return digest;
}

SobanIdentity
get_identity (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  SobanIdentity identity;

  soban_store_get_identity (fixture->store, &identity, &error);
  g_assert_no_error (error);
  return identity;
}

void
assert_sound (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sentences = soban_store_check (fixture->store, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < sentences->len; i++)
    g_test_message ("%s", (char *)g_ptr_array_index (sentences, i));
  g_assert_cmpuint (sentences->len, ==, 0);
}

char *
get_field (StoreFixture *fixture, const SobanUuid *id, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanRecord) record = soban_store_get_record (fixture->store, id, &error);

  g_assert_no_error (error);
  return g_strdup (soban_field_map_get (record->fields, path));
}
