/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sums of the records' digests by (scope, form, month): PROTOCOL 8, sync/README.md 4.10
 *
 * Invariants:
 *  (1) After each commit the row of (scope, form, month) is the sum over the records with that scope, form and month of
 * their id; `records` is how many they are. There is no row where there is none.
 */
#include "config.h"

#include "store/digest-sums.h"

#include <string.h>

typedef struct {
  char *scope, *form;
  guint month;
  SobanDigest digest; /* to be added */
  gint64 records;
} Sum;

struct _SobanDigestSums {
  GPtrArray *sums; /* few: the scopes, forms and months of one transaction */
  Sum *last;       /* (nullable): most records follow one of their like */
  /* The month that was asked for last: from, to (exclusive). */
  gint64 month_from_ms, month_to_ms;
  guint month;
};

static void
free_sum (gpointer data)
{
  Sum *sum = data;

  g_free (sum->scope);
  g_free (sum->form);
  g_free (sum);
}

SobanDigestSums *
soban_digest_sums_new (void)
{
  SobanDigestSums *sums = g_new0 (SobanDigestSums, 1);

  sums->sums = g_ptr_array_new_with_free_func (free_sum);
  return sums;
}

void
soban_digest_sums_free (SobanDigestSums *sums)
{
  if (!sums)
    return;
  g_ptr_array_unref (sums->sums);
  g_free (sums);
}

void
soban_digest_sums_clear (SobanDigestSums *sums)
{
  g_ptr_array_set_size (sums->sums, 0);
  sums->last = NULL;
}

/* As soban_digest_month(), which takes a calendar apart at each call. */
static guint
find_month (SobanDigestSums *sums, gint64 ms)
{
  const gint64 day_ms = G_GINT64_CONSTANT (86400000);

  if (ms >= sums->month_from_ms && ms < sums->month_to_ms)
    return sums->month;
  sums->month = soban_digest_month_of_ms (ms);
  /* The day of @ms lies in its month from end to end. */
  sums->month_from_ms = ms - ms % day_ms;
  sums->month_to_ms = sums->month_from_ms + day_ms;
  return sums->month;
}

static gboolean
is_sum (const Sum *sum, const char *form, const char *scope, guint month)
{
  return sum->month == month && strcmp (sum->form, form) == 0 && strcmp (sum->scope, scope) == 0;
}

static Sum *
find_sum (SobanDigestSums *sums, const SobanUuid *record, const char *form, const char *scope)
{
  guint month = find_month (sums, soban_uuid_get_ms (record));
  Sum *sum;

  if (sums->last && is_sum (sums->last, form, scope, month))
    return sums->last;
  /* Records come in the order of their ids, so the latest months are asked for. */
  for (guint i = sums->sums->len; i > 0; i--) {
    sum = g_ptr_array_index (sums->sums, i - 1);
    if (is_sum (sum, form, scope, month))
      return sums->last = sum;
  }
  sum = g_new0 (Sum, 1);
  sum->scope = g_strdup (scope);
  sum->form = g_strdup (form);
  sum->month = month;
  g_ptr_array_add (sums->sums, sum);
  return sums->last = sum;
}

void
soban_digest_sums_add (SobanDigestSums *sums, const SobanUuid *record, const char *form, const char *scope,
                       const SobanDigest *digest)
{
  Sum *sum = find_sum (sums, record, form, scope);

  soban_digest_add (&sum->digest, digest);
  sum->records++;
}

void
soban_digest_sums_subtract (SobanDigestSums *sums, const SobanUuid *record, const char *form, const char *scope,
                            const SobanDigest *digest)
{
  Sum *sum = find_sum (sums, record, form, scope);

  soban_digest_subtract (&sum->digest, digest);
  sum->records--;
}

static void
bind_key (sqlite3_stmt *statement, const Sum *sum)
{
  soban_bind_text (statement, ":scope", sum->scope);
  soban_bind_text (statement, ":form", sum->form);
  soban_bind_int (statement, ":month", sum->month);
}

static gboolean
read_row (SobanDatabase *database, const Sum *sum, SobanDigest *ret_digest, gint64 *ret_records, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      database, "SELECT low, high, records FROM digest WHERE scope = :scope AND form = :form AND month = :month",
      error);
  gboolean row;

  *ret_digest = (SobanDigest){ 0 };
  *ret_records = 0;
  if (!statement)
    return FALSE;
  bind_key (statement, sum);
  if (!soban_step (statement, &row, error))
    return FALSE;
  if (row) {
    ret_digest->low = (guint64)soban_column_int (statement, 0);
    ret_digest->high = (guint64)soban_column_int (statement, 1);
    *ret_records = soban_column_int (statement, 2);
  }
  return TRUE;
}

static gboolean
write_row (SobanDatabase *database, const Sum *sum, const SobanDigest *digest, gint64 records, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (database,
                              "INSERT OR REPLACE INTO digest (scope, form, month, low, high, records) "
                              "VALUES (:scope, :form, :month, :low, :high, :records)",
                              error);

  if (!statement)
    return FALSE;
  bind_key (statement, sum);
  soban_bind_int (statement, ":low", (gint64)digest->low);
  soban_bind_int (statement, ":high", (gint64)digest->high);
  soban_bind_int (statement, ":records", records);
  return soban_run (statement, error);
}

static gboolean
remove_row (SobanDatabase *database, const Sum *sum, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      database, "DELETE FROM digest WHERE scope = :scope AND form = :form AND month = :month", error);

  if (!statement)
    return FALSE;
  bind_key (statement, sum);
  return soban_run (statement, error);
}

gboolean
soban_digest_sums_flush (SobanDigestSums *sums, SobanDatabase *database, GError **error)
{
  for (guint i = 0; i < sums->sums->len; i++) {
    const Sum *sum = g_ptr_array_index (sums->sums, i);
    SobanDigest digest;
    gint64 records;

    if (!read_row (database, sum, &digest, &records, error))
      return FALSE;
    soban_digest_add (&digest, &sum->digest);
    records += sum->records;
    if (records == 0 ? !remove_row (database, sum, error) : !write_row (database, sum, &digest, records, error))
      return FALSE;
  }
  soban_digest_sums_clear (sums);
  return TRUE;
}
