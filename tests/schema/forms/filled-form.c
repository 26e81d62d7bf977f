/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filled-form.h"

#include <string.h>

#include "base/language.h"

static const char UNITS[] =
  "<root>"
  "<item><name>02947@2025-07-01</name><label>xã Bảo Yên</label><level>3</level><province>15</province>"
  "<valid_from>2025-07-01</valid_from><valid_to/><context>Lào Cai</context></item>"
  "<item><name>02947@</name><label>thị trấn Phố Ràng</label><level>3</level><province/>"
  "<valid_from/><valid_to>2025-06-30</valid_to><context>Bảo Yên, Lào Cai</context></item>"
  "<item><name>25195@2025-07-01</name><label>xã Bình Phước</label><level>3</level><province>75</province>"
  "<valid_from>2025-07-01</valid_from><valid_to>2026-04-29</valid_to><context>Đồng Nai</context></item>"
  "<item><name>15@2025-07-01</name><label>tỉnh Lào Cai</label><level>1</level><province/>"
  "<valid_from>2025-07-01</valid_from><valid_to/><context/></item>"
  "</root>";
static const char VILLAGES[] =
  "<root>"
  "<item><name>v1</name><label>bản Suối Hộc</label><commune>02947@2025-07-01</commune></item>"
  "<item><name>v2</name><label>bản Pa Búa</label><commune>02947@2025-07-01</commune></item>"
  "<item><name>v3</name><label>thôn Đầm Hà</label><commune>99999@2025-07-01</commune></item>"
  "<item><name>other</name><label>Chưa có trong danh sách</label><commune/></item>"
  "</root>";
static const char TEAMS[] =
  "<root><item><name>t1</name><label>Tổ Suối Hộc</label><commune>02947@2025-07-01</commune>"
  "<status>active</status></item></root>";
static const char REGISTRY[] =
  "<root>"
  "<item><name>t1</name><label>Tổ Suối Hộc</label><commune>02947@2025-07-01</commune>"
  "<kind>communication_team</kind></item>"
  "<item><name>a1</name><label>Trạm y tế Bảo Yên</label><commune>02947@2025-07-01</commune>"
  "<kind>trusted_address</kind></item>"
  "<item><name>c1</name><label>CLB Bảo Yên</label><commune>02947@2025-07-01</commune><kind>leaders_club</kind></item>"
  "<item><name>l1</name><label>HTX Quế</label><commune>02947@2025-07-01</commune><kind>livelihood_group</kind></item>"
  "<item><name>o1</name><label>Đội tiểu phẩm</label><commune>02947@2025-07-01</commune><kind>other_model</kind></item>"
  "</root>";
static const char GROUPS[] = "<root><item><name>08</name><label>Hmông</label></item></root>";

static const struct {
  const char *src;
  const char *xml;
} LISTS[] = {
  { "jr://file-csv/units.csv", UNITS },         { "jr://file-csv/villages.csv", VILLAGES },
  { "jr://file-csv/registry.csv", REGISTRY },   { "jr://file-csv/communication_team.csv", TEAMS },
  { "jr://file-csv/ethnic_groups.csv", GROUPS },
};

/* The questions marked as core in the domain's tables. */
static const struct {
  const char *id;
  const char *core;
} FORMS[] = {
  { "communication_session", "activity_date commune_id village_id team_id topics method total female minority" },
  { "policy_dialogue",
    "activity_date commune_id village_id level chair opinions_total opinions_answered total female minority" },
  { "training", "activity_date commune_id village_id program days trainee_group total female minority" },
  { "event", "activity_date commune_id village_id event_kind title total female minority" },
  { "supervision_visit",
    "activity_date commune_id village_id target_kind working last_activity has_plan has_book has_rules "
    "checked_records_n" },
  { "support_summary", "period place_id nil" },
  { "safe_birth_support",
    "period commune_id women_told women_supported minority package_1 package_2 package_3 package_4 births_home "
    "births_facility" },
  { "nothing_to_report", "period form_kind reason" },
  { "communication_team",
    "name commune_id village_id decision_no decision_date leader_role members_total members_female status" },
  { "trusted_address", "name commune_id host decision_date kind members_total has_room status" },
  { "leaders_club", "name setting commune_id founded_date members_total girls minority status" },
  { "livelihood_group", "name form commune_id product members_total women_total women_managers owner tech status" },
  { "other_model", "kind name commune_id founded_date members_total women_total status" },
  { "village", "kind name commune_id" },
  { "case_record", "consent" },
};

static gint64
now_ms (gpointer data)
{
  return G_GINT64_CONSTANT (1795323600000); /* 2026-11-22T05:00:00Z */
}

static const SobanClock CLOCK = { now_ms, now_ms, NULL };

