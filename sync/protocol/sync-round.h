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
/* The round that a receipt ends (README 10.3): it has no request; what is fed begins with the HELLO that the receipt answers, and may adjust more
 * changes than an answer. Set the chain lookup. */
SobanSyncRound *soban_sync_round_new_receipt (void);
void soban_sync_round_free (SobanSyncRound *round);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanSyncRound, soban_sync_round_free)

/* ---- before anything is added ---- */

/* The minor version that the collector's last answer spoke (soban_sync_round_get_peer_minor()); 0, the first value: not known, or 1.0. */
void soban_sync_round_set_peer_minor (SobanSyncRound *round, guint minor);
/* About how many bytes the request's changes and one frame of them may have, before compression (README 5.11); 0: the greatest there are. */
void soban_sync_round_set_limits (SobanSyncRound *round, gsize request_bytes, gsize frame_bytes);

/* The own chain after change @number (README 4.8); FALSE when it is not known. */
typedef gboolean (*SobanChainLookup) (guint64 number, guint64 *ret_chain, gpointer user_data);
/* For the chain at numbers that are neither HELLO's acked_number nor of this request: called by soban_sync_round_finish(), on its thread.
 * Without it such a number's chain is not checked. */
void soban_sync_round_set_chain_lookup (SobanSyncRound *round, SobanChainLookup lookup, gpointer user_data);
/* What tells of the own clock (README 4.6); it goes before the own changes, if there are any. */
void soban_sync_round_set_evidence (SobanSyncRound *round, const SobanClockEvidence *evidence);

/* ---- what the request holds: without any of it, a probe ---- */

/* Whether the request has room for another change. */
gboolean soban_sync_round_has_room (const SobanSyncRound *round);
/* @change: (transfer full): the next own change. Errors: PROTOCOL when its number is not the next one. */
gboolean soban_sync_round_add (SobanSyncRound *round, SobanChange *change, GError **error);
/**
 * soban_sync_round_add_relayed:
 * @evidence: (nullable): of the sender's clock
 * @changes: (element-type SobanChange): of one other sender, ascending, at least one, at most SOBAN_FRAME_CHANGES_MAX
 *
 * Changes that are sent on (README 5.12). Only to a collector that speaks 1.1 (soban_sync_round_set_peer_minor()) and while there is room.
 */
void soban_sync_round_add_relayed (SobanSyncRound *round, const SobanClockEvidence *evidence, const GPtrArray *changes);
/* Of own changes. */
guint soban_sync_round_count_added (const SobanSyncRound *round);

/* Reconciliation (README 5.10). @reports: (element-type SobanDigestReport). */
void soban_sync_round_report_digests (SobanSyncRound *round, const GPtrArray *reports);
void soban_sync_round_ask_ranges (SobanSyncRound *round, const SobanRangesQuery *query);
void soban_sync_round_ask_records (SobanSyncRound *round, const SobanWanted *wanted);

/* (transfer full): the whole request; nothing can be added any more, the changes in it are let go. */
GBytes *soban_sync_round_make_request (SobanSyncRound *round);

/* ---- the answer ---- */

/* Takes the next bytes of the answer. Errors: the collector's refusal, PROTOCOL, TOO_LARGE; then the round is over. */
gboolean soban_sync_round_feed (SobanSyncRound *round, const guint8 *data, gsize length, GError **error);
/**
 * soban_sync_round_finish:
 *
 * The answer has ended: checks that it is complete and that its arithmetic holds (README 5.2). Errors: TIMEOUT when it was
 * cut, PROTOCOL. Only after TRUE may the functions below be called, and the result be applied.
 */
gboolean soban_sync_round_finish (SobanSyncRound *round, GError **error);

/* What was asked: of a receipt the HELLO in it. */
const SobanHello *soban_sync_round_get_hello (const SobanSyncRound *round);
/**
 * soban_sync_round_was_forked:
 *
 * Whether the collector knows this incarnation with other changes (README 5.8). Then the reply's acked_number is the last one up to which both are
 * known to be the same, and there is nothing else in the result: no changes, cursors, adjustments.
 */
gboolean soban_sync_round_was_forked (const SobanSyncRound *round);
/* Its acked_number is the receipt: up to there effective stamps are told; its chain is the own one there. */
const SobanReply *soban_sync_round_get_reply (const SobanSyncRound *round);
GArray *soban_sync_round_get_adjustments (const SobanSyncRound *round); /* (transfer none) (element-type SobanStampAdjustment) */
GArray *soban_sync_round_get_times (const SobanSyncRound *round);       /* (transfer none) (element-type SobanTimeAdjustment) */
/* (transfer none) (element-type SobanNumberedChange): others' changes, each scope's ascending; of a scope whose cursor is a page: what the page
 * holds, without scope numbers, the own ones among it (README 5.9). */
GPtrArray *soban_sync_round_get_changes (const SobanSyncRound *round);
const SobanKeys *soban_sync_round_get_keys (const SobanSyncRound *round);      /* (nullable) */
/* (nullable) (transfer none) (element-type SobanFormOffer): the forms that the device should have, where HELLO's fingerprint is another (README 4.6a) */
GPtrArray *soban_sync_round_get_forms (const SobanSyncRound *round);
GPtrArray *soban_sync_round_get_range_answers (const SobanSyncRound *round);   /* (transfer none) (element-type SobanRangesAnswer) */
/* (transfer none) (element-type SobanRecords): those of a scope together, whole logs; may be longer than a frame. */
GPtrArray *soban_sync_round_get_records (const SobanSyncRound *round);
/* Whether any scope has further changes or pages. */
gboolean soban_sync_round_has_more (const SobanSyncRound *round);
/* Whether the collector has less than it had confirmed: it was set back to an older state (README 5.6). */
gboolean soban_sync_round_was_set_back (const SobanSyncRound *round);
/* Whether the round acknowledged or brought anything new (README 5.4). */
gboolean soban_sync_round_made_progress (const SobanSyncRound *round);
/* The minor version that the answer spoke, as soon as its header has come, also of an answer that was refused or cut. */
guint soban_sync_round_get_peer_minor (const SobanSyncRound *round);
