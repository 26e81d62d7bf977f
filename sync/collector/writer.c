/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "writer.h"

#include "base/error.h"

#define GROUP_JOBS_MAX 64
#define QUIET_US (20 * G_TIME_SPAN_MILLISECOND)      /* with nothing to write, before something is derived */
#define DERIVE_EVERY_US (2 * G_TIME_SPAN_SECOND)     /* however much there is to write */

typedef struct {
  const SobanWriteJob *job; /* NULL: wakes the thread */
  gpointer data;
  GError *error;
} Entry;

typedef struct {
  gint64 deadline_us;
  SobanDoneFunc done;
  gpointer data;
} Waiter;

struct _SobanWriter {
  SobanCollectorStore *store;
  SobanReaders *readers;
  GAsyncQueue *entries;
  GThread *thread;
  GMainContext *context;
  SobanDeriveFunc derive;
  gpointer derive_data;
  gint ending;      /* atomic */
  /* The thread's: */
  guint group_max;
  GPtrArray *waiters; /* of Waiter */
  gboolean stale;     /* there may be something to derive */
  gint64 written_us, derived_us; /* when it last wrote and derived */
};

static gboolean
write_entry (SobanWriter *self, Entry *entry, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (self->store);

  if (!soban_database_run (database, error, "SAVEPOINT job", ""))
    return FALSE;
  if (entry->job->write (self->store, entry->data, &entry->error))
    return soban_database_run (database, error, "RELEASE job", "");
  return soban_database_execute (database, "ROLLBACK TO job; RELEASE job", error);
}

static gboolean
write_group (SobanWriter *self, GPtrArray *group, GError **error)
{
  if (!soban_collector_store_begin (self->store, error))
    return FALSE;
  for (guint i = 0; i < group->len; i++) {
    if (!write_entry (self, g_ptr_array_index (group, i), error)) {
      soban_collector_store_roll_back (self->store);
      return FALSE;
    }
  }
  return soban_collector_store_commit (self->store, error);
}

static void
run_group (SobanWriter *self, GPtrArray *group)
{
  g_autoptr (GError) error = NULL;
  gboolean written = write_group (self, group, &error);

  if (!written)
    g_warning ("Writing: %s", error->message);
  for (guint i = 0; i < group->len; i++) {
    Entry *entry = g_ptr_array_index (group, i);

    if (!written) {
      g_clear_error (&entry->error);
      entry->error = g_error_copy (error);
    }
    if (entry->error == NULL && entry->job->after != NULL)
      soban_readers_submit (self->readers, entry->job->after, entry->job->done, entry->data);
    else
      soban_completion_post (self->context, entry->job->done, entry->data, g_steal_pointer (&entry->error));
    g_free (entry);
  }
  self->stale = TRUE;
  self->written_us = g_get_monotonic_time ();
}

/* A record whose deriving fails must not keep the thread busy for ever: it stays stale until the next write. */
static void
derive_some (SobanWriter *self)
{
  g_autoptr (GError) error = NULL;
  gboolean left = FALSE;

  if (!self->derive (self->store, self->derive_data, &left, &error)) {
    g_warning ("Deriving: %s", error->message);
    left = FALSE;
  }
  self->stale = left;
  self->derived_us = g_get_monotonic_time ();
}

/* Tablets that write come before what is derived, pages that wait for it before tablets that may write soon. 0: derive now. */
static gint64
get_derive_delay_us (SobanWriter *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->waiters->len > 0)
    return 0;
  return MAX (0, MIN (self->written_us + QUIET_US, self->derived_us + DERIVE_EVERY_US) - now_us);
}

static void
serve_waiters (SobanWriter *self)
{
  gint64 now_us = g_get_monotonic_time ();

  for (guint i = self->waiters->len; i > 0; i--) {
    Waiter *waiter = g_ptr_array_index (self->waiters, i - 1);

    if (self->stale && now_us < waiter->deadline_us)
      continue;
    soban_completion_post (self->context, waiter->done, waiter->data, NULL);
    g_ptr_array_remove_index_fast (self->waiters, i - 1);
  }
}

static gboolean
await_settled (SobanCollectorStore *store, gpointer data, GError **error)
{
  g_assert_not_reached ();
}

