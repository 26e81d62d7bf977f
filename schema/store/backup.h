/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

/**
 * Copies of the store's file
 * ==========================
 * Never lost: a copy at a place of the person's choice, and one beside the store each day. Nothing replaces a file before what
 * replaces it has been written, synced and checked.
 */

/* What a copy says of itself. */
typedef struct {
  gint64 records; /* living and deleted */
  gint64 drafts;
  gboolean has_pin; /* it is asked for where the copy is restored */
} SobanBackupContents;

/**
 * soban_store_back_up:
 * @path: where the copy goes; what was there is replaced, once the copy is sound
 * @ret_contents: (nullable) (out)
 *
 * One consistent state, written under another name beside @path, synced, opened and checked, then renamed. The store can be read and
 * written meanwhile only before and after. Blocks for as long as it takes: from a worker. FULL where there is no room, and @path is as
 * it was.
 */
gboolean soban_store_back_up (SobanStore *store, const char *path, SobanBackupContents *ret_contents, GError **error);

/* (transfer full): where the daily copy of the store at @store_path is. */
char *soban_backup_daily_path (const char *store_path);
/* A copy beside the store where the last one is older than a day and there is room for it twice over; *ret_made FALSE: not needed or
 * no room. Blocks: from a worker. */
gboolean soban_store_back_up_daily (SobanStore *store, gboolean *ret_made, GError **error);

/**
 * soban_backup_check:
 * @path: a file that may be a copy
 * @data_dir: as for soban_store_open()
 *
 * A file that is damaged, no store of ours or of a newer program gives the error of soban_store_open(), or CORRUPT. It is looked at in
 * a copy of its own; the file is only read. Blocks: from a worker.
 */
gboolean soban_backup_check (const char *path, const char *data_dir, SobanBackupContents *ret_contents, GError **error);

/**
 * soban_backup_restore:
 * @path: the copy
 * @store_path: the store, which nobody has open
 * @ret_kept: (nullable) (out) (transfer full) (nullable): where the present file was put aside; NULL: there was none
 *
 * Checks @path, puts the present file aside under a name with the time, and takes the copy in its place, with a new
 * incarnation: another has used the numbers after the copy (sync/README.md 5.8). When anything fails the present file stands where it
 * stood. Blocks: from a worker.
 */
gboolean soban_backup_restore (const char *path, const char *store_path, const char *data_dir, char **ret_kept, GError **error);
