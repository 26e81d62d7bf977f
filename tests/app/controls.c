/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every control of ODK XForms in the app: what the person does becomes the value that the form knows; and the forms of the recorded
 * conformance tests are laid out page by page without a warning. */
#include <string.h>

#include "base/language.h"
#include "desk.h"
#include "entry/entry-page.h"
#include "entry/question-view.h"

#define PAGES_MAX 60
#define REPEATS 100

static const char head[] =
  "<?xml version=\"1.0\"?><h:html xmlns=\"http://www.w3.org/2002/xforms\" xmlns:h=\"http://www.w3.org/1999/xhtml\" "
  "xmlns:jr=\"http://openrosa.org/javarosa\" xmlns:odk=\"http://www.opendatakit.org/xforms\"><h:head><h:title>Thử</h:title><model>";

static const char controls[] =
  "<instance><data id=\"controls\" version=\"1\"><read/><order/><scale/><down/><point/><trace/><time/><when/><photo/><odd>giữ</odd></data></instance>"
  "<bind nodeset=\"/data/scale\" type=\"int\"/><bind nodeset=\"/data/down\" type=\"decimal\"/><bind nodeset=\"/data/point\" type=\"geopoint\"/>"
  "<bind nodeset=\"/data/trace\" type=\"geotrace\"/><bind nodeset=\"/data/time\" type=\"time\"/><bind nodeset=\"/data/when\" type=\"dateTime\"/>"
  "<bind nodeset=\"/data/photo\" type=\"binary\"/></model></h:head><h:body><group appearance=\"field-list\"><label>Mọi loại</label>"
  "<trigger ref=\"/data/read\"><label>Đọc kỹ điều này</label></trigger>"
  "<odk:rank ref=\"/data/order\"><label>Xếp thứ tự</label><item><label>Giếng</label><value>well</value></item>"
  "<item><label>Suối</label><value>stream</value></item><item><label>Bể</label><value>tank</value></item></odk:rank>"
  "<range ref=\"/data/scale\" start=\"1\" end=\"5\" step=\"1\"><label>Mức độ</label></range>"
  "<range ref=\"/data/down\" start=\"2\" end=\"-1\" step=\"0.25\"><label>Thang ngược</label></range>"
  "<input ref=\"/data/point\"><label>Ở đâu</label></input><input ref=\"/data/trace\"><label>Con đường</label></input>"
  "<input ref=\"/data/time\"><label>Mấy giờ</label></input><input ref=\"/data/when\"><label>Lúc nào</label></input>"
  "<upload ref=\"/data/photo\" mediatype=\"image/*\"><label>Ảnh</label></upload>"
  "<odk:recordaudio ref=\"/data/odd\"><label>Ghi âm</label></odk:recordaudio>"
  "</group></h:body></h:html>";

static SobanEntryPage *
open_form (Desk *desk, SobanForm *form)
{
  soban_form_library_add (soban_store_get_forms (desk->store), form);
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.new", "s", soban_form_get_id (form));
  sample_wait (ui_has_entry, desk->window);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (desk->window));
  return SOBAN_ENTRY_PAGE (ui_get_top (desk->window));
}

static SobanEntryPage *
open_text (Desk *desk, const char *model_and_body)
{
  g_autofree char *text = g_strconcat (head, model_and_body, NULL);
  g_autoptr (GBytes) xml = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanForm) form = soban_form_parse (xml, &error);

  g_assert_no_error (error);
  return open_form (desk, form);
}

static void
leave (Desk *desk)
{
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.back", NULL);
  sample_settle ();
}

static GtkWidget *
find_view (GtkWidget *root, const char *path)
{
  if (SOBAN_IS_QUESTION_VIEW (root) && g_str_equal (soban_question_view_get_path (SOBAN_QUESTION_VIEW (root)), path)) {
    return root;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_view (child, path);

    if (found != NULL) {
      return found;
    }
  }
  return NULL;
}

static GtkWidget *
find_control (SobanEntryPage *page, const char *path, GType type, const char *text)
{
  GtkWidget *view = find_view (GTK_WIDGET (page), path);
  GtkWidget *control;

  g_assert_nonnull (view);
  control = sample_find (view, type, text);
  g_assert_nonnull (control);
  return control;
}

static void
assert_value (SobanEntryPage *page, const char *path, const char *expected)
{
  const char *value = soban_form_instance_get (soban_entry_get_instance (soban_entry_page_get_entry (page)), path);

  g_assert_cmpstr (value == NULL ? "" : value, ==, expected);
}

static void
type (SobanEntryPage *page, const char *path, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (find_control (page, path, GTK_TYPE_ENTRY, NULL)), text);
}

static const char numbers[] =
  "<instance><data id=\"numbers\" version=\"1\"><whole/><part/></data></instance>"
  "<bind nodeset=\"/data/whole\" type=\"int\"/><bind nodeset=\"/data/part\" type=\"decimal\"/></model></h:head><h:body>"
  "<group appearance=\"field-list\"><label>Số</label><input ref=\"/data/whole\"><label>Số người</label></input>"
  "<input ref=\"/data/part\"><label>Số tấn</label></input></group></h:body></h:html>";

