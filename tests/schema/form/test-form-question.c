/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "form-fixture.h"

static void
assert_label (SobanFormInstance *instance, const char *path, const char *label)
{
  g_autoptr (SobanQuestion) question = soban_form_instance_get_question (instance, path);
  g_assert_nonnull (question);
  g_assert_cmpstr (question->label, ==, label);
}

static void
assert_answer (SobanFormInstance *instance, const char *path, const char *text)
{
  g_autofree char *answer = soban_form_instance_get_answer_text (instance, path);
  g_assert_cmpstr (answer, ==, text);
}

/* "value=label value=label" */
static void
assert_choices (SobanFormInstance *instance, const char *path, const char *expected)
{
  g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (instance, path);
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < choices->len; i++) {
    const SobanChoice *choice = g_ptr_array_index (choices, i);
    g_string_append_printf (text, "%s%s=%s", i > 0 ? " " : "", choice->value, choice->label);
  }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_question (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance =
    form_fixture_open (fixture, "<a>5</a><b/><grp><c/></grp><hidden/>",
                       "<bind nodeset=\"/data/a\" type=\"int\" required=\"true()\" sb:level=\"S2\"/>"
                       "<bind nodeset=\"/data/b\" type=\"decimal\" relevant=\"/data/a = 6\" required=\"/data/a = 6\"/>"
                       "<bind nodeset=\"/data/grp\" readonly=\"/data/a = 6\"/>",
                       "<input ref=\"/data/a\" appearance=\" numbers  w1 \"><label>A</label><hint>Only <output "
                       "value=\"/data/a\"/>?</hint></input>"
                       "<group appearance=\"more\"><range ref=\"/data/b\" start=\"1\" end=\"10\" "
                       "step=\"0.5\"><label>B</label></range></group>"
                       "<input ref=\"/data/grp/c\"><label>C</label></input>");
  g_autoptr (SobanQuestion) a = soban_form_instance_get_question (instance, "a");
  g_assert_cmpint (a->control, ==, SOBAN_CONTROL_INPUT);
  g_assert_cmpint (a->type, ==, SOBAN_TYPE_INT);
  g_assert_cmpstr (a->hint, ==, "Only 5?");
  g_assert_cmpstr (a->appearance, ==, "numbers  w1");
  g_assert_cmpstr (a->value, ==, "5");
  g_assert_true (a->relevant && a->required && !a->readonly && !a->optional_part);
  g_assert_cmpint (a->level, ==, SOBAN_LEVEL_PERSONAL);

  g_autoptr (SobanQuestion) b = soban_form_instance_get_question (instance, "b");
  g_assert_cmpint (b->control, ==, SOBAN_CONTROL_RANGE);
  g_assert_true (!b->relevant && !b->required && b->optional_part);
  g_assert_cmpfloat (b->range_step, ==, 0.5);
  g_assert_true (isnan (a->range_start));
  form_fixture_set (instance, "a", "6");
  g_autoptr (SobanQuestion) later = soban_form_instance_get_question (instance, "b");
  g_assert_true (later->relevant && later->required);
  g_autoptr (SobanQuestion) c = soban_form_instance_get_question (instance, "grp/c");
  g_assert_true (c->readonly);
  g_assert_null (soban_form_instance_get_question (instance, "hidden"));
  g_assert_null (soban_form_instance_get_question (instance, "nothing"));
}

