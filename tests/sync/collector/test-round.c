/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The collector's side of a round: parts, windows, snapshot pages, what was missed, ranges. On both databases. */
#include "admission-request.h"
#include "base/limits.h"
#include "log/digest.h"
#include "ranges.h"
#include "round-request.h"

#define DAY_MS (24 * HOUR_MS)

/* A record whose id is of @ms, and differs by @seed. */
static SobanUuid
make_dated_id (gint64 ms, guint seed)
{
  SobanUuid id = make_record_id (seed);

  for (guint i = 0; i < 6; i++)
    id.bytes[i] = (guint8) (ms >> (40 - 8 * i));
  return id;
}

/* @count records of one device, a minute apart from @first_ms on, admitted. */
static void
fill (Fixture *fixture, guint32 device, guint count, gint64 first_ms, const char *form)
{
  for (guint done = 0; done < count;) {
    g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
    gint64 high = ask (fixture, "SELECT coalesce (max (change_number), 0) FROM change WHERE incarnation = 1");

    for (guint i = 0; i < 500 && done < count; i++, done++) {
      SobanChange *change = make_change (device, 1, (guint64) high + i + 1, SCOPE_A, done, first_ms + done * 60000, 0, "name", "Nà Lầu");
      g_autofree char *members = g_strdup_printf ("%u", done % 7);

      change->record = make_dated_id (first_ms + done * 60000, done);
      g_free (change->form);
      change->form = g_strdup (form);
      soban_change_assign (change, "members", members);
      g_ptr_array_add (batch, soban_numbered_change_new (change, 0));
    }
    admit_good (fixture, g_steal_pointer (&batch));
  }
}

static guint32
count_changes (Fixture *fixture)
{
  return (guint32) ask (fixture, "SELECT count (*) FROM change");
}

/* ---- parts ---- */

static void
test_what_came_before_a_cut_stays (Fixture *fixture, gconstpointer data)
{
  guint32 device = add_device (fixture, "token-a", SCOPE_A);
  g_autoptr (Request) request = request_new (device, 7, SCOPE_A, 0);
  g_autoptr (GByteArray) stream = NULL;
  g_autoptr (GError) error = NULL;
  SobanSyncRequest *reader = soban_sync_request_new ();
  g_autoptr (SobanRound) round = soban_round_new (soban_devices_find_by_token (fixture->store, "token-a", &error), reader);
  guint parts = 0, changes = 0;

  for (guint i = 0; i < 5; i++)
    g_ptr_array_add (request->batches, make_batch (make_change (device, 7, 2 * i + 1, SCOPE_A, i, TEST_NOW_MS, 0, "a", "1"),
                                                   make_change (device, 7, 2 * i + 2, SCOPE_A, i, TEST_NOW_MS, 0, "a", "2"), NULL));
  stream = request_write (request);
  /* Byte by byte, garbage at last in the place of END. */
  for (guint i = 0; i < stream->len - 3; i++) {
    g_assert_true (soban_sync_request_feed (reader, stream->data + i, 1, &error));
    if (!soban_sync_request_has_waiting (reader))
      continue;
    soban_round_load (round);
    g_assert_true (soban_collector_store_begin (fixture->store, &error));
    g_assert_true (soban_round_take (round, fixture->store, &error));
    g_assert_true (soban_collector_store_commit (fixture->store, &error));
    parts++;
    changes += 2;
    g_assert_cmpuint (count_changes (fixture), ==, changes);
    g_assert_cmpuint (round->admission.acked_number, ==, changes);
  }
  g_assert_cmpuint (parts, ==, 5);
  g_assert_false (soban_sync_request_feed (reader, (const guint8 *) "garbage", 7, &error));
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
  g_assert_cmpuint (count_changes (fixture), ==, 10);
}

