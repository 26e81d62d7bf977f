/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dashboard/dashboard.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#include "attachment-page.h"
#include "base/error.h"
#include "collector-resources.h"
#include "pages.h"
#include "server-private.h"
#include "users.h"

#define SETTLE_MS 1500
#define SESSION_US (10 * 60 * G_USEC_PER_SEC)
#define SESSIONS_MAX 256
#define COOKIE_SECONDS (365 * 24 * 60 * 60)

struct _SobanDashboard {
  SobanServer *server;
  SobanAttempts *attempts;
  GHashTable *sessions; /* digest of name and password (as hex) -> Session: Argon2 does not run for each request */
  guint8 session_key[crypto_generichash_KEYBYTES];
};

typedef struct {
  char *password_hash; /* as it was when the password was right: a new password ends the session */
  gint64 until_us;
} Session;

typedef struct {
  SobanDashboard *dashboard;
  SoupServerMessage *msg;
  char *path, *user;
  GHashTable *query;
} Request;

static void
free_session (gpointer data)
{
  Session *session = data;

  g_free (session->password_hash);
  g_free (session);
}

SobanDashboard *
soban_dashboard_new (SobanServer *server)
{
  SobanDashboard *self = g_new0 (SobanDashboard, 1);

  self->server = server;
  self->attempts = soban_attempts_new ();
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_session);
  crypto_generichash_keygen (self->session_key);
  return self;
}

void
soban_dashboard_free (SobanDashboard *self)
{
  if (self == NULL)
    return;
  soban_attempts_free (self->attempts);
  g_hash_table_unref (self->sessions);
  sodium_memzero (self->session_key, sizeof self->session_key);
  g_free (self);
}

/* ---- who asks ---- */

static gboolean
is_expired (gpointer digest, gpointer session, gpointer now_us)
{
  return ((Session *) session)->until_us <= *(gint64 *) now_us;
}

static char *
make_digest (SobanDashboard *self, const char *credentials)
{
  guint8 digest[crypto_generichash_BYTES];
  char hex[sizeof digest * 2 + 1];

  crypto_generichash (digest, sizeof digest, (const guint8 *) credentials, strlen (credentials), self->session_key, sizeof self->session_key);
  return g_strdup (sodium_bin2hex (hex, sizeof hex, digest, sizeof digest));
}

static gboolean
is_remembered (SobanDashboard *self, const char *digest, const SobanUser *user, gint64 now_us)
{
  const Session *session = g_hash_table_lookup (self->sessions, digest);

  return session != NULL && session->until_us > now_us && user != NULL && strlen (session->password_hash) == strlen (user->password_hash)
         && sodium_memcmp (session->password_hash, user->password_hash, strlen (user->password_hash)) == 0;
}

static void
remember (SobanDashboard *self, const char *digest, const SobanUser *user, gint64 now_us)
{
  Session *session = g_new0 (Session, 1);

  g_hash_table_foreach_remove (self->sessions, is_expired, &now_us);
  if (g_hash_table_size (self->sessions) >= SESSIONS_MAX)
    g_hash_table_remove_all (self->sessions);
  session->password_hash = g_strdup (user->password_hash);
  session->until_us = now_us + SESSION_US;
  g_hash_table_insert (self->sessions, g_strdup (digest), session);
}

/* (transfer full) (nullable): "name:password" */
static char *
read_credentials (SoupServerMessage *msg)
{
  static const char scheme[] = "Basic ";
  const char *header = soup_message_headers_get_one (soup_server_message_get_request_headers (msg), "Authorization");
  g_autofree guchar *bytes = NULL;
  gsize length;

  if (header == NULL || g_ascii_strncasecmp (header, scheme, strlen (scheme)) != 0)
    return NULL;
  bytes = g_base64_decode (header + strlen (scheme), &length);
  if (!g_utf8_validate ((const char *) bytes, length, NULL) || memchr (bytes, ':', length) == NULL)
    return NULL;
  return g_strndup ((const char *) bytes, length);
}