static void
test_media (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance = form_fixture_open (
    fixture, "<kind>b</kind><n/><plain/>",
    "<itext><translation lang=\"vi\" default=\"true()\">"
    "<text id=\"kind\"><value>Loại</value><value form=\"audio\">jr://audio/kind.mp3</value>"
    "<value form=\"image\">jr://images/<output value=\"/data/kind\"/>.png</value></text>"
    "<text id=\"kind:hint\"><value>Một</value><value form=\"guidance\">Chọn một loại đã <output value=\"/data/kind\"/></value></text>"
    "<text id=\"a\"><value>A</value><value form=\"big-image\">jr://images/big.png</value></text>"
    "<text id=\"b\"><value form=\"video\">jr://video/b.mp4</value></text>"
    "<text id=\"only\"><value form=\"guidance\">Chỉ có lời này</value></text>"
    "</translation></itext>",
    "<select1 ref=\"/data/kind\"><label ref=\"jr:itext('kind')\"/><hint ref=\"jr:itext('kind:hint')\"/>"
    "<item><label ref=\"jr:itext('a')\"/><value>a</value></item><item><label ref=\"jr:itext('b')\"/><value>b</value></item></select1>"
    "<input ref=\"/data/n\"><label>N</label><hint ref=\"jr:itext('only')\"/></input><input ref=\"/data/plain\"><label>P</label></input>");
  g_autoptr (SobanQuestion) kind = soban_form_instance_get_question (instance, "kind");
  g_assert_cmpstr (kind->label, ==, "Loại");
  g_assert_cmpstr (kind->media.audio, ==, "jr://audio/kind.mp3");
  g_assert_cmpstr (kind->media.image, ==, "jr://images/b.png");
  g_assert_null (kind->media.video);
  g_assert_cmpstr (kind->hint, ==, "Một");
  g_assert_cmpstr (kind->guidance, ==, "Chọn một loại đã b");

  g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (instance, "kind");
  const SobanChoice *a = g_ptr_array_index (choices, 0), *b = g_ptr_array_index (choices, 1);
  g_assert_cmpstr (a->label, ==, "A");
  g_assert_cmpstr (a->media.big_image, ==, "jr://images/big.png");
  g_assert_cmpstr (b->label, ==, "");
  g_assert_cmpstr (b->media.video, ==, "jr://video/b.mp4");

  /* Guidance that stands alone is the hint, not twice the same. */
  g_autoptr (SobanQuestion) n = soban_form_instance_get_question (instance, "n");
  g_assert_cmpstr (n->hint, ==, "Chỉ có lời này");
  g_assert_null (n->guidance);
  g_autoptr (SobanQuestion) plain = soban_form_instance_get_question (instance, "plain");
  g_assert_null (plain->media.audio);
}

static void
test_controls (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance = form_fixture_open (
    fixture, "<a/><b/><c/><d/><e/><f/><g/><note/><odd>kept</odd>", "<bind nodeset=\"/data/note\" readonly=\"true()\"/>",
    "<input ref=\"/data/a\"/><select1 ref=\"/data/b\"/><select ref=\"/data/c\"/><odk:rank ref=\"/data/d\"/><upload "
    "ref=\"/data/e\"/>"
    "<trigger ref=\"/data/f\"/><range ref=\"/data/g\"/><input ref=\"/data/note\"><label>Read me</label></input>"
    "<odk:recordaudio ref=\"/data/odd\"><label>Odd</label></odk:recordaudio>");
  static const char paths[][5] = { "a", "b", "c", "d", "e", "f", "g", "note", "odd" };
  static const SobanControl controls[] = {
    SOBAN_CONTROL_INPUT,   SOBAN_CONTROL_SELECT1, SOBAN_CONTROL_SELECT, SOBAN_CONTROL_RANK, SOBAN_CONTROL_UPLOAD,
    SOBAN_CONTROL_TRIGGER, SOBAN_CONTROL_RANGE,   SOBAN_CONTROL_NOTE,   SOBAN_CONTROL_NOTE,
  };
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (SobanQuestion) question = soban_form_instance_get_question (instance, paths[i]);
    g_assert_cmpint (question->control, ==, controls[i]);
  }
  assert_value (instance, "odd", "kept");
  assert_label (instance, "odd", "Odd");
}

