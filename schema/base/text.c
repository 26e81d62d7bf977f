/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

#include <string.h>

static gboolean
is_mark (gunichar c)
{
  switch (g_unichar_type (c)) {
  case G_UNICODE_NON_SPACING_MARK:
  case G_UNICODE_SPACING_MARK:
  case G_UNICODE_ENCLOSING_MARK:
    return TRUE;
  default:
    return FALSE;
  }
}

/* Only the Latin marks are accents to a searcher: in Khmer or Tai Viet a mark is a vowel, and the word without it another word. */
static gboolean
is_latin_mark (gunichar c)
{
  return c >= 0x0300 && c <= 0x036f;
}

char *
soban_text_fold (const char *text)
{
  g_autofree char *nfd = NULL;
  g_autoptr (GString) folded = NULL;
  gboolean blank = FALSE;

  g_return_val_if_fail (text != NULL, NULL);
  nfd = g_utf8_normalize (text, -1, G_NORMALIZE_NFD);
  if (nfd == NULL)
    return g_strdup ("");
  folded = g_string_sized_new (strlen (nfd));
  for (const char *at = nfd; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (is_latin_mark (c))
      continue;
    if (g_unichar_isspace (c)) {
      blank = folded->len > 0;
      continue;
    }
    if (blank)
      g_string_append_c (folded, ' ');
    blank = FALSE;
    c = g_unichar_tolower (c);
    g_string_append_unichar (folded, c == 0x0111 ? 'd' : c);
  }
  return g_string_free (g_steal_pointer (&folded), FALSE);
}

char *
soban_text_normalize (const char *bytes, gssize length)
{
  g_return_val_if_fail (bytes != NULL, NULL);
  if (length >= 0 ? !g_utf8_validate_len (bytes, (gsize) length, NULL) : !g_utf8_validate (bytes, -1, NULL))
    return NULL;
  return g_utf8_normalize (bytes, length, G_NORMALIZE_NFC);
}

/* Order of the Vietnamese letters: the diacritic that makes a letter of its own, after its base letter. */
static guint
letter_rank (gunichar mark)
{
  switch (mark) {
  case 0x0306: /* breve: ă after a */
    return 1;
  case 0x0302: /* circumflex: â after ă, ê, ô */
    return 2;
  case 0x031b: /* horn: ơ after ô, ư */
    return 3;
  default:
    return 0;
  }
}

/* ngang huyền hỏi ngã sắc nặng */
static guint
tone_rank (gunichar mark)
{
  static const gunichar tones[] = { 0x0300, 0x0309, 0x0303, 0x0301, 0x0323 };

  for (guint i = 0; i < G_N_ELEMENTS (tones); i++) {
    if (tones[i] == mark)
      return i + 1;
  }
  return 0;
}

char *
soban_text_collation_key (const char *text)
{
  g_autofree char *nfd = NULL;
  g_autoptr (GString) key = g_string_new (NULL);
  g_autoptr (GString) tones = g_string_new (NULL);
  g_autoptr (GString) cases = g_string_new (NULL);

  g_return_val_if_fail (text != NULL, NULL);
  nfd = g_utf8_normalize (text, -1, G_NORMALIZE_NFD);
  for (const char *at = nfd != NULL ? nfd : ""; *at != '\0';) {
    gunichar c = g_utf8_get_char (at);
    gunichar lower = g_unichar_tolower (c);
    gboolean upper = c != lower;
    guint rank = 1, tone = 0;

    at = g_utf8_next_char (at);
    for (; *at != '\0' && is_mark (g_utf8_get_char (at)); at = g_utf8_next_char (at)) {
      rank = MAX (rank, letter_rank (g_utf8_get_char (at)) + 1);
      tone = MAX (tone, tone_rank (g_utf8_get_char (at)));
    }
    if (lower == 0x0111) {
      lower = 'd';
      rank = 2;
    }
    g_string_append_unichar (key, lower);
    g_string_append_c (key, (char) rank);
    g_string_append_c (tones, (char) ('1' + tone));
    g_string_append_c (cases, upper ? '2' : '1');
  }
  g_string_append_printf (key, "\x01%s\x01%s", tones->str, cases->str);
  return g_string_free (g_steal_pointer (&key), FALSE);
}
