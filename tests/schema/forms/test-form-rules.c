/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filled-form.h"

#include <string.h>

#include "base/language.h"

#define HARD SOBAN_PROBLEM_CONSTRAINT
#define SOFT SOBAN_PROBLEM_WARNING
#define FINE ((SobanProblemKind) -1)
#define SESSION "communication_session"
#define SIXTY_ONE "bản Suối Hộc mới sáp nhập với bản Pa Búa và bản Cao Đa một hai"

/* What is changed in the complete example of a form, at which question it shows, and what the person reads. */
static const struct {
  const char *form;
  const char *answers;
  const char *path;
  SobanProblemKind kind;
  const char *message;
} RULES[] = {
  /* the common block of activities */
  { SESSION, "activity_date=2026-11-22\n", "activity_date", FINE, NULL },
  { SESSION, "activity_date=2026-11-23\n", "activity_date", HARD, "Ngày tổ chức không được sau ngày hôm nay." },
  { SESSION, "activity_date=2021-10-13\n", "activity_date", HARD, "Ngày này trước khi có Dự án 8." },
  { SESSION, "activity_date=2021-10-14\n", "activity_date", SOFT, "Đã quá 90 ngày. Chị xem lại ngày nhé." },
  { SESSION, "activity_date=2026-08-23\n", "activity_date", SOFT, "Đã quá 90 ngày. Chị xem lại ngày nhé." },
  { SESSION, "activity_date=2026-08-24\n", "activity_date", FINE, NULL },
  { SESSION, "end_date=2026-11-19\n", "end_date", HARD, "Ngày kết thúc phải sau ngày bắt đầu." },
  { SESSION, "activity_date=2025-06-30\n", "commune_id", HARD, "Đơn vị này không còn hiệu lực vào ngày đã chọn." },
  { SESSION, "commune_id=02947@\n", "commune_id", HARD, "Đơn vị này không còn hiệu lực vào ngày đã chọn." },
  { SESSION, "commune_id=25195@2025-07-01\n", "commune_id", HARD, "Đơn vị này không còn hiệu lực vào ngày đã chọn." },
  { SESSION, "commune_id=25195@2025-07-01\nactivity_date=2026-04-29\n", "commune_id", FINE, NULL },
  { SESSION, "commune_id=02947@\nactivity_date=2025-06-30\n", "commune_id", FINE, NULL },
  { SESSION, "commune_id=02947@\nactivity_date=2023-09\n", "commune_id", FINE, NULL },
  { SESSION, "village_id=other\nvillage_new=suoi  hoc\n", "village_new", SOFT,
    "Đã có thôn tên gần giống: bản Suối Hộc. Có phải là một?" },
  { SESSION, "village_id=other\nvillage_new=BẢN PA BÚA\n", "village_new", SOFT,
    "Đã có thôn tên gần giống: bản Pa Búa. Có phải là một?" },
  { SESSION, "village_id=other\nvillage_new=Đầm Hà\n", "village_new", FINE, NULL },
  { SESSION, "village_id=other\nvillage_new=" SIXTY_ONE "\n", "village_new", HARD, "Nhiều nhất 60 ký tự." },
  { SESSION, "total=0\nfemale=0\nminority=0\n", "total", HARD, "Số người phải từ 1 đến 5.000." },
  { SESSION, "total=5001\n", "total", HARD, "Số người phải từ 1 đến 5.000." },
  { SESSION, "total=301\n", "total", SOFT, "Hơn 300 người. Chị kiểm tra lại." },
  { SESSION, "total=300\n", "total", FINE, NULL },
  { SESSION, "female=59\n", "female", HARD, "Số nữ (59) không được lớn hơn tổng số (58)." },
  { SESSION, "female=58\n", "female", FINE, NULL },
  { SESSION, "female=-1\n", "female", HARD, "Số không được nhỏ hơn 0." },
  { SESSION, "total=\n", "female", FINE, NULL },
  { SESSION, "minority=59\n", "minority", HARD, "Số người DTTS không được lớn hơn tổng số." },
  { SESSION, "children=59\n", "children", HARD, "Số này không được lớn hơn tổng số." },
  { SESSION, "poor=59\n", "poor", HARD, "Số này không được lớn hơn tổng số." },
  { SESSION, "disabled=59\n", "disabled", HARD, "Số này không được lớn hơn tổng số." },
  { SESSION, "difficulty=Nhà chị Dung ở cuối bản\n", "difficulty", SOFT, "Đừng ghi tên người bị bạo lực ở đây." },
  { SESSION, "difficulty=Gặp Lò Thị Thủy\n", "difficulty", SOFT, "Đừng ghi tên người bị bạo lực ở đây." },
  { SESSION, "difficulty=Gọi 0912 345 678\n", "difficulty", SOFT, "Đừng ghi tên người bị bạo lực ở đây." },
  { SESSION, "difficulty=Cần 3.000.000 đồng mua loa cho bản Suối Hộc\n", "difficulty", FINE, NULL },
  /* 3.1 */
  { SESSION, "topics=01 02 03 04\n", "topics", HARD, "Chọn từ 1 đến 3 nội dung." },
  { SESSION, "duration_min=9\n", "duration_min", HARD, "Thời lượng từ 10 đến 480 phút." },
  { SESSION, "duration_min=481\n", "duration_min", HARD, "Thời lượng từ 10 đến 480 phút." },
  { SESSION, "questions_n=201\n", "questions_n", HARD, "Số phải từ 0 đến 200." },
  /* 3.2 */
  { "policy_dialogue", "opinions_total=0\nopinions_answered=0\nopinions_women=0\n", "opinions_total", SOFT,
    "Không có ý kiến nào?" },
  { "policy_dialogue", "opinions_total=201\n", "opinions_total", HARD, "Số phải từ 0 đến 200." },
  { "policy_dialogue", "opinions_answered=19\n", "opinions_answered", HARD,
    "Số đã trả lời không được lớn hơn số ý kiến." },
  { "policy_dialogue", "opinions_women=19\n", "opinions_women", HARD,
    "Số ý kiến của phụ nữ không được lớn hơn số ý kiến." },
  { "policy_dialogue", "villages#1/village_id=\n", "villages_n", HARD,
    "Cụm thôn, bản phải có ít nhất hai thôn. Chị thêm cho đủ nhé." },
  { "policy_dialogue", "opinion#0/due=2026-11-19\n", "opinion#0/due", HARD,
    "Hạn trả lời không được trước ngày đối thoại." },
  { "policy_dialogue", "opinion#0/text=bà Sần Thó Mơ nói\n", "opinion#0/text", SOFT,
    "Đừng ghi tên người bị bạo lực ở đây." },
  { "policy_dialogue", "minutes_no=1234567890123456789012345678901\n", "minutes_no", HARD, "Nhiều nhất 30 ký tự." },
  /* 3.3 */
  { "training", "days=0.25\n", "days", HARD, "Số ngày từ 0,5 đến 10." },
  { "training", "days=0.5\n", "days", FINE, NULL },
  { "training", "days=10.5\n", "days", HARD, "Số ngày từ 0,5 đến 10." },
  { "training", "organizer=district\n", "organizer", HARD, "Từ 1/7/2025 không còn cấp huyện." },
  { "training", "organizer=district\nactivity_date=2025-06-30\ncommune_id=02947@\n", "organizer", FINE, NULL },
  { "training", "pre_score=10.5\n", "pre_score", HARD, "Điểm từ 0 đến 10." },
  /* 3.4a */
  { "support_summary", "period=2026-12-01\n", "period", HARD, "Không chọn tháng sau tháng này." },
  { "support_summary", "period=2021-09-01\n", "period", HARD, "Tháng này trước khi có Dự án 8." },
  { "support_summary", "people_new=501\n", "people_new", HARD, "Số phải từ 0 đến 500." },
  { "support_summary", "visits=8\n", "visits", HARD, "Số lượt không thể ít hơn số người." },
  { "support_summary", "women_16_59=3\n", "age_60_plus", HARD, "Cộng lại là 8, chưa bằng 9." },
  { "support_summary", "minority=10\n", "minority", HARD, "Số này không được lớn hơn số người mới." },
  { "support_summary", "referred=10\n", "referred", HARD, "Số này không được lớn hơn số người mới." },
  /* 3.4b */
  { "case_record", "need=mediation\nviolence=sexual\n", "need", SOFT, "Không hòa giải trường hợp này. Báo cán bộ xã." },
  { "case_record", "need=mediation\nage_band=16_17\n", "need", SOFT, "Không hòa giải trường hợp này. Báo cán bộ xã." },
  { "case_record", "need=mediation\nviolence=economic\n", "need", FINE, NULL },
  { "case_record", "date=2026-11-23\n", "date", HARD, "Ngày này không được sau ngày hôm nay." },
  { "case_record", "referral#0/body=police\n", "referral#0/body", HARD,
    "Người được hỗ trợ chưa đồng ý chia sẻ với nơi này." },
  { "case_record", "closed=2026-11-19\n", "closed", HARD, "Ngày kết thúc không được trước ngày tiếp nhận." },
  /* 3.5 */
  { "event", "prizes=98\n", "prizes", HARD, "Số giải không thể nhiều hơn số bài." },
  { "event", "sent_up_drawing=86\n", "sent_up_drawing", HARD, "Số gửi lên không thể nhiều hơn số bài dự thi." },
  /* 3.6 */
  { "supervision_visit", "last_activity=2026-12-01\n", "last_activity", HARD, "Không chọn tháng sau tháng này." },
  { "supervision_visit", "last_activity=2026-07-01\n", "last_activity", SOFT,
    "Đã hơn 3 tháng không hoạt động. Chị xem lại nhé." },
  { "supervision_visit", "last_activity=2026-08-01\n", "last_activity", FINE, NULL },
  { "supervision_visit", "mismatch_n=5\n", "mismatch_n", HARD, "Số không khớp không thể nhiều hơn số đã đối chiếu." },
  { "supervision_visit", "stopped_reason=\n", "stopped_reason", SOBAN_PROBLEM_REQUIRED, NULL },
  { "supervision_visit", "village_id=\ntarget_kind=commune\n", "village_id", FINE, NULL },
  /* 3.7 */
  { "communication_team", "members_total=2\n", "members_total", HARD, "Tổ phải có từ 3 đến 30 thành viên." },
  { "communication_team", "members_total=31\n", "members_total", HARD, "Tổ phải có từ 3 đến 30 thành viên." },
  { "communication_team", "members_total=11\n", "members_total", SOFT, "Hướng dẫn là 7–10 người. Đúng là 11?" },
  { "communication_team", "members_female=11\n", "members_female", HARD,
    "Số thành viên nữ không được lớn hơn số thành viên." },
  { "communication_team", "members_female=10\n", "members_female", SOFT, "Tổ cần cả nam và nữ." },
  { "communication_team", "members_female=0\n", "members_female", SOFT, "Tổ cần cả nam và nữ." },
  { "communication_team", "decision_date=2026-11-23\n", "decision_date", HARD,
    "Ngày này không được sau ngày hôm nay." },
  { "communication_team", "leader_phone=so moi\n", "leader_phone", HARD, "Số điện thoại có từ 8 đến 15 chữ số." },
  { "communication_team", "valid_to=2023-11-24\n", "valid_to", HARD,
    "Ngày hết hiệu lực không được trước ngày bắt đầu." },
  { "communication_team", "member#0/birth_year=2020\n", "member#0/birth_year", HARD, "Chị xem lại năm sinh nhé." },
  /* 3.8, 3.9, 3.10 */
  { "trusted_address", "members_female=13\n", "members_female", HARD,
    "Số thành viên nữ không được lớn hơn số thành viên." },
  { "leaders_club", "members_total=61\n", "members_total", SOFT, "CLB thường có 15–60 thành viên. Đúng là 61?" },
  { "leaders_club", "girls=31\n", "girls", HARD, "Số nữ không được lớn hơn số thành viên." },
  { "leaders_club", "minority=31\n", "minority", HARD, "Số này không được lớn hơn số thành viên." },
  { "livelihood_group", "women_total=21\n", "women_total", HARD, "Số thành viên nữ không được lớn hơn số thành viên." },
  { "livelihood_group", "women_managers=16\n", "women_managers", HARD,
    "Số phụ nữ quản lý không được lớn hơn số thành viên nữ." },
  /* the two forms of the design, and villages */
  { "safe_birth_support", "package_3=13\n", "package_3", HARD, "Số này không được lớn hơn số phụ nữ được hỗ trợ." },
  { "safe_birth_support", "women_supported=41\n", "women_supported", SOFT,
    "Số được hỗ trợ nhiều hơn số được tuyên truyền. Chị kiểm tra lại." },
  { "other_model", "legal_reason=\n", "legal_reason", SOBAN_PROBLEM_REQUIRED, NULL },
  { "village", "name=Suoi Hoc\n", "name", SOFT, "Đã có thôn tên gần giống: bản Suối Hộc. Có phải là một?" },
};

