/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Photos and files over a bad link to a real collector (PROTOCOL 9), and when they go at all. */
#include "base/error.h"
#include "client/scheduler-private.h"
#include "fake-network.h"
#include "photo.h"
#include "place.h"
#include "store/attachment-store.h"
#include "sync-once.h"

static void
save_photo (Place *place, guint32 seed, gsize length)
{
  g_autoptr (GBytes) photo = photo_new (seed, length);
  g_autofree char *version = newest_version (&place->store, "communication_session");
  g_autoptr (GError) error = NULL;
  g_autofree char *name = soban_store_put_attachment (place->store.store, photo, "jpg", &error);
  g_autoptr (SobanFieldMap) fields = make_fields ("commune_id", PLACE_SCOPE, "total", "25", "photo", name, NULL);
  SobanUuid id = { 0 };

  g_assert_no_error (error);
  soban_store_save (place->store.store, &id, "communication_session", version, NULL, fields, &error);
  g_assert_no_error (error);
}

static guint
count_waiting (Place *place)
{
  guint waiting;
  guint64 bytes;

  g_assert_true (soban_store_count_attachments (place->store.store, &waiting, &bytes, NULL));
  return waiting;
}

static gboolean
is_all_there (Place *place)
{
  return count_waiting (place) == 0;
}

/* Both sides are looked over, then go. */
static void
finish (Place *place)
{
  place_check (place);
  place_clear (place);
}

/* What an enrolment anew finds there: every photo was received as it is, or it would be sent again. */
static void
assert_there_already (Place *place, guint photos)
{
  LinkCounts before = link_proxy_get_counts (place->link), after;

  *link_proxy_get_faults (place->link) = (LinkFaults) { 0 };
  place_enrol (place, "b");
  for (guint i = 0; i < photos; i++)
    save_photo (place, i, i == 0 ? 24000 : 9000);
  place_sync_until (place, is_all_there);
  after = link_proxy_get_counts (place->link);
  g_assert_cmpuint (after.bytes_up - before.bytes_up, <, 9000);
}

typedef struct {
  const char *name;
  gboolean plain;
  LinkFaults faults;
} Case;

static const Case cases[] = {
  { "cut-every-2000-bytes-both-ways", TRUE, { .cut_both_bytes = 2000 } },
  { "cut-every-2000-bytes-up", TRUE, { .cut_up_bytes = 2000 } },
  { "tls-cut-every-3500-bytes-both-ways", FALSE, { .cut_both_bytes = 3500 } },
};

static void
test_cut (gconstpointer data)
{
  const Case *test = data;
  LinkCounts counts;
  Place place;

  place_init (&place, test->plain);
  save_photo (&place, 0, 24000);
  save_photo (&place, 1, 9000);
  *link_proxy_get_faults (place.link) = test->faults;
  place_sync_until (&place, is_all_there);
  counts = link_proxy_get_counts (place.link);
  g_test_message ("33,000 bytes of photos: %u attempts, %u cuts, %" G_GUINT64_FORMAT " bytes up, %" G_GUINT64_FORMAT " down", place.attempts,
                  counts.cuts, counts.bytes_up, counts.bytes_down);
  g_assert_cmpuint (counts.cuts, >, 5);
  /* Each connection brings something that stays; of TLS a cut record is lost whole, and the handshake is sent anew. */
  g_assert_cmpuint (counts.bytes_up, <, (test->plain ? 3 : 10) * 33000);
  assert_there_already (&place, 2);
  finish (&place);
}

/* The collector ends in the middle: what was answered for is on its disk. */
static void
test_the_collector_starts_again (void)
{
  Place place;

  place_init (&place, TRUE);
  save_photo (&place, 0, 24000);
  save_photo (&place, 1, 9000);
  *link_proxy_get_faults (place.link) = (LinkFaults) { .cut_up_bytes = 9000 };
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GError) error = sync_once (place.store.store, &place.progress);

    if (error != NULL)
      g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TIMEOUT);
    real_collector_restart (place.collector);
  }
  *link_proxy_get_faults (place.link) = (LinkFaults) { 0 };
  place_sync_until (&place, is_all_there);
  assert_there_already (&place, 2);
  finish (&place);
}

static void
on_finished (SobanSyncScheduler *scheduler, const GError *error, gpointer user_data)
{
  g_assert_no_error (error);
  ++*(guint *) user_data;
}

static void
wait_until (const guint *number, guint wanted)
{
  while (*number < wanted)
    g_main_context_iteration (NULL, TRUE);
}

static guint
count_outbox (Place *place)
{
  return soban_store_count_waiting (place->store.store, NULL);
}

/* Of itself on a metered network only the records go; when somebody asks, or the network is another one, the photos, too. */
static void
test_metered (void)
{
  g_autoptr (FakeNetwork) network = fake_network_new (TRUE, TRUE);
  g_autoptr (SobanSyncScheduler) scheduler = NULL;
  guint finished = 0;
  Place place;

  place_init (&place, TRUE);
  save_photo (&place, 0, 9000);
  scheduler = soban_sync_scheduler_new_with_monitor (place.store.store, G_NETWORK_MONITOR (network), 1);
  g_signal_connect (scheduler, "finished", G_CALLBACK (on_finished), &finished);
  soban_sync_scheduler_start (scheduler);
  wait_until (&finished, 1);
  g_assert_cmpuint (count_outbox (&place), ==, 0);
  g_assert_cmpuint (count_waiting (&place), ==, 1);
  soban_sync_scheduler_sync_now (scheduler);
  wait_until (&finished, 2);
  g_assert_cmpuint (count_waiting (&place), ==, 0);

  save_photo (&place, 1, 9000);
  wait_until (&finished, 3);
  g_assert_cmpuint (count_outbox (&place), ==, 0);
  g_assert_cmpuint (count_waiting (&place), ==, 1);
  fake_network_set_metered (network, FALSE);
  wait_until (&finished, 4);
  g_assert_cmpuint (count_waiting (&place), ==, 0);
  soban_sync_scheduler_stop (scheduler);
  finish (&place);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/attachments/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_cut);
  }
  g_test_add_func ("/attachments/the-collector-starts-again", test_the_collector_starts_again);
  g_test_add_func ("/attachments/metered", test_metered);
  return g_test_run ();
}
