/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of store/apply.c, store/enrol.c and store/history.c. */
#include "store-fixture.h"

#include "base/error.h"
#include "store/kept-days.h"

#include <string.h>

#define COMMUNE FIXTURE_COMMUNE

static void
test_twice_is_once (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GPtrArray) cursors = NULL;
  g_autoptr (GPtrArray) history = NULL;
  const SobanUuid id = soban_uuid_new_v7 (FIXTURE_START_MS, soban_entropy_system ());

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  add_pulled (changes, 9, 1, &id, LATER (1), 0, "total", "12");
  add_pulled (changes, 9, 2, &id, LATER (2), 0, "total", "13");
  apply_changes (&fixture, changes, COMMUNE, 2);
  apply_changes (&fixture, changes, COMMUNE, 2);
  apply_changes (&fixture, changes, COMMUNE, 1);
  history = soban_store_get_history (fixture.store, &id, NULL);
  g_assert_cmpuint (history->len, ==, 2);
  cursors = soban_store_get_cursors (fixture.store, NULL);
  g_assert_cmpuint (cursors->len, ==, 2);
  g_assert_cmpstr (((SobanCursor *) g_ptr_array_index (cursors, 1))->scope, ==, COMMUNE);
  g_assert_cmpuint (((SobanCursor *) g_ptr_array_index (cursors, 1))->cursor, ==, 2);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

static void
test_receipts (void)
{
  StoreFixture fixture;
  SobanSyncResult receipt = { .acked_number = 1 };
  SobanSyncResult too_high = { .acked_number = 7 };
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanRecord) first = NULL;
  g_autoptr (SobanRecord) second = NULL;
  SobanIdentity identity;
  SobanUuid a, b;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  a = save_session (&fixture, "2026-11-20", "Bản A", "1");
  b = save_session (&fixture, "2026-11-20", "Bản B", "1");
  g_assert_true (soban_store_apply (fixture.store, &receipt, &error));
  g_assert_true (soban_store_apply (fixture.store, &receipt, &error));
  first = soban_store_get_record (fixture.store, &a, NULL);
  second = soban_store_get_record (fixture.store, &b, NULL);
  g_assert_cmpint (first->delivery, ==, SOBAN_RECORD_RECEIVED);
  g_assert_cmpint (second->delivery, ==, SOBAN_RECORD_WAITING);
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 1);
  g_assert_false (soban_store_apply (fixture.store, &too_high, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT);
  g_assert_true (soban_store_get_identity (fixture.store, &identity, NULL));
  g_assert_cmpuint (identity.acked_number, ==, 1);
  g_assert_cmpuint (identity.last_number, ==, 2);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

static void
test_set_back_waits_again (void)
{
  StoreFixture fixture;
  SobanSyncResult receipt = { .acked_number = 3 };
  SobanSyncResult set_back = { .acked_number = 1, .set_back = TRUE };
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GPtrArray) outgoing = NULL;
  g_autoptr (GPtrArray) cursors = NULL;
  g_autoptr (GError) error = NULL;
  const SobanUuid id = soban_uuid_new_v7 (FIXTURE_START_MS, soban_entropy_system ());

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  for (guint i = 0; i < 3; i++)
    save_session (&fixture, "2026-11-20", "Bản A", "1");
  add_pulled (changes, 9, 1, &id, LATER (1), 0, "total", "12");
  apply_changes (&fixture, changes, COMMUNE, 9);
  g_assert_true (soban_store_apply (fixture.store, &receipt, &error));
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 0);
  g_assert_true (soban_store_apply (fixture.store, &set_back, &error));
  g_assert_true (soban_store_apply (fixture.store, &set_back, &error));
  g_assert_no_error (error);
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 2);
  outgoing = soban_store_list_outgoing (fixture.store, 1, 10, NULL);
  g_assert_cmpuint (outgoing->len, ==, 2);
  g_assert_cmpuint (((SobanChange *) g_ptr_array_index (outgoing, 0))->id.number, ==, 2);
  cursors = soban_store_get_cursors (fixture.store, NULL);
  for (guint i = 0; i < cursors->len; i++)
    g_assert_cmpuint (((SobanCursor *) g_ptr_array_index (cursors, i))->cursor, ==, 0);
  assert_sound (&fixture);
  g_assert_true (soban_store_apply (fixture.store, &receipt, &error));
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 0);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* A tablet in 2035: its change loses to what came before it in truth once its stamp is the effective one. */
static void
test_lowered_stamp_gives_way (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GArray) adjustments = g_array_new (FALSE, FALSE, sizeof (SobanAdjustment));
  const SobanAdjustment adjustment = { 1, LATER (5) };
  SobanSyncResult result = { .acked_number = 1, .adjustments = adjustments, .floor = LATER (100) };
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GPtrArray) outgoing = NULL;
  SobanUuid id;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  fixture.now_ms += G_GINT64_CONSTANT (9) * 365 * 86400 * 1000;
  id = save_session (&fixture, "2026-11-20", "Bản A", "1");
  add_pulled (changes, 9, 1, &id, LATER (10), 0, "total", "15");
  apply_changes (&fixture, changes, COMMUNE, 1);
  before = get_field (&fixture, &id, "total");
  g_assert_cmpstr (before, ==, "1");
  g_array_append_val (adjustments, adjustment);
  g_assert_true (soban_store_apply (fixture.store, &result, &error));
  g_assert_true (soban_store_apply (fixture.store, &result, &error));
  after = get_field (&fixture, &id, "total");
  g_assert_cmpstr (after, ==, "15");
  assert_sound (&fixture);
  /* the clock is healed: the next change is stamped near the floor once the wall clock is right again */
  fixture.now_ms = FIXTURE_START_MS;
  g_assert_true (soban_store_restore_value (fixture.store, &id, "total", "16", &error));
  outgoing = soban_store_list_outgoing (fixture.store, 1, 1, &error);
  g_assert_cmpuint (((SobanChange *) g_ptr_array_index (outgoing, 0))->stamp, >, LATER (100));
  g_assert_cmpuint (((SobanChange *) g_ptr_array_index (outgoing, 0))->stamp, <, LATER (101));
  store_fixture_clear (&fixture);
}

