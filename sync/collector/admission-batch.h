/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "admission-store.h"
#include "database.h"
#include "log/digest.h"

/**
 * SobanAdmissionBatch: the records and changes of one admission into PostgreSQL. The server answers across a socket, so it is asked for
 * all records of a request at once, and told all changes at once.
 */
typedef struct _SobanAdmissionBatch SobanAdmissionBatch;

/* A row of the table record, as admission needs it. */
typedef struct {
  SobanUuid id;
  char *scope;        /* NULL: there is no such record */
  char *form, *form_version;
  SobanDigest digest;
  GByteArray *state;  /* packed */
  gint64 deleted, created_ms, changed_ms; /* of what is to be written */
  gboolean created;   /* by this batch */
  gboolean changed;   /* not written yet */
} SobanRecordRow;

SobanAdmissionBatch *soban_admission_batch_new (SobanDatabase *database);
void soban_admission_batch_free (SobanAdmissionBatch *batch);
/* Forgets all: at the beginning of a transaction, and of what is tried in it. */
void soban_admission_batch_reset (SobanAdmissionBatch *batch);

/* Reads the rows of @changes (element-type SobanNumberedChange). */
gboolean soban_admission_batch_expect (SobanAdmissionBatch *batch, const GPtrArray *changes, GError **error);
/* (transfer none) (nullable): until the next reset. Read now, if it was not expected. */
SobanRecordRow *soban_admission_batch_get_row (SobanAdmissionBatch *batch, const SobanUuid *record, GError **error);
/* Keeps a copy of all of @admitted but its change, and takes @body over. */
void soban_admission_batch_append (SobanAdmissionBatch *batch, const SobanAdmittedChange *admitted, GByteArray *body);
/* The change if it was appended and not written yet. @ret_entry, @ret_body (nullable) (transfer none). */
gboolean soban_admission_batch_find (SobanAdmissionBatch *batch, const SobanChangeId *id, SobanLogEntry *ret_entry, const GByteArray **ret_body);
/* Writes changes and rows. BUSY when another collector has made one of the records meanwhile. */
gboolean soban_admission_batch_flush (SobanAdmissionBatch *batch, GError **error);
