/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The collector's store, its devices and users, and what is counted from it. */
#include <sodium.h>

#include "attempts.h"
#include "attention.h"
#include "base/error.h"
#include "base/limits.h"
#include "devices.h"
#include "figures.h"
#include "fixture.h"
#include "round.h"
#include "store-check.h"
#include "token.h"
#include "users.h"

static SobanDevice *
add_device (Fixture *fixture, const char *name, const char *token, const char *scope)
{
  g_autoptr (GPtrArray) scopes = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  guint32 number;
  SobanDevice *device;

  g_ptr_array_add (scopes, (gpointer) scope);
  soban_devices_add (fixture->store, name, "member", scopes, token, &number, &error);
  g_assert_no_error (error);
  device = soban_devices_find_by_token (fixture->store, token, &error);
  g_assert_nonnull (device);
  g_assert_cmpuint (device->number, ==, number);
  return device;
}

static void
write_frame (GByteArray *stream, SobanFrameType type, GByteArray *body)
{
  soban_frame_write (stream, type, body != NULL ? body->data : NULL, body != NULL ? body->len : 0);
}

/* What a device with this cursor and these changes would post. (transfer full) */
static GByteArray *
make_request (guint32 device, guint64 incarnation, const char *scope, guint64 cursor, GPtrArray *batch)
{
  GByteArray *stream = g_byte_array_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GPtrArray) cursors = g_ptr_array_new (), pages = g_ptr_array_new ();
  SobanScopeCursor at = { .scope = (char *) scope, .number = cursor };
  const SobanNumberedChange *last = batch != NULL ? g_ptr_array_index (batch, batch->len - 1) : NULL;
  SobanHello hello = { .device = device, .incarnation = incarnation, .last_number = last != NULL ? last->change->id.number : 1000, .wall_ms = TEST_NOW_MS,
                       .program = (char *) "test", .boot_id = (char *) "", .cursors = cursors, .pages = pages };

  g_ptr_array_add (cursors, &at);
  soban_stream_header_write (stream);
  soban_hello_encode (&hello, body);
  write_frame (stream, SOBAN_FRAME_HELLO, body);
  if (batch != NULL) {
    g_byte_array_set_size (body, 0);
    soban_changes_encode (batch, SOBAN_CHANGES_PLAIN, body);
    write_frame (stream, SOBAN_FRAME_CHANGES, body);
  }
  write_frame (stream, SOBAN_FRAME_END, NULL);
  return stream;
}

typedef struct {
  SobanReply *reply;
  guint changes;
} Answer;

static void
read_answer (GByteArray *stream, Answer *answer)
{
  g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
  g_autoptr (GError) error = NULL;

  *answer = (Answer) { 0 };
  soban_frame_reader_feed (reader, stream->data, stream->len);
  while (TRUE) {
    g_autoptr (GBytes) body = NULL;
    SobanFrameType type;

    soban_frame_reader_next (reader, &type, &body, &error);
    g_assert_no_error (error);
    if (body == NULL)
      return;
    if (type == SOBAN_FRAME_REPLY)
      answer->reply = soban_reply_decode (body, &error);
    if (type == SOBAN_FRAME_CHANGES) {
      g_autoptr (GPtrArray) batch = soban_changes_decode (body, &error);

      answer->changes += batch->len;
    }
    g_assert_no_error (error);
  }
}

static void
run_round (Fixture *fixture, const char *token, GByteArray *bytes, Answer *answer)
{
  g_autoptr (GByteArray) stream = bytes;
  g_autoptr (GError) error = NULL;
  SobanSyncRequest *request = soban_sync_request_new ();
  g_autoptr (SobanRound) round = NULL;

  soban_sync_request_feed (request, stream->data, stream->len, &error);
  g_assert_no_error (error);
  g_assert_true (soban_sync_request_finish (request, &error));
  round = soban_round_new (soban_devices_find_by_token (fixture->store, token, &error), request);
  g_assert_true (soban_collector_store_begin (fixture->store, &error));
  g_assert_true (soban_round_take (round, fixture->store, &error));
  g_assert_true (soban_collector_store_commit (fixture->store, &error));
  g_assert_true (soban_round_answer (round, fixture->store, &error));
  g_assert_no_error (round->refusal);
  read_answer (round->answer, answer);
}

