/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "application.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>

#include "appearance.h"
#include "base/error.h"
#include "base/language.h"
#include "client/scheduler.h"
#include "compat/about.h"
#include "compat/icon-source.h"
#include "power-watch.h"
#include "spare-memory.h"
#include "store/backup.h"
#include "trouble/trouble-text.h"
#include "window.h"

#define BACKUP_DELAY_SECONDS 60
#define BUSY_RETRY_SECONDS 1 /* between attempts; SQLite itself waits for some seconds in each */
#define TERMINATE_WAIT_US_MAX (5 * G_USEC_PER_SEC)
#define TERMINATE_TICK_MS 50
#define RESOURCE_PATH "/org/soban/Soban"

struct _SobanApplication {
  AdwApplication parent_instance;

  SobanPreferences *preferences;
  char *store_path;
  gboolean own_path; /* --store was given: not the person's usual store */
  gboolean restart;
  char *resume;       /* (nullable): what the program that is started anew opens first */
  char *restore_path; /* (nullable): the copy to be taken in place of the store once the program has ended */

  SobanStore *store; /* (nullable): until it is open */
  GError *store_error;
  gboolean opening;
  gboolean painted; /* the window has shown its first frame */
  SobanSyncScheduler *scheduler; /* (nullable): until the store is open */
  guint term_source, int_source;
  guint terminate_source; /* 0: not ending */
  gint64 terminate_us;    /* when it ends, whatever is still being made ready */
  guint backup_source; /* 0: not waiting */
  guint retry_source;  /* 0: the store is not in use by another program */
  SobanPowerWatch *power; /* (nullable): until the first frame */
};

G_DEFINE_FINAL_TYPE (SobanApplication, soban_application, ADW_TYPE_APPLICATION)

static void
tell_window (SobanApplication *self, SobanWindow *window)
{
  if (self->store != NULL) {
    soban_window_set_store (window, self->store, self->scheduler);
    return;
  }
  if (self->store_error != NULL) {
    soban_window_show_store_error (window, self->store_error);
  }
}

/* The first frame comes before the pages: an empty window in a tenth of a second, then the ledger in it. */
static void
on_after_paint (GdkFrameClock *clock, SobanWindow *window)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (window));

  g_signal_handlers_disconnect_by_func (clock, on_after_paint, window);
  if (SOBAN_IS_APPLICATION (application)) {
    SOBAN_APPLICATION (application)->painted = TRUE;
    soban_application_open_store (SOBAN_APPLICATION (application));
    tell_window (SOBAN_APPLICATION (application), window);
  }
}

static void
tell_windows (SobanApplication *self)
{
  for (GList *at = gtk_application_get_windows (GTK_APPLICATION (self)); at != NULL; at = at->next) {
    if (SOBAN_IS_WINDOW (at->data)) {
      tell_window (self, at->data);
    }
  }
}

static gboolean
run_daily_backup (SobanStore *store, gpointer data, GError **error)
{
  gboolean made;

  return soban_store_back_up_daily (store, &made, error);
}

static void
on_daily_backup (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    g_message ("The backup of the day: %s", error->message);
  }
}

/* When the first pages stand: a copy reads the whole file. */
static gboolean
on_back_up (gpointer data)
{
  SobanApplication *self = data;

  if (self->store != NULL) {
    soban_store_run_async (self->store, run_daily_backup, NULL, NULL, NULL, on_daily_backup, NULL);
  }
  self->backup_source = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
on_start_scheduler (gpointer data)
{
  SobanApplication *self = data;

  if (self->scheduler != NULL) {
    soban_sync_scheduler_start (self->scheduler);
  }
  return G_SOURCE_REMOVE;
}

static void start_watching (SobanApplication *self);

/* As soon as the other program lets go of it. */
static gboolean
on_retry (gpointer data)
{
  SobanApplication *self = data;

  self->retry_source = 0;
  soban_application_open_store (self);
  return G_SOURCE_REMOVE;
}

static void
on_store_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  SobanApplication *self = SOBAN_APPLICATION (source);

  g_autoptr (GError) before = g_steal_pointer (&self->store_error);

  self->opening = FALSE;
  self->store = g_task_propagate_pointer (G_TASK (result), &self->store_error);
  if (g_error_matches (self->store_error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_BUSY)) {
    self->retry_source = g_timeout_add_seconds (BUSY_RETRY_SECONDS, on_retry, self);
    if (g_error_matches (before, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_BUSY)) {
      /* It is told already: the page stays as it is, with its focus. */
      return;
    }
  }
  if (self->store != NULL) {
    self->scheduler = soban_sync_scheduler_new (self->store);
    /* What carries it is needed no more until the next one. */
    g_signal_connect (self->scheduler, "finished", G_CALLBACK (soban_spare_memory_give_back), NULL);
    self->backup_source = g_timeout_add_seconds (BACKUP_DELAY_SECONDS, on_back_up, self);
    start_watching (self);
    /* The first frame comes before the network. */
    g_idle_add_full (G_PRIORITY_LOW, on_start_scheduler, g_object_ref (self), g_object_unref);
  }
  if (self->painted) {
    tell_windows (self);
  }
}

