/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "place.h"

#include "base/error.h"
#include "sync-once.h"

void
place_enrol (Place *place, const char *name)
{
  g_autofree char *enrolment = real_collector_enrol (place->collector, name, PLACE_SCOPE, link_proxy_get_port (place->link));
  g_autoptr (GError) error = NULL;

  soban_enrol_from_text (place->store.store, enrolment, &error);
  g_assert_no_error (error);
}

void
place_init (Place *place, gboolean plain)
{
  *place = (Place) { 0 };
  place->collector = real_collector_new (plain);
  place->link = link_proxy_new (real_collector_get_port (place->collector));
  store_fixture_init (&place->store);
  place_enrol (place, "a");
}

void
place_check (Place *place)
{
  g_autofree char *checked = real_collector_run (place->collector, "check", NULL);

  assert_sound (&place->store);
}

void
place_clear (Place *place)
{
  store_fixture_clear (&place->store);
  link_proxy_free (place->link);
  real_collector_free (place->collector);
}

void
place_sync_until (Place *place, PlaceCondition condition)
{
  for (place->attempts = 1; place->attempts <= PLACE_ATTEMPTS_MAX; place->attempts++) {
    g_autoptr (GError) error = sync_once (place->store.store, &place->progress);

    if (error == NULL && (condition == NULL || condition (place)))
      return;
    if (error != NULL)
      g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TIMEOUT);
  }
  g_error ("after %d attempts: %" G_GUINT64_FORMAT " sent", PLACE_ATTEMPTS_MAX, place->progress.sent);
}
