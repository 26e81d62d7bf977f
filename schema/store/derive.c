/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Derivation: summary, search text and facts of a record, by form/indicator.h
 *
 * Invariants:
 *  (1) What is derived is a function of the record's merged fields, its form and the reference data: it can be thrown
 *      away.
 *  (2) A local save derives in its own transaction; a pull only marks the record stale (the merge must stay fast), and
 *      soban_store_derive_stale() works the marks off (stale-queue.c).
 *      What was left over when the program ended is worked off by the store thread after opening, when nobody waits.
 *  (3) A deleted record gives no facts.
 *  (4) A record that cannot be derived is logged, stays stale and is left alone until it is changed or the file is opened again: no sync
 *      fails for it.
 *      Whether there is a conflict is a function of its log and its form (conflict.c).
 *  (5) A record whose form is not at hand is listed by its plain fields; it is derived again when the inputs change.
 */
#include "config.h"

#include "store/store-private.h"
#include "store/summary-key.h"

#include "base/error.h"
#include "base/text.h"

#include <glib/gi18n-lib.h>

char *
soban_derive_inputs (const char *data_dir)
{
  static const char *const files[] = { "catalogue.tsv", "indicators.tsv" };
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *file = g_build_filename (data_dir, "forms", files[i], NULL);
    g_autofree char *contents = NULL;
    gsize length;

    /* The form library and the indicators report a file that is not there. */
    if (g_file_get_contents (file, &contents, &length, NULL))
      g_checksum_update (checksum, (const guchar *) contents, length);
  }
  return g_strdup (g_checksum_get_string (checksum));
}

/* Invariant 5 */
static SobanDerived *
derive_plain (const SobanFieldMap *fields)
{
  SobanDerived *derived = g_new0 (SobanDerived, 1);
  g_autoptr (GString) text = g_string_new (NULL);
  const char *name = soban_field_map_get (fields, "meta/instanceName");

  for (guint i = 0; i < soban_field_map_size (fields); i++) {
    const char *path, *value;

    soban_field_map_nth (fields, i, &path, &value);
    if (*path == '.')
      continue;
    g_string_append_printf (text, "%s ", value);
    if (!name)
      name = value;
  }
  derived->title = g_strdup (name ? name : "");
  derived->date = g_strdup ("");
  derived->unit = g_strdup ("");
  derived->search_text = soban_text_fold (text->str);
  derived->problems = g_ptr_array_new ();
  derived->facts = g_ptr_array_new ();
  return derived;
}

static SobanDerived *
derive_fields (SobanStore *store, const SobanStoredRecord *record, const SobanFieldMap *fields)
{
  const SobanFormEntry *entry = soban_form_library_find (store->forms, record->form);
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanForm) form = soban_form_library_get (store->forms, record->form, record->form_version, &error);

  if (!form) {
    g_debug ("Deriving without the form %s %s: %s", record->form, record->form_version, error->message);
    return derive_plain (fields);
  }
  if (!store->db_thread.form_host)
    store->db_thread.form_host = soban_store_get_form_host (store);
  return soban_derive (form, entry, store->indicators, store->db_thread.form_host, fields);
}

/* The day it happened, else the day the record was made: what lists are sorted by. */
static char *
choose_sort (const SobanStoredRecord *record, const SobanDerived *derived)
{
  g_autoptr (GDateTime) made = NULL;

  if (*derived->date)
    return g_strdup (derived->date);
  made = g_date_time_new_from_unix_utc (soban_uuid_get_ms (&record->id) / 1000);
  return made ? g_date_time_format (made, "%Y-%m-%d") : g_strdup ("");
}

/* The village as the forms say it (domain.md 3): from the list, or written where the list lacks it. */
static const char *
choose_village (const SobanFieldMap *fields)
{
  const char *village = soban_field_map_get (fields, "village_id");

  if (g_strcmp0 (village, "other") == 0)
    village = soban_field_map_get (fields, "village_new");
  return village ? village : "";
}

