/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules at the top of admission.c, one test each, over the SQLite store. */
#include "admission-request.h"
#include "base/limits.h"

static void
test_a1_same_change_again_is_skipped (Fixture *fixture, gconstpointer data)
{
  for (int round = 0; round < 3; round++) {
    g_auto (SobanAdmissionResult) result;

    admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS - HOUR_MS, 0, "total", "30"),
                                make_change (1, 7, 2, SCOPE_A, 1, TEST_NOW_MS - HOUR_MS + 1, 0, "female", "20"), NULL), scope_a_alone, &result);
    g_assert_cmpuint (result.acked_number, ==, 2);
    g_assert_cmpint (result.ack_state, ==, SOBAN_ACK_OK);
    g_assert_cmpuint (result.admitted, ==, round == 0 ? 2 : 0);
  }
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM change"), ==, 2);
  g_assert_cmpint (ask (fixture, "SELECT last_number FROM scope"), ==, 2);
}

static void
test_a2_same_number_other_content_is_a_fork (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) first, second;

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "30"),
                              make_change (1, 7, 2, SCOPE_A, 1, TEST_NOW_MS, 0, "male", "10"), NULL), scope_a_alone, &first);
  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "30"),
                              make_change (1, 7, 2, SCOPE_A, 1, TEST_NOW_MS, 0, "male", "11"),
                              make_change (1, 7, 3, SCOPE_A, 1, TEST_NOW_MS, 0, "female", "9"), NULL), scope_a_alone, &second);
  g_assert_cmpint (second.ack_state, ==, SOBAN_ACK_FORK);
  /* The last that both are known to have. */
  g_assert_cmpuint (second.acked_number, ==, 1);
  g_assert_cmpuint (second.chain, !=, first.chain);
  g_assert_cmpint (greet (fixture, 1, 7, 5, 1, second.chain).ack_state, ==, SOBAN_ACK_OK);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM change"), ==, 2);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM fork WHERE change_number = 2"), ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM incident WHERE kind = 'fork' AND device = 1"), ==, 1);
  assert_field (fixture, 1, "male", "10");
}

static void
test_a2_a_device_that_gave_less_than_the_log_has_is_a_fork (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) first, second;
  SobanGreeting greeting;

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "30"), NULL), scope_a_alone, &first);
  admit (fixture, make_batch (make_change (1, 7, 2, SCOPE_A, 1, TEST_NOW_MS, 0, "male", "10"),
                              make_change (1, 7, 3, SCOPE_A, 1, TEST_NOW_MS, 0, "male", "11"), NULL), scope_a_alone, &second);
  /* A backup from before the second round; one change was made since. */
  greeting = greet (fixture, 1, 7, 2, 1, first.chain);
  g_assert_cmpint (greeting.ack_state, ==, SOBAN_ACK_FORK);
  g_assert_cmpuint (greeting.acked_number, ==, 1);
  g_assert_cmpuint (greeting.chain, ==, first.chain);
  /* It asks again, since the answer was lost: one incident. */
  greet (fixture, 1, 7, 2, 1, first.chain);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM incident WHERE kind = 'fork' AND device = 1"), ==, 1);
}

static void
test_a2_a_bundle_may_be_older_than_the_log (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) first, second;

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "30"), NULL), scope_a_alone, &first);
  admit (fixture, make_batch (make_change (1, 7, 2, SCOPE_A, 1, TEST_NOW_MS, 0, "male", "10"), NULL), scope_a_alone, &second);
  g_assert_cmpint (greet_in_bundle (fixture, 1, 7, 1, 1, first.chain).ack_state, ==, SOBAN_ACK_OK);
  g_assert_cmpint (greet_in_bundle (fixture, 1, 7, 1, 1, second.chain).ack_state, ==, SOBAN_ACK_FORK);
}

static void
test_a2_another_chain_is_a_fork (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) result;
  SobanGreeting greeting;

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "30"), NULL), scope_a_alone, &result);
  greeting = greet (fixture, 1, 7, 4, 1, result.chain ^ 1);
  g_assert_cmpint (greeting.ack_state, ==, SOBAN_ACK_FORK);
  g_assert_cmpuint (greeting.acked_number, ==, 0);
  g_assert_cmpuint (greeting.chain, ==, 0);
}

static void
test_a2_no_fork_where_the_log_was_set_back (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) result;
  SobanGreeting greeting;

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "30"), NULL), scope_a_alone, &result);
  greeting = greet (fixture, 1, 7, 9, 8, 0x1234);
  g_assert_cmpint (greeting.ack_state, ==, SOBAN_ACK_OK);
  g_assert_cmpuint (greeting.acked_number, ==, 1);
  g_assert_cmpuint (greeting.chain, ==, result.chain);
}

