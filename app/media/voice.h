/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * SobanVoice: something that sounds once: a recorded label (media/sound.h) or a text that is read aloud (media/speech.h). Nothing is
 * opened or started before start(). Main thread. Signal "ended" (GError or NULL): it is over, at most once; not after stop().
 */
#define SOBAN_TYPE_VOICE (soban_voice_get_type ())
G_DECLARE_DERIVABLE_TYPE (SobanVoice, soban_voice, SOBAN, VOICE, GObject)

struct _SobanVoiceClass {
  GObjectClass parent_class;

  void (*start) (SobanVoice *self);
  void (*stop) (SobanVoice *self);
};

/* Once. */
void soban_voice_start (SobanVoice *self);
/* It is silent from now on. */
void soban_voice_stop (SobanVoice *self);

/* For sub-classes: @error (nullable): NOT_FOUND of G_IO_ERROR: this machine has nothing to do it with. */
void soban_voice_end (SobanVoice *self, const GError *error);
