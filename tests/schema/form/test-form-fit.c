/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which answers fit another version of their form, and that none of the others is lost. */
#include "form-fixture.h"

#include "form/form-fit.h"

#include <string.h>

#define ITEM(v) "<item><label>" v "</label><value>" v "</value></item>"
#define REPEAT_ID "0190a5c4-7d4e-7000-8000-000000000001"

static SobanForm *
parse_old (void)
{
  return form_fixture_parse ("<name/><total/><how/><many/><sum/><gone/><rep><a/><b/></rep>",
                             "<bind nodeset='/data/total' type='string'/><bind nodeset='/data/sum' calculate='1 + 1'/>",
                             "<input ref='/data/name'><label>Name</label></input><input ref='/data/total'><label>Total</label></input>"
                             "<select1 ref='/data/how'><label>How</label>" ITEM ("x") ITEM ("y") "</select1>"
                             "<select ref='/data/many'><label>Many</label>" ITEM ("x") ITEM ("y") "</select>"
                             "<input ref='/data/gone'><label>Was asked once</label></input>"
                             "<group ref='/data/rep'><repeat nodeset='/data/rep'><input ref='/data/rep/a'><label>A</label></input>"
                             "<input ref='/data/rep/b'><label>B</label></input></repeat></group>");
}

static SobanForm *
parse_new (void)
{
  return form_fixture_parse ("<name/><total/><how/><many/><rep><a/></rep><b/>", "<bind nodeset='/data/total' type='int'/>",
                             "<input ref='/data/name'><label>Name</label></input><input ref='/data/total'><label>Total</label></input>"
                             "<select1 ref='/data/how'><label>How</label>" ITEM ("y") "</select1>"
                             "<select ref='/data/many'><label>Many</label>" ITEM ("y") ITEM ("z") "</select>"
                             "<group ref='/data/rep'><repeat nodeset='/data/rep'><input ref='/data/rep/a'><label>A</label></input>"
                             "</repeat></group>");
}

static SobanFieldMap *
make_answers (void)
{
  SobanFieldMap *fields = soban_field_map_new ();
  soban_field_map_set (fields, "name", "H'Hen Niê");
  soban_field_map_set (fields, "total", "about twelve");
  soban_field_map_set (fields, "how", "x");
  soban_field_map_set (fields, "many", "x y");
  soban_field_map_set (fields, "sum", "2");
  soban_field_map_set (fields, "gone", "words");
  soban_field_map_set (fields, ".confirmed/total", "about twelve");
  soban_field_map_set (fields, "rep[" REPEAT_ID "]", "1");
  soban_field_map_set (fields, "rep[" REPEAT_ID "]/a", "stays");
  soban_field_map_set (fields, "rep[" REPEAT_ID "]/b", "moved elsewhere");
  return fields;
}

static void
assert_misfit (GPtrArray *misfits, guint index, const char *path, SobanMisfitReason reason, const char *value)
{
  const SobanMisfit *misfit = g_ptr_array_index (misfits, index);
  g_assert_cmpstr (misfit->path, ==, path);
  g_assert_cmpint (misfit->reason, ==, reason);
  g_assert_cmpstr (misfit->value, ==, value);
}

static void
test_misfits (void)
{
  g_autoptr (SobanForm) old = parse_old ();
  g_autoptr (SobanForm) new = parse_new ();
  g_autoptr (SobanFieldMap) answers = make_answers ();
  g_autoptr (GPtrArray) misfits = soban_form_list_misfits (old, new, answers);
  g_autoptr (GPtrArray) none = soban_form_list_misfits (old, old, answers);

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (misfits->len, ==, 5);
  assert_misfit (misfits, 0, "total", SOBAN_MISFIT_TYPE, "about twelve");
  assert_misfit (misfits, 1, "how", SOBAN_MISFIT_CHOICE, "x");
  assert_misfit (misfits, 2, "many", SOBAN_MISFIT_CHOICE, "x y");
  assert_misfit (misfits, 3, "gone", SOBAN_MISFIT_GONE, "words");
  assert_misfit (misfits, 4, "rep[" REPEAT_ID "]/b", SOBAN_MISFIT_GONE, "moved elsewhere");
  g_assert_cmpstr (((SobanMisfit *) g_ptr_array_index (misfits, 3))->label, ==, "Was asked once");
}

/* Every answer is still there after opening in the other version, and back again. */
static void
test_nothing_lost (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanForm) old = parse_old ();
  g_autoptr (SobanForm) new = parse_new ();
  g_autoptr (SobanFieldMap) answers = make_answers ();
  g_autoptr (SobanFormInstance) there = form_fixture_open_form (fixture, new, answers);
  g_autoptr (SobanFieldMap) moved = soban_form_instance_get_fields (there, FALSE);
  g_autoptr (SobanFormInstance) back = form_fixture_open_form (fixture, old, moved);

  for (guint i = 0; i < soban_field_map_size (answers); i++) {
    const char *path = NULL, *value = NULL;
    soban_field_map_nth (answers, i, &path, &value);
    g_assert_cmpstr (soban_field_map_get (moved, path), ==, value);
    if (path[0] != '.' && path[strlen (path) - 1] != ']')
      assert_value (back, path, value);
  }
  assert_problem (there, "total", SOBAN_PROBLEM_TYPE, NULL);
  assert_problem (there, "how", SOBAN_PROBLEM_CHOICE, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/form/fit/misfits", test_misfits);
  g_test_add_func ("/form/fit/nothing-lost", test_nothing_lost);
  return g_test_run ();
}
