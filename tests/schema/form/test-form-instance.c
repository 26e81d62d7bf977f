/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/uuid.h"
#include "form-fixture.h"

static char *
join (const char *path, const char *child)
{
  return g_strconcat (path, "/", child, NULL);
}

static char *
add (SobanFormInstance *instance, const char *path)
{
  g_autoptr (GError) error = NULL;
  char *added = soban_form_instance_add_repeat (instance, path, &error);
  g_assert_no_error (error);
  return added;
}

static void
test_calculates (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  /* Written against the order: the last bind is what the first ones need. */
  g_autoptr (SobanFormInstance) instance =
    form_fixture_open (fixture, "<a>2</a><b/><c/><d/>",
                       "<bind nodeset=\"/data/d\" type=\"int\" calculate=\"/data/c * 2\"/><bind nodeset=\"/data/c\" "
                       "calculate=\"../b + 1\"/>"
                       "<bind nodeset=\"/data/b\" calculate=\"/data/a + 1\"/>",
                       "<input ref=\"/data/a\"/>");
  assert_value (instance, "d", "8");
  form_fixture_set (instance, "a", "5");
  assert_value (instance, "b", "6");
  assert_value (instance, "c", "7");
  assert_value (instance, "d", "14");
}

static void
test_relevance (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance = form_fixture_open (
    fixture, "<a>yes</a><grp><b>7</b><c/></grp><sum/>",
    "<bind nodeset=\"/data/grp\" relevant=\"/data/a = 'yes'\"/><bind nodeset=\"/data/grp/c\" relevant=\"../b > 5\"/>"
    "<bind nodeset=\"/data/sum\" calculate=\"concat('[', /data/grp/b, ']')\"/>",
    "<input ref=\"/data/a\"/><input ref=\"/data/grp/b\"/><input ref=\"/data/grp/c\"/>");
  form_fixture_set (instance, "grp/c", "kept");
  assert_value (instance, "sum", "[7]");
  form_fixture_set (instance, "a", "no");
  assert_value (instance, "grp/b", "");
  assert_value (instance, "grp/c", "");
  assert_value (instance, "sum", "[]");

  g_autoptr (SobanFieldMap) all = soban_form_instance_get_fields (instance, FALSE);
  g_assert_cmpstr (soban_field_map_get (all, "grp/c"), ==, "kept");
  g_autoptr (SobanFieldMap) relevant = soban_form_instance_get_fields (instance, TRUE);
  g_assert_null (soban_field_map_get (relevant, "grp/b"));
  g_assert_null (soban_field_map_get (relevant, "grp/c"));
  g_autofree char *xml = soban_form_instance_to_xml (instance);
  g_assert_null (strstr (xml, "<grp>"));

  form_fixture_set (instance, "a", "yes");
  assert_value (instance, "grp/c", "kept");
  assert_value (instance, "sum", "[7]");
  form_fixture_set (instance, "grp/b", "1");
  assert_value (instance, "grp/c", "");
}

static void
test_relevance_of_calculates (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance =
    form_fixture_open (fixture, "<a/><b/><c/>",
                       "<bind nodeset=\"/data/b\" relevant=\"/data/a = 1\" calculate=\"concat('b', /data/a)\"/>"
                       "<bind nodeset=\"/data/c\" calculate=\"concat('c', /data/b)\"/>",
                       "<input ref=\"/data/a\"/>");
  assert_value (instance, "c", "c");
  form_fixture_set (instance, "a", "1");
  assert_value (instance, "c", "cb1");
}