static void
run_open (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  SobanStore *store = soban_store_open (data, soban_data_dir (), NULL, &error);

  if (store == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  g_task_return_pointer (task, store, g_object_unref);
}

void
soban_application_open_store (SobanApplication *self)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (SOBAN_IS_APPLICATION (self));
  if (self->opening || self->store != NULL) {
    return;
  }
  g_clear_handle_id (&self->retry_source, g_source_remove);
  self->opening = TRUE;
  task = g_task_new (self, NULL, on_store_opened, NULL);
  g_task_set_source_tag (task, soban_application_open_store);
  g_task_set_task_data (task, g_strdup (self->store_path), g_free);
  g_task_run_in_thread (task, run_open);
}

static gboolean
flush_windows (SobanApplication *self)
{
  gboolean saved = TRUE;

  for (GList *at = gtk_application_get_windows (GTK_APPLICATION (self)); at != NULL; at = at->next) {
    if (SOBAN_IS_WINDOW (at->data)) {
      saved &= soban_window_flush (at->data);
    }
  }
  return saved;
}

/* As at the end of the program, which may be near. */
static void
on_power_failing (SobanApplication *self, guint reason)
{
  gboolean tell = flush_windows (self) && reason == SOBAN_POWER_BATTERY;

  for (GList *at = gtk_application_get_windows (GTK_APPLICATION (self)); at != NULL && reason == SOBAN_POWER_END; at = at->next) {
    if (SOBAN_IS_WINDOW (at->data)) {
      soban_window_lock (at->data);
    }
  }

  for (GList *at = gtk_application_get_windows (GTK_APPLICATION (self)); at != NULL && tell; at = at->next) {
    if (SOBAN_IS_WINDOW (at->data)) {
      soban_window_tell (at->data, _("The battery is nearly empty. All you have written is kept."));
    }
  }
}

static gboolean
run_spare_memory (SobanStore *store, gpointer data, GError **error)
{
  return soban_store_spare_memory (store, error);
}

static void
on_memory_spared (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    g_message ("Letting go of memory: %s", error->message);
  }
  soban_spare_memory_give_back ();
}

void
soban_application_spare_memory (SobanApplication *self)
{
  g_return_if_fail (SOBAN_IS_APPLICATION (self));

  for (GList *at = gtk_application_get_windows (GTK_APPLICATION (self)); at != NULL; at = at->next) {
    if (SOBAN_IS_WINDOW (at->data)) {
      soban_window_spare_memory (at->data);
    }
  }
  if (self->store != NULL) {
    soban_store_run_async (self->store, run_spare_memory, NULL, NULL, NULL, on_memory_spared, NULL);
  }
}

/* The bus is not waited for, and not asked before the first frame. */
static void
start_watching (SobanApplication *self)
{
  if (self->power != NULL) {
    return;
  }
  self->power = soban_power_watch_new ();
  g_signal_connect_object (self->power, "failing", G_CALLBACK (on_power_failing), self, G_CONNECT_SWAPPED);
  soban_power_watch_start (self->power);
  soban_spare_memory_watch (G_CALLBACK (soban_application_spare_memory), self);
}

static void
terminate (SobanApplication *self)
{
  flush_windows (self);
  g_application_quit (G_APPLICATION (self));
}

