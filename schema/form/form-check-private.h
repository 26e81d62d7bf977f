/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/form-check.h"
#include "form/form-private.h"

typedef struct {
  SobanForm *form;
  GPtrArray *findings; /* (element-type SobanFormFinding) */
  GHashTable *said;    /* what was found, as a text */
} FormCheck;

/* Takes @message; what was found already is not said twice. */
void soban_form_check_add (FormCheck *check, gboolean is_error, guint line, const char *place, char *message);
/* form-check-body.c: questions and their choices */
void soban_form_check_body (FormCheck *check);
/* form-check-text.c: translations */
void soban_form_check_texts (FormCheck *check);
