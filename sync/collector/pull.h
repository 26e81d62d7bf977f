/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"
#include "protocol/message.h"

/**
 * SobanPull: what one answer sends of other devices' changes: at most SOBAN_REPLY_CHANGES_MAX and some 8 MiB, over all
 * scopes of the request; the device's own are counted, not sent (PROTOCOL 5.2).
 */
typedef struct _SobanPull SobanPull;

SobanPull *soban_pull_new (SobanCollectorStore *store, guint32 device, guint64 incarnation);
void soban_pull_free (SobanPull *pull);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanPull, soban_pull_free)

/* Reads on from @cursor and moves it; sets its own and more. */
gboolean soban_pull_scope (SobanPull *pull, SobanScopeCursor *cursor, GError **error);
/* Appends the CHANGES frames. */
void soban_pull_write (SobanPull *pull, GByteArray *out);
