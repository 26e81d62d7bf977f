/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules A12 to A14 of admission.c: conflicts, and changes that others send on. */
#include "admission-request.h"

#define OPEN "SELECT count (*) FROM conflict WHERE settled_ms IS NULL"

static SobanChange *
edit (guint32 device, guint64 number, gint64 hours_ago, guint64 seen, const char *path, const char *value)
{
  return make_change (device, 70 + device, number, SCOPE_A, 1, TEST_NOW_MS - hours_ago * HOUR_MS, seen, path, value);
}

static void
test_a12_the_later_wins_and_the_pair_is_listed (Fixture *fixture, gconstpointer data)
{
  admit_good (fixture, make_batch (edit (1, 1, 9, 0, "total", "30"), NULL));
  admit_good (fixture, make_batch (edit (2, 1, 8, 0, "total", "33"), NULL));
  assert_field (fixture, 1, "total", "33");
  g_assert_cmpint (ask (fixture, OPEN " AND path = 'total' AND winner_device = 2 AND loser_device = 1 AND scope_number = 2"), ==, 1);
  g_assert_cmpint (ask (fixture, OPEN), ==, 1);
}

static void
test_a12_the_earlier_loses_and_the_pair_is_listed (Fixture *fixture, gconstpointer data)
{
  admit_good (fixture, make_batch (edit (1, 1, 8, 0, "total", "30"), NULL));
  admit_good (fixture, make_batch (edit (2, 1, 9, 0, "total", "33"), NULL));
  assert_field (fixture, 1, "total", "30");
  g_assert_cmpint (ask (fixture, OPEN " AND winner_device = 1 AND loser_device = 2"), ==, 1);
}

static void
test_a12_the_same_value_is_no_conflict (Fixture *fixture, gconstpointer data)
{
  admit_good (fixture, make_batch (edit (1, 1, 9, 0, "total", "30"), NULL));
  admit_good (fixture, make_batch (edit (2, 1, 8, 0, "total", "30"), NULL));
  g_assert_cmpint (ask (fixture, OPEN), ==, 0);
}

static void
test_a12_another_field_is_no_conflict (Fixture *fixture, gconstpointer data)
{
  admit_good (fixture, make_batch (edit (1, 1, 9, 0, "total", "30"), NULL));
  admit_good (fixture, make_batch (edit (2, 1, 8, 0, "female", "12"), NULL));
  g_assert_cmpint (ask (fixture, OPEN), ==, 0);
}

static SobanChange *
edit_as (const char *person, guint32 device, guint64 number, gint64 hours_ago, guint64 seen, const char *path, const char *value)
{
  SobanChange *change = edit (device, number, hours_ago, seen, path, value);

  soban_change_assign (change, SOBAN_FIELD_PERSON, person);
  return change;
}

/* Who made a change is no answer: neither two names, nor a name beside a deletion, are a conflict. */
static void
test_a12_who_wrote_is_no_conflict (Fixture *fixture, gconstpointer data)
{
  admit_good (fixture, make_batch (edit_as ("Lan", 1, 1, 9, 0, "total", "30"), NULL));
  admit_good (fixture, make_batch (edit_as ("Hoa", 2, 1, 8, 0, "female", "12"), NULL));
  admit_good (fixture, make_batch (edit_as ("Mai", 3, 1, 7, 2, SOBAN_FIELD_DELETED, "1"), NULL));
  admit_good (fixture, make_batch (edit_as ("Hoa", 2, 2, 6, 2, SOBAN_FIELD_DELETED, "1"), NULL));
  g_assert_cmpint (ask (fixture, OPEN), ==, 0);
  assert_field (fixture, 1, SOBAN_FIELD_PERSON, "Hoa");
}

static void
test_a12_who_knew_of_it_is_in_no_conflict (Fixture *fixture, gconstpointer data)
{
  SobanChange *by_bundle = edit (3, 1, 7, 0, "total", "35");
  const SobanChangeId base = { 2, 72, 1 };

  admit_good (fixture, make_batch (edit (1, 1, 9, 0, "total", "30"), edit (1, 2, 9, 0, "total", "31"), NULL));
  admit_good (fixture, make_batch (edit (2, 1, 8, 2, "total", "33"), NULL));
  soban_change_add_base (by_bundle, &base);
  admit_good (fixture, make_batch (by_bundle, NULL));
  g_assert_cmpint (ask (fixture, OPEN), ==, 0);
  assert_field (fixture, 1, "total", "35");
}

