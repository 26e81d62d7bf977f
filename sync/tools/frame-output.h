/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/frame.h"

/**
 * soban_frame_output:
 * @answered: a REPLY came before it: RANGES are an answer
 *
 * Appends the fields of one frame's body to @out, one a line, under the names of sync/README.md 4. Exchange keys are not shown. Errors: PROTOCOL.
 */
gboolean soban_frame_output (GString *out, SobanFrameType type, GBytes *body, gboolean answered, GError **error);
/* "HELLO"; (nullable): NULL for a type that is not known here. */
const char *soban_frame_type_name (SobanFrameType type);
