/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "deriver.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "log/record-state.h"
#include "published-form.h"
#include "record-host.h"
#include "record-repair.h"
#include "record-search.h"

#define BATCH_RECORDS 100
#define BATCH_US_MAX 10000 /* tablets that write wait for a batch */
#define INPUTS_KEY "derived-from"

struct _SobanDeriver {
  const SobanReference *reference;
  SobanCollectorStore *store;
  SobanDatabase *database;
  SobanRecordHost *host;
  GArray *unreadable; /* of SobanUuid: met since the last repair */
  GPtrArray *registries; /* (element-type utf8): ids of the registry forms: other records show their titles, so they come first */
};

/* One stale record. */
typedef struct {
  gint64 row;
  char *scope, *form, *form_version, *title;
  SobanUuid id;
  gboolean deleted;
  SobanRecordState *state; /* NULL: it cannot be read */
} Stale;

static void
free_stale (gpointer data)
{
  Stale *stale = data;

  g_free (stale->scope);
  g_free (stale->form);
  g_free (stale->form_version);
  g_free (stale->title);
  g_clear_pointer (&stale->state, soban_record_state_free);
  g_free (stale);
}

static GPtrArray *
list_registries (const SobanReference *reference)
{
  const GPtrArray *entries = soban_form_library_list (reference->forms);
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < entries->len; i++) {
    const SobanFormEntry *entry = g_ptr_array_index (entries, i);

    if (entry->kind == SOBAN_FORM_REGISTRY)
      g_ptr_array_add (ids, g_strdup (entry->id));
  }
  return ids;
}

SobanDeriver *
soban_deriver_new (const SobanReference *reference, SobanCollectorStore *store)
{
  SobanDeriver *self = g_new0 (SobanDeriver, 1);

  self->reference = reference;
  self->store = store;
  self->database = soban_collector_store_get_database (store);
  self->unreadable = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
  /* People search in Vietnamese, also for the labels of choices. */
  self->host = soban_record_host_new (reference, soban_reference_get_catalogue (reference, "vi"), store);
  self->registries = list_registries (reference);
  return self;
}

void
soban_deriver_free (SobanDeriver *self)
{
  if (self == NULL)
    return;
  soban_record_host_free (self->host);
  g_array_unref (self->unreadable);
  g_ptr_array_unref (self->registries);
  g_free (self);
}

gboolean
soban_deriver_prepare (SobanDeriver *self, GError **error)
{
  g_autofree char *before = soban_collector_store_get_setting (self->store, INPUTS_KEY);

  if (g_strcmp0 (before, self->reference->checksum) == 0)
    return TRUE;
  if (!soban_collector_store_begin (self->store, error))
    return FALSE;
  if (!soban_database_execute (self->database, "UPDATE record SET stale = 1", error)
      || !soban_collector_store_put_setting (self->store, INPUTS_KEY, self->reference->checksum, error)) {
    soban_collector_store_roll_back (self->store);
    return FALSE;
  }
  return soban_collector_store_commit (self->store, error);
}

static const SobanFormEntry *
find_entry (SobanDeriver *self, const char *form)
{
  return soban_form_library_find (self->reference->forms, form);
}

/* A record of a form that is not at hand is listed and found by its plain values. */
static SobanDerived *
derive_plain (const SobanFieldMap *fields)
{
  SobanDerived *derived = g_new0 (SobanDerived, 1);
  g_autoptr (GString) text = g_string_new (NULL);
  const char *title = soban_field_map_get (fields, "meta/instanceName");

  for (guint i = 0; i < soban_field_map_size (fields); i++) {
    const char *path, *value;

    soban_field_map_nth (fields, i, &path, &value);
    if (*path != '.')
      g_string_append_printf (text, "%s ", value);
  }
  derived->title = g_strdup (title != NULL ? title : "");
  derived->date = g_strdup ("");
  derived->unit = g_strdup ("");
  derived->search_text = soban_text_fold (text->str);
  derived->problems = g_ptr_array_new ();
  derived->facts = g_ptr_array_new ();
  derived->needs_look = TRUE;
  return derived;
}

static SobanDerived *
derive (SobanDeriver *self, const Stale *stale, const SobanFieldMap *fields)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanForm) form = soban_form_library_get (self->reference->forms, stale->form, stale->form_version, &error);

  if (form == NULL && g_error_matches (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE)) {
    g_clear_error (&error);
    form = soban_published_form_find (self->reference, self->store, stale->form, stale->form_version);
  }
  if (form == NULL && error == NULL) {
    /* An older version than the one at hand: its fields that still exist mean the same. */
    form = soban_form_library_get (self->reference->forms, stale->form, NULL, &error);
  }
  if (form == NULL) {
    g_debug ("Record %" G_GINT64_FORMAT ": %s", stale->row, error->message);
    return derive_plain (fields);
  }
  return soban_derive (form, find_entry (self, stale->form), self->reference->indicators, soban_record_host_get (self->host, stale->scope),
                       fields);
}

