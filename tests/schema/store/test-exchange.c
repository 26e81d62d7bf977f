/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of store/exchange.c and store/erasure.c. */
#include "store-fixture.h"

#include "base/error.h"

static guint
import_with (StoreFixture *fixture, const SobanClockEvidence *evidence, GPtrArray *changes, guint64 first_number)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GError) error = NULL;
  guint fresh;

  for (guint i = 0; i < changes->len; i++) {
    guint64 number = first_number + i;

    g_array_append_val (numbers, number);
  }
  soban_store_import_exchange (fixture->store, FIXTURE_COMMUNE, evidence, changes, first_number != 0 ? numbers : NULL,
                               &fresh, &error);
  g_assert_no_error (error);
  return fresh;
}

static GPtrArray *
list_relayed (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *relayed = soban_store_list_relayed (fixture->store, 1000, &error);

  g_assert_no_error (error);
  return relayed;
}

static SobanClockEvidence *
make_evidence (guint32 device, guint64 first_number)
{
  SobanClockEvidence *evidence = soban_clock_evidence_new (device, device * 7919);
  const SobanBoot boots[] = { { first_number, 1000, 5000, FIXTURE_START_MS }, { first_number + 1, 2000, 6000, 77 } };
  const SobanAnchor anchor = { 1, 2500, 577, FIXTURE_START_MS + 9 };

  g_array_append_vals (evidence->boots, boots, G_N_ELEMENTS (boots));
  g_array_append_val (evidence->anchors, anchor);
  return evidence;
}

static SobanUuid
make_record_id (void)
{
  return soban_uuid_new_v7 (FIXTURE_START_MS, soban_entropy_system ());
}

/* What another tablet has recorded reaches the collector through this one, once. */
static void
test_relayed_until_it_has_a_number (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (SobanClockEvidence) evidence = make_evidence (9, 1);
  g_autoptr (GPtrArray) relayed = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) gone = NULL;
  g_autoptr (SobanClockEvidence) forgotten = NULL;
  g_autoptr (GPtrArray) cursors = NULL;
  const SobanUuid id = make_record_id ();
  SobanSyncResult result = { 0 };
  const SobanRelayed *group;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  add_pulled (changes, 9, 1, &id, LATER (1), 0, "total", "1");
  add_pulled (changes, 9, 2, &id, LATER (2), 0, "total", "2");
  g_assert_cmpuint (import_with (&fixture, evidence, changes, 0), ==, 2);
  g_assert_cmpuint (import_with (&fixture, evidence, changes, 0), ==, 0);
  store_fixture_reopen (&fixture);
  relayed = list_relayed (&fixture);
  g_assert_cmpuint (relayed->len, ==, 1);
  group = g_ptr_array_index (relayed, 0);
  g_assert_cmpuint (group->changes->len, ==, 2);
  g_assert_cmpuint (((SobanChange *)g_ptr_array_index (group->changes, 1))->id.number, ==, 2);
  g_assert_cmpuint (group->evidence->device, ==, 9);
  g_assert_cmpuint (group->evidence->boots->len, ==, 2);
  g_assert_cmpint (g_array_index (group->evidence->anchors, SobanAnchor, 0).true_ms, ==, FIXTURE_START_MS + 9);
  cursors = soban_store_get_cursors (fixture.store, NULL);
  g_assert_cmpuint (((SobanCursor *)g_ptr_array_index (cursors, 1))->cursor, ==, 0);
  assert_sound (&fixture);
  /* a round has taken it along */
  result.relayed = relayed;
  g_assert_true (soban_store_apply (fixture.store, &result, NULL));
  none = list_relayed (&fixture);
  g_assert_cmpuint (none->len, ==, 0);
  /* more of that sender: the gap may be filled */
  g_ptr_array_set_size (changes, 0);
  add_pulled (changes, 9, 3, &id, LATER (3), 0, "total", "3");
  import_with (&fixture, NULL, changes, 0);
  gone = list_relayed (&fixture);
  g_assert_cmpuint (((SobanRelayed *)g_ptr_array_index (gone, 0))->changes->len, ==, 3);
  g_ptr_array_set_size (gone, 0);
  /* the pull brings them with numbers */
  g_ptr_array_set_size (changes, 0);
  for (guint i = 1; i <= 3; i++)
    add_pulled (changes, 9, i, &id, LATER (10 + i), 0, "total", "3");
  apply_numbered (&fixture, changes, 1, 3, 0);
  g_ptr_array_unref (gone);
  gone = list_relayed (&fixture);
  g_assert_cmpuint (gone->len, ==, 0);
  forgotten = soban_store_get_sender_evidence (fixture.store, 9, 9 * 7919, NULL);
  g_assert_cmpuint (forgotten->boots->len, ==, 0);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