static void
test_translation (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  form_fixture_translate (
    fixture, "Women (<output value=\"/data/female\"/>) cannot exceed the total (<output value=\"/data/total\"/>).",
    "Tổng số (<output value=\"/data/total\"/>) không nhỏ hơn số nữ (<output value=\"/data/female\"/>).");
  form_fixture_translate (fixture, "Yes &amp; no &lt; \"all\"", "Có &amp; không");
  form_fixture_translate (fixture, "Please check.", "Xem lại < & nhé.");
  form_fixture_translate (fixture, "Broken <output value=\"/data/total\"/>", "Hỏng <output");
  form_fixture_translate (fixture, "Choice", "Lựa chọn");
  g_autoptr (SobanFormInstance) instance = form_fixture_open (
    fixture, "<total>5</total><female>7</female><a/><b/><c>1</c>",
    "<bind nodeset=\"/data/c\" constraint=\". = 2\" jr:constraintMsg=\"Please check.\"/>",
    "<input ref=\"/data/total\"><label>Women (<output value=\"/data/female\"/>)\n   cannot exceed the total\t(<output "
    "value=\"/data/total\"></output>).</label></input>"
    "<input ref=\"/data/female\"><label>Yes &amp; no &lt; \"all\"</label></input>"
    "<input ref=\"/data/a\"><label>Broken <output value=\"/data/total\"/></label></input>"
    "<select1 ref=\"/data/b\"><label>Not translated</label><item><label>Choice</label><value>x</value></item></select1>"
    "<input ref=\"/data/c\"/>");
  assert_label (instance, "total", "Tổng số (5) không nhỏ hơn số nữ (7).");
  form_fixture_set (instance, "total", "6");
  assert_label (instance, "total", "Tổng số (6) không nhỏ hơn số nữ (7).");
  assert_label (instance, "female", "Có & không");
  assert_label (instance, "a", "Broken 6");
  assert_label (instance, "b", "Not translated");
  assert_choices (instance, "b", "x=Lựa chọn");
  assert_problem (instance, "c", SOBAN_PROBLEM_CONSTRAINT, "Xem lại < & nhé.");
}

static void
test_itext_of_msgids (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  form_fixture_translate (fixture, "later than <output value=\".\"/>", "sau <output value=\".\"/>");
  g_autoptr (SobanFormInstance) instance = form_fixture_open (
    fixture, "<d>2026-11-23</d>",
    "<itext><translation lang=\"en\"><text id=\"d:rule\"><value><output value=\"if(. &gt; today(), jr:itext('after'), "
    "jr:itext('before'))\"/></value></text><text id=\"after\"><value>later than <output value=\".\"/></value></text>"
    "<text id=\"before\"><value>too early</value></text></translation></itext>"
    "<bind nodeset=\"/data/d\" type=\"date\" constraint=\". &lt;= today() and . &gt; date('2021-10-14')\" "
    "jr:constraintMsg=\"jr:itext('d:rule')\"/>",
    "<input ref=\"/data/d\"><label>Day</label></input>");
  assert_problem (instance, "d", SOBAN_PROBLEM_CONSTRAINT, "sau 2026-11-23");
  form_fixture_set (instance, "d", "2020-01-01");
  assert_problem (instance, "d", SOBAN_PROBLEM_CONSTRAINT, "too early");
}

