/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/record-store.h"

/* (transfer full): when and on which tablet, as a person says it: "about 14:05 22/11/2026, on this tablet". Any thread. */
char *soban_recorded_when (const SobanHistoryItem *item);
/* (transfer full): the same, behind the name of who made the change, where one was named. Any thread. */
char *soban_recorded_text (const SobanHistoryItem *item);
/* (nullable) (transfer none): a sentence about the clock, where the time is not to be relied on. */
const char *soban_recorded_doubt (const SobanHistoryItem *item);
