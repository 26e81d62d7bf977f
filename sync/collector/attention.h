/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"

/* What is for an officer's attention: conflicts that nobody has settled yet, and incidents. */

#define SOBAN_ATTENTION_DAYS 30 /* so long an incident counts as new */

typedef struct {
  gint64 conflicts; /* open ones */
  gint64 incidents; /* of the last SOBAN_ATTENTION_DAYS */
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
  char *kind; /* SOBAN_INCIDENT_... */
  guint32 device; /* 0: none */
  char *device_name;
  char *scope; /* "": none */
  SobanUuid record;
  gboolean has_record;
  gint64 noted_ms;
} SobanIncident;
/* (transfer full) (nullable) (element-type SobanIncident): the newest first. @ret_total: how many there are. */
GPtrArray *soban_attention_list_incidents (SobanCollectorStore *store, guint offset, guint limit, gint64 *ret_total, GError **error);
