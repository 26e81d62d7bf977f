/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Enrolment: sync/README.md 6.
 *
 *   by code:  GET /v1/key, trusting nobody -> the code names that key -> POST /v1/enrol with the key pinned -> file -> store
 *   by file:  file -> store
 *   again, where the PIN was forgotten (6.4): the same, of the present collector alone, which is asked first whether it knows the file's
 *             token; the PIN goes with the enrolment
 */
#include "config.h"

#include "client/session.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "client/http-transport.h"
#include "client/keyring.h"
#include "protocol/enrolment-code.h"
#include "protocol/enrolment-file.h"
#include "store/settings.h"
#include "store/sync-store.h"

#define ENROLMENT_BYTES_MAX (1024 * 1024)
#define STATUS_NOT_FOUND 404

/* No form has this content: the collector says so to whoever brings a token that it knows (sync/README.md 4.6a). */
#define PROOF_PATH "/v1/form/0000000000000000000000000000000000000000000000000000000000000000"

/* FALSE: the collector of @key, which answers at @url, is not the one that this tablet is registered with. Any thread. */
static gboolean
check_collector (SobanStore *store, const char *key, const char *url, GError **error)
{
  g_autofree char *own_key = soban_store_get_setting (store, SOBAN_SETTING_COLLECTOR_KEY);
  g_autofree char *own_url = soban_store_get_setting (store, SOBAN_SETTING_COLLECTOR_URL);

  /* Without a key, or without TLS, which alone compares it, the address is all that tells one from another. */
  if (own_url != NULL && g_strcmp0 (own_key, key) == 0
      && (g_str_equal (own_url, url) || (*key != '\0' && g_ascii_strncasecmp (url, "https:", 6) == 0)))
    return TRUE;
  g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED, _("this is not the server that the tablet is registered with"));
  return FALSE;
}

/* Whoever looks after another commune has no say here. */
static gboolean
check_commune (SobanStore *store, const SobanEnrolmentFile *file, GError **error)
{
  g_autofree char *home = soban_store_get_setting (store, SOBAN_SETTING_HOME_SCOPE);
  g_auto (GStrv) scopes = g_strsplit (file->scopes, " ", -1);

  if (home == NULL || g_strv_contains ((const char *const *) scopes, home))
    return TRUE;
  g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED, _("this is for a tablet of another commune"));
  return FALSE;
}

/* @url: (nullable): in place of the file's. @again: the PIN was forgotten, and the collector has said that the file is its own. */
static gboolean
enrol (SobanStore *store, const char *text, const char *url, gboolean again, GError **error)
{
  g_autoptr (SobanEnrolmentFile) file = soban_enrolment_file_read (text, error);
  SobanEnrolment enrolment;

  if (file == NULL)
    return FALSE;
  if (again && (!check_collector (store, file->key, url != NULL ? url : file->url, error) || !check_commune (store, file, error)))
    return FALSE;
  enrolment = (SobanEnrolment) {
    .device = file->device,
    .device_name = file->device_name,
    .url = url != NULL ? url : file->url,
    .key = file->key,
    .token = file->token,
    .role = file->role,
    .scopes = file->scopes,
    .home_scope = file->home_scope,
    .kept_days = file->kept_days,
    .takes_pin_away = again,
  };
  if (!soban_store_enrol (store, &enrolment, error))
    return FALSE;
  return file->keys == NULL || soban_keyring_keep (store, file->keys, error);
}

gboolean
soban_enrol_from_text (SobanStore *store, const char *text, GError **error)
{
  return enrol (store, text, NULL, FALSE, error);
}

typedef struct {
  SobanStore *store;
  SobanTransport *transport;
  char *url, *secret, *key_half, *text;
  gboolean again;
} Enrolment;

static void
free_enrolment (gpointer data)
{
  Enrolment *enrolment = data;

  g_object_unref (enrolment->store);
  g_clear_object (&enrolment->transport);
  g_free (enrolment->url);
  g_free (enrolment->secret);
  g_free (enrolment->key_half);
  g_free (enrolment->text);
  g_free (enrolment);
}

/* (nullable) (transfer full): the body as text. */
static char *
read_text (const SobanAnswer *answer)
{
  gsize length;
  const char *data = g_bytes_get_data (answer->body, &length);

  if (length == 0 || length > ENROLMENT_BYTES_MAX || !g_utf8_validate_len (data, length, NULL))
    return NULL;
  return g_strndup (data, length);
}

/* (nullable) (transfer full): a good answer's text; else the refusal. */
static char *
take_text (SobanTransport *transport, GAsyncResult *result, GError **error)
{
  g_autoptr (SobanAnswer) answer = soban_transport_exchange_finish (transport, result, error);
  char *text;

  if (answer == NULL || !soban_answer_check (answer, SOBAN_TEXT_CONTENT_TYPE, error))
    return NULL;
  text = read_text (answer);
  if (text == NULL)
    g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, _("the answer is no text"));
  return text;
}

static gboolean
enrol_job (SobanStore *store, gpointer data, GError **error)
{
  Enrolment *enrolment = data;

  /* The address that the person typed has just worked; the collector may know itself by another. */
  return enrol (store, enrolment->text, enrolment->url, enrolment->again, error);
}

