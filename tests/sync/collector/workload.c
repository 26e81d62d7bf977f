/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "workload.h"

#include "admission.h"
#include "base/error.h"

const char *const workload_scopes[WORKLOAD_SCOPES + 1] = { SCOPE_A, SCOPE_B, "02953@2025-07-01", NULL };

void
workload_init (Workload *self, guint32 device, guint32 records, guint32 seed)
{
  *self = (Workload) { .device = device, .incarnation = G_GUINT64_CONSTANT (0x8000000000000000) + device, .records = records,
                       .dice = g_rand_new_with_seed (seed ^ (device * 2654435761u)) };
  self->skew_ms = device % 4 == 0 ? g_rand_int_range (self->dice, -2000000, 2000000) * (gint64) 1000 : 0;
}

void
workload_clear (Workload *self)
{
  g_clear_pointer (&self->dice, g_rand_free);
  g_clear_pointer (&self->last, g_ptr_array_unref);
}

SobanUuid
workload_record (guint scope, guint index)
{
  /* Over several months, as the digests are kept. */
  SobanUuid id = make_record_id (scope * 1000000 + index);

  id.bytes[2] = (guint8) (index % 5 * 50);
  return id;
}

static void
fill (Workload *self, SobanChange *change, guint index, const char *scope)
{
  g_autofree char *total = g_strdup_printf ("%d", g_rand_int_range (self->dice, 1, 400));
  g_autofree char *date = g_strdup_printf ("2026-0%d-1%d", g_rand_int_range (self->dice, 1, 4), g_rand_int_range (self->dice, 0, 10));

  change->form = g_strdup (index % 3 == 0 ? "policy_dialogue" : "training");
  change->form_version = g_strdup ("1");
  if (g_rand_boolean (self->dice))
    soban_change_assign (change, "total", total);
  if (g_rand_int_range (self->dice, 0, 4) != 0)
    soban_change_assign (change, "activity_date", date);
  if (g_rand_int_range (self->dice, 0, 3) != 0)
    soban_change_assign (change, "commune_id", scope);
  if (g_rand_int_range (self->dice, 0, 12) == 0)
    soban_change_assign (change, SOBAN_FIELD_DELETED, g_rand_boolean (self->dice) ? "1" : "0");
  soban_change_assign (change, "program", "women_cadres");
}

static SobanChange *
draw_change (Workload *self, gint64 now_ms)
{
  guint scope = g_rand_int_range (self->dice, 0, WORKLOAD_SCOPES), index = g_rand_int_range (self->dice, 0, self->records);
  SobanChange *change = soban_change_new ();
  gint64 ms = now_ms + self->skew_ms - g_rand_int_range (self->dice, 0, 3600 * 1000);

  change->id = (SobanChangeId) { self->device, self->incarnation, ++self->number };
  change->record = workload_record (scope, index);
  change->scope = g_strdup (workload_scopes[scope]);
  change->seen = self->seen[scope];
  change->stamp = SOBAN_STAMP (MAX (ms, 1), g_rand_int_range (self->dice, 0, 5));
  change->wall_ms = MAX (ms, 1);
  fill (self, change, index, workload_scopes[scope]);
  return change;
}

GPtrArray *
workload_copy (const GPtrArray *batch)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);

  for (guint i = 0; i < batch->len; i++) {
    SobanNumberedChange *item = g_new0 (SobanNumberedChange, 1);

    item->change = soban_change_copy (((SobanNumberedChange *) g_ptr_array_index (batch, i))->change);
    g_ptr_array_add (copy, item);
  }
  return copy;
}

GPtrArray *
workload_next (Workload *self, guint count, gint64 now_ms)
{
  g_autoptr (GPtrArray) batch = NULL;
  guint n = 1 + g_rand_int_range (self->dice, 0, count);

  if (self->last != NULL && g_rand_int_range (self->dice, 0, 8) == 0)
    return workload_copy (self->last);
  batch = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  for (guint i = 0; i < n; i++) {
    SobanNumberedChange *item = g_new0 (SobanNumberedChange, 1);

    item->change = draw_change (self, now_ms);
    g_ptr_array_add (batch, item);
  }
  g_clear_pointer (&self->last, g_ptr_array_unref);
  self->last = workload_copy (batch);
  return g_steal_pointer (&batch);
}

static gboolean
admit_inside (SobanCollectorStore *store, const GPtrArray *batch, gint64 now_ms, SobanAdmissionResult *result, GError **error)
{
  SobanAdmissionStore admission = soban_collector_store_get_admission (store);
  const SobanChange *first = ((SobanNumberedChange *) g_ptr_array_index (batch, 0))->change;
  g_autoptr (GPtrArray) scopes = g_ptr_array_new ();
  SobanAdmissionRequest request = { .device = first->id.device, .incarnation = first->id.incarnation, .scopes = scopes, .changes = batch };

  for (guint i = 0; i < WORKLOAD_SCOPES; i++)
    g_ptr_array_add (scopes, (gpointer) workload_scopes[i]);
  if (!soban_collector_store_expect (store, batch, error))
    return FALSE;
  request.now_ms = now_ms != 0 ? now_ms : soban_collector_store_now (store);
  return soban_admit (&admission, &request, result, error);
}

gboolean
workload_admit (SobanCollectorStore *store, const GPtrArray *batch, gint64 now_ms, guint64 *ret_acked, guint *ret_admitted)
{
  g_auto (SobanAdmissionResult) result = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean admitted;

  soban_admission_result_init (&result);
  if (!soban_collector_store_begin (store, &error))
    g_error ("%s", error->message);
  admitted = admit_inside (store, batch, now_ms, &result, &error);
  if (admitted)
    admitted = soban_collector_store_commit (store, &error);
  else
    soban_collector_store_roll_back (store);
  if (!admitted && !g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_BUSY))
    g_error ("%s", error->message);
  if (!admitted)
    return FALSE;
  g_assert_no_error (result.refusal);
  if (ret_acked != NULL)
    *ret_acked = result.acked_number;
  if (ret_admitted != NULL)
    *ret_admitted = result.admitted;
  return TRUE;
}
