/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tour.h"

#include "compat/about.h"

#include <stdarg.h>

/* A store's jobs run beside each other; what a page asks next is asked when the first answer is shown. */
#define ROUNDS 4
#define FIT_SECONDS_MAX 5
#define TICK_MS 20

const TourScreen TOUR_SCREENS[] = {
  { "welcome", tour_walk_welcome }, { "trouble", tour_walk_trouble }, { "home", tour_walk_home },
  { "entry", tour_walk_entry },     { "start", tour_walk_start },     { "repeat", tour_walk_repeat },
  { "forms", tour_walk_forms },     { "controls", tour_walk_controls },
  { "records", tour_walk_records }, { "look", tour_walk_look },
  { "reports", tour_walk_reports }, { "sync", tour_walk_sync },       { "settings", tour_walk_settings },
  { "lock", tour_walk_lock },
  { NULL, NULL },
};

void
tour_init (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  /* The frame that GTK draws where no window manager does would take some of the width. */
  gtk_css_provider_load_from_data (provider, "window.solid-csd { padding: 0; border: none; box-shadow: none; }", -1);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_USER);
}

void
tour_begin (Tour *tour, TourStore state)
{
  tour->store = sample_store_new ();
  if (state != TOUR_FRESH) {
    sample_store_begin (tour->store);
  }
  if (state == TOUR_FILLED || state == TOUR_ENROLLED) {
    sample_store_fill (tour->store);
  }
  if (state == TOUR_ENROLLED) {
    sample_store_enrol (tour->store, SAMPLE_DEAD_URL);
  }
  tour->scheduler = soban_sync_scheduler_new (tour->store);
  tour_open_window (tour);
}

void
tour_end (Tour *tour)
{
  tour_close_window (tour);
  g_clear_object (&tour->scheduler);
  sample_store_free (tour->store);
  tour->store = NULL;
}

static gboolean
is_mapped (gpointer data)
{
  return gtk_widget_get_mapped (data);
}

static void
on_about_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  soban_about_show (data);
}

/* The program's own are those of its application; without them their rows could not be chosen. */
static void
add_actions (GtkWidget *window)
{
  const GActionEntry entries[] = { { "about", on_about_activated } };
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, G_N_ELEMENTS (entries), window);
  gtk_widget_insert_action_group (window, "app", G_ACTION_GROUP (actions));
}

void
tour_open_window (Tour *tour)
{
  tour->window = SOBAN_WINDOW (soban_window_new (NULL));
  add_actions (GTK_WIDGET (tour->window));
  gtk_window_set_default_size (GTK_WINDOW (tour->window), tour->width, tour->height);
  soban_window_set_store (tour->window, tour->store, tour->scheduler);
  gtk_window_present (GTK_WINDOW (tour->window));
  sample_wait (is_mapped, tour->window);
}

void
tour_close_window (Tour *tour)
{
  /* As in ui_close_window(). */
  soban_page_stack_clear (soban_window_get_pages (tour->window));
  sample_settle ();
  gtk_window_destroy (GTK_WINDOW (tour->window));
  tour->window = NULL;
  sample_settle ();
}

/* ---- waiting ---- */

static gboolean
run_nothing (SobanStore *store, gpointer data, GError **error)
{
  return TRUE;
}

static void
on_nothing_done (GObject *source, GAsyncResult *result, gpointer data)
{
  soban_store_run_finish (SOBAN_STORE (source), result, NULL);
  *(gboolean *)data = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *)data;
}

static void
settle (Tour *tour, GtkWindow *window)
{
  for (guint i = 0; i < ROUNDS; i++) {
    gboolean done = FALSE;

    soban_store_run_async (tour->store, run_nothing, NULL, NULL, NULL, on_nothing_done, &done);
    sample_wait (is_true, &done);
    sample_settle ();
  }
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
}

typedef struct {
  Tour *tour;
  GType type;
  const char *msgid;
  GtkWidget *found;
} Sight;

