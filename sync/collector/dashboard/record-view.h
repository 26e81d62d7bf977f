/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/form-instance.h"
#include "log/record-state.h"
#include "html.h"
#include "record-host.h"

/* One change in a record's history. */
typedef struct {
  SobanChange *change; /* with its effective stamp */
  char *device_name;
} SobanRecordWrite;

/**
 * SobanRecordView: one record as a person may read it: answers with the labels of their choices, personal and sensitive ones
 * (S2, S3) covered.
 */
typedef struct {
  const SobanVisit *visit;
  char *scope, *form_id, *title, *date, *unit;
  gboolean deleted;
  SobanRecordState *state;
  SobanFieldMap *fields;
  GPtrArray *writes;           /* (element-type SobanRecordWrite), newest first */
  SobanRecordHost *host;
  SobanForm *form;             /* (nullable): not at hand */
  SobanFormInstance *instance; /* (nullable): as the record stands */
  SobanFormInstance *scratch;  /* (nullable): for reading old answers */
} SobanRecordView;

SobanRecordView *soban_record_view_load (const SobanVisit *visit, const SobanUuid *id, GError **error);
void soban_record_view_free (SobanRecordView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanRecordView, soban_record_view_free)

/* (transfer full) (element-type utf8): fields that are shown, in the order of the form. */
GPtrArray *soban_record_view_list_paths (SobanRecordView *view);
/* (transfer full) (nullable): NULL for what is not shown to people: metadata, hidden calculations. */
char *soban_record_view_get_label (SobanRecordView *view, const char *path);
/* (transfer full): @value (nullable: removed) of @path as a person reads it, or covered. */
char *soban_record_view_get_answer (SobanRecordView *view, const char *path, const char *value);
gboolean soban_record_view_is_winner (SobanRecordView *view, const SobanChange *change, const char *path);

/* recorded.c: (transfer full): when a change was recorded, corrected where the tablet's clock was wrong. */
char *soban_recorded_text (const SobanVisit *visit, const SobanChange *change);
/* (nullable) (transfer none): why that is not certain; NULL when it is. */
const char *soban_recorded_doubt (const SobanVisit *visit, const SobanChange *change);
