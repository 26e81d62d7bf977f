/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * When was it? What a tablet's clocks tell afterwards: PROTOCOL 3.2a, sync/README.md 4.6, 4.9.
 *
 * A *place* is a reading of CLOCK_BOOTTIME in one boot. Between two places a tablet has run for a time that is certain; what
 * passed while it was off is not. So a place has a *least* time (the anchor before it and what has certainly run since) and
 * a *greatest* (the anchor after it less what has certainly run until then).
 *
 * Invariants:
 *  (1) In the boot of an anchor: counted from it, whatever the wall clock did.
 *  (2) Else wall less offset, where it lies between the least and the greatest time: the offset at both anchors when it is the
 *      same (but of a clock that stands still in that boot); else that of either, if each boot on the way to that anchor
 *      agrees with it.
 *  (3) Else between two anchors: what nobody knows is shared out among the times between the boots, so that what was made in
 *      one boot keeps its distances; and before the first or after the last: the greatest or the least time itself.
 *  (4) A time never lies beyond the least or the greatest time; two places of one clock never change their order, but where (2)
 *      takes a step of the wall clock for what it was.
 *  (5) Whatever the evidence: an answer, in time that grows with the number of its readings alone.
 */
#include "log/clock-evidence.h"

#include "base/limits.h"

#define STEADY_MS (5 * 60 * G_GINT64_CONSTANT (1000)) /* an offset within this is the same (sync/README.md 4.9) */
#define TIME_MS_MAX (G_GINT64_CONSTANT (1) << 48)     /* no stamp is beyond */

typedef struct {
  gint boot; /* -1: before the first boot that is told of */
  gint64 boottime_ms;
} Place;

SobanClockEvidence *
soban_clock_evidence_new (guint32 device, guint64 incarnation)
{
  SobanClockEvidence *evidence = g_new0 (SobanClockEvidence, 1);

  evidence->device = device;
  evidence->incarnation = incarnation;
  evidence->boots = g_array_new (FALSE, FALSE, sizeof (SobanBoot));
  evidence->anchors = g_array_new (FALSE, FALSE, sizeof (SobanAnchor));
  return evidence;
}

void
soban_clock_evidence_free (SobanClockEvidence *evidence)
{
  if (!evidence)
    return;
  g_array_unref (evidence->boots);
  g_array_unref (evidence->anchors);
  g_free (evidence);
}

/* A reading of a peer, small enough that sums and differences of a few do not overflow. */
static gint64
bound (gint64 ms)
{
  return CLAMP (ms, -TIME_MS_MAX, TIME_MS_MAX);
}

static gint64
get_offset (const SobanAnchor *anchor)
{
  return bound (anchor->wall_ms) - bound (anchor->true_ms);
}

static Place
get_place (const SobanAnchor *anchor)
{
  return (Place) { (gint) anchor->boot, bound (anchor->boottime_ms) };
}

static gboolean
is_before (Place a, Place b)
{
  return a.boot < b.boot || (a.boot == b.boot && a.boottime_ms < b.boottime_ms);
}

/* For how long @boot is known to have run: CLOCK_BOOTTIME counts from its very beginning. */
static gint64
get_length (const SobanClockEvidence *evidence, gint boot)
{
  const SobanBoot *told = &g_array_index (evidence->boots, SobanBoot, boot);

  return bound (MAX (bound (told->boottime_ms), 0) + MAX (bound (told->ran_ms), 0));
}

/* How long the tablet has certainly run from @from to @to, which is not before it. */
static gint64
count_running (const SobanClockEvidence *evidence, Place from, Place to)
{
  gint64 running;

  if (from.boot == to.boot)
    return to.boottime_ms - from.boottime_ms;
  running = MAX (to.boottime_ms, 0);
  if (from.boot >= 0)
    running += MAX (get_length (evidence, from.boot) - from.boottime_ms, 0);
  for (gint boot = from.boot + 1; boot < to.boot; boot++)
    running = bound (running + get_length (evidence, boot));
  return bound (running);
}

/* The boot of the change with @number: the last that begins with it or before. */
static gint
find_boot (const SobanClockEvidence *evidence, guint64 number)
{
  for (gint boot = (gint) evidence->boots->len - 1; boot >= 0; boot--) {
    if (g_array_index (evidence->boots, SobanBoot, boot).first_number <= number)
      return boot;
  }
  return -1;
}

