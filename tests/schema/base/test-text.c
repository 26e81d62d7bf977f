/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

#include <string.h>

static void
assert_fold (const char *text, const char *expected)
{
  g_autofree char *folded = soban_text_fold (text);

  g_assert_cmpstr (folded, ==, expected);
}

static void
test_fold (void)
{
  assert_fold ("Đường Hoà", "duong hoa");
  assert_fold ("  Bản \t Phìn\nHồ ", "ban phin ho");
  assert_fold ("H'Hen Niê", "h'hen nie");
  assert_fold ("A & B <c>", "a & b <c>");
  /* NFD input */
  assert_fold ("Truye\xcc\x82\xcc\x80n tho\xcc\x82ng", "truyen thong");
  /* a vowel sign of another script is no accent */
  assert_fold ("\xea\xaa\x80\xea\xaa\xb0", "\xea\xaa\x80\xea\xaa\xb0");
}

static void
test_normalize_refuses_what_is_not_utf8 (void)
{
  g_autofree char *nfc = soban_text_normalize ("o\xcc\xa3\xcc\x82", -1);

  g_assert_cmpstr (nfc, ==, "ộ");
  g_assert_null (soban_text_normalize ("\xc4\x28", -1));
  g_assert_null (soban_text_normalize ("a\0b", 3));
}

static void
test_collation_order (void)
{
  static const char *const sorted[] = { "a", "an", "ăn", "âm", "da", "đa", "đà", "đả", "đã", "đá", "đạ", "Đạ", "e", "ê", "o", "ô", "ơ", "u", "ư", "y" };

  for (guint i = 1; i < G_N_ELEMENTS (sorted); i++) {
    g_autofree char *left = soban_text_collation_key (sorted[i - 1]);
    g_autofree char *right = soban_text_collation_key (sorted[i]);

    g_assert_cmpint (strcmp (left, right), <, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/fold", test_fold);
  g_test_add_func ("/text/normalize-refuses-what-is-not-utf8", test_normalize_refuses_what_is_not_utf8);
  g_test_add_func ("/text/collation-order", test_collation_order);
  return g_test_run ();
}
