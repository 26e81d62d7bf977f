/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>

#include "form/form-instance-private.h"
#include "base/language.h"
#include "form-fixture.h"
#include "form/indicator.h"

/*
 * What an answer costs. Targets (a tablet is five to ten times slower than an office PC): one answer in a form of 300
 * questions under 0.5 ms; repeat 200 at most 1.2 times repeat 2; a filtered choice over 11,000 communes under 0.2 ms,
 * over 100,000 entries under 1 ms; a form of 1.6 MB in three times what libxml2 takes to parse it.
 */

#define QUESTIONS 300
#define REPEATS 200
#define ROUNDS 30
#define COMMUNES 11000
#define PROVINCES 63
#define ENTRIES 100000
#define ENTRY_PARENTS 200
#define UNITS 3355

static gint64
now_ns (void)
{
  struct timespec time;
  clock_gettime (CLOCK_MONOTONIC, &time);
  return (gint64) time.tv_sec * 1000000000 + time.tv_nsec;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;
  return x < y ? -1 : x > y;
}

static double
median_us (GArray *times)
{
  g_array_sort (times, compare_times);
  return (double) g_array_index (times, gint64, times->len / 2) / 1000.0;
}

static void
print_figure (const char *what, double figure, double target, const char *unit)
{
  printf ("# %-46s %10.2f %s   target %g %s   %s\n", what, figure, unit, target, unit,
          figure <= target ? "met" : "MISSED");
}

/* Each question has a relevant, a constraint and a required that look at its neighbour; the sums look at all. */
static void
bench_answer (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (GString) nodes = g_string_new ("<sum/>");
  g_autoptr (GString) binds =
    g_string_new ("<bind nodeset=\"/data/sum\" calculate=\"/data/q0 + /data/q1 + /data/q2\"/>");
  g_autoptr (GString) body = g_string_new (NULL);
  for (guint i = 0; i < QUESTIONS; i++) {
    g_string_append_printf (nodes, "<q%u>1</q%u><c%u/>", i, i, i);
    g_string_append_printf (
      binds,
      "<bind nodeset=\"/data/q%u\" type=\"int\" required=\"/data/q%u != ''\" relevant=\"/data/q%u != 7\" "
      "constraint=\". &gt;= 0 and . &lt;= 5000\"/><bind nodeset=\"/data/c%u\" calculate=\"../q%u * 2\"/>",
      i, i > 0 ? i - 1 : 0, i > 0 ? i - 1 : QUESTIONS - 1, i, i);
    g_string_append_printf (body, "<input ref=\"/data/q%u\"><label>Question %u</label></input>", i, i);
  }
  g_autoptr (SobanFormInstance) instance = form_fixture_open (fixture, nodes->str, binds->str, body->str);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < QUESTIONS * ROUNDS / 10; i++) {
    char path[16];
    char value[16];
    g_snprintf (path, sizeof path, "q%u", i % QUESTIONS);
    g_snprintf (value, sizeof value, "%u", 10 + i);
    gint64 start = now_ns ();
    form_fixture_set (instance, path, value);
    gint64 spent = now_ns () - start;
    g_array_append_val (times, spent);
  }
  print_figure ("one answer, form of 300 questions", median_us (times), 500, "us");

  g_array_set_size (times, 0);
  for (guint i = 0; i < ROUNDS; i++) {
    gint64 start = now_ns ();
    g_autoptr (GPtrArray) problems = soban_form_instance_validate (instance);
    gint64 spent = now_ns () - start;
    g_array_append_val (times, spent);
    g_assert_cmpuint (problems->len, ==, 0);
  }
  print_figure ("validating all 300", median_us (times), 5000, "us");
}

