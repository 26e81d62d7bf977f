/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store/people.c: who makes a change is said by the change, and by nothing else of the record. */
#include "store-fixture.h"

#include "form/form-carry.h"
#include "store/people.h"

#define FORM "communication_session"

static void
write_as (StoreFixture *fixture, const char *person)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (soban_store_add_person (fixture->store, person, &error));
  g_assert_no_error (error);
}

static GPtrArray *
read_history (StoreFixture *fixture, const SobanUuid *id)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *history = soban_store_get_history (fixture->store, id, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < history->len; i++)
    g_assert_cmpstr (((const SobanHistoryItem *)g_ptr_array_index (history, i))->path, !=, SOBAN_FIELD_PERSON);
  return history;
}

/* The newest change gave that answer. */
static void
assert_last (StoreFixture *fixture, const SobanUuid *id, const char *path, const char *value, const char *person)
{
  g_autoptr (GPtrArray) history = read_history (fixture, id);
  const SobanHistoryItem *newest = g_ptr_array_index (history, 0), *item = find_item (history, path, value);

  g_assert_cmpint (soban_write_key_compare (&item->key, &newest->key), ==, 0);
  g_assert_cmpstr (item->person, ==, person);
}

static SobanUuid
complete (StoreFixture *fixture, const char *form, const char *path, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanDraft) draft = soban_store_start_draft (fixture->store, form, &error);

  g_assert_no_error (error);
  soban_field_map_set (draft->fields, path, value);
  g_assert_true (soban_store_complete_draft (fixture->store, &draft->id, draft->fields, &error));
  g_assert_no_error (error);
  return draft->id;
}

static void
edit (StoreFixture *fixture, const SobanUuid *id, const char *path, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanDraft) draft = soban_store_edit_record (fixture->store, id, &error);

  g_assert_no_error (error);
  soban_field_map_set (draft->fields, path, value);
  g_assert_true (soban_store_complete_draft (fixture->store, id, draft->fields, &error));
  g_assert_no_error (error);
}

static guint64
count_changes (StoreFixture *fixture)
{
  return get_identity (fixture).last_number;
}

/* Completing, correcting, putting back, deleting, bringing back, deciding: each names its own, also who was named before. */
static void
test_each_change_names_who_made_it (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) history = NULL;
  g_autoptr (GPtrArray) kept = NULL;
  SobanUuid id;

  store_fixture_init (&fixture);
  write_as (&fixture, "Lò Thị Hoa");
  id = complete (&fixture, FORM, "total", "12");
  assert_last (&fixture, &id, "total", "12", "Lò Thị Hoa");
  write_as (&fixture, "H'Hen Niê");
  edit (&fixture, &id, "total", "14");
  assert_last (&fixture, &id, "total", "14", "H'Hen Niê");
  edit (&fixture, &id, "female", "7");
  assert_last (&fixture, &id, "female", "7", "H'Hen Niê");
  write_as (&fixture, "Lò Thị Hoa");
  g_assert_true (soban_store_restore_value (fixture.store, &id, "total", "12", NULL));
  assert_last (&fixture, &id, "total", "12", "Lò Thị Hoa");
  write_as (&fixture, "H'Hen Niê");
  g_assert_true (soban_store_set_deleted (fixture.store, &id, TRUE, NULL));
  assert_last (&fixture, &id, SOBAN_FIELD_DELETED, "1", "H'Hen Niê");
  write_as (&fixture, "Lò Thị Hoa");
  g_assert_true (soban_store_set_deleted (fixture.store, &id, FALSE, NULL));
  assert_last (&fixture, &id, SOBAN_FIELD_DELETED, "0", "Lò Thị Hoa");
  g_assert_true (soban_store_settle (fixture.store, &id, "total", "12", NULL));
  assert_last (&fixture, &id, "total", "12", "Lò Thị Hoa");
  g_assert_cmpuint (count_changes (&fixture), ==, 7);

  history = read_history (&fixture, &id);
  g_assert_true (soban_store_remove_person (fixture.store, "H'Hen Niê", NULL));
  write_as (&fixture, "Lò Thị Hoa (trưởng thôn)");
  store_fixture_reopen (&fixture);
  kept = read_history (&fixture, &id);
  g_assert_cmpuint (kept->len, ==, history->len);
  for (guint i = 0; i < kept->len; i++)
    g_assert_cmpstr (((const SobanHistoryItem *)g_ptr_array_index (kept, i))->person, ==,
                     ((const SobanHistoryItem *)g_ptr_array_index (history, i))->person);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* A name is no change by itself; without one a change has none; who begins a draft is named where nobody is who completes it. */
