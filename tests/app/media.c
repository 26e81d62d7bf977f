/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures, sounds and longer explanations of a form at its questions and choices; reading aloud. */
#include <glib/gstdio.h>
#include <signal.h>

#include "controls-form.h"
#include "entry/question-view.h"
#include "entry/read-aloud.h"
#include "ssip-server.h"
#include "store/settings.h"
#include "ui.h"
#include "widgets/listen-button.h"
#include "widgets/picture-area.h"
#include "widgets/picture-page.h"

typedef struct {
  SobanStore *store;
  SobanWindow *window;
  SobanEntryPage *page;
  char *folder; /* of the player that the test stands in for */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer read_aloud)
{
  fixture->store = sample_store_new ();
  sample_store_begin (fixture->store);
  controls_form_publish (fixture->store);
  if (read_aloud != NULL) {
    g_assert_true (soban_store_set_setting (fixture->store, SOBAN_SETTING_READ_ALOUD, "1", NULL));
  }
  fixture->folder = g_dir_make_tmp ("soban-player-XXXXXX", NULL);
  fixture->window = ui_open_window (fixture->store);
  fixture->page = controls_form_open (fixture->window);
}

static void
remove_file (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  g_unlink (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ui_close_window (fixture->window);
  sample_store_free (fixture->store);
  remove_file (fixture, "gst-play-1.0");
  remove_file (fixture, "gst-play-1.0.heard");
  remove_file (fixture, "gst-play-1.0.pid");
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
}

typedef struct {
  SobanEntryPage *page;
  const char *path;
  GType type;
  const char *text;
} Sought;

static GtkWidget *
find (const Sought *sought)
{
  GtkWidget *view = controls_form_find_view (sought->page, sought->path);

  return view == NULL ? NULL : sample_find (view, sought->type, sought->text);
}

static gboolean
is_there (gpointer data)
{
  return find (data) != NULL;
}

static GtkWidget *
await (Fixture *fixture, const char *path, GType type, const char *text)
{
  Sought sought = { fixture->page, path, type, text };

  sample_wait (is_there, &sought);
  return find (&sought);
}

static gboolean
is_picture_page (gpointer data)
{
  return SOBAN_IS_PICTURE_PAGE (ui_get_top (data));
}

static gboolean
has_large_picture (gpointer data)
{
  GtkWidget *area = sample_find (ui_get_top (data), SOBAN_TYPE_PICTURE_AREA, NULL);

  return area != NULL && gdk_texture_get_width (soban_picture_area_get_texture (SOBAN_PICTURE_AREA (area))) == 1200;
}

static void
test_picture (Fixture *fixture, gconstpointer data)
{
  GtkWidget *area, *button;

  soban_entry_page_show_question (fixture->page, "pump");
  area = await (fixture, "pump", SOBAN_TYPE_PICTURE_AREA, NULL);
  /* Decoded no larger than it is seen; told to who cannot see it. */
  g_assert_cmpint (gdk_texture_get_width (soban_picture_area_get_texture (SOBAN_PICTURE_AREA (area))), ==, 360);
  gtk_test_accessible_assert_property (area, GTK_ACCESSIBLE_PROPERTY_LABEL, "Hình: Trạm bơm dùng loại nào?");
  gtk_test_accessible_assert_role (area, GTK_ACCESSIBLE_ROLE_IMG);
  button = gtk_widget_get_ancestor (area, GTK_TYPE_BUTTON);
  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  sample_wait (is_picture_page, fixture->window);
  sample_wait (has_large_picture, fixture->window);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.back", NULL);
  g_assert_false (is_picture_page (fixture->window));
}

static void
test_missing (Fixture *fixture, gconstpointer data)
{
  soban_entry_page_show_question (fixture->page, "silent");
  await (fixture, "silent", GTK_TYPE_LABEL, "Hình ở chỗ này chưa về tới máy.");
  await (fixture, "tools", GTK_TYPE_LABEL, "Câu hỏi này có kèm phim. Máy này không chiếu phim.");
}

static void
test_guidance (Fixture *fixture, gconstpointer data)
{
  GtkWidget *expander;

  soban_entry_page_show_question (fixture->page, "pump");
  expander = await (fixture, "pump", GTK_TYPE_EXPANDER, NULL);
  g_assert_false (gtk_expander_get_expanded (GTK_EXPANDER (expander)));
  gtk_expander_set_expanded (GTK_EXPANDER (expander), TRUE);
  g_assert_nonnull (sample_find (expander, GTK_TYPE_LABEL, NULL));
  g_assert_true (g_str_has_prefix (gtk_label_get_text (GTK_LABEL (gtk_expander_get_child (GTK_EXPANDER (expander)))), "Bơm tay có cần dài."));
}

/* A picture in a choice does not take the tap away from it. */
static void
test_choices (Fixture *fixture, gconstpointer data)
{
  SobanFormInstance *instance = soban_entry_get_instance (soban_entry_page_get_entry (fixture->page));
  GtkWidget *check, *area;

  soban_entry_page_show_question (fixture->page, "pump");
  check = await (fixture, "pump", GTK_TYPE_CHECK_BUTTON, "Bơm điện");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), TRUE);
  g_assert_cmpstr (soban_form_instance_get (instance, "pump"), ==, "electric");
  while ((area = sample_find (check, SOBAN_TYPE_PICTURE_AREA, NULL)) == NULL) {
    g_main_context_iteration (NULL, TRUE);
  }
  g_assert_cmpint (gdk_texture_get_height (soban_picture_area_get_texture (SOBAN_PICTURE_AREA (area))), ==, 160);
  g_assert_null (gtk_widget_get_ancestor (area, GTK_TYPE_BUTTON));
}