static const char *
choose_team (const SobanFieldMap *fields)
{
  const char *team = soban_field_map_get (fields, "team_id");

  return team ? team : "";
}

static gboolean
write_summary (SobanStore *store, const SobanStoredRecord *record, const SobanFieldMap *fields,
               const SobanDerived *derived, gint64 *ret_key, GError **error)
{
  const SobanFormEntry *entry = soban_form_library_find (store->forms, record->form);
  g_autofree char *sort = choose_sort (record, derived);
  g_autofree char *name = soban_text_fold (derived->title);
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "INSERT INTO summary (key, record, form, registry, deleted, needs_look, conflict, title, name, date, unit, village, team) "
      "VALUES (:key, :record, :form, :registry, :deleted, :needs_look, :conflict, :title, :name, :date, :unit, :village, :team) "
      "ON CONFLICT (key) DO UPDATE SET form = excluded.form, registry = excluded.registry, deleted = "
      "excluded.deleted, "
      "needs_look = excluded.needs_look, conflict = excluded.conflict, title = excluded.title, name = excluded.name, date = excluded.date, "
      "unit = excluded.unit, village = excluded.village, team = excluded.team",
      error);
  gboolean conflict;

  if (!statement || !soban_conflict_exists (store, record, &conflict, error)
      || !soban_summary_key_choose (store, &record->id, sort, ret_key, error))
    return FALSE;
  soban_bind_int (statement, ":key", *ret_key);
  soban_bind_int (statement, ":conflict", conflict);
  soban_bind_uuid (statement, ":record", &record->id);
  soban_bind_text (statement, ":form", record->form);
  soban_bind_int (statement, ":registry", entry && entry->kind == SOBAN_FORM_REGISTRY);
  soban_bind_int (statement, ":deleted", soban_record_state_is_deleted (record->state));
  soban_bind_int (statement, ":needs_look", derived->needs_look);
  soban_bind_text (statement, ":title", derived->title);
  soban_bind_text (statement, ":name", name);
  soban_bind_text (statement, ":date", derived->date);
  soban_bind_text (statement, ":unit", derived->unit);
  soban_bind_text (statement, ":village", choose_village (fields));
  soban_bind_text (statement, ":team", choose_team (fields));
  return soban_run (statement, error);
}

static gboolean
write_search (SobanStore *store, gint64 key, const char *text, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "INSERT OR REPLACE INTO search (rowid, text) VALUES (:key, :text)", error);

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":key", key);
  soban_bind_text (statement, ":text", text);
  return soban_run (statement, error);
}

