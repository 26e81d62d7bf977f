/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fixture.h"

#define WORKLOAD_SCOPES 3
extern const char *const workload_scopes[WORKLOAD_SCOPES + 1];

/**
 * Workload: what one tablet sends, drawn from a seed: new records, edits of its own and of others', deletes, clocks that are wrong,
 * requests sent again, now and then a fork. The same seed and the same `seen` give the same.
 */
typedef struct {
  guint32 device;
  guint64 incarnation;
  guint64 number;                     /* given so far */
  guint64 seen[WORKLOAD_SCOPES];      /* cursors */
  gint64 skew_ms;                     /* of its clock */
  guint32 records;                    /* of each scope, that all tablets share */
  GRand *dice;
  GPtrArray *last;                    /* (nullable): the request before */
} Workload;

void workload_init (Workload *self, guint32 device, guint32 records, guint32 seed);
void workload_clear (Workload *self);
/* (transfer full) (element-type SobanNumberedChange): the next request, of at most @count changes made at about @now_ms. */
GPtrArray *workload_next (Workload *self, guint count, gint64 now_ms);
/* (transfer full): a copy. */
GPtrArray *workload_copy (const GPtrArray *batch);
/* Admits as the collector does, at @now_ms (0: the store's); returns FALSE when the store is busy, which leaves nothing behind. */
gboolean workload_admit (SobanCollectorStore *store, const GPtrArray *batch, gint64 now_ms, guint64 *ret_acked, guint *ret_admitted);
/* As from the dice, the record @index of the scope @scope. */
SobanUuid workload_record (guint scope, guint index);