static guint
count_passed_over (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) records = soban_store_list_passed_over (fixture->store, FIXTURE_COMMUNE, 10, &error);

  g_assert_no_error (error);
  return records->len;
}

/* What the collector answers when it is asked for the whole log of @id. */
static void
answer_log (StoreFixture *fixture, const SobanUuid *id, SobanChange *theirs, guint64 number)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
  g_autoptr (GPtrArray) changes = g_ptr_array_new ();
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GError) error = NULL;

  g_array_append_vals (ids, id, 1);
  if (theirs) {
    g_ptr_array_add (changes, theirs);
    g_array_append_val (numbers, number);
  }
  soban_store_replace_records (fixture->store, FIXTURE_COMMUNE, ids, changes, numbers, &error);
  g_assert_no_error (error);
}

/* A tablet of 2035 wrote "ahead", which came by stick; this one has sent it on. */
static SobanUuid
send_on (StoreFixture *fixture, GPtrArray *changes)
{
  const SobanUuid id = make_record_id ();
  SobanSyncResult result = { 0 };

  store_fixture_init (fixture);
  store_fixture_enrol (fixture, 4, "key");
  add_pulled (changes, 10, 1, &id, LATER (5), 0, "total", "58");
  apply_numbered (fixture, changes, 1, 1, 0);
  g_ptr_array_set_size (changes, 0);
  add_pulled (changes, 9, 7, &id, SOBAN_STAMP (G_GINT64_CONSTANT (2051222400000), 0), 0, "total", "41");
  import_with (fixture, NULL, changes, 0);
  g_assert_cmpuint (count_passed_over (fixture), ==, 0);
  result.relayed = list_relayed (fixture);
  g_assert_true (soban_store_apply (fixture->store, &result, NULL));
  g_ptr_array_unref ((GPtrArray *)result.relayed);
  g_assert_cmpuint (count_passed_over (fixture), ==, 1);
  return id;
}

