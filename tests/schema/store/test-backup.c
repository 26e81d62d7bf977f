/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of store/backup.c. */
#include "store-fixture.h"

#include "base/error.h"
#include "store/backup.h"

#include <glib/gstdio.h>
#include <string.h>

static void
back_up (StoreFixture *fixture, const char *path)
{
  g_autoptr (GError) error = NULL;
  SobanBackupContents contents;

  g_assert_true (soban_store_back_up (fixture->store, path, &contents, &error));
  g_assert_no_error (error);
  g_assert_cmpint (contents.records, >=, 2);
}

/* (1), (3), (4): what was saved after the copy is in the file that was put aside, and nothing is sent twice under one name. */
static void
test_round_trip (void)
{
  StoreFixture fixture;
  g_autofree char *copy = NULL;
  g_autofree char *kept = NULL;
  g_autofree char *total = NULL;
  g_autoptr (GError) error = NULL;
  SobanIdentity before, after;
  SobanUuid id;
  SobanRecord *gone;
  SobanUuid later;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  id = save_session (&fixture, "2026-11-20", "Bản A", "41");
  later = save_session (&fixture, "2026-11-20", "Bản A", "1");
  copy = g_build_filename (fixture.folder, "copy.db", NULL);
  back_up (&fixture, copy);
  before = get_identity (&fixture);
  later = save_session (&fixture, "2026-11-21", "Bản A", "42");
  store_fixture_close (&fixture);

  g_assert_true (soban_backup_restore (copy, fixture.path, store_fixture_data_dir (), &kept, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));
  store_fixture_open (&fixture);
  assert_sound (&fixture);
  after = get_identity (&fixture);
  g_assert_cmpuint (after.incarnation, !=, before.incarnation);
  total = get_field (&fixture, &id, "total");
  g_assert_cmpstr (total, ==, "41");
  gone = soban_store_get_record (fixture.store, &later, &error);
  g_assert_null (gone);
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND);
  g_unlink (copy);
  g_unlink (kept);
  store_fixture_clear (&fixture);
}

/* (2): what is no sound store neither becomes one nor moves the one that is there. */
static void
test_unsound (void)
{
  StoreFixture fixture;
  g_autofree char *copy = NULL;
  g_autofree char *bytes = NULL;
  g_autofree char *kept = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  store_fixture_init (&fixture);
  save_session (&fixture, "2026-11-20", "Bản A", "41");
  save_session (&fixture, "2026-11-20", "Bản A", "42");
  copy = g_build_filename (fixture.folder, "copy.db", NULL);
  back_up (&fixture, copy);
  store_fixture_close (&fixture);
  g_assert_true (g_file_get_contents (copy, &bytes, &length, NULL));
  memset (bytes + length / 4, 0xa5, length / 2);
  g_assert_true (g_file_set_contents (copy, bytes, (gssize) length, NULL));

  g_assert_false (soban_backup_check (copy, store_fixture_data_dir (), NULL, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_false (soban_backup_restore (copy, fixture.path, store_fixture_data_dir (), &kept, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT);
  g_assert_null (kept);
  store_fixture_open (&fixture);
  assert_sound (&fixture);
  g_unlink (copy);
  store_fixture_clear (&fixture);
}

/* A place that cannot be written: the error says so, nothing is left there. */
static void
test_no_place (void)
{
  StoreFixture fixture;
  g_autofree char *copy = NULL;
  g_autoptr (GError) error = NULL;

  store_fixture_init (&fixture);
  copy = g_build_filename (fixture.folder, "none", "copy.db", NULL);
  g_assert_false (soban_store_back_up (fixture.store, copy, NULL, &error));
  g_assert_nonnull (error);
  save_session (&fixture, "2026-11-20", "Bản A", "41");
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* Once a day. */
static void
test_daily (void)
{
  StoreFixture fixture;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  gboolean made;

  store_fixture_init (&fixture);
  save_session (&fixture, "2026-11-20", "Bản A", "41");
  path = soban_backup_daily_path (fixture.path);
  g_assert_true (soban_store_back_up_daily (fixture.store, &made, &error));
  g_assert_no_error (error);
  g_assert_true (made);
  g_assert_true (soban_backup_check (path, store_fixture_data_dir (), NULL, &error));
  g_assert_true (soban_store_back_up_daily (fixture.store, &made, &error));
  g_assert_false (made);
  g_unlink (path);
  store_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/backup/round-trip", test_round_trip);
  g_test_add_func ("/store/backup/unsound", test_unsound);
  g_test_add_func ("/store/backup/no-place", test_no_place);
  g_test_add_func ("/store/backup/daily", test_daily);
  return g_test_run ();
}
