/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "base/limits.h"
#include "form/xpath.h"

#include <math.h>
#include <string.h>

static const char form_xml[]
  = "<data><total>30</total><female>12</female><day>2026-11-20</day><empty/>"
    "<kinds>school market</kinds>"
    "<rep><x>1</x><y>10</y></rep><rep><x>2</x><y>20</y></rep><rep><x>3</x><y/></rep>"
    "<meta><instanceID>uuid:1</instanceID></meta></data>";
static const char units_xml[]
  = "<root><item><name>a</name><label>A</label><province>1</province></item>"
    "<item><name>b</name><label>B</label><province>2</province></item>"
    "<item><name>c</name><label>C</label><province>1</province></item></root>";

typedef struct {
  SobanTree *form;
  SobanTree *units;
  GTimeZone *timezone;
  SobanEntropy entropy;
  guint8 next_byte;
  SobanXPathHost host;
  SobanXPathContext context;
} Fixture;

static gint64
tell_now (gpointer data)
{
  /* 2026-11-22T08:30:15.250+07:00 */
  return G_GINT64_CONSTANT (1795311015250);
}

static SobanNode *
find_instance (gpointer data, const char *id)
{
  Fixture *fixture = data;
  return strcmp (id, "units") == 0 ? soban_tree_get_root (fixture->units) : NULL;
}

static char *
find_itext (gpointer data, const char *id)
{
  return strcmp (id, "hello") == 0 ? g_strdup ("Xin chào") : NULL;
}

static char *
find_choice_name (gpointer data, const char *value, const char *path, SobanNode *context)
{
  return g_strdup_printf ("%s@%s", value, path);
}

static void
fill_counting (gpointer data, guint8 *bytes, gsize length)
{
  Fixture *fixture = data;
  for (gsize i = 0; i < length; i++)
    bytes[i] = fixture->next_byte++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture->form = soban_tree_parse (form_xml, strlen (form_xml), &error);
  g_assert_no_error (error);
  fixture->units = soban_tree_parse (units_xml, strlen (units_xml), &error);
  g_assert_no_error (error);
  fixture->timezone = g_time_zone_new_identifier ("Asia/Ho_Chi_Minh");
  fixture->entropy = (SobanEntropy) { fill_counting, fixture };
  fixture->host = (SobanXPathHost) {
    tell_now, fixture->timezone, find_instance, find_itext, find_choice_name, &fixture->entropy, fixture, NULL,
  };
  fixture->context = (SobanXPathContext) { .node = soban_tree_get_root (fixture->form), .host = &fixture->host };
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  soban_tree_free (fixture->form);
  soban_tree_free (fixture->units);
  g_time_zone_unref (fixture->timezone);
}

static SobanXPath *
compile (const char *expression)
{
  g_autoptr (GError) error = NULL;
  SobanXPath *xpath = soban_xpath_compile (expression, NULL, NULL, &error);
  g_assert_no_error (error);
  return xpath;
}

/* Expects the string of @expression to be @expected. */
static void
expect (Fixture *fixture, const char *expression, const char *expected)
{
  g_autoptr (SobanXPath) xpath = compile (expression);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  soban_xpath_evaluate_string (xpath, &fixture->context, &text, &error);
  g_assert_no_error (error);
  if (strcmp (text, expected) != 0)
    g_test_message ("%s", expression);
  g_assert_cmpstr (text, ==, expected);
}

static void
expect_error (Fixture *fixture, const char *expression, int code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autoptr (SobanXPath) xpath = soban_xpath_compile (expression, NULL, NULL, &error);
  if (xpath != NULL)
    g_assert_false (soban_xpath_evaluate_string (xpath, &fixture->context, &text, &error));
  if (!g_error_matches (error, SOBAN_FORM_ERROR, code))
    g_test_message ("%s", expression);
  g_assert_error (error, SOBAN_FORM_ERROR, code);
  g_assert_null (text);
}

static SobanNode *
find (Fixture *fixture, const char *expression)
{
  g_autoptr (SobanXPath) xpath = compile (expression);
  g_auto (SobanXPathValue) value = { 0 };
  SobanXPathContext context = { .node = soban_tree_get_root (fixture->form), .host = &fixture->host };
  g_assert_true (soban_xpath_evaluate (xpath, &context, &value, NULL));
  g_assert_cmpint (value.type, ==, SOBAN_XPATH_NODES);
  g_assert_cmpuint (value.nodes->len, >, 0);
  return g_ptr_array_index (value.nodes, 0);
}

