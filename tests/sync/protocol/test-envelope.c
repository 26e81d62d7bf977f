/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of a bundle: the invariants of sync/protocol/envelope-format.h. */
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "protocol/envelope.h"

#define SCOPE "02947@2025-07-01"
#define TEXT "một bản ghi nhỏ"

typedef struct {
  SobanSigningKeys device, collector;
  guint8 exchange_key[SOBAN_EXCHANGE_KEY_BYTES];
  guint8 next; /* of the entropy */
  SobanEntropy entropy;
  gboolean any_sender;
} World;

static void
fill_counting (gpointer data, guint8 *bytes, gsize length)
{
  World *world = data;

  for (gsize i = 0; i < length; i++)
    bytes[i] = world->next++;
}

static void
world_init (World *world)
{
  guint8 seed[SOBAN_KEY_SEED_BYTES];

  memset (seed, 7, sizeof seed);
  memset (world, 0, sizeof *world);
  soban_signing_keys_from_token ("a token of a test", &world->device);
  soban_signing_keys_from_seed (seed, &world->collector);
  memset (world->exchange_key, 9, sizeof world->exchange_key);
  world->entropy = (SobanEntropy) { fill_counting, world };
}

static SobanEnvelopeAddress
make_address (const World *world, SobanBundleKind kind)
{
  gboolean down = kind == SOBAN_BUNDLE_RECEIPT;

  return (SobanEnvelopeAddress) {
    .kind = kind,
    .sender = down ? 0 : 17,
    .sender_keys = down ? &world->collector : &world->device,
    .receiver_key = down ? world->device.public_key : world->collector.public_key,
    .exchange_key = world->exchange_key,
    .scope = SCOPE,
  };
}

static GByteArray *
write_bundle (World *world, SobanBundleKind kind, const guint8 *plain, gsize length, gsize piece)
{
  SobanEnvelopeAddress address = make_address (world, kind);
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanEnvelopeWriter) writer = soban_envelope_writer_new (&address, &world->entropy, out, &error);

  g_assert_no_error (error);
  for (gsize at = 0; at < length; at += piece)
    soban_envelope_writer_write (writer, plain + at, MIN (piece, length - at), out);
  soban_envelope_writer_finish (writer, out);
  g_assert_cmpuint (out->len, ==, soban_envelope_measure (&address, length));
  return out;
}

static gboolean
find_keys (const SobanEnvelopeHead *head, gpointer data, SobanEnvelopeKeys *ret_keys, GError **error)
{
  const World *world = data;

  g_assert_nonnull (head->scope);
  if (head->sender != 0 && head->sender != 17) {
    g_set_error_literal (error, SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_REVOKED, "who is that");
    return FALSE;
  }
  ret_keys->sender_key = world->any_sender ? NULL : head->sender == 0 ? world->collector.public_key : world->device.public_key;
  ret_keys->receiver_keys = head->kind == SOBAN_BUNDLE_RECEIPT ? &world->device : &world->collector;
  ret_keys->exchange_key = world->exchange_key;
  return TRUE;
}

static GByteArray *
read_bundle (World *world, const guint8 *data, gsize length, gsize piece, GError **error)
{
  g_autoptr (SobanEnvelopeReader) reader = soban_envelope_reader_new (find_keys, world);
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  gboolean sound = TRUE;

  for (gsize at = 0; at < length && sound; at += piece)
    sound = soban_envelope_reader_feed (reader, data + at, MIN (piece, length - at), plain, error);
  sound = sound && soban_envelope_reader_finish (reader, error);
  /* Invariant 4. */
  if (!sound) {
    g_autoptr (GByteArray) rest = g_byte_array_new ();

    g_assert_false (soban_envelope_reader_feed (reader, data, length, rest, NULL));
    g_assert_false (soban_envelope_reader_finish (reader, NULL));
    g_assert_cmpuint (rest->len, ==, 0);
  }
  return sound ? g_steal_pointer (&plain) : NULL;
}

