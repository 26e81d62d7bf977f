/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/round-result.h"

static void
take_changes (SobanRoundResult *self, const GPtrArray *numbered)
{
  for (guint i = 0; i < numbered->len; i++) {
    SobanNumberedChange *item = g_ptr_array_index (numbered, i);

    g_ptr_array_add (self->changes, item->change);
    g_array_append_val (self->scope_numbers, item->scope_number);
  }
}

static void
take_cursors (SobanRoundResult *self, const GPtrArray *cursors)
{
  for (guint i = 0; i < cursors->len; i++) {
    const SobanScopeCursor *from = g_ptr_array_index (cursors, i);
    SobanCursor *cursor = g_new0 (SobanCursor, 1);

    cursor->scope = from->scope;
    cursor->cursor = from->number;
    cursor->has_page = from->has_page;
    cursor->page = from->page;
    cursor->page_top = from->page_top;
    cursor->more = from->more;
    cursor->skipped = from->skipped;
    g_ptr_array_add (self->cursors, cursor);
  }
}

static void
take_adjustments (SobanRoundResult *self, const GArray *stamps, const GArray *times)
{
  for (guint i = 0; i < stamps->len; i++) {
    const SobanStampAdjustment *from = &g_array_index (stamps, SobanStampAdjustment, i);
    SobanAdjustment adjustment = { from->number, from->stamp };

    g_array_append_val (self->adjustments, adjustment);
  }
  for (guint i = 0; i < times->len; i++) {
    const SobanTimeAdjustment *from = &g_array_index (times, SobanTimeAdjustment, i);
    SobanRecordedTime time = { from->number, from->recorded_ms, from->time_quality };

    g_array_append_val (self->times, time);
  }
}

void
soban_round_result_init (SobanRoundResult *self, const SobanSyncRound *round)
{
  const SobanReply *reply = soban_sync_round_get_reply (round);

  self->changes = g_ptr_array_new ();
  self->cursors = g_ptr_array_new_with_free_func (g_free);
  self->scope_numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->adjustments = g_array_new (FALSE, FALSE, sizeof (SobanAdjustment));
  self->times = g_array_new (FALSE, FALSE, sizeof (SobanRecordedTime));
  take_changes (self, soban_sync_round_get_changes (round));
  take_cursors (self, reply->cursors);
  take_adjustments (self, soban_sync_round_get_adjustments (round), soban_sync_round_get_times (round));
  self->result = (SobanSyncResult) {
    .acked_number = reply->acked_number,
    .adjustments = self->adjustments,
    .changes = self->changes,
    .cursors = self->cursors,
    .floor = reply->floor,
    .collector_ms = reply->collector_ms,
    .set_back = soban_sync_round_was_set_back (round),
    .scope_numbers = self->scope_numbers,
    .times = self->times,
    .collector_minor = soban_sync_round_get_peer_minor (round),
  };
}

void
soban_round_result_clear (SobanRoundResult *self)
{
  g_clear_pointer (&self->changes, g_ptr_array_unref);
  g_clear_pointer (&self->cursors, g_ptr_array_unref);
  g_clear_pointer (&self->scope_numbers, g_array_unref);
  g_clear_pointer (&self->adjustments, g_array_unref);
  g_clear_pointer (&self->times, g_array_unref);
}
