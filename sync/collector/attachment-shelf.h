/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"
#include "devices.h"

/*
 * Attachments in the collector's store (sync/README.md 11): what has come of each, and which records name it. All of it inside the caller's
 * transaction. @name is always a valid name (base/attachment-name.h).
 */

/* How much of one is here. */
typedef struct {
  gboolean found; /* FALSE: nothing of it has been announced, all else is 0 */
  guint64 bytes, have;
  gboolean received; /* whole, and compared with its name */
} SobanAttachmentMark;
gboolean soban_attachment_shelf_find (SobanCollectorStore *store, const char *name, SobanAttachmentMark *ret_mark, GError **error);
/* Whether a record of a commune of @device, present or former, names it: only then the device may send it. */
gboolean soban_attachment_shelf_is_named (SobanCollectorStore *store, const SobanDevice *device, const char *name, gboolean *ret_is, GError **error);

/**
 * soban_attachment_shelf_begin:
 * @bytes: 1 to SOBAN_ATTACHMENT_BYTES_MAX: how long it will be
 *
 * Announces it. What has come already stays, unless it was announced with another length: only one can be right. LIMIT of SOBAN_STORE_ERROR when the device
 * has sent SOBAN_ATTACHMENTS_DEVICE_BYTES_MAX.
 */
gboolean soban_attachment_shelf_begin (SobanCollectorStore *store, const SobanDevice *device, const char *name, guint64 bytes,
                                       SobanAttachmentMark *ret_mark, GError **error);

typedef enum {
  SOBAN_ATTACHMENT_APPENDED,
  SOBAN_ATTACHMENT_UNKNOWN,      /* nothing was announced: nothing is kept */
  SOBAN_ATTACHMENT_OTHER_OFFSET, /* what is here ends elsewhere, or it is longer than was announced: nothing is kept */
  SOBAN_ATTACHMENT_WRONG,        /* it is whole, and not what its name says: all of it is dropped */
} SobanAttachmentOutcome;
/* Appends @piece at @offset; the last one makes it received. @ret_mark: as it is after that. */
gboolean soban_attachment_shelf_append (SobanCollectorStore *store, const char *name, guint64 offset, GBytes *piece,
                                        SobanAttachmentOutcome *ret_outcome, SobanAttachmentMark *ret_mark, GError **error);
/* *ret_bytes: (transfer full) (nullable): NULL when it has not been received. */
gboolean soban_attachment_shelf_read (SobanCollectorStore *store, const char *name, GBytes **ret_bytes, GError **error);

/* ---- what names it ---- */

/* The log has @change now. */
gboolean soban_attachment_shelf_note_uses (SobanDatabase *database, const SobanChange *change, GError **error);
/* The same for the whole log, after an older program wrote it. */
gboolean soban_attachment_shelf_note_log (SobanDatabase *database, GError **error);
/* @record is erased: what no other record names goes with its bytes. */
gboolean soban_attachment_shelf_release (SobanCollectorStore *store, const SobanUuid *record, GError **error);
/* What nobody went on with, or no record names, for SOBAN_ATTACHMENT_UNFINISHED_DAYS. */
gboolean soban_attachment_shelf_sweep (SobanCollectorStore *store, guint *ret_swept, GError **error);

/* ---- check ---- */

/* (transfer full) (element-type utf8): names of those that are not what the table says. */
GPtrArray *soban_attachment_shelf_list_damaged (SobanDatabase *database, GError **error);