static gboolean
write_facts (SobanStore *store, const SobanStoredRecord *record, gint64 key, const GPtrArray *facts, GError **error)
{
  g_autoptr (sqlite3_stmt) removal =
      soban_database_prepare (store->db_thread.database, "DELETE FROM fact WHERE summary = :key", error);
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "INSERT INTO fact (summary, place, indicator, date, unit, value) "
                              "VALUES (:key, :place, :indicator, :date, :unit, :value)",
                              error);

  if (!removal || !statement)
    return FALSE;
  soban_bind_int (removal, ":key", key);
  if (!soban_run (removal, error))
    return FALSE;
  for (guint i = 0; i < facts->len && !soban_record_state_is_deleted (record->state); i++) {
    const SobanFact *fact = g_ptr_array_index (facts, i);

    soban_bind_int (statement, ":key", key);
    soban_bind_int (statement, ":place", i);
    soban_bind_text (statement, ":indicator", fact->indicator);
    soban_bind_text (statement, ":date", fact->date);
    soban_bind_text (statement, ":unit", *fact->unit ? fact->unit : record->scope);
    soban_bind_double (statement, ":value", fact->value);
    if (!soban_run (statement, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
clear_stale (SobanStore *store, SobanStoredRecord *record, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  if (!record->stale)
    return TRUE;
  statement = soban_database_prepare (store->db_thread.database, "UPDATE record SET stale = 0 WHERE id = :id", error);
  if (!statement)
    return FALSE;
  soban_bind_uuid (statement, ":id", &record->id);
  record->stale = FALSE;
  return soban_run (statement, error);
}

gboolean
soban_derive_record (SobanStore *store, SobanStoredRecord *record, GError **error)
{
  g_autoptr (SobanFieldMap) fields = soban_record_get_shown_fields (record->state);
  g_autoptr (SobanDerived) derived = derive_fields (store, record, fields);
  const SobanFormEntry *entry = soban_form_library_find (store->forms, record->form);
  gint64 key;

  soban_store_assert_thread (store);
  if (!write_summary (store, record, fields, derived, &key, error) || !write_search (store, key, derived->search_text, error)
      || !write_facts (store, record, key, derived->facts, error) || !clear_stale (store, record, error))
    return FALSE;
  store->db_thread.shown_changed = TRUE;
  g_hash_table_remove (store->db_thread.underivable, &record->id);
  if (entry && entry->kind == SOBAN_FORM_REGISTRY)
    store->db_thread.registry_changed = TRUE;
  return TRUE;
}

gboolean
soban_derived_remove (SobanStore *store, const SobanUuid *record, GError **error)
{
  static const char *const removals[] = {
    "DELETE FROM search WHERE rowid = (SELECT key FROM summary WHERE record = :record)",
    "DELETE FROM fact WHERE summary = (SELECT key FROM summary WHERE record = :record)",
    "DELETE FROM summary WHERE record = :record",
  };

  for (guint i = 0; i < G_N_ELEMENTS (removals); i++) {
    g_autoptr (sqlite3_stmt) statement = soban_database_prepare (store->db_thread.database, removals[i], error);

    if (!statement)
      return FALSE;
    soban_bind_uuid (statement, ":record", record);
    if (!soban_run (statement, error))
      return FALSE;
  }
  return TRUE;
}

/* That is the disk's trouble, and will be the next record's, too. */
static gboolean
is_of_disk (const GError *error)
{
  return g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_FULL)
         || g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_IO);
}

static gboolean
derive_if_stale (SobanStore *store, const SobanUuid *id, GError **error)
{
  g_auto (SobanStoredRecord) record = { 0 };

  if (!soban_stored_record_load (store, id, store->db_thread.state, &record, error))
    return FALSE;
  return !record.exists || !record.stale || soban_derive_record (store, &record, error);
}

/* Invariant 4. What a failed derivation has written by half is taken back. */
static gboolean
derive_or_skip (SobanStore *store, const SobanUuid *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *name = NULL;

  if (!soban_database_execute (store->db_thread.database, "SAVEPOINT derivation", error))
    return FALSE;
  if (derive_if_stale (store, id, &local))
    return soban_database_execute (store->db_thread.database, "RELEASE derivation", error);
  if (is_of_disk (local)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  name = soban_uuid_to_string (id);
  g_message (_("Record %s is left out of the lists: %s"), name, local->message);
  g_hash_table_add (store->db_thread.underivable, g_memdup2 (id, sizeof *id));
  return soban_database_execute (store->db_thread.database, "ROLLBACK TO derivation; RELEASE derivation", error);
}

typedef struct {
  guint max;
  guint left;
} DeriveJob;

static gboolean
derive_stale (SobanStore *store, gpointer data, GError **error)
{
  DeriveJob *job = data;
  g_autoptr (GArray) ids = soban_stale_take (store, job->max, error);

  for (guint i = 0; ids && i < ids->len; i++)
    if (!derive_or_skip (store, &g_array_index (ids, SobanUuid, i), error))
      return FALSE;
  return ids && soban_stale_settle (store, &job->left, error);
}

gboolean
soban_store_derive_stale (SobanStore *store, guint max, guint *ret_left, GError **error)
{
  DeriveJob job = { .max = max };

  g_return_val_if_fail (max > 0, FALSE);
  if (!soban_store_write (store, derive_stale, &job, error)) {
    g_prefix_error (error, _("Bringing the lists up to date: "));
    return FALSE;
  }
  if (ret_left)
    *ret_left = job.left;
  return TRUE;
}
