/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Invariants
 * 1. A question leaves the queue when it is answered: after a cut it is asked again.
 * 2. It ends: after ROUNDS_MAX answers, and with the first that answers nothing.
 * 3. What is queued is bounded; what does not fit is found by the next sync, whose digests differ still.
 * 4. Others' changes that this tablet has sent on and that have no number yet count in no digest. Where all else agrees their records alone
 *    are asked for, without a word of it to the officer: it is no divergence.
 */
#include "client/repair.h"

#include <string.h>

#include "base/limits.h"

#define ROUNDS_MAX 64
#define QUEUE_MAX 4096
/* About what the answer to one question takes at most, of what the pace lets an answer have. */
#define RANGE_ANSWER_BYTES 512
#define RECORD_ANSWER_BYTES 1024
#define RANGES_ASKED_MAX 64
#define RECORDS_ASKED_MAX 200
/* Records of one range that are compared one by one. */
#define ITEMS_MAX 20000

typedef struct {
  char *scope;
  SobanDigest own, told;
  GArray *ranges; /* (element-type SobanRecordRange): to be asked for, the first n_asked of them are */
  GArray *wanted; /* (element-type SobanUuid): the same for records */
  guint ranges_asked, wanted_asked;
  gboolean compares; /* the digests differ; else some records alone are asked for */
} Scope;

struct _SobanRepair {
  GPtrArray *scopes; /* (element-type Scope) */
  guint rounds, records;
  gboolean compares, reported, over;
};

static void
free_scope (gpointer data)
{
  Scope *scope = data;

  g_free (scope->scope);
  g_array_unref (scope->ranges);
  g_array_unref (scope->wanted);
  g_free (scope);
}

void
soban_repair_free (SobanRepair *repair)
{
  if (repair == NULL)
    return;
  g_ptr_array_unref (repair->scopes);
  g_free (repair);
}

static void
queue_range (Scope *scope, const SobanUuid *from, const SobanUuid *to)
{
  SobanRecordRange range = { *from, *to };

  if (scope->ranges->len < QUEUE_MAX) /* (3) */
    g_array_append_val (scope->ranges, range);
}

static void
queue_record (Scope *scope, const SobanUuid *id)
{
  if (scope->wanted->len < QUEUE_MAX) /* (3) */
    g_array_append_val (scope->wanted, *id);
}

static Scope *
add_scope (SobanRepair *repair, const SobanScopeCursor *cursor, const SobanDigest *own)
{
  Scope *scope = g_new0 (Scope, 1);

  scope->scope = g_strdup (cursor->scope);
  scope->own = *own;
  scope->told = cursor->digest;
  scope->ranges = g_array_new (FALSE, FALSE, sizeof (SobanRecordRange));
  scope->wanted = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
  g_ptr_array_add (repair->scopes, scope);
  return scope;
}

static void
compare_scope (SobanRepair *repair, const SobanScopeCursor *cursor, const SobanDigest *own)
{
  static const SobanUuid begin = { { 0 } };
  Scope *scope = add_scope (repair, cursor, own);

  scope->compares = repair->compares = TRUE;
  queue_range (scope, &begin, &soban_range_end);
}

/* (4) */
static gboolean
ask_for_passed_over (SobanRepair *repair, SobanStore *store, const SobanScopeCursor *cursor, const SobanDigest *own, GError **error)
{
  g_autoptr (GArray) records = soban_store_list_passed_over (store, cursor->scope, RECORDS_ASKED_MAX, error);
  Scope *scope;

  if (records == NULL || records->len == 0)
    return records != NULL;
  scope = add_scope (repair, cursor, own);
  g_array_append_vals (scope->wanted, records->data, records->len);
  return TRUE;
}

gboolean
soban_repair_begin (SobanStore *store, const SobanReply *reply, SobanRepair **ret_repair, GError **error)
{
  g_autoptr (SobanRepair) repair = g_new0 (SobanRepair, 1);

  *ret_repair = NULL;
  repair->scopes = g_ptr_array_new_with_free_func (free_scope);
  for (guint i = 0; i < reply->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (reply->cursors, i);
    SobanDigest own;
    gboolean settled;

    if (!cursor->has_digest)
      continue;
    if (!soban_store_get_digest (store, cursor->scope, &own, &settled, error))
      return FALSE;
    /* What was recorded meanwhile is no divergence. */
    if (settled && !soban_digest_equal (&own, &cursor->digest))
      compare_scope (repair, cursor, &own);
    else if (!ask_for_passed_over (repair, store, cursor, &own, error))
      return FALSE;
  }
  if (repair->scopes->len > 0)
    *ret_repair = g_steal_pointer (&repair);
  return TRUE;
}

/* ---- asking ---- */

static void
report (SobanRepair *repair, SobanSyncRound *round)
{
  g_autoptr (GPtrArray) reports = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_digest_report_free);

  for (guint i = 0; i < repair->scopes->len; i++) {
    const Scope *scope = g_ptr_array_index (repair->scopes, i);

    if (!scope->compares)
      continue;
    g_ptr_array_add (reports, soban_digest_report_new (scope->scope, &scope->own, &scope->told));
  }
  soban_sync_round_report_digests (round, reports);
}

