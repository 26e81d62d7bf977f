/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-world.h"

#include "client/loopback-transport.h"
#include "client/session-private.h"

void
tablet_init (Tablet *tablet, FakeCollector *collector, guint device)
{
  g_autofree char *text = g_strdup_printf ("[soban-enrolment]\nversion=1\nurl=http://localhost:1\nkey=\ndevice=%u\ndevice_name=T%u\ntoken=t\n"
                                           "role=member\nscopes=" SCOPE " " OTHER_SCOPE "\nhome_scope=" SCOPE "\n",
                                           device, device);
  g_autoptr (GError) error = NULL;

  store_fixture_init (&tablet->store);
  tablet->collector = collector;
  soban_enrol_from_text (tablet->store.store, text, &error);
  g_assert_no_error (error);
}

void
tablet_clear (Tablet *tablet)
{
  store_fixture_clear (&tablet->store);
}

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

static void
on_progress (SobanSyncSession *session, Tablet *tablet)
{
  const SobanSyncProgress *progress = soban_sync_session_get_progress (session);

  g_assert_cmpuint (progress->sent, <=, progress->to_send);
  if (progress->to_pull > 0)
    g_assert_cmpuint (progress->pulled, <=, progress->to_pull);
  if (progress->to_pull > 0)
    tablet->to_pull_before_last = progress->to_pull;
}

GError *
tablet_sync_over (Tablet *tablet, SobanTransport *transport, GCancellable *cancellable)
{
  g_autoptr (SobanSyncSession) session = soban_sync_session_new_with_transport (tablet->store.store, transport);
  Outcome outcome = { 0 };

  tablet->to_pull_before_last = 0;
  g_signal_connect (session, "progress", G_CALLBACK (on_progress), tablet);
  soban_sync_session_run_async (session, cancellable, on_finished, &outcome);
  while (!outcome.done)
    g_main_context_iteration (NULL, TRUE);
  tablet->progress = *soban_sync_session_get_progress (session);
  return outcome.error;
}

GError *
tablet_sync_cancellable (Tablet *tablet, GCancellable *cancellable)
{
  g_autoptr (SobanTransport) transport = soban_loopback_transport_new (fake_collector_exchange, tablet->collector);

  return tablet_sync_over (tablet, transport, cancellable);
}

GError *
tablet_try (Tablet *tablet)
{
  return tablet_sync_cancellable (tablet, NULL);
}

void
tablet_sync (Tablet *tablet)
{
  g_autoptr (GError) error = tablet_try (tablet);

  g_assert_no_error (error);
  assert_sound (&tablet->store);
}

void
edit (Tablet *tablet, const SobanUuid *id, const char *path, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanRecord) record = soban_store_get_record (tablet->store.store, id, &error);
  SobanUuid same = *id;

  g_assert_no_error (error);
  soban_field_map_set (record->fields, path, value);
  soban_store_save (tablet->store.store, &same, record->form, record->form_version, NULL, record->fields, &error);
  g_assert_no_error (error);
}

void
assert_same_record (Tablet *a, Tablet *b, const SobanUuid *id)
{
  g_autoptr (SobanRecord) left = soban_store_get_record (a->store.store, id, NULL);
  g_autoptr (SobanRecord) right = soban_store_get_record (b->store.store, id, NULL);

  g_assert_nonnull (left);
  g_assert_nonnull (right);
  g_assert_true (soban_field_map_equal (left->fields, right->fields));
  g_assert_cmpint (left->deleted, ==, right->deleted);
}

gboolean
has_losing_value (Tablet *tablet, const SobanUuid *id, const char *path, const char *value)
{
  g_autoptr (GPtrArray) history = soban_store_get_history (tablet->store.store, id, NULL);

  for (guint i = 0; i < history->len; i++) {
    const SobanHistoryItem *item = g_ptr_array_index (history, i);

    if (g_str_equal (item->path, path) && g_strcmp0 (item->value, value) == 0 && !item->winner)
      return TRUE;
  }
  return FALSE;
}

void
world_init (World *world, gconstpointer data)
{
  world->collector = fake_collector_new ();
  world->collector->now_ms = FIXTURE_START_MS + 60000;
  tablet_init (&world->a, world->collector, 1);
  tablet_init (&world->b, world->collector, 2);
}

void
world_clear (World *world, gconstpointer data)
{
  tablet_clear (&world->a);
  tablet_clear (&world->b);
  fake_collector_free (world->collector);
}

void
pass_minute (World *world)
{
  gint64 now_ms = MAX (world->collector->now_ms, MAX (world->a.store.now_ms, world->b.store.now_ms)) + 60000;

  world->collector->now_ms = now_ms + 60000;
  world->a.store.now_ms = world->b.store.now_ms = now_ms;
}

void
assert_nothing_applied (Tablet *tablet)
{
  g_autoptr (GPtrArray) cursors = soban_store_get_cursors (tablet->store.store, NULL);
  g_autoptr (GArray) ids = soban_store_list_records (tablet->store.store, &(SobanRecordQuery) { 0 }, NULL);

  for (guint i = 0; i < cursors->len; i++)
    g_assert_cmpuint (((SobanCursor *) g_ptr_array_index (cursors, i))->cursor, ==, 0);
  g_assert_cmpuint (ids->len, ==, 0);
}
