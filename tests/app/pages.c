/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From page to page: what is made ahead (entry/page-deck.h, by its numbers) never shows what holds no more, and who needs no details
 * (entry/page-flow.h) never comes by them. */
#include <string.h>

#include "controls-form.h"
#include "entry/entry-page-end.h"
#include "entry/page-deck.h"
#include "entry/question-view.h"
#include "ui.h"

#define TABS 40
#define MANY 30
#define TALL_ROWS 6
#define LONG 20
/* More than a scrolling of GTK takes. */
#define FRAMES_AT_REST 20

static const char head[] =
  "<?xml version=\"1.0\"?><h:html xmlns=\"http://www.w3.org/2002/xforms\" xmlns:h=\"http://www.w3.org/1999/xhtml\" "
  "xmlns:jr=\"http://openrosa.org/javarosa\"><h:head><h:title>Các trang</h:title><model>";

static const char pages[] =
  "<instance><data id=\"pages\" version=\"1\"><a/><name/><here/><deep/><kind/><sum/><only/><last/><extra/>"
  "<item jr:template=\"\"><what/></item></data></instance>"
  "<instance id=\"kinds\"><root>"
  "<item><name>k1</name><label>K1</label><few>yes</few></item><item><name>k2</name><label>K2</label><few>yes</few></item>"
  "<item><name>k3</name><label>K3</label><few>no</few></item><item><name>k4</name><label>K4</label><few>no</few></item>"
  "<item><name>k5</name><label>K5</label><few>no</few></item><item><name>k6</name><label>K6</label><few>no</few></item>"
  "<item><name>k7</name><label>K7</label><few>no</few></item><item><name>k8</name><label>K8</label><few>no</few></item>"
  "</root></instance>"
  "<bind nodeset=\"/data/here\" relevant=\"/data/a = 'yes'\"/><bind nodeset=\"/data/only\" relevant=\"/data/a = 'yes'\"/>"
  "<bind nodeset=\"/data/sum\" readonly=\"true()\" calculate=\"concat('*', /data/name)\"/><bind nodeset=\"/data/last\" required=\"true()\"/>"
  "</model></h:head><h:body>"
  "<group appearance=\"field-list\"><label>Một</label>"
  "<select1 ref=\"/data/a\"><label>A</label><item><label>Có</label><value>yes</value></item><item><label>Không</label><value>no</value></item></select1>"
  "<input ref=\"/data/name\"><label>Tên</label></input></group>"
  "<group appearance=\"field-list\"><label>Hai</label><input ref=\"/data/here\"><label>Ở đây</label></input>"
  "<input ref=\"/data/deep\"><label>Của <output value=\"/data/name\"/></label></input>"
  "<select1 ref=\"/data/kind\"><label>Loại</label><itemset nodeset=\"instance('kinds')/root/item[few = 'yes' or /data/a = 'no']\">"
  "<value ref=\"name\"/><label ref=\"label\"/></itemset></select1>"
  "<input ref=\"/data/sum\"><label>Tính ra</label></input></group>"
  "<group appearance=\"field-list\"><label>Ba</label><input ref=\"/data/only\"><label>Chỉ khi có</label></input></group>"
  "<group appearance=\"field-list\"><label>Bốn</label><input ref=\"/data/last\"><label>Cuối</label></input></group>"
  "<group appearance=\"field-list more\"><label>Thêm</label><input ref=\"/data/extra\"><label>Thêm nữa</label></input></group>"
  "<group appearance=\"more\"><label>Danh sách</label><repeat nodeset=\"/data/item\">"
  "<input ref=\"/data/item/what\"><label>Gì</label></input></repeat></group>"
  "</h:body></h:html>";

typedef struct {
  SobanStore *store;
  SobanWindow *window;
  SobanEntryPage *page;
  SobanEntry *entry;
} Walk;