static void
test_repeats (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance = form_fixture_open (
    fixture, "<rep jr:template=\"\"><x>1</x><double/><place/><inner jr:template=\"\"><y/></inner></rep><sum/><after/>",
    "<bind nodeset=\"/data/rep/double\" calculate=\"../x * 2\"/><bind nodeset=\"/data/rep/place\" "
    "calculate=\"position(..)\"/>"
    "<bind nodeset=\"/data/sum\" calculate=\"sum(/data/rep/x) + count(/data/rep) * 100 + sum(/data/rep/inner/y) * "
    "1000\"/>",
    "<group ref=\"/data/rep\"><label>Things</label><repeat nodeset=\"/data/rep\"><input ref=\"/data/rep/x\"/>"
    "<repeat nodeset=\"/data/rep/inner\"><input ref=\"/data/rep/inner/y\"/></repeat></repeat></group>");
  assert_value (instance, "sum", "0");

  g_autofree char *first = add (instance, "rep");
  g_assert_true (g_str_has_prefix (first, "rep["));
  fixture->wall_ms -= 1000000; /* the clock jumps back: order stays */
  g_autofree char *second = add (instance, "rep");
  g_autofree char *third = add (instance, "rep");
  g_assert_cmpstr (first, <, second);
  g_assert_cmpstr (second, <, third);
  assert_value (instance, "sum", "303");

  g_autofree char *second_x = join (second, "x");
  g_autofree char *second_double = join (second, "double");
  g_autofree char *first_double = join (first, "double");
  form_fixture_set (instance, second_x, "21");
  assert_value (instance, second_double, "42");
  assert_value (instance, first_double, "2");
  assert_value (instance, "sum", "323");

  g_autofree char *inner_path = join (third, "inner");
  g_autofree char *inner = add (instance, inner_path);
  g_autofree char *y = join (inner, "y");
  form_fixture_set (instance, y, "5");
  assert_value (instance, "sum", "5323");

  g_autofree char *third_place = join (third, "place");
  assert_value (instance, third_place, "3");
  g_autoptr (GError) error = NULL;
  g_assert_true (soban_form_instance_remove_repeat (instance, second, &error));
  g_assert_no_error (error);
  assert_value (instance, "sum", "5202");
  assert_value (instance, third_place, "2");
  g_autoptr (GPtrArray) left = soban_form_instance_list_repeats (instance, "rep");
  g_assert_cmpuint (left->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (left, 1), ==, third);

  g_assert_false (soban_form_instance_remove_repeat (instance, second, &error));
  g_assert_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE);
  g_clear_error (&error);
  g_assert_null (soban_form_instance_add_repeat (instance, "sum", &error));
  g_assert_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE);
}

static void
test_repeat_fields (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanForm) form =
    form_fixture_parse ("<rep jr:template=\"\"><x/><inner jr:template=\"\"><y/></inner></rep>", "",
                        "<repeat nodeset=\"/data/rep\"><input ref=\"/data/rep/x\"/>"
                        "<repeat nodeset=\"/data/rep/inner\"><input ref=\"/data/rep/inner/y\"/>"
                        "</repeat></repeat>");
  g_autoptr (SobanFormInstance) instance = form_fixture_open_form (fixture, form, NULL);
  g_autofree char *first = add (instance, "rep");
  g_autofree char *second = add (instance, "rep");
  g_autofree char *inner_path = join (second, "inner");
  g_autofree char *inner = add (instance, inner_path);
  g_autofree char *y = join (inner, "y");
  form_fixture_set (instance, y, "đây");
  g_autoptr (SobanFieldMap) fields = soban_form_instance_get_fields (instance, TRUE);
  g_assert_cmpstr (soban_field_map_get (fields, first), ==, "1");
  g_assert_cmpstr (soban_field_map_get (fields, inner), ==, "1");

  g_autoptr (SobanFormInstance) again = form_fixture_open_form (fixture, form, fields);
  assert_value (again, y, "đây");
  g_autoptr (SobanFieldMap) same = soban_form_instance_get_fields (again, TRUE);
  g_assert_true (soban_field_map_equal (fields, same));
  g_autofree char *a = soban_form_instance_to_xml (instance);
  g_autofree char *b = soban_form_instance_to_xml (again);
  g_assert_cmpstr (a, ==, b);
}