/* As people write numbers; what could be two numbers is none, and is told, not guessed. */
static void
test_numbers (Desk *desk, gconstpointer data)
{
  static const struct {
    const char *language, *path, *typed, *value;
  } TYPED[] = {
    { "vi", "whole", "30", "30" },        { "vi", "whole", " 1 200 ", "1200" },     { "vi", "whole", "1.042", "1042" },
    { "vi", "whole", "1,042", "1042" },   { "vi", "whole", "1.042.000", "1042000" }, { "vi", "whole", "2.5", "2.5" },
    { "vi", "whole", "12.5", "12.5" },    { "vi", "whole", "1.04", "1.04" },        { "vi", "whole", "0.125", "0.125" },
    { "vi", "whole", "1.042,000", "1.042,000" }, { "vi", "part", "0,5", "0.5" },    { "vi", "part", "0.5", "0.5" },
    { "vi", "part", "1.200", "1200" },    { "vi", "part", "1.042,5", "1042.5" },    { "vi", "part", "1,125", "1.125" },
    { "en", "whole", "1,042", "1042" },   { "en", "whole", "2.5", "2.5" },          { "en", "part", "1.125", "1.125" },
    { "en", "part", "1,200", "1200" },    { "en", "part", "1,042.5", "1042.5" },    { "en", "part", "-3", "-3" },
  };
  SobanEntryPage *page = open_text (desk, numbers);

  for (guint i = 0; i < G_N_ELEMENTS (TYPED); i++) {
    soban_language_init (TYPED[i].language);
    type (page, TYPED[i].path, TYPED[i].typed);
    assert_value (page, TYPED[i].path, TYPED[i].value);
  }
  soban_language_init ("vi");
}

static void
test_trigger_and_rank (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_text (desk, controls);

  gtk_check_button_set_active (GTK_CHECK_BUTTON (find_control (page, "read", GTK_TYPE_CHECK_BUTTON, NULL)), TRUE);
  assert_value (page, "read", "OK");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (find_control (page, "read", GTK_TYPE_CHECK_BUTTON, NULL)), FALSE);
  assert_value (page, "read", "");

  /* An order that nobody has looked at is no answer. */
  assert_value (page, "order", "");
  g_signal_emit_by_name (find_control (page, "order", GTK_TYPE_BUTTON, "Thứ tự này đúng rồi"), "clicked");
  assert_value (page, "order", "well stream tank");
  leave (desk);
}

static void
test_range (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_text (desk, controls);

  assert_value (page, "scale", "");
  gtk_range_set_value (GTK_RANGE (find_control (page, "scale", GTK_TYPE_SCALE, NULL)), 4);
  assert_value (page, "scale", "4");
  gtk_range_set_value (GTK_RANGE (find_control (page, "down", GTK_TYPE_SCALE, NULL)), 0.26);
  assert_value (page, "down", "0.25");
  leave (desk);
}

static void
test_place (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_text (desk, controls);

  type (page, "point", " 21.0285,  105.8542 ");
  assert_value (page, "point", "21.0285 105.8542");
  type (page, "trace", "21.03 105.85 ;21.04, 105.86");
  assert_value (page, "trace", "21.03 105.85; 21.04 105.86");
  g_signal_emit_by_name (find_control (page, "point", GTK_TYPE_BUTTON, NULL), "clicked");
  assert_value (page, "point", "");
  /* What is no place is kept as typed and told. */
  type (page, "point", "bên suối");
  assert_value (page, "point", "bên suối");
  g_assert_true (soban_question_view_has_problem (SOBAN_QUESTION_VIEW (find_view (GTK_WIDGET (page), "point"))));
  leave (desk);
}

static void
test_time (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_text (desk, controls);
  SobanFormInstance *instance = soban_entry_get_instance (soban_entry_page_get_entry (page));

  type (page, "time", "9:05");
  g_assert_true (g_str_has_prefix (soban_form_instance_get (instance, "time"), "09:05:00.000"));
  type (page, "when", "22/11/2026 14:05");
  g_assert_true (g_str_has_prefix (soban_form_instance_get (instance, "when"), "2026-11-22T14:05:00.000"));
  g_assert_false (soban_question_view_has_problem (SOBAN_QUESTION_VIEW (find_view (GTK_WIDGET (page), "when"))));
  type (page, "when", "31/02/2026 14:05");
  assert_value (page, "when", "31/02/2026 14:05");
  g_assert_true (soban_question_view_has_problem (SOBAN_QUESTION_VIEW (find_view (GTK_WIDGET (page), "when"))));
  g_signal_emit_by_name (find_control (page, "when", GTK_TYPE_BUTTON, "Bây giờ"), "clicked");
  g_assert_false (soban_question_view_has_problem (SOBAN_QUESTION_VIEW (find_view (GTK_WIDGET (page), "when"))));
  leave (desk);
}

