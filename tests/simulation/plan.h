/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wall-clock.h"

#define PLAN_TABLETS_MAX 12

/* A rule that a world breaks on purpose: each must be found, or the checks are worth nothing. */
typedef enum {
  SABOTAGE_NONE,
  SABOTAGE_LOST_WRITE,          /* the collector's disk loses a change that was acknowledged */
  SABOTAGE_IGNORED_ADJUSTMENTS, /* a tablet does not take over effective stamps */
  SABOTAGE_EARLY_NUMBERS,       /* a tablet sends what is not synced to its disk */
  SABOTAGE_DROPPED_FORK,        /* a tablet that finds a fork issues nothing anew */
  SABOTAGE_IGNORED_DIGESTS,     /* tablets do not look at digests, and bits flip */
  SABOTAGE_KINDS,
} Sabotage;

/* What kind of world it is. All else comes from its seed. */
typedef struct {
  guint tablets;
  guint scopes;
  guint days;
  gint64 edit_every_ms, sync_every_ms; /* means, for each tablet */
  gint64 misfortune_every_ms;          /* mean, for the world; 0: never */
  gint64 stick_every_ms;               /* mean, for the world; 0: never */
  gboolean setbacks;                   /* older copies of the collector are put back */
  gboolean floors;                     /* logs are compacted */
  gboolean flips;                      /* bits flip on tablets */
  gboolean clones, restores;           /* disks are copied; older images put back */
  guint records;                       /* at most so many in a scope */
  guint paths;                         /* fields of a record */
  guint page;                          /* changes of an answer */
  guint request_max;                   /* a request carries 1 to so many changes, drawn anew each time */
  gboolean late;                       /* the first tablet does not sync before the world comes to rest */
  gboolean nights;                     /* tablets are off for most of the time */
  gboolean faulty;                     /* network, power and disk fail */
  gboolean good_link;                  /* ... but not the network: long exchanges come to their end, and what strikes strikes in them */
  gboolean full_disks;                 /* tablets' disks are full now and then */
  gboolean power_cuts;                 /* the power fails after any write, not after saves and at boots alone */
  WallClockKind clocks[PLAN_TABLETS_MAX];
  gboolean raw_stamps[PLAN_TABLETS_MAX];
  gboolean old[PLAN_TABLETS_MAX]; /* speaks 1.0; only where no disk is copied or set back, since it cannot heal */
  Sabotage sabotage;
} Plan;

/* Any kind of world. */
Plan plan_draw (GRand *dice);
/* What was thought of later, with dice of its own: a world that has nothing of it is the one that its seed meant before. */
void plan_draw_more (Plan *plan, GRand *dice);
/* The world of the clock comparison (PROTOCOL 3): 8 tablets, a quarter with dead clocks, an eighth in 2035, 120 fields,
 * 60 days. */
Plan plan_clocks (void);