static void
test_a_probe_learns_what_arrived_and_its_stamps (Fixture *fixture, gconstpointer data)
{
  guint32 device = add_device (fixture, "token-a", SCOPE_A);
  g_autoptr (Request) cut = request_new (device, 7, SCOPE_A, 0);
  g_autoptr (Request) probe = request_new (device, 7, SCOPE_A, 0);
  g_autoptr (GByteArray) stream = NULL;
  g_autoptr (SobanRound) round = NULL;
  g_autoptr (Answer) answer = NULL;

  /* A clock of 2035: each stamp is given anew. */
  g_ptr_array_add (cut->batches, make_batch (make_change (device, 7, 1, SCOPE_A, 1, TEST_NOW_MS * 2, 0, "a", "1"),
                                             make_change (device, 7, 2, SCOPE_A, 2, TEST_NOW_MS * 2, 0, "a", "2"), NULL));
  cut->cut = TRUE;
  stream = request_write (cut);
  round = take_round (fixture, "token-a", stream, NULL);
  answer = ask_round (fixture, "token-a", probe, NULL);
  g_assert_cmpuint (answer->reply->acked_number, ==, 2);
  g_assert_cmpuint (answer->reply->told_number, ==, 2);
  g_assert_cmpuint (answer->reply->chain, ==, (guint64) ask (fixture, "SELECT chain FROM incarnation"));
  g_assert_cmpuint (answer->adjustments->len, ==, 2);
  for (guint i = 0; i < 2; i++) {
    const SobanStampAdjustment *told = &g_array_index (answer->adjustments, SobanStampAdjustment, i);
    g_autofree char *sql = g_strdup_printf ("SELECT stamp FROM change WHERE change_number = %u", i + 1);

    g_assert_cmpuint (told->number, ==, i + 1);
    g_assert_cmpuint (told->stamp, ==, (guint64) ask (fixture, sql));
  }
  g_assert_cmpuint (answer_get_cursor (answer)->own, ==, 2);
}

static void
test_hello_is_the_last_anchor_of_the_clock (Fixture *fixture, gconstpointer data)
{
  guint32 device = add_device (fixture, "token-a", SCOPE_A);
  g_autoptr (Request) request = request_new (device, 7, SCOPE_A, 0);
  g_autoptr (Answer) answer = NULL;
  g_autoptr (SobanChange) kept = NULL;
  SobanChange *change = make_change (device, 7, 1, SCOPE_A, 1, 5000, 0, "a", "1");
  SobanBoot boot = { .first_number = 1, .boottime_ms = 1000, .ran_ms = 3 * HOUR_MS, .wall_ms = 1000 };

  /* A tablet without a battery for its clock: 1970 at its boot, an hour later a record, two hours later it sends. */
  change->wall_ms = change->boottime_ms = HOUR_MS;
  g_ptr_array_add (request->batches, make_batch (change, NULL));
  request->evidence = soban_clock_evidence_new (device, 7);
  g_array_append_val (request->evidence->boots, boot);
  request->hello->wall_ms = request->hello->boottime_ms = 3 * HOUR_MS;
  answer = ask_round (fixture, "token-a", request, NULL);
  kept = read_change (fixture, device, 7, 1);
  g_assert_cmpint (kept->recorded_ms, ==, TEST_NOW_MS - 2 * HOUR_MS);
  g_assert_cmpint (kept->time_quality, ==, SOBAN_TIME_SAME_BOOT);
  g_assert_cmpuint (answer->times->len, ==, 1);
  g_assert_cmpint (g_array_index (answer->times, SobanTimeAdjustment, 0).recorded_ms, ==, kept->recorded_ms);
}

static void
test_changes_of_others_are_relayed (Fixture *fixture, gconstpointer data)
{
  guint32 carrier = add_device (fixture, "token-a", SCOPE_A), author = add_device (fixture, "token-b", SCOPE_A);
  g_autoptr (Request) request = request_new (carrier, 7, SCOPE_A, 0);
  g_autoptr (Request) again = request_new (carrier, 7, SCOPE_A, 0);
  g_autoptr (Request) own = request_new (author, 9, SCOPE_A, 0);
  g_autoptr (Answer) first = NULL, second = NULL, third = NULL;

  g_ptr_array_add (request->batches, make_batch (make_change (author, 9, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "a", "b1"),
                                                 make_change (author, 9, 2, SCOPE_A, 2, TEST_NOW_MS, 0, "a", "b2"), NULL));
  g_ptr_array_add (request->batches, make_batch (make_change (carrier, 7, 1, SCOPE_A, 3, TEST_NOW_MS, 0, "a", "a1"), NULL));
  first = ask_round (fixture, "token-a", request, NULL);
  g_assert_cmpuint (count_changes (fixture), ==, 3);
  g_assert_cmpuint (first->reply->acked_number, ==, 1);
  g_assert_cmpuint (first->changes->len, ==, 2);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM change WHERE relayed_by = 1"), ==, 2);
  /* What is known, and what does not follow, is passed over. */
  g_ptr_array_add (again->batches, make_batch (make_change (author, 9, 2, SCOPE_A, 2, TEST_NOW_MS, 0, "a", "b2"), NULL));
  g_ptr_array_add (again->batches, make_batch (make_change (author, 9, 5, SCOPE_A, 5, TEST_NOW_MS, 0, "a", "b5"), NULL));
  second = ask_round (fixture, "token-a", again, NULL);
  g_assert_cmpint (second->reply->ack_state, ==, SOBAN_ACK_OK);
  g_assert_cmpuint (count_changes (fixture), ==, 3);
  /* The author learns that they have arrived. */
  third = ask_round (fixture, "token-b", own, NULL);
  g_assert_cmpuint (third->reply->acked_number, ==, 2);
  g_assert_cmpuint (answer_get_cursor (third)->own, ==, 2);
}

