/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "erasure.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "admission.h"
#include "attachment-shelf.h"
#include "base/error.h"
#include "erasure-traces.h"
#include "key-ring.h"
#include "log/erasure-proof.h"
#include "protocol/erasure-signature.h"
#include "record-log.h"
#include "record-repair.h"
#include "record-search.h"

/* The collector's own sender. Each erasure has an incarnation of its own, so that a store that was set back gives no id twice. */
#define COLLECTOR_DEVICE 0

typedef struct {
  SobanCollectorStore *store;
  SobanDatabase *database;
  const SobanUuid *record;
  gboolean exists, noted; /* the record is there; it was erased here already */
  gint64 row;
  char *scope, *form, *form_version;
  SobanDigest digest;
} Erasure;

static void
clear_erasure (Erasure *self)
{
  g_free (self->scope);
  g_free (self->form);
  g_free (self->form_version);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Erasure, clear_erasure)

static gboolean
find_record (Erasure *self, GError **error)
{
  g_autoptr (SobanRows) rows = soban_database_query (self->database, error,
    "SELECT row, scope, form, form_version, digest, (SELECT count (*) FROM erasure WHERE erasure.record = record.id) FROM record WHERE id = ?1",
    "b", self->record->bytes, (gsize) SOBAN_UUID_BYTES);
  int stepped = rows != NULL ? soban_rows_step (rows, error) : -1;

  if (stepped <= 0)
    return stepped == 0;
  self->exists = TRUE;
  self->noted = soban_rows_get_int (rows, 5) > 0;
  self->row = soban_rows_get_int (rows, 0);
  self->scope = g_strdup (soban_rows_get_text (rows, 1));
  self->form = g_strdup (soban_rows_get_text (rows, 2));
  self->form_version = g_strdup (soban_rows_get_text (rows, 3));
  if (soban_rows_get_length (rows, 4) == SOBAN_DIGEST_BYTES)
    self->digest = soban_digest_from_bytes (soban_rows_get_blob (rows, 4));
  return TRUE;
}

static gboolean
blank_log (Erasure *self, GError **error)
{
  g_autoptr (GPtrArray) log = soban_record_log_read (self->database, self->record, NULL, error);

  if (log == NULL)
    return FALSE;
  for (guint i = 0; i < log->len; i++) {
    const SobanNumberedChange *item = g_ptr_array_index (log, i);
    g_autoptr (GByteArray) body = g_byte_array_new ();

    soban_erasure_blank (item->change);
    soban_change_encode (item->change, body);
    if (!soban_database_run (self->database, error, "UPDATE change SET body = ?3 WHERE scope = ?1 AND number = ?2", "tib", item->change->scope,
                             (gint64) item->scope_number, body->data, (gsize) body->len))
      return FALSE;
  }
  return TRUE;
}

/* Forks are few, and have no index by record. (element-type SobanChange) */
static GPtrArray *
read_forks (Erasure *self, GPtrArray *hashes, GError **error)
{
  g_autoptr (GPtrArray) forks = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);
  g_autoptr (SobanRows) rows = soban_database_query (self->database, error, "SELECT hash, body FROM fork", "");
  int stepped;

  if (rows == NULL)
    return NULL;
  while ((stepped = soban_rows_step (rows, error)) == 1) {
    g_autoptr (SobanChange) change = soban_change_decode (soban_rows_get_blob (rows, 1), soban_rows_get_length (rows, 1), error);

    if (change == NULL)
      return NULL;
    if (!soban_uuid_equal (&change->record, self->record))
      continue;
    g_ptr_array_add (hashes, g_bytes_new (soban_rows_get_blob (rows, 0), soban_rows_get_length (rows, 0)));
    g_ptr_array_add (forks, g_steal_pointer (&change));
  }
  return stepped == 0 ? g_steal_pointer (&forks) : NULL;
}