static void
test_grammar (Fixture *fixture, gconstpointer data)
{
  expect (fixture, "1 + 2 * 3 - 4 div 2", "5");
  expect (fixture, "(1 + 2) * 3", "9");
  expect (fixture, "- - 5 mod 3", "2");
  expect (fixture, "-3", "-3");
  expect (fixture, "1 < 2 = true()", "true");
  expect (fixture, "3 > 2 > 1", "false");
  expect (fixture, "'a' and not('')", "true");
  expect (fixture, "count(/data/rep | /data/total | /data/rep)", "4");
  expect (fixture, "/data/rep[2]/y", "20");
  expect (fixture, "(/data/rep/x)[last()]", "3");
  expect (fixture, "/data/rep[x = 2]/y", "20");
  expect (fixture, "/data/rep[position() > 1][1]/x", "2");
  expect (fixture, "/data/rep[3]/preceding-sibling::rep[1]/x", "2");
  expect (fixture, "name(/data/*[2])", "female");
  expect (fixture, "name(//instanceID/..)", "meta");
  expect (fixture, "count(//x)", "3");
  expect (fixture, "count(/descendant-or-self::node()/child::x)", "3");
  expect (fixture, "string(/data/rep[1]/x/text())", "1");
  expect (fixture, "\"it's\"", "it's");
  expect (fixture, "1or 0", "true");
  expect (fixture, "/data/total*2", "60");
  expect (fixture, "/data/*[self::total]", "30");
}

static void
test_core_functions (Fixture *fixture, gconstpointer data)
{
  expect (fixture, "substring('12345', 2, 3)", "234");
  expect (fixture, "substring('12345', 0 div 0)", "");
  expect (fixture, "substring('Đường', 2)", "ường");
  expect (fixture, "string-length('Đường')", "5");
  expect (fixture, "translate('bar', 'abc', 'AB')", "BAr");
  expect (fixture, "normalize-space('  a   b ')", "a b");
  expect (fixture, "substring-after('1999/04/01', '/')", "04/01");
  expect (fixture, "sum(/data/rep/x)", "6");
  expect (fixture, "string(1 div 3)", "0.3333333333333333");
  expect (fixture, "string(0.1 + 0.2)", "0.30000000000000004");
  expect (fixture, "string(1000000 * 1000000)", "1000000000000");
  expect (fixture, "string(1 div 10000000)", "0.0000001");
  expect (fixture, "string(pow(10, 21))", "1000000000000000000000");
  expect (fixture, "string(-1 div 0)", "-Infinity");
  expect (fixture, "string(- 0)", "0");
  expect (fixture, "number('  12 ')", "12");
  expect (fixture, "number('12a')", "NaN");
  expect (fixture, "boolean(/data/nothing)", "false");
}

static void
test_odk_functions (Fixture *fixture, gconstpointer data)
{
  expect (fixture, "selected(/data/kinds, 'market')", "true");
  expect (fixture, "selected(/data/kinds, 'mark')", "false");
  expect (fixture, "selected-at(/data/kinds, 1)", "market");
  expect (fixture, "count-selected(/data/kinds)", "2");
  expect (fixture, "coalesce(/data/empty, 'none')", "none");
  expect (fixture, "if(/data/empty = '', 'none', 'some')", "none");
  expect (fixture, "concat(/data/rep/x, '!')", "123!");
  expect (fixture, "join(', ', /data/rep/x)", "1, 2, 3");
  expect (fixture, "count-non-empty(/data/rep/y)", "2");
  expect (fixture, "max(/data/rep/x)", "3");
  expect (fixture, "max(/data/rep/y)", "NaN");
  expect (fixture, "round(2.5)", "3");
  expect (fixture, "round(84.66, 1)", "84.7");
  expect (fixture, "regex('0912345678', '0[0-9]{9}')", "true");
  expect (fixture, "regex('0912345678x', '0[0-9]{9}')", "false");
  expect (fixture, "regex('a\nb', 'a')", "false");
  expect (fixture, "regex('ab', concat('a', '.'))", "true");
  expect (fixture, "jr:itext('hello')", "Xin chào");
  expect (fixture, "jr:itext('nothing')", "");
  expect (fixture, "jr:choice-name(/data/rep/x, '/data/rep/x')", "1@/data/rep/x");
  expect (fixture, "instance('units')/root/item[name = 'b']/label", "B");
  expect (fixture, "count(instance('units')/root/item[province = 1])", "2");
  expect (fixture, "count(instance('nothing')/root/item)", "0");
  expect (fixture, "pulldata('units', 'label', 'name', 'c')", "C");
  expect (fixture, "pulldata('units', 'label', 'name', 'z')", "");
  expect (fixture, "string-length(uuid())", "36");
  expect (fixture, "string-length(uuid(12))", "12");
  expect (fixture, "random() < 1", "true");
  expect (fixture, "count(randomize(/data/rep))", "3");
  expect (fixture, "base64-decode('4oKs')", "€");
  expect (fixture, "intersects('0 0;1 1;0 1;1 0')", "true");
  expect (fixture, "intersects('0 0;0 1;1 1;1 0;0 0')", "false");
}

