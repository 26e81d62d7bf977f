/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/form.h"

typedef struct {
  gboolean is_error; /* else a warning: the form works, but hardly as it is meant */
  guint line;        /* 0: not of one place */
  char *place;       /* the question, or what the form wrote there; "" */
  char *message;
} SobanFormFinding;

/**
 * soban_form_check:
 *
 * (transfer full) (element-type SobanFormFinding): what is wrong with a form that could be read, by line: what the reader
 * passed over, paths that lead nowhere, choice lists, defaults that do not fit their type, questions that nobody can reach,
 * setvalues that mean several entries, texts without translation. Empty = nothing was found.
 */
GPtrArray *soban_form_check (SobanForm *form);
