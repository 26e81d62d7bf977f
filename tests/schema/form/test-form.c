/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "form-fixture.h"
#include "form/form-private.h"

static void
refuse_text (const char *text, int code, const char *expected)
{
  g_autoptr (GBytes) xml = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanForm) form = soban_form_parse (xml, &error);
  g_assert_null (form);
  g_assert_error (error, SOBAN_FORM_ERROR, code);
  if (strstr (error->message, expected) == NULL)
    g_error ("“%s” does not say “%s”", error->message, expected);
}

static void
test_reads_names (void)
{
  g_autoptr (SobanForm) form = form_fixture_parse (
    "<a/><grp><b/></grp><rep jr:template=\"\"><c/></rep>",
    "<instance id=\"x\" src=\"jr://file-csv/x.csv\"/>"
    "<bind nodeset=\"/data/a\" sb:level=\"S2\"/><bind nodeset=\"/data/rep\" sb:level=\"S3\"/>",
    "<input ref=\"/data/grp/b\"><label>  The\n b </label></input><input ref=\"/data/a\"><label>A</label></input>"
    "<group><label>Things</label><repeat nodeset=\"/data/rep\"><input "
    "ref=\"/data/rep/c\"><label>C</label></input></repeat></group>");
  g_assert_cmpstr (soban_form_get_id (form), ==, "test");
  g_assert_cmpstr (soban_form_get_version (form), ==, "7");
  g_assert_cmpstr (soban_form_get_title (form), ==, "Test");
  g_assert_cmpuint (soban_form_get_languages (form)->len, ==, 0);
  g_assert_cmpuint (soban_form_get_external_sources (form)->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (soban_form_get_external_sources (form), 0), ==, "jr://file-csv/x.csv");

  g_assert_cmpstr (soban_form_get_field_label (form, "grp/b"), ==, "The b");
  g_assert_cmpstr (soban_form_get_field_label (form, "rep"), ==, "Things");
  g_assert_cmpstr (soban_form_get_field_label (form, "rep[0190f5fe-7c00-7a00-8000-000000000001]/c"), ==, "C");
  g_assert_null (soban_form_get_field_label (form, "unknown"));
  g_assert_cmpuint (soban_form_get_field_order (form, "grp/b"), <, soban_form_get_field_order (form, "a"));
  g_assert_cmpuint (soban_form_get_field_order (form, "a"), <, soban_form_get_field_order (form, "rep[x]/c"));
  g_assert_cmpuint (soban_form_get_field_order (form, "unknown"), ==, G_MAXUINT);
}

static void
test_levels (void)
{
  g_autoptr (SobanForm) form =
    form_fixture_parse ("<a/><b/><rep jr:template=\"\"><c/></rep>",
                        "<bind nodeset=\"/data/a\" sb:level=\"S0\"/><bind nodeset=\"/data/rep\" sb:level=\"S3\"/>",
                        "<repeat nodeset=\"/data/rep\"><input ref=\"/data/rep/c\"/></repeat>");
  g_assert_cmpint (soban_form_get_level (form, "a"), ==, SOBAN_LEVEL_OPEN);
  g_assert_cmpint (soban_form_get_level (form, "b"), ==, SOBAN_LEVEL_INTERNAL);
  g_assert_cmpint (soban_form_get_level (form, "unknown"), ==, SOBAN_LEVEL_INTERNAL);
  g_assert_cmpint (soban_form_get_level (form, "rep[0190f5fe-7c00-7a00-8000-000000000001]/c"), ==,
                   SOBAN_LEVEL_SENSITIVE);
  g_assert_cmpint (soban_form_get_level (form, ".confirmed/rep[0190f5fe-7c00-7a00-8000-000000000001]/c"), ==,
                   SOBAN_LEVEL_SENSITIVE);
  form_fixture_refuse ("<a/>", "<bind nodeset=\"/data/a\" sb:level=\"S4\"/>", "", SOBAN_FORM_ERROR_SYNTAX, "S4");
}

