/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store-private.h"

/* What the store takes in at once: a record of one change. */
#define SOBAN_NEW_RECORDS_RUN 32

typedef struct {
  const SobanChange *change;
  guint64 arrived; /* as in a SobanArrival */
} SobanNewRecord;

/**
 * @run: SOBAN_NEW_RECORDS_RUN records, ascending by their ids
 *
 * *ret_taken FALSE: they are not all new here, or one of them is erased; nothing is done then.
 * On the store thread, in a transaction. Errors: those of soban_change_check_shape(), of the disk.
 */
gboolean soban_new_records_take (SobanStore *store, const SobanNewRecord *run, gboolean *ret_taken, GError **error);
