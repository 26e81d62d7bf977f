/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "media/voice.h"

/**
 * SobanSpeech: a text read aloud by speech-dispatcher, spoken to in its own protocol (SSIP 1.6) over its socket; it is started where it does
 * not run yet, as its library does. That library waits for every answer, which a window must not; so the few commands are sent here.
 */
#define SOBAN_TYPE_SPEECH (soban_speech_get_type ())
G_DECLARE_FINAL_TYPE (SobanSpeech, soban_speech, SOBAN, SPEECH, SobanVoice)

/* @language: of the text, "vi" */
SobanVoice *soban_speech_new (const char *text, const char *language);
/* Whether this machine has a speech-dispatcher. */
gboolean soban_speech_is_installed (void);