/* Its author had brought it meanwhile, and the collector's log is compacted: no pull names what won nothing. */
static void
test_below_the_floor_it_is_asked_for (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autofree char *ahead = NULL;
  g_autofree char *total = NULL;
  gboolean settled;
  SobanDigest digest;
  const SobanUuid id = send_on (&fixture, changes);
  SobanChange *theirs = g_ptr_array_index (changes, 0);

  ahead = get_field (&fixture, &id, "total");
  g_assert_cmpstr (ahead, ==, "41");
  soban_store_get_digest (fixture.store, FIXTURE_COMMUNE, &digest, &settled, NULL);
  g_assert_true (settled);
  theirs->stamp = LATER (1);
  answer_log (&fixture, &id, theirs, 2);
  total = get_field (&fixture, &id, "total");
  /* the answer above leaves out what the collector's log has besides: its value is kept all the same */
  g_assert_cmpstr (total, ==, "58");
  g_assert_cmpuint (count_passed_over (&fixture), ==, 0);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* It was passed over for a gap: asked for once, again after a snapshot, and sent again the next day. */
static void
test_what_was_passed_over_is_taken_up_again (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autofree char *total = NULL;
  const SobanUuid id = send_on (&fixture, changes);
  const SobanUuid other = make_record_id ();

  answer_log (&fixture, &id, NULL, 0);
  total = get_field (&fixture, &id, "total");
  g_assert_cmpstr (total, ==, "41");
  g_assert_cmpuint (count_passed_over (&fixture), ==, 0);
  g_ptr_array_set_size (changes, 0);
  add_pulled (changes, 10, 2, &other, LATER (6), 0, "total", "1");
  apply_changes (&fixture, changes, FIXTURE_COMMUNE, 2); /* without numbers, like a page */
  g_assert_cmpuint (count_passed_over (&fixture), ==, 1);
  answer_log (&fixture, &id, NULL, 0);
  for (guint day = 0; day < 2; day++) {
    g_autoptr (GPtrArray) again = NULL;
    g_autoptr (GPtrArray) too_early = NULL;
    SobanSyncResult result = { 0 };

    g_assert_true (soban_store_relay_again (fixture.store, NULL));
    again = list_relayed (&fixture);
    g_assert_cmpuint (again->len, ==, 1);
    result.relayed = again;
    g_assert_true (soban_store_apply (fixture.store, &result, NULL));
    g_assert_true (soban_store_relay_again (fixture.store, NULL));
    too_early = list_relayed (&fixture);
    g_assert_cmpuint (too_early->len, ==, 0);
    fixture.now_ms += 25 * 60 * 60 * 1000;
  }
  store_fixture_clear (&fixture);
}

/* Two carriers bring parts of what is known of a clock. */
static void
test_evidence_is_joined (void)
{
  for (guint order = 0; order < 2; order++) {
    StoreFixture fixture;
    g_autoptr (GPtrArray) changes = new_changes ();
    g_autoptr (SobanClockEvidence) early = make_evidence (9, 1);
    g_autoptr (SobanClockEvidence) late = make_evidence (9, 2);
    g_autoptr (SobanClockEvidence) joined = NULL;
    const SobanUuid id = make_record_id ();

    store_fixture_init (&fixture);
    store_fixture_enrol (&fixture, 4, "key");
    add_pulled (changes, 9, 1, &id, LATER (1), 0, "total", "1");
    import_with (&fixture, order == 0 ? early : late, changes, 0);
    import_with (&fixture, order == 0 ? late : early, changes, 0);
    joined = soban_store_get_sender_evidence (fixture.store, 9, 9 * 7919, NULL);
    g_assert_cmpuint (joined->boots->len, ==, 3);
    for (guint i = 0; i < 3; i++)
      g_assert_cmpuint (g_array_index (joined->boots, SobanBoot, i).first_number, ==, i + 1);
    g_assert_cmpuint (joined->anchors->len, ==, 1);
    g_assert_cmpuint (g_array_index (joined->anchors, SobanAnchor, 0).boot, ==, 2);
    store_fixture_clear (&fixture);
  }
}

static void
test_a_guess_replaces_nothing (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GPtrArray) history = NULL;
  const SobanUuid id = make_record_id ();

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  add_pulled (changes, 9, 1, &id, LATER (1), 0, "total", "1");
  apply_numbered (&fixture, changes, 1, 1, 0);
  ((SobanChange *)g_ptr_array_index (changes, 0))->stamp = LATER (999);
  g_assert_cmpuint (import_with (&fixture, NULL, changes, 0), ==, 0);
  history = soban_store_get_history (fixture.store, &id, NULL);
  g_assert_cmpuint (find_item (history, "total", "1")->key.stamp, ==, LATER (1));
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* A bundle knows the effective stamp of what had come without one. */
static void
test_a_number_replaces_the_guess (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GPtrArray) history = NULL;
  g_autoptr (GPtrArray) relayed = NULL;
  const SobanUuid id = make_record_id ();

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  add_pulled (changes, 9, 1, &id, LATER (500), 0, "total", "1");
  import_with (&fixture, NULL, changes, 0);
  ((SobanChange *)g_ptr_array_index (changes, 0))->stamp = LATER (1);
  import_with (&fixture, NULL, changes, 40);
  history = soban_store_get_history (fixture.store, &id, NULL);
  g_assert_cmpuint (find_item (history, "total", "1")->key.stamp, ==, LATER (1));
  relayed = list_relayed (&fixture);
  g_assert_cmpuint (relayed->len, ==, 0);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* Change 7 of tablet 9, which came by stick: men and women of a session. */
static SobanUuid
import_waiting (StoreFixture *fixture)
{
  const SobanUuid id = make_record_id ();
  g_autoptr (GPtrArray) changes = new_changes ();
  SobanChange *change = add_pulled (changes, 9, 7, &id, LATER (9), 3, "female", "20");

  change->wall_ms = FIXTURE_START_MS;
  soban_change_assign (change, "total", "41");
  store_fixture_init (fixture);
  store_fixture_enrol (fixture, 4, "key");
  import_with (fixture, NULL, changes, 0);
  return id;
}

/* (transfer full): what the collector, or a snapshot (@rest), has under that number. */
static GPtrArray *
make_numbered (const SobanUuid *id, gboolean rest, const char *path, const char *value)
{
  GPtrArray *changes = new_changes ();
  SobanChange *change = add_pulled (changes, 9, 7, id, LATER (8), rest ? 0 : 3, path, value);

  change->wall_ms = rest ? 0 : FIXTURE_START_MS;
  return changes;
}

/* As a page of a snapshot brings it. */
static void
apply_page (StoreFixture *fixture, GPtrArray *changes)
{
  SobanCursor cursor = { .scope = (char *)FIXTURE_COMMUNE, .has_page = TRUE, .page_top = 90 };
  g_autoptr (GPtrArray) cursors = g_ptr_array_new ();
  const SobanSyncResult result = { .changes = changes, .cursors = cursors, .collector_minor = 1 };
  g_autoptr (GError) error = NULL;

  cursor.page = ((SobanChange *)g_ptr_array_index (changes, 0))->record;
  g_ptr_array_add (cursors, &cursor);
  soban_store_apply (fixture->store, &result, &error);
  g_assert_no_error (error);
}

static void
assert_issued (StoreFixture *fixture, const SobanUuid *id, guint issued, const char *total, const char *female)
{
  g_autoptr (GPtrArray) relayed = list_relayed (fixture);
  g_autoptr (SobanRecord) record = soban_store_get_record (fixture->store, id, NULL);

  g_assert_cmpuint (relayed->len, ==, 0);
  g_assert_cmpint (soban_store_count_waiting (fixture->store, NULL), ==, issued);
  g_assert_cmpstr (soban_field_map_get (record->fields, "total"), ==, total);
  g_assert_cmpstr (soban_field_map_get (record->fields, "female"), ==, female);
  assert_sound (fixture);
  store_fixture_clear (fixture);
}

/* The author was put back to an older copy and has given the number again: a bundle, a page of a snapshot say so. */
static void
test_another_content_is_issued_anew (void)
{
  for (guint way = 0; way < 3; way++) {
    StoreFixture fixture;
    const SobanUuid id = import_waiting (&fixture);
    g_autoptr (GPtrArray) changes = make_numbered (&id, way > 0, "total", "58");

    if (way < 2)
      import_with (&fixture, NULL, changes, 40);
    else
      apply_page (&fixture, changes);
    assert_issued (&fixture, &id, 1, "41", "20");
  }
}

/* The same change, as a snapshot or an erasure has left it. */
static void
test_what_is_left_of_it_is_the_same (void)
{
  for (guint way = 0; way < 4; way++) {
    StoreFixture fixture;
    const SobanUuid id = import_waiting (&fixture);
    g_autoptr (GPtrArray) changes = make_numbered (&id, way < 2, "total", way < 2 ? "41" : NULL);

    if (way >= 2)
      soban_change_assign (g_ptr_array_index (changes, 0), "female", NULL);
    if (way == 0)
      apply_page (&fixture, changes);
    else if (way == 3)
      apply_numbered (&fixture, changes, 40, 40, 0);
    else
      import_with (&fixture, NULL, changes, 40);
    assert_issued (&fixture, &id, 0, "41", "20");
  }
}

/* Who overwrites what came by bundle says so, but not of what came behind his back. */
static void
test_bases (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GPtrArray) outgoing = NULL;
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *version = NULL;
  const SobanUuid id = make_record_id ();
  const SobanChange *change;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  version = newest_version (&fixture, "communication_session");
  change = add_pulled (changes, 9, 1, &id, LATER (1), 0, "total", "1");
  g_free (((SobanChange *)change)->form_version);
  ((SobanChange *)change)->form_version = g_strdup (version);
  import_with (&fixture, NULL, changes, 0);
  draft = soban_store_edit_record (fixture.store, &id, &error);
  g_assert_no_error (error);
  g_ptr_array_set_size (changes, 0);
  change = add_pulled (changes, 9, 2, &id, LATER (2), 0, "total", "2");
  g_free (((SobanChange *)change)->form_version);
  ((SobanChange *)change)->form_version = g_strdup (version);
  import_with (&fixture, NULL, changes, 0);
  /* the person saw 1, not 2 */
  soban_field_map_set (draft->fields, "total", "7");
  g_assert_true (soban_store_complete_draft (fixture.store, &id, draft->fields, &error));
  g_assert_true (soban_store_restore_value (fixture.store, &id, "total", "8", NULL));
  g_ptr_array_set_size (changes, 0);
  change = add_pulled (changes, 9, 3, &id, LATER (300), 0, "total", "3");
  import_with (&fixture, NULL, changes, 0);
  g_assert_true (soban_store_restore_value (fixture.store, &id, "total", "9", NULL));
  outgoing = soban_store_list_outgoing (fixture.store, 0, 10, NULL);
  change = g_ptr_array_index (outgoing, 0);
  g_assert_null (change->bases);
  change = g_ptr_array_index (outgoing, 1);
  g_assert_null (change->bases);
  change = g_ptr_array_index (outgoing, 2);
  g_assert_cmpuint (change->bases->len, ==, 1);
  g_assert_cmpuint (g_array_index (change->bases, SobanChangeId, 0).number, ==, 3);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* Invariant 4: the bundle comes from a tablet that had met a later state of this one (its backup was put back). */
static void
test_steps_aside_for_its_copy (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  SobanIdentity before;
  SobanUuid id, other = make_record_id ();
  SobanChange *change;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  id = save_session (&fixture, "2026-11-20", "Bản A", "1");
  before = get_identity (&fixture);
  change = add_pulled (changes, 4, before.last_number + 1, &other, LATER (3), 0, "total", "4");
  change->id.incarnation = before.incarnation;
  g_assert_cmpuint (import_with (&fixture, NULL, changes, 0), ==, 1);
  g_assert_cmpuint (get_identity (&fixture).incarnation, !=, before.incarnation);
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, before.last_number);
  g_assert_true (soban_store_restore_value (fixture.store, &id, "total", "9", NULL));
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

static void
test_another_commune_is_refused (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GError) error = NULL;
  const SobanUuid id = make_record_id ();

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  add_pulled (changes, 9, 1, &id, LATER (1), 0, "total", "1");
  g_assert_false (soban_store_import_exchange (fixture.store, "00004@2025-07-01", NULL, changes, NULL, NULL, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT);
  g_assert_null (soban_store_get_record (fixture.store, &id, NULL));
  store_fixture_clear (&fixture);
}

/* All of a commune from one tablet to another: what has a number and what has none. */
static void
test_scope_is_listed (void)
{
  StoreFixture fixture, other;
  g_autoptr (GPtrArray) pulled = new_changes ();
  g_autoptr (GPtrArray) outgoing = NULL;
  SobanDigest left, right;

  store_fixture_init (&fixture);
  store_fixture_init (&other);
  store_fixture_enrol (&fixture, 4, "key");
  store_fixture_enrol (&other, 5, "key");
  for (guint i = 1; i <= 7; i++) {
    const SobanUuid id = make_record_id ();

    add_pulled (pulled, 9, i, &id, LATER (i), 0, "total", "1");
  }
  apply_numbered (&fixture, pulled, 1, 7, 0);
  for (guint i = 0; i < 5; i++)
    save_session (&fixture, "2026-11-20", "Bản A", "1");
  for (guint numbered = 0; numbered < 2; numbered++) {
    guint64 place = 0;
    guint total = 0;

    for (gboolean more = TRUE; more;) {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) items =
          soban_store_list_scope (fixture.store, FIXTURE_COMMUNE, numbered, &place, 3, &error);
      g_autoptr (GPtrArray) changes = g_ptr_array_new ();

      g_assert_no_error (error);
      for (guint i = 0; i < items->len; i++) {
        SobanScopeChange *item = g_ptr_array_index (items, i);

        g_assert_cmpint (item->scope_number != 0, ==, numbered);
        g_ptr_array_add (changes, item->change);
      }
      total += items->len;
      more = items->len > 0;
      import_with (&other, NULL, changes,
                   numbered && items->len > 0 ? ((SobanScopeChange *)g_ptr_array_index (items, 0))->scope_number : 0);
    }
    g_assert_cmpuint (total, ==, numbered ? 7 : get_identity (&fixture).last_number);
  }
  /* what has no number yet counts once it has one */
  outgoing = soban_store_list_outgoing (fixture.store, 0, 100, NULL);
  apply_numbered (&other, outgoing, 8, 7 + outgoing->len, 0);
  g_assert_true (
      soban_store_apply (fixture.store, &(SobanSyncResult){ .acked_number = outgoing->len }, NULL));
  left = get_digest (&fixture);
  right = get_digest (&other);
  g_assert_true (soban_digest_equal (&left, &right));
  assert_sound (&other);
  store_fixture_clear (&fixture);
  store_fixture_clear (&other);
}

