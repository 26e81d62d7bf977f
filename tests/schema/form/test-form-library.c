/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "form-fixture.h"
#include "form/indicator.h"

#define UNITS                                                                                                          \
  "<root><item><name>02947@2025-07-01</name><label>xã Bảo Yên</label><level>3</level><province>15</province>"      \
  "<valid_from>2025-07-01</valid_from><valid_to/></item>"                                                              \
  "<item><name>02947@</name><label>xã Cũ</label><level>3</level><province>10</province><valid_from/>"                \
  "<valid_to>2025-06-30</valid_to></item></root>"

static void
add_lists (FormFixture *fixture)
{
  form_fixture_add_list (fixture, "jr://file-csv/units.csv", UNITS);
  form_fixture_add_list (
    fixture, "jr://file-csv/villages.csv",
    "<root><item><name>other</name><label>Another village</label><commune/></item>"
    "<item><name>v1</name><label>Bản Mới</label><commune>02947@2025-07-01</commune></item></root>");
  form_fixture_add_list (fixture, "jr://file-csv/communication_team.csv",
                         "<root><item><name>t1</name><label>Tổ Bản Mới</label><commune>02947@2025-07-01</commune>"
                         "<status>active</status></item></root>");
}

static SobanFormLibrary *
load_library (void)
{
  g_autoptr (GError) error = NULL;
  SobanFormLibrary *library = soban_form_library_load (soban_data_dir (), &error);
  g_assert_no_error (error);
  return library;
}

static SobanForm *
get_form (SobanFormLibrary *library, const char *id)
{
  g_autoptr (GError) error = NULL;
  SobanForm *form = soban_form_library_get (library, id, NULL, &error);
  g_assert_no_error (error);
  return form;
}

static void
test_every_builtin_form (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  add_lists (fixture);
  g_autoptr (SobanFormLibrary) library = load_library ();
  const GPtrArray *entries = soban_form_library_list (library);
  g_assert_cmpuint (entries->len, >=, 14);
  for (guint i = 0; i < entries->len; i++) {
    const SobanFormEntry *entry = g_ptr_array_index (entries, i);
    g_autoptr (SobanForm) form = get_form (library, entry->id);
    g_assert_cmpstr (soban_form_get_id (form), ==, entry->id);
    g_assert_cmpstr (soban_form_get_version (form), !=, "");
    g_assert_cmpstr (soban_form_get_title (form), !=, "");
    if (*entry->date_field != '\0')
      g_assert_cmpuint (soban_form_get_field_order (form, entry->date_field), !=, G_MAXUINT);
    if (*entry->unit_field != '\0')
      g_assert_cmpuint (soban_form_get_field_order (form, entry->unit_field), !=, G_MAXUINT);

    g_autoptr (SobanFormInstance) instance = form_fixture_open_form (fixture, form, NULL);
    g_autoptr (GPtrArray) pages = soban_form_instance_list_pages (instance);
    g_assert_cmpuint (pages->len, >, 0);
    for (guint j = 0; j < pages->len; j++) {
      const SobanPage *page = g_ptr_array_index (pages, j);
      for (guint k = 0; page->kind == SOBAN_PAGE_QUESTIONS && k < page->paths->len; k++) {
        g_autoptr (SobanQuestion) question =
          soban_form_instance_get_question (instance, g_ptr_array_index (page->paths, k));
        g_assert_cmpstr (question->label, !=, "");
      }
    }
  }
}

static void
test_catalogue (void)
{
  g_autoptr (SobanFormLibrary) library = load_library ();
  const SobanFormEntry *entry = soban_form_library_find (library, "communication_session");
  g_assert_cmpint (entry->kind, ==, SOBAN_FORM_ACTIVITY);
  g_assert_true (entry->offered);
  g_assert_cmpstr (entry->date_field, ==, "activity_date");
  g_assert_false (soban_form_library_find (library, "case_record")->offered);
  g_assert_null (soban_form_library_find (library, "gone"));
  g_autoptr (GError) error = NULL;
  g_assert_null (soban_form_library_get (library, "gone", NULL, &error));
  g_assert_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE);
  g_clear_error (&error);
  g_assert_null (soban_form_library_get (library, "event", "1.0-never", &error));
  g_assert_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE);
}

static SobanForm *
parse_version (const char *id, const char *version)
{
  char *text = g_strdup_printf (
    "<html><head><title>t</title><model><instance><data id=\"%s\" version=\"%s\"><a/></data></instance>"
    "</model></head><body/></html>",
    id, version);
  g_autoptr (GBytes) xml = g_bytes_new_take (text, strlen (text));
  g_autoptr (GError) error = NULL;
  SobanForm *form = soban_form_parse (xml, &error);
  g_assert_no_error (error);
  return form;
}