static void
test_refuses_what_is_no_form (void)
{
  refuse_text ("", SOBAN_FORM_ERROR_SYNTAX, "XML");
  refuse_text ("Buổi truyền thông\n", SOBAN_FORM_ERROR_SYNTAX, "line 1");
  refuse_text ("<a>\n<b>\n</a>", SOBAN_FORM_ERROR_SYNTAX, "line 3");
  refuse_text ("<data/>", SOBAN_FORM_ERROR_SYNTAX, "XForm");
  refuse_text ("<html><head><model/></head><body/></html>", SOBAN_FORM_ERROR_SYNTAX, "instance");
  refuse_text ("<html><head><model><instance/></model></head><body/></html>", SOBAN_FORM_ERROR_SYNTAX, "empty");
}

static void
test_refuses_entities (void)
{
  refuse_text (
    "<?xml version=\"1.0\"?>\n<!DOCTYPE html [\n<!ENTITY a \"ha\">\n<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">\n"
    "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">\n]>\n<html>&c;</html>",
    SOBAN_FORM_ERROR_SYNTAX, "line 3");
  refuse_text ("<!DOCTYPE html [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><html>&x;</html>", SOBAN_FORM_ERROR_SYNTAX,
               "entities");
  refuse_text ("<!DOCTYPE html [<!ENTITY % x SYSTEM \"http://localhost:9/x.dtd\">%x;]><html/>", SOBAN_FORM_ERROR_SYNTAX,
               "entities");
}

static void
test_refuses_depth (void)
{
  GString *text = g_string_new ("<html>");
  for (int i = 0; i < 10000; i++)
    g_string_append (text, "<g>");
  for (int i = 0; i < 10000; i++)
    g_string_append (text, "</g>");
  g_string_append (text, "</html>");
  refuse_text (text->str, SOBAN_FORM_ERROR_LIMIT, "line 1");
  g_string_free (text, TRUE);

  text = g_string_new (NULL);
  for (int i = 0; i < SOBAN_FORM_DEPTH_MAX; i++)
    g_string_append (text, "<g>");
  for (int i = 0; i < SOBAN_FORM_DEPTH_MAX; i++)
    g_string_append (text, "</g>");
  form_fixture_refuse (text->str, "", "", SOBAN_FORM_ERROR_LIMIT, "deeper");
  g_string_free (text, TRUE);
}

static void
test_refuses_size (void)
{
  gsize length = SOBAN_FORM_BYTES_MAX + 1;
  char *blanks = g_malloc (length);
  memset (blanks, ' ', length);
  g_autoptr (GBytes) xml = g_bytes_new_take (blanks, length);
  g_autoptr (GError) error = NULL;
  g_assert_null (soban_form_parse (xml, &error));
  g_assert_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_LIMIT);
}

static void
test_refuses_missing_nodes (void)
{
  form_fixture_refuse ("<a/>", "<setvalue event=\"odk-instance-first-load\" ref=\"/data/zz\" value=\"1\"/>", "",
                       SOBAN_FORM_ERROR_REFERENCE, "/data/zz");
  form_fixture_refuse ("<a/>", "", "<input ref=\"/data/a\"><label ref=\"jr:itext('gone')\"/></input>",
                       SOBAN_FORM_ERROR_REFERENCE, "gone");
  form_fixture_refuse ("<a/>", "<bind nodeset=\"/data/a\" constraint=\". = 1\" jr:constraintMsg=\"jr:itext('gone')\"/>",
                       "", SOBAN_FORM_ERROR_REFERENCE, "gone");
}

/* Other programs pass over these: the form works, and the checker says where it is wrong. */
static void
test_remarks_missing_nodes (void)
{
  g_autoptr (SobanForm) form = form_fixture_parse (
    "<a/>", "\n\n<bind nodeset=\"/data/zz\" relevant=\"/data/a = 1\"/><bind nodeset=\"/data/yy/@id\"/>",
    "<input ref=\"/data/xx\"/><group ref=\"/data/ww\"><input ref=\"/data/a\"/></group>");
  static const char *const places[] = { "/data/zz", "/data/yy/@id", "/data/xx", "/data/ww" };
  g_assert_cmpuint (form->remarks->len, ==, G_N_ELEMENTS (places));
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    const SobanFormRemark *remark = g_ptr_array_index (form->remarks, i);
    g_assert_cmpstr (remark->place, ==, places[i]);
    g_assert_true (remark->is_error);
  }
  g_assert_cmpuint (((SobanFormRemark *) g_ptr_array_index (form->remarks, 0))->line, ==, 6);
  g_assert_cmpuint (form->controls->len, ==, 1);
}

