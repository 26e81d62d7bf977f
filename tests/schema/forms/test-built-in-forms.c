/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filled-form.h"

#include <string.h>

#include "base/language.h"
#include "base/tsv.h"
#include "form/form-library.h"

static SobanFormLibrary *library;

/* Calls @check for each form of the catalogue. */
static void
for_each_form (void (*check) (const char *id))
{
  const GPtrArray *entries = soban_form_library_list (library);

  g_assert_cmpuint (entries->len, ==, 15);
  for (guint i = 0; i < entries->len; i++) {
    const SobanFormEntry *entry = g_ptr_array_index (entries, i);
    g_test_message ("%s", entry->id);
    check (entry->id);
  }
}

static void
check_loads (const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanForm) form = soban_form_library_get (library, id, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (soban_form_get_id (form), ==, id);
  g_assert_cmpuint (strlen (soban_form_get_version (form)), ==, 10);
}

static void
test_every_form_loads (void)
{
  for_each_form (check_loads);
}

static void
check_empty (const char *id)
{
  g_autoptr (FilledForm) filled = filled_form_new (id, NULL);
  g_autoptr (GPtrArray) problems = soban_form_instance_validate (filled->instance);
  g_autoptr (GString) paths = g_string_new (NULL);

  for (guint i = 0; i < problems->len; i++) {
    const SobanProblem *problem = g_ptr_array_index (problems, i);
    g_assert_cmpint (problem->kind, ==, SOBAN_PROBLEM_REQUIRED);
    g_string_append_printf (paths, "%s%s", paths->len > 0 ? " " : "", problem->path);
  }
  /* the order of the pages is free */
  g_auto (GStrv) found = g_strsplit (paths->str, " ", -1);
  g_auto (GStrv) core = g_strsplit (filled_form_core (id), " ", -1);
  for (char **path = core; *path != NULL; path++)
    if (!g_strv_contains ((const char *const *) found, *path))
      g_error ("%s: %s is not asked for in an empty form, only: %s", id, *path, paths->str);
  for (char **path = found; *path != NULL; path++)
    if (!g_strv_contains ((const char *const *) core, *path))
      g_error ("%s: %s is no core question", id, *path);
}

static void
test_empty_form_asks_for_the_core_questions (void)
{
  for_each_form (check_empty);
}

static void
check_example (const char *id)
{
  g_autoptr (FilledForm) filled = filled_form_new_example (id, NULL);
  g_autofree char *problems = filled_form_list_problems (filled);
  g_autofree char *example = filled_form_example (id);
  g_auto (GStrv) lines = g_strsplit (example, "\n", -1);

  g_assert_cmpstr (problems, ==, "");
  for (char **line = lines; *line != NULL && **line != '\0'; line++) {
    g_auto (GStrv) pair = g_strsplit (*line, "=", 2);
    g_autofree char *path = filled_form_path (filled, pair[0]);
    g_autoptr (SobanQuestion) question = soban_form_instance_get_question (filled->instance, path);
    if (question == NULL || !question->relevant)
      g_error ("%s: %s is not asked in the example", id, path);
    g_assert_cmpstr (question->label, !=, "");
  }
  const char *name = soban_form_instance_get (filled->instance, "meta/instanceName");
  g_assert_nonnull (name);
  g_assert_cmpuint (g_utf8_strlen (name, -1), >=, 3);
  g_assert_cmpuint (g_utf8_strlen (name, -1), <=, 80);
  g_test_message ("title: %s", name);
}

static void
test_example_validates_clean (void)
{
  for_each_form (check_example);
}

static void
check_pages (const char *id)
{
  g_autoptr (FilledForm) filled = filled_form_new_example (id, NULL);
  g_autoptr (GPtrArray) pages = soban_form_instance_list_pages (filled->instance);

  g_assert_cmpuint (pages->len, >, 0);
  for (guint i = 0; i < pages->len; i++) {
    const SobanPage *page = g_ptr_array_index (pages, i);
    g_assert_cmpstr (page->title, !=, "");
    if (page->kind == SOBAN_PAGE_QUESTIONS)
      g_assert_cmpuint (page->paths->len, <=, 5);
  }
}

static void
test_page_holds_five_questions_at_most (void)
{
  for_each_form (check_pages);
}