static void
test_rule (gconstpointer data)
{
  guint index = GPOINTER_TO_UINT (data);
  g_autoptr (FilledForm) filled = filled_form_new_example (RULES[index].form, RULES[index].answers);
  g_autofree char *path = filled_form_path (filled, RULES[index].path);
  g_autoptr (SobanProblem) problem = soban_form_instance_check (filled->instance, path);
  if (RULES[index].kind == FINE) {
    if (problem != NULL)
      g_error ("%s: %s", path, problem->message);
    return;
  }
  g_assert_nonnull (problem);
  if (RULES[index].message != NULL)
    g_assert_cmpstr (problem->message, ==, RULES[index].message);
  g_assert_cmpint (problem->kind, ==, RULES[index].kind);
}

static void
test_confirmed_warning_is_none (void)
{
  g_autoptr (FilledForm) filled = filled_form_new_example (SESSION, NULL);

  filled_form_answer (filled, "total=301\n");
  soban_form_instance_confirm (filled->instance, "total");
  g_assert_null (soban_form_instance_check (filled->instance, "total"));
  filled_form_answer (filled, "total=302\n");
  g_autoptr (SobanProblem) again = soban_form_instance_check (filled->instance, "total");
  g_assert_nonnull (again);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  soban_language_init ("vi");
  for (guint i = 0; i < G_N_ELEMENTS (RULES); i++) {
    g_autofree char *name = g_strdup_printf ("/rules/%s/%s/%u", RULES[i].form, RULES[i].path, i);
    g_test_add_data_func (name, GUINT_TO_POINTER (i), test_rule);
  }
  g_test_add_func ("/rules/confirmed-warning-is-none", test_confirmed_warning_is_none);
  return g_test_run ();
}
