/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fault-vfs.h"

#include <sqlite3.h>
#include <string.h>

#define SECTOR_BYTES 512

/* A write that no flush has followed. */
typedef struct {
  sqlite3_int64 offset;
  int length;
  char *before; /* what stood there */
} Unflushed;

/* The file of the VFS below lies right behind ours. */
typedef struct {
  sqlite3_file base;
  sqlite3_file *real;
  GPtrArray *unflushed; /* (element-type Unflushed) */
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
  GPtrArray *files; /* (element-type FaultFile): that are open */
} fault;

static void
free_unflushed (gpointer data)
{
  Unflushed *write = data;

  g_free (write->before);
  g_free (write);
}

/* Sector by sector: kept, as it was before, or neither. */
static void
cut_write (FaultFile *file, const Unflushed *write)
{
  for (int at = 0; at < write->length; at += SECTOR_BYTES) {
    char bytes[SECTOR_BYTES];
    int length = MIN (SECTOR_BYTES, write->length - at);

    switch (g_test_rand_int_range (0, 3)) {
    case 0:
      continue;
    case 1:
      memcpy (bytes, write->before + at, (gsize)length);
      break;
    default:
      for (int i = 0; i < length; i++)
        bytes[i] = (char)g_test_rand_int_range (0, 256);
    }
    file->real->pMethods->xWrite (file->real, bytes, length, write->offset + at);
  }
}

static void
cut_power (void)
{
  for (guint i = 0; i < fault.files->len; i++) {
    FaultFile *file = g_ptr_array_index (fault.files, i);

    for (guint k = file->unflushed->len; k > 0; k--)
      cut_write (file, g_ptr_array_index (file->unflushed, k - 1));
    g_ptr_array_set_size (file->unflushed, 0);
  }
}

/* SQLITE_OK, or the failure that is due. */
static int
count_down (void)
{
  int code = SQLITE_OK;

  g_mutex_lock (&fault.lock);
  if (fault.kind != FAULT_NONE && fault.countdown > 0)
    fault.countdown--;
  if (fault.kind != FAULT_NONE && fault.countdown == 0) {
    if (fault.kind == FAULT_CUT && !fault.failed)
      cut_power ();
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
  return ((FaultFile *)file)->real;
}

static int
fault_close (sqlite3_file *file)
{
  g_mutex_lock (&fault.lock);
  g_ptr_array_remove (fault.files, file);
  g_clear_pointer (&((FaultFile *)file)->unflushed, g_ptr_array_unref);
  g_mutex_unlock (&fault.lock);
  return get_real (file)->pMethods->xClose (get_real (file));
}

static int
fault_read (sqlite3_file *file, void *bytes, int length, sqlite3_int64 offset)
{
  return get_real (file)->pMethods->xRead (get_real (file), bytes, length, offset);
}

static void
remember (sqlite3_file *file, int length, sqlite3_int64 offset)
{
  Unflushed *write = g_new (Unflushed, 1);

  *write = (Unflushed){ offset, length, g_malloc0 ((gsize)length) };
  /* Beyond the end of the file there is nothing but zeros: a short read leaves them. */
  get_real (file)->pMethods->xRead (get_real (file), write->before, length, offset);
  g_mutex_lock (&fault.lock);
  g_ptr_array_add (((FaultFile *)file)->unflushed, write);
  g_mutex_unlock (&fault.lock);
}

static int
fault_write (sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset)
{
  int code = count_down ();

  count (&fault.writes);
  if (code != SQLITE_OK)
    return code == SQLITE_IOERR ? SQLITE_IOERR_WRITE : code;
  remember (file, length, offset);
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
  g_mutex_lock (&fault.lock);
  g_ptr_array_set_size (((FaultFile *)file)->unflushed, 0);
  g_mutex_unlock (&fault.lock);
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
  FaultFile *self = (FaultFile *)file;
  int code;

  self->real = (sqlite3_file *)(self + 1);
  code = fault.real->xOpen (fault.real, name, self->real, flags, ret_flags);
  file->pMethods = self->real->pMethods ? &fault.methods : NULL;
  if (file->pMethods) {
    g_mutex_lock (&fault.lock);
    self->unflushed = g_ptr_array_new_with_free_func (free_unflushed);
    g_ptr_array_add (fault.files, self);
    g_mutex_unlock (&fault.lock);
  }
  return code;
}

void
fault_vfs_install (void)
{
  fault.files = g_ptr_array_new ();
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
