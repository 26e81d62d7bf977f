/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/sync-round.h"

#define ROUND_SAMPLE_SCOPE "02947@2025-07-01"
#define ROUND_SAMPLE_OTHER_SCOPE "02950@2025-07-01"
#define ROUND_SAMPLE_INCARNATION G_GUINT64_CONSTANT (0x1d2c3b4a59687706)
#define ROUND_SAMPLE_ACKED 7

/* A round that gives @n_changes behind ACKED, of 10; asks for two scopes, from 100 and from 0; to a collector of 1.1. */
SobanSyncRound *round_sample_new (guint n_changes);
/* Its device's chain after @number, from ACKED on. */
guint64 round_sample_own_chain (guint64 number);
/* SobanChainLookup: the same, and made up before ACKED; counts its calls in the guint @user_data. */
gboolean round_sample_look_up_chain (guint64 number, guint64 *ret_chain, gpointer user_data);

/* An answer that a test puts together. */
typedef struct {
  SobanReply *reply;
  GPtrArray *changes; /* (element-type SobanNumberedChange) */
  GArray *adjustments, *times;
  GByteArray *extra;  /* frames */
} AnswerSample;
AnswerSample answer_sample_new (guint64 acked_number);
void answer_sample_clear (AnswerSample *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnswerSample, answer_sample_clear)
SobanScopeCursor *answer_sample_add_cursor (AnswerSample *answer, const char *scope, guint64 number, guint64 own);
/* A change of another device; @record_first: the first byte of the record's id. */
SobanNumberedChange *answer_sample_add_change (AnswerSample *answer, const char *scope, guint64 scope_number, guint8 record_first);
/* Tells the effective stamp and time of an own change. */
void answer_sample_adjust (AnswerSample *answer, guint64 number);
/* Adds the frame of a message sample. */
void answer_sample_add_frame (AnswerSample *answer, const char *name);
/* The whole stream. */
GByteArray *answer_sample_write (const AnswerSample *answer);
