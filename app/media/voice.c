/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/voice.h"

typedef struct {
  gboolean started, over;
} SobanVoicePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SobanVoice, soban_voice, G_TYPE_OBJECT)

#define PRIV(self) ((SobanVoicePrivate *)soban_voice_get_instance_private (self))

void
soban_voice_start (SobanVoice *self)
{
  g_return_if_fail (SOBAN_IS_VOICE (self) && !PRIV (self)->started);
  PRIV (self)->started = TRUE;
  SOBAN_VOICE_GET_CLASS (self)->start (self);
}

void
soban_voice_stop (SobanVoice *self)
{
  g_return_if_fail (SOBAN_IS_VOICE (self));
  if (PRIV (self)->started && !PRIV (self)->over) {
    PRIV (self)->over = TRUE;
    SOBAN_VOICE_GET_CLASS (self)->stop (self);
  }
}

void
soban_voice_end (SobanVoice *self, const GError *error)
{
  if (!PRIV (self)->over) {
    PRIV (self)->over = TRUE;
    g_signal_emit_by_name (self, "ended", error);
  }
}

static void
soban_voice_class_init (SobanVoiceClass *klass)
{
  g_signal_new ("ended", SOBAN_TYPE_VOICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
soban_voice_init (SobanVoice *self)
{
}
