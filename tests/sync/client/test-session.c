/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions of real stores against a collector in memory: no sockets. What heals is in test-session-healing.c. */
#include <string.h>

#include "base/error.h"
#include "client/loopback-transport.h"
#include "session-world.h"

static void
test_record_travels (World *world, gconstpointer data)
{
  SobanUuid id = save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  g_autoptr (SobanRecord) record = NULL;
  g_autofree char *ms = NULL;

  tablet_sync (&world->a);
  g_assert_cmpuint (world->a.progress.sent, ==, 1);
  g_assert_cmpuint (world->a.progress.to_send, ==, 1);
  g_assert_cmpuint (world->a.progress.requests, ==, 1);
  g_assert_cmpint (soban_store_count_waiting (world->a.store.store, NULL), ==, 0);
  record = soban_store_get_record (world->a.store.store, &id, NULL);
  g_assert_cmpint (record->delivery, ==, SOBAN_RECORD_RECEIVED);
  tablet_sync (&world->b);
  g_assert_cmpuint (world->b.progress.pulled, ==, 1);
  assert_same_record (&world->a, &world->b, &id);
  ms = soban_store_get_setting (world->b.store.store, SOBAN_SETTING_LAST_SYNC_MS);
  g_assert_cmpint (g_ascii_strtoll (ms, NULL, 10), ==, world->collector->now_ms);
}

static void
test_nothing_to_do_is_one_small_request (World *world, gconstpointer data)
{
  save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  tablet_sync (&world->a);
  tablet_sync (&world->a);
  g_assert_cmpuint (world->a.progress.requests, ==, 1);
  g_assert_cmpuint (world->a.progress.to_send, ==, 0);
  g_assert_cmpuint (world->a.progress.bytes_up, <, 180);
  g_assert_cmpuint (fake_collector_count (world->collector), ==, 1);
}

static void
on_changed (SobanStore *store, gpointer told)
{
  g_autofree char *ms = soban_store_get_setting (store, SOBAN_SETTING_LAST_SYNC_MS);

  g_free (*(char **) told);
  *(char **) told = g_steal_pointer (&ms);
}

/* Whoever shows when all was received hears of it, also where nothing else has changed since. */
static void
test_the_date_of_a_sync_is_told (World *world, gconstpointer data)
{
  g_autofree char *told = NULL, *now = NULL;
  gulong handler;

  save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  tablet_sync (&world->a);
  g_main_context_iteration (NULL, FALSE);
  world->collector->now_ms += 60000;
  now = g_strdup_printf ("%" G_GINT64_FORMAT, world->collector->now_ms);
  handler = g_signal_connect (world->a.store.store, "changed", G_CALLBACK (on_changed), &told);
  tablet_sync (&world->a);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpstr (told, ==, now);
  g_signal_handler_disconnect (world->a.store.store, handler);
}

static void
test_many_records_take_many_rounds (World *world, gconstpointer data)
{
  world->collector->page = 37;
  for (guint i = 0; i < 250; i++)
    save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  tablet_sync (&world->a);
  g_assert_cmpuint (world->a.progress.sent, ==, 250);
  tablet_sync (&world->b);
  g_assert_cmpuint (world->b.progress.pulled, ==, 250);
  g_assert_cmpuint (world->b.to_pull_before_last, ==, 250);
  g_assert_cmpuint (world->b.progress.to_pull, ==, 0);
  g_assert_cmpuint (world->b.progress.requests, ==, 7);
}

static void
test_a_lost_answer_costs_nothing (World *world, gconstpointer data)
{
  SobanUuid id = save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  world->collector->lose_answer = TRUE;
  error = tablet_try (&world->a);
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TIMEOUT);
  sentence = soban_store_get_setting (world->a.store.store, SOBAN_SETTING_LAST_SYNC_ERROR);
  g_assert_cmpstr (sentence, !=, "");
  g_assert_cmpint (soban_store_count_waiting (world->a.store.store, NULL), ==, 1);
  g_assert_cmpuint (fake_collector_count (world->collector), ==, 1);
  world->collector->lose_answer = FALSE;
  edit (&world->a, &id, "total", "26");
  tablet_sync (&world->a);
  g_assert_cmpuint (fake_collector_count (world->collector), ==, 2);
  tablet_sync (&world->b);
  assert_same_record (&world->a, &world->b, &id);
}