static void
test_unknown_fields_come_back (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanForm) form = form_fixture_parse ("<a>default</a><rep jr:template=\"\"><x/></rep>", "",
                                                   "<input ref=\"/data/a\"/><repeat nodeset=\"/data/rep\"/>");
  static const char *const pairs[][2] = {
    { ".confirmed/a", "1" },
    { ".deleted", "0" },
    { "newer", "Số bản" },
    { "newer[0190f5fe-7c00-7a00-8000-000000000001]", "1" },
    { "newer[0190f5fe-7c00-7a00-8000-000000000001]/z", "  two  " },
    { "rep[0190f5fe-7c00-7a00-8000-000000000002]", "1" },
    { "rep[0190f5fe-7c00-7a00-8000-000000000002]/gone", "g" },
    { "rep[0190F5FE-7C00-7A00-8000-00000000000A]", "1" },
    { "rep[0190f5fe-7c00-7a00-8000-000000000009]/x", "of an instance that was removed" },
    { "rep[not-a-uuid]", "1" },
    { "meta/instanceID", "uuid:1" },
  };
  g_autoptr (SobanFieldMap) fields = soban_field_map_new ();
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    soban_field_map_set (fields, pairs[i][0], pairs[i][1]);
  g_autoptr (SobanFormInstance) instance = form_fixture_open_form (fixture, form, fields);
  assert_value (instance, "a", ""); /* what the record left empty stays empty */
  g_autoptr (SobanFieldMap) all = soban_form_instance_get_fields (instance, FALSE);
  g_assert_true (soban_field_map_equal (fields, all));
  g_autoptr (SobanFieldMap) relevant = soban_form_instance_get_fields (instance, TRUE);
  g_assert_true (soban_field_map_equal (fields, relevant));
}

static void
test_repeat_counts (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance = form_fixture_open (
    fixture, "<n>2</n><rep jr:template=\"\"><x/><answer/></rep><sum/>",
    "<bind nodeset=\"/data/n\" type=\"int\"/><bind nodeset=\"/data/rep/x\" calculate=\"position(..)\"/>"
    "<bind nodeset=\"/data/sum\" calculate=\"sum(/data/rep/x)\"/>",
    "<input ref=\"/data/n\"/><repeat nodeset=\"/data/rep\" jr:count=\" /data/n \"><input "
    "ref=\"/data/rep/x\"/></repeat>");
  assert_value (instance, "sum", "3");
  form_fixture_set (instance, "n", "4");
  assert_value (instance, "sum", "10");
  form_fixture_set (instance, "n", "1");
  assert_value (instance, "sum", "1");

  g_autoptr (GError) error = NULL;
  g_assert_null (soban_form_instance_add_repeat (instance, "rep", &error));
  g_assert_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_UNSUPPORTED);

  /* A slip of the finger and back: what was answered in the other entries comes back. */
  g_autoptr (GPtrArray) one = soban_form_instance_list_repeats (instance, "rep");
  g_assert_cmpuint (one->len, ==, 1);
  form_fixture_set (instance, "n", "2");
  g_autoptr (GPtrArray) two = soban_form_instance_list_repeats (instance, "rep");
  g_autofree char *answer = join (g_ptr_array_index (two, 1), "answer");
  form_fixture_set (instance, answer, "kept");
  form_fixture_set (instance, "n", "1");
  assert_value (instance, answer, "");
  g_autoptr (SobanFieldMap) submitted = soban_form_instance_get_fields (instance, TRUE);
  g_assert_null (soban_field_map_get (submitted, g_ptr_array_index (two, 1)));
  form_fixture_set (instance, "n", "2");
  assert_value (instance, answer, "kept");
  form_fixture_set (instance, "n", "1");

  /* A billion: nothing is made, nothing is lost, and it is said. */
  form_fixture_set (instance, "n", "1000000000");
  g_autoptr (GPtrArray) left = soban_form_instance_list_repeats (instance, "rep");
  g_assert_cmpuint (left->len, ==, 1);
  g_autoptr (GPtrArray) problems = soban_form_instance_validate (instance);
  g_assert_cmpuint (problems->len, ==, 1);
  SobanProblem *problem = g_ptr_array_index (problems, 0);
  g_assert_cmpstr (problem->path, ==, "rep");
  g_assert_nonnull (strstr (problem->message, "2000"));
  form_fixture_set (instance, "n", "");
  assert_value (instance, "sum", "0");
}

