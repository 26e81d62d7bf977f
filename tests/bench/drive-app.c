/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The app, with somebody who taps at once. Prints lines `name value` for the scripts beside it:
 *   drive-app STORE show FORM     opens a new record and stays, the first question ready to be typed in
 *   drive-app STORE draw FORM     how long forms take to be drawn, ms
 *   drive-app STORE pages FORM    how long it takes from page to page of a form of the program's own, ms
 *   drive-app STORE open FORM     what it holds with nothing, with a list, with a list and a form, at that form's end, private MiB
 *   drive-app STORE memory FORM   the same but the end, and along 100 forms, and after 50 that are filled in and completed
 * Of each memory also how much of it are unaltered pages of files that just no other program has open.
 */
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driven-app.h"

#define DRAW_ROUNDS 15
#define FORMS_OPENED 100
#define FORMS_FILLED 50
#define FORMS_PER_LINE 10
#define LISTS_OPENED 10
#define LIST_MS 400       /* until all of it has come */
#define CHANGE_ROUNDS 5
#define FRAME_MS 20       /* the frame before is on the display */
#define REST_MS 40        /* a tap does not follow a tap at once; longer than two frames */
#define SETTLE_MS 3000    /* until memory that is given back when there is nothing to do is given back */
#define LOOK_MS 250
#define LEFT_ALONE_MS 31000 /* then the window lets go of what forms needed */
#define CHANGES_MAX 64
#define BUILT_IN_FORM "communication_session"

static int
compare_wall (gconstpointer a, gconstpointer b)
{
  double x = ((const DrivenTime *) a)->wall, y = ((const DrivenTime *) b)->wall;

  return x < y ? -1 : x > y;
}

static int
compare_work (gconstpointer a, gconstpointer b)
{
  double x = ((const DrivenTime *) a)->work, y = ((const DrivenTime *) b)->work;

  return x < y ? -1 : x > y;
}

static void
print_time (const char *name, DrivenTime time)
{
  g_print ("%s %.2f\n%s: work %.2f\n", name, time.wall, name, time.work);
}

/* The @percent-th of each, in their order. */
static void
print_rank (const char *name, GArray *times, guint percent)
{
  DrivenTime time;
  guint at;

  g_assert_cmpuint (times->len, >, 0);
  at = MIN (times->len * percent / 100, times->len - 1);
  g_array_sort (times, compare_wall);
  time.wall = g_array_index (times, DrivenTime, at).wall;
  g_array_sort (times, compare_work);
  time.work = g_array_index (times, DrivenTime, at).work;
  print_time (name, time);
}

static void
print_median (const char *name, GArray *times)
{
  print_rank (name, times, 50);
}

/* ---- drawing ---- */

static char *
describe_place (DrivenApp *app)
{
  SobanEntryPage *page = driven_app_get_entry (app);
  const char *id = soban_entry_get_page (soban_entry_page_get_entry (page));

  return g_strdup (id == NULL ? "" : id);
}

static gboolean
is_elsewhere (DrivenApp *app, gpointer data)
{
  g_autofree char *place = describe_place (app);

  return !g_str_equal (place, data);
}

static gboolean
is_ready (DrivenApp *app, gpointer data)
{
  return soban_entry_page_is_ready (driven_app_get_entry (app));
}

/* A person looks at a page, and longer than it takes to have the next one ready; @pause FALSE: one who does not. */
static void
look (DrivenApp *app, gboolean pause)
{
  driven_app_rest (app, pause ? REST_MS : FRAME_MS);
  if (pause) {
    driven_app_wait (app, is_ready, NULL);
    driven_app_rest (app, REST_MS);
  }
}

static GtkWidget *
find_button (GtkWidget *root, const char *label)
{
  GtkWidget *found = NULL;

  if (GTK_IS_BUTTON (root) && gtk_widget_get_mapped (root) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (root)), label) == 0) {
    return root;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child)) {
    found = find_button (child, label);
  }
  return found;
}

/* The time to the frame with another page, into @times; FALSE: the page is the same, it was told what is still to be answered. */
static gboolean
click (DrivenApp *app, const char *label, GArray *times)
{
  g_autofree char *place = describe_place (app);
  GtkWidget *button = find_button (GTK_WIDGET (driven_app_get_entry (app)), g_dgettext ("soban", label));
  DrivenTime start = driven_time_now (), time;

  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  if (!is_elsewhere (app, place)) {
    return FALSE;
  }
  time = driven_app_wait_for_frame (app, start, is_elsewhere, place);
  g_array_append_val (times, time);
  return TRUE;
}

/* From page to page by Next, to the review. */
static void
walk_through (DrivenApp *app, GArray *times, gboolean pause)
{
  for (guint i = 0; i < CHANGES_MAX && !soban_entry_page_is_review (driven_app_get_entry (app)); i++) {
    look (app, pause);
    click (app, "_Next", times);
  }
  driven_app_rest (app, REST_MS);
}

