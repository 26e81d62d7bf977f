/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/language.h"
#include "base/number-text.h"
#include "command.h"
#include "devices.h"

static const char *
word_state (const SobanDevice *device)
{
  if (device->revoked_ms != 0)
    return _ ("revoked");
  return device->waiting ? _ ("code not used yet") : _ ("enrolled");
}

static int
list_devices (SobanCollectorStore *store, GError **error)
{
  g_autoptr (GPtrArray) devices = soban_devices_list (store, error);

  if (devices == NULL)
    return SOBAN_EXIT_FAILED;
  if (devices->len == 0)
    g_print ("%s\n", _ ("No tablet is enrolled yet."));
  for (guint i = 0; i < devices->len; i++) {
    const SobanDevice *device = g_ptr_array_index (devices, i);
    g_autofree char *synced = device->synced_ms != 0 ? soban_time_text (device->synced_ms, soban_language_get ()) : g_strdup (_ ("never"));

    g_print (_ ("%u\t%s\t%s\t%s\tlast sync: %s\tcommunes: %u\n"), device->number, device->name, device->role, word_state (device), synced,
             device->scopes->len);
  }
  return SOBAN_EXIT_OK;
}

static int
revoke_device (SobanCollectorStore *store, const char *text, GError **error)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT32, &number, NULL)) {
    soban_command_fail_usage (error, _ ("“%s” is no tablet's number."), text);
    return SOBAN_EXIT_USAGE;
  }
  if (!soban_collector_store_begin (store, error))
    return SOBAN_EXIT_FAILED;
  if (!soban_devices_revoke (store, number, error)) {
    soban_collector_store_roll_back (store);
    return SOBAN_EXIT_FAILED;
  }
  if (!soban_collector_store_commit (store, error))
    return SOBAN_EXIT_FAILED;
  g_print (_ ("Tablet %u is revoked: it can no longer send or receive. What it sent stays.\n"), (guint) number);
  return SOBAN_EXIT_OK;
}

int
soban_command_device (int argc, char **argv, GError **error)
{
  g_auto (SobanCommandPlace) place = { 0 };
  g_autoptr (SobanCollectorFolder) folder = NULL;
  g_autoptr (SobanCollectorStore) store = NULL;
  gboolean list, revoke;

  if (!soban_command_parse (&argc, &argv, "list | revoke NUMBER", _ ("Lists the tablets or revokes one."), NULL, &place, error))
    return SOBAN_EXIT_USAGE;
  list = argc == 2 && strcmp (argv[1], "list") == 0;
  revoke = argc == 3 && strcmp (argv[1], "revoke") == 0;
  if (!list && !revoke) {
    soban_command_fail_usage (error, _ ("Say: device list, or device revoke NUMBER."));
    return SOBAN_EXIT_USAGE;
  }
  folder = soban_command_load_folder (&place, error);
  if (folder == NULL || (store = soban_command_open_store (folder, error)) == NULL)
    return SOBAN_EXIT_FAILED;
  return list ? list_devices (store, error) : revoke_device (store, argv[2], error);
}
