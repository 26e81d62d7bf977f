/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "real-collector.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define PASSWORD "nha-san-ben-suoi"
#define READY "listening on "

struct _RealCollector {
  char *program, *parent, *folder;
  gboolean plain;
  GSubprocess *server;
  guint port;
};

static char *
run (RealCollector *self, GPtrArray *arguments)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  char *out = NULL;

  g_ptr_array_add (arguments, NULL);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) arguments->pdata, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_successful (process))
    g_error ("%s: %s", (char *) g_ptr_array_index (arguments, 1), out);
  return out;
}

static GPtrArray *
begin (RealCollector *self, const char *verb)
{
  GPtrArray *arguments = g_ptr_array_new ();

  g_ptr_array_add (arguments, self->program);
  g_ptr_array_add (arguments, (char *) verb);
  g_ptr_array_add (arguments, (char *) "--dir");
  g_ptr_array_add (arguments, self->folder);
  return arguments;
}

char *
real_collector_run (RealCollector *collector, const char *verb, ...)
{
  g_autoptr (GPtrArray) arguments = begin (collector, verb);
  const char *argument;
  va_list rest;

  va_start (rest, verb);
  while ((argument = va_arg (rest, const char *)) != NULL)
    g_ptr_array_add (arguments, (char *) argument);
  va_end (rest);
  return run (collector, arguments);
}

static void
make (RealCollector *self)
{
  g_autofree char *password = g_build_filename (self->parent, "password", NULL);
  g_autofree char *out = NULL;

  g_assert_true (g_file_set_contents (password, PASSWORD "\n", -1, NULL));
  out = real_collector_run (self, "init", "--url", "https://localhost:8443", "--admin-password-file", password, NULL);
}

static void
serve (RealCollector *self)
{
  g_autofree char *port = g_strdup_printf ("%u", self->port);
  const char *const arguments[] = { self->program, "serve",  "--dir", self->folder,
                                    "--port",      port,     self->plain ? "--http-loopback" : "--listen", self->plain ? NULL : "127.0.0.1",
                                    NULL };
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autofree char *log = g_build_filename (self->parent, "serve.log", NULL);
  g_autoptr (GDataInputStream) out = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  g_subprocess_launcher_set_stderr_file_path (launcher, log);
  self->server = g_subprocess_launcher_spawnv (launcher, arguments, &error);
  g_assert_no_error (error);
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->server));
  line = g_data_input_stream_read_line (out, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (line != NULL && g_str_has_prefix (line, READY));
  self->port = (guint) atoi (strrchr (line, ':') + 1);
  g_assert_cmpuint (self->port, >, 0);
}

static void
end (RealCollector *self)
{
  g_subprocess_send_signal (self->server, SIGTERM);
  g_subprocess_wait (self->server, NULL, NULL);
  g_clear_object (&self->server);
}

RealCollector *
real_collector_new (gboolean plain)
{
  RealCollector *self = g_new0 (RealCollector, 1);
  const char *build = g_getenv ("SOBAN_BUILD_DIR");

  g_assert_nonnull (build);
  self->plain = plain;
  self->program = g_build_filename (build, "sync", "collector", "soban-collector", NULL);
  self->parent = g_dir_make_tmp ("soban-collector-XXXXXX", NULL);
  self->folder = g_build_filename (self->parent, "collector", NULL);
  make (self);
  serve (self);
  return self;
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR))
      remove_folder (child);
    else
      g_unlink (child);
  }
  g_rmdir (path);
}

void
real_collector_free (RealCollector *collector)
{
  if (collector == NULL)
    return;
  end (collector);
  remove_folder (collector->parent);
  g_free (collector->folder);
  g_free (collector->parent);
  g_free (collector->program);
  g_free (collector);
}

void
real_collector_restart (RealCollector *collector)
{
  end (collector);
  serve (collector);
}

guint
real_collector_get_port (RealCollector *collector)
{
  return collector->port;
}

char *
real_collector_enrol (RealCollector *collector, const char *name, const char *scope, guint port)
{
  g_autofree char *file = g_build_filename (collector->parent, name, NULL);
  g_autofree char *url = g_strdup_printf ("%s://127.0.0.1:%u", collector->plain ? "http" : "https", port);
  g_autofree char *out = NULL;
  g_autoptr (GKeyFile) enrolment = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  out = real_collector_run (collector, "enrol", "--name", name, "--scope", scope, "--output", file, NULL);
  g_key_file_load_from_file (enrolment, file, G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  g_key_file_set_string (enrolment, "soban-enrolment", "url", url);
  return g_key_file_to_data (enrolment, NULL, NULL);
}
