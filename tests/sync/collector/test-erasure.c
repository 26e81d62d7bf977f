/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Erasing by law, and floors. On both databases. */
#include "admission-request.h"
#include "base/error.h"
#include "compaction.h"
#include "erasure.h"
#include "night.h"
#include "round-request.h"
#include "store-check.h"

#define SECRET "Giàng Thị Sáo, 1990"

static void
erase (Fixture *fixture, const SobanUuid *record)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (soban_collector_store_begin (fixture->store, &error));
  g_assert_true (soban_erase_record (fixture->store, record, "QĐ 12/2026", &error));
  g_assert_no_error (error);
  g_assert_true (soban_collector_store_commit (fixture->store, &error));
}

static void
assert_sound (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = soban_collector_check (fixture->store, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < problems->len; i++)
    g_test_message ("%s", (const char *) g_ptr_array_index (problems, i));
  g_assert_cmpuint (problems->len, ==, 0);
}

static gint64
count_secrets (Fixture *fixture)
{
  static const char *const queries[] = { "SELECT body FROM change", "SELECT body FROM fork", "SELECT state FROM record" };
  gint64 found = 0;

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++) {
    g_autoptr (SobanRows) rows = soban_database_query (soban_collector_store_get_database (fixture->store), NULL, queries[i], "");

    while (soban_rows_step (rows, NULL) == 1)
      found += memmem (soban_rows_get_blob (rows, 0), soban_rows_get_length (rows, 0), SECRET, strlen (SECRET)) != NULL;
  }
  return found;
}

