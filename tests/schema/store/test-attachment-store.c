/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Photos and other files of answers: store/attachment-store.c and attachment-use.c. Tests are named after their invariants. */
#include "store-fixture.h"

#include "base/attachment-name.h"
#include "base/error.h"
#include "base/limits.h"
#include "store/attachment-store.h"
#include "photo.h"
#include "store/backup.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#define PHOTO_BYTES (3 * SOBAN_ATTACHMENT_CHUNK_BYTES + 17)

static char *
put (StoreFixture *fixture, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  char *name = soban_store_put_attachment (fixture->store, bytes, "jpg", &error);

  g_assert_no_error (error);
  g_assert_true (soban_attachment_name_is_valid (name));
  return name;
}

static gboolean
is_there (StoreFixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = soban_store_get_attachment (fixture->store, name, &error);

  if (!bytes)
    g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND);
  return bytes != NULL;
}

static void
assert_waiting (StoreFixture *fixture, guint count, guint64 bytes)
{
  g_autoptr (GError) error = NULL;
  guint waiting;
  guint64 waiting_bytes;

  g_assert_true (soban_store_count_attachments (fixture->store, &waiting, &waiting_bytes, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (waiting, ==, count);
  g_assert_cmpuint (waiting_bytes, ==, bytes);
}

/* The record @id (new when it is empty) has @photo; NULL takes it out. */
static void
save_with_photo (StoreFixture *fixture, SobanUuid *id, const char *photo)
{
  g_autoptr (SobanFieldMap) fields = make_fields ("commune_id", FIXTURE_COMMUNE, "total", "25", NULL);
  g_autofree char *version = newest_version (fixture, "communication_session");
  g_autoptr (GError) error = NULL;

  if (photo)
    soban_field_map_set (fields, "photo", photo);
  soban_store_save (fixture->store, id, "communication_session", version, NULL, fields, &error);
  g_assert_no_error (error);
}

static void
save_draft (StoreFixture *fixture, const SobanDraft *draft, const char *photo)
{
  g_autoptr (SobanFieldMap) fields = make_fields ("commune_id", FIXTURE_COMMUNE, "photo", photo, NULL);
  g_autoptr (GError) error = NULL;

  soban_store_save_draft (fixture->store, &draft->id, draft->form, draft->form_version, fields, "title", NULL, &error);
  g_assert_no_error (error);
}

static SobanDraft *
start_draft (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  SobanDraft *draft = soban_store_start_draft (fixture->store, "communication_session", &error);

  g_assert_no_error (error);
  return draft;
}

static void
discard (StoreFixture *fixture, const SobanDraft *draft)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (soban_store_discard_draft (fixture->store, &draft->id, &error));
  g_assert_no_error (error);
}

/* (1), (2): any length around the chunks; the same twice is one; any piece of it. */
static void
test_put_and_get (void)
{
  static const gsize lengths[] = { 1, SOBAN_ATTACHMENT_CHUNK_BYTES - 1, SOBAN_ATTACHMENT_CHUNK_BYTES, SOBAN_ATTACHMENT_CHUNK_BYTES + 1,
                                   PHOTO_BYTES };
  StoreFixture fixture;

  store_fixture_init (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
    g_autoptr (GBytes) photo = photo_new (i, lengths[i]);
    g_autofree char *name = put (&fixture, photo);
    g_autofree char *again = put (&fixture, photo);
    g_autoptr (GBytes) got = soban_store_get_attachment (fixture.store, name, NULL);

    g_assert_cmpstr (name, ==, again);
    g_assert_true (g_bytes_equal (photo, got));
    for (gsize start = 0; start <= lengths[i]; start += 50021) {
      g_autoptr (GBytes) piece = soban_store_read_attachment_piece (fixture.store, name, start, 70001, NULL);
      g_autoptr (GBytes) expected = g_bytes_new_from_bytes (photo, start, MIN (70001, lengths[i] - start));

      g_assert_true (g_bytes_equal (piece, expected));
    }
  }
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

static void
assert_refused (StoreFixture *fixture, gsize length, const char *extension, int code)
{
  g_autoptr (GBytes) bytes = photo_new (1, length);
  g_autoptr (GError) error = NULL;

  g_assert_null (soban_store_put_attachment (fixture->store, bytes, extension, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, code);
}

static gboolean
put_many (SobanStore *store, gpointer data, GError **error)
{
  for (guint i = 1; i < SOBAN_ATTACHMENTS_WAITING_MAX; i++) {
    g_autoptr (GBytes) small = g_bytes_new (&i, sizeof i);
    g_autofree char *name = soban_store_put_attachment (store, small, "JPG", error);

    if (!name)
      return FALSE;
  }
  return TRUE;
}

static void
test_bounds (void)
{
  StoreFixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) largest = photo_new (1, SOBAN_ATTACHMENT_BYTES_MAX);
  g_autofree char *name = NULL;

  store_fixture_init (&fixture);
  assert_refused (&fixture, 0, "jpg", SOBAN_STORE_ERROR_CONSTRAINT);
  assert_refused (&fixture, 10, "", SOBAN_STORE_ERROR_CONSTRAINT);
  assert_refused (&fixture, 10, "j/pg", SOBAN_STORE_ERROR_CONSTRAINT);
  assert_refused (&fixture, 10, "ninechars", SOBAN_STORE_ERROR_CONSTRAINT);
  assert_refused (&fixture, SOBAN_ATTACHMENT_BYTES_MAX + 1, "jpg", SOBAN_STORE_ERROR_LIMIT);
  name = put (&fixture, largest);
  g_assert_true (is_there (&fixture, name));
  g_assert_false (is_there (&fixture, "../../etc/passwd"));
  g_assert_true (soban_store_save_together (fixture.store, put_many, NULL, &error));
  g_assert_no_error (error);
  assert_refused (&fixture, 10, "jpg", SOBAN_STORE_ERROR_LIMIT);
  store_fixture_clear (&fixture);
}

static void
execute (const char *path, const char *sql)
{
  sqlite3 *db;
  char *message = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

/* (1): damaged bytes are never handed out, told by check(), and replaced when they are put again. */
static void
test_damage_is_found (void)
{
  StoreFixture fixture;
  g_autoptr (GBytes) photo = photo_new (1, PHOTO_BYTES);
  g_autofree char *name = NULL;
  g_autoptr (GPtrArray) sentences = NULL;
  g_autoptr (GError) error = NULL;
  SobanUuid id = { 0 };

  store_fixture_init (&fixture);
  name = put (&fixture, photo);
  save_with_photo (&fixture, &id, name);
  store_fixture_close (&fixture);
  execute (fixture.path, "UPDATE attachment_chunk SET content = zeroblob (length (content)) WHERE start = 65536");
  store_fixture_open (&fixture);
  g_assert_null (soban_store_get_attachment (fixture.store, name, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT);
  sentences = soban_store_check (fixture.store, NULL);
  g_assert_cmpuint (sentences->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (sentences, 0), name));
  g_free (put (&fixture, photo));
  g_assert_true (is_there (&fixture, name));
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* (3): a draft's does not wait, a record's does until it is received; what was taken out of the record again, or deleted, does not. */
static void
test_waits_for_a_saved_record (void)
{
  StoreFixture fixture;
  g_autoptr (GBytes) first = photo_new (1, PHOTO_BYTES), second = photo_new (2, 1000);
  g_autofree char *one = NULL, *two = NULL;
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (SobanFieldMap) fields = NULL;
  SobanAttachmentState state;
  SobanUuid id = { 0 };

  store_fixture_init (&fixture);
  one = put (&fixture, first);
  two = put (&fixture, second);
  draft = start_draft (&fixture);
  save_draft (&fixture, draft, one);
  assert_waiting (&fixture, 0, 0);
  fields = make_fields ("commune_id", FIXTURE_COMMUNE, "photo", one, NULL);
  g_assert_true (soban_store_complete_draft (fixture.store, &draft->id, fields, NULL));
  assert_waiting (&fixture, 1, PHOTO_BYTES);
  save_with_photo (&fixture, &id, two);
  assert_waiting (&fixture, 2, PHOTO_BYTES + 1000);
  save_with_photo (&fixture, &id, NULL);
  assert_waiting (&fixture, 1, PHOTO_BYTES);
  save_with_photo (&fixture, &id, two);
  assert_waiting (&fixture, 2, PHOTO_BYTES + 1000);
  g_assert_true (soban_store_set_deleted (fixture.store, &id, TRUE, NULL));
  assert_waiting (&fixture, 1, PHOTO_BYTES);
  g_assert_true (soban_store_look_up_attachment (fixture.store, one, &state, NULL));
  g_assert_cmpint (state, ==, SOBAN_ATTACHMENT_WAITING);
  g_assert_true (soban_store_mark_attachment_received (fixture.store, one, NULL));
  assert_waiting (&fixture, 0, 0);
  store_fixture_reopen (&fixture);
  assert_waiting (&fixture, 0, 0);
  g_assert_true (soban_store_look_up_attachment (fixture.store, one, &state, NULL));
  g_assert_cmpint (state, ==, SOBAN_ATTACHMENT_RECEIVED);
  g_assert_true (soban_store_set_deleted (fixture.store, &id, FALSE, NULL));
  assert_waiting (&fixture, 1, 1000);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* (3): two tablets, two photos for one question: the one that lost unseen is shown to the officer, so it is sent, too. */
static void
test_lost_unseen_waits (void)
{
  StoreFixture fixture;
  g_autoptr (GBytes) photo = photo_new (1, 1000);
  g_autofree char *name = NULL;
  g_autoptr (GPtrArray) changes = NULL;
  char other[] = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff.jpg";
  SobanUuid id = { 0 };

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "sha256//key");
  name = put (&fixture, photo);
  save_with_photo (&fixture, &id, name);
  changes = new_changes ();
  add_pulled (changes, 9, 1, &id, LATER (600), 0, "photo", other);
  apply_changes (&fixture, changes, FIXTURE_COMMUNE, 1);
  assert_waiting (&fixture, 1, 1000);
  g_assert_false (is_there (&fixture, other));
  store_fixture_clear (&fixture);
}

/* use (2): what a draft names stays over a restart, goes with the draft, but not when a record has it too; what nothing names goes at the next opening. */
static void
test_kept_while_named (void)
{
  StoreFixture fixture;
  g_autoptr (GBytes) first = photo_new (1, 1000), second = photo_new (2, 1000), third = photo_new (3, 1000);
  g_autofree char *one = NULL, *two = NULL, *three = NULL;
  g_autoptr (SobanDraft) draft = NULL, other = NULL;
  SobanUuid id = { 0 };

  store_fixture_init (&fixture);
  one = put (&fixture, first);
  two = put (&fixture, second);
  three = put (&fixture, third);
  draft = start_draft (&fixture);
  other = start_draft (&fixture);
  save_draft (&fixture, draft, one);
  save_draft (&fixture, other, two);
  save_with_photo (&fixture, &id, two);
  g_assert_true (is_there (&fixture, three));
  store_fixture_reopen (&fixture);
  g_assert_true (is_there (&fixture, one));
  g_assert_true (is_there (&fixture, two));
  g_assert_false (is_there (&fixture, three));
  g_free (put (&fixture, third));
  discard (&fixture, draft);
  discard (&fixture, other);
  g_assert_false (is_there (&fixture, one));
  g_assert_true (is_there (&fixture, two));
  g_assert_true (is_there (&fixture, three)); /* put, and its answer is not saved yet */
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* use (2): a draft that was thrown away by mistake comes back with its photo. */
static void
test_discarded_comes_back (void)
{
  StoreFixture fixture;
  g_autoptr (GBytes) photo = photo_new (1, 1000);
  g_autofree char *name = NULL;
  g_autoptr (SobanDraft) draft = NULL, other = NULL;

  store_fixture_init (&fixture);
  name = put (&fixture, photo);
  draft = start_draft (&fixture);
  other = start_draft (&fixture);
  save_draft (&fixture, draft, name);
  discard (&fixture, draft);
  g_assert_true (is_there (&fixture, name));
  save_draft (&fixture, draft, name);
  discard (&fixture, other);
  store_fixture_reopen (&fixture);
  g_assert_true (is_there (&fixture, name));
  discard (&fixture, draft);
  store_fixture_reopen (&fixture);
  g_assert_false (is_there (&fixture, name));
  store_fixture_clear (&fixture);
}

/* use (1): a photo that was replaced can be put back. */
static void
test_replaced_stays (void)
{
  StoreFixture fixture;
  g_autoptr (GBytes) photo = photo_new (1, 1000);
  g_autofree char *name = NULL;
  SobanUuid id = { 0 };

  store_fixture_init (&fixture);
  name = put (&fixture, photo);
  save_with_photo (&fixture, &id, name);
  save_with_photo (&fixture, &id, NULL);
  store_fixture_reopen (&fixture);
  g_assert_true (is_there (&fixture, name));
  store_fixture_clear (&fixture);
}

/* use (4): old records are let go, but none with a photo that is not received; its photo goes with it. */
static void
test_window_waits_for_photos (void)
{
  StoreFixture fixture;
  g_autoptr (GBytes) photo = photo_new (1, 1000);
  g_autofree char *name = NULL;
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (GError) error = NULL;
  SobanUuid id = { 0 };
  gint64 window_ms;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "sha256//key");
  name = put (&fixture, photo);
  save_with_photo (&fixture, &id, name);
  changes = new_changes ();
  apply_numbered (&fixture, changes, 1, 1, 1);
  g_assert_true (soban_store_set_setting (fixture.store, SOBAN_SETTING_RETENTION_DAYS, "30", NULL));
  store_fixture_boot (&fixture, G_GINT64_CONSTANT (200) * 86400000, 0);
  fixture.now_ms += 1000;
  {
    SobanSyncResult result = { .acked_number = 1, .collector_ms = fixture.now_ms, .collector_minor = 1 };

    g_assert_true (soban_store_apply (fixture.store, &result, &error));
    g_assert_no_error (error);
  }
  g_assert_true (soban_store_move_window (fixture.store, &window_ms, NULL));
  g_assert_cmpint (window_ms, >, FIXTURE_START_MS);
  assert_waiting (&fixture, 1, 1000);
  g_assert_true (soban_store_mark_attachment_received (fixture.store, name, NULL));
  g_assert_true (soban_store_move_window (fixture.store, &window_ms, NULL));
  g_assert_null (soban_store_get_record (fixture.store, &id, &error));
  g_assert_false (is_there (&fixture, name));
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

static gboolean
file_has (const char *path, GBytes *wanted)
{
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  return memmem (contents, length, g_bytes_get_data (wanted, NULL), g_bytes_get_size (wanted)) != NULL;
}

/* use (3): also its bytes, and not one that another record has. */
static void
test_erased_goes (void)
{
  StoreFixture fixture;
  g_autoptr (GBytes) first = photo_new (1, PHOTO_BYTES), second = photo_new (2, 1000);
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (first, SOBAN_ATTACHMENT_CHUNK_BYTES + 500, 200);
  g_autoptr (GPtrArray) changes = NULL;
  g_autofree char *one = NULL, *two = NULL;
  SobanUuid id = { 0 }, other = { 0 };

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "sha256//key");
  one = put (&fixture, first);
  two = put (&fixture, second);
  save_with_photo (&fixture, &id, two);
  save_with_photo (&fixture, &id, one);
  save_with_photo (&fixture, &other, two);
  store_fixture_reopen (&fixture);
  g_assert_true (file_has (fixture.path, part));
  changes = new_changes ();
  apply_numbered (&fixture, changes, 1, 3, 3);
  add_pulled (changes, 9, 1, &id, LATER (600), 3, SOBAN_FIELD_ERASED, "1");
  apply_numbered (&fixture, changes, 4, 4, 3);
  g_assert_false (is_there (&fixture, one));
  g_assert_true (is_there (&fixture, two));
  assert_waiting (&fixture, 1, 1000);
  assert_sound (&fixture);
  store_fixture_reopen (&fixture);
  store_fixture_close (&fixture);
  g_assert_false (file_has (fixture.path, part));
  store_fixture_clear (&fixture);
}

/* (5): another collector has none of them. */
static void
test_another_collector_has_none (void)
{
  StoreFixture fixture;
  g_autoptr (GBytes) photo = photo_new (1, 1000);
  g_autofree char *name = NULL;
  SobanUuid id = { 0 };

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "sha256//key");
  name = put (&fixture, photo);
  save_with_photo (&fixture, &id, name);
  g_assert_true (soban_store_mark_attachment_received (fixture.store, name, NULL));
  store_fixture_enrol (&fixture, 4, "sha256//key");
  assert_waiting (&fixture, 0, 0);
  store_fixture_enrol (&fixture, 5, "sha256//another");
  assert_waiting (&fixture, 1, 1000);
  store_fixture_clear (&fixture);
}

/* It is in the same file: a copy has it. */
static void
test_copied_and_restored (void)
{
  StoreFixture fixture;
  g_autoptr (GBytes) photo = photo_new (1, PHOTO_BYTES);
  g_autofree char *name = NULL, *copy = NULL, *kept = NULL;
  g_autoptr (GError) error = NULL;
  SobanUuid id = { 0 };

  store_fixture_init (&fixture);
  name = put (&fixture, photo);
  save_with_photo (&fixture, &id, name);
  copy = g_build_filename (fixture.folder, "copy.db", NULL);
  g_assert_true (soban_store_back_up (fixture.store, copy, NULL, &error));
  store_fixture_close (&fixture);
  g_unlink (fixture.path);
  g_assert_true (soban_backup_restore (copy, fixture.path, store_fixture_data_dir (), &kept, &error));
  g_assert_no_error (error);
  store_fixture_open (&fixture);
  g_assert_true (is_there (&fixture, name));
  assert_waiting (&fixture, 1, PHOTO_BYTES);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attachment-store/1-2/put-and-get", test_put_and_get);
  g_test_add_func ("/attachment-store/bounds", test_bounds);
  g_test_add_func ("/attachment-store/1/damage-is-found", test_damage_is_found);
  g_test_add_func ("/attachment-store/3/waits-for-a-saved-record", test_waits_for_a_saved_record);
  g_test_add_func ("/attachment-store/3/lost-unseen-waits", test_lost_unseen_waits);
  g_test_add_func ("/attachment-store/5/another-collector-has-none", test_another_collector_has_none);
  g_test_add_func ("/attachment-store/copied-and-restored", test_copied_and_restored);
  g_test_add_func ("/attachment-use/1/replaced-stays", test_replaced_stays);
  g_test_add_func ("/attachment-use/2/kept-while-named", test_kept_while_named);
  g_test_add_func ("/attachment-use/2/discarded-comes-back", test_discarded_comes_back);
  g_test_add_func ("/attachment-use/3/erased-goes", test_erased_goes);
  g_test_add_func ("/attachment-use/4/window-waits-for-photos", test_window_waits_for_photos);
  return g_test_run ();
}
