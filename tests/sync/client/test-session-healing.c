/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What 1.1 adds to a session: probes after cuts, forks, snapshots, divergence, keys; and collectors that do it wrongly. No sockets. */
#include <string.h>

#include "base/error.h"
#include "client/keyring.h"
#include "client/loopback-transport.h"
#include "session-world.h"

static void
test_forks_without_end_keep_the_work (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  world->collector->forks = G_MAXUINT;
  error = tablet_try (&world->a);
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
  g_assert_cmpuint (world->collector->requests, <=, 4);
  g_assert_cmpint (soban_store_count_waiting (world->a.store.store, NULL), ==, 1);
  assert_sound (&world->a.store);
}

/* sync/README.md 5.11, with a link that fails once. */
typedef struct {
  FakeCollector *collector;
  guint cuts; /* of the next exchanges */
  GArray *changes; /* (element-type guint): of each exchange that reached the collector */
} CutLink;

static SobanAnswer *
exchange_cut (const SobanRequest *request, gpointer data, GError **error)
{
  CutLink *link = data;
  g_autoptr (SobanAnswer) answer = fake_collector_exchange (request, link->collector, error);

  g_array_append_val (link->changes, link->collector->last_changes);
  if (link->cuts == 0)
    return g_steal_pointer (&answer);
  link->cuts--;
  g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TIMEOUT, "cut");
  return NULL;
}

static void
test_after_a_cut_a_probe_tells_what_arrived (World *world, gconstpointer data)
{
  g_autoptr (GArray) changes = g_array_new (FALSE, FALSE, sizeof (guint));
  CutLink link = { world->collector, 1, changes };
  g_autoptr (SobanTransport) transport = soban_loopback_transport_new (exchange_cut, &link);
  g_autoptr (GError) error = NULL;
  SobanUuid id;
  SobanIdentity identity;

  world->a.store.now_ms = G_GINT64_CONSTANT (2051222400000); /* 2035: its effective stamp is another one */
  id = save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  error = tablet_sync_over (&world->a, transport, NULL);
  g_assert_no_error (error);
  g_assert_cmpuint (changes->len, ==, 2);
  g_assert_cmpuint (g_array_index (changes, guint, 0), ==, 1);
  g_assert_cmpuint (g_array_index (changes, guint, 1), ==, 0);
  g_assert_cmpuint (world->a.progress.cuts, ==, 1);
  g_assert_cmpuint (world->a.progress.sent, ==, 1);
  soban_store_get_identity (world->a.store.store, &identity, NULL);
  g_assert_cmpuint (identity.acked_number, ==, 1);
  tablet_sync (&world->b);
  assert_same_record (&world->a, &world->b, &id);
  g_assert_cmpuint (world->collector->reports, ==, 0); /* and the same stamps */
  assert_sound (&world->a.store);
}

/* What is learned of the link outlives the session: the next one begins with a probe. */
static void
test_a_probe_is_remembered (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  world->collector->lose_answer = TRUE;
  error = tablet_try (&world->a);
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TIMEOUT);
  g_assert_cmpuint (world->collector->requests, <, 20);
  world->collector->lose_answer = FALSE;
  store_fixture_reopen (&world->a.store);
  tablet_sync (&world->a);
  g_assert_cmpuint (world->collector->last_changes, ==, 0);
  g_assert_cmpuint (world->a.progress.requests, ==, 1);
  g_assert_cmpuint (world->a.progress.sent, ==, 1);
}

static void
test_a_fork_is_healed (World *world, gconstpointer data)
{
  SobanUuid first = save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25"), second;
  SobanIdentity before, after;

  tablet_sync (&world->a);
  soban_store_get_identity (world->a.store.store, &before, NULL);
  second = save_session (&world->a.store, "2026-11-20", "Bản Xa", "7");
  world->collector->forks = 1;
  tablet_sync (&world->a);
  soban_store_get_identity (world->a.store.store, &after, NULL);
  g_assert_cmpuint (after.incarnation, !=, before.incarnation);
  g_assert_cmpint (soban_store_count_waiting (world->a.store.store, NULL), ==, 0);
  tablet_sync (&world->b);
  assert_same_record (&world->a, &world->b, &first);
  assert_same_record (&world->a, &world->b, &second);
  g_assert_cmpuint (world->collector->reports, ==, 0);
}

