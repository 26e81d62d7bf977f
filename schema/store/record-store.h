/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

/* Where a record stands on its way (shown, never inferred from errors). */
typedef enum { SOBAN_RECORD_WAITING, SOBAN_RECORD_RECEIVED } SobanRecordDelivery;

typedef struct {
  SobanUuid id;
  char *form, *form_version, *scope;
  SobanFieldMap *fields;       /* winning values */
  gboolean deleted, needs_look;
  gboolean erased;             /* by law, for good: nothing of it can be changed */
  SobanRecordDelivery delivery; /* WAITING while any own change of it has no receipt */
  gint64 created_ms, changed_ms;
  char *title, *date, *unit;
} SobanRecord;
void soban_record_free (SobanRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanRecord, soban_record_free)

/* (transfer full): NOT_FOUND when there is none. */
SobanRecord *soban_store_get_record (SobanStore *store, const SobanUuid *id, GError **error);

/**
 * soban_store_save:
 * @id: (inout): all zero bytes = a new record; then set to its id
 * @form: @form_version: which form it was made with
 * @scope: (nullable): NULL = chosen by the record's commune among the device's scopes, else the home scope (fixed at
 *         creation)
 * @fields: the record's fields as they shall be; the change holds only what differs from the present winners
 *
 * Appends ONE change and updates record, search text, summary and facts in ONE transaction with ONE fsync. Nothing is
 * written when nothing differs. S3 values are refused (SENSITIVE). Problems never refuse: they mark "needs a look".
 */
gboolean soban_store_save (SobanStore *store, SobanUuid *id, const char *form, const char *form_version, const char *scope, const SobanFieldMap *fields, GError **error);
/* A change to the delete register; @deleted FALSE undoes. */
gboolean soban_store_set_deleted (SobanStore *store, const SobanUuid *id, gboolean deleted, GError **error);
/* Puts an old value back: a new change of one answer and of what the form computes from it. @value NULL removes. */
gboolean soban_store_restore_value (SobanStore *store, const SobanUuid *id, const char *path, const char *value, GError **error);

/* One assignment in a record's history, newest first; all of one change have its key. */
typedef struct {
  SobanWriteKey key;
  gint64 recorded_ms;  /* when it was recorded, as well as it is known; the time of the stamp at worst */
  SobanTimeQuality time_quality; /* how well; SOBAN_TIME_RAW: by the tablet's clock as it stood */
  char *device_name;   /* (nullable): NULL = this tablet */
  char *person;        /* (nullable): who made the change; NULL = nobody was named */
  gboolean own;
  char *path, *value;  /* value (nullable): removed */
  gboolean winner;     /* the value shown now */
  gboolean lost;       /* was never seen by the writer that overtook it: a concurrent loser worth showing */
} SobanHistoryItem;
void soban_history_item_free (SobanHistoryItem *item);
/* (transfer full) (element-type SobanHistoryItem) */
GPtrArray *soban_store_get_history (SobanStore *store, const SobanUuid *id, GError **error);

/* A question to which two people gave different answers, neither knowing of the other's. */
typedef struct {
  char *path;              /* SOBAN_FIELD_DELETED: somebody deleted the record while another wrote in it */
  SobanHistoryItem *shown; /* the answer that holds now */
  GPtrArray *others;       /* (element-type SobanHistoryItem): the overtaken ones, newest first, each value once */
} SobanConflict;
void soban_conflict_free (SobanConflict *conflict);
/* (transfer full) (element-type SobanConflict): in the order of the form; empty = none. */
GPtrArray *soban_store_list_conflicts (SobanStore *store, const SobanUuid *id, GError **error);
/**
 * soban_store_settle:
 * @path: of the conflict
 * @value: (nullable): the answer that shall hold: the one shown, an overtaken one, or another
 *
 * Writes @value in a new change, also where it is the one shown: that change has seen all answers, so all tablets take the
 * question as settled. What the form computes from it is computed anew in the same change.
 */
