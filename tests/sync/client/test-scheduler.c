/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scheduler: one session at a time, told when it ends, stopped when asked. */
#include "base/error.h"
#include "client/scheduler-private.h"
#include "fake-network.h"
#include "faulty-collector.h"
#include "store-fixture.h"

#define SCOPE "02947@2025-07-01"

typedef struct {
  guint finished, notified;
  GError *error;
} Seen;

static void
on_finished (SobanSyncScheduler *scheduler, const GError *error, gpointer user_data)
{
  Seen *seen = user_data;

  seen->finished++;
  g_clear_error (&seen->error);
  seen->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
on_running_changed (SobanSyncScheduler *scheduler, GParamSpec *pspec, gpointer user_data)
{
  ((Seen *) user_data)->notified++;
}

static void
watch (SobanSyncScheduler *scheduler, Seen *seen)
{
  g_signal_connect (scheduler, "finished", G_CALLBACK (on_finished), seen);
  g_signal_connect (scheduler, "notify::running", G_CALLBACK (on_running_changed), seen);
}

static void
wait_for_end (Seen *seen)
{
  while (seen->finished == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
enrol (StoreFixture *store, FaultyCollector *collector)
{
  g_autofree char *pin = faulty_collector_load_pin ("right");
  g_autofree char *text = g_strdup_printf ("[soban-enrolment]\nversion=1\nurl=https://127.0.0.1:%u\nkey=%s\ndevice=1\ndevice_name=T\ntoken=t\n"
                                           "role=member\nscopes=" SCOPE "\nhome_scope=" SCOPE "\n",
                                           faulty_collector_get_port (collector), pin);
  g_autoptr (GError) error = NULL;

  soban_enrol_from_text (store->store, text, &error);
  g_assert_no_error (error);
}

static void
test_one_session_at_a_time (void)
{
  g_autoptr (FaultyCollector) collector = faulty_collector_new ("right", FAULTY_STATUS, 500);
  g_autoptr (SobanSyncScheduler) scheduler = NULL;
  StoreFixture store;
  Seen seen = { 0 };

  store_fixture_init (&store);
  enrol (&store, collector);
  scheduler = soban_sync_scheduler_new (store.store);
  watch (scheduler, &seen);
  g_assert_false (soban_sync_scheduler_is_running (scheduler));
  soban_sync_scheduler_sync_now (scheduler);
  g_assert_true (soban_sync_scheduler_is_running (scheduler));
  g_assert_nonnull (soban_sync_scheduler_get_session (scheduler));
  soban_sync_scheduler_sync_now (scheduler);
  wait_for_end (&seen);
  g_assert_error (seen.error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_SERVER);
  g_assert_cmpuint (faulty_collector_count_requests (collector), ==, 1);
  g_assert_cmpuint (seen.notified, ==, 2);
  g_assert_false (soban_sync_scheduler_is_running (scheduler));
  g_clear_error (&seen.error);
  store_fixture_clear (&store);
}

static void
test_stop_cancels (void)
{
  g_autoptr (FaultyCollector) collector = faulty_collector_new ("right", FAULTY_ENDLESS, 0);
  g_autoptr (SobanSyncScheduler) scheduler = NULL;
  StoreFixture store;
  Seen seen = { 0 };

  store_fixture_init (&store);
  enrol (&store, collector);
  scheduler = soban_sync_scheduler_new (store.store);
  watch (scheduler, &seen);
  soban_sync_scheduler_sync_now (scheduler);
  while (faulty_collector_count_requests (collector) == 0)
    g_main_context_iteration (NULL, TRUE);
  soban_sync_scheduler_stop (scheduler);
  wait_for_end (&seen);
  g_assert_error (seen.error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_CANCELLED);
  g_clear_error (&seen.error);
  store_fixture_clear (&store);
}

static void
test_a_store_without_collector_does_not_listen (void)
{
  g_autoptr (SobanSyncScheduler) scheduler = NULL;
  StoreFixture store;
  Seen seen = { 0 };

  store_fixture_init (&store);
  scheduler = soban_sync_scheduler_new (store.store);
  watch (scheduler, &seen);
  soban_sync_scheduler_start (scheduler);
  g_assert_false (soban_sync_scheduler_is_running (scheduler));
  soban_sync_scheduler_sync_now (scheduler);
  wait_for_end (&seen);
  g_assert_error (seen.error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_NOT_ENROLLED);
  g_clear_error (&seen.error);
  store_fixture_clear (&store);
}

#define SETTLE_MS 50
#define DEADLINE_SECONDS 20

/* A tablet whose collector answers every request with @status. */
typedef struct {
  FaultyCollector *collector;
  FakeNetwork *network;
  StoreFixture store;
  SobanSyncScheduler *scheduler;
  Seen seen;
  gboolean late;
} Listener;

static gboolean
on_deadline (gpointer user_data)
{
  ((Listener *) user_data)->late = TRUE;
  return G_SOURCE_REMOVE;
}

static void
listener_init (Listener *listener, guint status, gboolean available, gboolean metered)
{
  listener->collector = faulty_collector_new ("right", FAULTY_STATUS, status);
  listener->network = fake_network_new (available, metered);
  store_fixture_init (&listener->store);
  enrol (&listener->store, listener->collector);
  listener->scheduler = soban_sync_scheduler_new_with_monitor (listener->store.store, G_NETWORK_MONITOR (listener->network), SETTLE_MS);
  watch (listener->scheduler, &listener->seen);
}

static void
listener_clear (Listener *listener)
{
  soban_sync_scheduler_stop (listener->scheduler);
  while (soban_sync_scheduler_is_running (listener->scheduler))
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&listener->scheduler);
  store_fixture_clear (&listener->store);
  g_clear_object (&listener->network);
  faulty_collector_free (listener->collector);
  g_clear_error (&listener->seen.error);
}

static void
wait_for_syncs (Listener *listener, guint count)
{
  guint deadline = g_timeout_add_seconds (DEADLINE_SECONDS, on_deadline, listener);

  while (listener->seen.finished < count && !listener->late)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (listener->late);
  g_source_remove (deadline);
}

/* Nothing is on its way in the next @ms. */
static gboolean
on_over (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
assert_quiet (Listener *listener, guint ms)
{
  guint before = listener->seen.finished;
  gboolean over = FALSE;

  g_timeout_add (ms, on_over, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (listener->seen.finished, ==, before);
  g_assert_false (soban_sync_scheduler_is_running (listener->scheduler));
}

static void
test_a_start_with_a_network_syncs (void)
{
  Listener listener = { 0 };

  listener_init (&listener, 403, TRUE, FALSE);
  soban_sync_scheduler_start (listener.scheduler);
  wait_for_syncs (&listener, 1);
  listener_clear (&listener);
}

static void
test_a_network_that_appears_syncs (void)
{
  Listener listener = { 0 };

  listener_init (&listener, 403, FALSE, FALSE);
  soban_sync_scheduler_start (listener.scheduler);
  assert_quiet (&listener, 4 * SETTLE_MS);
  fake_network_set_available (listener.network, TRUE);
  wait_for_syncs (&listener, 1);
  fake_network_set_available (listener.network, TRUE); /* it was there */
  assert_quiet (&listener, 4 * SETTLE_MS);
  listener_clear (&listener);
}

/* Records are small: a metered network sends them, too. */
static void
test_a_saved_record_syncs (void)
{
  Listener listener = { 0 };

  listener_init (&listener, 403, TRUE, TRUE);
  soban_sync_scheduler_start (listener.scheduler);
  wait_for_syncs (&listener, 1);
  save_session (&listener.store, "2026-11-20", "Nà Lầu", "25");
  wait_for_syncs (&listener, 2);
  /* Refused: not over and over, but with the next record. */
  assert_quiet (&listener, 6 * SETTLE_MS);
  save_session (&listener.store, "2026-11-20", "Nà Lầu", "26");
  wait_for_syncs (&listener, 3);
  g_assert_cmpuint (faulty_collector_count_requests (listener.collector), ==, 3);
  listener_clear (&listener);
}

typedef struct {
  Listener *listener;
  guint saved;
} Writer;

static gboolean
on_write (gpointer user_data)
{
  Writer *writer = user_data;

  save_session (&writer->listener->store, "2026-11-20", "Nà Lầu", "25");
  writer->saved++;
  return G_SOURCE_CONTINUE;
}

/* A person who records faster than the settling time: (4) of scheduler.c. */
static void
test_saving_on_and_on_does_not_put_it_off (void)
{
  Listener listener = { 0 };
  Writer writer = { &listener, 0 };
  guint source;

  listener_init (&listener, 403, TRUE, FALSE);
  soban_sync_scheduler_start (listener.scheduler);
  wait_for_syncs (&listener, 1);
  source = g_timeout_add (SETTLE_MS / 5, on_write, &writer);
  wait_for_syncs (&listener, 3);
  g_source_remove (source);
  g_assert_cmpuint (writer.saved, >, 2);
  listener_clear (&listener);
}

static void
test_a_record_without_network_waits_for_it (void)
{
  Listener listener = { 0 };

  listener_init (&listener, 403, FALSE, FALSE);
  soban_sync_scheduler_start (listener.scheduler);
  save_session (&listener.store, "2026-11-20", "Nà Lầu", "25");
  assert_quiet (&listener, 4 * SETTLE_MS);
  fake_network_set_available (listener.network, TRUE);
  wait_for_syncs (&listener, 1);
  listener_clear (&listener);
}

/* A passing fault waits for the retry policy, seconds and more: a save does not go round it. */
static void
test_a_save_does_not_go_round_the_retry_policy (void)
{
  Listener listener = { 0 };

  listener_init (&listener, 503, TRUE, FALSE);
  soban_sync_scheduler_start (listener.scheduler);
  wait_for_syncs (&listener, 1);
  save_session (&listener.store, "2026-11-20", "Nà Lầu", "25");
  assert_quiet (&listener, 6 * SETTLE_MS);
  listener_clear (&listener);
}

static void
test_cancelled_by_hand_stays_quiet_until_the_next_record (void)
{
  Listener listener = { 0 };

  listener_init (&listener, 403, TRUE, FALSE);
  soban_sync_scheduler_start (listener.scheduler);
  wait_for_syncs (&listener, 1);
  save_session (&listener.store, "2026-11-20", "Nà Lầu", "25");
  soban_sync_scheduler_sync_now (listener.scheduler);
  soban_sync_scheduler_cancel (listener.scheduler);
  wait_for_syncs (&listener, 2);
  g_assert_error (listener.seen.error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_CANCELLED);
  save_session (&listener.store, "2026-11-20", "Nà Lầu", "26");
  wait_for_syncs (&listener, 3);
  g_assert_error (listener.seen.error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED);
  listener_clear (&listener);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scheduler/one-session-at-a-time", test_one_session_at_a_time);
  g_test_add_func ("/scheduler/stop-cancels", test_stop_cancels);
  g_test_add_func ("/scheduler/a-store-without-collector-does-not-listen", test_a_store_without_collector_does_not_listen);
  g_test_add_func ("/scheduler/a-start-with-a-network-syncs", test_a_start_with_a_network_syncs);
  g_test_add_func ("/scheduler/a-network-that-appears-syncs", test_a_network_that_appears_syncs);
  g_test_add_func ("/scheduler/a-saved-record-syncs", test_a_saved_record_syncs);
  g_test_add_func ("/scheduler/saving-on-and-on-does-not-put-it-off", test_saving_on_and_on_does_not_put_it_off);
  g_test_add_func ("/scheduler/a-record-without-network-waits-for-it", test_a_record_without_network_waits_for_it);
  g_test_add_func ("/scheduler/a-save-does-not-go-round-the-retry-policy", test_a_save_does_not_go_round_the_retry_policy);
  g_test_add_func ("/scheduler/cancelled-by-hand-stays-quiet-until-the-next-record", test_cancelled_by_hand_stays_quiet_until_the_next_record);
  return g_test_run ();
}
