/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "readers.h"

typedef struct {
  SobanReadFunc read; /* NULL: the thread that gets this one ends */
  SobanDoneFunc done;
  gpointer data;
} Entry;

typedef struct {
  SobanReaders *readers;
  SobanCollectorStore *store;
  GThread *thread;
} Reader;

struct _SobanReaders {
  GAsyncQueue *entries;
  GMainContext *context;
  GPtrArray *readers; /* (element-type Reader) */
};

static gpointer
run_thread (gpointer data)
{
  Reader *self = data;

  while (TRUE) {
    g_autofree Entry *entry = g_async_queue_pop (self->readers->entries);
    GError *error = NULL;

    if (entry->read == NULL)
      return NULL;
    entry->read (self->store, entry->data, &error);
    soban_completion_post (self->readers->context, entry->done, entry->data, error);
  }
}

static gboolean
add_reader (SobanReaders *self, const char *address, GError **error)
{
  Reader *reader = g_new0 (Reader, 1);

  reader->readers = self;
  g_ptr_array_add (self->readers, reader);
  reader->store = soban_collector_store_open (address, SOBAN_DATABASE_READER, FALSE, NULL, error);
  if (reader->store == NULL)
    return FALSE;
  reader->thread = g_thread_new ("soban-reader", run_thread, reader);
  return TRUE;
}

static void
free_reader (gpointer data)
{
  Reader *reader = data;

  if (reader->thread != NULL)
    g_thread_join (reader->thread);
  g_clear_pointer (&reader->store, soban_collector_store_close);
  g_free (reader);
}

SobanReaders *
soban_readers_new (const char *address, guint count, GError **error)
{
  g_autoptr (SobanReaders) self = g_new0 (SobanReaders, 1);

  self->entries = g_async_queue_new ();
  self->context = g_main_context_ref_thread_default ();
  self->readers = g_ptr_array_new_with_free_func (free_reader);
  for (guint i = 0; i < count; i++) {
    if (!add_reader (self, address, error))
      return NULL;
  }
  return g_steal_pointer (&self);
}

void
soban_readers_free (SobanReaders *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->readers->len; i++)
    soban_readers_submit (self, NULL, NULL, NULL);
  g_ptr_array_unref (self->readers);
  g_async_queue_unref (self->entries);
  g_main_context_unref (self->context);
  g_free (self);
}

void
soban_readers_submit (SobanReaders *self, SobanReadFunc read, SobanDoneFunc done, gpointer data)
{
  Entry *entry = g_new0 (Entry, 1);

  *entry = (Entry) { read, done, data };
  g_async_queue_push (self->entries, entry);
}