static void
test_nobody_relays_for_the_collector_or_for_nobody (Fixture *fixture, gconstpointer data)
{
  guint32 carrier = add_device (fixture, "token-a", SCOPE_A);
  g_autoptr (Request) request = request_new (carrier, 7, SCOPE_A, 0);
  g_autoptr (Answer) answer = NULL;

  g_ptr_array_add (request->batches, make_batch (make_change (0, 1, 1, SCOPE_A, 1, TEST_NOW_MS, 0, SOBAN_FIELD_ERASED, "1"), NULL));
  g_ptr_array_add (request->batches, make_batch (make_change (99, 9, 1, SCOPE_A, 2, TEST_NOW_MS, 0, "a", "1"), NULL));
  g_ptr_array_add (request->batches, make_batch (make_change (carrier, 7, 1, SCOPE_A, 3, TEST_NOW_MS, 0, "a", "a1"), NULL));
  answer = ask_round (fixture, "token-a", request, NULL);
  g_assert_cmpuint (answer->reply->acked_number, ==, 1);
  g_assert_cmpuint (count_changes (fixture), ==, 1);
}

/* ---- windows ---- */

static void
test_a_window_leaves_old_activities_out_and_keeps_registries (Fixture *fixture, gconstpointer data)
{
  SobanRegistries registries = { (char *) " village ", 4711 };
  guint32 author = add_device (fixture, "token-a", SCOPE_A), reader = add_device (fixture, "token-b", SCOPE_A);
  g_autoptr (Request) request = request_new (reader, 1, SCOPE_A, 0);
  g_autoptr (Answer) windowed = NULL, other = NULL, all = NULL;
  const SobanScopeCursor *cursor;

  fill (fixture, author, 10, TEST_NOW_MS - 200 * DAY_MS, "event");
  fill (fixture, author, 10, TEST_NOW_MS - 190 * DAY_MS, "village");
  fill (fixture, author, 10, TEST_NOW_MS - DAY_MS, "event");
  request->hello->window_ms = TEST_NOW_MS - 60 * DAY_MS;
  request->hello->registries = 4711;
  windowed = ask_round (fixture, "token-b", request, &registries);
  cursor = answer_get_cursor (windowed);
  g_assert_cmpuint (cursor->number, ==, 30);
  g_assert_cmpuint (cursor->skipped, ==, 10);
  g_assert_cmpuint (windowed->changes->len, ==, 20);
  g_assert_true (cursor->has_digest);

  /* Another list of registries: the window is of no use, and no digest could be compared. */
  request->hello->registries = 4712;
  other = ask_round (fixture, "token-b", request, &registries);
  g_assert_cmpuint (other->changes->len, ==, 30);
  g_assert_false (answer_get_cursor (other)->has_digest);

  request->hello->window_ms = 0;
  all = ask_round (fixture, "token-b", request, &registries);
  g_assert_cmpuint (all->changes->len, ==, 30);
  g_assert_true (answer_get_cursor (all)->has_digest);
  g_assert_false (soban_digest_equal (&answer_get_cursor (all)->digest, &cursor->digest));
}

