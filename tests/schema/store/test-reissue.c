/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of store/reissue.c: forks, and enrolments that leave a commune. */
#include "store-fixture.h"

#include <string.h>

static GPtrArray *
list_outgoing (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *outgoing = soban_store_list_outgoing (fixture->store, 0, 1000, &error);

  g_assert_no_error (error);
  return outgoing;
}

static void
assign (StoreFixture *fixture, const SobanUuid *id, const char *value)
{
  g_autoptr (GError) error = NULL;

  soban_store_restore_value (fixture->store, id, "total", value, &error);
  g_assert_no_error (error);
}

static void
take_receipt (StoreFixture *fixture, guint64 acked)
{
  const SobanSyncResult result = { .acked_number = acked, .collector_minor = 1 };
  g_autoptr (GError) error = NULL;

  soban_store_apply (fixture->store, &result, &error);
  g_assert_no_error (error);
}

static void
fork_at (StoreFixture *fixture, guint64 acked, guint64 chain)
{
  g_autoptr (GError) error = NULL;

  soban_store_fork (fixture->store, &(SobanSyncResult){ .acked_number = acked }, chain, &error);
  g_assert_no_error (error);
}

static void
test_fork_issues_anew (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;
  g_autofree char *total = NULL;
  SobanIdentity identity, forked;
  guint64 chain;
  SobanUuid id;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  id = save_session (&fixture, "2026-11-20", "Bản A", "1");
  for (guint i = 2; i <= 5; i++) {
    g_autofree char *value = g_strdup_printf ("%u", i);

    assign (&fixture, &id, value);
  }
  take_receipt (&fixture, 2);
  before = soban_store_list_outgoing (fixture.store, 2, 100, NULL);
  identity = get_identity (&fixture);
  g_assert_cmpuint (before->len, ==, 3);
  /* the last one that both share is the third: it has a receipt by that */
  g_assert_true (soban_store_get_chain (fixture.store, 3, &chain, NULL));
  fork_at (&fixture, 3, chain);
  store_fixture_reopen (&fixture);
  forked = get_identity (&fixture);
  g_assert_cmpuint (forked.device, ==, identity.device);
  g_assert_cmpuint (forked.incarnation, !=, identity.incarnation);
  g_assert_cmpuint (forked.last_number, ==, 2);
  g_assert_cmpuint (forked.acked_number, ==, 0);
  g_assert_cmpuint (forked.acked_chain, ==, 0);
  after = list_outgoing (&fixture);
  g_assert_cmpuint (after->len, ==, 2);
  for (guint i = 0; i < 2; i++) {
    const SobanChange *was = g_ptr_array_index (before, i + 1), *is = g_ptr_array_index (after, i);

    g_assert_cmpuint (is->id.number, ==, i + 1);
    g_assert_cmpuint (is->id.incarnation, ==, forked.incarnation);
    g_assert_true (soban_uuid_equal (&is->record, &was->record));
    g_assert_cmpuint (is->stamp, ==, was->stamp);
    g_assert_cmpint (is->wall_ms, ==, was->wall_ms);
    g_assert_cmpint (is->boottime_ms, ==, was->boottime_ms);
    /* invariant 2: all three that stay under the old name assigned it */
    g_assert_nonnull (is->bases);
    g_assert_cmpuint (is->bases->len, ==, 3);
    g_assert_cmpuint (g_array_index (is->bases, SobanChangeId, 0).incarnation, ==, identity.incarnation);
  }
  total = get_field (&fixture, &id, "total");
  g_assert_cmpstr (total, ==, "5");
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* (transfer full): the change @number of @before as the log has it now. */
static SobanChange *
find_logged (StoreFixture *fixture, const SobanIdentity *before, guint64 number)
{
  guint64 place = 0;
  g_autoptr (GPtrArray) items = soban_store_list_scope (fixture->store, FIXTURE_COMMUNE, FALSE, &place, 100, NULL);

  for (guint i = 0; i < items->len; i++) {
    const SobanChange *change = ((SobanScopeChange *)g_ptr_array_index (items, i))->change;

    if (change->id.incarnation == before->incarnation && change->id.number == number)
      return soban_change_copy (change);
  }
  g_assert_not_reached ();
}

/* What is shared is another's from then on: a stamp of 2035 that is not told now may never be told again. */
static void
test_fork_keeps_what_was_told (void)
{
  StoreFixture fixture;
  g_autoptr (GArray) adjustments = g_array_new (FALSE, FALSE, sizeof (SobanAdjustment));
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (SobanRecordedTime));
  g_autoptr (GPtrArray) outgoing = NULL;
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *total = NULL;
  SobanSyncResult result = { .acked_number = 3, .adjustments = adjustments, .times = times };
  SobanIdentity identity;
  SobanUuid id;
  guint64 chain;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  id = save_session (&fixture, "2026-11-20", "Bản A", "1");
  take_receipt (&fixture, 1);
  for (guint i = 2; i <= 4; i++) {
    g_autofree char *value = g_strdup_printf ("%u", i);

    assign (&fixture, &id, value);
  }
  identity = get_identity (&fixture);
  before = soban_store_list_outgoing (fixture.store, 3, 10, NULL);
  for (guint64 number = 2; number <= 4; number++) {
    const SobanAdjustment adjustment = { number, LATER (-100 + (gint64)number) };
    const SobanRecordedTime time = { number, FIXTURE_START_MS - 5000 - (gint64)number, SOBAN_TIME_STEADY };

    g_array_append_val (adjustments, adjustment);
    g_array_append_val (times, time);
  }
  g_assert_true (soban_store_get_chain (fixture.store, 3, &chain, NULL));
  soban_store_fork (fixture.store, &result, chain, &error);
  g_assert_no_error (error);
  for (guint64 number = 2; number <= 3; number++) {
    g_autoptr (SobanChange) change = find_logged (&fixture, &identity, number);

    g_assert_cmpuint (change->stamp, ==, LATER (-100 + (gint64)number));
    g_assert_cmpint (change->recorded_ms, ==, FIXTURE_START_MS - 5000 - (gint64)number);
  }
  /* the fourth is not shared: what was told is told of another's */
  outgoing = list_outgoing (&fixture);
  g_assert_cmpuint (outgoing->len, ==, 1);
  g_assert_cmpuint (((SobanChange *)g_ptr_array_index (outgoing, 0))->stamp, ==,
                    ((SobanChange *)g_ptr_array_index (before, 0))->stamp);
  g_assert_cmpint (((SobanChange *)g_ptr_array_index (outgoing, 0))->recorded_ms, ==, 0);
  total = get_field (&fixture, &id, "total");
  g_assert_cmpstr (total, ==, "4");
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* What the collector does not share after all is issued anew, though it had a receipt: nothing is lost by doubt. */
static void
test_fork_below_the_receipt (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) outgoing = NULL;
  guint64 chain;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  for (guint i = 0; i < 4; i++)
    save_session (&fixture, "2026-11-20", "Bản A", "1");
  take_receipt (&fixture, 3);
  g_assert_true (soban_store_get_chain (fixture.store, 1, &chain, NULL));
  fork_at (&fixture, 1, chain);
  outgoing = list_outgoing (&fixture);
  g_assert_cmpuint (outgoing->len, ==, 3);
  assert_sound (&fixture);
  /* another chain there: nothing is shared, as it seems */
  fork_at (&fixture, 2, 12345);
  g_ptr_array_unref (outgoing);
  outgoing = list_outgoing (&fixture);
  g_assert_cmpuint (outgoing->len, ==, 3);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* A collector that has more of this incarnation than this tablet ever gave. */
static void
test_fork_beyond_the_last (void)
{
  StoreFixture fixture;
  SobanIdentity before, after;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  save_session (&fixture, "2026-11-20", "Bản A", "1");
  take_receipt (&fixture, 1);
  before = get_identity (&fixture);
  fork_at (&fixture, before.acked_number, before.acked_chain);
  after = get_identity (&fixture);
  g_assert_cmpuint (after.incarnation, !=, before.incarnation);
  g_assert_cmpuint (after.last_number, ==, 0);
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 0);
  save_session (&fixture, "2026-11-20", "Bản B", "1");
  g_assert_cmpuint (get_identity (&fixture).last_number, ==, 1);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

static void
test_drafts_stay (void)
{
  StoreFixture fixture;
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (SobanDraft) kept = NULL;
  g_autoptr (GError) error = NULL;
  SobanUuid id;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  id = save_session (&fixture, "2026-11-20", "Bản A", "1");
  draft = soban_store_edit_record (fixture.store, &id, &error);
  soban_field_map_set (draft->fields, "total", "8");
  soban_store_save_draft (fixture.store, &id, draft->form, draft->form_version, draft->fields, "", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (soban_store_renew_incarnation (fixture.store, &error));
  kept = soban_store_get_draft (fixture.store, &id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (soban_field_map_get (kept->fields, "total"), ==, "8");
  g_assert_true (soban_store_complete_draft (fixture.store, &id, kept->fields, &error));
  /* the record, its edit, and the village that the edit registers */
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 3);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

static void
test_evidence_follows_the_numbers (void)
{
  StoreFixture fixture;
  g_autoptr (SobanClockEvidence) evidence = NULL;
  g_autoptr (GPtrArray) outgoing = NULL;
  guint64 chain;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  for (guint boot = 0; boot < 3; boot++) {
    for (guint i = 0; i < 2; i++)
      save_session (&fixture, "2026-11-20", "Bản A", "1");
    store_fixture_boot (&fixture, 3600000, 0);
  }
  /* numbers 1-2, 3-4, 5-6; 4, 5, 6 become 1, 2, 3 */
  g_assert_true (soban_store_get_chain (fixture.store, 3, &chain, NULL));
  fork_at (&fixture, 3, chain);
  evidence = soban_store_get_evidence (fixture.store, 0, NULL);
  outgoing = list_outgoing (&fixture);
  g_assert_cmpuint (outgoing->len, ==, 3);
  for (guint i = 0; i < outgoing->len; i++) {
    const SobanChange *change = g_ptr_array_index (outgoing, i);
    const SobanBoot *boot = NULL;

    for (guint k = 0; k < evidence->boots->len; k++)
      if (g_array_index (evidence->boots, SobanBoot, k).first_number <= change->id.number)
        boot = &g_array_index (evidence->boots, SobanBoot, k);
    g_assert_nonnull (boot);
    /* made in that boot: its wall clock less its running time is the boot's beginning */
    g_assert_cmpint (ABS ((change->wall_ms - change->boottime_ms) - (boot->wall_ms - boot->boottime_ms)), <, 1000);
  }
  store_fixture_clear (&fixture);
}

/* Numbers that the window has let go cannot be sent again under their names. */
static void
test_set_back_over_a_hole (void)
{
  StoreFixture fixture;
  SobanSyncResult set_back = { .acked_number = 1, .set_back = TRUE };
  g_autoptr (GPtrArray) outgoing = NULL;
  SobanIdentity before;
  gint64 window_ms;
  SobanSyncResult now = { .acked_number = 3 };
  SobanUuid old;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  save_session (&fixture, "2026-08-20", "Bản A", "1");
  old = save_session (&fixture, "2026-08-20", "Bản A", "2");
  fixture.now_ms += G_GINT64_CONSTANT (200) * 86400000;
  save_session (&fixture, "2027-05-20", "Bản A", "3");
  before = get_identity (&fixture);
  now.collector_ms = fixture.now_ms;
  g_assert_true (soban_store_apply (fixture.store, &now, NULL));
  g_assert_true (soban_store_set_setting (fixture.store, SOBAN_SETTING_RETENTION_DAYS, "90", NULL));
  g_assert_true (soban_store_move_window (fixture.store, &window_ms, NULL));
  g_assert_null (soban_store_get_record (fixture.store, &old, NULL));
  g_assert_true (soban_store_apply (fixture.store, &set_back, NULL));
  g_assert_cmpuint (get_identity (&fixture).incarnation, !=, before.incarnation);
  outgoing = list_outgoing (&fixture);
  g_assert_cmpuint (outgoing->len, ==, 1);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* ---- a commune that is left (enrol.c, 5) ---- */

static void
enrol_in (StoreFixture *fixture, const char *scopes)
{
  const SobanEnrolment enrolment = { 4,      "Tablet",          "https://localhost:1", "key", "token", "team_member",
                                     scopes, "00004@2025-07-01" };
  g_autoptr (GError) error = NULL;

  soban_store_enrol (fixture->store, &enrolment, &error);
  g_assert_no_error (error);
}

static void
test_work_of_a_commune_that_is_left (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GPtrArray) cursors = NULL;
  g_autoptr (GPtrArray) outgoing = NULL;
  g_autoptr (GPtrArray) again = NULL;
  const SobanUuid id = soban_uuid_new_v7 (FIXTURE_START_MS, soban_entropy_system ());

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  add_pulled (changes, 9, 1, &id, LATER (1), 0, "total", "1");
  apply_numbered (&fixture, changes, 7, 7, 0);
  assign (&fixture, &id, "2");
  enrol_in (&fixture, "00004@2025-07-01");
  cursors = soban_store_get_cursors (fixture.store, NULL);
  g_assert_cmpuint (cursors->len, ==, 1);
  /* still edited, with what was seen of the commune */
  assign (&fixture, &id, "3");
  outgoing = list_outgoing (&fixture);
  g_assert_cmpuint (outgoing->len, ==, 2);
  for (guint i = 0; i < outgoing->len; i++) {
    g_assert_cmpstr (((SobanChange *)g_ptr_array_index (outgoing, i))->scope, ==, FIXTURE_COMMUNE);
    g_assert_cmpuint (((SobanChange *)g_ptr_array_index (outgoing, i))->seen, ==, 7);
  }
  take_receipt (&fixture, 2);
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 0);
  /* back again: the pull goes on where it was */
  enrol_in (&fixture, FIXTURE_COMMUNE " 00004@2025-07-01");
  again = soban_store_get_cursors (fixture.store, NULL);
  g_assert_cmpuint (again->len, ==, 2);
  g_assert_cmpuint (((SobanCursor *)g_ptr_array_index (again, 1))->cursor, ==, 7);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reissue/1-2/fork-issues-anew", test_fork_issues_anew);
  g_test_add_func ("/reissue/5/fork-keeps-what-was-told", test_fork_keeps_what_was_told);
  g_test_add_func ("/reissue/3/fork-below-the-receipt", test_fork_below_the_receipt);
  g_test_add_func ("/reissue/3/fork-beyond-the-last", test_fork_beyond_the_last);
  g_test_add_func ("/reissue/3/drafts-stay", test_drafts_stay);
  g_test_add_func ("/reissue/4/evidence-follows-the-numbers", test_evidence_follows_the_numbers);
  g_test_add_func ("/receipt/2/set-back-over-a-hole", test_set_back_over_a_hole);
  g_test_add_func ("/enrol/5/work-of-a-commune-that-is-left", test_work_of_a_commune_that_is_left);
  return g_test_run ();
}
