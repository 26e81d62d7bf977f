/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/catalogue.h"

#include <glib/gstdio.h>
#include <gio/gio.h>

/* Two messages: the header and "Total" -> "Tổng", as msgfmt writes them (no hash table). */
static GByteArray *
make_file (void)
{
  static const guint32 words[] = { 0x950412de, 0, 2, 28, 44, 0, 60, 0, 60, 5, 61, 3, 67, 6, 71 };
  static const char strings[] = "\0" "Total\0" "h:h\0" "T\xe1\xbb\x95ng";
  GByteArray *file = g_byte_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    guint32 word = GUINT32_TO_LE (words[i]);

    g_byte_array_append (file, (const guint8 *) &word, 4);
  }
  g_byte_array_append (file, (const guint8 *) strings, sizeof strings);
  return file;
}

static SobanCatalogue *
load (const guint8 *data, gsize length, GError **error)
{
  g_autofree char *dir = g_dir_make_tmp ("soban-XXXXXX", NULL);
  g_autofree char *folder = g_build_filename (dir, "vi", "LC_MESSAGES", NULL);
  g_autofree char *file = g_build_filename (folder, "soban.mo", NULL);
  SobanCatalogue *catalogue;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, (const char *) data, (gssize) length, NULL));
  catalogue = soban_catalogue_load (dir, "vi", error);
  g_assert_cmpint (g_unlink (file), ==, 0);
  return catalogue;
}

static void
test_text (void)
{
  g_autoptr (GByteArray) file = make_file ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanCatalogue) catalogue = load (file->data, file->len, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (soban_catalogue_text (catalogue, "Total"), ==, "Tổng");
  g_assert_cmpstr (soban_catalogue_text (catalogue, "Other"), ==, "Other");
  g_assert_cmpstr (soban_catalogue_text (catalogue, ""), ==, "");
}

static void
test_every_cut_file_is_refused_or_read_safely (void)
{
  g_autoptr (GByteArray) file = make_file ();

  for (guint length = 0; length < file->len; length++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SobanCatalogue) catalogue = load (file->data, length, &error);

    g_assert_null (catalogue);
    g_assert_nonnull (error);
  }
}

static void
test_english_needs_no_file (void)
{
  g_autoptr (SobanCatalogue) catalogue = soban_catalogue_load ("/nowhere", "en", NULL);

  g_assert_cmpstr (soban_catalogue_text (catalogue, "Total"), ==, "Total");
  g_assert_cmpstr (soban_catalogue_plural (catalogue, "team", "teams", 2), ==, "teams");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalogue/text", test_text);
  g_test_add_func ("/catalogue/every-cut-file-is-refused", test_every_cut_file_is_refused_or_read_safely);
  g_test_add_func ("/catalogue/english-needs-no-file", test_english_needs_no_file);
  return g_test_run ();
}
