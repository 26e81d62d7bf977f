/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules at the top of admission.c, one test each, over the SQLite store. */
#include "admission.h"
#include "base/limits.h"
#include "fixture.h"

static const char *const both_scopes[] = { SCOPE_A, SCOPE_B, NULL };
static const char *const scope_a_alone[] = { SCOPE_A, NULL };

static void
admit (Fixture *fixture, GPtrArray *batch, const char *const *scopes, SobanAdmissionResult *result)
{
  g_autoptr (GPtrArray) changes = batch;
  g_autoptr (GPtrArray) enrolled = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  SobanAdmissionStore store = soban_collector_store_get_admission (fixture->store);
  const SobanChange *first = ((SobanNumberedChange *) g_ptr_array_index (changes, 0))->change;
  SobanAdmissionRequest request = { first->id.device, first->id.incarnation, enrolled, changes, fixture->now_ms };

  for (guint i = 0; scopes[i] != NULL; i++)
    g_ptr_array_add (enrolled, (gpointer) scopes[i]);
  soban_admission_result_init (result);
  g_assert_true (soban_collector_store_begin (fixture->store, &error));
  g_assert_true (soban_admit (&store, &request, result, &error));
  g_assert_no_error (error);
  g_assert_true (soban_collector_store_commit (fixture->store, &error));
}

static gint64
ask (Fixture *fixture, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 value;

  soban_database_get_integer (soban_collector_store_get_database (fixture->store), &error, -1, &value, sql, "");
  g_assert_no_error (error);
  return value;
}

static char *
read_field (Fixture *fixture, guint record, const char *path)
{
  SobanAdmissionStore store = soban_collector_store_get_admission (fixture->store);
  SobanUuid id = make_record_id (record);
  g_autoptr (SobanRecordState) state = NULL;
  g_autoptr (SobanFieldMap) fields = NULL;
  g_autofree char *scope = NULL;

  g_assert_true (store.get_record (store.data, &id, &scope, &state, NULL));
  g_assert_nonnull (state);
  fields = soban_record_state_get_fields (state);
  return g_strdup (soban_field_map_get (fields, path));
}

static void
assert_field (Fixture *fixture, guint record, const char *path, const char *expected)
{
  g_autofree char *value = read_field (fixture, record, path);

  g_assert_cmpstr (value, ==, expected);
}

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

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "30"), NULL), scope_a_alone, &first);
  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "31"),
                              make_change (1, 7, 2, SCOPE_A, 1, TEST_NOW_MS, 0, "female", "9"), NULL), scope_a_alone, &second);
  g_assert_cmpint (second.ack_state, ==, SOBAN_ACK_FORK);
  g_assert_cmpuint (second.acked_number, ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM change"), ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM fork"), ==, 1);
  assert_field (fixture, 1, "total", "30");
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
  g_assert_cmpint (ask (fixture, "SELECT sum (last_number) FROM scope"), ==, 60);
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
test_a11_changes_of_another_sender_are_refused (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) result;

  admit (fixture, make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "30"),
                              make_change (2, 7, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "total", "31"), NULL), scope_a_alone, &result);
  g_assert_error (result.refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM change"), ==, 0);
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
#define ADD(name) g_test_add ("/collector/admission/" #name, Fixture, NULL, fixture_set_up, test_##name, fixture_tear_down)
  ADD (a1_same_change_again_is_skipped);
  ADD (a2_same_number_other_content_is_a_fork);
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
  ADD (a11_a_bound_refuses_before_anything_is_taken);
  ADD (a11_nonsense_in_a_record_is_taken);
  ADD (a11_changes_of_another_sender_are_refused);
  ADD (delete_is_undone_only_by_undelete);
#undef ADD
  return g_test_run ();
}