static void
open_form (Walk *walk, const char *model_and_body)
{
  g_autofree char *text = g_strconcat (head, model_and_body, NULL);
  g_autoptr (GBytes) xml = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanForm) form = soban_form_parse (xml, &error);

  g_assert_no_error (error);
  soban_form_library_add (soban_store_get_forms (walk->store), form);
  gtk_widget_activate_action (GTK_WIDGET (walk->window), "win.new", "s", soban_form_get_id (form));
  sample_wait (ui_has_entry, walk->window);
  walk->page = SOBAN_ENTRY_PAGE (ui_get_top (walk->window));
  walk->entry = soban_entry_page_get_entry (walk->page);
}

static void
set_up (Walk *walk, gconstpointer form)
{
  walk->store = sample_store_new ();
  sample_store_begin (walk->store);
  walk->window = ui_open_window (walk->store);
  open_form (walk, form);
}

static void
tear_down (Walk *walk, gconstpointer form)
{
  ui_close_window (walk->window);
  sample_store_free (walk->store);
}

static void
get_ready (Walk *walk)
{
  sample_wait_for (soban_entry_page_is_ready, walk->page);
}

static void
next (Walk *walk)
{
  soban_entry_page_next (walk->page);
  sample_settle ();
}

static void
back (Walk *walk)
{
  soban_entry_page_back (walk->page);
  sample_settle ();
}

static GtkWidget *
find (Walk *walk, const char *path)
{
  return controls_form_find_view (walk->page, path);
}

static gboolean
is_seen (Walk *walk, const char *path)
{
  GtkWidget *view = find (walk, path);

  return view != NULL && gtk_widget_get_mapped (view);
}

static gboolean
reads (Walk *walk, const char *text)
{
  return sample_find (GTK_WIDGET (walk->page), GTK_TYPE_LABEL, text) != NULL;
}

static SobanPageDeck *
find_deck (Walk *walk, const char *path)
{
  return SOBAN_PAGE_DECK (gtk_widget_get_ancestor (find (walk, path), SOBAN_TYPE_PAGE_DECK));
}

static guint
count_sheets (SobanPageDeck *deck)
{
  guint sheets = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (deck)); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    sheets++;
  }
  return sheets;
}

/* Number 1: with all ready there is the page seen, the next one and the one before, and none of many questions. */
static void
test_three_sheets (Walk *walk, gconstpointer form)
{
  SobanPageDeck *deck = find_deck (walk, "name");

  soban_entry_set (walk->entry, "a", "yes");
  soban_entry_set (walk->entry, "last", "x");
  get_ready (walk);
  g_assert_nonnull (find (walk, "deep"));
  g_assert_false (is_seen (walk, "deep"));
  g_assert_null (find (walk, "only"));
  g_assert_cmpuint (count_sheets (deck), ==, 2);
  while (!soban_entry_page_is_review (walk->page)) {
    next (walk);
    get_ready (walk);
    g_assert_cmpuint (count_sheets (deck), <=, 3);
  }
  g_assert_null (find (walk, "name"));
  g_assert_nonnull (find (walk, "last"));
}

