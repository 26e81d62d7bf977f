/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real stores over real sockets against collectors that misbehave: each gives the right error, nothing is lost. */
#include <string.h>

#include "base/error.h"
#include "client/http-transport.h"
#include "client/session.h"
#include "faulty-collector.h"
#include "store-fixture.h"

#define SCOPE "02947@2025-07-01"

static void
enrol (StoreFixture *store, const char *scheme, guint port, const char *pin)
{
  g_autofree char *text = g_strdup_printf ("[soban-enrolment]\nversion=1\nurl=%s://127.0.0.1:%u\nkey=%s\ndevice=1\ndevice_name=T\ntoken=t\n"
                                           "role=member\nscopes=" SCOPE "\nhome_scope=" SCOPE "\n",
                                           scheme, port, pin);
  g_autoptr (GError) error = NULL;

  soban_enrol_from_text (store->store, text, &error);
  g_assert_no_error (error);
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

static GError *
run_session (StoreFixture *store, GCancellable *cancellable)
{
  g_autoptr (SobanSyncSession) session = soban_sync_session_new (store->store);
  Outcome outcome = { 0 };

  soban_sync_session_run_async (session, cancellable, on_finished, &outcome);
  while (!outcome.done)
    g_main_context_iteration (NULL, TRUE);
  return outcome.error;
}

/* One record waits; the sync ends with @code, the record waits still, and the sentence for the person says that all is safe. */
static void
assert_ends_with (StoreFixture *store, int code)
{
  g_autoptr (GError) error = run_session (store, NULL);
  g_autofree char *kept = NULL;
  g_autofree char *sentence = NULL;

  g_assert_error (error, SOBAN_SYNC_ERROR, code);
  g_assert_cmpint (soban_store_count_waiting (store->store, NULL), ==, 1);
  assert_sound (store);
  sentence = soban_sync_error_sentence (error);
  kept = soban_store_get_setting (store->store, SOBAN_SETTING_LAST_SYNC_ERROR);
  g_assert_cmpstr (kept, ==, sentence);
  g_assert_null (strstr (sentence, "failed"));
}

typedef struct {
  const char *name;
  const char *identity; /* of the server */
  Fault fault;
  guint status;
  SobanSyncError expected;
} Case;

static const Case cases[] = {
  { "garbage", "right", FAULTY_GARBAGE, 0, SOBAN_SYNC_ERROR_PROTOCOL },
  { "no-http", "right", FAULTY_NO_HTTP, 0, SOBAN_SYNC_ERROR_PROTOCOL },
  { "empty", "right", FAULTY_EMPTY, 0, SOBAN_SYNC_ERROR_TIMEOUT },
  { "cut", "right", FAULTY_CUT, 0, SOBAN_SYNC_ERROR_TIMEOUT },
  { "endless", "right", FAULTY_ENDLESS, 0, SOBAN_SYNC_ERROR_TOO_LARGE },
  { "500", "right", FAULTY_STATUS, 500, SOBAN_SYNC_ERROR_SERVER },
  { "503", "right", FAULTY_STATUS, 503, SOBAN_SYNC_ERROR_SERVER },
  { "401", "right", FAULTY_STATUS, 401, SOBAN_SYNC_ERROR_AUTH },
  { "404", "right", FAULTY_STATUS, 404, SOBAN_SYNC_ERROR_PROTOCOL },
  { "413", "right", FAULTY_STATUS, 413, SOBAN_SYNC_ERROR_TOO_LARGE },
  { "redirect", "right", FAULTY_REDIRECT, 0, SOBAN_SYNC_ERROR_OFFLINE },
  { "page", "right", FAULTY_PAGE, 0, SOBAN_SYNC_ERROR_OFFLINE },
  { "other-version", "right", FAULTY_OTHER_VERSION, 0, SOBAN_SYNC_ERROR_PROTOCOL },
  { "plain-http-where-tls-is-expected", "right", FAULTY_PLAIN, 0, SOBAN_SYNC_ERROR_KEY },
  { "other-key", "other", FAULTY_PAGE, 0, SOBAN_SYNC_ERROR_KEY },
};

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (FaultyCollector) collector = faulty_collector_new (test->identity, test->fault, test->status);
  g_autofree char *pin = faulty_collector_load_pin ("right");
  StoreFixture store;

  store_fixture_init (&store);
  enrol (&store, "https", faulty_collector_get_port (collector), pin);
  save_session (&store, "2026-11-20", "Nà Lầu", "25");
  assert_ends_with (&store, (int) test->expected);
  g_assert_cmpuint (faulty_collector_count_followed (collector), ==, 0);
  if (test->expected == SOBAN_SYNC_ERROR_KEY)
    g_assert_cmpuint (faulty_collector_count_requests (collector), ==, 0); /* the token never left */
  store_fixture_clear (&store);
}

static void
test_down (void)
{
  g_autofree char *pin = faulty_collector_load_pin ("right");
  FaultyCollector *collector = faulty_collector_new ("right", FAULTY_PAGE, 0);
  guint port = faulty_collector_get_port (collector);
  StoreFixture store;

  faulty_collector_free (collector);
  store_fixture_init (&store);
  enrol (&store, "https", port, pin);
  save_session (&store, "2026-11-20", "Nà Lầu", "25");
  assert_ends_with (&store, SOBAN_SYNC_ERROR_OFFLINE);
  store_fixture_clear (&store);
}

/* Without a pin the system's authorities decide, and they do not know a key made for a test. */
static void
test_without_pin_an_unknown_key_is_not_trusted (void)
{
  g_autoptr (FaultyCollector) collector = faulty_collector_new ("right", FAULTY_PAGE, 0);
  StoreFixture store;

  store_fixture_init (&store);
  enrol (&store, "https", faulty_collector_get_port (collector), "");
  save_session (&store, "2026-11-20", "Nà Lầu", "25");
  assert_ends_with (&store, SOBAN_SYNC_ERROR_KEY);
  g_assert_cmpuint (faulty_collector_count_requests (collector), ==, 0);
  store_fixture_clear (&store);
}

typedef struct {
  GCancellable *cancellable;
  FaultyCollector *collector;
} Cancel;

static gboolean
on_poll (gpointer user_data)
{
  Cancel *cancel = user_data;

  if (faulty_collector_count_requests (cancel->collector) == 0)
    return G_SOURCE_CONTINUE;
  g_cancellable_cancel (cancel->cancellable);
  return G_SOURCE_REMOVE;
}

static void
test_cancelled_in_the_answer (void)
{
  g_autoptr (FaultyCollector) collector = faulty_collector_new ("right", FAULTY_ENDLESS, 0);
  g_autofree char *pin = faulty_collector_load_pin ("right");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Cancel cancel = { cancellable, collector };
  StoreFixture store;

  store_fixture_init (&store);
  enrol (&store, "https", faulty_collector_get_port (collector), pin);
  save_session (&store, "2026-11-20", "Nà Lầu", "25");
  g_timeout_add (1, on_poll, &cancel);
  error = run_session (&store, cancellable);
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_CANCELLED);
  g_assert_cmpint (soban_store_count_waiting (store.store, NULL), ==, 1);
  store_fixture_clear (&store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/http/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_func ("/http/down", test_down);
  g_test_add_func ("/http/without-pin-an-unknown-key-is-not-trusted", test_without_pin_an_unknown_key_is_not_trusted);
  g_test_add_func ("/http/cancelled-in-the-answer", test_cancelled_in_the_answer);
  return g_test_run ();
}
