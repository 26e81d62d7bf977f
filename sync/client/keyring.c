/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SOBAN_SETTING_COLLECTOR_PUBLIC_KEY is the key in base64, SOBAN_SETTING_EXCHANGE_KEYS are the scopes' as in sync/README.md 6.1;
 * SOBAN_SETTING_KEYS_ORIGIN is "own public key, in hexadecimal digits" of the enrolment that they were given to, the wall clock then, in ms,
 * and their generation (sync/README.md 4.11), which may be left out.
 * What is not of that form counts as not there: the next sync asks for it.
 */
#include "client/keyring.h"

#include <string.h>

#include "protocol/signing-keys.h"
#include "store/settings.h"

#define AGE_MS_MAX ((gint64) 24 * 60 * 60 * 1000)

/* (nullable) (transfer full): what tells this enrolment from another one. */
static char *
name_enrolment (SobanStore *store)
{
  g_autofree char *token = soban_store_get_setting (store, SOBAN_SETTING_TOKEN);
  g_auto (SobanSigningKeys) own = { 0 };

  if (token == NULL)
    return NULL;
  soban_signing_keys_from_token (token, &own);
  return soban_key_format (own.public_key, SOBAN_PUBLIC_KEY_BYTES);
}

/* FALSE when the keys were given to another enrolment. */
static gboolean
read_origin (SobanStore *store, gint64 *ret_kept_ms, guint32 *ret_generation)
{
  g_autofree char *origin = soban_store_get_setting (store, SOBAN_SETTING_KEYS_ORIGIN);
  g_autofree char *enrolment = name_enrolment (store);
  g_auto (GStrv) parts = g_strsplit (origin != NULL ? origin : "", " ", 3);

  if (enrolment == NULL || g_strv_length (parts) < 2 || !g_str_equal (parts[0], enrolment))
    return FALSE;
  *ret_kept_ms = g_ascii_strtoll (parts[1], NULL, 10);
  *ret_generation = parts[2] != NULL ? (guint32) g_ascii_strtoull (parts[2], NULL, 10) : 0;
  return TRUE;
}

/* A clock that went back says nothing of their age either. */
static gboolean
is_fresh (gint64 kept_ms)
{
  gint64 age_ms = soban_clock_wall_ms (soban_clock_system ()) - kept_ms;

  return age_ms >= 0 && age_ms < AGE_MS_MAX;
}

/* (nullable) (transfer full) */
static SobanKeys *
load (SobanStore *store, gint64 *ret_kept_ms)
{
  g_autofree char *public_key = soban_store_get_setting (store, SOBAN_SETTING_COLLECTOR_PUBLIC_KEY);
  g_autofree char *exchange_keys = soban_store_get_setting (store, SOBAN_SETTING_EXCHANGE_KEYS);
  g_autoptr (SobanKeys) keys = soban_keys_new ();

  if (!read_origin (store, ret_kept_ms, &keys->generation)
      || !soban_keys_parse_one (public_key, keys->public_key, sizeof keys->public_key))
    return NULL;
  soban_keys_parse_exchange (keys, exchange_keys != NULL ? exchange_keys : "");
  return g_steal_pointer (&keys);
}

SobanKeys *
soban_keyring_load (SobanStore *store)
{
  gint64 kept_ms;

  return load (store, &kept_ms);
}

gboolean
soban_keyring_keep (SobanStore *store, const SobanKeys *keys, GError **error)
{
  g_autofree char *public_key = g_base64_encode (keys->public_key, sizeof keys->public_key);
  g_autofree char *exchange_keys = soban_keys_format_exchange (keys);
  g_autofree char *enrolment = name_enrolment (store);
  g_autofree char *origin = NULL;

  if (enrolment == NULL)
    return TRUE;
  origin = g_strdup_printf ("%s %" G_GINT64_FORMAT " %u", enrolment, soban_clock_wall_ms (soban_clock_system ()), keys->generation);
  return soban_store_set_setting (store, SOBAN_SETTING_EXCHANGE_KEYS, exchange_keys, error)
         && soban_store_set_setting (store, SOBAN_SETTING_COLLECTOR_PUBLIC_KEY, public_key, error)
         && soban_store_set_setting (store, SOBAN_SETTING_KEYS_ORIGIN, origin, error);
}

const guint8 *
soban_keyring_find (const SobanKeys *keys, const char *scope)
{
  for (guint i = 0; i < keys->exchange_keys->len; i++) {
    const SobanExchangeKey *key = g_ptr_array_index (keys->exchange_keys, i);

    if (g_str_equal (key->scope, scope))
      return key->key;
  }
  return NULL;
}

/* @keys: (nullable) */
static gboolean
has_all (const SobanKeys *keys, const GPtrArray *cursors)
{
  for (guint i = 0; keys != NULL && i < cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (cursors, i);

    if (soban_keyring_find (keys, cursor->scope) == NULL)
      return FALSE;
  }
  return keys != NULL;
}

void
soban_keyring_tell (SobanStore *store, SobanHello *hello)
{
  gint64 kept_ms;
  g_autoptr (SobanKeys) keys = load (store, &kept_ms);

  if (!has_all (keys, hello->cursors) || !is_fresh (kept_ms))
    hello->flags |= SOBAN_HELLO_WANTS_KEYS;
  if (keys != NULL && keys->generation != 0) {
    hello->flags |= SOBAN_HELLO_TELLS_KEYS;
    hello->keys = keys->generation;
  }
}
