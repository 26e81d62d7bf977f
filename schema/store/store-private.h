/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/database.h"
#include "store/digest-sums.h"
#include "store/draft-store.h"
#include "store/record-store.h"
#include "store/settings.h"
#include "store/store.h"
#include "store/sync-store.h"

#include "base/unit-table.h"
#include "log/record-state.h"

/* What waits to be derived (stale-queue.c). */
typedef struct _SobanStaleQueue SobanStaleQueue;

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
    SobanClockEvidence *evidence; /* (nullable): of this tablet, its last boot the present one; NULL = read it anew */
    char *boot_id;                /* of the present boot */
    gboolean boot_stored;         /* the present boot stands in the file */
    gboolean evidence_told;       /* shared.evidence says the same as `evidence` */
    gint64 window_ms;
    gint64 boottime_ms;           /* the last reading in the present boot */
    SobanDigestSums *sums;        /* what the running transaction adds */
    GHashTable *opened;      /* SobanUuid -> what draft-store.c remembers of drafts that have no answer yet */
    gpointer discarded_draft; /* (nullable): the draft discarded last, as draft-store.c remembers it: undo brings it back over the same base */
    GPtrArray *discarded;    /* (nullable) (element-type utf8): attachments that the draft discarded last named */
    GHashTable *kept_forms;  /* "id version": known to be in the table `form` */
    SobanRecordState *state; /* for loops over many records */
    GByteArray *bytes;
    SobanFormHost *form_host; /* (nullable): for derivation */
    SobanStaleQueue *stale;
    guint stale_left;         /* records to be derived when nobody waits */
    GHashTable *underivable;  /* SobanUuid: they could not be derived since the file was opened */
    GHashTable *settings;     /* (nullable): key -> value or NULL: set in the running transaction */
    gboolean writing;         /* a transaction runs */
    gboolean shown_changed;   /* the running transaction changes what is shown */
    gboolean registry_changed;
    gboolean traces_stay;     /* traces of an erasure could not be removed since the file was opened */
  } db_thread;

  /* Any thread, under the lock. */
  struct {
    GMutex lock;
    gboolean closed;
    gboolean changed_queued;
    GHashTable *settings;  /* key -> value: as committed */
    char *person;          /* (nullable): who writes until the store is closed */
    SobanClockEvidence *evidence; /* (nullable): as of the last commit: present-time.c */
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
gboolean soban_settings_load (SobanStore *store, GError **error);
/* What was set in a transaction is seen by others when it has come off. */
void soban_settings_publish (SobanStore *store, gboolean committed);
/* What could not be written is seen by others all the same, until the store is closed. Any thread. */
void soban_settings_remember (SobanStore *store, const char *key, const char *value);
gboolean soban_settings_get (SobanStore *store, const char *key, char **ret_value, GError **error);
gboolean soban_settings_set (SobanStore *store, const char *key, const char *value, GError **error);
gboolean soban_identity_load (SobanStore *store, GError **error);
gboolean soban_identity_save (SobanStore *store, GError **error);
gboolean soban_scope_get_cursor (SobanStore *store, const char *scope, guint64 *ret_cursor, GError **error);

/* ---- clocks (evidence.c) ---- */
/* What the tablet's clocks say now, and its best estimate of the time. Nothing is written. */
gboolean soban_evidence_read_clocks (SobanStore *store, gint64 *ret_wall_ms, gint64 *ret_boottime_ms, gint64 *ret_now_ms,
                                     GError **error);
/* The estimate alone. */
gint64 soban_evidence_estimate_now (SobanStore *store);
/* At that reading it was @true_ms; what no change needs any more goes. */
gboolean soban_evidence_add_anchor (SobanStore *store, gint64 wall_ms, gint64 boottime_ms, gint64 true_ms, GError **error);
/* The own changes @numbers (element-type guint64; 0 = of another incarnation) become 1, 2, 3 ... */
gboolean soban_evidence_renumber (SobanStore *store, const GArray *numbers, GError **error);
/* Of a sender whose changes are to be relayed: in place of what is known of it. */
gboolean soban_evidence_keep (SobanStore *store, const SobanClockEvidence *evidence, GError **error);
/* The rows (evidence-rows.c). (transfer full); @ret_last_id: (nullable) (transfer full): the boot id of its last boot. */
SobanClockEvidence *soban_evidence_load (SobanStore *store, guint32 device, guint64 incarnation, char **ret_last_id,
                                         GError **error);
gboolean soban_evidence_put_boot (SobanStore *store, const SobanClockEvidence *evidence, guint place, const char *boot_id,
                                  GError **error);
/* All rows of its owner become @evidence. @last_id: of its last boot; of those before it is known that they are over. */
gboolean soban_evidence_replace (SobanStore *store, const SobanClockEvidence *evidence, const char *last_id, GError **error);
/* The present boot gets its row, when it has none. */
gboolean soban_evidence_store_boot (SobanStore *store, GError **error);
/* What is remembered is read from the file again. */
void soban_evidence_forget (SobanStore *store);
/* After a commit: other threads tell the time by it from now on (present-time.c). */
void soban_present_time_publish (SobanStore *store);
/* It was @ms, as a collector said. @exact FALSE: that time is past, nobody knows for how long. */
gboolean soban_present_time_learn (SobanStore *store, gint64 ms, gboolean exact, GError **error);
/* The newest time that a collector has told: it is later now; 0: none has. Any thread. */
gint64 soban_present_time_get_told_ms (SobanStore *store);

/* ---- records and their log (stored-record.c, record-log.c) ---- */
typedef struct {
  SobanUuid id;
  gboolean exists;
  gboolean stale;
  char *form, *form_version, *scope;
  SobanRecordState *state; /* (transfer none): the one that was given to load into */
  SobanDigest digest;      /* that the sums have of it */
  char *counted_form, *counted_scope; /* (nullable): under which they have it, where that is another than now */
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
/* Out of the table and the sums; its log and what is derived of it stay. */
gboolean soban_stored_record_remove (SobanStore *store, SobanStoredRecord *record, GError **error);
/* Merges the record anew from its whole log. */
gboolean soban_stored_record_remerge (SobanStore *store, SobanStoredRecord *record, GError **error);
/* Loads, merges anew, saves; stale when what is shown changed. */
gboolean soban_stored_record_merge_anew (SobanStore *store, const SobanUuid *id, GError **error);

/* By which number of its scope a change is known to be in the collector. */
typedef struct {
  guint64 number;       /* 0: not known */
  gboolean exact;       /* it is the change's own number, else one that is not below it */
  gboolean provisional; /* the stamp is its author's: no collector has given one */
} SobanArrival;
typedef struct {
  gboolean new;
  gboolean restamped; /* it was there, under another stamp */
  gboolean numbered;  /* it was there without a number */
} SobanLogInsertion;
/* Adds to the log; when it is there: takes stamp, time and number over. */
gboolean soban_log_insert (SobanStore *store, const SobanChange *change, const SobanArrival *arrival,
                           SobanLogInsertion *ret_insertion, GError **error);
gboolean soban_log_remove (SobanStore *store, const SobanUuid *record, const SobanChangeId *id, GError **error);
/* The next own change, its number given: log, chain, outbox. */
gboolean soban_log_link_own (SobanStore *store, const SobanChange *change, GError **error);
/* The chain after the own change @number; *ret_found FALSE: the log has it no more. */
gboolean soban_log_find_chain (SobanStore *store, guint64 number, guint64 *ret_chain, gboolean *ret_found, GError **error);
/* (transfer full) (element-type SobanChange): the record's log with the stamps in force. */
GPtrArray *soban_log_list (SobanStore *store, const SobanUuid *record, GError **error);
/* (nullable) (transfer full): one change of the log. */
SobanChange *soban_log_find (SobanStore *store, const SobanUuid *record, const SobanChangeId *id, GError **error);
/* (transfer full): of a row that begins with these columns. */
#define SOBAN_LOG_COLUMNS "stamp, recorded_ms, time_quality, body"
SobanChange *soban_log_read (sqlite3_stmt *statement, GError **error);
/* :record, :device, :incarnation, :number */
void soban_bind_change_id (sqlite3_stmt *statement, const SobanUuid *record, const SobanChangeId *id);
/**
 * Gives @change number, stamp and times, and takes it in: log, record, outbox, derivation.
 * @seen: -1 = now
 * @before: (nullable): the values that its author saw; NULL = the present ones
 */
gboolean soban_log_append_own (SobanStore *store, SobanChange *change, gint64 seen, const SobanFieldMap *before, GError **error);
/* An own change without a receipt. */
gboolean soban_outbox_insert (SobanStore *store, const SobanChange *change, GError **error);
/* NFC or CONSTRAINT. */
gboolean soban_change_normalize (SobanChange *change, GError **error);

/* ---- own changes under another name (reissue.c) ---- */
typedef struct {
  SobanChangeId before;
  SobanUuid record;
} SobanOwnChange;
/**
 * @own: (element-type SobanOwnChange): all own changes that shall wait, in the order of their new numbers
 * @before: who this tablet was, while the identity already says who it is now
 * @scopes: (nullable): SobanUuid -> scope of the records from now on
 * @forget_seen: the numbers of the scopes mean other changes from now on
 *
 * Takes them out of the log and puts them back under the present identity as 1, 2, 3 ...
 */
gboolean soban_reissue (SobanStore *store, const GArray *own, const SobanIdentity *before, GHashTable *scopes,
                        gboolean forget_seen, GError **error);
/* A new incarnation; the own changes above @acked are issued anew. */
gboolean soban_fork_identity (SobanStore *store, guint64 acked, GError **error);

/* ---- receipts (receipt.c) ---- */
gboolean soban_receipt_take (SobanStore *store, const SobanSyncResult *result, GError **error);
/* Of an own change that waits; @ret_record when *ret_restamped. */
gboolean soban_receipt_adjust_stamp (SobanStore *store, const SobanAdjustment *adjustment, SobanUuid *ret_record,
                                     gboolean *ret_restamped, GError **error);
gboolean soban_receipt_keep_times (SobanStore *store, const GArray *times, GError **error);
/* Before the cursor of its scope moves: the own numbers up to @cursor. */
gboolean soban_receipt_place (SobanStore *store, const SobanCursor *cursor, const SobanSyncResult *result, GError **error);
/* All cursors to 0. */
gboolean soban_cursors_begin_anew (SobanStore *store, GError **error);

/* ---- divergence (settled-record.c) ---- */
/* A record of which something waits to be relayed. */
typedef struct {
  SobanStoredRecord here;    /* as it is shown */
  SobanStoredRecord settled; /* without what waits; `exists` FALSE: nothing else is known of it */
} SobanSettledRecord;
void soban_settled_record_clear (SobanSettledRecord *record);
/* (transfer full) (element-type SobanSettledRecord): those of @range, ascending by id. Neither has a state. */
GArray *soban_settled_records_list (SobanStore *store, const SobanIdRange *range, GError **error);

/* ---- the window (window.c, reconcile.c) ---- */
gboolean soban_form_is_registry (SobanStore *store, const char *form);
/* Whether records of @form made in @month are inside. */
gboolean soban_window_holds (SobanStore *store, const char *form, guint month);

/* ---- exchange (exchange.c) ---- */
/* The change has a number now. */
gboolean soban_relay_remove (SobanStore *store, const SobanChangeId *id, GError **error);
/* Into @orphans (element-type SobanChange): what waits to be relayed under the id of @numbered and is another change (exchange.c, 5); no
 * longer in the log and in `relay` then. Its record is merged anew when they are adopted. */
gboolean soban_relay_take_orphan (SobanStore *store, const SobanChange *numbered, GPtrArray *orphans, GError **error);
/* @orphans: (element-type SobanChange): issues what of them would still win anew, as one own change for each record (reconcile.c); of an
 * erased record nothing. */
gboolean soban_orphans_adopt (SobanStore *store, const GPtrArray *orphans, GError **error);
/* Whether the collector has what was sent on is to be asked again; or: was asked for @record. */
gboolean soban_relay_doubt (SobanStore *store, GError **error);
gboolean soban_relay_note_asked (SobanStore *store, const SobanUuid *record, GError **error);
/* @relayed: (nullable) (element-type SobanRelayed) */
gboolean soban_relay_mark_tried (SobanStore *store, const GPtrArray *relayed, GError **error);

/* ---- attachments (attachment-store.c, attachment-use.c) ---- */
/* The log has @change now. */
gboolean soban_attachments_note_uses (SobanStore *store, const SobanChange *change, GError **error);
/* Before @draft is discarded: what the one discarded before it named, and nothing else does, goes. */
gboolean soban_attachments_discard (SobanStore *store, const SobanUuid *draft, GError **error);
/* The log of @record goes, or is blanked. */
gboolean soban_attachments_release_record (SobanStore *store, const SobanUuid *record, GError **error);
/* Adds a sentence to @sentences (element-type utf8) for each that has not its hash. */
gboolean soban_attachments_check (SobanStore *store, GPtrArray *sentences, GError **error);
/* After opening, a transaction of its own. */
gboolean soban_attachments_sweep_all (SobanStore *store, GError **error);
/* The collector has none of them any more, or it is another one. */
gboolean soban_attachments_forget_received (SobanStore *store, GError **error);

/* ---- erased records (erasure.c) ---- */
/* Blanks the log of @record, when it is erased; @record was saved, and may be another in the table then. */
gboolean soban_erasure_apply (SobanStore *store, const SobanStoredRecord *record, GError **error);
/* The same for what waited: after a receipt. */
gboolean soban_erasure_resume (SobanStore *store, GError **error);
/* The collector lacks @change, an erasure with its proof: it is to be sent on (erasure-relay.c). */
gboolean soban_erasure_relay (SobanStore *store, const SobanChange *change, GError **error);
/* The same of all of them: the collector was set back. */
gboolean soban_erasures_relay_all (SobanStore *store, GError **error);
/* The chain of the own changes above the receipt, of what they say now. */
gboolean soban_own_chain_link_again (SobanStore *store, GError **error);
/* Inside the transaction that erases (erasure-traces.c). */
gboolean soban_traces_note (SobanStore *store, GError **error);
/* Between two transactions, when nobody waits. */
void soban_traces_remove (SobanStore *store);
/* (transfer full): the winning values; of an erased record only the registers. */
SobanFieldMap *soban_record_get_shown_fields (const SobanRecordState *state);

/* ---- history (history.c) ---- */
/* One change of the log with the place where it is known to have arrived. */
typedef struct {
  SobanChange *change;
  guint64 arrived;
} SobanLoggedChange;
/* (transfer full) (element-type SobanLoggedChange): newest first. */
GArray *soban_history_read_log (SobanStore *store, const SobanUuid *record, GError **error);
gboolean soban_history_has_seen (const SobanLoggedChange *writer, const SobanLoggedChange *other);
/* Whether @assignment of the change @at was overtaken by somebody who had not seen it. */
gboolean soban_history_is_lost (const GArray *log, guint at, const SobanAssignment *assignment);
/* Whether any value was overtaken by somebody who had not seen it. */
gboolean soban_history_has_lost (SobanStore *store, const SobanUuid *record, gboolean *ret_has, GError **error);
/* (transfer full) */
SobanHistoryItem *soban_history_make_item (SobanStore *store, const GArray *log, guint at, const SobanAssignment *assignment,
                                           const SobanRecordState *state);

/* ---- conflicts (conflict.c) ---- */
gboolean soban_conflict_exists (SobanStore *store, const SobanStoredRecord *record, gboolean *ret_exists, GError **error);
/* Whether more than one tablet has written @record. */
gboolean soban_conflict_has_writers (SobanStore *store, const SobanUuid *record, gboolean *ret_several, GError **error);

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

/* ---- one answer (answer-change.c) ---- */
/* FALSE with CONSTRAINT: what the law has erased is not written to any more. */
gboolean soban_record_refuse_erased (const SobanRecordState *state, GError **error);
/* Adds to @change that @path of @record is @value (nullable) from now on, and what its form computes from that. SENSITIVE, or an error of the form. */
gboolean soban_change_answer (SobanStore *store, const SobanStoredRecord *record, const char *path, const char *value,
                              SobanChange *change, GError **error);

/* ---- drafts and villages (draft-store.c, village.c) ---- */
/* latest-record.c: @record is what @person made last of @form. */
gboolean soban_latest_remember (SobanStore *store, const char *person, const char *form, const SobanUuid *record, GError **error);
GHashTable *soban_drafts_new_opened (void);
/* What somebody was changing in a record that is erased goes, too. */
/* What undo would bring back. */
void soban_drafts_forget_discarded (SobanStore *store);
gboolean soban_drafts_remove_edits (SobanStore *store, const SobanUuid *record, GError **error);
/* The numbers of the scopes mean other changes from now on: no draft has seen any of them. */
gboolean soban_drafts_forget_seen (SobanStore *store, GError **error);
/* Replaces village_id "other" in @fields by the id of the village that village_new names, registered when it is new. */
gboolean soban_village_register (SobanStore *store, SobanFieldMap *fields, GError **error);

/* ---- the PIN (pin.c) ---- */
/* There is none from now on. */
gboolean soban_pin_forget (SobanStore *store, GError **error);

/* ---- forms (form-store.c) ---- */
/* Adds the versions of the table that the library has not. */
gboolean soban_forms_load (SobanStore *store, GError **error);
/* Tells the library which published versions are for new records. */
gboolean soban_forms_offer (SobanStore *store, GError **error);
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
/* Everything that is derived of @record goes. */
gboolean soban_derived_remove (SobanStore *store, const SobanUuid *record, GError **error);
char *soban_derive_inputs (const char *data_dir);

/* ---- what waits to be derived (stale-queue.c) ---- */
#define SOBAN_VILLAGE_FORM "village"
SobanStaleQueue *soban_stale_queue_new (void);
void soban_stale_queue_free (SobanStaleQueue *queue);
/* After opening. */
gboolean soban_stale_load (SobanStore *store, GError **error);
/* @id was written as stale. */
gboolean soban_stale_add (SobanStore *store, const SobanUuid *id, const char *form, GError **error);
/* Records were made stale by SQL alone. */
gboolean soban_stale_add_marked (SobanStore *store, GError **error);
/* (transfer full) (element-type SobanUuid): at most @max, all of one kind; they wait no longer, unless the transaction is taken back. */
GArray *soban_stale_take (SobanStore *store, guint max, GError **error);
/* What was taken is derived. *ret_left: at least as many as still wait; 0 = none. */
gboolean soban_stale_settle (SobanStore *store, guint *ret_left, GError **error);
/* (transfer full) (element-type SobanUuid): among them all villages that are in no list. */
GArray *soban_stale_list_villages (SobanStore *store, GError **error);
/* Around a transaction: whether the file says that anything is stale; what it said before one that was taken back. */
gboolean soban_stale_is_marked (SobanStore *store);
void soban_stale_take_back (SobanStore *store, gboolean marked);

/* ---- scope (scope-choice.c) ---- */
/* (transfer full): where a new record with @fields belongs. */
char *soban_scope_choose (SobanStore *store, const char *form, const SobanFieldMap *fields, GError **error);

/* ---- reference data (reference-trees.c), any thread ---- */
const SobanUnitTable *soban_store_get_units (SobanStore *store, GError **error);
#define SOBAN_FORM_FILE_PREFIX "form-file:" /* of the addresses of forms' own files among the shared trees */
/* (nullable) (transfer full): the tree shared under @src. */
SobanSharedTree *soban_store_find_tree (SobanStore *store, const char *src);
/* Takes @tree over. (transfer full) */
SobanSharedTree *soban_store_share_tree (SobanStore *store, const char *src, SobanTree *tree);
SobanSharedTree *soban_store_load_tree (SobanStore *store, const char *src, GError **error);
/* On the store thread: lists of records are made anew when a form next asks for them. */
void soban_store_forget_lists (SobanStore *store);
/* Also those that never change; who uses one keeps it. On the store's thread. */
void soban_store_drop_lists (SobanStore *store);