static void
test_an_answer_cut_anywhere_applies_nothing (World *world, gconstpointer data)
{
  gsize length;

  save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  tablet_sync (&world->a);
  world->collector->cut_at = 0;
  do {
    g_autoptr (GError) error = tablet_try (&world->b);

    length = world->collector->last_answer_bytes;
    g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TIMEOUT);
    assert_nothing_applied (&world->b);
    world->collector->cut_at++;
  } while ((gsize) world->collector->cut_at < length);
  world->collector->cut_at = -1;
  tablet_sync (&world->b);
  g_assert_cmpuint (world->b.progress.pulled, ==, 1);
}

static void
test_a_damaged_answer_applies_nothing (World *world, gconstpointer data)
{
  gsize length;

  save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  tablet_sync (&world->a);
  world->collector->flip_at = 0;
  do {
    g_autoptr (GError) error = NULL;

    if (world->collector->flip_at == 5)
      world->collector->flip_at++; /* the minor version is informative */
    error = tablet_try (&world->b);
    length = world->collector->last_answer_bytes;
    g_assert_nonnull (error);
    g_assert_true (error->domain == SOBAN_SYNC_ERROR);
    assert_nothing_applied (&world->b);
    world->collector->flip_at += 3; /* test-frame.c flips every bit */
  } while ((gsize) world->collector->flip_at < length);
}

static void
test_a_missing_change_is_found_by_arithmetic (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  save_session (&world->a.store, "2026-11-20", "Nà Lầu", "26");
  tablet_sync (&world->a);
  world->collector->hide_change = TRUE;
  error = tablet_try (&world->b);
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
  g_assert_nonnull (strstr (error->message, "missing"));
  assert_nothing_applied (&world->b);
}

static void
test_own_changes_sent_back_are_refused (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  world->collector->send_back_own = TRUE;
  error = tablet_try (&world->a);
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
  g_assert_cmpint (soban_store_count_waiting (world->a.store.store, NULL), ==, 1);
}

static void
test_a_gap_is_sent_again (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  save_session (&world->a.store, "2026-11-20", "Nà Lầu", "26");
  /* The tablet knows of no receipt, the collector of nothing: it begins at 1. */
  world->collector->lose_answer = TRUE;
  error = tablet_try (&world->a);
  g_assert_nonnull (error);
  world->collector->lose_answer = FALSE;
  fake_collector_forget_received (world->collector, 1);
  tablet_sync (&world->a);
  g_assert_cmpint (soban_store_count_waiting (world->a.store.store, NULL), ==, 0);
}

/* sync/README.md 5.6, with new work on the tablet and without. */
static void
test_a_collector_that_was_set_back_gets_all_again (World *world, gconstpointer data)
{
  for (guint new_work = 0; new_work < 2; new_work++) {
    SobanUuid id = save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
    SobanUuid others;
    guint before;

    tablet_sync (&world->a);
    others = save_session (&world->b.store, "2026-11-20", "Bản Xa", "7");
    tablet_sync (&world->b);
    tablet_sync (&world->a);
    before = fake_collector_count (world->collector);
    pass_minute (world);
    edit (&world->a, &id, "total", "26");
    tablet_sync (&world->a);
    fake_collector_restore (world->collector, before - 2);
    if (new_work)
      edit (&world->a, &id, "female", "9");
    tablet_sync (&world->a);
    g_assert_cmpint (soban_store_count_waiting (world->a.store.store, NULL), ==, 0);
    tablet_sync (&world->b);
    tablet_sync (&world->a);
    /* More than was lost: what A alone has of B's is issued anew (5.10) before B comes to send it again. */
    g_assert_cmpuint (fake_collector_count (world->collector), >=, before + 1 + new_work);
    assert_same_record (&world->a, &world->b, &id);
    assert_same_record (&world->a, &world->b, &others);
  }
}

