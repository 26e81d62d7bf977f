/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libcurl's multi interface on a GMainContext: curl says which sockets and which time it waits for, GSources wait, and
 * curl_multi_socket_action() goes on. All of it on one thread.
 *
 * Invariants
 * 1. Certificate authorities are left out only where a pin (or the untrusting maker, which carries no token) stands in their place.
 * 2. An exchange ends once: with an answer, an error, or cancelled; its easy handle leaves the multi handle before its task returns.
 * 3. An answer never takes more memory than SOBAN_REPLY_BYTES_MAX.
 */
#include "config.h"

#include "client/http-transport.h"

#include <glib-unix.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "client/curl-library.h"

#define CONNECT_TIMEOUT_SECONDS 30L
/* A transfer that stays below this for so long stands still (README 7). */
#define LOW_SPEED_BYTES_PER_SECOND 32L
#define LOW_SPEED_SECONDS 60L

struct _SobanHttpTransport {
  GObject parent;

  char *url;
  char *pin; /* (nullable) */
  gboolean untrusting;

  GMainContext *context;
  SobanCurl curl;      /* loaded with the first exchange */
  CURLM *multi;        /* (nullable): before that */
  GSource *timer;      /* (nullable) */
  GHashTable *sockets; /* fd -> GSource */
};

typedef struct {
  const SobanCurl *curl; /* of the transport, that the task holds */
  GTask *task;
  CURL *easy;
  struct curl_slist *headers;
  GBytes *body; /* (nullable) */
  GByteArray *received;
  gboolean too_large, head_is_whole;
  gint64 upload_offset; /* -1: not told */
  guint64 head_bytes_up;
  GSource *cancel_source; /* (nullable) */
  char message[CURL_ERROR_SIZE];
} Exchange;

static void soban_http_transport_iface_init (SobanTransportInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (SobanHttpTransport, soban_http_transport, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SOBAN_TYPE_TRANSPORT, soban_http_transport_iface_init))

static void
destroy_source (gpointer data)
{
  g_source_destroy (data);
  g_source_unref (data);
}

static void
free_exchange (Exchange *exchange)
{
  g_clear_pointer (&exchange->cancel_source, destroy_source);
  g_clear_pointer (&exchange->easy, exchange->curl->easy_cleanup);
  g_clear_pointer (&exchange->headers, exchange->curl->slist_free_all);
  g_clear_pointer (&exchange->body, g_bytes_unref);
  g_clear_pointer (&exchange->received, g_byte_array_unref);
  g_clear_object (&exchange->task);
  g_free (exchange);
}

/* A handshake that was answered with something else than TLS: words of OpenSSL and GnuTLS, for which curl has no code. */
static gboolean
is_no_tls (const char *message)
{
  static const char *const words[] = { "wrong version number", "http request", "packet length too long", "unexpected TLS packet",
                                       "unsupported version packet" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    if (strstr (message, words[i]) != NULL)
      return TRUE;
  }
  return FALSE;
}

/* What the person can do about it decides the code. */
static SobanSyncError
get_error_code (CURLcode result, const char *message)
{
  if (result == CURLE_SSL_CONNECT_ERROR && is_no_tls (message))
    return SOBAN_SYNC_ERROR_KEY;
  switch (result) {
  case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_ISSUER_ERROR:
    return SOBAN_SYNC_ERROR_KEY;
  case CURLE_UNSUPPORTED_PROTOCOL:
  case CURLE_URL_MALFORMAT:
  case CURLE_WEIRD_SERVER_REPLY:
  case CURLE_HTTP2:
  case CURLE_BAD_CONTENT_ENCODING:
    return SOBAN_SYNC_ERROR_PROTOCOL;
  case CURLE_OPERATION_TIMEDOUT:
  case CURLE_PARTIAL_FILE:
  case CURLE_GOT_NOTHING:
  case CURLE_RECV_ERROR:
  case CURLE_SEND_ERROR:
  case CURLE_SSL_CONNECT_ERROR: /* a link that breaks during the handshake looks like this, too */
    return SOBAN_SYNC_ERROR_TIMEOUT;
  default:
    return SOBAN_SYNC_ERROR_OFFLINE;
  }
}

