/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/form-offer.h"

#include "base/limits.h"

#include <string.h>

static void
free_file (gpointer data)
{
  SobanFormFile *file = data;

  g_free (file->name);
  g_free (file);
}

SobanFormOffer *
soban_form_offer_new (const char *id, const char *version)
{
  SobanFormOffer *offer = g_new0 (SobanFormOffer, 1);

  offer->id = g_strdup (id);
  offer->version = g_strdup (version);
  offer->files = g_ptr_array_new_with_free_func (free_file);
  return offer;
}

void
soban_form_offer_free (SobanFormOffer *offer)
{
  if (offer == NULL)
    return;
  g_free (offer->id);
  g_free (offer->version);
  g_ptr_array_unref (offer->files);
  g_free (offer);
}

SobanFormFile *
soban_form_offer_add_file (SobanFormOffer *offer, const char *name)
{
  SobanFormFile *file = g_new0 (SobanFormFile, 1);

  file->name = g_strdup (name);
  g_ptr_array_add (offer->files, file);
  return file;
}

static int
compare_files (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(SobanFormFile *const *) a)->name, (*(SobanFormFile *const *) b)->name);
}

void
soban_form_offer_sort (SobanFormOffer *offer)
{
  g_ptr_array_sort (offer->files, compare_files);
}

SobanFormFile *
soban_form_offer_find_file (const SobanFormOffer *offer, const char *name)
{
  for (guint i = 0; i < offer->files->len; i++) {
    SobanFormFile *file = g_ptr_array_index (offer->files, i);

    if (g_str_equal (file->name, name))
      return file;
  }
  return NULL;
}

gboolean
soban_form_file_name_is_valid (const char *name)
{
  gsize length = strlen (name);

  if (length == 0 || length > SOBAN_FORM_FILE_NAME_BYTES_MAX || !g_utf8_validate (name, (gssize) length, NULL)
      || g_str_equal (name, ".") || g_str_equal (name, ".."))
    return FALSE;
  for (const char *at = name; *at != '\0'; at++)
    if (*at == '/' || *at == '\\' || g_ascii_iscntrl (*at))
      return FALSE;
  return TRUE;
}

char *
soban_form_file_name (const char *address)
{
  const char *slash = strrchr (address, '/');

  return g_strdup (slash != NULL ? slash + 1 : address);
}

void
soban_sha256_of (gconstpointer data, gsize length, guint8 *ret_sha256)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = SOBAN_SHA256_BYTES;

  /* A length of -1 would mean a text. */
  g_assert (length <= G_MAXSSIZE);
  if (length > 0)
    g_checksum_update (checksum, data, (gssize) length);
  g_checksum_get_digest (checksum, ret_sha256, &size);
}

char *
soban_sha256_to_hex (const guint8 *sha256)
{
  GString *hex = g_string_sized_new (2 * SOBAN_SHA256_BYTES + 1);

  for (guint i = 0; i < SOBAN_SHA256_BYTES; i++)
    g_string_append_printf (hex, "%02x", sha256[i]);
  return g_string_free (hex, FALSE);
}

gboolean
soban_sha256_from_hex (const char *hex, guint8 *ret_sha256)
{
  if (strlen (hex) != 2 * SOBAN_SHA256_BYTES)
    return FALSE;
  for (guint i = 0; i < SOBAN_SHA256_BYTES; i++) {
    int high = g_ascii_xdigit_value (hex[2 * i]), low = g_ascii_xdigit_value (hex[2 * i + 1]);

    if (high < 0 || low < 0)
      return FALSE;
    ret_sha256[i] = (guint8) (high << 4 | low);
  }
  return TRUE;
}
