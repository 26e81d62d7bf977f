/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "client/bundle-owner.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "store/settings.h"

gboolean
soban_bundle_owner_load (SobanBundleOwner *owner, SobanStore *store, GError **error)
{
  g_autofree char *token = soban_store_get_setting (store, SOBAN_SETTING_TOKEN);

  if (!soban_store_get_identity (store, &owner->identity, error))
    return FALSE;
  if (owner->identity.device == 0 || token == NULL) {
    g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_NOT_ENROLLED, _("the device is not enrolled"));
    return FALSE;
  }
  soban_signing_keys_from_token (token, &owner->keys);
  owner->ring = soban_keyring_load (store);
  if (owner->ring == NULL)
    g_set_error_literal (error, SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_NO_KEYS,
                         _("this tablet has not met its server since it was registered"));
  return owner->ring != NULL;
}

void
soban_bundle_owner_clear (SobanBundleOwner *owner)
{
  soban_signing_keys_clear (&owner->keys);
  g_clear_pointer (&owner->ring, soban_keys_free);
}