static const SobanScopeCursor *
get_cursor (const Answer *answer)
{
  g_assert_cmpuint (answer->reply->cursors->len, ==, 1);
  return g_ptr_array_index (answer->reply->cursors, 0);
}

static void
assert_sound (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) breaches = soban_collector_check (fixture->store, &error);

  g_assert_no_error (error);
  if (breaches->len > 0)
    g_error ("%s", (char *) g_ptr_array_index (breaches, 0));
}

static guint
count_breaches (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) breaches = soban_collector_check (fixture->store, &error);

  g_assert_no_error (error);
  return breaches->len;
}

static void
test_round_sends_the_changes_of_others_and_counts_own (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SobanDevice) a = add_device (fixture, "A", "token-a", SCOPE_A);
  g_autoptr (SobanDevice) b = add_device (fixture, "B", "token-b", SCOPE_A);
  g_autoptr (GPtrArray) of_a = make_batch (make_change (a->number, 1, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "1"),
                                           make_change (a->number, 1, 2, SCOPE_A, 2, TEST_NOW_MS, 0, "total", "2"), NULL);
  g_autoptr (GPtrArray) of_b = make_batch (make_change (b->number, 1, 1, SCOPE_A, 3, TEST_NOW_MS, 0, "total", "3"), NULL);
  Answer answer;

  run_round (fixture, "token-a", make_request (a->number, 1, SCOPE_A, 0, of_a), &answer);
  g_assert_cmpuint (answer.changes, ==, 0);
  g_assert_cmpuint (get_cursor (&answer)->number, ==, 2);
  g_assert_cmpuint (get_cursor (&answer)->own, ==, 2);
  soban_reply_free (answer.reply);

  run_round (fixture, "token-b", make_request (b->number, 1, SCOPE_A, 0, of_b), &answer);
  g_assert_cmpuint (answer.changes, ==, 2);
  g_assert_cmpuint (get_cursor (&answer)->number, ==, 3);
  g_assert_cmpuint (get_cursor (&answer)->own, ==, 1);
  g_assert_cmpuint (SOBAN_STAMP_MS (answer.reply->floor), ==, TEST_NOW_MS);
  soban_reply_free (answer.reply);

  /* A reply that was lost: the same request has the same answer. */
  run_round (fixture, "token-b", make_request (b->number, 1, SCOPE_A, 0, of_b), &answer);
  g_assert_cmpuint (answer.changes, ==, 2);
  g_assert_cmpuint (get_cursor (&answer)->number, ==, 3);
  soban_reply_free (answer.reply);
  assert_sound (fixture);
}

/* sync/README.md 5.6 */
static void
test_a_cursor_that_was_never_given_begins_anew (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SobanDevice) a = add_device (fixture, "A", "token-a", SCOPE_A);
  g_autoptr (SobanDevice) b = add_device (fixture, "B", "token-b", SCOPE_A);
  g_autoptr (GPtrArray) of_a = make_batch (make_change (a->number, 1, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "1"), NULL);
  Answer answer;

  run_round (fixture, "token-a", make_request (a->number, 1, SCOPE_A, 0, of_a), &answer);
  soban_reply_free (answer.reply);
  run_round (fixture, "token-b", make_request (b->number, 1, SCOPE_A, 2, NULL), &answer);
  g_assert_cmpuint (answer.changes, ==, 0);
  g_assert_cmpuint (get_cursor (&answer)->number, ==, 0);
  g_assert_cmpuint (get_cursor (&answer)->own, ==, 0);
  g_assert_false (get_cursor (&answer)->more);
  soban_reply_free (answer.reply);
  run_round (fixture, "token-b", make_request (b->number, 1, SCOPE_A, 1, NULL), &answer);
  g_assert_cmpuint (get_cursor (&answer)->number, ==, 1);
  soban_reply_free (answer.reply);
}

