/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"
#include "reference.h"

/**
 * soban_published_form_find:
 * @version: (nullable): NULL: the newest that is not withdrawn, else the newest
 *
 * (transfer full) (nullable): a form that was published here (form-shelf.h) and that the library has not at hand yet; it has it then. NULL when
 * there is none, or none that can be read, with a line in the log. Any thread.
 */
SobanForm *soban_published_form_find (const SobanReference *reference, SobanCollectorStore *store, const char *id, const char *version);
