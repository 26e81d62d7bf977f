/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first run, the link with the commune office, sending, settings, and a ledger that does not open. */
#include <glib/gstdio.h>

#include "base/error.h"
#include "client/session.h"
#include "compat/about.h"
#include "people/people-page.h"
#include "settings/settings-page.h"
#include "store/people.h"
#include "store/settings.h"
#include "sync/stick-part.h"
#include "sync/sync-page.h"
#include "tour.h"
#include "trouble/trouble-page.h"
#include "welcome/welcome-page.h"
#include "widgets/choice-page.h"

void
tour_walk_welcome (Tour *tour)
{
  const char *const steps[] = { "language", "ways", "code", "busy", "local" };

  tour_begin (tour, TOUR_FRESH);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    soban_welcome_page_show_step (SOBAN_WELCOME_PAGE (tour_wait_for_page (tour, SOBAN_TYPE_WELCOME_PAGE)), steps[i]);
    tour_stop (tour, "welcome-%s", steps[i]);
  }
  tour_click (tour, "Choose…");
  tour_wait_for_page (tour, SOBAN_TYPE_CHOICE_PAGE);
  tour_stop (tour, "choice");
  gtk_editable_set_text (GTK_EDITABLE (tour_wait_for (tour, GTK_TYPE_SEARCH_ENTRY, NULL)), "khong co o dau");
  tour_wait_for (tour, GTK_TYPE_LABEL, "Nothing found");
  tour_stop (tour, "choice-nothing");
  tour_end (tour);
}

static void
on_retry (void)
{
}

void
tour_walk_trouble (Tour *tour)
{
  const struct {
    const char *name;
    SobanStoreError code;
    gboolean backup;
  } troubles[] = {
    { "full", SOBAN_STORE_ERROR_FULL, FALSE },      { "busy", SOBAN_STORE_ERROR_BUSY, FALSE },
    { "new", SOBAN_STORE_ERROR_TOO_NEW, FALSE },    { "damaged", SOBAN_STORE_ERROR_CORRUPT, FALSE },
    { "damaged-backup", SOBAN_STORE_ERROR_CORRUPT, TRUE },
  };
  SobanPageStack *pages;

  tour_begin (tour, TOUR_BEGUN);
  pages = soban_window_get_pages (tour->window);
  for (guint i = 0; i < G_N_ELEMENTS (troubles); i++) {
    g_autoptr (GError) error = g_error_new_literal (SOBAN_STORE_ERROR, troubles[i].code, "…");

    soban_page_stack_push (pages, soban_trouble_page_new (error, troubles[i].backup ? g_get_tmp_dir () : NULL,
                                                          G_CALLBACK (on_retry), tour->window));
    tour_stop (tour, "trouble-%s", troubles[i].name);
    soban_page_stack_pop (pages);
  }
  tour_end (tour);
}

/* ---- sending ---- */

/* Takes connections and never answers: a sync with it stays under way. */
static char *
listen_in_silence (GSocketListener *listener)
{
  g_autoptr (GError) error = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);

  g_assert_no_error (error);
  return g_strdup_printf ("https://localhost:%u", port);
}

static void
show_progress (Tour *tour, guint64 sent, guint64 to_send, guint64 pulled, guint64 to_pull)
{
  SobanSyncSession *session = soban_sync_scheduler_get_session (tour->scheduler);
  /* The page shows what the numbers would be half-way. */
  SobanSyncProgress *progress = (SobanSyncProgress *)soban_sync_session_get_progress (session);

  progress->sent = sent;
  progress->to_send = to_send;
  progress->pulled = pulled;
  progress->to_pull = to_pull;
  g_signal_emit_by_name (session, "progress");
}

