/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of store/record-store.c and of what the pages read. */
#include "store-fixture.h"

#include "base/error.h"

#include <sys/stat.h>

static void
test_save_and_read_back (void)
{
  StoreFixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanRecord) record = NULL;
  SobanUuid id;

  store_fixture_init (&fixture);
  id = save_session (&fixture, "2026-11-20", "Bản Đông", "12");
  record = soban_store_get_record (fixture.store, &id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (record->form, ==, "communication_session");
  g_assert_cmpstr (soban_field_map_get (record->fields, "total"), ==, "12");
  g_assert_cmpstr (record->date, ==, "2026-11-20");
  g_assert_cmpint (record->delivery, ==, SOBAN_RECORD_WAITING);
  g_assert_true (record->needs_look); /* most required answers are missing */
  g_assert_false (record->deleted);
  g_assert_cmpint (record->created_ms, >=, FIXTURE_START_MS);
  assert_sound (&fixture);
  store_fixture_reopen (&fixture);
  g_clear_pointer (&record, soban_record_free);
  record = soban_store_get_record (fixture.store, &id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (soban_field_map_get (record->fields, "village_new"), ==, "Bản Đông");
  store_fixture_clear (&fixture);
}

static void
test_one_change_a_save (void)
{
  StoreFixture fixture;
  g_autofree char *version = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanRecord) record = NULL;
  g_autoptr (SobanFieldMap) fields = NULL;
  g_autoptr (GPtrArray) outgoing = NULL;
  SobanUuid id;

  store_fixture_init (&fixture);
  id = save_session (&fixture, "2026-11-20", "Bản Đông", "12");
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 1);
  version = newest_version (&fixture, "communication_session");
  record = soban_store_get_record (fixture.store, &id, &error);
  fields = soban_field_map_copy (record->fields);
  /* nothing differs: nothing is written */
  g_assert_true (soban_store_save (fixture.store, &id, "communication_session", version, NULL, fields, &error));
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 1);
  soban_field_map_set (fields, "total", "13");
  soban_field_map_set (fields, "village_new", NULL);
  g_assert_true (soban_store_save (fixture.store, &id, "communication_session", version, NULL, fields, &error));
  outgoing = soban_store_list_outgoing (fixture.store, 1, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (outgoing->len, ==, 1);
  g_assert_cmpuint (((SobanChange *) g_ptr_array_index (outgoing, 0))->id.number, ==, 2);
  g_assert_cmpuint (((SobanChange *) g_ptr_array_index (outgoing, 0))->assignments->len, ==, 2);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

static void
test_delete_and_undo (void)
{
  StoreFixture fixture;
  g_autoptr (GError) error = NULL;
  const SobanRecordQuery living = { 0 }, deleted = { .deleted = TRUE };
  SobanUuid id;

  store_fixture_init (&fixture);
  id = save_session (&fixture, "2026-11-20", "Bản Đông", "12");
  for (guint round = 0; round < 2; round++) {
    g_autoptr (GArray) gone = NULL;
    g_autoptr (GArray) left = NULL;

    g_assert_true (soban_store_set_deleted (fixture.store, &id, round == 0, &error));
    g_assert_no_error (error);
    gone = soban_store_list_records (fixture.store, &deleted, &error);
    left = soban_store_list_records (fixture.store, &living, &error);
    g_assert_cmpuint (gone->len, ==, round == 0);
    g_assert_cmpuint (left->len, ==, round == 1);
    assert_sound (&fixture);
  }
  store_fixture_clear (&fixture);
}

static void
test_restore_value (void)
{
  StoreFixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) history = NULL;
  g_autofree char *total = NULL;
  SobanUuid id;

  store_fixture_init (&fixture);
  id = save_session (&fixture, "2026-11-20", "Bản Đông", "12");
  g_assert_true (soban_store_restore_value (fixture.store, &id, "total", "14", &error));
  g_assert_true (soban_store_restore_value (fixture.store, &id, "total", "12", &error));
  total = get_field (&fixture, &id, "total");
  g_assert_cmpstr (total, ==, "12");
  history = soban_store_get_history (fixture.store, &id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (((SobanHistoryItem *) g_ptr_array_index (history, 0))->path, ==, "total");
  g_assert_true (((SobanHistoryItem *) g_ptr_array_index (history, 0))->winner);
  g_assert_true (((SobanHistoryItem *) g_ptr_array_index (history, 0))->own);
  g_assert_false (find_item (history, "total", "14")->lost); /* the person had seen it */
  store_fixture_clear (&fixture);
}

/* What the form computes follows the answer that was put back: here the record's title. */
static void
test_restored_value_is_computed_with (void)
{
  StoreFixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanFieldMap) fields = make_fields ("name", "Bà Lò", "activity_date", "2026-11-20", "meta/instanceName", "Bà Lò", NULL);
  g_autofree char *version = NULL;
  g_autofree char *title = NULL;
  SobanUuid id = { 0 };
  gint64 waiting;

  store_fixture_init (&fixture);
  version = newest_version (&fixture, "communication_team");
  g_assert_true (soban_store_save (fixture.store, &id, "communication_team", version, NULL, fields, &error));
  g_assert_no_error (error);
  waiting = soban_store_count_waiting (fixture.store, NULL);
  g_assert_true (soban_store_restore_value (fixture.store, &id, "name", "Bà Vi", &error));
  g_assert_no_error (error);
  title = get_field (&fixture, &id, "meta/instanceName");
  g_assert_cmpstr (title, ==, "Bà Vi");
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, waiting + 1);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