/* ---- erasure ---- */

static void
erase (StoreFixture *fixture, const SobanUuid *id, guint64 number, SobanStamp stamp, guint64 acked)
{
  g_autoptr (GPtrArray) changes = new_changes ();
  SobanChange *change = add_pulled (changes, 0, number, id, stamp, 0, SOBAN_FIELD_ERASED, "1");

  soban_change_assign (change, SOBAN_FIELD_DELETED, "1");
  soban_change_assign (change, "total", NULL);
  soban_change_assign (change, "activity_date", NULL);
  soban_change_assign (change, "village_new", NULL);
  apply_numbered (fixture, changes, number, number, acked);
}

static gboolean
file_has (StoreFixture *fixture, const char *text)
{
  g_autoptr (GError) error = NULL;
  gboolean found = FALSE;
  guint64 place = 0;

  for (guint numbered = 0; numbered < 2; numbered++) {
    g_autoptr (GPtrArray) items = NULL;

    place = 0;
    items = soban_store_list_scope (fixture->store, FIXTURE_COMMUNE, numbered, &place, 1000, &error);
    g_assert_no_error (error);
    for (guint i = 0; i < items->len; i++) {
      const GPtrArray *assignments = ((SobanScopeChange *)g_ptr_array_index (items, i))->change->assignments;

      for (guint k = 0; k < assignments->len; k++)
        found |= g_strcmp0 (((SobanAssignment *)g_ptr_array_index (assignments, k))->value, text) == 0;
    }
  }
  return found;
}

