/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the writer and the reader of the CHANGES body share: sync/README.md 4.2. On the wire: append only, never renumber. */

#define SOBAN_CHANGES_HAVE_SCOPE_NUMBERS 1u
#define SOBAN_CHANGES_HAVE_TIMES 2u /* 1.1 */
#define SOBAN_CHANGES_HAVE_BASES 4u /* 1.1 */

#define SOBAN_STAMP_COUNTER_MASK ((1u << SOBAN_STAMP_COUNTER_BITS) - 1)
#define SOBAN_STAMP_MS_MAX ((G_GUINT64_CONSTANT (1) << 48) - 1)
#define SOBAN_UUID_MS_BYTES 6

/* What an assignment counts beside its path and value when a frame is written out (README 4.2.5). */
#define SOBAN_ASSIGNMENT_OVERHEAD_BYTES 32

/* The columns of the changes, in the order they stand. */
typedef enum {
  SOBAN_CHANGE_SENDER,
  SOBAN_CHANGE_NUMBER,
  SOBAN_CHANGE_SCOPE,
  SOBAN_CHANGE_SHAPE,
  SOBAN_CHANGE_STAMP_MS,
  SOBAN_CHANGE_STAMP_COUNTER,
  SOBAN_CHANGE_RECORD_MS,
  SOBAN_CHANGE_RECORD_REST,
  SOBAN_CHANGE_SEEN,
  SOBAN_CHANGE_WALL,
  SOBAN_CHANGE_BOOT,
  SOBAN_CHANGE_SCOPE_NUMBER,
  SOBAN_CHANGE_RECORDED,
  SOBAN_CHANGE_TIME_QUALITY,
  SOBAN_CHANGE_BASES,
  SOBAN_CHANGE_COLUMNS,
} SobanChangeColumn;