static void
test_dates (Fixture *fixture, gconstpointer data)
{
  expect (fixture, "today()", "2026-11-22");
  expect (fixture, "now()", "2026-11-22T08:30:15.250+07:00");
  expect (fixture, "/data/day <= today()", "true");
  expect (fixture, "/data/day > today()", "false");
  expect (fixture, "/data/day = today() - 2", "true");
  expect (fixture, "today() - /data/day", "2");
  expect (fixture, "date(today() + 10)", "2026-12-02");
  expect (fixture, "'2026-02-30' <= today()", "false");
  expect (fixture, "/data/day >= '2021-10-14' and /data/day <= today()", "true");
  expect (fixture, "/data/empty <= today()", "false");
  expect (fixture, "format-date(/data/day, '%d/%m/%Y')", "20/11/2026");
  expect (fixture, "format-date-time(now(), '%H:%M:%S.%3 %a %e %b')", "08:30:15.250 Sun 22 Nov");
  expect (fixture, "int((today() - date('1980-01-01')) div 365.25)", "46");
  expect (fixture, "decimal-time('12:00:00')", "0.5");
  expect (fixture, "boolean(date('nonsense'))", "false");
  expect (fixture, "date('2026-11-22T00:00:00+09:00')", "2026-11-21T22:00:00.000+07:00");
  expect_error (fixture, "format-date(today(), '%Q')", SOBAN_FORM_ERROR_EXPRESSION);
  expect_error (fixture, "format-date(today(), '%')", SOBAN_FORM_ERROR_EXPRESSION);
}

/* Vietnam was at +08:00 in the year 1970: offsets are those of the day itself. */
static void
test_old_dates (Fixture *fixture, gconstpointer data)
{
  expect (fixture, "decimal-date-time('1970-01-02')", "0.6666666666666666");
  expect (fixture, "date('1959-12-31')", "1959-12-31");
  expect (fixture, "format-date('0001-01-01', '%Y-%n-%e')", "0001-1-1");
  expect (fixture, "date(1 div 0)", "Invalid Date");
  expect (fixture, "date(-800000)", "Invalid Date");
}

static void
test_repeats (Fixture *fixture, gconstpointer data)
{
  fixture->context.node = find (fixture, "/data/rep[2]/y");
  expect (fixture, "position(..)", "2");
  expect (fixture, "../x", "2");
  expect (fixture, "current()/../x", "2");
  expect (fixture, "/data/rep/x", "1");
  expect (fixture, "indexed-repeat(/data/rep/x, /data/rep, 3)", "3");
  fixture->context.repeat_absolute = TRUE;
  expect (fixture, "/data/rep/x", "2");
  expect (fixture, "/data/rep/x + /data/rep/y", "22");
  expect (fixture, "count(/data/rep)", "3");
  expect (fixture, "/data/total", "30");
  expect (fixture, "/data/rep[1]/x", "1");
  expect (fixture, "indexed-repeat(/data/rep/x, /data/rep, 3)", "3");
  expect (fixture, "indexed-repeat(../x, .., 1)", "1");
  expect (fixture, "indexed-repeat(/data/rep/x, /data/rep, position(..) - 1)", "1");
  expect (fixture, "indexed-repeat(/data/rep/x, /data/rep, 9)", "");
  fixture->context.node = find (fixture, "/data/total");
  expect (fixture, "sum(/data/rep/x)", "6");
}

