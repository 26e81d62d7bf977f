/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Admission: which changes enter the log, under which number, at which place in time.
 *
 *  A1  A change enters once: its (device, incarnation, number) is compared with the log. The same again is skipped.
 *  A2  The same number with another content is a FORK, and so is a device that has given fewer numbers than the log has (but
 *      for a bundle, which may be older), or whose chain at the number acknowledged is another: the log keeps the first, the
 *      other is kept aside, nothing after it is taken, an incident is noted. Told is the last number up to which both are
 *      known to hold the same.
 *  A3  A number that is not the next one is a GAP: nothing from it on is taken.
 *  A4  Numbers of a scope are contiguous; counters are locked in ascending order of scopes.
 *  A5  The effective stamp is the smaller of now and the time at which the change was recorded, by the clock evidence of its tablet; without
 *      evidence the provisional one stands for that time, and where it is within a minute of it, it is left as it is ...
 *  A6  ... not before the programme's first day ...
 *  A7  ... after the same sender's previous change (program order) ...
 *  A8  ... (before a winner whose author had overwritten the change itself, where it comes later than that one) ...
 *      ... and after the winner of each field that it assigns, when its author had seen that winner: whoever has seen a
 *      value and overwrites it wins, whatever the clocks say.
 *  A9  Every stamp that differs from the provisional one is told, and every corrected time that is an estimate or more than a minute off
 *      the tablet's clock; also when the change was admitted by an earlier request whose answer was lost.
 *  A10 A change of a scope that the device was never enrolled to, or of a record that lives in another scope, is refused; what
 *      came before it stands, nothing from it on is taken. One of a scope that the device has left is taken, and an incident noted.
 *  A11 What breaks a bound is refused before anything is taken. What a record says never refuses it.
 *  A12 Two writes of different values to one field whose authors did not know of each other are a conflict: the greater key wins,
 *      the pair is listed. So are a delete and the newest write to the record of which one did not know the other.
 *  A13 Who has pulled both writes of a conflict and writes the field again settles it.
 *  A14 Relayed changes follow the rules of their author's own, but are never refused and never a FORK or GAP: what does not follow on what the
 *      log has of their author ends the batch. Nothing is told of them: their author asks for himself.
 *  A15 The chain of a sender goes on with each of its changes, as they were sent (sync/README.md 4.8).
 *  A16 An erased record stays a tombstone: values that come for it are dropped, their paths kept. The register of that is the
 *      collector's alone, which is device 0 and comes after all that it erases; that a change is the collector's is proved to erasure.c.
 */
#include "config.h"

#include "admission-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/limits.h"

void
soban_admission_result_init (SobanAdmissionResult *result)
{
  *result = (SobanAdmissionResult) {
    .adjustments = g_array_new (FALSE, FALSE, sizeof (SobanStampAdjustment)),
    .times = g_array_new (FALSE, FALSE, sizeof (SobanTimeAdjustment)),
  };
}