static gboolean
is_making (SobanApplication *self)
{
  for (GList *at = gtk_application_get_windows (GTK_APPLICATION (self)); at != NULL; at = at->next) {
    if (SOBAN_IS_WINDOW (at->data) && soban_window_is_making (at->data)) {
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
on_terminate_tick (gpointer data)
{
  SobanApplication *self = data;

  if (is_making (self) && g_get_monotonic_time () < self->terminate_us) {
    return G_SOURCE_CONTINUE;
  }
  self->terminate_source = 0;
  terminate (self);
  return G_SOURCE_REMOVE;
}

/* What was written is saved at once; a picture that is being made ready is waited for, but no longer than whoever ends the program would. */
static gboolean
on_terminate (gpointer data)
{
  SobanApplication *self = data;

  if (!is_making (self)) {
    terminate (self);
  } else if (self->terminate_source == 0) {
    flush_windows (self);
    self->terminate_us = g_get_monotonic_time () + TERMINATE_WAIT_US_MAX;
    self->terminate_source = g_timeout_add (TERMINATE_TICK_MS, on_terminate_tick, self);
  }
  return G_SOURCE_CONTINUE;
}

static void
on_quit_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  SobanApplication *self = data;
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL || flush_windows (self)) {
    terminate (self);
    return;
  }
  /* It asks. */
  gtk_window_close (window);
}

static void
on_about_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  soban_about_show (gtk_application_get_active_window (data));
}

/* Everything is flushed: the next start shows the same page, in another way. */
static void
start_anew (SobanApplication *self)
{
  for (GList *at = gtk_application_get_windows (GTK_APPLICATION (self)); at != NULL; at = at->next) {
    if (SOBAN_IS_WINDOW (at->data)) {
      g_free (self->resume);
      self->resume = soban_window_describe_resume (at->data);
    }
  }
  self->restart = TRUE;
  terminate (self);
}

void
soban_application_set_language (SobanApplication *self, const char *language)
{
  g_return_if_fail (SOBAN_IS_APPLICATION (self));

  if (g_strcmp0 (soban_language_get (), language) == 0 || !flush_windows (self)) {
    return;
  }
  soban_preferences_set_language (self->preferences, language);
  start_anew (self);
}

void
soban_application_set_high_contrast (SobanApplication *self, gboolean high_contrast)
{
  g_return_if_fail (SOBAN_IS_APPLICATION (self));

  if (!flush_windows (self)) {
    return;
  }
  soban_preferences_set_high_contrast (self->preferences, high_contrast);
  start_anew (self);
}

void
soban_application_restore (SobanApplication *self, const char *path)
{
  g_return_if_fail (SOBAN_IS_APPLICATION (self));

  if (!flush_windows (self)) {
    return;
  }
  g_free (self->restore_path);
  self->restore_path = g_strdup (path);
  self->restart = TRUE;
  terminate (self);
}

gboolean
soban_application_finish_restore (SobanApplication *self, char **ret_sentence)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *kept = NULL;

  if (self->restore_path == NULL) {
    return FALSE;
  }
  if (soban_backup_restore (self->restore_path, self->store_path, soban_data_dir (), &kept, &error)) {
    *ret_sentence = kept == NULL ? g_strdup (_("The backup is restored."))
                                 : g_strdup_printf (_("The backup is restored. The former ledger is kept as %s."), kept);
  } else {
    *ret_sentence = soban_trouble_text (error);
  }
  return TRUE;
}

const char *
soban_application_get_resume (SobanApplication *self)
{
  return self->resume;
}

gboolean
soban_application_wants_restart (SobanApplication *self)
{
  return self->restart;
}

SobanPreferences *
soban_application_get_preferences (SobanApplication *self)
{
  return self->preferences;
}

const char *
soban_application_get_store_path (SobanApplication *self)
{
  return self->store_path;
}

SobanStore *
soban_application_get_store (SobanApplication *self)
{
  return self->store;
}

static void
on_high_contrast (AdwStyleManager *styles, GParamSpec *spec, gpointer provider)
{
  GdkDisplay *display = gdk_display_get_default ();

  if (adw_style_manager_get_high_contrast (styles)) {
    gtk_style_context_add_provider_for_display (display, provider, GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  } else {
    gtk_style_context_remove_provider_for_display (display, provider);
  }
}

void
soban_application_add_style (void)
{
  AdwStyleManager *styles = adw_style_manager_get_default ();
  GdkDisplay *display = gdk_display_get_default ();
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();
  g_autoptr (GtkCssProvider) contrast = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, RESOURCE_PATH "/style.css");
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_css_provider_load_from_resource (contrast, RESOURCE_PATH "/style-contrast.css");
  g_signal_connect_object (styles, "notify::high-contrast", G_CALLBACK (on_high_contrast), contrast, 0);
  on_high_contrast (styles, NULL, contrast);
  soban_icon_source_use_own (display);
}

