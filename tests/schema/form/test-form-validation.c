/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "form-fixture.h"

static void
test_order_of_rules (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  form_fixture_translate (fixture, "Please answer this question.", "Chị trả lời câu này nhé.");
  g_autoptr (SobanFormInstance) instance = form_fixture_open (
    fixture, "<n/><m/><other/>",
    "<bind nodeset=\"/data/n\" type=\"int\" required=\"true()\" constraint=\". &gt; 0\" jr:constraintMsg=\"Above 0.\" "
    "sb:warning=\". &lt;= 300\" sb:warningMsg=\"So many?\"/>"
    "<bind nodeset=\"/data/m\" required=\"true()\" jr:requiredMsg=\"Who?\"/>",
    "<input ref=\"/data/n\"/><input ref=\"/data/m\"/><input ref=\"/data/other\"/>");
  assert_problem (instance, "n", SOBAN_PROBLEM_REQUIRED, "Chị trả lời câu này nhé.");
  assert_problem (instance, "m", SOBAN_PROBLEM_REQUIRED, "Who?");
  assert_no_problem (instance, "other");
  form_fixture_set (instance, "n", "twelve");
  assert_problem (instance, "n", SOBAN_PROBLEM_TYPE, "Please enter a whole number.");
  form_fixture_set (instance, "n", "0");
  assert_problem (instance, "n", SOBAN_PROBLEM_CONSTRAINT, "Above 0.");
  form_fixture_set (instance, "n", "301");
  assert_problem (instance, "n", SOBAN_PROBLEM_WARNING, "So many?");
  form_fixture_set (instance, "n", "300");
  assert_no_problem (instance, "n");
}

static void
test_warning_is_confirmed_for_its_value (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanForm) form = form_fixture_parse (
    "<n/><max>300</max>", "<bind nodeset=\"/data/n\" type=\"int\" sb:warning=\". &lt;= /data/max\"/>",
    "<input ref=\"/data/n\"/>");
  g_autoptr (SobanFormInstance) instance = form_fixture_open_form (fixture, form, NULL);
  soban_form_instance_confirm (instance, "n"); /* nothing to confirm */
  form_fixture_set (instance, "n", "400");
  assert_problem (instance, "n", SOBAN_PROBLEM_WARNING, "This answer is unusual. Please check it.");
  soban_form_instance_confirm (instance, "n");
  assert_no_problem (instance, "n");
  form_fixture_set (instance, "n", "500");
  assert_problem (instance, "n", SOBAN_PROBLEM_WARNING, NULL);
  form_fixture_set (instance, "n", "400");
  assert_no_problem (instance, "n");

  g_autoptr (SobanFieldMap) fields = soban_form_instance_get_fields (instance, TRUE);
  g_assert_cmpstr (soban_field_map_get (fields, ".confirmed/n"), ==, "400");
  g_autoptr (SobanFormInstance) again = form_fixture_open_form (fixture, form, fields);
  assert_no_problem (again, "n");
}

static void
test_irrelevant_is_not_checked (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance = form_fixture_open (
    fixture, "<a/><grp><n>-1</n><r/></grp>",
    "<bind nodeset=\"/data/grp\" relevant=\"/data/a = 1\"/><bind nodeset=\"/data/grp/n\" constraint=\". &gt; 0\"/>"
    "<bind nodeset=\"/data/grp/r\" required=\"true()\"/>",
    "<input ref=\"/data/a\"/><input ref=\"/data/grp/n\"/><input ref=\"/data/grp/r\"/>");
  g_autoptr (GPtrArray) none = soban_form_instance_validate (instance);
  g_assert_cmpuint (none->len, ==, 0);
  form_fixture_set (instance, "a", "1");
  g_autoptr (GPtrArray) two = soban_form_instance_validate (instance);
  g_assert_cmpuint (two->len, ==, 2);
}

static void
test_types (void)
{
  static const struct {
    const char *type, *value;
    gboolean fits;
  } rows[] = {
    { "int", "12", TRUE },
    { "int", "-3", TRUE },
    { "int", "1.0", FALSE },
    { "int", "1e3", FALSE },
    { "int", "7.623", FALSE },
    { "int", " 1", FALSE },
    { "int", "12345678901234567890", FALSE },
    { "decimal", "0.5", TRUE },
    { "decimal", "-.5", TRUE },
    { "decimal", "0,5", FALSE },
    { "decimal", "abc", FALSE },
    { "decimal", ".", FALSE },
    { "date", "2024-02-29", TRUE },
    { "date", "2023-02-29", FALSE },
    { "date", "22/11/2026", FALSE },
    { "date", "2026-11", FALSE },
    { "date", "2026-13-01", FALSE },
    { "time", "23:59:00", TRUE },
    { "time", "23:59", FALSE },
    { "time", "23:59:59.999+07:00", TRUE },
    { "time", "24:00", FALSE },
    { "dateTime", "2026-11-22T10:00:00.000+07:00", TRUE },
    { "dateTime", "2026-11-22", FALSE },
    { "boolean", "true", TRUE },
    { "boolean", "0", TRUE },
    { "boolean", "yes", FALSE },
    { "geopoint", "21.03 105.85 0 0", TRUE },
    { "geopoint", "21.03", FALSE },
    { "geopoint", "121.03 105.85", FALSE },
    { "geopoint", "here 105", FALSE },
    { "geotrace", "21 105; 21.1 105.1", TRUE },
    { "geotrace", "21 105", FALSE },
    { "geoshape", "21 105; 21.1 105.1; 21 105", TRUE },
    { "geoshape", "21 105; 22 105", FALSE },
    { "string", "anything", TRUE },
    { "binary", "a.jpg", TRUE },
    { "made-up", "anything", TRUE },
  };
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *bind = g_strdup_printf ("<bind nodeset=\"/data/a\" type=\"%s\"/>", rows[i].type);
    g_autoptr (SobanFormInstance) instance = form_fixture_open (fixture, "<a/>", bind, "<input ref=\"/data/a\"/>");
    form_fixture_set (instance, "a", rows[i].value);
    g_autoptr (SobanProblem) problem = soban_form_instance_check (instance, "a");
    g_test_message ("%s “%s”", rows[i].type, rows[i].value);
    g_assert_cmpint (problem == NULL, ==, rows[i].fits);
    if (problem != NULL)
      g_assert_cmpint (problem->kind, ==, SOBAN_PROBLEM_TYPE);
  }
}

