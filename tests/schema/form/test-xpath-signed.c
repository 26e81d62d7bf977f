/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sodium.h>
#include <string.h>

#include "form/xpath.h"

/* extract-signed(): what a signed text gives with the right key, and nothing else with any other. */

static char *
evaluate (const char *expression)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanXPath) xpath = soban_xpath_compile (expression, NULL, NULL, &error);
  SobanXPathContext context = { 0 };
  g_autoptr (SobanTree) tree = soban_tree_new ();
  char *value = NULL;
  g_assert_no_error (error);
  context.node = soban_tree_get_root (tree);
  g_assert_true (soban_xpath_evaluate_string (xpath, &context, &value, &error));
  g_assert_no_error (error);
  return value;
}

static char *
extract (const guint8 *bytes, gsize length, const guint8 *key, gsize key_length)
{
  g_autofree char *text = g_base64_encode (bytes, length);
  g_autofree char *key_text = g_base64_encode (key, key_length);
  g_autofree char *expression = g_strdup_printf ("extract-signed('%s', '%s')", text, key_text);
  return evaluate (expression);
}

static void
test_signed (void)
{
  static const char message[] = "bé gái, 3,2 kg";
  guint8 key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES], seed[crypto_sign_SEEDBYTES] = { 7 };
  guint8 bytes[crypto_sign_BYTES + sizeof message - 1];
  g_assert_cmpint (crypto_sign_seed_keypair (key, secret, seed), ==, 0);
  g_assert_cmpint (crypto_sign (bytes, NULL, (const guint8 *) message, sizeof message - 1, secret), ==, 0);
  g_autofree char *right = extract (bytes, sizeof bytes, key, sizeof key);
  g_assert_cmpstr (right, ==, message);

  for (gsize i = 0; i < sizeof bytes; i++) {
    bytes[i] ^= 1;
    g_autofree char *altered = extract (bytes, sizeof bytes, key, sizeof key);
    g_assert_cmpstr (altered, ==, "");
    bytes[i] ^= 1;
  }
  for (gsize length = 0; length < sizeof bytes; length += 9) {
    g_autofree char *cut = extract (bytes, length, key, sizeof key);
    g_assert_cmpstr (cut, ==, "");
  }
  g_autofree char *short_key = extract (bytes, sizeof bytes, key, sizeof key - 1);
  g_assert_cmpstr (short_key, ==, "");
  g_autofree char *garbage = evaluate ("extract-signed('#', '?')");
  g_assert_cmpstr (garbage, ==, "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/xpath/extract-signed", test_signed);
  return g_test_run ();
}