static char *
get_content_type (Exchange *exchange)
{
  const char *value = NULL;
  char *type;

  exchange->curl->easy_getinfo (exchange->easy, CURLINFO_CONTENT_TYPE, &value);
  type = g_ascii_strdown (value != NULL ? value : "", -1);
  type[strcspn (type, ";")] = '\0';
  return g_strstrip (type);
}

static SobanAnswer *
make_answer (Exchange *exchange)
{
  SobanAnswer *answer = g_new0 (SobanAnswer, 1);
  long status = 0, header_bytes = 0;
  curl_off_t up = 0;

  exchange->curl->easy_getinfo (exchange->easy, CURLINFO_RESPONSE_CODE, &status);
  exchange->curl->easy_getinfo (exchange->easy, CURLINFO_HEADER_SIZE, &header_bytes);
  exchange->curl->easy_getinfo (exchange->easy, CURLINFO_SIZE_UPLOAD_T, &up);
  answer->status = (guint) status;
  answer->upload_offset = exchange->upload_offset;
  answer->content_type = get_content_type (exchange);
  answer->bytes_up = exchange->head_bytes_up + (guint64) up;
  answer->bytes_down = (guint64) header_bytes + exchange->received->len;
  answer->body = g_byte_array_free_to_bytes (g_steal_pointer (&exchange->received));
  return answer;
}

/* Takes @exchange out of the multi handle; the caller returns its task and frees it (invariant 2). */
static void
detach (SobanHttpTransport *self, Exchange *exchange)
{
  CURLMcode status = self->curl.multi_remove_handle (self->multi, exchange->easy);

  g_assert (status == CURLM_OK);
  g_clear_pointer (&exchange->cancel_source, destroy_source);
}

static void
complete (SobanHttpTransport *self, Exchange *exchange, CURLcode result)
{
  const char *reason = exchange->message[0] != '\0' ? exchange->message : self->curl.easy_strerror (result);

  detach (self, exchange);
  if (exchange->too_large)
    g_task_return_new_error (exchange->task, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TOO_LARGE,
                             "the answer is longer than %d bytes", SOBAN_REPLY_BYTES_MAX);
  else if (result != CURLE_OK)
    g_task_return_new_error (exchange->task, SOBAN_SYNC_ERROR, (int) get_error_code (result, exchange->message), "%s", reason);
  else if (!exchange->head_is_whole)
    g_task_return_new_error (exchange->task, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TIMEOUT, "the head of the answer was cut");
  else
    g_task_return_pointer (exchange->task, make_answer (exchange), (GDestroyNotify) soban_answer_free);
  free_exchange (exchange);
}

static void
complete_finished (SobanHttpTransport *self)
{
  /* Completing an exchange may let go of the last reference but this one. */
  g_autoptr (SobanHttpTransport) alive = g_object_ref (self);
  CURLMsg *message;
  int left;

  while ((message = alive->curl.multi_info_read (alive->multi, &left)) != NULL) {
    CURLcode result = message->data.result;
    gpointer exchange = NULL;

    if (message->msg != CURLMSG_DONE)
      continue;
    alive->curl.easy_getinfo (message->easy_handle, CURLINFO_PRIVATE, &exchange);
    complete (alive, exchange, result);
  }
}

static void
act (SobanHttpTransport *self, curl_socket_t fd, int events)
{
  g_autoptr (SobanHttpTransport) alive = g_object_ref (self);
  int running;
  CURLMcode status = alive->curl.multi_socket_action (alive->multi, fd, events, &running);

  g_assert (status == CURLM_OK);
  complete_finished (alive);
}

