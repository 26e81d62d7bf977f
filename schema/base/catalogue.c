/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/catalogue.h"

#include <gio/gio.h>
#include <string.h>

/*
 * A GNU .mo file (gettext manual, "The Format of GNU MO Files"): seven 32-bit words (magic, revision, number of strings,
 * offset of the table of originals, offset of the table of translations, hash table), then the tables of (length, offset).
 * msgfmt sorts the originals, so a binary search finds them. A plural's original is "singular NUL plural".
 */
#define MO_MAGIC 0x950412deu
#define MO_HEADER_BYTES 28

struct _SobanCatalogue {
  char *language;
  GMappedFile *file; /* (nullable): none for English */
  const guint8 *data;
  gsize length;
  guint32 strings, originals, translations;
};

void
soban_catalogue_free (SobanCatalogue *catalogue)
{
  g_clear_pointer (&catalogue->file, g_mapped_file_unref);
  g_free (catalogue->language);
  g_free (catalogue);
}

static guint32
read_word (const SobanCatalogue *catalogue, gsize offset)
{
  guint32 word;

  g_assert (offset + 4 <= catalogue->length);
  memcpy (&word, catalogue->data + offset, sizeof word);
  return GUINT32_FROM_LE (word);
}

static const char *
read_string (const SobanCatalogue *catalogue, guint32 table, guint32 index)
{
  return (const char *) catalogue->data + read_word (catalogue, table + 8 * (gsize) index + 4);
}

/* Every string lies inside the file and ends with NUL: checked once, so that look-ups need not. */
static gboolean
check_file (SobanCatalogue *catalogue)
{
  guint64 tables_end;

  if (catalogue->length < MO_HEADER_BYTES || read_word (catalogue, 0) != MO_MAGIC)
    return FALSE;
  catalogue->strings = read_word (catalogue, 8);
  catalogue->originals = read_word (catalogue, 12);
  catalogue->translations = read_word (catalogue, 16);
  tables_end = (guint64) MAX (catalogue->originals, catalogue->translations) + 8 * (guint64) catalogue->strings;
  if (tables_end > catalogue->length)
    return FALSE;
  for (guint32 i = 0; i < catalogue->strings; i++) {
    guint32 tables[] = { catalogue->originals, catalogue->translations };

    for (guint t = 0; t < G_N_ELEMENTS (tables); t++) {
      guint64 end = (guint64) read_word (catalogue, tables[t] + 8 * (gsize) i) + read_word (catalogue, tables[t] + 8 * (gsize) i + 4);

      if (end >= catalogue->length || catalogue->data[end] != '\0')
        return FALSE;
    }
  }
  return TRUE;
}

SobanCatalogue *
soban_catalogue_load (const char *locale_dir, const char *language, GError **error)
{
  g_autoptr (SobanCatalogue) catalogue = g_new0 (SobanCatalogue, 1);
  g_autofree char *path = NULL;

  catalogue->language = g_strdup (language);
  if (g_str_has_prefix (language, "en"))
    return g_steal_pointer (&catalogue);
  path = g_build_filename (locale_dir, language, "LC_MESSAGES", "soban.mo", NULL);
  catalogue->file = g_mapped_file_new (path, FALSE, error);
  if (catalogue->file == NULL) {
    g_prefix_error (error, "Reading the messages: ");
    return NULL;
  }
  catalogue->data = (const guint8 *) g_mapped_file_get_contents (catalogue->file);
  catalogue->length = g_mapped_file_get_length (catalogue->file);
  if (!check_file (catalogue)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "Reading the messages: %s is damaged", path);
    return NULL;
  }
  return g_steal_pointer (&catalogue);
}

const char *
soban_catalogue_get_language (const SobanCatalogue *catalogue)
{
  return catalogue->language;
}

static const char *
find (const SobanCatalogue *catalogue, const char *msgid)
{
  guint32 low = 0, high = catalogue->strings;

  while (low < high) {
    guint32 middle = low + (high - low) / 2;
    int order = strcmp (read_string (catalogue, catalogue->originals, middle), msgid);

    if (order == 0) {
      const char *translation = read_string (catalogue, catalogue->translations, middle);

      return *translation != '\0' ? translation : NULL;
    }
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

const char *
soban_catalogue_text (const SobanCatalogue *catalogue, const char *msgid)
{
  const char *translation;

  g_return_val_if_fail (catalogue != NULL && msgid != NULL, msgid);
  /* The empty msgid is the catalogue's header, no text for people. */
  if (*msgid == '\0')
    return msgid;
  translation = find (catalogue, msgid);
  return translation != NULL ? translation : msgid;
}

const char *
soban_catalogue_plural (const SobanCatalogue *catalogue, const char *msgid, const char *msgid_plural, guint64 n)
{
  const char *translation = find (catalogue, msgid);

  /* Vietnamese has one form: the first translation. */
  if (translation != NULL)
    return translation;
  return n == 1 ? msgid : msgid_plural;
}
