/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "driven-app.h"

#include <stdlib.h>
#include <time.h>

#include "base/language.h"
#include "home/home-page.h"
#include "spare-memory.h"

#define WAIT_SECONDS_MAX 60

static double
read_clock_ms (clockid_t clock)
{
  struct timespec time;

  clock_gettime (clock, &time);
  return (double) time.tv_sec * 1000 + (double) time.tv_nsec / 1e6;
}

DrivenTime
driven_time_now (void)
{
  return (DrivenTime){ read_clock_ms (CLOCK_MONOTONIC), read_clock_ms (CLOCK_PROCESS_CPUTIME_ID) };
}

static void
on_after_paint (GdkFrameClock *clock, DrivenApp *app)
{
  /* The display has drawn it, too. */
  gdk_display_sync (gtk_widget_get_display (GTK_WIDGET (app->window)));
  app->painted = driven_time_now ();
  app->frames++;
}

static gboolean
on_deadline (gpointer data)
{
  g_printerr ("a state did not come in %d s\n", WAIT_SECONDS_MAX);
  exit (1);
}

void
driven_app_wait (DrivenApp *app, DrivenAppCondition condition, gpointer data)
{
  guint deadline = g_timeout_add_seconds (WAIT_SECONDS_MAX, on_deadline, NULL);

  while (!condition (app, data)) {
    g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (deadline);
}

static gboolean
has_frame_since (DrivenApp *app, gpointer data)
{
  return app->frames > *(guint *) data;
}

DrivenTime
driven_app_wait_for_frame (DrivenApp *app, DrivenTime start, DrivenAppCondition condition, gpointer data)
{
  guint frames;

  driven_app_wait (app, condition, data);
  frames = app->frames;
  driven_app_wait (app, has_frame_since, &frames);
  return (DrivenTime){ app->painted.wall - start.wall, app->painted.work - start.work };
}

static gboolean
on_rested (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
has_rested (DrivenApp *app, gpointer data)
{
  return *(gboolean *) data;
}

void
driven_app_rest (DrivenApp *app, guint ms)
{
  gboolean rested = FALSE;

  g_timeout_add (ms, on_rested, &rested);
  driven_app_wait (app, has_rested, &rested);
}

static gboolean
is_home_filled (DrivenApp *app, gpointer data)
{
  GtkWidget *top = soban_page_stack_get_top (soban_window_get_pages (app->window));

  return top != NULL && SOBAN_IS_HOME_PAGE (top) && *(gboolean *) data;
}

static void
on_home_filled (gboolean *filled)
{
  *filled = TRUE;
}

static gboolean
is_home_there (DrivenApp *app, gpointer data)
{
  GtkWidget *top = soban_page_stack_get_top (soban_window_get_pages (app->window));

  return top != NULL && SOBAN_IS_HOME_PAGE (top);
}

DrivenApp *
driven_app_open (const char *store)
{
  DrivenApp *app = g_new0 (DrivenApp, 1);
  g_autoptr (GError) error = NULL;
  gboolean filled = FALSE;
  GtkWidget *home;

  soban_spare_memory_prepare ();
  soban_language_init ("vi");
  app->application = soban_application_new (soban_preferences_new (), store);
  if (!g_application_register (G_APPLICATION (app->application), NULL, &error)) {
    g_printerr ("%s\n", error->message);
    exit (1);
  }
  g_application_activate (G_APPLICATION (app->application));
  app->window = SOBAN_WINDOW (gtk_application_get_active_window (GTK_APPLICATION (app->application)));
  g_signal_connect_after (gtk_widget_get_frame_clock (GTK_WIDGET (app->window)), "after-paint", G_CALLBACK (on_after_paint), app);
  driven_app_wait (app, is_home_there, NULL);
  home = soban_page_stack_get_top (soban_window_get_pages (app->window));
  g_signal_connect_swapped (home, "filled", G_CALLBACK (on_home_filled), &filled);
  driven_app_wait (app, is_home_filled, &filled);
  g_signal_handlers_disconnect_by_func (home, on_home_filled, &filled);
  return app;
}

void
driven_app_close (DrivenApp *app)
{
  gtk_window_close (GTK_WINDOW (app->window));
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  g_object_unref (app->application);
  g_free (app);
}

void
driven_app_do (DrivenApp *app, const char *action, const char *parameter)
{
  gtk_widget_activate_action_variant (GTK_WIDGET (app->window), action, parameter == NULL ? NULL : g_variant_new_string (parameter));
}

SobanEntryPage *
driven_app_get_entry (DrivenApp *app)
{
  GtkWidget *top = soban_page_stack_get_top (soban_window_get_pages (app->window));

  return top != NULL && SOBAN_IS_ENTRY_PAGE (top) ? SOBAN_ENTRY_PAGE (top) : NULL;
}

static gboolean
is_form_open (DrivenApp *app, gpointer data)
{
  SobanEntryPage *page = driven_app_get_entry (app);

  return page != NULL && gtk_widget_get_mapped (GTK_WIDGET (page));
}

DrivenTime
driven_app_open_form (DrivenApp *app, const char *form)
{
  DrivenTime start = driven_time_now ();

  driven_app_do (app, "win.new", form);
  return driven_app_wait_for_frame (app, start, is_form_open, NULL);
}

static gboolean
is_depth (DrivenApp *app, gpointer data)
{
  return soban_page_stack_get_depth (soban_window_get_pages (app->window)) <= GPOINTER_TO_UINT (data);
}

DrivenTime
driven_app_go_back (DrivenApp *app)
{
  guint depth = soban_page_stack_get_depth (soban_window_get_pages (app->window));
  DrivenTime start = driven_time_now ();

  driven_app_do (app, "win.back", NULL);
  return driven_app_wait_for_frame (app, start, is_depth, GUINT_TO_POINTER (depth - 1));
}
