/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The FORMS body: sync/README.md 4.6a. */
#include "protocol/message.h"

#include <string.h>

#include "base/limits.h"
#include "protocol/body.h"

#define FLAG_WITHDRAWN 1
#define FORM_BYTES_MIN (2 + SOBAN_SHA256_BYTES + 3)
#define FILE_BYTES_MIN (2 + SOBAN_SHA256_BYTES + 1)

void
soban_forms_encode (const GPtrArray *offers, GByteArray *body)
{
  g_assert (offers->len <= SOBAN_FORMS_OFFERED_MAX);
  soban_write_varint (body, offers->len);
  for (guint i = 0; i < offers->len; i++) {
    const SobanFormOffer *offer = g_ptr_array_index (offers, i);

    soban_write_text (body, offer->id);
    soban_write_text (body, offer->version);
    g_byte_array_append (body, offer->sha256, SOBAN_SHA256_BYTES);
    soban_write_varint (body, offer->bytes);
    soban_write_varint (body, offer->withdrawn ? FLAG_WITHDRAWN : 0);
    soban_write_varint (body, offer->files->len);
    for (guint j = 0; j < offer->files->len; j++) {
      const SobanFormFile *file = g_ptr_array_index (offer->files, j);

      soban_write_text (body, file->name);
      g_byte_array_append (body, file->sha256, SOBAN_SHA256_BYTES);
      soban_write_varint (body, file->bytes);
    }
  }
}

guint64
soban_forms_fingerprint (const GPtrArray *offers)
{
  g_autoptr (GByteArray) body = NULL;
  guint8 sha256[SOBAN_SHA256_BYTES];
  SobanReader reader;

  if (offers->len == 0)
    return 0;
  body = g_byte_array_new ();
  soban_forms_encode (offers, body);
  soban_sha256_of (body->data, body->len, sha256);
  soban_reader_init (&reader, sha256, sizeof sha256);
  return soban_reader_u64 (&reader);
}

/* Fails @reader where the content is beyond @bytes_max. */
static guint64
read_content (SobanReader *reader, guint64 bytes_max, guint8 *ret_sha256)
{
  const guint8 *sha256 = soban_reader_bytes (reader, SOBAN_SHA256_BYTES);
  guint64 bytes = soban_reader_varint (reader);

  if (sha256 == NULL || bytes > bytes_max)
    reader->failed = TRUE;
  else
    memcpy (ret_sha256, sha256, SOBAN_SHA256_BYTES);
  return bytes;
}

/* Names ascend, so that each stands once and the same list has one fingerprint. */
static void
read_files (SobanReader *reader, SobanFormOffer *offer)
{
  guint count = soban_reader_count (reader, FILE_BYTES_MIN, SOBAN_FORM_FILES_MAX);
  guint64 bytes = 0;
  const char *before = NULL;

  for (guint i = 0; i < count && !reader->failed; i++) {
    g_autofree char *name = soban_reader_text (reader, SOBAN_FORM_FILE_NAME_BYTES_MAX);
    SobanFormFile *file;

    if (name == NULL || !soban_form_file_name_is_valid (name) || (before != NULL && strcmp (before, name) >= 0)) {
      reader->failed = TRUE;
      return;
    }
    file = soban_form_offer_add_file (offer, name);
    file->bytes = read_content (reader, SOBAN_FORM_FILE_BYTES_MAX, file->sha256);
    before = file->name;
    bytes += file->bytes;
  }
  if (bytes > SOBAN_FORM_FILES_BYTES_MAX)
    reader->failed = TRUE;
}

static int
compare_offers (const SobanFormOffer *a, const SobanFormOffer *b)
{
  int order = strcmp (a->id, b->id);

  return order != 0 ? order : strcmp (a->version, b->version);
}

/* (nullable) (transfer full) */
static SobanFormOffer *
read_offer (SobanReader *reader)
{
  g_autofree char *id = soban_reader_text (reader, SOBAN_FORM_ID_BYTES_MAX);
  g_autofree char *version = soban_reader_text (reader, SOBAN_FORM_ID_BYTES_MAX);
  g_autoptr (SobanFormOffer) offer = NULL;

  if (reader->failed || *id == '\0') {
    reader->failed = TRUE;
    return NULL;
  }
  offer = soban_form_offer_new (id, version);
  offer->bytes = read_content (reader, SOBAN_FORM_BYTES_MAX, offer->sha256);
  offer->withdrawn = (soban_reader_varint (reader) & FLAG_WITHDRAWN) != 0;
  read_files (reader, offer);
  return reader->failed ? NULL : g_steal_pointer (&offer);
}

GPtrArray *
soban_forms_decode (GBytes *body, GError **error)
{
  g_autoptr (GPtrArray) offers = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_form_offer_free);
  SobanReader reader;
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);
  guint count;

  soban_reader_init (&reader, data, length);
  count = soban_reader_count (&reader, FORM_BYTES_MIN, SOBAN_FORMS_OFFERED_MAX);
  for (guint i = 0; i < count && !reader.failed; i++) {
    SobanFormOffer *offer = read_offer (&reader);

    if (offer == NULL)
      break;
    g_ptr_array_add (offers, offer);
    if (i > 0 && compare_offers (g_ptr_array_index (offers, i - 1), offer) >= 0)
      reader.failed = TRUE;
  }
  return soban_body_check (&reader, "FORMS", error) ? g_steal_pointer (&offers) : NULL;
}
