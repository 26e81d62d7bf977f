/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "admission-request.h"

const char *const both_scopes[] = { SCOPE_A, SCOPE_B, NULL };
const char *const scope_a_alone[] = { SCOPE_A, NULL };

void
admit_more (Fixture *fixture, GPtrArray *batch, const char *const *scopes, const SobanAdmissionRequest *more, SobanAdmissionResult *result)
{
  g_autoptr (GPtrArray) changes = batch;
  g_autoptr (GPtrArray) enrolled = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  SobanAdmissionStore store = soban_collector_store_get_admission (fixture->store);
  const SobanChange *first = ((SobanNumberedChange *) g_ptr_array_index (changes, 0))->change;
  SobanAdmissionRequest request = *more;

  request.device = first->id.device;
  request.incarnation = first->id.incarnation;
  request.scopes = enrolled;
  request.changes = changes;
  request.now_ms = fixture->now_ms;
  for (guint i = 0; scopes[i] != NULL; i++)
    g_ptr_array_add (enrolled, (gpointer) scopes[i]);
  soban_admission_result_init (result);
  g_assert_true (soban_collector_store_begin (fixture->store, &error));
  g_assert_true (soban_admit (&store, &request, result, &error));
  g_assert_no_error (error);
  g_assert_true (soban_collector_store_commit (fixture->store, &error));
}

void
admit (Fixture *fixture, GPtrArray *batch, const char *const *scopes, SobanAdmissionResult *result)
{
  admit_more (fixture, batch, scopes, &(SobanAdmissionRequest) { 0 }, result);
}

void
admit_good (Fixture *fixture, GPtrArray *batch)
{
  g_auto (SobanAdmissionResult) result = { 0 };

  admit (fixture, batch, scope_a_alone, &result);
  g_assert_no_error (result.refusal);
  g_assert_cmpint (result.ack_state, ==, SOBAN_ACK_OK);
}

static SobanGreeting
greet_with (Fixture *fixture, const SobanHello *hello)
{
  g_autoptr (GError) error = NULL;
  SobanAdmissionStore store = soban_collector_store_get_admission (fixture->store);
  SobanGreeting greeting = { 0 };

  g_assert_true (soban_collector_store_begin (fixture->store, &error));
  g_assert_true (soban_admission_greet (&store, hello, fixture->now_ms, &greeting, &error));
  g_assert_no_error (error);
  g_assert_true (soban_collector_store_commit (fixture->store, &error));
  return greeting;
}

SobanGreeting
greet (Fixture *fixture, guint32 device, guint64 incarnation, guint64 last_number, guint64 acked_number, guint64 chain)
{
  return greet_with (fixture, &(SobanHello) { .device = device, .incarnation = incarnation, .last_number = last_number,
                                              .acked_number = acked_number, .chain = chain });
}

SobanGreeting
greet_in_bundle (Fixture *fixture, guint32 device, guint64 incarnation, guint64 last_number, guint64 acked_number, guint64 chain)
{
  return greet_with (fixture, &(SobanHello) { .device = device, .incarnation = incarnation, .last_number = last_number,
                                              .acked_number = acked_number, .chain = chain, .flags = SOBAN_HELLO_IN_BUNDLE });
}

gint64
ask (Fixture *fixture, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 value;

  soban_database_get_integer (soban_collector_store_get_database (fixture->store), &error, -1, &value, sql, "");
  g_assert_no_error (error);
  return value;
}

char *
read_field (Fixture *fixture, guint record, const char *path)
{
  SobanAdmissionStore store = soban_collector_store_get_admission (fixture->store);
  SobanUuid id = make_record_id (record);
  g_autoptr (SobanRecordState) state = NULL;
  g_autoptr (SobanFieldMap) fields = NULL;
  g_autofree char *scope = NULL;

  g_assert_true (store.get_record (store.data, &id, &scope, &state, NULL));
  g_assert_nonnull (state);
  fields = soban_record_state_get_fields (state);
  return g_strdup (soban_field_map_get (fields, path));
}

void
assert_field (Fixture *fixture, guint record, const char *path, const char *expected)
{
  g_autofree char *value = read_field (fixture, record, path);

  g_assert_cmpstr (value, ==, expected);
}

SobanChange *
read_change (Fixture *fixture, guint32 device, guint64 incarnation, guint64 number)
{
  SobanAdmissionStore store = soban_collector_store_get_admission (fixture->store);
  const SobanChangeId id = { device, incarnation, number };
  SobanChange *change = NULL;

  g_assert_true (store.read_change (store.data, &id, &change, NULL));
  g_assert_nonnull (change);
  return change;
}