static void
test_an_answer_keeps_to_the_bytes_that_were_asked_for (Fixture *fixture, gconstpointer data)
{
  guint32 author = add_device (fixture, "token-a", SCOPE_A), reader = add_device (fixture, "token-b", SCOPE_A);
  g_autoptr (Request) request = request_new (reader, 1, SCOPE_A, 0);
  SobanScopeCursor *asked = g_ptr_array_index (request->hello->cursors, 0);
  guint received = 0;

  fill (fixture, author, 2000, TEST_NOW_MS - DAY_MS, "event");
  request->hello->reply_bytes_max = 4000;
  for (gboolean more = TRUE; more;) {
    g_autoptr (Answer) answer = ask_round (fixture, "token-b", request, NULL);
    const SobanScopeCursor *cursor = answer_get_cursor (answer);

    g_assert_cmpuint (cursor->number, ==, asked->number + answer->changes->len);
    g_assert_cmpuint (answer->bytes, <, 8000);
    received += answer->changes->len;
    asked->number = cursor->number;
    more = cursor->more;
  }
  g_assert_cmpuint (received, ==, 2000);
}

/* ---- snapshots ---- */

/* What a device holds that only merges. */
typedef struct {
  GHashTable *states; /* SobanUuid -> SobanRecordState */
} Replica;

static void
replica_merge (Replica *replica, const GPtrArray *changes)
{
  for (guint i = 0; i < changes->len; i++) {
    const SobanChange *change = ((SobanNumberedChange *) g_ptr_array_index (changes, i))->change;
    SobanRecordState *state = g_hash_table_lookup (replica->states, &change->record);

    if (state == NULL) {
      state = soban_record_state_new ();
      g_hash_table_insert (replica->states, g_memdup2 (&change->record, sizeof change->record), state);
    }
    soban_record_state_merge (state, change);
  }
}

static SobanDigest
replica_digest (const Replica *replica)
{
  SobanDigest sum = { 0 };
  GHashTableIter iter;
  gpointer record, state;

  g_hash_table_iter_init (&iter, replica->states);
  while (g_hash_table_iter_next (&iter, &record, &state)) {
    g_autoptr (GByteArray) packed = g_byte_array_new ();
    SobanDigest digest;

    soban_record_state_encode (state, packed);
    digest = soban_digest_of_record (record, packed->data, packed->len);
    soban_digest_add (&sum, &digest);
  }
  return sum;
}

static guint
hash_uuid (gconstpointer data)
{
  const SobanUuid *id = data;
  guint hash = 0;

  for (guint i = 0; i < SOBAN_UUID_BYTES; i++)
    hash = hash * 31 + id->bytes[i];
  return hash;
}

static gboolean
equal_uuids (gconstpointer a, gconstpointer b)
{
  return soban_uuid_equal (a, b);
}

static void
replica_init (Replica *replica)
{
  replica->states = g_hash_table_new_full (hash_uuid, equal_uuids, g_free, (GDestroyNotify) soban_record_state_free);
}

static void
pull_all (Fixture *fixture, Request *request, Replica *replica, guint *ret_answers)
{
  SobanScopeCursor *asked = g_ptr_array_index (request->hello->cursors, 0);

  *ret_answers = 0;
  for (gboolean more = TRUE; more;) {
    g_autoptr (Answer) answer = ask_round (fixture, "token-b", request, NULL);
    const SobanScopeCursor *cursor = answer_get_cursor (answer);

    g_assert_cmpuint (++*ret_answers, <, 1000);
    replica_merge (replica, answer->changes);
    g_ptr_array_set_size (request->hello->pages, 0);
    if (cursor->has_page) {
      SobanScopePage *page = soban_scope_page_new (cursor->scope, &cursor->page, cursor->page_top);

      g_ptr_array_add (request->hello->pages, page);
    }
    asked->number = cursor->number;
    more = cursor->more || cursor->has_page;
    if (!more) {
      SobanDigest own = replica_digest (replica);

      g_assert_true (cursor->has_digest);
      g_assert_true (soban_digest_equal (&own, &cursor->digest));
    }
  }
}

/* Edits of records 0 .. @count by a second device: half of the fields lose. */
static void
edit (Fixture *fixture, guint32 device, guint count, gint64 first_ms)
{
  for (guint i = 0; i < count; i++) {
    SobanChange *change = make_change (device, 2, i + 1, SCOPE_A, i, TEST_NOW_MS - (i % 2) * 300 * DAY_MS, i % 3 == 0 ? 0 : 100000, "members", "9");

    change->record = make_dated_id (first_ms + i * 60000, i);
    if (i % 5 == 0)
      soban_change_assign (change, SOBAN_FIELD_DELETED, "1");
    admit_good (fixture, make_batch (change, NULL));
  }
}

