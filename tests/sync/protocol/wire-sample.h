/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/message.h"

/* (transfer full) (element-type SobanNumberedChange): @count new 12-field household records, as one tablet makes them in the field, minutes
 * apart; always the same ones for the same @seed. No scope numbers. */
GPtrArray *wire_sample_new_records (guint count, guint32 seed);
/* (transfer full): one-field edits of other people's records. */
GPtrArray *wire_sample_new_edits (guint count, guint32 seed);

/* Fails the test when the two batches differ in anything. */
void wire_sample_assert_equal (const GPtrArray *a, const GPtrArray *b);
