/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <sys/resource.h>

#include "base/error.h"
#include "base/limits.h"
#include "form-fixture.h"
#include "form/choice-csv.h"
#include "form/form-check.h"

/* What is thrown at a form on purpose: a clear error with the line, in bounded time and memory. */

#define CPU_SECONDS_MAX 5 /* far more than any of it takes on a weak processor; times SOBAN_TEST_TIME_FACTOR under valgrind */
#define MEMORY_KB_MAX (512 * 1024)

typedef struct {
  gint64 start_cpu_us;
  long start_kb;
} Bound;

static long
get_peak_kb (void)
{
  struct rusage usage;
  g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
  return usage.ru_maxrss;
}

/* The processor's time, not the clock's: what else the machine does is no fault of a form. */
static gint64
get_cpu_us (void)
{
  struct rusage usage;
  g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static Bound
start (void)
{
  return (Bound){ get_cpu_us (), get_peak_kb () };
}

static void
finish (const Bound *bound)
{
  const char *factor = g_getenv ("SOBAN_TEST_TIME_FACTOR");
  gint64 seconds_max = CPU_SECONDS_MAX * (factor != NULL ? g_ascii_strtoll (factor, NULL, 10) : 1);
  g_assert_cmpint (get_cpu_us () - bound->start_cpu_us, <, seconds_max * G_USEC_PER_SEC);
  g_assert_cmpint (get_peak_kb () - bound->start_kb, <, MEMORY_KB_MAX);
}

static char *
repeat_text (const char *before, const char *part, guint times, const char *after)
{
  GString *text = g_string_new (before);
  for (guint i = 0; i < times; i++)
    g_string_append (text, part);
  g_string_append (text, after);
  return g_string_free (text, FALSE);
}

static void
refuse_text (const char *text, int code, const char *part)
{
  Bound bound = start ();
  g_autoptr (GBytes) xml = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanForm) form = soban_form_parse (xml, &error);
  g_assert_null (form);
  g_assert_error (error, SOBAN_FORM_ERROR, code);
  g_assert_nonnull (strstr (error->message, part));
  g_assert_cmpuint (strlen (error->message), <, 2000);
  finish (&bound);
}

static void
test_entities (void)
{
  GString *bomb = g_string_new ("<!DOCTYPE h [<!ENTITY a0 \"aaaaaaaaaa\">\n");
  for (guint i = 1; i < 20; i++)
    g_string_append_printf (bomb, "<!ENTITY a%u \"&a%u;&a%u;&a%u;&a%u;&a%u;&a%u;&a%u;&a%u;\">\n", i, i - 1, i - 1,
                            i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
  g_string_append (bomb, "]><h>&a19;</h>");
  refuse_text (bomb->str, SOBAN_FORM_ERROR_SYNTAX, "line 1");
  g_string_free (bomb, TRUE);
  refuse_text ("<!DOCTYPE h [\n<!ENTITY x SYSTEM \"file:///etc/passwd\">]><h>&x;</h>", SOBAN_FORM_ERROR_SYNTAX,
               "line 2");
  refuse_text ("<!DOCTYPE h [<!ENTITY % x SYSTEM \"http://127.0.0.1:9/x\"> %x;]><h/>", SOBAN_FORM_ERROR_SYNTAX,
               "line 1");
}

static void
test_nesting (void)
{
  g_autofree char *deep = repeat_text ("", "<a>", 10000, "");
  refuse_text (deep, SOBAN_FORM_ERROR_LIMIT, "line 1");
  g_autofree char *parts = repeat_text ("", "(", 10000, "1");
  g_autofree char *bind = g_strdup_printf ("\n<bind nodeset=\"/data/a\" calculate=\"%s\"/>", parts);
  g_autofree char *form = form_fixture_write ("<a/>", bind, "");
  refuse_text (form, SOBAN_FORM_ERROR_LIMIT, "line 5, question “a”");
}

static void
test_long_expression (void)
{
  g_autofree char *sum = repeat_text ("1", " + 1", 256 * 1024, "");
  g_assert_cmpuint (strlen (sum), >, 1024 * 1024);
  g_autofree char *bind = g_strdup_printf ("\n<bind nodeset=\"/data/a\" calculate=\"%s\"/>", sum);
  g_autofree char *form = form_fixture_write ("<a/>", bind, "");
  refuse_text (form, SOBAN_FORM_ERROR_LIMIT, "line 5, question “a”");
  g_autofree char *near = repeat_text ("1", " + 1", SOBAN_EXPRESSION_BYTES_MAX / 4 - 1, "");
  g_autofree char *near_bind = g_strdup_printf ("<bind nodeset=\"/data/a\" calculate=\"%s\"/>", near);
  Bound bound = start ();
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance = form_fixture_open (fixture, "<a/>", near_bind, "");
  assert_value (instance, "a", "16384");
  finish (&bound);
}

static void
test_repeat_count (void)
{
  Bound bound = start ();
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance = form_fixture_open (
      fixture, "<n>1000000000</n><r jr:template=\"\"><x/></r>", "<bind nodeset=\"/data/n\" type=\"int\"/>",
      "<input ref=\"/data/n\"/><repeat nodeset=\"/data/r\" jr:count=\"/data/n\"><input ref=\"/data/r/x\"/></repeat>");
  g_autoptr (GPtrArray) entries = soban_form_instance_list_repeats (instance, "r");
  g_assert_cmpuint (entries->len, ==, 0);
  g_autoptr (GPtrArray) problems = soban_form_instance_validate (instance);
  g_assert_cmpuint (problems->len, ==, 1); /* it is said, not obeyed */
  form_fixture_set (instance, "n", "2");
  g_autoptr (GPtrArray) two = soban_form_instance_list_repeats (instance, "r");
  g_assert_cmpuint (two->len, ==, 2);
  finish (&bound);
}

/* A product of repeats over repeats: the search gives up, the form goes on. */
static void
test_endless_expression (void)
{
  Bound bound = start ();
  g_autofree char *many = repeat_text ("<l>", "<i/>", 3000, "</l><a/>");
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanForm) form =
      form_fixture_parse (many, "<bind nodeset=\"/data/a\" calculate=\"count(//i[//i[//i = //i]])\"/>", "");
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanFormInstance) instance = soban_form_instance_new (form, &fixture->host, NULL, &error);
  g_assert_true (instance != NULL || g_error_matches (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_LIMIT));
  finish (&bound);
}