static void
test_floor_stays_above_what_waits (void)
{
  StoreFixture fixture;
  SobanSyncResult floor = { .floor = LATER (1) };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) outgoing = NULL;
  SobanUuid id;

  store_fixture_init (&fixture);
  fixture.now_ms += G_GINT64_CONSTANT (9) * 365 * 86400 * 1000;
  id = save_session (&fixture, "2026-11-20", "Bản A", "1");
  fixture.now_ms = FIXTURE_START_MS;
  g_assert_true (soban_store_apply (fixture.store, &floor, &error));
  g_assert_true (soban_store_restore_value (fixture.store, &id, "total", "16", &error));
  outgoing = soban_store_list_outgoing (fixture.store, 0, 10, &error);
  g_assert_cmpuint (outgoing->len, ==, 2);
  g_assert_cmpuint (((SobanChange *) g_ptr_array_index (outgoing, 1))->stamp, >,
                    ((SobanChange *) g_ptr_array_index (outgoing, 0))->stamp);
  store_fixture_clear (&fixture);
}

static void
test_own_comes_after_what_was_seen (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autofree char *total = NULL;
  g_autoptr (GPtrArray) outgoing = NULL;
  const SobanUuid id = soban_uuid_new_v7 (FIXTURE_START_MS, soban_entropy_system ());

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  add_pulled (changes, 9, 1, &id, LATER (100000), 0, "total", "12");
  apply_changes (&fixture, changes, COMMUNE, 3);
  store_fixture_reopen (&fixture);
  g_assert_true (soban_store_restore_value (fixture.store, &id, "total", "13", NULL));
  total = get_field (&fixture, &id, "total");
  g_assert_cmpstr (total, ==, "13");
  outgoing = soban_store_list_outgoing (fixture.store, 0, 1, NULL);
  g_assert_cmpuint (((SobanChange *) g_ptr_array_index (outgoing, 0))->seen, ==, 3);
  store_fixture_clear (&fixture);
}

