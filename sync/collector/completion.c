/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "completion.h"

typedef struct {
  SobanDoneFunc done;
  gpointer data;
  GError *error;
} Ending;

static void
free_ending (gpointer data)
{
  Ending *ending = data;

  g_clear_error (&ending->error);
  g_free (ending);
}

static gboolean
on_ending (gpointer data)
{
  Ending *ending = data;

  ending->done (ending->data, ending->error);
  return G_SOURCE_REMOVE;
}

void
soban_completion_post (GMainContext *context, SobanDoneFunc done, gpointer data, GError *error)
{
  Ending *ending = g_new0 (Ending, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  ending->done = done;
  ending->data = data;
  ending->error = error;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_ending, ending, free_ending);
  g_source_attach (source, context);
}