static void
on_enrolled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (soban_store_run_finish (SOBAN_STORE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_file (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Enrolment *enrolment = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  enrolment->text = take_text (SOBAN_TRANSPORT (source), result, &error);
  if (g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_AUTH)
      || g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED)) {
    g_task_return_new_error (task, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED,
                             "%s", _("the server does not know this code: was it used already, or is it too old?"));
    return;
  }
  if (enrolment->text == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  soban_store_run_async (enrolment->store, enrol_job, enrolment, NULL, NULL, on_enrolled, g_object_ref (task));
}

static void
on_key (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Enrolment *enrolment = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *pin = take_text (SOBAN_TRANSPORT (source), result, &error);
  g_autofree char *plain_pin = NULL;
  g_autoptr (GBytes) body = NULL;
  guint8 hash[SOBAN_KEY_HASH_BYTES];

  if (pin == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (!soban_key_pin_parse (pin, hash)) {
    g_task_return_new_error (task, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "the server shows no key");
    return;
  }
  if (!soban_enrolment_code_names_key (enrolment->key_half, hash)) {
    g_task_return_new_error (task, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_KEY,
                             "%s", _("this is not the server that gave the code: check the code and the address"));
    return;
  }
  plain_pin = soban_key_pin_format (hash);
  if (enrolment->again && !check_collector (enrolment->store, plain_pin, enrolment->url, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  g_clear_object (&enrolment->transport);
  enrolment->transport = soban_http_transport_new (enrolment->url, plain_pin);
  body = g_bytes_new (enrolment->secret, strlen (enrolment->secret));
  soban_transport_exchange_async (enrolment->transport,
                                  &(SobanRequest) { .path = "/v1/enrol", .content_type = SOBAN_TEXT_CONTENT_TYPE, .body = body },
                                  g_task_get_cancellable (task), on_file, g_object_ref (task));
}

/* (transfer full): "10.0.0.5:8443" is an address as people say it; a url is taken as it is. */
static char *
make_url (const char *address)
{
  g_autofree char *plain = g_strstrip (g_strdup (address));

  while (g_str_has_suffix (plain, "/"))
    plain[strlen (plain) - 1] = '\0';
  return strstr (plain, "://") != NULL ? g_steal_pointer (&plain) : g_strconcat ("https://", plain, NULL);
}

static void
enrol_with_code (SobanStore *store, const char *address, const char *code, gboolean again, GCancellable *cancellable,
                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (store, cancellable, callback, user_data);
  Enrolment *enrolment = g_new0 (Enrolment, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, enrol_with_code);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, enrolment, free_enrolment);
  enrolment->store = g_object_ref (store);
  enrolment->url = make_url (address);
  enrolment->again = again;
  /* Without TLS there is no key to compare, whatever /v1/key says: secret and token would be anybody's. */
  if (!soban_enrolment_check_url (enrolment->url, &error)
      || !soban_enrolment_code_parse (code, &enrolment->secret, &enrolment->key_half, &error)) {
    g_task_return_error (task, error);
    return;
  }
  enrolment->transport = soban_http_transport_new_untrusting (enrolment->url);
  soban_transport_exchange_async (enrolment->transport, &(SobanRequest) { .path = "/v1/key" }, cancellable, on_key,
                                  g_object_ref (task));
}

void
soban_enrol_with_code_async (SobanStore *store, const char *address, const char *code, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  enrol_with_code (store, address, code, FALSE, cancellable, callback, user_data);
}

void
soban_enrol_again_with_code_async (SobanStore *store, const char *address, const char *code, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  enrol_with_code (store, address, code, TRUE, cancellable, callback, user_data);
}

gboolean
soban_enrol_with_code_finish (SobanStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- again, by file ---- */

/* The refusal of one who knows the token; a server that does not know the path says nothing of itself. */
static gboolean
read_proof (const SobanAnswer *answer, GError **error)
{
  g_autoptr (GError) refusal = NULL;

  if (soban_answer_check (answer, "application/octet-stream", &refusal))
    return TRUE;
  if (answer->status == STATUS_NOT_FOUND && g_error_matches (refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED))
    return TRUE;
  if (g_error_matches (refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_AUTH))
    g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED, _("the server does not know this enrolment file"));
  else
    g_propagate_error (error, g_steal_pointer (&refusal));
  return FALSE;
}

static void
on_proof (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Enrolment *enrolment = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (SobanAnswer) answer = soban_transport_exchange_finish (SOBAN_TRANSPORT (source), result, &error);

  if (answer == NULL || !read_proof (answer, &error)) {
    g_task_return_error (task, error);
    return;
  }
  soban_store_run_async (enrolment->store, enrol_job, enrolment, NULL, NULL, on_enrolled, g_object_ref (task));
}

void
soban_enrol_again_from_text_async (SobanStore *store, const char *text, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (store, cancellable, callback, user_data);
  Enrolment *enrolment = g_new0 (Enrolment, 1);
  GError *error = NULL;
  g_autoptr (SobanEnrolmentFile) file = soban_enrolment_file_read (text, &error);

  g_task_set_source_tag (task, soban_enrol_again_from_text_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, enrolment, free_enrolment);
  enrolment->store = g_object_ref (store);
  enrolment->text = g_strdup (text);
  enrolment->again = TRUE;
  if (file == NULL || !check_collector (store, file->key, file->url, &error) || !check_commune (store, file, &error)) {
    g_task_return_error (task, error);
    return;
  }
  enrolment->transport = soban_http_transport_new (file->url, file->key);
  soban_transport_exchange_async (enrolment->transport, &(SobanRequest) { .path = PROOF_PATH, .token = file->token }, cancellable, on_proof,
                                  g_object_ref (task));
}