/* A base wins like what was pulled (PROTOCOL 3.2d), whatever the clocks say. */
static void
test_a8_a_base_counts_as_seen (Fixture *fixture, gconstpointer data)
{
  SobanChange *by_bundle = edit (3, 1, 700, 0, "total", "35");
  const SobanChangeId base = { 2, 72, 1 };

  admit_good (fixture, make_batch (edit (2, 1, 8, 0, "total", "33"), NULL));
  soban_change_add_base (by_bundle, &base);
  admit_good (fixture, make_batch (by_bundle, NULL));
  assert_field (fixture, 1, "total", "35");
}

/* It comes after what stands on it (its relay had a gap): its author's clock does not let it win over who had seen it. */
static void
test_a8_a_base_that_comes_late_stays_behind (Fixture *fixture, gconstpointer data)
{
  SobanChange *by_bundle = edit (3, 1, 700, 0, "total", "35");
  const SobanChangeId base = { 2, 72, 1 };

  soban_change_add_base (by_bundle, &base);
  admit_good (fixture, make_batch (by_bundle, NULL));
  admit_good (fixture, make_batch (edit (2, 1, 8, 0, "total", "33"), NULL));
  assert_field (fixture, 1, "total", "35");
  g_assert_cmpint (ask (fixture, OPEN), ==, 0);
  /* Another one of the same author, who had not seen it, is in conflict as ever. */
  admit_good (fixture, make_batch (edit (2, 2, 7, 0, "total", "36"), NULL));
  assert_field (fixture, 1, "total", "36");
  g_assert_cmpint (ask (fixture, OPEN), ==, 1);
}

static void
test_a12_an_edit_of_what_was_deleted_is_listed (Fixture *fixture, gconstpointer data)
{
  admit_good (fixture, make_batch (edit (1, 1, 9, 0, "total", "30"), NULL));
  admit_good (fixture, make_batch (edit (2, 1, 8, 1, SOBAN_FIELD_DELETED, "1"), NULL));
  admit_good (fixture, make_batch (edit (3, 1, 7, 1, "total", "31"), NULL));
  g_assert_cmpint (ask (fixture, OPEN " AND path = '.deleted' AND winner_device = 2 AND loser_device = 3"), ==, 1);
  g_assert_cmpint (ask (fixture, OPEN), ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT deleted FROM record"), ==, 1);
}

static void
test_a12_a_delete_of_what_was_edited_is_listed (Fixture *fixture, gconstpointer data)
{
  admit_good (fixture, make_batch (edit (1, 1, 9, 0, "total", "30"), NULL));
  admit_good (fixture, make_batch (edit (3, 1, 7, 1, "total", "31"), NULL));
  admit_good (fixture, make_batch (edit (2, 1, 8, 1, SOBAN_FIELD_DELETED, "1"), NULL));
  g_assert_cmpint (ask (fixture, OPEN " AND path = '.deleted' AND winner_device = 2 AND loser_device = 3"), ==, 1);
  g_assert_cmpint (ask (fixture, OPEN), ==, 1);
}

static void
test_a12_a_delete_of_what_was_seen_is_not_listed (Fixture *fixture, gconstpointer data)
{
  admit_good (fixture, make_batch (edit (1, 1, 9, 0, "total", "30"), NULL));
  admit_good (fixture, make_batch (edit (2, 1, 8, 1, SOBAN_FIELD_DELETED, "1"), NULL));
  g_assert_cmpint (ask (fixture, OPEN), ==, 0);
}

static void
test_a13_who_has_seen_both_settles (Fixture *fixture, gconstpointer data)
{
  admit_good (fixture, make_batch (edit (1, 1, 9, 0, "total", "30"), NULL));
  admit_good (fixture, make_batch (edit (2, 1, 8, 0, "total", "33"), NULL));
  /* The winner writes on, knowing of one only; another one writes another field. */
  admit_good (fixture, make_batch (edit (2, 2, 7, 1, "total", "34"), NULL));
  admit_good (fixture, make_batch (edit (3, 1, 6, 3, "female", "4"), NULL));
  g_assert_cmpint (ask (fixture, OPEN), ==, 1);
  admit_good (fixture, make_batch (edit (1, 2, 5, 3, "total", "32"), NULL));
  g_assert_cmpint (ask (fixture, OPEN), ==, 0);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM conflict"), ==, 1);
}

static void
admit_relayed (Fixture *fixture, GPtrArray *batch, guint admitted)
{
  g_auto (SobanAdmissionResult) result = { 0 };

  admit_more (fixture, batch, scope_a_alone, &(SobanAdmissionRequest) { .relayed = TRUE, .carrier = 5 }, &result);
  g_assert_no_error (result.refusal);
  g_assert_cmpint (result.ack_state, ==, SOBAN_ACK_OK);
  g_assert_cmpuint (result.admitted, ==, admitted);
  g_assert_cmpuint (result.adjustments->len + result.times->len, ==, 0);
}

static void
test_a14_relayed_changes_are_taken_once (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) own = { 0 };

  admit_relayed (fixture, make_batch (edit (1, 1, 9, 0, "total", "30"), edit (1, 2, -9, 0, "total", "31"), NULL), 2);
  admit_relayed (fixture, make_batch (edit (1, 1, 9, 0, "total", "30"), edit (1, 2, -9, 0, "total", "31"),
                                      edit (1, 3, 7, 0, "total", "32"), NULL), 1);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM change WHERE relayed_by = 5"), ==, 3);
  /* Their author comes himself: he hears what became of them, and goes on. */
  admit (fixture, make_batch (edit (1, 1, 9, 0, "total", "30"), edit (1, 2, -9, 0, "total", "31"), edit (1, 3, 7, 0, "total", "32"),
                              edit (1, 4, 6, 0, "total", "33"), NULL), scope_a_alone, &own);
  g_assert_cmpuint (own.acked_number, ==, 4);
  g_assert_cmpuint (own.admitted, ==, 1);
  g_assert_cmpuint (own.adjustments->len, ==, 3);
  assert_field (fixture, 1, "total", "33");
}