static void
test_an_erased_record_keeps_its_tombstone_and_nothing_it_said (Fixture *fixture, gconstpointer data)
{
  guint32 author = add_device (fixture, "token-a", SCOPE_A), reader = add_device (fixture, "token-b", SCOPE_A);
  SobanUuid record = make_record_id (1);
  g_autoptr (Request) request = request_new (reader, 1, SCOPE_A, 0);
  g_autoptr (Request) late = request_new (author, 1, SCOPE_A, 3);
  g_autoptr (Answer) answer = NULL, admitted = NULL;
  const SobanChange *last;

  admit_good (fixture, make_batch (make_change (author, 1, 1, SCOPE_A, 1, TEST_NOW_MS - 5000, 0, "name", SECRET),
                                   make_change (author, 1, 2, SCOPE_A, 1, TEST_NOW_MS - 4000, 1, "name", SECRET " tháng 5"),
                                   make_change (author, 1, 3, SCOPE_A, 2, TEST_NOW_MS - 3000, 1, "name", "another"), NULL));
  {
    /* The same number with another content: kept aside, and erased there, too. */
    g_auto (SobanAdmissionResult) result = { 0 };

    admit (fixture, make_batch (make_change (author, 1, 2, SCOPE_A, 1, TEST_NOW_MS - 4000, 1, "name", SECRET "!"), NULL), scope_a_alone, &result);
    g_assert_cmpint (result.ack_state, ==, SOBAN_ACK_FORK);
  }
  g_assert_cmpint (count_secrets (fixture), ==, 4);
  erase (fixture, &record);
  g_assert_cmpint (count_secrets (fixture), ==, 0);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM change"), ==, 4);
  g_assert_cmpint (ask (fixture, "SELECT deleted FROM record ORDER BY row LIMIT 1"), ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM erasure WHERE number = 4"), ==, 1);
  assert_field (fixture, 1, "name", NULL);
  assert_field (fixture, 1, SOBAN_FIELD_ERASED, "1");
  assert_field (fixture, 2, "name", "another");
  assert_sound (fixture);

  /* It reaches every replica by the log, and what still comes for it loses its values. */
  answer = ask_round (fixture, "token-b", request, NULL);
  g_assert_cmpuint (answer->changes->len, ==, 4);
  last = ((SobanNumberedChange *) g_ptr_array_index (answer->changes, 3))->change;
  g_assert_cmpuint (last->id.device, ==, 0);
  g_assert_true (soban_uuid_equal (&last->record, &record));
  g_ptr_array_add (late->batches, make_batch (make_change (author, 1, 4, SCOPE_A, 1, TEST_NOW_MS, 3, "name", SECRET), NULL));
  admitted = ask_round (fixture, "token-a", late, NULL);
  g_assert_cmpuint (admitted->reply->acked_number, ==, 4);
  g_assert_cmpint (count_secrets (fixture), ==, 0);
  assert_sound (fixture);
}

static void
test_what_is_not_there_or_erased_already_is_told (Fixture *fixture, gconstpointer data)
{
  guint32 author = add_device (fixture, "token-a", SCOPE_A);
  SobanUuid record = make_record_id (1), nobodys = make_record_id (2);
  g_autoptr (GError) missing = NULL, twice = NULL;

  admit_good (fixture, make_batch (make_change (author, 1, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "name", SECRET), NULL));
  erase (fixture, &record);
  g_assert_true (soban_collector_store_begin (fixture->store, NULL));
  g_assert_false (soban_erase_record (fixture->store, &nobodys, "x", &missing));
  g_assert_error (missing, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND);
  g_assert_false (soban_erase_record (fixture->store, &record, "x", &twice));
  g_assert_error (twice, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT);
  soban_collector_store_roll_back (fixture->store);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM change"), ==, 2);
}

static guint
compact (Fixture *fixture, guint keep_days)
{
  g_autofree char *after = g_strdup ("");
  g_autoptr (GError) error = NULL;
  guint raised = 0;

  g_assert_true (soban_collector_store_begin (fixture->store, &error));
  while (after != NULL)
    g_assert_true (soban_compact_some (fixture->store, keep_days, &after, &raised, &error));
  g_assert_true (soban_collector_store_commit (fixture->store, &error));
  return raised;
}

static void
test_a_floor_stands_where_the_days_to_keep_begin (Fixture *fixture, gconstpointer data)
{
  guint32 author = add_device (fixture, "token-a", SCOPE_A);

  for (guint day = 0; day < 20; day++) {
    admit_good (fixture, make_batch (make_change (author, 1, 2 * day + 1, SCOPE_A, 1, fixture->now_ms, 0, "a", "1"),
                                     make_change (author, 1, 2 * day + 2, SCOPE_A, 2, fixture->now_ms, 0, "a", "1"), NULL));
    fixture->now_ms += 24 * HOUR_MS;
  }
  g_assert_cmpuint (compact (fixture, 30), ==, 0);
  g_assert_cmpint (ask (fixture, "SELECT floor FROM scope"), ==, 0);
  g_assert_cmpuint (compact (fixture, 5), ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT floor FROM scope"), ==, 32);
  /* A floor is never lowered. */
  g_assert_cmpuint (compact (fixture, 10), ==, 0);
  g_assert_cmpint (ask (fixture, "SELECT floor FROM scope"), ==, 32);
  g_assert_cmpuint (compact (fixture, 0), ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT floor FROM scope"), ==, 40);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM change"), ==, 40);
}

static void
test_the_night_begins_at_half_past_two (void)
{
  static const struct {
    int hour, minute, second;
    gint64 delay_s;
  } rows[] = { { 2, 29, 59, 1 }, { 2, 30, 0, 86400 }, { 0, 0, 0, 9000 }, { 23, 59, 59, 9001 }, { 14, 30, 0, 43200 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, 22, rows[i].hour, rows[i].minute, rows[i].second);

    g_assert_cmpint (soban_night_delay_s (now), ==, rows[i].delay_s);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_FOR_BOTH ("/collector/erasure/an_erased_record_keeps_its_tombstone_and_nothing_it_said", test_an_erased_record_keeps_its_tombstone_and_nothing_it_said);
  ADD_FOR_BOTH ("/collector/erasure/what_is_not_there_or_erased_already_is_told", test_what_is_not_there_or_erased_already_is_told);
  ADD_FOR_BOTH ("/collector/compaction/a_floor_stands_where_the_days_to_keep_begin", test_a_floor_stands_where_the_days_to_keep_begin);
  g_test_add_func ("/collector/night/begins_at_half_past_two", test_the_night_begins_at_half_past_two);
  return g_test_run ();
}
