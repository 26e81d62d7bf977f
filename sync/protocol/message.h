/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/error.h"
#include "log/change.h"
#include "protocol/frame.h"

#define SOBAN_PROTOCOL_MAJOR 1
#define SOBAN_PROTOCOL_MINOR 0

/* Bodies of the frames: sync/README.md 4. Decoders check everything (SOBAN_SYNC_ERROR_PROTOCOL); fields that a newer minor version appends
 * are skipped. Pure; any thread. */

typedef struct {
  char *scope;
  guint64 number; /* hello: the last number of the scope applied; reply: the new cursor */
  guint64 own;    /* reply: how many changes of this very (device, incarnation) lie between the cursors (counted, not sent; PROTOCOL 5.2) */
  gboolean more;  /* reply: the scope has further changes */
} SobanScopeCursor;
SobanScopeCursor *soban_scope_cursor_new (const char *scope, guint64 number);
void soban_scope_cursor_free (SobanScopeCursor *cursor);

typedef struct {
  guint32 device;
  guint64 incarnation;
  guint64 last_number;  /* the highest number the device has given */
  gint64 wall_ms;       /* its clock now */
  char *program;        /* "soban 0.1.0" */
  char *boot_id;        /* "" when there is none */
  gint64 boottime_ms;
  GPtrArray *cursors;   /* (element-type SobanScopeCursor) */
} SobanHello;
SobanHello *soban_hello_new (void); /* with an empty list of cursors */
void soban_hello_free (SobanHello *hello);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanHello, soban_hello_free)
void soban_hello_encode (const SobanHello *hello, GByteArray *body);
SobanHello *soban_hello_decode (GBytes *body, GError **error);

/* Columnar batch of changes (README 4.2), with each change's number of its scope in an answer. */
typedef struct {
  SobanChange *change;
  guint64 scope_number; /* 0 in a request */
} SobanNumberedChange;
/* @change: (transfer full) */
SobanNumberedChange *soban_numbered_change_new (SobanChange *change, guint64 scope_number);
void soban_numbered_change_free (SobanNumberedChange *item);
/* At most SOBAN_FRAME_CHANGES_MAX items of together at most SOBAN_FRAME_WRITTEN_OUT_BYTES_MAX; either all have a scope number or none. */
void soban_changes_encode (const GPtrArray *numbered, GByteArray *body);
/* (transfer full) (element-type SobanNumberedChange) */
GPtrArray *soban_changes_decode (GBytes *body, GError **error);

/* About how many bytes @change adds to a request before compression: to stop a batch in time. */
gsize soban_change_weigh (const SobanChange *change);
/* Writes all of @numbered as as many CHANGES frames as the bounds of a frame ask for (none when it is empty). */
void soban_changes_write_frames (GByteArray *out, const GPtrArray *numbered);

typedef enum { SOBAN_ACK_OK = 0, SOBAN_ACK_GAP = 1, SOBAN_ACK_FORK = 2 } SobanAckState; /* on the wire */

typedef struct {
  gint64 collector_ms;
  guint64 acked_number; /* every change of this (device, incarnation) up to here is stored */
  SobanAckState ack_state;
  SobanStamp floor;     /* clock floor for the device */
  GPtrArray *cursors;   /* (element-type SobanScopeCursor) */
} SobanReply;
SobanReply *soban_reply_new (void); /* with an empty list of cursors */
void soban_reply_free (SobanReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanReply, soban_reply_free)
void soban_reply_encode (const SobanReply *reply, GByteArray *body);
SobanReply *soban_reply_decode (GBytes *body, GError **error);

typedef struct {
  guint64 number;
  SobanStamp stamp;
} SobanStampAdjustment;
/* @adjustments: (element-type SobanStampAdjustment), ascending by number, at most SOBAN_REQUEST_CHANGES_MAX. */
void soban_adjustments_encode (const GArray *adjustments, GByteArray *body);
GArray *soban_adjustments_decode (GBytes *body, GError **error); /* (element-type SobanStampAdjustment) */

/* A refusal: a code of SobanSyncError and a sentence for the log (English; the tablet words its own). */
void soban_refusal_encode (SobanSyncError code, const char *message, GByteArray *body);
gboolean soban_refusal_decode (GBytes *body, GError **ret_refusal, GError **error);
