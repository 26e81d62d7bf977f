/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"
#include "protocol/message.h"
#include "registries.h"

/**
 * SobanPull: what one answer brings of other devices' changes, over all scopes of the request (sync/README.md 5.2, 5.9). Inside one
 * reading transaction, so that cursors, changes and digests agree.
 *
 * Invariants
 *  P1 Of the numbers between the old cursor and the new one each was sent, was the device's own, or lies outside its window.
 *  P2 Below a scope's floor a device of 1.1 gets pages of winners where the log from its cursor on is no shorter than the records are
 *     many; else, and before 1.1, the log.
 *  P3 An answer holds at most SOBAN_REPLY_CHANGES_MAX changes, about bytes_max bytes, and is made of at most ROWS_MAX rows that are
 *     not sent: whoever was away for long gets many answers, and nobody waits long behind him.
 */
typedef struct _SobanPull SobanPull;

/* Who asks, and for what. */
typedef struct {
  guint32 device;
  guint64 incarnation;
  guint minor;         /* of the protocol that the device speaks */
  guint64 bytes_max;   /* of the changes in the answer; 0: as many as there are */
  guint from_month;    /* soban_digest_month(): of records before it only registries are wanted; 0: everything */
  const SobanRegistries *registries; /* (nullable) where from_month is 0 */
  gboolean gives_digests;
} SobanPullOptions;

/* What @hello asks for. @registries (nullable): of the collector; NULL: no window is known here. */
SobanPullOptions soban_pull_options_of (const SobanHello *hello, guint minor, const SobanRegistries *registries);
/* Whether a record lies in the window; @form: that its state has. */
gboolean soban_pull_options_want (const SobanPullOptions *options, const SobanUuid *record, const char *form);

/* @options must outlive it. */
SobanPull *soban_pull_new (SobanCollectorStore *store, const SobanPullOptions *options);
void soban_pull_free (SobanPull *pull);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanPull, soban_pull_free)

/* Reads on from @cursor and moves it; sets all that an answer says of a scope. @page (nullable): where the snapshot of the scope goes on. */
gboolean soban_pull_scope (SobanPull *pull, const SobanScopePage *page, SobanScopeCursor *cursor, GError **error);
/* Appends the frames. */
void soban_pull_write (SobanPull *pull, GByteArray *out);

/* For the parts of a pull: snapshot.c. */
SobanCollectorStore *soban_pull_get_store (SobanPull *pull);
const SobanPullOptions *soban_pull_get_options (SobanPull *pull);
/* @change: (transfer full); @length: about its bytes. @scope_number 0: on a page. */
void soban_pull_add (SobanPull *pull, SobanChange *change, guint64 scope_number, gsize length);
/* Whether @count more changes would be too many. */
gboolean soban_pull_is_full (const SobanPull *pull, guint count);
/* Counts a row that is not sent. */
void soban_pull_pass (SobanPull *pull);