static GByteArray *
make_plain (gsize length)
{
  GByteArray *plain = g_byte_array_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  g_byte_array_set_size (plain, (guint) length);
  for (gsize i = 0; i < length; i++)
    plain->data[i] = (guint8) g_rand_int (rand);
  return plain;
}

static void
assert_returns (World *world, SobanBundleKind kind, gsize length, gsize write_piece, gsize read_piece)
{
  g_autoptr (GByteArray) plain = make_plain (length);
  g_autoptr (GByteArray) bundle = write_bundle (world, kind, plain->data, length, write_piece);
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) again = read_bundle (world, bundle->data, bundle->len, read_piece, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (again->data, again->len, plain->data, plain->len);
}

static void
test_invariant_1_pieces_of_any_size (void)
{
  World world;
  const gsize chunk = SOBAN_BUNDLE_CHUNK_BYTES_MAX;
  const gsize lengths[] = { 0, 1, 300, chunk - 1, chunk, chunk + 1, 2 * chunk, 3 * chunk + 5 };

  world_init (&world);
  for (guint kind = SOBAN_BUNDLE_UP; kind <= SOBAN_BUNDLE_EXCHANGE; kind++) {
    for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
      assert_returns (&world, kind, lengths[i], 10000, 4096);
      assert_returns (&world, kind, lengths[i], 3 * chunk, 3 * chunk);
    }
    for (gsize piece = 1; piece < 400; piece++)
      assert_returns (&world, kind, 300, piece, piece);
  }
}

static void
test_invariant_2_every_prefix (void)
{
  World world;

  world_init (&world);
  for (guint kind = SOBAN_BUNDLE_UP; kind <= SOBAN_BUNDLE_EXCHANGE; kind++) {
    g_autoptr (GByteArray) bundle = write_bundle (&world, kind, (const guint8 *) TEXT, strlen (TEXT), 5);

    for (guint length = 0; length < bundle->len; length++) {
      g_autoptr (GError) error = NULL;

      g_assert_null (read_bundle (&world, bundle->data, length, 7, &error));
      g_assert_error (error, SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_CUT);
    }
  }
}

static void
test_invariant_2_every_flipped_bit (void)
{
  World world;

  world_init (&world);
  for (guint kind = SOBAN_BUNDLE_UP; kind <= SOBAN_BUNDLE_EXCHANGE; kind++) {
    g_autoptr (GByteArray) bundle = write_bundle (&world, kind, (const guint8 *) TEXT, strlen (TEXT), 5);

    for (guint bit = 0; bit < bundle->len * 8; bit++) {
      g_autoptr (GError) error = NULL;

      bundle->data[bit / 8] ^= 1 << (bit % 8);
      /* Also where any signer is taken, as in an exchange. */
      world.any_sender = kind == SOBAN_BUNDLE_EXCHANGE;
      g_assert_null (read_bundle (&world, bundle->data, bundle->len, bundle->len, &error));
      g_assert_nonnull (error);
      bundle->data[bit / 8] ^= 1 << (bit % 8);
    }
  }
}

static void
test_invariant_2_nothing_follows (void)
{
  World world;
  g_autoptr (GByteArray) bundle = NULL;
  g_autoptr (GError) error = NULL;

  world_init (&world);
  bundle = write_bundle (&world, SOBAN_BUNDLE_UP, (const guint8 *) TEXT, strlen (TEXT), 100);
  g_byte_array_append (bundle, (const guint8 *) "", 1);
  g_assert_null (read_bundle (&world, bundle->data, bundle->len, 50, &error));
  g_assert_error (error, SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_DAMAGED);
}

