/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "trouble/trouble-text.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"

static char *
store_text (const GError *error)
{
  switch ((SobanStoreError)error->code) {
  case SOBAN_STORE_ERROR_BUSY:
    return g_strdup (_("Another program is using the ledger. Close it: the ledger then opens by itself. Nothing is lost."));
  case SOBAN_STORE_ERROR_FULL:
    return g_strdup (_("There is no room left on this tablet. Delete photos or files you do not need, then try again. "
                        "Nothing is lost."));
  case SOBAN_STORE_ERROR_CORRUPT:
    return g_strdup (_("The ledger's file is damaged. It was left as it is. Do not delete it: take the tablet to the "
                        "commune office, where it can be restored."));
  case SOBAN_STORE_ERROR_TOO_NEW:
    return g_strdup (
        _("The ledger was written by a newer version of this program. Install the newer version. Nothing is lost."));
  case SOBAN_STORE_ERROR_IO:
    return g_strdup (_("The ledger's folder cannot be read or written. Restart the tablet, then try again."));
  case SOBAN_STORE_ERROR_SENSITIVE:
    return g_strdup (_("This answer is too personal to be kept on this tablet. Take it out, then try again."));
  case SOBAN_STORE_ERROR_CONSTRAINT:
  case SOBAN_STORE_ERROR_NOT_FOUND:
  case SOBAN_STORE_ERROR_LIMIT:
    break;
  }
  return g_strdup_printf (_("This did not work: %s"), error->message);
}

char *
soban_trouble_text (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  if (error->domain == SOBAN_STORE_ERROR) {
    return store_text (error);
  }
  if (error->domain == SOBAN_FORM_ERROR) {
    return g_strdup_printf (_("This form cannot be opened. Tell the commune office: %s"), error->message);
  }
  return g_strdup_printf (_("This did not work: %s"), error->message);
}

const char *
soban_trouble_title (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  if (g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_BUSY)) {
    return _("The ledger is in use");
  }
  if (g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_FULL)) {
    return _("No room left");
  }
  if (g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT)) {
    return _("The ledger is damaged");
  }
  if (g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_TOO_NEW)) {
    return _("A newer version is needed");
  }
  return _("The ledger does not open");
}
