/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a complete answer must satisfy before anything of it is applied: sync/README.md 5.
 *
 * Invariants
 * 1. Per scope: received + own + skipped = new cursor - old cursor, the numbers received ascend within (old, new]. Or the new cursor is
 *    0 where the old one was not: the collector never gave such a number (README 5.6), then nothing is received. Or it is a page of a
 *    snapshot (5.9): then nothing has a number, the records ascend behind the page before, and the cursor moves to page_top with the last.
 * 2. The collector never acknowledges what was not given.
 * 3. A receipt counts up to the number to which effective stamps are told: the last change of the request, or what REPLY says (README 5.3).
 *    What the collector has beyond it is sent again and gets its stamps then.
 * 4. Whose chain or numbers differ from the own ones is forked (README 5.8): of such an answer nothing is left but the number up to which
 *    both are the same, and what is told of changes between the receipt and there.
 */
#include "config.h"

#include "protocol/sync-round-private.h"

/* FALSE when the own chain after @number is not known. */
static gboolean
find_chain (const SobanSyncRound *round, guint64 number, guint64 *ret_chain)
{
  if (number == 0) {
    *ret_chain = 0;
    return TRUE;
  }
  if (number >= round->after && number - round->after < round->chains->len) {
    *ret_chain = g_array_index (round->chains, guint64, number - round->after);
    return TRUE;
  }
  return round->lookup != NULL && round->lookup (number, ret_chain, round->lookup_data);
}

/* What is told of changes that are not shared is told of another's. */
static void
keep_shared (const SobanSyncRound *round, guint64 shared)
{
  GArray *stamps = round->adjustments, *times = round->times;

  for (guint i = stamps->len; i > 0; i--) {
    const guint64 number = g_array_index (stamps, SobanStampAdjustment, i - 1).number;

    if (number <= round->after || number > shared)
      g_array_remove_index (stamps, i - 1);
  }
  for (guint i = times->len; i > 0; i--) {
    const guint64 number = g_array_index (times, SobanTimeAdjustment, i - 1).number;

    if (number <= round->after || number > shared)
      g_array_remove_index (times, i - 1);
  }
}

/* Invariant 4: keeps only the number up to which both sides are the same. */
static void
end_forked (SobanSyncRound *round, guint64 shared)
{
  SobanReply *reply = round->reply;

  round->forked = TRUE;
  reply->ack_state = SOBAN_ACK_FORK;
  reply->acked_number = shared;
  reply->chain = 0;
  find_chain (round, shared, &reply->chain);
  g_ptr_array_set_size (reply->cursors, 0);
  keep_shared (round, shared);
  g_ptr_array_set_size (round->changes, 0);
  g_ptr_array_set_size (round->range_answers, 0);
  g_ptr_array_set_size (round->records, 0);
}

/* TRUE when the answer is that of a fork, and was cut down to what a fork leaves. */
static gboolean
find_fork (SobanSyncRound *round)
{
  const SobanReply *reply = round->reply;
  /* The device may have gone on since the HELLO of a receipt: there the chain alone tells. */
  guint64 given = round->is_receipt ? G_MAXUINT64 : MAX (round->after, round->hello->last_number);
  guint64 own_chain;
  gboolean differs = reply->chain != 0 && reply->acked_number <= given && find_chain (round, reply->acked_number, &own_chain)
                     && own_chain != reply->chain;

  if (reply->ack_state != SOBAN_ACK_FORK && reply->acked_number <= given && !differs)
    return FALSE;
  /* Up to the receipt both were the same when it was given, unless the chain tells otherwise there or before. */
  if (differs)
    end_forked (round, reply->acked_number > round->after ? round->after : 0);
  else
    end_forked (round, reply->acked_number <= given ? reply->acked_number : round->after);
  return TRUE;
}

/* (nullable): the cursor that was asked for. */
static const SobanScopeCursor *
find_cursor (const GPtrArray *cursors, const char *scope)
{
  for (guint i = 0; i < cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (cursors, i);

    if (g_str_equal (cursor->scope, scope))
      return cursor;
  }
  return NULL;
}

