/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "spare-memory.h"

#include <glib.h>
#include <malloc.h>

#define HEAPS_MAX 1
#define OWN_MAPPING_BYTES_MIN (64 * 1024)
#define GROWTH_BYTES (1024 * 1024) /* not touched, not used; asked for less often */

void
soban_spare_memory_prepare (void)
{
#ifdef __GLIBC__
  mallopt (M_ARENA_MAX, HEAPS_MAX);
  mallopt (M_MMAP_THRESHOLD, OWN_MAPPING_BYTES_MIN);
  mallopt (M_TOP_PAD, GROWTH_BYTES);
#endif
}

static gboolean
on_idle (gpointer data)
{
#ifdef __GLIBC__
  malloc_trim (0);
#endif
  return G_SOURCE_REMOVE;
}

void
soban_spare_memory_give_back (void)
{
  /* After the frame that is being made, whose pieces are then free too. */
  g_idle_add_full (G_PRIORITY_LOW, on_idle, NULL, NULL);
}
