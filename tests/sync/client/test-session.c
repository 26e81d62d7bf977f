/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions of real stores against a collector in memory: no sockets. */
#include <string.h>

#include "base/error.h"
#include "client/keyring.h"
#include "client/loopback-transport.h"
#include "client/session-private.h"
#include "fake-collector.h"
#include "store-fixture.h"

#define SCOPE "02947@2025-07-01"
#define OTHER_SCOPE "02950@2025-07-01"

typedef struct {
  StoreFixture store;
  FakeCollector *collector;
  SobanSyncProgress progress;
} Tablet;

static void
tablet_init (Tablet *tablet, FakeCollector *collector, guint device)
{
  g_autofree char *text = g_strdup_printf ("[soban-enrolment]\nversion=1\nurl=http://localhost:1\nkey=\ndevice=%u\ndevice_name=T%u\ntoken=t\n"
                                           "role=member\nscopes=" SCOPE " " OTHER_SCOPE "\nhome_scope=" SCOPE "\n",
                                           device, device);
  g_autoptr (GError) error = NULL;

  store_fixture_init (&tablet->store);
  tablet->collector = collector;
  soban_enrol_from_text (tablet->store.store, text, &error);
  g_assert_no_error (error);
}

static void
tablet_clear (Tablet *tablet)
{
  store_fixture_clear (&tablet->store);
}

typedef struct {
  GError *error;
  gboolean done;
} Outcome;

static void
on_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  soban_sync_session_run_finish (SOBAN_SYNC_SESSION (source), result, &outcome->error);
  outcome->done = TRUE;
}

/* (nullable) (transfer full): what the session ended with. */
static GError *
tablet_sync_cancellable (Tablet *tablet, GCancellable *cancellable)
{
  g_autoptr (SobanTransport) transport = soban_loopback_transport_new (fake_collector_exchange, tablet->collector);
  g_autoptr (SobanSyncSession) session = soban_sync_session_new_with_transport (tablet->store.store, transport);
  Outcome outcome = { 0 };

  soban_sync_session_run_async (session, cancellable, on_finished, &outcome);
  while (!outcome.done)
    g_main_context_iteration (NULL, TRUE);
  tablet->progress = *soban_sync_session_get_progress (session);
  return outcome.error;
}

static GError *
tablet_try (Tablet *tablet)
{
  return tablet_sync_cancellable (tablet, NULL);
}

static void
tablet_sync (Tablet *tablet)
{
  g_autoptr (GError) error = tablet_try (tablet);

  g_assert_no_error (error);
  assert_sound (&tablet->store);
}

static void
edit (Tablet *tablet, const SobanUuid *id, const char *path, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanRecord) record = soban_store_get_record (tablet->store.store, id, &error);
  SobanUuid same = *id;

  g_assert_no_error (error);
  soban_field_map_set (record->fields, path, value);
  soban_store_save (tablet->store.store, &same, record->form, record->form_version, NULL, record->fields, &error);
  g_assert_no_error (error);
}

static void
assert_same_record (Tablet *a, Tablet *b, const SobanUuid *id)
{
  g_autoptr (SobanRecord) left = soban_store_get_record (a->store.store, id, NULL);
  g_autoptr (SobanRecord) right = soban_store_get_record (b->store.store, id, NULL);

  g_assert_nonnull (left);
  g_assert_nonnull (right);
  g_assert_true (soban_field_map_equal (left->fields, right->fields));
  g_assert_cmpint (left->deleted, ==, right->deleted);
}

/* TRUE when @value stands in the record's history as one that did not win. */
static gboolean
has_losing_value (Tablet *tablet, const SobanUuid *id, const char *path, const char *value)
{
  g_autoptr (GPtrArray) history = soban_store_get_history (tablet->store.store, id, NULL);

  for (guint i = 0; i < history->len; i++) {
    const SobanHistoryItem *item = g_ptr_array_index (history, i);

    if (g_str_equal (item->path, path) && g_strcmp0 (item->value, value) == 0 && !item->winner)
      return TRUE;
  }
  return FALSE;
}

typedef struct {
  FakeCollector *collector;
  Tablet a, b;
} World;

static void
world_init (World *world, gconstpointer data)
{
  world->collector = fake_collector_new ();
  world->collector->now_ms = FIXTURE_START_MS + 60000;
  tablet_init (&world->a, world->collector, 1);
  tablet_init (&world->b, world->collector, 2);
}

static void
world_clear (World *world, gconstpointer data)
{
  tablet_clear (&world->a);
  tablet_clear (&world->b);
  fake_collector_free (world->collector);
}

/* A minute passes, for all clocks. */
static void
pass_minute (World *world)
{
  gint64 now_ms = MAX (world->collector->now_ms, MAX (world->a.store.now_ms, world->b.store.now_ms)) + 60000;

  world->collector->now_ms = now_ms + 60000;
  world->a.store.now_ms = world->b.store.now_ms = now_ms;
}

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
  g_assert_cmpuint (soban_store_count_waiting (world->a.store.store), ==, 0);
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
test_many_records_take_many_rounds (World *world, gconstpointer data)
{
  world->collector->page = 37;
  for (guint i = 0; i < 250; i++)
    save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  tablet_sync (&world->a);
  g_assert_cmpuint (world->a.progress.sent, ==, 250);
  tablet_sync (&world->b);
  g_assert_cmpuint (world->b.progress.pulled, ==, 250);
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
  g_assert_cmpuint (soban_store_count_waiting (world->a.store.store), ==, 1);
  g_assert_cmpuint (fake_collector_count (world->collector), ==, 1);
  world->collector->lose_answer = FALSE;
  edit (&world->a, &id, "total", "26");
  tablet_sync (&world->a);
  g_assert_cmpuint (fake_collector_count (world->collector), ==, 2);
  tablet_sync (&world->b);
  assert_same_record (&world->a, &world->b, &id);
}

