/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/late-library.h"

#include <gio/gio.h>

typedef struct {
  int (*abs) (int number);
  long (*labs) (long number);
} Table;

static const SobanLateFunction functions[] = { { "abs", G_STRUCT_OFFSET (Table, abs) }, { "labs", G_STRUCT_OFFSET (Table, labs) } };

static void
test_loads (void)
{
  g_autoptr (GError) error = NULL;
  Table table = { NULL };

  for (guint i = 0; i < 2; i++) {
    g_assert_true (soban_late_library_load ("libc.so.6", functions, G_N_ELEMENTS (functions), &table, &error));
    g_assert_no_error (error);
  }
  g_assert_cmpint (table.abs (-3), ==, 3);
  g_assert_cmpint (table.labs (-4), ==, 4);
}

static void
assert_missing (const char *soname, const SobanLateFunction *wanted, guint n_wanted, const char *named)
{
  g_autoptr (GError) error = NULL;
  Table table = { NULL };

  g_assert_false (soban_late_library_load (soname, wanted, n_wanted, &table, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, named));
  g_assert_null (table.abs);
}

static void
test_missing (void)
{
  const SobanLateFunction unknown[] = { functions[0], { "soban_no_such_function", G_STRUCT_OFFSET (Table, labs) } };

  assert_missing ("libsoban-no-such.so.1", functions, G_N_ELEMENTS (functions), "libsoban-no-such.so.1");
  assert_missing ("libc.so.6", unknown, G_N_ELEMENTS (unknown), "soban_no_such_function");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/late-library/loads", test_loads);
  g_test_add_func ("/late-library/missing", test_missing);
  return g_test_run ();
}