/* (nullable): the page that was asked for. */
static const SobanScopePage *
find_page (const GPtrArray *pages, const char *scope)
{
  for (guint i = 0; i < pages->len; i++) {
    const SobanScopePage *page = g_ptr_array_index (pages, i);

    if (g_str_equal (page->scope, scope))
      return page;
  }
  return NULL;
}

/* What was received of a scope. */
typedef struct {
  const SobanScopeCursor *old, *new;
  const SobanScopePage *page; /* (nullable): asked for */
  guint64 received, last;
  const SobanUuid *last_record; /* (nullable): of a page */
} Tally;

static gboolean
refuse (GError **error, const char *sentence, const char *scope)
{
  g_set_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "%s: %s", scope, sentence);
  return FALSE;
}

static gboolean
check_cursor (const Tally *tally, GError **error)
{
  const SobanScopeCursor *old = tally->old, *new = tally->new;

  if (new->has_page) {
    if (new->number != old->number || new->page_top < old->number
        || (tally->page != NULL && new->page_top == tally->page->page_top && soban_uuid_compare (&tally->page->page, &new->page) >= 0))
      return refuse (error, "the answer's page does not fit the request", new->scope);
  } else if (new->is_page && tally->page != NULL && new->number > tally->page->page_top) {
    /* Below it ends where the collector was set back in the middle of a snapshot, and began it anew. */
    return refuse (error, "the last page ends beyond what the first one said", new->scope);
  }
  if (new->number < old->number && (new->number != 0 || new->is_page))
    return refuse (error, "the answer's cursor does not fit the request", new->scope);
  return TRUE;
}

/* (nullable): scope -> Tally, after checking the reply's scopes against those asked for. */
static GHashTable *
make_tallies (SobanSyncRound *round, GError **error)
{
  g_autoptr (GHashTable) tallies = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  for (guint i = 0; i < round->reply->cursors->len; i++) {
    const SobanScopeCursor *new = g_ptr_array_index (round->reply->cursors, i);
    const SobanScopeCursor *old = find_cursor (round->hello->cursors, new->scope);
    Tally *tally;

    if (old == NULL || g_hash_table_contains (tallies, new->scope)) {
      refuse (error, "the answer's scope was not asked for, or stands twice", new->scope);
      return NULL;
    }
    tally = g_new0 (Tally, 1);
    tally->old = old;
    tally->new = new;
    tally->page = find_page (round->hello->pages, new->scope);
    /* Set back: no number fits. */
    tally->last = new->number < old->number ? G_MAXUINT64 : old->number;
    g_hash_table_insert (tallies, new->scope, tally);
    if (!check_cursor (tally, error))
      return NULL;
  }
  return g_steal_pointer (&tallies);
}

/* A page: records in ascending order, behind the page before, up to where it says. A record may have several changes. */
static gboolean
count_on_page (Tally *tally, const SobanNumberedChange *item, GError **error)
{
  const SobanUuid *record = &item->change->record;
  guint64 top = tally->new->has_page ? tally->new->page_top : tally->new->number;
  const SobanUuid *before = tally->page != NULL && tally->page->page_top == top ? &tally->page->page : NULL;

  if (item->scope_number != 0)
    return refuse (error, "a change of a page has a number", tally->new->scope);
  if ((before != NULL && soban_uuid_compare (before, record) >= 0)
      || (tally->last_record != NULL && soban_uuid_compare (tally->last_record, record) > 0)
      || (tally->new->has_page && soban_uuid_compare (record, &tally->new->page) > 0))
    return refuse (error, "the records of a page are out of order", tally->new->scope);
  tally->last_record = record;
  return TRUE;
}

static gboolean
count_numbered (const SobanSyncRound *round, Tally *tally, const SobanNumberedChange *item, GError **error)
{
  const SobanChangeId *id = &item->change->id;

  if (item->scope_number <= tally->last || item->scope_number > tally->new->number) {
    g_set_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "change %" G_GUINT64_FORMAT " of %s is out of order",
                 item->scope_number, item->change->scope);
    return FALSE;
  }
  if (id->device == round->hello->device && id->incarnation == round->hello->incarnation) {
    g_set_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "the answer sends back the own change %" G_GUINT64_FORMAT,
                 id->number);
    return FALSE;
  }
  tally->last = item->scope_number;
  tally->received++;
  return TRUE;
}

