/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/message.h"

/**
 * SobanSyncRound: one round of the device's side as a state machine without clock, disk or network (sync/README.md 5): changes in,
 * request bytes out, answer bytes in, a checked result out. One owner at a time.
 */
typedef struct _SobanSyncRound SobanSyncRound;

/**
 * soban_sync_round_new:
 * @hello: (transfer full): its cursors are what the answer is checked against
 * @after: the changes that are added start with the number behind this one
 */
SobanSyncRound *soban_sync_round_new (SobanHello *hello, guint64 after);
void soban_sync_round_free (SobanSyncRound *round);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanSyncRound, soban_sync_round_free)

/* Whether the request has room for another change. */
gboolean soban_sync_round_has_room (const SobanSyncRound *round);
/* @change: (transfer full): the next own change. Errors: PROTOCOL when its number is not the next one. */
gboolean soban_sync_round_add (SobanSyncRound *round, SobanChange *change, GError **error);
guint soban_sync_round_count_added (const SobanSyncRound *round);
/* (transfer full): the whole request; nothing can be added any more, the changes in it are let go. */
GBytes *soban_sync_round_make_request (SobanSyncRound *round);

/* Takes the next bytes of the answer. Errors: the collector's refusal, PROTOCOL, TOO_LARGE; then the round is over. */
gboolean soban_sync_round_feed (SobanSyncRound *round, const guint8 *data, gsize length, GError **error);
/**
 * soban_sync_round_finish:
 *
 * The answer has ended: checks that it is complete and that its arithmetic holds (README 5.2). Errors: TIMEOUT when it was
 * cut, PROTOCOL, REFUSED for a fork. Only after TRUE may the functions below be called, and the result be applied.
 */
gboolean soban_sync_round_finish (SobanSyncRound *round, GError **error);

const SobanReply *soban_sync_round_get_reply (const SobanSyncRound *round);
GArray *soban_sync_round_get_adjustments (const SobanSyncRound *round); /* (transfer none) (element-type SobanStampAdjustment) */
/* (transfer none) (element-type SobanNumberedChange): others' changes, each scope's ascending. */
GPtrArray *soban_sync_round_get_changes (const SobanSyncRound *round);
/* Whether any scope has further changes. */
gboolean soban_sync_round_has_more (const SobanSyncRound *round);
/* Whether the collector has less than it had confirmed: it was set back to an older state (README 5.6). */
gboolean soban_sync_round_was_set_back (const SobanSyncRound *round);
/* Whether the round acknowledged or brought anything new (README 5.4). */
gboolean soban_sync_round_made_progress (const SobanSyncRound *round);
