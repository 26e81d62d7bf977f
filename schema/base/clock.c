/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static gint64
read_clock_ms (clockid_t id)
{
  struct timespec now;

  if (clock_gettime (id, &now) != 0)
    g_error ("Reading the clock: %s", g_strerror (errno));
  return (gint64) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Tests run whole programs under wrong clocks: the offset is how they do it without a fake library. */
static gint64
system_wall_ms (gpointer data)
{
  const char *offset = g_getenv ("SOBAN_TEST_WALL_OFFSET_MS");

  return read_clock_ms (CLOCK_REALTIME) + (offset != NULL ? g_ascii_strtoll (offset, NULL, 10) : 0);
}

static gint64
system_boottime_ms (gpointer data)
{
  return read_clock_ms (CLOCK_BOOTTIME);
}

const SobanClock *
soban_clock_system (void)
{
  static const SobanClock clock = { system_wall_ms, system_boottime_ms, NULL };

  return &clock;
}

gint64
soban_clock_wall_ms (const SobanClock *clock)
{
  g_assert (clock != NULL);
  return clock->wall_ms (clock->data);
}

gint64
soban_clock_boottime_ms (const SobanClock *clock)
{
  g_assert (clock != NULL);
  return clock->boottime_ms (clock->data);
}

char *
soban_clock_boot_id (void)
{
  char *text = NULL;

  if (!g_file_get_contents ("/proc/sys/kernel/random/boot_id", &text, NULL, NULL))
    return g_strdup ("unknown");
  return g_strstrip (text);
}

static void
fill_from_kernel (gpointer data, guint8 *bytes, gsize length)
{
  while (length > 0) {
    ssize_t got = getrandom (bytes, length, 0);

    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      g_error ("Reading random bytes: %s", g_strerror (errno));
    bytes += got;
    length -= (gsize) got;
  }
}

const SobanEntropy *
soban_entropy_system (void)
{
  static const SobanEntropy entropy = { fill_from_kernel, NULL };

  return &entropy;
}

void
soban_entropy_fill (const SobanEntropy *entropy, guint8 *bytes, gsize length)
{
  g_assert (entropy != NULL);
  entropy->fill (entropy->data, bytes, length);
}
