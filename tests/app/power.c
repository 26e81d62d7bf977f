/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of app/power-watch.h, on a bus of the test's own with an UPower and a logind of its own; and what the program does
 * when the machine runs short of power or of memory. */
#include "power-watch.h"

#include "application.h"
#include "entry/entry-page.h"
#include "store/draft-store.h"
#include "store/pin.h"
#include "store/settings.h"
#include "ui.h"

#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#define NOWHERE "unix:path=/nonexistent/soban-test"

static const char INTERFACES[] =
    "<node>"
    "<interface name='org.freedesktop.UPower.Device'><property name='WarningLevel' type='u' access='read'/></interface>"
    "<interface name='org.freedesktop.login1.Manager'>"
    "<method name='Inhibit'><arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='h' direction='out'/></method>"
    "<signal name='PrepareForShutdown'><arg type='b'/></signal><signal name='PrepareForSleep'><arg type='b'/></signal>"
    "</interface></node>";

/* The machine as its services tell of it. */
typedef struct {
  GDBusConnection *connection;
  GDBusNodeInfo *info;
  guint32 level;
  int lock_fd; /* our end of the delay lock; -1 = nobody has one */
  guint locks;
} Machine;

/* The bus ends with the test, however that ends. */
static void
on_child (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* One for all tests: GIO has one connection to the system bus in a process. Not GTestDBus: the process that watches over its bus may outlive the test, and keeps its output open. */
static GSubprocess *
start_bus (char **ret_address)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *address = NULL;
  GSubprocess *bus;

  g_subprocess_launcher_set_child_setup (launcher, on_child, NULL, NULL);
  bus = g_subprocess_launcher_spawn (launcher, &error, "dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1", NULL);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (bus));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
  address = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (address);
  *ret_address = g_steal_pointer (&address);
  return bus;
}

static GVariant *
on_get_property (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *name,
                 GError **error, gpointer data)
{
  return g_variant_new_uint32 (((Machine *)data)->level);
}

static void
on_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method,
         GVariant *parameters, GDBusMethodInvocation *invocation, gpointer data)
{
  Machine *machine = data;
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GError) error = NULL;
  const char *what, *who, *why, *mode;
  int pipe_fds[2];

  g_variant_get (parameters, "(&s&s&s&s)", &what, &who, &why, &mode);
  g_assert_cmpstr (what, ==, "shutdown:sleep");
  g_assert_cmpstr (mode, ==, "delay");
  g_assert_true (g_unix_open_pipe (pipe_fds, FD_CLOEXEC, &error));
  g_unix_set_fd_nonblocking (pipe_fds[0], TRUE, NULL);
  machine->lock_fd = pipe_fds[0];
  machine->locks++;
  g_unix_fd_list_append (fds, pipe_fds[1], &error);
  g_assert_no_error (error);
  close (pipe_fds[1]);
  g_dbus_method_invocation_return_value_with_unix_fd_list (invocation, g_variant_new ("(h)", 0), fds);
}