static void
test_erased_is_gone (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GPtrArray) history = NULL;
  g_autoptr (GArray) found = NULL;
  g_autoptr (SobanRecord) record = NULL;
  const SobanRecordQuery query = { .search = "secret", .registries = TRUE };
  const SobanUuid id = make_record_id ();
  guint left;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  add_pulled (changes, 9, 1, &id, LATER (1), 0, "village_new", "secret");
  add_pulled (changes, 9, 2, &id, LATER (2), 0, "total", "31");
  apply_numbered (&fixture, changes, 1, 2, 0);
  erase (&fixture, &id, 3, LATER (3), 0);
  g_assert_true (soban_store_derive_stale (fixture.store, 10, &left, NULL));
  g_assert_false (file_has (&fixture, "secret"));
  g_assert_false (file_has (&fixture, "31"));
  record = soban_store_get_record (fixture.store, &id, NULL);
  g_assert_true (record->deleted);
  g_assert_null (soban_field_map_get (record->fields, "total"));
  found = soban_store_list_records (fixture.store, &query, NULL);
  g_assert_cmpuint (found->len, ==, 0);
  history = soban_store_get_history (fixture.store, &id, NULL);
  for (guint i = 0; i < history->len; i++)
    g_assert_true (*((SobanHistoryItem *)g_ptr_array_index (history, i))->path == '.'
                   || !((SobanHistoryItem *)g_ptr_array_index (history, i))->value);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* What waits keeps its bytes until it has arrived: the collector knows its hash. Nothing of it is shown meanwhile. */
