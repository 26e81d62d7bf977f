/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

#include "command.h"
#include "server.h"

#define DESCRIPTORS 4096

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

/* More than the connections that guard.c allows: a limit of the system that is reached first would shut everybody out. */
static void
raise_descriptor_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= DESCRIPTORS)
    return;
  limit.rlim_cur = MIN (limit.rlim_max, DESCRIPTORS);
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    g_message ("The limit of open files stays at %u", (guint) limit.rlim_cur);
}

static int
serve (const SobanCollectorFolder *folder, const SobanServerOptions *options, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (SobanServer) server = soban_server_new (folder, options, error);
  g_autofree char *url = NULL;
  guint term, interrupt;

  if (server == NULL)
    return SOBAN_EXIT_FAILED;
  term = g_unix_signal_add (SIGTERM, on_signal, loop);
  interrupt = g_unix_signal_add (SIGINT, on_signal, loop);
  url = soban_server_get_url (server);
  /* For programs too: always these words, whatever the language. */
  g_print ("listening on %s\n", url);
  fflush (stdout);
  g_main_loop_run (loop);
  g_source_remove (term);
  g_source_remove (interrupt);
  return SOBAN_EXIT_OK;
}

int
soban_command_serve (int argc, char **argv, GError **error)
{
  g_auto (SobanCommandPlace) place = { 0 };
  g_autofree char *address = NULL;
  int port = -1;
  gboolean plain = FALSE;
  const GOptionEntry entries[] = {
    { "port", 0, 0, G_OPTION_ARG_INT, &port, N_ ("Listen at this port; 0 takes any free one"), N_ ("N") },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &address, N_ ("Listen at this address only"), N_ ("ADDRESS") },
    { "http-loopback", 0, 0, G_OPTION_ARG_NONE, &plain, N_ ("Plain HTTP on the loopback address, behind a proxy that speaks TLS"), NULL },
    { NULL },
  };
  g_autoptr (SobanCollectorFolder) folder = NULL;
  SobanServerOptions options = { 0 };

  if (!soban_command_parse (&argc, &argv, NULL, _ ("Receives tablets and shows the pages, until it is told to end."), entries, &place, error))
    return SOBAN_EXIT_USAGE;
  if (port > G_MAXUINT16 || port < -1) {
    soban_command_fail_usage (error, _ ("A port is a number from 0 to 65535."));
    return SOBAN_EXIT_USAGE;
  }
  signal (SIGPIPE, SIG_IGN);
  raise_descriptor_limit ();
  folder = soban_command_load_folder (&place, error);
  if (folder == NULL)
    return SOBAN_EXIT_FAILED;
  options.address = address;
  options.plain = plain;
  options.port = port >= 0 ? (guint) port : soban_command_find_port (folder);
  return serve (folder, &options, error);
}
