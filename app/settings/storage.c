/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "settings/storage-part.h"

#include "store/attachment-store.h"

void
soban_storage_free (SobanStorage *storage)
{
  g_free (storage->folder);
  g_free (storage);
}

/* SQLite's own files beside the store's. */
static gboolean
is_of_ledger (const char *suffix)
{
  return *suffix == '\0' || g_str_equal (suffix, "-wal") || g_str_equal (suffix, "-shm") || g_str_equal (suffix, "-journal");
}

/* Everything that bears the ledger's name: itself, its copies, what was put aside. */
static void
count_file (SobanStorage *storage, const char *stem, GFileInfo *info)
{
  const char *name = g_file_info_get_name (info);
  guint64 bytes = (guint64)g_file_info_get_size (info);

  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR || !g_str_has_prefix (name, stem)) {
    return;
  }
  if (is_of_ledger (name + strlen (stem))) {
    storage->ledger_bytes += bytes;
    return;
  }
  storage->copy_bytes += bytes;
  storage->copies++;
}

static gboolean
count_files (SobanStorage *storage, GFile *folder, const char *stem, GError **error)
{
  g_autoptr (GFileEnumerator) files = g_file_enumerate_children (
      folder, G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
      G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, error);
  GFileInfo *info;

  while (files != NULL && g_file_enumerator_iterate (files, &info, NULL, NULL, error)) {
    if (info == NULL) {
      return TRUE;
    }
    count_file (storage, stem, info);
  }
  return FALSE;
}

SobanStorage *
soban_storage_measure (SobanStore *store, GError **error)
{
  g_autoptr (SobanStorage) storage = g_new0 (SobanStorage, 1);
  g_autoptr (GFile) folder = NULL;
  g_autoptr (GFileInfo) system = NULL;
  g_autofree char *stem = g_path_get_basename (soban_store_get_path (store));
  guint64 waiting_bytes;

  storage->folder = g_path_get_dirname (soban_store_get_path (store));
  folder = g_file_new_for_path (storage->folder);
  if (!count_files (storage, folder, stem, error)
      || !soban_store_measure_attachments (store, &storage->photos, &storage->photo_bytes, error)
      || !soban_store_count_attachments (store, &storage->waiting, &waiting_bytes, error)) {
    return NULL;
  }
  system = g_file_query_filesystem_info (folder, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, error);
  if (system == NULL) {
    return NULL;
  }
  storage->free_bytes = g_file_info_get_attribute_uint64 (system, G_FILE_ATTRIBUTE_FILESYSTEM_FREE);
  return g_steal_pointer (&storage);
}