static void
test_pulled_is_stale_until_derived (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GArray) before = NULL;
  g_autoptr (GArray) after = NULL;
  g_autofree char *version = NULL;
  const SobanRecordQuery query = { .form = "communication_session" };
  const SobanUuid id = soban_uuid_new_v7 (FIXTURE_START_MS, soban_entropy_system ());
  SobanChange *change;
  guint left = 9;

  store_fixture_init (&fixture);
  version = newest_version (&fixture, "communication_session");
  change = add_pulled (changes, 9, 1, &id, LATER (1), 0, "activity_date", "2026-11-20");
  g_free (change->form_version);
  change->form_version = g_steal_pointer (&version);
  apply_changes (&fixture, changes, COMMUNE, 1);
  before = soban_store_list_records (fixture.store, &query, NULL);
  g_assert_cmpuint (before->len, ==, 0);
  assert_sound (&fixture);
  g_assert_true (soban_store_derive_stale (fixture.store, 10, &left, NULL));
  g_assert_cmpuint (left, ==, 0);
  after = soban_store_list_records (fixture.store, &query, NULL);
  g_assert_cmpuint (after->len, ==, 1);
  g_assert_cmpint (soban_store_count_records (fixture.store, "communication_session", "2026-11", NULL), ==, 1);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

static void
on_changed (SobanStore *store, gpointer data)
{
  *(gboolean *) data = TRUE;
}

static gboolean
on_deadline (gpointer data)
{
  g_assert_not_reached ();
}

static void
test_left_over_is_derived_after_opening (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GArray) ids = NULL;
  const SobanRecordQuery query = { .form = "communication_session" };
  const SobanUuid id = soban_uuid_new_v7 (FIXTURE_START_MS, soban_entropy_system ());
  gboolean changed = FALSE;
  guint deadline;

  store_fixture_init (&fixture);
  add_pulled (changes, 9, 1, &id, LATER (1), 0, "activity_date", "2026-11-20");
  apply_changes (&fixture, changes, COMMUNE, 1);
  store_fixture_reopen (&fixture);
  g_signal_connect (fixture.store, "changed", G_CALLBACK (on_changed), &changed);
  deadline = g_timeout_add_seconds (30, on_deadline, NULL);
  while (!changed)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
  ids = soban_store_list_records (fixture.store, &query, NULL);
  g_assert_cmpuint (ids->len, ==, 1);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

static void
test_history_of_concurrent_edits (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GPtrArray) later = new_changes ();
  g_autoptr (GPtrArray) history = NULL;
  g_autoptr (GPtrArray) settled = NULL;
  const SobanUuid id = soban_uuid_new_v7 (FIXTURE_START_MS, soban_entropy_system ());

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  add_pulled (changes, 8, 1, &id, LATER (1), 0, "total", "10");
  apply_changes (&fixture, changes, COMMUNE, 1);
  g_ptr_array_set_size (changes, 0);
  /* two tablets that had both seen number 1 write 11 and 12 */
  add_pulled (changes, 8, 2, &id, LATER (2), 1, "total", "11");
  add_pulled (changes, 9, 1, &id, LATER (3), 1, "total", "12");
  apply_changes (&fixture, changes, COMMUNE, 3);
  history = soban_store_get_history (fixture.store, &id, NULL);
  g_assert_true (find_item (history, "total", "12")->winner);
  g_assert_true (find_item (history, "total", "11")->lost);
  g_assert_false (find_item (history, "total", "10")->lost);
  g_assert_cmpstr (find_item (history, "total", "12")->device_name, !=, NULL);
  /* a third who had seen both settles it */
  add_pulled (later, 7, 1, &id, LATER (4), 3, "total", "20");
  apply_changes (&fixture, later, COMMUNE, 4);
  settled = soban_store_get_history (fixture.store, &id, NULL);
  g_assert_false (find_item (settled, "total", "11")->lost);
  g_assert_false (find_item (settled, "total", "12")->lost);
  store_fixture_clear (&fixture);
}