static void
bench_repeats (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (GString) nodes = g_string_new ("<rep jr:template=\"\">");
  g_autoptr (GString) binds = g_string_new (NULL);
  g_autoptr (GString) body = g_string_new ("<repeat nodeset=\"/data/rep\">");
  for (guint i = 0; i < 10; i++) {
    g_string_append_printf (nodes, "<q%u>1</q%u><c%u/>", i, i, i);
    g_string_append_printf (binds,
                            "<bind nodeset=\"/data/rep/q%u\" type=\"int\" relevant=\"../q%u != 7\"/>"
                            "<bind nodeset=\"/data/rep/c%u\" calculate=\"../q%u * 2\"/>",
                            i, (i + 9) % 10, i, i);
    g_string_append_printf (body, "<input ref=\"/data/rep/q%u\"><label>Question</label></input>", i);
  }
  g_string_append (nodes, "</rep>");
  g_string_append (body, "</repeat>");
  g_autoptr (SobanForm) form = form_fixture_parse (nodes->str, binds->str, body->str);
  g_autoptr (GArray) early = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) late = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint round = 0; round < ROUNDS; round++) {
    g_autoptr (SobanFormInstance) instance = form_fixture_open_form (fixture, form, NULL);
    for (guint i = 1; i <= REPEATS; i++) {
      gint64 start = now_ns ();
      g_free (soban_form_instance_add_repeat (instance, "rep", NULL));
      gint64 spent = now_ns () - start;
      if (i >= 2 && i <= 5)
        g_array_append_val (early, spent);
      if (i > REPEATS - 4)
        g_array_append_val (late, spent);
    }
  }
  double second = median_us (early);
  double last = median_us (late);
  printf ("# %-46s %10.2f us\n", "adding repeat 2 (10 questions)", second);
  printf ("# %-46s %10.2f us\n", "adding repeat 200", last);
  print_figure ("repeat 200 against repeat 2", last / second, 1.2, "x ");
}

static void
bench_choices (const char *what, guint entries, guint parents, double target_us)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (GString) list = g_string_new ("<root>");
  for (guint i = 0; i < entries; i++)
    g_string_append_printf (list, "<item><name>c%u</name><label>Xã %u</label><province>p%u</province></item>", i, i,
                            i % parents);
  g_string_append (list, "</root>");
  form_fixture_add_list (fixture, "jr://file-csv/units.csv", list->str);
  g_autoptr (SobanFormInstance) instance =
    form_fixture_open (fixture, "<p/><c/>", "<instance id=\"units\" src=\"jr://file-csv/units.csv\"/>",
                       "<input ref=\"/data/p\"/><select1 ref=\"/data/c\"><itemset "
                       "nodeset=\"instance('units')/root/item[province = /data/p]\">"
                       "<value ref=\"name\"/><label ref=\"label\"/></itemset></select1>");
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < ROUNDS * 4; i++) {
    char province[16];
    g_snprintf (province, sizeof province, "p%u", i % parents);
    form_fixture_set (instance, "p", province);
    gint64 start = now_ns ();
    g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (instance, "c");
    gint64 spent = now_ns () - start;
    g_assert_cmpuint (choices->len, >=, entries / parents);
    g_array_append_val (times, spent);
  }
  print_figure (what, median_us (times), target_us, "us");
}

