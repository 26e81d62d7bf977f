/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a tablet knows of its clock: boots and anchors (sync/README.md 4.6). */
#include "log/clock-evidence.h"
#include "tablet.h"

Reading
tablet_read_clock (const Tablet *tablet, gint64 true_ms)
{
  return (Reading){
    .boot = tablet->clock.boot,
    .boottime_ms = wall_clock_since_boot (&tablet->clock, true_ms),
    .wall_ms = wall_clock_read (&tablet->clock, true_ms),
  };
}

/* -1: no such boot */
static gint
find_boot (const Tablet *tablet, guint32 id)
{
  for (guint i = tablet->boot_ids->len; i > 0; i--) {
    if (g_array_index (tablet->boot_ids, guint32, i - 1) == id)
      return (gint) i - 1;
  }
  return -1;
}

void
tablet_note_reading (Tablet *tablet, const Reading *reading)
{
  gint boot = find_boot (tablet, reading->boot);

  if (boot >= 0) {
    SobanBoot *known = &g_array_index (tablet->boots, SobanBoot, boot);

    known->ran_ms = MAX (known->ran_ms, reading->boottime_ms - known->boottime_ms);
  } else {
    const SobanBoot new = { .boottime_ms = reading->boottime_ms, .wall_ms = reading->wall_ms };

    g_array_append_val (tablet->boots, new);
    g_array_append_val (tablet->boot_ids, reading->boot);
  }
}

void
tablet_note_anchor (Tablet *tablet, const Reading *reading, gint64 true_ms)
{
  const gint boot = find_boot (tablet, reading->boot);
  const SobanAnchor anchor = { (guint) MAX (boot, 0), reading->boottime_ms, reading->wall_ms, true_ms };

  if (boot >= 0)
    g_array_append_val (tablet->anchors, anchor);
}

/* How many anchors lie before that reading of @boot. */
static guint
count_anchors_before (const Tablet *tablet, guint boot, gint64 boottime_ms)
{
  guint count = 0;

  while (count < tablet->anchors->len) {
    const SobanAnchor *anchor = &g_array_index (tablet->anchors, SobanAnchor, count);

    if (anchor->boot > boot || (anchor->boot == boot && anchor->boottime_ms > boottime_ms))
      break;
    count++;
  }
  return count;
}

/* The first own change that was made in the boot @boot or later; own changes of this incarnation alone. */
static guint64
find_first_number (const Tablet *tablet, guint boot)
{
  guint64 number = tablet->own->len + 1;

  while (number > 1 && ((const LogEntry *) g_ptr_array_index (tablet->own, number - 2))->boot >= boot)
    number--;
  return number;
}

SobanClockEvidence *
tablet_get_evidence (const Tablet *tablet, guint64 after)
{
  SobanClockEvidence *evidence = soban_clock_evidence_new (tablet->device, tablet->incarnation);
  guint first_boot = MAX (tablet->boots->len, 1) - 1, first_anchor;
  gint64 boottime_ms = G_MAXINT64;

  if (after < tablet->own->len) {
    const LogEntry *entry = g_ptr_array_index (tablet->own, after);

    first_boot = entry->boot;
    boottime_ms = entry->change->boottime_ms;
  }
  first_anchor = count_anchors_before (tablet, first_boot, boottime_ms);
  if (first_anchor > 0)
    first_anchor--;
  if (first_anchor < tablet->anchors->len)
    first_boot = MIN (first_boot, g_array_index (tablet->anchors, SobanAnchor, first_anchor).boot);
  for (guint i = first_boot; i < tablet->boots->len; i++) {
    SobanBoot boot = g_array_index (tablet->boots, SobanBoot, i);

    boot.first_number = find_first_number (tablet, i);
    g_array_append_val (evidence->boots, boot);
  }
  for (guint i = first_anchor; i < tablet->anchors->len; i++) {
    SobanAnchor anchor = g_array_index (tablet->anchors, SobanAnchor, i);

    anchor.boot -= first_boot;
    g_array_append_val (evidence->anchors, anchor);
  }
  return evidence;
}

gint64
tablet_estimate_now (Tablet *tablet, gint64 true_ms)
{
  const Reading reading = tablet_read_clock (tablet, true_ms);
  g_autoptr (SobanClockEvidence) evidence = NULL;

  tablet_note_reading (tablet, &reading);
  evidence = tablet_get_evidence (tablet, tablet->own->len);
  return soban_clock_evidence_estimate_now (evidence, reading.wall_ms, reading.boottime_ms);
}
