/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/message.h"

/* What the clocks of a tablet showed at a moment. */
typedef struct {
  guint32 boot; /* which boot of which tablet */
  gint64 boottime_ms, wall_ms;
} Reading;

typedef enum {
  DISK_WRITE_BOOT,        /* the program has begun */
  DISK_WRITE_SAVE,        /* an own change */
  DISK_WRITE_RESULT,      /* what a round brought */
  DISK_WRITE_EXCHANGE,    /* what another tablet wrote on a stick */
  DISK_WRITE_REPLACEMENT, /* records taken from the collector: sync/README.md 5.10 */
  DISK_WRITE_RENEWAL,     /* a new incarnation: what was not acknowledged is issued anew */
} DiskWriteKind;

/**
 * DiskWrite: one transaction on the disk of a tablet. It never changes, so that copies of a disk share it.
 */
typedef struct {
  guint references;
  DiskWriteKind kind;
  Reading reading;
  SobanChange *own; /* save */

  /* result; renewal: the receipt that came with it */
  guint64 acked_number;
  gboolean set_back; /* the collector has less than it had: sync/README.md 5.6 */
  GArray *adjustments;
  GPtrArray *changes; /* (element-type SobanNumberedChange) */
  GPtrArray *cursors; /* (element-type SobanScopeCursor) */
  SobanStamp floor;
  Reading asked;       /* when the request left ... */
  gint64 collector_ms; /* ... and the collector's time when it came */

  GPtrArray *evidences; /* exchange: (element-type SobanClockEvidence) */
  GArray *records;      /* replacement: (element-type SobanUuid) */

  /* renewal */
  guint64 incarnation;
  GPtrArray *originals; /* (element-type SobanChange): what is issued anew ... */
  GPtrArray *reissued;  /* (element-type SobanChange): ... as this */
} DiskWrite;

DiskWrite *disk_write_new (DiskWriteKind kind, Reading reading);
DiskWrite *disk_write_ref (DiskWrite *write);
void disk_write_unref (DiskWrite *write);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DiskWrite, disk_write_unref)
/* (transfer full) (element-type DiskWrite): the first @count of @disk: what a copy of it holds. */
GPtrArray *disk_copy (const GPtrArray *disk, guint count);