static guint
count_found (StoreFixture *fixture, const char *search)
{
  const SobanRecordQuery query = { .search = search };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = soban_store_list_records (fixture->store, &query, &error);

  g_assert_no_error (error);
  return ids->len;
}

static void
test_search_without_accents (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  save_session (&fixture, "2026-11-20", "Bản Đường Hoà", "12");
  save_session (&fixture, "2026-11-21", "Bản Đông", "12");
  g_assert_cmpuint (count_found (&fixture, "duong hoa"), ==, 1);
  g_assert_cmpuint (count_found (&fixture, "ĐƯỜNG"), ==, 1);
  g_assert_cmpuint (count_found (&fixture, "hoà duo"), ==, 1);
  g_assert_cmpuint (count_found (&fixture, "bản"), ==, 2);
  g_assert_cmpuint (count_found (&fixture, "xyz"), ==, 0);
  g_assert_cmpuint (count_found (&fixture, "   "), ==, 2);
  store_fixture_clear (&fixture);
}

/* Nothing that can be typed breaks the query language of the index. */
static void
test_search_any_text (void)
{
  static const char *const typed[] = { "\"",   "*",      "a\"b",      "AND", "NOT x", "a OR b", "(",
                                       "bản*", "-",      "NEAR(a b)", "x:y", "^bản",  "+",      "'",
                                       "a-b",  "{text}", "\"\"\"",    "ក្រុង", "đ" };
  StoreFixture fixture;

  store_fixture_init (&fixture);
  save_session (&fixture, "2026-11-20", "Bản \"Đông\" a-b", "12");
  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    count_found (&fixture, typed[i]);
  g_assert_cmpuint (count_found (&fixture, "\"dong\""), ==, 1);
  g_assert_cmpuint (count_found (&fixture, "a-b"), ==, 1);
  store_fixture_clear (&fixture);
}

static void
test_lists (void)
{
  StoreFixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) all = NULL;
  g_autoptr (GArray) november = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  const SobanRecordQuery everything = { .form = "communication_session" }, month = { .month = "2026-11" };
  SobanUuid old, new, ids[3] = { 0 };

  store_fixture_init (&fixture);
  new = save_session (&fixture, "2026-11-20", "Bản Mới", "12");
  old = save_session (&fixture, "2026-10-02", "Bản Cũ", "9");
  all = soban_store_list_records (fixture.store, &everything, &error);
  g_assert_cmpuint (all->len, ==, 2);
  g_assert_true (soban_uuid_equal (&g_array_index (all, SobanUuid, 0), &new));
  november = soban_store_list_records (fixture.store, &month, &error);
  g_assert_cmpuint (november->len, ==, 1);
  ids[0] = old;
  ids[2] = new;
  rows = soban_store_get_rows (fixture.store, ids, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (((SobanRecordRow *) g_ptr_array_index (rows, 0))->date, ==, "2026-10-02");
  g_assert_null (g_ptr_array_index (rows, 1));
  g_assert_cmpstr (((SobanRecordRow *) g_ptr_array_index (rows, 2))->form, ==, "communication_session");
  g_assert_cmpint (soban_store_count_records (fixture.store, "communication_session", "2026-11", NULL), ==, 1);
  g_assert_cmpint (soban_store_count_records (fixture.store, "communication_session", "", NULL), ==, 2);
  store_fixture_clear (&fixture);
}

static void
test_refusals (void)
{
  StoreFixture fixture;
  g_autoptr (SobanFieldMap) garbage = make_fields ("total", "\xff\xfe", NULL);
  g_autoptr (SobanFieldMap) fine = make_fields ("total", "1", NULL);
  g_autoptr (GError) not_text = NULL;
  g_autoptr (GError) no_form = NULL;
  g_autoptr (GError) no_record = NULL;
  g_autofree char *version = NULL;
  SobanUuid id = { 0 }, unknown = { { 1 } };

  store_fixture_init (&fixture);
  version = newest_version (&fixture, "communication_session");
  g_assert_false (soban_store_save (fixture.store, &id, "communication_session", version, NULL, garbage, &not_text));
  g_assert_error (not_text, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT);
  g_assert_false (soban_store_save (fixture.store, &id, "no_such_form", "1", NULL, fine, &no_form));
  g_assert_nonnull (no_form);
  g_assert_null (soban_store_get_record (fixture.store, &unknown, &no_record));
  g_assert_error (no_record, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND);
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 0);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

