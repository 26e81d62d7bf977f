/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every control for who cannot see or cannot touch: what takes the focus has a name and a role, Tab comes by all of it, and what assistive
 * technology and the keyboard do at it (activate, type, step) becomes the answer. */
#include "controls-form.h"
#include "entry/question-view.h"
#include "ui.h"

#define TABS_MAX 200

typedef struct {
  SobanStore *store;
  SobanWindow *window;
  SobanEntryPage *page;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->store = sample_store_new ();
  sample_store_begin (fixture->store);
  controls_form_publish (fixture->store);
  fixture->window = ui_open_window (fixture->store);
  fixture->page = controls_form_open (fixture->window);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ui_close_window (fixture->window);
  sample_store_free (fixture->store);
}

typedef enum { ACTIVATE, TYPE, STEP } Deed;

typedef struct {
  const char *path;
  GType (*type) (void);
  const char *text; /* (nullable): on the control */
  GtkAccessibleRole role;
  const char *name; /* for a screen reader */
  Deed deed;
  const char *typed;    /* (nullable) */
  const char *expected; /* the answer afterwards, or its start */
} Case;

static const Case CASES[] = {
  { "name", gtk_entry_get_type, NULL, GTK_ACCESSIBLE_ROLE_TEXT_BOX, "Họ và tên người ghi", TYPE, "Sùng Thị Mỷ", "Sùng Thị Mỷ" },
  { "story", gtk_text_view_get_type, NULL, GTK_ACCESSIBLE_ROLE_TEXT_BOX, "Kể lại buổi làm việc", TYPE, "Họp ở nhà\nvăn hóa", "Họp ở nhà\nvăn hóa" },
  { "code", gtk_entry_get_type, NULL, GTK_ACCESSIBLE_ROLE_TEXT_BOX, "Mã vạch trên bao giống", TYPE, "893", "893" },
  { "people", gtk_entry_get_type, NULL, GTK_ACCESSIBLE_ROLE_TEXT_BOX, "Số người tham dự", TYPE, "41", "41" },
  { "weight", gtk_entry_get_type, NULL, GTK_ACCESSIBLE_ROLE_TEXT_BOX, "Số thóc giống đã chia (kg)", TYPE, "10,5", "10.5" },
  { "agree", gtk_check_button_get_type, "Không", GTK_ACCESSIBLE_ROLE_RADIO, "Không", ACTIVATE, NULL, "false" },
  { "water", gtk_check_button_get_type, "Bể chứa chung", GTK_ACCESSIBLE_ROLE_RADIO, "Bể chứa chung", ACTIVATE, NULL, "tank" },
  { "sources", gtk_check_button_get_type, "Giếng khoan", GTK_ACCESSIBLE_ROLE_CHECKBOX, "Giếng khoan", ACTIVATE, NULL, "well" },
  { "order", gtk_button_get_type, "Thứ tự này đúng rồi", GTK_ACCESSIBLE_ROLE_BUTTON, "Thứ tự này đúng rồi", ACTIVATE, NULL, "well stream tank" },
  { "mark", gtk_scale_get_type, NULL, GTK_ACCESSIBLE_ROLE_SLIDER, "Bà con hài lòng mức nào?", STEP, NULL, "2" },
  { "day", gtk_button_get_type, "Hôm nay", GTK_ACCESSIBLE_ROLE_BUTTON, "Hôm nay", ACTIVATE, NULL, "20" },
  { "month", gtk_button_get_type, "Tháng này", GTK_ACCESSIBLE_ROLE_BUTTON, "Tháng này", ACTIVATE, NULL, "20" },
  { "clock", gtk_entry_get_type, NULL, GTK_ACCESSIBLE_ROLE_TEXT_BOX, "Bắt đầu lúc mấy giờ?", TYPE, "8:30", "08:30" },
  { "moment", gtk_entry_get_type, NULL, GTK_ACCESSIBLE_ROLE_TEXT_BOX, "Phát hiện lúc nào?", TYPE, "20/11/2026 14:05", "2026-11-20T14:05" },
  { "read", gtk_check_button_get_type, NULL, GTK_ACCESSIBLE_ROLE_CHECKBOX, NULL, ACTIVATE, NULL, "OK" },
  { "place", gtk_entry_get_type, NULL, GTK_ACCESSIBLE_ROLE_TEXT_BOX, "Vị trí điểm họp", TYPE, "22.3, 104.4", "22.3 104.4" },
  { "path", gtk_entry_get_type, NULL, GTK_ACCESSIBLE_ROLE_TEXT_BOX, "Đường từ trung tâm xã đến bản", TYPE, "22.3 104.4;22.4 104.5", "22.3 104.4; 22.4 104.5" },
  { "pump", gtk_check_button_get_type, "Bơm tay", GTK_ACCESSIBLE_ROLE_RADIO, "Bơm tay", ACTIVATE, NULL, "hand" },
  { "tools", gtk_check_button_get_type, "Cuốc", GTK_ACCESSIBLE_ROLE_CHECKBOX, "Cuốc", ACTIVATE, NULL, "hoe" },
  { "t1", gtk_check_button_get_type, "Tốt", GTK_ACCESSIBLE_ROLE_RADIO, "Tốt", ACTIVATE, NULL, "3" },
  { "likert", gtk_check_button_get_type, "Tạm được", GTK_ACCESSIBLE_ROLE_RADIO, "Tạm được", ACTIVATE, NULL, "2" },
};