/* A form that asks for no unit speaks of its scope; one that asks and got no answer is of no unit that we know. */
static const char *
choose_unit (const Stale *stale, const char *unit_field, const char *unit)
{
  return *unit == '\0' && *unit_field == '\0' ? stale->scope : unit;
}

static gboolean
put_facts (SobanDeriver *self, const Stale *stale, const SobanDerived *derived, GError **error)
{
  for (guint i = 0; i < derived->facts->len; i++) {
    const SobanFact *fact = g_ptr_array_index (derived->facts, i);
    const SobanIndicator *indicator = soban_indicator_set_find (self->reference->indicators, fact->indicator);

    if (!soban_database_run (self->database, error,
                             "INSERT INTO fact (record, indicator, unit, date, value) VALUES (?1, ?2, ?3, ?4, ?5)", "itttd", stale->row,
                             fact->indicator, choose_unit (stale, indicator->unit_field, fact->unit), fact->date, fact->value))
      return FALSE;
  }
  return TRUE;
}

static gboolean
put_derived (SobanDeriver *self, const Stale *stale, const SobanDerived *derived, GError **error)
{
  const SobanFormEntry *entry = find_entry (self, stale->form);
  const char *unit = choose_unit (stale, entry != NULL ? entry->unit_field : "", derived->unit);

  if (!soban_database_run (self->database, error, "DELETE FROM fact WHERE record = ?1", "i", stale->row)
      || !(stale->deleted ? soban_record_search_remove (self->database, stale->row, error)
                          : soban_record_search_put (self->database, stale->row, derived->search_text, error)))
    return FALSE;
  if (!stale->deleted && !put_facts (self, stale, derived, error))
    return FALSE;
  return soban_database_run (self->database, error,
                             "UPDATE record SET stale = 0, title = ?2, date = ?3, unit = ?4, needs_look = ?5 WHERE row = ?1", "ittti", stale->row,
                             derived->title, derived->date, unit, (gint64) derived->needs_look);
}

/* Whoever holds a record in PostgreSQL is writing it, which makes it stale in any case. */
#define MARK_OTHERS(lock) \
  "UPDATE record SET stale = 1 WHERE row IN (SELECT row FROM record WHERE scope = ?1 AND needs_look = 1 AND stale = 0 AND row <> ?2" lock ")"

/* A village that arrives after the records that name it mends them. */
static gboolean
mend_others (SobanDeriver *self, const Stale *stale, const SobanDerived *derived, GError **error)
{
  const SobanFormEntry *entry = find_entry (self, stale->form);

  if (entry == NULL || entry->kind != SOBAN_FORM_REGISTRY)
    return TRUE;
  soban_record_host_forget_registries (self->host);
  if (strcmp (stale->title, derived->title) == 0)
    return TRUE;
  return soban_database_run (self->database, error,
                             soban_database_get_kind (self->database) == SOBAN_DATABASE_SQLITE ? MARK_OTHERS ("") : MARK_OTHERS (" FOR UPDATE SKIP LOCKED"),
                             "ti", stale->scope, stale->row);
}

static gboolean
derive_one (SobanDeriver *self, const Stale *stale, GError **error)
{
  g_autoptr (SobanFieldMap) fields = NULL;
  g_autoptr (SobanDerived) derived = NULL;

  /* It must not keep the others from being derived. */
  if (stale->state == NULL) {
    g_array_append_val (self->unreadable, stale->id);
    return soban_database_run (self->database, error, "UPDATE record SET stale = 2, needs_look = 1 WHERE row = ?1", "i", stale->row);
  }
  fields = soban_record_state_get_fields (stale->state);
  derived = derive (self, stale, fields);
  return put_derived (self, stale, derived, error) && mend_others (self, stale, derived, error);
}

static gboolean
read_stale (SobanRows *query, GPtrArray *list, GError **error)
{
  int stepped;

  while ((stepped = soban_rows_step (query, error)) == 1) {
    Stale *stale = g_new0 (Stale, 1);

    g_ptr_array_add (list, stale);
    stale->row = soban_rows_get_int (query, 0);
    stale->scope = g_strdup (soban_rows_get_text (query, 1));
    stale->form = g_strdup (soban_rows_get_text (query, 2));
    stale->form_version = g_strdup (soban_rows_get_text (query, 3));
    stale->title = g_strdup (soban_rows_get_text (query, 4));
    stale->deleted = soban_rows_get_int (query, 5) != 0;
    stale->state = soban_record_state_decode (soban_rows_get_blob (query, 6), soban_rows_get_length (query, 6), NULL);
    stale->id = soban_rows_get_uuid (query, 7);
  }
  return stepped == 0;
}

