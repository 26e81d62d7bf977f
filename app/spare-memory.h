/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

/* Memory that was used once and is free again goes back to the tablet, which has 1 GiB for everything. */

/* Before the first thread: few heaps, and large pieces by themselves, so that what is free can be given back. */
void soban_spare_memory_prepare (void);
/* Gives back what is free once the main loop has nothing better to do, and a second later code that is used no more (code-pages.h).
 * Main thread. */
void soban_spare_memory_give_back (void);
/* Calls @func with @object whenever the machine runs short of memory (GMemoryMonitor), as long as @object lives; what it lets go of is
 * given back then. Where nothing watches the memory it is never called. Main thread. */
void soban_spare_memory_watch (GCallback func, gpointer object);
