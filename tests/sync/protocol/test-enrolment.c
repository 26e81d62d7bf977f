/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The enrolment code, the key pin, the enrolment file. */
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "protocol/enrolment-code.h"
#include "protocol/enrolment-file.h"

static void
fill_counting (gpointer data, guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) (i * 37 + 5);
}

static void
make_hash (guint8 hash[SOBAN_KEY_HASH_BYTES])
{
  for (guint i = 0; i < SOBAN_KEY_HASH_BYTES; i++)
    hash[i] = (guint8) (255 - i * 7);
}

static void
test_code_comes_back_however_typed (void)
{
  const SobanEntropy entropy = { fill_counting, NULL };
  g_autofree char *secret = soban_enrolment_secret_draw (&entropy);
  g_autofree char *code = NULL;
  guint8 hash[SOBAN_KEY_HASH_BYTES];

  make_hash (hash);
  code = soban_enrolment_code_make (secret, hash);
  g_assert_cmpuint (strlen (secret), ==, 12);
  g_assert_cmpuint (strlen (code), ==, 29);
  for (guint i = 0; i < 3; i++) {
    g_autofree char *parsed = NULL;
    g_autofree char *half = NULL;
    g_autofree char *typed = i == 0 ? g_strdup (code) : g_ascii_strdown (code, -1);
    g_autoptr (GError) error = NULL;

    if (i == 2) {
      g_strdelimit (typed, "-", ' ');
      g_strdelimit (typed, "0", 'o');
      g_strdelimit (typed, "1", 'l');
    }
    g_assert_true (soban_enrolment_code_parse (typed, &parsed, &half, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (parsed, ==, secret);
    g_assert_true (soban_enrolment_code_names_key (half, hash));
    hash[0] ^= 1;
    g_assert_false (soban_enrolment_code_names_key (half, hash));
    hash[0] ^= 1;
    hash[7] ^= 0x10; /* the 60th bit */
    g_assert_false (soban_enrolment_code_names_key (half, hash));
    hash[7] ^= 0x10;
  }
}

static void
test_what_is_no_code (void)
{
  static const char *const texts[] = { "", "abc", "0000-0000-0000-0000-0000-000", "0000-0000-0000-0000-0000-00000",
                                       "U000-0000-0000-0000-0000-0000", "đ000-0000-0000-0000-0000-0000" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *secret = NULL;
    g_autofree char *half = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_false (soban_enrolment_code_parse (texts[i], &secret, &half, &error));
    g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED);
  }
}

static void
test_pin (void)
{
  guint8 hash[SOBAN_KEY_HASH_BYTES], again[SOBAN_KEY_HASH_BYTES];
  g_autofree char *pin = NULL;
  g_autofree char *padded = NULL;

  make_hash (hash);
  pin = soban_key_pin_format (hash);
  padded = g_strconcat (" ", pin, "\n", NULL);
  g_assert_true (soban_key_pin_parse (padded, again));
  g_assert_cmpmem (hash, sizeof hash, again, sizeof again);
  g_assert_false (soban_key_pin_parse ("", again));
  g_assert_false (soban_key_pin_parse ("sha256//", again));
  g_assert_false (soban_key_pin_parse ("sha256//!!!!", again));
  g_assert_false (soban_key_pin_parse (pin + 1, again));
  pin[strlen (pin) - 3] = '\0';
  g_assert_false (soban_key_pin_parse (pin, again));
}

static SobanEnrolmentFile
make_file (char *pin)
{
  return (SobanEnrolmentFile) {
    .url = (char *) "https://10.0.0.5:8443",
    .key = pin,
    .device = 17,
    .device_name = (char *) "Máy thôn Nà Lầu; số 2",
    .token = (char *) "dG9rZW4-_",
    .role = (char *) "member",
    .scopes = (char *) "02947@2025-07-01 02950@2025-07-01",
    .home_scope = (char *) "02947@2025-07-01",
  };
}

static void
test_file_comes_back (void)
{
  guint8 hash[SOBAN_KEY_HASH_BYTES];
  g_autofree char *pin = NULL;
  g_autofree char *text = NULL;
  g_autofree char *edited = NULL;
  g_autoptr (SobanEnrolmentFile) again = NULL;
  g_autoptr (GError) error = NULL;
  SobanEnrolmentFile file;

  make_hash (hash);
  pin = soban_key_pin_format (hash);
  file = make_file (pin);
  text = soban_enrolment_file_write (&file);
  edited = g_strconcat (text, "later_key=kept away from\n", NULL);
  again = soban_enrolment_file_read (edited, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->url, ==, file.url);
  g_assert_cmpstr (again->key, ==, file.key);
  g_assert_cmpuint (again->device, ==, 17);
  g_assert_cmpstr (again->device_name, ==, file.device_name);
  g_assert_cmpstr (again->token, ==, file.token);
  g_assert_cmpstr (again->role, ==, file.role);
  g_assert_cmpstr (again->scopes, ==, file.scopes);
  g_assert_cmpstr (again->home_scope, ==, file.home_scope);
}

/* README 6.1: with the keys of bundles; damaged ones are left for the first sync to ask for, the file counts all the same. */
static void
test_file_brings_keys (void)
{
  guint8 hash[SOBAN_KEY_HASH_BYTES], exchange_key[SOBAN_EXCHANGE_KEY_BYTES];
  g_autofree char *pin = NULL;
  g_autofree char *text = NULL;
  g_autofree char *damaged = NULL;
  g_autoptr (SobanKeys) keys = soban_keys_new ();
  g_autoptr (SobanEnrolmentFile) again = NULL;
  g_autoptr (SobanEnrolmentFile) without = NULL;
  g_autoptr (GKeyFile) lines = g_key_file_new ();
  SobanEnrolmentFile file;
  const SobanExchangeKey *second;

  make_hash (hash);
  pin = soban_key_pin_format (hash);
  file = make_file (pin);
  memset (keys->public_key, 7, sizeof keys->public_key);
  keys->generation = 2097151;
  memset (exchange_key, 8, sizeof exchange_key);
  soban_keys_add (keys, "02947@2025-07-01", exchange_key);
  memset (exchange_key, 9, sizeof exchange_key);
  soban_keys_add (keys, "02950@2025-07-01", exchange_key);
  file.keys = keys;
  text = soban_enrolment_file_write (&file);
  again = soban_enrolment_file_read (text, NULL);
  g_assert_nonnull (again->keys);
  g_assert_cmpmem (again->keys->public_key, SOBAN_COLLECTOR_KEY_BYTES, keys->public_key, SOBAN_COLLECTOR_KEY_BYTES);
  g_assert_cmpuint (again->keys->generation, ==, 2097151);
  g_assert_cmpuint (again->keys->exchange_keys->len, ==, 2);
  second = g_ptr_array_index (again->keys->exchange_keys, 1);
  g_assert_cmpstr (second->scope, ==, "02950@2025-07-01");
  g_assert_cmpmem (second->key, sizeof second->key, exchange_key, sizeof exchange_key);
  for (gsize length = 0; length + 1 < strlen (text); length++) {
    g_autofree char *prefix = g_strndup (text, length);
    g_autoptr (SobanEnrolmentFile) read = soban_enrolment_file_read (prefix, NULL);

    g_assert_null (read);
  }

  g_assert_true (g_key_file_load_from_data (lines, text, strlen (text), G_KEY_FILE_NONE, NULL));
  g_key_file_set_value (lines, "soban-enrolment", "collector_key", "AAAA");
  g_key_file_set_value (lines, "soban-enrolment", "exchange_keys", "= x= 02947@2025-07-01=AAAA");
  damaged = g_key_file_to_data (lines, NULL, NULL);
  without = soban_enrolment_file_read (damaged, NULL);
  g_assert_nonnull (without);
  g_assert_null (without->keys);
}

/* Each replaces one line of a good file. */
static void
test_what_is_no_file (void)
{
  static const struct {
    const char *key, *value;
  } slips[] = {
    { "version", "2" },
    { "version", "" },
    { "url", "" },
    { "url", "10.0.0.5:8443" },
    { "url", "http://10.0.0.5" },
    { "url", "ftp://10.0.0.5" },
    { "key", "sha256//AAAA" },
    { "device", "0" },
    { "device", "4294967296" },
    { "device", "x" },
    { "token", "" },
    { "token", "two words" },
    { "token", "line\\nline" },
    { "scopes", "" },
    { "home_scope", "02951@2025-07-01" },
  };
  guint8 hash[SOBAN_KEY_HASH_BYTES];
  g_autofree char *pin = NULL;
  g_autofree char *text = NULL;
  SobanEnrolmentFile file;

  make_hash (hash);
  pin = soban_key_pin_format (hash);
  file = make_file (pin);
  text = soban_enrolment_file_write (&file);
  for (guint i = 0; i < G_N_ELEMENTS (slips); i++) {
    g_autoptr (GKeyFile) keys = g_key_file_new ();
    g_autofree char *broken = NULL;
    g_autoptr (GError) error = NULL;

    g_key_file_load_from_data (keys, text, strlen (text), G_KEY_FILE_NONE, NULL);
    g_key_file_set_value (keys, "soban-enrolment", slips[i].key, slips[i].value);
    broken = g_key_file_to_data (keys, NULL, NULL);
    g_assert_null (soban_enrolment_file_read (broken, &error));
    g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED);
  }
  for (gsize length = 0; length + 1 < strlen (text); length++) {
    g_autofree char *prefix = g_strndup (text, length);
    g_autoptr (SobanEnrolmentFile) read = soban_enrolment_file_read (prefix, NULL);

    /* Only the last line may be cut without notice, and it names no scope then. */
    g_assert_null (read);
  }
  g_assert_null (soban_enrolment_file_read ("\xff\xfe", NULL));
}

