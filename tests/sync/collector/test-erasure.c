/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Erasing by law, and floors. On both databases. */
#include "admission-request.h"
#include "base/error.h"
#include "compaction.h"
#include "erasure-traces.h"
#include "erasure.h"
#include "log/erasure-proof.h"
#include "night.h"
#include "record-search.h"
#include "round-request.h"
#include "store-check.h"

#define SECRET "Giàng Thị Sáo, 1990"
#define SECRET_FOLDED "giangthisao"

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
assert_erased (Fixture *fixture, guint record)
{
  g_autofree char *proof = read_field (fixture, record, SOBAN_FIELD_ERASED);

  assert_field (fixture, record, SOBAN_FIELD_DELETED, "1");
  g_assert_nonnull (proof);
  g_assert_cmpuint (strlen (proof), >, 80);
}

/* The name of who wrote is one more value of the record. */
static SobanChange *
name_person (SobanChange *change)
{
  soban_change_assign (change, SOBAN_FIELD_PERSON, SECRET);
  return change;
}

static void
test_an_erased_record_keeps_its_tombstone_and_nothing_it_said (Fixture *fixture, gconstpointer data)
{
  guint32 author = add_device (fixture, "token-a", SCOPE_A), reader = add_device (fixture, "token-b", SCOPE_A);
  SobanUuid record = make_record_id (1);
  g_autoptr (Request) request = request_new (reader, 1, SCOPE_A, 0);
  g_autoptr (Request) late = request_new (author, 1, SCOPE_A, 4);
  g_autoptr (Answer) answer = NULL, admitted = NULL;
  const SobanChange *last;

  admit_good (fixture, make_batch (make_change (author, 1, 1, SCOPE_A, 1, TEST_NOW_MS - 5000, 0, "name", SECRET),
                                   make_change (author, 1, 2, SCOPE_A, 1, TEST_NOW_MS - 4000, 1, "name", SECRET " tháng 5"),
                                   make_change (author, 1, 3, SCOPE_A, 2, TEST_NOW_MS - 3000, 1, "name", "another"),
                                   name_person (make_change (author, 1, 4, SCOPE_A, 1, TEST_NOW_MS - 2000, 1, "total", "12")), NULL));
  {
    /* The same number with another content: kept aside, and erased there, too. */
    g_auto (SobanAdmissionResult) result = { 0 };

    admit (fixture, make_batch (make_change (author, 1, 2, SCOPE_A, 1, TEST_NOW_MS - 4000, 1, "name", SECRET "!"), NULL), scope_a_alone, &result);
    g_assert_cmpint (result.ack_state, ==, SOBAN_ACK_FORK);
  }
  g_assert_cmpint (count_secrets (fixture), ==, 5);
  erase (fixture, &record);
  g_assert_cmpint (count_secrets (fixture), ==, 0);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM change"), ==, 5);
  g_assert_cmpint (ask (fixture, "SELECT deleted FROM record ORDER BY row LIMIT 1"), ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM erasure WHERE number = 5"), ==, 1);
  assert_field (fixture, 1, "name", NULL);
  assert_erased (fixture, 1);
  assert_field (fixture, 2, "name", "another");
  assert_sound (fixture);

  /* It reaches every replica by the log, and what still comes for it loses its values. */
  answer = ask_round (fixture, "token-b", request, NULL);
  g_assert_cmpuint (answer->changes->len, ==, 5);
  last = ((SobanNumberedChange *) g_ptr_array_index (answer->changes, 4))->change;
  g_assert_cmpuint (last->id.device, ==, 0);
  g_assert_true (soban_uuid_equal (&last->record, &record));
  g_ptr_array_add (late->batches, make_batch (name_person (make_change (author, 1, 5, SCOPE_A, 1, TEST_NOW_MS, 3, "name", SECRET)), NULL));
  admitted = ask_round (fixture, "token-a", late, NULL);
  g_assert_cmpuint (admitted->reply->acked_number, ==, 5);
  g_assert_cmpint (count_secrets (fixture), ==, 0);
  assert_sound (fixture);
}

/* ---- traces ---- */

static gboolean
file_holds (const char *path, const char *text)
{
  g_autofree char *content = NULL;
  gsize length;

  return g_file_get_contents (path, &content, &length, NULL) && memmem (content, length, text, strlen (text)) != NULL;
}

/* In how many files of the database @text stands. */
static gint64
count_files_with (Fixture *fixture, const char *text)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->dir, 0, NULL);
  g_autofree char *sql = NULL;
  const char *name;
  gint64 found = 0;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

    found += file_holds (path, text);
  }
  if (fixture->schema == NULL)
    return found;
  /* The tests' own server reads its files for us. */
  g_assert_true (soban_database_execute (soban_collector_store_get_database (fixture->store), "CHECKPOINT", NULL));
  sql = g_strdup_printf ("SELECT count (*) FROM pg_class WHERE relnamespace = '%s'::regnamespace AND relkind IN ('r', 'i')"
                         " AND position ('%s'::bytea IN pg_read_binary_file (pg_relation_filepath (oid))) > 0", fixture->schema, text);
  return ask (fixture, sql);
}