static void
test_pages_below_the_floor_end_with_the_state_of_the_log (Fixture *fixture, gconstpointer data)
{
  guint32 author = add_device (fixture, "token-a", SCOPE_A);
  gint64 first_ms = TEST_NOW_MS - 100 * DAY_MS;
  Replica by_log, by_pages, late;
  guint answers, log_answers;

  add_device (fixture, "token-b", SCOPE_A);
  add_device (fixture, "token-c", SCOPE_A);
  replica_init (&by_log);
  replica_init (&by_pages);
  replica_init (&late);
  fill (fixture, author, 300, first_ms, "event");
  {
    g_autoptr (Request) request = request_new (2, 1, SCOPE_A, 0);

    /* Up to here with the log; goes on when the log has become pages. */
    pull_all (fixture, request, &late, &log_answers);
    edit (fixture, 3, 200, first_ms);
    {
      g_autoptr (Request) other = request_new (2, 1, SCOPE_A, 0);

      pull_all (fixture, other, &by_log, &log_answers);
    }
    g_assert_true (soban_database_execute (soban_collector_store_get_database (fixture->store), "UPDATE scope SET floor = last_number", NULL));
    pull_all (fixture, request, &late, &answers);
  }
  {
    g_autoptr (Request) request = request_new (2, 1, SCOPE_A, 0);
    SobanDigest log_digest = replica_digest (&by_log), pages_digest;

    request->hello->reply_bytes_max = 2000;
    pull_all (fixture, request, &by_pages, &answers);
    pages_digest = replica_digest (&by_pages);
    g_assert_cmpuint (answers, >, 3);
    g_assert_true (soban_digest_equal (&log_digest, &pages_digest));
    pages_digest = replica_digest (&late);
    g_assert_true (soban_digest_equal (&log_digest, &pages_digest));
  }
  g_hash_table_unref (by_log.states);
  g_hash_table_unref (by_pages.states);
  g_hash_table_unref (late.states);
}

static void
test_what_comes_while_pages_are_read_follows (Fixture *fixture, gconstpointer data)
{
  guint32 author = add_device (fixture, "token-a", SCOPE_A);
  g_autoptr (Request) request = request_new (2, 1, SCOPE_A, 0);
  Replica replica;
  guint answers;

  add_device (fixture, "token-b", SCOPE_A);
  replica_init (&replica);
  fill (fixture, author, 100, TEST_NOW_MS - 100 * DAY_MS, "event");
  g_assert_true (soban_database_execute (soban_collector_store_get_database (fixture->store), "UPDATE scope SET floor = last_number", NULL));
  request->hello->reply_bytes_max = 1000;
  {
    g_autoptr (Answer) first = ask_round (fixture, "token-b", request, NULL);
    const SobanScopeCursor *cursor = answer_get_cursor (first);
    SobanChange *change = make_change (author, 1, 101, SCOPE_A, 0, TEST_NOW_MS, 0, "members", "77");

    g_assert_true (cursor->has_page);
    g_assert_cmpuint (cursor->page_top, ==, 100);
    g_assert_false (cursor->has_digest);
    replica_merge (&replica, first->changes);
    g_ptr_array_add (request->hello->pages, soban_scope_page_new (SCOPE_A, &cursor->page, cursor->page_top));
    /* To a record whose page has gone by already. */
    change->record = make_dated_id (TEST_NOW_MS - 100 * DAY_MS, 0);
    admit_good (fixture, make_batch (change, NULL));
  }
  pull_all (fixture, request, &replica, &answers);
  g_hash_table_unref (replica.states);
}

