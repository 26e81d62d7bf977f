/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Admission: which changes enter the log, under which number, at which place in time.
 *
 *  A1  A change enters once: its (device, incarnation, number) is compared with the log. The same again is skipped.
 *  A2  The same number with another content is a FORK: the log keeps the first, the other is kept aside, nothing after it is taken.
 *  A3  A number that is not the next one is a GAP: nothing from it on is taken.
 *  A4  Numbers of a scope are contiguous; counters are locked in ascending order of scopes.
 *  A5  The effective stamp is the smaller of the provisional one and now ...
 *  A6  ... not before the programme's first day ...
 *  A7  ... after the same sender's previous change (program order) ...
 *  A8  ... and after the winner of each field that it assigns, when its author had seen that winner: whoever has seen a
 *      value and overwrites it wins, whatever the clocks say.
 *  A9  Every stamp that differs from the provisional one is told, also when the change was admitted by an earlier request
 *      whose answer was lost.
 *  A10 A change of a scope that the device is not enrolled to, or of a record that lives in another scope, is refused; what
 *      came before it stands, nothing from it on is taken.
 *  A11 What breaks a bound is refused before anything is taken. What a record says never refuses it.
 */
#include "config.h"

#include "admission.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/limits.h"

typedef struct {
  const SobanAdmissionStore *store;
  const SobanAdmissionRequest *request;
  SobanAdmissionResult *result;
  SobanSenderMark sender;
  GHashTable *scopes; /* uid -> guint64 *: last number */
} Admission;

void
soban_admission_result_init (SobanAdmissionResult *result)
{
  *result = (SobanAdmissionResult) { .adjustments = g_array_new (FALSE, FALSE, sizeof (SobanStampAdjustment)) };
}

void
soban_admission_result_clear (SobanAdmissionResult *result)
{
  g_clear_pointer (&result->adjustments, g_array_unref);
  g_clear_error (&result->refusal);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
is_enrolled_to (const SobanAdmissionRequest *request, const char *scope)
{
  for (guint i = 0; i < request->scopes->len; i++) {
    if (strcmp (g_ptr_array_index (request->scopes, i), scope) == 0)
      return TRUE;
  }
  return FALSE;
}

/* A11, and that the request speaks for its own sender alone. */
static gboolean
check_request (const SobanAdmissionRequest *request, GError **ret_refusal)
{
  if (request->changes->len > SOBAN_REQUEST_CHANGES_MAX) {
    g_set_error (ret_refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TOO_LARGE, "%u changes in one request, at most %d are taken",
                 request->changes->len, SOBAN_REQUEST_CHANGES_MAX);
    return FALSE;
  }
  for (guint i = 0; i < request->changes->len; i++) {
    const SobanChange *change = ((SobanNumberedChange *) g_ptr_array_index (request->changes, i))->change;
    g_autoptr (GError) problem = NULL;

    if (change->id.device != request->device || change->id.incarnation != request->incarnation || change->id.number == 0) {
      g_set_error (ret_refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL,
                   "change %" G_GUINT64_FORMAT " is of another sender than the request", change->id.number);
      return FALSE;
    }
    if (!soban_change_check (change, &problem)) {
      gboolean too_large = g_error_matches (problem, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_LIMIT);

      g_set_error (ret_refusal, SOBAN_SYNC_ERROR, too_large ? SOBAN_SYNC_ERROR_TOO_LARGE : SOBAN_SYNC_ERROR_PROTOCOL,
                   "change %" G_GUINT64_FORMAT ": %s", change->id.number, problem->message);
      return FALSE;
    }
  }
  return TRUE;
}

/* A4 */
static gboolean
lock_scopes (Admission *self, GError **error)
{
  g_autoptr (GPtrArray) scopes = g_ptr_array_new ();
  const char *previous = NULL;

  for (guint i = 0; i < self->request->changes->len; i++) {
    const SobanChange *change = ((SobanNumberedChange *) g_ptr_array_index (self->request->changes, i))->change;

    if (is_enrolled_to (self->request, change->scope))
      g_ptr_array_add (scopes, change->scope);
  }
  g_ptr_array_sort (scopes, compare_texts);
  for (guint i = 0; i < scopes->len; i++) {
    const char *scope = g_ptr_array_index (scopes, i);
    guint64 *last_number;

    if (g_strcmp0 (scope, previous) == 0)
      continue;
    last_number = g_new0 (guint64, 1);
    g_hash_table_insert (self->scopes, (gpointer) scope, last_number);
    if (!self->store->lock_scope (self->store->data, scope, last_number, error))
      return FALSE;
    previous = scope;
  }
  return TRUE;
}

static gboolean
put_scopes (Admission *self, GError **error)
{
  GHashTableIter iter;
  gpointer scope, last_number;

  g_hash_table_iter_init (&iter, self->scopes);
  while (g_hash_table_iter_next (&iter, &scope, &last_number)) {
    if (!self->store->put_scope (self->store->data, scope, *(guint64 *) last_number, error))
      return FALSE;
  }
  return TRUE;
}

/* TRUE in *ret_seen when the author of @change had seen the write @winner: it is the author's own, or was pulled. */
static gboolean
has_seen (Admission *self, const SobanChange *change, const SobanWriteKey *winner, gboolean *ret_seen, GError **error)
{
  SobanLogEntry entry;
  gboolean found;

  *ret_seen = winner->id.device == change->id.device && winner->id.incarnation == change->id.incarnation;
  if (*ret_seen)
    return TRUE;
  if (!self->store->find_change (self->store->data, &winner->id, &found, &entry, error))
    return FALSE;
  *ret_seen = found && entry.scope_number <= change->seen;
  return TRUE;
}

/* A5 to A8 */
static gboolean
find_effective_stamp (Admission *self, const SobanChange *change, const SobanRecordState *state, SobanStamp *ret_stamp, GError **error)
{
  SobanStamp stamp = change->stamp;

  if (SOBAN_STAMP_MS (stamp) > self->request->now_ms)
    stamp = SOBAN_STAMP (self->request->now_ms, 0);
  stamp = MAX (stamp, SOBAN_STAMP (SOBAN_PROGRAMME_START_MS, 0));
  stamp = MAX (stamp, self->sender.last_stamp + 1);
  for (guint i = 0; i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);
    const SobanWriteKey *winner = soban_record_state_get_winner (state, assignment->path);
    gboolean seen;

    if (winner == NULL || winner->stamp < stamp)
      continue;
    if (!has_seen (self, change, winner, &seen, error))
      return FALSE;
    if (seen)
      stamp = winner->stamp + 1;
  }
  *ret_stamp = stamp;
  return TRUE;
}

