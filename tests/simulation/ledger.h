/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector.h"
#include "reference.h"
#include "tablet.h"

/* One time that a person pressed save. */
typedef struct {
  gint64 true_ms;        /* when, by no clock of the world */
  SobanStamp hybrid;     /* the stamp of a plain hybrid clock, without collector */
  guint changes;         /* that carry it; 0: a crash took it before it was on a disk */
  gboolean endangered;   /* a disk that held it was lost or set back, maybe before anybody else had it */
  gboolean acknowledged; /* its author was told that it is safe */
  gboolean admitted;     /* found in the log when the world had come to rest */
} Save;

/* A change as its author made it. One save is more than one change where a new incarnation issued it anew. */
typedef struct {
  SobanChange *change;
  guint8 hash[SOBAN_CHANGE_HASH_BYTES];
  Save *save;
} LedgerEntry;

/**
 * Ledger: the truth about every change, which nobody in the world knows, and the checks against it: what a collector
 * admits and what it acknowledges (PROTOCOL 12.2). Clones make different changes under one id: an entry is found by the
 * hash of its content.
 */
typedef struct {
  GHashTable *entries;  /* hash -> LedgerEntry */
  GPtrArray *saves;     /* (element-type Save) */
  Reference *reference; /* all that is in the collector's log */
  gboolean timely;      /* no request is late: a time that is counted from an anchor can be compared with the truth */
  guint admitted;       /* changes of the collector's log that were checked */
} Ledger;

Ledger *ledger_new (void);
void ledger_free (Ledger *ledger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ledger, ledger_free)

/* A change was made. */
void ledger_add (Ledger *ledger, const SobanChange *change, gint64 true_ms, SobanStamp hybrid);
/* @original was issued anew as @change. */
void ledger_add_reissued (Ledger *ledger, const SobanChange *original, const SobanChange *change);
/* (nullable) */
LedgerEntry *ledger_find (Ledger *ledger, const SobanChange *change);
/* A crash took the change before it was on the disk: it is as if it had not been made. */
void ledger_forget (Ledger *ledger, const SobanChange *change);
/* The collector has another log: the checks begin anew. */
void ledger_start_anew (Ledger *ledger);

/* Checks what @collector has admitted since the last call; @true_ms is now. */
gboolean ledger_check_admitted (Ledger *ledger, Collector *collector, gint64 true_ms, GError **error);
/* Everything that @tablet believes acknowledged, from the number behind @after, is in the log as the author made it. */
gboolean ledger_check_acknowledged (Ledger *ledger, Collector *collector, const Tablet *tablet, guint64 after,
                                    GError **error);
/* At rest: each save is in the log; @ret_lost: but for so many that went with a disk before anybody was told, or,
 * @set_back, with the collector's, when nobody has them any more who had sent them. */
gboolean ledger_check_saves (Ledger *ledger, Collector *collector, gboolean set_back, guint *ret_lost, GError **error);
/* At rest: no change loses to a winner without a number that its author had seen and named; @ret_late: but for so many
 * whose base came to the collector after them. */
gboolean ledger_check_bases (Collector *collector, guint *ret_late, GError **error);
