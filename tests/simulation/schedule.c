/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "schedule.h"

void
event_free (Event *event)
{
  g_clear_pointer (&event->bytes, g_bytes_unref);
  g_free (event);
}

void
schedule_init (Schedule *schedule)
{
  *schedule = (Schedule){ g_sequence_new (NULL), 0 };
}

void
schedule_clear (Schedule *schedule)
{
  g_autoptr (GPtrArray) left = g_ptr_array_new_with_free_func ((GDestroyNotify) event_free);
  Event *event;

  while ((event = schedule_take (schedule)) != NULL)
    g_ptr_array_add (left, event);
  g_clear_pointer (&schedule->events, g_sequence_free);
}

static int
compare_events (gconstpointer a, gconstpointer b, gpointer data)
{
  const Event *left = a, *right = b;

  if (left->at_ms != right->at_ms)
    return left->at_ms < right->at_ms ? -1 : 1;
  return left->order < right->order ? -1 : left->order > right->order;
}

void
schedule_add (Schedule *schedule, gint64 at_ms, EventKind kind, guint tablet, guint64 round, GBytes *bytes,
              gboolean intact)
{
  Event *event = g_new0 (Event, 1);

  *event =
      (Event){ at_ms, ++schedule->last_order, kind, tablet, round, bytes != NULL ? g_bytes_ref (bytes) : NULL, intact };
  g_sequence_insert_sorted (schedule->events, event, compare_events, NULL);
}

Event *
schedule_take (Schedule *schedule)
{
  GSequenceIter *first = g_sequence_get_begin_iter (schedule->events);
  Event *event;

  if (g_sequence_iter_is_end (first))
    return NULL;
  event = g_sequence_get (first);
  g_sequence_remove (first);
  return event;
}
