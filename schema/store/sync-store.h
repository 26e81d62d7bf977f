/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

/* What the sync needs of the store. Cursors move only in the transaction that applies the changes (PROTOCOL 4.2). */

typedef struct {
  guint32 device;       /* 0: not enrolled */
  guint64 incarnation;
  guint64 last_number;  /* the highest number given */
  guint64 acked_number; /* the highest with a receipt */
} SobanIdentity;
gboolean soban_store_get_identity (SobanStore *store, SobanIdentity *ret_identity, GError **error);

typedef struct {
  char *scope;
  guint64 cursor; /* the last number of the scope that was applied */
} SobanCursor;
/* (transfer full) (element-type SobanCursor): one per scope of the enrolment, ascending. */
GPtrArray *soban_store_get_cursors (SobanStore *store, GError **error);

/* Keeps the enrolment: device number, token, url, key, scopes, role, home scope, in one transaction; re-labels the
 * changes made before. */
typedef struct {
  guint32 device;
  const char *device_name, *url, *key, *token, *role, *scopes, *home_scope;
} SobanEnrolment;
gboolean soban_store_enrol (SobanStore *store, const SobanEnrolment *enrolment, GError **error);

/* (transfer full) (element-type SobanChange): own changes with a number > @after, ascending, at most @max. Only
 * what is fsynced. */
GPtrArray *soban_store_list_outgoing (SobanStore *store, guint64 after, guint max, GError **error);
guint64 soban_store_count_waiting (SobanStore *store);

typedef struct {
  guint64 number;   /* own change */
  SobanStamp stamp; /* its effective stamp */
} SobanAdjustment;

typedef struct {
  guint64 acked_number;     /* receipt: the collector has every own change up to this */
  GArray *adjustments;      /* (nullable) (element-type SobanAdjustment) */
  GPtrArray *changes;       /* (nullable) (element-type SobanChange): pulled, with effective stamps */
  GPtrArray *cursors;       /* (nullable) (element-type SobanCursor): new cursors */
  SobanStamp floor;         /* clock floor; 0 = leave */
  gint64 collector_ms;
  gboolean set_back;        /* the collector has lost what it had confirmed (an older copy was put back): apply.c (7) */
  guint64 incarnation;      /* whose round it was; 0 = not checked. CONSTRAINT after the tablet was enrolled anew */
} SobanSyncResult;
/* One transaction. The same result twice is harmless. */
gboolean soban_store_apply (SobanStore *store, const SobanSyncResult *result, GError **error);

/* Computes summaries, search text and facts of records that pulls left stale; at most @max a call; @ret_left tells
 * how many remain. */
gboolean soban_store_derive_stale (SobanStore *store, guint max, guint *ret_left, GError **error);
