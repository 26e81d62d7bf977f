/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is left of an erased record: nothing in the file, and the erasure itself whatever the collector forgets. */
#include "store-fixture.h"

#include "log/erasure-proof.h"

#include <string.h>

#define SECRET "Giàng Thị Sáo"
#define SECRET_FOLDED "giang thi sao"
#define PERSON "Lò Văn Người Ghi"
#define PATIENCE_US (60 * G_TIME_SPAN_SECOND)

/* (transfer full): as the collector's command makes it: an incarnation of its own, a signature for the value. */
static SobanChange *
make_erasing (const SobanUuid *id, SobanStamp stamp)
{
  SobanChange *change = make_pulled (0, 1, id, stamp, 0);
  guint8 signature[SOBAN_ERASURE_PROOF_BYTES] = { 1, 2, 3 };
  g_autofree char *proof = soban_erasure_proof_format (signature);

  change->id.incarnation = 4711;
  soban_change_assign (change, SOBAN_FIELD_DELETED, "1");
  soban_change_assign (change, SOBAN_FIELD_ERASED, proof);
  return change;
}

static void
erase (StoreFixture *fixture, const SobanUuid *id, SobanStamp stamp, guint64 number, guint64 acked)
{
  g_autoptr (GPtrArray) changes = new_changes ();

  g_ptr_array_add (changes, make_erasing (id, stamp));
  apply_numbered (fixture, changes, number, number, acked);
}

static void
set_back (StoreFixture *fixture, guint64 acked)
{
  const SobanSyncResult result = { .acked_number = acked, .set_back = TRUE, .collector_minor = 1 };
  g_autoptr (GError) error = NULL;

  soban_store_apply (fixture->store, &result, &error);
  g_assert_no_error (error);
}

static gboolean
has_value (const GPtrArray *changes, const char *text)
{
  for (guint i = 0; i < changes->len; i++) {
    const GPtrArray *assignments = ((const SobanChange *) g_ptr_array_index (changes, i))->assignments;

    for (guint k = 0; k < assignments->len; k++) {
      const char *value = ((const SobanAssignment *) g_ptr_array_index (assignments, k))->value;

      if (value && strstr (value, text))
        return TRUE;
    }
  }
  return FALSE;
}

/* The only change that waits to be sent on is the erasure. */
static void
assert_relayed (StoreFixture *fixture, const SobanUuid *id)
{
  g_autoptr (GPtrArray) relayed = soban_store_list_relayed (fixture->store, 100, NULL);
  const SobanRelayed *group;
  const SobanChange *change;

  g_assert_cmpuint (relayed->len, ==, 1);
  group = g_ptr_array_index (relayed, 0);
  g_assert_cmpuint (group->changes->len, ==, 1);
  change = g_ptr_array_index (group->changes, 0);
  g_assert_cmpuint (change->id.device, ==, 0);
  g_assert_true (soban_uuid_equal (&change->record, id));
}

static void
assert_nothing_said (StoreFixture *fixture, const SobanUuid *id)
{
  g_autoptr (SobanRecord) record = soban_store_get_record (fixture->store, id, NULL);
  guint64 place = 0;

  g_assert_true (record->deleted);
  g_assert_null (soban_field_map_get (record->fields, "village_new"));
  for (guint numbered = 0; numbered < 2; numbered++) {
    g_autoptr (GPtrArray) items = soban_store_list_scope (fixture->store, FIXTURE_COMMUNE, numbered, &place, 1000, NULL);
    g_autoptr (GPtrArray) changes = g_ptr_array_new ();

    place = 0;
    for (guint i = 0; i < items->len; i++)
      g_ptr_array_add (changes, ((SobanScopeChange *) g_ptr_array_index (items, i))->change);
    g_assert_false (has_value (changes, SECRET));
  }
}

/* ---- traces ---- */

static guint
count_files_with (StoreFixture *fixture, const char *text)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;
  guint found = 0;

  while ((name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
    g_autofree char *content = NULL;
    gsize length;

    found += g_file_get_contents (path, &content, &length, NULL) && memmem (content, length, text, strlen (text));
  }
  return found;
}

/* Written again and again among many others, and derived each time: its bytes come to lie in many places. */
static SobanUuid
fill (StoreFixture *fixture, guint64 *ret_numbers)
{
  const SobanUuid id = soban_uuid_new_v7 (FIXTURE_START_MS, soban_entropy_system ());
  guint64 number = 1;
  guint left;

  for (guint part = 0; part < 20; part++) {
    g_autoptr (GPtrArray) changes = new_changes ();
    const guint64 first = number;

    for (guint i = 0; i < 30; i++, number++) {
      const SobanUuid other = soban_uuid_new_v7 (FIXTURE_START_MS, soban_entropy_system ());
      g_autofree char *value = i % 3 == 0 ? g_strdup_printf (SECRET " %u", (guint) number) : g_strnfill (number % 97, 'x');

      SobanChange *change =
          add_pulled (changes, 9, number, i % 3 == 0 ? &id : &other, LATER (number), number - 1, "village_new", value);

      if (i % 3 == 0)
        soban_change_assign (change, SOBAN_FIELD_PERSON, PERSON);
    }
    apply_numbered (fixture, changes, first, number - 1, 0);
    g_assert_true (soban_store_derive_stale (fixture->store, 100, &left, NULL));
  }
  *ret_numbers = number - 1;
  return id;
}

