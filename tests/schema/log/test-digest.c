/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of schema/log/digest.c, and the hash and chain of sync/README.md 4.8 against an implementation of its own. */
#include "log/digest.h"

#include "log/change.h"

#include <string.h>

static SobanUuid
make_record (guint8 last)
{
  return (SobanUuid) { { 0x01, 0x9a, 0x8f, 0x44, 0x10, 0x00, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, last } };
}

static SobanDigest
make_term (guint8 last, const char *state)
{
  SobanUuid record = make_record (last);

  return soban_digest_of_record (&record, (const guint8 *) state, strlen (state));
}

static void
test_1_equal_terms_do_not_cancel (void)
{
  SobanDigest sum = { 0 }, nothing = { 0 }, term = make_term (1, "state");

  soban_digest_add (&sum, &term);
  soban_digest_add (&sum, &term);
  g_assert_false (soban_digest_equal (&sum, &nothing));
  g_assert_false (soban_digest_equal (&sum, &term));
}

static void
test_2_in_any_order_and_off_again (void)
{
  for (guint round = 0; round < 1000; round++) {
    SobanDigest forward = { 0 }, backward = { 0 }, nothing = { 0 };

    for (guint8 i = 0; i < 20; i++) {
      SobanDigest up = make_term (i, "state"), down = make_term (19 - i, "state");

      soban_digest_add (&forward, &up);
      soban_digest_add (&backward, &down);
    }
    g_assert_true (soban_digest_equal (&forward, &backward));
    for (guint8 i = 0; i < 20; i++) {
      SobanDigest term = make_term ((i * 7) % 20, "state");

      soban_digest_subtract (&forward, &term);
    }
    g_assert_true (soban_digest_equal (&forward, &nothing));
  }
}

static void
test_2_the_carry_goes_over (void)
{
  SobanDigest sum = { G_MAXUINT64, 5 }, one = { 1, 0 };

  soban_digest_add (&sum, &one);
  g_assert_cmpuint (sum.low, ==, 0);
  g_assert_cmpuint (sum.high, ==, 6);
  soban_digest_subtract (&sum, &one);
  g_assert_cmpuint (sum.low, ==, G_MAXUINT64);
  g_assert_cmpuint (sum.high, ==, 5);
}

static void
test_3_a_term_is_of_the_record_and_its_state (void)
{
  SobanDigest term = make_term (1, "state"), same = make_term (1, "state"), other = make_term (2, "state"), changed = make_term (1, "statf");
  SobanDigest none = make_term (1, ""), nothing = { 0 };

  g_assert_true (soban_digest_equal (&term, &same));
  g_assert_false (soban_digest_equal (&term, &other));
  g_assert_false (soban_digest_equal (&term, &changed));
  g_assert_true (soban_digest_equal (&none, &nothing));
}

/* Both sides, now and later, must get these. */
static void
test_a_known_answer (void)
{
  static const guint8 expected[SOBAN_DIGEST_BYTES] = {
    0x51, 0xef, 0xdd, 0xdb, 0xff, 0x9d, 0x5d, 0x1c, 0x9e, 0xf6, 0xb9, 0x4a, 0x8a, 0xbc, 0x7e, 0x85
  };
  SobanDigest term = make_term (1, "state"), read;
  guint8 bytes[SOBAN_DIGEST_BYTES];

  soban_digest_to_bytes (&term, bytes);
  g_assert_cmpmem (bytes, sizeof bytes, expected, sizeof expected);
  read = soban_digest_from_bytes (bytes);
  g_assert_true (soban_digest_equal (&read, &term));
}

static void
test_months (void)
{
  for (guint i = 0; i < 20000; i++) {
    gint64 s = g_test_rand_int_range (0, G_MAXINT32) * G_GINT64_CONSTANT (60) - 100000000;
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (s);

    g_assert_cmpuint (soban_digest_month_of_ms (s * 1000), ==, g_date_time_get_year (time) * 12 + g_date_time_get_month (time) - 1);
  }
  g_assert_cmpuint (soban_digest_month_of_ms (-1), ==, 1969 * 12 + 11);
  g_assert_cmpuint (soban_digest_month_of_ms (0), ==, 1970 * 12);
  g_assert_cmpuint (soban_digest_month_of_ms (G_GINT64_CONSTANT (1) << 47), ==, 6429 * 12 + 9);
  g_assert_cmpuint (soban_digest_month_of_ms (G_MININT64), ==, 0);
  g_assert_cmpuint (soban_digest_month_of_ms (G_MAXINT64), ==, 0);
}

static SobanChange *
make_change (guint64 number)
{
  SobanChange *change = soban_change_new ();

  change->id = (SobanChangeId) { 17, G_GUINT64_CONSTANT (0x0123456789abcdef), number };
  for (guint8 i = 0; i < SOBAN_UUID_BYTES; i++)
    change->record.bytes[i] = i + 1;
  change->form = g_strdup ("event");
  change->form_version = g_strdup ("2");
  change->scope = g_strdup ("02947@2025-07-01");
  change->seen = 300;
  change->stamp = 999;
  change->wall_ms = G_GINT64_CONSTANT (1772323200000);
  change->boottime_ms = 5000;
  change->recorded_ms = 77;
  change->time_quality = SOBAN_TIME_BETWEEN;
  soban_change_assign (change, "name", "Thào A Páo");
  soban_change_assign (change, "total", NULL);
  return change;
}

static void
test_the_chain_of_a_sender (void)
{
  static const guint64 expected[] = { G_GUINT64_CONSTANT (0xeba2918d687a13b9), G_GUINT64_CONSTANT (0x91b77cac124d0b12) };
  guint64 chain = 0;

  for (guint64 number = 1; number <= 2; number++) {
    g_autoptr (SobanChange) change = make_change (number);
    guint8 hash[SOBAN_CHANGE_HASH_BYTES];

    soban_change_hash (change, hash);
    chain = soban_change_chain (chain, hash);
    g_assert_cmphex (chain, ==, expected[number - 1]);
  }
}

static void
test_the_hash_is_of_what_the_author_made (void)
{
  g_autoptr (SobanChange) change = make_change (1);
  const SobanChangeId base = { 3, 4, 5 };
  guint8 before[SOBAN_CHANGE_HASH_BYTES], after[SOBAN_CHANGE_HASH_BYTES];

  soban_change_hash (change, before);
  change->stamp++;
  change->recorded_ms++;
  change->time_quality = SOBAN_TIME_STEADY;
  soban_change_hash (change, after);
  g_assert_cmpmem (before, sizeof before, after, sizeof after);
  soban_change_add_base (change, &base);
  soban_change_hash (change, after);
  g_assert_cmpint (memcmp (before, after, sizeof after), !=, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/log/digest/" #name, test_##name)
  ADD (1_equal_terms_do_not_cancel);
  ADD (2_in_any_order_and_off_again);
  ADD (2_the_carry_goes_over);
  ADD (3_a_term_is_of_the_record_and_its_state);
  ADD (a_known_answer);
  ADD (months);
  ADD (the_chain_of_a_sender);
  ADD (the_hash_is_of_what_the_author_made);
#undef ADD
  return g_test_run ();
}