static void
tell_stamp (Admission *self, guint64 number, SobanStamp provisional, SobanStamp effective)
{
  SobanStampAdjustment adjustment = { .number = number, .stamp = effective };

  if (provisional != effective)
    g_array_append_val (self->result->adjustments, adjustment);
}

/* A1, A2, A9. FALSE in *ret_continue after a fork. */
static gboolean
compare_known (Admission *self, const SobanChange *change, gboolean *ret_continue, GError **error)
{
  SobanLogEntry entry;
  guint8 hash[SOBAN_CHANGE_HASH_BYTES];
  gboolean found;

  if (!self->store->find_change (self->store->data, &change->id, &found, &entry, error))
    return FALSE;
  if (!found) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT, _ ("The log lacks a change that it has acknowledged."));
    return FALSE;
  }
  soban_change_hash (change, hash);
  *ret_continue = memcmp (hash, entry.hash, sizeof hash) == 0;
  if (*ret_continue) {
    tell_stamp (self, change->id.number, change->stamp, entry.stamp);
    return TRUE;
  }
  self->result->ack_state = SOBAN_ACK_FORK;
  return self->store->put_fork (self->store->data, change, hash, self->request->now_ms, error);
}

static void
refuse_scope (Admission *self, const SobanChange *change, const char *scope)
{
  g_set_error (&self->result->refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED,
               "change %" G_GUINT64_FORMAT " is of scope %s: device %u may not write there", change->id.number, scope,
               self->request->device);
}

static gboolean
admit_new (Admission *self, SobanChange *change, gboolean *ret_continue, GError **error)
{
  g_autoptr (SobanRecordState) state = NULL;
  g_autofree char *record_scope = NULL;
  SobanAdmittedChange admitted = { .change = change, .provisional = change->stamp, .admitted_ms = self->request->now_ms };
  gboolean created;
  guint64 *last_number;

  *ret_continue = FALSE;
  if (!is_enrolled_to (self->request, change->scope)) {
    refuse_scope (self, change, change->scope);
    return TRUE;
  }
  if (!self->store->get_record (self->store->data, &change->record, &record_scope, &state, error))
    return FALSE;
  if (record_scope != NULL && strcmp (record_scope, change->scope) != 0) {
    refuse_scope (self, change, record_scope);
    return TRUE;
  }
  created = state == NULL;
  if (created)
    state = soban_record_state_new ();
  soban_change_hash (change, admitted.hash);
  if (!find_effective_stamp (self, change, state, &change->stamp, error))
    return FALSE;

  soban_record_state_merge (state, change);
  last_number = g_hash_table_lookup (self->scopes, change->scope);
  admitted.scope_number = ++*last_number;
  if (!self->store->append (self->store->data, &admitted, state, created, error))
    return FALSE;
  tell_stamp (self, change->id.number, admitted.provisional, change->stamp);
  self->sender.high_number = change->id.number;
  self->sender.last_stamp = change->stamp;
  self->result->last_stamp = MAX (self->result->last_stamp, change->stamp);
  self->result->admitted++;
  *ret_continue = TRUE;
  return TRUE;
}

static gboolean
admit_all (Admission *self, GError **error)
{
  const GPtrArray *changes = self->request->changes;
  gboolean go_on = TRUE;

  for (guint i = 0; i < changes->len && go_on; i++) {
    SobanChange *change = ((SobanNumberedChange *) g_ptr_array_index (changes, i))->change;

    if (change->id.number > self->sender.high_number + 1) {
      self->result->ack_state = SOBAN_ACK_GAP;
      return TRUE;
    }
    if (change->id.number <= self->sender.high_number) {
      if (!compare_known (self, change, &go_on, error))
        return FALSE;
    } else {
      g_autoptr (SobanChange) copy = soban_change_copy (change);

      if (!admit_new (self, copy, &go_on, error))
        return FALSE;
    }
  }
  return TRUE;
}

gboolean
soban_admit (const SobanAdmissionStore *store, const SobanAdmissionRequest *request, SobanAdmissionResult *ret_result, GError **error)
{
  g_autoptr (GHashTable) scopes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  Admission self = { .store = store, .request = request, .result = ret_result, .scopes = scopes };

  if (!check_request (request, &ret_result->refusal))
    return TRUE;
  if (!store->get_sender (store->data, request->device, request->incarnation, &self.sender, error))
    return FALSE;
  if (!lock_scopes (&self, error) || !admit_all (&self, error))
    return FALSE;
  ret_result->acked_number = self.sender.high_number;
  if (ret_result->admitted == 0)
    return TRUE;
  return put_scopes (&self, error)
         && store->put_sender (store->data, request->device, request->incarnation, &self.sender, error);
}
