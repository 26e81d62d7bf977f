/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * SobanPace:
 * @request_bytes: the changes of a request weigh at most about so much (soban_change_weigh(): bytes before compression)
 * @reply_bytes: HELLO's reply_bytes_max
 * @unsure: a request with changes was cut: what of it arrived is not known, so the next one carries none (a probe)
 *
 * How much goes at a time (sync/README.md 5.11): as much as takes about 8 s by the goodput seen, half of it after each cut. The
 * smallest sizes still pass a link that is cut every 2,000 bytes, those of both directions counted together. A plain value. Pure.
 */
typedef struct {
  gsize request_bytes, reply_bytes;
  gboolean unsure;
} SobanPace;

/* Of a link that nothing is known of. */
void soban_pace_init (SobanPace *pace);
/* (transfer full): for a setting. */
char *soban_pace_to_text (const SobanPace *pace);
/* @text: (nullable): what is no pace, or one beyond the bounds, counts as unknown. */
void soban_pace_init_from_text (SobanPace *pace, const char *text);

/* What the changes of one frame weigh at most: what a cut loses is sent twice. A frame holds at least one change. */
gsize soban_pace_get_frame_bytes (const SobanPace *pace);
/* Whether requests and answers are as small as they get. */
gboolean soban_pace_is_least (const SobanPace *pace);

/**
 * soban_pace_note_answer:
 * @request_bytes: what the changes of the request weighed
 * @reply_bytes: what the answer held
 * @took_ms: from the request's first byte to the answer's last
 *
 * A request was answered. Only one that was filled by half says how much would take 8 s; nothing grows more than twofold.
 */
void soban_pace_note_answer (SobanPace *pace, gsize request_bytes, gsize reply_bytes, gint64 took_ms);
/* The link was cut, or stood still, during a request whose changes weighed @request_bytes. */
void soban_pace_note_cut (SobanPace *pace, gsize request_bytes);