static void
test_versions_are_kept (void)
{
  g_autoptr (SobanFormLibrary) library = load_library ();
  static const char *const versions[] = { "2999010100.9", "2999010100.10", "1" };
  for (guint i = 0; i < G_N_ELEMENTS (versions); i++) {
    g_autoptr (SobanForm) form = parse_version ("event", versions[i]);
    soban_form_library_add (library, form);
  }
  g_autoptr (SobanForm) newest = get_form (library, "event");
  g_assert_cmpstr (soban_form_get_version (newest), ==, "2999010100.10");
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanForm) old = soban_form_library_get (library, "event", "1", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (soban_form_get_version (old), ==, "1");

  g_autoptr (SobanForm) foreign = parse_version ("household", "3");
  soban_form_library_add (library, foreign);
  g_autoptr (SobanForm) found = get_form (library, "household");
  g_assert_true (found == foreign);
}

static char *
get_newest_version (SobanFormLibrary *library, const char *id)
{
  g_autoptr (SobanForm) form = get_form (library, id);
  return g_strdup (soban_form_get_version (form));
}

/* What was given out before stays, so that others may go on reading it. */
static void
test_received_forms_are_offered (void)
{
  g_autoptr (SobanFormLibrary) library = load_library ();
  const GPtrArray *before = soban_form_library_list (library);
  guint count = before->len;
  g_autoptr (SobanForm) first = parse_version ("market", "1"), second = parse_version ("market", "2"), event = parse_version ("event", "2999010100");
  soban_form_library_add (library, first);
  g_assert_null (soban_form_library_find (library, "market"));
  soban_form_library_offer (library, "market", "1", TRUE);
  const SobanFormEntry *entry = soban_form_library_find (library, "market");
  g_assert_true (entry->offered && entry->kind == SOBAN_FORM_ACTIVITY);
  g_assert_cmpstr (entry->title, ==, "t");
  g_assert_false (soban_form_library_is_built_in (library, "market"));
  g_assert_cmpuint (before->len, ==, count);
  g_assert_cmpuint (soban_form_library_list (library)->len, ==, count + 1);

  soban_form_library_add (library, second);
  soban_form_library_offer (library, "market", "2", FALSE);
  g_autofree char *newest = get_newest_version (library, "market");
  g_assert_cmpstr (newest, ==, "1");
  soban_form_library_offer (library, "market", "1", FALSE);
  g_assert_true (entry->offered);
  g_assert_false (soban_form_library_find (library, "market")->offered);
  g_assert_cmpuint (soban_form_library_list (library)->len, ==, count + 1);

  /* A built-in form keeps its entry, and its own version where the received one is withdrawn. */
  g_autofree char *own = get_newest_version (library, "event");
  soban_form_library_add (library, event);
  soban_form_library_offer (library, "event", "2999010100", TRUE);
  g_autofree char *received = get_newest_version (library, "event");
  g_assert_cmpstr (received, ==, "2999010100");
  soban_form_library_offer (library, "event", "2999010100", FALSE);
  g_autofree char *again = get_newest_version (library, "event");
  g_assert_cmpstr (again, ==, own);
  g_assert_true (soban_form_library_find (library, "event")->offered);
}

static SobanIndicatorSet *
load_indicators (void)
{
  g_autoptr (GError) error = NULL;
  SobanIndicatorSet *set = soban_indicator_set_load (soban_data_dir (), &error);
  g_assert_no_error (error);
  return set;
}

static void
test_indicators (void)
{
  g_autoptr (SobanIndicatorSet) set = load_indicators ();
  g_autoptr (SobanFormLibrary) library = load_library ();
  const GPtrArray *indicators = soban_indicator_set_list (set);
  guint core = 0;
  for (guint i = 0; i < indicators->len; i++) {
    const SobanIndicator *indicator = g_ptr_array_index (indicators, i);
    core += indicator->core ? 1 : 0;
    g_assert_true (soban_indicator_set_find (set, indicator->id) == indicator);
    if (*indicator->form == '\0')
      continue;
    g_autoptr (SobanForm) form = get_form (library, indicator->form);
    if (*indicator->date_field != '\0')
      g_assert_cmpuint (soban_form_get_field_order (form, indicator->date_field), !=, G_MAXUINT);
  }
  g_assert_cmpuint (core, ==, 9);
  g_assert_cmpuint (soban_indicator_set_list_results (set)->len, >, 0);
  const SobanTarget *target =
    soban_indicator_set_find_target (set, "communication_teams", "", "2021-2025", "2025-01-01");
  g_assert_nonnull (target);
  g_assert_cmpint (target->value, ==, 9000);
  g_assert_null (soban_indicator_set_find_target (set, "communication_teams", "", "2021-2025", "2020-01-01"));
}