static gboolean
on_socket_ready (gint fd, GIOCondition condition, gpointer user_data)
{
  int events = 0;

  if (condition & (G_IO_IN | G_IO_PRI))
    events |= CURL_CSELECT_IN;
  if (condition & G_IO_OUT)
    events |= CURL_CSELECT_OUT;
  if (condition & (G_IO_ERR | G_IO_HUP))
    events |= CURL_CSELECT_ERR;
  act (user_data, fd, events);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_timer (gpointer user_data)
{
  SobanHttpTransport *self = user_data;

  g_clear_pointer (&self->timer, destroy_source);
  act (self, CURL_SOCKET_TIMEOUT, 0);
  return G_SOURCE_REMOVE;
}

/* Called by curl: which events of @fd it waits for now. */
static int
watch_socket (CURL *easy, curl_socket_t fd, int what, void *user_data, void *socket_data)
{
  SobanHttpTransport *self = user_data;
  GIOCondition condition = G_IO_ERR | G_IO_HUP;
  GSource *source;

  if (what == CURL_POLL_REMOVE) {
    g_hash_table_remove (self->sockets, GINT_TO_POINTER (fd));
    return 0;
  }
  if (what & CURL_POLL_IN)
    condition |= G_IO_IN;
  if (what & CURL_POLL_OUT)
    condition |= G_IO_OUT;
  source = g_unix_fd_source_new (fd, condition);
  g_source_set_callback (source, G_SOURCE_FUNC (on_socket_ready), self, NULL);
  g_source_attach (source, self->context);
  g_hash_table_replace (self->sockets, GINT_TO_POINTER (fd), source);
  return 0;
}

/* Called by curl: when it wants to be woken. */
static int
set_timer (CURLM *multi, long timeout_ms, void *user_data)
{
  SobanHttpTransport *self = user_data;

  g_clear_pointer (&self->timer, destroy_source);
  if (timeout_ms < 0)
    return 0;
  self->timer = g_timeout_source_new ((guint) timeout_ms);
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, self->context);
  return 0;
}

static size_t
take_bytes (char *data, size_t size, size_t count, void *user_data)
{
  Exchange *exchange = user_data;
  gsize length = size * count;

  if (length > SOBAN_REPLY_BYTES_MAX - exchange->received->len) {
    exchange->too_large = TRUE;
    return CURL_WRITEFUNC_ERROR;
  }
  g_byte_array_append (exchange->received, (const guint8 *) data, (guint) length);
  return length;
}

/* The value of the header "upload-offset", where @line is it. */
static void
read_upload_offset (const char *line, gsize length, gint64 *ret_offset)
{
  static const char name[] = "upload-offset:";
  g_autofree char *value = NULL;
  guint64 offset;

  if (length < strlen (name) || g_ascii_strncasecmp (line, name, strlen (name)) != 0)
    return;
  value = g_strndup (line + strlen (name), length - strlen (name));
  if (g_ascii_string_to_unsigned (g_strstrip (value), 10, 0, G_MAXINT64, &offset, NULL))
    *ret_offset = (gint64) offset;
}

/* Called by curl, line by line. It takes a head that was cut for a whole one. */
static size_t
take_head_line (char *data, size_t size, size_t count, void *user_data)
{
  Exchange *exchange = user_data;
  gsize length = size * count;

  exchange->head_is_whole = length <= 2 && memchr (data, '\n', length) != NULL;
  read_upload_offset (data, length, &exchange->upload_offset);
  return length;
}

/* CURLINFO_REQUEST_SIZE counts a body that goes with the head, too. */
static int
count_head (CURL *easy, curl_infotype type, char *data, size_t size, void *user_data)
{
  Exchange *exchange = user_data;

  if (type == CURLINFO_HEADER_OUT)
    exchange->head_bytes_up += size;
  return 0;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Exchange *exchange = user_data;

  detach (g_task_get_source_object (exchange->task), exchange);
  g_task_return_new_error (exchange->task, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_CANCELLED, "cancelled");
  free_exchange (exchange);
  return G_SOURCE_REMOVE;
}