static void
test_a_name_is_no_change (void)
{
  StoreFixture fixture;
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (SobanRecord) record = NULL;
  SobanUuid id;

  store_fixture_init (&fixture);
  id = complete (&fixture, FORM, "total", "12");
  assert_last (&fixture, &id, "total", "12", NULL);
  record = soban_store_get_record (fixture.store, &id, NULL);
  g_assert_null (soban_field_map_get (record->fields, SOBAN_FIELD_PERSON));
  write_as (&fixture, "Lan");
  edit (&fixture, &id, "total", "12");
  g_assert_true (soban_store_set_deleted (fixture.store, &id, TRUE, NULL));
  g_assert_true (soban_store_set_deleted (fixture.store, &id, TRUE, NULL));
  g_assert_cmpuint (count_changes (&fixture), ==, 2);

  draft = soban_store_start_draft (fixture.store, FORM, NULL);
  soban_field_map_set (draft->fields, "total", "3");
  g_assert_true (soban_store_remove_person (fixture.store, "Lan", NULL));
  g_assert_true (soban_store_complete_draft (fixture.store, &draft->id, draft->fields, NULL));
  assert_last (&fixture, &draft->id, "total", "3", "Lan");
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* Fields that are saved without the name take nothing away. */
static void
test_fields_do_not_say_who (void)
{
  StoreFixture fixture;
  g_autoptr (SobanFieldMap) fields = make_fields ("total", "12", SOBAN_FIELD_PERSON, "somebody else", NULL);
  g_autofree char *version = NULL;
  g_autoptr (GError) error = NULL;
  SobanUuid id = { 0 };

  store_fixture_init (&fixture);
  version = newest_version (&fixture, FORM);
  write_as (&fixture, "Lan");
  g_assert_true (soban_store_save (fixture.store, &id, FORM, version, NULL, fields, &error));
  g_assert_no_error (error);
  assert_last (&fixture, &id, "total", "12", "Lan");
  soban_field_map_set (fields, SOBAN_FIELD_PERSON, NULL);
  g_assert_true (soban_store_save (fixture.store, &id, FORM, version, NULL, fields, &error));
  g_assert_cmpuint (count_changes (&fixture), ==, 1);
  store_fixture_clear (&fixture);
}

/* Who writes for this opening alone, as the command line says it. */
static void
test_person_of_one_opening (void)
{
  StoreFixture fixture;
  g_autofree char *now = NULL;
  g_autofree char *later = NULL;
  g_autoptr (GError) error = NULL;
  SobanUuid id;

  store_fixture_init (&fixture);
  write_as (&fixture, "Lan");
  g_assert_true (soban_store_set_person (fixture.store, "  Mùa  A Sáo ", &error));
  g_assert_no_error (error);
  g_assert_false (soban_store_set_person (fixture.store, " ", &error));
  now = soban_store_get_person (fixture.store);
  g_assert_cmpstr (now, ==, "Mùa A Sáo");
  id = complete (&fixture, FORM, "total", "12");
  assert_last (&fixture, &id, "total", "12", "Mùa A Sáo");
  store_fixture_reopen (&fixture);
  later = soban_store_get_person (fixture.store);
  g_assert_cmpstr (later, ==, "Lan");
  store_fixture_clear (&fixture);
}

/* Beside a case stands no name; nor where nobody knows what the form asks. */
static void
test_sensitive_has_no_name (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  const SobanUuid unknown = soban_uuid_new_v7 (FIXTURE_START_MS, soban_entropy_system ());
  SobanUuid id;
  SobanChange *change;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  write_as (&fixture, "Lan");
  id = complete (&fixture, "case_record", "commune_id", FIXTURE_COMMUNE);
  assert_last (&fixture, &id, "commune_id", FIXTURE_COMMUNE, NULL);
  g_assert_true (soban_store_set_deleted (fixture.store, &id, TRUE, NULL));
  assert_last (&fixture, &id, SOBAN_FIELD_DELETED, "1", NULL);
  change = add_pulled (changes, 9, 1, &unknown, LATER (1), 0, "x", "1");
  g_free (change->form);
  change->form = g_strdup ("form_of_2031");
  apply_changes (&fixture, changes, FIXTURE_COMMUNE, 1);
  g_assert_true (soban_store_set_deleted (fixture.store, &unknown, TRUE, NULL));
  assert_last (&fixture, &unknown, SOBAN_FIELD_DELETED, "1", NULL);
  store_fixture_clear (&fixture);
}

static SobanChange *
add_named (GPtrArray *changes, guint32 device, guint64 number, const SobanUuid *id, SobanStamp stamp, const char *path,
           const char *value, const char *person)
{
  SobanChange *change = add_pulled (changes, device, number, id, stamp, 0, path, value);

  soban_change_assign (change, SOBAN_FIELD_PERSON, person);
  return change;
}

/* What waits keeps its bytes until the collector has it; nothing of them is shown. */
static void
test_erased_names_nobody (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GPtrArray) history = NULL;
  g_autoptr (SobanRecord) record = NULL;
  SobanUuid id;
  SobanChange *change;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  write_as (&fixture, "Lan");
  id = complete (&fixture, FORM, "total", "41");
  change = add_pulled (changes, 0, 1, &id, LATER (60), 0, SOBAN_FIELD_ERASED, "1");
  soban_change_assign (change, SOBAN_FIELD_DELETED, "1");
  apply_changes (&fixture, changes, FIXTURE_COMMUNE, 1);
  record = soban_store_get_record (fixture.store, &id, NULL);
  g_assert_true (record->erased);
  g_assert_cmpuint (soban_field_map_size (record->fields), ==, 2);
  history = read_history (&fixture, &id);
  for (guint i = 0; i < history->len; i++)
    g_assert_null (((const SobanHistoryItem *)g_ptr_array_index (history, i))->person);
  store_fixture_clear (&fixture);
}