static void
refuse_indicators (const char *indicators, const char *targets, int code, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("soban-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *forms = g_build_filename (folder, "forms", NULL);
  g_mkdir (forms, 0700);
  const char *const names[] = { "indicators.tsv", "targets.tsv", "results.tsv" };
  const char *const texts[] = { indicators, targets, "indicator\tplace\n" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *file = g_build_filename (forms, names[i], NULL);
    g_assert_true (g_file_set_contents (file, texts[i], -1, NULL));
  }
  g_autoptr (SobanIndicatorSet) set = soban_indicator_set_load (folder, &error);
  g_assert_null (set);
  if (code >= 0)
    g_assert_error (error, SOBAN_FORM_ERROR, code);
  if (strstr (error->message, expected) == NULL)
    g_error ("“%s” does not say “%s”", error->message, expected);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *file = g_build_filename (forms, names[i], NULL);
    g_unlink (file);
  }
  g_rmdir (forms);
  g_rmdir (folder);
}

static void
test_refuses_broken_indicators (void)
{
  refuse_indicators ("id\tform\tvalue\nx\tevent\t1 +\n", "indicator\tvalue\n", SOBAN_FORM_ERROR_EXPRESSION, "line 2");
  refuse_indicators ("id\tform\tvalue\nx\tevent\t1\n", "indicator\tvalue\ny\t3\n", SOBAN_FORM_ERROR_REFERENCE, "“y”");
  refuse_indicators ("id\tform\tvalue\nx\tevent\t1\n", "indicator\tvalue\nx\tmany\n", -1, "line 2");
}

static const SobanFact *
find_fact (const SobanDerived *derived, const char *indicator)
{
  for (guint i = 0; i < derived->facts->len; i++) {
    const SobanFact *fact = g_ptr_array_index (derived->facts, i);
    if (g_str_equal (fact->indicator, indicator))
      return fact;
  }
  return NULL;
}

static SobanFieldMap *
make_session (void)
{
  static const char *const pairs[][2] = {
    { "activity_date", "2026-11-20" },
    { "commune_id", "02947@2025-07-01" },
    { "village_id", "v1" },
    { "team_id", "t1" },
    { "topics", "01 04" },
    { "method", "own_session" },
    { "total", "45" },
    { "female", "30" },
    { "minority", "41" },
    { "meta/instanceID", "uuid:1" },
  };
  SobanFieldMap *fields = soban_field_map_new ();
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    soban_field_map_set (fields, pairs[i][0], pairs[i][1]);
  return fields;
}

static SobanDerived *
derive (FormFixture *fixture, SobanFormLibrary *library, const SobanIndicatorSet *set, const char *id,
        const SobanFieldMap *fields)
{
  g_autoptr (SobanForm) form = get_form (library, id);
  return soban_derive (form, soban_form_library_find (library, id), set, &fixture->host, fields);
}

static void
test_derives_a_session (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  add_lists (fixture);
  form_fixture_translate (fixture, "Gender stereotypes; sharing housework",
                          "Định kiến, khuôn mẫu giới; chia sẻ việc nhà");
  g_autoptr (SobanFormLibrary) library = load_library ();
  g_autoptr (SobanIndicatorSet) set = load_indicators ();
  g_autoptr (SobanFieldMap) fields = make_session ();
  g_autoptr (SobanDerived) derived = derive (fixture, library, set, "communication_session", fields);
  for (guint i = 0; i < derived->problems->len; i++)
    g_test_message ("%s: %s", ((SobanProblem *) g_ptr_array_index (derived->problems, i))->path,
                    ((SobanProblem *) g_ptr_array_index (derived->problems, i))->message);
  g_assert_cmpuint (derived->problems->len, ==, 0);
  g_assert_false (derived->needs_look);
  g_assert_cmpstr (derived->date, ==, "2026-11-20");
  g_assert_cmpstr (derived->unit, ==, "02947@2025-07-01");
  g_assert_cmpstr (derived->title, ==, "Định kiến, khuôn mẫu giới; chia sẻ việc nhà +1 · Bản Mới");
  g_assert_nonnull (strstr (derived->search_text, "dinh kien, khuon mau gioi"));
  g_assert_nonnull (strstr (derived->search_text, "xa bao yen"));
  g_assert_nonnull (strstr (derived->search_text, "to ban moi"));

  g_assert_cmpuint (derived->facts->len, >, 0);
  for (guint i = 0; i < derived->facts->len; i++) {
    const SobanFact *fact = g_ptr_array_index (derived->facts, i);
    g_assert_cmpstr (soban_indicator_set_find (set, fact->indicator)->form, ==, "communication_session");
    g_assert_cmpstr (fact->date, ==, "2026-11-20");
    g_assert_cmpstr (fact->unit, ==, "02947@2025-07-01");
  }
}