static char *
make_many (void)
{
  g_autoptr (GString) text = g_string_new ("<instance><data id=\"many\" version=\"1\"><a/>");

  for (guint i = 0; i < MANY; i++) {
    g_string_append_printf (text, "<q%u/>", i);
  }
  g_string_append (text, "</data></instance></model></h:head><h:body><input ref=\"/data/a\"><label>A</label></input><group appearance=\"field-list\">");
  for (guint i = 0; i < MANY; i++) {
    g_string_append_printf (text, "<input ref=\"/data/q%u\"><label>Q%u</label></input>", i, i);
  }
  g_string_append (text, "</group></h:body></h:html>");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_many_questions (Walk *walk, gconstpointer form)
{
  g_autofree char *many = make_many ();

  gtk_widget_activate_action (GTK_WIDGET (walk->window), "win.back", NULL);
  open_form (walk, many);
  get_ready (walk);
  g_assert_null (find (walk, "q0"));
  next (walk);
  g_assert_true (is_seen (walk, "q29"));
  get_ready (walk);
  next (walk);
  get_ready (walk);
  g_assert_true (soban_entry_page_is_review (walk->page));
  g_assert_null (find (walk, "q0"));
}

static void
check_second (Walk *walk, gboolean few, const char *name)
{
  g_autofree char *label = g_strconcat ("Của ", name, NULL);
  g_autofree char *sum = g_strconcat ("*", name, NULL);

  g_assert_true (is_seen (walk, "deep"));
  g_assert_cmpint (is_seen (walk, "here"), ==, few);
  g_assert_true (reads (walk, label));
  g_assert_true (reads (walk, sum));
  g_assert_cmpstr (G_OBJECT_TYPE_NAME (find (walk, "kind")), ==, few ? "SobanQuestionChoice" : "SobanQuestionPicker");
}

static void
answer (Walk *walk, const char *a, const char *name, gboolean wait)
{
  soban_entry_set (walk->entry, "a", a);
  soban_entry_set (walk->entry, "name", name);
  if (wait) {
    get_ready (walk);
  }
}

/* Number 2: relevance, labels, what is worked out, choices and how they are asked, forward and back; told at once or a while before. */
static void
test_never_stale (Walk *walk, gconstpointer form)
{
  for (gboolean wait = FALSE; wait <= TRUE; wait++) {
    answer (walk, "yes", "Sua", TRUE);
    g_assert_nonnull (find (walk, "here"));
    answer (walk, "no", "Mỷ", wait);
    next (walk);
    check_second (walk, FALSE, "Mỷ");
    get_ready (walk);
    answer (walk, "yes", "Dợ", wait);
    back (walk);
    g_assert_true (is_seen (walk, "name"));
    g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (sample_find (find (walk, "name"), GTK_TYPE_ENTRY, NULL))), ==, "Dợ");
    next (walk);
    check_second (walk, TRUE, "Dợ");
    back (walk);
  }
}

/* Number 2: a page that was ready and is relevant no more is not come by. */
static void
test_irrelevant_ahead (Walk *walk, gconstpointer form)
{
  answer (walk, "yes", "Sua", FALSE);
  next (walk);
  get_ready (walk);
  g_assert_nonnull (find (walk, "only"));
  soban_entry_set (walk->entry, "a", "no");
  next (walk);
  g_assert_false (is_seen (walk, "only"));
  g_assert_true (is_seen (walk, "last"));
  soban_entry_set (walk->entry, "a", "yes");
  back (walk);
  g_assert_true (is_seen (walk, "only"));
}

/* Number 2: the review that was ready is of the answers as they are. */
static void
test_review_ahead (Walk *walk, gconstpointer form)
{
  soban_entry_set (walk->entry, "last", "Đỏ");
  soban_entry_page_show_question (walk->page, "last");
  get_ready (walk);
  soban_entry_set (walk->entry, "last", "Xanh");
  next (walk);
  g_assert_true (reads (walk, "Xanh"));
  g_assert_false (reads (walk, "Đỏ"));
  get_ready (walk);
  back (walk);
  soban_entry_set (walk->entry, "last", "Vàng");
  get_ready (walk);
  next (walk);
  g_assert_true (reads (walk, "Vàng"));
  g_assert_false (reads (walk, "Xanh"));
}

/* What was told on a page is not told on it when it is come back to; it was left once. */
static void
test_told_before (Walk *walk, gconstpointer form)
{
  GtkWidget *entry;

  soban_entry_page_show_question (walk->page, "last");
  next (walk);
  entry = sample_find (find (walk, "last"), GTK_TYPE_ENTRY, NULL);
  g_assert_true (gtk_test_accessible_has_state (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_STATE_INVALID));
  next (walk);
  g_assert_true (soban_entry_page_is_review (walk->page));
  back (walk);
  entry = sample_find (find (walk, "last"), GTK_TYPE_ENTRY, NULL);
  g_assert_false (gtk_test_accessible_has_state (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_STATE_INVALID));
}

static void
check_hidden (Walk *walk, const char *path, gboolean hidden)
{
  GtkWidget *sheet = gtk_widget_get_ancestor (find (walk, path), SOBAN_TYPE_PAGE_SHEET);

  gtk_test_accessible_assert_state (GTK_ACCESSIBLE (sheet), GTK_ACCESSIBLE_STATE_HIDDEN, hidden);
}

