/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person is told when a sync did not complete: calm, what is safe first, what to do next (DESIGN 7). */
#include "config.h"

#include "client/session.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"

static const char *
get_sync_sentence (int code)
{
  switch ((SobanSyncError) code) {
  case SOBAN_SYNC_ERROR_OFFLINE:
    return _("The server cannot be reached now. Everything is safe on this tablet and will be sent when there is a network.");
  case SOBAN_SYNC_ERROR_TIMEOUT:
    return _("The network is very slow or was cut off. Everything is safe; what is left will be sent next time.");
  case SOBAN_SYNC_ERROR_REFUSED:
    return _("The server does not accept data from this tablet. Everything is safe here. Please tell the officer who looks after the tablets.");
  case SOBAN_SYNC_ERROR_AUTH:
    return _("The server does not know this tablet any more. Everything is safe here. Please ask the officer to register the tablet again.");
  case SOBAN_SYNC_ERROR_KEY:
    return _("Something else answered in place of the server, so nothing was sent. If this network asks you to sign in, do so and send again; otherwise please tell the officer.");
  case SOBAN_SYNC_ERROR_PROTOCOL:
    return _("The server and this tablet do not understand each other. Everything is safe here. Please ask the officer whether the program needs an update.");
  case SOBAN_SYNC_ERROR_TOO_LARGE:
    return _("This is more than the server takes at once. Everything is safe here. Please tell the officer.");
  case SOBAN_SYNC_ERROR_SERVER:
    return _("The server is having trouble. Everything is safe on this tablet and will be sent again later.");
  case SOBAN_SYNC_ERROR_CANCELLED:
    return _("Stopped. What was sent and received so far is kept.");
  case SOBAN_SYNC_ERROR_NOT_ENROLLED:
    return _("This tablet is not registered with a server yet. Everything is kept on this tablet.");
  }
  return NULL;
}

char *
soban_sync_error_sentence (const GError *error)
{
  const char *sentence = NULL;

  if (error->domain == SOBAN_SYNC_ERROR)
    sentence = get_sync_sentence (error->code);
  else if (g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_FULL))
    sentence = _("This tablet has no room left. Nothing is lost. Please make room, then send again.");
  else if (g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_BUSY))
    sentence = _("Another program is using the data of this tablet. Please try again in a moment.");
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    sentence = _("A part of this program is missing, so nothing can be sent. Everything is safe on this tablet. Please tell the officer that the program must be installed again.");
  if (sentence == NULL)
    sentence = _("Sending stopped before it was done. Everything is safe on this tablet. Please try again; if this comes back, tell the officer.");
  return g_strdup (sentence);
}

char *
soban_enrol_error_sentence (const GError *error)
{
  if (g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_KEY))
    return g_strdup (_("The code and the address do not belong together. Please check both. Nothing was sent."));
  if (g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED))
    return g_strdup (_("This code or file is not right, has been used, or is too old. Please ask the officer for a new one."));
  return soban_sync_error_sentence (error);
}
