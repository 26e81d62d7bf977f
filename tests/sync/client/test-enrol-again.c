/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The PIN was forgotten (sync/README.md 6.4): which enrolments take it away, with real collectors. */
#include <string.h>

#include "base/error.h"
#include "client/session.h"
#include "real-collector.h"
#include "store-fixture.h"
#include "store/pin.h"

#define SCOPE "02947@2025-07-01"
#define OTHER_SCOPE "03388@2025-07-01"
#define GROUP "soban-enrolment"

typedef struct {
  RealCollector *collector;
  StoreFixture store;
} Place;

static void
place_init (Place *place)
{
  g_autofree char *enrolment = NULL;
  SobanPinTrial trial;
  g_autoptr (GError) error = NULL;

  place->collector = real_collector_new (FALSE);
  store_fixture_init (&place->store);
  enrolment = real_collector_enrol (place->collector, "a", SCOPE, real_collector_get_port (place->collector));
  soban_enrol_from_text (place->store.store, enrolment, &error);
  g_assert_no_error (error);
  soban_store_set_pin (place->store.store, NULL, "1234", &trial, &error);
  g_assert_no_error (error);
}

static void
place_clear (Place *place)
{
  assert_sound (&place->store);
  store_fixture_clear (&place->store);
  real_collector_free (place->collector);
}

typedef struct {
  gboolean done;
  GError *error;
} Outcome;

static void
on_enrolled (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->done = TRUE;
  soban_enrol_with_code_finish (SOBAN_STORE (source), result, &outcome->error);
}

static GError *
wait_for (Outcome *outcome)
{
  while (!outcome->done)
    g_main_context_iteration (NULL, TRUE);
  return outcome->error;
}

static GError *
try_file (Place *place, const char *text)
{
  Outcome outcome = { FALSE, NULL };

  soban_enrol_again_from_text_async (place->store.store, text, NULL, on_enrolled, &outcome);
  return wait_for (&outcome);
}

static GError *
try_code (Place *place, RealCollector *collector, const char *code)
{
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", real_collector_get_port (collector));
  Outcome outcome = { FALSE, NULL };

  soban_enrol_again_with_code_async (place->store.store, address, code, NULL, on_enrolled, &outcome);
  return wait_for (&outcome);
}

/* (transfer full): @text with another value. */
static char *
forge (const char *text, const char *key, const char *value)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  g_assert_true (g_key_file_load_from_data (file, text, strlen (text), G_KEY_FILE_NONE, NULL));
  g_key_file_set_string (file, GROUP, key, value);
  return g_key_file_to_data (file, NULL, NULL);
}

static void
assert_kept (Place *place, GError *error, int code)
{
  g_autoptr (GError) owned = error;
  g_autofree char *device = soban_store_get_setting (place->store.store, SOBAN_SETTING_DEVICE);

  g_assert_error (owned, SOBAN_SYNC_ERROR, code);
  g_assert_true (soban_store_has_pin (place->store.store));
  g_assert_cmpstr (device, ==, "1");
}

static void
test_file (void)
{
  Place place;
  g_autofree char *good = NULL;
  g_autofree char *elsewhere = NULL;
  g_autofree char *bad_token = NULL;
  g_autofree char *bad_key = NULL;
  g_autofree char *nobody = NULL;
  g_autofree char *in_the_clear = NULL;
  g_autofree char *revoked = NULL;
  g_autofree char *out = NULL;
  g_autoptr (GError) error = NULL;

  place_init (&place);
  good = real_collector_enrol (place.collector, "b", SCOPE, real_collector_get_port (place.collector));
  elsewhere = real_collector_enrol (place.collector, "c", OTHER_SCOPE, real_collector_get_port (place.collector));
  revoked = real_collector_enrol (place.collector, "d", SCOPE, real_collector_get_port (place.collector));
  out = real_collector_run (place.collector, "device", "revoke", "4", NULL);
  bad_token = forge (good, "token", "made-up");
  bad_key = forge (good, "key", "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
  nobody = forge (good, "url", "https://127.0.0.1:1");
  in_the_clear = forge (good, "url", "http://127.0.0.1:1");

  assert_kept (&place, try_file (&place, "[no-enrolment]"), SOBAN_SYNC_ERROR_REFUSED);
  assert_kept (&place, try_file (&place, bad_token), SOBAN_SYNC_ERROR_REFUSED);
  assert_kept (&place, try_file (&place, bad_key), SOBAN_SYNC_ERROR_REFUSED);
  assert_kept (&place, try_file (&place, elsewhere), SOBAN_SYNC_ERROR_REFUSED);
  assert_kept (&place, try_file (&place, revoked), SOBAN_SYNC_ERROR_REFUSED);
  assert_kept (&place, try_file (&place, nobody), SOBAN_SYNC_ERROR_OFFLINE);
  /* there nobody would compare the key: it is not even asked */
  assert_kept (&place, try_file (&place, in_the_clear), SOBAN_SYNC_ERROR_REFUSED);

  error = try_file (&place, good);
  g_assert_no_error (error);
  g_assert_false (soban_store_has_pin (place.store.store));
  place_clear (&place);
}

static char *
draw_code (RealCollector *collector, const char *scope)
{
  g_autofree char *told = real_collector_run (collector, "enrol", "--name", "m", "--scope", scope, "--code", NULL);
  g_autoptr (GRegex) regex = g_regex_new ("\\b(?:[0-9A-Z]{4}[- ]){5}[0-9A-Z]{4}\\b", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  g_assert_true (g_regex_match (regex, told, 0, &match));
  return g_match_info_fetch (match, 0);
}

static void
test_code (void)
{
  Place place;
  g_autoptr (RealCollector) other = real_collector_new (FALSE);
  g_autofree char *foreign = draw_code (other, SCOPE);
  g_autofree char *code = NULL;
  g_autofree char *elsewhere = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) again = NULL;

  place_init (&place);
  code = draw_code (place.collector, SCOPE);
  elsewhere = draw_code (place.collector, OTHER_SCOPE);
  assert_kept (&place, try_code (&place, other, foreign), SOBAN_SYNC_ERROR_REFUSED);
  assert_kept (&place, try_code (&place, place.collector, foreign), SOBAN_SYNC_ERROR_KEY);
  assert_kept (&place, try_code (&place, place.collector, elsewhere), SOBAN_SYNC_ERROR_REFUSED);
  error = try_code (&place, place.collector, code);
  g_assert_no_error (error);
  g_assert_false (soban_store_has_pin (place.store.store));
  /* Once. */
  again = try_code (&place, place.collector, code);
  g_assert_error (again, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED);
  place_clear (&place);
}

/* There is nobody whose word could count. */
static void
test_not_registered (void)
{
  g_autoptr (RealCollector) collector = real_collector_new (FALSE);
  g_autofree char *text = real_collector_enrol (collector, "a", SCOPE, real_collector_get_port (collector));
  Place place = { 0 };
  SobanPinTrial trial;
  g_autoptr (GError) error = NULL;

  store_fixture_init (&place.store);
  g_assert_true (soban_store_set_pin (place.store.store, NULL, "1234", &trial, NULL));
  error = try_file (&place, text);
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED);
  g_assert_true (soban_store_has_pin (place.store.store));
  store_fixture_clear (&place.store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/enrol-again/file", test_file);
  g_test_add_func ("/enrol-again/code", test_code);
  g_test_add_func ("/enrol-again/not-registered", test_not_registered);
  return g_test_run ();
}
