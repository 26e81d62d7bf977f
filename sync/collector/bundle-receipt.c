/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing the receipt of a bundle: sync/README.md 10.3, 10.5. */
#include "config.h"

#include <string.h>

#include "base/durable-file.h"
#include "bundle-import.h"
#include "key-ring.h"
#include "protocol/envelope.h"

/* (transfer full): beside "soban-17-2026-11-22-1.soban" stands "soban-17-2026-11-22-1-receipt.soban", then "-receipt-2". */
static char *
make_path (const char *folder, const char *bundle_name, guint n)
{
  gboolean has_suffix = g_str_has_suffix (bundle_name, SOBAN_BUNDLE_SUFFIX);
  g_autofree char *base = g_strndup (bundle_name, strlen (bundle_name) - (has_suffix ? strlen (SOBAN_BUNDLE_SUFFIX) : 0));
  g_autofree char *number = n > 1 ? g_strdup_printf ("-%u", n) : g_strdup ("");
  g_autofree char *name = g_strconcat (base, "-receipt", number, SOBAN_BUNDLE_SUFFIX, NULL);

  return g_build_filename (folder, name, NULL);
}

gboolean
soban_bundle_has_receipt (const char *folder, const char *name)
{
  g_autofree char *path = make_path (folder, name, 1);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* One that is there is left as it is. */
static char *
choose_path (const char *place, const char *bundle_path)
{
  g_autofree char *name = g_path_get_basename (bundle_path);

  if (!g_file_test (place, G_FILE_TEST_IS_DIR))
    return g_strdup (place);
  for (guint n = 1;; n++) {
    g_autofree char *path = make_path (place, name, n);

    if (!g_file_test (path, G_FILE_TEST_EXISTS))
      return g_steal_pointer (&path);
  }
}

static gboolean
write_file (const SobanEnvelopeAddress *address, const GByteArray *plain, const char *path, GError **error)
{
  g_autoptr (GByteArray) sealed = g_byte_array_new ();
  g_autoptr (SobanEnvelopeWriter) envelope = soban_envelope_writer_new (address, soban_entropy_system (), sealed, error);
  g_autoptr (SobanDurableFile) file = NULL;

  if (envelope == NULL)
    return FALSE;
  soban_envelope_writer_write (envelope, plain->data, plain->len, sealed);
  soban_envelope_writer_finish (envelope, sealed);
  file = soban_durable_file_new (path, error);
  return file != NULL && soban_durable_file_write (file, sealed->data, sealed->len, error) && soban_durable_file_commit (file, error);
}

char *
soban_bundle_write_receipt (SobanCollectorStore *store, const SobanBundleOutcome *outcome, const char *bundle_path, const char *place,
                            GError **error)
{
  g_auto (SobanSigningKeys) own = { 0 };
  g_autofree char *path = choose_path (place, bundle_path);

  if (!soban_key_ring_get_own (store, &own, error))
    return NULL;
  return write_file (&(SobanEnvelopeAddress) {
                       .kind = SOBAN_BUNDLE_RECEIPT,
                       .sender = 0,
                       .sender_keys = &own,
                       .receiver_key = outcome->device_key,
                     },
                     outcome->receipt, path, error)
             ? g_steal_pointer (&path)
             : NULL;
}
