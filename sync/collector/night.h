/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "writer.h"

/* SobanNight: what the server does every night by itself, a bit at a time between other jobs: floors are raised (compaction.h), files
 * that nobody went on sending, or no record names any more, are let go (attachment-shelf.h). */
typedef struct _SobanNight SobanNight;

/* @writer: where the server keeps it: NULL there once it ends. */
SobanNight *soban_night_new (SobanWriter *const *writer);
void soban_night_free (SobanNight *night);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanNight, soban_night_free)
/* Does it now; a test does not wait for the night. */
void soban_night_run (SobanNight *night);
/* Seconds from @now until the next half past two in the morning, by its own time zone. Pure. */
gint64 soban_night_delay_s (GDateTime *now);