/* What B alone had sent was lost, A has nothing to send again: A's cursor was never given by this collector. */
static void
test_a_cursor_from_before_a_set_back_begins_anew (World *world, gconstpointer data)
{
  SobanUuid id = save_session (&world->b.store, "2026-11-20", "Bản Xa", "7");

  tablet_sync (&world->b);
  tablet_sync (&world->a);
  fake_collector_restore (world->collector, 0);
  tablet_sync (&world->a);
  pass_minute (world);
  edit (&world->b, &id, "total", "8");
  tablet_sync (&world->b);
  tablet_sync (&world->a);
  assert_same_record (&world->a, &world->b, &id);
}

typedef struct {
  FakeCollector *collector;
  Tablet *tablet;
} Meanwhile;

static SobanAnswer *
enrol_meanwhile (const SobanRequest *request, gpointer data, GError **error)
{
  Meanwhile *meanwhile = data;
  SobanAnswer *answer = fake_collector_exchange (request, meanwhile->collector, error);

  soban_enrol_from_text (meanwhile->tablet->store.store,
                         "[soban-enrolment]\nversion=1\nurl=http://localhost:1\nkey=\ndevice=77\ndevice_name=T\ntoken=t\n"
                         "role=member\nscopes=" SCOPE "\nhome_scope=" SCOPE "\n",
                         error);
  return answer;
}

static void
test_a_receipt_is_of_the_incarnation_that_asked (World *world, gconstpointer data)
{
  Meanwhile meanwhile = { world->collector, &world->a };
  g_autoptr (SobanTransport) transport = soban_loopback_transport_new (enrol_meanwhile, &meanwhile);
  g_autoptr (GError) error = NULL;

  save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  error = tablet_sync_over (&world->a, transport, NULL);
  g_assert_nonnull (error);
  g_assert_cmpint (soban_store_count_waiting (world->a.store.store, NULL), ==, 1);
  assert_sound (&world->a.store);
}

static void
test_a_collector_without_progress_ends (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  world->collector->stuck = TRUE;
  error = tablet_try (&world->a);
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
  g_assert_cmpuint (world->collector->requests, <=, 3);
}

static void
test_refusals (World *world, gconstpointer data)
{
  static const struct {
    guint status;
    const char *content_type;
    SobanSyncError told, expected;
  } cases[] = {
    { 401, NULL, SOBAN_SYNC_ERROR_AUTH, SOBAN_SYNC_ERROR_AUTH },
    { 401, "text/html", SOBAN_SYNC_ERROR_REFUSED, SOBAN_SYNC_ERROR_AUTH },
    { 403, NULL, SOBAN_SYNC_ERROR_REFUSED, SOBAN_SYNC_ERROR_REFUSED },
    { 400, NULL, SOBAN_SYNC_ERROR_PROTOCOL, SOBAN_SYNC_ERROR_PROTOCOL },
    { 413, "text/html", SOBAN_SYNC_ERROR_REFUSED, SOBAN_SYNC_ERROR_TOO_LARGE },
    { 426, NULL, SOBAN_SYNC_ERROR_PROTOCOL, SOBAN_SYNC_ERROR_PROTOCOL },
    { 429, "text/plain", SOBAN_SYNC_ERROR_REFUSED, SOBAN_SYNC_ERROR_SERVER },
    { 500, NULL, SOBAN_SYNC_ERROR_SERVER, SOBAN_SYNC_ERROR_SERVER },
    { 503, "text/html", SOBAN_SYNC_ERROR_REFUSED, SOBAN_SYNC_ERROR_SERVER },
    { 302, "text/html", SOBAN_SYNC_ERROR_REFUSED, SOBAN_SYNC_ERROR_OFFLINE },
    { 200, "text/html", SOBAN_SYNC_ERROR_REFUSED, SOBAN_SYNC_ERROR_OFFLINE },
    { 200, "text/plain", SOBAN_SYNC_ERROR_REFUSED, SOBAN_SYNC_ERROR_PROTOCOL },
    { 200, NULL, SOBAN_SYNC_ERROR_REFUSED, SOBAN_SYNC_ERROR_REFUSED },
  };

  save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    world->collector->status = cases[i].status;
    world->collector->content_type = cases[i].content_type;
    world->collector->refusal = cases[i].told;
    error = tablet_try (&world->a);
    g_assert_error (error, SOBAN_SYNC_ERROR, (int) cases[i].expected);
    g_assert_cmpint (soban_store_count_waiting (world->a.store.store, NULL), ==, 1);
  }
  world->collector->status = 0;
  world->collector->content_type = NULL;
  tablet_sync (&world->a);
}

