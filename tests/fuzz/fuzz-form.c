/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "form-fixture.h"
#include "form/choice-document.h"
#include "form/form-check.h"
#include "form/form-import.h"
#include "form/form-private.h"
#include "mutation.h"

/*
 * Damaged forms, expressions, instances and lists: whatever comes out is a result or an error with a message, never a
 * crash, and what was accepted can be used. A bound for each, so that the whole is over in seconds.
 */

#define SECONDS_MAX 2

#define MODEL                                                                                                          \
  "<itext><translation lang=\"en\"><text id=\"t\"><value>T <output "                                                   \
  "value=\"/data/a\"/></value></text></translation></itext>"                                                           \
  "<instance id=\"list\"><root><item><name>x</name><label>X</label><of>1</of></item></root></instance>"                \
  "<bind nodeset=\"/data/a\" type=\"int\" required=\"true()\" constraint=\". &lt; 10 or . = /data/b\"/>"               \
  "<bind nodeset=\"/data/b\" type=\"decimal\" relevant=\"/data/a &gt; 1\" calculate=\"sum(/data/r/x) div 2\"/>"        \
  "<bind nodeset=\"/data/r/x\" relevant=\"position(..) &lt; 3\"/><bind nodeset=\"/data/e/@id\" jr:preload=\"uid\"/>"   \
  "<setvalue event=\"odk-instance-first-load\" ref=\"/data/c\" value=\"concat('a', 1)\"/>"
#define BODY                                                                                                           \
  "<group appearance=\"field-list\"><input ref=\"/data/a\"><label ref=\"jr:itext('t')\"/></input><input "              \
  "ref=\"/data/b\"/></group>"                                                                                          \
  "<select1 ref=\"/data/c\"><itemset nodeset=\"instance('list')/root/item[of = /data/a]\"><value "                     \
  "ref=\"name\"/><label ref=\"label\"/>"                                                                               \
  "</itemset></select1><repeat nodeset=\"/data/r\" jr:count=\"/data/a\"><input ref=\"/data/r/x\"/></repeat>"
#define INSTANCE "<a>2</a><b/><c/><r jr:template=\"\"><x>1</x></r><e id=\"\"/>"

static const char *const form_words[] = {
  "<",
  ">",
  "\"",
  "&lt;",
  "&#0;",
  "<a/>",
  "</data>",
  "<bind nodeset=\"/data/a\"/>",
  "<repeat nodeset=\"/data/r\">",
  "<input ref=\"/data\"/>",
  "..",
  "/",
  "()",
  "[1]",
  "999999999",
  "-1",
  "NaN",
  "jr:count",
  "/data/r",
  "calculate=\"/data/b\"",
  "jr:template=\"\"",
  "true()",
  "\xc3",
  NULL,
};
static const char *const xpath_words[] = {
  "/",
  "//",
  "..",
  ".",
  "[",
  "]",
  "(",
  ")",
  "'",
  "\"",
  "*",
  "@",
  "|",
  " or ",
  " and ",
  " div ",
  "1e9",
  "-",
  "::",
  ",",
  "position()",
  "/data/r",
  "count(",
  "string(",
  "indexed-repeat(",
  "randomize(",
  "pulldata(",
  "if(",
  "regex(",
  "substring(",
  "format-date(",
  "today()",
  "đ",
  NULL,
};
static const char *const instance_words[] = {
  "<",           ">",       "</a>", "<a>", "<r>",    "</r>", "<x>",   "&amp;", "&#13;",
  "xmlns=\"x\"", "id=\"\"", "<!--", "]]>", "<?p ?>", "\xc3", "tiếng", NULL,
};
static const char *const csv_words[] = { "\"",   "\"\"",         ",",    "\n", "\r\n", "\r",
                                         "name", "\xef\xbb\xbf", "\xb8", " ",  "đ",    NULL };
static const char *const geojson_words[] = { "[", "]", "{", "}", ",", ":", "\"", "\\u0000", "null", "1e999", "\"Point\"", "\"geometry\":", "\xff", NULL };