static gboolean
check_credentials (SobanDashboard *self, const char *credentials, const char *name, const char *peer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanUser) user = soban_users_find (self->server->reader, name, &error);
  g_autofree char *digest = make_digest (self, credentials);
  gint64 now_us = g_get_monotonic_time ();

  if (error != NULL)
    g_warning ("Looking up a user: %s", error->message);
  if (is_remembered (self, digest, user, now_us))
    return TRUE;
  if (!soban_password_verify (user != NULL ? user->password_hash : NULL, strchr (credentials, ':') + 1)) {
    soban_attempts_fail (self->attempts, peer, now_us);
    g_message ("A wrong password from %s", peer);
    return FALSE;
  }
  soban_attempts_succeed (self->attempts, peer);
  remember (self, digest, user, now_us);
  return TRUE;
}

/* (transfer full) (nullable): the user's name; NULL when the request has been answered. */
static char *
authenticate (SobanDashboard *self, SoupServerMessage *msg)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (msg);
  g_autofree char *credentials = read_credentials (msg);
  g_autofree char *peer = soban_server_get_peer (self->server, msg);
  g_autofree char *name = credentials != NULL ? g_strndup (credentials, strcspn (credentials, ":")) : NULL;
  guint wait = soban_attempts_get_wait (self->attempts, peer, g_get_monotonic_time ());

  if (credentials != NULL && wait > 0) {
    g_autofree char *seconds = g_strdup_printf ("%u", wait);

    soup_message_headers_replace (headers, "Retry-After", seconds);
    soup_server_message_set_status (msg, SOBAN_STATUS_TOO_MANY_REQUESTS, "Too Many Requests");
    return NULL;
  }
  if (credentials != NULL && check_credentials (self, credentials, name, peer))
    return g_steal_pointer (&name);
  soup_message_headers_replace (headers, "WWW-Authenticate", "Basic realm=\"So Ban\", charset=\"UTF-8\"");
  soup_server_message_set_status (msg, SOUP_STATUS_UNAUTHORIZED, NULL);
  return NULL;
}

/* ---- what is answered ---- */

static void
set_security_headers (SobanDashboard *self, SoupServerMessage *msg)
{
  static const char *const pairs[][2] = {
    { "Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'" },
    { "X-Content-Type-Options", "nosniff" },
    { "X-Frame-Options", "DENY" },
    { "Referrer-Policy", "no-referrer" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "Cache-Control", "no-store" },
  };
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (msg);

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    soup_message_headers_replace (headers, pairs[i][0], pairs[i][1]);
}

/* The language asked for now, else the one that the cookie remembers, else Vietnamese. */
static const char *
choose_language (Request *request)
{
  const char *asked = request->query != NULL ? g_hash_table_lookup (request->query, "lang") : NULL;
  const char *cookie = soup_message_headers_get_one (soup_server_message_get_request_headers (request->msg), "Cookie");
  const char *language = "vi";

  if (asked != NULL && (strcmp (asked, "en") == 0 || strcmp (asked, "vi") == 0)) {
    g_autofree char *header = g_strdup_printf ("lang=%s; Max-Age=%d; Path=/; SameSite=Strict; HttpOnly", asked, COOKIE_SECONDS);

    soup_message_headers_append (soup_server_message_get_response_headers (request->msg), "Set-Cookie", header);
    return strcmp (asked, "en") == 0 ? "en" : "vi";
  }
  if (cookie != NULL && strstr (cookie, "lang=en") != NULL)
    language = "en";
  return language;
}