static void
test_round_says_more_beyond_the_bound (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SobanDevice) a = add_device (fixture, "A", "token-a", SCOPE_A);
  g_autoptr (SobanDevice) b = add_device (fixture, "B", "token-b", SCOPE_A);
  guint64 number = 0, cursor = 0;
  guint received = 0;
  gboolean more = TRUE;

  while (number < SOBAN_REPLY_CHANGES_MAX + 1500) {
    g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
    Answer answer;

    for (guint i = 0; i < 1000; i++) {
      g_autoptr (GPtrArray) one = NULL;

      number++;
      one = make_batch (make_change (a->number, 1, number, SCOPE_A, number, TEST_NOW_MS, 0, "total", "1"), NULL);
      g_ptr_array_add (batch, g_ptr_array_steal_index (one, 0));
    }
    run_round (fixture, "token-a", make_request (a->number, 1, SCOPE_A, number - 1000, batch), &answer);
    g_assert_cmpuint (answer.reply->acked_number, ==, number);
    soban_reply_free (answer.reply);
  }
  for (guint rounds = 0; more; rounds++) {
    Answer answer;

    g_assert_cmpuint (rounds, <, 3);
    run_round (fixture, "token-b", make_request (b->number, 1, SCOPE_A, cursor, NULL), &answer);
    g_assert_cmpuint (answer.changes, <=, SOBAN_REPLY_CHANGES_MAX);
    g_assert_cmpuint (get_cursor (&answer)->number, ==, cursor + answer.changes);
    cursor = get_cursor (&answer)->number;
    more = get_cursor (&answer)->more;
    received += answer.changes;
    soban_reply_free (answer.reply);
  }
  g_assert_cmpuint (received, ==, number);
}

static void
test_request_that_is_cut_or_garbled_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) batch = make_batch (make_change (1, 1, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "1"), NULL);
  g_autoptr (GByteArray) stream = make_request (1, 1, SCOPE_A, 0, batch);

  for (guint length = 0; length < stream->len; length++) {
    g_autoptr (SobanSyncRequest) cut = soban_sync_request_new ();
    g_autoptr (SobanSyncRequest) garbled = soban_sync_request_new ();
    g_autoptr (GByteArray) copy = g_byte_array_append (g_byte_array_new (), stream->data, stream->len);
    g_autoptr (GError) error = NULL, other = NULL;

    g_assert_true (soban_sync_request_feed (cut, stream->data, length, &error));
    g_assert_false (soban_sync_request_finish (cut, &error));
    g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
    copy->data[length] ^= 0x41;
    if (length == 5) /* the minor version is informative */
      continue;
    g_assert_false (soban_sync_request_feed (garbled, copy->data, copy->len, &other) && soban_sync_request_finish (garbled, &other));
    g_assert_nonnull (other);
    g_assert_true (garbled->other_version == (length == 4));
  }
}

static void
test_check_finds_damage (Fixture *fixture, gconstpointer data)
{
  static const char *const damages[][2] = { /* and how it is undone */
    { "UPDATE scope SET last_number = last_number + 1", "UPDATE scope SET last_number = last_number - 1" },
    { "UPDATE change SET number = 7 WHERE number = 2", "UPDATE change SET number = 2 WHERE number = 7" },
    { "UPDATE incarnation SET high_number = 7", "UPDATE incarnation SET high_number = 2" },
    { "UPDATE record SET state = (SELECT state FROM kept WHERE row = 2) WHERE row = 1",
      "UPDATE record SET state = (SELECT state FROM kept WHERE row = 1) WHERE row = 1" },
    { "UPDATE record SET deleted = 1 WHERE row = 1", "UPDATE record SET deleted = 0 WHERE row = 1" },
    { "DELETE FROM record WHERE row = 2", "INSERT INTO record SELECT * FROM kept WHERE row = 2" },
  };
  g_autoptr (SobanDevice) a = add_device (fixture, "A", "token-a", SCOPE_A);
  g_autoptr (GPtrArray) batch = make_batch (make_change (a->number, 1, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "1"),
                                            make_change (a->number, 1, 2, SCOPE_A, 2, TEST_NOW_MS, 0, "total", "2"), NULL);
  SobanDatabase *database = soban_collector_store_get_database (fixture->store);
  Answer answer;

  run_round (fixture, "token-a", make_request (a->number, 1, SCOPE_A, 0, batch), &answer);
  soban_reply_free (answer.reply);
  assert_sound (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (damages); i++) {
    g_autoptr (GError) error = NULL;
    guint breaches;

    g_assert_true (soban_database_execute (database, "CREATE TEMP TABLE IF NOT EXISTS kept AS SELECT * FROM record", &error));
    if (data == TEST_SQLITE)
      g_assert_true (soban_database_execute (database, "PRAGMA foreign_keys = OFF", &error));
    g_assert_true (soban_database_execute (database, damages[i][0], &error));
    breaches = count_breaches (fixture);
    g_test_message ("%s: %u", damages[i][0], breaches);
    g_assert_cmpuint (breaches, >, 0);
    g_assert_true (soban_database_execute (database, damages[i][1], &error));
    assert_sound (fixture);
  }
}

