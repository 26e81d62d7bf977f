/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real sessions and a real collector, with a bad link between them (PROTOCOL 4.3, 4.4). */
#include <string.h>

#include "base/error.h"
#include "place.h"
#include "protocol/message.h"
#include "sync-once.h"

#define RECORDS 1000
#define CUT_BYTES 2000

static void
save_records (StoreFixture *store, guint count)
{
  for (guint i = 0; i < count; i++) {
    g_autofree char *total = g_strdup_printf ("%u", 5 + i % 60);
    g_autofree char *village = g_strdup_printf ("Nà Lầu %u", i);
    g_autofree char *date = g_strdup_printf ("2026-11-%02u", 1 + i % 28);

    save_session (store, date, village, total);
  }
}

/* ---- what passed the link twice, of plain HTTP ---- */

typedef struct {
  GHashTable *seen;     /* numbers of changes in frames that arrived whole */
  gsize twice;          /* bytes of frames that brought nothing new, and of such as were cut */
  gsize largest;        /* bytes of the largest frame */
  guint frames;
} Traffic;

static void
count_frame (Traffic *traffic, GBytes *body, gsize bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) changes = soban_changes_decode (body, &error);
  gboolean new = FALSE;

  g_assert_no_error (error);
  traffic->frames++;
  traffic->largest = MAX (traffic->largest, bytes);
  for (guint i = 0; i < changes->len; i++) {
    const SobanNumberedChange *item = g_ptr_array_index (changes, i);

    new |= g_hash_table_add (traffic->seen, GUINT_TO_POINTER ((guint) item->change->id.number));
  }
  if (!new)
    traffic->twice += bytes;
}

/* One request's body, whole or cut: fed byte by byte, so that what a frame takes is seen. */
static void
count_body (Traffic *traffic, const guint8 *bytes, gsize length)
{
  g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
  gsize begin = 0;
  SobanFrameType type = SOBAN_FRAME_HELLO;

  for (gsize i = 0; i < length; i++) {
    g_autoptr (GBytes) body = NULL;

    soban_frame_reader_feed (reader, bytes + i, 1);
    g_assert_true (soban_frame_reader_next (reader, &type, &body, NULL));
    if (body == NULL)
      continue;
    if (type == SOBAN_FRAME_CHANGES)
      count_frame (traffic, body, i + 1 - begin);
    begin = i + 1;
  }
  if (begin > 0 && !soban_frame_reader_is_whole (reader)) { /* after HELLO only changes are long */
    traffic->twice += length - begin;
    traffic->largest = MAX (traffic->largest, length - begin);
  }
}

static void
count_upload (Traffic *traffic, const GByteArray *upload)
{
  gsize place = 0;

  while (place < upload->len) {
    const char *head = (const char *) upload->data + place;
    const char *end = memmem (head, upload->len - place, "\r\n\r\n", 4);
    g_autofree char *text = end != NULL ? g_strndup (head, (gsize) (end - head)) : NULL;
    const char *length = text != NULL ? strcasestr (text, "content-length:") : NULL;
    gsize body = length != NULL ? (gsize) g_ascii_strtoull (length + strlen ("content-length:"), NULL, 10) : 0;

    if (end == NULL)
      return;
    place = (gsize) (end + 4 - (const char *) upload->data);
    body = MIN (body, upload->len - place);
    count_body (traffic, upload->data + place, body);
    place += body;
  }
}

static void
count_twice (Place *place, Traffic *ret_traffic)
{
  GPtrArray *uploads = link_proxy_get_uploads (place->link);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  *ret_traffic = (Traffic) { .seen = seen };
  for (guint i = 0; i < uploads->len; i++)
    count_upload (ret_traffic, g_ptr_array_index (uploads, i));
  g_assert_cmpuint (g_hash_table_size (seen), >=, 1);
  ret_traffic->seen = NULL;
}

/* ---- the tests ---- */

static guint
count_records (SobanStore *store)
{
  g_autoptr (GArray) ids = soban_store_list_records (store, &(SobanRecordQuery) { 0 }, NULL);

  return ids->len;
}

