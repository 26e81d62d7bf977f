/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "form-fixture.h"
#include "form/form-import.h"

static SobanFieldMap *
import (SobanForm *form, const char *xml)
{
  g_autoptr (GError) error = NULL;
  SobanFieldMap *fields = soban_form_import (form, xml, strlen (xml), NULL, &error);
  g_assert_no_error (error);
  return fields;
}

static void
assert_round_trip (FormFixture *fixture, SobanForm *form, SobanFormInstance *instance)
{
  g_autofree char *first = soban_form_instance_to_xml (instance);
  g_autoptr (SobanFieldMap) fields = import (form, first);
  g_autoptr (SobanFormInstance) again = form_fixture_open_form (fixture, form, fields);
  g_autofree char *second = soban_form_instance_to_xml (again);
  g_assert_cmpstr (second, ==, first);
  g_autoptr (SobanFieldMap) same = import (form, second);
  g_assert_true (soban_field_map_equal (fields, same));
}

static SobanForm *
parse_repeats (void)
{
  return form_fixture_parse (
      "<a/><grp><b/></grp><rep jr:template=\"\"><x/><sub jr:template=\"\"><y/></sub></rep><c/>",
      "<bind nodeset=\"/data/grp\" relevant=\"/data/a != 'no'\"/>",
      "<input ref=\"/data/a\"/><input ref=\"/data/grp/b\"/><repeat nodeset=\"/data/rep\"><input ref=\"/data/rep/x\"/>"
      "<repeat nodeset=\"/data/rep/sub\"><input ref=\"/data/rep/sub/y\"/></repeat></repeat><input ref=\"/data/c\"/>");
}

static void
test_round_trip (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanForm) form = parse_repeats ();
  g_autoptr (SobanFormInstance) instance = form_fixture_open_form (fixture, form, NULL);
  form_fixture_set (instance, "a", " tiếng Việt & <\"'>\n2 ");
  for (guint i = 0; i < 12; i++) {
    g_autofree char *entry = soban_form_instance_add_repeat (instance, "rep", NULL);
    g_autofree char *x = g_strconcat (entry, "/x", NULL);
    g_autofree char *number = g_strdup_printf ("%u", i);
    form_fixture_set (instance, x, number);
    g_autofree char *sub = g_strconcat (entry, "/sub", NULL);
    g_autofree char *inner = soban_form_instance_add_repeat (instance, sub, NULL);
    g_autofree char *y = g_strconcat (inner, "/y", NULL);
    form_fixture_set (instance, y, "1");
  }
  assert_round_trip (fixture, form, instance);
  form_fixture_set (instance, "a", "no");
  assert_round_trip (fixture, form, instance);
}

/* Every form of the recordings, as it opens. */
static void
test_conformance_forms (void)
{
  const char *folder = g_getenv ("SOBAN_CONFORMANCE");
  g_autofree char *forms = folder != NULL ? g_build_filename (folder, "scenario-forms", NULL) : NULL;
  g_autoptr (GDir) dir = forms != NULL ? g_dir_open (forms, 0, NULL) : NULL;
  if (dir == NULL) {
    g_test_skip ("SOBAN_CONFORMANCE names no folder with scenario-forms");
    return;
  }
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  guint count = 0;
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *file = g_build_filename (forms, name, NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    g_autoptr (GError) error = NULL;
    g_file_get_contents (file, &text, &length, &error);
    g_assert_no_error (error);
    g_autoptr (GBytes) xml = g_bytes_new_take (g_steal_pointer (&text), length);
    g_autoptr (SobanForm) form = soban_form_parse (xml, &error);
    g_assert_no_error (error);
    g_autoptr (SobanFormInstance) instance = form_fixture_open_form (fixture, form, NULL);
    g_test_message ("%s", name);
    assert_round_trip (fixture, form, instance);
    count++;
  }
  g_assert_cmpuint (count, >, 0);
}

static void
test_same_record_twice (void)
{
  g_autoptr (SobanForm) form = parse_repeats ();
  const char *xml = "<data id=\"test\" version=\"7\"><rep><x>1</x></rep><rep><x>2</x></rep>"
                    "<meta><instanceID>uuid:1</instanceID></meta></data>";
  g_autoptr (SobanFieldMap) once = import (form, xml);
  g_autoptr (SobanFieldMap) twice = import (form, xml);
  g_assert_true (soban_field_map_equal (once, twice));
  g_assert_cmpuint (soban_field_map_size (once), ==, 5);
  g_autoptr (SobanFieldMap) other = import (form, "<data id=\"test\"><rep><x>1</x></rep></data>");
  const char *path = NULL, *value = NULL;
  soban_field_map_nth (other, 0, &path, &value);
  g_assert_null (soban_field_map_get (once, path)); /* another instanceID: other entries */
}

static void
test_keeps_strays (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanForm) form = parse_repeats ();
  const char *xml = "<data id=\"test\"><a>1</a><old><part>kept</part></old></data>";
  g_autoptr (GPtrArray) strays = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanFieldMap) fields = soban_form_import (form, xml, strlen (xml), &strays, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (strays->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (strays, 1), ==, "old/part");
  g_autoptr (SobanFormInstance) instance = form_fixture_open_form (fixture, form, fields);
  g_autoptr (SobanFieldMap) after = soban_form_instance_get_fields (instance, FALSE);
  g_assert_cmpstr (soban_field_map_get (after, "old/part"), ==, "kept");
}

static void
refuse (SobanForm *form, const char *xml, int code, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanFieldMap) fields = soban_form_import (form, xml, strlen (xml), NULL, &error);
  g_assert_null (fields);
  g_assert_error (error, SOBAN_FORM_ERROR, code);
  g_assert_nonnull (strstr (error->message, text));
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
test_refuses (void)
{
  g_autoptr (SobanForm) form = parse_repeats ();
  refuse (form, "<other/>", SOBAN_FORM_ERROR_REFERENCE, "“other”");
  refuse (form, "<data id=\"village\"/>", SOBAN_FORM_ERROR_REFERENCE, "“village”");
  refuse (form, "<data>\n<a></data>", SOBAN_FORM_ERROR_SYNTAX, "line 2");
  refuse (form, "", SOBAN_FORM_ERROR_SYNTAX, "");
  refuse (form, "<!DOCTYPE data [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]><data><a>&b;</a></data>",
          SOBAN_FORM_ERROR_SYNTAX, "");
  refuse (form, "<!DOCTYPE data [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><data><a>&a;</a></data>",
          SOBAN_FORM_ERROR_SYNTAX, "");
  g_autofree char *many = repeat_text ("<data>", "<rep><x>1</x></rep>", SOBAN_REPEAT_INSTANCES_MAX + 1, "</data>");
  refuse (form, many, SOBAN_FORM_ERROR_LIMIT, "rep");
  g_autofree char *large = repeat_text ("<data><a>", "0123456789", SOBAN_VALUE_BYTES_MAX / 10 + 1, "</a></data>");
  refuse (form, large, SOBAN_FORM_ERROR_LIMIT, "“a”");
  g_autofree char *deep = repeat_text ("<data>", "<a>", 10000, "");
  g_autoptr (GError) error = NULL;
  g_assert_null (soban_form_import (form, deep, strlen (deep), NULL, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/form-import/round-trip", test_round_trip);
  g_test_add_func ("/form-import/conformance-forms", test_conformance_forms);
  g_test_add_func ("/form-import/same-record-twice", test_same_record_twice);
  g_test_add_func ("/form-import/keeps-strays", test_keeps_strays);
  g_test_add_func ("/form-import/refuses", test_refuses);
  return g_test_run ();
}