static void
test_a_clock_an_hour_behind_stops_the_start (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SobanDevice) a = add_device (fixture, "A", "token-a", SCOPE_A);
  g_autoptr (GPtrArray) batch = make_batch (make_change (a->number, 1, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "1"), NULL);
  g_autoptr (GError) error = NULL;
  Answer answer;

  run_round (fixture, "token-a", make_request (a->number, 1, SCOPE_A, 0, batch), &answer);
  soban_reply_free (answer.reply);
  fixture->now_ms -= HOUR_MS / 2;
  fixture_reopen (fixture);
  g_assert_true (soban_collector_store_check_clock (fixture->store, &error));
  g_assert_cmpint (soban_collector_store_now (fixture->store), ==, TEST_NOW_MS);
  fixture->now_ms -= HOUR_MS;
  fixture_reopen (fixture);
  g_assert_false (soban_collector_store_check_clock (fixture->store, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT);
}

static void
test_a_newer_schema_is_left_alone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (soban_database_execute (soban_collector_store_get_database (fixture->store),
    data == TEST_SQLITE ? "PRAGMA user_version = 99" : "UPDATE setting SET value = '99' WHERE key = 'schema-version'", &error));
  g_clear_pointer (&fixture->store, soban_collector_store_close);
  fixture->store = soban_collector_store_open (fixture->path, SOBAN_DATABASE_OWNER, FALSE, &fixture->clock, &error);
  g_assert_null (fixture->store);
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_TOO_NEW);
}

static void
test_a_damaged_file_is_said_to_be_damaged (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&fixture->store, soban_collector_store_close);
  g_assert_true (g_file_set_contents (fixture->path, "this is no database, and it is long enough to be looked at as one.......................................................", -1, &error));
  fixture->store = soban_collector_store_open (fixture->path, SOBAN_DATABASE_OWNER, FALSE, &fixture->clock, &error);
  g_assert_null (fixture->store);
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT);
}

static void
test_a_revoked_device_is_unknown (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SobanDevice) a = add_device (fixture, "A", "token-a", SCOPE_A);
  g_autoptr (GError) error = NULL;

  g_assert_null (soban_devices_find_by_token (fixture->store, "token-b", &error));
  g_assert_no_error (error);
  g_assert_true (soban_devices_revoke (fixture->store, a->number, &error));
  g_assert_null (soban_devices_find_by_token (fixture->store, "token-a", &error));
  g_assert_no_error (error);
  g_assert_false (soban_devices_revoke (fixture->store, 77, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND);
}