/* ---- sounds ---- */

static void
install_player (Fixture *fixture)
{
  static const char SCRIPT[] = "#!/bin/sh\nfor last; do :; done\n/bin/cat \"$last\" > \"$0.new\"\n/bin/mv \"$0.new\" \"$0.heard\"\n"
                               "echo $$ > \"$0.pid\"\nexec /bin/sleep 600\n";
  g_autofree char *path = g_build_filename (fixture->folder, "gst-play-1.0", NULL);

  g_assert_true (g_file_set_contents (path, SCRIPT, -1, NULL));
  g_assert_no_errno (g_chmod (path, 0755));
}

static char *
read_file (Fixture *fixture, const char *name, gsize *ret_length)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  char *text = NULL;

  return g_file_get_contents (path, &text, ret_length, NULL) ? text : NULL;
}

static gboolean
has_pid (gpointer data)
{
  gsize length;
  g_autofree char *text = read_file (data, "gst-play-1.0.pid", &length);

  return text != NULL && length > 1 && text[length - 1] == '\n';
}

static gboolean
is_gone (gpointer data)
{
  return kill (*(GPid *)data, 0) != 0;
}

static void
test_sound (Fixture *fixture, gconstpointer data)
{
  g_autofree char *usual = g_strdup (g_getenv ("PATH"));
  g_autoptr (GBytes) sound = controls_form_sound ();
  g_autofree char *heard = NULL;
  g_autofree char *text = NULL;
  GtkWidget *button;
  gsize length;
  GPid pid;

  install_player (fixture);
  g_setenv ("PATH", fixture->folder, TRUE);
  soban_entry_page_show_question (fixture->page, "pump");
  button = await (fixture, "pump", SOBAN_TYPE_LISTEN_BUTTON, "Nghe");
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL, "Nghe: Trạm bơm dùng loại nào?");
  g_signal_emit_by_name (button, "clicked");
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL, "Dừng: Nghe: Trạm bơm dùng loại nào?");
  sample_wait (has_pid, fixture);
  heard = read_file (fixture, "gst-play-1.0.heard", &length);
  g_assert_cmpmem (heard, length, g_bytes_get_data (sound, NULL), g_bytes_get_size (sound));
  text = read_file (fixture, "gst-play-1.0.pid", NULL);
  pid = (GPid)g_ascii_strtoll (text, NULL, 10);
  g_assert_true (soban_listen_button_is_sounding (SOBAN_LISTEN_BUTTON (button)));
  /* Turning the page silences it. */
  soban_entry_page_next (fixture->page);
  sample_wait (is_gone, &pid);
  g_setenv ("PATH", usual, TRUE);
}

/* Who taps a second sound hears the second one only. */
static void
test_one_sound (Fixture *fixture, gconstpointer data)
{
  g_autofree char *usual = g_strdup (g_getenv ("PATH"));
  g_autofree char *text = NULL;
  GtkWidget *first, *second;
  GPid pid;

  install_player (fixture);
  g_setenv ("PATH", fixture->folder, TRUE);
  soban_entry_page_show_question (fixture->page, "pump");
  first = await (fixture, "pump", SOBAN_TYPE_LISTEN_BUTTON, "Nghe");
  second = gtk_widget_get_next_sibling (await (fixture, "pump", GTK_TYPE_CHECK_BUTTON, "Bơm tay"));
  g_assert_true (SOBAN_IS_LISTEN_BUTTON (second));
  g_signal_emit_by_name (first, "clicked");
  sample_wait (has_pid, fixture);
  text = read_file (fixture, "gst-play-1.0.pid", NULL);
  pid = (GPid)g_ascii_strtoll (text, NULL, 10);
  g_signal_emit_by_name (second, "clicked");
  g_assert_false (soban_listen_button_is_sounding (SOBAN_LISTEN_BUTTON (first)));
  g_assert_true (soban_listen_button_is_sounding (SOBAN_LISTEN_BUTTON (second)));
  sample_wait (is_gone, &pid);
  g_signal_emit_by_name (second, "clicked");
  g_assert_false (soban_listen_button_is_sounding (SOBAN_LISTEN_BUTTON (second)));
  g_setenv ("PATH", usual, TRUE);
}

static gboolean
is_silent (gpointer data)
{
  return !soban_listen_button_is_sounding (data);
}

