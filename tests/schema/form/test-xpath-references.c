/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath.h"

#include <string.h>

/* What the dependency graph is built on: what an expression reads, and whether it changes by itself. */

static SobanXPath *
compile (const char *expression)
{
  g_autoptr (GError) error = NULL;
  SobanXPath *xpath = soban_xpath_compile (expression, NULL, NULL, &error);
  g_assert_no_error (error);
  return xpath;
}

static void
expect_references (const char *expression, const char *context_path, const char *expected)
{
  g_autoptr (SobanXPath) xpath = compile (expression);
  g_autoptr (GPtrArray) references = soban_xpath_list_references (xpath, context_path);
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < references->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", (char *) g_ptr_array_index (references, i));
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_references (void)
{
  expect_references ("/data/rep/y + 1", "/data/rep/x", "/data/rep/y");
  expect_references ("../y", "/data/rep/x", "/data/rep/y");
  expect_references (". > 0 and . <= ../../total", "/data/rep/x", "/data/rep/x /data/total");
  expect_references ("position(..)", "/data/rep/x", "/data/rep");
  expect_references ("sum(../rep[y > 1]/x)", "/data/total", "/data/rep/y /data/rep/x");
  expect_references ("sum(/data/rep[y = current()/../female]/x)", "/data/total",
                     "/data/rep/y /data/female /data/rep/x");
  expect_references ("instance('units')/root/item[province = /data/p]/name", "/data/x",
                     "instance(units)/root/item/province /data/p instance(units)/root/item/name");
  expect_references ("count(/data/*)", "/data/x", "/data/*");
  expect_references ("count(//x)", "/data/x", "/*");
  expect_references ("/data/group//x/y", "/data/x", "/data/group/*");
  expect_references ("if(/data/a = 'b', ../c, true())", "/data/x", "/data/a /data/c");
  expect_references ("indexed-repeat(/data/rep/x, /data/rep, ../n)", "/data/y", "/data/rep/x /data/rep /data/n");
  expect_references ("string-length()", "/data/x", "/data/x");
  expect_references ("concat('a', 1)", "/data/x", "");
  expect_references ("/data/a | ../b", "/data/x", "/data/a /data/b");
}

static const char *
find_prefix (gpointer data, const char *prefix)
{
  return strcmp (prefix, "orx") == 0 ? "http://openrosa.org/xforms" : NULL;
}

static void
test_references_of_prefixed_names (void)
{
  g_autoptr (SobanXPath) xpath = soban_xpath_compile ("/data/orx:meta/orx:instanceID", find_prefix, NULL, NULL);
  g_autoptr (GPtrArray) references = soban_xpath_list_references (xpath, "/data/x");
  g_assert_cmpuint (references->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (references, 0), ==, "/data/meta/instanceID");
}

/* `(a|b)[(a|b)[...]]` names more places than there is time for: the survey gives up being exact, not in being done. */
static void
test_references_are_bounded (void)
{
  g_autoptr (GString) text = g_string_new ("c");
  for (guint i = 0; i < 200; i++) {
    g_string_prepend (text, "(a|b)[");
    g_string_append_c (text, ']');
  }
  g_autoptr (SobanXPath) xpath = compile (text->str);
  g_autoptr (GPtrArray) references = soban_xpath_list_references (xpath, "/data/x");
  g_assert_true (g_ptr_array_find_with_equal_func (references, "/*", g_str_equal, NULL));
}

static void
test_volatile (void)
{
  static const struct {
    const char *expression;
    gboolean is_volatile;
  } cases[] = {
    { "today()", TRUE },
    { ". <= today()", TRUE },
    { "now()", TRUE },
    { "random()", TRUE },
    { "uuid()", TRUE },
    { "position(..)", TRUE },
    { "position()", TRUE },
    { "randomize(/data/rep)", TRUE },
    { "randomize(/data/rep, 7)", FALSE },
    { "/data/rep[position() = 2]/x", FALSE },
    { "/data/x + 1", FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SobanXPath) xpath = compile (cases[i].expression);
    g_assert_cmpint (soban_xpath_is_volatile (xpath), ==, cases[i].is_volatile);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xpath/references", test_references);
  g_test_add_func ("/xpath/references-of-prefixed-names", test_references_of_prefixed_names);
  g_test_add_func ("/xpath/references-are-bounded", test_references_are_bounded);
  g_test_add_func ("/xpath/volatile", test_volatile);
  return g_test_run ();
}
