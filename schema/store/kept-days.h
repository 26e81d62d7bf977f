/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

/*
 * How far back this tablet keeps records (PROTOCOL 8). The commune office may have set a limit for a role
 * (SOBAN_SETTING_RETENTION_DAYS); the person may choose less, never more. A choice holds from the next sync on: before it nothing goes,
 * what waits to be sent never goes, and what went comes back when more is chosen.
 */
typedef struct {
  gint64 days;       /* in force; 0 = everything */
  gint64 limit_days; /* what the role allows at most; 0 = everything */
  gint64 window_ms;  /* the first month that is kept now, UTC; 0 = everything */
} SobanKeptDays;

/* Any thread; waits for the store's. */
gboolean soban_store_get_kept_days (SobanStore *store, SobanKeptDays *ret_kept, GError **error);
/* @days: 0 = as much as the role allows. More than that is CONSTRAINT. */
gboolean soban_store_set_kept_days (SobanStore *store, gint64 days, GError **error);
