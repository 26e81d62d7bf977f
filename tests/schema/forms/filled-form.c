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
  "<root><item><name>t1</name><label>Tổ Suối Hộc</label><commune>02947@2025-07-01</commune><status>active</status></item></root>";
static const char REGISTRY[] =
  "<root>"
  "<item><name>t1</name><label>Tổ Suối Hộc</label><commune>02947@2025-07-01</commune><kind>communication_team</kind></item>"
  "<item><name>a1</name><label>Trạm y tế Bảo Yên</label><commune>02947@2025-07-01</commune><kind>trusted_address</kind></item>"
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

#define WHEN_WHERE "activity_date=2026-11-20\ncommune_id=02947@2025-07-01\nvillage_id=v1\n"
#define WHO "total=58\nfemale=40\nminority=30\n"
#define MORE                                                                                                           \
  "children=5\npoor=12\ndisabled=1\ncount_method=signed_list\nseveral_days=yes\nend_date=2026-11-21\n"                 \
  "languages=vi hmn\npartners=police border_guard\nfunding=project8_local\nlocation=22.23 104.47 0 0\n"                \
  "difficulty=Đường vào bản bị sạt lở, kiến nghị thêm loa.\n"

static const struct {
  const char *id;
  const char *core;
  const char *example;
} FORMS[] = {
  { "communication_session", "activity_date commune_id village_id team_id topics method total female minority",
    WHEN_WHERE WHO MORE
    "team_id=t1\ntopics=02 99\ntopics_other=Chuyển đổi số\nmethod=village_meeting\nduration_min=90\nspeaker_role=team_leader\n"
    "materials=leaflet video\nmaterials_quantity=60\nquestions_n=4\n" },
  { "policy_dialogue", "activity_date commune_id village_id level chair opinions_total opinions_answered total female minority",
    WHEN_WHERE WHO MORE
    "level=village_cluster\nchair=committee_chair\nvillages#0/village_id=v1\nvillages#1/village_id=v2\nopinions_total=18\n"
    "opinions_answered=10\nopinions_women=12\nminutes_no=05/BB\nopinion#0/group=jobs\nopinion#0/text=Đào tạo nghề cho chị em\n"
    "opinion#0/agency=UBND xã\nopinion#0/due=2026-12-31\n" },
  { "training", "activity_date commune_id village_id program days trainee_group total female minority",
    WHEN_WHERE WHO MORE
    "program=monitoring_evaluation\ndays=1.5\ntrainee_group=union_officers commune_officers\norganizer=province\npre_score=4.5\n"
    "post_score=8\ncommunes_n=12\n" },
  { "event", "activity_date commune_id village_id event_kind title total female minority",
    WHEN_WHERE WHO MORE
    "event_kind=art_video_contest\ntitle=Lắng nghe con nói\nteams_n=4\nsupport_vnd=3000000\nentries_drawing=85\nentries_video=12\n"
    "prizes=7\nsent_up_drawing=16\nsent_up_video=5\n" },
  { "supervision_visit",
    "activity_date commune_id village_id target_kind working last_activity has_plan has_book has_rules checked_records_n",
    WHEN_WHERE
    "target_kind=communication_team\ntarget_id=t1\nworking=stopped\nstopped_reason=Chưa có kinh phí\nlast_activity=2026-10-01\n"
    "has_plan=yes\nhas_book=no\nhas_rules=yes\nchecked_records_n=4\nmismatch_n=1\nmismatch_note=Thiếu một biên bản\nfindings=Sổ ghi rõ\n"
    "recommend=Bổ sung loa\n" },
  { "support_summary", "period place_id nil",
    "period=2026-11-01\nplace_id=a1\nnil=no\npeople_new=9\nvisits=14\ngirls_under_16=2\nboys_under_16=1\nwomen_16_59=4\nmen_16_59=1\n"
    "age_60_plus=1\nminority=8\nreferred=0\nsupport_psychological=6\nsupport_legal=3\nsupport_shelter=0\n" },
  { "safe_birth_support",
    "period commune_id women_told women_supported minority package_1 package_2 package_3 package_4 births_home births_facility",
    "period=2026-10-01\ncommune_id=02947@2025-07-01\nwomen_told=40\nwomen_supported=12\nminority=11\npackage_1=12\npackage_2=5\n"
    "package_3=0\npackage_4=2\nbirths_home=1\nbirths_facility=6\ndifficulty=Trạm y tế xa\n" },
  { "nothing_to_report", "period form_kind reason", "period=2026-10-01\nform_kind=support_summary\nreason=nobody_eligible\n" },
  { "communication_team",
    "name commune_id village_id decision_no decision_date leader_role members_total members_female status",
    "name=Tổ Suối Hộc\ncommune_id=02947@2025-07-01\nvillage_id=v1\ndecision_no=12/QĐ-UBND\ndecision_date=2023-11-25\n"
    "leader_role=branch_secretary\nmembers_total=10\nmembers_female=6\nstatus=merged\nmembers_minority=9\nleader_phone_consent=yes\n"
    "leader_phone=0912 345 678\nloudspeaker=yes\nphone_count=2\nvillage_extremely_difficult=yes\nfounded_by=UBND xã\nmerged_into=t1\n"
    "reason=Sáp nhập thôn\nvalid_from=2023-11-25\nvalid_to=2026-06-30\nvillages#0/village_id=v2\nmember#0/consent=yes\n"
    "member#0/full_name=Rơ Chăm H'Hồng\nmember#0/role=leader\nmember#0/sex=female\nmember#0/birth_year=1980\n" },
  { "trusted_address", "name commune_id host decision_date kind members_total has_room status",
    "name=Trạm y tế Bảo Yên\ncommune_id=02947@2025-07-01\nhost=health_station\ndecision_date=2023-09-10\nkind=strengthened\n"
    "members_total=12\nhas_room=yes\nstatus=active\nhotline=0214 388 888\nopen_hours=7 giờ đến 17 giờ\nkeeper_user=bao-yen\n"
    "services=psychological shelter\nmembers_female=7\nreferral_list#0/body=Công an xã\nreferral_list#0/phone=113\n"
    "referral_list#0/valid_to=2027-06-30\n" },
  { "leaders_club", "name setting commune_id founded_date members_total girls minority status",
    "name=CLB Bảo Yên\nsetting=school\nschool_name=THCS Bảo Yên\ncommune_id=02947@2025-07-01\nfounded_date=2023-11-23\nmembers_total=30\n"
    "girls=18\nminority=25\nstatus=active\nfacilitators_n=2\nfrom_extremely_difficult_n=9\nmeets_per_month=2\n" },
  { "livelihood_group", "name form commune_id product members_total women_total women_managers owner tech status",
    "name=HTX Quế\nform=cooperative\ncommune_id=02947@2025-07-01\nproduct=Tinh dầu quế\nmembers_total=20\nwomen_total=15\n"
    "women_managers=3\nowner=co_owned\ntech=e_commerce ocop\nstatus=active\nfounded_date=2024-02-01\nminority=18\nrevenue_band=200_500\n"
    "support_vnd=50000000\nleader_contact_consent=yes\nleader_contact=Chảo Mùi Khé, 0912345678\n" },
  { "other_model", "kind name commune_id founded_date members_total women_total status",
    "kind=project_938\nmodel_938=parents\nname=Cha mẹ hiểu con\ncommune_id=02947@2025-07-01\nfounded_date=2022-08-04\nmembers_total=25\n"
    "women_total=20\nstatus=paused\nlegal_reason=Vướng Luật Các tổ chức tín dụng\n" },
  { "village", "kind name commune_id",
    "kind=ban\nname=Nà Khương\ncommune_id=02947@2025-07-01\nalias=Na Khương\nvalid_from=2020-01-01\nvalid_to=2026-06-30\nmerged_into=v1\n" },
  { "case_record", "consent",
    "consent=agreed\ndate=2026-11-20\nplace_id=a1\nsex=female\nage_band=18_59\nneed=listening_counselling legal\nviolence=physical\n"
    "danger=possible\nminority=yes\ndisability=no\nconsent_share=health legal\npaper_no=07\nreferral#0/body=health\n"
    "referral#0/date=2026-11-21\nreferral#0/result=waiting\nclosed=2026-11-22\nreason=handed_over\n" },
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

const char *
filled_form_example (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (FORMS); i++)
    if (strcmp (FORMS[i].id, id) == 0)
      return FORMS[i].example;
  g_error ("no example of the form %s", id);
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
