/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes wrong with tablets' disks, and how a real collector and real sessions put it right (sync/README.md 5.8, 5.10; PROTOCOL 1.2, 8). */
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "real-collector.h"
#include "store-fixture.h"
#include "sync-once.h"

#define SCOPE "02947@2025-07-01"

static void
enrol (RealCollector *collector, StoreFixture *tablet, const char *name)
{
  g_autofree char *text = real_collector_enrol (collector, name, SCOPE, real_collector_get_port (collector));
  g_autoptr (GError) error = NULL;

  soban_enrol_from_text (tablet->store, text, &error);
  g_assert_no_error (error);
}

static void
tablet_init (RealCollector *collector, StoreFixture *tablet, const char *name)
{
  store_fixture_init (tablet);
  store_fixture_boot (tablet, 0, 0); /* a boot that has lasted since 1970 would tell the time of 2083, and nothing would be inside the window */
  enrol (collector, tablet, name);
}

static SobanSyncProgress
sync_tablet (StoreFixture *tablet)
{
  SobanSyncProgress progress = { 0 };
  g_autoptr (GError) error = sync_once (tablet->store, &progress);

  g_assert_no_error (error);
  g_assert_cmpint (soban_store_count_waiting (tablet->store, NULL), ==, 0);
  assert_sound (tablet);
  return progress;
}

static void
save_some (StoreFixture *tablet, guint count, const char *village)
{
  for (guint i = 0; i < count; i++)
    save_session (tablet, "2026-11-20", village, "25");
}

static guint
count_records (StoreFixture *tablet)
{
  g_autoptr (GArray) ids = soban_store_list_records (tablet->store, &(SobanRecordQuery) { 0 }, NULL);

  return ids->len;
}

/* Each record of @a looks the same on @b. */
static void
assert_same (StoreFixture *a, StoreFixture *b)
{
  g_autoptr (GArray) ids = soban_store_list_records (a->store, &(SobanRecordQuery) { 0 }, NULL);

  g_assert_cmpuint (count_records (b), ==, ids->len);
  for (guint i = 0; i < ids->len; i++) {
    const SobanUuid *id = &g_array_index (ids, SobanUuid, i);
    g_autoptr (SobanRecord) left = soban_store_get_record (a->store, id, NULL);
    g_autoptr (SobanRecord) right = soban_store_get_record (b->store, id, NULL);

    g_assert_nonnull (right);
    g_assert_true (soban_field_map_equal (left->fields, right->fields));
    g_assert_cmpint (left->deleted, ==, right->deleted);
  }
}

