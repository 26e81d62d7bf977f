/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

/*
 * Attachments: photos and other files that belong to answers. The answer of an `upload` question is the attachment's name
 * (base/attachment-name.h), the store keeps the bytes by that name.
 *
 * Put the bytes, then save the answer. What was put is kept until the store is closed, and from then on while an answer of a draft or the log of a
 * record names it; of a discarded draft until another one is discarded. It waits to be sent once a record that is saved and not deleted has it as a value, and is received when the collector has
 * compared it with its name (PROTOCOL 9). Every function may be called from any thread and waits for the store's; from a window use
 * soban_store_run_async().
 */

/**
 * soban_store_put_attachment:
 * @bytes: 1 to SOBAN_ATTACHMENT_BYTES_MAX bytes
 * @extension: "jpg": at most SOBAN_ATTACHMENT_EXTENSION_BYTES_MAX of a-z and 0-9, in any case
 *
 * On disk when it returns. The same bytes twice are one attachment.
 * Errors of SOBAN_STORE_ERROR: LIMIT (too large, or SOBAN_ATTACHMENTS_WAITING_MAX wait already), CONSTRAINT (empty, or no extension), FULL, IO.
 *
 * Returns: (transfer full): its name, the value of the answer
 */
gchar *soban_store_put_attachment (SobanStore *store, GBytes *bytes, const char *extension, GError **error);
/**
 * soban_store_get_attachment:
 *
 * Errors of SOBAN_STORE_ERROR: NOT_FOUND when it is not on this tablet (it was taken on another one); CORRUPT when the file is damaged there.
 *
 * Returns: (transfer full): the bytes, compared with the name
 */
GBytes *soban_store_get_attachment (SobanStore *store, const char *name, GError **error);
/* How many wait to be sent, and their bytes (what the collector has of one that is not whole is not subtracted). */
gboolean soban_store_count_attachments (SobanStore *store, guint *ret_waiting, guint64 *ret_waiting_bytes, GError **error);

/* How many are on this tablet, sent or not, and the room they take. */
gboolean soban_store_measure_attachments (SobanStore *store, guint *ret_count, guint64 *ret_bytes, GError **error);

typedef enum {
  SOBAN_ATTACHMENT_ELSEWHERE, /* not on this tablet */
  SOBAN_ATTACHMENT_WAITING,   /* here, not yet in the collector */
  SOBAN_ATTACHMENT_RECEIVED,  /* here and in the collector */
} SobanAttachmentState;
/* Where the attachment @name is, as far as this tablet knows. */
gboolean soban_store_look_up_attachment (SobanStore *store, const char *name, SobanAttachmentState *ret_state, GError **error);

/* ---- for the sync ---- */

typedef struct {
  char *name;
  guint64 bytes;
} SobanWaitingAttachment;
/* (transfer full) (element-type SobanWaitingAttachment): in the order they were put. */
GPtrArray *soban_store_list_waiting_attachments (SobanStore *store, GError **error);
/* (transfer full): at most @length bytes from @start on, fewer at the end; NOT_FOUND. */
GBytes *soban_store_read_attachment_piece (SobanStore *store, const char *name, guint64 start, gsize length, GError **error);
/* The collector has it, whole and compared with its name. */
gboolean soban_store_mark_attachment_received (SobanStore *store, const char *name, GError **error);
