/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/draft-store.h"

/* What the home screen says, read from the store in one go on a worker. */

typedef struct {
  const SobanFormEntry *entry;
  gint64 records; /* this month; of a registry: all */
} SobanHomeForm;

typedef struct {
  char *label;  /* translated */
  gint64 value; /* this month */
  gint64 plan;  /* 0 = none */
  gboolean minimum; /* the plan is the least that every month has, not a sum to reach */
} SobanHomeNumber;

typedef struct {
  char *month;       /* "2026-11" */
  GArray *forms;     /* (element-type SobanHomeForm): offered ones, in order */
  GArray *numbers;   /* (element-type SobanHomeNumber) */
  GPtrArray *drafts; /* (element-type SobanDraft) */
  gint64 to_look;    /* records with a conflict or a broken rule */
  gint64 waiting;    /* changes without a receipt */
  guint photos;      /* and files that wait to be sent */
  gboolean enrolled;
  gint64 last_sync_ms; /* 0 = never */
  char *person;        /* (nullable) */
  GStrv people;        /* who writes on this tablet */
} SobanHomeDigest;

/* Blocks: on a worker only. @month: "2026-11" */
SobanHomeDigest *soban_home_digest_read (SobanStore *store, const char *month, GError **error);
void soban_home_digest_free (SobanHomeDigest *digest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanHomeDigest, soban_home_digest_free)
