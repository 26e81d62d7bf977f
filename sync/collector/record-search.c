/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "record-search.h"

#include <string.h>

#include "base/text.h"

/* PostgreSQL's bounds are 2 KiB a word and 1 MiB a vector. */
#define WORD_BYTES_MAX 255
#define WORDS_BYTES_MAX (512 * 1024)

/* "hop thon, 2026" -> "hop thon 2026": words with one blank between them. */
static char *
split_words (const char *folded)
{
  GString *words = g_string_new (NULL);
  gsize word_bytes = 0;

  for (const char *at = folded; *at != '\0' && words->len < WORDS_BYTES_MAX; at = g_utf8_next_char (at)) {
    gsize bytes = (gsize) (g_utf8_next_char (at) - at);

    if (!g_unichar_isalnum (g_utf8_get_char (at))) {
      word_bytes = 0;
      continue;
    }
    if (word_bytes + bytes > WORD_BYTES_MAX)
      continue;
    if (word_bytes == 0 && words->len > 0)
      g_string_append_c (words, ' ');
    g_string_append_len (words, at, (gssize) bytes);
    word_bytes += bytes;
  }
  return g_string_free (words, FALSE);
}

gboolean
soban_record_search_remove (SobanDatabase *database, gint64 row, GError **error)
{
  if (soban_database_get_kind (database) == SOBAN_DATABASE_SQLITE)
    return soban_database_run (database, error, "DELETE FROM record_text WHERE rowid = ?1", "i", row);
  return soban_database_run (database, error, "DELETE FROM record_text WHERE record = ?1", "i", row);
}

gboolean
soban_record_search_put (SobanDatabase *database, gint64 row, const char *folded_text, GError **error)
{
  g_autofree char *words = NULL;

  if (soban_database_get_kind (database) == SOBAN_DATABASE_SQLITE)
    return soban_record_search_remove (database, row, error)
           && soban_database_run (database, error, "INSERT INTO record_text (rowid, text) VALUES (?1, ?2)", "it", row, folded_text);
  words = split_words (folded_text);
  return soban_database_run (database, error,
    "INSERT INTO record_text (record, words) VALUES (?1, array_to_tsvector (string_to_array (?2, ' ')))"
    " ON CONFLICT (record) DO UPDATE SET words = excluded.words", "it", row, words);
}

char *
soban_record_search_make_match (SobanDatabase *database, const char *text)
{
  gboolean fts = soban_database_get_kind (database) == SOBAN_DATABASE_SQLITE;
  g_autofree char *folded = soban_text_fold (text), *split = split_words (folded);
  g_auto (GStrv) words = g_strsplit (split, " ", -1);
  GString *match = g_string_new (NULL);

  /* Every word is text, never an operator: in quotes, which no word has in it. */
  for (guint i = 0; words[i] != NULL; i++) {
    if (*words[i] != '\0')
      g_string_append_printf (match, fts ? "%s\"%s\"*" : "%s'%s':*", match->len == 0 ? "" : fts ? " " : " & ", words[i]);
  }
  return g_string_free (match, FALSE);
}
