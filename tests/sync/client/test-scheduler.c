/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scheduler: one session at a time, told when it ends, stopped when asked. */
#include "base/error.h"
#include "client/scheduler.h"
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scheduler/one-session-at-a-time", test_one_session_at_a_time);
  g_test_add_func ("/scheduler/stop-cancels", test_stop_cancels);
  g_test_add_func ("/scheduler/a-store-without-collector-does-not-listen", test_a_store_without_collector_does_not_listen);
  return g_test_run ();
}
