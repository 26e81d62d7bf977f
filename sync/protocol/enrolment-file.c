/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The enrolment file: sync/README.md 6.1. */
#include "config.h"

#include "protocol/enrolment-file.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "protocol/enrolment-code.h"

#define GROUP "soban-enrolment"
#define VERSION 1

void
soban_enrolment_file_free (SobanEnrolmentFile *file)
{
  if (file == NULL)
    return;
  g_free (file->url);
  g_free (file->key);
  g_free (file->device_name);
  g_free (file->token);
  g_free (file->role);
  g_free (file->scopes);
  g_free (file->home_scope);
  soban_keys_free (file->keys);
  g_free (file);
}

static void
write_keys (GKeyFile *file, const SobanKeys *keys)
{
  g_autofree char *public_key = g_base64_encode (keys->public_key, sizeof keys->public_key);
  g_autofree char *exchange_keys = soban_keys_format_exchange (keys);

  g_key_file_set_string (file, GROUP, "collector_key", public_key);
  g_key_file_set_string (file, GROUP, "exchange_keys", exchange_keys);
  g_key_file_set_uint64 (file, GROUP, "keys_generation", keys->generation);
}

char *
soban_enrolment_file_write (const SobanEnrolmentFile *file)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();

  g_key_file_set_integer (keys, GROUP, "version", VERSION);
  g_key_file_set_string (keys, GROUP, "url", file->url);
  g_key_file_set_string (keys, GROUP, "key", file->key);
  g_key_file_set_uint64 (keys, GROUP, "device", file->device);
  g_key_file_set_string (keys, GROUP, "device_name", file->device_name);
  g_key_file_set_string (keys, GROUP, "token", file->token);
  g_key_file_set_string (keys, GROUP, "role", file->role);
  if (file->kept_days > 0)
    g_key_file_set_uint64 (keys, GROUP, "keep_days", file->kept_days);
  if (file->keys != NULL)
    write_keys (keys, file->keys);
  /* What cannot be missed stands last: a file that was cut is found. */
  g_key_file_set_string (keys, GROUP, "scopes", file->scopes);
  g_key_file_set_string (keys, GROUP, "home_scope", file->home_scope);
  return g_key_file_to_data (keys, NULL, NULL);
}

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED, message);
  return FALSE;
}

/* A token goes into a header line: visible ASCII only (README 2.3). */
static gboolean
is_token (const char *token)
{
  gsize length = strlen (token);

  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isgraph (token[i]))
      return FALSE;
  }
  return length > 0 && length <= SOBAN_TOKEN_BYTES_MAX;
}

gboolean
soban_enrolment_check_url (const char *url, GError **error)
{
  const char *const loopback[] = { "localhost", "127.0.0.1", "::1", NULL };
  g_autofree char *scheme = NULL;
  g_autofree char *host = NULL;

  if (!g_uri_split (url, G_URI_FLAGS_NONE, &scheme, NULL, &host, NULL, NULL, NULL, NULL, NULL) || host == NULL
      || host[0] == '\0')
    return refuse (error, _("this is no address of a server"));
  if (g_strcmp0 (scheme, "https") == 0)
    return TRUE;
  /* In the clear only within one machine: the token is all that a thief needs. */
  if (g_strcmp0 (scheme, "http") != 0 || !g_strv_contains (loopback, host))
    return refuse (error, _("the address of the server is not protected (https)"));
  return TRUE;
}

static gboolean
check_scopes (const SobanEnrolmentFile *file, GError **error)
{
  g_auto (GStrv) scopes = g_strsplit (file->scopes, " ", -1);
  guint count = g_strv_length (scopes);

  for (guint i = 0; i < count; i++) {
    if (scopes[i][0] == '\0' || strlen (scopes[i]) > SOBAN_SCOPE_BYTES_MAX)
      return refuse (error, _("the enrolment file names no commune"));
  }
  if (count == 0 || count > SOBAN_SCOPES_PER_DEVICE_MAX || !g_strv_contains ((const char *const *) scopes, file->home_scope))
    return refuse (error, _("the enrolment file names no commune"));
  return TRUE;
}

