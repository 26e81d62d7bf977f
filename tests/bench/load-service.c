/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load-service.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "devices.h"

LoadService *
load_service_new (const char *program)
{
  LoadService *self = g_new0 (LoadService, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *password = NULL;
  g_autoptr (GSubprocess) init = NULL;

  self->program = g_strdup (program);
  self->dir = g_dir_make_tmp ("soban-load-XXXXXX", &error);
  g_assert_no_error (error);
  password = g_strconcat (self->dir, ".password", NULL);
  g_assert_true (g_file_set_contents (password, "nha-san-ben-suoi\n", -1, NULL));
  init = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, program, "init", "--dir", self->dir, "--url", "https://localhost:8443",
                           "--admin-password-file", password, NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (init, NULL, &error));
  g_unlink (password);
  return self;
}

void
load_service_free (LoadService *self)
{
  g_autoptr (GDir) folder = NULL;
  const char *name;

  load_service_end (self);
  folder = g_dir_open (self->dir, 0, NULL);
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *path = g_build_filename (self->dir, name, NULL);

    g_unlink (path);
  }
  g_rmdir (self->dir);
  g_free (self->dir);
  g_free (self->program);
  g_free (self);
}

SobanCollectorStore *
load_service_open_store (LoadService *self)
{
  g_autofree char *path = g_build_filename (self->dir, "collector.db", NULL);
  g_autoptr (GError) error = NULL;
  SobanCollectorStore *store = soban_collector_store_open (path, SOBAN_DATABASE_OWNER, FALSE, NULL, &error);

  g_assert_no_error (error);
  return store;
}

char *
load_service_scope (guint device)
{
  return g_strdup_printf ("bench-%05u", device);
}

char *
load_service_token (guint device)
{
  return g_strdup_printf ("bench-token-%08u-%08x", device, device * 2654435761u);
}

void
load_service_add_devices (LoadService *self, guint count)
{
  g_autoptr (SobanCollectorStore) store = load_service_open_store (self);
  g_autoptr (GError) error = NULL;

  g_assert_true (soban_collector_store_begin (store, &error));
  for (guint i = 1; i <= count; i++) {
    g_autoptr (GPtrArray) scopes = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *token = load_service_token (i);
    guint32 number;

    g_ptr_array_add (scopes, load_service_scope (i));
    g_assert_true (soban_devices_add (store, "bench", "member", scopes, token, &number, &error));
    g_assert_cmpuint (number, ==, i);
  }
  g_assert_true (soban_collector_store_commit (store, &error));
}

void
load_service_start (LoadService *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *line = NULL;

  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, self->program, "serve", "--dir", self->dir, "--listen", "127.0.0.1",
                                    "--port", "0", NULL);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_nonnull (line);
  g_assert_nonnull (strrchr (line, ':'));
  self->port = (guint) g_ascii_strtoull (strrchr (line, ':') + 1, NULL, 10);
}

void
load_service_end (LoadService *self)
{
  if (self->process == NULL)
    return;
  g_subprocess_send_signal (self->process, SIGTERM);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
}

static char *
read_proc (LoadService *self, const char *file)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/%s", g_subprocess_get_identifier (self->process), file);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

guint64
load_service_read_memory_kb (LoadService *self, const char *field)
{
  g_autofree char *status = read_proc (self, "status");
  const char *at = strstr (status, field);

  g_assert_nonnull (at);
  return g_ascii_strtoull (at + strlen (field) + 1, NULL, 10);
}

double
load_service_read_processor_s (LoadService *self)
{
  g_autofree char *stat = read_proc (self, "stat");
  g_auto (GStrv) fields = g_strsplit (strrchr (stat, ')') + 2, " ", -1);

  /* utime and stime are fields 14 and 15 of proc(5), the name is the second. */
  return (double) (g_ascii_strtoull (fields[11], NULL, 10) + g_ascii_strtoull (fields[12], NULL, 10)) / (double) sysconf (_SC_CLK_TCK);
}
