/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "form/form-instance.h"
#include "store/record-store.h"

/**
 * SobanRecordInput: answers from a command line or a JSON text, put through the record's form: defaults, calculations,
 * relevance and rules are those of the form, as in the app.
 */
typedef struct {
  char *form;             /* form id */
  char *form_version;
  char *scope;            /* (nullable): wished for */
  char *origin;           /* (nullable): "line 3", for messages */
  SobanFieldMap *fields;  /* the relevant answers */
  GPtrArray *problems;    /* (element-type SobanProblem) */
} SobanRecordInput;
void soban_record_input_free (SobanRecordInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanRecordInput, soban_record_input_free)

/**
 * SobanAnswers: what was given: paths and values, in order. A repeat's instances are named by id, or by their place from 1
 * ("opinion[2]/status"); one more than there are adds one.
 */
typedef struct _SobanAnswers SobanAnswers;
SobanAnswers *soban_answers_new (void);
void soban_answers_free (SobanAnswers *answers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanAnswers, soban_answers_free)
/* @pair: "path=value"; an empty value clears. */
gboolean soban_answers_add_pair (SobanAnswers *answers, const char *pair, GError **error);
/* An object of answers: numbers and booleans are taken as written, null clears, an object is a group, an array of objects a repeat. */
gboolean soban_answers_add_object (SobanAnswers *answers, JsonObject *object, GError **error);

/* (transfer full): one JSON object. */
JsonObject *soban_json_parse_object (const char *text, gssize length, GError **error);

/**
 * soban_record_input_new:
 * @host: of @store: the same for many records, since it keeps the lists that forms look into
 * @form_id: @version: (nullable): NULL = the newest
 * @before: (nullable): the record that is edited
 * @confirm: confirm the warnings of the form
 *
 * An answer "@file" of an upload question is a file to be kept with the record: the answer becomes its name.
 */
SobanRecordInput *soban_record_input_new (SobanStore *store, SobanFormHost *host, const char *form_id, const char *version,
                                          const SobanFieldMap *before,
                                          const SobanAnswers *answers, gboolean confirm, GError **error);
/* Prints the problems to standard error, a line each. */
void soban_record_input_print_problems (const SobanRecordInput *input);