/* Many records, the one among them written again and again: its bytes come to lie in many places. */
static void
fill_with_secret (Fixture *fixture, guint32 author)
{
  for (guint number = 1; number <= 600; number++) {
    guint record = number % 3 == 1 ? 1 : number + 1;
    g_autofree char *value = number % 3 == 1 ? g_strdup_printf (SECRET " %u", number) : g_strnfill (number % 97, 'x');

    admit_good (fixture, make_batch (make_change (author, 1, number, SCOPE_A, record, TEST_NOW_MS - 1000000 + number, number, "name", value), NULL));
    if (number % 30 == 0) {
      g_assert_true (soban_collector_store_begin (fixture->store, NULL));
      g_assert_true (soban_record_search_put (soban_collector_store_get_database (fixture->store), ask (fixture, "SELECT min (row) FROM record"),
                                              SECRET_FOLDED, NULL));
      g_assert_true (soban_collector_store_commit (fixture->store, NULL));
    }
  }
}

static void
test_no_byte_of_it_is_left_in_the_files (Fixture *fixture, gconstpointer data)
{
  guint32 author = add_device (fixture, "token-a", SCOPE_A);
  const SobanUuid record = make_record_id (1);
  g_autoptr (GError) error = NULL;
  gboolean left;

  fill_with_secret (fixture, author);
  erase (fixture, &record);
  g_assert_cmpint (count_secrets (fixture), ==, 0);
  g_assert_cmpint (count_files_with (fixture, SECRET_FOLDED), >, 0);
  g_assert_true (soban_erasure_traces_are_left (fixture->store, &left, &error) && left);
  g_assert_true (soban_erasure_traces_remove (fixture->store, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count_files_with (fixture, SECRET_FOLDED), ==, 0);
  g_assert_cmpint (count_files_with (fixture, "o, 1990"), ==, 0);
  g_assert_true (soban_erasure_traces_are_left (fixture->store, &left, &error) && !left);
  /* Nothing to do a second time. */
  g_assert_true (soban_erasure_traces_remove (fixture->store, &error));
  assert_sound (fixture);
}

/* ---- a store that was set back ---- */

/* (transfer full): a store with the keys of @fixture and the same record, which nobody has erased there. */
static Fixture *
make_set_back (Fixture *fixture, gconstpointer data, gboolean has_record)
{
  Fixture *older = g_new0 (Fixture, 1);
  g_autofree char *seed = soban_collector_store_get_setting (fixture->store, "signing-seed");
  guint32 author;

  fixture_set_up (older, data);
  g_assert_true (soban_collector_store_put_setting (older->store, "signing-seed", seed, NULL));
  author = add_device (older, "token-a", SCOPE_A);
  add_device (older, "token-b", SCOPE_A);
  if (has_record)
    admit_good (older, make_batch (make_change (author, 1, 1, SCOPE_A, 1, TEST_NOW_MS - 5000, 0, "name", SECRET),
                                   make_change (author, 1, 2, SCOPE_A, 1, TEST_NOW_MS - 4000, 1, "name", SECRET " tháng 5"), NULL));
  return older;
}

static void
free_set_back (Fixture *older)
{
  fixture_tear_down (older, NULL);
  g_free (older);
}

/* (transfer full): the change that has erased record 1. */
static SobanChange *
make_erasure (Fixture *fixture)
{
  guint32 author = add_device (fixture, "token-a", SCOPE_A), reader = add_device (fixture, "token-b", SCOPE_A);
  SobanUuid record = make_record_id (1);
  g_autoptr (Request) request = request_new (reader, 1, SCOPE_A, 0);
  g_autoptr (Answer) answer = NULL;

  admit_good (fixture, make_batch (make_change (author, 1, 1, SCOPE_A, 1, TEST_NOW_MS - 5000, 0, "name", SECRET), NULL));
  erase (fixture, &record);
  answer = ask_round (fixture, "token-b", request, NULL);
  g_assert_cmpuint (answer->changes->len, ==, 2);
  return soban_change_copy (((SobanNumberedChange *) g_ptr_array_index (answer->changes, 1))->change);
}

/* (transfer full): what device 2 is answered that relays @change (transfer full) and then sends @own (transfer full) (nullable). */
static Answer *
relay (Fixture *fixture, SobanChange *change, SobanChange *own)
{
  g_autoptr (Request) request = request_new (2, 1, SCOPE_A, 0);

  g_ptr_array_add (request->batches, make_batch (change, NULL));
  if (own != NULL)
    g_ptr_array_add (request->batches, make_batch (own, NULL));
  return ask_round (fixture, "token-b", request, NULL);
}

static void
test_an_erasure_comes_back_to_a_store_that_was_set_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SobanChange) erasing = make_erasure (fixture);
  Fixture *older = make_set_back (fixture, data, TRUE);
  g_autoptr (Answer) told = NULL, again = NULL, fresh = NULL;
  g_autoptr (Request) request = request_new (1, 7, SCOPE_A, 0);
  const SobanChange *last;
  gboolean left;

  g_assert_cmpint (count_secrets (older), ==, 3);
  told = relay (older, soban_change_copy (erasing), make_change (2, 1, 1, SCOPE_A, 1, TEST_NOW_MS, 0, "name", SECRET));
  g_assert_cmpint (count_secrets (older), ==, 0);
  g_assert_cmpuint (told->reply->acked_number, ==, 1);
  /* Nothing of it in the same answer either; it is there under its id. */
  for (guint i = 0; i < told->changes->len; i++) {
    const SobanChange *change = ((SobanNumberedChange *) g_ptr_array_index (told->changes, i))->change;

    for (guint k = 0; k < change->assignments->len; k++)
      g_assert_null (strstr (((SobanAssignment *) g_ptr_array_index (change->assignments, k))->value ?: "", "o, 1990"));
  }
  g_assert_cmpuint (told->changes->len, ==, 3);
  last = ((SobanNumberedChange *) g_ptr_array_index (told->changes, 2))->change;
  g_assert_true (soban_change_id_equal (&last->id, &erasing->id));
  g_assert_cmpuint (last->stamp, ==, erasing->stamp);
  assert_erased (older, 1);
  assert_field (older, 1, "name", NULL);
  g_assert_cmpint (ask (older, "SELECT count (*) FROM erasure"), ==, 1);
  g_assert_cmpint (ask (older, "SELECT count (*) FROM incident WHERE kind = 'erased-again'"), ==, 1);
  g_assert_true (soban_erasure_traces_are_left (older->store, &left, NULL) && left);
  assert_sound (older);
  /* Whoever tells it, too, changes nothing. */
  again = relay (older, soban_change_copy (erasing), NULL);
  g_assert_cmpint (ask (older, "SELECT count (*) FROM change"), ==, 4);
  fresh = ask_round (older, "token-a", request, NULL);
  g_assert_cmpuint (fresh->changes->len, ==, 4);
  assert_sound (older);
  free_set_back (older);
}

