/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The PIN
 * =======
 *
 * Two settings. "pin": version, operations and memory (KiB) of Argon2id, salt, nonce, sealed key, separated by blanks, the last three in
 * hexadecimal digits. "pin_tries": how many wrong ones since the last right one, the boot in which the last of them was made, and
 * CLOCK_BOOTTIME then, ms.
 *
 * Invariants:
 *  (1) Of the PIN nothing is kept: Argon2id makes a key of it, and that opens the store key, 32 random bytes in a secretbox. Another PIN
 *      seals the same store key; it goes with the PIN. Nothing in the file is encrypted by it today.
 *  (2) Setting, changing, taking away is one transaction: a cut leaves the PIN of before or that of after.
 *  (3) A try is counted before the PIN is looked at, and forgotten when it was right: to end the program gives none for nothing.
 *  (4) From wrong try SOBAN_PIN_TRIES_FREE on a time must pass before the next, each twice the one before, up to a bound. It is counted by
 *      CLOCK_BOOTTIME; in another boot from the boot's begin: the wall clock neither shortens nor lengthens it, and a restart only
 *      lets it begin again.
 *  (5) Nothing is ever deleted by wrong PINs.
 *  (6) The store's thread does no Argon2id: who asks waits, nobody else. The memory is given back to the system before the answer.
 *  (7) A full disk keeps nobody out of the records: a try that cannot be written is counted as long as the program runs.
 */
#include "config.h"

#include "store/pin.h"

#include "store/store-private.h"

#include "base/error.h"
#include "base/limits.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#define VERSION 1
#define MEMORY_KIB (SOBAN_PIN_MEMORY_BYTES / 1024)

G_STATIC_ASSERT (SOBAN_STORE_KEY_BYTES == crypto_secretbox_KEYBYTES);

/* What the setting holds. */
typedef struct {
  guint operations, memory_kib;
  guint8 salt[crypto_pwhash_SALTBYTES];
  guint8 nonce[crypto_secretbox_NONCEBYTES];
  guint8 sealed[SOBAN_STORE_KEY_BYTES + crypto_secretbox_MACBYTES];
} Seal;

typedef struct {
  guint count;
  char *boot;
  gint64 boottime_ms;
} Tries;

static void
tries_clear (Tries *tries)
{
  g_free (tries->boot);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tries, tries_clear)

gboolean
soban_pin_is_valid (const char *pin)
{
  gsize length = strlen (pin);

  return length >= SOBAN_PIN_DIGITS_MIN && length <= SOBAN_PIN_DIGITS_MAX && strspn (pin, "0123456789") == length;
}

/* ---- the settings' texts ---- */

static char *
format_seal (const Seal *seal)
{
  char salt[sizeof seal->salt * 2 + 1], nonce[sizeof seal->nonce * 2 + 1], sealed[sizeof seal->sealed * 2 + 1];

  sodium_bin2hex (salt, sizeof salt, seal->salt, sizeof seal->salt);
  sodium_bin2hex (nonce, sizeof nonce, seal->nonce, sizeof seal->nonce);
  sodium_bin2hex (sealed, sizeof sealed, seal->sealed, sizeof seal->sealed);
  return g_strdup_printf ("%d %u %u %s %s %s", VERSION, seal->operations, seal->memory_kib, salt, nonce, sealed);
}

static gboolean
parse_number (const char *text, guint64 min, guint64 max, guint *ret_number)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, min, max, &number, NULL))
    return FALSE;
  *ret_number = (guint)number;
  return TRUE;
}

static gboolean
parse_bytes (const char *text, guint8 *bytes, gsize length)
{
  gsize written;

  return sodium_hex2bin (bytes, length, text, strlen (text), NULL, &written, NULL) == 0 && written == length;
}

