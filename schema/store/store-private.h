/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/database.h"
#include "store/draft-store.h"
#include "store/record-store.h"
#include "store/settings.h"
#include "store/store.h"
#include "store/sync-store.h"

#include "base/unit-table.h"
#include "log/record-state.h"

/* A tree that several hosts share; read only once it is made. */
typedef struct {
  SobanTree *tree;
} SobanSharedTree;
void soban_shared_tree_unref (SobanSharedTree *shared);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanSharedTree, soban_shared_tree_unref)

struct _SobanStore {
  GObject parent_instance;

  /* Set at opening, never changed. */
  char *path;
  char *data_dir;
  const SobanClock *clock;
  const SobanEntropy *entropy;
  SobanFormLibrary *forms;
  SobanIndicatorSet *indicators;
  GMainContext *context;
  GThread *thread;
  GAsyncQueue *jobs;

  /* Only the store thread reads or writes these. */
  struct {
    SobanDatabase *database;
    SobanIdentity identity;
    SobanHybridClock clock;
    GHashTable *opened;      /* SobanUuid -> what draft-store.c remembers of drafts that have no answer yet */
    GHashTable *kept_forms;  /* "id version": known to be in the table `form` */
    SobanRecordState *state; /* for loops over many records */
    GByteArray *bytes;
    SobanFormHost *form_host; /* (nullable): for derivation */
    guint stale_left;         /* records to be derived when nobody waits */
    gboolean shown_changed;   /* the running transaction changes what is shown */
    gboolean registry_changed;
  } db_thread;

  /* Any thread, under the lock. */
  struct {
    GMutex lock;
    gboolean closed;
    gboolean changed_queued;
    SobanUnitTable *units; /* (nullable): read at first need */
    GHashTable *trees;     /* src -> SobanSharedTree */
  } shared;
};

/* ---- the store thread (store-thread.c) ---- */
gboolean soban_store_start_thread (SobanStore *store, GError **error);
void soban_store_stop_thread (SobanStore *store);
/* Runs @job on the store thread and waits; on the store thread itself it runs at once. */
gboolean soban_store_read (SobanStore *store, SobanStoreJob job, gpointer data, GError **error);
/* The same in one transaction: all or nothing; "changed" follows when the job set shown_changed. */
gboolean soban_store_write (SobanStore *store, SobanStoreJob job, gpointer data, GError **error);
void soban_store_assert_thread (SobanStore *store);

/* All below: on the store thread; what writes: inside a transaction. */

/* ---- settings and identity (settings.c) ---- */
gboolean soban_settings_get (SobanStore *store, const char *key, char **ret_value, GError **error);
gboolean soban_settings_set (SobanStore *store, const char *key, const char *value, GError **error);
gboolean soban_identity_load (SobanStore *store, GError **error);
gboolean soban_identity_save (SobanStore *store, GError **error);
gboolean soban_scope_get_cursor (SobanStore *store, const char *scope, guint64 *ret_cursor, GError **error);

/* ---- records and their log (record-log.c) ---- */
typedef struct {
  SobanUuid id;
  gboolean exists;
  gboolean stale;
  char *form, *form_version, *scope;
  SobanRecordState *state; /* (transfer none): the one that was given to load into */
} SobanStoredRecord;
void soban_stored_record_clear (SobanStoredRecord *record);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SobanStoredRecord, soban_stored_record_clear)
gboolean soban_stored_record_load (SobanStore *store, const SobanUuid *id, SobanRecordState *state,
                                   SobanStoredRecord *ret_record, GError **error);
/* Form, version and scope follow the newest change. */
void soban_stored_record_follow (SobanStoredRecord *record, const SobanChange *change);
gboolean soban_stored_record_save (SobanStore *store, SobanStoredRecord *record, GError **error);
/* *ret_added FALSE: there is such a record, nothing was written. */
gboolean soban_stored_record_add (SobanStore *store, SobanStoredRecord *record, gboolean *ret_added, GError **error);
/* Merges the record anew from its whole log. */
gboolean soban_stored_record_remerge (SobanStore *store, SobanStoredRecord *record, GError **error);
/* Adds to the log; *ret_new FALSE: it was there, then its stamp is made @change's and *ret_restamped says whether
 * that differed. */