static void
walk_running (Tour *tour)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autofree char *url = listen_in_silence (listener);
  g_autoptr (GError) error = NULL;

  tour_begin (tour, TOUR_ENROLLED);
  g_assert_true (soban_store_set_setting (tour->store, SOBAN_SETTING_COLLECTOR_URL, url, &error));
  tour_go (tour, "win.sync", NULL);
  tour_click (tour, "_Send and receive now");
  tour_wait_for (tour, GTK_TYPE_BUTTON, "S_top");
  tour_stop (tour, "sync-running");
  show_progress (tour, 240, 1312, 0, 0);
  tour_stop (tour, "sync-sending");
  show_progress (tour, 1312, 1312, 4100, 12000);
  tour_stop (tour, "sync-receiving");
  tour_click (tour, "S_top");
  tour_wait_for (tour, GTK_TYPE_BUTTON, "_Send and receive now");
  g_socket_listener_close (listener);
  tour_end (tour);
}

static gboolean
has_said (gpointer data)
{
  return *soban_stick_part_get_text (data) != '\0';
}

static void
empty_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);

    g_unlink (file);
  }
  g_rmdir (path);
}

static void
walk_stick (Tour *tour)
{
  g_autofree char *path = g_dir_make_tmp ("soban-stick-XXXXXX", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  GtkWidget *part = tour_wait_for (tour, SOBAN_TYPE_STICK_PART, NULL);

  gtk_expander_set_expanded (GTK_EXPANDER (tour_wait_for (tour, GTK_TYPE_EXPANDER, NULL)), TRUE);
  tour_stop (tour, "sync-stick");
  soban_stick_part_write (SOBAN_STICK_PART (part), folder, SOBAN_BUNDLE_FOR_COLLECTOR);
  sample_wait (has_said, part);
  tour_stop (tour, "sync-stick-refused");
  empty_folder (path);
}

static void
walk_waiting (Tour *tour)
{
  tour_begin (tour, TOUR_ENROLLED);
  tour_go (tour, "win.sync", NULL);
  tour_wait_for (tour, GTK_TYPE_BUTTON, "_Send and receive now");
  tour_stop (tour, "sync-waiting");
  tour_click (tour, "_Send and receive now");
  tour_wait_for (tour, GTK_TYPE_BUTTON, "_Send and receive now");
  tour_stop (tour, "sync-trouble");
  walk_stick (tour);
  tour_end (tour);
}

void
tour_walk_sync (Tour *tour)
{
  g_autofree char *now = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_real_time () / 1000);
  g_autoptr (GError) error = NULL;

  tour_begin (tour, TOUR_FILLED);
  tour_go (tour, "win.sync", NULL);
  tour_wait_for (tour, GTK_TYPE_BUTTON, "_Link with the commune office");
  tour_stop (tour, "sync-unlinked");
  tour_go (tour, "win.enrol", NULL);
  tour_stop (tour, "enrol");
  tour_end (tour);

  tour_begin (tour, TOUR_FRESH);
  sample_store_enrol (tour->store, SAMPLE_DEAD_URL);
  g_assert_true (soban_store_set_setting (tour->store, SOBAN_SETTING_LAST_SYNC_MS, now, &error));
  tour_go (tour, "win.sync", NULL);
  tour_wait_for (tour, GTK_TYPE_LABEL, "The commune has received everything");
  tour_stop (tour, "sync-received");
  tour_end (tour);

  walk_waiting (tour);
  walk_running (tour);
}

/* ---- settings ---- */

void
tour_walk_settings (Tour *tour)
{
  g_autoptr (GError) error = NULL;

  tour_begin (tour, TOUR_FILLED);
  tour_go (tour, "win.settings", NULL);
  tour_wait_for_page (tour, SOBAN_TYPE_SETTINGS_PAGE);
  tour_stop (tour, "settings");
  soban_about_show (GTK_WINDOW (tour->window));
  tour_stop_at_dialog (tour, "about");
  tour_go (tour, "win.keys", NULL);
  tour_stop_at_dialog (tour, "keys");
  g_assert_true (soban_store_add_person (tour->store, "H'Hen Niê", &error));
  g_assert_true (soban_store_add_person (tour->store, "A & B <c>", &error));
  tour_go (tour, "win.people", NULL);
  tour_wait_for_page (tour, SOBAN_TYPE_PEOPLE_PAGE);
  tour_stop (tour, "people");
  tour_end (tour);
}
