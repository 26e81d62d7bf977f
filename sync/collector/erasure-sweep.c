/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "erasure-sweep.h"

#include "erasure-traces.h"

#define LOOK_S 5
/* After one that failed, for want of room or of a moment without readers. */
#define LOOK_AGAIN_S 60

struct _SobanErasureSweep {
  gint references; /* this one, and a job under way */
  SobanWriter *const *writer;
  SobanCollectorStore *reader;
  GSource *timer; /* (nullable): NULL while a job is under way */
};

static void wait (SobanErasureSweep *self, guint seconds);

static void
release (SobanErasureSweep *self)
{
  if (--self->references == 0)
    g_free (self);
}

static gboolean
remove_traces (SobanCollectorStore *store, gpointer data, GError **error)
{
  return soban_erasure_traces_remove (store, error);
}

static void
on_removed (gpointer data, const GError *error)
{
  SobanErasureSweep *self = data;

  if (error != NULL)
    g_warning ("Taking the traces of an erasure out of the files: %s", error->message);
  /* One that was freed meanwhile has no writer any more. */
  if (self->references > 1)
    wait (self, error != NULL ? LOOK_AGAIN_S : LOOK_S);
  release (self);
}

static gboolean
on_look (gpointer data)
{
  static const SobanWriteJob job = { .write = remove_traces, .alone = TRUE, .done = on_removed };
  SobanErasureSweep *self = data;
  g_autoptr (GError) error = NULL;
  gboolean left = FALSE;

  if (!soban_erasure_traces_are_left (self->reader, &left, &error))
    g_warning ("Looking for traces of an erasure: %s", error->message);
  if (!left || *self->writer == NULL)
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->timer, g_source_unref);
  self->references++;
  soban_writer_submit (*self->writer, &job, self);
  return G_SOURCE_REMOVE;
}

static void
wait (SobanErasureSweep *self, guint seconds)
{
  self->timer = g_timeout_source_new_seconds (seconds);
  g_source_set_callback (self->timer, on_look, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

SobanErasureSweep *
soban_erasure_sweep_new (SobanWriter *const *writer, SobanCollectorStore *reader)
{
  SobanErasureSweep *self = g_new0 (SobanErasureSweep, 1);

  self->references = 1;
  self->writer = writer;
  self->reader = reader;
  wait (self, LOOK_S);
  return self;
}

void
soban_erasure_sweep_free (SobanErasureSweep *self)
{
  if (self == NULL)
    return;
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  release (self);
}