static void
test_no_add_remove (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance =
    form_fixture_open (fixture, "<rep><x/></rep><rep><x>2</x></rep>", "",
                       "<repeat nodeset=\"/data/rep\" jr:noAddRemove=\"true()\"><input ref=\"/data/rep/x\"/></repeat>");
  g_autoptr (GPtrArray) paths = soban_form_instance_list_repeats (instance, "rep");
  g_assert_cmpuint (paths->len, ==, 2);
  g_autofree char *second = join (g_ptr_array_index (paths, 1), "x");
  assert_value (instance, second, "2");
  g_autoptr (GError) error = NULL;
  g_assert_false (soban_form_instance_remove_repeat (instance, g_ptr_array_index (paths, 0), &error));
  g_assert_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_UNSUPPORTED);
}

static void
test_repeat_limit (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance =
    form_fixture_open (fixture, "<rep jr:template=\"\"><x/></rep>", "",
                       "<repeat nodeset=\"/data/rep\"><input ref=\"/data/rep/x\"/></repeat>");
  for (guint i = 0; i < SOBAN_REPEAT_INSTANCES_MAX; i++)
    g_free (add (instance, "rep"));
  g_autoptr (GError) error = NULL;
  g_assert_null (soban_form_instance_add_repeat (instance, "rep", &error));
  g_assert_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_LIMIT);
}

static void
test_preloads (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanForm) form = form_fixture_parse (
    "<day/><start/><end/><commune/><nothing/><meta><instanceID/></meta>",
    "<bind nodeset=\"/data/day\" type=\"date\" jr:preload=\"date\" jr:preloadParams=\"today\"/>"
    "<bind nodeset=\"/data/start\" type=\"dateTime\" jr:preload=\"timestamp\" jr:preloadParams=\"start\"/>"
    "<bind nodeset=\"/data/end\" type=\"dateTime\" jr:preload=\"timestamp\" jr:preloadParams=\"end\"/>"
    "<bind nodeset=\"/data/commune\" jr:preload=\"property\" jr:preloadParams=\"soban:commune\"/>"
    "<bind nodeset=\"/data/nothing\" jr:preload=\"property\" jr:preloadParams=\"soban:team\"/>"
    "<bind nodeset=\"/data/meta/instanceID\" jr:preload=\"uid\"/>",
    "");
  g_autoptr (SobanFormInstance) instance = form_fixture_open_form (fixture, form, NULL);
  assert_value (instance, "day", "2026-11-22");
  assert_value (instance, "start", "2026-11-22T10:00:00.000+07:00");
  assert_value (instance, "end", "");
  assert_value (instance, "commune", "02947@2025-07-01");
  assert_value (instance, "nothing", "");
  g_assert_true (g_str_has_prefix (soban_form_instance_get (instance, "meta/instanceID"), "uuid:"));
  fixture->wall_ms += 90 * 1000;
  soban_form_instance_finish (instance);
  assert_value (instance, "end", "2026-11-22T10:01:30.000+07:00");

  g_autoptr (SobanFieldMap) fields = soban_form_instance_get_fields (instance, TRUE);
  fixture->wall_ms += 1000;
  g_autoptr (SobanFormInstance) again = form_fixture_open_form (fixture, form, fields);
  g_autoptr (SobanFieldMap) same = soban_form_instance_get_fields (again, TRUE);
  g_assert_true (soban_field_map_equal (fields, same));
}

