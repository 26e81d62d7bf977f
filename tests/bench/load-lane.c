/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load-lane.h"

#include "load-connection.h"
#include "protocol/message.h"
#include "wire-sample.h"

Lane *
lane_new (void)
{
  Lane *lane = g_new0 (Lane, 1);

  lane->repeats = 1;
  lane->requests = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  lane->times_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  return lane;
}

void
lane_free (gpointer data)
{
  Lane *lane = data;

  g_ptr_array_unref (lane->requests);
  g_array_unref (lane->times_us);
  g_free (lane);
}

static gpointer
run_lane (gpointer data)
{
  Lane *lane = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (LoadConnection) connection = load_connection_open (lane->port, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < lane->requests->len * lane->repeats; i++) {
    gint64 start_us = g_get_monotonic_time (), took_us;
    guint status;

    load_connection_send (connection, g_ptr_array_index (lane->requests, i % lane->requests->len), &error);
    g_assert_no_error (error);
    load_connection_receive (connection, &status, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (status, ==, 200);
    took_us = g_get_monotonic_time () - start_us;
    g_array_append_val (lane->times_us, took_us);
  }
  return NULL;
}

/* Seconds until the last answer. */
double
lanes_run (GPtrArray *lanes, guint port)
{
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();
  gint64 start_us = g_get_monotonic_time ();

  for (guint i = 0; i < lanes->len; i++) {
    Lane *lane = g_ptr_array_index (lanes, i);

    lane->port = port;
    g_ptr_array_add (threads, g_thread_new ("lane", run_lane, lane));
  }
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (g_ptr_array_index (threads, i));
  return (double) (g_get_monotonic_time () - start_us) / 1e6;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

double
lanes_get_percentile_ms (GPtrArray *lanes, double part)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < lanes->len; i++) {
    Lane *lane = g_ptr_array_index (lanes, i);

    g_array_append_vals (all, lane->times_us->data, lane->times_us->len);
  }
  g_array_sort (all, compare_times);
  return (double) g_array_index (all, gint64, (guint) ((all->len - 1) * part)) / 1e3;
}

static void
write_frame (GByteArray *out, SobanFrameType type, const GByteArray *body)
{
  soban_frame_write (out, type, body != NULL ? body->data : NULL, body != NULL ? body->len : 0);
}

GBytes *
lane_make_request (guint device, guint64 acked, guint64 chain, guint64 cursor, const GPtrArray *changes)
{
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (SobanHello) hello = soban_hello_new ();
  g_autofree char *scope = load_service_scope (device);
  g_autofree char *token = load_service_token (device);

  hello->device = device;
  hello->incarnation = LOAD_INCARNATION;
  hello->last_number = acked + (changes != NULL ? changes->len : 0);
  hello->wall_ms = g_get_real_time () / 1000;
  hello->program = g_strdup ("soban 0.2.0");
  hello->boot_id = g_strdup ("a1b2c3d4");
  hello->acked_number = acked;
  hello->chain = chain;
  g_ptr_array_add (hello->cursors, soban_scope_cursor_new (scope, cursor));
  soban_stream_header_write (stream);
  soban_hello_encode (hello, body);
  write_frame (stream, SOBAN_FRAME_HELLO, body);
  if (changes != NULL)
    soban_changes_write_frames (stream, changes, soban_changes_flags_up (SOBAN_PROTOCOL_MINOR), 0);
  write_frame (stream, SOBAN_FRAME_END, NULL);
  return load_request_new ("/v1/sync", token, stream);
}

#define RECORD_MS (330 * 1000)
#define RECORDS_OF_A_YEAR 80000

/* A sample begins anew at the same hour; a tablet's next batch was made after the one before. */
static void
put_later (SobanChange *change, gint64 by_ms)
{
  gint64 ms = soban_uuid_get_ms (&change->record) + by_ms;

  for (guint i = 0; i < 6; i++)
    change->record.bytes[i] = (guint8) (ms >> (40 - 8 * i));
  change->stamp += SOBAN_STAMP (by_ms, 0);
  change->wall_ms += by_ms;
  change->boottime_ms += by_ms;
}

GPtrArray *
lane_make_changes (guint device, guint seed, guint size, guint64 *number, guint64 *chain)
{
  GPtrArray *changes = wire_sample_new_records (size, seed);
  g_autofree char *scope = load_service_scope (device);
  guint64 seen = *number;

  for (guint i = 0; i < changes->len; i++) {
    SobanChange *change = ((SobanNumberedChange *) g_ptr_array_index (changes, i))->change;
    guint8 hash[SOBAN_CHANGE_HASH_BYTES];

    change->id = (SobanChangeId) { device, LOAD_INCARNATION, ++*number };
    g_free (change->scope);
    change->scope = g_strdup (scope);
    change->seen = seen;
    put_later (change, (gint64) (seen % RECORDS_OF_A_YEAR) * RECORD_MS);
    soban_change_hash (change, hash);
    *chain = soban_change_chain (*chain, hash);
  }
  return changes;
}

Lane *
lane_new_filled (guint device, guint requests, guint size)
{
  Lane *lane = lane_new ();
  guint64 number = 0, chain = 0;

  for (guint i = 0; i < requests; i++) {
    guint64 acked = number, acked_chain = chain;
    g_autoptr (GPtrArray) changes = lane_make_changes (device, device * 100003 + i, size, &number, &chain);

    g_ptr_array_add (lane->requests, lane_make_request (device, acked, acked_chain, acked, changes));
  }
  return lane;
}
