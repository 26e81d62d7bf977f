/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes of a whole sync, HTTP headers and bodies (PROTOCOL 4.5), between a real client and a real collector over HTTPS: nothing to do, an edit of one
 * field, a new record. On a session's first sync the connection is new; TLS is not counted.
 */
#include "client/session.h"
#include "real-collector.h"
#include "store-fixture.h"

#define RECORDS 50

typedef struct {
  GError *error;
  gboolean done;
} Outcome;

static void
on_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  soban_sync_session_run_finish (SOBAN_SYNC_SESSION (source), result, &outcome->error);
  outcome->done = TRUE;
}

static SobanSyncProgress
sync_store (SobanStore *store)
{
  g_autoptr (SobanSyncSession) session = soban_sync_session_new (store);
  Outcome outcome = { 0 };

  soban_sync_session_run_async (session, NULL, on_finished, &outcome);
  while (!outcome.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (outcome.error);
  return *soban_sync_session_get_progress (session);
}

/* What one sync takes, and beside it what it may. */
static gboolean
print_sync (const char *what, SobanStore *store, guint64 up_max, guint64 down_max)
{
  SobanSyncProgress progress = sync_store (store);
  gboolean good = progress.bytes_up <= up_max && progress.bytes_down <= down_max;

  g_print ("# %-34s %4" G_GUINT64_FORMAT " B up, %4" G_GUINT64_FORMAT " B down, %u request(s)   target at most %" G_GUINT64_FORMAT
           " / %" G_GUINT64_FORMAT " B%s\n", what, progress.bytes_up, progress.bytes_down, progress.requests, up_max, down_max,
           good ? "" : "   MISSED");
  return good;
}

static void
edit_total (StoreFixture *fixture, SobanUuid *id, const char *total)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanRecord) record = soban_store_get_record (fixture->store, id, &error);
  g_autoptr (SobanFieldMap) fields = NULL;

  g_assert_no_error (error);
  fields = soban_field_map_copy (record->fields);
  soban_field_map_set (fields, "total", total);
  soban_store_save (fixture->store, id, record->form, record->form_version, NULL, fields, &error);
  g_assert_no_error (error);
}

static void
test_bytes_of_a_sync (void)
{
  g_autoptr (RealCollector) collector = real_collector_new (FALSE);
  g_autofree char *enrolment = real_collector_enrol (collector, "a", FIXTURE_COMMUNE, real_collector_get_port (collector));
  g_autoptr (GError) error = NULL;
  StoreFixture fixture;
  SobanUuid id;
  gboolean good = TRUE;

  store_fixture_init (&fixture);
  soban_enrol_from_text (fixture.store, enrolment, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < RECORDS; i++)
    id = save_session (&fixture, "2026-11-20", "Nà Lầu", "25");
  sync_store (fixture.store);
  sync_store (fixture.store);
  good &= print_sync ("nothing to do", fixture.store, 350, 250);
  edit_total (&fixture, &id, "26");
  good &= print_sync ("an edit of one field", fixture.store, 450, 300);
  id = save_session (&fixture, "2026-11-21", "Nà Lầu", "31");
  print_sync ("a new communication session", fixture.store, 550, 300);
  store_fixture_clear (&fixture);
  g_assert_true (good);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/sync/bytes-of-a-sync", test_bytes_of_a_sync);
  return g_test_run ();
}
