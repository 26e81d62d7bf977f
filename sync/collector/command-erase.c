/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "command.h"
#include "erasure-traces.h"
#include "erasure.h"

static int
erase (SobanCollectorStore *store, const SobanUuid *record, const char *reason, GError **error)
{
  if (!soban_collector_store_begin (store, error))
    return SOBAN_EXIT_FAILED;
  if (!soban_erase_record (store, record, reason, error)) {
    soban_collector_store_roll_back (store);
    return SOBAN_EXIT_FAILED;
  }
  return soban_collector_store_commit (store, error) ? SOBAN_EXIT_OK : SOBAN_EXIT_FAILED;
}

/* Of SQLite only one connection may checkpoint: beside a running server that is the server's. */
static gboolean
remove_traces (const SobanCollectorFolder *folder, SobanCollectorStore **store, gboolean *ret_left, GError **error)
{
  gboolean sqlite = soban_database_kind_of (folder->database) == SOBAN_DATABASE_SQLITE, removed;
  int lock_fd = -1;

  if (sqlite) {
    lock_fd = soban_collector_folder_lock (folder, NULL);
    *ret_left = lock_fd < 0;
    if (*ret_left)
      return TRUE;
    g_clear_pointer (store, soban_collector_store_close);
    *store = soban_collector_store_open (folder->database, SOBAN_DATABASE_OWNER, FALSE, NULL, error);
  }
  removed = *store != NULL && soban_erasure_traces_remove (*store, error);
  if (lock_fd >= 0) {
    g_clear_pointer (store, soban_collector_store_close);
    close (lock_fd);
  }
  return removed;
}

static void
tell_done (const SobanCollectorFolder *folder, SobanCollectorStore **store)
{
  g_autoptr (GError) failure = NULL;
  gboolean left = FALSE;

  if (!remove_traces (folder, store, &left, &failure))
    g_printerr ("%s\n%s\n", failure->message,
                _ ("The record is erased, but traces of it are left in the files of the database: the server takes them out when it runs."));
  g_print ("%s\n", _ ("The record is erased here. Each tablet erases it when it sends and receives the next time."));
  if (left)
    g_print ("%s\n", _ ("The running server takes the last traces out of its files within a minute."));
  g_print ("%s\n", _ ("Older backups still hold it. Where one is put back, the tablets tell the server to erase it again."));
  if (soban_database_kind_of (folder->database) == SOBAN_DATABASE_POSTGRESQL)
    g_print ("%s\n", _ ("So do PostgreSQL's own log (pg_wal) until it is written over, and archives and replicas of it: see to them, too."));
}

int
soban_command_erase (int argc, char **argv, GError **error)
{
  g_auto (SobanCommandPlace) place = { 0 };
  g_autofree char *reason = NULL;
  const GOptionEntry entries[] = {
    { "reason", 0, 0, G_OPTION_ARG_STRING, &reason, N_ ("Why, and who has decided it: kept"), N_ ("TEXT") },
    { NULL },
  };
  g_autoptr (SobanCollectorFolder) folder = NULL;
  g_autoptr (SobanCollectorStore) store = NULL;
  SobanUuid record;
  int code;

  if (!soban_command_parse (&argc, &argv, "RECORD", _ ("Erases what a record says, for good, here and on every tablet that receives from here."), entries,
                            &place, error))
    return SOBAN_EXIT_USAGE;
  if (argc != 2 || reason == NULL || *reason == '\0') {
    soban_command_fail_usage (error, _ ("Say: erase RECORD --reason TEXT."));
    return SOBAN_EXIT_USAGE;
  }
  if (!soban_uuid_parse (argv[1], &record)) {
    soban_command_fail_usage (error, _ ("“%s” is no record's id: it stands in the address of the record's page."), argv[1]);
    return SOBAN_EXIT_USAGE;
  }
  folder = soban_command_load_folder (&place, error);
  if (folder == NULL || (store = soban_command_open_store (folder, error)) == NULL)
    return SOBAN_EXIT_FAILED;
  code = erase (store, &record, reason, error);
  if (code == SOBAN_EXIT_OK)
    tell_done (folder, &store);
  return code;
}
