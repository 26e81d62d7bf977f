/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much goes at a time: the invariants of pace.c. */
#include "client/pace.h"

#define TARGET_MS 8000
#define CUT_EVERY_BYTES 2000
/* A request without changes and its answer; head and HELLO of the request that follows (PROTOCOL 4.5). */
#define PROBE_BYTES 600
#define HEAD_BYTES 350

static void
cut_often (SobanPace *pace)
{
  for (guint i = 0; i < 64; i++)
    soban_pace_note_cut (pace, pace->request_bytes);
}

static void
test_halves_at_each_cut (void)
{
  SobanPace pace, before;

  soban_pace_init (&pace);
  while (!soban_pace_is_least (&pace)) {
    before = pace;
    soban_pace_note_cut (&pace, 1);
    g_assert_cmpuint (pace.request_bytes, <=, before.request_bytes);
    g_assert_true (pace.request_bytes <= before.request_bytes / 2 || pace.request_bytes == before.request_bytes);
    g_assert_true (pace.reply_bytes <= before.reply_bytes / 2 || pace.reply_bytes == before.reply_bytes);
  }
  before = pace;
  soban_pace_note_cut (&pace, 1);
  g_assert_cmpuint (pace.request_bytes, ==, before.request_bytes);
  g_assert_cmpuint (pace.reply_bytes, ==, before.reply_bytes);
}

static void
test_the_least_passes_a_link_cut_every_2000_bytes (void)
{
  SobanPace pace;

  soban_pace_init (&pace);
  cut_often (&pace);
  g_assert_cmpuint (PROBE_BYTES + HEAD_BYTES + soban_pace_get_frame_bytes (&pace), <, CUT_EVERY_BYTES);
  g_assert_cmpuint (PROBE_BYTES + pace.reply_bytes, <, CUT_EVERY_BYTES);
}

/* A link of @rate bytes a second, full requests. */
static void
run_link (SobanPace *pace, gint64 rate, guint requests)
{
  for (guint i = 0; i < requests; i++) {
    SobanPace before = *pace;

    soban_pace_note_answer (pace, pace->request_bytes, 100, MAX ((gint64) pace->request_bytes * 1000 / rate, 1));
    g_assert_cmpuint (pace->request_bytes, <=, before.request_bytes * 2);
    soban_pace_note_answer (pace, 0, pace->reply_bytes, MAX ((gint64) pace->reply_bytes * 1000 / rate, 1));
    g_assert_cmpuint (pace->reply_bytes, <=, before.reply_bytes * 2);
  }
}

static void
test_a_request_takes_about_the_target_time (void)
{
  static const gint64 rates[] = { 300, 1000, 5000, 20000, 32000 };

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    SobanPace pace;

    soban_pace_init (&pace);
    run_link (&pace, rates[i], 20);
    g_assert_cmpint ((gint64) pace.request_bytes * 1000 / rates[i], <=, TARGET_MS);
    g_assert_cmpint ((gint64) pace.request_bytes * 1000 / rates[i], >=, TARGET_MS - 500);
    g_assert_cmpint ((gint64) pace.reply_bytes * 1000 / rates[i], >=, TARGET_MS - 500);
    g_assert_cmpuint (soban_pace_get_frame_bytes (&pace), <=, MAX (pace.request_bytes / 4, 512));
  }
}

static void
test_a_fast_link_grows_to_a_ceiling (void)
{
  SobanPace pace, top;

  soban_pace_init (&pace);
  cut_often (&pace);
  run_link (&pace, 100 * 1000 * 1000, 20);
  top = pace;
  run_link (&pace, G_MAXINT32, 1);
  g_assert_cmpuint (pace.request_bytes, ==, top.request_bytes);
  g_assert_cmpuint (pace.reply_bytes, ==, top.reply_bytes);
  g_assert_cmpuint (pace.request_bytes, ==, 256 * 1024);
}

static void
test_a_small_request_says_nothing (void)
{
  SobanPace pace, before;

  soban_pace_init (&pace);
  before = pace;
  soban_pace_note_answer (&pace, 200, 100, 1);     /* as fast as can be */
  soban_pace_note_answer (&pace, 200, 100, 60000); /* a link with a long way */
  g_assert_cmpuint (pace.request_bytes, ==, before.request_bytes);
  g_assert_cmpuint (pace.reply_bytes, ==, before.reply_bytes);
}

static void
test_unsure_from_a_cut_to_the_next_answer (void)
{
  SobanPace pace;

  soban_pace_init (&pace);
  g_assert_false (pace.unsure);
  soban_pace_note_cut (&pace, 0); /* a request without changes leaves nothing to wonder about */
  g_assert_false (pace.unsure);
  soban_pace_note_cut (&pace, 1);
  g_assert_true (pace.unsure);
  soban_pace_note_cut (&pace, 0); /* the probe */
  g_assert_true (pace.unsure);
  soban_pace_note_answer (&pace, 0, 0, 1);
  g_assert_false (pace.unsure);
}

static void
test_kept_as_text (void)
{
  static const char *const wrong[] = { NULL, "", "x", "1 1 0", "65536 65536", "65536 65536 0 0", "99999999999 65536 0", "-1 65536 0" };
  SobanPace pace, back, first;
  g_autofree char *text = NULL;

  soban_pace_init (&first);
  soban_pace_init (&pace);
  soban_pace_note_answer (&pace, pace.request_bytes, 0, 9000);
  soban_pace_note_cut (&pace, 1);
  text = soban_pace_to_text (&pace);
  soban_pace_init_from_text (&back, text);
  g_assert_cmpuint (back.request_bytes, ==, pace.request_bytes);
  g_assert_cmpuint (back.reply_bytes, ==, pace.reply_bytes);
  g_assert_true (back.unsure);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    soban_pace_init_from_text (&back, wrong[i]);
    g_assert_cmpuint (back.request_bytes, ==, first.request_bytes);
    g_assert_false (back.unsure);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pace/halves-at-each-cut", test_halves_at_each_cut);
  g_test_add_func ("/pace/the-least-passes-a-link-cut-every-2000-bytes", test_the_least_passes_a_link_cut_every_2000_bytes);
  g_test_add_func ("/pace/a-request-takes-about-the-target-time", test_a_request_takes_about_the_target_time);
  g_test_add_func ("/pace/a-fast-link-grows-to-a-ceiling", test_a_fast_link_grows_to_a_ceiling);
  g_test_add_func ("/pace/a-small-request-says-nothing", test_a_small_request_says_nothing);
  g_test_add_func ("/pace/unsure-from-a-cut-to-the-next-answer", test_unsure_from_a_cut_to_the_next_answer);
  g_test_add_func ("/pace/kept-as-text", test_kept_as_text);
  return g_test_run ();
}
