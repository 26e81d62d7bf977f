/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/session.h"

/**
 * SobanStickPart: sending and receiving without a network, by a memory stick: what waits to the commune office, what the office or
 * another tablet has put there back in. Part of the sync page.
 */
#define SOBAN_TYPE_STICK_PART (soban_stick_part_get_type ())
G_DECLARE_FINAL_TYPE (SobanStickPart, soban_stick_part, SOBAN, STICK_PART, AdwBin)

void soban_stick_part_set_store (SobanStickPart *self, SobanStore *store);
/* What the buttons do once a folder is chosen; tests come in here. Signal "done" when it is over. */
void soban_stick_part_write (SobanStickPart *self, GFile *folder, SobanBundlePurpose purpose);
void soban_stick_part_read (SobanStickPart *self, GFile *folder);
const char *soban_stick_part_get_text (SobanStickPart *self); /* (transfer none): what it said last */