static void
test_irrelevant (Fixture *fixture, gconstpointer data)
{
  find (fixture, "/data/rep[2]")->irrelevant = TRUE;
  expect (fixture, "sum(/data/rep/x)", "4");
  expect (fixture, "count(/data/rep)", "2");
  expect (fixture, "string(/data/rep[2]/x)", "");
  expect (fixture, "count(/data/rep[x = 2])", "0");
  /* What is irrelevant compares as "", what is not there at all as an empty node-set. */
  expect (fixture, "/data/rep[2]/x != 'yes'", "true");
  expect (fixture, "'yes' != /data/rep[2]/x", "true");
  expect (fixture, "/data/rep[2]/x = ''", "true");
  expect (fixture, "/data/rep[2]/x > 1", "false");
  expect (fixture, "/data/rep[2]/gone != 'yes'", "false");
  fixture->context.node = find (fixture, "/data/rep[3]/x");
  find (fixture, "/data/rep[3]")->irrelevant = TRUE;
  expect (fixture, "position(..)", "3");
}

static void
test_lazy (Fixture *fixture, gconstpointer data)
{
  expect (fixture, "false() and explode()", "false");
  expect (fixture, "true() or explode(explode(), /x)", "true");
  expect (fixture, "if(true(), 'a', explode())", "a");
  expect (fixture, "coalesce('a', explode())", "a");
  expect_error (fixture, "true() and explode()", SOBAN_FORM_ERROR_EXPRESSION);
  expect_error (fixture, "substring('a')", SOBAN_FORM_ERROR_EXPRESSION);
}

static void
test_unknown_function (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SobanXPath) known = compile ("concat(string(1), 'a')");
  g_autoptr (SobanXPath) unknown = compile ("false() and (1 + explode(2)) > 1");
  g_autoptr (SobanXPath) short_of_arguments = compile ("true() or substring('a')");
  g_autoptr (GError) error = NULL;
  g_assert_null (soban_xpath_find_unknown_function (known));
  g_assert_cmpstr (soban_xpath_find_unknown_function (unknown), ==, "explode");
  g_assert_true (soban_xpath_check_functions (known, &error));
  g_assert_no_error (error);
  g_assert_false (soban_xpath_check_functions (unknown, &error));
  g_assert_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_EXPRESSION);
  g_clear_error (&error);
  g_assert_false (soban_xpath_check_functions (short_of_arguments, &error));
  g_assert_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_EXPRESSION);
}

static void
test_errors (Fixture *fixture, gconstpointer data)
{
  static const char *const wrong[] = {
    "", " ", "1 +", "(1", "1)", "/data[", "/data[1", "/data/", "//", "f(1,", "f(1 2)", "'open", "a b", "1 2", "$x",
    "a::b", "@", "foo:bar", "..foo", "1[1]/", "/data/concat('a')", "#", "a!b", "[1]", "*:a", "child::", "text(1)",
    "regex('a', '(')", "sum(1)", "count('a')", "1 | 2", "'a'/b", "(1)[1]",
  };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    expect_error (fixture, wrong[i], SOBAN_FORM_ERROR_EXPRESSION);
  expect_error (fixture, "\xff", SOBAN_FORM_ERROR_EXPRESSION);
  expect_error (fixture, "digest('a', 'CRC')", SOBAN_FORM_ERROR_UNSUPPORTED);
  fixture->context.host = NULL;
  expect_error (fixture, "today()", SOBAN_FORM_ERROR_UNSUPPORTED);
  expect_error (fixture, "uuid()", SOBAN_FORM_ERROR_UNSUPPORTED);
  expect_error (fixture, "random()", SOBAN_FORM_ERROR_UNSUPPORTED);
  expect_error (fixture, "instance('units')/root", SOBAN_FORM_ERROR_UNSUPPORTED);
  expect_error (fixture, "jr:itext('a')", SOBAN_FORM_ERROR_UNSUPPORTED);
  expect_error (fixture, "jr:choice-name('a', 'b')", SOBAN_FORM_ERROR_UNSUPPORTED);
  expect_error (fixture, "randomize(/data/rep)", SOBAN_FORM_ERROR_UNSUPPORTED);
}