static gboolean
count_received (SobanSyncRound *round, GHashTable *tallies, GError **error)
{
  for (guint i = 0; i < round->changes->len; i++) {
    const SobanNumberedChange *item = g_ptr_array_index (round->changes, i);
    Tally *tally = g_hash_table_lookup (tallies, item->change->scope);

    if (tally == NULL)
      return refuse (error, "the answer brings changes of a scope that it does not name", item->change->scope);
    if (!(tally->new->is_page ? count_on_page (tally, item, error) : count_numbered (round, tally, item, error)))
      return FALSE;
  }
  return TRUE;
}

/* Invariant 1. */
static gboolean
check_arithmetic (SobanSyncRound *round, GError **error)
{
  g_autoptr (GHashTable) tallies = make_tallies (round, error);
  GHashTableIter iter;
  gpointer value;

  if (tallies == NULL || !count_received (round, tallies, error))
    return FALSE;
  g_hash_table_iter_init (&iter, tallies);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Tally *tally = value;
    const SobanScopeCursor *new = tally->new;
    guint64 span = new->number - MIN (tally->old->number, new->number);

    if (new->is_page)
      continue;
    if (tally->received > span || new->skipped > span - tally->received || new->own != span - tally->received - new->skipped) {
      g_set_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL,
                   "changes of %s are missing: received %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT " own and %" G_GUINT64_FORMAT
                   " left out, of %" G_GUINT64_FORMAT,
                   new->scope, tally->received, new->own, new->skipped, span);
      return FALSE;
    }
  }
  return TRUE;
}

/* Invariants 2 and 3. */
static gboolean
check_acknowledgement (SobanSyncRound *round, GError **error)
{
  SobanReply *reply = round->reply;
  guint64 told = MAX (round->last_added, reply->told_number);
  guint64 own_chain;

  for (guint i = 0; i < round->adjustments->len; i++) {
    if (g_array_index (round->adjustments, SobanStampAdjustment, i).number > reply->acked_number)
      return refuse (error, "the answer adjusts a change that it does not acknowledge", "ADJUSTMENTS");
  }
  for (guint i = 0; i < round->times->len; i++) {
    if (g_array_index (round->times, SobanTimeAdjustment, i).number > reply->acked_number)
      return refuse (error, "the answer tells the time of a change that it does not acknowledge", "ADJUSTMENTS");
  }
  reply->acked_number = MIN (reply->acked_number, told);
  if (find_chain (round, reply->acked_number, &own_chain))
    reply->chain = own_chain;
  return TRUE;
}

gboolean
soban_sync_round_check (SobanSyncRound *round, GError **error)
{
  return find_fork (round) || (check_acknowledgement (round, error) && check_arithmetic (round, error));
}

gboolean
soban_sync_round_was_set_back (const SobanSyncRound *round)
{
  g_assert (round->state == CHECKED);
  if (round->forked)
    return FALSE;
  if (round->reply->acked_number < round->after)
    return TRUE;
  for (guint i = 0; i < round->reply->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (round->reply->cursors, i);

    if (cursor->number < find_cursor (round->hello->cursors, cursor->scope)->number)
      return TRUE;
  }
  return FALSE;
}

gboolean
soban_sync_round_made_progress (const SobanSyncRound *round)
{
  g_assert (round->state == CHECKED);
  if (round->forked)
    return FALSE;
  if (round->reply->acked_number > round->after)
    return TRUE;
  for (guint i = 0; i < round->reply->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (round->reply->cursors, i);

    /* A page always goes on: check_cursor(). */
    if (cursor->is_page || cursor->number > find_cursor (round->hello->cursors, cursor->scope)->number)
      return TRUE;
  }
  return round->range_answers->len > 0 || round->records->len > 0;
}
