/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk that fills up or breaks at every single write: nothing is lost, nothing stands there by half. */
#include "fault-vfs.h"
#include "store-fixture.h"

#include "base/error.h"

#include <string.h>

typedef gboolean (*FaultyWork) (StoreFixture *fixture, GError **error);

static gboolean
save_one (StoreFixture *fixture, GError **error)
{
  g_autoptr (SobanFieldMap) fields = make_fields ("activity_date", "2026-11-20", "total", "12", "village_id", "other",
                                                  "village_new", "Bản Mới", "commune_id", "02947@2025-07-01", NULL);
  g_autofree char *version = newest_version (fixture, "communication_session");
  SobanUuid id = { 0 };

  return soban_store_save (fixture->store, &id, "communication_session", version, NULL, fields, error);
}

static gboolean
draft_and_complete (StoreFixture *fixture, GError **error)
{
  g_autoptr (SobanDraft) draft = soban_store_start_draft (fixture->store, "communication_session", error);

  if (!draft)
    return FALSE;
  soban_field_map_set (draft->fields, "total", "12");
  soban_field_map_set (draft->fields, "commune_id", "02947@2025-07-01");
  soban_field_map_set (draft->fields, "village_id", "other");
  soban_field_map_set (draft->fields, "village_new", "Bản Xa");
  return soban_store_save_draft (fixture->store, &draft->id, draft->form, draft->form_version, draft->fields, "", NULL,
                                 error)
         && soban_store_complete_draft (fixture->store, &draft->id, draft->fields, error);
}

static gboolean
apply_some (StoreFixture *fixture, GError **error)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify)soban_change_free);
  SobanSyncResult result = { .changes = changes };

  for (guint i = 0; i < 50; i++) {
    SobanUuid id = { { 1, 2, 3, i } };
    SobanChange *change = make_pulled (9, i + 1, &id, SOBAN_STAMP (FIXTURE_START_MS, i), 0);

    soban_change_assign (change, "note", "một hai ba");
    g_ptr_array_add (changes, change);
  }
  return soban_store_apply (fixture->store, &result, error);
}

/* Work of a sync: each one transaction. */
static gboolean
fork_off (StoreFixture *fixture, GError **error)
{
  return soban_store_fork (fixture->store, &(SobanSyncResult){ 0 }, 0, error);
}

static gboolean
apply_page (StoreFixture *fixture, GError **error)
{
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GPtrArray) cursors = g_ptr_array_new ();
  g_autoptr (GArray) numbers = g_array_new (FALSE, TRUE, sizeof (guint64));
  SobanCursor cursor = { .scope = (char *)FIXTURE_COMMUNE, .has_page = TRUE, .page_top = 70, .more = TRUE };
  SobanSyncResult result = { .acked_number = 1,
                             .changes = changes,
                             .cursors = cursors,
                             .scope_numbers = numbers,
                             .collector_ms = FIXTURE_START_MS,
                             .collector_minor = 1 };

  for (guint i = 0; i < 20; i++) {
    const SobanUuid id = { { 1, 2, 3, i } };

    cursor.page = id;
    add_pulled (changes, 9, i + 1, &id, SOBAN_STAMP (FIXTURE_START_MS, i), 0, "note", "một hai ba");
  }
  g_array_set_size (numbers, changes->len);
  g_ptr_array_add (cursors, &cursor);
  return soban_store_apply (fixture->store, &result, error);
}

static gboolean
import_some (StoreFixture *fixture, GError **error)
{
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (SobanClockEvidence) evidence = soban_clock_evidence_new (9, 9 * 7919);
  const SobanBoot boot = { 1, 1000, 2000, FIXTURE_START_MS };

  g_array_append_val (evidence->boots, boot);
  for (guint i = 0; i < 20; i++) {
    const SobanUuid id = { { 1, 2, 3, i } };

    add_pulled (changes, 9, i + 1, &id, SOBAN_STAMP (FIXTURE_START_MS, i), 0, "note", "một hai ba");
  }
  return soban_store_import_exchange (fixture->store, FIXTURE_COMMUNE, evidence, changes, NULL, NULL, error);
}

static gboolean
replace_some (StoreFixture *fixture, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
  g_autoptr (GArray) numbers = g_array_new (FALSE, TRUE, sizeof (guint64));
  g_autoptr (GPtrArray) changes = new_changes ();

  for (guint i = 0; i < 5; i++) {
    const SobanUuid id = { { 1, 2, 3, i } };

    g_array_append_val (ids, id);
    add_pulled (changes, 9, i + 1, &id, SOBAN_STAMP (FIXTURE_START_MS, 90 + i), 0, "note", "bốn");
  }
  g_array_set_size (numbers, changes->len);
  return apply_some (fixture, error)
         && soban_store_replace_records (fixture->store, FIXTURE_COMMUNE, ids, changes, numbers, error);
}

