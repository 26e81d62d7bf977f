/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Copies of the store's file, and back
 * ====================================
 *
 * Invariants:
 *  (1) A copy is one state between two transactions, made on the store thread by VACUUM INTO: whole pages, no log beside it.
 *  (2) A name is only given to a copy that was synced, opened and found sound: a stick pulled out, a full disk or a power cut leave
 *      what was there before.
 *  (3) Restoring removes nothing: the present file, with its log, gets another name before the copy takes its place.
 *  (4) A restored copy speaks under a new incarnation: what followed the copy may have been sent under the old one.
 */
#include "config.h"

#include "store/backup.h"

#include "store/damage-note.h"
#include "store/pin.h"
#include "store/store-private.h"

#include "base/error.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define PART_SUFFIX ".part"
#define DAILY_SUFFIX ".backup"

static gboolean
set_io_error (GError **error, const char *format, const char *path)
{
  int code = errno;

  g_set_error (error, SOBAN_STORE_ERROR, code == ENOSPC || code == EDQUOT ? SOBAN_STORE_ERROR_FULL : SOBAN_STORE_ERROR_IO, format,
               path, g_strerror (code));
  return FALSE;
}

static gboolean
sync_path (const char *path, int flags, GError **error)
{
  int fd = g_open (path, flags | O_CLOEXEC);
  gboolean done = fd >= 0 && fsync (fd) == 0;

  if (!done)
    set_io_error (error, _("Cannot write %s: %s"), path);
  if (fd >= 0)
    close (fd);
  return done;
}

static gboolean
sync_folder_of (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  return sync_path (folder, O_RDONLY | O_DIRECTORY, error);
}

static void
remove_with_log (const char *path)
{
  const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *name = g_strconcat (path, suffixes[i], NULL);

    g_unlink (name);
  }
}

/* Invariant 2: renamed, and the name synced. */
static gboolean
rename_synced (const char *from, const char *to, GError **error)
{
  if (g_rename (from, to) != 0)
    return set_io_error (error, _("Cannot write %s: %s"), to);
  return sync_folder_of (to, error);
}

/* ---- is it sound ---- */

static gboolean
read_contents (SobanStore *store, gpointer data, GError **error)
{
  SobanBackupContents *contents = data;

  contents->has_pin = soban_store_has_pin (store);
  return soban_database_read_int (store->db_thread.database, "SELECT count(*) FROM record", &contents->records, error)
         && soban_database_read_int (store->db_thread.database, "SELECT count(*) FROM draft", &contents->drafts, error);
}

/* Opening brings an older file up to date, so @path is a file of our own. */
static gboolean
check_own (const char *path, const char *data_dir, gboolean renew, SobanBackupContents *ret_contents, GError **error)
{
  g_autoptr (SobanStore) store = soban_store_open (path, data_dir, NULL, error);
  g_autoptr (GPtrArray) sentences = NULL;
  SobanBackupContents contents = { 0 };
  gboolean done;

  if (!store)
    return FALSE;
  sentences = soban_store_check (store, error);
  if (sentences && sentences->len > 0)
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT, "%s", (const char *)g_ptr_array_index (sentences, 0));
  done = sentences && sentences->len == 0 && soban_store_read (store, read_contents, &contents, error)
         && (!renew || soban_store_renew_incarnation (store, error));
  soban_store_close (store);
  if (done && ret_contents)
    *ret_contents = contents;
  return done;
}

static gboolean
copy_file (const char *from, const char *to, GError **error)
{
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autoptr (GFile) target = g_file_new_for_path (to);
  g_autoptr (GError) local = NULL;

  if (g_file_copy (source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &local))
    return sync_path (to, O_RDONLY, error);
  g_set_error (error, SOBAN_STORE_ERROR,
               g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ? SOBAN_STORE_ERROR_FULL : SOBAN_STORE_ERROR_IO, "%s",
               local->message);
  return FALSE;
}

/* ---- a copy ---- */

static gboolean
vacuum_into (SobanStore *store, gpointer data, GError **error)
{
  char *sql = sqlite3_mprintf ("VACUUM INTO %Q", (const char *)data);
  gboolean done = soban_database_execute (store->db_thread.database, sql, error);

  sqlite3_free (sql);
  return done;
}

gboolean
soban_store_back_up (SobanStore *store, const char *path, SobanBackupContents *ret_contents, GError **error)
{
  g_autofree char *part = g_strconcat (path, PART_SUFFIX, NULL);
  gboolean done;

  remove_with_log (part);
  done = soban_store_read (store, vacuum_into, part, error) && check_own (part, store->data_dir, FALSE, ret_contents, error)
         && sync_path (part, O_RDONLY, error) && rename_synced (part, path, error);
  remove_with_log (part);
  if (!done)
    g_prefix_error (error, _("Backing up: "));
  return done;
}