static SobanTree *
load_list (gpointer data, const char *src, GError **error)
{
  FilledForm *filled = data;
  SobanTree *tree = g_hash_table_lookup (filled->lists, src);

  for (guint i = 0; tree == NULL && i < G_N_ELEMENTS (LISTS); i++)
    if (strcmp (LISTS[i].src, src) == 0) {
      tree = soban_tree_parse (LISTS[i].xml, strlen (LISTS[i].xml), error);
      g_hash_table_insert (filled->lists, g_strdup (src), tree);
    }
  g_assert_nonnull (tree);
  return tree;
}

static const char *
translate (gpointer data, const char *msgid)
{
  FilledForm *filled = data;
  const char *text = soban_catalogue_text (filled->catalogue, msgid);

  if (text == msgid)
    g_hash_table_add (filled->missing, g_strdup (msgid));
  return text;
}

FilledForm *
filled_form_new (const char *id, const char *answers)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strconcat (id, ".xml", NULL);
  g_autofree char *file = g_build_filename (soban_data_dir (), "forms", name, NULL);
  char *xml = NULL;
  gsize length = 0;
  FilledForm *filled = g_new0 (FilledForm, 1);

  g_file_get_contents (file, &xml, &length, &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) bytes = g_bytes_new_take (xml, length);
  filled->form = soban_form_parse (bytes, &error);
  g_assert_no_error (error);
  filled->catalogue = soban_catalogue_load (soban_locale_dir (), "vi", &error);
  g_assert_no_error (error);
  filled->lists = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) soban_tree_free);
  filled->missing = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  filled->host = (SobanFormHost){
    .clock = &CLOCK,
    .timezone = g_time_zone_new_offset (7 * 3600),
    .entropy = soban_entropy_system (),
    .load_instance = load_list,
    .translate = translate,
    .language = "vi",
    .data = filled,
  };
  filled->instance = soban_form_instance_new (filled->form, &filled->host, NULL, &error);
  g_assert_no_error (error);
  if (answers != NULL)
    filled_form_answer (filled, answers);
  return filled;
}

void
filled_form_free (FilledForm *filled)
{
  soban_form_instance_free (filled->instance);
  soban_form_unref (filled->form);
  soban_catalogue_free (filled->catalogue);
  g_hash_table_unref (filled->lists);
  g_hash_table_unref (filled->missing);
  g_time_zone_unref (filled->host.timezone);
  g_free (filled);
}

char *
filled_form_path (FilledForm *filled, const char *short_path)
{
  const char *mark = strchr (short_path, '#');
  g_autoptr (GError) error = NULL;

  if (mark == NULL)
    return g_strdup (short_path);

  g_autofree char *repeat = g_strndup (short_path, mark - short_path);
  char *rest = NULL;
  guint index = g_ascii_strtoull (mark + 1, &rest, 10);
  g_autoptr (GPtrArray) instances = soban_form_instance_list_repeats (filled->instance, repeat);
  while (instances->len <= index) {
    g_autofree char *added = soban_form_instance_add_repeat (filled->instance, repeat, &error);
    g_assert_no_error (error);
    g_ptr_array_unref (instances);
    instances = soban_form_instance_list_repeats (filled->instance, repeat);
  }
  return g_strconcat (g_ptr_array_index (instances, index), rest, NULL);
}

void
filled_form_answer (FilledForm *filled, const char *answers)
{
  g_auto (GStrv) lines = g_strsplit (answers, "\n", -1);

  for (char **line = lines; *line != NULL; line++) {
    g_autoptr (GError) error = NULL;
    if (**line == '\0')
      continue;
    g_auto (GStrv) pair = g_strsplit (*line, "=", 2);
    g_autofree char *path = filled_form_path (filled, pair[0]);
    soban_form_instance_set (filled->instance, path, pair[1], &error);
    g_assert_no_error (error);
  }
}

char *
filled_form_example (const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strconcat (id, ".txt", NULL);
  g_autofree char *file = g_test_build_filename (G_TEST_DIST, "fixtures", "forms", name, NULL);
  char *answers = NULL;

  g_file_get_contents (file, &answers, NULL, &error);
  g_assert_no_error (error);
  return answers;
}

FilledForm *
filled_form_new_example (const char *id, const char *changes)
{
  g_autofree char *example = filled_form_example (id);
  FilledForm *filled = filled_form_new (id, example);

  if (changes != NULL)
    filled_form_answer (filled, changes);
  return filled;
}

const char *
filled_form_core (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (FORMS); i++)
    if (strcmp (FORMS[i].id, id) == 0)
      return FORMS[i].core;
  g_error ("no core questions of the form %s", id);
}

char *
filled_form_list_problems (FilledForm *filled)
{
  g_autoptr (GPtrArray) problems = soban_form_instance_validate (filled->instance);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < problems->len; i++) {
    const SobanProblem *problem = g_ptr_array_index (problems, i);
    g_string_append_printf (text, "%s: %s\n", problem->path, problem->message);
  }
  return g_string_free (text, FALSE);
}
