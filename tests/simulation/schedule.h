/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Up to EVENT_STICK: what comes again and again as long as a world has days. */
typedef enum {
  EVENT_EDIT,       /* a person saves a record */
  EVENT_SYNC,       /* a tablet begins a sync */
  EVENT_BOOT,       /* a tablet is switched off and on */
  EVENT_MISFORTUNE, /* something happens to a disk */
  EVENT_STICK,      /* somebody writes a stick */
  EVENT_SYNC_AGAIN, /* it had been off */
  EVENT_STICK_UP,   /* a stick reaches the collector */
  EVENT_STICK_DOWN, /* a stick reaches a tablet */
  EVENT_REQUEST,    /* bytes reach the collector */
  EVENT_ANSWER,     /* bytes reach the tablet */
  EVENT_BROKEN,     /* the tablet's connection ends without an answer */
} EventKind;

typedef struct {
  gint64 at_ms;
  guint64 order; /* among those of the same moment */
  EventKind kind;
  guint tablet;
  guint64 round; /* which one the bytes belong to; 0: nobody waits for an answer */
  GBytes *bytes; /* (nullable) */
  gboolean intact;
} Event;

/* What will happen in a world, in order of its time. */
typedef struct {
  GSequence *events;
  guint64 last_order;
} Schedule;

void schedule_init (Schedule *schedule);
void schedule_clear (Schedule *schedule);
/* @bytes: (transfer none) (nullable) */
void schedule_add (Schedule *schedule, gint64 at_ms, EventKind kind, guint tablet, guint64 round, GBytes *bytes,
                   gboolean intact);
/* (nullable) (transfer full) */
Event *schedule_take (Schedule *schedule);
void event_free (Event *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Event, event_free)