static void
test_instance_id_without_meta (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance = form_fixture_open (fixture, "<a/>", "", "");
  g_assert_nonnull (soban_form_instance_get (instance, "meta/instanceID"));
  g_autofree char *xml = soban_form_instance_to_xml (instance);
  g_assert_nonnull (strstr (xml, "<orx:meta xmlns:orx=\"http://openrosa.org/xforms\"><orx:instanceID>uuid:"));
}

static void
test_actions (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanForm) form = form_fixture_parse (
    "<first/><load>0</load><a/><copy/><chain/><rep jr:template=\"\"><x/><y/></rep>",
    "<setvalue event=\"odk-instance-first-load\" ref=\"/data/first\" value=\"1 + 1\"/>"
    "<setvalue event=\"odk-instance-load\" ref=\"/data/load\" value=\"/data/load + 1\"/>",
    "<input ref=\"/data/a\"><setvalue event=\"xforms-value-changed\" ref=\"/data/copy\" value=\"concat(/data/a, "
    "'!')\"/></input>"
    "<input ref=\"/data/copy\"><setvalue event=\"xforms-value-changed\" ref=\"/data/chain\">literal</setvalue></input>"
    "<repeat nodeset=\"/data/rep\"><setvalue event=\"odk-new-repeat\" ref=\"/data/rep/x\" value=\"position(..) * 10\"/>"
    "<input ref=\"/data/rep/x\"><setvalue event=\"xforms-value-changed\" ref=\"/data/rep/y\" "
    "value=\"../x\"/></input></repeat>");
  g_autoptr (SobanFormInstance) instance = form_fixture_open_form (fixture, form, NULL);
  assert_value (instance, "first", "2");
  assert_value (instance, "load", "1");
  assert_value (instance, "copy", "");
  form_fixture_set (instance, "a", "x");
  assert_value (instance, "copy", "x!");
  assert_value (instance, "chain", "literal");

  g_autofree char *one = add (instance, "rep");
  g_autofree char *two = add (instance, "rep");
  g_autofree char *two_x = join (two, "x");
  g_autofree char *two_y = join (two, "y");
  g_autofree char *one_y = join (one, "y");
  assert_value (instance, two_x, "20");
  assert_value (instance, two_y, "20");
  form_fixture_set (instance, two_x, "7");
  assert_value (instance, two_y, "7");
  assert_value (instance, one_y, "10");

  form_fixture_set (instance, "first", "mine");
  g_autoptr (SobanFieldMap) fields = soban_form_instance_get_fields (instance, FALSE);
  g_autoptr (SobanFormInstance) again = form_fixture_open_form (fixture, form, fields);
  assert_value (again, "first", "mine");
  assert_value (again, "load", "2");
}

static void
test_attributes (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanForm) form = form_fixture_parse (
    "<a/><entity id=\"\" label=\"\" made=\"\"/>",
    "<bind nodeset=\"/data/entity/@id\" jr:preload=\"uid\"/>"
    "<bind nodeset=\"/data/entity/@label\" calculate=\"concat('Nhom ', ../../a)\"/>"
    "<setvalue event=\"odk-instance-first-load\" ref=\"/data/entity/@made\" value=\"1 + 1\"/>",
    "<input ref=\"/data/a\"/>");
  g_autoptr (SobanFormInstance) instance = form_fixture_open_form (fixture, form, NULL);
  form_fixture_set (instance, "a", "7");
  g_autofree char *xml = soban_form_instance_to_xml (instance);
  g_assert_nonnull (strstr (xml, "label=\"Nhom 7\" made=\"2\""));
  g_autoptr (SobanFieldMap) fields = soban_form_instance_get_fields (instance, FALSE);
  g_assert_true (g_str_has_prefix (soban_field_map_get (fields, "entity/@id"), "uuid:"));
  g_assert_null (soban_field_map_get (fields, "entity/@label")); /* computed anew */
  g_autoptr (SobanFormInstance) again = form_fixture_open_form (fixture, form, fields);
  g_autofree char *same = soban_form_instance_to_xml (again);
  g_assert_cmpstr (same, ==, xml);
}