static gboolean
blank_forks (Erasure *self, GError **error)
{
  g_autoptr (GPtrArray) hashes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) forks = read_forks (self, hashes, error);

  if (forks == NULL)
    return FALSE;
  for (guint i = 0; i < forks->len; i++) {
    SobanChange *change = g_ptr_array_index (forks, i);
    g_autoptr (GByteArray) body = g_byte_array_new ();
    gsize length;
    const guint8 *hash = g_bytes_get_data (g_ptr_array_index (hashes, i), &length);

    soban_erasure_blank (change);
    soban_change_encode (change, body);
    if (!soban_database_run (self->database, error,
                             "UPDATE fork SET body = ?5 WHERE device = ?1 AND incarnation = ?2 AND change_number = ?3 AND hash = ?4", "iiibb",
                             (gint64) change->id.device, (gint64) change->id.incarnation, (gint64) change->id.number, hash, length, body->data,
                             (gsize) body->len))
      return FALSE;
  }
  return TRUE;
}

/* The state is what the log merges to, also now (S3, S4); what is derived is made again. */
static gboolean
blank_record (Erasure *self, GError **error)
{
  SobanScopeDigests *digests = soban_collector_store_get_digests (self->store);
  g_autoptr (SobanRecordState) state = soban_record_merge_log (self->database, self->record, error);
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  guint8 bytes[SOBAN_DIGEST_BYTES];
  SobanDigest digest;

  if (state == NULL)
    return FALSE;
  soban_record_state_encode (state, packed);
  digest = soban_digest_of_record (self->record, packed->data, packed->len);
  soban_digest_to_bytes (&digest, bytes);
  soban_scope_digests_add (digests, self->scope, self->form, self->record, &self->digest, -1);
  soban_scope_digests_add (digests, self->scope, self->form, self->record, &digest, 1);
  return soban_scope_digests_write (digests, self->database, self->scope, error)
         && soban_database_run (self->database, error,
              "UPDATE record SET state = ?2, digest = ?3, title = '', date = '', needs_look = 0, stale = 1 WHERE row = ?1", "ibb", self->row,
              packed->data, (gsize) packed->len, bytes, (gsize) SOBAN_DIGEST_BYTES)
         && soban_database_run (self->database, error, "DELETE FROM fact WHERE record = ?1", "i", self->row)
         && soban_record_search_remove (self->database, self->row, error)
         && soban_database_run (self->database, error, "UPDATE conflict SET settled_ms = ?2 WHERE record = ?1 AND settled_ms IS NULL", "bi",
                                self->record->bytes, (gsize) SOBAN_UUID_BYTES, soban_collector_store_now (self->store));
}

/* ---- the change that erases ---- */

static guint64
draw_incarnation (void)
{
  guint64 drawn = 0;

  while (drawn == 0)
    soban_entropy_fill (soban_entropy_system (), (guint8 *) &drawn, sizeof drawn);
  return drawn;
}

/* (transfer full) (nullable): the collector's own change, later than all that it erases. */
static SobanChange *
make_change (Erasure *self, GError **error)
{
  g_auto (SobanSigningKeys) own = { 0 };
  g_autofree char *proof = NULL;
  SobanChange *change;
  gint64 last_number;

  if (!soban_key_ring_get_own (self->store, &own, error)
      || !soban_database_get_integer (self->database, error, 0, &last_number, "SELECT last_number FROM scope WHERE uid = ?1", "t", self->scope))
    return NULL;
  proof = soban_erasure_sign (self->record, self->scope, &own);
  change = soban_change_new ();
  change->id = (SobanChangeId) { COLLECTOR_DEVICE, draw_incarnation (), 1 };
  change->record = *self->record;
  change->form = g_strdup (self->form);
  change->form_version = g_strdup (self->form_version);
  change->scope = g_strdup (self->scope);
  change->seen = (guint64) last_number;
  change->wall_ms = soban_collector_store_now (self->store);
  change->stamp = soban_collector_store_get_floor (self->store) + 1;
  soban_change_assign (change, SOBAN_FIELD_DELETED, "1");
  soban_change_assign (change, SOBAN_FIELD_ERASED, proof);
  return change;
}

/* Nothing but the two registers, and the proof of this very record: who has seen one erasure can make nothing else of it. */
static gboolean
check_proof (SobanCollectorStore *store, const SobanChange *change, gboolean *ret_proven, GError **error)
{
  g_auto (SobanSigningKeys) own = { 0 };
  const SobanAssignment *first;

  *ret_proven = FALSE;
  if (change->id.number != 1 || change->assignments->len != 2 || !soban_change_check (change, NULL))
    return TRUE;
  first = g_ptr_array_index (change->assignments, 0);
  if (strcmp (first->path, SOBAN_FIELD_DELETED) != 0 || g_strcmp0 (first->value, "1") != 0)
    return TRUE;
  if (!soban_key_ring_get_own (store, &own, error))
    return FALSE;
  *ret_proven = soban_erasure_is_signed (change, own.public_key);
  return TRUE;
}