static void
answer_style (SoupServerMessage *msg)
{
  g_autoptr (GBytes) style = g_resource_lookup_data (soban_collector_get_resource (), "/soban/collector/style.css",
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  gsize length;
  const char *text = g_bytes_get_data (style, &length);

  soup_server_message_set_status (msg, SOUP_STATUS_OK, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Cache-Control", "max-age=3600");
  soup_server_message_set_response (msg, "text/css; charset=utf-8", SOUP_MEMORY_COPY, text, length);
}

static GBytes *
make_page (const SobanVisit *visit, GError **error)
{
  static const char indicator[] = "/indicator/", record[] = "/record/";

  if (strcmp (visit->path, "/") == 0)
    return soban_home_page_make (visit, error);
  if (strcmp (visit->path, "/records") == 0)
    return soban_records_page_make (visit, FALSE, error);
  if (strcmp (visit->path, "/look") == 0)
    return soban_records_page_make (visit, TRUE, error);
  if (strcmp (visit->path, "/devices") == 0)
    return soban_devices_page_make (visit, error);
  if (strcmp (visit->path, "/forms") == 0)
    return soban_forms_page_make (visit, error);
  if (strcmp (visit->path, "/conflicts") == 0)
    return soban_conflicts_page_make (visit, error);
  if (strcmp (visit->path, "/incidents") == 0)
    return soban_incidents_page_make (visit, error);
  if (g_str_has_prefix (visit->path, indicator))
    return soban_indicator_page_make (visit, visit->path + strlen (indicator), error);
  if (g_str_has_prefix (visit->path, record))
    return soban_record_page_make (visit, visit->path + strlen (record), error);
  soban_fail_not_found (error, visit);
  return NULL;
}

/* Set over what is set for pages: nothing in the file is to be run, shown in a frame or asked for. */
static void
answer_attachment (Request *request, const SobanAttachmentFile *file, const char *name)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (request->msg);
  gsize length;
  const char *data = g_bytes_get_data (file->bytes, &length);

  soup_message_headers_replace (headers, "Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'");
  if (!file->is_picture) {
    g_autofree char *disposition = g_strdup_printf ("attachment; filename=\"%s\"", name);

    soup_message_headers_replace (headers, "Content-Disposition", disposition);
  }
  soup_server_message_set_status (request->msg, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (request->msg, file->type, SOUP_MEMORY_COPY, data, length);
}

static void
answer_page (Request *request)
{
  static const char attachment[] = "/attachment/";
  g_auto (SobanAttachmentFile) file = { 0 };
  SobanServer *server = request->dashboard->server;
  const char *language = choose_language (request);
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (soban_collector_store_now (server->reader) / 1000);
  g_autofree char *today = g_date_time_format (now, "%Y-%m-%d");
  const SobanCatalogue *catalogue = soban_reference_get_catalogue (server->reference, language);
  SobanVisit visit = { server->reader, server->reference, catalogue, language, request->user, request->path, request->query, today };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) page = NULL;
  guint status = SOUP_STATUS_OK;

  if (!g_str_has_prefix (request->path, attachment)) {
    page = make_page (&visit, &error);
  } else if (soban_attachment_load (&visit, request->path + strlen (attachment), &file, &error)) {
    answer_attachment (request, &file, request->path + strlen (attachment));
    return;
  }
  if (page == NULL && g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND)) {
    status = SOUP_STATUS_NOT_FOUND;
    page = soban_message_page_make (&visit, soban_visit_text (&visit, N_ ("Not found")), error->message);
  } else if (page == NULL) {
    g_warning ("The page %s: %s", request->path, error->message);
    status = SOUP_STATUS_INTERNAL_SERVER_ERROR;
    page = soban_message_page_make (&visit, soban_visit_text (&visit, N_ ("That did not work")),
                                    soban_visit_text (&visit, N_ ("The collector could not read its data. The records are safe; tell the administrator.")));
  }
  soup_server_message_set_status (request->msg, status, NULL);
  soup_server_message_set_response (request->msg, "text/html; charset=utf-8", SOUP_MEMORY_COPY, g_bytes_get_data (page, NULL),
                                    g_bytes_get_size (page));
}

static void
on_settled (gpointer data, const GError *error)
{
  Request *request = data;

  answer_page (request);
  soup_server_message_unpause (request->msg);
  g_object_unref (request->msg);
  g_clear_pointer (&request->query, g_hash_table_unref);
  g_free (request->path);
  g_free (request->user);
  g_free (request);
}

void
soban_dashboard_handle (SobanDashboard *self, SoupServerMessage *msg, const char *path, GHashTable *query)
{
  const char *method = soup_server_message_get_method (msg);
  g_autofree char *user = NULL;
  Request *request;

  set_security_headers (self, msg);
  if (strcmp (method, "GET") != 0 && strcmp (method, "HEAD") != 0) {
    soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Allow", "GET, HEAD");
    soup_server_message_set_status (msg, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
    return;
  }
  if (strcmp (path, "/style.css") == 0) {
    answer_style (msg);
    return;
  }
  user = authenticate (self, msg);
  if (user == NULL)
    return;
  request = g_new0 (Request, 1);
  request->dashboard = self;
  request->msg = g_object_ref (msg);
  request->path = g_strdup (path);
  request->user = g_steal_pointer (&user);
  request->query = query != NULL ? g_hash_table_ref (query) : NULL;
  soup_server_message_pause (msg);
  /* What has just come in is counted first, when that does not take long. */
  soban_writer_settle (self->server->writer, SETTLE_MS, on_settled, request);
}