/* Another tablet, over @port, has what the collector has: all of it, and once. */
static void
assert_delivered (Place *place, guint port, guint records)
{
  g_autofree char *enrolment = real_collector_enrol (place->collector, "b", PLACE_SCOPE, port);
  StoreFixture other;
  SobanSyncProgress progress = { 0 };

  g_assert_cmpint (soban_store_count_waiting (place->store.store, NULL), ==, 0);
  store_fixture_init (&other);
  g_assert_true (soban_enrol_from_text (other.store, enrolment, NULL));
  for (guint i = 0; i < PLACE_ATTEMPTS_MAX; i++) {
    g_autoptr (GError) error = sync_once (other.store, &progress);

    if (error == NULL)
      break;
    g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TIMEOUT);
  }
  g_assert_cmpuint (progress.pulled, ==, records);
  g_assert_cmpuint (count_records (other.store), ==, records);
  assert_sound (&other);
  store_fixture_clear (&other);
}

typedef struct {
  const char *name;
  gboolean plain;
  LinkFaults faults;
  guint records;
} Case;

/* With TLS a handshake (640 bytes up, 810 down) comes first on each connection: of 2,000
 * bytes each way enough is left, of 2,000 both ways together there is not; of 3,500 there is. */
static const Case cases[] = {
  { "cut-every-2000-bytes-both-ways", TRUE, { .cut_both_bytes = CUT_BYTES }, RECORDS },
  { "cut-every-2000-bytes-up", TRUE, { .cut_up_bytes = CUT_BYTES }, 300 },
  { "cut-every-2000-bytes-down", TRUE, { .cut_down_bytes = CUT_BYTES }, 300 },
  { "tls-cut-every-2000-bytes-up", FALSE, { .cut_up_bytes = CUT_BYTES }, 300 },
  { "tls-cut-every-3500-bytes-both-ways", FALSE, { .cut_both_bytes = 3500 }, 300 },
  { "tls-cut-every-2000-bytes-down", FALSE, { .cut_down_bytes = CUT_BYTES }, 300 },
};

static void
test_cut (gconstpointer data)
{
  const Case *test = data;
  Place place;
  LinkCounts counts;

  place_init (&place, test->plain);
  save_records (&place.store, test->records);
  *link_proxy_get_faults (place.link) = test->faults;
  place_sync_until (&place, NULL);
  counts = link_proxy_get_counts (place.link);
  g_test_message ("up: %u records: %u attempts, %u cuts, %u requests answered, %" G_GUINT64_FORMAT " bytes up, %" G_GUINT64_FORMAT " down", test->records,
                  place.attempts, counts.cuts, place.progress.requests, counts.bytes_up, counts.bytes_down);
  if (test->plain) {
    Traffic traffic;

    count_twice (&place, &traffic);
    g_test_message ("%u frames of changes, the largest of %" G_GSIZE_FORMAT " bytes; %" G_GSIZE_FORMAT " bytes passed twice, at %u cuts",
                    traffic.frames, traffic.largest, traffic.twice, counts.cuts);
    g_assert_cmpuint (traffic.twice, <=, counts.cuts * traffic.largest);
  }
  assert_sound (&place.store);
  /* The way down over the same link. */
  assert_delivered (&place, link_proxy_get_port (place.link), test->records);
  g_test_message ("down: %u cuts more", link_proxy_get_counts (place.link).cuts - counts.cuts);
  g_assert_cmpuint (link_proxy_get_counts (place.link).cuts, >, 0);
  place_clear (&place);
}

static void
test_requests_that_come_again_change_nothing (void)
{
  Place place;
  guint uploads;

  place_init (&place, TRUE);
  save_records (&place.store, 50);
  place_sync_until (&place, NULL);
  save_records (&place.store, 50);
  place_sync_until (&place, NULL);
  uploads = link_proxy_get_uploads (place.link)->len;
  for (guint i = 0; i < 3 * uploads; i++)
    link_proxy_replay (place.link, i % uploads);
  assert_delivered (&place, real_collector_get_port (place.collector), 100);
  place_clear (&place);
}

typedef struct {
  LinkProxy *link;
  GCancellable *cancellable;
} Stop;

static gboolean
on_look (gpointer user_data)
{
  Stop *stop = user_data;

  if (link_proxy_get_counts (stop->link).cuts == 0)
    return G_SOURCE_CONTINUE;
  g_cancellable_cancel (stop->cancellable);
  return G_SOURCE_REMOVE;
}