static void
add_header (Exchange *exchange, const char *name, const char *value)
{
  g_autofree char *line = g_strconcat (name, ":", value[0] != '\0' ? " " : "", value, NULL);

  exchange->headers = exchange->curl->slist_append (exchange->headers, line);
  g_assert (exchange->headers != NULL);
}

#define SET(exchange, option, value) g_assert_cmpint ((exchange)->curl->easy_setopt ((exchange)->easy, option, value), ==, CURLE_OK)

static void
set_trust (SobanHttpTransport *self, Exchange *exchange)
{
  SET (exchange, CURLOPT_PROTOCOLS_STR, "http,https");
  SET (exchange, CURLOPT_FOLLOWLOCATION, 0L);
  SET (exchange, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
  if (self->pin != NULL)
    SET (exchange, CURLOPT_PINNEDPUBLICKEY, self->pin);
  if (self->pin != NULL || self->untrusting) { /* invariant 1 */
    SET (exchange, CURLOPT_SSL_VERIFYPEER, 0L);
    SET (exchange, CURLOPT_SSL_VERIFYHOST, 0L);
  }
}

static void
set_request (Exchange *exchange, const SobanRequest *request)
{
  /* No "Expect: 100-continue": it costs a round trip. No name of the program: HELLO has it (PROTOCOL 4.5). */
  add_header (exchange, "Expect", "");
  add_header (exchange, "Accept", "");
  if (request->token != NULL) {
    g_autofree char *value = g_strconcat ("Bearer ", request->token, NULL);

    add_header (exchange, "Authorization", value);
  }
  for (guint i = 0; request->headers != NULL && request->headers[i] != NULL; i += 2)
    add_header (exchange, request->headers[i], request->headers[i + 1]);
  if (request->content_type != NULL || g_strcmp0 (request->method, "POST") == 0) {
    gsize length = 0;
    const char *data = request->body != NULL ? g_bytes_get_data (request->body, &length) : NULL;

    exchange->body = request->body != NULL ? g_bytes_ref (request->body) : NULL;
    add_header (exchange, "Content-Type", request->content_type != NULL ? request->content_type : "");
    SET (exchange, CURLOPT_POST, 1L);
    SET (exchange, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) length);
    SET (exchange, CURLOPT_POSTFIELDS, data != NULL ? data : "");
  }
  if (g_strcmp0 (request->method, "HEAD") == 0)
    SET (exchange, CURLOPT_NOBODY, 1L);
  else if (request->method != NULL)
    SET (exchange, CURLOPT_CUSTOMREQUEST, request->method);
  SET (exchange, CURLOPT_HTTPHEADER, exchange->headers);
}

