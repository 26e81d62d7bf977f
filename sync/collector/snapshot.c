/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "snapshot.h"

#include "record-log.h"

#define BATCH_RECORDS 200
/* What a change takes beside its assignments, about. */
#define CHANGE_BYTES 64

/* What of @change has won in @state: (transfer full) (nullable). */
static SobanChange *
reduce_change (const SobanChange *change, const SobanRecordState *state)
{
  SobanWriteKey key = { change->stamp, change->id };
  g_autoptr (SobanChange) winner = soban_change_new ();

  for (guint i = 0; i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);
    const SobanWriteKey *won = soban_record_state_get_winner (state, assignment->path);

    if (won != NULL && soban_write_key_compare (won, &key) == 0)
      soban_change_assign (winner, assignment->path, assignment->value);
  }
  if (soban_change_is_empty (winner))
    return NULL;
  /* Who made it belongs to what it has won. */
  if (soban_change_get_person (change) != NULL)
    soban_change_assign (winner, SOBAN_FIELD_PERSON, soban_change_get_person (change));
  winner->id = change->id;
  winner->record = change->record;
  winner->form = g_strdup (change->form);
  winner->form_version = g_strdup (change->form_version);
  winner->scope = g_strdup (change->scope);
  winner->stamp = change->stamp;
  winner->recorded_ms = change->recorded_ms;
  winner->time_quality = change->time_quality;
  return g_steal_pointer (&winner);
}

GPtrArray *
soban_snapshot_reduce (SobanDatabase *database, const SobanUuid *record, GError **error)
{
  g_autoptr (GPtrArray) log = soban_record_log_read (database, record, NULL, error);
  g_autoptr (GPtrArray) winners = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);
  g_autoptr (SobanRecordState) state = soban_record_state_new ();

  if (log == NULL)
    return NULL;
  for (guint i = 0; i < log->len; i++)
    soban_record_state_merge (state, ((SobanNumberedChange *) g_ptr_array_index (log, i))->change);
  for (guint i = 0; i < log->len; i++) {
    SobanChange *winner = reduce_change (((SobanNumberedChange *) g_ptr_array_index (log, i))->change, state);

    if (winner != NULL)
      g_ptr_array_add (winners, winner);
  }
  return g_steal_pointer (&winners);
}

static gsize
weigh (const SobanChange *change)
{
  return soban_change_weigh (change) + CHANGE_BYTES;
}

/* FALSE in *ret_fits: the page is full before this record. */
static gboolean
add_record (SobanPull *pull, const SobanUuid *record, gboolean forced, gboolean *ret_fits, GError **error)
{
  g_autoptr (GPtrArray) winners = soban_snapshot_reduce (soban_collector_store_get_database (soban_pull_get_store (pull)), record, error);

  if (winners == NULL)
    return FALSE;
  *ret_fits = forced || !soban_pull_is_full (pull, winners->len);
  for (guint i = 0; i < winners->len && *ret_fits; i++) {
    SobanChange *winner = g_ptr_array_index (winners, i);

    soban_pull_add (pull, soban_change_copy (winner), 0, weigh (winner));
  }
  return TRUE;
}

/* @last: the last record that was looked at; moves. @forced: one record goes, full or not. */
static gboolean
add_records (SobanPull *pull, const char *scope, SobanUuid *last, gboolean forced, gboolean *ret_full, guint *ret_rows, GError **error)
{
  const SobanPullOptions *options = soban_pull_get_options (pull);
  const SobanUuid from = *last;
  g_autoptr (SobanRows) rows = soban_database_query (soban_collector_store_get_database (soban_pull_get_store (pull)), error,
    "SELECT id, form FROM record WHERE scope = ?1 AND id > ?2 ORDER BY id LIMIT ?3", "tbi", scope, from.bytes, (gsize) SOBAN_UUID_BYTES,
    (gint64) BATCH_RECORDS);
  int stepped = 1;

  *ret_rows = 0;
  *ret_full = FALSE;
  if (rows == NULL)
    return FALSE;
  while (!*ret_full && (stepped = soban_rows_step (rows, error)) == 1) {
    SobanUuid record = soban_rows_get_uuid (rows, 0);
    gboolean fits = TRUE;

    if (!soban_pull_options_want (options, &record, soban_rows_get_text (rows, 1)))
      soban_pull_pass (pull);
    else if (!add_record (pull, &record, forced, &fits, error))
      return FALSE;
    *ret_full = !fits || soban_pull_is_full (pull, 1);
    if (!fits)
      break;
    forced = FALSE;
    *last = record;
    (*ret_rows)++;
  }
  return stepped >= 0;
}

gboolean
soban_snapshot_pull (SobanPull *pull, const SobanScopePage *page, guint64 last_number, SobanScopeCursor *cursor, GError **error)
{
  guint64 top = page != NULL ? page->page_top : last_number;
  SobanUuid last = { 0 };
  gboolean full = FALSE;
  guint rows = BATCH_RECORDS;

  /* A snapshot that has begun goes on by a record at least, whatever other scopes bring. */
  if (page == NULL && soban_pull_is_full (pull, 1)) {
    cursor->more = TRUE;
    return TRUE;
  }
  if (page != NULL)
    last = page->page;
  cursor->is_page = TRUE;
  for (gboolean forced = TRUE; !full && rows == BATCH_RECORDS; forced = FALSE) {
    if (!add_records (pull, cursor->scope, &last, forced, &full, &rows, error))
      return FALSE;
  }
  cursor->has_page = full;
  cursor->more = full || top < last_number;
  if (full) {
    cursor->page = last;
    cursor->page_top = top;
  } else {
    cursor->number = top;
  }
  return TRUE;
}