static void
test_answers_of_one_meaning (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance = form_fixture_open (
    fixture, "<many/><day/><number/><place>1 2</place>",
    "<bind nodeset=\"/data/day\" type=\"date\"/><bind nodeset=\"/data/number\" type=\"decimal\"/>"
    "<bind nodeset=\"/data/place\" type=\"geopoint\"/>",
    "<select ref=\"/data/many\"><item><label>A</label><value>a</value></item><item><label>B</label><value>b</value></item>"
    "</select><input ref=\"/data/day\"/><input ref=\"/data/number\"/>");
  assert_value (instance, "place", "1.0 2.0"); /* the form's own default */
  form_fixture_set (instance, "many", "b a");
  assert_value (instance, "many", "a b");
  form_fixture_set (instance, "many", "b other a"); /* kept: a word that is not offered */
  assert_value (instance, "many", "b other a");
  form_fixture_set (instance, "day", "2026-11-22T08:00:00");
  assert_value (instance, "day", "2026-11-22");
  form_fixture_set (instance, "day", "2026-11-22T22:00:00Z"); /* kept: which day it is depends on the place */
  assert_value (instance, "day", "2026-11-22T22:00:00Z");
  form_fixture_set (instance, "number", "23");
  assert_value (instance, "number", "23");
  form_fixture_set (instance, "number", "0023.50");
  assert_value (instance, "number", "0023.50");
}

static void
test_never_writes_many (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance = form_fixture_open (
    fixture, "<a/><rep jr:template=\"\"><x/></rep>", "",
    "<input ref=\"/data/a\"><setvalue event=\"xforms-value-changed\" ref=\"/data/rep/x\" value=\"/data/a\"/></input>"
    "<repeat nodeset=\"/data/rep\"><input ref=\"/data/rep/x\"/></repeat>");
  g_autofree char *one = add (instance, "rep");
  g_autofree char *one_x = join (one, "x");
  form_fixture_set (instance, "a", "1");
  assert_value (instance, one_x, "1");
  g_autofree char *two = add (instance, "rep");
  g_autoptr (GError) error = NULL;
  g_assert_false (soban_form_instance_set (instance, "a", "2", &error));
  g_assert_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE);
  assert_value (instance, "a", "1");
  assert_value (instance, one_x, "1");
}

static void
test_edit (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance =
    form_fixture_open (fixture, "<a>1</a><meta><instanceID/></meta>",
                       "<bind nodeset=\"/data/meta/instanceID\" jr:preload=\"uid\"/>", "<input ref=\"/data/a\"/>");
  g_autofree char *old = g_strdup (soban_form_instance_get (instance, "meta/instanceID"));
  soban_form_instance_begin_edit (instance);
  const char *new_id = soban_form_instance_get (instance, "meta/instanceID");
  g_assert_cmpstr (new_id, !=, old);
  g_autofree char *expected =
    g_strdup_printf ("<instanceID>%s</instanceID><deprecatedID>%s</deprecatedID>", new_id, old);
  g_autofree char *xml = soban_form_instance_to_xml (instance);
  g_assert_nonnull (strstr (xml, expected));
}

static void
test_today_of_a_wrong_clock (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  fixture->wall_ms = G_GINT64_CONSTANT (2067000000000); /* 2035-07-02 */
  g_autoptr (SobanFormInstance) instance =
    form_fixture_open (fixture, "<d/>", "<bind nodeset=\"/data/d\" type=\"date\" constraint=\". &lt;= today()\"/>",
                       "<input ref=\"/data/d\"/>");
  form_fixture_set (instance, "d", "2035-07-02");
  assert_no_problem (instance, "d");
  form_fixture_set (instance, "d", "2035-07-03");
  assert_problem (instance, "d", SOBAN_PROBLEM_CONSTRAINT, NULL);
  fixture->wall_ms = G_GINT64_CONSTANT (1795316400000);
  form_fixture_set (instance, "d", "2026-11-22");
  assert_no_problem (instance, "d");
  form_fixture_set (instance, "d", "2035-07-02");
  assert_problem (instance, "d", SOBAN_PROBLEM_CONSTRAINT, NULL);
}

