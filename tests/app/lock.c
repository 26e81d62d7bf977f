/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the head of app/window-lock.c and app/lock/idle-watch.h say. The journey `lock` sees the same from outside. */
#include "compat/confirm.h"
#include "entry/entry-page.h"
#include "home/home-page.h"
#include "lock/idle-watch.h"
#include "lock/lock-page.h"
#include "lock/pin-pad.h"
#include "store/pin.h"
#include "ui.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define WORD "chợ phiên"
#define IDLE_MS 40

/* ---- what is waited for ---- */

static gboolean
is_unlocked (gpointer data)
{
  return !soban_window_is_locked (data);
}

static gboolean
has_home (gpointer data)
{
  return SOBAN_IS_HOME_PAGE (ui_get_top (data));
}

static gboolean
has_settings (gpointer data)
{
  return soban_page_stack_get_depth (soban_window_get_pages (data)) == 2;
}

typedef struct {
  SobanWindow *window;
  const char *msgid;
} Sight;

static gboolean
is_seen (gpointer data)
{
  Sight *sight = data;

  return sample_find (GTK_WIDGET (sight->window), GTK_TYPE_LABEL, g_dgettext ("soban", sight->msgid)) != NULL;
}

static void
wait_for_label (SobanWindow *window, const char *msgid)
{
  Sight sight = { window, msgid };

  sample_wait (is_seen, &sight);
}

static void
enter (SobanWindow *window, const char *pin)
{
  GtkWidget *pad = sample_find (GTK_WIDGET (window), SOBAN_TYPE_PIN_PAD, NULL);

  g_assert_nonnull (pad);
  for (const char *at = pin; *at != '\0'; at++) {
    char digit[] = { *at, '\0' };

    g_signal_emit_by_name (sample_find (pad, GTK_TYPE_BUTTON, digit), "clicked");
  }
  g_signal_emit_by_name (sample_find (pad, GTK_TYPE_BUTTON, g_dgettext ("soban", "OK")), "clicked");
}

static void
unlock (SobanWindow *window)
{
  enter (window, "1234");
  sample_wait (is_unlocked, window);
}

static SobanStore *
new_store (gboolean with_pin)
{
  SobanStore *store = sample_store_new ();
  SobanPinTrial trial;

  sample_store_begin (store);
  if (with_pin) {
    g_assert_true (soban_store_set_pin (store, NULL, "1234", &trial, NULL));
  }
  return store;
}

/* ---- the window ---- */

/* No page is made before the PIN is given; a wrong one opens nothing, no digit is told, keys of the keyboard lead nowhere. */
static void
test_opens_locked (void)
{
  SobanStore *store = new_store (TRUE);
  SobanWindow *window = ui_open_window (store);

  g_assert_true (soban_window_is_locked (window));
  g_assert_cmpuint (soban_page_stack_get_depth (soban_window_get_pages (window)), ==, 0);
  enter (window, "12");
  g_assert_true (soban_window_is_locked (window));
  enter (window, "9999");
  wait_for_label (window, "This is not the PIN. Try again.");
  g_assert_null (sample_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "9999"));
  g_assert_false (gtk_widget_activate_action (GTK_WIDGET (window), "win.settings", NULL)
                  && soban_page_stack_get_depth (soban_window_get_pages (window)) > 0);
  unlock (window);
  sample_wait (has_home, window);
  ui_close_window (window);
  sample_store_free (store);
}

static GtkWidget *
open_text (SobanWindow *window)
{
  GtkWidget *text;

  gtk_widget_activate_action (GTK_WIDGET (window), "win.new", "s", "event");
  sample_wait (ui_has_entry, window);
  soban_entry_page_show_question (SOBAN_ENTRY_PAGE (ui_get_top (window)), "title");
  sample_settle ();
  text = sample_find (GTK_WIDGET (window), GTK_TYPE_TEXT, NULL);
  g_assert_nonnull (text);
  return text;
}

/* The page, its word, its place and the keyboard are as they were; what was told meanwhile is told then; the draft is kept at once. */
static void
test_loses_nothing (void)
{
  SobanStore *store = new_store (TRUE);
  SobanWindow *window = ui_open_window (store);
  g_autoptr (GPtrArray) drafts = NULL;
  GtkWidget *page, *text;

  unlock (window);
  sample_wait (has_home, window);
  text = open_text (window);
  page = ui_get_top (window);
  gtk_widget_grab_focus (text);
  gtk_editable_set_text (GTK_EDITABLE (text), WORD);
  gtk_editable_set_position (GTK_EDITABLE (text), 4);
  soban_window_lock (window);
  g_assert_true (soban_window_is_locked (window));
  drafts = soban_store_list_drafts (store, NULL);
  g_assert_cmpuint (drafts->len, ==, 1);
  g_assert_null (sample_find (GTK_WIDGET (window), GTK_TYPE_TEXT, NULL));
  soban_window_tell (window, "đã xong");
  gtk_widget_activate_action (text, "win.tell", "s", "cũng xong");
  sample_settle ();
  g_assert_false (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (window)), page));
  unlock (window);
  g_assert_true (ui_get_top (window) == page);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (text)), ==, WORD);
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (window)) == text);
  g_assert_cmpint (gtk_editable_get_position (GTK_EDITABLE (text)), ==, 4);
  wait_for_label (window, "đã xong");
  ui_close_window (window);
  sample_store_free (store);
}