/* The token was good when the request began; the body came after the revocation. */
static void
test_a_device_revoked_while_it_sends_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SobanDevice) a = add_device (fixture, "A", "token-a", SCOPE_A);
  g_autoptr (GPtrArray) of_a = make_batch (make_change (a->number, 1, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "1"), NULL);
  g_autoptr (GByteArray) stream = make_request (a->number, 1, SCOPE_A, 0, of_a);
  SobanSyncRequest *request = soban_sync_request_new ();
  g_autoptr (SobanRound) round = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (soban_sync_request_feed (request, stream->data, stream->len, &error));
  round = soban_round_new (soban_devices_find_by_token (fixture->store, "token-a", &error), request);
  g_assert_true (soban_devices_revoke (fixture->store, a->number, &error));
  g_assert_true (soban_collector_store_begin (fixture->store, &error));
  g_assert_true (soban_round_take (round, fixture->store, &error));
  g_assert_true (soban_collector_store_commit (fixture->store, &error));
  g_assert_error (round->refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_AUTH);
  g_assert_cmpuint (round->admission.admitted, ==, 0);
  assert_sound (fixture);
}

/* FALSE when the disk is full. */
static gboolean
try_round (Fixture *fixture, const char *token, GByteArray *stream, guint64 *ret_acked)
{
  SobanSyncRequest *request = soban_sync_request_new ();
  g_autoptr (SobanRound) round = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (soban_sync_request_feed (request, stream->data, stream->len, &error));
  round = soban_round_new (soban_devices_find_by_token (fixture->store, token, &error), request);
  g_assert_true (soban_collector_store_begin (fixture->store, &error));
  if (soban_round_take (round, fixture->store, &error) && soban_collector_store_commit (fixture->store, &error)) {
    *ret_acked = round->admission.acked_number;
    return TRUE;
  }
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_FULL);
  soban_collector_store_roll_back (fixture->store);
  return FALSE;
}

static void
test_a_full_disk_takes_nothing_and_goes_on (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SobanDevice) a = add_device (fixture, "A", "token-a", SCOPE_A);
  SobanDatabase *database = soban_collector_store_get_database (fixture->store);
  g_autofree char *long_value = g_strnfill (50000, 'x');
  guint64 number = 0, acked = 0;
  SobanStamp floor;
  gboolean full = FALSE;

  g_assert_true (soban_database_execute (database, "PRAGMA max_page_count = 200", NULL));
  while (!full) {
    g_autoptr (GPtrArray) batch = make_batch (make_change (a->number, 1, number + 1, SCOPE_A, number, TEST_NOW_MS, 0, "note", long_value), NULL);
    g_autoptr (GByteArray) stream = make_request (a->number, 1, SCOPE_A, 0, batch);

    g_assert_cmpuint (number, <, 100);
    fixture->now_ms++;
    floor = soban_collector_store_get_floor (fixture->store);
    full = !try_round (fixture, "token-a", stream, &acked);
    g_assert_cmpuint (acked, ==, full ? number : number + 1);
    assert_sound (fixture);
    if (full) {
      g_assert_cmpuint (soban_collector_store_get_floor (fixture->store), ==, floor);
      g_assert_true (soban_database_execute (database, "PRAGMA max_page_count = 100000", NULL));
      g_assert_true (try_round (fixture, "token-a", stream, &acked));
      g_assert_cmpuint (acked, ==, number + 1);
    }
    number++;
  }
  g_assert_cmpuint (number, >, 2);
  assert_sound (fixture);
  fixture_reopen (fixture);
  assert_sound (fixture);
}

static void
test_a_code_works_once_and_for_a_day (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) scopes = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanDevice) first = NULL;
  SobanDevice *again;
  guint32 number, late;

  g_ptr_array_add (scopes, (gpointer) SCOPE_A);
  g_assert_true (soban_devices_add (fixture->store, "A", "member", scopes, NULL, &number, &error));
  g_assert_true (soban_devices_set_kept_days (fixture->store, number, 92, &error));
  g_assert_true (soban_devices_add_code (fixture->store, number, "SECRET", TEST_NOW_MS + 24 * HOUR_MS, &error));
  g_assert_true (soban_devices_use_code (fixture->store, "WRONG", "token", &again, &error));
  g_assert_null (again);
  g_assert_true (soban_devices_use_code (fixture->store, "SECRET", "token", &first, &error));
  g_assert_cmpuint (first->number, ==, number);
  g_assert_cmpuint (first->kept_days, ==, 92);
  g_assert_true (soban_devices_use_code (fixture->store, "SECRET", "token-2", &again, &error));
  g_assert_null (again);
  g_assert_true (soban_devices_add (fixture->store, "B", "member", scopes, NULL, &late, &error));
  g_assert_true (soban_devices_add_code (fixture->store, late, "LATE", TEST_NOW_MS + 24 * HOUR_MS, &error));
  fixture->now_ms += 25 * HOUR_MS;
  g_assert_true (soban_devices_use_code (fixture->store, "LATE", "token-3", &again, &error));
  g_assert_null (again);
}

