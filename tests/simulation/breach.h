/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A rule that the simulation found broken. Its message says which one, and by what. */
#define BREACH (breach_quark ())
GQuark breach_quark (void);

/* Sets @error; always FALSE, so that a check can be returned. */
gboolean breach (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