/* Neither a key nor a screen reader gets to a page that is not seen; who is on a page with the keyboard is on the next one then. */
static void
test_focus (Walk *walk, gconstpointer form)
{
  GtkRoot *root = GTK_ROOT (walk->window);

  get_ready (walk);
  check_hidden (walk, "name", FALSE);
  check_hidden (walk, "deep", TRUE);
  gtk_widget_grab_focus (sample_find (find (walk, "name"), GTK_TYPE_ENTRY, NULL));
  next (walk);
  g_assert_nonnull (gtk_widget_get_ancestor (gtk_root_get_focus (root), SOBAN_TYPE_QUESTION_VIEW));
  g_assert_true (gtk_widget_get_mapped (gtk_root_get_focus (root)));
  get_ready (walk);
  check_hidden (walk, "name", TRUE);
  check_hidden (walk, "deep", FALSE);
  for (guint i = 0; i < TABS; i++) {
    gtk_widget_child_focus (GTK_WIDGET (walk->window), GTK_DIR_TAB_FORWARD);
    g_assert_true (gtk_root_get_focus (root) == NULL || gtk_widget_get_mapped (gtk_root_get_focus (root)));
  }
}

/* Name and place of the question that has the focus. */
static void
check_focus (Walk *walk, const char *path, GType type, guint place)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (walk->window));
  guint before = 0;

  g_assert_nonnull (focus);
  g_assert_true (gtk_widget_is_ancestor (focus, find (walk, path)));
  g_assert_true (G_TYPE_CHECK_INSTANCE_TYPE (focus, type));
  while ((focus = gtk_widget_get_prev_sibling (focus)) != NULL) {
    before++;
  }
  g_assert_cmpuint (before, ==, place);
}

/* A page that was never laid out is entered at its first question all the same, that at its chosen row; asked for again it stays there. */
static void
test_first_focus (Walk *walk, gconstpointer form)
{
  soban_entry_set (walk->entry, "a", "yes");
  gtk_widget_grab_focus (sample_find (find (walk, "name"), GTK_TYPE_ENTRY, NULL));
  get_ready (walk);
  soban_entry_page_next (walk->page);
  check_focus (walk, "here", GTK_TYPE_TEXT, 0);
  soban_entry_page_show_question (walk->page, "kind");
  check_focus (walk, "kind", GTK_TYPE_CHECK_BUTTON, 0);
  soban_entry_page_show_question (walk->page, "kind");
  check_focus (walk, "kind", GTK_TYPE_CHECK_BUTTON, 0);
  soban_entry_page_back (walk->page);
  check_focus (walk, "a", GTK_TYPE_CHECK_BUTTON, 0);
  soban_entry_set (walk->entry, "a", "no");
  soban_entry_page_next (walk->page);
  check_focus (walk, "deep", GTK_TYPE_TEXT, 0);
  soban_entry_page_back (walk->page);
  check_focus (walk, "a", GTK_TYPE_CHECK_BUTTON, 1);
}

static const char numbers[] =
  "<instance><data id=\"numbers\" version=\"1\"><name/><people/><weight/></data></instance>"
  "<bind nodeset=\"/data/people\" type=\"int\" required=\"true()\"/><bind nodeset=\"/data/weight\" type=\"decimal\"/>"
  "</model></h:head><h:body><input ref=\"/data/name\"><label>Tên</label></input>"
  "<group appearance=\"field-list\"><label>Số</label><input ref=\"/data/people\"><label>Số người</label></input>"
  "<input ref=\"/data/weight\"><label>Số cân</label></input></group></h:body></h:html>";

static void
check_typing (Walk *walk, const char *path)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (walk->window));

  g_assert_true (GTK_IS_TEXT (focus));
  g_assert_true (gtk_widget_is_ancestor (focus, find (walk, path)));
}

