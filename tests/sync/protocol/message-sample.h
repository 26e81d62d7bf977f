/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/message.h"

/* One body of each frame, always the same: for known answers, round trips and fuzzing. */
typedef struct {
  const char *name; /* of its file in tests/fixtures/wire */
  SobanFrameType type;
  void (*encode) (GByteArray *body);
  /* Decodes and, where that succeeds, compares with what encode() wrote: fails the test when it is another. @body may be what 1.0 wrote. */
  gboolean (*decode) (GBytes *body, GError **error);
  /* Length of the shorter body that is whole, too: what 1.0 wrote, or one without the part that may be absent; 0: there is none. */
  gsize (*measure_short) (void);
} MessageSample;

extern const MessageSample message_samples[];
extern const guint message_samples_count;

SobanHello *message_sample_make_hello (void);
SobanReply *message_sample_make_reply (void);
SobanClockEvidence *message_sample_make_evidence (void);
/* (element-type SobanNumberedChange): with corrected times, numbers of two scopes, bases, a removed value. */
GPtrArray *message_sample_make_changes (void);
/* Decodes @body as each of the types, for a body of the wrong kind is garbage, too; what comes out must satisfy its bounds. */
void message_sample_read_as_all (GBytes *body);
