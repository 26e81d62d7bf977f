/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fault-vfs.h"

#include <sqlite3.h>
#include <string.h>

/* The file of the VFS below lies right behind ours. */
typedef struct {
  sqlite3_file base;
  sqlite3_file *real;
} FaultFile;

/* A VFS is process-wide by nature, so its state is too. */
static struct {
  GMutex lock;
  sqlite3_vfs vfs;
  sqlite3_vfs *real;
  sqlite3_io_methods methods;
  FaultKind kind;
  guint countdown;
  gboolean failed;
  guint fsyncs;
  guint writes;
} fault;

/* SQLITE_OK, or the failure that is due. */
static int
count_down (void)
{
  int code = SQLITE_OK;

  g_mutex_lock (&fault.lock);
  if (fault.kind != FAULT_NONE && fault.countdown > 0)
    fault.countdown--;
  if (fault.kind != FAULT_NONE && fault.countdown == 0) {
    fault.failed = TRUE;
    code = fault.kind == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR;
  }
  g_mutex_unlock (&fault.lock);
  return code;
}

static void
count (guint *counter)
{
  g_mutex_lock (&fault.lock);
  (*counter)++;
  g_mutex_unlock (&fault.lock);
}

static sqlite3_file *
get_real (sqlite3_file *file)
{
  return ((FaultFile *) file)->real;
}

static int
fault_close (sqlite3_file *file)
{
  return get_real (file)->pMethods->xClose (get_real (file));
}

static int
fault_read (sqlite3_file *file, void *bytes, int length, sqlite3_int64 offset)
{
  return get_real (file)->pMethods->xRead (get_real (file), bytes, length, offset);
}

static int
fault_write (sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset)
{
  int code = count_down ();

  count (&fault.writes);
  if (code != SQLITE_OK)
    return code == SQLITE_IOERR ? SQLITE_IOERR_WRITE : code;
  return get_real (file)->pMethods->xWrite (get_real (file), bytes, length, offset);
}

static int
fault_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  int code = count_down ();

  if (code != SQLITE_OK)
    return SQLITE_IOERR_TRUNCATE;
  return get_real (file)->pMethods->xTruncate (get_real (file), size);
}

static int
fault_sync (sqlite3_file *file, int flags)
{
  int code = count_down ();

  count (&fault.fsyncs);
  if (code != SQLITE_OK)
    return SQLITE_IOERR_FSYNC;
  return get_real (file)->pMethods->xSync (get_real (file), flags);
}

static int
fault_file_size (sqlite3_file *file, sqlite3_int64 *size)
{
  return get_real (file)->pMethods->xFileSize (get_real (file), size);
}

static int
fault_lock (sqlite3_file *file, int level)
{
  return get_real (file)->pMethods->xLock (get_real (file), level);
}

static int
fault_unlock (sqlite3_file *file, int level)
{
  return get_real (file)->pMethods->xUnlock (get_real (file), level);
}

static int
fault_check_reserved_lock (sqlite3_file *file, int *reserved)
{
  return get_real (file)->pMethods->xCheckReservedLock (get_real (file), reserved);
}

static int
fault_file_control (sqlite3_file *file, int operation, void *argument)
{
  return get_real (file)->pMethods->xFileControl (get_real (file), operation, argument);
}

static int
fault_sector_size (sqlite3_file *file)
{
  return get_real (file)->pMethods->xSectorSize (get_real (file));
}

static int
fault_device_characteristics (sqlite3_file *file)
{
  return get_real (file)->pMethods->xDeviceCharacteristics (get_real (file));
}

static int
fault_open (sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *ret_flags)
{
  FaultFile *self = (FaultFile *) file;
  int code;

  self->real = (sqlite3_file *) (self + 1);
  code = fault.real->xOpen (fault.real, name, self->real, flags, ret_flags);
  file->pMethods = self->real->pMethods ? &fault.methods : NULL;
  return code;
}

void
fault_vfs_install (void)
{
  fault.real = sqlite3_vfs_find (NULL);
  fault.vfs = *fault.real;
  fault.vfs.zName = "soban-fault";
  fault.vfs.pNext = NULL;
  fault.vfs.szOsFile = sizeof (FaultFile) + fault.real->szOsFile;
  fault.vfs.xOpen = fault_open;
  /* Version 1: no shared memory and no mapping go by us unseen; the store uses neither. */
  fault.methods = (sqlite3_io_methods){
    .iVersion = 1,
    .xClose = fault_close,
    .xRead = fault_read,
    .xWrite = fault_write,
    .xTruncate = fault_truncate,
    .xSync = fault_sync,
    .xFileSize = fault_file_size,
    .xLock = fault_lock,
    .xUnlock = fault_unlock,
    .xCheckReservedLock = fault_check_reserved_lock,
    .xFileControl = fault_file_control,
    .xSectorSize = fault_sector_size,
    .xDeviceCharacteristics = fault_device_characteristics,
  };
  g_assert (sqlite3_vfs_register (&fault.vfs, 1) == SQLITE_OK);
}

void
fault_vfs_fail_from (FaultKind kind, guint nth)
{
  g_mutex_lock (&fault.lock);
  fault.kind = kind;
  fault.countdown = nth;
  fault.failed = FALSE;
  g_mutex_unlock (&fault.lock);
}

gboolean
fault_vfs_has_failed (void)
{
  gboolean failed;

  g_mutex_lock (&fault.lock);
  failed = fault.failed;
  g_mutex_unlock (&fault.lock);
  return failed;
}

void
fault_vfs_reset_counts (void)
{
  g_mutex_lock (&fault.lock);
  fault.fsyncs = fault.writes = 0;
  g_mutex_unlock (&fault.lock);
}

static guint
read_count (const guint *counter)
{
  guint value;

  g_mutex_lock (&fault.lock);
  value = *counter;
  g_mutex_unlock (&fault.lock);
  return value;
}

guint
fault_vfs_fsyncs (void)
{
  return read_count (&fault.fsyncs);
}

guint
fault_vfs_writes (void)
{
  return read_count (&fault.writes);
}