static gboolean
parse_seal (const char *text, Seal *ret_seal, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  guint version;

  if (words[0] && parse_number (words[0], 1, G_MAXUINT, &version) && version > VERSION) {
    g_set_error_literal (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_TOO_NEW, _("The PIN was set by a newer version of this program"));
    return FALSE;
  }
  if (g_strv_length (words) == 6 && parse_number (words[1], 1, SOBAN_PIN_OPERATIONS_MAX, &ret_seal->operations)
      && parse_number (words[2], crypto_pwhash_MEMLIMIT_MIN / 1024, SOBAN_PIN_MEMORY_BYTES_MAX / 1024, &ret_seal->memory_kib)
      && parse_bytes (words[3], ret_seal->salt, sizeof ret_seal->salt)
      && parse_bytes (words[4], ret_seal->nonce, sizeof ret_seal->nonce)
      && parse_bytes (words[5], ret_seal->sealed, sizeof ret_seal->sealed))
    return TRUE;
  g_set_error_literal (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT, _("What is kept of the PIN is damaged"));
  return FALSE;
}

/* What cannot be read counts as no try: it keeps nobody out. */
static void
parse_tries (const char *text, Tries *ret_tries)
{
  g_auto (GStrv) words = g_strsplit (text ? text : "", " ", -1);

  if (g_strv_length (words) != 3 || !parse_number (words[0], 1, G_MAXUINT - 1, &ret_tries->count)
      || !g_ascii_string_to_signed (words[2], 10, 0, G_MAXINT64, &ret_tries->boottime_ms, NULL)) {
    ret_tries->count = 0;
    return;
  }
  ret_tries->boot = g_strdup (words[1]);
}

/* ---- waiting (invariant 4) ---- */

static gint64
get_whole_wait_ms (guint count)
{
  gint64 wait_ms = SOBAN_PIN_WAIT_MS;

  if (count < SOBAN_PIN_TRIES_FREE)
    return 0;
  for (guint i = SOBAN_PIN_TRIES_FREE; i < count && wait_ms < SOBAN_PIN_WAIT_MS_MAX; i++)
    wait_ms *= 2;
  return MIN (wait_ms, SOBAN_PIN_WAIT_MS_MAX);
}

static gint64
get_wait_ms (SobanStore *store, const Tries *tries)
{
  gint64 whole_ms = get_whole_wait_ms (tries->count), now_ms = soban_clock_boottime_ms (store->clock);
  g_autofree char *boot = whole_ms > 0 ? soban_clock_boot_id () : NULL;
  gboolean same_boot = g_strcmp0 (boot, tries->boot) == 0 && now_ms >= tries->boottime_ms;

  return MAX (0, whole_ms - (same_boot ? now_ms - tries->boottime_ms : now_ms));
}

gint64
soban_store_get_pin_wait_ms (SobanStore *store)
{
  g_autofree char *text = soban_store_get_setting (store, SOBAN_SETTING_PIN_TRIES);
  g_auto (Tries) tries = { 0 };

  parse_tries (text, &tries);
  return get_wait_ms (store, &tries);
}

gboolean
soban_store_has_pin (SobanStore *store)
{
  g_autofree char *text = soban_store_get_setting (store, SOBAN_SETTING_PIN);

  return text != NULL;
}

/* ---- keys (invariants 1 and 6) ---- */

static gboolean
derive (const Seal *seal, const char *pin, guint8 *ret_key, GError **error)
{
  if (crypto_pwhash (ret_key, crypto_secretbox_KEYBYTES, pin, strlen (pin), seal->salt, seal->operations,
                     (gsize)seal->memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13)
      == 0)
    return TRUE;
  g_set_error_literal (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_LIMIT,
                       _("There is not enough memory free now. Close other programs, then try again."));
  return FALSE;
}

/* *ret_right FALSE: another PIN than the one that sealed it. */
static gboolean
open_seal (const char *text, const char *pin, gboolean *ret_right, guint8 *ret_key, GError **error)
{
  guint8 key[crypto_secretbox_KEYBYTES];
  Seal seal;

  if (!parse_seal (text, &seal, error) || !derive (&seal, pin, key, error))
    return FALSE;
  *ret_right = crypto_secretbox_open_easy (ret_key, seal.sealed, sizeof seal.sealed, seal.nonce, key) == 0;
  sodium_memzero (key, sizeof key);
  return TRUE;
}

