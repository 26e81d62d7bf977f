/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/choice-csv.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "form/choice-table.h"

#define COLUMNS_MAX 1000
#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define NAME_PATTERN "^[\\p{L}_][-\\p{L}\\p{M}\\p{N}_.]*$"

typedef struct {
  const char *at; /* ends with NUL */
  guint line;
} Reader;

/* One cell, without its quotes; NULL when its quotes do not close or something follows them. */
static char *
read_cell (Reader *reader, GError **error)
{
  if (*reader->at != '"') {
    gsize length = strcspn (reader->at, ",\r\n");
    reader->at += length;
    return g_strndup (reader->at - length, length);
  }
  guint start_line = reader->line;
  g_autoptr (GString) cell = g_string_new (NULL);
  for (reader->at++; *reader->at != '\0'; reader->at++) {
    reader->line += *reader->at == '\n';
    if (*reader->at != '"') {
      g_string_append_c (cell, *reader->at);
      continue;
    }
    if (reader->at[1] == '"') {
      g_string_append_c (cell, *++reader->at);
      continue;
    }
    reader->at++;
    if (strchr (",\r\n", *reader->at) != NULL) /* also at the end */
      return g_string_free (g_steal_pointer (&cell), FALSE);
    break;
  }
  g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX, _ ("line %u: the quotation marks do not close"),
               start_line);
  return NULL;
}

/* A row: its cells, and past the end of the line. */
static GPtrArray *
read_row (Reader *reader, GError **error)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  while (TRUE) {
    char *cell = read_cell (reader, error);
    if (cell == NULL)
      return NULL;
    g_ptr_array_add (cells, cell);
    if (cells->len > COLUMNS_MAX) {
      g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_LIMIT, _ ("line %u: more than %d columns"), reader->line,
                   COLUMNS_MAX);
      return NULL;
    }
    if (*reader->at != ',')
      break;
    reader->at++;
  }
  reader->at += *reader->at == '\r';
  if (*reader->at == '\n') {
    reader->at++;
    reader->line++;
  }
  return g_steal_pointer (&cells);
}

static gboolean
check_names (const GPtrArray *names, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);
    if (g_regex_match_simple (NAME_PATTERN, name, 0, 0) && g_hash_table_add (seen, (gpointer)name))
      continue;
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX,
                 _ ("line 1: column %u needs a name of its own, without spaces, not “%s”"), i + 1, name);
    return FALSE;
  }
  return TRUE;
}

static gboolean
is_blank (const GPtrArray *cells)
{
  return cells->len == 1 && *(const char *)g_ptr_array_index (cells, 0) == '\0';
}

static gboolean
add_rows (Reader *reader, SobanChoiceTable *table, guint n_columns, GError **error)
{
  for (guint rows = 0; *reader->at != '\0';) {
    guint line = reader->line;
    g_autoptr (GPtrArray) cells = read_row (reader, error);
    if (cells == NULL)
      return FALSE;
    if (is_blank (cells))
      continue;
    if (++rows > SOBAN_CHOICES_MAX || cells->len > n_columns) {
      g_set_error (error, SOBAN_FORM_ERROR, rows > SOBAN_CHOICES_MAX ? SOBAN_FORM_ERROR_LIMIT : SOBAN_FORM_ERROR_SYNTAX,
                   rows > SOBAN_CHOICES_MAX ? _ ("line %u: the list is too long")
                                            : _ ("line %u: more cells than columns"),
                   line);
      return FALSE;
    }
    while (cells->len < n_columns)
      g_ptr_array_add (cells, g_strdup (""));
    soban_choice_table_add (table, (const char *const *)cells->pdata);
  }
  return TRUE;
}

static guint
count_lines (const char *text, const char *end)
{
  guint line = 1;
  for (; text < end; text++)
    line += *text == '\n';
  return line;
}

SobanTree *
soban_choice_csv_parse (const char *text, gsize length, GError **error)
{
  const char *end = NULL;
  if (!g_utf8_validate_len (text, length, &end)) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_VALUE,
                 _ ("line %u: the file is not in UTF-8 (an old Vietnamese font's encoding, perhaps)"),
                 count_lines (text, end));
    return NULL;
  }
  g_autofree char *copy = g_strndup (text, length);
  Reader reader = { copy + (g_str_has_prefix (copy, BYTE_ORDER_MARK) ? strlen (BYTE_ORDER_MARK) : 0), 1 };
  g_autoptr (GPtrArray) names = read_row (&reader, error);
  if (names == NULL || !check_names (names, error))
    return NULL;
  guint n_columns = names->len;
  g_ptr_array_add (names, NULL);
  g_autoptr (SobanChoiceTable) table = soban_choice_table_new ((const char *const *)names->pdata);
  if (!add_rows (&reader, table, n_columns, error))
    return NULL;
  return soban_tree_new_from_table (g_steal_pointer (&table));
}