static void
copy_disk (const char *from, const char *to)
{
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autoptr (GFile) target = g_file_new_for_path (to);
  g_autoptr (GError) error = NULL;

  g_file_copy (source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* A late tablet has what the collector has: @records, and the same as @tablet shows. The collector is sound. */
static void
assert_at_rest (RealCollector *collector, StoreFixture *tablet, guint records)
{
  g_autofree char *checked = NULL;
  StoreFixture late;

  tablet_init (collector, &late, "late");
  sync_tablet (&late);
  g_assert_cmpuint (count_records (&late), ==, records);
  assert_same (&late, tablet);
  checked = real_collector_run (collector, "check", NULL);
  store_fixture_clear (&late);
}

/* Two tablets from one image: both record under the same numbers. */
static void
test_a_copied_disk (void)
{
  g_autoptr (RealCollector) collector = real_collector_new (TRUE);
  StoreFixture tablet, copy;
  SobanIdentity identity, other;

  tablet_init (collector, &tablet, "a");
  save_some (&tablet, 5, "Nà Lầu");
  sync_tablet (&tablet);
  store_fixture_init (&copy);
  store_fixture_close (&copy);
  store_fixture_close (&tablet);
  copy_disk (tablet.path, copy.path);
  copy.booted_ms = copy.now_ms - 60000;
  store_fixture_open (&copy);
  store_fixture_open (&tablet);
  copy.now_ms += 1000; /* the people are not the same */
  save_some (&tablet, 3, "Bản Xa");
  save_some (&copy, 4, "Khuổi Ngoa");
  sync_tablet (&tablet);
  sync_tablet (&copy);
  sync_tablet (&tablet);
  soban_store_get_identity (tablet.store, &identity, NULL);
  soban_store_get_identity (copy.store, &other, NULL);
  g_assert_cmpuint (identity.incarnation, !=, other.incarnation);
  assert_same (&tablet, &copy);
  assert_at_rest (collector, &tablet, 12);
  store_fixture_clear (&copy);
  store_fixture_clear (&tablet);
}

/* A backup was put back: the tablet gives numbers that it gave before. */
static void
test_a_backup_put_back (void)
{
  g_autoptr (RealCollector) collector = real_collector_new (TRUE);
  StoreFixture tablet;
  g_autofree char *backup = NULL;

  tablet_init (collector, &tablet, "a");
  backup = g_strconcat (tablet.path, ".backup", NULL);
  save_some (&tablet, 5, "Nà Lầu");
  sync_tablet (&tablet);
  store_fixture_close (&tablet);
  copy_disk (tablet.path, backup);
  store_fixture_open (&tablet);
  save_some (&tablet, 3, "Bản Xa");
  sync_tablet (&tablet);
  store_fixture_close (&tablet);
  copy_disk (backup, tablet.path);
  store_fixture_open (&tablet);
  g_assert_cmpuint (count_records (&tablet), ==, 5);
  tablet.now_ms += 1000;
  save_some (&tablet, 2, "Khuổi Ngoa");
  sync_tablet (&tablet);
  assert_at_rest (collector, &tablet, 10);
  store_fixture_clear (&tablet);
}

/* A change that a tablet counts as received and has not. */
static void
test_a_lost_change_is_found (void)
{
  g_autoptr (RealCollector) collector = real_collector_new (TRUE);
  StoreFixture a, b;
  SobanSyncProgress quiet, repair;
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();
  g_autoptr (GPtrArray) cursors = NULL;
  const guint records = 2000;

  tablet_init (collector, &a, "a");
  tablet_init (collector, &b, "b");
  save_some (&a, records, "Nà Lầu");
  sync_tablet (&a);
  sync_tablet (&b);
  quiet = sync_tablet (&b);
  save_some (&a, 1, "Bản Xa");
  sync_tablet (&a);
  cursors = soban_store_get_cursors (b.store, NULL);
  apply_changes (&b, nothing, SCOPE, ((SobanCursor *) g_ptr_array_index (cursors, 0))->cursor + 1);
  repair = sync_tablet (&b);
  g_test_message ("%u records, one lost: %u requests, %" G_GUINT64_FORMAT " bytes up and %" G_GUINT64_FORMAT
                  " down beyond those of a sync with nothing to do",
                  records, repair.requests, repair.bytes_up - quiet.bytes_up, repair.bytes_down - quiet.bytes_down);
  g_assert_cmpuint (repair.repaired, ==, 1);
  g_assert_cmpuint (repair.requests, <=, 6);
  assert_same (&a, &b);
  store_fixture_clear (&b);
  store_fixture_clear (&a);
}

/* What only this tablet has, and nobody ever numbered: it is not lost. */
static void
test_a_collector_set_back_gets_what_others_sent (void)
{
  g_autoptr (RealCollector) collector = real_collector_new (TRUE);
  StoreFixture a, b;
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);
  g_autoptr (GPtrArray) cursors = NULL;
  SobanUuid id = soban_uuid_new_v7 (FIXTURE_START_MS - 6000, soban_entropy_system ()); /* inside the window */
  SobanChange *foreign = make_pulled (77, 1, &id, SOBAN_STAMP (FIXTURE_START_MS - 5000, 0), 0);

  tablet_init (collector, &a, "a");
  tablet_init (collector, &b, "b");
  save_some (&a, 3, "Nà Lầu");
  sync_tablet (&a);
  /* A tablet that does not come any more had sent it, and the collector has lost it. */
  soban_change_assign (foreign, "total", "7");
  g_ptr_array_add (changes, foreign);
  cursors = soban_store_get_cursors (a.store, NULL);
  apply_changes (&a, changes, SCOPE, ((SobanCursor *) g_ptr_array_index (cursors, 0))->cursor);
  sync_tablet (&a);
  sync_tablet (&b);
  g_assert_cmpuint (count_records (&b), ==, 4);
  assert_same (&a, &b);
  store_fixture_clear (&b);
  store_fixture_clear (&a);
}

/* PROTOCOL 8: a tablet keeps what its retention says; counts and digests speak of that alone. */
static void
test_a_window (void)
{
  g_autoptr (RealCollector) collector = real_collector_new (TRUE);
  StoreFixture a, b;

  /* A new tablet of long ago: ids of records follow its clock, which never runs backwards. */
  store_fixture_init (&a);
  store_fixture_close (&a);
  g_assert_cmpint (g_unlink (a.path), ==, 0);
  a.now_ms -= 300 * 24 * 3600 * G_GINT64_CONSTANT (1000);
  store_fixture_open (&a);
  enrol (collector, &a, "a");
  g_assert_true (soban_store_set_setting (a.store, SOBAN_SETTING_RETENTION_DAYS, "0", NULL));
  save_some (&a, 6, "Nà Lầu");
  a.now_ms = FIXTURE_START_MS;
  save_some (&a, 4, "Bản Xa");
  sync_tablet (&a);
  tablet_init (collector, &b, "b");
  g_assert_true (soban_store_set_setting (b.store, SOBAN_SETTING_RETENTION_DAYS, "90", NULL));
  sync_tablet (&b); /* learns the time */
  sync_tablet (&b);
  g_assert_cmpuint (count_records (&b), ==, 4);
  g_assert_cmpuint (sync_tablet (&b).requests, ==, 1);
  save_some (&b, 1, "Khuổi Ngoa");
  sync_tablet (&b);
  sync_tablet (&a);
  g_assert_cmpuint (count_records (&a), ==, 11);
  /* Widened: all of it comes. */
  g_assert_true (soban_store_set_setting (b.store, SOBAN_SETTING_RETENTION_DAYS, "0", NULL));
  sync_tablet (&b);
  assert_same (&a, &b);
  store_fixture_clear (&b);
  store_fixture_clear (&a);
}

/* What came from another tablet by stick is sent on, once, and is nobody's loss when its author comes himself (sync/README.md 5.12). */
static void
test_changes_of_others_are_sent_on (void)
{
  g_autoptr (RealCollector) collector = real_collector_new (TRUE);
  StoreFixture a, c;
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (SobanClockEvidence) evidence = NULL;
  g_autoptr (GError) error = NULL;
  guint new = 0;

  tablet_init (collector, &a, "a");
  tablet_init (collector, &c, "c");
  save_some (&c, 30, "Khuổi Ngoa");
  changes = soban_store_list_outgoing (c.store, 0, 100, &error);
  g_assert_no_error (error);
  evidence = soban_store_get_evidence (c.store, 0, &error);
  g_assert_no_error (error);
  soban_store_import_exchange (a.store, SCOPE, evidence, changes, NULL, &new, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (new, ==, 30);
  save_some (&a, 2, "Nà Lầu");
  sync_tablet (&a); /* its first meeting with this collector, too */
  assert_at_rest (collector, &a, 32);
  g_assert_cmpuint (sync_tablet (&a).requests, ==, 1);
  sync_tablet (&c);
  assert_same (&a, &c);
  assert_at_rest (collector, &c, 32);
  store_fixture_clear (&c);
  store_fixture_clear (&a);
}

/* Keys for bundles are asked for until they are there, where the enrolment brought none (an older collector's). */
static void
test_keys_come_once (void)
{
  g_autoptr (RealCollector) collector = real_collector_new (TRUE);
  StoreFixture a;
  SobanSyncProgress first, second;
  g_autofree char *key = NULL;

  tablet_init (collector, &a, "a");
  g_assert_true (soban_store_set_setting (a.store, SOBAN_SETTING_COLLECTOR_PUBLIC_KEY, NULL, NULL));
  first = sync_tablet (&a);
  real_collector_restart (collector);
  second = sync_tablet (&a);
  key = soban_store_get_setting (a.store, SOBAN_SETTING_COLLECTOR_PUBLIC_KEY);
  g_assert_nonnull (key);
  g_assert_cmpuint (second.bytes_down, <, first.bytes_down);
  store_fixture_clear (&a);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/heal/a-copied-disk", test_a_copied_disk);
  g_test_add_func ("/heal/a-backup-put-back", test_a_backup_put_back);
  g_test_add_func ("/heal/a-lost-change-is-found", test_a_lost_change_is_found);
  g_test_add_func ("/heal/a-collector-set-back-gets-what-others-sent", test_a_collector_set_back_gets_what_others_sent);
  g_test_add_func ("/heal/a-window", test_a_window);
  g_test_add_func ("/heal/changes-of-others-are-sent-on", test_changes_of_others_are_sent_on);
  g_test_add_func ("/heal/keys-come-once", test_keys_come_once);
  return g_test_run ();
}
