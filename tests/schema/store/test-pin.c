/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of store/pin.c. */
#include "store-fixture.h"

#include "../../support/fault-vfs.h"

#include "base/error.h"
#include "base/limits.h"
#include "store/backup.h"
#include "store/pin.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define YEAR_MS (G_GINT64_CONSTANT (365) * 24 * 3600 * 1000)
#define HOUR_MS (3600 * 1000)

static SobanPinTrial
set_pin (StoreFixture *fixture, const char *old, const char *pin)
{
  g_autoptr (GError) error = NULL;
  SobanPinTrial trial;

  g_assert_true (soban_store_set_pin (fixture->store, old, pin, &trial, &error));
  g_assert_no_error (error);
  return trial;
}

static SobanPinTrial
try_pin (StoreFixture *fixture, const char *pin)
{
  g_autoptr (GError) error = NULL;
  SobanPinTrial trial;

  g_assert_true (soban_store_try_pin (fixture->store, pin, &trial, NULL, &error));
  g_assert_no_error (error);
  return trial;
}

/* The same PIN by little work, for tests that try often: what the setting holds is as the head of pin.c says. */
static void
set_cheap_pin (StoreFixture *fixture, const char *pin)
{
  guint8 salt[crypto_pwhash_SALTBYTES] = { 7 }, nonce[crypto_secretbox_NONCEBYTES] = { 8 }, key[crypto_secretbox_KEYBYTES];
  guint8 store_key[SOBAN_STORE_KEY_BYTES] = { 9 }, sealed[SOBAN_STORE_KEY_BYTES + crypto_secretbox_MACBYTES];
  char salt_hex[sizeof salt * 2 + 1], nonce_hex[sizeof nonce * 2 + 1], sealed_hex[sizeof sealed * 2 + 1];
  g_autofree char *text = NULL;

  g_assert_cmpint (crypto_pwhash (key, sizeof key, pin, strlen (pin), salt, 1, crypto_pwhash_MEMLIMIT_MIN, crypto_pwhash_ALG_ARGON2ID13), ==, 0);
  crypto_secretbox_easy (sealed, store_key, sizeof store_key, nonce, key);
  text = g_strdup_printf ("1 1 %d %s %s %s", crypto_pwhash_MEMLIMIT_MIN / 1024, sodium_bin2hex (salt_hex, sizeof salt_hex, salt, sizeof salt),
                          sodium_bin2hex (nonce_hex, sizeof nonce_hex, nonce, sizeof nonce),
                          sodium_bin2hex (sealed_hex, sizeof sealed_hex, sealed, sizeof sealed));
  g_assert_true (soban_store_set_setting (fixture->store, SOBAN_SETTING_PIN, text, NULL));
}

static void
try_wrong (StoreFixture *fixture, guint times)
{
  for (guint i = 0; i < times; i++)
    g_assert_cmpint (try_pin (fixture, "9999").answer, ==, SOBAN_PIN_WRONG);
}

static void
read_key (StoreFixture *fixture, const char *pin, guint8 *ret_key)
{
  g_autoptr (GError) error = NULL;
  SobanPinTrial trial;

  g_assert_true (soban_store_try_pin (fixture->store, pin, &trial, ret_key, &error));
  g_assert_no_error (error);
  g_assert_cmpint (trial.answer, ==, SOBAN_PIN_RIGHT);
}