gboolean soban_log_insert (SobanStore *store, const SobanChange *change, guint64 arrived, gboolean *ret_new,
                           gboolean *ret_restamped, GError **error);
/* (transfer full) (element-type SobanChange): the record's log with the stamps in force. */
GPtrArray *soban_log_list (SobanStore *store, const SobanUuid *record, GError **error);
/* (nullable) (transfer full): one change of the log. */
SobanChange *soban_log_find (SobanStore *store, const SobanUuid *record, const SobanChangeId *id, GError **error);
/* Gives @change number, stamp and times, and takes it in: log, record, outbox, derivation. @seen: -1 = now. */
gboolean soban_log_append_own (SobanStore *store, SobanChange *change, gint64 seen, GError **error);
/* An own change without a receipt. */
gboolean soban_outbox_insert (SobanStore *store, const SobanChange *change, GError **error);
/* NFC or CONSTRAINT. */
gboolean soban_change_normalize (SobanChange *change, GError **error);

/* ---- saving (record-store.c) ---- */
/* soban_stored_record_load(), or NOT_FOUND. */
gboolean soban_record_require (SobanStore *store, const SobanUuid *id, SobanRecordState *state,
                               SobanStoredRecord *ret_record, GError **error);
SobanUuid soban_record_new_id (SobanStore *store);
/* (transfer full): an empty change of @record. */
SobanChange *soban_change_begin (const SobanStoredRecord *record);
/* (transfer full): what turns @before into @after, the delete register left alone. */
SobanChange *soban_change_from_fields (const SobanStoredRecord *record, const SobanFieldMap *before,
                                       const SobanFieldMap *after);

/* ---- drafts and villages (draft-store.c, village.c) ---- */
GHashTable *soban_drafts_new_opened (void);
/* The numbers of the scopes mean other changes from now on: no draft has seen any of them. */
gboolean soban_drafts_forget_seen (SobanStore *store, GError **error);
/* Replaces village_id "other" in @fields by the id of the village that village_new names, registered when it is new. */
gboolean soban_village_register (SobanStore *store, SobanFieldMap *fields, GError **error);

/* ---- forms (form-store.c) ---- */
/* Adds the versions of the table that the library has not. */
gboolean soban_forms_load (SobanStore *store, GError **error);
/* Keeps the form's XML with the records. */
gboolean soban_forms_keep (SobanStore *store, SobanForm *form, GError **error);
/* SENSITIVE when @fields hold an S3 value in the clear (DESIGN 9). */
gboolean soban_forms_refuse_sensitive (SobanForm *form, const SobanFieldMap *fields, GError **error);

/* (transfer full): @before without the answers that @after lacks only because the form hid them all along: nobody saw
 * them, so nobody took them out. One that the edit itself hid is taken out. */
SobanFieldMap *soban_forms_leave_hidden (SobanStore *store, SobanForm *form, const SobanFieldMap *before,
                                         const SobanFieldMap *after);

/* ---- derivation (derive.c) ---- */
/* Summary, search text and facts of one record; it is no longer stale then. */
gboolean soban_derive_record (SobanStore *store, SobanStoredRecord *record, GError **error);
char *soban_derive_inputs (const char *data_dir);

/* ---- scope (scope-choice.c) ---- */
/* (transfer full): where a new record with @fields belongs. */
char *soban_scope_choose (SobanStore *store, const char *form, const SobanFieldMap *fields, GError **error);

/* ---- reference data (reference-trees.c), any thread ---- */
const SobanUnitTable *soban_store_get_units (SobanStore *store, GError **error);
SobanSharedTree *soban_store_load_tree (SobanStore *store, const char *src, GError **error);
/* On the store thread: lists of records are made anew when a form next asks for them. */
void soban_store_forget_lists (SobanStore *store);