static void
test_a2_a_first_greeting_and_one_of_1_0 (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) result;
  SobanGreeting greeting = greet (fixture, 1, 7, 3, 0, 0);

  g_assert_cmpint (greeting.ack_state, ==, SOBAN_ACK_OK);
  g_assert_cmpuint (greeting.acked_number, ==, 0);
  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "30"), NULL), scope_a_alone, &result);
  /* 1.0 tells neither its receipt nor a chain. */
  greeting = greet (fixture, 1, 7, 3, 0, 0);
  g_assert_cmpint (greeting.ack_state, ==, SOBAN_ACK_OK);
  g_assert_cmpuint (greeting.acked_number, ==, 1);
  g_assert_cmpuint (greeting.chain, ==, result.chain);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM incident"), ==, 0);
}

static void
test_a2_another_stamp_is_no_fork (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) first, second;
  SobanChange *again = make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "30");

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "30"), NULL), scope_a_alone, &first);
  again->stamp += 5;
  admit (fixture, make_batch (again, NULL), scope_a_alone, &second);
  g_assert_cmpint (second.ack_state, ==, SOBAN_ACK_OK);
  g_assert_cmpuint (second.adjustments->len, ==, 1);
}

static void
test_a2_another_incarnation_counts_for_itself (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) first, second;

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "30"), NULL), scope_a_alone, &first);
  admit (fixture, make_batch (make_change (1, G_MAXUINT64, 1, SCOPE_A, 2, TEST_NOW_MS, 0, "total", "31"), NULL), scope_a_alone, &second);
  g_assert_cmpint (second.ack_state, ==, SOBAN_ACK_OK);
  g_assert_cmpint (ask (fixture, "SELECT last_number FROM scope"), ==, 2);
}

static void
test_a3_a_missing_number_is_a_gap (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) result;

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "30"),
                              make_change (1, 7, 3, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "32"), NULL), scope_a_alone, &result);
  g_assert_cmpint (result.ack_state, ==, SOBAN_ACK_GAP);
  g_assert_cmpuint (result.acked_number, ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM change"), ==, 1);
}

static void
test_a4_numbers_of_each_scope_are_contiguous (Fixture *fixture, gconstpointer data)
{
  for (guint64 number = 1; number <= 20; number++) {
    for (guint32 device = 1; device <= 3; device++) {
      g_auto (SobanAdmissionResult) result;
      const char *scope = (number + device) % 3 == 0 ? SCOPE_B : SCOPE_A;

      admit (fixture, make_batch (make_change (device, 7, number, scope, device * 100 + number, TEST_NOW_MS, 0, "total", "1"), NULL),
             both_scopes, &result);
    }
  }
  g_assert_cmpint (ask (fixture, "SELECT CAST (sum (last_number) AS BIGINT) FROM scope"), ==, 60);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM scope WHERE last_number <> (SELECT count (*) FROM change WHERE scope = uid)"
                                 " OR last_number <> (SELECT max (number) FROM change WHERE scope = uid)"), ==, 0);
}

static void
test_a5_a_stamp_of_the_future_becomes_now (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) result;
  const SobanStampAdjustment *adjustment;

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS + 9 * 365 * 24 * HOUR_MS, 0, "total", "30"), NULL), scope_a_alone,
         &result);
  g_assert_cmpuint (result.adjustments->len, ==, 1);
  adjustment = &g_array_index (result.adjustments, SobanStampAdjustment, 0);
  g_assert_cmpuint (adjustment->number, ==, 1);
  g_assert_cmpuint (adjustment->stamp, ==, SOBAN_STAMP (TEST_NOW_MS, 0));
}

static void
test_a6_a_stamp_before_the_programme_becomes_its_first_day (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) result;

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, 1000, 0, "total", "30"), NULL), scope_a_alone, &result);
  g_assert_cmpuint (g_array_index (result.adjustments, SobanStampAdjustment, 0).stamp, ==, SOBAN_STAMP (SOBAN_PROGRAMME_START_MS, 0));
}