static void
use_form (FormFixture *fixture, SobanForm *form)
{
  g_autoptr (GPtrArray) findings = soban_form_check (form);
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanFormInstance) instance = soban_form_instance_new (form, &fixture->host, NULL, &error);
  g_assert_true ((instance != NULL) == (error == NULL));
  if (instance == NULL)
    return;
  soban_form_instance_set (instance, "a", "3", NULL);
  soban_form_instance_set (instance, "c", "x", NULL);
  g_autoptr (GPtrArray) pages = soban_form_instance_list_pages (instance);
  g_autoptr (GPtrArray) problems = soban_form_instance_validate (instance);
  for (guint i = 0; i < form->controls->len; i++) {
    const SobanBodyItem *item = g_ptr_array_index (form->controls, i);
    g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (instance, item->element->field);
    g_autoptr (SobanQuestion) question = soban_form_instance_get_question (instance, item->element->field);
  }
  g_autofree char *xml = soban_form_instance_to_xml (instance);
  g_autoptr (SobanFieldMap) fields = soban_form_import (form, xml, strlen (xml), NULL, &error);
  g_assert_no_error (error);
}

/* The reader that goes on after a fault: what the other one refuses is never found to be without errors. */
static void
look_for_all_faults (GBytes *xml, gboolean was_refused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanForm) form = soban_form_parse_to_check (xml, &error);
  g_assert_true ((form != NULL) == (error == NULL));
  if (form == NULL) {
    g_assert_true (was_refused);
    return;
  }
  g_autoptr (GPtrArray) findings = soban_form_check (form);
  gboolean has_error = FALSE;
  for (guint i = 0; i < findings->len; i++)
    has_error = has_error || ((const SobanFormFinding *) g_ptr_array_index (findings, i))->is_error;
  g_assert_true (has_error || !was_refused);
}

static void
test_form (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autofree char *seed = form_fixture_write (INSTANCE, MODEL, BODY);
  g_auto (FuzzBudget) budget = { 0 };
  guint accepted = 0, refused = 0;
  fuzz_budget_init (&budget, 4000, SECONDS_MAX);
  while (fuzz_budget_next (&budget)) {
    gsize length = 0;
    char *text = fuzz_mutate (&budget, seed, strlen (seed), form_words, &length);
    g_autoptr (GBytes) xml = g_bytes_new_take (text, length);
    g_autoptr (GError) error = NULL;
    g_autoptr (SobanForm) form = soban_form_parse (xml, &error);
    g_assert_true ((form != NULL) == (error == NULL));
    look_for_all_faults (xml, form == NULL);
    if (form != NULL) {
      use_form (fixture, form);
      accepted++;
    } else {
      g_assert_cmpstr (error->message, !=, "");
      refused++;
    }
  }
  g_test_message ("forms: %u accepted, %u refused", accepted, refused);
  g_assert_cmpuint (accepted, >, 0);
  g_assert_cmpuint (refused, >, 0);
}

static void
test_xpath (void)
{
  static const char *const seeds[] = {
    "sum(/data/r[position() > 1]/x) div count(//x) + number(. = 'a')",
    "if(selected(/data/c, 'x') and regex(., '[a-z]+'), format-date(today(), '%Y-%m'), substring('abc', 2, 1))",
    "indexed-repeat(/data/r/x, /data/r, 1) | instance('list')/root/item[name = current()/../c]/label",
  };
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance = form_fixture_open (fixture, INSTANCE, MODEL, BODY);
  g_auto (FuzzBudget) budget = { 0 };
  guint evaluated = 0;
  fuzz_budget_init (&budget, 40000, SECONDS_MAX);
  while (fuzz_budget_next (&budget)) {
    const char *seed = seeds[budget.rounds_left % G_N_ELEMENTS (seeds)];
    gsize length = 0;
    g_autofree char *text = fuzz_mutate (&budget, seed, strlen (seed), xpath_words, &length);
    g_autoptr (GError) error = NULL;
    g_auto (SobanXPathValue) value = { 0 };
    gboolean done = soban_form_instance_evaluate (instance, text, "/data/a", &value, &error);
    g_assert_true (done == (error == NULL));
    evaluated += done ? 1 : 0;
  }
  g_test_message ("expressions: %u evaluated", evaluated);
  g_assert_cmpuint (evaluated, >, 0);
}