static void
test_passwords_are_hashed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanUser) user = NULL;

  g_assert_true (soban_users_add (fixture->store, "lan", "officer", "nha-san-ben-suoi", &error));
  user = soban_users_find (fixture->store, "lan", &error);
  g_assert_true (g_str_has_prefix (user->password_hash, "$argon2id$"));
  g_assert_true (soban_password_verify (user->password_hash, "nha-san-ben-suoi"));
  g_assert_false (soban_password_verify (user->password_hash, "nha-san-ben-song"));
  g_assert_false (soban_password_verify (NULL, "nha-san-ben-suoi"));
  g_assert_false (soban_users_add (fixture->store, "lan", "officer", "short", &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT);
}

static void
test_wrong_attempts_wait_longer_and_longer (void)
{
  g_autoptr (SobanAttempts) attempts = soban_attempts_new ();
  gint64 now = G_USEC_PER_SEC;

  for (int i = 0; i < 2; i++)
    soban_attempts_fail (attempts, "10.0.0.1", now);
  g_assert_cmpuint (soban_attempts_get_wait (attempts, "10.0.0.1", now), ==, 0);
  soban_attempts_fail (attempts, "10.0.0.1", now);
  g_assert_cmpuint (soban_attempts_get_wait (attempts, "10.0.0.1", now), ==, 1);
  for (int i = 0; i < 40; i++)
    soban_attempts_fail (attempts, "10.0.0.1", now);
  g_assert_cmpuint (soban_attempts_get_wait (attempts, "10.0.0.1", now), ==, 300);
  g_assert_cmpuint (soban_attempts_get_wait (attempts, "10.0.0.2", now), ==, 0);
  soban_attempts_succeed (attempts, "10.0.0.1");
  g_assert_cmpuint (soban_attempts_get_wait (attempts, "10.0.0.1", now), ==, 0);
}

static void
test_periods_hold_their_dates (void)
{
  static const struct { const char *text, *from, *to; } rows[] = {
    { "2026", "2026", "2027" }, { "2026-Q1", "2026-01", "2026-04" }, { "2026-Q4", "2026-10", "2027" }, { "2026-11", "2026-11", "2026-12" },
    { "2026-12", "2026-12", "2027" }, { "2021-2025", "2021", "2026" }, { "all", "", "" },
  };
  static const char *const wrong[] = { "26", "2026-13", "2026-Q5", "2026-1", "2025-2021", "x", "2026-11-01", "2026Q4" };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (SobanPeriod) period = soban_period_parse (rows[i].text);

    g_assert_cmpstr (period->from, ==, rows[i].from);
    g_assert_cmpstr (period->to, ==, rows[i].to);
  }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_null (soban_period_parse (wrong[i]));
}

static void
test_small_counts_are_hidden_below_the_province (void)
{
  SobanIndicator violence = { .id = "v", .small_counts_hidden = TRUE };
  SobanIndicator other = { .id = "o" };
  SobanArea commune = { SOBAN_AREA_COMMUNE, NULL }, province = { SOBAN_AREA_PROVINCE, NULL };

  for (int value = 0; value < 7; value++) {
    g_autofree char *text = soban_figure_text (&violence, &commune, value, "vi");

    g_assert_true (soban_figure_is_hidden (&violence, &commune, value) == (value >= 1 && value <= 4));
    g_assert_true (g_str_equal (text, "<5") == (value >= 1 && value <= 4));
    g_assert_false (soban_figure_is_hidden (&violence, &province, value));
    g_assert_false (soban_figure_is_hidden (&other, &commune, value));
  }
}