static gboolean
is_on_top (gpointer data)
{
  Sight *sight = data;

  sight->found = tour_get_top (sight->tour);
  return sight->found != NULL && g_type_is_a (G_OBJECT_TYPE (sight->found), sight->type);
}

GtkWidget *
tour_wait_for_page (Tour *tour, GType type)
{
  Sight sight = { tour, type, NULL, NULL };

  sample_wait (is_on_top, &sight);
  return sight.found;
}

static gboolean
is_seen (gpointer data)
{
  Sight *sight = data;
  const char *text = sight->msgid == NULL ? NULL : g_dgettext ("soban", sight->msgid);

  sight->found = sample_find (tour_get_top (sight->tour), sight->type, text);
  return sight->found != NULL;
}

GtkWidget *
tour_wait_for (Tour *tour, GType type, const char *msgid)
{
  Sight sight = { tour, type, msgid, NULL };

  sample_wait (is_seen, &sight);
  return sight.found;
}

static gboolean
has_dialog (gpointer data)
{
  Sight *sight = data;
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *at = windows; at != NULL; at = at->next) {
    if (at->data != sight->tour->window && gtk_widget_get_mapped (at->data)) {
      sight->found = at->data;
      return TRUE;
    }
  }
  return FALSE;
}

typedef struct {
  GtkWidget *dialog;
  gint64 until_us;
} Fitting;

/* A dialog gets its height once the display has answered; one that is too high for the display never does. */
static gboolean
is_fitted (gpointer data)
{
  Fitting *fitting = data;
  int needed;

  gtk_widget_measure (fitting->dialog, GTK_ORIENTATION_VERTICAL, gtk_widget_get_width (fitting->dialog), &needed, NULL, NULL, NULL);
  return gtk_widget_get_height (fitting->dialog) >= needed || g_get_monotonic_time () > fitting->until_us;
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_until_fitted (GtkWidget *dialog)
{
  Fitting fitting = { dialog, g_get_monotonic_time () + FIT_SECONDS_MAX * G_USEC_PER_SEC };
  guint ticks = g_timeout_add (TICK_MS, on_tick, NULL);

  sample_wait (is_fitted, &fitting);
  g_source_remove (ticks);
}

/* ---- visiting ---- */

void
tour_stop (Tour *tour, const char *format, ...)
{
  g_autofree char *name = NULL;
  va_list args;

  va_start (args, format);
  name = g_strdup_vprintf (format, args);
  va_end (args);
  settle (tour, GTK_WINDOW (tour->window));
  tour->visit (tour, name, GTK_WINDOW (tour->window), tour->data);
}

void
tour_stop_at_dialog (Tour *tour, const char *stop)
{
  Sight sight = { .tour = tour };

  sample_wait (has_dialog, &sight);
  settle (tour, GTK_WINDOW (sight.found));
  wait_until_fitted (sight.found);
  tour->visit (tour, stop, GTK_WINDOW (sight.found), tour->data);
  if (ADW_IS_MESSAGE_DIALOG (sight.found)) {
    adw_message_dialog_response (ADW_MESSAGE_DIALOG (sight.found), "cancel");
  } else {
    gtk_window_close (GTK_WINDOW (sight.found));
  }
  sample_settle ();
}

GtkWidget *
tour_get_top (Tour *tour)
{
  return soban_page_stack_get_top (soban_window_get_pages (tour->window));
}

void
tour_go (Tour *tour, const char *action, const char *format, ...)
{
  GVariant *parameter = NULL;
  va_list args;

  if (format != NULL) {
    va_start (args, format);
    parameter = g_variant_new_va (format, NULL, &args);
    va_end (args);
  }
  g_assert_true (gtk_widget_activate_action_variant (GTK_WIDGET (tour->window), action, parameter));
  sample_settle ();
}

void
tour_back (Tour *tour)
{
  tour_go (tour, "win.back", NULL);
}

void
tour_click (Tour *tour, const char *msgid)
{
  g_signal_emit_by_name (tour_wait_for (tour, GTK_TYPE_BUTTON, msgid), "clicked");
  sample_settle ();
}
