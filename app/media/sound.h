/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "media/file-source.h"
#include "media/voice.h"

/**
 * SobanSound: plays a sound file by a player of the desktop in a process of its own: nothing of a media library is loaded into this
 * program, and a damaged file cannot bring it down. The player gets the sound as an open file: none is left on the disk.
 */
#define SOBAN_TYPE_SOUND (soban_sound_get_type ())
G_DECLARE_FINAL_TYPE (SobanSound, soban_sound, SOBAN, SOUND, SobanVoice)

SobanVoice *soban_sound_new (SobanStore *store, const SobanFileSource *source);
