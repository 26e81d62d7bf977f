/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector.h"
#include "reference.h"
#include "tablet.h"

/* What is true about one change. */
typedef struct {
  SobanChange *change;        /* as its author made it */
  gint64 true_ms;             /* when, by no clock of the world */
  SobanStamp hybrid;          /* the stamp of a plain hybrid clock, without collector */
  const StoredChange *stored; /* (nullable): as it was admitted */
} LedgerEntry;

/**
 * Ledger: the truth about every change, which nobody in the world knows, and the checks against it: what a collector
 * admits and what it acknowledges (PROTOCOL 12.2).
 */
typedef struct {
  GHashTable *entries;  /* SobanChangeId -> LedgerEntry */
  Reference *reference; /* all that was admitted */
  guint admitted;       /* changes of the collector's log that were checked */
} Ledger;

Ledger *ledger_new (void);
void ledger_free (Ledger *ledger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ledger, ledger_free)

/* A change was made. */
LedgerEntry *ledger_add (Ledger *ledger, const SobanChange *change, gint64 true_ms, SobanStamp hybrid);
/* (nullable) */
LedgerEntry *ledger_find (Ledger *ledger, const SobanChangeId *id);
/* A crash took the changes of @tablet that were not on its disk. */
void ledger_forget_lost (Ledger *ledger, const Tablet *tablet);

/* Checks what @collector has admitted since the last call; @true_ms is now. */
gboolean ledger_check_admitted (Ledger *ledger, Collector *collector, gint64 true_ms, GError **error);
/* Everything that @tablet believes acknowledged, from the number behind @after, is in the log as the author made it. */
gboolean ledger_check_acknowledged (Ledger *ledger, const Tablet *tablet, guint64 after, GError **error);