/* What a change has won says who made it, also where another was named since. */
static void
test_pages_name_who_wrote (Fixture *fixture, gconstpointer data)
{
  guint32 author = add_device (fixture, "token-a", SCOPE_A), reader = add_device (fixture, "token-b", SCOPE_A);
  static const char *const persons[] = { "Lan", "Hoa", "Mai" };
  static const char *const paths[] = { "total", "female", "female" };
  g_autoptr (Request) request = request_new (reader, 1, SCOPE_A, 0);
  g_autoptr (Answer) answer = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (persons); i++) {
    SobanChange *change = make_change (author, 1, i + 1, SCOPE_A, 1, TEST_NOW_MS - 1000 + i, i, paths[i], "12");

    soban_change_assign (change, SOBAN_FIELD_PERSON, persons[i]);
    admit_good (fixture, make_batch (change, NULL));
  }
  g_assert_true (soban_database_execute (soban_collector_store_get_database (fixture->store), "UPDATE scope SET floor = last_number", NULL));
  answer = ask_round (fixture, "token-b", request, NULL);
  g_assert_true (answer_get_cursor (answer)->is_page);
  /* Of Hoa's change nothing has won. */
  g_assert_cmpuint (answer->changes->len, ==, 2);
  for (guint i = 0; i < 2; i++) {
    const SobanChange *change = ((SobanNumberedChange *) g_ptr_array_index (answer->changes, i))->change;

    g_assert_cmpstr (soban_change_get_person (change), ==, persons[2 * i]);
    g_assert_cmpuint (change->assignments->len, ==, 2);
  }
}

static void
test_a_device_of_1_0_gets_the_log_and_no_digest (Fixture *fixture, gconstpointer data)
{
  guint32 author = add_device (fixture, "token-a", SCOPE_A), reader = add_device (fixture, "token-b", SCOPE_A);
  g_autoptr (Request) request = request_new (reader, 1, SCOPE_A, 0);
  g_autoptr (Answer) answer = NULL;

  fill (fixture, author, 50, TEST_NOW_MS - 100 * DAY_MS, "event");
  g_assert_true (soban_database_execute (soban_collector_store_get_database (fixture->store), "UPDATE scope SET floor = last_number", NULL));
  request->minor = 0;
  answer = ask_round (fixture, "token-b", request, NULL);
  g_assert_cmpuint (answer->changes->len, ==, 50);
  g_assert_false (answer_get_cursor (answer)->is_page);
  g_assert_false (answer_get_cursor (answer)->has_digest);
  g_assert_cmpuint (((SobanNumberedChange *) g_ptr_array_index (answer->changes, 49))->scope_number, ==, 50);
}

/* ---- ranges ---- */

/* What a device holds of the records made by fill(), but one that differs. */
static void
sum_own (gint64 first_ms, guint count, guint differing, const SobanUuid *from, const SobanUuid *to, GHashTable *digests, guint64 *ret_count,
         guint64 *ret_sum)
{
  *ret_count = *ret_sum = 0;
  for (guint i = 0; i < count; i++) {
    SobanUuid id = make_dated_id (first_ms + i * 60000, i);

    if (soban_uuid_compare (&id, from) < 0 || (soban_uuid_compare (&id, to) >= 0 && !soban_uuid_equal (to, &soban_range_end)))
      continue;
    ++*ret_count;
    *ret_sum += *(guint64 *) g_hash_table_lookup (digests, &id) + (i == differing);
  }
}

/* id -> low half of its digest, as the collector has it. */
static GHashTable *
read_digests (Fixture *fixture)
{
  GHashTable *digests = g_hash_table_new_full (hash_uuid, equal_uuids, g_free, g_free);
  g_autoptr (SobanRows) rows = soban_database_query (soban_collector_store_get_database (fixture->store), NULL, "SELECT id, digest FROM record", "");

  while (soban_rows_step (rows, NULL) == 1) {
    SobanUuid id = soban_rows_get_uuid (rows, 0);
    guint64 low = soban_digest_from_bytes (soban_rows_get_blob (rows, 1)).low;

    g_hash_table_insert (digests, g_memdup2 (&id, sizeof id), g_memdup2 (&low, sizeof low));
  }
  return digests;
}

