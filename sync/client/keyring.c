/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SOBAN_SETTING_COLLECTOR_PUBLIC_KEY is the key in base64, SOBAN_SETTING_EXCHANGE_KEYS is "scope=base64" for each scope, separated by blanks.
 * What is not of that form counts as not there: the next sync asks for it.
 */
#include "client/keyring.h"

#include <string.h>

#include "store/settings.h"

static gboolean
read_key (const char *text, guint8 *ret_key, gsize length)
{
  gsize decoded_length = 0;
  g_autofree guchar *decoded = text != NULL && text[0] != '\0' ? g_base64_decode (text, &decoded_length) : NULL;

  if (decoded == NULL || decoded_length != length)
    return FALSE;
  memcpy (ret_key, decoded, length);
  return TRUE;
}

SobanKeys *
soban_keyring_load (SobanStore *store)
{
  g_autofree char *public_key = soban_store_get_setting (store, SOBAN_SETTING_COLLECTOR_PUBLIC_KEY);
  g_autofree char *exchange_keys = soban_store_get_setting (store, SOBAN_SETTING_EXCHANGE_KEYS);
  g_auto (GStrv) words = g_strsplit (exchange_keys != NULL ? exchange_keys : "", " ", -1);
  g_autoptr (SobanKeys) keys = soban_keys_new ();

  if (!read_key (public_key, keys->public_key, sizeof keys->public_key))
    return NULL;
  for (guint i = 0; words[i] != NULL; i++) {
    char *sign = strchr (words[i], '=');
    guint8 key[SOBAN_EXCHANGE_KEY_BYTES];

    if (sign == NULL || !read_key (sign + 1, key, sizeof key))
      continue;
    *sign = '\0';
    soban_keys_add (keys, words[i], key);
  }
  return g_steal_pointer (&keys);
}

gboolean
soban_keyring_keep (SobanStore *store, const SobanKeys *keys, GError **error)
{
  g_autofree char *public_key = g_base64_encode (keys->public_key, sizeof keys->public_key);
  g_autoptr (GString) exchange_keys = g_string_new (NULL);

  for (guint i = 0; i < keys->exchange_keys->len; i++) {
    const SobanExchangeKey *key = g_ptr_array_index (keys->exchange_keys, i);
    g_autofree char *text = g_base64_encode (key->key, sizeof key->key);

    g_string_append_printf (exchange_keys, "%s%s=%s", i > 0 ? " " : "", key->scope, text);
  }
  return soban_store_set_setting (store, SOBAN_SETTING_EXCHANGE_KEYS, exchange_keys->str, error)
         && soban_store_set_setting (store, SOBAN_SETTING_COLLECTOR_PUBLIC_KEY, public_key, error);
}

static gboolean
has_scope (const SobanKeys *keys, const char *scope)
{
  for (guint i = 0; i < keys->exchange_keys->len; i++) {
    const SobanExchangeKey *key = g_ptr_array_index (keys->exchange_keys, i);

    if (g_str_equal (key->scope, scope))
      return TRUE;
  }
  return FALSE;
}

gboolean
soban_keyring_is_whole (SobanStore *store, const GPtrArray *cursors)
{
  g_autoptr (SobanKeys) keys = soban_keyring_load (store);

  for (guint i = 0; keys != NULL && i < cursors->len; i++) {
    const SobanCursor *cursor = g_ptr_array_index (cursors, i);

    if (!has_scope (keys, cursor->scope))
      return FALSE;
  }
  return keys != NULL;
}
