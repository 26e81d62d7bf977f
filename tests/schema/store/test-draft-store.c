/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of store/draft-store.c and store/village.c. */
#include "store-fixture.h"

#include "base/error.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FORM "communication_session"
#define COMMUNE "02947@2025-07-01"

static void
save_draft (StoreFixture *fixture, const SobanDraft *draft)
{
  g_autoptr (GError) error = NULL;

  soban_store_save_draft (fixture->store, &draft->id, draft->form, draft->form_version, draft->fields, "Bản nháp",
                          "page", &error);
  g_assert_no_error (error);
}

static void
test_opened_leaves_no_trace (void)
{
  StoreFixture fixture;
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (GPtrArray) drafts = NULL;

  store_fixture_init (&fixture);
  draft = soban_store_start_draft (fixture.store, FORM, NULL);
  g_assert_nonnull (draft);
  g_assert_false (draft->edits_record);
  drafts = soban_store_list_drafts (fixture.store, NULL);
  g_assert_cmpuint (drafts->len, ==, 0);
  store_fixture_clear (&fixture);
}

static void
test_answers_survive_reopening (void)
{
  StoreFixture fixture;
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (SobanDraft) back = NULL;
  g_autoptr (GPtrArray) drafts = NULL;
  g_autoptr (GError) error = NULL;

  store_fixture_init (&fixture);
  draft = soban_store_start_draft (fixture.store, FORM, NULL);
  soban_field_map_set (draft->fields, "total", "1");
  soban_field_map_set (draft->fields, "gone", "x");
  save_draft (&fixture, draft);
  soban_field_map_set (draft->fields, "total", "12");
  soban_field_map_set (draft->fields, "gone", NULL);
  save_draft (&fixture, draft);
  store_fixture_reopen (&fixture);
  back = soban_store_get_draft (fixture.store, &draft->id, &error);
  g_assert_no_error (error);
  g_assert_true (soban_field_map_equal (back->fields, draft->fields));
  g_assert_cmpstr (back->title, ==, "Bản nháp");
  g_assert_cmpstr (back->page, ==, "page");
  drafts = soban_store_list_drafts (fixture.store, &error);
  g_assert_cmpuint (drafts->len, ==, 1);
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 0);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

