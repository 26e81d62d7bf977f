/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"
#include "readers.h"

/**
 * SobanWriter: the one thread that writes. Jobs that wait at the same time share one transaction and one fsync (group
 * commit); each has a savepoint of its own, so one that fails takes nothing with it. When there is nothing to write
 * it derives what is stale (titles, search text, facts), a bit at a time.
 */
typedef struct _SobanWriter SobanWriter;

typedef struct {
  /* On the writer thread, inside a transaction. FALSE: the job's own writes are undone. */
  gboolean (*write) (SobanCollectorStore *store, gpointer data, GError **error);
  /* (nullable): on a reading thread, after the commit. */
  SobanReadFunc after;
  /* On the main context of the writer's maker. @error (nullable): why nothing was kept, or why it could not be read after. */
  SobanDoneFunc done;
  gboolean alone; /* write() is run between two transactions instead; there is no after() */
} SobanWriteJob;

/* Derives at most a small batch of stale records in one transaction of its own; *ret_left: whether more remain. */
typedef gboolean (*SobanDeriveFunc) (SobanCollectorStore *store, gpointer data, gboolean *ret_left, GError **error);

/* Takes @store over; @readers must outlive it. */
SobanWriter *soban_writer_new (SobanCollectorStore *store, SobanReaders *readers, SobanDeriveFunc derive, gpointer derive_data);
/* @job must be constant; @data belongs to the caller and is handed back to done(). */
void soban_writer_submit (SobanWriter *writer, const SobanWriteJob *job, gpointer data);
/* done() is called with NULL when nothing is stale any more, or after @patience_ms at the latest. */
void soban_writer_settle (SobanWriter *writer, guint patience_ms, SobanDoneFunc done, gpointer data);
/* Writes what waits, ends the thread, closes the store. done() of everything submitted before has been queued on the main context. */
void soban_writer_free (SobanWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanWriter, soban_writer_free)
