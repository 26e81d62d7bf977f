/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A medium that fails and a machine that stops, for programs run under LD_PRELOAD:
 *
 *   SOBAN_FAULT_AT=n     the n-th call that changes what is on a disk (write, flush, rename, remove), counted from 1
 *   SOBAN_FAULT_DO=kill  ends there as kill -9 does, a write half-way; full / pulled: that call and all after it fail with ENOSPC / EIO
 *   SOBAN_FAULT_WHILE=f  instead of SOBAN_FAULT_AT: all such calls while the file f exists
 *   SOBAN_FAULT_UNDER=p  only files whose path begins with p are counted
 *
 * What is not named here (opening, reading) goes on.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long count;

static void *
find (const char *name)
{
  void *function = dlsym (RTLD_NEXT, name);

  if (function == NULL)
    abort ();
  return function;
}

static int
is_under (const char *path)
{
  const char *under = getenv ("SOBAN_FAULT_UNDER");

  return under == NULL || (path != NULL && strncmp (path, under, strlen (under)) == 0);
}

static int
is_fd_under (int fd)
{
  char link[64], path[4096];
  ssize_t length;

  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  length = readlink (link, path, sizeof path - 1);
  if (length <= 0)
    return 0;
  path[length] = '\0';
  /* Pipes and terminals are no disk. */
  return path[0] == '/' && strncmp (path, "/dev/", 5) != 0 && is_under (path);
}

/* Whether this call is the one, or one after it. */
static int
strikes (void)
{
  const char *at = getenv ("SOBAN_FAULT_AT");
  const char *file = getenv ("SOBAN_FAULT_WHILE");
  long now;

  if (file != NULL)
    return access (file, F_OK) == 0;
  if (at == NULL)
    return 0;
  pthread_mutex_lock (&lock);
  now = ++count;
  pthread_mutex_unlock (&lock);
  return now >= atol (at);
}

static int
fail (void)
{
  const char *what = getenv ("SOBAN_FAULT_DO");

  if (what == NULL || strcmp (what, "kill") == 0)
    kill (getpid (), SIGKILL);
  errno = what != NULL && strcmp (what, "full") == 0 ? ENOSPC : EIO;
  return -1;
}

static int
kills (void)
{
  const char *what = getenv ("SOBAN_FAULT_DO");

  return what == NULL || strcmp (what, "kill") == 0;
}

ssize_t
write (int fd, const void *data, size_t length)
{
  ssize_t (*real) (int, const void *, size_t) = find ("write");

  if (!is_fd_under (fd) || !strikes ())
    return real (fd, data, length);
  if (kills ())
    real (fd, data, length / 2);
  return fail ();
}

/* What pwrite() is here, with file offsets of 64 bits. */
ssize_t
pwrite64 (int fd, const void *data, size_t length, off64_t at)
{
  ssize_t (*real) (int, const void *, size_t, off64_t) = find ("pwrite64");

  if (!is_fd_under (fd) || !strikes ())
    return real (fd, data, length, at);
  if (kills ())
    real (fd, data, length / 2, at);
  return fail ();
}

int
fsync (int fd)
{
  int (*real) (int) = find ("fsync");

  return is_fd_under (fd) && strikes () ? fail () : real (fd);
}

int
fdatasync (int fd)
{
  int (*real) (int) = find ("fdatasync");

  return is_fd_under (fd) && strikes () ? fail () : real (fd);
}

int
rename (const char *from, const char *to)
{
  int (*real) (const char *, const char *) = find ("rename");

  return is_under (to) && strikes () ? fail () : real (from, to);
}

int
renameat2 (int from_fd, const char *from, int to_fd, const char *to, unsigned int flags)
{
  int (*real) (int, const char *, int, const char *, unsigned int) = find ("renameat2");

  return is_under (to) && strikes () ? fail () : real (from_fd, from, to_fd, to, flags);
}

int
unlink (const char *path)
{
  int (*real) (const char *) = find ("unlink");

  return is_under (path) && strikes () ? fail () : real (path);
}
