/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/catalogue.h"
#include "form/form-instance.h"

/**
 * FilledForm:
 * @missing: (element-type utf8): msgids that were shown and are not in the Vietnamese catalogue
 *
 * A built-in form, opened in Vietnamese on 22/11/2026 with small lists from outside, to be filled in by tests.
 */
typedef struct {
  SobanForm *form;
  SobanFormInstance *instance;
  SobanCatalogue *catalogue;
  GHashTable *lists;
  GHashTable *missing;
  SobanFormHost host;
} FilledForm;

/* @answers: (nullable): lines "path=value"; "opinion#0/text" is in the first instance of the repeat, which is made when
 * it is not there. */
FilledForm *filled_form_new (const char *id, const char *answers);
void filled_form_free (FilledForm *filled);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FilledForm, filled_form_free)

void filled_form_answer (FilledForm *filled, const char *answers);
/* (transfer full): "opinion#0/text" as the path of the instance. */
char *filled_form_path (FilledForm *filled, const char *short_path);
/* (transfer full): a complete example of each form, as lines for filled_form_new(): tests/fixtures/forms/<id>.txt. */
char *filled_form_example (const char *id);
/* The complete example, with @changes (nullable) made to it. */
FilledForm *filled_form_new_example (const char *id, const char *changes);
/* (transfer none): the questions that must be answered in a new form, separated by blanks. */
const char *filled_form_core (const char *id);
/* (transfer full): "path: message" of each problem, one a line. */
char *filled_form_list_problems (FilledForm *filled);