static const char *
attribute (const SobanNode *node, const char *ns, const char *name)
{
  const char *value = soban_node_get_attribute (node, ns, name);

  return value != NULL ? value : "";
}

static void
assert_translated (SobanCatalogue *catalogue, const char *id, const char *msgid)
{
  if (soban_catalogue_text (catalogue, msgid) == msgid)
    g_error ("%s: “%s” has no Vietnamese text", id, msgid);
}

/* Texts with outputs are seen by the rules' tests, where they are shown. */
static void
check_texts_below (SobanCatalogue *catalogue, const char *id, const SobanNode *node)
{
  static const char *const TEXTS[] = { "title", "label", "hint", "value", NULL };
  static const char *const MESSAGES[][2] = {
    { "http://openrosa.org/javarosa", "constraintMsg" },
    { "http://openrosa.org/javarosa", "requiredMsg" },
    { "https://soban.vn/xforms", "warningMsg" },
  };

  if (strcmp (node->name, "instance") == 0)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (MESSAGES); i++) {
    const char *message = attribute (node, MESSAGES[i][0], MESSAGES[i][1]);
    if (*message != '\0' && !g_str_has_prefix (message, "jr:itext"))
      assert_translated (catalogue, id, message);
  }
  gboolean is_choice = strcmp (node->name, "value") == 0 && strcmp (node->parent->name, "item") == 0;
  g_autoptr (GString) scratch = g_string_new (NULL);
  if (g_strv_contains (TEXTS, node->name) && !is_choice && soban_node_first_element (node) == NULL
      && *soban_node_value (node, scratch) != '\0')
    assert_translated (catalogue, id, soban_node_value (node, scratch));
  for (const SobanNode *child = soban_node_first_element (node); child != NULL; child = soban_node_next_element (child))
    check_texts_below (catalogue, id, child);
}

static void
check_texts (const char *id)
{
  g_autoptr (FilledForm) filled = filled_form_new_example (id, NULL);
  gsize length;
  const char *xml = g_bytes_get_data (soban_form_get_xml (filled->form), &length);
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanTree) tree = soban_tree_parse (xml, length, &error);

  g_assert_no_error (error);
  check_texts_below (filled->catalogue, id, soban_tree_get_root (tree));
  g_autoptr (GPtrArray) pages = soban_form_instance_list_pages (filled->instance);
  g_autofree char *problems = filled_form_list_problems (filled);
  GHashTableIter iter;
  gpointer missing;
  g_hash_table_iter_init (&iter, filled->missing);
  if (g_hash_table_iter_next (&iter, &missing, NULL))
    g_error ("%s: “%s” was shown without Vietnamese text", id, (const char *) missing);
}

static void
test_every_text_is_in_the_vietnamese_catalogue (void)
{
  for_each_form (check_texts);
}

static void
check_levels_below (const char *id, const SobanNode *node)
{
  if (strcmp (node->name, "bind") == 0) {
    const char *path = attribute (node, "", "nodeset");
    const char *level = attribute (node, "https://soban.vn/xforms", "level");
    if (strlen (level) != 2 || level[0] != 'S' || level[1] < '0' || level[1] > '3')
      g_error ("%s: %s has no level", id, path);
    gboolean is_meta = strcmp (path, "/data/meta/instanceID") == 0;
    if (strcmp (id, "case_record") == 0 && !is_meta)
      g_assert_cmpstr (level, ==, "S3");
    else if (strcmp (level, "S3") == 0)
      g_assert_cmpstr (attribute (node, "", "relevant"), ==, "false()");
  }
  for (const SobanNode *child = soban_node_first_element (node); child != NULL; child = soban_node_next_element (child))
    check_levels_below (id, child);
}

static void
check_levels (const char *id)
{
  g_autoptr (FilledForm) filled = filled_form_new (id, NULL);
  gsize length;
  const char *xml = g_bytes_get_data (soban_form_get_xml (filled->form), &length);
  g_autoptr (SobanTree) tree = soban_tree_parse (xml, length, NULL);

  check_levels_below (id, soban_tree_get_root (tree));
}