gboolean soban_store_settle (SobanStore *store, const SobanUuid *id, const char *path, const char *value, GError **error);
/* How many records have a conflict or break a rule of their form. */
gboolean soban_store_count_to_look (SobanStore *store, gint64 *ret_count, GError **error);

/* In which order. */
typedef enum {
  SOBAN_RECORDS_NEWEST, /* by the day it happened, else the day it was made */
  SOBAN_RECORDS_OLDEST,
  SOBAN_RECORDS_BY_NAME, /* by title, accents left out */
} SobanRecordOrder;

typedef struct {
  const char *form;      /* (nullable): NULL = all */
  const char *search;    /* (nullable): as typed; folded inside */
  const char *month;     /* (nullable): "2026-11" */
  gboolean needs_look;   /* only those */
  gboolean waiting;      /* only those without a receipt */
  gboolean conflict;     /* only those with a conflict; @deleted is not looked at */
  gboolean deleted;      /* the deleted ones instead of the living */
  gboolean registries;   /* with form NULL: include registry entries */
  const char *indicator; /* (nullable): only those that give to it; then @from, @to and @unit speak of what they give */
  const char *from, *to; /* (nullable): dates as in SobanPeriod: from <= date < to; "" = no bound */
  const char *unit;      /* (nullable): unit uid */
  const char *village;   /* (nullable): as in a SobanReportPart; "" = those that do not say */
  const char *team;      /* (nullable): the same */
  SobanRecordOrder order;
  guint limit;           /* no more than so many, the first; 0 = all */
} SobanRecordQuery;
/* (transfer full): with texts of its own. */
SobanRecordQuery *soban_record_query_copy (const SobanRecordQuery *query);
/* Of a copy only. */
void soban_record_query_free (SobanRecordQuery *query);

/* (transfer full) (element-type SobanUuid): in the order of the query, by one statement; a first page of a long list comes in far less time than the list. */
GArray *soban_store_list_records (SobanStore *store, const SobanRecordQuery *query, GError **error);

/* A list row. */
typedef struct {
  SobanUuid id;
  char *form, *title, *date, *unit;
  gboolean needs_look, deleted;
  SobanRecordDelivery delivery;
  gint64 changed_ms;
} SobanRecordRow;
void soban_record_row_free (SobanRecordRow *row);
/* (transfer full) (element-type SobanRecordRow): one row per id, in that order, NULL where it is gone. At most
 * SOBAN_LIST_PAGE_ROWS ids. */
GPtrArray *soban_store_get_rows (SobanStore *store, const SobanUuid *ids, guint n_ids, GError **error);

/* (transfer full): what was answered to the question @path in the newest SOBAN_USED_RECORDS_MAX records of @form, newest first, each
 * once, at most @max. The instance of a repeat in @path makes no difference. */
GStrv soban_store_list_used (SobanStore *store, const char *form, const char *path, guint max, GError **error);

/* A village that records name: from the register, or written where the register lacks it. */
typedef struct {
  char *village; /* as in SobanRecordQuery */
  char *title;   /* as people read it */
  gint64 records;
} SobanVillageUse;
void soban_village_use_free (SobanVillageUse *use);
/* (transfer full) (element-type SobanVillageUse): of living records, by title. */
GPtrArray *soban_store_list_villages (SobanStore *store, GError **error);
/* (transfer full): the first month of a living record that is no registry entry, "2026-11"; "" = there is none. */
char *soban_store_get_first_month (SobanStore *store, GError **error);

/* (transfer full) (nullable): title of a registry entry or village, for showing a reference. NULL without @error: there
 * is none. */
char *soban_store_get_title (SobanStore *store, const char *id_text, GError **error);

/* Sum of an indicator's facts whose date starts with @period ("2026-11", "2026", "" = all), deleted records left
 * out. */
gboolean soban_store_sum_facts (SobanStore *store, const char *indicator, const char *period, double *ret_sum, gint64 *ret_records, GError **error);
/* Number of living records of @form whose date starts with @period; -1 with @error: none is no failure to read. */
gint64 soban_store_count_records (SobanStore *store, const char *form, const char *period, GError **error);
