/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "admission.h"
#include "memory-store.h"
#include "sync-request.h"

/**
 * Collector: the collector of a world. Requests are read by the real reader and admitted by soban_admit(); the answer
 * is written with the real codecs. Only the disk is in memory.
 */
typedef struct {
  MemoryStore *store;
  guint64 *marks;
  GHashTable *enrolled; /* device -> GPtrArray of scopes, ascending */
  gint64 now_ms;        /* never runs backwards while it runs; after a restart not behind the last stamp */
  SobanStamp last_stamp;
  guint page;            /* changes of an answer */
  gint fail_after;       /* >= 0: the disk is full after so many calls of the next transaction */
  guint restamped;       /* stamps that it changed */
  guint64 twice_changes; /* changes that came although it had them */
} Collector;

Collector *collector_new (guint page, guint64 *marks);
void collector_free (Collector *collector);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Collector, collector_free)

/* @scopes: (transfer none) (element-type utf8) */
void collector_enrol (Collector *collector, guint32 device, GPtrArray *scopes);
/**
 * collector_receive:
 * @wall_ms: its clock
 * @ret_answer: (nullable) (transfer full): NULL when it closes the connection: the bytes were cut or damaged
 *
 * Takes whole CHANGES frames as they come, also those before a cut (sync/README.md 3.7). FALSE: a rule is broken.
 */
gboolean collector_receive (Collector *collector, gint64 wall_ms, const guint8 *data, gsize length, GBytes **ret_answer,
                            GError **error);
void collector_restart (Collector *collector);

/* What an older copy holds stands in place of the disk; @copy: (transfer full) */
void collector_set_back (Collector *collector, MemoryStore *copy, SobanStamp last_stamp);

SobanDigest collector_get_digest (Collector *collector, const char *scope);
/* The whole answer (collector-answer.c). */
GBytes *collector_write_answer (Collector *collector, const SobanSyncRequest *request, const GPtrArray *scopes,
                                const SobanAdmissionResult *result);
/* TRUE when what @cursor asks for lies below the floor: one page at the end of @out (collector-page.c). */
gboolean collector_pull_page (Collector *collector, const SobanHello *hello, SobanScopeCursor *cursor, GPtrArray *out);
/* Appends what is asked about records that differ (collector-repair.c). */
void collector_write_repair (Collector *collector, const SobanSyncRequest *request, GByteArray *out);
