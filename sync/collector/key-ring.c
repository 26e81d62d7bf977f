/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "key-ring.h"

#include <sodium.h>
#include <string.h>

#include "base/error.h"

/* On disk: never renamed. */
#define OWN_SEED_KEY "signing-seed"
#define DEVICE_KEY "device-key %u"
#define EXCHANGE_KEY "exchange-key %s"
#define GENERATION_KEY "exchange-keys-generation"
/* Three bytes on the wire. */
#define GENERATION_MAX ((1 << 21) - 1)

G_STATIC_ASSERT (SOBAN_KEY_SEED_BYTES == SOBAN_EXCHANGE_KEY_BYTES);

/* *ret_found FALSE: there is none under @name. */
static gboolean
read_key (SobanCollectorStore *store, const char *name, gboolean *ret_found, guint8 *ret_key, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);
  g_autoptr (SobanRows) rows = soban_database_query (database, error, "SELECT value FROM setting WHERE key = ?1", "t", name);
  int stepped = rows != NULL ? soban_rows_step (rows, error) : -1;

  *ret_found = stepped == 1;
  if (stepped != 1)
    return stepped == 0;
  if (soban_key_parse (soban_rows_get_text (rows, 0), SOBAN_EXCHANGE_KEY_BYTES, ret_key))
    return TRUE;
  g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT, "the setting “%s” is no key", name);
  return FALSE;
}

/* Another collector of the same database may have been first: what stands there stands. */
static gboolean
add_key (SobanCollectorStore *store, const char *name, const guint8 *key, GError **error)
{
  g_autofree char *text = soban_key_format (key, SOBAN_EXCHANGE_KEY_BYTES);
  gboolean added = soban_database_run (soban_collector_store_get_database (store), error,
                                       "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING", "tt", name, text);

  sodium_memzero (text, strlen (text));
  return added;
}

/* The key under @name; drawn when there is none. */
static gboolean
ensure_key (SobanCollectorStore *store, const char *name, guint8 *ret_key, GError **error)
{
  guint8 drawn[SOBAN_EXCHANGE_KEY_BYTES];
  gboolean found;

  if (!read_key (store, name, &found, ret_key, error))
    return FALSE;
  if (found)
    return TRUE;
  soban_entropy_fill (soban_entropy_system (), drawn, sizeof drawn);
  if (!add_key (store, name, drawn, error) || !read_key (store, name, &found, ret_key, error))
    return FALSE;
  sodium_memzero (drawn, sizeof drawn);
  if (!found)
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT, "the setting “%s” was not kept", name);
  return found;
}

gboolean
soban_key_ring_get_own (SobanCollectorStore *store, SobanSigningKeys *ret_keys, GError **error)
{
  guint8 seed[SOBAN_KEY_SEED_BYTES];

  if (!ensure_key (store, OWN_SEED_KEY, seed, error))
    return FALSE;
  soban_signing_keys_from_seed (seed, ret_keys);
  sodium_memzero (seed, sizeof seed);
  return TRUE;
}

gboolean
soban_key_ring_note_device (SobanCollectorStore *store, guint32 device, const guint8 *public_key, GError **error)
{
  g_autofree char *name = g_strdup_printf (DEVICE_KEY, device);
  g_autofree char *text = NULL;
  guint8 known[SOBAN_PUBLIC_KEY_BYTES];
  gboolean found;

  if (!read_key (store, name, &found, known, error))
    return FALSE;
  if (found && memcmp (known, public_key, sizeof known) == 0)
    return TRUE;
  text = soban_key_format (public_key, SOBAN_PUBLIC_KEY_BYTES);
  return soban_collector_store_put_setting (store, name, text, error);
}

gboolean
soban_key_ring_find_device (SobanCollectorStore *store, guint32 device, gboolean *ret_known, guint8 *ret_public_key, GError **error)
{
  g_autofree char *name = g_strdup_printf (DEVICE_KEY, device);

  return read_key (store, name, ret_known, ret_public_key, error);
}

gboolean
soban_key_ring_prepare_scopes (SobanCollectorStore *store, const GPtrArray *scopes, GError **error)
{
  for (guint i = 0; i < scopes->len; i++) {
    g_autofree char *name = g_strdup_printf (EXCHANGE_KEY, (const char *) g_ptr_array_index (scopes, i));
    guint8 key[SOBAN_EXCHANGE_KEY_BYTES];

    if (!ensure_key (store, name, key, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
soban_key_ring_get_generation (SobanCollectorStore *store, guint32 *ret_generation, GError **error)
{
  gint64 generation;

  if (!soban_database_get_integer (soban_collector_store_get_database (store), error, 0, &generation,
                                   "SELECT CAST (value AS INTEGER) FROM setting WHERE key = ?1", "t", GENERATION_KEY))
    return FALSE;
  *ret_generation = (guint32) generation;
  return TRUE;
}

/* Not the next number: a store that was set back would give the same one to other keys. */
static gboolean
renew_generation (SobanCollectorStore *store, GError **error)
{
  guint8 drawn[sizeof (guint32)];
  g_autofree char *text = NULL;

  soban_entropy_fill (soban_entropy_system (), drawn, sizeof drawn);
  text = g_strdup_printf ("%u", 1 + (drawn[0] | (guint) drawn[1] << 8 | (guint) drawn[2] << 16) % GENERATION_MAX);
  return soban_collector_store_put_setting (store, GENERATION_KEY, text, error);
}

SobanKeys *
soban_key_ring_list (SobanCollectorStore *store, const GPtrArray *scopes, GError **error)
{
  g_autoptr (SobanKeys) keys = soban_keys_new ();
  g_auto (SobanSigningKeys) own = { 0 };
  guint8 seed[SOBAN_KEY_SEED_BYTES];
  gboolean found;

  if (!read_key (store, OWN_SEED_KEY, &found, seed, error))
    return NULL;
  if (!found) {
    g_set_error_literal (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND, "the collector has no keys yet");
    return NULL;
  }
  if (!soban_key_ring_get_generation (store, &keys->generation, error))
    return NULL;
  soban_signing_keys_from_seed (seed, &own);
  sodium_memzero (seed, sizeof seed);
  memcpy (keys->public_key, own.public_key, SOBAN_PUBLIC_KEY_BYTES);
  for (guint i = 0; i < scopes->len; i++) {
    const char *scope = g_ptr_array_index (scopes, i);
    g_autofree char *name = g_strdup_printf (EXCHANGE_KEY, scope);
    guint8 key[SOBAN_EXCHANGE_KEY_BYTES];

    if (!read_key (store, name, &found, key, error))
      return NULL;
    if (found)
      soban_keys_add (keys, scope, key);
  }
  return g_steal_pointer (&keys);
}

SobanKeys *
soban_key_ring_make (SobanCollectorStore *store, const GPtrArray *scopes, GError **error)
{
  g_auto (SobanSigningKeys) own = { 0 };

  if (!soban_key_ring_get_own (store, &own, error) || !soban_key_ring_prepare_scopes (store, scopes, error))
    return NULL;
  return soban_key_ring_list (store, scopes, error);
}

gboolean
soban_key_ring_forget_scopes (SobanCollectorStore *store, const GPtrArray *scopes, GError **error)
{
  for (guint i = 0; i < scopes->len; i++) {
    g_autofree char *name = g_strdup_printf (EXCHANGE_KEY, (const char *) g_ptr_array_index (scopes, i));

    if (!soban_database_run (soban_collector_store_get_database (store), error, "DELETE FROM setting WHERE key = ?1", "t", name))
      return FALSE;
  }
  return renew_generation (store, error);
}