static void
test_calculated_values_are_cast (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance =
    form_fixture_open (fixture, "<i/><d/><t/>",
                       "<bind nodeset=\"/data/i\" type=\"int\" calculate=\"7 div 2\"/><bind nodeset=\"/data/d\" "
                       "type=\"date\" calculate=\"today() + 1\"/>"
                       "<bind nodeset=\"/data/t\" type=\"date\" calculate=\"now()\"/>",
                       "");
  assert_value (instance, "i", "3");
  assert_value (instance, "d", "2026-11-23");
  assert_value (instance, "t", "2026-11-22");
}

static void
test_choices_of_the_form (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance =
    form_fixture_open (fixture, "<one/><many/><range/>", "<bind nodeset=\"/data/range\" type=\"int\"/>",
                       "<select1 ref=\"/data/one\"><item><label>A</label><value>a</value></item></select1>"
                       "<select "
                       "ref=\"/data/many\"><item><label>A</label><value>a</value></item><item><label>B</"
                       "label><value>b</value></item></select>"
                       "<range ref=\"/data/range\" start=\"10\" end=\"1\" step=\"1\"/>");
  form_fixture_set (instance, "one", "a");
  assert_no_problem (instance, "one");
  form_fixture_set (instance, "one", "b");
  assert_problem (instance, "one", SOBAN_PROBLEM_CHOICE, NULL);
  form_fixture_set (instance, "many", "b a");
  assert_no_problem (instance, "many");
  form_fixture_set (instance, "many", "b c");
  assert_problem (instance, "many", SOBAN_PROBLEM_CHOICE, NULL);
  form_fixture_set (instance, "range", "5");
  assert_no_problem (instance, "range");
  form_fixture_set (instance, "range", "11");
  assert_problem (instance, "range", SOBAN_PROBLEM_CONSTRAINT, NULL);
}

static void
test_problems_stand_in_form_order (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance =
    form_fixture_open (fixture, "<a/><rep jr:template=\"\"><x/></rep><b/>",
                       "<bind nodeset=\"/data/a\" required=\"true()\"/><bind nodeset=\"/data/b\" required=\"true()\"/>"
                       "<bind nodeset=\"/data/rep/x\" required=\"true()\"/>",
                       "<input ref=\"/data/b\"/><repeat nodeset=\"/data/rep\"><input "
                       "ref=\"/data/rep/x\"/></repeat><input ref=\"/data/a\"/>");
  g_autofree char *first = soban_form_instance_add_repeat (instance, "rep", NULL);
  g_autofree char *second = soban_form_instance_add_repeat (instance, "rep", NULL);
  g_autofree char *first_x = g_strconcat (first, "/x", NULL);
  g_autofree char *second_x = g_strconcat (second, "/x", NULL);
  g_autoptr (GPtrArray) problems = soban_form_instance_validate (instance);
  const char *const expected[] = { "b", first_x, second_x, "a" };
  g_assert_cmpuint (problems->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < problems->len; i++)
    g_assert_cmpstr (((SobanProblem *) g_ptr_array_index (problems, i))->path, ==, expected[i]);
}

static void
test_rule_that_cannot_be_computed (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance = form_fixture_open (
    fixture, "<a/>",
    "<bind nodeset=\"/data/a\" constraint=\"instance('gone')/root/item[name = current()/.]/label != ''\"/>",
    "<input ref=\"/data/a\"/>");
  form_fixture_set (instance, "a", "1"); /* never stops saving */
  assert_problem (instance, "a", SOBAN_PROBLEM_CONSTRAINT, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/form-validation/order-of-rules", test_order_of_rules);
  g_test_add_func ("/form-validation/warning-is-confirmed-for-its-value", test_warning_is_confirmed_for_its_value);
  g_test_add_func ("/form-validation/irrelevant-is-not-checked", test_irrelevant_is_not_checked);
  g_test_add_func ("/form-validation/types", test_types);
  g_test_add_func ("/form-validation/calculated-values-are-cast", test_calculated_values_are_cast);
  g_test_add_func ("/form-validation/choices-of-the-form", test_choices_of_the_form);
  g_test_add_func ("/form-validation/problems-stand-in-form-order", test_problems_stand_in_form_order);
  g_test_add_func ("/form-validation/rule-that-cannot-be-computed", test_rule_that_cannot_be_computed);
  return g_test_run ();
}