static void
test_sensitive_fields_stand_in_cases_only (void)
{
  for_each_form (check_levels);

  g_autoptr (FilledForm) session = filled_form_new ("communication_session", NULL);
  g_assert_cmpint (soban_form_get_level (session->form, "list_photo"), ==, SOBAN_LEVEL_SENSITIVE);
  g_assert_cmpint (soban_form_get_level (session->form, "photo"), ==, SOBAN_LEVEL_PERSONAL);
  g_assert_cmpint (soban_form_get_level (session->form, "total"), ==, SOBAN_LEVEL_OPEN);
  const SobanFormEntry *entry = soban_form_library_find (library, "case_record");
  g_assert_false (entry->offered);
}

static void
check_entry (const char *id)
{
  const SobanFormEntry *entry = soban_form_library_find (library, id);
  g_autoptr (FilledForm) filled = filled_form_new (id, NULL);
  g_autofree char *name = g_strconcat (entry->icon_name, ".svg", NULL);
  g_autofree char *icon = g_build_filename (g_getenv ("SOBAN_SOURCE_DIR"), "app", "install", "icons", name, NULL);

  if (*entry->date_field != '\0')
    g_assert_cmpuint (soban_form_get_field_order (filled->form, entry->date_field), !=, G_MAXUINT);
  if (*entry->unit_field != '\0')
    g_assert_cmpuint (soban_form_get_field_order (filled->form, entry->unit_field), !=, G_MAXUINT);
  g_assert_true (g_file_test (icon, G_FILE_TEST_IS_REGULAR));
  g_assert_true (g_regex_match_simple ("^#[0-9a-f]{6}$", entry->colour, 0, 0));
}

static void
test_catalogue_names_fields_and_icons_that_exist (void)
{
  for_each_form (check_entry);
}

static void
test_refusal_leaves_nothing_of_a_case (void)
{
  g_autoptr (FilledForm) filled = filled_form_new_example ("case_record", NULL);

  filled_form_answer (filled, "consent=refused\n");
  g_autofree char *problems = filled_form_list_problems (filled);
  g_assert_cmpstr (problems, ==, "");
  g_autoptr (SobanFieldMap) fields = soban_form_instance_get_fields (filled->instance, TRUE);
  for (guint i = 0; i < soban_field_map_size (fields); i++) {
    const char *path, *value;
    soban_field_map_nth (fields, i, &path, &value);
    if (strcmp (path, "consent") != 0 && !g_str_has_prefix (path, "meta/"))
      g_error ("%s = %s is kept of a case whose person refused", path, value);
  }
}

static void
test_child_needs_the_representative_and_from_seven_the_child (void)
{
  g_autoptr (FilledForm) filled = filled_form_new_example ("case_record", NULL);

  filled_form_answer (filled, "age_band=7_15\n");
  g_autofree char *asked = filled_form_list_problems (filled);
  g_assert_nonnull (strstr (asked, "consent_guardian: "));
  g_assert_nonnull (strstr (asked, "consent_child: "));
  filled_form_answer (filled, "age_band=0_6\n");
  g_autofree char *younger = filled_form_list_problems (filled);
  g_assert_nonnull (strstr (younger, "consent_guardian: "));
  g_assert_null (strstr (younger, "consent_child: "));
  filled_form_answer (filled, "age_band=7_15\nconsent_guardian=not_asked_harm\nconsent_child=no\n");
  g_autoptr (SobanFieldMap) fields = soban_form_instance_get_fields (filled->instance, TRUE);
  g_assert_null (soban_field_map_get (fields, "need"));
  g_assert_null (soban_field_map_get (fields, "violence"));
}

static void
test_nobody_this_month_hides_the_numbers (void)
{
  g_autoptr (FilledForm) filled = filled_form_new_example ("support_summary", NULL);

  filled_form_answer (filled, "nil=yes\n");
  g_autofree char *problems = filled_form_list_problems (filled);
  g_assert_cmpstr (problems, ==, "");
  g_autoptr (SobanFieldMap) fields = soban_form_instance_get_fields (filled->instance, TRUE);
  g_assert_cmpstr (soban_field_map_get (fields, "nil"), ==, "yes");
  g_assert_null (soban_field_map_get (fields, "people_new"));
  g_assert_null (soban_field_map_get (fields, "support_legal"));
}