static void
operate (GtkWidget *control, const Case *what)
{
  switch (what->deed) {
  case ACTIVATE:
    g_assert_true (gtk_widget_activate (control));
    break;
  case STEP:
    g_signal_emit_by_name (control, "move-slider", GTK_SCROLL_STEP_RIGHT);
    break;
  case TYPE:
    if (GTK_IS_TEXT_VIEW (control)) {
      gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (control)), what->typed, -1);
    } else {
      gtk_editable_set_text (GTK_EDITABLE (control), what->typed);
    }
    break;
  }
}

typedef struct {
  SobanFormInstance *instance;
  const Case *what;
} Awaited;

static gboolean
is_answered (gpointer data)
{
  const Awaited *awaited = data;
  const char *value = soban_form_instance_get (awaited->instance, awaited->what->path);

  return value != NULL && g_str_has_prefix (value, awaited->what->expected);
}

static void
test_operable (Fixture *fixture, gconstpointer data)
{
  SobanFormInstance *instance = soban_entry_get_instance (soban_entry_page_get_entry (fixture->page));

  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++) {
    const Case *what = &CASES[i];
    Awaited awaited = { instance, what };
    GtkWidget *control;

    g_test_message ("%s", what->path);
    soban_entry_page_show_question (fixture->page, what->path);
    gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
    control = sample_find (controls_form_find_view (fixture->page, what->path), what->type (), what->text);
    g_assert_nonnull (control);
    gtk_test_accessible_assert_role (control, what->role);
    if (what->name != NULL) {
      gtk_test_accessible_assert_property (control, GTK_ACCESSIBLE_PROPERTY_LABEL, what->name);
    }
    operate (control, what);
    /* A button that is activated is seen pressed for a moment first. */
    sample_wait (is_answered, &awaited);
    if (GTK_IS_CHECK_BUTTON (control)) {
      gtk_test_accessible_assert_state (control, GTK_ACCESSIBLE_STATE_CHECKED, GTK_ACCESSIBLE_TRISTATE_TRUE);
    }
  }
}

/* ---- names of all that takes the focus ---- */

/* What bears the name of @widget: an entry takes the focus by the text in it. */
static GtkWidget *
find_bearer (GtkWidget *widget)
{
  return GTK_IS_TEXT (widget) ? gtk_widget_get_parent (widget) : widget;
}

static gboolean
is_named (GtkWidget *widget)
{
  GtkAccessible *bearer = GTK_ACCESSIBLE (find_bearer (widget));

  return gtk_test_accessible_has_property (bearer, GTK_ACCESSIBLE_PROPERTY_LABEL)
         || gtk_test_accessible_has_relation (bearer, GTK_ACCESSIBLE_RELATION_LABELLED_BY);
}

static void
check_names (GtkWidget *widget, const char *path)
{
  if (!gtk_widget_get_mapped (widget)) {
    return;
  }
  if (gtk_widget_get_focusable (widget) && !GTK_IS_SCROLLED_WINDOW (widget) && !is_named (widget)) {
    g_test_message ("%s: %s has no name", path, G_OBJECT_TYPE_NAME (widget));
    g_assert_not_reached ();
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    check_names (child, path);
  }
}

/* How many widgets below @widget Tab should come by: of radio buttons, which share one place, one. */
static void
list_focusable (GtkWidget *widget, GPtrArray *list)
{
  if (!gtk_widget_get_mapped (widget) || !gtk_widget_is_sensitive (widget) || !gtk_widget_get_can_focus (widget)) {
    return;
  }
  if (gtk_widget_get_focusable (widget) && !GTK_IS_SCROLLED_WINDOW (widget) && !GTK_IS_CHECK_BUTTON (widget)) {
    g_ptr_array_add (list, widget);
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    list_focusable (child, list);
  }
}