static void
test_delete_against_edit (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (SobanRecord) record = NULL;
  SobanUuid id;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  id = save_session (&fixture, "2026-11-20", "Bản A", "1");
  g_assert_true (soban_store_set_deleted (fixture.store, &id, TRUE, NULL));
  add_pulled (changes, 9, 1, &id, LATER (100), 0, "total", "5");
  apply_changes (&fixture, changes, COMMUNE, 1);
  record = soban_store_get_record (fixture.store, &id, NULL);
  g_assert_true (record->deleted);
  g_assert_cmpstr (soban_field_map_get (record->fields, "total"), ==, "5");
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* The commune office decides anew at each enrolment; what the person chose below that stays chosen. */
static void
test_enrolment_says_what_is_kept (void)
{
  static const guint told[] = { 92, 0, 30 };
  SobanEnrolment enrolment = { .device = 4, .device_name = "Tablet", .url = "https://localhost:1", .key = "key", .token = "token",
                               .role = "member", .scopes = FIXTURE_COMMUNE, .home_scope = FIXTURE_COMMUNE };
  StoreFixture fixture;
  g_autoptr (GError) error = NULL;
  SobanKeptDays kept;

  store_fixture_init (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (told); i++) {
    enrolment.kept_days = told[i];
    soban_store_enrol (fixture.store, &enrolment, &error);
    g_assert_no_error (error);
    g_assert_true (soban_store_get_kept_days (fixture.store, &kept, &error));
    g_assert_cmpint (kept.limit_days, ==, told[i]);
    g_assert_cmpint (kept.days, ==, i == 0 ? 92 : i == 1 ? 60 : 30);
    if (i == 0)
      g_assert_true (soban_store_set_kept_days (fixture.store, 60, &error));
  }
  store_fixture_clear (&fixture);
}

static void
test_enrolment_relabels (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) outgoing = NULL;
  g_autoptr (SobanRecord) record = NULL;
  SobanIdentity before, after;
  SobanUuid id;

  store_fixture_init (&fixture);
  id = save_session (&fixture, "2026-11-20", "Bản A", "1");
  g_assert_true (soban_store_restore_value (fixture.store, &id, "total", "2", NULL));
  g_assert_true (soban_store_get_identity (fixture.store, &before, NULL));
  g_assert_cmpuint (before.device, ==, 0);
  store_fixture_enrol (&fixture, 4, "key");
  g_assert_true (soban_store_get_identity (fixture.store, &after, NULL));
  g_assert_cmpuint (after.device, ==, 4);
  g_assert_cmpuint (after.incarnation, ==, before.incarnation);
  outgoing = soban_store_list_outgoing (fixture.store, 0, 10, NULL);
  g_assert_cmpuint (outgoing->len, ==, 2);
  for (guint i = 0; i < 2; i++) {
    const SobanChange *change = g_ptr_array_index (outgoing, i);

    g_assert_cmpuint (change->id.device, ==, 4);
    g_assert_cmpuint (change->id.number, ==, i + 1);
    g_assert_cmpstr (change->scope, ==, COMMUNE);
  }
  record = soban_store_get_record (fixture.store, &id, NULL);
  g_assert_cmpstr (record->scope, ==, COMMUNE);
  g_assert_cmpstr (soban_field_map_get (record->fields, "total"), ==, "2");
  assert_sound (&fixture);
  /* a new token for the same device leaves all as it is */
  store_fixture_enrol (&fixture, 4, "key");
  g_assert_true (soban_store_get_identity (fixture.store, &before, NULL));
  g_assert_cmpuint (before.incarnation, ==, after.incarnation);
  g_assert_cmpuint (before.last_number, ==, 2);
  store_fixture_clear (&fixture);
}