static void
test_set_refuses (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance =
    form_fixture_open (fixture, "<a>1</a><grp><b/></grp>", "", "<input ref=\"/data/a\"/>");
  g_autoptr (GError) error = NULL;
  g_assert_false (soban_form_instance_set (instance, "zz", "1", &error));
  g_assert_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE);
  g_clear_error (&error);
  g_assert_false (soban_form_instance_set (instance, "grp", "1", &error));
  g_assert_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE);
  g_clear_error (&error);
  g_assert_false (soban_form_instance_set (instance, "a", "\xff\xfe", &error));
  g_assert_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_VALUE);
  g_clear_error (&error);
  g_autofree char *long_text = g_strnfill (SOBAN_VALUE_BYTES_MAX + 1, 'x');
  g_assert_false (soban_form_instance_set (instance, "a", long_text, &error));
  g_assert_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_LIMIT);
  assert_value (instance, "a", "1");
  form_fixture_set (instance, "a", "tie\xcc\x82\xcc\x81ng"); /* decomposed: kept as NFC */
  assert_value (instance, "a", "tiếng");
  form_fixture_set (instance, "a", NULL);
  assert_value (instance, "a", "");
}

static void
test_xml_is_well_formed (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance = form_fixture_open (fixture, "<a/>", "", "<input ref=\"/data/a\"/>");
  form_fixture_set (instance, "a", "1 < 2 & \"3\" \x01 ]]>");
  g_autofree char *xml = soban_form_instance_to_xml (instance);
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanTree) tree = soban_tree_parse (xml, strlen (xml), &error);
  g_assert_no_error (error);
  SobanNode *a = soban_node_first_element (soban_node_first_element (soban_tree_get_root (tree)));
  g_autoptr (GString) scratch = g_string_new (NULL);
  g_assert_cmpstr (soban_node_value (a, scratch), ==, "1 < 2 & \"3\"  ]]>");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/form-instance/calculates", test_calculates);
  g_test_add_func ("/form-instance/relevance", test_relevance);
  g_test_add_func ("/form-instance/relevance-of-calculates", test_relevance_of_calculates);
  g_test_add_func ("/form-instance/repeats", test_repeats);
  g_test_add_func ("/form-instance/repeat-fields", test_repeat_fields);
  g_test_add_func ("/form-instance/unknown-fields-come-back", test_unknown_fields_come_back);
  g_test_add_func ("/form-instance/repeat-counts", test_repeat_counts);
  g_test_add_func ("/form-instance/no-add-remove", test_no_add_remove);
  g_test_add_func ("/form-instance/repeat-limit", test_repeat_limit);
  g_test_add_func ("/form-instance/preloads", test_preloads);
  g_test_add_func ("/form-instance/instance-id-without-meta", test_instance_id_without_meta);
  g_test_add_func ("/form-instance/actions", test_actions);
  g_test_add_func ("/form-instance/attributes", test_attributes);
  g_test_add_func ("/form-instance/answers-of-one-meaning", test_answers_of_one_meaning);
  g_test_add_func ("/form-instance/never-writes-many", test_never_writes_many);
  g_test_add_func ("/form-instance/edit", test_edit);
  g_test_add_func ("/form-instance/today-of-a-wrong-clock", test_today_of_a_wrong_clock);
  g_test_add_func ("/form-instance/set-refuses", test_set_refuses);
  g_test_add_func ("/form-instance/xml-is-well-formed", test_xml_is_well_formed);
  return g_test_run ();
}
