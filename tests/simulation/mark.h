/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Things that seldom happen. A run whose seeds never come to one of them has proved nothing of it. */
typedef enum {
  MARK_FORK_BY_GREETING, /* the device has given less than the collector has */
  MARK_FORK_BY_CONTENT,  /* another content under the same number */
  MARK_FORK_KEPT_ASIDE,  /* the collector has kept the other content */
  MARK_RENEWED,          /* the app has put a backup back */
  MARK_PREFIX,           /* changes were admitted from a request that was cut */
  MARK_PROBE,            /* a request after a cut asked what had arrived */
  MARK_CUT_HELLO,        /* cut within a frame of that type */
  MARK_CUT_EVIDENCE,
  MARK_CUT_CHANGES,
  MARK_CUT_END,
  MARK_CUT_REPLY,
  MARK_CUT_ADJUSTMENTS,
  MARK_CUT_PULLED,
  MARK_BUNDLE_UP,      /* a stick for the collector */
  MARK_BUNDLE_REFUSED, /* a stick that was not for that tablet */
  MARK_RECEIPT,        /* a receipt was applied */
  MARK_RELAYED,        /* a change came to the collector by another tablet */
  MARK_FLOOR,          /* the floor of a scope was raised */
  MARK_PAGE,           /* a page of a snapshot, and not the last */
  MARK_LAST_PAGE,
  MARK_COLLECTOR_SET_BACK, /* an older copy of its disk was put back */
  MARK_TABLET_SET_BACK,    /* a tablet took its receipt back */
  MARK_SPOILT,             /* bits flipped in a tablet's record */
  MARK_DIFFERS,            /* a digest was another one */
  MARK_REPAIRED,           /* a record was taken from the collector */
  MARK_OLD,                /* a request of protocol 1.0 */
  MARK_LATE,               /* a tablet came after two years, below a floor */
  MARK_BASES,              /* a change names winners without a number */
  MARK_TIME_STEADY,        /* a time was corrected so: sync/README.md 4.9 */
  MARK_TIME_COUNTED,
  MARK_TIME_GUESSED,
  MARK_CONFLICT,
  MARK_INCIDENT,
  MARK_REQUEST_DROPPED,
  MARK_REQUEST_OVERTAKEN, /* a later one of that tablet had left before it arrived */
  MARK_REQUEST_TWICE,
  MARK_REPLAY, /* a week later */
  MARK_ANSWER_DROPPED,
  MARK_GARBLED, /* a bit flipped on the way */
  MARK_LOST_BOOT, /* a power cut took what was written, but not synced */
  MARK_LOST_SAVE,
  MARK_LOST_RESULT,
  MARK_LOST_EXCHANGE,
  MARK_LOST_REPLACEMENT,
  MARK_LOST_RENEWAL,
  MARK_FULL_SAVE, /* a tablet's disk was full */
  MARK_FULL_RESULT,
  MARK_FULL_REPLACEMENT,
  MARK_FULL_RENEWAL,
  MARK_FULL_BUNDLE,
  MARK_COLLECTOR_FULL,
  MARK_COLLECTOR_STARTED,
  MARK_COLLECTOR_BEHIND, /* its clock stood behind its last stamp */
  MARK_CLOCK_RIGHT,      /* saves by tablets with such clocks */
  MARK_CLOCK_DEAD,
  MARK_CLOCK_FUTURE,
  MARK_CLOCK_JUMPING,
  MARK_CLOCK_FROZEN,
  MARK_CLOCK_SET,
  MARK_RAW_STAMP,
  MARK_CLONED,
  MARK_RESTORED,
  MARK_UNKNOWN_FORM, /* nobody here knows the form */
  MARK_OLDER_FORM,   /* an older version of the form wrote to a record after a newer one */
  MARK_DELETED,
  MARK_UNDELETED,
  MARK_KINDS,
} Mark;

typedef guint64 Marks[MARK_KINDS];

const char *mark_name (Mark mark);
/* The mark of a cut within the frame of @stream in which the byte @at stands; -1: none. @answer: the stream goes down.
 */
gint mark_of_cut (const guint8 *stream, gsize length, gsize at, gboolean answer);