/* Each chunk of its own is sound: only their order is not. */
static void
test_invariant_2_chunks_swapped_or_left_out (void)
{
  World world;
  const gsize chunk = SOBAN_BUNDLE_CHUNK_BYTES_MAX;
  const gsize sealed = 4 + chunk + 17;
  g_autoptr (GByteArray) plain = make_plain (3 * chunk);
  g_autoptr (GByteArray) bundle = NULL;
  gsize first;

  world_init (&world);
  bundle = write_bundle (&world, SOBAN_BUNDLE_UP, plain->data, plain->len, plain->len);
  first = bundle->len - 64 - 3 * sealed;
  for (guint swap = 0; swap < 2; swap++) {
    g_autoptr (GByteArray) other = g_byte_array_new ();
    g_autoptr (GError) error = NULL;

    g_byte_array_append (other, bundle->data, (guint) first);
    g_byte_array_append (other, bundle->data + first + sealed, (guint) sealed);
    if (swap == 1)
      g_byte_array_append (other, bundle->data + first, (guint) sealed);
    g_byte_array_append (other, bundle->data + first + 2 * sealed, (guint) (bundle->len - first - 2 * sealed));
    g_assert_null (read_bundle (&world, other->data, other->len, 1000, &error));
    g_assert_error (error, SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_DAMAGED);
  }
}

static void
assert_refused (World *world, const GByteArray *bundle, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (read_bundle (world, bundle->data, bundle->len, 64, &error));
  g_assert_error (error, SOBAN_BUNDLE_ERROR, code);
}

static void
test_wrong_receiver (void)
{
  for (guint kind = SOBAN_BUNDLE_UP; kind <= SOBAN_BUNDLE_EXCHANGE; kind++) {
    World world, other;
    g_autoptr (GByteArray) bundle = NULL;

    world_init (&world);
    other = world;
    bundle = write_bundle (&world, kind, (const guint8 *) TEXT, strlen (TEXT), 100);
    if (kind == SOBAN_BUNDLE_UP)
      soban_signing_keys_from_token ("another collector", &other.collector);
    else if (kind == SOBAN_BUNDLE_RECEIPT)
      soban_signing_keys_from_token ("another device", &other.device);
    else
      other.exchange_key[0] ^= 1;
    assert_refused (&other, bundle, SOBAN_BUNDLE_ERROR_OTHER_RECEIVER);
  }
}

static void
test_wrong_signer (void)
{
  for (guint kind = SOBAN_BUNDLE_UP; kind <= SOBAN_BUNDLE_RECEIPT; kind++) {
    World world, thief;
    g_autoptr (GByteArray) bundle = NULL;

    world_init (&world);
    thief = world;
    soban_signing_keys_from_token ("a thief", kind == SOBAN_BUNDLE_UP ? &thief.device : &thief.collector);
    bundle = write_bundle (&thief, kind, (const guint8 *) TEXT, strlen (TEXT), 100);
    assert_refused (&world, bundle, SOBAN_BUNDLE_ERROR_OTHER_SENDER);
  }
}

/* The thief puts the right public key into the head: the signature is still his own. */
static void
test_forged_public_key (void)
{
  World world, thief;
  g_autoptr (GByteArray) bundle = NULL;

  world_init (&world);
  thief = world;
  soban_signing_keys_from_token ("a thief", &thief.device);
  memcpy (thief.device.public_key, world.device.public_key, SOBAN_PUBLIC_KEY_BYTES);
  bundle = write_bundle (&thief, SOBAN_BUNDLE_UP, (const guint8 *) TEXT, strlen (TEXT), 100);
  assert_refused (&world, bundle, SOBAN_BUNDLE_ERROR_DAMAGED);
}

static void
test_unknown_sender_is_the_callers_word (void)
{
  World world;
  SobanEnvelopeAddress address;
  g_autoptr (GByteArray) bundle = g_byte_array_new ();
  g_autoptr (SobanEnvelopeWriter) writer = NULL;

  world_init (&world);
  address = make_address (&world, SOBAN_BUNDLE_UP);
  address.sender = 18;
  writer = soban_envelope_writer_new (&address, &world.entropy, bundle, NULL);
  soban_envelope_writer_finish (writer, bundle);
  assert_refused (&world, bundle, SOBAN_BUNDLE_ERROR_REVOKED);
}

static void
test_receivers_key_is_none (void)
{
  World world;
  SobanEnvelopeAddress address;
  guint8 none[SOBAN_PUBLIC_KEY_BYTES] = { 0 };
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  world_init (&world);
  address = make_address (&world, SOBAN_BUNDLE_UP);
  address.receiver_key = none;
  g_assert_null (soban_envelope_writer_new (&address, &world.entropy, out, &error));
  g_assert_error (error, SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_OTHER_RECEIVER);
  g_assert_cmpuint (out->len, ==, 0);
}