static void
ask_ranges (Scope *scope, SobanSyncRound *round, guint count)
{
  g_autoptr (SobanRangesQuery) query = soban_ranges_query_new (scope->scope);

  g_array_append_vals (query->ranges, scope->ranges->data, count);
  soban_sync_round_ask_ranges (round, query);
  scope->ranges_asked = count;
}

static void
ask_records (Scope *scope, SobanSyncRound *round, guint count)
{
  g_autoptr (SobanWanted) wanted = soban_wanted_new (scope->scope);

  g_array_append_vals (wanted->records, scope->wanted->data, count);
  soban_sync_round_ask_records (round, wanted);
  scope->wanted_asked = count;
}

void
soban_repair_ask (SobanRepair *repair, SobanSyncRound *round, const SobanPace *pace)
{
  gsize room = pace->reply_bytes;

  if (repair->compares && !repair->reported)
    report (repair, round);
  for (guint i = 0; i < repair->scopes->len; i++) {
    Scope *scope = g_ptr_array_index (repair->scopes, i);
    guint records = (guint) MIN (MIN (scope->wanted->len, RECORDS_ASKED_MAX), MAX (room / RECORD_ANSWER_BYTES, 1));
    guint ranges = (guint) MIN (MIN (scope->ranges->len, RANGES_ASKED_MAX), MAX (room / RANGE_ANSWER_BYTES, 1));

    scope->ranges_asked = scope->wanted_asked = 0;
    if (room == 0)
      continue;
    /* Records first: a queue that grows is worked off before it is made longer. */
    if (records > 0) {
      ask_records (scope, round, records);
      room -= MIN (room, records * (gsize) RECORD_ANSWER_BYTES);
    } else if (ranges > 0) {
      ask_ranges (scope, round, ranges);
      room -= MIN (room, ranges * (gsize) RANGE_ANSWER_BYTES);
    }
  }
}

/* ---- taking ---- */

static Scope *
find_scope (SobanRepair *repair, const char *uid)
{
  for (guint i = 0; i < repair->scopes->len; i++) {
    Scope *scope = g_ptr_array_index (repair->scopes, i);

    if (g_str_equal (scope->scope, uid))
      return scope;
  }
  return NULL;
}

/* Queues the parts that are not the same here. */
static gboolean
compare_parts (Scope *scope, SobanStore *store, const SobanRecordRange *range, const GArray *parts, GError **error)
{
  g_autoptr (GArray) own_ranges = g_array_sized_new (FALSE, FALSE, sizeof (SobanIdRange), parts->len);
  g_autoptr (GArray) sums = NULL;
  SobanUuid from = range->from;

  for (guint i = 0; i < parts->len; i++) {
    SobanIdRange own = { from, g_array_index (parts, SobanRangePart, i).to };

    g_array_append_val (own_ranges, own);
    from = own.to;
  }
  sums = soban_store_list_ranges (store, scope->scope, own_ranges, error);
  if (sums == NULL)
    return FALSE;
  for (guint i = 0; i < parts->len && i < sums->len; i++) {
    const SobanRangePart *part = &g_array_index (parts, SobanRangePart, i);
    const SobanRangeSum *sum = &g_array_index (sums, SobanRangeSum, i);
    const SobanIdRange *own = &g_array_index (own_ranges, SobanIdRange, i);

    if (part->count != sum->count || part->fingerprint != sum->fingerprint)
      queue_range (scope, &own->from, &own->to);
  }
  return TRUE;
}

/* Both lists ascend: queues what stands in one alone, or differs. */
static gboolean
compare_items (Scope *scope, SobanStore *store, const SobanRecordRange *range, const GArray *items, GError **error)
{
  g_autoptr (GArray) own = soban_store_list_items (store, scope->scope, &(SobanIdRange) { range->from, range->to }, ITEMS_MAX, error);
  guint place = 0, own_place = 0;

  if (own == NULL)
    return FALSE;
  while (place < items->len || own_place < own->len) {
    const SobanRangeRecord *item = place < items->len ? &g_array_index (items, SobanRangeRecord, place) : NULL;
    const SobanRangeItem *own_item = own_place < own->len ? &g_array_index (own, SobanRangeItem, own_place) : NULL;
    int order = item == NULL ? 1 : own_item == NULL ? -1 : soban_uuid_compare (&item->record, &own_item->id);

    if (order != 0 || item->fingerprint != own_item->fingerprint)
      queue_record (scope, order > 0 ? &own_item->id : &item->record);
    place += order <= 0;
    own_place += order >= 0;
  }
  return TRUE;
}