static void
test_decomposed_text_is_composed (void)
{
  StoreFixture fixture;
  g_autofree char *total = NULL;
  SobanUuid id;

  store_fixture_init (&fixture);
  id = save_session (&fixture, "2026-11-20", "Hoa\xcc\x80", "1");
  total = get_field (&fixture, &id, "village_new");
  g_assert_cmpstr (total, ==, "Ho\xc3\xa0");
  store_fixture_clear (&fixture);
}

static void
test_sensitive_refused (void)
{
  StoreFixture fixture;
  g_autofree char *version = NULL;
  g_autoptr (SobanFieldMap) fields = soban_field_map_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) draft_error = NULL;
  g_autoptr (GError) confirmed_error = NULL;
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (SobanForm) form = NULL;
  SobanUuid id = { 0 };

  store_fixture_init (&fixture);
  version = newest_version (&fixture, "case_record");
  form = soban_form_library_get (soban_store_get_forms (fixture.store), "case_record", NULL, NULL);
  g_assert_cmpint (soban_form_get_level (form, "case_code"), ==, SOBAN_LEVEL_SENSITIVE);
  soban_field_map_set (fields, "case_code", "x");
  g_assert_false (soban_store_save (fixture.store, &id, "case_record", version, NULL, fields, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_SENSITIVE);
  draft = soban_store_start_draft (fixture.store, "case_record", NULL);
  g_assert_false (
      soban_store_save_draft (fixture.store, &draft->id, "case_record", version, fields, "", NULL, &draft_error));
  g_assert_error (draft_error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_SENSITIVE);
  soban_field_map_set (fields, "case_code", NULL);
  soban_field_map_set (fields, ".confirmed/case_code", "x");
  g_assert_false (soban_store_complete_draft (fixture.store, &draft->id, fields, &confirmed_error));
  g_assert_error (confirmed_error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_SENSITIVE);
  store_fixture_clear (&fixture);
}

static void
on_changed (SobanStore *store, gpointer data)
{
  (*(guint *) data)++;
}

static void
test_changed_is_coalesced (void)
{
  StoreFixture fixture;
  guint count = 0;

  store_fixture_init (&fixture);
  g_signal_connect (fixture.store, "changed", G_CALLBACK (on_changed), &count);
  save_session (&fixture, "2026-11-20", "Bản A", "1");
  save_session (&fixture, "2026-11-20", "Bản B", "1");
  g_assert_cmpuint (count, ==, 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (count, ==, 1);
  store_fixture_clear (&fixture);
}

static void
test_facts (void)
{
  StoreFixture fixture;
  g_autoptr (GError) error = NULL;
  double sum = -1;
  gint64 records = -1;
  SobanUuid id;

  store_fixture_init (&fixture);
  save_session (&fixture, "2026-11-20", "Bản A", "12");
  id = save_session (&fixture, "2026-10-20", "Bản B", "30");
  g_assert_true (soban_store_sum_facts (fixture.store, "communication_sessions", "2026", &sum, &records, &error));
  g_assert_no_error (error);
  g_assert_cmpint (records, ==, 2);
  g_assert_true (soban_store_sum_facts (fixture.store, "communication_sessions", "2026-11", &sum, &records, &error));
  g_assert_cmpint (records, ==, 1);
  g_assert_true (soban_store_set_deleted (fixture.store, &id, TRUE, &error));
  g_assert_true (soban_store_sum_facts (fixture.store, "communication_sessions", "", &sum, &records, &error));
  g_assert_cmpint (records, ==, 1);
  store_fixture_clear (&fixture);
}

static void
test_many_ids (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = NULL;
  const SobanRecordQuery query = { .registries = TRUE };
  guint left = 1;

  store_fixture_init (&fixture);
  for (guint i = 0; i < 3000; i++) {
    const SobanUuid id = soban_uuid_new_v7 (FIXTURE_START_MS + i, soban_entropy_system ());
    SobanChange *change = make_pulled (9, i + 1, &id, SOBAN_STAMP (FIXTURE_START_MS, i), 0);

    g_free (change->form);
    change->form = g_strdup ("a_form_of_tomorrow");
    soban_change_assign (change, "name", "Bản Đông");
    g_ptr_array_add (changes, change);
  }
  apply_changes (&fixture, changes, "02947@2025-07-01", 3000);
  while (left > 0)
    g_assert_true (soban_store_derive_stale (fixture.store, 1000, &left, &error));
  ids = soban_store_list_records (fixture.store, &query, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ids->len, ==, 3000);
  g_assert_cmpuint (count_found (&fixture, "dong"), ==, 3000);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

static void
test_file_is_private (void)
{
  StoreFixture fixture;
  g_autofree char *wal = NULL;
  struct stat about;

  store_fixture_init (&fixture);
  save_session (&fixture, "2026-11-20", "Bản A", "12");
  g_assert_cmpint (stat (fixture.path, &about), ==, 0);
  g_assert_cmpint (about.st_mode & 0777, ==, 0600);
  wal = g_strconcat (fixture.path, "-wal", NULL);
  g_assert_cmpint (stat (wal, &about), ==, 0);
  g_assert_cmpint (about.st_mode & 0777, ==, 0600);
  store_fixture_clear (&fixture);
}

/* The villages that they name. */
static char *
join_titles (StoreFixture *fixture, const SobanRecordQuery *query)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = soban_store_list_records (fixture->store, query, &error);
  g_autoptr (GPtrArray) rows = soban_store_get_rows (fixture->store, (const SobanUuid *) (void *) ids->data, ids->len, &error);
  g_autoptr (GString) titles = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++) {
    const char *dot = strstr (((SobanRecordRow *) g_ptr_array_index (rows, i))->title, "· ");

    g_assert_nonnull (dot);
    g_string_append_printf (titles, "%s%s", i > 0 ? ", " : "", dot + strlen ("· "));
  }
  return g_string_free (g_steal_pointer (&titles), FALSE);
}

