/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* How a job that another thread has ended is told of: @error (nullable): why it failed. */
typedef void (*SobanDoneFunc) (gpointer data, const GError *error);

/* Any thread: calls @done on @context. @error: (nullable) (transfer full) */
void soban_completion_post (GMainContext *context, SobanDoneFunc done, gpointer data, GError *error);
