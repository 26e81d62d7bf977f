/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attachments in the collector's store: attachment-shelf.c. On both databases. Tests are named after its invariants. */
#include <string.h>

#include "admission-request.h"
#include "attachment-shelf.h"
#include "base/attachment-name.h"
#include "base/error.h"
#include "base/limits.h"
#include "erasure.h"
#include "night.h"
#include "photo.h"
#include "round-request.h"
#include "store-check.h"

#define BYTES 3000
#define DAY_MS (24 * HOUR_MS)

static char *
name_of (GBytes *photo)
{
  return soban_attachment_name_new (g_bytes_get_data (photo, NULL), g_bytes_get_size (photo), "jpg");
}

static SobanDevice *
find_device (Fixture *fixture, const char *token)
{
  g_autoptr (GError) error = NULL;
  SobanDevice *device = soban_devices_find_by_token (fixture->store, token, &error);

  g_assert_no_error (error);
  g_assert_nonnull (device);
  return device;
}

static void
begin_writing (Fixture *fixture)
{
  g_assert_true (soban_collector_store_begin (fixture->store, NULL));
}

static void
commit (Fixture *fixture)
{
  g_assert_true (soban_collector_store_commit (fixture->store, NULL));
}

static SobanAttachmentMark
announce (Fixture *fixture, const SobanDevice *device, const char *name, guint64 bytes)
{
  g_autoptr (GError) error = NULL;
  SobanAttachmentMark mark;

  begin_writing (fixture);
  g_assert_true (soban_attachment_shelf_begin (fixture->store, device, name, bytes, &mark, &error));
  g_assert_no_error (error);
  commit (fixture);
  return mark;
}

static SobanAttachmentOutcome
append (Fixture *fixture, const char *name, GBytes *photo, gsize from, gsize to, guint64 offset)
{
  g_autoptr (GBytes) piece = g_bytes_new_from_bytes (photo, from, to - from);
  g_autoptr (GError) error = NULL;
  SobanAttachmentOutcome outcome;
  SobanAttachmentMark mark;

  begin_writing (fixture);
  g_assert_true (soban_attachment_shelf_append (fixture->store, name, offset, piece, &outcome, &mark, &error));
  g_assert_no_error (error);
  commit (fixture);
  return outcome;
}

static SobanAttachmentMark
find (Fixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;
  SobanAttachmentMark mark;

  g_assert_true (soban_attachment_shelf_find (fixture->store, name, &mark, &error));
  g_assert_no_error (error);
  return mark;
}

static void
assert_content (Fixture *fixture, const char *name, GBytes *photo)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) read = NULL;

  g_assert_true (soban_attachment_shelf_read (fixture->store, name, &read, &error));
  g_assert_no_error (error);
  g_assert_true (photo != NULL ? read != NULL && g_bytes_equal (read, photo) : read == NULL);
}

static gboolean
is_named (Fixture *fixture, const SobanDevice *device, const char *name)
{
  gboolean named;

  g_assert_true (soban_attachment_shelf_is_named (fixture->store, device, name, &named, NULL));
  return named;
}

static guint
check (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = soban_collector_check (fixture->store, &error);

  g_assert_no_error (error);
  return problems->len;
}

/* Record @record of device 1 has @name. */
static void
admit_named (Fixture *fixture, guint32 device, guint64 number, guint record, const char *name)
{
  admit_good (fixture, make_batch (make_change (device, 1, number, SCOPE_A, record, TEST_NOW_MS - 5000, 0, "photo", name), NULL));
}

static void
receive (Fixture *fixture, const SobanDevice *device, const char *name, GBytes *photo)
{
  announce (fixture, device, name, g_bytes_get_size (photo));
  g_assert_cmpint (append (fixture, name, photo, 0, g_bytes_get_size (photo), 0), ==, SOBAN_ATTACHMENT_APPENDED);
  g_assert_true (find (fixture, name).received);
}

