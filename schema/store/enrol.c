/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Enrolment
 * =========
 *
 * Invariants:
 *  (1) No work is lost by enrolling: every change that the collector does not have waits to be sent afterwards.
 *  (2) First enrolment: changes made as device 0 become changes of the new number, same incarnation, same numbers.
 *  (3) The same device at the same collector (a new token, other scopes): nothing is re-labelled.
 *  (4) Another device number, or another collector (its key differs): a new incarnation. At the same collector what
 *      has no receipt is re-issued; another one has nothing of ours, so all own changes are, and the cursors begin at
 *      0.
 *  (5) A commune that is no longer among the scopes keeps its cursor: what waits there is still sent, and what is still
 * edited there says what it has seen. (6) A record of which nothing was ever sent gets its scope chosen anew among the
 * scopes of the enrolment.
 */
#include "config.h"

#include "store/store-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
  SobanStore *store;
  const SobanEnrolment *enrolment;
  gboolean other_collector;
  GArray *own;        /* (element-type SobanOwnChange): to be re-labelled, ascending by number */
  GHashTable *scopes; /* SobanUuid -> scope of the records of these changes */
} Enrolling;

static gboolean
list_own (Enrolling *enrolling, guint64 after, GError **error)
{
  const SobanIdentity *identity = &enrolling->store->db_thread.identity;
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (enrolling->store->db_thread.database,
                              "SELECT number, record, incarnation, device FROM change "
                              "WHERE (device = :device OR device = 0) AND (:all OR (incarnation = :incarnation AND "
                              "number > :after)) ORDER BY stamp, number",
                              error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":device", identity->device);
  soban_bind_int (statement, ":incarnation", (gint64)identity->incarnation);
  soban_bind_int (statement, ":after", (gint64)after);
  soban_bind_int (statement, ":all", enrolling->other_collector);
  while (soban_step (statement, &row, error)) {
    SobanOwnChange own = { 0 };

    if (!row)
      return TRUE;
    own.before = (SobanChangeId){ soban_column_int (statement, 3), (guint64)soban_column_int (statement, 2),
                                  (guint64)soban_column_int (statement, 0) };
    if (soban_column_uuid (statement, 1, &own.record))
      g_array_append_val (enrolling->own, own);
  }
  return FALSE;
}

/* The scope of @record from now on: chosen anew when its whole log is about to be sent for the first time. */
static gboolean
choose_scope (Enrolling *enrolling, const SobanUuid *record, GError **error)
{
  SobanStore *store = enrolling->store;
  g_auto (SobanStoredRecord) stored = { 0 };
  g_autoptr (GPtrArray) log = NULL;
  g_autoptr (SobanFieldMap) fields = NULL;
  guint relabelled = 0;
  char *scope;

  if (g_hash_table_contains (enrolling->scopes, record))
    return TRUE;
  if (!soban_stored_record_load (store, record, store->db_thread.state, &stored, error))
    return FALSE;
  fields = soban_record_state_get_fields (store->db_thread.state);
  log = soban_log_list (store, record, error);
  if (!log)
    return FALSE;
  for (guint i = 0; i < enrolling->own->len; i++)
    relabelled += soban_uuid_equal (&g_array_index (enrolling->own, SobanOwnChange, i).record, record);
  scope = relabelled == log->len ? soban_scope_choose (store, stored.form, fields, error) : g_strdup (stored.scope);
  if (!scope)
    return FALSE;
  g_hash_table_insert (enrolling->scopes, g_memdup2 (record, sizeof *record), scope);
  return TRUE;
}