static void
assert_told (const GError *error, FaultKind kind)
{
  g_assert_cmpuint (error->domain, ==, SOBAN_STORE_ERROR);
  if (kind == FAULT_FULL)
    g_assert_true (error->code == SOBAN_STORE_ERROR_FULL || error->code == SOBAN_STORE_ERROR_IO);
  else
    g_assert_cmpint (error->code, ==, SOBAN_STORE_ERROR_IO);
}

static guint64
count_changes (StoreFixture *fixture)
{
  SobanIdentity identity;

  g_assert_true (soban_store_get_identity (fixture->store, &identity, NULL));
  return identity.last_number;
}

/* Lets the work fail from its n-th write on, for every n, until it comes off. */
static void
fail_at_every_write (FaultyWork work, FaultKind kind)
{
  gboolean done = FALSE;
  guint nth;

  for (nth = 1; !done; nth++) {
    StoreFixture fixture;
    g_autoptr (GError) error = NULL;
    SobanUuid kept;
    g_autofree char *total = NULL;
    g_autofree char *again = NULL;
    guint64 changes;

    g_assert_cmpuint (nth, <, 500);
    store_fixture_init (&fixture);
    kept = save_session (&fixture, "2026-11-19", "Bản Cũ", "7");
    changes = count_changes (&fixture);
    fault_vfs_fail_from (kind, nth);
    done = work (&fixture, &error);
    g_assert_true (done == (error == NULL));
    g_assert_true (done || fault_vfs_has_failed ());
    if (error)
      assert_told (error, kind);
    /* as the running program sees it ... */
    fault_vfs_fail_from (FAULT_NONE, 0);
    if (!done && work != draft_and_complete && work != replace_some)
      g_assert_cmpuint (count_changes (&fixture), ==, changes);
    total = get_field (&fixture, &kept, "total");
    g_assert_cmpstr (total, ==, "7");
    assert_sound (&fixture);
    /* ... it goes on with room on the disk ... */
    if (!done) {
      g_clear_error (&error);
      work (&fixture, &error);
      g_assert_no_error (error);
    }
    /* ... and the file says the same. */
    store_fixture_reopen (&fixture);
    assert_sound (&fixture);
    again = get_field (&fixture, &kept, "total");
    g_assert_cmpstr (again, ==, "7");
    store_fixture_clear (&fixture);
  }
  g_test_message ("%u writes", nth - 1);
  g_assert_cmpuint (nth, >, 2);
}

/* The power goes at the n-th write, for every n, in the end while the file is closed: what was told to be done is done,
 * the rest is done or not, and the file is sound. */
static void
cut_at_every_write (FaultyWork work)
{
  gboolean done = FALSE;
  guint nth;

  for (nth = 1; !done; nth++) {
    StoreFixture fixture;
    SobanIdentity told = { 0 };
    SobanDigest digest = { 0 };
    g_autofree char *total = NULL;
    SobanUuid id;

    g_assert_cmpuint (nth, <, 500);
    store_fixture_init (&fixture);
    store_fixture_enrol (&fixture, 4, "key");
    id = save_session (&fixture, "2026-11-19", "Bản Cũ", "7");
    fault_vfs_fail_from (FAULT_CUT, nth);
    done = work (&fixture, NULL);
    if (done) {
      told = get_identity (&fixture);
      digest = get_digest (&fixture);
    }
    store_fixture_close (&fixture);
    fault_vfs_fail_from (FAULT_NONE, 0);
    store_fixture_open (&fixture);
    assert_sound (&fixture);
    total = get_field (&fixture, &id, "total");
    g_assert_cmpstr (total, ==, "7");
    if (done) {
      const SobanIdentity kept = get_identity (&fixture);
      const SobanDigest digest_kept = get_digest (&fixture);

      g_assert_cmpuint (kept.incarnation, ==, told.incarnation);
      g_assert_cmpuint (kept.chain, ==, told.chain);
      g_assert_cmpuint (kept.acked_number, ==, told.acked_number);
      g_assert_true (soban_digest_equal (&digest_kept, &digest));
    }
    store_fixture_clear (&fixture);
  }
  g_test_message ("%u writes", nth - 1);
  g_assert_cmpuint (nth, >, 2);
}

static void
test_cut (gconstpointer work)
{
  cut_at_every_write ((FaultyWork)work);
}

static void
test_fork (gconstpointer kind)
{
  fail_at_every_write (fork_off, GPOINTER_TO_UINT (kind));
}

static void
test_import (gconstpointer kind)
{
  fail_at_every_write (import_some, GPOINTER_TO_UINT (kind));
}

static void
test_replace (gconstpointer kind)
{
  fail_at_every_write (replace_some, GPOINTER_TO_UINT (kind));
}

static void
test_save (gconstpointer kind)
{
  fail_at_every_write (save_one, GPOINTER_TO_UINT (kind));
}

static void
test_draft (gconstpointer kind)
{
  fail_at_every_write (draft_and_complete, GPOINTER_TO_UINT (kind));
}

static void
test_apply (gconstpointer kind)
{
  fail_at_every_write (apply_some, GPOINTER_TO_UINT (kind));
}