static void
test_one_record_of_ten_thousand_is_found_in_few_rounds (Fixture *fixture, gconstpointer data)
{
  const guint count = 10000, differing = 6789;
  gint64 first_ms = TEST_NOW_MS - 300 * DAY_MS;
  guint32 author = add_device (fixture, "token-a", SCOPE_A), reader = add_device (fixture, "token-b", SCOPE_A);
  SobanRecordRange range = { .to = soban_range_end };
  g_autoptr (GHashTable) digests = NULL;
  gboolean found = FALSE;
  guint rounds = 0, bytes = 0;

  fill (fixture, author, count, first_ms, "event");
  digests = read_digests (fixture);
  while (!found) {
    g_autoptr (Request) request = request_new (reader, 1, SCOPE_A, count);
    SobanRangesQuery *query = soban_ranges_query_new (SCOPE_A);
    g_autoptr (Answer) answer = NULL;
    const SobanRangeAnswer *one;
    SobanUuid from = range.from;

    g_array_append_val (query->ranges, range);
    g_ptr_array_add (request->ranges, query);
    answer = ask_round (fixture, "token-b", request, NULL);
    g_assert_cmpuint (++rounds, <, 6);
    bytes += answer->bytes;
    one = g_ptr_array_index (((SobanRangesAnswer *) g_ptr_array_index (answer->ranges, 0))->answers, 0);
    for (guint i = 0; one->parts != NULL && i < one->parts->len; i++) {
      const SobanRangePart *part = &g_array_index (one->parts, SobanRangePart, i);
      guint64 own_count, own_sum;

      sum_own (first_ms, count, differing, &from, &part->to, digests, &own_count, &own_sum);
      g_assert_cmpuint (own_count, ==, part->count);
      if (own_sum != part->fingerprint)
        range = (SobanRecordRange) { from, part->to };
      from = part->to;
    }
    for (guint i = 0; one->items != NULL && i < one->items->len; i++) {
      const SobanRangeRecord *item = &g_array_index (one->items, SobanRangeRecord, i);
      SobanUuid wrong = make_dated_id (first_ms + differing * 60000, differing);

      g_assert_cmpuint (item->fingerprint, ==, *(guint64 *) g_hash_table_lookup (digests, &item->record));
      found |= soban_uuid_equal (&item->record, &wrong);
    }
    g_assert_true (one->items == NULL || found);
  }
  g_test_message ("%u rounds, %u bytes", rounds, bytes);
  g_assert_cmpuint (bytes, <, 2200);
}

