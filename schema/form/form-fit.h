/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/field-map.h"
#include "form/form.h"

/* Answers given in one version of a form, seen with another. */

typedef enum {
  SOBAN_MISFIT_GONE,   /* no question stands there any more: kept as a field that the form does not know */
  SOBAN_MISFIT_TYPE,   /* the question asks for something else now: kept, to be answered anew before completing */
  SOBAN_MISFIT_CHOICE, /* the question does not offer it any more: the same */
} SobanMisfitReason;

typedef struct {
  SobanMisfitReason reason;
  char *path;
  char *label; /* of the question as it was, a msgid; "" when it has none */
  char *value;
} SobanMisfit;
void soban_misfit_free (SobanMisfit *misfit);

/**
 * soban_form_list_misfits:
 * @from: the version that @fields were answered in
 * @to: another version
 *
 * (transfer full) (element-type SobanMisfit): the answers that people gave and that do not fit @to by path, type or the choices
 * written into it, in the order of @from. Lists from outside (itemsets) are not looked at: the instance checks them. Nothing of
 * what does not fit is lost by opening @fields in @to.
 */
GPtrArray *soban_form_list_misfits (const SobanForm *from, const SobanForm *to, const SobanFieldMap *fields);
