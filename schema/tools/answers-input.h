/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/form-instance.h"

/**
 * soban_answers_apply:
 * @file: JSON: {"question": answer, "group": {…}, "repeat": [{…}, {…}], "several": ["a", "b"]}; null clears
 *
 * Gives the answers to the form in the order in which they are written; entries of a repeat are added as needed. FALSE with
 * @error at the first that cannot be given.
 */
gboolean soban_answers_apply (SobanFormInstance *instance, const char *file, GError **error);
