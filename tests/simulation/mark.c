/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark.h"

#include "base/bytes.h"
#include "protocol/frame.h"

#define HEADER_BYTES 6
#define CHECK_BYTES 4
#define TYPE_BITS 0x7f

static const char *const names[] = {
  "fork found by the greeting",
  "fork found by another content",
  "other content kept aside",
  "backup put back by the app",
  "changes admitted from a cut request",
  "probe",
  "cut in HELLO",
  "cut in CLOCK_EVIDENCE",
  "cut in CHANGES",
  "cut in END",
  "cut in REPLY",
  "cut in ADJUSTMENTS",
  "cut in pulled CHANGES",
  "bundle for the collector",
  "bundle refused",
  "receipt from a stick",
  "change relayed",
  "floor raised",
  "page of a snapshot",
  "last page of a snapshot",
  "collector set back",
  "receipt taken back",
  "bits flipped in a record",
  "digest differs",
  "record repaired",
  "request of protocol 1.0",
  "two years late",
  "bases",
  "time by a steady offset",
  "time counted in one boot",
  "time guessed",
  "conflict",
  "incident",
  "request dropped",
  "request overtaken",
  "request twice",
  "request again a week later",
  "answer dropped",
  "bit flipped on the way",
  "boot lost with the power",
  "save lost with the power",
  "answer lost with the power",
  "stick lost with the power",
  "repair lost with the power",
  "new incarnation lost with the power",
  "save on a full disk",
  "answer on a full disk",
  "repair on a full disk",
  "new incarnation on a full disk",
  "stick read onto a full disk",
  "full disk of the collector",
  "collector started anew",
  "collector's clock behind",
  "save, clock right",
  "save, clock of 1970",
  "save, clock of 2035",
  "save, clock that jumps",
  "save, frozen clock",
  "save, clock set while it runs",
  "save, stamp of the wall clock",
  "disk copied",
  "older disk put back",
  "form that nobody knows",
  "older version of a form",
  "deleted",
  "deletion taken back",
};
G_STATIC_ASSERT (G_N_ELEMENTS (names) == MARK_KINDS);

const char *
mark_name (Mark mark)
{
  return names[mark];
}

static gint
mark_of_type (guint8 type, gboolean answer)
{
  switch (type & TYPE_BITS) {
  case SOBAN_FRAME_HELLO:
    return MARK_CUT_HELLO;
  case SOBAN_FRAME_CLOCK_EVIDENCE:
    return MARK_CUT_EVIDENCE;
  case SOBAN_FRAME_CHANGES:
  case SOBAN_FRAME_DENSE_CHANGES:
    return answer ? MARK_CUT_PULLED : MARK_CUT_CHANGES;
  case SOBAN_FRAME_REPLY:
    return MARK_CUT_REPLY;
  case SOBAN_FRAME_ADJUSTMENTS:
    return MARK_CUT_ADJUSTMENTS;
  case SOBAN_FRAME_END:
    return MARK_CUT_END;
  default:
    return -1;
  }
}

gint
mark_of_cut (const guint8 *stream, gsize length, gsize at, gboolean answer)
{
  gsize place = HEADER_BYTES;

  while (place + 1 < length) {
    const guint8 type = stream[place];
    guint64 body = 0;
    gsize next = place + 1;

    for (guint shift = 0; next < length; shift += 7) {
      body |= (guint64) (stream[next] & 0x7f) << shift;
      if (stream[next++] < 0x80)
        break;
    }
    next += body + CHECK_BYTES;
    if (at >= place && at < next)
      return mark_of_type (type, answer);
    place = next;
  }
  return -1;
}