/* What this tablet cannot ask says so and keeps its value. */
static void
test_unsupported (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_text (desk, controls);

  g_assert_nonnull (sample_find (find_view (GTK_WIDGET (page), "odd"), GTK_TYPE_LABEL,
                                 "giữ\nMáy này chưa trả lời được loại câu hỏi này. Chị cứ bỏ qua, phiếu vẫn hoàn thành được."));
  assert_value (page, "odd", "giữ");
  leave (desk);
}

static void
walk (SobanEntryPage *page, SobanWindow *window)
{
  for (guint steps = 0; steps < PAGES_MAX && !soban_entry_page_is_review (page); steps++) {
    gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
    soban_entry_page_next (page);
    sample_settle ();
  }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *
list_conformance_forms (void)
{
  const char *root = g_getenv ("SOBAN_CONFORMANCE");
  g_autofree char *folder = g_build_filename (root == NULL ? "" : root, "scenario-forms", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    if (g_str_has_suffix (name, ".xml")) {
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
    }
  }
  g_ptr_array_sort (paths, compare_names);
  return paths;
}

static void
test_conformance (Desk *desk, gconstpointer data)
{
  g_autoptr (GPtrArray) paths = list_conformance_forms ();
  guint laid_out = 0, refused = 0;

  if (paths->len == 0) {
    g_test_skip ("the recorded forms are not here");
    return;
  }
  for (guint i = 0; i < paths->len; i++) {
    g_autofree char *contents = NULL;
    g_autoptr (GBytes) xml = NULL;
    g_autoptr (SobanForm) form = NULL;
    gsize length;

    g_test_message ("%s", (const char *)g_ptr_array_index (paths, i));
    g_assert_true (g_file_get_contents (g_ptr_array_index (paths, i), &contents, &length, NULL));
    xml = g_bytes_new (contents, length);
    form = soban_form_parse (xml, NULL);
    if (form == NULL) { /* recorded as a form that must be refused: test-form-scenarios knows which */
      refused++;
      continue;
    }
    walk (open_form (desk, form), desk->window);
    leave (desk);
    laid_out++;
  }
  g_test_message ("%u laid out, %u refused when read", laid_out, refused);
  g_assert_cmpuint (laid_out, >, refused);
}

static char *
write_repeat_form (void)
{
  g_autoptr (GString) text = g_string_new ("<instance><data id=\"many\" version=\"1\"><person jr:template=\"\">");

  for (guint i = 0; i < 10; i++) {
    g_string_append_printf (text, "<q%u/>", i);
  }
  g_string_append (text, "</person></data></instance></model></h:head><h:body><group ref=\"/data/person\"><label>Người</label><repeat nodeset=\"/data/person\"><group appearance=\"field-list\">");
  for (guint i = 0; i < 10; i++) {
    g_string_append_printf (text, "<input ref=\"/data/person/q%u\"><label>Câu %u</label></input>", i, i);
  }
  g_string_append (text, "</group></repeat></group></h:body></h:html>");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Instance number 100 costs what number 5 cost: medians of answering a question, in the same run. */
static double
measure_answers (SobanEntry *entry, const char *instance)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < 50; i++) {
    g_autofree char *path = g_strdup_printf ("%s/q%u", instance, i % 10);
    g_autofree char *value = g_strdup_printf ("%u", i);
    gint64 start = g_get_monotonic_time (), took;

    soban_entry_set (entry, path, value);
    took = g_get_monotonic_time () - start;
    g_array_append_val (times, took);
  }
  sample_settle ();
  return (double)g_array_index (times, gint64, times->len / 2);
}

static void
test_many_repeats (Desk *desk, gconstpointer data)
{
  g_autofree char *text = write_repeat_form ();
  SobanEntryPage *page = open_text (desk, text);
  SobanEntry *entry = soban_entry_page_get_entry (page);
  double early = 0, late = 0;

  for (guint i = 0; i < REPEATS; i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *instance = soban_entry_add_repeat (entry, "person", &error);
    double took;

    g_assert_no_error (error);
    took = measure_answers (entry, instance);
    early += i < 10 ? took : 0;
    late += i >= REPEATS - 10 ? took : 0;
  }
  g_test_message ("an answer: %.0f us with 10 instances, %.0f us with %d", early / 10, late / 10, REPEATS);
  g_assert_true (soban_entry_flush_now (entry, NULL));
  g_assert_cmpuint (soban_form_instance_list_repeats (soban_entry_get_instance (entry), "person")->len, ==, REPEATS);
  walk (page, desk->window);
  leave (desk);
}

#define ADD(path, func) g_test_add ("/controls/" path, Desk, NULL, desk_set_up_begun, func, desk_tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("numbers", test_numbers);
  ADD ("trigger-and-rank", test_trigger_and_rank);
  ADD ("range", test_range);
  ADD ("place", test_place);
  ADD ("time", test_time);
  ADD ("unsupported", test_unsupported);
  ADD ("conformance", test_conformance);
  ADD ("many-repeats", test_many_repeats);
  return g_test_run ();
}