static void
test_instance (void)
{
  static const char seed[] =
      "<data id=\"test\" version=\"7\"><a>2</a><b>1.5</b><r><x>1</x></r><r><x>tiếng</x></r><e id=\"u\"/>"
      "<meta><instanceID>uuid:1</instanceID></meta></data>";
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanForm) form = form_fixture_parse (INSTANCE, MODEL, BODY);
  g_auto (FuzzBudget) budget = { 0 };
  guint accepted = 0, refused = 0;
  fuzz_budget_init (&budget, 8000, SECONDS_MAX);
  while (fuzz_budget_next (&budget)) {
    gsize length = 0;
    g_autofree char *text = fuzz_mutate (&budget, seed, strlen (seed), instance_words, &length);
    g_autoptr (GError) error = NULL;
    g_autoptr (SobanFieldMap) fields = soban_form_import (form, text, length, NULL, &error);
    g_assert_true ((fields != NULL) == (error == NULL));
    refused += fields == NULL ? 1 : 0;
    if (fields == NULL)
      continue;
    accepted++;
    g_autoptr (SobanFormInstance) instance = form_fixture_open_form (fixture, form, fields);
    g_autofree char *xml = soban_form_instance_to_xml (instance);
    g_autoptr (SobanFieldMap) again = soban_form_import (form, xml, strlen (xml), NULL, &error);
    g_assert_no_error (error);
  }
  g_test_message ("instances: %u accepted, %u refused", accepted, refused);
  g_assert_cmpuint (accepted, >, 0);
  g_assert_cmpuint (refused, >, 0);
}

static void
fuzz_document (const char *name, const char *seed, const char *const *words)
{
  g_auto (FuzzBudget) budget = { 0 };
  guint accepted = 0, refused = 0;
  fuzz_budget_init (&budget, 40000, SECONDS_MAX);
  while (fuzz_budget_next (&budget)) {
    gsize length = 0;
    g_autofree char *text = fuzz_mutate (&budget, seed, strlen (seed), words, &length);
    g_autoptr (GError) error = NULL;
    g_autoptr (SobanTree) tree = soban_choice_document_parse (name, text, length, &error);
    g_assert_true ((tree != NULL) == (error == NULL));
    accepted += tree != NULL ? 1 : 0;
    refused += tree == NULL ? 1 : 0;
  }
  g_test_message ("%s: %u accepted, %u refused", name, accepted, refused);
  g_assert_cmpuint (accepted, >, 0);
  g_assert_cmpuint (refused, >, 0);
}

static void
test_csv (void)
{
  fuzz_document ("list.csv", "name,label,of\n1,\"Bản \"\"Một\"\"\",x\n2,Hai,\r\n\n3,\"ba\nbốn\",y\n", csv_words);
}

static void
test_geojson (void)
{
  fuzz_document ("list.geojson",
                 "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"id\":7,\"geometry\":{\"type\":\"Polygon\","
                 "\"coordinates\":[[[104.5,20],[105,2e1],[1,2]]]},\"properties\":{\"name\":\"Giếng\",\"n\":12,\"x\":null}}]}",
                 geojson_words);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fuzz/form", test_form);
  g_test_add_func ("/fuzz/xpath", test_xpath);
  g_test_add_func ("/fuzz/instance", test_instance);
  g_test_add_func ("/fuzz/csv", test_csv);
  g_test_add_func ("/fuzz/geojson", test_geojson);
  return g_test_run ();
}