static gboolean
check (const SobanEnrolmentFile *file, GError **error)
{
  guint8 hash[SOBAN_KEY_HASH_BYTES];

  if (!soban_enrolment_check_url (file->url, error))
    return FALSE;
  if (file->key[0] != '\0' && !soban_key_pin_parse (file->key, hash))
    return refuse (error, _("the enrolment file holds a damaged key"));
  if (file->device == 0)
    return refuse (error, _("the enrolment file holds no device number"));
  if (!is_token (file->token))
    return refuse (error, _("the enrolment file holds no token"));
  return check_scopes (file, error);
}

/* Blanks at the ends and doubled ones are slips of a hand that edited the file. */
static char *
squeeze_blanks (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t", -1);
  GString *squeezed = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++) {
    if (words[i][0] != '\0')
      g_string_append_printf (squeezed, "%s%s", squeezed->len > 0 ? " " : "", words[i]);
  }
  return g_string_free (squeezed, FALSE);
}

static char *
read_string (GKeyFile *keys, const char *key)
{
  g_autofree char *value = g_key_file_get_string (keys, GROUP, key, NULL);

  return g_strstrip (g_strdup (value != NULL ? value : ""));
}

/* (nullable) (transfer full): a server before 1.1 gives none, and the first sync asks for what is damaged. */
static SobanKeys *
read_keys (GKeyFile *file)
{
  g_autoptr (SobanKeys) keys = soban_keys_new ();
  g_autofree char *public_key = read_string (file, "collector_key");
  g_autofree char *exchange_keys = read_string (file, "exchange_keys");
  guint64 generation = g_key_file_get_uint64 (file, GROUP, "keys_generation", NULL);

  if (!soban_keys_parse_one (public_key, keys->public_key, sizeof keys->public_key) || generation > G_MAXUINT32)
    return NULL;
  keys->generation = (guint32) generation;
  soban_keys_parse_exchange (keys, exchange_keys);
  return g_steal_pointer (&keys);
}

/* What says nothing, or nothing that makes sense, lets nothing go. */
static guint
read_kept_days (GKeyFile *file)
{
  guint64 days = g_key_file_get_uint64 (file, GROUP, "keep_days", NULL);

  return days >= SOBAN_KEPT_DAYS_MIN && days <= SOBAN_KEPT_DAYS_MAX ? (guint) days : 0;
}

SobanEnrolmentFile *
soban_enrolment_file_read (const char *text, GError **error)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autoptr (SobanEnrolmentFile) file = g_new0 (SobanEnrolmentFile, 1);
  g_autofree char *scopes = NULL;
  guint64 device;
  gsize length;

  if (!g_utf8_validate (text, -1, NULL) || !g_key_file_load_from_data (keys, text, strlen (text), G_KEY_FILE_NONE, NULL)
      || !g_key_file_has_group (keys, GROUP)) {
    refuse (error, _("this is not an enrolment file"));
    return NULL;
  }
  if (g_key_file_get_integer (keys, GROUP, "version", NULL) != VERSION) {
    refuse (error, _("the enrolment file was made for another version of this program"));
    return NULL;
  }
  file->url = read_string (keys, "url");
  for (length = strlen (file->url); length > 0 && file->url[length - 1] == '/'; length--)
    file->url[length - 1] = '\0';
  file->key = read_string (keys, "key");
  device = g_key_file_get_uint64 (keys, GROUP, "device", NULL);
  file->device = device <= G_MAXUINT32 ? (guint32) device : 0;
  file->device_name = read_string (keys, "device_name");
  file->token = read_string (keys, "token");
  file->role = read_string (keys, "role");
  scopes = read_string (keys, "scopes");
  file->scopes = squeeze_blanks (scopes);
  file->home_scope = read_string (keys, "home_scope");
  file->kept_days = read_kept_days (keys);
  file->keys = read_keys (keys);
  return check (file, error) ? g_steal_pointer (&file) : NULL;
}
