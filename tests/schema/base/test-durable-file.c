/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of schema/base/durable-file.h. What a full or pulled stick does is tried with the real programs (tests/sync/tools). */
#include "base/durable-file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>

typedef struct {
  char *folder, *path, *part;
} Place;

static void
place_init (Place *place)
{
  g_autoptr (GError) error = NULL;

  place->folder = g_dir_make_tmp ("soban-durable-XXXXXX", &error);
  g_assert_no_error (error);
  place->path = g_build_filename (place->folder, "soban-17.soban", NULL);
  place->part = g_strconcat (place->path, ".part", NULL);
}

static void
place_clear (Place *place)
{
  g_unlink (place->path);
  g_unlink (place->part);
  g_assert_cmpint (g_rmdir (place->folder), ==, 0);
  g_free (place->folder);
  g_free (place->path);
  g_free (place->part);
}

static void
test_invariant_1_nothing_before_the_commit (void)
{
  Place place;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  place_init (&place);
  {
    g_autoptr (SobanDurableFile) file = soban_durable_file_new (place.path, &error);

    g_assert_no_error (error);
    g_assert_true (soban_durable_file_write (file, (const guint8 *) "abc", 3, &error));
    g_assert_false (g_file_test (place.path, G_FILE_TEST_EXISTS));
    g_assert_true (g_file_test (place.part, G_FILE_TEST_EXISTS));
    g_assert_true (soban_durable_file_write (file, (const guint8 *) "def", 3, &error));
    g_assert_true (soban_durable_file_commit (file, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (soban_durable_file_get_path (file), ==, place.path);
  }
  g_assert_false (g_file_test (place.part, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_get_contents (place.path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "abcdef");
  g_assert_true (soban_durable_file_remove (place.path, &error));
  g_assert_false (soban_durable_file_remove (place.path, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  place_clear (&place);
}

static void
test_invariant_3_nothing_is_replaced (void)
{
  Place place;
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanDurableFile) late = NULL;
  g_autofree char *text = NULL;

  place_init (&place);
  late = soban_durable_file_new (place.path, NULL);
  g_assert_true (g_file_set_contents (place.path, "older", -1, NULL));
  g_assert_null (soban_durable_file_new (place.path, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST);
  g_clear_error (&error);
  /* It came while this one was being written. */
  g_assert_true (soban_durable_file_write (late, (const guint8 *) "newer", 5, NULL));
  g_assert_false (soban_durable_file_commit (late, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST);
  g_assert_true (g_file_get_contents (place.path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "older");
  g_clear_pointer (&late, soban_durable_file_free);
  g_assert_false (g_file_test (place.part, G_FILE_TEST_EXISTS));
  place_clear (&place);
}

static void
test_invariant_4_left_half_way (void)
{
  Place place;
  g_autoptr (GError) error = NULL;
  SobanDurableFile *file;

  place_init (&place);
  g_assert_true (g_file_set_contents (place.part, "what a crash left, and it is longer than the new one", -1, NULL));
  file = soban_durable_file_new (place.path, &error);
  g_assert_no_error (error);
  g_assert_true (soban_durable_file_write (file, (const guint8 *) "abc", 3, &error));
  soban_durable_file_free (file);
  g_assert_false (g_file_test (place.part, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (place.path, G_FILE_TEST_EXISTS));
  place_clear (&place);
}

/* The system stops the file at 10 bytes. */
static void
test_no_room (void)
{
  Place place;
  g_autoptr (GError) error = NULL;
  struct rlimit before, small;
  SobanDurableFile *file;

  place_init (&place);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = before;
  small.rlim_cur = 10;
  file = soban_durable_file_new (place.path, NULL);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  g_assert_false (soban_durable_file_write (file, (const guint8 *) "0123456789abc", 13, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_error (error, G_FILE_ERROR, g_file_error_from_errno (EFBIG));
  soban_durable_file_free (file);
  g_assert_false (g_file_test (place.part, G_FILE_TEST_EXISTS));
  place_clear (&place);
}

static void
test_no_folder (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (soban_durable_file_new ("/nowhere/at/all/soban.soban", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/durable-file/invariant-1-nothing-before-the-commit", test_invariant_1_nothing_before_the_commit);
  g_test_add_func ("/durable-file/invariant-3-nothing-is-replaced", test_invariant_3_nothing_is_replaced);
  g_test_add_func ("/durable-file/invariant-4-left-half-way", test_invariant_4_left_half_way);
  g_test_add_func ("/durable-file/no-room", test_no_room);
  g_test_add_func ("/durable-file/no-folder", test_no_folder);
  return g_test_run ();
}
