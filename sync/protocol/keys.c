/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The KEYS body (sync/README.md 4.11), and the same keys as text (6.1). */
#include "protocol/message.h"

#include <sodium.h>
#include <string.h>

#include "base/limits.h"
#include "protocol/body.h"

static void
free_exchange_key (gpointer data)
{
  SobanExchangeKey *item = data;

  sodium_memzero (item->key, sizeof item->key);
  g_free (item->scope);
  g_free (item);
}

SobanKeys *
soban_keys_new (void)
{
  SobanKeys *keys = g_new0 (SobanKeys, 1);

  keys->exchange_keys = g_ptr_array_new_with_free_func (free_exchange_key);
  return keys;
}

void
soban_keys_free (SobanKeys *keys)
{
  if (keys == NULL)
    return;
  g_ptr_array_unref (keys->exchange_keys);
  g_free (keys);
}

void
soban_keys_add (SobanKeys *keys, const char *scope, const guint8 *exchange_key)
{
  SobanExchangeKey *item = g_new0 (SobanExchangeKey, 1);

  item->scope = g_strdup (scope);
  memcpy (item->key, exchange_key, sizeof item->key);
  g_ptr_array_add (keys->exchange_keys, item);
}

void
soban_keys_encode (const SobanKeys *keys, GByteArray *body)
{
  g_assert (keys->exchange_keys->len <= SOBAN_SCOPES_PER_DEVICE_MAX);
  g_byte_array_append (body, keys->public_key, sizeof keys->public_key);
  soban_write_varint (body, keys->exchange_keys->len);
  for (guint i = 0; i < keys->exchange_keys->len; i++) {
    const SobanExchangeKey *item = g_ptr_array_index (keys->exchange_keys, i);

    soban_write_text (body, item->scope);
    g_byte_array_append (body, item->key, sizeof item->key);
  }
  if (keys->generation != 0)
    soban_write_varint (body, keys->generation);
}

SobanKeys *
soban_keys_decode (GBytes *body, GError **error)
{
  g_autoptr (SobanKeys) keys = soban_keys_new ();
  g_autoptr (GHashTable) scopes = g_hash_table_new (g_str_hash, g_str_equal);
  SobanReader reader;
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);
  const guint8 *public_key;
  guint count;

  soban_reader_init (&reader, data, length);
  public_key = soban_reader_bytes (&reader, sizeof keys->public_key);
  if (public_key != NULL)
    memcpy (keys->public_key, public_key, sizeof keys->public_key);
  count = soban_reader_count (&reader, SOBAN_EXCHANGE_KEY_BYTES + 1, SOBAN_SCOPES_PER_DEVICE_MAX);
  for (guint i = 0; i < count && !reader.failed; i++) {
    g_autofree char *scope = soban_reader_text (&reader, SOBAN_SCOPE_BYTES_MAX);
    const guint8 *key = soban_reader_bytes (&reader, SOBAN_EXCHANGE_KEY_BYTES);
    const SobanExchangeKey *added;

    if (key == NULL)
      break;
    soban_keys_add (keys, scope, key);
    added = g_ptr_array_index (keys->exchange_keys, i);
    if (!g_hash_table_add (scopes, added->scope))
      reader.failed = TRUE;
  }
  if (!reader.failed && soban_reader_left (&reader) > 0)
    keys->generation = (guint32) soban_reader_varint (&reader);
  return soban_body_check (&reader, "KEYS", error) ? g_steal_pointer (&keys) : NULL;
}

char *
soban_keys_format_exchange (const SobanKeys *keys)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < keys->exchange_keys->len; i++) {
    const SobanExchangeKey *item = g_ptr_array_index (keys->exchange_keys, i);
    g_autofree char *key = g_base64_encode (item->key, sizeof item->key);

    g_string_append_printf (text, "%s%s=%s", i > 0 ? " " : "", item->scope, key);
  }
  return g_string_free (text, FALSE);
}

void
soban_keys_parse_exchange (SobanKeys *keys, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  for (guint i = 0; words[i] != NULL && keys->exchange_keys->len < SOBAN_SCOPES_PER_DEVICE_MAX; i++) {
    char *sign = strchr (words[i], '=');
    guint8 key[SOBAN_EXCHANGE_KEY_BYTES];

    if (sign == NULL || sign - words[i] > SOBAN_SCOPE_BYTES_MAX || !soban_keys_parse_one (sign + 1, key, sizeof key))
      continue;
    *sign = '\0';
    soban_keys_add (keys, words[i], key);
  }
}

gboolean
soban_keys_parse_one (const char *text, guint8 *ret_key, gsize length)
{
  gsize decoded_length = 0;
  g_autofree guchar *decoded = text != NULL && text[0] != '\0' ? g_base64_decode (text, &decoded_length) : NULL;

  if (decoded == NULL || decoded_length != length)
    return FALSE;
  memcpy (ret_key, decoded, length);
  return TRUE;
}