static void
test_no_player (Fixture *fixture, gconstpointer data)
{
  g_autofree char *usual = g_strdup (g_getenv ("PATH"));
  GtkWidget *button;

  g_setenv ("PATH", fixture->folder, TRUE);
  soban_entry_page_show_question (fixture->page, "pump");
  /* A sound that has not come is another matter. */
  button = gtk_widget_get_next_sibling (await (fixture, "tools", GTK_TYPE_CHECK_BUTTON, "Dao phát"));
  g_signal_emit_by_name (button, "clicked");
  sample_wait (is_silent, button);
  g_assert_nonnull (sample_find (GTK_WIDGET (fixture->window), GTK_TYPE_LABEL, "Tiếng ở chỗ này chưa về tới máy."));
  button = await (fixture, "pump", SOBAN_TYPE_LISTEN_BUTTON, "Nghe");
  g_signal_emit_by_name (button, "clicked");
  sample_wait (is_silent, button);
  g_assert_nonnull (sample_find (button, GTK_TYPE_LABEL, "Máy này chưa có chương trình để phát. Chị hãy hỏi người phụ trách máy."));
  g_setenv ("PATH", usual, TRUE);
}

/* ---- reading aloud ---- */

static GtkWidget *
find_reader (Fixture *fixture, const char *path)
{
  GtkWidget *row = gtk_widget_get_first_child (await (fixture, path, SOBAN_TYPE_QUESTION_VIEW, NULL));

  return GTK_IS_BOX (row) ? gtk_widget_get_last_child (row) : NULL;
}

static gboolean
is_told (gpointer data)
{
  return ssip_server_get_message (data) != NULL;
}

static gboolean
is_stopped (gpointer data)
{
  return ssip_server_has_stopped (data);
}

static void
test_read_aloud (Fixture *fixture, gconstpointer data)
{
  SsipServer *server = ssip_server_new ();
  GtkWidget *button;

  soban_entry_page_show_question (fixture->page, "water");
  button = find_reader (fixture, "water");
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL, "Đọc to: Nước ăn lấy từ đâu?");
  g_signal_emit_by_name (button, "clicked");
  sample_wait (is_told, server);
  g_assert_cmpstr (ssip_server_get_language (server), ==, "vi");
  g_assert_cmpstr (ssip_server_get_message (server), ==,
                   "Nước ăn lấy từ đâu?.\nGiếng khoan.\nNước suối dẫn về bản bằng ống nhựa.\nBể chứa chung\n");
  /* It ends by itself ... */
  ssip_server_finish (server);
  sample_wait (is_silent, button);
  /* ... and when the page is turned. */
  g_signal_emit_by_name (button, "clicked");
  sample_wait (is_told, server);
  soban_entry_page_back (fixture->page);
  sample_wait (is_stopped, server);
  ssip_server_free (server);
}

static void
test_no_speaker (Fixture *fixture, gconstpointer data)
{
  SsipServer *server = ssip_server_new ();
  g_autofree char *usual = g_strdup (g_getenv ("PATH"));
  GtkWidget *button;

  soban_entry_page_show_question (fixture->page, "name");
  button = find_reader (fixture, "name");
  ssip_server_refuse (server);
  g_setenv ("PATH", fixture->folder, TRUE);
  g_signal_emit_by_name (button, "clicked");
  sample_wait (is_silent, button);
  g_assert_nonnull (sample_find (GTK_WIDGET (fixture->window), GTK_TYPE_LABEL, "Máy này chưa có chương trình để phát. Chị hãy hỏi người phụ trách máy."));
  g_setenv ("PATH", usual, TRUE);
  ssip_server_free (server);
}

/* The row in the settings brings the buttons. */
static void
test_setting (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.settings", NULL);
  while ((row = sample_find (ui_get_top (fixture->window), ADW_TYPE_ACTION_ROW, "Đọc to câu hỏi")) == NULL) {
    g_main_context_iteration (NULL, TRUE);
  }
  g_assert_true (gtk_widget_get_sensitive (row));
  gtk_switch_set_active (GTK_SWITCH (adw_action_row_get_activatable_widget (ADW_ACTION_ROW (row))), TRUE);
  while (!soban_read_aloud_is_wanted (fixture->store)) {
    g_main_context_iteration (NULL, FALSE);
  }
}

/* Without the setting nothing is there. */
static void
test_not_wanted (Fixture *fixture, gconstpointer data)
{
  soban_entry_page_show_question (fixture->page, "water");
  g_assert_null (find_reader (fixture, "water"));
}

#define ADD(path, func, data) g_test_add ("/media/" path, Fixture, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int status;

  ui_init (&argc, &argv);
  ssip_server_announce ();
  ADD ("picture", test_picture, NULL);
  ADD ("missing", test_missing, NULL);
  ADD ("guidance", test_guidance, NULL);
  ADD ("choices", test_choices, NULL);
  ADD ("sound", test_sound, NULL);
  ADD ("one-sound", test_one_sound, NULL);
  ADD ("no-player", test_no_player, NULL);
  ADD ("read-aloud", test_read_aloud, "1");
  ADD ("no-speaker", test_no_speaker, "1");
  ADD ("not-wanted", test_not_wanted, NULL);
  ADD ("setting", test_setting, NULL);
  status = g_test_run ();
  ssip_server_withdraw ();
  return status;
}
