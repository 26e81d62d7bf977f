/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bundle-source.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "client/bundle-owner.h"
#include "protocol/envelope.h"

#define MAGIC "SBUN"

struct _SobanBundleSource {
  SobanBundleOwner owner;
  SobanEnvelopeReader *reader;
  GByteArray *plain;
  gboolean named; /* the line about who wrote it is out */
};

gboolean
soban_bundle_source_is_one (const guint8 *data, gsize length)
{
  return length >= strlen (MAGIC) && memcmp (data, MAGIC, strlen (MAGIC)) == 0;
}

static gboolean
find_keys (const SobanEnvelopeHead *head, gpointer data, SobanEnvelopeKeys *ret_keys, GError **error)
{
  SobanBundleSource *source = data;

  ret_keys->receiver_keys = &source->owner.keys;
  if (head->kind == SOBAN_BUNDLE_RECEIPT)
    ret_keys->sender_key = source->owner.ring->public_key;
  if (head->kind == SOBAN_BUNDLE_EXCHANGE)
    ret_keys->exchange_key = soban_keyring_find (source->owner.ring, head->scope);
  if (head->kind == SOBAN_BUNDLE_RECEIPT || ret_keys->exchange_key != NULL)
    return TRUE;
  g_set_error_literal (error, SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_OTHER_RECEIVER, _("the file is sealed to somebody else"));
  return FALSE;
}

SobanBundleSource *
soban_bundle_source_new (SobanRun *run, GError **error)
{
  SobanBundleSource *source;

  if (run->store == NULL && !soban_run_open_store (run, error))
    return NULL;
  source = g_new0 (SobanBundleSource, 1);
  source->reader = soban_envelope_reader_new (find_keys, source);
  source->plain = g_byte_array_new ();
  if (soban_bundle_owner_load (&source->owner, run->store, error))
    return source;
  soban_bundle_source_free (source);
  return NULL;
}

void
soban_bundle_source_free (SobanBundleSource *source)
{
  if (source == NULL)
    return;
  soban_bundle_owner_clear (&source->owner);
  soban_envelope_reader_free (source->reader);
  g_byte_array_unref (source->plain);
  g_free (source);
}

static void
name_writer (SobanBundleSource *source, GString *out)
{
  static const char *const kinds[] = { "", "up", "receipt", "exchange" };
  const SobanEnvelopeHead *head = soban_envelope_reader_get_head (source->reader);
  g_autofree char *key = NULL;

  if (head == NULL || source->named)
    return;
  key = soban_key_format (head->sender_key, SOBAN_PUBLIC_KEY_BYTES);
  g_string_append_printf (out, "bundle %s from %u key %s%s%s\n", kinds[head->kind], head->sender, key, head->scope[0] != '\0' ? " scope " : "",
                          head->scope);
  source->named = TRUE;
}

const GByteArray *
soban_bundle_source_feed (SobanBundleSource *source, const guint8 *data, gsize length, GString *out, GError **error)
{
  gboolean sound;

  g_byte_array_set_size (source->plain, 0);
  sound = soban_envelope_reader_feed (source->reader, data, length, source->plain, error);
  name_writer (source, out);
  return sound ? source->plain : NULL;
}

gboolean
soban_bundle_source_finish (SobanBundleSource *source, GError **error)
{
  return soban_envelope_reader_finish (source->reader, error);
}
