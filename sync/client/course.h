/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/pace.h"
#include "client/repair.h"
#include "protocol/sync-round.h"
#include "store/sync-store.h"

/**
 * SobanCourse: where one sync stands between its rounds: what the collector has acknowledged, what is left, how much goes at a
 * time. Its jobs read and write the store and run on a worker thread. One owner at a time: the job that runs, else the session.
 */
typedef struct {
  char *url, *key, *token; /* the enrolment; NULL before the first round */
  SobanPace pace;
  char *kept_pace; /* (nullable): as the store has it */

  /* The round on its way. */
  SobanSyncRound *round; /* (nullable) */
  guint64 incarnation;   /* whose round it is */
  guint64 after;         /* acknowledged before it */
  guint64 last_number;   /* the highest own number */
  guint peer_minor;      /* what the collector spoke last */
  gsize weight;          /* of its own changes */
  guint forked_minor;    /* of the collector, where it answered with a fork; 0 = it did not */
  gboolean bases_wait;   /* not all relayed changes have found room */
  GPtrArray *relayed;    /* (nullable) (element-type SobanRelayed): that go with it */
  gboolean probe;        /* it carries no changes, so as to learn what arrived */

  /* The sync so far. */
  guint rounds, cuts_in_vain, forks, repairs, asks;
  gboolean went_back, more;
  guint64 sent, pulled; /* changes with a receipt, changes received */
  guint64 waiting;      /* own changes without a receipt */
  guint64 to_pull;      /* about how many changes are to be received yet; 0: not known, or none */
  guint repaired;       /* records taken from the collector since they differed */
  gint64 collector_ms;
  SobanRepair *repair; /* (nullable): on its way */
  GPtrArray *forms;    /* (nullable) (element-type SobanFormOffer): that the tablet should have, and has not all; to be fetched after the rounds */
} SobanCourse;

SobanCourse *soban_course_new (void);
void soban_course_free (SobanCourse *course);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanCourse, soban_course_free)

/* A job. (nullable) (transfer full): the next request. Errors: NOT_ENROLLED, the store's. */
GBytes *soban_course_prepare (SobanCourse *course, SobanStore *store, GError **error);
/**
 * soban_course_apply:
 * @took_ms: from the request to the end of the answer
 * @cancellable: (nullable): what is only derived from what has come may be left to the next sync
 *
 * A job: checks the answer and keeps it in one transaction. Errors: TIMEOUT when it was cut, the collector's refusal, PROTOCOL, the store's.
 */
gboolean soban_course_apply (SobanCourse *course, SobanStore *store, GBytes *answer, gint64 took_ms, GCancellable *cancellable,
                             GError **error);
/* Whether nothing is left to send, to pull or to repair. */
gboolean soban_course_is_done (const SobanCourse *course);
/* The link was cut during the round. Whether to go on at once: it got through between this cut and the one before, or smaller parts may get through. */
gboolean soban_course_note_cut (SobanCourse *course, gint64 took_ms);
/* A job: keeps what is learned of the link for the next sync. */
gboolean soban_course_keep (SobanCourse *course, SobanStore *store, GError **error);