/* (transfer full): the setting, with salt and nonce of its own. */
static char *
make_seal (SobanStore *store, const char *pin, const guint8 *store_key, GError **error)
{
  Seal seal = { .operations = SOBAN_PIN_OPERATIONS, .memory_kib = MEMORY_KIB };
  guint8 key[crypto_secretbox_KEYBYTES];

  soban_entropy_fill (store->entropy, seal.salt, sizeof seal.salt);
  soban_entropy_fill (store->entropy, seal.nonce, sizeof seal.nonce);
  if (!derive (&seal, pin, key, error))
    return NULL;
  crypto_secretbox_easy (seal.sealed, store_key, SOBAN_STORE_KEY_BYTES, seal.nonce, key);
  sodium_memzero (key, sizeof key);
  return format_seal (&seal);
}

/* ---- a try (invariant 3) ---- */

typedef struct {
  SobanPinTrial *trial;
  char *seal; /* (nullable): the setting that is tried */
  Tries before;
  char *tries; /* (nullable): the setting from now on */
} Try;

static void
try_clear (Try *try)
{
  g_free (try->seal);
  tries_clear (&try->before);
  g_free (try->tries);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Try, try_clear)

static void
set_tries (Try *try, const Tries *tries)
{
  g_free (try->tries);
  try->tries =
      tries->count == 0 ? NULL : g_strdup_printf ("%u %s %" G_GINT64_FORMAT, tries->count, tries->boot, tries->boottime_ms);
}

static gboolean
begin_try (SobanStore *store, gpointer data, GError **error)
{
  Try *try = data;
  g_autofree char *text = soban_store_get_setting (store, SOBAN_SETTING_PIN_TRIES);
  g_auto (Tries) tries = { 0 };

  if (!soban_settings_get (store, SOBAN_SETTING_PIN, &try->seal, error))
    return FALSE;
  if (!try->seal) {
    g_set_error_literal (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND, _("No PIN is set"));
    return FALSE;
  }
  parse_tries (text, &try->before);
  try->trial->wait_ms = get_wait_ms (store, &try->before);
  try->trial->answer = try->trial->wait_ms > 0 ? SOBAN_PIN_WAIT : SOBAN_PIN_WRONG;
  if (try->trial->answer == SOBAN_PIN_WAIT)
    return TRUE;
  tries = (Tries){ try->before.count + 1, soban_clock_boot_id (), soban_clock_boottime_ms (store->clock) };
  set_tries (try, &tries);
  return soban_settings_set (store, SOBAN_SETTING_PIN_TRIES, try->tries, error);
}

static gboolean
keep_tries (SobanStore *store, gpointer data, GError **error)
{
  return soban_settings_set (store, SOBAN_SETTING_PIN_TRIES, ((Try *)data)->tries, error);
}