static void
check_tabs (Fixture *fixture)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  list_focusable (GTK_WIDGET (fixture->page), list);
  gtk_window_set_focus (GTK_WINDOW (fixture->window), NULL);
  for (guint i = 0; i < TABS_MAX; i++) {
    gtk_widget_child_focus (GTK_WIDGET (fixture->window), GTK_DIR_TAB_FORWARD);
    g_hash_table_add (seen, gtk_window_get_focus (GTK_WINDOW (fixture->window)));
  }
  for (guint i = 0; i < list->len; i++) {
    if (!g_hash_table_contains (seen, g_ptr_array_index (list, i))) {
      g_test_message ("Tab does not come by a %s “%s”", G_OBJECT_TYPE_NAME (g_ptr_array_index (list, i)),
                      gtk_widget_get_tooltip_text (g_ptr_array_index (list, i)));
      g_assert_not_reached ();
    }
  }
}

static void
test_named (Fixture *fixture, gconstpointer data)
{
  SobanFormInstance *instance = soban_entry_get_instance (soban_entry_page_get_entry (fixture->page));
  g_autoptr (GPtrArray) pages = soban_form_instance_list_pages (instance);

  for (guint i = 0; i < pages->len; i++) {
    const SobanPage *page = g_ptr_array_index (pages, i);

    if (page->kind != SOBAN_PAGE_QUESTIONS) {
      continue;
    }
    soban_entry_page_show_question (fixture->page, g_ptr_array_index (page->paths, 0));
    gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
    for (guint k = 0; k < page->paths->len; k++) {
      const char *path = g_ptr_array_index (page->paths, k);
      g_autoptr (SobanQuestion) question = soban_form_instance_get_question (instance, path);
      GtkWidget *view = controls_form_find_view (fixture->page, path);

      gtk_test_accessible_assert_property (view, GTK_ACCESSIBLE_PROPERTY_LABEL, question->label);
      check_names (view, path);
    }
    check_tabs (fixture);
  }
}

/* The row that opens a long list says the question and what is chosen; the list's rows are named (screens.c). */
static void
test_picker (Fixture *fixture, gconstpointer data)
{
  GtkWidget *button;

  soban_entry_page_show_question (fixture->page, "crop");
  soban_entry_set (soban_entry_page_get_entry (fixture->page), "crop", "tea");
  gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
  button = sample_find (controls_form_find_view (fixture->page, "crop"), GTK_TYPE_BUTTON, NULL);
  gtk_test_accessible_assert_role (button, GTK_ACCESSIBLE_ROLE_BUTTON);
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL, "Cây trồng chính: Chè");
  g_assert_true (gtk_widget_activate (button));
  sample_wait (ui_has_choices, fixture->window);
}

/* What counts down and up says of which question. */
static void
test_steps (Fixture *fixture, gconstpointer data)
{
  GtkWidget *entry;

  soban_entry_page_show_question (fixture->page, "people");
  gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
  entry = sample_find (controls_form_find_view (fixture->page, "people"), GTK_TYPE_ENTRY, NULL);
  gtk_test_accessible_assert_property (gtk_widget_get_prev_sibling (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, "Bớt một: Số người tham dự");
  gtk_test_accessible_assert_property (gtk_widget_get_next_sibling (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, "Thêm một: Số người tham dự");
}

/* A required question says so, a wrong answer too, with the sentence that describes it. */
static void
test_states (Fixture *fixture, gconstpointer data)
{
  GtkWidget *entry;

  soban_entry_page_show_question (fixture->page, "people");
  soban_entry_set (soban_entry_page_get_entry (fixture->page), "people", "0");
  soban_entry_page_next (fixture->page);
  entry = sample_find (controls_form_find_view (fixture->page, "people"), GTK_TYPE_ENTRY, NULL);
  gtk_test_accessible_assert_state (entry, GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE);
  g_assert_true (gtk_test_accessible_has_relation (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY));
  soban_entry_page_show_question (fixture->page, "name");
  entry = sample_find (controls_form_find_view (fixture->page, "name"), GTK_TYPE_ENTRY, NULL);
  gtk_test_accessible_assert_property (entry, GTK_ACCESSIBLE_PROPERTY_REQUIRED, TRUE);
  gtk_test_accessible_assert_property (entry, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "Viết đủ họ, chữ đệm và tên");
}

#define ADD(path, func) g_test_add ("/control-names/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("operable", test_operable);
  ADD ("named", test_named);
  ADD ("picker", test_picker);
  ADD ("steps", test_steps);
  ADD ("states", test_states);
  return g_test_run ();
}