/* A form that was being opened is there afterwards; a question that comes too late is not asked; one that stands is taken back. */
static void
test_meanwhile (void)
{
  SobanStore *store = new_store (TRUE);
  SobanWindow *window = ui_open_window (store);
  GtkWidget *home;
  guint windows;

  unlock (window);
  sample_wait (has_home, window);
  windows = g_list_model_get_n_items (gtk_window_get_toplevels ());
  home = ui_get_top (window);
  soban_confirm (home, "A?", "b", "c", "d", NULL, NULL);
  sample_settle ();
  g_assert_cmpuint (g_list_model_get_n_items (gtk_window_get_toplevels ()), ==, windows + 1);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.new", "s", "event");
  soban_window_lock (window);
  soban_confirm (home, "A?", "b", "c", "d", NULL, NULL);
  sample_wait (ui_has_entry, window);
  g_assert_null (sample_find (GTK_WIDGET (window), SOBAN_TYPE_ENTRY_PAGE, NULL));
  unlock (window);
  sample_settle ();
  g_assert_nonnull (sample_find (GTK_WIDGET (window), SOBAN_TYPE_ENTRY_PAGE, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (gtk_window_get_toplevels ()), ==, windows);
  ui_close_window (window);
  sample_store_free (store);
}

/* The message that offers to take a deletion back is made anew: its time does not run out while it is locked. */
static void
test_undo (void)
{
  g_autoptr (GtkWidget) before = NULL;
  SobanStore *store = new_store (TRUE);
  SobanWindow *window = ui_open_window (store);

  unlock (window);
  sample_wait (has_home, window);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.removed", "s", "A & B");
  wait_for_label (window, "A & B");
  before = g_object_ref (sample_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "A & B"));
  soban_window_lock (window);
  g_assert_null (sample_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "A & B"));
  unlock (window);
  wait_for_label (window, "A & B");
  g_assert_true (sample_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "A & B") != before);
  ui_close_window (window);
  sample_store_free (store);
}

/* It locks while the PIN is being taken away: nothing is asked for that there is no more. */
static void
test_taken_away (void)
{
  SobanStore *store = new_store (TRUE);
  SobanWindow *window = ui_open_window (store);

  unlock (window);
  sample_wait (has_home, window);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.pin", "b", TRUE);
  wait_for_label (window, "Enter the present PIN");
  enter (window, "1234");
  soban_window_lock (window);
  g_assert_true (soban_window_is_locked (window));
  sample_wait (is_unlocked, window);
  g_assert_false (soban_store_has_pin (store));
  g_assert_true (ui_get_top (window) != NULL && SOBAN_IS_HOME_PAGE (ui_get_top (window)));
  ui_close_window (window);
  sample_store_free (store);
}

/* In the settings; and a window that is closed while it is locked. */
static void
test_set (void)
{
  SobanStore *store = new_store (FALSE);
  SobanWindow *window = ui_open_window (store);

  soban_window_lock (window);
  g_assert_false (soban_window_is_locked (window));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.settings", NULL);
  sample_wait (has_settings, window);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.pin", "b", FALSE);
  wait_for_label (window, "Choose a PIN of 4 to 8 digits");
  enter (window, "1234");
  wait_for_label (window, "The same PIN once more");
  enter (window, "1234");
  sample_wait (has_settings, window);
  g_assert_true (soban_store_has_pin (store));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.pin", "b", TRUE);
  wait_for_label (window, "Enter the present PIN");
  enter (window, "4321");
  wait_for_label (window, "This is not the PIN. Try again.");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.lock", NULL);
  g_assert_true (soban_window_is_locked (window));
  unlock (window);
  wait_for_label (window, "Enter the present PIN");
  enter (window, "1234");
  sample_wait (has_settings, window);
  g_assert_false (soban_store_has_pin (store));
  soban_window_lock (window);
  g_assert_false (soban_window_is_locked (window));
  ui_close_window (window);
  sample_store_free (store);
}

static void
test_closed_locked (void)
{
  SobanStore *store = new_store (TRUE);
  SobanWindow *window = ui_open_window (store);

  unlock (window);
  sample_wait (has_home, window);
  soban_window_lock (window);
  gtk_window_close (GTK_WINDOW (window));
  sample_settle ();
  sample_store_free (store);
}

