/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "entry/entry.h"

/**
 * SobanFormNotice: what has become of the form while its draft is open: withdrawn, or followed by a newer version, to which the draft can go
 * over once the person has seen which answers would not fit. Signals: "moved"; "failed" (what to tell the person).
 */
#define SOBAN_TYPE_FORM_NOTICE (soban_form_notice_get_type ())
G_DECLARE_FINAL_TYPE (SobanFormNotice, soban_form_notice, SOBAN, FORM_NOTICE, AdwBin)

/* Once, before it is seen. */
void soban_form_notice_set_entry (SobanFormNotice *self, SobanEntry *entry);
/* Asks whether to go over to the newer version; nothing when there is none. */
void soban_form_notice_ask (SobanFormNotice *self);
