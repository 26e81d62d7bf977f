/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lock/idle-watch.h"

#include "base/clock.h"

struct _SobanIdleWatch {
  GObject parent_instance;

  GtkWindow *window; /* (nullable): weak */
  guint idle_ms;
  gint64 touched_ms; /* CLOCK_BOOTTIME */
  guint source;      /* 0: not started, or it has said so */
  GtkWidget *text;   /* (nullable): weak: whose changes are heard of */
};

G_DEFINE_FINAL_TYPE (SobanIdleWatch, soban_idle_watch, G_TYPE_OBJECT)

static gint64
read_clock_ms (void)
{
  return soban_clock_boottime_ms (soban_clock_system ());
}

static void
tell (SobanIdleWatch *self)
{
  soban_idle_watch_stop (self);
  g_signal_emit_by_name (self, "idle");
}

static gboolean
on_timeout (gpointer data)
{
  SobanIdleWatch *self = data;
  gint64 left_ms = self->idle_ms - (read_clock_ms () - self->touched_ms);

  self->source = 0;
  if (left_ms > 0) {
    self->source = g_timeout_add ((guint)left_ms, on_timeout, self);
  } else {
    tell (self);
  }
  return G_SOURCE_REMOVE;
}

/* TRUE: it comes too late. */
static gboolean
touch (SobanIdleWatch *self)
{
  gint64 now_ms = read_clock_ms ();

  if (self->source == 0) {
    return FALSE;
  }
  if (now_ms - self->touched_ms >= self->idle_ms) {
    tell (self);
    return TRUE;
  }
  self->touched_ms = now_ms;
  return FALSE;
}

static void
on_changed (SobanIdleWatch *self)
{
  touch (self);
}

static gboolean
on_event (GtkEventControllerLegacy *controller, GdkEvent *event, SobanIdleWatch *self)
{
  switch (gdk_event_get_event_type (event)) {
  case GDK_BUTTON_PRESS:
  case GDK_KEY_PRESS:
  case GDK_TOUCH_BEGIN:
  case GDK_TOUCH_UPDATE:
  case GDK_SCROLL:
  case GDK_TOUCHPAD_SWIPE:
  case GDK_TOUCHPAD_PINCH:
    return touch (self);
  default:
    return FALSE;
  }
}

/* ---- text that changes ---- */

static void
forget_text (SobanIdleWatch *self)
{
  if (self->text == NULL) {
    return;
  }
  g_signal_handlers_disconnect_by_data (self->text, self);
  if (GTK_IS_TEXT_VIEW (self->text)) {
    g_signal_handlers_disconnect_by_data (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->text)), self);
  }
  g_clear_weak_pointer (&self->text);
}

static void
on_focus_moved (SobanIdleWatch *self)
{
  GtkWidget *focus = self->window == NULL ? NULL : gtk_window_get_focus (self->window);

  touch (self);
  forget_text (self);
  if (!GTK_IS_TEXT (focus) && !GTK_IS_TEXT_VIEW (focus)) {
    return;
  }
  g_set_weak_pointer (&self->text, focus);
  g_signal_connect_object (focus, "preedit-changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  if (GTK_IS_TEXT (focus)) {
    g_signal_connect_object (focus, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  } else {
    g_signal_connect_object (gtk_text_view_get_buffer (GTK_TEXT_VIEW (focus)), "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  }
}

/* ---- windows ---- */

static void
watch (SobanIdleWatch *self, GtkWidget *window)
{
  GtkEventController *controller = gtk_event_controller_legacy_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect_object (controller, "event", G_CALLBACK (on_event), self, 0);
  gtk_widget_add_controller (window, controller);
}

static void
on_windows_changed (GListModel *windows, guint position, guint removed, guint added, SobanIdleWatch *self)
{
  for (guint i = position; i < position + added; i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

    watch (self, window);
  }
  touch (self);
}

/* ---- start ---- */

void
soban_idle_watch_start (SobanIdleWatch *self)
{
  g_return_if_fail (SOBAN_IS_IDLE_WATCH (self));
  self->touched_ms = read_clock_ms ();
  if (self->source == 0) {
    self->source = g_timeout_add (self->idle_ms, on_timeout, self);
  }
}

void
soban_idle_watch_stop (SobanIdleWatch *self)
{
  g_return_if_fail (SOBAN_IS_IDLE_WATCH (self));
  g_clear_handle_id (&self->source, g_source_remove);
}

static void
soban_idle_watch_dispose (GObject *object)
{
  SobanIdleWatch *self = SOBAN_IDLE_WATCH (object);

  soban_idle_watch_stop (self);
  forget_text (self);
  g_clear_weak_pointer (&self->window);
  G_OBJECT_CLASS (soban_idle_watch_parent_class)->dispose (object);
}

static void
soban_idle_watch_class_init (SobanIdleWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = soban_idle_watch_dispose;
  g_signal_new ("idle", SOBAN_TYPE_IDLE_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
soban_idle_watch_init (SobanIdleWatch *self)
{
}

SobanIdleWatch *
soban_idle_watch_new (GtkWindow *window, guint idle_ms)
{
  SobanIdleWatch *self = g_object_new (SOBAN_TYPE_IDLE_WATCH, NULL);
  GListModel *windows = gtk_window_get_toplevels ();

  g_set_weak_pointer (&self->window, window);
  self->idle_ms = idle_ms;
  on_windows_changed (windows, 0, 0, g_list_model_get_n_items (windows), self);
  g_signal_connect_object (windows, "items-changed", G_CALLBACK (on_windows_changed), self, 0);
  g_signal_connect_object (window, "notify::focus-widget", G_CALLBACK (on_focus_moved), self, G_CONNECT_SWAPPED);
  on_focus_moved (self);
  return self;
}