static void
test_a7_a_later_change_of_the_device_is_later (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) result;

  /* Its clock jumped back between the two. */
  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS - HOUR_MS, 0, "total", "30"),
                              make_change (1, 7, 2, SCOPE_A, 1, TEST_NOW_MS - 5 * HOUR_MS, 0, "total", "31"), NULL), scope_a_alone, &result);
  g_assert_cmpuint (result.adjustments->len, ==, 1);
  g_assert_cmpuint (g_array_index (result.adjustments, SobanStampAdjustment, 0).stamp, ==, SOBAN_STAMP (TEST_NOW_MS - HOUR_MS, 0) + 1);
  assert_field (fixture, 1, "total", "31");
}

static void
test_a8_who_has_seen_a_value_and_overwrites_it_wins (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) first, second;

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS - HOUR_MS, 0, "total", "30"), NULL), scope_a_alone, &first);
  /* Device 2 has pulled number 1 of the scope; its clock stands in the year before. */
  admit (fixture, make_batch (make_change (2, 8, 1, SCOPE_A, 1, TEST_NOW_MS - 8000 * HOUR_MS, 1, "total", "33"), NULL), scope_a_alone, &second);
  g_assert_cmpuint (second.adjustments->len, ==, 1);
  assert_field (fixture, 1, "total", "33");
}

static void
test_a8_concurrent_writes_keep_their_own_time (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) first, second;

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS - HOUR_MS, 0, "total", "30"), NULL), scope_a_alone, &first);
  admit (fixture, make_batch (make_change (2, 8, 1, SCOPE_A, 1, TEST_NOW_MS - 2 * HOUR_MS, 0, "total", "33"), NULL), scope_a_alone, &second);
  g_assert_cmpuint (second.adjustments->len, ==, 0);
  assert_field (fixture, 1, "total", "30");
}

static void
test_a8_different_fields_both_stay (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) first, second;

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS - HOUR_MS, 0, "total", "30"), NULL), scope_a_alone, &first);
  admit (fixture, make_batch (make_change (2, 8, 1, SCOPE_A, 1, TEST_NOW_MS - 2 * HOUR_MS, 0, "female", "12"), NULL), scope_a_alone, &second);
  assert_field (fixture, 1, "total", "30");
  assert_field (fixture, 1, "female", "12");
}

static void
test_a9_an_adjustment_is_told_again (Fixture *fixture, gconstpointer data)
{
  SobanStamp told[2];

  for (int round = 0; round < 2; round++) {
    g_auto (SobanAdmissionResult) result;

    fixture->now_ms = TEST_NOW_MS + round * HOUR_MS;
    admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS + 9000 * HOUR_MS, 0, "total", "30"), NULL), scope_a_alone, &result);
    g_assert_cmpuint (result.adjustments->len, ==, 1);
    told[round] = g_array_index (result.adjustments, SobanStampAdjustment, 0).stamp;
  }
  g_assert_cmpuint (told[0], ==, told[1]);
}

static void
test_a10_a_scope_of_others_is_refused_from_there_on (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) result;

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "30"),
                              make_change (1, 7, 2, SCOPE_B, 2, TEST_NOW_MS, 0, "total", "31"),
                              make_change (1, 7, 3, SCOPE_A, 3, TEST_NOW_MS, 0, "total", "32"), NULL), scope_a_alone, &result);
  g_assert_error (result.refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED);
  g_assert_nonnull (strstr (result.refusal->message, SCOPE_B));
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM change"), ==, 1);
}

static void
test_a10_a_record_of_another_scope_is_refused (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) first, second;

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_B, 1, TEST_NOW_MS, 0, "total", "30"), NULL), both_scopes, &first);
  admit (fixture, make_batch (make_change (2, 8, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "99"), NULL), scope_a_alone, &second);
  g_assert_error (second.refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED);
  assert_field (fixture, 1, "total", "30");
}

static void
test_a10_a_scope_that_was_left_is_taken_and_marked (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) result;
  g_autoptr (GPtrArray) former = g_ptr_array_new ();

  g_ptr_array_add (former, (gpointer) SCOPE_B);
  admit_more (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "30"),
                                   make_change (1, 7, 2, SCOPE_B, 2, TEST_NOW_MS, 0, "total", "31"),
                                   make_change (1, 7, 3, SCOPE_B, 3, TEST_NOW_MS, 0, "total", "32"), NULL),
              scope_a_alone, &(SobanAdmissionRequest) { .former_scopes = former }, &result);
  g_assert_no_error (result.refusal);
  g_assert_cmpuint (result.acked_number, ==, 3);
  assert_field (fixture, 3, "total", "32");
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM incident WHERE kind = 'former-scope' AND device = 1 AND scope = '" SCOPE_B "'"), ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM change WHERE marked = 1"), ==, 2);
}

