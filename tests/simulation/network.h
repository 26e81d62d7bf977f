/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mark.h"
#include "schedule.h"

/* A network that drops, cuts at byte k, damages, delays past all patience, duplicates, reorders, and replays a week
 * later. */
typedef struct {
  GRand *dice;
  Schedule *schedule;
  gboolean faulty;
  guint faults;          /* how many it has made */
  gint64 stray_until_ms; /* till then copies of the last request may still arrive */
  guint64 *marks;
} Network;

/* Every request ends for its tablet: with an EVENT_ANSWER or an EVENT_BROKEN. */
void network_send_request (Network *network, gint64 now_ms, guint tablet, guint64 round, GBytes *bytes);
/* @answer: (nullable): NULL when the collector has closed the connection */
void network_send_answer (Network *network, gint64 now_ms, guint tablet, guint64 round, GBytes *answer);