/* Two people who answered different questions: nothing to decide, nothing lost, and each is shown. */
static void
test_names_are_no_conflict (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GPtrArray) conflicts = NULL;
  g_autoptr (GPtrArray) history = NULL;
  const SobanRecordQuery query = { .conflict = TRUE };
  g_autoptr (GArray) disputed = NULL;
  SobanUuid id;
  guint left;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  write_as (&fixture, "Lan");
  id = complete (&fixture, FORM, "total", "41");
  add_named (changes, 9, 1, &id, LATER (60), "female", "30", "Hoa");
  add_named (changes, 10, 1, &id, LATER (70), "minority", "20", "Mai");
  apply_changes (&fixture, changes, FIXTURE_COMMUNE, 2);
  g_assert_true (soban_store_derive_stale (fixture.store, 100, &left, NULL));
  conflicts = soban_store_list_conflicts (fixture.store, &id, NULL);
  g_assert_cmpuint (conflicts->len, ==, 0);
  disputed = soban_store_list_records (fixture.store, &query, NULL);
  g_assert_cmpuint (disputed->len, ==, 0);
  history = read_history (&fixture, &id);
  for (guint i = 0; i < history->len; i++)
    g_assert_false (((const SobanHistoryItem *)g_ptr_array_index (history, i))->lost);
  g_assert_cmpstr (find_item (history, "total", "41")->person, ==, "Lan");
  g_assert_cmpstr (find_item (history, "female", "30")->person, ==, "Hoa");
  g_assert_cmpstr (find_item (history, "minority", "20")->person, ==, "Mai");
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* A record that a name alone would keep goes out of the window as any other (window.c). */
static void
test_a_name_keeps_no_record (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  const SobanUuid id = soban_uuid_new_v7 (FIXTURE_START_MS - 200 * 86400 * G_GINT64_CONSTANT (1000), soban_entropy_system ());
  g_autoptr (SobanRecord) gone = NULL;
  const SobanSyncResult told = { .collector_ms = FIXTURE_START_MS };
  gint64 window_ms;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  add_named (changes, 9, 1, &id, LATER (1), "total", "41", "Hoa");
  add_named (changes, 10, 1, &id, LATER (2), "female", "20", "Mai");
  apply_numbered (&fixture, changes, 1, 2, 0);
  g_assert_true (soban_store_apply (fixture.store, &told, NULL));
  g_assert_true (soban_store_set_setting (fixture.store, SOBAN_SETTING_RETENTION_DAYS, "30", NULL));
  g_assert_true (soban_store_move_window (fixture.store, &window_ms, NULL));
  gone = soban_store_get_record (fixture.store, &id, NULL);
  g_assert_null (gone);
  store_fixture_clear (&fixture);
}