/* By letters without their accents, and what differs in accents alone by these; a new title is a new place. */
static void
test_by_name (void)
{
  static const char *const titles[] = { "Đào", "ánh", "Pa Ham", "Dao", "Anh Đức", "Êm", "anh" };
  SobanRecordQuery query = { .order = SOBAN_RECORDS_BY_NAME };
  StoreFixture fixture;
  g_autofree char *all = NULL, *first = NULL, *found = NULL, *moved = NULL;
  g_autoptr (SobanFieldMap) fields = NULL;
  g_autofree char *version = NULL;
  g_autoptr (GError) error = NULL;
  SobanUuid id;

  store_fixture_init (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    id = save_session (&fixture, "2026-11-20", titles[i], "1");
  all = join_titles (&fixture, &query);
  g_assert_cmpstr (all, ==, "anh, ánh, Anh Đức, Dao, Đào, Êm, Pa Ham");
  query.form = "communication_session";
  query.limit = 2;
  first = join_titles (&fixture, &query);
  g_assert_cmpstr (first, ==, "anh, ánh");
  query.limit = 0;
  query.search = "anh";
  found = join_titles (&fixture, &query);
  g_assert_cmpstr (found, ==, "anh, ánh, Anh Đức");
  query.search = NULL;
  version = newest_version (&fixture, "communication_session");
  fields = make_fields ("activity_date", "2026-11-20", "village_id", "other", "village_new", "Ơn", NULL);
  soban_store_save (fixture.store, &id, "communication_session", version, NULL, fields, &error);
  g_assert_no_error (error);
  moved = join_titles (&fixture, &query);
  g_assert_cmpstr (moved, ==, "ánh, Anh Đức, Dao, Đào, Êm, Ơn, Pa Ham");
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record-store/save-and-read-back", test_save_and_read_back);
  g_test_add_func ("/record-store/1/one-change-a-save", test_one_change_a_save);
  g_test_add_func ("/record-store/2/sensitive-refused", test_sensitive_refused);
  g_test_add_func ("/record-store/delete-and-undo", test_delete_and_undo);
  g_test_add_func ("/record-store/restore-value", test_restore_value);
  g_test_add_func ("/record-store/restored-value-is-computed-with", test_restored_value_is_computed_with);
  g_test_add_func ("/record-store/search/without-accents", test_search_without_accents);
  g_test_add_func ("/record-store/search/any-text", test_search_any_text);
  g_test_add_func ("/record-store/lists", test_lists);
  g_test_add_func ("/record-store/facts", test_facts);
  g_test_add_func ("/record-store/refusals", test_refusals);
  g_test_add_func ("/record-store/decomposed-text-is-composed", test_decomposed_text_is_composed);
  g_test_add_func ("/record-store/changed-is-coalesced", test_changed_is_coalesced);
  g_test_add_func ("/record-store/forms-not-at-hand-are-listed", test_many_ids);
  g_test_add_func ("/record-store/file-is-private", test_file_is_private);
  g_test_add_func ("/record-store/by-name", test_by_name);
  return g_test_run ();
}