/* By whichever way the keyboard comes to a number, what is typed is the number; what counts down is a step back from there. */
static void
test_number_focus (Walk *walk, gconstpointer form)
{
  gtk_widget_activate_action (GTK_WIDGET (walk->window), "win.back", NULL);
  open_form (walk, numbers);
  gtk_widget_grab_focus (sample_find (find (walk, "name"), GTK_TYPE_ENTRY, NULL));
  get_ready (walk);
  soban_entry_page_next (walk->page);
  check_typing (walk, "people");
  gtk_widget_child_focus (GTK_WIDGET (walk->window), GTK_DIR_TAB_BACKWARD);
  g_assert_true (GTK_IS_BUTTON (gtk_root_get_focus (GTK_ROOT (walk->window))));
  soban_entry_page_next (walk->page);
  check_typing (walk, "people");
  soban_entry_page_show_review (walk->page);
  gtk_widget_activate_action (GTK_WIDGET (walk->page), "entry.answer", "s", "weight");
  check_typing (walk, "weight");
  soban_entry_page_show_review (walk->page);
  soban_entry_page_show_missing (walk->page, "people");
  check_typing (walk, "people");
}

static void
open_from_home (Walk *walk, gboolean by_key)
{
  gtk_widget_activate_action (GTK_WIDGET (walk->window), "win.back", NULL);
  sample_wait (ui_has_no_entry, walk->window);
  gtk_widget_grab_focus (sample_find (ui_get_top (walk->window), GTK_TYPE_BUTTON, NULL));
  /* As a key that is pressed does. */
  gtk_window_set_focus_visible (GTK_WINDOW (walk->window), by_key);
  open_form (walk, numbers);
}

/* Opened by a key, a form has the keyboard at its first question; by a finger, at none: an on-screen keyboard would come. */
static void
test_open_focus (Walk *walk, gconstpointer form)
{
  open_from_home (walk, TRUE);
  check_focus (walk, "name", GTK_TYPE_TEXT, 0);
  open_from_home (walk, FALSE);
  g_assert_null (gtk_widget_get_ancestor (gtk_root_get_focus (GTK_ROOT (walk->window)), SOBAN_TYPE_QUESTION_VIEW));
}

static char *
make_tall (void)
{
  g_autoptr (GString) text = g_string_new ("<instance><data id=\"tall\" version=\"1\"><a/><q/></data></instance></model></h:head><h:body>"
                                           "<input ref=\"/data/a\"><label>A</label></input><select1 ref=\"/data/q\"><label>");

  for (guint i = 0; i < MANY; i++) {
    g_string_append (text, "Câu hỏi dài ");
  }
  g_string_append (text, "</label>");
  for (guint i = 0; i < TALL_ROWS; i++) {
    g_string_append_printf (text, "<item><label>Hàng %u</label><value>v%u</value></item>", i, i);
  }
  g_string_append (text, "</select1></h:body></h:html>");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
can_be_scrolled (gpointer scroller)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (scroller);

  return gtk_adjustment_get_upper (adjustment) > gtk_adjustment_get_page_size (adjustment);
}

/* What is higher than the window is begun at its words. */
static void
test_tall (Walk *walk, gconstpointer form)
{
  g_autofree char *tall = make_tall ();
  GtkWidget *scroller;

  gtk_widget_activate_action (GTK_WIDGET (walk->window), "win.back", NULL);
  open_form (walk, tall);
  get_ready (walk);
  gtk_widget_grab_focus (sample_find (find (walk, "a"), GTK_TYPE_ENTRY, NULL));
  next (walk);
  check_focus (walk, "q", GTK_TYPE_CHECK_BUTTON, 0);
  scroller = gtk_widget_get_ancestor (find (walk, "q"), GTK_TYPE_SCROLLED_WINDOW);
  sample_wait (can_be_scrolled, scroller);
  sample_settle ();
  g_assert_cmpint (gtk_widget_get_height (find (walk, "q")), >, gtk_widget_get_height (scroller));
  /* Not by the question's place: that follows a frame later. */
  g_assert_cmpfloat (gtk_adjustment_get_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller))), ==, 0);
}