/* A person of the same name wrote on another tablet while a form lay open: nobody has seen that, the dispute is shown. */
static void
test_same_name_hides_no_conflict (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GPtrArray) outgoing = NULL;
  g_autoptr (GPtrArray) conflicts = NULL;
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (GError) error = NULL;
  const SobanUuid id = soban_uuid_new_v7 (FIXTURE_START_MS, soban_entropy_system ());
  g_autofree char *version = NULL;
  SobanChange *change;
  guint fresh;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  version = newest_version (&fixture, FORM);
  write_as (&fixture, "Trưởng thôn");
  for (guint i = 1; i <= 2; i++) {
    g_ptr_array_set_size (changes, 0);
    change = add_named (changes, 9, i, &id, LATER (i), "total", i == 1 ? "41" : "58", "Trưởng thôn");
    g_free (change->form_version);
    change->form_version = g_strdup (version);
    g_assert_true (soban_store_import_exchange (fixture.store, FIXTURE_COMMUNE, NULL, changes, NULL, &fresh, &error));
    g_assert_no_error (error);
    if (i == 1)
      draft = soban_store_edit_record (fixture.store, &id, &error);
  }
  soban_field_map_set (draft->fields, "total", "60");
  g_assert_true (soban_store_complete_draft (fixture.store, &id, draft->fields, &error));
  g_assert_no_error (error);
  outgoing = soban_store_list_outgoing (fixture.store, 0, 10, NULL);
  g_assert_null (((const SobanChange *)g_ptr_array_index (outgoing, 0))->bases);
  conflicts = soban_store_list_conflicts (fixture.store, &id, NULL);
  g_assert_cmpuint (conflicts->len, ==, 1);
  g_assert_cmpstr (((const SobanConflict *)g_ptr_array_index (conflicts, 0))->shown->person, ==, "Trưởng thôn");
  /* Now that it is seen, the next one overwrites both the answer and the name. */
  g_assert_true (soban_store_settle (fixture.store, &id, "total", "58", &error));
  g_clear_pointer (&conflicts, g_ptr_array_unref);
  conflicts = soban_store_list_conflicts (fixture.store, &id, NULL);
  g_assert_cmpuint (conflicts->len, ==, 0);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* A record without its form at hand is found by its answers, not by who wrote them. */