/* A new store on a disk without room: a clear error, and a good store once there is room. */
static void
test_first_opening (gconstpointer kind)
{
  SobanStore *store = NULL;
  guint nth;

  for (nth = 1; !store; nth++) {
    StoreFixture fixture;
    g_autofree char *path = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_cmpuint (nth, <, 500);
    store_fixture_init (&fixture);
    path = g_build_filename (fixture.folder, "second.db", NULL);
    fault_vfs_fail_from (GPOINTER_TO_UINT (kind), nth);
    store = soban_store_open (path, store_fixture_data_dir (), &fixture.clock, &error);
    fault_vfs_fail_from (FAULT_NONE, 0);
    g_assert_true ((store != NULL) == (error == NULL));
    if (error)
      assert_told (error, GPOINTER_TO_UINT (kind));
    if (!store) {
      g_autoptr (SobanStore) later = NULL;

      g_clear_error (&error);
      later = soban_store_open (path, store_fixture_data_dir (), &fixture.clock, &error);
      g_assert_no_error (error);
      soban_store_close (later);
    } else {
      soban_store_close (store);
    }
    store_fixture_clear (&fixture);
  }
  g_object_unref (store);
  g_assert_cmpuint (nth, >, 2);
}

static void
test_one_fsync_a_save (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  save_session (&fixture, "2026-11-20", "Bản A", "1");
  for (guint i = 0; i < 20; i++) {
    fault_vfs_reset_counts ();
    save_session (&fixture, "2026-11-20", "Bản A", "1");
    g_assert_cmpuint (fault_vfs_fsyncs (), ==, 1);
  }
  store_fixture_clear (&fixture);
}

/* A code works once: what is told about an enrolment must be what is in the file. */
static void
test_enrolment_is_told_as_it_is (void)
{
  const SobanEnrolment enrolment = { 4,       "Tablet",      "https://localhost:1", "key",
                                     "token", "team_member", "02947@2025-07-01",    "02947@2025-07-01" };
  gboolean done = FALSE;

  for (guint nth = 1; !done; nth++) {
    StoreFixture fixture;
    g_autoptr (GError) error = NULL;
    SobanIdentity identity;

    g_assert_cmpuint (nth, <, 500);
    store_fixture_init (&fixture);
    save_session (&fixture, "2026-11-19", "Bản Cũ", "7");
    fault_vfs_fail_from (FAULT_IO, nth);
    done = soban_store_enrol (fixture.store, &enrolment, &error);
    fault_vfs_fail_from (FAULT_NONE, 0);
    g_assert_true (soban_store_get_identity (fixture.store, &identity, NULL));
    g_assert_cmpuint (identity.device, ==, done ? 4 : 0);
    assert_sound (&fixture);
    store_fixture_reopen (&fixture);
    g_assert_true (soban_store_get_identity (fixture.store, &identity, NULL));
    g_assert_cmpuint (identity.device, ==, done ? 4 : 0);
    assert_sound (&fixture);
    store_fixture_clear (&fixture);
  }
}

int
main (int argc, char **argv)
{
  const gpointer full = GUINT_TO_POINTER (FAULT_FULL), io = GUINT_TO_POINTER (FAULT_IO);

  g_test_init (&argc, &argv, NULL);
  fault_vfs_install ();
  g_test_add_func ("/fault/one-fsync-a-save", test_one_fsync_a_save);
  g_test_add_data_func ("/fault/full-disk/save", full, test_save);
  g_test_add_data_func ("/fault/full-disk/draft", full, test_draft);
  g_test_add_data_func ("/fault/full-disk/apply", full, test_apply);
  g_test_add_data_func ("/fault/full-disk/first-opening", full, test_first_opening);
  g_test_add_data_func ("/fault/broken-disk/save", io, test_save);
  g_test_add_data_func ("/fault/broken-disk/draft", io, test_draft);
  g_test_add_data_func ("/fault/broken-disk/apply", io, test_apply);
  g_test_add_data_func ("/fault/broken-disk/first-opening", io, test_first_opening);
  g_test_add_data_func ("/fault/broken-disk/fork", io, test_fork);
  g_test_add_data_func ("/fault/broken-disk/import", io, test_import);
  g_test_add_data_func ("/fault/full-disk/replace", full, test_replace);
  g_test_add_data_func ("/fault/power-cut/save", save_one, test_cut);
  g_test_add_data_func ("/fault/power-cut/draft", draft_and_complete, test_cut);
  g_test_add_data_func ("/fault/power-cut/apply", apply_some, test_cut);
  g_test_add_data_func ("/fault/power-cut/page", apply_page, test_cut);
  g_test_add_data_func ("/fault/power-cut/fork", fork_off, test_cut);
  g_test_add_data_func ("/fault/power-cut/import", import_some, test_cut);
  g_test_add_data_func ("/fault/power-cut/replace", replace_some, test_cut);
  g_test_add_func ("/fault/enrolment-is-told-as-it-is", test_enrolment_is_told_as_it_is);
  return g_test_run ();
}