static void
assert_nothing_applied (Tablet *tablet)
{
  g_autoptr (GPtrArray) cursors = soban_store_get_cursors (tablet->store.store, NULL);
  g_autoptr (GArray) ids = soban_store_list_records (tablet->store.store, &(SobanRecordQuery) { 0 }, NULL);

  for (guint i = 0; i < cursors->len; i++)
    g_assert_cmpuint (((SobanCursor *) g_ptr_array_index (cursors, i))->cursor, ==, 0);
  g_assert_cmpuint (ids->len, ==, 0);
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
  g_assert_cmpuint (soban_store_count_waiting (world->a.store.store), ==, 1);
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
  g_assert_cmpuint (soban_store_count_waiting (world->a.store.store), ==, 0);
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
    g_assert_cmpuint (soban_store_count_waiting (world->a.store.store), ==, 0);
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
  g_autoptr (SobanSyncSession) session = soban_sync_session_new_with_transport (world->a.store.store, transport);
  Outcome outcome = { 0 };

  save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  soban_sync_session_run_async (session, NULL, on_finished, &outcome);
  while (!outcome.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (outcome.error);
  g_clear_error (&outcome.error);
  g_assert_cmpuint (soban_store_count_waiting (world->a.store.store), ==, 1);
  assert_sound (&world->a.store);
}

static void
test_forks_without_end_keep_the_work (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  world->collector->forks = G_MAXUINT;
  error = tablet_try (&world->a);
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
  g_assert_cmpuint (world->collector->requests, <=, 4);
  g_assert_cmpuint (soban_store_count_waiting (world->a.store.store), ==, 1);
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
    g_assert_cmpuint (soban_store_count_waiting (world->a.store.store), ==, 1);
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
  g_assert_cmpuint (soban_store_count_waiting (world->a.store.store), ==, 1);
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
  g_autoptr (SobanSyncSession) session = soban_sync_session_new_with_transport (world->a.store.store, transport);
  Outcome outcome = { 0 };
  SobanUuid id;
  SobanIdentity identity;

  world->a.store.now_ms = G_GINT64_CONSTANT (2051222400000); /* 2035: its effective stamp is another one */
  id = save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");
  soban_sync_session_run_async (session, NULL, on_finished, &outcome);
  while (!outcome.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (changes->len, ==, 2);
  g_assert_cmpuint (g_array_index (changes, guint, 0), ==, 1);
  g_assert_cmpuint (g_array_index (changes, guint, 1), ==, 0);
  g_assert_cmpuint (soban_sync_session_get_progress (session)->cuts, ==, 1);
  g_assert_cmpuint (soban_sync_session_get_progress (session)->sent, ==, 1);
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
  g_assert_cmpuint (soban_store_count_waiting (world->a.store.store), ==, 0);
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

/* Collectors that say the digests differ and cannot show where: the sync is done all the same, and nothing is lost. */
static void
test_a_wrong_digest_ends (World *world, gconstpointer data)
{
  SobanUuid id = save_session (&world->a.store, "2026-11-20", "Nà Lầu", "25");

  world->collector->wrong_digest = 1;
  tablet_sync (&world->a);
  g_assert_cmpuint (world->a.progress.repaired, ==, 0);
  g_assert_cmpuint (world->collector->requests, <=, 12);
  g_assert_cmpuint (soban_store_count_waiting (world->a.store.store), ==, 0);
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

#define ADD(name, function) g_test_add ("/session/" name, World, NULL, world_init, function, world_clear)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("record-travels", test_record_travels);
  ADD ("nothing-to-do-is-one-small-request", test_nothing_to_do_is_one_small_request);
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
  ADD ("forks-without-end-keep-the-work", test_forks_without_end_keep_the_work);
  ADD ("a-collector-without-progress-ends", test_a_collector_without_progress_ends);
  ADD ("refusals", test_refusals);
  ADD ("a-clock-of-2035-heals", test_a_clock_of_2035_heals);
  ADD ("two-tablets-change-one-record", test_two_tablets_change_one_record);
  ADD ("delete-against-edit", test_delete_against_edit);
  ADD ("cancelled-is-no-loss", test_cancelled_is_no_loss);
  ADD ("not-enrolled", test_not_enrolled);
  ADD ("a-code-never-travels-unprotected", test_a_code_never_travels_unprotected);
  ADD ("after-a-cut-a-probe-tells-what-arrived", test_after_a_cut_a_probe_tells_what_arrived);
  ADD ("a-probe-is-remembered", test_a_probe_is_remembered);
  ADD ("a-fork-is-healed", test_a_fork_is_healed);
  ADD ("a-chain-that-differs-is-a-fork", test_a_chain_that_differs_is_a_fork);
  ADD ("what-was-left-out-is-counted", test_what_was_left_out_is_counted);
  ADD ("pages-bring-a-late-tablet-up", test_pages_bring_a_late_tablet_up);
  ADD ("pages-that-go-back-end", test_pages_that_go_back_end);
  ADD ("divergence-is-found-and-repaired", test_divergence_is_found_and_repaired);
  ADD ("one-record-among-many-is-found", test_one_record_among_many_is_found);
  ADD ("a-wrong-digest-ends", test_a_wrong_digest_ends);
  ADD ("a-repair-without-answers-ends", test_a_repair_without_answers_ends);
  ADD ("records-that-were-not-asked-for-are-refused", test_records_that_were_not_asked_for_are_refused);
  ADD ("keys-are-asked-for-and-kept", test_keys_are_asked_for_and_kept);
  ADD ("evidence-goes-with-changes", test_evidence_goes_with_changes);
  return g_test_run ();
}
