/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of a period, what they are made of, and the records behind each: three ways to the same number. */
#include "store-fixture.h"

#include "store/report.h"

#include <glib/gi18n.h>

#define SESSIONS "communication_sessions"
#define ATTENDANCES "session_attendances"
#define COUNSELLED "people_counselled"

static const SobanReportFigure *
find_figure (GArray *figures, const char *indicator)
{
  for (guint i = 0; i < figures->len; i++)
    if (g_str_equal (g_array_index (figures, SobanReportFigure, i).indicator->id, indicator))
      return &g_array_index (figures, SobanReportFigure, i);
  g_assert_not_reached ();
}

static void
assert_figure (StoreFixture *fixture, const char *period_text, const char *indicator, double sum, gint64 records)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanPeriod) period = soban_period_parse (period_text);
  g_autoptr (GArray) figures = soban_store_read_report (fixture->store, period, "", &error);
  const SobanReportFigure *figure;

  g_assert_no_error (error);
  figure = find_figure (figures, indicator);
  g_assert_cmpfloat (figure->sum, ==, sum);
  g_assert_cmpint (figure->records, ==, records);
}

static void
save_some (StoreFixture *fixture)
{
  save_session (fixture, "2026-11-20", "Bản Đông", "12");
  save_session (fixture, "2026-11-02", "Bản Đông", "8");
  save_session (fixture, "2026-11-30", "Bản Tây", "30");
  save_session (fixture, "2026-10-31", "Bản Tây", "5");
  save_session (fixture, "2025-12-31", "Bản Tây", "7");
}

static void
test_periods (void)
{
  StoreFixture fixture;
  g_autoptr (GError) error = NULL;
  SobanUuid id;

  store_fixture_init (&fixture);
  save_some (&fixture);
  id = save_session (&fixture, "2026-11-05", "Bản Đông", "100");
  g_assert_true (soban_store_set_deleted (fixture.store, &id, TRUE, &error));
  assert_figure (&fixture, "2026-11", ATTENDANCES, 50, 3);
  assert_figure (&fixture, "2026-Q4", ATTENDANCES, 55, 4);
  assert_figure (&fixture, "2026-H2", ATTENDANCES, 55, 4);
  assert_figure (&fixture, "2026-H1", ATTENDANCES, 0, 0);
  assert_figure (&fixture, "2026", SESSIONS, 4, 4);
  assert_figure (&fixture, "2021-2025", ATTENDANCES, 7, 1);
  assert_figure (&fixture, "all", ATTENDANCES, 62, 5);
  store_fixture_clear (&fixture);
}

/* The programme's target stands beside the sum of its span, and beside "all" the newest one that has begun. */
static void
test_target (void)
{
  StoreFixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanPeriod) span = soban_period_parse ("2021-2025");
  g_autoptr (SobanPeriod) month = soban_period_parse ("2026-11");
  g_autoptr (GArray) figures = NULL;

  store_fixture_init (&fixture);
  figures = soban_store_read_report (fixture.store, span, "", &error);
  g_assert_no_error (error);
  g_assert_cmpint (find_figure (figures, "communication_teams")->target->value, ==, 9000);
  g_clear_pointer (&figures, g_array_unref);
  figures = soban_store_read_report (fixture.store, month, "", &error);
  g_assert_null (find_figure (figures, "communication_teams")->target);
  store_fixture_clear (&fixture);
}

/* Whatever it is split by, the parts are the figure; and the records behind a part are as many as it says. */
static void
test_parts (void)
{
  StoreFixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanPeriod) period = soban_period_parse ("2026");

  store_fixture_init (&fixture);
  save_some (&fixture);
  for (SobanReportSplit split = SOBAN_REPORT_BY_UNIT; split <= SOBAN_REPORT_BY_TEAM; split++) {
    g_autoptr (GPtrArray) parts = soban_store_split_report (fixture.store, ATTENDANCES, period, split, &error);
    double sum = 0;

    g_assert_no_error (error);
    for (guint i = 0; i < parts->len; i++) {
      const SobanReportPart *part = g_ptr_array_index (parts, i);
      const SobanRecordQuery query = {
        .indicator = ATTENDANCES,
        .from = period->from,
        .to = period->to,
        .unit = split == SOBAN_REPORT_BY_UNIT ? part->key : NULL,
        .village = split == SOBAN_REPORT_BY_VILLAGE ? part->key : NULL,
        .team = split == SOBAN_REPORT_BY_TEAM ? part->key : NULL,
      };
      g_autoptr (GArray) ids = soban_store_list_records (fixture.store, &query, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (ids->len, ==, part->records);
      sum += part->sum;
    }
    g_assert_cmpfloat (sum, ==, 55);
  }
  store_fixture_clear (&fixture);
}

