/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/transport.h"
#include "protocol/message.h"

/**
 * FakeCollector: a collector in memory for tests of the device's side: admission is as naive as can be (a stamp later than its now becomes its
 * now, all others stay), so that it can serve as an oracle. It can be told to misbehave.
 */
typedef struct {
  GHashTable *scopes;      /* uid -> GPtrArray of SobanChange, numbered from 1 */
  GHashTable *received;    /* "device/incarnation" -> GPtrArray of SobanChange, borrowed */
  gint64 now_ms;
  guint page;              /* changes per answer */
  guint floor;             /* below this number of a scope it answers snapshot pages ... */
  guint page_records;      /* ... of so many records */
  guint items_max;         /* of a range that is answered by its records */
  gboolean gives_keys;
  gboolean records_in_pieces; /* a log goes over several frames */

  /* Misbehaviour; each stays until it is changed. */
  gboolean lose_answer;    /* takes the request, then the link breaks */
  gboolean lose_request;   /* the link breaks before */
  guint forks;             /* so many requests are answered with FORK; G_MAXUINT: all */
  guint wrong_chain;       /* the chain it tells is off by this much */
  guint wrong_digest;      /* the same for digests */
  gboolean wrong_skipped;  /* counts a change as left out that is none */
  gboolean page_again;     /* answers with the first page over and over */
  gboolean spoil;          /* other tablets' answers to "total" arrive altered */
  gboolean mute_ranges;    /* does not answer what is asked to find what differs */
  gboolean endless_ranges; /* answers each range by itself */
  gboolean stray_records;  /* sends a record that was not asked for */
  gboolean hide_change;    /* leaves one change out of what it sends */
  gboolean send_back_own;  /* sends the device's own changes back */
  gboolean stuck;          /* acknowledges nothing, says there is more */
  guint status;            /* not 0: refuses with this status */
  const char *content_type; /* (nullable): of the answer */
  SobanSyncError refusal;  /* the code in the refusal's frame */
  gssize cut_at;           /* >= 0: only so many bytes of the answer arrive */
  gssize flip_at;          /* >= 0: a bit of that byte of the answer is wrong */

  guint requests;
  gsize last_answer_bytes;
  guint last_changes; /* of the last request */
  guint reports;      /* digests that tablets found to differ */
  guint evidence;     /* frames of it */
} FakeCollector;

FakeCollector *fake_collector_new (void);
void fake_collector_free (FakeCollector *collector);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeCollector, fake_collector_free)

/* For soban_loopback_transport_new(). */
SobanAnswer *fake_collector_exchange (const SobanRequest *request, gpointer data, GError **error);

/* How many changes it holds, all scopes together. */
guint fake_collector_count (FakeCollector *collector);
/* Forgets all but the first @keep changes of every device, as a restored backup would; cursors are left to the caller. */
void fake_collector_forget_received (FakeCollector *collector, guint keep);
/* An older state is put back: each scope has only its first @keep changes. */
void fake_collector_restore (FakeCollector *collector, guint keep);
