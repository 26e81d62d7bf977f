/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person is told when a file could not be written or taken in: calm, what is safe first, what to do next (DESIGN 7). */
#include "config.h"

#include "client/session.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"

static const char *
get_bundle_sentence (int code)
{
  switch ((SobanBundleError) code) {
  case SOBAN_BUNDLE_ERROR_FOREIGN:
    return _("This file is none of Sổ Bản's. Please choose a file whose name begins with “soban” and ends in “.soban”.");
  case SOBAN_BUNDLE_ERROR_TOO_NEW:
    return _("This file was written by a newer version of the program. Please ask the officer to update this tablet.");
  case SOBAN_BUNDLE_ERROR_CUT:
  case SOBAN_BUNDLE_ERROR_DAMAGED:
    return _("This file is damaged or not complete: perhaps the stick was taken out too early. Nothing was changed. Please write the file again.");
  case SOBAN_BUNDLE_ERROR_OTHER_RECEIVER:
    return _("This file is not for this tablet. Nothing was changed. Please choose the file with the number of this tablet, or the file of another tablet of this commune.");
  case SOBAN_BUNDLE_ERROR_OTHER_SENDER:
    return _("This file does not come from whom it says. Nothing was changed. Please tell the officer.");
  case SOBAN_BUNDLE_ERROR_REVOKED:
    return _("This file comes from a tablet that was reported lost, so it is not taken. Please tell the officer.");
  case SOBAN_BUNDLE_ERROR_OTHER_ANSWER:
    return _("This receipt is for other records than those on this tablet. Nothing was changed, and everything is safe here. Please write a new file for the server.");
  case SOBAN_BUNDLE_ERROR_NO_KEYS:
    return _("This tablet has to reach its server once over a network before it can use a stick. Everything is safe here.");
  case SOBAN_BUNDLE_ERROR_NOTHING:
    return _("There is nothing here to write or to take in.");
  case SOBAN_BUNDLE_ERROR_UNSURE:
    return _("The stick did not keep the file as it was written. Everything is safe on this tablet. Please use another stick.");
  case SOBAN_BUNDLE_ERROR_TOO_LARGE:
    return _("This file is longer than any of Sổ Bản's. Nothing was changed. Please write the file again.");
  }
  return NULL;
}

static const char *
get_file_sentence (int code)
{
  switch (code) {
  case G_FILE_ERROR_NOSPC:
    return _("There is no room left on the stick. Everything is safe on this tablet. Please make room on it, or use another one.");
  case G_FILE_ERROR_IO:
  case G_FILE_ERROR_NODEV:
  case G_FILE_ERROR_NXIO:
  case G_FILE_ERROR_NOENT:
    return _("The stick cannot be reached: it may have been taken out. Everything is safe on this tablet. Please put it in again and try once more.");
  case G_FILE_ERROR_ROFS:
  case G_FILE_ERROR_ACCES:
  case G_FILE_ERROR_PERM:
    return _("Nothing can be written here: the stick may be locked. Everything is safe on this tablet. Please unlock it, or use another one.");
  case G_FILE_ERROR_EXIST:
    return _("There is a file of this name already; it was left as it is. Please choose another name.");
  default:
    return NULL;
  }
}

char *
soban_bundle_error_sentence (const GError *error)
{
  const char *sentence = NULL;

  if (error->domain == SOBAN_BUNDLE_ERROR)
    sentence = get_bundle_sentence (error->code);
  else if (error->domain == G_FILE_ERROR)
    sentence = get_file_sentence (error->code);
  else if (g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL)
           || g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TOO_LARGE)
           || g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TIMEOUT))
    sentence = get_bundle_sentence (SOBAN_BUNDLE_ERROR_DAMAGED);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    sentence = _("Stopped. Everything is safe on this tablet.");
  else if (error->domain == SOBAN_SYNC_ERROR || error->domain == SOBAN_STORE_ERROR)
    return soban_sync_error_sentence (error);
  if (sentence == NULL)
    sentence = _("The file could not be used. Everything is safe on this tablet. Please try again, or use another stick.");
  return g_strdup (sentence);
}