static void
test_complete_is_one_change (void)
{
  StoreFixture fixture;
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) gone = NULL;
  g_autofree char *total = NULL;

  store_fixture_init (&fixture);
  draft = soban_store_start_draft (fixture.store, FORM, NULL);
  soban_field_map_set (draft->fields, "total", "12");
  save_draft (&fixture, draft);
  soban_field_map_set (draft->fields, "activity_date", "2026-11-20");
  g_assert_true (soban_store_complete_draft (fixture.store, &draft->id, draft->fields, &error));
  g_assert_no_error (error);
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 1);
  total = get_field (&fixture, &draft->id, "total");
  g_assert_cmpstr (total, ==, "12");
  g_assert_null (soban_store_get_draft (fixture.store, &draft->id, &gone));
  g_assert_error (gone, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* Invariant 4: what a pull brought while the draft was open stays in the other fields. */
static void
test_edit_keeps_what_came_meanwhile (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (SobanDraft) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanRecord) record = NULL;
  SobanChange *pulled;
  SobanUuid id;

  store_fixture_init (&fixture);
  id = save_session (&fixture, "2026-11-20", "Bản A", "12");
  draft = soban_store_edit_record (fixture.store, &id, &error);
  g_assert_no_error (error);
  g_assert_true (draft->edits_record);
  soban_field_map_set (draft->fields, "female", "8");
  save_draft (&fixture, draft);
  pulled = make_pulled (9, 1, &id, SOBAN_STAMP (FIXTURE_START_MS + 60000, 0), 1);
  soban_change_assign (pulled, "total", "15");
  g_ptr_array_add (changes, pulled);
  apply_changes (&fixture, changes, COMMUNE, 5);
  again = soban_store_edit_record (fixture.store, &id, &error);
  g_assert_cmpstr (soban_field_map_get (again->fields, "female"), ==, "8");
  g_assert_true (soban_store_complete_draft (fixture.store, &id, again->fields, &error));
  record = soban_store_get_record (fixture.store, &id, &error);
  g_assert_cmpstr (soban_field_map_get (record->fields, "total"), ==, "15");
  g_assert_cmpstr (soban_field_map_get (record->fields, "female"), ==, "8");
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* Invariant 4: the form leaves out what it hides, which is no wish of the person's. */
static void
test_edit_leaves_hidden_answers (void)
{
  StoreFixture fixture;
  g_autoptr (SobanFieldMap) fields =
      make_fields ("activity_date", "2026-11-20", "commune_id", COMMUNE, "village_id", "other", "village_new",
                   "Bản Đường Hoà", "topics", "1 99", "topics_other", "Ma tuý", "total", "12", NULL);
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (SobanDraft) edit = NULL;
  g_autoptr (GPtrArray) outgoing = NULL;
  g_autoptr (GError) error = NULL;
  const SobanChange *change;
  const SobanAssignment *assignment;

  store_fixture_init (&fixture);
  draft = soban_store_start_draft (fixture.store, FORM, NULL);
  g_assert_true (soban_store_complete_draft (fixture.store, &draft->id, fields, &error));
  edit = soban_store_edit_record (fixture.store, &draft->id, &error);
  g_assert_cmpstr (soban_field_map_get (edit->fields, "village_new"), ==, "Bản Đường Hoà");
  soban_field_map_set (edit->fields, "village_new", NULL); /* hidden: the village is registered */
  soban_field_map_set (edit->fields, "topics", "1");
  soban_field_map_set (edit->fields, "topics_other", NULL); /* hidden by this very edit */
  g_assert_true (soban_store_complete_draft (fixture.store, &draft->id, edit->fields, &error));
  g_assert_no_error (error);
  outgoing = soban_store_list_outgoing (fixture.store, 2, 10, NULL);
  g_assert_cmpuint (outgoing->len, ==, 1);
  change = g_ptr_array_index (outgoing, 0);
  g_assert_cmpuint (change->assignments->len, ==, 2);
  assignment = g_ptr_array_index (change->assignments, 0);
  g_assert_cmpstr (assignment->path, ==, "topics");
  assignment = g_ptr_array_index (change->assignments, 1);
  g_assert_cmpstr (assignment->path, ==, "topics_other");
  g_assert_null (assignment->value);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* Two changes of 600 kB make a record that is beyond the bound of one: its draft is refused, the others stay readable. */
static void
test_too_large_a_record_hides_no_drafts (void)
{
  StoreFixture fixture;
  g_autofree char *text = g_strnfill (60000, 'x');
  g_autofree char *version = NULL;
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);
  g_autoptr (SobanDraft) other = NULL;
  g_autoptr (SobanDraft) large = NULL;
  g_autoptr (GPtrArray) drafts = NULL;
  g_autoptr (GError) error = NULL;
  const SobanUuid id = soban_uuid_new_v7 (FIXTURE_START_MS, soban_entropy_system ());

  store_fixture_init (&fixture);
  version = newest_version (&fixture, FORM);
  other = soban_store_start_draft (fixture.store, FORM, NULL);
  soban_field_map_set (other->fields, "total", "12");
  save_draft (&fixture, other);
  for (guint n = 1; n <= 2; n++) {
    SobanChange *change = make_pulled (9, n, &id, SOBAN_STAMP (FIXTURE_START_MS, n), 0);

    g_free (change->form_version);
    change->form_version = g_strdup (version);
    for (guint field = 0; field < 10; field++) {
      g_autofree char *path = g_strdup_printf ("later_%u_%u", n, field);

      soban_change_assign (change, path, text);
    }
    g_ptr_array_add (changes, change);
  }
  apply_changes (&fixture, changes, COMMUNE, 2);
  large = soban_store_edit_record (fixture.store, &id, &error);
  g_assert_no_error (error);
  soban_field_map_set (large->fields, "total", "13");
  g_assert_false (soban_store_save_draft (fixture.store, &id, large->form, large->form_version, large->fields, "", NULL,
                                          &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_LIMIT);
  drafts = soban_store_list_drafts (fixture.store, NULL);
  g_assert_nonnull (drafts);
  g_assert_cmpuint (drafts->len, ==, 1);
  store_fixture_clear (&fixture);
}

static void
test_discard (void)
{
  StoreFixture fixture;
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) drafts = NULL;

  store_fixture_init (&fixture);
  draft = soban_store_start_draft (fixture.store, FORM, NULL);
  soban_field_map_set (draft->fields, "total", "12");
  save_draft (&fixture, draft);
  g_assert_true (soban_store_discard_draft (fixture.store, &draft->id, &error));
  drafts = soban_store_list_drafts (fixture.store, &error);
  g_assert_cmpuint (drafts->len, ==, 0);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

static char *
complete_with_village (StoreFixture *fixture, const char *village, const char *commune)
{
  g_autoptr (SobanDraft) draft = soban_store_start_draft (fixture->store, FORM, NULL);
  g_autoptr (GError) error = NULL;

  soban_field_map_set (draft->fields, "commune_id", commune);
  soban_field_map_set (draft->fields, "village_id", "other");
  soban_field_map_set (draft->fields, "village_new", village);
  save_draft (fixture, draft);
  soban_store_complete_draft (fixture->store, &draft->id, draft->fields, &error);
  g_assert_no_error (error);
  return get_field (fixture, &draft->id, "village_id");
}

static void
test_new_village_is_registered_once (void)
{
  StoreFixture fixture;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autofree char *elsewhere = NULL;
  g_autofree char *title = NULL;
  g_autofree char *kind = NULL;
  SobanUuid id;

  store_fixture_init (&fixture);
  first = complete_with_village (&fixture, "Bản Đường Hoà", COMMUNE);
  g_assert_true (soban_uuid_parse (first, &id));
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 2);
  second = complete_with_village (&fixture, "  duong hoa", COMMUNE);
  g_assert_cmpstr (second, ==, first);
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 3);
  third = complete_with_village (&fixture, "bản Đường Hoà 2", COMMUNE);
  g_assert_cmpstr (third, !=, first);
  elsewhere = complete_with_village (&fixture, "Bản Đường Hoà", "00004@2025-07-01");
  g_assert_cmpstr (elsewhere, !=, first);
  title = get_field (&fixture, &id, "name");
  g_assert_cmpstr (title, ==, "Đường Hoà");
  kind = get_field (&fixture, &id, "kind");
  g_assert_cmpstr (kind, ==, "ban");
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* A village without its type word has no gap before its name, and who corrects it is not asked whether it is itself. */
static void
test_village_knows_itself (void)
{
  StoreFixture fixture;
  g_autofree char *text = NULL;
  g_autofree char *title = NULL;
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (SobanForm) form = NULL;
  g_autoptr (SobanFormInstance) instance = NULL;
  g_autoptr (GError) error = NULL;
  SobanFormHost *host;
  SobanUuid id;

  store_fixture_init (&fixture);
  text = complete_with_village (&fixture, "Séo Lủng", COMMUNE);
  g_assert_true (soban_uuid_parse (text, &id));
  title = get_field (&fixture, &id, "meta/instanceName");
  g_assert_cmpstr (title, ==, "Séo Lủng");
  draft = soban_store_edit_record (fixture.store, &id, &error);
  g_assert_no_error (error);
  form = soban_form_library_get (soban_store_get_forms (fixture.store), draft->form, draft->form_version, &error);
  g_assert_no_error (error);
  host = soban_store_get_form_host (fixture.store);
  instance = soban_form_instance_new (form, host, draft->fields, &error);
  g_assert_no_error (error);
  soban_form_instance_set (instance, "kind", "thon", &error);
  g_assert_no_error (error);
  g_assert_null (soban_form_instance_get (instance, "similar"));
  soban_form_instance_set (instance, "meta/instanceID", "uuid:another", &error);
  g_assert_no_error (error);
  soban_form_instance_set (instance, "name", "séo lủng", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (soban_form_instance_get (instance, "similar"), ==, "Séo Lủng");
  g_clear_pointer (&instance, soban_form_instance_free);
  soban_store_form_host_free (host);
  store_fixture_clear (&fixture);
}

#define KILLS 20

/* The child saves one answer after the other and tells each number after its save came back, until it is killed. */
static void
save_until_killed (const char *path, const SobanDraft *draft, int to_parent)
{
  SobanStore *store = soban_store_open (path, store_fixture_data_dir (), NULL, NULL);

  if (!store)
    _exit (1);
  for (guint32 i = 1;; i++) {
    g_autofree char *value = g_strdup_printf ("%u", i);

    soban_field_map_set (draft->fields, "total", value);
    soban_field_map_set (draft->fields, "note", value);
    if (!soban_store_save_draft (store, &draft->id, draft->form, draft->form_version, draft->fields, value, NULL, NULL)
        || write (to_parent, &i, sizeof i) != sizeof i)
      _exit (2);
  }
}

/* Runs the child until it has saved a few answers, kills it, and returns the last number it told. */
static guint32
kill_in_the_middle (const char *path, const SobanDraft *draft, guint saves)
{
  guint32 told = 0, last = 0;
  int ends[2], status;
  pid_t child;

  g_assert_cmpint (pipe (ends), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0) {
    close (ends[0]);
    save_until_killed (path, draft, ends[1]);
  }
  close (ends[1]);
  while (last < saves && read (ends[0], &told, sizeof told) == sizeof told)
    last = told;
  g_assert_cmpuint (last, >=, saves);
  kill (child, SIGKILL);
  while (read (ends[0], &told, sizeof told) == sizeof told)
    last = told;
  close (ends[0]);
  waitpid (child, &status, 0);
  return last;
}

/* Invariant 1: what a save has answered for is there after kill -9, and an answer is never there by half. */
static void
test_survives_kill (void)
{
  StoreFixture fixture;
  g_autoptr (SobanDraft) draft = NULL;

  store_fixture_init (&fixture);
  draft = soban_store_start_draft (fixture.store, FORM, NULL);
  store_fixture_close (&fixture);
  for (guint round = 0; round < KILLS; round++) {
    guint32 told = kill_in_the_middle (fixture.path, draft, 1 + round % 7);
    g_autoptr (SobanDraft) back = NULL;
    g_autoptr (GError) error = NULL;
    const char *total;

    store_fixture_open (&fixture);
    back = soban_store_get_draft (fixture.store, &draft->id, &error);
    g_assert_no_error (error);
    total = soban_field_map_get (back->fields, "total");
    g_assert_cmpint (atoi (total), >=, told);
    g_assert_cmpint (atoi (total), <=, told + 1);
    g_assert_cmpstr (soban_field_map_get (back->fields, "note"), ==, total);
    g_assert_cmpstr (back->title, ==, total);
    assert_sound (&fixture);
    store_fixture_close (&fixture);
  }
  store_fixture_clear (&fixture);
}

/* store/latest-record.c: each person's own last record; else that of the tablet's team; nothing deleted. */
static SobanUuid
complete_as (StoreFixture *fixture, const char *person, const char *team)
{
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (GError) error = NULL;

  soban_store_set_setting (fixture->store, SOBAN_SETTING_PERSON, person, NULL);
  draft = soban_store_start_draft (fixture->store, FORM, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (draft->person, ==, person);
  soban_field_map_set (draft->fields, "total", "12");
  soban_field_map_set (draft->fields, "team_id", team);
  g_assert_true (soban_store_complete_draft (fixture->store, &draft->id, draft->fields, &error));
  g_assert_no_error (error);
  return draft->id;
}

static void
assert_latest (StoreFixture *fixture, const char *person, const SobanUuid *expected)
{
  g_autoptr (SobanRecord) latest = NULL;
  g_autoptr (GError) error = NULL;

  soban_store_set_setting (fixture->store, SOBAN_SETTING_PERSON, person, NULL);
  latest = soban_store_get_latest (fixture->store, FORM, &error);
  g_assert_no_error (error);
  g_assert_cmpint (latest != NULL, ==, expected != NULL);
  if (expected)
    g_assert_true (soban_uuid_equal (&latest->id, expected));
}

static void
test_latest_of_person (void)
{
  StoreFixture fixture;
  SobanUuid lan, hoa;

  store_fixture_init (&fixture);
  assert_latest (&fixture, "Lan", NULL);
  lan = complete_as (&fixture, "Lan", "team-1");
  hoa = complete_as (&fixture, "H'Hen Niê", "team-2");
  assert_latest (&fixture, "Lan", &lan);
  assert_latest (&fixture, "H'Hen Niê", &hoa);
  assert_latest (&fixture, "Mai", NULL);
  soban_store_set_setting (fixture.store, SOBAN_SETTING_TEAM, "team-1", NULL);
  assert_latest (&fixture, "Mai", &lan);
  g_assert_true (soban_store_set_deleted (fixture.store, &hoa, TRUE, NULL));
  assert_latest (&fixture, "H'Hen Niê", &lan);
  store_fixture_reopen (&fixture);
  assert_latest (&fixture, "Lan", &lan);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* A draft stays with who began it, whoever writes now. */
static void
test_draft_of_person (void)
{
  StoreFixture fixture;
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (SobanDraft) back = NULL;

  store_fixture_init (&fixture);
  soban_store_set_setting (fixture.store, SOBAN_SETTING_PERSON, "A & B <c>", NULL);
  draft = soban_store_start_draft (fixture.store, FORM, NULL);
  soban_store_set_setting (fixture.store, SOBAN_SETTING_PERSON, "Lan", NULL);
  soban_field_map_set (draft->fields, "total", "1");
  save_draft (&fixture, draft);
  store_fixture_reopen (&fixture);
  back = soban_store_get_draft (fixture.store, &draft->id, NULL);
  g_assert_cmpstr (back->person, ==, "A & B <c>");
  store_fixture_clear (&fixture);
}

/* The clock falls back to 1970 while a form is open: nothing is lost, nothing is out of order. */
static void
test_clock_falls_back (void)
{
  StoreFixture fixture;
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *total = NULL;

  store_fixture_init (&fixture);
  draft = soban_store_start_draft (fixture.store, FORM, NULL);
  soban_field_map_set (draft->fields, "total", "12");
  save_draft (&fixture, draft);
  fixture.now_ms = 1000;
  soban_field_map_set (draft->fields, "total", "13");
  save_draft (&fixture, draft);
  g_assert_true (soban_store_complete_draft (fixture.store, &draft->id, draft->fields, &error));
  g_assert_no_error (error);
  total = get_field (&fixture, &draft->id, "total");
  g_assert_cmpstr (total, ==, "13");
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* The version of a draft is gone from the forms at hand: the store kept it, the draft opens. */
static void
test_removed_version_opens (void)
{
  static const char XML[] = "<h:html xmlns='http://www.w3.org/2002/xforms' xmlns:h='http://www.w3.org/1999/xhtml'><h:head>"
                            "<h:title>T</h:title><model><instance><data id='gone' version='7'><a/></data></instance></model>"
                            "</h:head><h:body><input ref='/data/a'><label>A</label></input></h:body></h:html>";
  StoreFixture fixture;
  g_autoptr (GBytes) bytes = g_bytes_new_static (XML, sizeof XML - 1);
  g_autoptr (SobanForm) form = soban_form_parse (bytes, NULL);
  g_autoptr (SobanForm) kept = NULL;
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (SobanDraft) back = NULL;
  g_autoptr (GError) error = NULL;

  store_fixture_init (&fixture);
  soban_form_library_add (soban_store_get_forms (fixture.store), form);
  draft = soban_store_start_draft (fixture.store, "gone", NULL);
  soban_field_map_set (draft->fields, "a", "x");
  save_draft (&fixture, draft);
  store_fixture_reopen (&fixture);
  back = soban_store_get_draft (fixture.store, &draft->id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (back->form_version, ==, "7");
  kept = soban_form_library_get (soban_store_get_forms (fixture.store), "gone", "7", &error);
  g_assert_no_error (error);
  g_assert_nonnull (kept);
  store_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/draft-store/1/survives-kill", test_survives_kill);
  g_test_add_func ("/draft-store/1/answers-survive-reopening", test_answers_survive_reopening);
  g_test_add_func ("/draft-store/2/opened-leaves-no-trace", test_opened_leaves_no_trace);
  g_test_add_func ("/draft-store/3/complete-is-one-change", test_complete_is_one_change);
  g_test_add_func ("/draft-store/4/edit-keeps-what-came-meanwhile", test_edit_keeps_what_came_meanwhile);
  g_test_add_func ("/draft-store/4/edit-leaves-hidden-answers", test_edit_leaves_hidden_answers);
  g_test_add_func ("/draft-store/too-large-a-record-hides-no-drafts", test_too_large_a_record_hides_no_drafts);
  g_test_add_func ("/draft-store/discard", test_discard);
  g_test_add_func ("/draft-store/new-village-is-registered-once", test_new_village_is_registered_once);
  g_test_add_func ("/draft-store/village-knows-itself", test_village_knows_itself);
  g_test_add_func ("/draft-store/latest-of-person", test_latest_of_person);
  g_test_add_func ("/draft-store/removed-version-opens", test_removed_version_opens);
  g_test_add_func ("/draft-store/clock-falls-back", test_clock_falls_back);
  g_test_add_func ("/draft-store/draft-of-person", test_draft_of_person);
  return g_test_run ();
}