static void
test_a11_a_bound_refuses_before_anything_is_taken (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) result;
  g_autofree char *long_value = g_strnfill (SOBAN_VALUE_BYTES_MAX + 1, 'x');

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "30"),
                              make_change (1, 7, 2, SCOPE_A, 1, TEST_NOW_MS, 0, "title", long_value), NULL), scope_a_alone, &result);
  g_assert_error (result.refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TOO_LARGE);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM change"), ==, 0);
}

static void
test_a11_nonsense_in_a_record_is_taken (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) result;

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "no_such_field", "not a number at all"), NULL), scope_a_alone,
         &result);
  g_assert_no_error (result.refusal);
  assert_field (fixture, 1, "no_such_field", "not a number at all");
}

static void
test_a11_what_is_not_nfc_is_refused (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) result;

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "title", "Ba\xcc\x82n"), NULL), scope_a_alone, &result);
  g_assert_error (result.refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM change"), ==, 0);
}

/* PROTOCOL 7: forms, fields and registers that nobody knows, kept byte for byte. */
static void
test_a11_what_is_unknown_is_kept_byte_for_byte (Fixture *fixture, gconstpointer data)
{
  static const char odd[] = " \t\r\n 007.50 <x/> ]]> \xf0\x9f\x8c\xbe \xe1\xba\xad\xef\xbf\xbd ";
  g_autoptr (SobanChange) sent = make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "of_next_year/field[x]/y", odd);
  g_autoptr (SobanChange) kept = NULL;
  g_autoptr (GByteArray) before = g_byte_array_new ();
  g_autoptr (GByteArray) after = g_byte_array_new ();

  g_free (sent->form);
  sent->form = g_strdup ("a form of 2031");
  soban_change_assign (sent, ".register_of_2031", "\xe1\xbb\x97");
  soban_change_assign (sent, "gone", NULL);
  soban_change_encode (sent, before);
  admit_good (fixture, make_batch (soban_change_copy (sent), NULL));
  kept = read_change (fixture, 1, 7, 1);
  soban_change_encode (kept, after);
  g_assert_cmpmem (after->data, after->len, before->data, before->len);
  assert_field (fixture, 1, "of_next_year/field[x]/y", odd);
  assert_field (fixture, 1, ".register_of_2031", "\xe1\xbb\x97");
}

static void
test_a11_changes_of_another_sender_are_refused (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) result;

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "30"),
                              make_change (2, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "31"), NULL), scope_a_alone, &result);
  g_assert_error (result.refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM change"), ==, 0);
}

static void
test_a15_the_chain_goes_on_with_what_was_sent (Fixture *fixture, gconstpointer data)
{
  guint64 chain = 0;

  for (guint64 number = 1; number <= 5; number++) {
    g_auto (SobanAdmissionResult) result;
    SobanChange *change = make_change (1, 7, number, SCOPE_A, number, TEST_NOW_MS + 9000 * HOUR_MS, 0, "total", "30");
    const SobanChangeId id = { 1, 7, number };
    SobanAdmissionStore store = soban_collector_store_get_admission (fixture->store);
    SobanLogEntry entry;
    guint8 hash[SOBAN_CHANGE_HASH_BYTES];
    gboolean found;

    soban_change_hash (change, hash);
    chain = soban_change_chain (chain, hash);
    admit (fixture, make_batch (change, NULL), scope_a_alone, &result);
    g_assert_cmpuint (result.chain, ==, chain);
    g_assert_true (store.find_change (store.data, &id, &found, &entry, NULL));
    g_assert_true (found);
    g_assert_cmpuint (entry.chain, ==, chain);
  }
}

static void
test_a16_an_erased_record_stays_a_tombstone (Fixture *fixture, gconstpointer data)
{
  SobanChange *erasing = make_change (0, 9, 1, SCOPE_A, 1, TEST_NOW_MS, 1, SOBAN_FIELD_ERASED, "1");
  g_autoptr (SobanChange) kept = NULL;
  SobanChange *late = make_change (2, 8, 1, SCOPE_A, 1, TEST_NOW_MS - HOUR_MS, 0, "name", "Lò Thị Mai");
  g_auto (SobanAdmissionResult) result = { 0 };

  admit_good (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS - HOUR_MS, 0, "name", "Lò Thị May"), NULL));
  soban_change_assign (erasing, "name", NULL);
  admit_good (fixture, make_batch (erasing, NULL));
  soban_change_assign (late, ".confirmed/name", "Lò Thị Mai");
  soban_change_assign (late, SOBAN_FIELD_ERASED, NULL);
  fixture->now_ms += HOUR_MS;
  admit_good (fixture, make_batch (soban_change_copy (late), NULL));
  kept = read_change (fixture, 2, 8, 1);
  g_assert_cmpuint (kept->assignments->len, ==, 3);
  assert_field (fixture, 1, "name", NULL);
  assert_field (fixture, 1, ".confirmed/name", NULL);
  assert_field (fixture, 1, SOBAN_FIELD_ERASED, "1");
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM conflict"), ==, 0);
  /* The same again is still the same. */
  admit (fixture, make_batch (late, NULL), scope_a_alone, &result);
  g_assert_cmpint (result.ack_state, ==, SOBAN_ACK_OK);
  g_assert_cmpuint (result.admitted, ==, 0);
}