static void
test_a_clock_of_2035_heals (World *world, gconstpointer data)
{
  SobanUuid id;
  g_autoptr (GPtrArray) history = NULL;

  world->a.store.now_ms = G_GINT64_CONSTANT (2051222400000); /* 2035 */
  id = save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  tablet_sync (&world->a);
  world->a.store.now_ms = FIXTURE_START_MS;
  edit (&world->a, &id, "total", "26");
  tablet_sync (&world->a);
  tablet_sync (&world->b);
  assert_same_record (&world->a, &world->b, &id);
  history = soban_store_get_history (world->b.store.store, &id, NULL);
  for (guint i = 0; i < history->len; i++)
    g_assert_cmpint (((SobanHistoryItem *) g_ptr_array_index (history, i))->recorded_ms, <, world->collector->now_ms + 1000);
  {
    g_autofree char *total = get_field (&world->b.store, &id, "total");

    g_assert_cmpstr (total, ==, "26");
  }
}

/* Every order in which two tablets and their meeting can sync. */
static void
sync_in_order (World *world, guint order)
{
  Tablet *first = order % 2 == 0 ? &world->a : &world->b;
  Tablet *second = order % 2 == 0 ? &world->b : &world->a;

  tablet_sync (first);
  if (order / 2 == 1)
    tablet_sync (first);
  tablet_sync (second);
  if (order / 2 == 2)
    tablet_sync (second);
  tablet_sync (first);
}

static void
test_two_tablets_change_one_record (World *world, gconstpointer data)
{
  for (guint order = 0; order < 6; order++) {
    SobanUuid id = save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
    g_autofree char *total = NULL;
    g_autofree char *village = NULL;

    sync_in_order (world, 0);
    pass_minute (world);
    edit (&world->a, &id, "total", "30");
    edit (&world->b, &id, "village_new", "Nà Lầu Trên"); /* different fields: both stay */
    sync_in_order (world, order);
    assert_same_record (&world->a, &world->b, &id);
    total = get_field (&world->b.store, &id, "total");
    village = get_field (&world->a.store, &id, "village_new");
    g_assert_cmpstr (total, ==, "30");
    g_assert_cmpstr (village, ==, "Nà Lầu Trên");

    pass_minute (world);
    edit (&world->a, &id, "total", "31");
    pass_minute (world);
    edit (&world->b, &id, "total", "32"); /* the same field: the later one, the other stays in the history */
    sync_in_order (world, order);
    assert_same_record (&world->a, &world->b, &id);
    g_assert_true (has_losing_value (&world->a, &id, "total", "31"));
    g_assert_true (has_losing_value (&world->b, &id, "total", "31"));
  }
}

static void
test_delete_against_edit (World *world, gconstpointer data)
{
  for (guint order = 0; order < 6; order++) {
    SobanUuid id = save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
    g_autoptr (SobanRecord) record = NULL;
    g_autofree char *total = NULL;

    sync_in_order (world, 0);
    pass_minute (world);
    soban_store_set_deleted (world->a.store.store, &id, TRUE, NULL);
    edit (&world->b, &id, "total", "40"); /* an edit does not resurrect (PROTOCOL 6.1), and is not lost */
    sync_in_order (world, order);
    assert_same_record (&world->a, &world->b, &id);
    record = soban_store_get_record (world->b.store.store, &id, NULL);
    g_assert_true (record->deleted);
    total = get_field (&world->a.store, &id, "total");
    g_assert_cmpstr (total, ==, "40");
  }
}

