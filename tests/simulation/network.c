/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network.h"

#include "dice.h"
#include "wall-clock.h"

#define PATIENCE_MS (2 * MINUTE_MS)

/* The one byte of a stream that means nothing to a reader, sync/README.md 3.2: nobody can see that it is damaged. */
#define MINOR_PLACE 5

static gint64
draw_delay (Network *network)
{
  return 20 + dice_roll (network->dice, network->faulty ? 20000 : 200);
}

static GBytes *
cut (Network *network, GBytes *bytes, gboolean answer)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  const guint at = dice_roll (network->dice, (guint) length);
  const gint mark = mark_of_cut (data, length, at, answer);

  if (mark >= 0)
    network->marks[mark]++;
  return g_bytes_new_from_bytes (bytes, 0, at);
}

static GBytes *
damage (Network *network, GBytes *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  guint8 *copy = g_memdup2 (data, length);
  guint place = dice_roll (network->dice, (guint) length - 1);

  network->marks[MARK_GARBLED]++;
  place += place >= MINOR_PLACE;
  copy[place] ^= (guint8) (1 << dice_roll (network->dice, 8));
  return g_bytes_new_take (copy, length);
}

/* Bytes for which nobody waits. */
static void
send_stray (Network *network, gint64 at_ms, guint tablet, GBytes *bytes)
{
  network->stray_until_ms = MAX (network->stray_until_ms, at_ms);
  schedule_add (network->schedule, at_ms, EVENT_REQUEST, tablet, 0, bytes, TRUE);
}

static void
send_copies (Network *network, gint64 now_ms, guint tablet, GBytes *bytes)
{
  if (dice_chance (network->dice, 8)) {
    network->faults++;
    network->marks[MARK_REQUEST_TWICE]++;
    send_stray (network, now_ms + dice_span (network->dice, HOUR_MS), tablet, bytes);
  }
  if (dice_chance (network->dice, 4)) {
    network->faults++;
    network->marks[MARK_REPLAY]++;
    send_stray (network, now_ms + 7 * DAY_MS, tablet, bytes);
  }
}

void
network_send_request (Network *network, gint64 now_ms, guint tablet, guint64 round, GBytes *bytes)
{
  const guint fate = network->faulty ? dice_roll (network->dice, 100) : 100;
  const gint64 at_ms = now_ms + draw_delay (network);
  g_autoptr (GBytes) part = NULL;

  network->stray_until_ms = 0;
  network->faults += fate < 26;
  if (fate < 26)
    schedule_add (network->schedule, now_ms + PATIENCE_MS, EVENT_BROKEN, tablet, round, NULL, FALSE);
  if (network->faulty)
    send_copies (network, now_ms, tablet, bytes);
  network->marks[MARK_REQUEST_DROPPED] += fate < 8;
  if (fate < 8)
    return;
  if (fate < 16)
    part = cut (network, bytes, FALSE);
  else if (fate < 19)
    part = damage (network, bytes);
  if (part != NULL)
    schedule_add (network->schedule, at_ms, EVENT_REQUEST, tablet, round, part, FALSE);
  else if (fate < 26)
    send_stray (network, now_ms + PATIENCE_MS + dice_span (network->dice, 24 * HOUR_MS), tablet, bytes);
  else
    schedule_add (network->schedule, at_ms, EVENT_REQUEST, tablet, round, bytes, TRUE);
}

void
network_send_answer (Network *network, gint64 now_ms, guint tablet, guint64 round, GBytes *answer)
{
  const guint fate = network->faulty ? dice_roll (network->dice, 100) : 100;
  const gint64 at_ms = now_ms + draw_delay (network);
  g_autoptr (GBytes) part = NULL;

  if (round == 0)
    return;
  network->faults += fate < 18;
  network->marks[MARK_ANSWER_DROPPED] += answer != NULL && fate < 8;
  if (answer == NULL || fate < 8) {
    schedule_add (network->schedule, at_ms, EVENT_BROKEN, tablet, round, NULL, FALSE);
    return;
  }
  if (fate < 15)
    part = cut (network, answer, TRUE);
  else if (fate < 18)
    part = damage (network, answer);
  schedule_add (network->schedule, at_ms, EVENT_ANSWER, tablet, round, part != NULL ? part : answer, part == NULL);
}