static void
test_a14_a_gap_ends_what_is_relayed (Fixture *fixture, gconstpointer data)
{
  admit_relayed (fixture, make_batch (edit (1, 2, 9, 0, "total", "30"), edit (1, 3, 8, 0, "total", "31"), NULL), 0);
  admit_relayed (fixture, make_batch (edit (1, 1, 9, 0, "total", "30"), edit (1, 3, 8, 0, "total", "31"), NULL), 1);
  assert_field (fixture, 1, "total", "30");
}

static void
test_a14_another_content_ends_what_is_relayed (Fixture *fixture, gconstpointer data)
{
  admit_relayed (fixture, make_batch (edit (1, 1, 9, 0, "total", "30"), NULL), 1);
  admit_relayed (fixture, make_batch (edit (1, 1, 9, 0, "total", "77"), edit (1, 2, 9, 0, "total", "78"), NULL), 0);
  assert_field (fixture, 1, "total", "30");
}

static void
test_a14_what_may_not_be_written_ends_what_is_relayed (Fixture *fixture, gconstpointer data)
{
  SobanChange *elsewhere = edit (1, 2, 9, 0, "total", "31");
  g_autofree char *decomposed = g_strdup ("Ba\xcc\x82n");

  g_free (elsewhere->scope);
  elsewhere->scope = g_strdup (SCOPE_B);
  admit_relayed (fixture, make_batch (edit (1, 1, 9, 0, "total", "30"), elsewhere, edit (1, 3, 9, 0, "total", "32"), NULL), 1);
  admit_relayed (fixture, make_batch (edit (1, 2, 9, 0, "total", "31"), edit (1, 3, 9, 0, "title", decomposed), NULL), 1);
  assert_field (fixture, 1, "total", "31");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) ADD_FOR_BOTH ("/collector/admission-conflicts/" #name, test_##name)
  ADD (a12_the_later_wins_and_the_pair_is_listed);
  ADD (a12_the_earlier_loses_and_the_pair_is_listed);
  ADD (a12_the_same_value_is_no_conflict);
  ADD (a12_another_field_is_no_conflict);
  ADD (a12_who_wrote_is_no_conflict);
  ADD (a12_who_knew_of_it_is_in_no_conflict);
  ADD (a8_a_base_counts_as_seen);
  ADD (a8_a_base_that_comes_late_stays_behind);
  ADD (a12_an_edit_of_what_was_deleted_is_listed);
  ADD (a12_a_delete_of_what_was_edited_is_listed);
  ADD (a12_a_delete_of_what_was_seen_is_not_listed);
  ADD (a13_who_has_seen_both_settles);
  ADD (a14_relayed_changes_are_taken_once);
  ADD (a14_a_gap_ends_what_is_relayed);
  ADD (a14_another_content_ends_what_is_relayed);
  ADD (a14_what_may_not_be_written_ends_what_is_relayed);
#undef ADD
  return g_test_run ();
}
