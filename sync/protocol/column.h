/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

/* One column of values in a CHANGES body: sync/README.md 4.2.4. */

/* Kinds are on the wire: append only, never renumber. */
typedef enum {
  SOBAN_COLUMN_TEXT = 0,
  SOBAN_COLUMN_CHOICE = 1,
  SOBAN_COLUMN_INTEGER = 2,
  SOBAN_COLUMN_DECIMAL = 3,
  SOBAN_COLUMN_DATE = 4,
} SobanColumnKind;

/* Appends @values (element-type utf8, none NULL, at least one) in the kind that takes the fewest bytes. */
void soban_column_encode (const GPtrArray *values, GByteArray *out);

/**
 * soban_column_decode:
 * @count: how many values to read
 * @room: (inout): bytes that values may still take when written out; lowered by what was read
 *
 * (transfer full) (nullable) (element-type utf8): the values; NULL when the column is damaged or goes beyond @room. UTF-8 is
 * checked here; lengths and NFC are soban_change_check()'s.
 */
GPtrArray *soban_column_decode (SobanReader *reader, guint count, gsize *room);