static void
test_no_byte_is_left (gconstpointer at_closing)
{
  StoreFixture fixture;
  const gint64 deadline_us = g_get_monotonic_time () + PATIENCE_US;
  guint64 numbers;
  SobanUuid id;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  id = fill (&fixture, &numbers);
  g_assert_cmpuint (count_files_with (&fixture, SECRET), >, 0);
  g_assert_cmpuint (count_files_with (&fixture, PERSON), >, 0);
  erase (&fixture, &id, LATER (numbers + 1), numbers + 1, 0);
  if (at_closing)
    store_fixture_close (&fixture);
  /* Else when nobody asks anything of the store: this test does not. */
  while (!at_closing && count_files_with (&fixture, SECRET) > 0 && g_get_monotonic_time () < deadline_us)
    g_usleep (20000);
  g_assert_cmpuint (count_files_with (&fixture, SECRET), ==, 0);
  g_assert_cmpuint (count_files_with (&fixture, SECRET_FOLDED), ==, 0);
  g_assert_cmpuint (count_files_with (&fixture, PERSON), ==, 0);
  if (at_closing)
    store_fixture_open (&fixture);
  assert_nothing_said (&fixture, &id);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* ---- what a collector has lost ---- */

static void
test_told_to_a_collector_that_was_set_back (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  const SobanUuid id = soban_uuid_new_v7 (FIXTURE_START_MS, soban_entropy_system ());
  SobanDigest digest;
  gboolean settled;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  add_pulled (changes, 9, 1, &id, LATER (1), 0, "village_new", SECRET);
  apply_numbered (&fixture, changes, 1, 1, 0);
  erase (&fixture, &id, LATER (2), 2, 0);
  set_back (&fixture, 0);
  assert_relayed (&fixture, &id);
  g_assert_true (soban_store_get_digest (fixture.store, FIXTURE_COMMUNE, &digest, &settled, NULL));
  g_assert_false (settled);
  /* The collector has the text, and gives it: it is not taken. Then it has the erasure again, under another number. */
  apply_numbered (&fixture, changes, 1, 1, 0);
  assert_nothing_said (&fixture, &id);
  assert_relayed (&fixture, &id);
  erase (&fixture, &id, LATER (2), 7, 0);
  {
    g_autoptr (GPtrArray) relayed = soban_store_list_relayed (fixture.store, 100, NULL);

    g_assert_cmpuint (relayed->len, ==, 0);
  }
  g_assert_true (soban_store_get_digest (fixture.store, FIXTURE_COMMUNE, &digest, &settled, NULL));
  g_assert_true (settled);
  assert_nothing_said (&fixture, &id);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* What is sent again has lost its values: the chain is that of what is sent. */
static void
test_own_changes_are_linked_again (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) none = new_changes ();
  g_autoptr (GPtrArray) outgoing = NULL;
  guint8 hash[SOBAN_CHANGE_HASH_BYTES];
  guint64 chain = 0, before;
  SobanUuid id;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  id = save_session (&fixture, "2026-11-20", SECRET, "1");
  save_session (&fixture, "2026-11-20", "Bản A", "1");
  apply_numbered (&fixture, none, 1, 2, 2);
  erase (&fixture, &id, LATER (60), 3, 2);
  before = get_identity (&fixture).chain;
  set_back (&fixture, 0);
  outgoing = soban_store_list_outgoing (fixture.store, 0, 10, NULL);
  g_assert_cmpuint (outgoing->len, ==, 2);
  g_assert_false (has_value (outgoing, SECRET));
  g_assert_true (has_value (outgoing, "Bản A"));
  for (guint i = 0; i < outgoing->len; i++) {
    soban_change_hash (g_ptr_array_index (outgoing, i), hash);
    chain = soban_change_chain (chain, hash);
  }
  g_assert_cmpuint (get_identity (&fixture).chain, ==, chain);
  g_assert_cmpuint (chain, !=, before);
  apply_numbered (&fixture, none, 1, 2, 2);
  g_assert_cmpuint (get_identity (&fixture).acked_chain, ==, chain);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* A collector that was set back and passed again: only the digest tells. */
static void
test_stays_when_the_record_is_replaced (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GError) error = NULL;
  const SobanUuid id = soban_uuid_new_v7 (FIXTURE_START_MS, soban_entropy_system ());
  const guint64 number = 1;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  add_pulled (changes, 9, 1, &id, LATER (1), 0, "village_new", SECRET);
  apply_numbered (&fixture, changes, 1, 1, 0);
  erase (&fixture, &id, LATER (2), 2, 0);
  g_array_append_val (ids, id);
  g_array_append_val (numbers, number);
  soban_store_replace_records (fixture.store, FIXTURE_COMMUNE, ids, changes, numbers, &error);
  g_assert_no_error (error);
  assert_nothing_said (&fixture, &id);
  assert_relayed (&fixture, &id);
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 0);
  assert_sound (&fixture);
  store_fixture_close (&fixture);
  g_assert_cmpuint (count_files_with (&fixture, SECRET), ==, 0);
  store_fixture_open (&fixture);
  store_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/erasure-traces/2/no-byte-is-left-when-nobody-waits", NULL, test_no_byte_is_left);
  g_test_add_data_func ("/erasure-traces/2/no-byte-is-left-when-closed", "closing", test_no_byte_is_left);
  g_test_add_func ("/erasure-relay/1-2/told-to-a-collector-that-was-set-back", test_told_to_a_collector_that_was_set_back);
  g_test_add_func ("/erasure-relay/2/stays-when-the-record-is-replaced", test_stays_when_the_record_is_replaced);
  g_test_add_func ("/erasure-relay/3/own-changes-are-linked-again", test_own_changes_are_linked_again);
  return g_test_run ();
}