static void
test_the_whole_log_of_wanted_records_is_sent (Fixture *fixture, gconstpointer data)
{
  guint32 author = add_device (fixture, "token-a", SCOPE_A), reader = add_device (fixture, "token-b", SCOPE_A);
  gint64 first_ms = TEST_NOW_MS - 100 * DAY_MS;
  g_autoptr (Request) request = request_new (reader, 1, SCOPE_A, 0);
  SobanWanted *wanted = soban_wanted_new (SCOPE_A);
  SobanUuid nobodys = make_dated_id (1000, 1), first = make_dated_id (first_ms, 0);
  SobanDigest told = { 1, 2 }, own = { 3, 4 };
  g_autoptr (Answer) answer = NULL;
  const SobanRecords *records;

  fill (fixture, author, 20, first_ms, "event");
  edit (fixture, author, 20, first_ms);
  g_array_append_val (wanted->records, nobodys);
  g_array_append_val (wanted->records, first);
  g_ptr_array_add (request->wanted, wanted);
  g_ptr_array_add (request->reports, soban_digest_report_new (SCOPE_A, &own, &told));
  ((SobanScopeCursor *) g_ptr_array_index (request->hello->cursors, 0))->number = 40;
  answer = ask_round (fixture, "token-b", request, NULL);
  g_assert_cmpuint (answer->records->len, ==, 1);
  records = g_ptr_array_index (answer->records, 0);
  g_assert_cmpuint (records->records->len, ==, 2);
  g_assert_cmpuint (records->changes->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_true (soban_uuid_equal (&((SobanNumberedChange *) g_ptr_array_index (records->changes, i))->change->record, &first));
  g_assert_cmpuint (((SobanNumberedChange *) g_ptr_array_index (records->changes, 1))->scope_number, ==, 21);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM incident WHERE kind = 'divergence' AND device = 2"), ==, 1);
}

/* Changes of one record, the @first number on, @count of them, with a long text each. */
static void
write_long_log (Fixture *fixture, guint32 device, const SobanUuid *record, guint first, guint count, gsize text_bytes)
{
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  g_autofree char *text = g_strnfill (text_bytes, 'x');

  for (guint i = 0; i < count; i++) {
    SobanChange *change = make_change (device, 1, first + i, SCOPE_A, 0, TEST_NOW_MS - 1000000 + first + i, 0, "name", text);

    change->record = *record;
    g_ptr_array_add (batch, soban_numbered_change_new (change, 0));
  }
  admit_good (fixture, g_steal_pointer (&batch));
}

/* A log longer than a frame may be, in changes and in bytes (sync/README.md 4.12). */
static void
test_a_long_log_goes_on_in_the_next_frame (Fixture *fixture, gconstpointer data)
{
  guint32 author = add_device (fixture, "token-a", SCOPE_A), reader = add_device (fixture, "token-b", SCOPE_A);
  const SobanUuid ids[] = { make_dated_id (TEST_NOW_MS - 1000, 1), make_dated_id (TEST_NOW_MS - 500, 2) };
  g_autoptr (Request) request = request_new (reader, 1, SCOPE_A, 0);
  SobanWanted *wanted = soban_wanted_new (SCOPE_A);
  g_autoptr (Answer) answer = NULL;
  guint changes[2] = { 0 };

  for (guint done = 0; done < 1500; done += 500)
    write_long_log (fixture, author, &ids[0], done + 1, 500, 1);
  write_long_log (fixture, author, &ids[1], 1501, 50, 60000);
  g_array_append_vals (wanted->records, ids, 2);
  g_ptr_array_add (request->wanted, wanted);
  ((SobanScopeCursor *) g_ptr_array_index (request->hello->cursors, 0))->number = 1550;
  answer = ask_round (fixture, "token-b", request, NULL);
  g_assert_cmpuint (answer->records->len, >=, 4);
  for (guint i = 0; i < answer->records->len; i++) {
    const SobanRecords *records = g_ptr_array_index (answer->records, i);

    for (guint j = 0; j < records->changes->len; j++)
      changes[soban_uuid_equal (&((SobanNumberedChange *) g_ptr_array_index (records->changes, j))->change->record, &ids[1])]++;
  }
  g_assert_cmpuint (changes[0], ==, 1500);
  g_assert_cmpuint (changes[1], ==, 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_FOR_BOTH ("/collector/round/what_came_before_a_cut_stays", test_what_came_before_a_cut_stays);
  ADD_FOR_BOTH ("/collector/round/a_probe_learns_what_arrived_and_its_stamps", test_a_probe_learns_what_arrived_and_its_stamps);
  ADD_FOR_BOTH ("/collector/round/hello_is_the_last_anchor_of_the_clock", test_hello_is_the_last_anchor_of_the_clock);
  ADD_FOR_BOTH ("/collector/round/changes_of_others_are_relayed", test_changes_of_others_are_relayed);
  ADD_FOR_BOTH ("/collector/round/nobody_relays_for_the_collector_or_for_nobody", test_nobody_relays_for_the_collector_or_for_nobody);
  ADD_FOR_BOTH ("/collector/round/a_window_leaves_old_activities_out_and_keeps_registries", test_a_window_leaves_old_activities_out_and_keeps_registries);
  ADD_FOR_BOTH ("/collector/round/an_answer_keeps_to_the_bytes_that_were_asked_for", test_an_answer_keeps_to_the_bytes_that_were_asked_for);
  ADD_FOR_BOTH ("/collector/round/pages_below_the_floor_end_with_the_state_of_the_log", test_pages_below_the_floor_end_with_the_state_of_the_log);
  ADD_FOR_BOTH ("/collector/round/pages_name_who_wrote", test_pages_name_who_wrote);
  ADD_FOR_BOTH ("/collector/round/what_comes_while_pages_are_read_follows", test_what_comes_while_pages_are_read_follows);
  ADD_FOR_BOTH ("/collector/round/a_device_of_1_0_gets_the_log_and_no_digest", test_a_device_of_1_0_gets_the_log_and_no_digest);
  ADD_FOR_BOTH ("/collector/round/one_record_of_ten_thousand_is_found_in_few_rounds", test_one_record_of_ten_thousand_is_found_in_few_rounds);
  ADD_FOR_BOTH ("/collector/round/the_whole_log_of_wanted_records_is_sent", test_the_whole_log_of_wanted_records_is_sent);
  ADD_FOR_BOTH ("/collector/round/a_long_log_goes_on_in_the_next_frame", test_a_long_log_goes_on_in_the_next_frame);
  return g_test_run ();
}