static void
test_itext_languages (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  const char *itext =
    "<itext><translation lang=\"English (en)\" default=\"true()\"><text id=\"q\"><value "
    "form=\"image\">jr://images/a.png</value>"
    "<value>Question <output value=\"/data/a\"/></value></text><text id=\"only\"><value>Only "
    "English</value></text></translation>"
    "<translation lang=\"Tiếng Việt (vi)\"><text id=\"q\"><value>Câu hỏi <output value=\"/data/a\"/></value></text>"
    "</translation></itext>";
  const char *body = "<input ref=\"/data/a\"><label ref=\"jr:itext('q')\"/></input><input ref=\"/data/b\"><label "
                     "ref=\"jr:itext(concat('on', 'ly'))\"/></input>";
  form_fixture_translate (fixture, "Only English", "never: this form speaks for itself");
  g_autoptr (SobanForm) form = form_fixture_parse ("<a>1</a><b/>", itext, body);
  g_assert_cmpuint (soban_form_get_languages (form)->len, ==, 2);
  g_autoptr (SobanFormInstance) vietnamese = form_fixture_open_form (fixture, form, NULL);
  assert_label (vietnamese, "a", "Câu hỏi 1");
  assert_label (vietnamese, "b", "Only English");
  fixture->host.language = "en";
  g_autoptr (SobanFormInstance) english = form_fixture_open_form (fixture, form, NULL);
  assert_label (english, "a", "Question 1");
  fixture->host.language = "fr";
  g_autoptr (SobanFormInstance) french = form_fixture_open_form (fixture, form, NULL);
  assert_label (french, "a", "Question 1");
}

#define COMMUNES                                                                                                       \
  "<root><item><name>c1</name><label>Xã Một</label><province>p1</province><valid_to/></item>"                       \
  "<item><name>c2</name><label>Xã Hai</label><province>p1</province><valid_to>2025-06-30</valid_to></item>"           \
  "<item><name>c3</name><label>Xã Ba</label><province>p2</province><valid_to/></item></root>"

static void
check_communes (SobanFormInstance *instance)
{
  assert_choices (instance, "commune", "");
  form_fixture_set (instance, "province", "p1");
  assert_choices (instance, "commune", "c1=Xã Một c2=Xã Hai");
  form_fixture_set (instance, "day", "2026-01-01");
  assert_choices (instance, "commune", "c1=Xã Một");
  form_fixture_set (instance, "commune", "c2");
  assert_problem (instance, "commune", SOBAN_PROBLEM_CHOICE, NULL);
  assert_answer (instance, "commune", "Xã Hai");
  form_fixture_set (instance, "day", "2025-01-01");
  assert_no_problem (instance, "commune");
  form_fixture_set (instance, "province", "p2");
  assert_choices (instance, "commune", "c3=Xã Ba");
  assert_problem (instance, "commune", SOBAN_PROBLEM_CHOICE, NULL);
}

static void
open_communes (FormFixture *fixture, const char *instances, const char *nodeset)
{
  g_autofree char *body =
    g_strconcat ("<input ref=\"/data/province\"/><input ref=\"/data/day\"/><select1 ref=\"/data/commune\">"
                 "<label>Commune</label><itemset nodeset=\"",
                 nodeset, "\"><value ref=\"name\"/><label ref=\"label\"/></itemset></select1>", NULL);
  g_autoptr (SobanFormInstance) instance = form_fixture_open (fixture, "<province/><day/><commune/>", instances, body);
  check_communes (instance);
}

static void
test_itemsets (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  form_fixture_add_list (fixture, "jr://file-csv/units.csv", COMMUNES);
  const char *external = "<instance id=\"units\" src=\"jr://file-csv/units.csv\"/>";
  const char *internal = "<instance id=\"units\">" COMMUNES "</instance>";
  static const char *const nodesets[] = {
    "instance('units')/root/item[province = /data/province and not(valid_to &lt; /data/day)]",
    "instance('units')/root/item[ province= current()/../province ][not(valid_to &lt; /data/day)]",
    "instance('units')/root/item[/data/province = province and (valid_to = '' or not(valid_to &lt; /data/day))]",
    "instance('units')/root/item[not(valid_to &lt; /data/day) and (province = /data/province)]",
    "instance('units')/root/item[province = string(/data/province)][not(valid_to &lt; /data/day)]",
    "instance('units')/root/item[province = /data/province and not(valid_to &lt; /data/day)][position() &lt; 9]",
  };
  for (guint i = 0; i < G_N_ELEMENTS (nodesets); i++) {
    open_communes (fixture, external, nodesets[i]);
    open_communes (fixture, internal, nodesets[i]);
  }
}

