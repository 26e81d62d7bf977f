/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file or a folder of files: the invariants stand in bundle-import-private.h. */
#include "config.h"

#include "client/bundle-import-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"

#define DERIVE_RECORDS 200

static void
clear_import (SobanBundleImport *self)
{
  soban_bundle_owner_clear (&self->owner);
  g_clear_pointer (&self->report, soban_bundle_report_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SobanBundleImport, clear_import)

/* What stands on the screen follows; what is left is derived by the next sync or by who asks first. */
static void
derive_stale (const SobanBundleImport *self)
{
  guint left;

  do {
    g_autoptr (GError) error = NULL;

    if (!soban_store_derive_stale (self->store, DERIVE_RECORDS, &left, &error)) {
      g_message (_("Deriving what was received: %s"), error->message);
      return;
    }
  } while (left > 0 && !g_cancellable_is_cancelled (self->cancellable));
}

/* The first reading: a receipt is looked at on the way, of an exchange only whether it is whole. */
static gboolean
look_at_plain (gpointer data, const SobanEnvelopeHead *head, const GByteArray *plain, GError **error)
{
  if (head == NULL || head->kind != SOBAN_BUNDLE_RECEIPT)
    return TRUE;
  return soban_sync_round_feed (data, plain->data, plain->len, error);
}

static gboolean
import_file (SobanBundleImport *self, const char *path, GError **error)
{
  g_autoptr (SobanSyncRound) round = soban_sync_round_new_receipt ();
  SobanBundleKind kind;
  gboolean taken;

  soban_sync_round_set_chain_lookup (round, soban_bundle_import_lookup_chain, self->store);
  if (!soban_bundle_import_read (self, path, look_at_plain, round, &kind, error))
    return FALSE;
  taken = kind == SOBAN_BUNDLE_RECEIPT ? soban_bundle_import_take_receipt (self, round, error)
                                        : soban_bundle_import_take_exchange (self, path, error);
  if (taken)
    g_ptr_array_add (self->report->paths, g_strdup (path));
  return taken;
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* (nullable) (transfer full) (element-type filename): the bundles in @folder. */
static GPtrArray *
list_folder (const char *folder, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  GPtrArray *paths;
  const char *name;

  if (dir == NULL)
    return NULL;
  paths = g_ptr_array_new_with_free_func (g_free);
  while ((name = g_dir_read_name (dir)) != NULL) {
    if (g_str_has_suffix (name, SOBAN_BUNDLE_SUFFIX) && name[0] != '.')
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  }
  g_ptr_array_sort (paths, compare_paths);
  return paths;
}

/* What is about the file, and leaves the others of the folder to be tried. */
static gboolean
is_about_file (const GError *error)
{
  return error->domain == SOBAN_BUNDLE_ERROR || g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL)
         || g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TOO_LARGE);
}

static gboolean
import_folder (SobanBundleImport *self, const char *folder, gboolean need_any, GError **error)
{
  g_autoptr (GPtrArray) paths = list_folder (folder, error);
  g_autoptr (GError) first = NULL;

  if (paths == NULL)
    return FALSE;
  for (guint i = 0; i < paths->len; i++) {
    g_autoptr (GError) failure = NULL;

    if (import_file (self, g_ptr_array_index (paths, i), &failure))
      continue;
    if (!is_about_file (failure)) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    self->report->skipped++;
    if (first == NULL)
      first = g_steal_pointer (&failure);
  }
  if (self->report->paths->len > 0 || !need_any)
    return TRUE;
  if (first == NULL)
    first = g_error_new_literal (SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_NOTHING, _("there is no file of Sổ Bản in this folder"));
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

static SobanBundleReport *
run_import (SobanStore *store, const char *place, gboolean need_any, GCancellable *cancellable, GError **error)
{
  g_auto (SobanBundleImport) self = { .store = store, .cancellable = cancellable, .report = soban_bundle_report_new () };
  gboolean taken;

  if (!soban_bundle_owner_load (&self.owner, store, error))
    return NULL;
  taken = g_file_test (place, G_FILE_TEST_IS_DIR) ? import_folder (&self, place, need_any, error) : import_file (&self, place, error);
  /* Also after an error: an earlier file of the folder, or the first frames, may have brought something. */
  derive_stale (&self);
  return taken ? g_steal_pointer (&self.report) : NULL;
}

SobanBundleReport *
soban_bundle_import (SobanStore *store, const char *place, GCancellable *cancellable, GError **error)
{
  return run_import (store, place, TRUE, cancellable, error);
}

SobanBundleReport *
soban_bundle_import_others (SobanStore *store, const char *folder, GCancellable *cancellable, GError **error)
{
  return run_import (store, folder, FALSE, cancellable, error);
}
