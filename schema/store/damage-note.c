/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/damage-note.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#define NOTE_SUFFIX ".damaged"

gboolean
soban_damage_is_noted (const char *store_path)
{
  g_autofree char *note = g_strconcat (store_path, NOTE_SUFFIX, NULL);

  return g_file_test (note, G_FILE_TEST_EXISTS);
}

void
soban_damage_note (const char *store_path, gboolean damaged)
{
  g_autofree char *note = g_strconcat (store_path, NOTE_SUFFIX, NULL);
  g_autoptr (GError) error = NULL;

  if (!damaged) {
    if (g_unlink (note) != 0 && errno != ENOENT)
      g_message (_("Removing %s: %s"), note, g_strerror (errno));
    return;
  }
  if (!g_file_set_contents_full (note, "", 0, G_FILE_SET_CONTENTS_NONE, 0600, &error))
    g_message ("%s", error->message);
}