static const GActionEntry ACTIONS[] = {
  { "quit", on_quit_activated },
  { "about", on_about_activated },
};

static void
set_accels (GtkApplication *application)
{
  const char *const pairs[][2] = {
    { "app.quit", "<Control>q" },         { "win.back", "<Alt>Left" },
    { "win.home", "<Alt>Home" },          { "win.records('')", "<Control>l" },
    { "win.search", "<Control>f" },       { "win.sync", "<Control>s" },
    { "win.settings", "<Control>comma" }, { "win.entry-next", "<Control>Return" },
    { "win.undo", "<Control>z" },         { "win.look", "<Control>k" },
    { "win.entry-back", "<Alt>Page_Up" }, { "win.entry-review", "<Control>r" },
    { "win.reports", "<Control>p" },      { "win.keys", "F1" },
    { "win.lock", "<Control><Shift>l" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
    const char *accels[] = { pairs[i][1], NULL };

    gtk_application_set_accels_for_action (application, pairs[i][0], accels);
  }
}

static void
soban_application_startup (GApplication *application)
{
  SobanApplication *self = SOBAN_APPLICATION (application);

  G_APPLICATION_CLASS (soban_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (self), ACTIONS, G_N_ELEMENTS (ACTIONS), self);
  set_accels (GTK_APPLICATION (self));
  soban_icon_source_use_own (gdk_display_get_default ());
  soban_appearance_apply (self->preferences);
  gtk_window_set_default_icon_name (SOBAN_APPLICATION_ID);
  self->term_source = g_unix_signal_add (SIGTERM, on_terminate, self);
  self->int_source = g_unix_signal_add (SIGINT, on_terminate, self);
}

static void
soban_application_activate (GApplication *application)
{
  SobanApplication *self = SOBAN_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL) {
    window = GTK_WINDOW (soban_window_new (self));
    self->painted = FALSE;
    gtk_window_present (window);
    g_signal_connect_object (gtk_widget_get_frame_clock (GTK_WIDGET (window)), "after-paint",
                             G_CALLBACK (on_after_paint), window, 0);
  }
  gtk_window_present (window);
}

static void
soban_application_shutdown (GApplication *application)
{
  SobanApplication *self = SOBAN_APPLICATION (application);

  flush_windows (self);
  g_clear_handle_id (&self->term_source, g_source_remove);
  g_clear_handle_id (&self->int_source, g_source_remove);
  g_clear_handle_id (&self->backup_source, g_source_remove);
  g_clear_handle_id (&self->retry_source, g_source_remove);
  g_clear_handle_id (&self->terminate_source, g_source_remove);
  if (self->scheduler != NULL) {
    soban_sync_scheduler_stop (self->scheduler);
  }
  g_clear_object (&self->power);
  G_APPLICATION_CLASS (soban_application_parent_class)->shutdown (application);
  g_clear_object (&self->scheduler);
  if (self->store != NULL) {
    soban_store_close (self->store);
  }
  g_clear_object (&self->store);
}

static void
soban_application_finalize (GObject *object)
{
  SobanApplication *self = SOBAN_APPLICATION (object);

  g_clear_object (&self->preferences);
  g_clear_error (&self->store_error);
  g_free (self->resume);
  g_free (self->restore_path);
  g_free (self->store_path);
  G_OBJECT_CLASS (soban_application_parent_class)->finalize (object);
}

static void
soban_application_class_init (SobanApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = soban_application_finalize;
  application_class->startup = soban_application_startup;
  application_class->activate = soban_application_activate;
  application_class->shutdown = soban_application_shutdown;
}

static void
soban_application_init (SobanApplication *self)
{
}

SobanApplication *
soban_application_new (SobanPreferences *preferences, const char *store_path)
{
  /* A store of one's own is another ledger: it must not end up in the window of the usual one. */
  SobanApplication *self =
      g_object_new (SOBAN_TYPE_APPLICATION, "application-id", SOBAN_APPLICATION_ID, "flags",
                    store_path == NULL ? G_APPLICATION_DEFAULT_FLAGS : G_APPLICATION_NON_UNIQUE, NULL);

  self->preferences = g_object_ref (preferences);
  self->store_path = store_path == NULL ? g_build_filename (g_get_user_data_dir (), "soban", "soban.db", NULL)
                                        : g_canonicalize_filename (store_path, NULL);
  return self;
}