/* Has libcurl at hand. */
static gboolean
start (SobanHttpTransport *self, GError **error)
{
  if (self->multi != NULL)
    return TRUE;
  if (!soban_curl_load (&self->curl, error))
    return FALSE;
  self->multi = self->curl.multi_init ();
  g_assert (self->multi != NULL);
  self->curl.multi_setopt (self->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
  self->curl.multi_setopt (self->multi, CURLMOPT_SOCKETDATA, self);
  self->curl.multi_setopt (self->multi, CURLMOPT_TIMERFUNCTION, set_timer);
  self->curl.multi_setopt (self->multi, CURLMOPT_TIMERDATA, self);
  return TRUE;
}

static void
exchange_async (SobanTransport *transport, const SobanRequest *request, GCancellable *cancellable,
                GAsyncReadyCallback callback, gpointer user_data)
{
  SobanHttpTransport *self = SOBAN_HTTP_TRANSPORT (transport);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *url = g_strconcat (self->url, request->path, NULL);
  GError *error = NULL;
  Exchange *exchange;
  CURLMcode status;

  g_assert (!self->untrusting || request->token == NULL);
  g_task_set_source_tag (task, exchange_async);
  g_task_set_check_cancellable (task, FALSE);
  if (!start (self, &error)) {
    g_task_return_error (task, error);
    return;
  }
  exchange = g_new0 (Exchange, 1);
  exchange->curl = &self->curl;
  exchange->task = g_steal_pointer (&task);
  exchange->received = g_byte_array_new ();
  exchange->upload_offset = -1;
  exchange->easy = self->curl.easy_init ();
  g_assert (exchange->easy != NULL);
  SET (exchange, CURLOPT_URL, url);
  SET (exchange, CURLOPT_PRIVATE, exchange);
  SET (exchange, CURLOPT_ERRORBUFFER, exchange->message);
  SET (exchange, CURLOPT_NOSIGNAL, 1L);
  SET (exchange, CURLOPT_WRITEFUNCTION, take_bytes);
  SET (exchange, CURLOPT_WRITEDATA, exchange);
  SET (exchange, CURLOPT_HEADERFUNCTION, take_head_line);
  SET (exchange, CURLOPT_HEADERDATA, exchange);
  SET (exchange, CURLOPT_DEBUGFUNCTION, count_head);
  SET (exchange, CURLOPT_DEBUGDATA, exchange);
  SET (exchange, CURLOPT_VERBOSE, 1L);
  SET (exchange, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_SECONDS);
  SET (exchange, CURLOPT_LOW_SPEED_LIMIT, LOW_SPEED_BYTES_PER_SECOND);
  SET (exchange, CURLOPT_LOW_SPEED_TIME, LOW_SPEED_SECONDS);
  set_trust (self, exchange);
  set_request (exchange, request);
  if (cancellable != NULL) {
    exchange->cancel_source = g_cancellable_source_new (cancellable);
    g_source_set_callback (exchange->cancel_source, G_SOURCE_FUNC (on_cancelled), exchange, NULL);
    g_source_attach (exchange->cancel_source, self->context);
  }
  status = self->curl.multi_add_handle (self->multi, exchange->easy);
  g_assert (status == CURLM_OK);
}

static SobanAnswer *
exchange_finish (SobanTransport *transport, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, transport), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
soban_http_transport_finalize (GObject *object)
{
  SobanHttpTransport *self = SOBAN_HTTP_TRANSPORT (object);

  /* curl calls watch_socket() while it closes its connections: the table goes after it. */
  g_clear_pointer (&self->multi, self->curl.multi_cleanup);
  g_clear_pointer (&self->timer, destroy_source);
  g_clear_pointer (&self->sockets, g_hash_table_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_free (self->url);
  g_free (self->pin);
  G_OBJECT_CLASS (soban_http_transport_parent_class)->finalize (object);
}

static void
soban_http_transport_iface_init (SobanTransportInterface *iface)
{
  iface->exchange_async = exchange_async;
  iface->exchange_finish = exchange_finish;
}

static void
soban_http_transport_class_init (SobanHttpTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = soban_http_transport_finalize;
}

static void
soban_http_transport_init (SobanHttpTransport *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->sockets = g_hash_table_new_full (NULL, NULL, NULL, destroy_source);
}

SobanTransport *
soban_http_transport_new (const char *url, const char *pin)
{
  SobanHttpTransport *self = g_object_new (SOBAN_TYPE_HTTP_TRANSPORT, NULL);

  self->url = g_strdup (url);
  self->pin = pin != NULL && pin[0] != '\0' ? g_strdup (pin) : NULL;
  return SOBAN_TRANSPORT (self);
}

SobanTransport *
soban_http_transport_new_untrusting (const char *url)
{
  SobanHttpTransport *self = g_object_new (SOBAN_TYPE_HTTP_TRANSPORT, NULL);

  self->url = g_strdup (url);
  self->untrusting = TRUE;
  return SOBAN_TRANSPORT (self);
}