static void
walk_back (DrivenApp *app, GArray *times)
{
  for (guint i = 0; i < CHANGES_MAX && find_button (GTK_WIDGET (driven_app_get_entry (app)), g_dgettext ("soban", "_Back")) != NULL; i++) {
    look (app, TRUE);
    click (app, "_Back", times);
  }
}

static void
draw (DrivenApp *app, const char *form)
{
  g_autoptr (GArray) openings = g_array_new (FALSE, FALSE, sizeof (DrivenTime));
  g_autoptr (GArray) backs = g_array_new (FALSE, FALSE, sizeof (DrivenTime));
  DrivenTime time;

  driven_app_rest (app, SETTLE_MS);
  print_time ("first", driven_app_open_form (app, form));
  for (guint i = 0; i < DRAW_ROUNDS; i++) {
    driven_app_rest (app, REST_MS);
    time = driven_app_go_back (app);
    g_array_append_val (backs, time);
    driven_app_rest (app, REST_MS);
    time = driven_app_open_form (app, form);
    g_array_append_val (openings, time);
  }
  print_median ("opening", openings);
  print_median ("back", backs);
  driven_app_go_back (app);
}

static void
draw_changes (DrivenApp *app, const char *form)
{
  g_autoptr (GArray) firsts = g_array_new (FALSE, FALSE, sizeof (DrivenTime));
  g_autoptr (GArray) forward = g_array_new (FALSE, FALSE, sizeof (DrivenTime));
  g_autoptr (GArray) backward = g_array_new (FALSE, FALSE, sizeof (DrivenTime));
  g_autoptr (GArray) hasty = g_array_new (FALSE, FALSE, sizeof (DrivenTime));

  driven_app_rest (app, SETTLE_MS);
  print_time ("built-in", driven_app_open_form (app, BUILT_IN_FORM));
  for (guint i = 0; i < CHANGE_ROUNDS; i++) {
    guint before = firsts->len;

    while (firsts->len == before) {
      look (app, TRUE);
      click (app, "_Next", firsts);
    }
    walk_through (app, forward, TRUE);
    walk_back (app, backward);
    driven_app_go_back (app);
    driven_app_rest (app, REST_MS);
    driven_app_open_form (app, BUILT_IN_FORM);
    walk_through (app, hasty, FALSE);
    driven_app_go_back (app);
    driven_app_rest (app, REST_MS);
    driven_app_open_form (app, BUILT_IN_FORM);
  }
  print_median ("first change", firsts);
  print_median ("change", forward);
  print_rank ("slowest", forward, 100);
  print_median ("change back", backward);
  print_rank ("slowest back", backward, 100);
  print_median ("hasty change", hasty);
  print_rank ("slowest hasty", hasty, 100);
}

/* ---- memory ---- */

static void
read_private_mib (double *ret_all, double *ret_files)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint64 kib = 0, files_kib = 0;

  if (!g_file_get_contents ("/proc/self/smaps_rollup", &text, NULL, NULL)) {
    g_printerr ("the kernel does not tell how much memory this is\n");
    exit (1);
  }
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    if (g_str_has_prefix (lines[i], "Private_")) {
      guint64 line_kib = g_ascii_strtoull (strchr (lines[i], ':') + 1, NULL, 10);

      kib += line_kib;
      files_kib += g_str_has_prefix (lines[i], "Private_Clean") ? line_kib : 0;
    }
  }
  *ret_all = (double) kib / 1024;
  *ret_files = (double) files_kib / 1024;
}

static void
print_memory (DrivenApp *app, const char *name)
{
  double all = G_MAXDOUBLE, files = 0;

  /* At rest: the store is linked with a collector that is not there, and each try to reach it brings some memory for a second. */
  for (guint waited_ms = 0; waited_ms < SETTLE_MS; waited_ms += LOOK_MS) {
    double all_now, files_now;

    driven_app_rest (app, LOOK_MS);
    read_private_mib (&all_now, &files_now);
    if (all_now < all) {
      all = all_now;
      files = files_now;
    }
  }
  g_print ("%s %.2f\n%s: files %.2f\n", name, all, name, files);
}

static void
open_and_close (DrivenApp *app, const char *form)
{
  driven_app_open_form (app, form);
  driven_app_go_back (app);
}