static void
own (Machine *machine, const char *name, const char *path, guint interface)
{
  const GDBusInterfaceVTable table = { on_call, on_get_property, NULL, { NULL } };
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  g_dbus_connection_register_object (machine->connection, path, machine->info->interfaces[interface], &table, machine, NULL, &error);
  g_assert_no_error (error);
  reply = g_dbus_connection_call_sync (machine->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                       "RequestName", g_variant_new ("(su)", name, 0), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
}

static void
start_machine (Machine *machine)
{
  g_autoptr (GError) error = NULL;
  const GDBusConnectionFlags flags =
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION;

  *machine = (Machine){ .level = 1, .lock_fd = -1 };
  machine->info = g_dbus_node_info_new_for_xml (INTERFACES, &error);
  g_assert_no_error (error);
  machine->connection =
      g_dbus_connection_new_for_address_sync (g_getenv ("DBUS_SYSTEM_BUS_ADDRESS"), flags, NULL, NULL, &error);
  g_assert_no_error (error);
  own (machine, "org.freedesktop.UPower", "/org/freedesktop/UPower/devices/DisplayDevice", 0);
  own (machine, "org.freedesktop.login1", "/org/freedesktop/login1", 1);
}

static gboolean
is_closed (gpointer data)
{
  return g_dbus_connection_is_closed (data);
}

static void
stop_machine (Machine *machine)
{
  g_dbus_connection_close_sync (machine->connection, NULL, NULL);
  sample_wait (is_closed, machine->connection);
  g_clear_object (&machine->connection);
  g_dbus_node_info_unref (machine->info);
  if (machine->lock_fd >= 0) {
    close (machine->lock_fd);
  }
  sample_settle ();
}

static void
set_level (Machine *machine, guint32 level)
{
  g_autoptr (GVariantBuilder) changed = g_variant_builder_new (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GError) error = NULL;

  machine->level = level;
  g_variant_builder_add (changed, "{sv}", "WarningLevel", g_variant_new_uint32 (level));
  g_dbus_connection_emit_signal (machine->connection, NULL, "/org/freedesktop/UPower/devices/DisplayDevice",
                                 "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                 g_variant_new ("(sa{sv}as)", "org.freedesktop.UPower.Device", changed, NULL), &error);
  g_assert_no_error (error);
}

static void
prepare (Machine *machine, const char *signal, gboolean begins)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_emit_signal (machine->connection, NULL, "/org/freedesktop/login1", "org.freedesktop.login1.Manager", signal,
                                 g_variant_new ("(b)", begins), &error);
  g_assert_no_error (error);
}

/* ---- the watch ---- */

typedef struct {
  guint count;
  guint wanted;
  SobanPowerReason reason;
  SobanPowerWatch *watch;
  gboolean held; /* when it was told */
  gboolean ready;
} Heard;

static void
on_failing (SobanPowerWatch *watch, guint reason, Heard *heard)
{
  heard->count++;
  heard->reason = reason;
  heard->held = soban_power_watch_holds (watch);
}

static void
on_ready (SobanPowerWatch *watch, Heard *heard)
{
  heard->ready = TRUE;
}

static gboolean
is_ready (gpointer data)
{
  return ((Heard *)data)->ready;
}

static gboolean
is_told (gpointer data)
{
  return ((Heard *)data)->count == ((Heard *)data)->wanted;
}

static gboolean
is_held (gpointer data)
{
  return soban_power_watch_holds (((Heard *)data)->watch);
}

static gboolean
is_let_go (gpointer data)
{
  char byte;

  return read (((Machine *)data)->lock_fd, &byte, 1) == 0;
}

static void
start_watch (Heard *heard)
{
  *heard = (Heard){ .watch = soban_power_watch_new () };
  g_signal_connect (heard->watch, "failing", G_CALLBACK (on_failing), heard);
  g_signal_connect (heard->watch, "ready", G_CALLBACK (on_ready), heard);
  soban_power_watch_start (heard->watch);
  sample_wait (is_ready, heard);
}

static void
wait_for (Heard *heard, guint count)
{
  heard->wanted = count;
  sample_wait (is_told, heard);
}

/* 1. A level that rises to low or above is told, one that falls or stays is not. */
static void
test_invariant_1_battery (void)
{
  Machine machine;
  Heard heard;

  start_machine (&machine);
  start_watch (&heard);
  sample_wait (is_held, &heard);
  set_level (&machine, 2); /* discharging */
  set_level (&machine, 3); /* low */
  wait_for (&heard, 1);
  g_assert_cmpuint (heard.reason, ==, SOBAN_POWER_BATTERY);
  set_level (&machine, 3);
  set_level (&machine, 4); /* critical */
  wait_for (&heard, 2);
  set_level (&machine, 1); /* the charger */
  set_level (&machine, 3);
  wait_for (&heard, 3);
  g_object_unref (heard.watch);
  stop_machine (&machine);
}

/* 1. The machine waits until it was told; after sleep it waits again. */
static void
test_invariant_1_end (void)
{
  Machine machine;
  Heard heard;

  start_machine (&machine);
  start_watch (&heard);
  sample_wait (is_held, &heard);
  g_assert_cmpuint (machine.locks, ==, 1);
  prepare (&machine, "PrepareForSleep", TRUE);
  wait_for (&heard, 1);
  g_assert_cmpuint (heard.reason, ==, SOBAN_POWER_END);
  g_assert_true (heard.held);
  g_assert_false (soban_power_watch_holds (heard.watch));
  sample_wait (is_let_go, &machine);
  close (machine.lock_fd);
  prepare (&machine, "PrepareForSleep", FALSE);
  sample_wait (is_held, &heard);
  g_assert_cmpuint (machine.locks, ==, 2);
  prepare (&machine, "PrepareForShutdown", TRUE);
  wait_for (&heard, 2);
  sample_wait (is_let_go, &machine);
  g_object_unref (heard.watch);
  stop_machine (&machine);
}

/* 2. Without a bus, and on a bus without either of them. */
static void
test_invariant_2_nobody (gconstpointer address)
{
  Heard heard;

  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", NOWHERE, TRUE);
  start_watch (&heard);
  g_assert_false (soban_power_watch_holds (heard.watch));
  g_object_unref (heard.watch);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", address, TRUE);
  start_watch (&heard);
  g_assert_false (soban_power_watch_holds (heard.watch));
  g_assert_cmpuint (heard.count, ==, 0);
  g_object_unref (heard.watch);
}

/* ---- the program ---- */

typedef struct {
  SobanApplication *application;
  SobanWindow *window;
  SobanStore *store;
  Machine *machine;
  const char *text;
} Program;

static GtkWidget *
get_top (Program *program)
{
  program->window = SOBAN_WINDOW (gtk_application_get_active_window (GTK_APPLICATION (program->application)));
  return program->window == NULL || soban_window_get_pages (program->window) == NULL
             ? NULL
             : ui_get_top (program->window);
}

static gboolean
has_page (gpointer data)
{
  return get_top (data) != NULL;
}

static gboolean
has_entry (gpointer data)
{
  return SOBAN_IS_ENTRY_PAGE (get_top (data));
}

static gboolean
has_text (gpointer data)
{
  Program *program = data;

  return sample_find (GTK_WIDGET (program->window), GTK_TYPE_LABEL, program->text) != NULL;
}

static gboolean
is_locked (gpointer data)
{
  return soban_window_is_locked (((Program *)data)->window);
}

/* Where there is a PIN the machine does not wake up open. */
static void
fall_asleep (Program *program)
{
  SobanPinTrial trial;

  g_assert_true (soban_store_set_pin (program->store, NULL, "1234", &trial, NULL));
  prepare (program->machine, "PrepareForSleep", TRUE);
  sample_wait (is_locked, program);
}

/* As the program runs: the loop of the test is one within it. */
static gboolean
on_running (gpointer data)
{
  Program *program = data;
  g_autoptr (GMemoryMonitor) monitor = g_memory_monitor_dup_default ();
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;

  sample_wait (has_page, program);
  program->store = soban_application_get_store (program->application);
  g_signal_emit_by_name (monitor, "low-memory-warning", G_MEMORY_MONITOR_WARNING_LEVEL_CRITICAL);
  gtk_widget_activate_action (GTK_WIDGET (program->window), "win.new", "s", "communication_session");
  sample_wait (has_entry, program);
  soban_entry_set (soban_entry_page_get_entry (SOBAN_ENTRY_PAGE (get_top (program))), "total", "41");
  before = soban_store_list_drafts (program->store, NULL);
  g_assert_cmpuint (before->len, ==, 0);
  set_level (program->machine, 3);
  program->text = g_dgettext ("soban", "The battery is nearly empty. All you have written is kept.");
  sample_wait (has_text, program);
  after = soban_store_list_drafts (program->store, NULL);
  g_assert_cmpuint (after->len, ==, 1);
  fall_asleep (program);
  g_application_quit (G_APPLICATION (program->application));
  return G_SOURCE_REMOVE;
}

/* What is being written is in the store as soon as the battery is low; and with little memory the program goes on. */
static void
test_program (void)
{
  SobanStore *store = sample_store_new ();
  g_autofree char *path = g_strdup (soban_store_get_path (store));
  g_autoptr (SobanPreferences) preferences = soban_preferences_new ();
  Machine machine;
  Program program = { .machine = &machine };

  start_machine (&machine);
  sample_store_begin (store);
  soban_store_close (store);
  program.application = soban_application_new (preferences, path);
  g_idle_add (on_running, &program);
  g_assert_cmpint (g_application_run (G_APPLICATION (program.application), 0, NULL), ==, 0);
  g_object_unref (program.application);
  sample_store_free (store);
  stop_machine (&machine);
}

int
main (int argc, char **argv)
{
  g_autoptr (GSubprocess) bus = NULL;
  g_autofree char *address = NULL;

  /* Nobody's session is meant. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", NOWHERE, TRUE);
  ui_init (&argc, &argv);
  bus = start_bus (&address);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", address, TRUE);
  g_test_add_data_func ("/app/power/invariant-2-nobody", address, test_invariant_2_nobody);
  g_test_add_func ("/app/power/invariant-1-battery", test_invariant_1_battery);
  g_test_add_func ("/app/power/invariant-1-end", test_invariant_1_end);
  g_test_add_func ("/app/power/program", test_program);
  return g_test_run ();
}