static void
test_foreign_files (void)
{
  const struct {
    const char *text;
    int code;
  } files[] = {
    { "P", SOBAN_BUNDLE_ERROR_FOREIGN },
    { "PK\3\4 a zip", SOBAN_BUNDLE_ERROR_FOREIGN },
    { "SBAN\1", SOBAN_BUNDLE_ERROR_FOREIGN },
    { "SBUN\2", SOBAN_BUNDLE_ERROR_TOO_NEW },
    { "SBUN\1\4", SOBAN_BUNDLE_ERROR_TOO_NEW },
  };
  World world;

  world_init (&world);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (read_bundle (&world, (const guint8 *) files[i].text, strlen (files[i].text), 100, &error));
    g_assert_error (error, SOBAN_BUNDLE_ERROR, files[i].code);
  }
}

/* A head whose scope would be longer than any is known before more is read. */
static void
test_endless_head (void)
{
  World world;
  guint8 data[1000];
  g_autoptr (GError) error = NULL;

  world_init (&world);
  memset (data, 0xff, sizeof data);
  memcpy (data, "SBUN\1\1", 6);
  g_assert_null (read_bundle (&world, data, sizeof data, 1, &error));
  g_assert_error (error, SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_DAMAGED);
}

/* Invariant 5, by arithmetic: the last byte that fits fits, the next does not. */
static void
test_invariant_5_ends_before_4_gib (void)
{
  World world;
  SobanEnvelopeAddress address;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (SobanEnvelopeWriter) writer = NULL;
  guint64 low = 0, high = SOBAN_BUNDLE_BYTES_MAX;

  world_init (&world);
  address = make_address (&world, SOBAN_BUNDLE_UP);
  writer = soban_envelope_writer_new (&address, &world.entropy, out, NULL);
  while (low < high) {
    guint64 middle = low + (high - low + 1) / 2;

    if (soban_envelope_measure (&address, middle) <= SOBAN_BUNDLE_BYTES_MAX)
      low = middle;
    else
      high = middle - 1;
  }
  g_assert_cmpuint (soban_envelope_measure (&address, low), ==, SOBAN_BUNDLE_BYTES_MAX);
  g_assert_cmpuint (SOBAN_BUNDLE_BYTES_MAX, <, G_GUINT64_CONSTANT (4) * 1024 * 1024 * 1024);
  g_assert_cmpuint (low, >, SOBAN_BUNDLE_BYTES_MAX / 1000 * 999);
  g_assert_true (soban_envelope_writer_has_room (writer, low));
  g_assert_false (soban_envelope_writer_has_room (writer, low + 1));
  g_assert_false (soban_envelope_writer_has_room (writer, G_MAXUINT64));
  soban_envelope_writer_write (writer, (const guint8 *) "abc", 3, out);
  g_assert_true (soban_envelope_writer_has_room (writer, low - 3));
  g_assert_false (soban_envelope_writer_has_room (writer, low - 2));
}

