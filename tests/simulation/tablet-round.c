/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "change-key.h"
#include "dice.h"
#include "tablet.h"

#define REPAIRS_MAX 2 /* of one sync */

SobanHello *
tablet_make_hello (const Tablet *tablet)
{
  SobanHello *hello = soban_hello_new ();

  hello->device = tablet->device;
  hello->incarnation = tablet->incarnation;
  hello->last_number = tablet->own->len;
  hello->acked_number = tablet->acked_number;
  hello->chain = tablet_get_chain (tablet, tablet->acked_number);
  hello->wall_ms = tablet->asked.wall_ms;
  hello->boottime_ms = tablet->asked.boottime_ms;
  hello->boot_id = g_strdup_printf ("%08x", tablet->asked.boot);
  hello->program = g_strdup ("simulation");
  for (guint i = 0; i < tablet->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (tablet->cursors, i);

    g_ptr_array_add (hello->cursors, soban_scope_cursor_new (cursor->scope, cursor->number));
    if (cursor->has_page)
      g_ptr_array_add (hello->pages, soban_scope_page_new (cursor->scope, &cursor->page, cursor->page_top));
  }
  return hello;
}

static gboolean
find_chain (guint64 number, guint64 *ret_chain, gpointer data)
{
  const Tablet *tablet = data;

  if (number > tablet->own->len)
    return FALSE;
  *ret_chain = tablet_get_chain (tablet, number);
  return TRUE;
}

/* A collector of 1.0 would take a change without its bases, which is another change than the author's. */
static gboolean
has_bases (const Tablet *tablet)
{
  for (guint i = (guint) tablet->acked_number; i < tablet->own->len; i++) {
    if (((const LogEntry *) g_ptr_array_index (tablet->own, i))->change->bases != NULL)
      return TRUE;
  }
  return FALSE;
}

static gboolean
has_relayed (const Tablet *tablet)
{
  g_autoptr (GPtrArray) relayed = tablet_list_relayed (tablet);

  return relayed->len > 0;
}

/* @sent: (element-type SobanNumberedChange): a copy of what goes */
static gboolean
add_changes (Tablet *tablet, guint changes_max, GPtrArray *sent, GError **error)
{
  for (guint i = (guint) tablet->acked_number; i < tablet->own->len; i++) {
    const LogEntry *entry = g_ptr_array_index (tablet->own, i);
    g_autoptr (SobanChange) change = NULL;

    if (!soban_sync_round_has_room (tablet->round) || soban_sync_round_count_added (tablet->round) >= changes_max)
      break;
    change = soban_change_copy (entry->change);
    change->stamp = entry->stamp;
    tablet->weight += soban_change_weigh (change);
    if (tablet->old)
      g_ptr_array_add (sent, soban_numbered_change_new (soban_change_copy (change), 0));
    if (!soban_sync_round_add (tablet->round, g_steal_pointer (&change), error))
      return FALSE;
  }
  return TRUE;
}

GBytes *
tablet_begin_round (Tablet *tablet, gint64 true_ms, guint changes_max, GError **error)
{
  g_autoptr (GPtrArray) sent = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  g_autoptr (SobanClockEvidence) evidence = NULL;
  g_autoptr (GBytes) request = NULL;

  g_assert (tablet->round == NULL);
  tablet_sync_disk (tablet);
  tablet->round_number = tablet->own->len;
  tablet->asked = tablet_read_clock (tablet, true_ms);
  tablet_note_reading (tablet, &tablet->asked);
  evidence = tablet_get_evidence (tablet, tablet->acked_number);
  tablet->round = soban_sync_round_new (tablet_make_hello (tablet), tablet->acked_number);
  tablet->asked_ms = true_ms;
  tablet->weight = 0;
  tablet->probing =
      !tablet->old
      && (tablet->pace.unsure || (tablet->peer_minor == 0 && (has_bases (tablet) || has_relayed (tablet))));
  soban_sync_round_set_limits (tablet->round, tablet->pace.request_bytes, soban_pace_get_frame_bytes (&tablet->pace));
  soban_sync_round_set_peer_minor (tablet->round, tablet->peer_minor);
  soban_sync_round_set_chain_lookup (tablet->round, find_chain, tablet);
  soban_sync_round_set_evidence (tablet->round, evidence);
  if (tablet->probing)
    tablet->relaying = FALSE;
  if (!tablet->probing && tablet_add_relayed (tablet) && !add_changes (tablet, changes_max, sent, error))
    return NULL;
  if (tablet->repair != NULL)
    soban_repair_ask (tablet->repair, tablet->round, &tablet->pace);
  request = soban_sync_round_make_request (tablet->round);
  return tablet->old ? tablet_write_old_request (tablet, sent) : g_steal_pointer (&request);
}

