/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "power-watch.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#define UPOWER "org.freedesktop.UPower"
#define UPOWER_DEVICE "org.freedesktop.UPower.Device"
#define UPOWER_PATH "/org/freedesktop/UPower/devices/DisplayDevice"
#define LOGIND "org.freedesktop.login1"
#define LOGIND_MANAGER "org.freedesktop.login1.Manager"
#define LOGIND_PATH "/org/freedesktop/login1"

/* UPower's UpDeviceLevel: unknown, none, discharging, low, critical, action. */
#define LEVEL_LOW 3

struct _SobanPowerWatch {
  GObject parent_instance;

  GCancellable *cancellable; /* of everything under way; cancelled with the watch */
  GDBusProxy *battery;       /* (nullable) */
  GDBusProxy *login;         /* (nullable) */
  guint starting;            /* proxies that are being made */
  guint32 level;
  int lock_fd; /* logind's delay lock, -1 = none */
};

G_DEFINE_FINAL_TYPE (SobanPowerWatch, soban_power_watch, G_TYPE_OBJECT)

/* ---- battery ---- */

static void
look_at_battery (SobanPowerWatch *self)
{
  g_autoptr (GVariant) value = g_dbus_proxy_get_cached_property (self->battery, "WarningLevel");
  guint32 level = value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32) ? g_variant_get_uint32 (value) : 0;
  gboolean rises = level > self->level;

  self->level = level;
  if (rises && level >= LEVEL_LOW) {
    g_signal_emit_by_name (self, "failing", SOBAN_POWER_BATTERY);
  }
}

static void
on_battery_changed (SobanPowerWatch *self)
{
  look_at_battery (self);
}

/* ---- the end of the machine's day ---- */

static void
let_go (SobanPowerWatch *self)
{
  if (self->lock_fd >= 0) {
    g_close (self->lock_fd, NULL);
    self->lock_fd = -1;
  }
}

static void
on_held (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanPowerWatch) self = data;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;
  gint32 handle;

  reply = g_dbus_proxy_call_with_unix_fd_list_finish (G_DBUS_PROXY (source), &fds, result, &error);
  if (reply == NULL || fds == NULL || !g_variant_is_of_type (reply, G_VARIANT_TYPE ("(h)"))) {
    /* It stops without waiting then: the signal still comes, and what is saved is saved within two seconds. */
    g_debug ("No delay before the end: %s", error == NULL ? "no lock" : error->message);
    return;
  }
  g_variant_get (reply, "(h)", &handle);
  let_go (self);
  self->lock_fd = handle < g_unix_fd_list_get_length (fds) ? g_unix_fd_list_get (fds, handle, NULL) : -1;
  g_signal_emit_by_name (self, "ready");
}

static void
hold (SobanPowerWatch *self)
{
  g_dbus_proxy_call_with_unix_fd_list (
      self->login, "Inhibit",
      g_variant_new ("(ssss)", "shutdown:sleep", "Sổ Bản", _("Saving what is being written"), "delay"),
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, self->cancellable, on_held, g_object_ref (self));
}

static void
on_login_signal (GDBusProxy *proxy, const char *sender, const char *name, GVariant *parameters, SobanPowerWatch *self)
{
  gboolean begins;

  if ((!g_str_equal (name, "PrepareForShutdown") && !g_str_equal (name, "PrepareForSleep"))
      || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)"))) {
    return;
  }
  g_variant_get (parameters, "(b)", &begins);
  if (!begins) {
    hold (self);
    return;
  }
  g_signal_emit_by_name (self, "failing", SOBAN_POWER_END);
  let_go (self);
}

/* ---- start ---- */

static gboolean
is_answered (GDBusProxy *proxy)
{
  g_autofree char *owner = proxy == NULL ? NULL : g_dbus_proxy_get_name_owner (proxy);

  return owner != NULL;
}

static GDBusProxy *
finish_proxy (SobanPowerWatch *self, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  GDBusProxy *proxy = g_dbus_proxy_new_for_bus_finish (result, &error);

  self->starting--;
  if (proxy == NULL) {
    g_debug ("Watching the power: %s", error->message);
    return NULL;
  }
  /* A bus that goes away must not take the program with it. */
  g_dbus_connection_set_exit_on_close (g_dbus_proxy_get_connection (proxy), FALSE);
  return proxy;
}

static void
tell_ready (SobanPowerWatch *self)
{
  if (self->starting == 0) {
    g_signal_emit_by_name (self, "ready");
  }
}

static void
on_battery (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanPowerWatch) self = data;

  self->battery = finish_proxy (self, result);
  if (self->battery != NULL) {
    g_signal_connect_object (self->battery, "g-properties-changed", G_CALLBACK (on_battery_changed), self, G_CONNECT_SWAPPED);
    look_at_battery (self);
  }
  tell_ready (self);
}

static void
on_login (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanPowerWatch) self = data;

  self->login = finish_proxy (self, result);
  if (self->login != NULL) {
    g_signal_connect_object (self->login, "g-signal", G_CALLBACK (on_login_signal), self, 0);
    if (is_answered (self->login)) {
      hold (self);
    }
  }
  tell_ready (self);
}

void
soban_power_watch_start (SobanPowerWatch *self)
{
  g_return_if_fail (SOBAN_IS_POWER_WATCH (self) && self->starting == 0 && self->battery == NULL && self->login == NULL);

  self->starting = 2;
  g_dbus_proxy_new_for_bus (G_BUS_TYPE_SYSTEM, G_DBUS_PROXY_FLAGS_NONE, NULL, UPOWER, UPOWER_PATH, UPOWER_DEVICE,
                            self->cancellable, on_battery, g_object_ref (self));
  g_dbus_proxy_new_for_bus (G_BUS_TYPE_SYSTEM, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES, NULL, LOGIND, LOGIND_PATH,
                            LOGIND_MANAGER, self->cancellable, on_login, g_object_ref (self));
}

gboolean
soban_power_watch_holds (SobanPowerWatch *self)
{
  g_return_val_if_fail (SOBAN_IS_POWER_WATCH (self), FALSE);
  return self->lock_fd >= 0;
}

static void
soban_power_watch_dispose (GObject *object)
{
  SobanPowerWatch *self = SOBAN_POWER_WATCH (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->battery);
  g_clear_object (&self->login);
  let_go (self);
  G_OBJECT_CLASS (soban_power_watch_parent_class)->dispose (object);
}

static void
soban_power_watch_finalize (GObject *object)
{
  g_clear_object (&SOBAN_POWER_WATCH (object)->cancellable);
  G_OBJECT_CLASS (soban_power_watch_parent_class)->finalize (object);
}

static void
soban_power_watch_class_init (SobanPowerWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = soban_power_watch_dispose;
  G_OBJECT_CLASS (klass)->finalize = soban_power_watch_finalize;
  g_signal_new ("failing", SOBAN_TYPE_POWER_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  g_signal_new ("ready", SOBAN_TYPE_POWER_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
soban_power_watch_init (SobanPowerWatch *self)
{
  self->cancellable = g_cancellable_new ();
  self->lock_fd = -1;
}

SobanPowerWatch *
soban_power_watch_new (void)
{
  return g_object_new (SOBAN_TYPE_POWER_WATCH, NULL);
}