static void
test_itemset_of_a_repeat (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance = form_fixture_open (
    fixture, "<p jr:template=\"\"><id/><name/></p><who/>", "<bind nodeset=\"/data/p/id\" calculate=\"position(..)\"/>",
    "<repeat nodeset=\"/data/p\"><input ref=\"/data/p/name\"/></repeat><select ref=\"/data/who\"><label>Who</label>"
    "<itemset nodeset=\"/data/p[name != '']\"><value ref=\"id\"/><label ref=\"name\"/></itemset></select>");
  assert_choices (instance, "who", "");
  for (guint i = 0; i < 2; i++) {
    g_autofree char *path = soban_form_instance_add_repeat (instance, "p", NULL);
    g_autofree char *name = g_strconcat (path, "/name", NULL);
    form_fixture_set (instance, name, i == 0 ? "Mai" : "Lan");
  }
  assert_choices (instance, "who", "1=Mai 2=Lan");
  form_fixture_set (instance, "who", "2 1");
  assert_answer (instance, "who", "Mai; Lan"); /* given the other way round: in the order of the list */
  assert_no_problem (instance, "who");
  form_fixture_set (instance, "who", "2 3");
  assert_problem (instance, "who", SOBAN_PROBLEM_CHOICE, NULL);
}

static void
test_missing_list (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance =
    form_fixture_open (fixture, "<a/>", "<instance id=\"gone\" src=\"jr://file-csv/gone.csv\"/>",
                       "<select1 ref=\"/data/a\"><itemset nodeset=\"instance('gone')/root/item\"><value "
                       "ref=\"name\"/><label ref=\"label\"/>"
                       "</itemset></select1>");
  assert_choices (instance, "a", "");
  form_fixture_set (instance, "a", "kept");
  assert_no_problem (instance, "a"); /* nothing can be said about it */
  assert_answer (instance, "a", "kept");
}

static void
test_answers (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  form_fixture_translate (fixture, "Yes", "Có");
  g_autoptr (SobanFormInstance) instance = form_fixture_open (
    fixture,
    "<int>7623</int><dec>-1234.50</dec><day>2021-10-14</day><month>2026-11-01</month><bool>true</bool><one>a b</one>"
    "<many>x  y zz</many><when>2026-11-22T07:05:00.000Z</when><wrong>twelve</wrong><empty/>",
    "<bind nodeset=\"/data/int\" type=\"int\"/><bind nodeset=\"/data/dec\" type=\"decimal\"/><bind "
    "nodeset=\"/data/day\" type=\"date\"/>"
    "<bind nodeset=\"/data/month\" type=\"date\"/><bind nodeset=\"/data/bool\" type=\"boolean\"/>"
    "<bind nodeset=\"/data/when\" type=\"dateTime\"/><bind nodeset=\"/data/wrong\" type=\"int\"/>",
    "<input ref=\"/data/month\" appearance=\"month-year\"/>"
    "<select1 ref=\"/data/one\"><item><label>A B</label><value>a b</value></item></select1>"
    "<select "
    "ref=\"/data/many\"><item><label>X</label><value>x</value></item><item><label>Y</label><value>y</value></item></"
    "select>");
  assert_answer (instance, "int", "7.623");
  assert_answer (instance, "dec", "-1.234,50");
  assert_answer (instance, "day", "14/10/2021");
  assert_answer (instance, "month", "11/2026");
  assert_answer (instance, "bool", "Có");
  assert_answer (instance, "one", "A B");
  assert_answer (instance, "many", "X; Y; zz");
  assert_answer (instance, "when", "14:05 22/11/2026");
  assert_answer (instance, "wrong", "twelve");
  assert_answer (instance, "empty", "");
  assert_answer (instance, "nothing", "");
}

