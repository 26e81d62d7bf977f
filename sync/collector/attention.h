/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"

/* What is for an officer's attention: conflicts that nobody has settled yet, and incidents. */

typedef struct {
  gint64 conflicts; /* open ones */
  gint64 incidents; /* open ones */
} SobanAttention;
gboolean soban_attention_count (SobanCollectorStore *store, SobanAttention *ret_attention, GError **error);

/* Two writes to one field whose authors did not know of each other (PROTOCOL 3.2e). */
typedef struct {
  SobanUuid record;
  char *path;
  SobanChangeId winner, loser;
} SobanOpenConflict;
/* (transfer full) (nullable) (element-type SobanOpenConflict): the newest first. */
GPtrArray *soban_attention_list_conflicts (SobanCollectorStore *store, guint offset, guint limit, GError **error);

typedef struct {
  gint64 id;
  char *kind; /* SOBAN_INCIDENT_... */
  guint32 device; /* 0: none */
  char *device_name;
  char *scope; /* "": none */
  SobanUuid record;
  gboolean has_record;
  char *detail; /* English: numbers and ids */
  gint64 noted_ms, settled_ms; /* settled_ms 0: open */
  char *note; /* of whoever has settled it */
} SobanIncident;

typedef enum {
  SOBAN_INCIDENTS_OPEN,
  SOBAN_INCIDENTS_ALL,
} SobanIncidentsAsked;

/* (transfer full) (nullable) (element-type SobanIncident): the newest first. @ret_total: how many there are. */
GPtrArray *soban_attention_list_incidents (SobanCollectorStore *store, SobanIncidentsAsked asked, guint offset, guint limit, gint64 *ret_total,
                                           GError **error);
/* Somebody has looked at it; should the same happen again, it is noted again. Inside a writing transaction. Errors: NOT_FOUND, CONSTRAINT when it
 * is settled already. */
gboolean soban_attention_settle_incident (SobanCollectorStore *store, gint64 id, const char *note, GError **error);