/* A person who stops it does not wait for the minute after which it would count as cut; what arrived is kept. */
static void
test_a_link_that_stands_still_can_be_stopped (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Place place;
  Stop stop;

  place_init (&place, TRUE);
  stop = (Stop) { place.link, cancellable };
  save_records (&place.store, 900); /* more than one request at first */
  *link_proxy_get_faults (place.link) = (LinkFaults) { .cut_up_bytes = 12000, .stall = TRUE };
  g_timeout_add (1, on_look, &stop);
  error = sync_once_cancellable (place.store.store, cancellable, &place.progress);
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_CANCELLED);
  g_assert_cmpuint (place.progress.sent, >, 0);
  g_assert_cmpint (soban_store_count_waiting (place.store.store, NULL), ==, 900 - place.progress.sent);
  *link_proxy_get_faults (place.link) = (LinkFaults) { 0 };
  place_sync_until (&place, NULL);
  assert_delivered (&place, real_collector_get_port (place.collector), 900);
  place_clear (&place);
}

static void
test_a_slow_link_that_is_far_away (void)
{
  Place place;

  place_init (&place, FALSE);
  save_records (&place.store, 200);
  *link_proxy_get_faults (place.link) = (LinkFaults) { .delay_ms = 150, .bytes_per_second = 16000 };
  place_sync_until (&place, NULL);
  g_assert_cmpuint (place.attempts, ==, 1);
  g_assert_cmpuint (place.progress.sent, ==, 200);
  assert_delivered (&place, real_collector_get_port (place.collector), 200);
  place_clear (&place);
}

/* What a sync on a fresh connection takes at the socket, without TLS. */
static void
measure (Place *place, guint64 *ret_up, guint64 *ret_down)
{
  LinkCounts before = link_proxy_get_counts (place->link), after;

  place_sync_until (place, NULL);
  after = link_proxy_get_counts (place->link);
  *ret_up = after.bytes_up - before.bytes_up;
  *ret_down = after.bytes_down - before.bytes_down;
}

/* PROTOCOL 4.5 */
static void
test_small_syncs_take_few_bytes (void)
{
  Place place;
  SobanUuid id;
  g_autoptr (SobanRecord) record = NULL;
  guint64 up, down;

  place_init (&place, TRUE);
  save_records (&place.store, 20);
  id = save_session (&place.store, "2026-11-20", "Nà Lầu", "25");
  place_sync_until (&place, NULL);
  measure (&place, &up, &down);
  g_test_message ("nothing to do: %" G_GUINT64_FORMAT " bytes up, %" G_GUINT64_FORMAT " down", up, down);
  g_assert_cmpuint (up, <=, 350);
  g_assert_cmpuint (down, <=, 250);
  record = soban_store_get_record (place.store.store, &id, NULL);
  soban_field_map_set (record->fields, "total", "26");
  g_assert_true (soban_store_save (place.store.store, &id, record->form, record->form_version, NULL, record->fields, NULL));
  measure (&place, &up, &down);
  g_test_message ("one field changed: %" G_GUINT64_FORMAT " bytes up, %" G_GUINT64_FORMAT " down", up, down);
  g_assert_cmpuint (up, <=, 450);
  g_assert_cmpuint (down, <=, 300);
  place_clear (&place);
}

/* PROTOCOL 4.4: TLS 1.3 with a P-256 leaf. */
static void
test_a_handshake_is_small (void)
{
  Place place;
  guint64 up, down;

  place_init (&place, FALSE);
  place_sync_until (&place, NULL);
  measure (&place, &up, &down);
  g_test_message ("nothing to do, with TLS: %" G_GUINT64_FORMAT " bytes up, %" G_GUINT64_FORMAT " down", up, down);
  g_assert_cmpuint (up, <=, 1000);
  g_assert_cmpuint (down, <=, 1150);
  place_clear (&place);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/link/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_cut);
  }
  g_test_add_func ("/link/requests-that-come-again-change-nothing", test_requests_that_come_again_change_nothing);
  g_test_add_func ("/link/small-syncs-take-few-bytes", test_small_syncs_take_few_bytes);
  g_test_add_func ("/link/a-handshake-is-small", test_a_handshake_is_small);
  g_test_add_func ("/link/a-link-that-stands-still-can-be-stopped", test_a_link_that_stands_still_can_be_stopped);
  g_test_add_func ("/link/a-slow-link-that-is-far-away", test_a_slow_link_that_is_far_away);
  return g_test_run ();
}
