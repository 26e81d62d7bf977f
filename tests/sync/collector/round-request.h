/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "devices.h"
#include "fixture.h"
#include "round.h"

/* A request as a device of 1.1 makes it: change what a test wants otherwise, then ask(). */
typedef struct {
  SobanHello *hello;
  guint8 minor;                 /* that the stream's header says */
  SobanClockEvidence *evidence; /* (nullable) */
  GPtrArray *batches;           /* (element-type GPtrArray of SobanNumberedChange): one frame each */
  GPtrArray *ranges, *wanted, *reports;
  gboolean cut;                 /* no END */
} Request;

Request *request_new (guint32 device, guint64 incarnation, const char *scope, guint64 cursor);
void request_free (Request *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)
GByteArray *request_write (const Request *request);

/* What a device reads of an answer. */
typedef struct {
  SobanReply *reply;
  GArray *adjustments, *times;
  GPtrArray *changes; /* (element-type SobanNumberedChange) */
  GPtrArray *ranges;  /* (element-type SobanRangesAnswer) */
  GPtrArray *records; /* (element-type SobanRecords) */
  guint bytes;
} Answer;
void answer_free (Answer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)
/* The cursor of the only scope. */
const SobanScopeCursor *answer_get_cursor (const Answer *answer);

/* A device enrolled to @scope with this token; its number. */
guint32 add_device (Fixture *fixture, const char *token, const char *scope);
/* (transfer full): what the collector answers to a request that comes in one piece. */
Answer *ask_round (Fixture *fixture, const char *token, const Request *request, const SobanRegistries *registries);
/* The same, only up to the answer: (transfer full). */
SobanRound *take_round (Fixture *fixture, const char *token, GByteArray *stream, const SobanRegistries *registries);