/* (nullable): the nearest anchors on both sides of @place; an anchor at @place is on both. */
static void
find_anchors (const SobanClockEvidence *evidence, Place place, const SobanAnchor **ret_before, const SobanAnchor **ret_after)
{
  *ret_before = NULL;
  *ret_after = NULL;
  for (guint i = 0; i < evidence->anchors->len; i++) {
    const SobanAnchor *anchor = &g_array_index (evidence->anchors, SobanAnchor, i);

    if (anchor->boot >= evidence->boots->len)
      continue;
    if (!is_before (place, get_place (anchor)) && (*ret_before == NULL || !is_before (get_place (anchor), get_place (*ret_before))))
      *ret_before = anchor;
    if (!is_before (get_place (anchor), place) && (*ret_after == NULL || is_before (get_place (anchor), get_place (*ret_after))))
      *ret_after = anchor;
  }
}

/* (nullable): of the two, one in the boot of @place. The one before, where both are: a tablet, too, counts from that. */
static const SobanAnchor *
choose_same_boot (Place place, const SobanAnchor *before, const SobanAnchor *after)
{
  if (before && (gint) before->boot == place.boot)
    return before;
  return after && (gint) after->boot == place.boot ? after : NULL;
}

/* The times between which a place lies, and the anchors that say so. */
typedef struct {
  const SobanAnchor *before, *after; /* (nullable) */
  gint64 least_ms, greatest_ms;
} Window;

static Window
find_window (const SobanClockEvidence *evidence, Place place, const SobanAnchor *before, const SobanAnchor *after)
{
  Window window = { before, after, SOBAN_PROGRAMME_START_MS, TIME_MS_MAX };

  if (before)
    window.least_ms = bound (before->true_ms) + count_running (evidence, get_place (before), place);
  if (after)
    window.greatest_ms = bound (after->true_ms) - count_running (evidence, place, get_place (after));
  return window;
}

static gboolean
is_inside (const Window *window, gint64 ms)
{
  return ms >= window->least_ms - STEADY_MS && ms <= window->greatest_ms + STEADY_MS;
}

static gboolean
is_steady (const Window *window)
{
  return window->before && window->after && ABS (get_offset (window->before) - get_offset (window->after)) <= STEADY_MS;
}

/* TRUE when the clock may have kept @offset_ms on the way from a place to a later one: nowhere does it stand before what has
 * certainly passed. */
static gboolean
has_kept_offset (const SobanClockEvidence *evidence, gint64 offset_ms, Place from, gint64 from_ms, Place to, gint64 to_ms)
{
  for (gint boot = from.boot + 1; boot <= to.boot; boot++) {
    const SobanBoot *told = &g_array_index (evidence->boots, SobanBoot, boot);
    Place here = { boot, bound (told->boottime_ms) };
    gint64 here_ms = bound (told->wall_ms) - offset_ms;

    if (is_before (to, here))
      break;
    if (here_ms < from_ms + count_running (evidence, from, here) - STEADY_MS)
      return FALSE;
    from = here;
    from_ms = here_ms;
  }
  return to_ms >= from_ms + count_running (evidence, from, to) - STEADY_MS;
}

/* It shows the same as when the program first ran in that boot, and that is a while ago. */
static gboolean
stands_still (const SobanClockEvidence *evidence, Place place, gint64 wall_ms)
{
  const SobanBoot *told = place.boot >= 0 ? &g_array_index (evidence->boots, SobanBoot, place.boot) : NULL;

  return told && place.boottime_ms - bound (told->boottime_ms) > 2 * STEADY_MS && ABS (wall_ms - bound (told->wall_ms)) < STEADY_MS;
}

