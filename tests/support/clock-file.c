/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A clock that somebody sets while programs run, for programs run under LD_PRELOAD:
 *
 *   SOBAN_CLOCK_FILE=f  seconds, written in the file f, by which the time of day is shifted; no file: not at all
 *
 * What counts from the start of the machine (timers, deadlines) goes on as it does on a tablet whose date is set anew.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static void *
find (const char *name)
{
  void *function = dlsym (RTLD_NEXT, name);

  if (function == NULL)
    abort ();
  return function;
}

static long
read_shift (void)
{
  const char *path = getenv ("SOBAN_CLOCK_FILE");
  int fd = path == NULL ? -1 : open (path, O_RDONLY | O_CLOEXEC);
  char text[32];
  ssize_t length;

  if (fd < 0)
    return 0;
  length = read (fd, text, sizeof text - 1);
  close (fd);
  text[length < 0 ? 0 : length] = '\0';
  return atol (text);
}

int
clock_gettime (clockid_t clock, struct timespec *ret_time)
{
  int (*real) (clockid_t, struct timespec *) = find ("clock_gettime");
  int status = real (clock, ret_time);

  if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    ret_time->tv_sec += read_shift ();
  return status;
}

int
gettimeofday (struct timeval *restrict ret_time, void *restrict zone)
{
  int (*real) (struct timeval *, void *) = find ("gettimeofday");
  int status = real (ret_time, zone);

  if (status == 0)
    ret_time->tv_sec += read_shift ();
  return status;
}

time_t
time (time_t *ret_time)
{
  time_t (*real) (time_t *) = find ("time");
  time_t now = real (NULL) + read_shift ();

  if (ret_time != NULL)
    *ret_time = now;
  return now;
}
