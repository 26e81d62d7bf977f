/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "entry/entry.h"

/* What entry.c (the answers), entry-opening.c and entry-ending.c share of an entry. */

struct _SobanEntry {
  GObject parent_instance;

  SobanStore *store;
  SobanDraft *draft;
  SobanForm *form;
  SobanFormHost *host;
  SobanFormInstance *instance;
  SobanAutosave *autosave;
  char *page;
  gboolean touched;
  guint holds;                         /* see soban_entry_hold() */
  GAsyncReadyCallback complete_waiting; /* (nullable): completing was asked for meanwhile */
  gpointer complete_waiting_data;
  SobanForm *newer;       /* (nullable): another version of the form, the one for new records now */
  SobanRecord *earlier;   /* (nullable) */
  SobanFieldMap *initial; /* (nullable): of a new record: what it held when it was begun */
  GHashTable *carried;    /* (nullable): path -> what it held before */
  SobanFieldMap *removed; /* (nullable): the answers of the repeat's instance that was removed last */
};

/* What one save writes: a copy, so that typing goes on meanwhile. */
typedef struct {
  SobanUuid id;
  char *form, *form_version, *title, *page;
  SobanFieldMap *fields;
} SobanEntrySnapshot;

/* (transfer full): with what the answers made irrelevant. */
SobanEntrySnapshot *soban_entry_snapshot_take (SobanEntry *self);
void soban_entry_snapshot_free (gpointer snapshot);
/* As a draft. On the store's thread. */
gboolean soban_entry_snapshot_save (SobanStore *store, gpointer snapshot, GError **error);