/* T1, T2: cut at each of these places it goes on from there; received is told at the last byte and not before. */
static void
test_pieces (Fixture *fixture, gconstpointer data)
{
  static const gsize cuts[] = { 0, 1, 17, 1000, 2999 };
  guint32 number = add_device (fixture, "token-a", SCOPE_A);
  g_autoptr (SobanDevice) device = find_device (fixture, "token-a");

  for (guint i = 0; i < G_N_ELEMENTS (cuts); i++) {
    g_autoptr (GBytes) photo = photo_new (i, BYTES);
    g_autofree char *name = name_of (photo);

    admit_named (fixture, number, i + 1, i + 1, name);
    announce (fixture, device, name, BYTES);
    assert_content (fixture, name, NULL);
    append (fixture, name, photo, 0, cuts[i], 0);
    g_assert_cmpuint (find (fixture, name).have, ==, cuts[i]);
    g_assert_false (find (fixture, name).received);
    assert_content (fixture, name, NULL);
    g_assert_cmpuint (check (fixture), ==, 0);
    g_assert_cmpint (append (fixture, name, photo, cuts[i], BYTES, cuts[i]), ==, SOBAN_ATTACHMENT_APPENDED);
    g_assert_true (find (fixture, name).received);
    assert_content (fixture, name, photo);
  }
  g_assert_cmpuint (check (fixture), ==, 0);
}

/* T1: at another place, beyond its length, or unannounced nothing is kept; the same again says that it is there. */
static void
test_another_offset (Fixture *fixture, gconstpointer data)
{
  guint32 number = add_device (fixture, "token-a", SCOPE_A);
  g_autoptr (SobanDevice) device = find_device (fixture, "token-a");
  g_autoptr (GBytes) photo = photo_new (1, BYTES);
  g_autofree char *name = name_of (photo);

  admit_named (fixture, number, 1, 1, name);
  g_assert_cmpint (append (fixture, name, photo, 0, 10, 0), ==, SOBAN_ATTACHMENT_UNKNOWN);
  announce (fixture, device, name, BYTES);
  g_assert_cmpint (append (fixture, name, photo, 0, 10, 1), ==, SOBAN_ATTACHMENT_OTHER_OFFSET);
  g_assert_cmpint (append (fixture, name, photo, 0, 10, G_MAXINT64), ==, SOBAN_ATTACHMENT_OTHER_OFFSET);
  append (fixture, name, photo, 0, 100, 0);
  g_assert_cmpint (append (fixture, name, photo, 0, 100, 0), ==, SOBAN_ATTACHMENT_OTHER_OFFSET);
  g_assert_cmpint (append (fixture, name, photo, 0, BYTES, 100), ==, SOBAN_ATTACHMENT_OTHER_OFFSET);
  g_assert_cmpuint (find (fixture, name).have, ==, 100);
  g_assert_cmpuint (announce (fixture, device, name, BYTES).have, ==, 100);
  append (fixture, name, photo, 100, BYTES, 100);
  g_assert_true (announce (fixture, device, name, BYTES).received);
  g_assert_true (announce (fixture, device, name, BYTES + 1).received);
  g_assert_cmpint (append (fixture, name, photo, 0, 100, 0), ==, SOBAN_ATTACHMENT_OTHER_OFFSET);
  assert_content (fixture, name, photo);
}

/* T2: what is whole and wrong is dropped, and can be sent anew. */
static void
test_wrong_hash (Fixture *fixture, gconstpointer data)
{
  guint32 number = add_device (fixture, "token-a", SCOPE_A);
  g_autoptr (SobanDevice) device = find_device (fixture, "token-a");
  g_autoptr (GBytes) photo = photo_new (1, BYTES), other = photo_new (2, BYTES);
  g_autofree char *name = name_of (photo);

  admit_named (fixture, number, 1, 1, name);
  announce (fixture, device, name, BYTES);
  append (fixture, name, photo, 0, 2000, 0);
  g_assert_cmpint (append (fixture, name, other, 2000, BYTES, 2000), ==, SOBAN_ATTACHMENT_WRONG);
  g_assert_false (find (fixture, name).found);
  assert_content (fixture, name, NULL);
  /* A wrong length: as wrong. */
  announce (fixture, device, name, 100);
  g_assert_cmpint (append (fixture, name, photo, 0, 100, 0), ==, SOBAN_ATTACHMENT_WRONG);
  announce (fixture, device, name, 100);
  append (fixture, name, photo, 0, 50, 0);
  g_assert_cmpuint (announce (fixture, device, name, BYTES).have, ==, 0);
  append (fixture, name, photo, 0, BYTES, 0);
  assert_content (fixture, name, photo);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM attachment_chunk"), ==, 1);
  g_assert_cmpuint (check (fixture), ==, 0);
}

/* T3: only what a record of the device's communes names. */
static void
test_only_what_is_named (Fixture *fixture, gconstpointer data)
{
  guint32 number = add_device (fixture, "token-a", SCOPE_A);
  g_autoptr (SobanDevice) device = find_device (fixture, "token-a"), stranger = NULL;
  g_autoptr (GBytes) photo = photo_new (1, BYTES);
  g_autofree char *name = name_of (photo);

  add_device (fixture, "token-b", SCOPE_B);
  stranger = find_device (fixture, "token-b");
  g_assert_false (is_named (fixture, device, name));
  admit_named (fixture, number, 1, 1, name);
  g_assert_true (is_named (fixture, device, name));
  g_assert_false (is_named (fixture, stranger, name));
}