typedef struct {
  GtkAdjustment *adjustment;
  double value;
  guint frames; /* for how many it has stayed there */
} Rest;

static gboolean
on_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Rest *rest = data;
  double value = gtk_adjustment_get_value (rest->adjustment);

  rest->frames = value == rest->value ? rest->frames + 1 : 0;
  rest->value = value;
  return G_SOURCE_CONTINUE;
}

static gboolean
has_come_to_rest (gpointer data)
{
  return ((Rest *)data)->frames >= FRAMES_AT_REST;
}

/* Until it has been scrolled to where it stays. */
static void
wait_for_rest (GtkWidget *scroller)
{
  Rest rest = { gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller)), -1, 0 };
  guint id = gtk_widget_add_tick_callback (scroller, on_frame, &rest, NULL);

  sample_wait (has_come_to_rest, &rest);
  gtk_widget_remove_tick_callback (scroller, id);
}

static char *
make_long (void)
{
  g_autoptr (GString) text = g_string_new ("<instance><data id=\"long\" version=\"1\">");

  for (guint i = 0; i < LONG; i++) {
    g_string_append_printf (text, "<q%u/>", i);
  }
  g_string_append (text, "</data></instance><bind nodeset=\"/data/q0\" required=\"true()\"/></model></h:head><h:body>"
                         "<group appearance=\"field-list\">");
  for (guint i = 0; i < LONG; i++) {
    g_string_append_printf (text, "<input ref=\"/data/q%u\"><label>Q%u</label></input>", i, i);
  }
  g_string_append (text, "</group></h:body></h:html>");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
check_in_view (GtkWidget *widget, GtkWidget *scroller)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (widget, scroller, &bounds));
  g_assert_cmpfloat (bounds.origin.y, >=, 0);
  g_assert_cmpfloat (bounds.origin.y + bounds.size.height, <=, gtk_widget_get_height (scroller));
}

/* What Next tells is wrong is seen with its words above it, from wherever it was pressed, and as often as it is told. */
static void
test_told_in_view (Walk *walk, gconstpointer form)
{
  g_autofree char *text = make_long ();
  GtkWidget *scroller;

  gtk_widget_activate_action (GTK_WIDGET (walk->window), "win.back", NULL);
  open_form (walk, text);
  get_ready (walk);
  scroller = gtk_widget_get_ancestor (find (walk, "q0"), GTK_TYPE_SCROLLED_WINDOW);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
  for (guint i = 0; i < 2; i++) {
    gtk_widget_grab_focus (sample_find (find (walk, "q19"), GTK_TYPE_ENTRY, NULL));
    wait_for_rest (scroller);
    g_assert_cmpfloat (gtk_adjustment_get_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller))), >, 0);
    soban_entry_page_next (walk->page);
    wait_for_rest (scroller);
    check_focus (walk, "q0", GTK_TYPE_TEXT, 0);
    check_in_view (find (walk, "q0"), scroller);
    /* To the review, which leads back to it. */
    soban_entry_page_next (walk->page);
    soban_entry_page_show_missing (walk->page, "q0");
  }
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
}

typedef struct {
  Walk *walk;
  int width;
} Wider;

static gboolean
is_wider (gpointer data)
{
  Wider *wider = data;

  return is_seen (wider->walk, "deep") && gtk_widget_get_width (find (wider->walk, "deep")) > wider->width;
}

static int
measure_letters (Walk *walk)
{
  GtkWidget *title = sample_find (find (walk, "deep"), GTK_TYPE_LABEL, NULL);
  int height;

  pango_layout_get_pixel_size (gtk_label_get_layout (GTK_LABEL (title)), NULL, &height);
  return height;
}

