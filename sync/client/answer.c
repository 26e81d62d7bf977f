/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an answer's status and body say: sync/README.md 2.2. */
#include "config.h"

#include "client/transport.h"

#include <glib/gi18n-lib.h>

#include "protocol/message.h"

#define STATUS_OK 200
#define STATUS_CREATED 201
#define STATUS_NO_CONTENT 204
#define STATUS_REDIRECTS 300
#define STATUS_UNAUTHORIZED 401
#define STATUS_NOT_FOUND 404
#define STATUS_REQUEST_TIMEOUT 408
#define STATUS_TOO_LARGE 413
#define STATUS_UPGRADE_REQUIRED 426
#define STATUS_TOO_MANY_REQUESTS 429
#define STATUS_SERVER_ERRORS 500
#define STATUS_NETWORK_AUTHENTICATION 511

void
soban_answer_free (SobanAnswer *answer)
{
  if (answer == NULL)
    return;
  g_free (answer->content_type);
  g_clear_pointer (&answer->body, g_bytes_unref);
  g_free (answer);
}

/* (nullable) (transfer full): what the collector itself says about its refusal. */
static GError *
read_refusal (const SobanAnswer *answer)
{
  g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
  g_autoptr (GBytes) body = NULL;
  SobanFrameType type;
  GError *refusal = NULL;
  gsize length;
  const guint8 *data = g_bytes_get_data (answer->body, &length);

  soban_frame_reader_feed (reader, data, length);
  if (!soban_frame_reader_next (reader, &type, &body, NULL) || body == NULL || type != SOBAN_FRAME_ERROR
      || !soban_refusal_decode (body, &refusal, NULL))
    return NULL;
  return refusal;
}

static SobanSyncError
get_status_code (guint status)
{
  if (status == STATUS_UNAUTHORIZED)
    return SOBAN_SYNC_ERROR_AUTH;
  if (status == STATUS_TOO_LARGE)
    return SOBAN_SYNC_ERROR_TOO_LARGE;
  if (status == STATUS_UPGRADE_REQUIRED || status == STATUS_NOT_FOUND)
    return SOBAN_SYNC_ERROR_PROTOCOL;
  if (status == STATUS_REQUEST_TIMEOUT || status == STATUS_TOO_MANY_REQUESTS || status >= STATUS_SERVER_ERRORS)
    return SOBAN_SYNC_ERROR_SERVER;
  return SOBAN_SYNC_ERROR_REFUSED;
}

/* A redirect, or a page with a good status, is not the collector: a network that asks to sign in does this. */
static gboolean
is_foreign_page (const SobanAnswer *answer)
{
  return (answer->status >= STATUS_REDIRECTS && answer->status < 400) || answer->status == STATUS_NETWORK_AUTHENTICATION
         || (answer->status < STATUS_REDIRECTS && g_str_equal (answer->content_type, "text/html"));
}

/* Sets @error by a status that is no success. */
static gboolean
refuse_status (const SobanAnswer *answer, GError **error)
{
  if (is_foreign_page (answer)) {
    g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_OFFLINE,
                         _("a web page answered in place of the server: does this network ask to sign in?"));
    return FALSE;
  }
  if (g_str_equal (answer->content_type, SOBAN_SYNC_CONTENT_TYPE)) {
    GError *refusal = read_refusal (answer);

    if (refusal != NULL) {
      g_propagate_error (error, refusal);
      return FALSE;
    }
  }
  g_set_error (error, SOBAN_SYNC_ERROR, (int) get_status_code (answer->status), _("the server answered with status %u"),
               answer->status);
  return FALSE;
}

gboolean
soban_answer_check_status (const SobanAnswer *answer, GError **error)
{
  if (!is_foreign_page (answer) && (answer->status == STATUS_OK || answer->status == STATUS_CREATED || answer->status == STATUS_NO_CONTENT))
    return TRUE;
  return refuse_status (answer, error);
}

gboolean
soban_answer_check (const SobanAnswer *answer, const char *content_type, GError **error)
{
  if (answer->status == STATUS_OK && g_str_equal (answer->content_type, content_type))
    return TRUE;
  if (answer->status == STATUS_OK && !is_foreign_page (answer)) {
    g_set_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, _("the answer is of type '%s'"), answer->content_type);
    return FALSE;
  }
  return refuse_status (answer, error);
}