static gboolean
take_ranges (SobanRepair *repair, SobanStore *store, const SobanRangesAnswer *answer, GError **error)
{
  Scope *scope = find_scope (repair, answer->scope);
  guint asked = scope != NULL ? scope->ranges_asked : 0;
  g_autoptr (GArray) ranges = NULL;

  if (asked == 0 || answer->answers->len != asked)
    return TRUE;
  /* What was asked leaves the queue, what is to be asked next comes in at its end. */
  ranges = g_array_sized_new (FALSE, FALSE, sizeof (SobanRecordRange), asked);
  g_array_append_vals (ranges, scope->ranges->data, asked);
  g_array_remove_range (scope->ranges, 0, asked);
  scope->ranges_asked = 0;
  for (guint i = 0; i < asked; i++) {
    const SobanRangeAnswer *one = g_ptr_array_index (answer->answers, i);
    const SobanRecordRange *range = &g_array_index (ranges, SobanRecordRange, i);

    if (one->parts != NULL ? !compare_parts (scope, store, range, one->parts, error) : !compare_items (scope, store, range, one->items, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
was_asked (const Scope *scope, const SobanUuid *id)
{
  for (guint i = 0; i < scope->wanted_asked; i++) {
    if (soban_uuid_equal (&g_array_index (scope->wanted, SobanUuid, i), id))
      return TRUE;
  }
  return FALSE;
}

static void
drop_wanted (Scope *scope, const SobanUuid *id)
{
  for (guint i = 0; i < scope->wanted->len; i++) {
    if (!soban_uuid_equal (&g_array_index (scope->wanted, SobanUuid, i), id))
      continue;
    g_array_remove_index (scope->wanted, i);
    if (i < scope->wanted_asked)
      scope->wanted_asked--;
    return;
  }
}

static gboolean
has_id (const GArray *ids, const SobanUuid *id)
{
  for (guint i = 0; i < ids->len; i++) {
    if (soban_uuid_equal (&g_array_index (ids, SobanUuid, i), id))
      return TRUE;
  }
  return FALSE;
}

/* What all RECORDS of an answer bring of one scope: a long log goes over several of them, each names the record (README 4.12). */
typedef struct {
  GArray *ids;           /* (element-type SobanUuid): each once */
  GPtrArray *changes;    /* (element-type SobanChange): borrowed */
  GArray *scope_numbers; /* (element-type guint64): of them */
} Logs;

static gboolean
gather (const Scope *scope, const SobanRecords *records, Logs *logs, GError **error)
{
  for (guint i = 0; i < records->records->len; i++) {
    const SobanUuid *id = &g_array_index (records->records, SobanUuid, i);

    if (!was_asked (scope, id)) {
      g_set_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "%s: the answer brings a record that was not asked for", scope->scope);
      return FALSE;
    }
    if (!has_id (logs->ids, id))
      g_array_append_val (logs->ids, *id);
  }
  for (guint i = 0; i < records->changes->len; i++) {
    const SobanNumberedChange *item = g_ptr_array_index (records->changes, i);

    g_ptr_array_add (logs->changes, item->change);
    g_array_append_val (logs->scope_numbers, item->scope_number);
  }
  return TRUE;
}

static gboolean
take_records (SobanRepair *repair, SobanStore *store, Scope *scope, const GPtrArray *records, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
  g_autoptr (GPtrArray) changes = g_ptr_array_new ();
  g_autoptr (GArray) scope_numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  Logs logs = { ids, changes, scope_numbers };

  for (guint i = 0; i < records->len; i++) {
    const SobanRecords *some = g_ptr_array_index (records, i);

    if (g_str_equal (some->scope, scope->scope) && !gather (scope, some, &logs, error))
      return FALSE;
  }
  if (ids->len == 0)
    return TRUE;
  if (!soban_store_replace_records (store, scope->scope, ids, changes, scope_numbers, error))
    return FALSE;
  repair->records += ids->len;
  for (guint i = 0; i < ids->len; i++)
    drop_wanted (scope, &g_array_index (ids, SobanUuid, i));
  return TRUE;
}

gboolean
soban_repair_take (SobanRepair *repair, SobanStore *store, const SobanSyncRound *round, GError **error)
{
  const GPtrArray *ranges = soban_sync_round_get_range_answers (round);
  const GPtrArray *records = soban_sync_round_get_records (round);

  repair->reported = TRUE;
  repair->over = (ranges->len == 0 && records->len == 0) || ++repair->rounds >= ROUNDS_MAX; /* (2) */
  for (guint i = 0; i < ranges->len; i++) {
    if (!take_ranges (repair, store, g_ptr_array_index (ranges, i), error))
      return FALSE;
  }
  for (guint i = 0; i < repair->scopes->len; i++) {
    if (!take_records (repair, store, g_ptr_array_index (repair->scopes, i), records, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
soban_repair_is_done (const SobanRepair *repair)
{
  for (guint i = 0; i < repair->scopes->len; i++) {
    const Scope *scope = g_ptr_array_index (repair->scopes, i);

    if (scope->ranges->len > 0 || scope->wanted->len > 0)
      return repair->over;
  }
  return TRUE;
}

gboolean
soban_repair_compares (const SobanRepair *repair)
{
  return repair->compares;
}

guint
soban_repair_count_records (const SobanRepair *repair)
{
  return repair->records;
}
