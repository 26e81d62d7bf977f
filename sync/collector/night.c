/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "night.h"

#include "attachment-shelf.h"
#include "compaction.h"

#define HOUR 2
#define MINUTE 30
#define DAY_S (24 * 60 * 60)

struct _SobanNight {
  SobanWriter *const *writer;
  GSource *timer;
};

/* One night's work on its way, first the floors, then the files; it goes on by itself when the night is gone. */
typedef struct {
  SobanWriter *const *writer;
  char *after; /* (nullable): NULL when the floors are done */
  guint raised, swept;
  gboolean done;
} Work;

static void submit (Work *work);

static gboolean
sweep_some (SobanCollectorStore *store, Work *work, GError **error)
{
  guint swept;

  if (!soban_attachment_shelf_sweep (store, &swept, error))
    return FALSE;
  work->swept += swept;
  work->done = swept == 0;
  return TRUE;
}

static gboolean
write_work (SobanCollectorStore *store, gpointer data, GError **error)
{
  Work *work = data;

  if (work->after != NULL)
    return soban_compact_some (store, SOBAN_COMPACTION_KEEP_DAYS, &work->after, &work->raised, error);
  return sweep_some (store, work, error);
}

static void
on_work_done (gpointer data, const GError *error)
{
  Work *work = data;

  if (error != NULL)
    g_warning ("The work of the night: %s", error->message);
  if (error == NULL && !work->done && *work->writer != NULL) {
    submit (work);
    return;
  }
  if (work->raised > 0)
    g_message ("The floors of %u communes were raised", work->raised);
  if (work->swept > 0)
    g_message ("%u files that nobody went on sending, or no record names, were let go", work->swept);
  g_free (work->after);
  g_free (work);
}

static void
submit (Work *work)
{
  static const SobanWriteJob job = { write_work, NULL, on_work_done };

  soban_writer_submit (*work->writer, &job, work);
}

void
soban_night_run (SobanNight *self)
{
  Work *work = g_new0 (Work, 1);

  work->writer = self->writer;
  work->after = g_strdup ("");
  submit (work);
}

gint64
soban_night_delay_s (GDateTime *now)
{
  gint64 second = g_date_time_get_hour (now) * 3600 + g_date_time_get_minute (now) * 60 + g_date_time_get_second (now);
  gint64 delay = HOUR * 3600 + MINUTE * 60 - second;

  return delay > 0 ? delay : delay + DAY_S;
}

static void wait_for_night (SobanNight *self);

static gboolean
on_night (gpointer data)
{
  SobanNight *self = data;

  soban_night_run (self);
  wait_for_night (self);
  return G_SOURCE_REMOVE;
}

static void
wait_for_night (SobanNight *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  g_clear_pointer (&self->timer, g_source_unref);
  self->timer = g_timeout_source_new_seconds ((guint) soban_night_delay_s (now));
  g_source_set_callback (self->timer, on_night, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

SobanNight *
soban_night_new (SobanWriter *const *writer)
{
  SobanNight *self = g_new0 (SobanNight, 1);

  self->writer = writer;
  wait_for_night (self);
  return self;
}

void
soban_night_free (SobanNight *self)
{
  if (self == NULL)
    return;
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  g_free (self);
}