static void
test_a_chain_that_differs_is_a_fork (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SobanUuid id = save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");

  world->collector->wrong_chain = 1; /* for ever: bounded */
  error = tablet_try (&world->a);
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
  g_assert_cmpuint (world->collector->requests, <=, 5);
  assert_sound (&world->a.store);
  world->collector->wrong_chain = 0;
  tablet_sync (&world->a);
  tablet_sync (&world->b);
  assert_same_record (&world->a, &world->b, &id);
}

static void
test_what_was_left_out_is_counted (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  tablet_sync (&world->a);
  world->collector->wrong_skipped = TRUE;
  error = tablet_try (&world->b);
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
  g_assert_nonnull (strstr (error->message, "missing"));
  assert_nothing_applied (&world->b);
}

static void
test_pages_bring_a_late_tablet_up (World *world, gconstpointer data)
{
  SobanUuid id = { { 0 } };

  for (guint i = 0; i < 25; i++)
    id = save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  tablet_sync (&world->a);
  world->collector->floor = 20;
  edit (&world->a, &id, "total", "26");
  tablet_sync (&world->a);
  tablet_sync (&world->b);
  g_assert_cmpuint (world->b.progress.requests, ==, 3);
  assert_same_record (&world->a, &world->b, &id);
  g_assert_cmpuint (world->collector->reports, ==, 0);
  /* And it is no reader alone. */
  edit (&world->b, &id, "female", "9");
  tablet_sync (&world->b);
  tablet_sync (&world->a);
  assert_same_record (&world->a, &world->b, &id);
}

static void
test_pages_that_go_back_end (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 25; i++)
    save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  tablet_sync (&world->a);
  world->collector->floor = 20;
  world->collector->page_again = TRUE;
  error = tablet_try (&world->b);
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
  assert_sound (&world->b.store);
  world->collector->page_again = FALSE;
  tablet_sync (&world->b);
  g_assert_cmpuint (world->collector->reports, ==, 0);
}

/* sync/README.md 5.10 */
static void
test_divergence_is_found_and_repaired (World *world, gconstpointer data)
{
  SobanUuid ids[40], late;

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    ids[i] = save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  tablet_sync (&world->a);
  world->collector->spoil = TRUE;
  tablet_sync (&world->b);
  g_assert_cmpuint (world->b.progress.repaired, ==, G_N_ELEMENTS (ids));
  world->collector->spoil = FALSE;
  late = save_session (&world->a.store, "2026-11-20", "Bản Xa", "8");
  world->collector->reports = 0;
  tablet_sync (&world->a);
  tablet_sync (&world->b);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    assert_same_record (&world->a, &world->b, &ids[i]);
  assert_same_record (&world->a, &world->b, &late);
  g_assert_cmpuint (world->collector->reports, ==, 0);
  g_assert_cmpuint (world->b.progress.requests, ==, 1);
}

static void
test_one_record_among_many_is_found (World *world, gconstpointer data)
{
  SobanUuid one;

  for (guint i = 0; i < 60; i++)
    save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  tablet_sync (&world->a);
  tablet_sync (&world->b);
  one = save_session (&world->a.store, "2026-11-20", "Bản Xa", "8");
  tablet_sync (&world->a);
  world->collector->spoil = TRUE;
  tablet_sync (&world->b);
  g_assert_cmpuint (world->b.progress.repaired, ==, 1);
  g_assert_cmpuint (world->b.progress.requests, <=, 7);
  g_assert_cmpuint (world->collector->reports, ==, 1);
  assert_same_record (&world->a, &world->b, &one);
}

static void
test_a_log_over_several_frames_is_taken_whole (World *world, gconstpointer data)
{
  SobanUuid id = save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  g_autofree char *female = NULL;

  tablet_sync (&world->a);
  for (guint i = 0; i < 5; i++) {
    g_autofree char *count = g_strdup_printf ("%u", i);

    pass_minute (world);
    edit (&world->a, &id, i % 2 == 0 ? "female" : "minority", count);
    tablet_sync (&world->a);
  }
  world->collector->spoil = world->collector->records_in_pieces = TRUE;
  tablet_sync (&world->b);
  g_assert_cmpuint (world->b.progress.repaired, ==, 1);
  assert_same_record (&world->a, &world->b, &id);
  female = get_field (&world->b.store, &id, "female");
  g_assert_cmpstr (female, ==, "4");
  g_assert_true (has_losing_value (&world->b, &id, "female", "2"));
}

