/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which answers of an earlier record a new one may begin with. */
#include "form-fixture.h"

#include "base/error.h"
#include "form/form-carry.h"

static const char INSTANCE[] = "<team/><method/><total/><day/><note/><yes/><topics/><secret/><always/><never/><own>from tablet</own><rep><r/></rep>";

static const char MODEL[] =
  "<bind nodeset='/data/team' type='string'/><bind nodeset='/data/method' type='string' relevant=\"/data/team != ''\"/>"
  "<bind nodeset='/data/total' type='int'/><bind nodeset='/data/day' type='date'/><bind nodeset='/data/note' type='string'/>"
  "<bind nodeset='/data/yes' type='string'/><bind nodeset='/data/topics' type='string'/>"
  "<bind nodeset='/data/secret' type='string' sb:level='S2' xmlns:sb='https://soban.vn/xforms'/>"
  "<bind nodeset='/data/always' type='string' sb:carry='true' xmlns:sb='https://soban.vn/xforms'/>"
  "<bind nodeset='/data/never' type='string' sb:carry='false' xmlns:sb='https://soban.vn/xforms'/>"
  "<bind nodeset='/data/own' type='string' jr:preload='property' jr:preloadParams='soban:team'/>";

#define ITEM(v) "<item><label>" v "</label><value>" v "</value></item>"
#define SELECT1(name) "<select1 ref='/data/" name "'><label/>" ITEM ("a") ITEM ("b") ITEM ("c") "</select1>"

static const char BODY[] =
  SELECT1 ("team") SELECT1 ("method") "<input ref='/data/total'><label/></input><input ref='/data/day'><label/></input>"
  "<input ref='/data/note'><label/></input><select1 ref='/data/yes'><label/>" ITEM ("yes") ITEM ("no") "</select1>"
  "<select ref='/data/topics'><label/>" ITEM ("a") ITEM ("b") ITEM ("c") "</select>" SELECT1 ("secret")
  "<input ref='/data/always'><label/></input>" SELECT1 ("never") SELECT1 ("own")
  "<group ref='/data/rep'><repeat nodeset='/data/rep'><select1 ref='/data/rep/r'><label/>" ITEM ("a") ITEM ("b") ITEM ("c")
  "</select1></repeat></group>";

static SobanFieldMap *
make_earlier (void)
{
  SobanFieldMap *fields = soban_field_map_new ();
  static const char *const names[] = { "team", "method", "topics", "secret", "never", "own" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    soban_field_map_set (fields, names[i], "b");
  soban_field_map_set (fields, "total", "12");
  soban_field_map_set (fields, "day", "2026-11-20");
  soban_field_map_set (fields, "note", "words of that day");
  soban_field_map_set (fields, "yes", "yes");
  soban_field_map_set (fields, "always", "at the school");
  soban_field_map_set (fields, "rep[0190a5c4-7d4e-7000-8000-000000000001]", "1");
  soban_field_map_set (fields, "rep[0190a5c4-7d4e-7000-8000-000000000001]/r", "b");
  return fields;
}

static void
test_by_type (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance = form_fixture_open (fixture, INSTANCE, MODEL, BODY);
  g_autoptr (SobanFieldMap) initial = soban_form_instance_get_fields (instance, FALSE);
  g_autoptr (SobanFieldMap) earlier = make_earlier ();
  g_autoptr (GPtrArray) paths = NULL;
  g_autoptr (GHashTable) carried = NULL;

  soban_form_instance_set (instance, "own", "a", NULL);
  paths = soban_form_instance_list_carried (instance, earlier, initial);
  g_assert_cmpuint (paths->len, ==, 3);
  carried = soban_form_instance_carry (instance, earlier, initial);
  g_assert_cmpuint (g_hash_table_size (carried), ==, 3);
  assert_value (instance, "team", "b");
  assert_value (instance, "method", "b");
  assert_value (instance, "always", "at the school");
  assert_value (instance, "own", "a");
  static const char *const left[] = { "total", "day", "note", "yes", "topics", "secret", "never" };
  for (guint i = 0; i < G_N_ELEMENTS (left); i++)
    assert_value (instance, left[i], "");
  g_assert_cmpstr (g_hash_table_lookup (carried, "team"), ==, "");
}

/* What the person answered stays; what is not offered any more is not taken. */
static void
test_answers_stay (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance = form_fixture_open (fixture, INSTANCE, MODEL, BODY);
  g_autoptr (SobanFieldMap) initial = soban_form_instance_get_fields (instance, FALSE);
  g_autoptr (SobanFieldMap) earlier = make_earlier ();
  g_autoptr (GHashTable) carried = NULL;

  form_fixture_set (instance, "team", "c");
  soban_field_map_set (earlier, "method", "gone");
  carried = soban_form_instance_carry (instance, earlier, initial);
  assert_value (instance, "team", "c");
  assert_value (instance, "method", "");
  g_assert_cmpuint (g_hash_table_size (carried), ==, 1);
}

static void
test_bad_attribute (void)
{
  form_fixture_refuse ("<a/>", "<bind nodeset='/data/a' sb:carry='maybe' xmlns:sb='https://soban.vn/xforms'/>",
                       "<input ref='/data/a'><label/></input>", SOBAN_FORM_ERROR_SYNTAX, "sb:carry");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/form/carry/by-type", test_by_type);
  g_test_add_func ("/form/carry/answers-stay", test_answers_stay);
  g_test_add_func ("/form/carry/bad-attribute", test_bad_attribute);
  return g_test_run ();
}