/* ---- incidents ---- */

static void
note_twice (Fixture *fixture, const char *detail)
{
  const SobanIncidentNote note = { .kind = SOBAN_INCIDENT_FORK, .device = 1, .scope = SCOPE_A, .detail = detail, .noted_ms = TEST_NOW_MS };

  for (guint i = 0; i < 2; i++)
    g_assert_true (soban_collector_store_put_incident (fixture->store, &note, NULL));
}

static void
test_incidents_are_settled_and_come_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) twice = NULL, missing = NULL;
  g_autoptr (GPtrArray) open = NULL, all = NULL;
  const SobanIncident *first;
  SobanAttention attention;
  gint64 total;

  note_twice (fixture, "one");
  note_twice (fixture, "two");
  g_assert_true (soban_attention_count (fixture->store, &attention, NULL));
  g_assert_cmpint (attention.incidents, ==, 2);
  open = soban_attention_list_incidents (fixture->store, SOBAN_INCIDENTS_OPEN, 0, 10, &total, NULL);
  g_assert_cmpint (total, ==, 2);
  first = g_ptr_array_index (open, 0);
  g_assert_cmpstr (first->detail, ==, "two");
  g_assert_true (soban_attention_settle_incident (fixture->store, first->id, "máy đã thay", NULL));
  g_assert_false (soban_attention_settle_incident (fixture->store, first->id, "", &twice));
  g_assert_error (twice, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT);
  g_assert_false (soban_attention_settle_incident (fixture->store, 4711, "", &missing));
  g_assert_error (missing, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND);
  g_assert_true (soban_attention_count (fixture->store, &attention, NULL));
  g_assert_cmpint (attention.incidents, ==, 1);
  all = soban_attention_list_incidents (fixture->store, SOBAN_INCIDENTS_ALL, 0, 10, &total, NULL);
  g_assert_cmpint (total, ==, 2);
  g_assert_cmpstr (((SobanIncident *) g_ptr_array_index (all, 0))->note, ==, "máy đã thay");
  g_assert_cmpint (((SobanIncident *) g_ptr_array_index (all, 0))->settled_ms, ==, TEST_NOW_MS);
  /* What happens again after it was settled is told again. */
  note_twice (fixture, "two");
  g_assert_true (soban_attention_count (fixture->store, &attention, NULL));
  g_assert_cmpint (attention.incidents, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
#define ADD(name) ADD_FOR_BOTH ("/collector/store/" #name, test_##name)
#define ADD_SQLITE(name) g_test_add ("/collector/store/" #name, Fixture, TEST_SQLITE, fixture_set_up, test_##name, fixture_tear_down)
  ADD (round_sends_the_changes_of_others_and_counts_own);
  ADD (a_cursor_that_was_never_given_begins_anew);
  ADD (round_says_more_beyond_the_bound);
  ADD (request_that_is_cut_or_garbled_is_refused);
  ADD (check_finds_damage);
  ADD (a_clock_an_hour_behind_stops_the_start);
  ADD (a_newer_schema_is_left_alone);
  ADD_SQLITE (a_damaged_file_is_said_to_be_damaged);
  ADD (a_revoked_device_is_unknown);
  ADD (a_device_revoked_while_it_sends_is_refused);
  ADD_SQLITE (a_full_disk_takes_nothing_and_goes_on);
  ADD (a_code_works_once_and_for_a_day);
  ADD (passwords_are_hashed);
#undef ADD_SQLITE
#undef ADD
  g_test_add_func ("/collector/store/wrong_attempts_wait_longer_and_longer", test_wrong_attempts_wait_longer_and_longer);
  g_test_add_func ("/collector/store/periods_hold_their_dates", test_periods_hold_their_dates);
  g_test_add_func ("/collector/store/small_counts_are_hidden_below_the_province", test_small_counts_are_hidden_below_the_province);
  ADD_FOR_BOTH ("/collector/attention/incidents_are_settled_and_come_again", test_incidents_are_settled_and_come_again);
  return g_test_run ();
}