char *
soban_backup_daily_path (const char *store_path)
{
  return g_strconcat (store_path, DAILY_SUFFIX, NULL);
}

/* Room for the copy and as much again, so that the copy never takes the last of it from an answer. */
static gboolean
has_room (const char *store_path)
{
  g_autofree char *folder = g_path_get_dirname (store_path);
  struct statvfs room;
  GStatBuf file;

  return statvfs (folder, &room) == 0 && g_stat (store_path, &file) == 0
         && (guint64)room.f_bavail * room.f_frsize > 2 * (guint64)file.st_size + SOBAN_BACKUP_ROOM_BYTES;
}

gboolean
soban_store_back_up_daily (SobanStore *store, gboolean *ret_made, GError **error)
{
  g_autofree char *path = soban_backup_daily_path (store->path);
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (GError) local = NULL;
  GStatBuf last;

  *ret_made = FALSE;
  /* A time to come means that the clock was wrong: then it is made anew. */
  if (g_stat (path, &last) == 0 && last.st_mtime <= now_s && now_s - last.st_mtime < SOBAN_BACKUP_INTERVAL_SECONDS)
    return TRUE;
  if (!has_room (store->path))
    return TRUE;
  *ret_made = soban_store_back_up (store, path, NULL, &local);
  if (*ret_made || g_error_matches (local, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT))
    soban_damage_note (store->path, !*ret_made);
  if (local)
    g_propagate_error (error, g_steal_pointer (&local));
  return *ret_made;
}

/* ---- and back ---- */

gboolean
soban_backup_check (const char *path, const char *data_dir, SobanBackupContents *ret_contents, GError **error)
{
  g_autofree char *folder = g_dir_make_tmp ("soban-backup-XXXXXX", error);
  g_autofree char *copy = NULL;
  gboolean done;

  if (!folder)
    return FALSE;
  copy = g_build_filename (folder, "soban.db", NULL);
  done = copy_file (path, copy, error) && check_own (copy, data_dir, FALSE, ret_contents, error);
  remove_with_log (copy);
  g_rmdir (folder);
  return done;
}

/* Invariant 3. The log goes with its file: without it the file is older than it was. */
static gboolean
put_aside (const char *store_path, char **ret_kept, GError **error)
{
  const char *const suffixes[] = { "-wal", "" };
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *kept = g_strdup_printf ("%s.before-%s", store_path, time);

  for (guint i = 0; g_file_test (kept, G_FILE_TEST_EXISTS); i++) {
    g_free (kept);
    kept = g_strdup_printf ("%s.before-%s-%u", store_path, time, i);
  }
  if (!g_file_test (store_path, G_FILE_TEST_EXISTS))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *from = g_strconcat (store_path, suffixes[i], NULL);
    g_autofree char *to = g_strconcat (kept, suffixes[i], NULL);

    if (g_file_test (from, G_FILE_TEST_EXISTS) && g_rename (from, to) != 0)
      return set_io_error (error, _("Cannot write %s: %s"), to);
  }
  *ret_kept = g_steal_pointer (&kept);
  return TRUE;
}

static void
put_back (const char *kept, const char *store_path)
{
  const char *const suffixes[] = { "-wal", "" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *from = g_strconcat (kept, suffixes[i], NULL);
    g_autofree char *to = g_strconcat (store_path, suffixes[i], NULL);

    if (g_file_test (from, G_FILE_TEST_EXISTS) && g_rename (from, to) != 0)
      g_message (_("The records are in %s: %s"), from, g_strerror (errno));
  }
}

gboolean
soban_backup_restore (const char *path, const char *store_path, const char *data_dir, char **ret_kept, GError **error)
{
  g_autofree char *part = g_strconcat (store_path, PART_SUFFIX, NULL);
  g_autofree char *kept = NULL;
  gboolean done;

  remove_with_log (part);
  done = copy_file (path, part, error) && check_own (part, data_dir, TRUE, NULL, error) && sync_path (part, O_RDONLY, error)
         && put_aside (store_path, &kept, error) && rename_synced (part, store_path, error);
  remove_with_log (part);
  if (!done && kept)
    put_back (kept, store_path);
  if (!done) {
    g_prefix_error (error, _("Restoring: "));
    return FALSE;
  }
  soban_damage_note (store_path, FALSE);
  if (ret_kept)
    *ret_kept = g_steal_pointer (&kept);
  return TRUE;
}
