/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two tablets answer the same question, neither knowing of the other: the record shows one answer, its history both,
 * and the one that was overtaken can be put back. */
#include "record/record-page.h"

#include "records/records-page.h"
#include "store/record-store.h"
#include "store/sync-store.h"
#include "ui.h"

#define OWN_TOTAL "41"
#define OTHER_TOTAL "58"

typedef struct {
  SobanStore *store;
  SobanWindow *window;
  SobanUuid id;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *day = sample_day (1);
  g_autofree char *id = NULL;

  fixture->store = sample_store_new ();
  sample_store_begin (fixture->store);
  sample_store_enrol (fixture->store, SAMPLE_DEAD_URL);
  id = sample_store_save (fixture->store, "communication_session", "activity_date", day, "commune_id", SAMPLE_COMMUNE,
                          "village_id", "other", "village_new", "Nà Lùng", "topics", "02", "method", "own_session",
                          "total", OWN_TOTAL, "female", "30", "minority", "40", "count_method", "head_count", NULL);
  g_assert_true (soban_uuid_parse (id, &fixture->id));
  fixture->window = ui_open_window (fixture->store);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ui_close_window (fixture->window);
  sample_store_free (fixture->store);
}

static void
receive_other_answer (Fixture *fixture)
{
  g_autofree char *id = soban_uuid_to_string (&fixture->id);

  sample_store_receive (fixture->store, id, "total", OTHER_TOTAL);
}

static GtkWidget *
find_text (Fixture *fixture, GType type, const char *msgid)
{
  return sample_find (GTK_WIDGET (fixture->window), type, g_dgettext ("soban", msgid));
}

static gboolean
has_history (gpointer data)
{
  return find_text (data, GTK_TYPE_EXPANDER, NULL) != NULL;
}

static gboolean
shows_overtaken (gpointer data)
{
  return find_text (data, GTK_TYPE_LABEL, "Someone else's answer took its place, not knowing of this one.") != NULL;
}

static gboolean
shows_nothing_overtaken (gpointer data)
{
  return !shows_overtaken (data);
}

static char *
read_total (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanRecord) record = soban_store_get_record (fixture->store, &fixture->id, &error);

  g_assert_no_error (error);
  return g_strdup (soban_field_map_get (record->fields, "total"));
}

static gboolean
holds_own_total (gpointer data)
{
  g_autofree char *total = read_total (data);

  return g_str_equal (total, OWN_TOTAL);
}

/* The value @text has been answered with, as the record or its history shows it: struck out or not. */
static GtkWidget *
find_answer (Fixture *fixture, const char *text, const char *class)
{
  GtkWidget *label = sample_find (GTK_WIDGET (fixture->window), GTK_TYPE_LABEL, text);

  while (label != NULL && !gtk_widget_has_css_class (label, class)) {
    label = gtk_widget_get_next_sibling (label);
  }
  return label;
}

/* Each save under the name of who made it, and when it has two answers the record says so itself. */
static void
names (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = soban_uuid_to_string (&fixture->id);

  receive_other_answer (fixture);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.record", "s", id);
  sample_wait (has_history, fixture);
  gtk_expander_set_expanded (GTK_EXPANDER (find_text (fixture, GTK_TYPE_EXPANDER, NULL)), TRUE);
  sample_wait (shows_overtaken, fixture);
  g_assert_nonnull (find_answer (fixture, SAMPLE_PERSON, "section-title"));
  g_assert_nonnull (find_answer (fixture, SAMPLE_OTHER_PERSON, "section-title"));
  g_assert_nonnull (find_text (fixture, GTK_TYPE_BUTTON, "Choose which one holds"));
}

static void
put_back (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = soban_uuid_to_string (&fixture->id);
  g_autofree char *total = NULL;
  GtkWidget *expander;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.record", "s", id);
  sample_wait (has_history, fixture);
  expander = find_text (fixture, GTK_TYPE_EXPANDER, NULL);
  gtk_expander_set_expanded (GTK_EXPANDER (expander), TRUE);
  sample_settle ();
  g_assert_null (find_text (fixture, GTK_TYPE_BUTTON, "Put back"));

  /* The history is open while the other answer comes in. */
  receive_other_answer (fixture);
  sample_wait (shows_overtaken, fixture);
  total = read_total (fixture);
  g_assert_cmpstr (total, ==, OTHER_TOTAL);
  g_assert_nonnull (find_answer (fixture, OWN_TOTAL, "answer-old"));

  gtk_widget_activate (find_text (fixture, GTK_TYPE_BUTTON, "Put back"));
  sample_wait (holds_own_total, fixture);
  sample_wait (shows_nothing_overtaken, fixture);
}

static void
derive (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  guint left;

  g_assert_true (soban_store_derive_stale (fixture->store, 100, &left, &error));
  g_assert_no_error (error);
}

static gboolean
shows_look_line (gpointer data)
{
  const char *format = g_dngettext ("soban", "%u record needs a look", "%u records need a look", 1);
  g_autofree char *text = g_strdup_printf (format, 1);

  return sample_find (GTK_WIDGET (((Fixture *)data)->window), GTK_TYPE_LABEL, text) != NULL;
}

static gboolean
shows_choice (gpointer data)
{
  return find_text (data, GTK_TYPE_BUTTON, "Take this") != NULL;
}

static gboolean
shows_no_choice (gpointer data)
{
  return !shows_choice (data);
}

/* From home to the list, one decision, and it is empty. @data: what is pressed. */
static void
decide (Fixture *fixture, gconstpointer data)
{
  gboolean keep = g_str_equal (data, "Keep this");
  g_autofree char *total = NULL;
  gint64 waiting;

  receive_other_answer (fixture);
  derive (fixture);
  sample_wait (shows_look_line, fixture);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.look", NULL);
  sample_wait (shows_choice, fixture);
  g_assert_nonnull (find_answer (fixture, OWN_TOTAL, "answer-text"));
  g_assert_nonnull (find_answer (fixture, OTHER_TOTAL, "answer-text"));
  waiting = soban_store_count_waiting (fixture->store, NULL);

  gtk_widget_activate (find_text (fixture, GTK_TYPE_BUTTON, data));
  sample_wait (shows_no_choice, fixture);
  total = read_total (fixture);
  g_assert_cmpstr (total, ==, keep ? OTHER_TOTAL : OWN_TOTAL);
  g_assert_cmpint (soban_store_count_waiting (fixture->store, NULL), ==, waiting + 1);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add ("/app/conflict/names", Fixture, NULL, set_up, names, tear_down);
  g_test_add ("/app/conflict/put-back", Fixture, NULL, set_up, put_back, tear_down);
  g_test_add ("/app/conflict/keep", Fixture, "Keep this", set_up, decide, tear_down);
  g_test_add ("/app/conflict/take", Fixture, "Take this", set_up, decide, tear_down);
  return g_test_run ();
}