static char *
describe_pages (SobanFormInstance *instance)
{
  g_autoptr (GPtrArray) pages = soban_form_instance_list_pages (instance);
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < pages->len; i++) {
    const SobanPage *page = g_ptr_array_index (pages, i);
    g_string_append_printf (text, "%s%s:", page->kind == SOBAN_PAGE_REPEAT ? "*" : "", page->title);
    for (guint j = 0; j < page->paths->len; j++) {
      g_auto (GStrv) parts = g_regex_split_simple ("\\[[^]]*\\]", g_ptr_array_index (page->paths, j), 0, 0);
      g_autofree char *plain = g_strjoinv ("[]", parts);
      g_string_append_printf (text, " %s", plain);
    }
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}

static void
test_pages (void)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_autoptr (SobanFormInstance) instance = form_fixture_open (
    fixture, "<a/><b/><c/><d/><rep jr:template=\"\"><x/><y/><z/></rep><gone><e/></gone>",
    "<bind nodeset=\"/data/b\" relevant=\"/data/a = 1\"/><bind nodeset=\"/data/rep\" relevant=\"/data/a != 2\"/>"
    "<bind nodeset=\"/data/gone\" relevant=\"false()\"/>",
    "<group appearance=\"field-list\"><label>One</label><input ref=\"/data/a\"/><group><input "
    "ref=\"/data/b\"/></group></group>"
    "<input ref=\"/data/c\"><label>See</label></input>"
    "<group ref=\"/data/gone\" appearance=\"field-list\"><label>Gone</label><input ref=\"/data/gone/e\"/></group>"
    "<group ref=\"/data/rep\"><label>Things</label><repeat nodeset=\"/data/rep\">"
    "<group appearance=\"field-list\"><label>Thing</label><input ref=\"/data/rep/x\"/><input "
    "ref=\"/data/rep/y\"/></group>"
    "<input ref=\"/data/rep/z\"/></repeat></group>"
    "<group><input ref=\"/data/d\"/></group>");
  g_autofree char *before = describe_pages (instance);
  g_assert_cmpstr (before, ==, "One: a\n: c\n*Things:\n: d\n");

  g_autofree char *path = soban_form_instance_add_repeat (instance, "rep", NULL);
  form_fixture_set (instance, "a", "1");
  g_autofree char *after = describe_pages (instance);
  g_assert_cmpstr (after, ==, "One: a b\n: c\n*Things: rep[]\nThing: rep[]/x rep[]/y\nThings · 1: rep[]/z\n: d\n");

  g_autoptr (GPtrArray) pages = soban_form_instance_list_pages (instance);
  const SobanPage *first = g_ptr_array_index (pages, 0);
  g_assert_cmpstr (first->id, ==, "a");
  g_assert_null (first->repeat_path);
  const SobanPage *list = g_ptr_array_index (pages, 2);
  g_assert_cmpstr (list->id, ==, "rep");
  g_assert_cmpstr (list->repeat_path, ==, "rep");
  g_assert_true (list->can_change);
  const SobanPage *thing = g_ptr_array_index (pages, 3);
  g_assert_cmpstr (thing->repeat_path, ==, path);

  form_fixture_set (instance, "a", "2");
  g_autofree char *without = describe_pages (instance);
  g_assert_cmpstr (without, ==, "One: a\n: c\n: d\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/form-question/question", test_question);
  g_test_add_func ("/form-question/controls", test_controls);
  g_test_add_func ("/form-question/media", test_media);
  g_test_add_func ("/form-question/translation", test_translation);
  g_test_add_func ("/form-question/itext-of-msgids", test_itext_of_msgids);
  g_test_add_func ("/form-question/itext-languages", test_itext_languages);
  g_test_add_func ("/form-question/itemsets", test_itemsets);
  g_test_add_func ("/form-question/itemset-of-a-repeat", test_itemset_of_a_repeat);
  g_test_add_func ("/form-question/missing-list", test_missing_list);
  g_test_add_func ("/form-question/answers", test_answers);
  g_test_add_func ("/form-question/pages", test_pages);
  return g_test_run ();
}
