/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "load-service.h"

/* What one connection sends, and how long each answer took. */
typedef struct {
  guint port;
  GPtrArray *requests; /* (element-type GBytes) */
  guint repeats;       /* of all of them */
  GArray *times_us;    /* (element-type gint64) */
} Lane;

Lane *lane_new (void);
void lane_free (gpointer lane);
/* @requests of @size new 12-field records each, one after the other, of one device. */
Lane *lane_new_filled (guint device, guint requests, guint size);

/* (transfer full): HELLO of a device that has @acked and @cursor behind it, then @changes (nullable). */
GBytes *lane_make_request (guint device, guint64 acked, guint64 chain, guint64 cursor, const GPtrArray *changes);
/* @size new records of @device, numbered after *@number; *@number and *@chain go on. (transfer full) (element-type SobanNumberedChange) */
GPtrArray *lane_make_changes (guint device, guint seed, guint size, guint64 *number, guint64 *chain);

/* Each lane on a thread and a connection of its own; seconds until the last answer. Every answer must be 200. */
double lanes_run (GPtrArray *lanes, guint port);
/* Of all answers. @part: 0 to 1. */
double lanes_get_percentile_ms (GPtrArray *lanes, double part);