static gboolean
write_scopes (Enrolling *enrolling, GError **error)
{
  SobanStore *store = enrolling->store;
  g_auto (GStrv) scopes =
      g_strsplit_set (enrolling->enrolment->scopes ? enrolling->enrolment->scopes : "", " \t\n", -1);
  g_autoptr (sqlite3_stmt) insertion = soban_database_prepare (
      store->db_thread.database,
      "INSERT INTO scope (scope, cursor) VALUES (:scope, 0) ON CONFLICT (scope) DO UPDATE SET former = 0", error);
  g_autoptr (sqlite3_stmt) removal =
      soban_database_prepare (store->db_thread.database, "DELETE FROM scope WHERE :other", error);
  g_autoptr (sqlite3_stmt) parting = soban_database_prepare (
      store->db_thread.database,
      "UPDATE scope SET former = 1 WHERE instr (' ' || :scopes || ' ', ' ' || scope || ' ') = 0", error);
  g_autofree char *joined = g_strjoinv (" ", scopes);

  if (!insertion || !removal || !parting)
    return FALSE;
  soban_bind_int (removal, ":other", enrolling->other_collector);
  soban_bind_text (parting, ":scopes", joined);
  if (!soban_run (removal, error) || !soban_run (parting, error))
    return FALSE;
  for (guint i = 0; scopes[i]; i++) {
    if (!*scopes[i])
      continue;
    soban_bind_text (insertion, ":scope", scopes[i]);
    if (!soban_run (insertion, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_settings (SobanStore *store, const SobanEnrolment *enrolment, GError **error)
{
  g_autofree char *device = g_strdup_printf ("%u", enrolment->device);
  g_autofree char *kept_days = enrolment->kept_days > 0 ? g_strdup_printf ("%u", enrolment->kept_days) : NULL;
  const struct {
    const char *key;
    const char *value;
  } settings[] = {
    { SOBAN_SETTING_DEVICE, device },
    { SOBAN_SETTING_DEVICE_NAME, enrolment->device_name },
    { SOBAN_SETTING_COLLECTOR_URL, enrolment->url },
    { SOBAN_SETTING_COLLECTOR_KEY, enrolment->key },
    { SOBAN_SETTING_TOKEN, enrolment->token },
    { SOBAN_SETTING_ROLE, enrolment->role },
    { SOBAN_SETTING_SCOPES, enrolment->scopes },
    { SOBAN_SETTING_HOME_SCOPE, enrolment->home_scope },
    { SOBAN_SETTING_RETENTION_DAYS, kept_days },
    { SOBAN_SETTING_LAST_SYNC_ERROR, "" }, /* it spoke of the enrolment before */
  };

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    if (!soban_settings_set (store, settings[i].key, settings[i].value, error))
      return FALSE;
  return TRUE;
}

static gboolean
change_identity (Enrolling *enrolling, GError **error)
{
  SobanStore *store = enrolling->store;
  SobanIdentity *identity = &store->db_thread.identity;
  const SobanIdentity before = *identity;
  gboolean first = identity->device == 0;

  if (!first && identity->device == enrolling->enrolment->device && !enrolling->other_collector)
    return TRUE;
  if (!list_own (enrolling, first || enrolling->other_collector ? 0 : identity->acked_number, error))
    return FALSE;
  for (guint i = 0; i < enrolling->own->len; i++)
    if (!choose_scope (enrolling, &g_array_index (enrolling->own, SobanOwnChange, i).record, error))
      return FALSE;
  identity->device = enrolling->enrolment->device;
  identity->collector_minor = 0;
  if (!first)
    soban_entropy_fill (store->entropy, (guint8 *)&identity->incarnation, sizeof identity->incarnation);
  if (enrolling->other_collector
      && (!soban_drafts_forget_seen (store, error) || !soban_attachments_forget_received (store, error)
          || !soban_database_execute (store->db_thread.database, "UPDATE relay SET tried = 0", error)))
    return FALSE;
  return soban_reissue (store, enrolling->own, &before, enrolling->scopes, enrolling->other_collector, error);
}

static gboolean
enrol (SobanStore *store, gpointer data, GError **error)
{
  const SobanEnrolment *enrolment = data;
  g_autoptr (GArray) own = g_array_new (FALSE, FALSE, sizeof (SobanOwnChange));
  g_autoptr (GHashTable) scopes = g_hash_table_new_full (soban_uuid_hash, soban_uuid_equal, g_free, g_free);
  Enrolling enrolling = { .store = store, .enrolment = enrolment, .own = own, .scopes = scopes };
  g_autofree char *key = NULL;

  if (!soban_settings_get (store, SOBAN_SETTING_COLLECTOR_KEY, &key, error))
    return FALSE;
  enrolling.other_collector = key && g_strcmp0 (key, enrolment->key) != 0;
  store->db_thread.shown_changed = TRUE;
  g_clear_pointer (&store->db_thread.form_host, soban_store_form_host_free);
  if (enrolment->takes_pin_away && !soban_pin_forget (store, error))
    return FALSE;
  return write_scopes (&enrolling, error) && write_settings (store, enrolment, error)
         && change_identity (&enrolling, error) && soban_identity_save (store, error);
}

gboolean
soban_store_enrol (SobanStore *store, const SobanEnrolment *enrolment, GError **error)
{
  g_autoptr (GError) derivation = NULL;
  guint left = 1;

  if (!soban_store_write (store, enrol, (gpointer)enrolment, error)) {
    g_prefix_error (error, _ ("Keeping the enrolment: "));
    return FALSE;
  }
  /* The enrolment stands, and its code is used up: lists that cannot follow now are no reason to say otherwise. */
  while (left > 0 && soban_store_derive_stale (store, 256, &left, &derivation))
    continue;
  if (derivation)
    g_message (_("After the enrolment: %s"), derivation->message);
  return TRUE;
}
