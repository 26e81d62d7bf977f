/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/tsv.h"

#include <gio/gio.h>
#include <string.h>

struct _SobanTsv {
  char *text;       /* cells are cut out of it in place */
  guint columns;
  GPtrArray *cells; /* header row first, then row by row; point into text */
};

void
soban_tsv_free (SobanTsv *tsv)
{
  g_ptr_array_unref (tsv->cells);
  g_free (tsv->text);
  g_free (tsv);
}

/* Cuts one line into cells; returns how many. */
static guint
cut_line (SobanTsv *tsv, char *line)
{
  guint cells = 1;

  g_ptr_array_add (tsv->cells, line);
  for (; *line != '\0'; line++) {
    if (*line != '\t')
      continue;
    *line = '\0';
    g_ptr_array_add (tsv->cells, line + 1);
    cells++;
  }
  return cells;
}

SobanTsv *
soban_tsv_parse (const char *text, gssize length, GError **error)
{
  g_autoptr (SobanTsv) tsv = g_new0 (SobanTsv, 1);
  guint line_number = 0;
  char *line;

  tsv->cells = g_ptr_array_new ();
  tsv->text = g_strndup (text, length < 0 ? strlen (text) : (gsize) length);
  if (!g_utf8_validate (tsv->text, -1, NULL)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "Reading a table: it is not UTF-8");
    return NULL;
  }
  line = tsv->text;
  while (*line != '\0') {
    char *end = strchr (line, '\n');
    char *next = end != NULL ? end + 1 : line + strlen (line);
    guint cells;

    if (end != NULL)
      *end = '\0';
    line_number++;
    cells = cut_line (tsv, line);
    if (tsv->columns == 0)
      tsv->columns = cells;
    if (cells != tsv->columns) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "Reading a table: line %u has %u cells, the header has %u",
                   line_number, cells, tsv->columns);
      return NULL;
    }
    line = next;
  }
  if (tsv->columns == 0) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "Reading a table: it is empty");
    return NULL;
  }
  return g_steal_pointer (&tsv);
}

SobanTsv *
soban_tsv_load (const char *file, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  SobanTsv *tsv;

  if (!g_file_get_contents (file, &text, &length, error))
    return NULL;
  tsv = soban_tsv_parse (text, (gssize) length, error);
  if (tsv == NULL)
    g_prefix_error (error, "%s: ", file);
  return tsv;
}

guint
soban_tsv_rows (const SobanTsv *tsv)
{
  return tsv->cells->len / tsv->columns - 1;
}

guint
soban_tsv_columns (const SobanTsv *tsv)
{
  return tsv->columns;
}

const char *
soban_tsv_column_name (const SobanTsv *tsv, guint column)
{
  g_assert (column < tsv->columns);
  return g_ptr_array_index (tsv->cells, column);
}

int
soban_tsv_column (const SobanTsv *tsv, const char *name)
{
  for (guint i = 0; i < tsv->columns; i++) {
    if (strcmp (g_ptr_array_index (tsv->cells, i), name) == 0)
      return (int) i;
  }
  return -1;
}

const char *
soban_tsv_cell (const SobanTsv *tsv, guint row, int column)
{
  if (column < 0)
    return "";
  g_assert (row < soban_tsv_rows (tsv) && (guint) column < tsv->columns);
  return g_ptr_array_index (tsv->cells, (row + 1) * tsv->columns + (guint) column);
}