/* What a merged record costs on top: title, search text, problems, facts of a session, in the form as shipped. */
static void
bench_derivation (void)
{
  static const char *const pairs[][2] = {
    { "activity_date", "2026-11-20" },
    { "commune_id", "u7@2025-07-01" },
    { "village_id", "v1" },
    { "team_id", "t1" },
    { "topics", "01 04" },
    { "method", "own_session" },
    { "total", "45" },
    { "female", "30" },
    { "minority", "41" },
    { "meta/instanceID", "uuid:1" },
  };
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (GString) units = g_string_new ("<root>");
  for (guint i = 0; i < UNITS; i++)
    g_string_append_printf (
      units,
      "<item><name>u%u@2025-07-01</name><label>xã %u</label><level>3</level><province>%u</province>"
      "<valid_from>2025-07-01</valid_from><valid_to/></item>",
      i, i, i % 34);
  g_string_append (units, "</root>");
  form_fixture_add_list (fixture, "jr://file-csv/units.csv", units->str);
  form_fixture_add_list (
    fixture, "jr://file-csv/villages.csv",
    "<root><item><name>v1</name><label>Bản Mới</label><commune>u7@2025-07-01</commune></item></root>");
  form_fixture_add_list (fixture, "jr://file-csv/communication_team.csv",
                         "<root><item><name>t1</name><label>Tổ Bản Mới</label></item></root>");
  g_autoptr (SobanFormLibrary) library = soban_form_library_load (soban_data_dir (), NULL);
  g_autoptr (SobanIndicatorSet) indicators = soban_indicator_set_load (soban_data_dir (), NULL);
  g_autoptr (SobanForm) form = soban_form_library_get (library, "communication_session", NULL, NULL);
  g_autoptr (SobanFieldMap) fields = soban_field_map_new ();
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    soban_field_map_set (fields, pairs[i][0], pairs[i][1]);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < ROUNDS * 4; i++) {
    gint64 start = now_ns ();
    g_autoptr (SobanDerived) derived = soban_derive (form, soban_form_library_find (library, soban_form_get_id (form)),
                                                     indicators, &fixture->host, fields);
    gint64 spent = now_ns () - start;
    g_assert_cmpuint (derived->problems->len, ==, 0);
    g_array_append_val (times, spent);
  }
  print_figure ("deriving a session, 3,355 units", median_us (times), 2000, "us");

  g_autoptr (SobanFormInstance) instance = form_fixture_open_form (fixture, form, fields);
  g_array_set_size (times, 0);
  for (guint i = 0; i < ROUNDS; i++) {
    gint64 start = now_ns ();
    g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (instance, "commune_id");
    gint64 spent = now_ns () - start;
    g_assert_cmpuint (choices->len, ==, UNITS);
    g_array_append_val (times, spent);
  }
  print_figure ("offering the 3,355 units in force on a day", median_us (times), 10000, "us");
}

/* A form of 1.6 MB and its bare XML, as libxml2 reads them. */
static void
bench_load (void)
{
  const char *folder = g_getenv ("SOBAN_CONFORMANCE");
  g_autofree char *file =
    folder != NULL ? g_build_filename (folder, "scenario-forms", "whova-form-35f95f.xml", NULL) : NULL;
  g_autofree char *text = NULL;
  gsize length = 0;
  if (file == NULL || !g_file_get_contents (file, &text, &length, NULL)) {
    printf ("# loading a form of 1.6 MB: SKIPPED, SOBAN_CONFORMANCE has none\n");
    return;
  }
  g_autoptr (GBytes) xml = g_bytes_new (text, length);
  g_autoptr (GArray) bare = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) whole = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < ROUNDS; i++) {
    gint64 start = now_ns ();
    xmlFreeDoc (xmlReadMemory (text, (int) length, NULL, NULL, XML_PARSE_NONET));
    gint64 middle = now_ns ();
    g_autoptr (GError) error = NULL;
    g_autoptr (SobanForm) form = soban_form_parse (xml, &error);
    gint64 bare_ns = middle - start, whole_ns = now_ns () - middle;
    g_assert_no_error (error);
    g_array_append_val (bare, bare_ns);
    g_array_append_val (whole, whole_ns);
  }
  double bare_us = median_us (bare);
  print_figure ("loading a form of 1.6 MB", median_us (whole) / 1000, 3 * bare_us / 1000, "ms");
  print_figure ("  against libxml2 alone", median_us (whole) / bare_us, 3, "times");
}

int
main (int argc, char **argv)
{
  bench_load ();
  bench_answer ();
  bench_repeats ();
  bench_choices ("filtered choice over 11,000 communes", COMMUNES, PROVINCES, 200);
  bench_choices ("filtered choice over 100,000 entries", ENTRIES, ENTRY_PARENTS, 1000);
  bench_derivation ();
  return 0;
}