static void
test_a_device_has_a_bound (Fixture *fixture, gconstpointer data)
{
  guint32 number = add_device (fixture, "token-a", SCOPE_A);
  g_autoptr (SobanDevice) device = find_device (fixture, "token-a");
  g_autoptr (GBytes) photo = photo_new (1, BYTES);
  g_autofree char *name = name_of (photo), *sql = NULL;
  g_autoptr (GError) error = NULL;
  SobanAttachmentMark mark;

  sql = g_strdup_printf ("INSERT INTO attachment (name, bytes, have, device, changed_ms) VALUES ('x', %" G_GINT64_FORMAT ", 0, %u, 0)",
                         SOBAN_ATTACHMENTS_DEVICE_BYTES_MAX - BYTES + 1, number);
  g_assert_true (soban_database_execute (soban_collector_store_get_database (fixture->store), sql, NULL));
  begin_writing (fixture);
  g_assert_false (soban_attachment_shelf_begin (fixture->store, device, name, BYTES, &mark, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_LIMIT);
  soban_collector_store_roll_back (fixture->store);
  g_assert_true (announce (fixture, device, name, BYTES - 1).found);
}

static void
erase (Fixture *fixture, guint record)
{
  SobanUuid id = make_record_id (record);
  g_autoptr (GError) error = NULL;

  begin_writing (fixture);
  g_assert_true (soban_erase_record (fixture->store, &id, "QĐ 12/2026", &error));
  g_assert_no_error (error);
  commit (fixture);
}

/* T3: what only the erased record named goes, also when it is half here; what another one names stays, and nothing more of the erased comes in. */
static void
test_erased (Fixture *fixture, gconstpointer data)
{
  guint32 number = add_device (fixture, "token-a", SCOPE_A);
  g_autoptr (SobanDevice) device = find_device (fixture, "token-a");
  g_autoptr (GBytes) one = photo_new (1, BYTES), two = photo_new (2, BYTES), three = photo_new (3, BYTES);
  g_autofree char *own = name_of (one), *shared = name_of (two), *half = name_of (three);

  admit_named (fixture, number, 1, 1, shared);
  admit_named (fixture, number, 2, 1, half);
  admit_named (fixture, number, 3, 1, own);
  admit_named (fixture, number, 4, 2, shared);
  receive (fixture, device, own, one);
  receive (fixture, device, shared, two);
  announce (fixture, device, half, BYTES);
  append (fixture, half, three, 0, 500, 0);
  erase (fixture, 1);
  assert_content (fixture, own, NULL);
  assert_content (fixture, shared, two);
  g_assert_false (find (fixture, half).found);
  g_assert_false (is_named (fixture, device, own));
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM attachment_chunk"), ==, 1);
  admit_named (fixture, number, 5, 1, own);
  g_assert_false (is_named (fixture, device, own));
  g_assert_cmpuint (check (fixture), ==, 0);
}

/* T3: the night lets go what nobody went on with, and what no record names. */
static void
test_swept (Fixture *fixture, gconstpointer data)
{
  guint32 number = add_device (fixture, "token-a", SCOPE_A);
  g_autoptr (SobanDevice) device = find_device (fixture, "token-a");
  g_autoptr (GBytes) one = photo_new (1, BYTES), two = photo_new (2, BYTES), three = photo_new (3, BYTES);
  g_autofree char *whole = name_of (one), *half = name_of (two), *unnamed = name_of (three);
  guint swept;

  admit_named (fixture, number, 1, 1, whole);
  admit_named (fixture, number, 2, 2, half);
  receive (fixture, device, whole, one);
  receive (fixture, device, unnamed, three);
  announce (fixture, device, half, BYTES);
  append (fixture, half, two, 0, 500, 0);
  for (guint round = 0; round < 2; round++) {
    begin_writing (fixture);
    g_assert_true (soban_attachment_shelf_sweep (fixture->store, &swept, NULL));
    commit (fixture);
    g_assert_cmpuint (swept, ==, round == 0 ? 0 : 2);
    fixture->now_ms += (SOBAN_ATTACHMENT_UNFINISHED_DAYS + 1) * DAY_MS;
    fixture_reopen (fixture);
  }
  assert_content (fixture, whole, one);
  assert_content (fixture, unnamed, NULL);
  g_assert_false (find (fixture, half).found);
}

static gboolean
derive_nothing (SobanCollectorStore *store, gpointer data, gboolean *ret_left, GError **error)
{
  *ret_left = FALSE;
  return TRUE;
}

/* The server does so by itself, after its other work of the night. */
static void
test_swept_by_night (Fixture *fixture, gconstpointer data)
{
  guint32 number = add_device (fixture, "token-a", SCOPE_A);
  g_autoptr (SobanDevice) device = find_device (fixture, "token-a");
  g_autoptr (GBytes) photo = photo_new (1, BYTES);
  g_autofree char *name = name_of (photo);
  g_autoptr (SobanCollectorStore) reader = NULL;
  SobanCollectorStore *owner;
  SobanWriter *writer;
  SobanNight *night;
  gint64 count = 1, deadline_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  admit_named (fixture, number, 1, 1, name);
  announce (fixture, device, name, BYTES);
  g_clear_pointer (&fixture->store, soban_collector_store_close);
  fixture->now_ms += (SOBAN_ATTACHMENT_UNFINISHED_DAYS + 1) * DAY_MS;
  owner = soban_collector_store_open (fixture->path, SOBAN_DATABASE_OWNER, FALSE, &fixture->clock, NULL);
  reader = soban_collector_store_open (fixture->path, SOBAN_DATABASE_READER, FALSE, &fixture->clock, NULL);
  writer = soban_writer_new (owner, NULL, derive_nothing, NULL);
  night = soban_night_new (&writer);
  soban_night_run (night);
  while (count > 0 && g_get_monotonic_time () < deadline_us) {
    g_main_context_iteration (NULL, TRUE);
    g_assert_true (soban_database_get_integer (soban_collector_store_get_database (reader), NULL, 0, &count, "SELECT count (*) FROM attachment", ""));
  }
  g_assert_cmpint (count, ==, 0);
  soban_night_free (night);
  g_clear_pointer (&writer, soban_writer_free);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

/* What an upgrade fills in is what admission has noted. */
static void
test_noted_from_the_log (Fixture *fixture, gconstpointer data)
{
  guint32 number = add_device (fixture, "token-a", SCOPE_A);
  g_autoptr (SobanDevice) device = find_device (fixture, "token-a");
  g_autoptr (GBytes) photo = photo_new (1, BYTES);
  g_autofree char *name = name_of (photo);
  SobanDatabase *database = soban_collector_store_get_database (fixture->store);

  admit_named (fixture, number, 1, 1, name);
  admit_named (fixture, number, 2, 2, "no file");
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM attachment_use"), ==, 1);
  g_assert_true (soban_database_execute (database, "DELETE FROM attachment_use", NULL));
  g_assert_true (soban_attachment_shelf_note_log (database, NULL));
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM attachment_use"), ==, 1);
  g_assert_true (is_named (fixture, device, name));
}

static void
test_damage_is_told (Fixture *fixture, gconstpointer data)
{
  guint32 number = add_device (fixture, "token-a", SCOPE_A);
  g_autoptr (SobanDevice) device = find_device (fixture, "token-a");
  g_autoptr (GBytes) photo = photo_new (1, BYTES);
  g_autofree char *name = name_of (photo);

  admit_named (fixture, number, 1, 1, name);
  receive (fixture, device, name, photo);
  g_assert_true (soban_database_execute (soban_collector_store_get_database (fixture->store), "UPDATE attachment SET have = have - 1", NULL));
  g_assert_cmpuint (check (fixture), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_FOR_BOTH ("/attachments/1-2/pieces", test_pieces);
  ADD_FOR_BOTH ("/attachments/1/another-offset", test_another_offset);
  ADD_FOR_BOTH ("/attachments/2/wrong-hash", test_wrong_hash);
  ADD_FOR_BOTH ("/attachments/3/only-what-is-named", test_only_what_is_named);
  ADD_FOR_BOTH ("/attachments/a-device-has-a-bound", test_a_device_has_a_bound);
  ADD_FOR_BOTH ("/attachments/3/erased", test_erased);
  ADD_FOR_BOTH ("/attachments/3/swept", test_swept);
  g_test_add ("/attachments/3/swept-by-night", Fixture, TEST_SQLITE, fixture_set_up, test_swept_by_night, fixture_tear_down);
  ADD_FOR_BOTH ("/attachments/noted-from-the-log", test_noted_from_the_log);
  ADD_FOR_BOTH ("/attachments/damage-is-told", test_damage_is_told);
  return g_test_run ();
}