static void
test_another_collector_gets_everything (void)
{
  StoreFixture fixture;
  SobanSyncResult receipt = { .acked_number = 1 };
  g_autoptr (GPtrArray) outgoing = NULL;
  SobanIdentity before, after;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  save_session (&fixture, "2026-11-20", "Bản A", "1");
  save_session (&fixture, "2026-11-21", "Bản B", "1");
  g_assert_true (soban_store_apply (fixture.store, &receipt, NULL));
  g_assert_true (soban_store_get_identity (fixture.store, &before, NULL));
  store_fixture_enrol (&fixture, 4, "another key");
  g_assert_true (soban_store_get_identity (fixture.store, &after, NULL));
  g_assert_cmpuint (after.incarnation, !=, before.incarnation);
  g_assert_cmpuint (after.acked_number, ==, 0);
  outgoing = soban_store_list_outgoing (fixture.store, 0, 10, NULL);
  g_assert_cmpuint (outgoing->len, ==, 2);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* A record that was opened for editing before, with and without an answer that was saved. */
static void
test_another_collector_was_seen_by_no_draft (void)
{
  for (guint saved = 0; saved < 2; saved++) {
    StoreFixture fixture;
    g_autoptr (GPtrArray) changes = new_changes ();
    g_autoptr (SobanDraft) draft = NULL;
    g_autoptr (GPtrArray) outgoing = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *version = NULL;
    const SobanUuid id = soban_uuid_new_v7 (FIXTURE_START_MS, soban_entropy_system ());
    SobanChange *change;

    store_fixture_init (&fixture);
    store_fixture_enrol (&fixture, 4, "key");
    version = newest_version (&fixture, "communication_session");
    change = add_pulled (changes, 9, 1, &id, LATER (1), 0, "total", "12");
    g_free (change->form_version);
    change->form_version = g_strdup (version);
    apply_changes (&fixture, changes, COMMUNE, 9);
    draft = soban_store_edit_record (fixture.store, &id, &error);
    g_assert_no_error (error);
    soban_field_map_set (draft->fields, "total", "13");
    if (saved)
      soban_store_save_draft (fixture.store, &id, draft->form, draft->form_version, draft->fields, "", NULL, &error);
    store_fixture_enrol (&fixture, 4, "another key");
    g_assert_true (soban_store_complete_draft (fixture.store, &id, draft->fields, &error));
    g_assert_no_error (error);
    outgoing = soban_store_list_outgoing (fixture.store, 0, 10, NULL);
    g_assert_cmpuint (outgoing->len, ==, 1);
    g_assert_cmpuint (((SobanChange *) g_ptr_array_index (outgoing, 0))->seen, ==, 0);
    store_fixture_clear (&fixture);
  }
}

static void
test_another_number_reissues_what_waits (void)
{
  StoreFixture fixture;
  SobanSyncResult receipt = { .acked_number = 1 };
  g_autoptr (GPtrArray) outgoing = NULL;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  save_session (&fixture, "2026-11-20", "Bản A", "1");
  save_session (&fixture, "2026-11-21", "Bản B", "1");
  g_assert_true (soban_store_apply (fixture.store, &receipt, NULL));
  store_fixture_enrol (&fixture, 5, "key");
  outgoing = soban_store_list_outgoing (fixture.store, 0, 10, NULL);
  g_assert_cmpuint (outgoing->len, ==, 1);
  g_assert_cmpuint (((SobanChange *) g_ptr_array_index (outgoing, 0))->id.device, ==, 5);
  g_assert_cmpuint (((SobanChange *) g_ptr_array_index (outgoing, 0))->id.number, ==, 1);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* The scope is the commune of today when it is the device's, else the commune as named, else home. */
static void
test_scope_choice (void)
{
  StoreFixture fixture;
  g_autoptr (SobanRecord) own = NULL;
  g_autoptr (SobanRecord) home = NULL;
  g_autoptr (SobanFieldMap) elsewhere = make_fields ("commune_id", "00008@2025-07-01", "total", "3", NULL);
  g_autofree char *version = NULL;
  SobanUuid id, other = { 0 };

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  id = save_session (&fixture, "2026-11-20", "Bản A", "1");
  own = soban_store_get_record (fixture.store, &id, NULL);
  g_assert_cmpstr (own->scope, ==, COMMUNE);
  version = newest_version (&fixture, "communication_session");
  g_assert_true (soban_store_save (fixture.store, &other, "communication_session", version, NULL, elsewhere, NULL));
  home = soban_store_get_record (fixture.store, &other, NULL);
  g_assert_cmpstr (home->scope, ==, "00004@2025-07-01");
  store_fixture_clear (&fixture);
}

/* Two stores that take the same changes in another order and other portions show the same. */
static void
test_order_of_arrival_never_matters (void)
{
  StoreFixture a, b;
  g_autoptr (GPtrArray) changes = new_changes ();
  const SobanUuid id = soban_uuid_new_v7 (FIXTURE_START_MS, soban_entropy_system ());
  g_autoptr (SobanRecord) left = NULL;
  g_autoptr (SobanRecord) right = NULL;

  store_fixture_init (&a);
  store_fixture_init (&b);
  for (guint i = 0; i < 40; i++) {
    g_autofree char *value = g_strdup_printf ("%u", i);

    add_pulled (changes, 7 + i % 3, 1 + i / 3, &id, LATER (g_test_rand_int_range (0, 20)), 0,
                i % 2 ? "total" : "female", value);
  }
  apply_changes (&a, changes, COMMUNE, 40);
  for (guint i = changes->len; i > 0; i--) {
    g_autoptr (GPtrArray) one = g_ptr_array_new ();

    g_ptr_array_add (one, g_ptr_array_index (changes, i - 1));
    apply_changes (&b, one, COMMUNE, 41 - i);
  }
  left = soban_store_get_record (a.store, &id, NULL);
  right = soban_store_get_record (b.store, &id, NULL);
  g_assert_true (soban_field_map_equal (left->fields, right->fields));
  assert_sound (&a);
  assert_sound (&b);
  store_fixture_clear (&a);
  store_fixture_clear (&b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/apply/2/twice-is-once", test_twice_is_once);
  g_test_add_func ("/apply/3/order-of-arrival-never-matters", test_order_of_arrival_never_matters);
  g_test_add_func ("/apply/4/lowered-stamp-gives-way", test_lowered_stamp_gives_way);
  g_test_add_func ("/apply/5/own-comes-after-what-was-seen", test_own_comes_after_what_was_seen);
  g_test_add_func ("/apply/5/floor-stays-above-what-waits", test_floor_stays_above_what_waits);
  g_test_add_func ("/apply/6/pulled-is-stale-until-derived", test_pulled_is_stale_until_derived);
  g_test_add_func ("/apply/6/left-over-is-derived-after-opening", test_left_over_is_derived_after_opening);
  g_test_add_func ("/apply/7/set-back-waits-again", test_set_back_waits_again);
  g_test_add_func ("/apply/receipts", test_receipts);
  g_test_add_func ("/apply/delete-against-edit", test_delete_against_edit);
  g_test_add_func ("/history/concurrent-edits", test_history_of_concurrent_edits);
  g_test_add_func ("/enrol/says-what-is-kept", test_enrolment_says_what_is_kept);
  g_test_add_func ("/enrol/2-3/relabels-once", test_enrolment_relabels);
  g_test_add_func ("/enrol/4/another-collector-gets-everything", test_another_collector_gets_everything);
  g_test_add_func ("/enrol/4/another-collector-was-seen-by-no-draft", test_another_collector_was_seen_by_no_draft);
  g_test_add_func ("/enrol/4/another-number-reissues-what-waits", test_another_number_reissues_what_waits);
  g_test_add_func ("/enrol/scope-choice", test_scope_choice);
  return g_test_run ();
}