static void
test_loudspeaker_needs_no_count (void)
{
  g_autoptr (FilledForm) filled = filled_form_new_example ("communication_session", NULL);

  filled_form_answer (filled, "total=\nfemale=\nminority=\nchildren=\npoor=\ndisabled=\n");
  g_autofree char *counted = filled_form_list_problems (filled);
  g_assert_cmpstr (counted, !=, "");
  filled_form_answer (filled, "method=loudspeaker\n");
  g_autofree char *heard = filled_form_list_problems (filled);
  g_assert_cmpstr (heard, ==, "");
  g_autoptr (SobanQuestion) total = soban_form_instance_get_question (filled->instance, "total");
  g_assert_cmpstr (total->hint, ==, "ước lượng");
}

/* @expected: the labels in their order, separated by | */
static void
assert_choices (FilledForm *filled, const char *path, const char *expected)
{
  g_autofree char *full = filled_form_path (filled, path);
  g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (filled->instance, full);
  g_autoptr (GString) labels = g_string_new (NULL);

  for (guint i = 0; i < choices->len; i++) {
    const SobanChoice *choice = g_ptr_array_index (choices, i);
    g_string_append_printf (labels, "%s%s", i > 0 ? "|" : "", choice->label);
  }
  g_assert_cmpstr (labels->str, ==, expected);
}

static void
test_lists_offer_what_fits (void)
{
  g_autoptr (FilledForm) session = filled_form_new_example ("communication_session", NULL);

  assert_choices (session, "commune_id", "xã Bảo Yên");
  assert_choices (session, "village_id", "bản Suối Hộc|bản Pa Búa|Chưa có trong danh sách");
  filled_form_answer (session, "activity_date=2025-06-30\n");
  /* what is chosen stays in sight, with the message that it was not in force */
  assert_choices (session, "commune_id", "xã Bảo Yên|thị trấn Phố Ràng");
  filled_form_answer (session, "commune_id=\n");
  assert_choices (session, "commune_id", "thị trấn Phố Ràng");
  filled_form_answer (session, "activity_date=2026-04-29\n");
  assert_choices (session, "commune_id", "xã Bảo Yên|xã Bình Phước");
  filled_form_answer (session, "activity_date=\n");
  assert_choices (session, "commune_id", "xã Bảo Yên");

  g_autoptr (FilledForm) event = filled_form_new_example ("event", NULL);
  filled_form_answer (event, "event_kind=launch_club\n");
  assert_choices (event, "model_ids", "CLB Bảo Yên");
  filled_form_answer (event, "event_kind=launch_team\n");
  assert_choices (event, "model_ids", "Tổ Suối Hộc");

  g_autoptr (FilledForm) visit = filled_form_new_example ("supervision_visit", NULL);
  filled_form_answer (visit, "target_kind=livelihood_group\n");
  assert_choices (visit, "target_id", "HTX Quế");
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  soban_language_init ("vi");
  library = soban_form_library_load (soban_data_dir (), &error);
  g_assert_no_error (error);
  g_test_add_func ("/forms/every-form-loads", test_every_form_loads);
  g_test_add_func ("/forms/empty-form-asks-for-the-core", test_empty_form_asks_for_the_core_questions);
  g_test_add_func ("/forms/example-validates-clean", test_example_validates_clean);
  g_test_add_func ("/forms/page-holds-five-questions-at-most", test_page_holds_five_questions_at_most);
  g_test_add_func ("/forms/every-text-is-in-vietnamese", test_every_text_is_in_the_vietnamese_catalogue);
  g_test_add_func ("/forms/sensitive-fields-stand-in-cases-only", test_sensitive_fields_stand_in_cases_only);
  g_test_add_func ("/forms/catalogue-names-what-exists", test_catalogue_names_fields_and_icons_that_exist);
  g_test_add_func ("/forms/refusal-leaves-nothing-of-a-case", test_refusal_leaves_nothing_of_a_case);
  g_test_add_func ("/forms/child-needs-the-representative",
                   test_child_needs_the_representative_and_from_seven_the_child);
  g_test_add_func ("/forms/nobody-this-month-hides-the-numbers", test_nobody_this_month_hides_the_numbers);
  g_test_add_func ("/forms/loudspeaker-needs-no-count", test_loudspeaker_needs_no_count);
  g_test_add_func ("/forms/lists-offer-what-fits", test_lists_offer_what_fits);
  int result = g_test_run ();
  soban_form_library_unref (library);
  return result;
}