static char *
repeat_text (const char *open, guint count, const char *middle, const char *close)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < count; i++)
    g_string_append (text, open);
  g_string_append (text, middle);
  for (guint i = 0; i < count; i++)
    g_string_append (text, close);
  return g_string_free (text, FALSE);
}

static void
test_error_tells_where (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (soban_xpath_compile ("/data/đường +", NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "14"));
  g_assert_nonnull (strstr (error->message, "/data/đường"));
  g_clear_error (&error);
  g_autofree char *text = repeat_text ("đ", 500, " +", "");
  g_assert_null (soban_xpath_compile (text, NULL, NULL, &error));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (error->message, -1), <, 300);
}

static void
test_bounds (Fixture *fixture, gconstpointer data)
{
  g_autofree char *deep = repeat_text ("(", SOBAN_EXPRESSION_DEPTH_MAX - 1, "7", ")");
  g_autofree char *too_deep = repeat_text ("(", SOBAN_EXPRESSION_DEPTH_MAX, "7", ")");
  g_autofree char *never_closed = repeat_text ("(", 60000, "", "");
  g_autofree char *predicates = repeat_text ("a[", 20000, "1", "]");
  g_autofree char *calls = repeat_text ("not(", 15000, "1", ")");
  g_autofree char *signs = repeat_text ("-", 60000, "7", "");
  g_autofree char *sum = repeat_text ("1+", 30000, "1", "");
  g_autofree char *steps = repeat_text ("/*", 30000, "", "");
  g_autofree char *too_long = repeat_text (" ", SOBAN_EXPRESSION_BYTES_MAX, "1", "");
  expect (fixture, deep, "7");
  expect (fixture, signs, "7");
  expect (fixture, sum, "30001");
  expect (fixture, steps, "");
  g_autofree char *deep_calls = repeat_text ("concat(", SOBAN_EXPRESSION_DEPTH_MAX - 1, "'7'", ", '', '', '', '', '')");
  g_autofree char *deep_filters = repeat_text (".[", SOBAN_EXPRESSION_DEPTH_MAX - 1, "1", "]");
  expect (fixture, deep_calls, "7");
  expect (fixture, deep_filters, "30122026-11-20school market110220" "3uuid:1");
  expect_error (fixture, too_deep, SOBAN_FORM_ERROR_LIMIT);
  expect_error (fixture, never_closed, SOBAN_FORM_ERROR_LIMIT);
  expect_error (fixture, predicates, SOBAN_FORM_ERROR_LIMIT);
  expect_error (fixture, calls, SOBAN_FORM_ERROR_LIMIT);
  expect_error (fixture, too_long, SOBAN_FORM_ERROR_LIMIT);
}

/* Short expressions that mean an endless search or an endless text end in an error, soon. */
static void
test_endless (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) xml = g_string_new ("<root>");
  for (guint i = 0; i < 5000; i++)
    g_string_append (xml, "<item>0123456789</item>");
  g_string_append (xml, "</root>");
  soban_tree_free (fixture->units);
  fixture->units = soban_tree_parse (xml->str, xml->len, NULL);
  fixture->context.node = soban_tree_get_root (fixture->units);
  expect (fixture, "count(//item[last()])", "1");
  /* What does not depend on the candidate is searched once. */
  expect (fixture, "count(//*[//*[//*[//*]]])", "5001");
  expect_error (fixture, "//item[preceding::item[preceding::item]]", SOBAN_FORM_ERROR_LIMIT);
  expect_error (fixture, "//item[following::zzz or preceding::zzz or following::zzz]", SOBAN_FORM_ERROR_LIMIT);
  expect_error (fixture, "join(concat(//item, ''), //item)", SOBAN_FORM_ERROR_LIMIT);
}