static const SobanWriteJob settle_job = { .write = await_settled };

static void
run_alone (SobanWriter *self, Entry *entry)
{
  g_autoptr (GError) error = NULL;

  if (!entry->job->write (self->store, entry->data, &error))
    entry->error = g_steal_pointer (&error);
  soban_completion_post (self->context, entry->job->done, entry->data, g_steal_pointer (&entry->error));
}

static void
take_entry (SobanWriter *self, Entry *entry, GPtrArray *group)
{
  if (entry->job != NULL && entry->job->alone) {
    run_alone (self, entry);
    g_free (entry);
    return;
  }
  if (entry->job == &settle_job)
    g_ptr_array_add (self->waiters, entry->data);
  else if (entry->job != NULL)
    g_ptr_array_add (group, entry);
  if (entry->job == &settle_job || entry->job == NULL)
    g_free (entry);
}

/* (nullable): NULL when it is time to derive. */
static Entry *
await_entry (SobanWriter *self)
{
  gint64 delay_us;

  if (!self->stale)
    return g_async_queue_pop (self->entries);
  delay_us = get_derive_delay_us (self);
  return delay_us > 0 ? g_async_queue_timeout_pop (self->entries, (guint64) delay_us) : g_async_queue_try_pop (self->entries);
}

static gpointer
run_thread (gpointer data)
{
  SobanWriter *self = data;
  g_autoptr (GPtrArray) group = g_ptr_array_new ();

  while (TRUE) {
    Entry *entry = await_entry (self);

    while (entry != NULL) {
      take_entry (self, entry, group);
      entry = group->len < self->group_max ? g_async_queue_try_pop (self->entries) : NULL;
    }
    if (group->len > 0)
      run_group (self, group);
    g_ptr_array_set_size (group, 0);
    if (g_atomic_int_get (&self->ending) && g_async_queue_length (self->entries) <= 0) {
      self->stale = FALSE;
      serve_waiters (self);
      return NULL;
    }
    if (self->stale && get_derive_delay_us (self) == 0)
      derive_some (self);
    serve_waiters (self);
  }
}

/* In PostgreSQL each job takes the counters of its scopes in ascending order: with those of several jobs in one transaction two
 * collectors could wait for each other. */
static guint
find_group_max (SobanCollectorStore *store)
{
  gboolean sqlite = soban_database_get_kind (soban_collector_store_get_database (store)) == SOBAN_DATABASE_SQLITE;

  return sqlite ? GROUP_JOBS_MAX : 1;
}

SobanWriter *
soban_writer_new (SobanCollectorStore *store, SobanReaders *readers, SobanDeriveFunc derive, gpointer derive_data)
{
  SobanWriter *self = g_new0 (SobanWriter, 1);

  self->store = store;
  self->readers = readers;
  self->derive = derive;
  self->derive_data = derive_data;
  self->entries = g_async_queue_new ();
  self->waiters = g_ptr_array_new_with_free_func (g_free);
  self->context = g_main_context_ref_thread_default ();
  self->stale = TRUE;
  self->group_max = find_group_max (store);
  self->thread = g_thread_new ("soban-writer", run_thread, self);
  return self;
}

static void
push (SobanWriter *self, const SobanWriteJob *job, gpointer data)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->job = job;
  entry->data = data;
  g_async_queue_push (self->entries, entry);
}

void
soban_writer_submit (SobanWriter *self, const SobanWriteJob *job, gpointer data)
{
  push (self, job, data);
}

void
soban_writer_settle (SobanWriter *self, guint patience_ms, SobanDoneFunc done, gpointer data)
{
  Waiter *waiter = g_new0 (Waiter, 1);

  waiter->deadline_us = g_get_monotonic_time () + patience_ms * (gint64) 1000;
  waiter->done = done;
  waiter->data = data;
  push (self, &settle_job, waiter);
}

void
soban_writer_free (SobanWriter *self)
{
  if (self == NULL)
    return;
  g_atomic_int_set (&self->ending, TRUE);
  push (self, NULL, NULL);
  g_thread_join (self->thread);
  soban_collector_store_close (self->store);
  g_async_queue_unref (self->entries);
  g_ptr_array_unref (self->waiters);
  g_main_context_unref (self->context);
  g_free (self);
}