/* Collectors that say the digests differ and cannot show where: the sync is done all the same, and nothing is lost. */
static void
test_a_wrong_digest_ends (World *world, gconstpointer data)
{
  SobanUuid id = save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");

  world->collector->wrong_digest = 1;
  tablet_sync (&world->a);
  g_assert_cmpuint (world->a.progress.repaired, ==, 0);
  g_assert_cmpuint (world->collector->requests, <=, 12);
  g_assert_cmpint (soban_store_count_waiting (world->a.store.store, NULL), ==, 0);
  world->collector->wrong_digest = 0;
  tablet_sync (&world->b);
  assert_same_record (&world->a, &world->b, &id);
}

static void
test_a_repair_without_answers_ends (World *world, gconstpointer data)
{
  save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  tablet_sync (&world->a);
  for (guint endless = 0; endless < 2; endless++) {
    world->collector->wrong_digest = 1;
    world->collector->mute_ranges = !endless;
    world->collector->endless_ranges = endless;
    world->collector->requests = 0;
    tablet_sync (&world->a);
    g_assert_cmpuint (world->collector->requests, <=, 140);
    assert_sound (&world->a.store);
  }
}

static void
test_records_that_were_not_asked_for_are_refused (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SobanUuid id = save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");

  tablet_sync (&world->a);
  world->collector->spoil = world->collector->stray_records = TRUE;
  error = tablet_try (&world->b);
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
  assert_sound (&world->b.store);
  world->collector->spoil = world->collector->stray_records = FALSE;
  tablet_sync (&world->b);
  assert_same_record (&world->a, &world->b, &id);
}

static void
test_keys_are_asked_for_and_kept (World *world, gconstpointer data)
{
  g_autoptr (SobanKeys) keys = NULL;

  tablet_sync (&world->a);
  g_assert_null (soban_keyring_load (world->a.store.store));
  world->collector->gives_keys = TRUE;
  tablet_sync (&world->a);
  keys = soban_keyring_load (world->a.store.store);
  g_assert_nonnull (keys);
  g_assert_cmpuint (keys->public_key[31], ==, 7);
  g_assert_cmpuint (keys->exchange_keys->len, ==, 2);
  g_assert_cmpstr (((SobanExchangeKey *) g_ptr_array_index (keys->exchange_keys, 1))->scope, ==, OTHER_SCOPE);
  tablet_sync (&world->a);
  g_assert_cmpuint (world->collector->last_answer_bytes, <, 150); /* once is enough */
}

static void
test_evidence_goes_with_changes (World *world, gconstpointer data)
{
  tablet_sync (&world->a);
  g_assert_cmpuint (world->collector->evidence, ==, 0);
  save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  tablet_sync (&world->a);
  g_assert_cmpuint (world->collector->evidence, ==, 1);
}

#define ADD(name, function) g_test_add ("/session-healing/" name, World, NULL, world_init, function, world_clear)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("forks-without-end-keep-the-work", test_forks_without_end_keep_the_work);
  ADD ("after-a-cut-a-probe-tells-what-arrived", test_after_a_cut_a_probe_tells_what_arrived);
  ADD ("a-probe-is-remembered", test_a_probe_is_remembered);
  ADD ("a-fork-is-healed", test_a_fork_is_healed);
  ADD ("a-chain-that-differs-is-a-fork", test_a_chain_that_differs_is_a_fork);
  ADD ("what-was-left-out-is-counted", test_what_was_left_out_is_counted);
  ADD ("pages-bring-a-late-tablet-up", test_pages_bring_a_late_tablet_up);
  ADD ("pages-that-go-back-end", test_pages_that_go_back_end);
  ADD ("divergence-is-found-and-repaired", test_divergence_is_found_and_repaired);
  ADD ("one-record-among-many-is-found", test_one_record_among_many_is_found);
  ADD ("a-log-over-several-frames-is-taken-whole", test_a_log_over_several_frames_is_taken_whole);
  ADD ("a-wrong-digest-ends", test_a_wrong_digest_ends);
  ADD ("a-repair-without-answers-ends", test_a_repair_without_answers_ends);
  ADD ("records-that-were-not-asked-for-are-refused", test_records_that_were_not_asked_for_are_refused);
  ADD ("keys-are-asked-for-and-kept", test_keys_are_asked_for_and_kept);
  ADD ("evidence-goes-with-changes", test_evidence_goes_with_changes);
  return g_test_run ();
}
