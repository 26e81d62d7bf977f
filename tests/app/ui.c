/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui.h"

#include "application.h"
#include "base/language.h"
#include "entry/entry-page.h"
#include "widgets/choice-page.h"

static gboolean
is_mapped (gpointer data)
{
  return gtk_widget_get_mapped (data);
}

SobanWindow *
ui_open_window (SobanStore *store)
{
  SobanWindow *window = SOBAN_WINDOW (soban_window_new (NULL));
  g_autoptr (SobanSyncScheduler) scheduler = soban_sync_scheduler_new (store);

  gtk_window_set_default_size (GTK_WINDOW (window), 360, 640);
  soban_window_set_store (window, store, scheduler);
  gtk_window_present (GTK_WINDOW (window));
  sample_wait (is_mapped, window);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  return window;
}

void
ui_close_window (SobanWindow *window)
{
  /* Pages go while the window lives, as in use: GTK 4.8 keeps what has the focus when a window is destroyed. */
  soban_page_stack_clear (soban_window_get_pages (window));
  sample_settle ();
  gtk_window_destroy (GTK_WINDOW (window));
  sample_settle ();
}

GtkWidget *
ui_get_top (SobanWindow *window)
{
  return soban_page_stack_get_top (soban_window_get_pages (window));
}

gboolean
ui_has_entry (gpointer window)
{
  return SOBAN_IS_ENTRY_PAGE (ui_get_top (window));
}

gboolean
ui_has_no_entry (gpointer window)
{
  return !ui_has_entry (window);
}

gboolean
ui_has_choices (gpointer window)
{
  return SOBAN_IS_CHOICE_PAGE (ui_get_top (window));
}

void
ui_init (int *argc, char ***argv)
{
  soban_language_init ("vi");
  g_test_init (argc, argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  soban_application_add_style ();
}