static void
test_blanks_are_squeezed (void)
{
  g_autoptr (SobanEnrolmentFile) file = soban_enrolment_file_read (
    "[soban-enrolment]\nversion=1\nurl=http://localhost:8080/ \nkey=\ndevice=1\ntoken=t\nscopes=  a   b \nhome_scope= b\n", NULL);

  g_assert_nonnull (file);
  g_assert_cmpstr (file->url, ==, "http://localhost:8080");
  g_assert_cmpstr (file->scopes, ==, "a b");
  g_assert_cmpstr (file->device_name, ==, "");
}

/* What makes no sense lets nothing go; a file of old says nothing. */
static void
test_days_that_are_kept (void)
{
  static const struct {
    const char *line;
    guint days;
  } lines[] = {
    { "", 0 },
    { "keep_days=90\n", 90 },
    { "keep_days=30\n", SOBAN_KEPT_DAYS_MIN },
    { "keep_days=29\n", 0 },
    { "keep_days=36500\n", SOBAN_KEPT_DAYS_MAX },
    { "keep_days=36501\n", 0 },
    { "keep_days=-90\n", 0 },
    { "keep_days=ninety\n", 0 },
    { "keep_days=18446744073709551706\n", 0 },
  };
  guint8 hash[SOBAN_KEY_HASH_BYTES];
  g_autofree char *pin = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autofree char *text = g_strconcat ("[soban-enrolment]\nversion=1\nurl=https://a\nkey=\ndevice=1\ntoken=t\n", lines[i].line,
                                         "scopes=a\nhome_scope=a\n", NULL);
    g_autoptr (SobanEnrolmentFile) file = soban_enrolment_file_read (text, NULL);

    g_assert_nonnull (file);
    g_assert_cmpuint (file->kept_days, ==, lines[i].days);
  }
  make_hash (hash);
  pin = soban_key_pin_format (hash);
  for (guint days = 0; days <= 90; days += 90) {
    SobanEnrolmentFile written = make_file (pin);
    g_autofree char *text = NULL;
    g_autoptr (SobanEnrolmentFile) read = NULL;

    written.kept_days = days;
    text = soban_enrolment_file_write (&written);
    g_assert_cmpint (strstr (text, "keep_days") != NULL, ==, days > 0);
    read = soban_enrolment_file_read (text, NULL);
    g_assert_cmpuint (read->kept_days, ==, days);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/enrolment/code-comes-back-however-typed", test_code_comes_back_however_typed);
  g_test_add_func ("/enrolment/what-is-no-code", test_what_is_no_code);
  g_test_add_func ("/enrolment/pin", test_pin);
  g_test_add_func ("/enrolment/file-comes-back", test_file_comes_back);
  g_test_add_func ("/enrolment/file-brings-keys", test_file_brings_keys);
  g_test_add_func ("/enrolment/days-that-are-kept", test_days_that_are_kept);
  g_test_add_func ("/enrolment/what-is-no-file", test_what_is_no_file);
  g_test_add_func ("/enrolment/blanks-are-squeezed", test_blanks_are_squeezed);
  return g_test_run ();
}