static void
test_what_waits_is_erased_when_it_has_arrived (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (SobanRecord) record = NULL;
  const SobanUuid id = make_record_id ();
  guint64 chain, after;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  add_pulled (changes, 9, 1, &id, LATER (1), 0, "total", "31");
  apply_numbered (&fixture, changes, 1, 1, 0);
  fixture.now_ms += 60000;
  g_assert_true (soban_store_restore_value (fixture.store, &id, "total", "32", NULL));
  g_assert_true (soban_store_restore_value (fixture.store, &id, "female", "33", NULL));
  chain = get_identity (&fixture).chain;
  erase (&fixture, &id, 2, LATER (3), 0);
  record = soban_store_get_record (fixture.store, &id, NULL);
  g_assert_null (soban_field_map_get (record->fields, "female"));
  g_assert_true (file_has (&fixture, "33"));
  assert_sound (&fixture);
  g_ptr_array_set_size (changes, 0);
  apply_numbered (&fixture, changes, 3, 4, 2);
  g_assert_false (file_has (&fixture, "31"));
  g_assert_false (file_has (&fixture, "32"));
  g_assert_false (file_has (&fixture, "33"));
  after = get_identity (&fixture).acked_chain;
  g_assert_cmpuint (chain, ==, after);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* Invariant 4: no way leads back in, and what somebody was changing is gone. */
static void
test_erased_is_not_written_to (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (SobanFieldMap) fields = make_fields ("total", "32", NULL);
  g_autofree char *version = NULL;
  SobanUuid id;
  gint64 waiting;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  version = newest_version (&fixture, "communication_session");
  id = save_session (&fixture, "2026-11-20", "Bản A", "31");
  apply_numbered (&fixture, changes, 1, 0, 0);
  g_assert_true (soban_store_save_draft (fixture.store, &id, "communication_session", version, fields, "", NULL, NULL));
  waiting = soban_store_count_waiting (fixture.store, NULL);
  erase (&fixture, &id, 1, LATER (3), 0);
  for (guint way = 0; way < 6; way++) {
    g_autoptr (GError) error = NULL;

    switch (way) {
    case 0:
      g_assert_null (soban_store_edit_record (fixture.store, &id, &error));
      break;
    case 1:
      g_assert_false (soban_store_complete_draft (fixture.store, &id, fields, &error));
      g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND);
      continue;
    case 2:
      g_assert_false (soban_store_save (fixture.store, &id, "communication_session", version, NULL, fields, &error));
      break;
    case 3:
      g_assert_false (soban_store_restore_value (fixture.store, &id, "total", "31", &error));
      break;
    case 4:
      g_assert_false (soban_store_settle (fixture.store, &id, "total", "31", &error));
      break;
    default:
      g_assert_false (soban_store_set_deleted (fixture.store, &id, FALSE, &error));
    }
    g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT);
  }
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, waiting);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exchange/1-3/relayed-until-it-has-a-number", test_relayed_until_it_has_a_number);
  g_test_add_func ("/exchange/3/below-the-floor-it-is-asked-for", test_below_the_floor_it_is_asked_for);
  g_test_add_func ("/exchange/3/what-was-passed-over-is-taken-up-again", test_what_was_passed_over_is_taken_up_again);
  g_test_add_func ("/exchange/1/evidence-is-joined", test_evidence_is_joined);
  g_test_add_func ("/exchange/2/a-guess-replaces-nothing", test_a_guess_replaces_nothing);
  g_test_add_func ("/exchange/2/a-number-replaces-the-guess", test_a_number_replaces_the_guess);
  g_test_add_func ("/exchange/4/steps-aside-for-its-copy", test_steps_aside_for_its_copy);
  g_test_add_func ("/exchange/5/another-content-is-issued-anew", test_another_content_is_issued_anew);
  g_test_add_func ("/exchange/5/what-is-left-of-it-is-the-same", test_what_is_left_of_it_is_the_same);
  g_test_add_func ("/exchange/another-commune-is-refused", test_another_commune_is_refused);
  g_test_add_func ("/exchange/scope-is-listed", test_scope_is_listed);
  g_test_add_func ("/log/5/bases", test_bases);
  g_test_add_func ("/erasure/1-3/erased-is-gone", test_erased_is_gone);
  g_test_add_func ("/erasure/2/what-waits-is-erased-when-it-has-arrived",
                   test_what_waits_is_erased_when_it_has_arrived);
  g_test_add_func ("/erasure/4/erased-is-not-written-to", test_erased_is_not_written_to);
  return g_test_run ();
}