/* What was laid out for another width, or another size of letters, is laid out anew. */
static void
test_width_and_letters (Walk *walk, gconstpointer form)
{
  Wider wider = { walk, 360 };
  int dpi, before;

  get_ready (walk);
  gtk_window_set_default_size (GTK_WINDOW (walk->window), 600, 640);
  next (walk);
  sample_wait (is_wider, &wider);
  before = measure_letters (walk);
  back (walk);
  get_ready (walk);
  g_object_get (gtk_settings_get_default (), "gtk-xft-dpi", &dpi, NULL);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 2 * dpi, NULL);
  next (walk);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (walk->window));
  g_assert_cmpint (measure_letters (walk), >, before * 3 / 2);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", dpi, NULL);
}

/* Number 4. */
static void
test_memory_short (Walk *walk, gconstpointer form)
{
  SobanPageDeck *deck = find_deck (walk, "name");

  get_ready (walk);
  g_assert_cmpuint (count_sheets (deck), ==, 2);
  g_signal_emit_by_name (g_object_get_data (G_OBJECT (deck), "soban-memory-monitor"), "low-memory-warning", G_MEMORY_MONITOR_WARNING_LEVEL_LOW);
  g_assert_cmpuint (count_sheets (deck), ==, 1);
  g_assert_true (is_seen (walk, "name"));
  next (walk);
  g_assert_true (is_seen (walk, "deep"));
}

/* page-flow.h 2: details lie beside the way; each is passed by one tap, and Back leads out of them. */
static void
test_details (Walk *walk, gconstpointer form)
{
  soban_entry_set (walk->entry, "a", "no");
  soban_entry_set (walk->entry, "last", "x");
  next (walk);
  g_assert_true (is_seen (walk, "deep"));
  next (walk);
  g_assert_true (is_seen (walk, "last"));
  next (walk);
  g_assert_true (soban_entry_page_is_review (walk->page));
  gtk_widget_activate_action (GTK_WIDGET (walk->page), "entry.details", NULL);
  g_assert_true (is_seen (walk, "extra"));
  next (walk);
  g_assert_true (reads (walk, "Danh sách"));
  back (walk);
  g_assert_true (is_seen (walk, "extra"));
  back (walk);
  g_assert_true (soban_entry_page_is_review (walk->page));
  gtk_widget_activate_action (GTK_WIDGET (walk->page), "entry.details", NULL);
  next (walk);
  next (walk);
  g_assert_true (soban_entry_page_is_review (walk->page));
  back (walk);
  g_assert_true (is_seen (walk, "last"));
}

/* page-flow.h 3: from an item back to its list, which tells what was answered there, each time. */
static void
test_items (Walk *walk, gconstpointer form)
{
  g_autofree char *item = soban_entry_add_repeat (walk->entry, "item", NULL);
  g_autofree char *what = g_strconcat (item, "/what", NULL);
  const char *const answers[] = { "Bò", "Trâu" };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autofree char *title = g_strconcat ("1. ", answers[i], NULL);

    gtk_widget_activate_action (GTK_WIDGET (walk->page), "entry.item", "s", item);
    g_assert_true (is_seen (walk, what));
    get_ready (walk);
    soban_entry_set (walk->entry, what, answers[i]);
    next (walk);
    g_assert_true (reads (walk, "Danh sách"));
    g_assert_true (reads (walk, title));
    get_ready (walk);
  }
  next (walk);
  g_assert_true (soban_entry_page_is_review (walk->page));
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
#define ADD(path, func) g_test_add ("/pages/" path, Walk, pages, set_up, func, tear_down)
  ADD ("three-sheets", test_three_sheets);
  ADD ("many-questions", test_many_questions);
  ADD ("never-stale", test_never_stale);
  ADD ("irrelevant-ahead", test_irrelevant_ahead);
  ADD ("review-ahead", test_review_ahead);
  ADD ("told-before", test_told_before);
  ADD ("focus", test_focus);
  ADD ("first-focus", test_first_focus);
  ADD ("open-focus", test_open_focus);
  ADD ("number-focus", test_number_focus);
  ADD ("tall", test_tall);
  ADD ("told-in-view", test_told_in_view);
  ADD ("width-and-letters", test_width_and_letters);
  ADD ("memory-short", test_memory_short);
  ADD ("details", test_details);
  ADD ("items", test_items);
  return g_test_run ();
}