static void
test_refuses_expressions (void)
{
  form_fixture_refuse ("<a/>", "<bind nodeset=\"/data/a\" constraint=\". &lt;= (\"/>", "", SOBAN_FORM_ERROR_EXPRESSION,
                       "question “a”");
  form_fixture_refuse ("<a/>", "", "<input ref=\"/data/a\"><label>A <output value=\"1 +\"/></label></input>",
                       SOBAN_FORM_ERROR_EXPRESSION, "1 +");
}

static void
test_refuses_unknown_functions (void)
{
  form_fixture_refuse ("<a/>", "\n<bind nodeset=\"/data/a\" calculate=\"explode(1)\"/>", "",
                       SOBAN_FORM_ERROR_EXPRESSION, "line 5, question “a”: calculate: Expression \"explode(1)\"");
  form_fixture_refuse ("<a/>", "<bind nodeset=\"/data/a\" relevant=\"substring('a')\"/>", "",
                       SOBAN_FORM_ERROR_EXPRESSION, "substring() does not take this number of arguments (1)");
  form_fixture_refuse ("<a/>", "<bind nodeset=\"/data/a\" constraint=\"true() or explode()\"/>", "",
                       SOBAN_FORM_ERROR_EXPRESSION, "explode");
  form_fixture_refuse ("<a/>", "", "<input ref=\"/data/a\"><label>A <output value=\"explode()\"/></label></input>",
                       SOBAN_FORM_ERROR_EXPRESSION, "explode");
  form_fixture_refuse ("<a/>", "", "<select1 ref=\"/data/a\"><itemset nodeset=\"instance('l')/root/item[explode()]\">"
                       "<value ref=\"v\"/></itemset></select1>", SOBAN_FORM_ERROR_EXPRESSION, "question “a”");
}

static void
test_refuses_circles (void)
{
  const char *instance = "<a/><b/><c/>";
  form_fixture_refuse (
    instance,
    "<bind nodeset=\"/data/a\" calculate=\"/data/b + 1\"/><bind nodeset=\"/data/b\" calculate=\"../c + 1\"/>"
    "<bind nodeset=\"/data/c\" calculate=\"/data/a + 1\"/>",
    "", SOBAN_FORM_ERROR_CYCLE, "→");
  form_fixture_refuse (instance, "\n<bind nodeset=\"/data/a\" calculate=\". + 1\"/>", "", SOBAN_FORM_ERROR_CYCLE,
                       "line 5: ");
  form_fixture_refuse (instance, "<bind nodeset=\"/data/a\" calculate=\". + 1\"/>", "", SOBAN_FORM_ERROR_CYCLE,
                       "a → a");

  /* Not circles: a rule about itself, relevants that look at each other, a running total over the repeat before. */
  g_autoptr (SobanForm) form = form_fixture_parse (
    "<a/><b/><rep><x/><total/></rep>",
    "<bind nodeset=\"/data/a\" relevant=\"/data/b != 1\" constraint=\". > 0\"/><bind nodeset=\"/data/b\" "
    "relevant=\"/data/a != 1\"/>"
    "<bind nodeset=\"/data/rep/total\" calculate=\"../x + sum(../preceding-sibling::rep[1]/total)\"/>",
    "<repeat nodeset=\"/data/rep\"><input ref=\"/data/rep/x\"/></repeat>");
  g_assert_nonnull (form);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/form/reads-names", test_reads_names);
  g_test_add_func ("/form/levels", test_levels);
  g_test_add_func ("/form/refuses-what-is-no-form", test_refuses_what_is_no_form);
  g_test_add_func ("/form/refuses-entities", test_refuses_entities);
  g_test_add_func ("/form/refuses-depth", test_refuses_depth);
  g_test_add_func ("/form/refuses-size", test_refuses_size);
  g_test_add_func ("/form/refuses-missing-nodes", test_refuses_missing_nodes);
  g_test_add_func ("/form/remarks-missing-nodes", test_remarks_missing_nodes);
  g_test_add_func ("/form/refuses-expressions", test_refuses_expressions);
  g_test_add_func ("/form/refuses-unknown-functions", test_refuses_unknown_functions);
  g_test_add_func ("/form/refuses-circles", test_refuses_circles);
  return g_test_run ();
}
