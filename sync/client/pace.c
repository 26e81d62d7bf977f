/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Invariants
 * 1. LEAST <= request_bytes <= MOST, the same for reply_bytes.
 * 2. A request that took longer than the target makes the next one smaller; one that was faster makes it larger, at most twofold.
 * 3. After a cut both are at most half of what they were, or least.
 * 4. Unsure from the cut of a request with changes to the next answer.
 */
#include "client/pace.h"

#define TARGET_MS 8000
/* Nothing is known of the link: about what GPRS carries in the target time. */
#define REQUEST_BYTES_AT_FIRST (64 * 1024)
#define REPLY_BYTES_AT_FIRST (64 * 1024)
/* Of 2,000 bytes a request without changes and its answer take 600 (README 2), the next request's head and HELLO 350. */
#define REQUEST_BYTES_LEAST 1024
#define REPLY_BYTES_LEAST 512
/* Beyond these larger ones gain nothing (README 5.1). */
#define REQUEST_BYTES_MOST (256 * 1024)
#define REPLY_BYTES_MOST (4 * 1024 * 1024)
#define FRAMES_PER_REQUEST 4
#define FRAME_BYTES_LEAST 512

static gsize
bound (guint64 bytes, gsize least, gsize most)
{
  return (gsize) CLAMP (bytes, least, most);
}

void
soban_pace_init (SobanPace *pace)
{
  *pace = (SobanPace) { REQUEST_BYTES_AT_FIRST, REPLY_BYTES_AT_FIRST, FALSE };
}

char *
soban_pace_to_text (const SobanPace *pace)
{
  return g_strdup_printf ("%" G_GSIZE_FORMAT " %" G_GSIZE_FORMAT " %d", pace->request_bytes, pace->reply_bytes, pace->unsure ? 1 : 0);
}

void
soban_pace_init_from_text (SobanPace *pace, const char *text)
{
  guint64 request_bytes, reply_bytes;
  g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", " ", -1);

  soban_pace_init (pace);
  if (g_strv_length (words) != 3
      || !g_ascii_string_to_unsigned (words[0], 10, REQUEST_BYTES_LEAST, REQUEST_BYTES_MOST, &request_bytes, NULL)
      || !g_ascii_string_to_unsigned (words[1], 10, REPLY_BYTES_LEAST, REPLY_BYTES_MOST, &reply_bytes, NULL))
    return;
  *pace = (SobanPace) { (gsize) request_bytes, (gsize) reply_bytes, g_str_equal (words[2], "1") };
}

gsize
soban_pace_get_frame_bytes (const SobanPace *pace)
{
  return MAX (pace->request_bytes / FRAMES_PER_REQUEST, FRAME_BYTES_LEAST);
}

gboolean
soban_pace_is_least (const SobanPace *pace)
{
  return pace->request_bytes == REQUEST_BYTES_LEAST && pace->reply_bytes == REPLY_BYTES_LEAST;
}

/* (2): what would have taken the target time. */
static guint64
adapt (gsize bytes_now, gsize bytes, gint64 took_ms)
{
  if (bytes < bytes_now / 2)
    return bytes_now;
  return MIN ((guint64) bytes * TARGET_MS / (guint64) MAX (took_ms, 1), (guint64) bytes_now * 2);
}

void
soban_pace_note_answer (SobanPace *pace, gsize request_bytes, gsize reply_bytes, gint64 took_ms)
{
  pace->request_bytes = bound (adapt (pace->request_bytes, request_bytes, took_ms), REQUEST_BYTES_LEAST, REQUEST_BYTES_MOST);
  pace->reply_bytes = bound (adapt (pace->reply_bytes, reply_bytes, took_ms), REPLY_BYTES_LEAST, REPLY_BYTES_MOST);
  pace->unsure = FALSE;
}

void
soban_pace_note_cut (SobanPace *pace, gsize request_bytes)
{
  pace->request_bytes = bound (pace->request_bytes / 2, REQUEST_BYTES_LEAST, REQUEST_BYTES_MOST);
  pace->reply_bytes = bound (pace->reply_bytes / 2, REPLY_BYTES_LEAST, REPLY_BYTES_MOST);
  pace->unsure |= request_bytes > 0;
}
