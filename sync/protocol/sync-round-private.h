/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/sync-round.h"

/* What sync-round.c and sync-round-check.c share; the states stand at the top of sync-round.c. */

typedef enum { FILLING, WAITING, READING, ENDED, CHECKED, OVER } SobanSyncRoundState;

struct _SobanSyncRound {
  SobanSyncRoundState state;
  gboolean is_receipt;
  SobanHello *hello; /* (nullable): of a receipt until it has come */
  guint peer_minor; /* before the answer: as it was told; from its header on: as the answer says */
  SobanChainLookup lookup; /* (nullable) */
  gpointer lookup_data;

  /* the request */
  guint64 after, last_added;
  gsize weight, weight_max, frame_bytes;
  guint n_added, n_relayed;
  GPtrArray *added;      /* (element-type SobanNumberedChange) */
  GArray *chains;        /* (element-type guint64): the own chain at after, after + 1 ...; empty when it is not known at after */
  GByteArray *evidence;  /* the body of CLOCK_EVIDENCE; empty: none */
  GByteArray *relayed;   /* frames */
  GByteArray *questions; /* frames */
  GHashTable *ranges_asked; /* scope -> how many */

  /* the answer */
  SobanFrameReader *reader;
  gsize answer_bytes;
  guint n_changes, n_record_changes; /* of CHANGES, of RECORDS */
  SobanReply *reply;
  GArray *adjustments, *times;
  GPtrArray *changes;
  SobanKeys *keys;       /* (nullable) */
  GPtrArray *forms;      /* (nullable) */
  GPtrArray *range_answers, *records;
  gboolean forked;
};

/* The checks of soban_sync_round_finish() on a complete answer, sync-round-check.c. Errors: PROTOCOL. */
gboolean soban_sync_round_check (SobanSyncRound *round, GError **error);
