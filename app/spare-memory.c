/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "spare-memory.h"

#include <gio/gio.h>
#include <malloc.h>

#include "code-pages.h"

#define HEAPS_MAX 1
#define OWN_MAPPING_BYTES_MIN (64 * 1024)
#define GROWTH_BYTES (1024 * 1024) /* not touched, not used; asked for less often */
#define REST_MS 1000 /* what came of a tap has been made by then */

static const char rest[] = "rest"; /* by which its source is found */

void
soban_spare_memory_prepare (void)
{
#ifdef __GLIBC__
  mallopt (M_ARENA_MAX, HEAPS_MAX);
  mallopt (M_MMAP_THRESHOLD, OWN_MAPPING_BYTES_MIN);
  mallopt (M_TOP_PAD, GROWTH_BYTES);
#endif
}

static gpointer
give_back_code (gpointer data)
{
  soban_code_pages_give_back ();
  return NULL;
}

/* On a thread of its own: no key waits for it. */
static gboolean
on_rest (gpointer data)
{
  /* Where none can be made, memory is so short that the kernel has taken these pages already. */
  g_autoptr (GThread) thread = g_thread_try_new ("code-pages", give_back_code, NULL, NULL);

  return G_SOURCE_REMOVE;
}

static gboolean
on_idle (gpointer data)
{
  /* The rest begins anew; what is made ahead meanwhile goes first. */
  g_source_remove_by_user_data ((gpointer)rest);
  g_timeout_add_full (G_PRIORITY_LOW, REST_MS, on_rest, (gpointer)rest, NULL);
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

static void
on_low_memory (GMemoryMonitor *monitor, GMemoryMonitorWarningLevel level, gpointer object)
{
  soban_spare_memory_give_back ();
}

void
soban_spare_memory_watch (GCallback func, gpointer object)
{
  g_autoptr (GMemoryMonitor) monitor = g_memory_monitor_dup_default ();

  /* The monitor must live for its signal to come. */
  g_object_set_data_full (object, "soban-memory-monitor", g_object_ref (monitor), g_object_unref);
  g_signal_connect_object (monitor, "low-memory-warning", func, object, G_CONNECT_SWAPPED);
  g_signal_connect_object (monitor, "low-memory-warning", G_CALLBACK (on_low_memory), object, 0);
}