static void
answer (SobanEntry *entry, const char *path)
{
  SobanFormInstance *instance = soban_entry_get_instance (entry);
  g_autoptr (SobanQuestion) question = soban_form_instance_get_question (instance, path);
  g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (instance, path);

  if (choices->len > 0) {
    soban_entry_set (entry, path, ((SobanChoice *) g_ptr_array_index (choices, 0))->value);
  } else if (question->type == SOBAN_TYPE_INT) {
    soban_entry_set (entry, path, "12");
  } else {
    soban_entry_set (entry, path, question->type == SOBAN_TYPE_DATE ? "2026-11-20" : "Bản Suối Hộc");
  }
}

static gboolean
is_form_gone (DrivenApp *app, gpointer data)
{
  return driven_app_get_entry (app) == NULL;
}

/* Every question of @form, to the record that is saved. */
static void
fill_in (DrivenApp *app, const char *form)
{
  g_autoptr (GPtrArray) pages = NULL;
  SobanEntryPage *page;
  SobanEntry *entry;

  driven_app_open_form (app, form);
  page = driven_app_get_entry (app);
  entry = soban_entry_page_get_entry (page);
  pages = soban_form_instance_list_pages (soban_entry_get_instance (entry));
  for (guint i = 0; i < pages->len; i++) {
    const SobanPage *shown = g_ptr_array_index (pages, i);

    for (guint j = 0; j < shown->paths->len; j++) {
      answer (entry, g_ptr_array_index (shown->paths, j));
    }
  }
  soban_entry_page_show_review (page);
  driven_app_rest (app, REST_MS);
  soban_entry_page_next (page);
  driven_app_wait (app, is_form_gone, NULL);
  driven_app_rest (app, REST_MS);
}

/* Leaves them open. */
static void
open_list_and_form (DrivenApp *app, const char *form)
{
  print_memory (app, "home");
  driven_app_do (app, "win.records", "");
  print_memory (app, "list");
  driven_app_open_form (app, form);
  print_memory (app, "list and form");
}

static void
measure_open (DrivenApp *app, const char *form)
{
  g_autoptr (GArray) changes = g_array_new (FALSE, FALSE, sizeof (DrivenTime));

  open_list_and_form (app, form);
  walk_through (app, changes, TRUE);
  print_memory (app, "at its end");
}

static void
measure_memory (DrivenApp *app, const char *form)
{
  open_list_and_form (app, form);
  driven_app_go_back (app);
  driven_app_do (app, "win.home", NULL);
  print_memory (app, "home again");
  for (guint i = 0; i < LISTS_OPENED; i++) {
    driven_app_do (app, "win.records", "");
    driven_app_rest (app, LIST_MS);
    driven_app_do (app, "win.home", NULL);
    driven_app_rest (app, REST_MS);
  }
  print_memory (app, "after lists");
  for (guint i = 1; i <= FORMS_OPENED; i++) {
    open_and_close (app, i % 2 == 0 ? form : BUILT_IN_FORM);
    if (i % FORMS_PER_LINE == 0) {
      g_autofree char *name = g_strdup_printf ("after %u", i);

      print_memory (app, name);
    }
  }
  driven_app_rest (app, LEFT_ALONE_MS);
  print_memory (app, "left alone");
  for (guint i = 0; i < FORMS_FILLED; i++) {
    fill_in (app, form);
  }
  print_memory (app, "filled in");
  driven_app_rest (app, LEFT_ALONE_MS);
  print_memory (app, "left alone again");
}

/* ---- staying ---- */

static gboolean
on_terminate (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
show (DrivenApp *app, const char *form)
{
  gboolean ended = FALSE;
  SobanEntryPage *page;
  g_autoptr (GPtrArray) pages = NULL;
  const SobanPage *first;

  driven_app_open_form (app, form);
  page = driven_app_get_entry (app);
  pages = soban_form_instance_list_pages (soban_entry_get_instance (soban_entry_page_get_entry (page)));
  first = g_ptr_array_index (pages, 0);
  soban_entry_page_show_question (page, g_ptr_array_index (first->paths, 0));
  g_print ("shown 1\n");
  g_unix_signal_add (SIGTERM, on_terminate, &ended);
  while (!ended) {
    g_main_context_iteration (NULL, TRUE);
  }
}

int
main (int argc, char **argv)
{
  const struct {
    const char *name;
    void (*run) (DrivenApp *app, const char *form);
  } verbs[] = { { "show", show }, { "draw", draw }, { "pages", draw_changes }, { "open", measure_open }, { "memory", measure_memory } };
  DrivenApp *app;

  setvbuf (stdout, NULL, _IOLBF, 0);
  for (guint i = 0; argc == 4 && i < G_N_ELEMENTS (verbs); i++) {
    if (g_str_equal (argv[2], verbs[i].name)) {
      app = driven_app_open (argv[1]);
      verbs[i].run (app, argv[3]);
      driven_app_close (app);
      return 0;
    }
  }
  g_printerr ("usage: drive-app STORE show|draw|pages|open|memory FORM\n");
  return 2;
}