/* Random pieces of expressions: whatever comes out compiles or gives an error, and never more than that. */
static void
test_random_expressions (Fixture *fixture, gconstpointer data)
{
  static const char *const pieces[] = {
    "/data", "/", "//", "rep", "x", "..", ".", "*", "@", "[", "]", "(", ")", "1", "2.5", "'a'", "\"b", "+", "-",
    "=", "!=", "<", "<=", "|", " and ", " or ", " div ", " mod ", ",", "::", ":", "child::", "ancestor::",
    "following::", "node()", "text()", "position()", "last()", "count(", "if(", "selected(", "concat(",
    "indexed-repeat(", "randomize(", "date(", "today()", "format-date(", "'%Y'", "instance('units')/root/item",
    "substr(", "regex(", "area(", "checklist(", "round(", "current()", "once(", "pulldata(", "jr:itext(",
    "coalesce(", "$", "#", "\n", "đ", "1e5", "preceding::*", "weighted-checklist(",
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261122);
  guint compiled = 0;
  for (guint round = 0; round < 60000; round++) {
    g_autoptr (GString) text = g_string_new (NULL);
    guint length = g_rand_int_range (rand, 1, 12);
    for (guint i = 0; i < length; i++)
      g_string_append (text, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
    g_autoptr (GError) error = NULL;
    g_autoptr (SobanXPath) xpath = soban_xpath_compile (text->str, NULL, NULL, &error);
    g_assert_true ((xpath != NULL) == (error == NULL));
    if (xpath == NULL)
      continue;
    compiled++;
    g_auto (SobanXPathValue) value = { 0 };
    soban_xpath_evaluate (xpath, &fixture->context, &value, &error);
    g_autoptr (GPtrArray) references = soban_xpath_list_references (xpath, "/data/rep/x");
    g_assert_nonnull (references);
  }
  g_assert_cmpuint (compiled, >, 500);
}

static void
test_random_bytes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  for (guint round = 0; round < 20000; round++) {
    char text[24];
    guint length = g_rand_int_range (rand, 0, sizeof text - 1);
    for (guint i = 0; i < length; i++)
      text[i] = (char) g_rand_int_range (rand, 1, round % 2 == 0 ? 128 : 256);
    text[length] = '\0';
    g_autoptr (GError) error = NULL;
    g_autoptr (SobanXPath) xpath = soban_xpath_compile (text, NULL, NULL, &error);
    g_assert_true ((xpath != NULL) == (error == NULL));
  }
}

/* A filter over the choices of a country: the value compared with is found once, not for each item. */
static void
test_filter_speed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) xml = g_string_new ("<root>");
  for (guint i = 0; i < 13000; i++)
    g_string_append_printf (xml, "<item><name>n%u</name><label>L</label><province>%u</province></item>", i, i % 63);
  g_string_append (xml, "</root>");
  soban_tree_free (fixture->units);
  fixture->units = soban_tree_parse (xml->str, xml->len, NULL);
  soban_node_set_value (find (fixture, "/data/total"), "30");
  g_autoptr (SobanXPath) xpath = compile ("instance('units')/root/item[province = /data/total]");
  gint64 best_us = G_MAXINT64;
  for (guint i = 0; i < 20; i++) {
    g_auto (SobanXPathValue) value = { 0 };
    gint64 start = g_get_monotonic_time ();
    g_assert_true (soban_xpath_evaluate (xpath, &fixture->context, &value, NULL));
    best_us = MIN (best_us, g_get_monotonic_time () - start);
    g_assert_cmpuint (value.nodes->len, ==, 206);
  }
  g_test_message ("13000 items filtered in %" G_GINT64_FORMAT " us", best_us);
  /* Twenty times the time on the slowest machine measured: this fails on a scan gone quadratic, not on a busy one. */
  g_assert_cmpint (best_us, <, 400000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/xpath/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("grammar", test_grammar);
  ADD ("core-functions", test_core_functions);
  ADD ("odk-functions", test_odk_functions);
  ADD ("dates", test_dates);
  ADD ("old-dates", test_old_dates);
  ADD ("repeats", test_repeats);
  ADD ("irrelevant", test_irrelevant);
  ADD ("lazy", test_lazy);
  ADD ("unknown-function", test_unknown_function);
  ADD ("errors", test_errors);
  ADD ("error-tells-where", test_error_tells_where);
  ADD ("bounds", test_bounds);
  ADD ("endless", test_endless);
  ADD ("random-expressions", test_random_expressions);
  ADD ("random-bytes", test_random_bytes);
  ADD ("filter-speed", test_filter_speed);
  return g_test_run ();
}
