/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/error.h"
#include "mutation.h"
#include "protocol/envelope.h"

/* Damaged bundles: whatever comes out is an error with a message, never a crash; none is taken for whole. */

#define SECONDS_MAX 2
#define CONTENT "nội dung của một gói nhỏ"

static const char *const words[] = { "SBUN", "SBUN\1\1", "\x11", "\xff\xff", "\x01", "\x7f", "02947@2025-07-01", NULL };

static void
fill_zero (gpointer data, guint8 *bytes, gsize length)
{
  memset (bytes, 0, length);
}

typedef struct {
  SobanSigningKeys keys;
  guint8 exchange_key[SOBAN_EXCHANGE_KEY_BYTES];
} Keys;

static gboolean
find_keys (const SobanEnvelopeHead *head, gpointer data, SobanEnvelopeKeys *ret_keys, GError **error)
{
  Keys *keys = data;

  /* No sender's key: damage must show by itself. */
  ret_keys->receiver_keys = &keys->keys;
  ret_keys->exchange_key = keys->exchange_key;
  return TRUE;
}

static GByteArray *
make_seed (const Keys *keys, SobanBundleKind kind)
{
  const SobanEntropy entropy = { fill_zero, NULL };
  GByteArray *out = g_byte_array_new ();
  g_autoptr (SobanEnvelopeWriter) writer = soban_envelope_writer_new (
      &(SobanEnvelopeAddress) { .kind = kind, .sender = 17, .sender_keys = &keys->keys, .receiver_key = keys->keys.public_key,
                                .exchange_key = keys->exchange_key, .scope = "02947@2025-07-01" }, &entropy, out, NULL);

  soban_envelope_writer_write (writer, (const guint8 *) CONTENT, strlen (CONTENT), out);
  soban_envelope_writer_finish (writer, out);
  return out;
}

static gboolean
read_pieces (FuzzBudget *budget, Keys *keys, const char *data, gsize length, GError **error)
{
  g_autoptr (SobanEnvelopeReader) reader = soban_envelope_reader_new (find_keys, keys);
  g_autoptr (GByteArray) plain = g_byte_array_new ();

  for (gsize at = 0; at < length;) {
    gsize piece = MIN ((gsize) g_rand_int_range (budget->random, 1, 200), length - at);

    if (!soban_envelope_reader_feed (reader, (const guint8 *) data + at, piece, plain, error))
      return FALSE;
    at += piece;
  }
  return soban_envelope_reader_finish (reader, error);
}

static void
test_kind (gconstpointer data)
{
  Keys keys = { 0 };
  g_autoptr (GByteArray) seed = NULL;
  g_auto (FuzzBudget) budget = { 0 };
  guint whole = 0, refused = 0;

  soban_signing_keys_from_token ("fuzz", &keys.keys);
  seed = make_seed (&keys, (SobanBundleKind) GPOINTER_TO_UINT (data));
  fuzz_budget_init (&budget, 40000, SECONDS_MAX);
  while (fuzz_budget_next (&budget)) {
    gsize length = 0;
    g_autofree char *damaged = fuzz_mutate (&budget, (const char *) seed->data, seed->len, words, &length);
    g_autoptr (GError) error = NULL;
    gboolean sound = read_pieces (&budget, &keys, damaged, length, &error);

    g_assert_true (sound == (error == NULL));
    /* A mutation may leave all as it was. */
    if (sound)
      g_assert_cmpmem (damaged, length, seed->data, seed->len);
    whole += sound;
    refused += !sound;
  }
  g_test_message ("bundles: %u whole, %u refused", whole, refused);
  g_assert_cmpuint (refused, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/fuzz/envelope/up", GUINT_TO_POINTER (SOBAN_BUNDLE_UP), test_kind);
  g_test_add_data_func ("/fuzz/envelope/receipt", GUINT_TO_POINTER (SOBAN_BUNDLE_RECEIPT), test_kind);
  g_test_add_data_func ("/fuzz/envelope/exchange", GUINT_TO_POINTER (SOBAN_BUNDLE_EXCHANGE), test_kind);
  return g_test_run ();
}
