/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Format-less: the invariants stand in durable-file.h. */
#include "config.h"

#include "base/durable-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"

#define READ_BYTES (64 * 1024)

struct _SobanDurableFile {
  char *path, *part;
  int fd;              /* of the part; -1 once it is closed */
  GChecksum *written;
  guint64 length;
};

static gboolean
fail (GError **error, const char *path, const char *format)
{
  int saved_errno = errno;
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *what = g_strdup_printf (format, name);

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved_errno), "%s: %s", what, g_strerror (saved_errno));
  return FALSE;
}

SobanDurableFile *
soban_durable_file_new (const char *path, GError **error)
{
  g_autoptr (SobanDurableFile) file = g_new0 (SobanDurableFile, 1);

  file->path = g_strdup (path);
  file->part = g_strconcat (path, SOBAN_DURABLE_FILE_SUFFIX, NULL);
  file->written = g_checksum_new (G_CHECKSUM_SHA256);
  file->fd = -1;
  if (g_file_test (path, G_FILE_TEST_EXISTS)) {
    errno = EEXIST;
    fail (error, path, _("Writing %s"));
    return NULL;
  }
  /* What a crash left under this name is of no use to anybody. */
  file->fd = open (file->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (file->fd < 0) {
    fail (error, path, _("Writing %s"));
    return NULL;
  }
  return g_steal_pointer (&file);
}

void
soban_durable_file_free (SobanDurableFile *file)
{
  if (file == NULL)
    return;
  if (file->fd >= 0) {
    close (file->fd);
    g_unlink (file->part);
  }
  g_checksum_free (file->written);
  g_free (file->path);
  g_free (file->part);
  g_free (file);
}

const char *
soban_durable_file_get_path (const SobanDurableFile *file)
{
  return file->path;
}

gboolean
soban_durable_file_write (SobanDurableFile *file, const guint8 *data, gsize length, GError **error)
{
  g_assert (file->fd >= 0);
  g_checksum_update (file->written, data, (gssize) length);
  file->length += length;
  while (length > 0) {
    ssize_t done = write (file->fd, data, length);

    if (done < 0 && errno == EINTR)
      continue;
    if (done < 0)
      return fail (error, file->path, _("Writing %s"));
    data += done;
    length -= (gsize) done;
  }
  return TRUE;
}

static gboolean
flush_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean flushed = fd >= 0 && fsync (fd) == 0;

  /* Some file systems of sticks cannot flush a folder and say so: their file is as safe as it can be. */
  if (fd >= 0 && !flushed && (errno == EINVAL || errno == ENOTSUP))
    flushed = TRUE;
  if (!flushed)
    fail (error, path, _("Keeping %s"));
  if (fd >= 0)
    close (fd);
  return flushed;
}

/* Invariant 3, also where the file system cannot rename without replacing. */
static gboolean
rename_new (const char *from, const char *to)
{
  if (renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP)
    return FALSE;
  if (g_access (to, F_OK) == 0) {
    errno = EEXIST;
    return FALSE;
  }
  return g_rename (from, to) == 0;
}

static gboolean
sum_file (int fd, GChecksum *sum, guint64 *ret_length)
{
  g_autofree guint8 *buffer = g_malloc (READ_BYTES);

  *ret_length = 0;
  for (;;) {
    ssize_t got = read (fd, buffer, READ_BYTES);

    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return got == 0;
    g_checksum_update (sum, buffer, got);
    *ret_length += (guint64) got;
  }
}

/* Invariant 2: not from the memory of the machine, as far as the kernel can be asked to forget. */
static gboolean
read_back (SobanDurableFile *file, GError **error)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  int fd = open (file->path, O_RDONLY | O_CLOEXEC);
  guint64 length = 0;
  gboolean read;

  if (fd < 0)
    return fail (error, file->path, _("Reading %s back"));
  (void) posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
  read = sum_file (fd, sum, &length);
  if (!read)
    fail (error, file->path, _("Reading %s back"));
  close (fd);
  if (!read)
    return FALSE;
  if (length == file->length && g_str_equal (g_checksum_get_string (sum), g_checksum_get_string (file->written)))
    return TRUE;
  g_set_error_literal (error, SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_UNSURE, _("the file does not read back as it was written"));
  return FALSE;
}

gboolean
soban_durable_file_commit (SobanDurableFile *file, GError **error)
{
  gboolean flushed = fsync (file->fd) == 0;

  if (!flushed)
    return fail (error, file->path, _("Keeping %s"));
  if (!rename_new (file->part, file->path))
    return fail (error, file->path, _("Keeping %s"));
  close (file->fd);
  file->fd = -1;
  if (flush_folder (file->path, error) && read_back (file, error))
    return TRUE;
  g_unlink (file->path);
  return FALSE;
}

gboolean
soban_durable_file_remove (const char *path, GError **error)
{
  if (g_unlink (path) != 0)
    return fail (error, path, _("Removing %s"));
  return flush_folder (path, error);
}
