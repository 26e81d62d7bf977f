/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"
#include "completion.h"

/**
 * SobanReaders: a few threads that read, each with a connection of its own: answers are made here, so that a tablet that comes back
 * after a year and receives for minutes holds up nobody who writes.
 */
typedef struct _SobanReaders SobanReaders;

/* On a reading thread. */
typedef gboolean (*SobanReadFunc) (SobanCollectorStore *store, gpointer data, GError **error);

/* Opens @address @count times. */
SobanReaders *soban_readers_new (const char *address, guint count, GError **error);
/* Reads what waits, ends the threads; done() of everything submitted before has been queued on the main context. */
void soban_readers_free (SobanReaders *readers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanReaders, soban_readers_free)

/* Any thread. @done is called on the main context of the readers' maker. */
void soban_readers_submit (SobanReaders *readers, SobanReadFunc read, SobanDoneFunc done, gpointer data);
