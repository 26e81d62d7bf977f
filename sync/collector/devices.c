/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "devices.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "key-ring.h"
#include "token.h"

#define DEVICE_COLUMNS \
  "number, name, role, home_scope, token_hash IS NULL AND revoked_ms IS NULL, created_ms, revoked_ms, synced_ms, program, clock_error_ms, kept_days"

void
soban_device_free (SobanDevice *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->role);
  g_free (self->home_scope);
  g_free (self->program);
  g_ptr_array_unref (self->scopes);
  g_ptr_array_unref (self->former_scopes);
  g_free (self);
}

gboolean
soban_device_role_is_known (const char *role)
{
  static const char *const roles[] = { "member", "keeper", "officer", NULL };

  return g_strv_contains (roles, role);
}

/* Bundles of the device can be checked from now on, though the token itself is not kept (sync/README.md 10.1). */
static gboolean
note_key (SobanCollectorStore *store, guint32 number, const char *token, GError **error)
{
  g_auto (SobanSigningKeys) keys = { 0 };

  soban_signing_keys_from_token (token, &keys);
  return soban_key_ring_note_device (store, number, keys.public_key, error);
}

gboolean
soban_devices_add (SobanCollectorStore *store, const char *name, const char *role, const GPtrArray *scopes, const char *token,
                   guint32 *ret_number, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);
  guint8 hash[SOBAN_TOKEN_HASH_BYTES];
  gint64 number;

  g_return_val_if_fail (scopes->len > 0, FALSE);
  if (token != NULL)
    soban_token_hash (token, hash);
  if (!soban_database_get_integer (database, error, 0, &number,
        "INSERT INTO device (name, role, home_scope, token_hash, created_ms) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING number", "tttbi", name, role,
        g_ptr_array_index (scopes, 0), token != NULL ? hash : NULL, (gsize) SOBAN_TOKEN_HASH_BYTES, soban_collector_store_now (store)))
    return FALSE;
  for (guint i = 0; i < scopes->len; i++) {
    if (!soban_database_run (database, error, "INSERT INTO device_scope (device, scope) VALUES (?1, ?2) ON CONFLICT DO NOTHING", "it",
                             number, g_ptr_array_index (scopes, i)))
      return FALSE;
  }
  *ret_number = (guint32) number;
  return token == NULL || note_key (store, *ret_number, token, error);
}

gboolean
soban_devices_set_kept_days (SobanCollectorStore *store, guint32 number, guint days, GError **error)
{
  return soban_database_run (soban_collector_store_get_database (store), error, "UPDATE device SET kept_days = ?2 WHERE number = ?1", "ii",
                             (gint64) number, (gint64) days);
}

gboolean
soban_devices_add_code (SobanCollectorStore *store, guint32 device, const char *secret, gint64 expires_ms, GError **error)
{
  guint8 hash[SOBAN_TOKEN_HASH_BYTES];

  soban_token_hash (secret, hash);
  return soban_database_run (soban_collector_store_get_database (store), error,
                             "INSERT INTO enrolment_code (secret_hash, device, expires_ms) VALUES (?1, ?2, ?3)", "bii", hash,
                             sizeof hash, (gint64) device, expires_ms);
}

static gboolean
load_scopes (SobanDatabase *database, SobanDevice *device, GError **error)
{
  g_autoptr (SobanRows) query = soban_database_query (database, error,
    "SELECT scope, dropped_ms IS NOT NULL FROM device_scope WHERE device = ?1 ORDER BY scope", "i", (gint64) device->number);
  int stepped;

  if (query == NULL)
    return FALSE;
  while ((stepped = soban_rows_step (query, error)) == 1)
    g_ptr_array_add (soban_rows_get_int (query, 1) != 0 ? device->former_scopes : device->scopes, g_strdup (soban_rows_get_text (query, 0)));
  return stepped == 0;
}

static SobanDevice *
read_device (SobanRows *query)
{
  SobanDevice *device = g_new0 (SobanDevice, 1);

  device->number = (guint32) soban_rows_get_int (query, 0);
  device->name = g_strdup (soban_rows_get_text (query, 1));
  device->role = g_strdup (soban_rows_get_text (query, 2));
  device->home_scope = g_strdup (soban_rows_get_text (query, 3));
  device->waiting = soban_rows_get_int (query, 4) != 0;
  device->created_ms = soban_rows_get_int (query, 5);
  device->revoked_ms = soban_rows_get_int (query, 6);
  device->synced_ms = soban_rows_get_int (query, 7);
  device->program = g_strdup (soban_rows_get_text (query, 8));
  device->clock_error_ms = soban_rows_get_int (query, 9);
  device->kept_days = (guint) soban_rows_get_int (query, 10);
  device->scopes = g_ptr_array_new_with_free_func (g_free);
  device->former_scopes = g_ptr_array_new_with_free_func (g_free);
  return device;
}

