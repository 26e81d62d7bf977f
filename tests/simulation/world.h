/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ledger.h"
#include "network.h"
#include "plan.h"

/* What has happened in some worlds. */
typedef struct {
  guint64 worlds, device_days, steps;
  guint64 changes, rounds, broken_rounds, restamped, crashes, lost_saves, full_disks, faults;
  guint64 clones, restores, forks, gone_saves, late_bases;
  Marks marks;
} Tally;

/**
 * World: tablets, one collector and the network between them in virtual time, all from one seed. The rules are checked
 * after each step, and again when everything has come to rest.
 */
typedef struct {
  guint64 seed;
  Plan plan;
  GRand *dice;
  GRand *mishaps; /* of plan_draw_more() */
  gint64 now_ms, end_ms;
  guint step;
  Tally tally;

  GPtrArray *scopes;  /* (element-type utf8) */
  GPtrArray *tablets; /* (element-type Tablet) */
  guint64 last_round;

  Collector *collector;
  MemoryStore *copy; /* (nullable): a backup of the collector */
  SobanStamp copy_stamp;
  gboolean set_back;   /* the collector was */
  gboolean may_differ; /* what makes digests differ has happened */
  Ledger *ledger;
  Schedule schedule;
  Network network;
} World;

World *world_new (guint64 seed, const Plan *plan);
void world_free (World *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

/* Runs to its end and to rest. FALSE: a rule is broken; the error names seed and step. */
gboolean world_run (World *world, GError **error);

/* (transfer none): one more tablet with the disk of @original. */
Tablet *world_add_clone (World *world, const Tablet *original, WallClockKind clock);
/* The disk of @tablet is lost or set back; @disk (transfer full) stands in its place. */
void world_lose_disk (World *world, Tablet *tablet, GPtrArray *disk);

void world_power_on (World *world, Tablet *tablet);
/* What it has written comes to its disk, or waits for the next sync of it. */
void world_sync_disk (World *world, Tablet *tablet);
/* Now and then, where the plan says so, the power of @tablet fails and comes back: what it has written and not synced may be lost. FALSE: not
 * this time. */
gboolean world_cut_power (World *world, guint tablet);

/* Parts of it, for a world that is led by hand. */
gboolean world_save (World *world, guint tablet, SobanChange *change, GError **error);
/* One round without a network; @lose_answer: it is admitted, but the tablet never hears of it. */
gboolean world_exchange (World *world, guint tablet, gboolean lose_answer, TabletResult *ret_result, GError **error);
/* No faults any more: everybody syncs until nothing is left; then everything is compared (rest.c). */
gboolean world_come_to_rest (World *world, GError **error);

/* One round through the network (world-round.c). */
gboolean world_begin_round (World *world, guint tablet, GError **error);
gboolean world_take_request (World *world, const Event *event, GError **error);
gboolean world_take_answer (World *world, const Event *event, GError **error);
/* @tablet has written down that it has a new incarnation. */
void world_note_renewal (World *world, const Tablet *tablet);
/* A tablet took @result in: checks it. */
gboolean world_check_result (World *world, guint tablet, const TabletResult *result, guint64 acked_before,
                             GError **error);