static void
test_a16_no_device_erases (Fixture *fixture, gconstpointer data)
{
  admit_good (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS - HOUR_MS, 0, "name", "Lò Thị May"),
                                   make_change (1, 7, 2, SCOPE_A, 1, TEST_NOW_MS, 0, SOBAN_FIELD_ERASED, "1"),
                                   make_change (1, 7, 3, SCOPE_A, 1, TEST_NOW_MS, 0, "name", "Lò Thị Mai"), NULL));
  assert_field (fixture, 1, "name", "Lò Thị Mai");
  assert_field (fixture, 1, SOBAN_FIELD_ERASED, NULL);
}

static void
test_delete_is_undone_only_by_undelete (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) first, second, third;

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS - 4 * HOUR_MS, 0, "total", "30"),
                              make_change (1, 7, 2, SCOPE_A, 1, TEST_NOW_MS - 3 * HOUR_MS, 0, SOBAN_FIELD_DELETED, "1"), NULL), scope_a_alone, &first);
  admit (fixture, make_batch (make_change (2, 8, 1, SCOPE_A, 1, TEST_NOW_MS - HOUR_MS, 2, "total", "31"), NULL), scope_a_alone, &second);
  g_assert_cmpint (ask (fixture, "SELECT deleted FROM record"), ==, 1);
  admit (fixture, make_batch (make_change (2, 8, 2, SCOPE_A, 1, TEST_NOW_MS, 2, SOBAN_FIELD_DELETED, "0"), NULL), scope_a_alone, &third);
  g_assert_cmpint (ask (fixture, "SELECT deleted FROM record"), ==, 0);
  assert_field (fixture, 1, "total", "31");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) ADD_FOR_BOTH ("/collector/admission/" #name, test_##name)
  ADD (a1_same_change_again_is_skipped);
  ADD (a2_same_number_other_content_is_a_fork);
  ADD (a2_a_device_that_gave_less_than_the_log_has_is_a_fork);
  ADD (a2_a_bundle_may_be_older_than_the_log);
  ADD (a2_another_chain_is_a_fork);
  ADD (a2_no_fork_where_the_log_was_set_back);
  ADD (a2_a_first_greeting_and_one_of_1_0);
  ADD (a2_another_stamp_is_no_fork);
  ADD (a2_another_incarnation_counts_for_itself);
  ADD (a3_a_missing_number_is_a_gap);
  ADD (a4_numbers_of_each_scope_are_contiguous);
  ADD (a5_a_stamp_of_the_future_becomes_now);
  ADD (a6_a_stamp_before_the_programme_becomes_its_first_day);
  ADD (a7_a_later_change_of_the_device_is_later);
  ADD (a8_who_has_seen_a_value_and_overwrites_it_wins);
  ADD (a8_concurrent_writes_keep_their_own_time);
  ADD (a8_different_fields_both_stay);
  ADD (a9_an_adjustment_is_told_again);
  ADD (a10_a_scope_of_others_is_refused_from_there_on);
  ADD (a10_a_record_of_another_scope_is_refused);
  ADD (a10_a_scope_that_was_left_is_taken_and_marked);
  ADD (a11_a_bound_refuses_before_anything_is_taken);
  ADD (a11_nonsense_in_a_record_is_taken);
  ADD (a11_what_is_not_nfc_is_refused);
  ADD (a11_what_is_unknown_is_kept_byte_for_byte);
  ADD (a11_changes_of_another_sender_are_refused);
  ADD (a15_the_chain_goes_on_with_what_was_sent);
  ADD (a16_an_erased_record_stays_a_tombstone);
  ADD (a16_no_device_erases);
  ADD (delete_is_undone_only_by_undelete);
#undef ADD
  return g_test_run ();
}