DiskWrite *
tablet_make_result (const Tablet *tablet, SobanSyncRound *round, gint64 true_ms)
{
  const SobanReply *reply = soban_sync_round_get_reply (round);
  DiskWrite *write = disk_write_new (DISK_WRITE_RESULT, tablet_read_clock (tablet, true_ms));

  write->acked_number = reply->acked_number;
  write->set_back = soban_sync_round_was_set_back (round);
  write->adjustments = g_array_ref (soban_sync_round_get_adjustments (round));
  write->changes = g_ptr_array_ref (soban_sync_round_get_changes (round));
  write->floor = reply->floor;
  write->asked = tablet->asked;
  write->collector_ms = reply->collector_ms;
  write->cursors = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_scope_cursor_free);
  for (guint i = 0; i < reply->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (reply->cursors, i);
    SobanScopeCursor *copy = soban_scope_cursor_new (cursor->scope, cursor->number);

    copy->has_page = cursor->has_page;
    copy->page = cursor->page;
    copy->page_top = cursor->page_top;
    g_ptr_array_add (write->cursors, copy);
  }
  return write;
}

/* Another has used this device and incarnation. */
static gboolean
heal_fork (Tablet *tablet, gint64 true_ms, TabletResult *ret_result, GError **error)
{
  const guint64 shared = soban_sync_round_get_reply (tablet->round)->acked_number;

  ret_result->forked = TRUE;
  if (!tablet_has_room (tablet, error))
    return FALSE;
  tablet_renew (tablet, shared, soban_sync_round_get_adjustments (tablet->round), tablet_draw_incarnation (tablet), true_ms);
  ret_result->go_on = ret_result->progress = TRUE;
  tablet_close_round (tablet);
  return TRUE;
}

/* What could not be written ends the sync: the next one begins anew. */
static gboolean
end_full (Tablet *tablet)
{
  tablet->forgetful = TRUE;
  g_clear_pointer (&tablet->repair, soban_repair_free);
  tablet_begin_sync (tablet);
  tablet_close_round (tablet);
  return FALSE;
}

/* Takes what the answer says to a repair, or begins one when nothing is left to do and a digest is another one. */
static gboolean
compare (Tablet *tablet, TabletResult *result, GError **error)
{
  SobanStore *store = (SobanStore *) tablet;

  if (tablet->repair != NULL) {
    if (!soban_repair_take (tablet->repair, store, tablet->round, error))
      return FALSE;
    result->progress = TRUE;
    if (soban_repair_is_done (tablet->repair))
      g_clear_pointer (&tablet->repair, soban_repair_free);
    result->go_on = TRUE;
    return TRUE;
  }
  if (result->go_on || tablet->acked_number < tablet->own->len || tablet->ignores_digests || tablet->old
      || tablet->repairs >= REPAIRS_MAX)
    return TRUE;
  if (!soban_repair_begin (store, soban_sync_round_get_reply (tablet->round), &tablet->repair, error))
    return FALSE;
  result->differs = tablet->repair != NULL && soban_repair_compares (tablet->repair);
  tablet->repairs += result->differs;
  result->go_on = tablet->repair != NULL;
  result->progress = result->progress || result->go_on;
  return TRUE;
}

gboolean
tablet_take_answer (Tablet *tablet, const guint8 *data, gsize length, gint64 true_ms, TabletResult *ret_result,
                    GError **error)
{
  DiskWrite *write;

  g_assert (tablet->round != NULL);
  *ret_result = (TabletResult){ 0 };
  tablet->now_ms = true_ms;
  if (!soban_sync_round_feed (tablet->round, data, length, error) || !soban_sync_round_finish (tablet->round, error)) {
    tablet->peer_minor = MAX (tablet->peer_minor, soban_sync_round_get_peer_minor (tablet->round));
    tablet_break_round (tablet);
    return FALSE;
  }
  tablet->forgetful = FALSE;
  soban_pace_note_answer (&tablet->pace, tablet->weight, length, true_ms - tablet->asked_ms);
  tablet->peer_minor = soban_sync_round_get_peer_minor (tablet->round);
  if (soban_sync_round_was_forked (tablet->round))
    return heal_fork (tablet, true_ms, ret_result, error) || end_full (tablet);
  if (!tablet_has_room (tablet, error))
    return end_full (tablet);
  write = tablet_make_result (tablet, tablet->round, true_ms);
  tablet_write (tablet, write);
  ret_result->changes = write->changes;
  ret_result->set_back = write->set_back;
  ret_result->progress = soban_sync_round_made_progress (tablet->round) || write->set_back || tablet->probing;
  ret_result->progress = ret_result->progress || tablet->relaying;
  ret_result->go_on =
      soban_sync_round_has_more (tablet->round) || tablet->acked_number < tablet->round_number || write->set_back;
  ret_result->go_on = ret_result->go_on || has_relayed (tablet);
  if (!compare (tablet, ret_result, error))
    return end_full (tablet);
  tablet_close_round (tablet);
  return TRUE;
}

void
tablet_break_round (Tablet *tablet)
{
  soban_pace_note_cut (&tablet->pace, tablet->weight);
  tablet_begin_sync (tablet);
  tablet_close_round (tablet);
}

void
tablet_close_round (Tablet *tablet)
{
  g_clear_pointer (&tablet->round, soban_sync_round_free);
}