SobanDevice *
soban_devices_find_by_token (SobanCollectorStore *store, const char *token, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);
  g_autoptr (SobanDevice) device = NULL;
  g_auto (SobanSigningKeys) keys = { 0 };
  guint8 hash[SOBAN_TOKEN_HASH_BYTES];

  soban_token_hash (token, hash);
  {
    g_autoptr (SobanRows) query = soban_database_query (database, error,
      "SELECT " DEVICE_COLUMNS " FROM device WHERE token_hash = ?1 AND revoked_ms IS NULL", "b", hash, sizeof hash);

    if (query == NULL || soban_rows_step (query, error) != 1)
      return NULL;
    device = read_device (query);
  }
  soban_signing_keys_from_token (token, &keys);
  memcpy (device->public_key, keys.public_key, sizeof device->public_key);
  return load_scopes (database, device, error) ? g_steal_pointer (&device) : NULL;
}

GPtrArray *
soban_devices_list (SobanCollectorStore *store, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);
  g_autoptr (GPtrArray) devices = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_device_free);
  g_autoptr (SobanRows) query = soban_database_query (database, error, "SELECT " DEVICE_COLUMNS " FROM device ORDER BY number", "");
  int stepped;

  if (query == NULL)
    return NULL;
  while ((stepped = soban_rows_step (query, error)) == 1) {
    g_ptr_array_add (devices, read_device (query));
    if (!load_scopes (database, g_ptr_array_index (devices, devices->len - 1), error))
      return NULL;
  }
  return stepped == 0 ? g_steal_pointer (&devices) : NULL;
}

SobanDevice *
soban_devices_find (SobanCollectorStore *store, guint32 number, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);
  g_autoptr (SobanDevice) device = NULL;
  gboolean known;

  {
    g_autoptr (SobanRows) query = soban_database_query (database, error, "SELECT " DEVICE_COLUMNS " FROM device WHERE number = ?1",
                                                        "i", (gint64) number);

    if (query == NULL || soban_rows_step (query, error) != 1)
      return NULL;
    device = read_device (query);
  }
  if (!load_scopes (database, device, error) || !soban_key_ring_find_device (store, number, &known, device->public_key, error))
    return NULL;
  return g_steal_pointer (&device);
}

gboolean
soban_devices_use_code (SobanCollectorStore *store, const char *secret, const char *token, SobanDevice **ret_device, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);
  guint8 secret_hash[SOBAN_TOKEN_HASH_BYTES], token_hash[SOBAN_TOKEN_HASH_BYTES];
  gint64 number;

  *ret_device = NULL;
  soban_token_hash (secret, secret_hash);
  soban_token_hash (token, token_hash);
  /* Of two collectors that are told it at once, only one can take it away. */
  if (!soban_database_get_integer (database, error, 0, &number,
        "DELETE FROM enrolment_code WHERE secret_hash = ?1 AND expires_ms > ?2"
        " AND device IN (SELECT number FROM device WHERE revoked_ms IS NULL) RETURNING device",
        "bi", secret_hash, sizeof secret_hash, soban_collector_store_now (store)))
    return FALSE;
  if (number == 0)
    return TRUE;
  if (!soban_database_run (database, error, "DELETE FROM enrolment_code WHERE device = ?1", "i", number)
      || !soban_database_run (database, error, "UPDATE device SET token_hash = ?2 WHERE number = ?1", "ib", number, token_hash,
                              sizeof token_hash)
      || !note_key (store, (guint32) number, token, error))
    return FALSE;
  *ret_device = soban_devices_find (store, (guint32) number, error);
  return *ret_device != NULL;
}

gboolean
soban_devices_revoke (SobanCollectorStore *store, guint32 number, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);
  g_autoptr (SobanDevice) device = soban_devices_find (store, number, error);

  if (device == NULL) {
    if (error == NULL || *error == NULL)
      g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND, _ ("There is no device %u."), number);
    return FALSE;
  }
  if (device->revoked_ms != 0) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, _ ("Tablet %u is revoked already. Nothing was changed."), number);
    return FALSE;
  }
  return soban_database_run (database, error, "DELETE FROM enrolment_code WHERE device = ?1", "i", (gint64) number)
         && soban_database_run (database, error,
                                "UPDATE device SET token_hash = NULL, revoked_ms = ?2 WHERE number = ?1", "ii",
                                (gint64) number, soban_collector_store_now (store))
         && soban_key_ring_forget_scopes (store, device->scopes, error);
}

gboolean
soban_devices_mark_synced (SobanCollectorStore *store, guint32 number, const char *program, const gint64 *clock_error_ms,
                           gboolean *ret_enrolled, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);

  if (!soban_database_run (database, error,
                           "UPDATE device SET synced_ms = ?2, program = ?3, clock_error_ms = CASE ?4 WHEN 1 THEN ?5 ELSE clock_error_ms END"
                           " WHERE number = ?1 AND revoked_ms IS NULL",
                           "iitii", (gint64) number, soban_collector_store_now (store), program, (gint64) (clock_error_ms != NULL),
                           clock_error_ms != NULL ? *clock_error_ms : 0))
    return FALSE;
  *ret_enrolled = soban_database_count_changed (database) == 1;
  return TRUE;
}