static void
test_part_names (void)
{
  StoreFixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanPeriod) period = soban_period_parse ("2026-11");
  g_autoptr (GPtrArray) villages = NULL;
  g_autoptr (GPtrArray) units = NULL;
  const SobanReportPart *part;

  store_fixture_init (&fixture);
  save_some (&fixture);
  villages = soban_store_split_report (fixture.store, ATTENDANCES, period, SOBAN_REPORT_BY_VILLAGE, &error);
  g_assert_cmpuint (villages->len, ==, 2);
  part = g_ptr_array_index (villages, 0);
  g_assert_cmpstr (part->label, ==, "Bản Tây");
  g_assert_cmpfloat (part->sum, ==, 30);
  units = soban_store_split_report (fixture.store, ATTENDANCES, period, SOBAN_REPORT_BY_UNIT, &error);
  part = g_ptr_array_index (units, 0);
  g_assert_cmpstr (part->key, ==, "02947@2025-07-01");
  g_assert_true (g_str_has_prefix (part->label, "xã "));
  store_fixture_clear (&fixture);
}

static void
save_counselled (StoreFixture *fixture, const char *village, const char *people)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *version = newest_version (fixture, "support_summary");
  g_autoptr (SobanFieldMap) fields = make_fields ("village_id", village, "period", "2026-11", "nil", "no", "people_new", people, NULL);
  SobanUuid id = { { 0 } };

  soban_store_save (fixture->store, &id, "support_summary", version, FIXTURE_COMMUNE, fields, &error);
  g_assert_no_error (error);
}

static void
assert_hidden (StoreFixture *fixture, gboolean total, const char *const *texts)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanPeriod) period = soban_period_parse ("2026-11");
  g_autoptr (GArray) figures = soban_store_read_report (fixture->store, period, "", &error);
  g_autoptr (GPtrArray) parts = soban_store_split_report (fixture->store, COUNSELLED, period, SOBAN_REPORT_BY_VILLAGE, &error);

  g_assert_no_error (error);
  g_assert_cmpint (find_figure (figures, COUNSELLED)->hidden, ==, total);
  g_assert_cmpuint (parts->len, ==, g_strv_length ((char **) texts));
  for (guint i = 0; i < parts->len; i++) {
    const SobanReportPart *part = g_ptr_array_index (parts, i);
    g_autofree char *text = soban_report_sum_text (part->sum, part->hidden, "vi");

    g_assert_cmpstr (text, ==, texts[i]);
  }
}

/* DESIGN 9: what is small is not told, and no subtraction tells it either. */
static void
test_hidden (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  save_counselled (&fixture, "Bản Một", "3");
  assert_hidden (&fixture, TRUE, (const char *const[]) { "<5", NULL });
  save_counselled (&fixture, "Bản Hai", "1200");
  assert_hidden (&fixture, FALSE, (const char *const[]) { "", "<5", NULL });
  save_counselled (&fixture, "Bản Ba", "9");
  assert_hidden (&fixture, FALSE, (const char *const[]) { "1.200", "", "<5", NULL });
  save_counselled (&fixture, "Bản Bốn", "2");
  assert_hidden (&fixture, FALSE, (const char *const[]) { "1.200", "9", "<5", "<5", NULL });
  store_fixture_clear (&fixture);
}

/* Five villages with one each: that they are five would tell it. */
static void
test_told_together (void)
{
  const char *const villages[] = { "Bản Một", "Bản Hai", "Bản Ba", "Bản Bốn", "Bản Năm" };
  g_autoptr (SobanPeriod) period = soban_period_parse ("2026-11");
  StoreFixture fixture;

  store_fixture_init (&fixture);
  for (guint i = 0; i < 3; i++)
    save_counselled (&fixture, villages[i], "1");
  assert_hidden (&fixture, TRUE, (const char *const[]) { "<5", "<5", "<5", NULL });
  save_counselled (&fixture, villages[3], "1");
  assert_hidden (&fixture, TRUE, (const char *const[]) { "<5", NULL });
  save_counselled (&fixture, villages[4], "1");
  assert_hidden (&fixture, FALSE, (const char *const[]) { "5", NULL });
  {
    g_autoptr (GPtrArray) parts = soban_store_split_report (fixture.store, COUNSELLED, period, SOBAN_REPORT_BY_VILLAGE, NULL);
    const SobanReportPart *part = g_ptr_array_index (parts, 0);

    g_assert_null (part->key);
    g_assert_cmpint (part->records, ==, 5);
    g_assert_cmpstr (soban_report_part_get_label (part), ==, g_dgettext ("soban", "Several, told together"));
  }
  save_counselled (&fixture, "Bản Sáu", "7");
  assert_hidden (&fixture, FALSE, (const char *const[]) { "", "<5", "<5", "<5", "<5", "<5", NULL });
  store_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/periods", test_periods);
  g_test_add_func ("/report/target", test_target);
  g_test_add_func ("/report/parts", test_parts);
  g_test_add_func ("/report/part-names", test_part_names);
  g_test_add_func ("/report/hidden", test_hidden);
  g_test_add_func ("/report/told-together", test_told_together);
  return g_test_run ();
}