/* Invariant 2. TRUE when the wall clock, less its offset at an anchor, can be believed. */
static gboolean
read_wall (const SobanClockEvidence *evidence, Place place, gint64 wall_ms, const Window *window, gint64 *ret_ms)
{
  const SobanAnchor *before = window->before, *after = window->after;

  if (before) {
    *ret_ms = wall_ms - get_offset (before);
    if (is_steady (window))
      return is_inside (window, *ret_ms) && !stands_still (evidence, place, wall_ms);
    if (is_inside (window, *ret_ms)
        && has_kept_offset (evidence, get_offset (before), get_place (before), bound (before->true_ms), place, *ret_ms))
      return TRUE;
  }
  if (!after)
    return FALSE;
  *ret_ms = wall_ms - get_offset (after);
  return is_inside (window, *ret_ms)
         && has_kept_offset (evidence, get_offset (after), place, *ret_ms, get_place (after), bound (after->true_ms));
}

/* Invariant 3. */
static gint64
share_out (Place place, const Window *window)
{
  gint64 since_ms, until_ms;
  gint before, all;

  if (!window->before)
    return window->greatest_ms;
  if (!window->after)
    return window->least_ms;
  since_ms = window->least_ms - bound (window->before->true_ms);
  until_ms = bound (window->after->true_ms) - window->greatest_ms;
  before = place.boot - (gint) window->before->boot;
  all = (gint) window->after->boot - (gint) window->before->boot;
  if (window->least_ms <= window->greatest_ms)
    return window->least_ms + (window->greatest_ms - window->least_ms) / all * before;
  /* More has run than time has passed: a reading is wrong. What has run is all there is to share out by. */
  return bound (window->before->true_ms)
         + (gint64) ((double) (bound (window->after->true_ms) - bound (window->before->true_ms)) * since_ms / MAX (since_ms + until_ms, 1));
}

static SobanTimeQuality
judge (const Window *window, gboolean wall)
{
  if (!window->before)
    return SOBAN_TIME_BEFORE;
  if (!window->after)
    return SOBAN_TIME_AFTER;
  return wall && is_steady (window) ? SOBAN_TIME_STEADY : SOBAN_TIME_BETWEEN;
}

/* The time at @place, whose wall clock showed @wall_ms. *ret_read FALSE: by what has run alone. */
static SobanTimeQuality
find_time (const SobanClockEvidence *evidence, Place place, gint64 wall_ms, gint64 *ret_ms, gboolean *ret_read)
{
  const SobanAnchor *before, *after, *same;
  Window window;
  gboolean wall;

  find_anchors (evidence, place, &before, &after);
  *ret_ms = wall_ms;
  *ret_read = TRUE;
  if (!before && !after)
    return SOBAN_TIME_RAW;
  same = choose_same_boot (place, before, after);
  if (same) {
    *ret_ms = bound (same->true_ms) + place.boottime_ms - get_place (same).boottime_ms;
    return SOBAN_TIME_SAME_BOOT;
  }
  window = find_window (evidence, place, before, after);
  wall = read_wall (evidence, place, bound (wall_ms), &window, ret_ms);
  *ret_read = wall;
  if (!wall)
    *ret_ms = share_out (place, &window);
  if (window.least_ms <= window.greatest_ms)
    *ret_ms = CLAMP (*ret_ms, window.least_ms, window.greatest_ms);
  return judge (&window, wall);
}

SobanTimeQuality
soban_clock_evidence_correct (const SobanClockEvidence *evidence, guint64 number, gint64 wall_ms, gint64 boottime_ms, gint64 *ret_ms)
{
  Place place = { find_boot (evidence, number), bound (boottime_ms) };
  gboolean read;

  return find_time (evidence, place, wall_ms, ret_ms, &read);
}

gint64
soban_clock_evidence_estimate_now (const SobanClockEvidence *evidence, gint64 wall_ms, gint64 boottime_ms)
{
  gboolean is_least;
  gint64 now_ms;

  soban_clock_evidence_find_now (evidence, wall_ms, boottime_ms, &now_ms, &is_least);
  return now_ms;
}

SobanTimeQuality
soban_clock_evidence_find_now (const SobanClockEvidence *evidence, gint64 wall_ms, gint64 boottime_ms, gint64 *ret_now_ms,
                               gboolean *ret_is_least)
{
  Place present = { (gint) evidence->boots->len - 1, bound (boottime_ms) };
  SobanTimeQuality quality;
  gboolean read;

  quality = find_time (evidence, present, wall_ms, ret_now_ms, &read);
  *ret_is_least = quality == SOBAN_TIME_AFTER && !read;
  return quality;
}
