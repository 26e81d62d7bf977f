/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The real collector over HTTPS on loopback, every answer after a durable commit: records a second in batches, single-record syncs a second,
 * and, in the same run, what a libsoup server does that answers nothing at all. Requests are made beforehand; one thread for each kept
 * connection sends and waits. Load generator and collector share this machine's processors.
 */
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "load-connection.h"
#include "load-lane.h"

#define BATCH_RECORDS 100
#define BATCH_CONNECTIONS 8
#define BATCHES 1600
#define BATCH_TARGET 30000.0
#define SINGLE_CONNECTIONS 32
#define SINGLES 16000
#define SINGLE_TARGET 2500.0
#define P95_TARGET_MS 50.0
#define EMPTY_ANSWERS 32000

static gboolean
report (const char *what, double figure, const char *unit, double target, gboolean at_least)
{
  gboolean good = at_least ? figure >= target : figure <= target;

  g_print ("# %-58s %9.1f %-10s target at %s %.0f%s\n", what, figure, unit, at_least ? "least" : "most", target, good ? "" : "   MISSED");
  return good;
}

/* How fast the collector takes @connections times @requests times @size new records. */
static gboolean
measure (LoadService *service, guint first_device, guint connections, guint requests, guint size, double target)
{
  g_autoptr (GPtrArray) lanes = g_ptr_array_new_with_free_func (lane_free);
  double seconds, processor_s, rate;
  gboolean good;

  for (guint i = 0; i < connections; i++)
    g_ptr_array_add (lanes, lane_new_filled (first_device + i, requests / connections, size));
  processor_s = load_service_read_processor_s (service);
  seconds = lanes_run (lanes, service->port);
  processor_s = load_service_read_processor_s (service) - processor_s;
  rate = requests / seconds;
  good = size > 1 ? report ("records in batches of 100, 8 connections", rate * size, "records/s", target, TRUE)
                  : report ("syncs of one record, 32 connections", rate, "syncs/s", target, TRUE);
  good &= report ("  95 of 100 are answered within", lanes_get_percentile_ms (lanes, 0.95), "ms", P95_TARGET_MS, FALSE);
  g_print ("#   median %.1f ms, slowest %.1f ms; the collector used %.2f processors\n", lanes_get_percentile_ms (lanes, 0.5),
           lanes_get_percentile_ms (lanes, 1), processor_s / seconds);
  return good;
}

static void
check_count (LoadService *service, gint64 expected)
{
  g_autoptr (SobanCollectorStore) store = load_service_open_store (service);
  g_autoptr (GError) error = NULL;
  gint64 count;

  g_assert_true (soban_database_get_integer (soban_collector_store_get_database (store), &error, 0, &count,
                                             "SELECT count(*) FROM change", ""));
  g_assert_cmpint (count, ==, expected);
}

static void
on_empty (SoupServer *server, SoupServerMessage *msg, const char *path, GHashTable *query, gpointer data)
{
  soup_server_message_set_status (msg, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (msg, "application/x-soban-sync", SOUP_MEMORY_STATIC, "", 0);
}

/* The empty server: a program of its own, as the collector is. */
static int
serve_nothing (const char *dir)
{
  g_autofree char *certificate_path = g_build_filename (dir, "cert.pem", NULL);
  g_autofree char *key_path = g_build_filename (dir, "key.pem", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_files (certificate_path, key_path, &error);
  g_autoptr (SoupServer) server = soup_server_new ("server-header", "empty", NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  GSList *uris;

  g_assert_no_error (error);
  soup_server_set_tls_certificate (server, certificate);
  soup_server_add_handler (server, NULL, on_empty, NULL, NULL);
  g_assert_true (soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_HTTPS | SOUP_SERVER_LISTEN_IPV4_ONLY, &error));
  uris = soup_server_get_uris (server);
  g_print ("listening on https://localhost:%d\n", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_main_loop_run (loop);
  return 0;
}

static double
measure_nothing (const char *program, const char *dir)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) server = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--serve-nothing", dir, NULL);
  g_autoptr (GDataInputStream) output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (server));
  g_autofree char *line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_autoptr (GPtrArray) lanes = g_ptr_array_new_with_free_func (lane_free);
  double seconds;

  g_assert_nonnull (line);
  for (guint i = 0; i < SINGLE_CONNECTIONS; i++) {
    g_autoptr (GByteArray) body = g_byte_array_new ();
    Lane *lane = lane_new ();

    g_byte_array_set_size (body, 300);
    memset (body->data, 'x', body->len);
    g_ptr_array_add (lane->requests, load_request_new ("/", "none", body));
    lane->repeats = EMPTY_ANSWERS / SINGLE_CONNECTIONS;
    g_ptr_array_add (lanes, lane);
  }
  seconds = lanes_run (lanes, (guint) g_ascii_strtoull (strrchr (line, ':') + 1, NULL, 10));
  g_subprocess_force_exit (server);
  return EMPTY_ANSWERS / seconds;
}

int
main (int argc, char **argv)
{
  g_autoptr (LoadService) service = NULL;
  gboolean good = TRUE;

  if (argc == 3 && strcmp (argv[1], "--serve-nothing") == 0)
    return serve_nothing (argv[2]);
  g_assert_cmpint (argc, ==, 2);
  service = load_service_new (argv[1]);
  load_service_add_devices (service, BATCH_CONNECTIONS + SINGLE_CONNECTIONS);
  load_service_start (service);
  g_print ("# %-58s %9.1f %-10s\n", "for comparison: an empty answer of libsoup, 32 connections", measure_nothing (argv[0], service->dir), "answers/s");
  good &= measure (service, 1, BATCH_CONNECTIONS, BATCHES, BATCH_RECORDS, BATCH_TARGET);
  good &= measure (service, 1 + BATCH_CONNECTIONS, SINGLE_CONNECTIONS, SINGLES, 1, SINGLE_TARGET);
  g_print ("#   memory of the collector at most %.1f MB\n", (double) load_service_read_memory_kb (service, "VmHWM") / 1024);
  load_service_end (service);
  check_count (service, BATCHES * BATCH_RECORDS + SINGLES);
  g_print ("1..1\n%s 1 - /bench/collector\n", good ? "ok" : "not ok");
  return 0;
}
