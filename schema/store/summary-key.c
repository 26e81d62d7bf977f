/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/summary-key.h"

#define PLACE_BITS 24
#define YEAR_STEP (16 * 32)
#define MONTH_STEP 32

/* The number @text begins with, of @digits digits; moves on behind it and what parts it from the next. FALSE when there is none. */
static gboolean
read_part (const char **text, guint digits, gint64 *ret_part)
{
  gint64 part = 0;

  for (guint i = 0; i < digits; i++) {
    if (!g_ascii_isdigit ((*text)[i])) {
      return FALSE;
    }
    part = part * 10 + g_ascii_digit_value ((*text)[i]);
  }
  *text += digits;
  if (**text == '-') {
    (*text)++;
  }
  *ret_part = part;
  return TRUE;
}

/* @ret_step: (out) (nullable): how many days @date stands for: one, a month's or a year's; 0 when it is no date. */
static gint64
read_day (const char *date, gint64 *ret_step)
{
  const struct {
    guint digits;
    gint64 step, max;
  } parts[] = { { 4, YEAR_STEP, 9999 }, { 2, MONTH_STEP, 12 }, { 2, 1, 31 } };
  gint64 day = 0, step = 0;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    gint64 part;

    if (!read_part (&date, parts[i].digits, &part)) {
      break;
    }
    step = parts[i].step;
    day += MIN (part, parts[i].max) * step;
  }
  if (ret_step != NULL) {
    *ret_step = step;
  }
  return day;
}

gint64
soban_summary_key_first (const char *date)
{
  return read_day (date, NULL) << PLACE_BITS;
}

gint64
soban_summary_key_end (const char *period)
{
  gint64 step, day = read_day (period, &step);

  return step == 0 ? G_MAXINT64 : (day + step) << PLACE_BITS;
}

static gboolean
find_key (SobanStore *store, const SobanUuid *record, gint64 *ret_key, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "SELECT key FROM summary WHERE record = :record", error);
  gboolean row;

  if (!statement) {
    return FALSE;
  }
  soban_bind_uuid (statement, ":record", record);
  if (!soban_step (statement, &row, error)) {
    return FALSE;
  }
  *ret_key = row ? soban_column_int (statement, 0) : -1;
  return TRUE;
}

gboolean
soban_summary_key_choose (SobanStore *store, const SobanUuid *record, const char *date, gint64 *ret_key, GError **error)
{
  gint64 first = soban_summary_key_first (date), end = first + (G_GINT64_CONSTANT (1) << PLACE_BITS);
  g_autoptr (sqlite3_stmt) statement = NULL;
  gint64 key;
  gboolean row;

  soban_store_assert_thread (store);
  if (!find_key (store, record, &key, error)) {
    return FALSE;
  }
  if (key >= first && key < end) {
    *ret_key = key;
    return TRUE;
  }
  if (key >= 0 && !soban_derived_remove (store, record, error)) {
    return FALSE;
  }
  statement = soban_database_prepare (store->db_thread.database, "SELECT max(key) FROM summary WHERE key >= :first AND key < :end", error);
  if (!statement) {
    return FALSE;
  }
  soban_bind_int (statement, ":first", first);
  soban_bind_int (statement, ":end", end);
  if (!soban_step (statement, &row, error)) {
    return FALSE;
  }
  g_assert (row);
  /* The place 0 is never given away, so that NULL, which reads as 0, is below all. */
  *ret_key = MAX (first, soban_column_int (statement, 0)) + 1;
  return soban_step (statement, &row, error);
}