static void
test_not_searched_by (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  const SobanUuid id = soban_uuid_new_v7 (FIXTURE_START_MS, soban_entropy_system ());
  const SobanRecordQuery by_name = { .search = "Hoa" }, by_answer = { .search = "Lùng" };
  g_autoptr (GArray) none = NULL;
  g_autoptr (GArray) one = NULL;
  SobanChange *change;
  guint left;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  change = add_named (changes, 9, 1, &id, LATER (1), "place", "Nà Lùng", "Lò Thị Hoa");
  g_free (change->form);
  change->form = g_strdup ("form_of_2031");
  apply_changes (&fixture, changes, FIXTURE_COMMUNE, 1);
  g_assert_true (soban_store_derive_stale (fixture.store, 100, &left, NULL));
  none = soban_store_list_records (fixture.store, &by_name, NULL);
  g_assert_cmpuint (none->len, ==, 0);
  one = soban_store_list_records (fixture.store, &by_answer, NULL);
  g_assert_cmpuint (one->len, ==, 1);
  store_fixture_clear (&fixture);
}

/* The next record begins with earlier answers, never with who gave them. */
static void
test_not_carried (void)
{
  StoreFixture fixture;
  g_autoptr (SobanRecord) latest = NULL;
  g_autoptr (SobanFieldMap) initial = NULL;
  g_autoptr (SobanFieldMap) fields = NULL;
  g_autoptr (SobanForm) form = NULL;
  g_autoptr (SobanFormInstance) instance = NULL;
  g_autoptr (GHashTable) carried = NULL;
  SobanFormHost *host;
  SobanUuid id;

  store_fixture_init (&fixture);
  write_as (&fixture, "Lan");
  id = complete (&fixture, FORM, "method", "own_session");
  latest = soban_store_get_latest (fixture.store, FORM, NULL);
  g_assert_true (soban_uuid_equal (&latest->id, &id));
  g_assert_cmpstr (soban_field_map_get (latest->fields, SOBAN_FIELD_PERSON), ==, "Lan");
  form = soban_form_library_get (soban_store_get_forms (fixture.store), FORM, NULL, NULL);
  host = soban_store_get_form_host (fixture.store);
  instance = soban_form_instance_new (form, host, NULL, NULL);
  initial = soban_form_instance_get_fields (instance, FALSE);
  carried = soban_form_instance_carry (instance, latest->fields, initial);
  g_assert_cmpuint (g_hash_table_size (carried), ==, 1);
  fields = soban_form_instance_get_fields (instance, FALSE);
  g_assert_cmpstr (soban_field_map_get (fields, "method"), ==, "own_session");
  g_assert_null (soban_field_map_get (fields, SOBAN_FIELD_PERSON));
  g_clear_pointer (&instance, soban_form_instance_free);
  soban_store_form_host_free (host);
  store_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/people/each-change-names-who-made-it", test_each_change_names_who_made_it);
  g_test_add_func ("/people/a-name-is-no-change", test_a_name_is_no_change);
  g_test_add_func ("/people/fields-do-not-say-who", test_fields_do_not_say_who);
  g_test_add_func ("/people/person-of-one-opening", test_person_of_one_opening);
  g_test_add_func ("/people/sensitive-has-no-name", test_sensitive_has_no_name);
  g_test_add_func ("/people/erased-names-nobody", test_erased_names_nobody);
  g_test_add_func ("/people/names-are-no-conflict", test_names_are_no_conflict);
  g_test_add_func ("/people/a-name-keeps-no-record", test_a_name_keeps_no_record);
  g_test_add_func ("/people/same-name-hides-no-conflict", test_same_name_hides_no_conflict);
  g_test_add_func ("/people/not-searched-by", test_not_searched_by);
  g_test_add_func ("/people/not-carried", test_not_carried);
  return g_test_run ();
}