#define SELECT_STALE(which) \
  "SELECT row, scope, form, form_version, title, deleted, state, id FROM record WHERE stale = 1" which " ORDER BY row LIMIT ?1"
/* What somebody else writes just now or derives himself is left to him: nobody waits. */
#define NOT_LOCKED " FOR UPDATE SKIP LOCKED"

/* @form (nullable): of this form only. */
static gboolean
list_stale_of (SobanDeriver *self, const char *form, GPtrArray *list, GError **error)
{
  gboolean sqlite = soban_database_get_kind (self->database) == SOBAN_DATABASE_SQLITE;
  g_autoptr (SobanRows) query = form != NULL
    ? soban_database_query (self->database, error, sqlite ? SELECT_STALE (" AND form = ?2") : SELECT_STALE (" AND form = ?2") NOT_LOCKED,
                            "it", (gint64) BATCH_RECORDS, form)
    : soban_database_query (self->database, error, sqlite ? SELECT_STALE ("") : SELECT_STALE ("") NOT_LOCKED, "i", (gint64) BATCH_RECORDS);

  return query != NULL && read_stale (query, list, error);
}

static GPtrArray *
list_stale (SobanDeriver *self, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (free_stale);

  for (guint i = 0; i < self->registries->len && list->len == 0; i++) {
    if (!list_stale_of (self, g_ptr_array_index (self->registries, i), list, error))
      return NULL;
  }
  if (list->len == 0 && !list_stale_of (self, NULL, list, error))
    return NULL;
  return g_steal_pointer (&list);
}

static gboolean
derive_batch (SobanDeriver *self, guint *ret_done, GError **error)
{
  gint64 end_us = g_get_monotonic_time () + BATCH_US_MAX;
  g_autoptr (GPtrArray) list = list_stale (self, error);

  *ret_done = 0;
  if (list == NULL)
    return FALSE;
  do {
    if (*ret_done == list->len)
      return TRUE;
    if (!derive_one (self, g_ptr_array_index (list, (*ret_done)++), error))
      return FALSE;
  } while (g_get_monotonic_time () < end_us);
  return TRUE;
}

/* After the batch, each in a transaction of its own: repairing takes the counter of the scope, as admission does first of all. */
static gboolean
repair_unreadable (SobanDeriver *self, GError **error)
{
  while (self->unreadable->len > 0) {
    SobanUuid id = g_array_index (self->unreadable, SobanUuid, self->unreadable->len - 1);

    g_array_set_size (self->unreadable, self->unreadable->len - 1);
    if (!soban_record_repair (self->store, &id, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
soban_deriver_run (SobanCollectorStore *store, gpointer data, gboolean *ret_left, GError **error)
{
  SobanDeriver *self = data;
  gint64 stale;
  guint done;

  *ret_left = FALSE;
  if (!soban_database_get_integer (self->database, error, 0, &stale, "SELECT 1 FROM record WHERE stale = 1 LIMIT 1", ""))
    return FALSE;
  if (stale == 0)
    return TRUE;
  if (!soban_collector_store_begin (store, error))
    return FALSE;
  if (!derive_batch (self, &done, error)) {
    soban_collector_store_roll_back (store);
    return FALSE;
  }
  *ret_left = done > 0;
  return soban_collector_store_commit (store, error) && repair_unreadable (self, error);
}

/* What other collectors derive at this moment is passed over by soban_deriver_run(): waits until they have done it. */
static gboolean
await_others (SobanDeriver *self, gboolean *ret_left, GError **error)
{
  gint64 row = 0;
  gboolean done;

  *ret_left = FALSE;
  if (soban_database_get_kind (self->database) == SOBAN_DATABASE_SQLITE)
    return TRUE;
  if (!soban_collector_store_begin (self->store, error))
    return FALSE;
  done = soban_database_get_integer (self->database, error, 0, &row, "SELECT row FROM record WHERE stale = 1 ORDER BY row LIMIT 1 FOR UPDATE", "");
  soban_collector_store_roll_back (self->store);
  *ret_left = row != 0;
  return done;
}

gboolean
soban_deriver_run_all (SobanDeriver *self, GError **error)
{
  gboolean left = TRUE;

  while (left) {
    if (!soban_deriver_run (self->store, self, &left, error) || (!left && !await_others (self, &left, error)))
      return FALSE;
  }
  return TRUE;
}
