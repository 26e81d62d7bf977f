/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One save of one record: how many transactions, how many fsyncs (counted by a VFS), how long. Target: 1 and 1.
 *
 * The very first save after opening also flushes the header of a new write-ahead log; checkpoints run when nobody
 * waits.
 */
#include "fault-vfs.h"

#include "base/language.h"
#include "store/record-store.h"
#include "store/sync-store.h"

#include <glib/gstdio.h>

#define SAVES 100

static SobanFieldMap *
make_session (guint number)
{
  SobanFieldMap *fields = soban_field_map_new ();
  g_autofree char *total = g_strdup_printf ("%u", number);

  soban_field_map_set (fields, "activity_date", "2026-11-22");
  soban_field_map_set (fields, "commune_id", "02947@2025-07-01");
  soban_field_map_set (fields, "village_id", "other");
  soban_field_map_set (fields, "village_new", "Bản Mường Mươn");
  soban_field_map_set (fields, "total", total);
  soban_field_map_set (fields, "female", "23");
  soban_field_map_set (fields, "male", "11");
  soban_field_map_set (fields, "method", "loudspeaker");
  return fields;
}

static void
save_one (SobanStore *store, const char *version, guint number)
{
  g_autoptr (SobanFieldMap) fields = make_session (number);
  g_autoptr (GError) error = NULL;
  SobanUuid id = { 0 };

  if (!soban_store_save (store, &id, "communication_session", version, NULL, fields, &error))
    g_error ("%s", error->message);
}

int
main (void)
{
  g_autofree char *folder = g_dir_make_tmp ("soban-bench-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "store.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanStore) store = NULL;
  g_autoptr (SobanForm) form = NULL;
  guint fsyncs_max = 0;
  gint64 before;

  fault_vfs_install ();
  store = soban_store_open (path, soban_data_dir (), NULL, &error);
  form = store ? soban_form_library_get (soban_store_get_forms (store), "communication_session", NULL, &error) : NULL;
  if (!form)
    g_error ("%s", error->message);
  save_one (store, soban_form_get_version (form), 0);
  fault_vfs_reset_counts ();
  before = g_get_monotonic_time ();
  for (guint i = 1; i <= SAVES; i++) {
    guint fsyncs = fault_vfs_fsyncs ();

    save_one (store, soban_form_get_version (form), i);
    fsyncs_max = MAX (fsyncs_max, fault_vfs_fsyncs () - fsyncs);
  }
  g_print ("one save: %.2f fsyncs on average, at most %u (target 1); %.2f ms, list and figures included\n",
           (double) fault_vfs_fsyncs () / SAVES, fsyncs_max,
           (double) (g_get_monotonic_time () - before) / 1000.0 / SAVES);
  g_print ("changes numbered: %" G_GINT64_FORMAT " for %u saves (1 transaction and 1 change each)\n",
           soban_store_count_waiting (store, NULL), SAVES + 1);
  soban_store_close (store);
  g_unlink (path);
  g_rmdir (folder);
  return fsyncs_max == 1 ? 0 : 1;
}