/* @carrier: the tablet that has brought @change; 0: nobody. */
static gboolean
admit (Erasure *self, SobanChange *change, guint32 carrier, GError **error)
{
  SobanAdmissionStore admission = soban_collector_store_get_admission (self->store);
  g_autoptr (GPtrArray) scopes = g_ptr_array_new ();
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  g_auto (SobanAdmissionResult) result = { 0 };

  g_ptr_array_add (scopes, self->scope);
  g_ptr_array_add (batch, soban_numbered_change_new (soban_change_copy (change), 0));
  soban_admission_result_init (&result);
  /* What was read of the record before is not what it says now. */
  if (!soban_collector_store_expect (self->store, batch, error)
      || !soban_admit (&admission,
                       &(SobanAdmissionRequest){ .device = COLLECTOR_DEVICE, .incarnation = change->id.incarnation, .scopes = scopes,
                                                 .changes = batch, .now_ms = soban_collector_store_now (self->store),
                                                 .relayed = carrier != 0, .carrier = carrier },
                       &result, error))
    return FALSE;
  if (result.refusal != NULL) {
    g_propagate_error (error, g_steal_pointer (&result.refusal));
    return FALSE;
  }
  return TRUE;
}

/* ---- erasing ---- */

static gboolean
note_erasure (Erasure *self, const char *reason, GError **error)
{
  gint64 number;

  return soban_database_get_integer (self->database, error, 0, &number, "SELECT last_number FROM scope WHERE uid = ?1", "t", self->scope)
         && soban_database_run (self->database, error,
              "INSERT INTO erasure (record, scope, number, erased_ms, reason) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING", "btiit",
              self->record->bytes, (gsize) SOBAN_UUID_BYTES, self->scope, number, soban_collector_store_now (self->store), reason);
}

static gboolean
erase (Erasure *self, SobanChange *change, guint32 carrier, const char *reason, GError **error)
{
  return blank_forks (self, error)
         && (!self->exists || (blank_log (self, error) && blank_record (self, error)
                               && soban_attachment_shelf_release (self->store, self->record, error)))
         && admit (self, change, carrier, error) && note_erasure (self, reason, error) && soban_erasure_traces_note (self->store, error);
}

gboolean
soban_erase_record (SobanCollectorStore *store, const SobanUuid *record, const char *reason, GError **error)
{
  g_auto (Erasure) self = { .store = store, .database = soban_collector_store_get_database (store), .record = record };
  g_autoptr (SobanChange) change = NULL;

  if (!find_record (&self, error))
    return FALSE;
  if (!self.exists || self.noted) {
    g_set_error (error, SOBAN_STORE_ERROR, self.noted ? SOBAN_STORE_ERROR_CONSTRAINT : SOBAN_STORE_ERROR_NOT_FOUND, "%s",
                 self.noted ? _ ("This record is erased already.") : _ ("There is no such record."));
    return FALSE;
  }
  change = make_change (&self, error);
  return change != NULL && erase (&self, change, 0, reason, error);
}

gboolean
soban_erase_again (SobanCollectorStore *store, SobanChange *change, guint32 carrier, gboolean *ret_erased, GError **error)
{
  g_auto (Erasure) self = { .store = store, .database = soban_collector_store_get_database (store), .record = &change->record };
  SobanAdmissionStore admission = soban_collector_store_get_admission (store);
  g_autofree char *reason = g_strdup_printf ("told by tablet %u", carrier);
  SobanLogEntry entry;
  gboolean proven, known;

  *ret_erased = FALSE;
  if (!check_proof (store, change, &proven, error))
    return FALSE;
  if (!proven)
    return TRUE;
  if (!admission.find_change (admission.data, &change->id, &known, &entry, error) || (!known && !find_record (&self, error)))
    return FALSE;
  if (known || (self.exists && strcmp (self.scope, change->scope) != 0))
    return TRUE;
  if (!self.exists)
    self.scope = g_strdup (change->scope);
  *ret_erased = TRUE;
  return erase (&self, change, carrier, reason, error);
}