/* The copy may be older than the record: what comes of it later loses its values. */
static void
test_an_erasure_may_come_before_its_record (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SobanChange) erasing = make_erasure (fixture);
  Fixture *older = make_set_back (fixture, data, FALSE);
  g_autoptr (Request) late = request_new (1, 1, SCOPE_A, 1);
  g_autoptr (Answer) told = NULL, answer = NULL;

  told = relay (older, soban_change_copy (erasing), NULL);
  assert_erased (older, 1);
  g_ptr_array_add (late->batches, make_batch (make_change (1, 1, 1, SCOPE_A, 1, TEST_NOW_MS - 5000, 0, "name", SECRET), NULL));
  answer = ask_round (older, "token-a", late, NULL);
  g_assert_cmpuint (answer->reply->acked_number, ==, 1);
  g_assert_cmpint (count_secrets (older), ==, 0);
  assert_erased (older, 1);
  assert_sound (older);
  free_set_back (older);
}

/* Who has seen an erasure can make no other of it, and none of what was not erased. */
static void
test_nobody_makes_up_an_erasure (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SobanChange) erasing = make_erasure (fixture);
  Fixture *older = make_set_back (fixture, data, TRUE);
  SobanChange *made_up[5];

  for (guint i = 0; i < G_N_ELEMENTS (made_up); i++)
    made_up[i] = soban_change_copy (erasing);
  made_up[0]->record = make_record_id (2);
  soban_change_assign (made_up[1], "name", "of another's making");
  soban_change_assign (made_up[2], SOBAN_FIELD_ERASED, "1");
  made_up[3]->id.number = 2;
  g_free (made_up[4]->scope);
  made_up[4]->scope = g_strdup (SCOPE_B);
  for (guint i = 0; i < G_N_ELEMENTS (made_up); i++)
    answer_free (relay (older, made_up[i], NULL));
  g_assert_cmpint (ask (older, "SELECT count (*) FROM change"), ==, 2);
  g_assert_cmpint (count_secrets (older), ==, 3);
  assert_field (older, 1, SOBAN_FIELD_ERASED, NULL);
  /* Another collector's proof is none here. */
  g_assert_true (soban_collector_store_put_setting (older->store, "signing-seed", "0707070707070707070707070707070707070707070707070707070707070707", NULL));
  answer_free (relay (older, soban_change_copy (erasing), NULL));
  g_assert_cmpint (ask (older, "SELECT count (*) FROM change"), ==, 2);
  assert_sound (older);
  free_set_back (older);
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
  ADD_FOR_BOTH ("/collector/erasure/no_byte_of_it_is_left_in_the_files", test_no_byte_of_it_is_left_in_the_files);
  ADD_FOR_BOTH ("/collector/erasure/an_erasure_comes_back_to_a_store_that_was_set_back", test_an_erasure_comes_back_to_a_store_that_was_set_back);
  ADD_FOR_BOTH ("/collector/erasure/an_erasure_may_come_before_its_record", test_an_erasure_may_come_before_its_record);
  ADD_FOR_BOTH ("/collector/erasure/nobody_makes_up_an_erasure", test_nobody_makes_up_an_erasure);
  ADD_FOR_BOTH ("/collector/compaction/a_floor_stands_where_the_days_to_keep_begin", test_a_floor_stands_where_the_days_to_keep_begin);
  g_test_add_func ("/collector/night/begins_at_half_past_two", test_the_night_begins_at_half_past_two);
  return g_test_run ();
}