static void
test_derives_what_is_wrong (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  add_lists (fixture);
  g_autoptr (SobanFormLibrary) library = load_library ();
  g_autoptr (SobanIndicatorSet) set = load_indicators ();
  g_autoptr (SobanFieldMap) fields = make_session ();

  soban_field_map_set (fields, "total", "400"); /* only a warning */
  g_autoptr (SobanDerived) warned = derive (fixture, library, set, "communication_session", fields);
  g_assert_cmpuint (warned->problems->len, ==, 1);
  g_assert_false (warned->needs_look);

  soban_field_map_set (fields, "total", "20"); /* a merge of two edits: more women than people */
  g_autoptr (SobanDerived) mixed = derive (fixture, library, set, "communication_session", fields);
  g_assert_true (mixed->needs_look);
  const SobanProblem *problem = g_ptr_array_index (mixed->problems, 0);
  g_assert_cmpstr (problem->path, ==, "female");
  g_assert_cmpstr (problem->message, ==, "Women (30) cannot exceed the total (20).");

  soban_field_map_set (fields, SOBAN_FIELD_DELETED, "1");
  g_autoptr (SobanDerived) deleted = derive (fixture, library, set, "communication_session", fields);
  g_assert_cmpuint (deleted->facts->len, ==, 0);

  g_autoptr (SobanFieldMap) outdated = make_session ();
  soban_field_map_set (outdated, "commune_id", "02947@"); /* dissolved on 30/6/2025 */
  g_autoptr (SobanDerived) late = derive (fixture, library, set, "communication_session", outdated);
  g_assert_true (late->needs_look);
  g_assert_cmpstr (((SobanProblem *) g_ptr_array_index (late->problems, 0))->message, ==,
                   "This unit was not in force on the chosen date.");

  g_autoptr (SobanFieldMap) nothing = soban_field_map_new ();
  g_autoptr (SobanDerived) empty = derive (fixture, library, set, "communication_session", nothing);
  g_assert_true (empty->needs_look);
  g_assert_cmpstr (empty->date, ==, "");
}

static void
test_derives_registries (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  add_lists (fixture);
  g_autoptr (SobanFormLibrary) library = load_library ();
  g_autoptr (SobanIndicatorSet) set = load_indicators ();
  g_autoptr (SobanFieldMap) fields = soban_field_map_new ();
  soban_field_map_set (fields, "name", "Tổ Bản Mới");
  soban_field_map_set (fields, "status", "active");
  soban_field_map_set (fields, "decision_date", "2023-05-04");
  g_autoptr (SobanDerived) derived = derive (fixture, library, set, "communication_team", fields);
  const SobanFact *fact = find_fact (derived, "communication_teams");
  g_assert_nonnull (fact);
  g_assert_cmpfloat (fact->value, ==, 1);
  g_assert_cmpstr (fact->date, ==, "2023-05-04");
  g_assert_nonnull (strstr (derived->search_text, "to ban moi"));
  soban_field_map_set (fields, "status", "merged");
  g_autoptr (SobanDerived) merged = derive (fixture, library, set, "communication_team", fields);
  g_assert_null (find_fact (merged, "communication_teams"));
}

static void
test_derivation_never_fails (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanForm) broken =
    form_fixture_parse ("<a/>", "<bind nodeset=\"/data/a\" calculate=\"string(1)/b\"/>", "");
  g_autoptr (SobanFieldMap) fields = soban_field_map_new ();
  soban_field_map_set (fields, "meta/instanceName", "Tên");
  g_autoptr (SobanDerived) derived = soban_derive (broken, NULL, NULL, &fixture->host, fields);
  g_assert_true (derived->needs_look);
  g_assert_cmpstr (derived->title, ==, "Tên");
  g_assert_cmpuint (derived->problems->len, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/form-library/every-builtin-form", test_every_builtin_form);
  g_test_add_func ("/form-library/catalogue", test_catalogue);
  g_test_add_func ("/form-library/versions-are-kept", test_versions_are_kept);
  g_test_add_func ("/form-library/received-forms-are-offered", test_received_forms_are_offered);
  g_test_add_func ("/indicator/indicators", test_indicators);
  g_test_add_func ("/indicator/refuses-broken", test_refuses_broken_indicators);
  g_test_add_func ("/derivation/session", test_derives_a_session);
  g_test_add_func ("/derivation/what-is-wrong", test_derives_what_is_wrong);
  g_test_add_func ("/derivation/registries", test_derives_registries);
  g_test_add_func ("/derivation/never-fails", test_derivation_never_fails);
  return g_test_run ();
}
