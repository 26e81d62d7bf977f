/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "code-pages.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE_BYTES_MAX 65536
/* A page that is touched brings its neighbours along, 64 KiB and more of them: what is asked for lies well away from all else. */
#define AROUND_BYTES (1024 * 1024)
#define ALTERED (2 * AROUND_BYTES)
#define TABLE_BYTES (3 * AROUND_BYTES)
#define PRESENT (G_GUINT64_CONSTANT (1) << 63)
#define OWN (G_GUINT64_CONSTANT (1) << 56)

/* In a segment that cannot be written. */
static const char table[TABLE_BYTES] __attribute__ ((aligned (PAGE_BYTES_MAX)))
    = { [0] = 1, [AROUND_BYTES] = 2, [ALTERED] = 3, [TABLE_BYTES - 1] = 4 };

static guint64
read_entry (const volatile char *address)
{
  int pagemap = open ("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  guint64 entry = 0;

  if (pagemap >= 0) {
    off_t at = (off_t)((gsize)address / (gsize)sysconf (_SC_PAGESIZE) * sizeof entry);

    g_assert_cmpint (pread (pagemap, &entry, sizeof entry, at), ==, sizeof entry);
    close (pagemap);
  }
  return entry;
}

static void
test_unaltered (void)
{
  const volatile char *shown = table;
  guint64 entry;

  g_assert_cmpint (shown[AROUND_BYTES], ==, 2);
  entry = read_entry (shown + AROUND_BYTES);
  if ((entry & OWN) == 0) {
    g_test_skip ("the kernel does not tell of its pages, or another program has this file open");
    return;
  }
  soban_code_pages_give_back ();
  g_assert_cmpuint (read_entry (shown + AROUND_BYTES) & PRESENT, ==, 0);
  g_assert_cmpint (shown[AROUND_BYTES], ==, 2);
  g_assert_cmpint (shown[TABLE_BYTES - 1], ==, 4);
}

/* As a debugger does that sets a breakpoint. */
static void
test_altered (void)
{
  volatile char *shown = (volatile char *)table;

  g_assert_no_errno (mprotect ((gpointer)(table + ALTERED), PAGE_BYTES_MAX, PROT_READ | PROT_WRITE));
  shown[ALTERED] = 77;
  g_assert_no_errno (mprotect ((gpointer)(table + ALTERED), PAGE_BYTES_MAX, PROT_READ));
  soban_code_pages_give_back ();
  g_assert_cmpint (shown[ALTERED], ==, 77);
  g_assert_cmpint (shown[0], ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/code-pages/unaltered", test_unaltered);
  g_test_add_func ("/code-pages/altered", test_altered);
  return g_test_run ();
}
