/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "attempts.h"

#define FREE_FAILURES 3
#define WAIT_SECONDS_MAX 300
#define ADDRESSES_MAX 4096
#define FORGET_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

typedef struct {
  guint failures;
  gint64 last_us;
  gint64 until_us;
} Record;

struct _SobanAttempts {
  GHashTable *records; /* address -> Record */
};

SobanAttempts *
soban_attempts_new (void)
{
  SobanAttempts *self = g_new0 (SobanAttempts, 1);

  self->records = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
soban_attempts_free (SobanAttempts *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->records);
  g_free (self);
}

guint
soban_attempts_get_wait (SobanAttempts *self, const char *address, gint64 now_us)
{
  const Record *record = g_hash_table_lookup (self->records, address);

  if (record == NULL || record->until_us <= now_us)
    return 0;
  return (record->until_us - now_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
}

static gboolean
is_old (gpointer address, gpointer data, gpointer now_us)
{
  const Record *record = data;

  return record->last_us + FORGET_US < *(gint64 *) now_us;
}

void
soban_attempts_fail (SobanAttempts *self, const char *address, gint64 now_us)
{
  Record *record;

  if (g_hash_table_size (self->records) >= ADDRESSES_MAX)
    g_hash_table_foreach_remove (self->records, is_old, &now_us);
  if (g_hash_table_size (self->records) >= ADDRESSES_MAX)
    g_hash_table_remove_all (self->records);
  record = g_hash_table_lookup (self->records, address);
  if (record == NULL) {
    record = g_new0 (Record, 1);
    g_hash_table_insert (self->records, g_strdup (address), record);
  }
  record->failures++;
  record->last_us = now_us;
  if (record->failures >= FREE_FAILURES) {
    guint doublings = MIN (record->failures - FREE_FAILURES, 16);

    record->until_us = now_us + MIN (1 << doublings, WAIT_SECONDS_MAX) * (gint64) G_USEC_PER_SEC;
  }
}

void
soban_attempts_succeed (SobanAttempts *self, const char *address)
{
  g_hash_table_remove (self->records, address);
}