/* (1) What was asked over the pages is closed, a dialog over a dialog too, whichever was made first. */
static void
test_dialogs (void)
{
  SobanStore *store = new_store (TRUE);
  SobanWindow *window = ui_open_window (store);
  GtkWindow *over = GTK_WINDOW (gtk_window_new ()), *under = GTK_WINDOW (gtk_window_new ());

  unlock (window);
  sample_wait (has_home, window);
  g_object_add_weak_pointer (G_OBJECT (over), (gpointer *)&over);
  g_object_add_weak_pointer (G_OBJECT (under), (gpointer *)&under);
  gtk_window_set_transient_for (under, GTK_WINDOW (window));
  gtk_window_set_transient_for (over, under);
  gtk_window_set_destroy_with_parent (over, TRUE);
  gtk_window_present (under);
  gtk_window_present (over);
  sample_settle ();
  soban_window_lock (window);
  sample_settle ();
  g_assert_null (over);
  g_assert_null (under);
  unlock (window);
  ui_close_window (window);
  sample_store_free (store);
}

/* ---- nobody touches it ---- */

typedef struct {
  guint count;
} Heard;

static void
on_idle (Heard *heard)
{
  heard->count++;
}

static gboolean
is_heard (gpointer data)
{
  return ((Heard *)data)->count > 0;
}

typedef struct {
  GtkEditable *text;
  guint left;
  gint64 last_us;
} Typing;

static gboolean
on_type (gpointer data)
{
  Typing *typing = data;
  int position = 0;

  gtk_editable_insert_text (typing->text, "a", 1, &position);
  typing->last_us = g_get_monotonic_time ();
  return --typing->left > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* (1), (3) of idle-watch.h: text that comes without keys counts; it says so once, not before its time. */
static void
test_idle (void)
{
  GtkWidget *window = gtk_window_new (), *entry = gtk_entry_new ();
  g_autoptr (SobanIdleWatch) watch = NULL;
  Heard heard = { 0 };
  Typing typing = { GTK_EDITABLE (entry), 12, 0 };

  gtk_window_set_child (GTK_WINDOW (window), entry);
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_grab_focus (entry);
  sample_settle ();
  watch = soban_idle_watch_new (GTK_WINDOW (window), IDLE_MS);
  g_signal_connect_swapped (watch, "idle", G_CALLBACK (on_idle), &heard);
  soban_idle_watch_start (watch);
  g_timeout_add (IDLE_MS / 4, on_type, &typing);
  sample_wait (is_heard, &heard);
  if (typing.left == 0) { /* a machine that stood still for so long heard nobody either */
    g_assert_cmpint (g_get_monotonic_time () - typing.last_us, >=, (IDLE_MS - 1) * 1000);
  }
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  sample_settle ();
  g_assert_cmpuint (heard.count, ==, 1);
  gtk_window_destroy (GTK_WINDOW (window));
  sample_settle ();
}

/* (1) of idle-watch.h: a text in a list that stands open is as good as one on the page. */
static void
test_idle_popover (void)
{
  GtkWidget *window = gtk_window_new (), *button = gtk_menu_button_new (), *popover = gtk_popover_new (), *entry = gtk_entry_new ();
  g_autoptr (SobanIdleWatch) watch = NULL;
  Heard heard = { 0 };
  Typing typing = { GTK_EDITABLE (entry), 12, 0 };

  gtk_popover_set_child (GTK_POPOVER (popover), entry);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
  gtk_window_set_child (GTK_WINDOW (window), button);
  gtk_window_present (GTK_WINDOW (window));
  sample_settle ();
  watch = soban_idle_watch_new (GTK_WINDOW (window), IDLE_MS);
  g_signal_connect_swapped (watch, "idle", G_CALLBACK (on_idle), &heard);
  gtk_menu_button_popup (GTK_MENU_BUTTON (button));
  gtk_widget_grab_focus (entry);
  sample_settle ();
  soban_idle_watch_start (watch);
  g_timeout_add (IDLE_MS / 4, on_type, &typing);
  sample_wait (is_heard, &heard);
  g_assert_cmpint (typing.last_us, >, 0);
  if (typing.left == 0) {
    g_assert_cmpint (g_get_monotonic_time () - typing.last_us, >=, (IDLE_MS - 1) * 1000);
  }
  while (typing.left > 0) {
    g_main_context_iteration (NULL, TRUE);
  }
  gtk_window_destroy (GTK_WINDOW (window));
  sample_settle ();
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/app/lock/opens-locked", test_opens_locked);
  g_test_add_func ("/app/lock/loses-nothing", test_loses_nothing);
  g_test_add_func ("/app/lock/meanwhile", test_meanwhile);
  g_test_add_func ("/app/lock/undo", test_undo);
  g_test_add_func ("/app/lock/taken-away", test_taken_away);
  g_test_add_func ("/app/lock/set", test_set);
  g_test_add_func ("/app/lock/closed-locked", test_closed_locked);
  g_test_add_func ("/app/lock/dialogs", test_dialogs);
  g_test_add_func ("/app/lock/idle", test_idle);
  g_test_add_func ("/app/lock/idle-popover", test_idle_popover);
  return g_test_run ();
}
