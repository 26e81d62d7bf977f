/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "standard-input.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

/* A batch of ten thousand records is about 5 MB. */
#define INPUT_BYTES_MAX (256 * 1024 * 1024)
#define PIECE_BYTES (64 * 1024)

static char *
read_input (gsize *ret_length, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *piece = g_malloc (PIECE_BYTES);
  gsize length;

  while ((length = fread (piece, 1, PIECE_BYTES, stdin)) > 0 && text->len <= INPUT_BYTES_MAX)
    g_string_append_len (text, piece, (gssize) length);
  if (ferror (stdin)) {
    g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (errno), _("standard input: %s"), g_strerror (errno));
    return NULL;
  }
  if (text->len > INPUT_BYTES_MAX) {
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, _("standard input is too long"));
    return NULL;
  }
  *ret_length = text->len;
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
soban_read_file_or_input (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;

  if (g_str_equal (path, "-"))
    text = read_input (&length, error);
  else if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  if (text == NULL)
    return NULL;
  if (!g_utf8_validate_len (text, length, NULL)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, _("%s is not text in UTF-8"), path);
    return NULL;
  }
  return g_steal_pointer (&text);
}
