/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "code-pages.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

/* Of an entry of /proc/self/pagemap (the kernel's admin-guide/mm/pagemap): in memory, of a file, mapped by nobody else. */
#define OWN_FILE_PAGE ((G_GUINT64_CONSTANT (1) << 63) | (G_GUINT64_CONSTANT (1) << 61) | (G_GUINT64_CONSTANT (1) << 56))
#define PAGES_AT_ONCE 512

typedef struct {
  char *object; /* "" = the program itself */
  gsize base, start, end; /* addresses; whole pages */
} Segment;

static void
clear_segment (gpointer data)
{
  g_free (((Segment *)data)->object);
}

static int
add_segments (struct dl_phdr_info *info, gsize size, gpointer segments)
{
  gsize page = (gsize)sysconf (_SC_PAGESIZE);

  for (guint i = 0; i < info->dlpi_phnum; i++) {
    const ElfW (Phdr) *header = &info->dlpi_phdr[i];
    gsize start = info->dlpi_addr + header->p_vaddr;
    Segment segment = { NULL, info->dlpi_addr, start / page * page, (start + header->p_filesz) / page * page };

    if (header->p_type == PT_LOAD && (header->p_flags & PF_W) == 0 && segment.start < segment.end) { /* (1) */
      segment.object = g_strdup (info->dlpi_name);
      g_array_append_val ((GArray *)segments, segment);
    }
  }
  return 0;
}

/* Gives back each run of such pages. FALSE: the kernel does not tell of its pages. */
static gboolean
give_back_segment (int pagemap, const Segment *segment)
{
  gsize page = (gsize)sysconf (_SC_PAGESIZE);
  guint64 entries[PAGES_AT_ONCE];

  for (gsize at = segment->start; at < segment->end;) {
    gsize count = MIN ((segment->end - at) / page, PAGES_AT_ONCE);

    if (pread (pagemap, entries, count * sizeof *entries, (off_t)(at / page * sizeof *entries)) != (gssize)(count * sizeof *entries)) {
      return FALSE;
    }
    for (gsize i = 0, run; i < count; i += MAX (run, 1)) {
      for (run = 0; i + run < count && (entries[i + run] & OWN_FILE_PAGE) == OWN_FILE_PAGE; run++) { /* (1), (2) */
      }
      if (run > 0) {
        madvise ((gpointer)(at + i * page), run * page, MADV_DONTNEED);
      }
    }
    at += count * page;
  }
  return TRUE;
}

void
soban_code_pages_give_back (void)
{
  g_autoptr (GArray) segments = g_array_new (FALSE, FALSE, sizeof (Segment));
  int pagemap = g_open ("/proc/self/pagemap", O_RDONLY | O_CLOEXEC, 0);
  gboolean told = pagemap >= 0;

  g_array_set_clear_func (segments, clear_segment);
  dl_iterate_phdr (add_segments, segments);
  for (guint i = 0; i < segments->len && told; i++) {
    const Segment *segment = &g_array_index (segments, Segment, i);
    /* Held while it is looked at (3): what had been at its addresses could be anything by now. */
    gpointer object = dlopen (*segment->object == '\0' ? NULL : segment->object, RTLD_LAZY | RTLD_NOLOAD);
    struct link_map *map;

    if (object == NULL) {
      continue;
    }
    if (dlinfo (object, RTLD_DI_LINKMAP, &map) == 0 && map->l_addr == segment->base) {
      told = give_back_segment (pagemap, segment);
    }
    dlclose (object);
  }
  if (pagemap >= 0) {
    close (pagemap);
  }
}