/* Invariant 7. */
static gboolean
write_tries (SobanStore *store, SobanStoreJob job, Try *try, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (soban_store_write (store, job, try, &local))
    return TRUE;
  if (!g_error_matches (local, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_FULL)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  soban_settings_remember (store, SOBAN_SETTING_PIN_TRIES, try->tries);
  return TRUE;
}

/* As soban_store_try_pin(), but that a right one is not forgiven yet. */
static gboolean
try_pin (SobanStore *store, const char *pin, Try *try, guint8 *ret_key, GError **error)
{
  gboolean right;

  if (sodium_init () < 0)
    g_error ("libsodium does not start");
  if (!write_tries (store, begin_try, try, error))
    return FALSE;
  if (try->trial->answer == SOBAN_PIN_WAIT)
    return TRUE;
  if (!open_seal (try->seal, pin, &right, ret_key, error)) {
    g_autoptr (GError) local = NULL;

    set_tries (try, &try->before);
    if (!write_tries (store, keep_tries, try, &local))
      g_message ("Taking a try of the PIN back: %s", local->message);
    return FALSE;
  }
  if (right)
    try->trial->answer = SOBAN_PIN_RIGHT;
  else
    try->trial->wait_ms = soban_store_get_pin_wait_ms (store);
  return TRUE;
}

static gboolean
forgive (SobanStore *store, Try *try, GError **error)
{
  g_clear_pointer (&try->tries, g_free);
  return write_tries (store, keep_tries, try, error);
}

gboolean
soban_store_try_pin (SobanStore *store, const char *pin, SobanPinTrial *ret_trial, guint8 *ret_key, GError **error)
{
  g_auto (Try) try = { .trial = ret_trial };
  guint8 key[SOBAN_STORE_KEY_BYTES] = { 0 };
  gboolean done;

  done = try_pin (store, pin, &try, key, error)
         && (ret_trial->answer != SOBAN_PIN_RIGHT || forgive (store, &try, error));
  if (ret_key)
    memcpy (ret_key, key, sizeof key);
  sodium_memzero (key, sizeof key);
  if (!done)
    g_prefix_error (error, _("Trying the PIN: "));
  return done;
}

/* ---- setting, changing, taking away (invariant 2) ---- */

typedef struct {
  const char *before, *after; /* (nullable): the setting */
} Change;

static gboolean
write_change (SobanStore *store, gpointer data, GError **error)
{
  const Change *change = data;
  g_autofree char *present = NULL;

  if (!soban_settings_get (store, SOBAN_SETTING_PIN, &present, error))
    return FALSE;
  if (g_strcmp0 (present, change->before) != 0) {
    g_set_error_literal (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, _("Another PIN was set meanwhile"));
    return FALSE;
  }
  return soban_settings_set (store, SOBAN_SETTING_PIN, change->after, error)
         && soban_settings_set (store, SOBAN_SETTING_PIN_TRIES, NULL, error);
}

static gboolean
set_pin (SobanStore *store, const char *old, const char *pin, SobanPinTrial *ret_trial, GError **error)
{
  g_auto (Try) try = { .trial = ret_trial };
  g_autofree char *after = NULL;
  guint8 key[SOBAN_STORE_KEY_BYTES];

  soban_entropy_fill (store->entropy, key, sizeof key);
  if (old && !try_pin (store, old, &try, key, error))
    return FALSE;
  if (ret_trial->answer != SOBAN_PIN_RIGHT)
    return TRUE;
  after = pin ? make_seal (store, pin, key, error) : NULL;
  sodium_memzero (key, sizeof key);
  if (pin && !after)
    return FALSE;
  return soban_store_write (store, write_change, &(Change){ try.seal, after }, error);
}

gboolean
soban_store_set_pin (SobanStore *store, const char *old, const char *pin, SobanPinTrial *ret_trial, GError **error)
{
  *ret_trial = (SobanPinTrial){ SOBAN_PIN_RIGHT, 0 };
  if (pin && !soban_pin_is_valid (pin)) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, _("A PIN has %d to %d digits"), SOBAN_PIN_DIGITS_MIN,
                 SOBAN_PIN_DIGITS_MAX);
    return FALSE;
  }
  if (set_pin (store, old, pin, ret_trial, error))
    return TRUE;
  g_prefix_error (error, _("Setting the PIN: "));
  return FALSE;
}

gboolean
soban_pin_forget (SobanStore *store, GError **error)
{
  return soban_settings_set (store, SOBAN_SETTING_PIN, NULL, error)
         && soban_settings_set (store, SOBAN_SETTING_PIN_TRIES, NULL, error);
}

static gboolean
forget (SobanStore *store, gpointer data, GError **error)
{
  return soban_pin_forget (store, error);
}

gboolean
soban_store_forget_pin (SobanStore *store, GError **error)
{
  return soban_store_write (store, forget, NULL, error);
}