static void
test_cancelled_is_no_loss (World *world, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  g_cancellable_cancel (cancellable);
  error = tablet_sync_cancellable (&world->a, cancellable);
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_CANCELLED);
  g_assert_cmpint (soban_store_count_waiting (world->a.store.store, NULL), ==, 1);
}

static void
test_not_enrolled (World *world, gconstpointer data)
{
  Tablet bare = { .collector = world->collector };
  g_autoptr (GError) error = NULL;

  store_fixture_init (&bare.store);
  save_session (&bare.store, "2026-11-20", "Nà Lầu", "25");
  error = tablet_try (&bare);
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_NOT_ENROLLED);
  g_assert_cmpuint (world->collector->requests, ==, 0);
  tablet_clear (&bare);
}

typedef struct {
  GError *error;
  gboolean done;
} Enrolled;

static void
on_enrolled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Enrolled *enrolled = user_data;

  soban_enrol_with_code_finish (SOBAN_STORE (source), result, &enrolled->error);
  enrolled->done = TRUE;
}

static void
test_a_code_never_travels_unprotected (World *world, gconstpointer data)
{
  static const char *const addresses[] = { "http://10.255.255.1:8443", "HTTP://example.invalid", "ftp://localhost" };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++) {
    Enrolled enrolled = { 0 };

    soban_enrol_with_code_async (world->a.store.store, addresses[i], "0000-0000-0000-0000-0000-0000", NULL, on_enrolled, &enrolled);
    while (!enrolled.done)
      g_main_context_iteration (NULL, TRUE);
    g_assert_error (enrolled.error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED);
    g_clear_error (&enrolled.error);
  }
}

#define ADD(name, function) g_test_add ("/session/" name, World, NULL, world_init, function, world_clear)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("record-travels", test_record_travels);
  ADD ("nothing-to-do-is-one-small-request", test_nothing_to_do_is_one_small_request);
  ADD ("the-date-of-a-sync-is-told", test_the_date_of_a_sync_is_told);
  ADD ("many-records-take-many-rounds", test_many_records_take_many_rounds);
  ADD ("a-lost-answer-costs-nothing", test_a_lost_answer_costs_nothing);
  ADD ("an-answer-cut-anywhere-applies-nothing", test_an_answer_cut_anywhere_applies_nothing);
  ADD ("a-damaged-answer-applies-nothing", test_a_damaged_answer_applies_nothing);
  ADD ("a-missing-change-is-found-by-arithmetic", test_a_missing_change_is_found_by_arithmetic);
  ADD ("own-changes-sent-back-are-refused", test_own_changes_sent_back_are_refused);
  ADD ("a-gap-is-sent-again", test_a_gap_is_sent_again);
  ADD ("a-collector-that-was-set-back-gets-all-again", test_a_collector_that_was_set_back_gets_all_again);
  ADD ("a-cursor-from-before-a-set-back-begins-anew", test_a_cursor_from_before_a_set_back_begins_anew);
  ADD ("a-receipt-is-of-the-incarnation-that-asked", test_a_receipt_is_of_the_incarnation_that_asked);
  ADD ("a-collector-without-progress-ends", test_a_collector_without_progress_ends);
  ADD ("refusals", test_refusals);
  ADD ("a-clock-of-2035-heals", test_a_clock_of_2035_heals);
  ADD ("two-tablets-change-one-record", test_two_tablets_change_one_record);
  ADD ("delete-against-edit", test_delete_against_edit);
  ADD ("cancelled-is-no-loss", test_cancelled_is_no_loss);
  ADD ("not-enrolled", test_not_enrolled);
  ADD ("a-code-never-travels-unprotected", test_a_code_never_travels_unprotected);
  return g_test_run ();
}