static char *
load_fixture (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "wire", name, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static char *
to_hex (const GByteArray *bytes)
{
  GString *hex = g_string_new (NULL);

  for (guint i = 0; i < bytes->len; i++)
    g_string_append_printf (hex, "%02x%s", bytes->data[i], i % 32 == 31 || i + 1 == bytes->len ? "\n" : "");
  return g_string_free (hex, FALSE);
}

static const char *const known_names[] = { NULL, "bundle-up.hex", "bundle-receipt.hex", "bundle-exchange.hex" };

/* Invariant 6: the randomness counts 0, 1, 2 ...; the keys are those of world_init(). */
static void
test_invariant_6_known_answers (void)
{
  for (guint kind = SOBAN_BUNDLE_UP; kind <= SOBAN_BUNDLE_EXCHANGE; kind++) {
    World world;
    g_autoptr (GByteArray) bundle = NULL;
    g_autofree char *known = load_fixture (known_names[kind]);
    g_autofree char *hex = NULL;

    world_init (&world);
    bundle = write_bundle (&world, kind, (const guint8 *) TEXT, strlen (TEXT), 100);
    hex = to_hex (bundle);
    g_assert_cmpstr (hex, ==, known);
  }
}

static void
test_known_device_key (void)
{
  SobanSigningKeys keys;
  guint8 parsed[SOBAN_PUBLIC_KEY_BYTES] = { 0 };
  g_autofree char *text = NULL;
  g_autofree char *known = load_fixture ("device-key.hex");

  soban_signing_keys_from_token ("a token of a test", &keys);
  text = soban_key_format (keys.public_key, sizeof keys.public_key);
  g_assert_cmpstr (g_strchomp (known), ==, text);
  g_assert_true (soban_key_parse (text, sizeof parsed, parsed));
  g_assert_cmpmem (parsed, sizeof parsed, keys.public_key, sizeof keys.public_key);
  g_assert_false (soban_key_parse ("", sizeof parsed, parsed));
  g_assert_false (soban_key_parse (text + 1, sizeof parsed, parsed));
  text[3] = 'x';
  g_assert_false (soban_key_parse (text, sizeof parsed, parsed));
}

/* Writes the fixtures anew into @folder: only for a new version of the format. */
static void
write_fixtures (const char *folder)
{
  World world;
  g_autofree char *key_path = g_build_filename (folder, "device-key.hex", NULL);
  g_autofree char *key = NULL;
  g_autofree char *line = NULL;

  for (guint kind = SOBAN_BUNDLE_UP; kind <= SOBAN_BUNDLE_EXCHANGE; kind++) {
    g_autoptr (GByteArray) bundle = NULL;
    g_autofree char *hex = NULL;
    g_autofree char *path = g_build_filename (folder, known_names[kind], NULL);

    world_init (&world);
    bundle = write_bundle (&world, kind, (const guint8 *) TEXT, strlen (TEXT), 100);
    hex = to_hex (bundle);
    g_assert_true (g_file_set_contents (path, hex, -1, NULL));
  }
  world_init (&world);
  key = soban_key_format (world.device.public_key, SOBAN_PUBLIC_KEY_BYTES);
  line = g_strconcat (key, "\n", NULL);
  g_assert_true (g_file_set_contents (key_path, line, -1, NULL));
}

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--write-fixtures")) {
    write_fixtures (argv[2]);
    return 0;
  }
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/envelope/invariant-1-pieces-of-any-size", test_invariant_1_pieces_of_any_size);
  g_test_add_func ("/envelope/invariant-2-every-prefix", test_invariant_2_every_prefix);
  g_test_add_func ("/envelope/invariant-2-every-flipped-bit", test_invariant_2_every_flipped_bit);
  g_test_add_func ("/envelope/invariant-2-nothing-follows", test_invariant_2_nothing_follows);
  g_test_add_func ("/envelope/invariant-2-chunks-swapped-or-left-out", test_invariant_2_chunks_swapped_or_left_out);
  g_test_add_func ("/envelope/invariant-5-ends-before-4-gib", test_invariant_5_ends_before_4_gib);
  g_test_add_func ("/envelope/invariant-6-known-answers", test_invariant_6_known_answers);
  g_test_add_func ("/envelope/known-device-key", test_known_device_key);
  g_test_add_func ("/envelope/wrong-receiver", test_wrong_receiver);
  g_test_add_func ("/envelope/wrong-signer", test_wrong_signer);
  g_test_add_func ("/envelope/forged-public-key", test_forged_public_key);
  g_test_add_func ("/envelope/unknown-sender-is-the-callers-word", test_unknown_sender_is_the_callers_word);
  g_test_add_func ("/envelope/receivers-key-is-none", test_receivers_key_is_none);
  g_test_add_func ("/envelope/foreign-files", test_foreign_files);
  g_test_add_func ("/envelope/endless-head", test_endless_head);
  return g_test_run ();
}