/* (1): the PIN is nowhere in the file, the key stays when the PIN changes. */
static void
test_right_wrong_changed (void)
{
  StoreFixture fixture;
  guint8 key[SOBAN_STORE_KEY_BYTES], after[SOBAN_STORE_KEY_BYTES], nothing[SOBAN_STORE_KEY_BYTES] = { 0 };
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  SobanPinTrial trial;

  store_fixture_init (&fixture);
  g_assert_false (soban_store_has_pin (fixture.store));
  g_assert_cmpint (set_pin (&fixture, NULL, "271828").answer, ==, SOBAN_PIN_RIGHT);
  g_assert_true (soban_store_has_pin (fixture.store));
  first = soban_store_get_setting (fixture.store, SOBAN_SETTING_PIN);
  g_assert_null (strstr (first, "271828"));
  g_assert_cmpint (try_pin (&fixture, "271829").answer, ==, SOBAN_PIN_WRONG);
  read_key (&fixture, "271828", key);
  g_assert_cmpint (memcmp (key, nothing, sizeof key), !=, 0);

  trial = set_pin (&fixture, "0000", "1234");
  g_assert_cmpint (trial.answer, ==, SOBAN_PIN_WRONG);
  g_assert_cmpint (set_pin (&fixture, "271828", "1234").answer, ==, SOBAN_PIN_RIGHT);
  store_fixture_reopen (&fixture);
  second = soban_store_get_setting (fixture.store, SOBAN_SETTING_PIN);
  g_assert_cmpstr (first, !=, second);
  g_assert_cmpint (try_pin (&fixture, "271828").answer, ==, SOBAN_PIN_WRONG);
  read_key (&fixture, "1234", after);
  g_assert_cmpmem (key, sizeof key, after, sizeof after);

  g_assert_cmpint (set_pin (&fixture, "4321", NULL).answer, ==, SOBAN_PIN_WRONG);
  g_assert_true (soban_store_has_pin (fixture.store));
  g_assert_cmpint (set_pin (&fixture, "1234", NULL).answer, ==, SOBAN_PIN_RIGHT);
  g_assert_false (soban_store_has_pin (fixture.store));
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

static void
check_refused (StoreFixture *fixture, const char *old, const char *pin, int code)
{
  g_autoptr (GError) error = NULL;
  SobanPinTrial trial;

  g_assert_false (soban_store_set_pin (fixture->store, old, pin, &trial, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, code);
}

static void
test_no_pin (void)
{
  StoreFixture fixture;
  const char *const none[] = { "", "123", "123456789", "12a4", "12 4", "１２３４" };
  g_autoptr (GError) error = NULL;
  SobanPinTrial trial;

  store_fixture_init (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (none); i++) {
    g_assert_false (soban_pin_is_valid (none[i]));
    check_refused (&fixture, NULL, none[i], SOBAN_STORE_ERROR_CONSTRAINT);
  }
  g_assert_false (soban_store_try_pin (fixture.store, "1234", &trial, NULL, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND);
  check_refused (&fixture, "1234", "4321", SOBAN_STORE_ERROR_NOT_FOUND);
  set_pin (&fixture, NULL, "12345678");
  check_refused (&fixture, NULL, "4321", SOBAN_STORE_ERROR_CONSTRAINT);
  g_assert_cmpint (try_pin (&fixture, "12345678").answer, ==, SOBAN_PIN_RIGHT);
  store_fixture_clear (&fixture);
}

/* A setting that is damaged, or of a version to come, opens nothing and says so; one that asks for all memory is not obeyed. */
static void
test_unreadable (void)
{
  StoreFixture fixture;
  const struct {
    const char *text;
    int code;
  } cases[] = { { "", SOBAN_STORE_ERROR_CORRUPT },
                { "1 3 65536 00 00 00", SOBAN_STORE_ERROR_CORRUPT },
                { "2 xyz", SOBAN_STORE_ERROR_TOO_NEW },
                { "1 3 4194304 00112233445566778899aabbccddeeff 00 00", SOBAN_STORE_ERROR_CORRUPT } };
  SobanPinTrial trial;

  store_fixture_init (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (soban_store_set_setting (fixture.store, SOBAN_SETTING_PIN, cases[i].text, NULL));
    g_assert_true (soban_store_has_pin (fixture.store));
    g_assert_false (soban_store_try_pin (fixture.store, "1234", &trial, NULL, &error));
    g_assert_error (error, SOBAN_STORE_ERROR, cases[i].code);
    /* What was not looked at does not count. */
    g_assert_cmpint (soban_store_get_pin_wait_ms (fixture.store), ==, 0);
  }
  g_assert_true (soban_store_forget_pin (fixture.store, NULL));
  g_assert_false (soban_store_has_pin (fixture.store));
  store_fixture_clear (&fixture);
}

/* (4): free tries, then waits that grow up to the bound; a try during the wait is none; the right PIN ends it. */
static void
test_slow_down (void)
{
  StoreFixture fixture;
  gint64 expected_ms = SOBAN_PIN_WAIT_MS;
  SobanPinTrial trial;

  store_fixture_init (&fixture);
  set_cheap_pin (&fixture, "1234");
  try_wrong (&fixture, SOBAN_PIN_TRIES_FREE - 1);
  g_assert_cmpint (soban_store_get_pin_wait_ms (fixture.store), ==, 0);
  for (guint i = 0; i < 9; i++) {
    trial = try_pin (&fixture, "9999");
    g_assert_cmpint (trial.answer, ==, SOBAN_PIN_WRONG);
    g_assert_cmpint (trial.wait_ms, ==, expected_ms);
    fixture.now_ms += expected_ms - 1;
    trial = try_pin (&fixture, "1234");
    g_assert_cmpint (trial.answer, ==, SOBAN_PIN_WAIT);
    g_assert_cmpint (trial.wait_ms, ==, 1);
    fixture.now_ms += 1;
    expected_ms = MIN (expected_ms * 2, SOBAN_PIN_WAIT_MS_MAX);
  }
  g_assert_cmpint (expected_ms, ==, SOBAN_PIN_WAIT_MS_MAX);
  g_assert_cmpint (try_pin (&fixture, "1234").answer, ==, SOBAN_PIN_RIGHT);
  try_wrong (&fixture, SOBAN_PIN_TRIES_FREE - 1);
  g_assert_cmpint (soban_store_get_pin_wait_ms (fixture.store), ==, 0);
  store_fixture_clear (&fixture);
}

/* The clock of the fixture moves by a millisecond each time it is read. */
static void
assert_wait (StoreFixture *fixture, gint64 expected_ms)
{
  gint64 wait_ms = soban_store_get_pin_wait_ms (fixture->store);

  g_assert_cmpint (wait_ms, <=, expected_ms);
  g_assert_cmpint (wait_ms, >=, MAX (0, expected_ms - 100));
}

/* (4): neither a restart of the program nor of the tablet nor a wall clock that jumps shortens the wait, and none makes it longer than it was. */
static void
test_restarts_and_clocks (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  set_cheap_pin (&fixture, "1234");
  try_wrong (&fixture, SOBAN_PIN_TRIES_FREE);
  fixture.now_ms += 1000;
  store_fixture_reopen (&fixture);
  assert_wait (&fixture, SOBAN_PIN_WAIT_MS - 1000);
  g_assert_cmpint (try_pin (&fixture, "1234").answer, ==, SOBAN_PIN_WAIT);

  /* The wall clock goes ten years on, then to 1970; CLOCK_BOOTTIME does not. */
  fixture.now_ms += 10 * YEAR_MS;
  fixture.booted_ms += 10 * YEAR_MS;
  assert_wait (&fixture, SOBAN_PIN_WAIT_MS - 1000);
  fixture.booted_ms -= fixture.now_ms;
  fixture.now_ms = 0;
  assert_wait (&fixture, SOBAN_PIN_WAIT_MS - 1000);
  fixture.now_ms += SOBAN_PIN_WAIT_MS - 1000;
  assert_wait (&fixture, 0);

  /* Now for an hour: a start of the tablet begins that hour anew, whatever its clock says. */
  for (guint i = 0; i < 8; i++) {
    try_wrong (&fixture, 1);
    fixture.now_ms += HOUR_MS;
  }
  try_wrong (&fixture, 1);
  fixture.now_ms += HOUR_MS / 2;
  store_fixture_boot (&fixture, YEAR_MS, 0);
  assert_wait (&fixture, SOBAN_PIN_WAIT_MS_MAX - 60 * 1000);
  g_assert_cmpint (try_pin (&fixture, "1234").answer, ==, SOBAN_PIN_WAIT);
  fixture.now_ms += SOBAN_PIN_WAIT_MS_MAX - 60 * 1000;
  g_assert_cmpint (try_pin (&fixture, "1234").answer, ==, SOBAN_PIN_RIGHT);
  store_fixture_clear (&fixture);
}

/* (2), (3), killed: the power goes at each write in turn. The PIN is the one of before or the one of after, and each try has counted. */
static void
test_cut (void)
{
  StoreFixture fixture;
  gboolean old_seen = FALSE, new_seen = FALSE;

  for (guint nth = 1; !new_seen; nth++) {
    g_autoptr (GError) error = NULL;
    SobanPinTrial trial;
    gboolean is_new;

    g_assert_cmpuint (nth, <, 40);
    store_fixture_init (&fixture);
    set_cheap_pin (&fixture, "1234");
    fault_vfs_fail_from (FAULT_CUT, nth);
    if (soban_store_set_pin (fixture.store, "1234", "8765", &trial, &error))
      g_assert_cmpint (trial.answer, ==, SOBAN_PIN_RIGHT);
    store_fixture_close (&fixture);
    fault_vfs_fail_from (FAULT_NONE, 0);
    store_fixture_open (&fixture);
    assert_sound (&fixture);
    is_new = try_pin (&fixture, "8765").answer == SOBAN_PIN_RIGHT;
    if (!is_new)
      g_assert_cmpint (try_pin (&fixture, "1234").answer, ==, SOBAN_PIN_RIGHT);
    old_seen |= !is_new;
    new_seen |= is_new;
    store_fixture_clear (&fixture);
  }
  g_assert_true (old_seen);
}

static gpointer
run_try (gpointer data)
{
  SobanPinTrial trial;

  soban_store_try_pin (data, "1234", &trial, NULL, NULL);
  return NULL;
}

/* The child: is killed while the PIN is being looked at, which takes seconds: the setting asks for that much work. */
static void
die_while_trying (StoreFixture *fixture, const char *tries)
{
  g_autofree char *now = NULL;

  store_fixture_open (fixture);
  g_thread_new ("try", run_try, fixture->store);
  do {
    g_free (now);
    now = soban_store_get_setting (fixture->store, SOBAN_SETTING_PIN_TRIES);
  } while (g_strcmp0 (now, tries) == 0);
  raise (SIGKILL);
}

/* (3): who ends the program while the PIN is being looked at has made a try. */
static void
test_killed_tries (void)
{
  StoreFixture fixture;
  g_autofree char *seal = NULL;
  g_auto (GStrv) words = NULL;
  g_autofree char *slow = NULL;

  store_fixture_init (&fixture);
  set_cheap_pin (&fixture, "1234");
  seal = soban_store_get_setting (fixture.store, SOBAN_SETTING_PIN);
  words = g_strsplit (seal, " ", -1);
  slow = g_strdup_printf ("1 %d %d %s %s %s", SOBAN_PIN_OPERATIONS_MAX, SOBAN_PIN_MEMORY_BYTES / 1024, words[3], words[4], words[5]);
  g_assert_true (soban_store_set_setting (fixture.store, SOBAN_SETTING_PIN, slow, NULL));
  for (guint i = 0; i < SOBAN_PIN_TRIES_FREE; i++) {
    g_autofree char *tries = soban_store_get_setting (fixture.store, SOBAN_SETTING_PIN_TRIES);
    int status;
    pid_t child;

    store_fixture_close (&fixture);
    child = fork ();
    if (child == 0)
      die_while_trying (&fixture, tries);
    g_assert_cmpint (waitpid (child, &status, 0), ==, child);
    g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
    store_fixture_open (&fixture);
  }
  g_assert_cmpint (soban_store_get_pin_wait_ms (fixture.store), >, 0);
  store_fixture_clear (&fixture);
}

/* (7) */
static void
test_full_disk (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  set_cheap_pin (&fixture, "1234");
  fault_vfs_fail_from (FAULT_FULL, 1);
  try_wrong (&fixture, SOBAN_PIN_TRIES_FREE);
  g_assert_cmpint (try_pin (&fixture, "1234").answer, ==, SOBAN_PIN_WAIT);
  fixture.now_ms += SOBAN_PIN_WAIT_MS;
  g_assert_cmpint (try_pin (&fixture, "1234").answer, ==, SOBAN_PIN_RIGHT);
  g_assert_cmpint (try_pin (&fixture, "1234").answer, ==, SOBAN_PIN_RIGHT);
  g_assert_true (fault_vfs_has_failed ());
  fault_vfs_fail_from (FAULT_NONE, 0);
  store_fixture_clear (&fixture);
}

/* (6): what Argon2id took is given back to the system. */
static gsize
read_resident_bytes (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  words = g_strsplit (text, " ", -1);
  return (gsize)g_ascii_strtoull (words[1], NULL, 10) * (gsize)sysconf (_SC_PAGESIZE);
}

static void
test_memory (void)
{
  StoreFixture fixture;
  gsize before, after;
  gint64 began_us;

  store_fixture_init (&fixture);
  set_pin (&fixture, NULL, "1234");
  before = read_resident_bytes ();
  began_us = g_get_monotonic_time ();
  g_assert_cmpint (try_pin (&fixture, "1234").answer, ==, SOBAN_PIN_RIGHT);
  g_test_message ("a try takes %.0f ms", (double)(g_get_monotonic_time () - began_us) / 1000);
  after = read_resident_bytes ();
  g_assert_cmpuint (after, <, before + SOBAN_PIN_MEMORY_BYTES / 4);
  store_fixture_clear (&fixture);
}

/* The PIN travels with the file; what was tried there, too. */
static void
test_backup (void)
{
  StoreFixture fixture;
  g_autofree char *copy = NULL;
  g_autofree char *kept = NULL;
  g_autoptr (GError) error = NULL;
  SobanBackupContents contents = { 0 };

  store_fixture_init (&fixture);
  save_session (&fixture, "2026-11-20", "Bản A", "41");
  set_pin (&fixture, NULL, "1234");
  copy = g_build_filename (fixture.folder, "copy.db", NULL);
  g_assert_true (soban_store_back_up (fixture.store, copy, &contents, &error));
  g_assert_true (contents.has_pin);
  set_pin (&fixture, "1234", "5678");
  store_fixture_close (&fixture);
  g_assert_true (soban_backup_restore (copy, fixture.path, store_fixture_data_dir (), &kept, &error));
  g_assert_no_error (error);
  store_fixture_open (&fixture);
  g_assert_true (soban_store_has_pin (fixture.store));
  g_assert_cmpint (try_pin (&fixture, "5678").answer, ==, SOBAN_PIN_WRONG);
  g_assert_cmpint (try_pin (&fixture, "1234").answer, ==, SOBAN_PIN_RIGHT);
  set_pin (&fixture, "1234", NULL);
  g_assert_true (soban_store_back_up (fixture.store, copy, &contents, &error));
  g_assert_false (contents.has_pin);
  g_unlink (copy);
  g_unlink (kept);
  store_fixture_clear (&fixture);
}

/* An enrolment takes it away only where it says so, in its own transaction. */
static void
test_enrolment (void)
{
  StoreFixture fixture;
  SobanEnrolment enrolment = { .device = 4, .device_name = "Máy", .url = "https://localhost", .key = "key", .token = "t", .role = "member",
                               .scopes = FIXTURE_COMMUNE, .home_scope = FIXTURE_COMMUNE };

  store_fixture_init (&fixture);
  set_cheap_pin (&fixture, "1234");
  store_fixture_enrol (&fixture, 4, "key");
  g_assert_true (soban_store_has_pin (fixture.store));
  try_wrong (&fixture, SOBAN_PIN_TRIES_FREE);
  enrolment.takes_pin_away = TRUE;
  g_assert_true (soban_store_enrol (fixture.store, &enrolment, NULL));
  g_assert_false (soban_store_has_pin (fixture.store));
  g_assert_cmpint (soban_store_get_pin_wait_ms (fixture.store), ==, 0);
  store_fixture_reopen (&fixture);
  g_assert_false (soban_store_has_pin (fixture.store));
  store_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  fault_vfs_install ();
  g_test_add_func ("/pin/right-wrong-changed", test_right_wrong_changed);
  g_test_add_func ("/pin/no-pin", test_no_pin);
  g_test_add_func ("/pin/unreadable", test_unreadable);
  g_test_add_func ("/pin/slow-down", test_slow_down);
  g_test_add_func ("/pin/restarts-and-clocks", test_restarts_and_clocks);
  g_test_add_func ("/pin/cut", test_cut);
  g_test_add_func ("/pin/killed-tries", test_killed_tries);
  g_test_add_func ("/pin/full-disk", test_full_disk);
  g_test_add_func ("/pin/memory", test_memory);
  g_test_add_func ("/pin/backup", test_backup);
  g_test_add_func ("/pin/enrolment", test_enrolment);
  return g_test_run ();
}
