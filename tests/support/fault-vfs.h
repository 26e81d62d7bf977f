/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * A SQLite VFS over the default one, made the default itself: counts what is written and flushed, and fails on
 * demand. One process, any thread.
 */
typedef enum {
  FAULT_NONE,
  FAULT_FULL,
  FAULT_IO,
  FAULT_CUT, /* the power goes: what was written and not flushed is kept, dropped or garbled, as the dice say */
} FaultKind;

void fault_vfs_install (void);
/* From the @nth write, truncation or fsync from now on (1 = the next) each fails; FAULT_NONE: no more. */
void fault_vfs_fail_from (FaultKind kind, guint nth);
/* Whether a failure was handed out since. */
gboolean fault_vfs_has_failed (void);

void fault_vfs_reset_counts (void);
guint fault_vfs_fsyncs (void);
guint fault_vfs_writes (void);