void
soban_admission_result_clear (SobanAdmissionResult *result)
{
  g_clear_pointer (&result->adjustments, g_array_unref);
  g_clear_pointer (&result->times, g_array_unref);
  g_clear_error (&result->refusal);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
contains (const GPtrArray *scopes, const char *scope)
{
  for (guint i = 0; scopes != NULL && i < scopes->len; i++) {
    if (strcmp (g_ptr_array_index (scopes, i), scope) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
may_write_to (const SobanAdmissionRequest *request, const char *scope)
{
  return contains (request->scopes, scope) || contains (request->former_scopes, scope);
}

static SobanChange *
get_change (const SobanAdmissionRequest *request, guint index)
{
  return ((SobanNumberedChange *) g_ptr_array_index (request->changes, index))->change;
}

/* A11, and that the request speaks for its own sender alone. */
static gboolean
check_change (const SobanAdmissionRequest *request, const SobanChange *change, GError **ret_refusal)
{
  g_autoptr (GError) problem = NULL;
  gboolean too_large;

  if (change->id.device != request->device || change->id.incarnation != request->incarnation || change->id.number == 0) {
    g_set_error (ret_refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL,
                 "change %" G_GUINT64_FORMAT " is of another sender than the request", change->id.number);
    return FALSE;
  }
  if (soban_change_check (change, &problem))
    return TRUE;
  too_large = g_error_matches (problem, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_LIMIT);
  g_set_error (ret_refusal, SOBAN_SYNC_ERROR, too_large ? SOBAN_SYNC_ERROR_TOO_LARGE : SOBAN_SYNC_ERROR_PROTOCOL,
               "change %" G_GUINT64_FORMAT ": %s", change->id.number, problem->message);
  return FALSE;
}

/* How many of the changes, from the first on, keep A11; the reason why not all. */
static guint
count_good (const SobanAdmissionRequest *request, GError **ret_refusal)
{
  if (request->changes->len > SOBAN_REQUEST_CHANGES_MAX) {
    g_set_error (ret_refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TOO_LARGE, "%u changes in one request, at most %d are taken",
                 request->changes->len, SOBAN_REQUEST_CHANGES_MAX);
    return 0;
  }
  for (guint i = 0; i < request->changes->len; i++) {
    if (!check_change (request, get_change (request, i), ret_refusal))
      return i;
  }
  return request->changes->len;
}

/* A4 */
static gboolean
lock_scopes (SobanAdmission *self, guint n_changes, GError **error)
{
  g_autoptr (GPtrArray) scopes = g_ptr_array_new ();
  const char *previous = NULL;

  for (guint i = 0; i < n_changes; i++) {
    const SobanChange *change = get_change (self->request, i);

    if (may_write_to (self->request, change->scope))
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
put_scopes (SobanAdmission *self, GError **error)
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

gboolean
soban_admission_must_tell_time (const SobanChange *change, gint64 now_ms)
{
  gboolean exact = change->time_quality == SOBAN_TIME_SAME_BOOT || change->time_quality == SOBAN_TIME_STEADY;
  gint64 wall_ms = CLAMP (change->wall_ms, 0, 2 * now_ms);

  return change->time_quality != SOBAN_TIME_RAW && (!exact || ABS (change->recorded_ms - wall_ms) > SOBAN_TIME_OFF_MS_MAX);
}

/* A9 */
static void
tell (SobanAdmission *self, const SobanChange *change, SobanStamp provisional)
{
  SobanStampAdjustment adjustment = { .number = change->id.number, .stamp = change->stamp };
  SobanTimeAdjustment time = { .number = change->id.number, .recorded_ms = change->recorded_ms, .time_quality = change->time_quality };

  if (self->request->relayed)
    return;
  if (provisional != change->stamp)
    g_array_append_val (self->result->adjustments, adjustment);
  if (soban_admission_must_tell_time (change, self->request->now_ms))
    g_array_append_val (self->result->times, time);
}

/* A2: @change came under a number that the log has given to another. */
static gboolean
keep_fork (SobanAdmission *self, const SobanChange *change, const guint8 *hash, GError **error)
{
  const SobanChangeId before = { change->id.device, change->id.incarnation, change->id.number - 1 };
  g_autofree char *detail = g_strdup_printf ("change %" G_GUINT64_FORMAT " of incarnation %016" G_GINT64_MODIFIER "x came with two contents",
                                             change->id.number, change->id.incarnation);
  SobanIncidentNote note = {
    .kind = SOBAN_INCIDENT_FORK,
    .device = change->id.device,
    .scope = change->scope,
    .record = &change->record,
    .detail = detail,
    .noted_ms = self->request->now_ms,
  };
  SobanLogEntry entry = { 0 };
  gboolean found = TRUE;

  if (before.number > 0 && !self->store->find_change (self->store->data, &before, &found, &entry, error))
    return FALSE;
  self->result->ack_state = SOBAN_ACK_FORK;
  self->result->acked_number = found ? before.number : 0;
  self->result->chain = entry.chain;
  return self->store->put_fork (self->store->data, change, hash, note.noted_ms, error)
         && self->store->put_incident (self->store->data, &note, error);
}

/* A1, A2, A9. FALSE in *ret_continue after a fork. */
static gboolean
compare_known (SobanAdmission *self, const SobanChange *change, gboolean *ret_continue, GError **error)
{
  g_autoptr (SobanChange) stored = NULL;
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
  if (self->request->relayed)
    return TRUE;
  if (!*ret_continue)
    return keep_fork (self, change, hash, error);
  if (!self->store->read_change (self->store->data, &change->id, &stored, error))
    return FALSE;
  if (stored != NULL)
    tell (self, stored, change->stamp);
  return TRUE;
}

static void
refuse_scope (SobanAdmission *self, const SobanChange *change, const char *scope)
{
  if (self->request->relayed)
    return;
  g_set_error (&self->result->refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED,
               "change %" G_GUINT64_FORMAT " is of scope %s: device %u may not write there", change->id.number, scope,
               self->request->device);
}

/* A10 */
static gboolean
note_former_scope (SobanAdmission *self, const SobanChange *change, GError **error)
{
  SobanIncidentNote note = {
    .kind = SOBAN_INCIDENT_FORMER_SCOPE,
    .device = change->id.device,
    .scope = change->scope,
    .detail = "changes of a scope that the device has left were taken",
    .noted_ms = self->request->now_ms,
  };

  return self->store->put_incident (self->store->data, &note, error);
}

/* A16: whether @change is not kept as it came. */
static gboolean
loses_values (const SobanChange *change, const SobanRecordState *state)
{
  if (change->id.device == COLLECTOR_DEVICE)
    return FALSE;
  for (guint i = 0; i < change->assignments->len; i++) {
    if (strcmp (((const SobanAssignment *) g_ptr_array_index (change->assignments, i))->path, SOBAN_FIELD_ERASED) == 0)
      return TRUE;
  }
  return soban_record_state_is_erased (state);
}

/* A16 */
static void
drop_values (SobanChange *change, const SobanRecordState *state)
{
  gboolean erased = soban_record_state_is_erased (state);

  for (guint i = 0; i < change->assignments->len; i++) {
    SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);

    if (strcmp (assignment->path, SOBAN_FIELD_ERASED) == 0) {
      g_free (assignment->value);
      assignment->value = g_strdup (soban_record_state_get (state, SOBAN_FIELD_ERASED));
    } else if (erased && strcmp (assignment->path, SOBAN_FIELD_DELETED) == 0) {
      g_free (assignment->value);
      assignment->value = g_strdup (soban_record_state_get (state, SOBAN_FIELD_DELETED));
    } else if (erased) {
      g_clear_pointer (&assignment->value, g_free);
    }
  }
}

/* Gives @one its place in time and in its scope, and appends it. */
static gboolean
append (SobanAdmission *self, SobanAdmissionCase *one, SobanRecordState *state, gboolean created, GError **error)
{
  SobanChange *change = one->change;
  SobanAdmittedChange admitted = {
    .change = change,
    .provisional = change->stamp,
    .scope_number = one->scope_number,
    .admitted_ms = self->request->now_ms,
    .relayed_by = self->request->relayed ? self->request->carrier : 0,
    .marked = !contains (self->request->scopes, change->scope),
  };

  soban_change_hash (change, admitted.hash);
  admitted.chain = soban_change_chain (self->sender.high_chain, admitted.hash);
  if (loses_values (change, state))
    drop_values (change, state);
  if (!soban_admission_find_rivals (self, one, error))
    return FALSE;
  soban_admission_set_time (self, one);
  if (!soban_admission_note_conflicts (self, one, error) || (admitted.marked && !note_former_scope (self, change, error)))
    return FALSE;
  soban_record_state_merge_borrowing (state, change); /* which outlives it */
  if (!self->store->append (self->store->data, &admitted, state, created, error))
    return FALSE;
  tell (self, change, admitted.provisional);
  self->sender = (SobanSenderMark) { change->id.number, change->stamp, admitted.chain };
  self->result->last_stamp = MAX (self->result->last_stamp, change->stamp);
  self->result->admitted++;
  return TRUE;
}

/* (nullable) (transfer full): lives as long as @change. */
static GHashTable *
collect_bases (const SobanChange *change)
{
  GHashTable *bases;

  if (change->bases == NULL || change->bases->len == 0)
    return NULL;
  bases = g_hash_table_new (soban_change_id_hash, soban_change_id_equal);
  for (guint i = 0; i < change->bases->len; i++)
    g_hash_table_add (bases, &g_array_index (change->bases, SobanChangeId, i));
  return bases;
}

static gboolean
admit_new (SobanAdmission *self, const SobanChange *change, gboolean *ret_continue, GError **error)
{
  g_autoptr (SobanRecordState) state = NULL;
  g_autofree char *record_scope = NULL;
  g_autoptr (SobanChange) copy = NULL;
  SobanChange own = *change; /* stamp and time are given here, the texts stay the request's */
  g_autoptr (GArray) rivals = g_array_new (FALSE, FALSE, sizeof (SobanRival));
  g_autoptr (GHashTable) bases = collect_bases (change);
  SobanAdmissionCase one = { .rivals = rivals, .bases = bases };
  gboolean created;

  *ret_continue = FALSE;
  if (!may_write_to (self->request, change->scope)) {
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
  copy = loses_values (change, state) ? soban_change_copy (change) : NULL;
  one.change = copy != NULL ? copy : &own;
  one.state = state;
  one.scope_number = ++*(guint64 *) g_hash_table_lookup (self->scopes, change->scope);
  *ret_continue = append (self, &one, state, created, error);
  return *ret_continue;
}

static gboolean
admit_all (SobanAdmission *self, guint n_changes, GError **error)
{
  gboolean go_on = TRUE;

  for (guint i = 0; i < n_changes && go_on; i++) {
    const SobanChange *change = get_change (self->request, i);

    if (change->id.number > self->sender.high_number + 1) {
      self->result->ack_state = self->request->relayed ? SOBAN_ACK_OK : SOBAN_ACK_GAP;
      return TRUE;
    }
    if (change->id.number <= self->sender.high_number ? !compare_known (self, change, &go_on, error) : !admit_new (self, change, &go_on, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
soban_admit (const SobanAdmissionStore *store, const SobanAdmissionRequest *request, SobanAdmissionResult *ret_result, GError **error)
{
  g_autoptr (GHashTable) scopes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_autoptr (GHashTable) numbers = g_hash_table_new_full (soban_change_id_hash, soban_change_id_equal, g_free, g_free);
  g_autoptr (GError) refusal = NULL;
  SobanAdmission self = { .store = store, .request = request, .result = ret_result, .scopes = scopes, .numbers = numbers };
  guint n_changes = count_good (request, &refusal);

  if (refusal != NULL && !request->relayed) {
    ret_result->refusal = g_steal_pointer (&refusal);
    return TRUE;
  }
  if (!store->get_sender (store->data, request->device, request->incarnation, &self.sender, error))
    return FALSE;
  if (!lock_scopes (&self, n_changes, error) || !admit_all (&self, n_changes, error))
    return FALSE;
  if (ret_result->ack_state != SOBAN_ACK_FORK) {
    ret_result->acked_number = self.sender.high_number;
    ret_result->chain = self.sender.high_chain;
  }
  if (ret_result->admitted == 0)
    return TRUE;
  return put_scopes (&self, error)
         && store->put_sender (store->data, request->device, request->incarnation, &self.sender, error);
}