static void
test_many_choices (void)
{
  Bound bound = start ();
  g_autofree char *items =
      repeat_text ("<instance id=\"l\"><root>", "<item><name>same</name></item>", 100000, "</root></instance>");
  g_autoptr (SobanForm) form = form_fixture_parse (
      "<a/>", items,
      "<select ref=\"/data/a\"><label>A</label><itemset nodeset=\"instance('l')/root/item\"><value ref=\"name\"/>"
      "<label ref=\"name\"/></itemset></select>");
  g_autoptr (GPtrArray) findings = soban_form_check (form);
  g_assert_cmpuint (findings->len, ==, 1); /* the same is said once */
  g_assert_nonnull (strstr (((SobanFormFinding *)g_ptr_array_index (findings, 0))->message, "“same”"));
  finish (&bound);
}

static void
refuse_csv (const char *text, gsize length, int code, const char *part)
{
  Bound bound = start ();
  g_autoptr (GError) error = NULL;
  g_assert_null (soban_choice_csv_parse (text, length, &error));
  g_assert_error (error, SOBAN_FORM_ERROR, code);
  g_assert_nonnull (strstr (error->message, part));
  finish (&bound);
}

static void
test_csv (void)
{
  static const char tcvn3[] = "name,label\n1,B\xb6n M\xedi\n";
  refuse_csv (tcvn3, sizeof tcvn3 - 1, SOBAN_FORM_ERROR_VALUE, "line 2");
  const char *const broken[] = { "name,label\n1,\"open\n2,x\n", "name,label\n1,\"a\"b\n", "name,label\n1,2,3\n" };
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    refuse_csv (broken[i], strlen (broken[i]), SOBAN_FORM_ERROR_SYNTAX, "line 2");
  const char *const headless[] = { "", "na me\n1\n", "a,a\n1,2\n", "<x>\n1\n", "a,,b\n" };
  for (guint i = 0; i < G_N_ELEMENTS (headless); i++)
    refuse_csv (headless[i], strlen (headless[i]), SOBAN_FORM_ERROR_SYNTAX, "line 1");
  refuse_csv ("a\n\0\n", 4, SOBAN_FORM_ERROR_VALUE, "line 2");
  g_autofree char *rows = repeat_text ("a\n", "x\n", SOBAN_CHOICES_MAX + 1, "");
  refuse_csv (rows, strlen (rows), SOBAN_FORM_ERROR_LIMIT, "line 200002");
  g_autofree char *columns = repeat_text ("a", ",a", 1000000, "\n");
  refuse_csv (columns, strlen (columns), SOBAN_FORM_ERROR_LIMIT, "line 1");
  g_autofree char *quotes = repeat_text ("a\n\"", "\"\"", 1000000, "");
  refuse_csv (quotes, strlen (quotes), SOBAN_FORM_ERROR_SYNTAX, "line 2");
}

static void
test_csv_reads (void)
{
  const char *text = "\xef\xbb\xbfname,label\r\n1,\"Bản \"\"Một\"\", cũ\"\r\n\r\n2\r\n3,\"hai\ndòng\"";
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanTree) tree = soban_choice_csv_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  static const char *const expected[][2] = { { "1", "Bản \"Một\", cũ" }, { "2", "" }, { "3", "hai\ndòng" } };
  guint row = 0;
  g_autoptr (GString) scratch = g_string_new (NULL);
  const SobanNode *root = soban_node_first_element (soban_tree_get_root (tree));
  for (const SobanNode *item = soban_node_first_element (root); item != NULL;
       item = soban_node_next_element (item), row++) {
    const SobanNode *name = soban_node_first_element (item);
    g_assert_cmpuint (row, <, G_N_ELEMENTS (expected));
    g_assert_cmpstr (soban_node_value (name, scratch), ==, expected[row][0]);
    g_assert_cmpstr (soban_node_value (soban_node_next_element (name), scratch), ==, expected[row][1]);
  }
  g_assert_cmpuint (row, ==, G_N_ELEMENTS (expected));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bad-input/entities", test_entities);
  g_test_add_func ("/bad-input/nesting", test_nesting);
  g_test_add_func ("/bad-input/long-expression", test_long_expression);
  g_test_add_func ("/bad-input/repeat-count", test_repeat_count);
  g_test_add_func ("/bad-input/endless-expression", test_endless_expression);
  g_test_add_func ("/bad-input/many-choices", test_many_choices);
  g_test_add_func ("/bad-input/csv", test_csv);
  g_test_add_func ("/bad-input/csv-reads", test_csv_reads);
  return g_test_run ();
}
