/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk-write.h"

DiskWrite *
disk_write_new (DiskWriteKind kind, Reading reading)
{
  DiskWrite *write = g_new0 (DiskWrite, 1);

  write->references = 1;
  write->kind = kind;
  write->reading = reading;
  return write;
}

DiskWrite *
disk_write_ref (DiskWrite *write)
{
  write->references++;
  return write;
}

void
disk_write_unref (DiskWrite *write)
{
  if (--write->references > 0)
    return;
  g_clear_pointer (&write->own, soban_change_free);
  g_clear_pointer (&write->adjustments, g_array_unref);
  g_clear_pointer (&write->changes, g_ptr_array_unref);
  g_clear_pointer (&write->cursors, g_ptr_array_unref);
  g_clear_pointer (&write->evidences, g_ptr_array_unref);
  g_clear_pointer (&write->records, g_array_unref);
  g_clear_pointer (&write->originals, g_ptr_array_unref);
  g_clear_pointer (&write->reissued, g_ptr_array_unref);
  g_free (write);
}

GPtrArray *
disk_copy (const GPtrArray *disk, guint count)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) disk_write_unref);

  g_assert (count <= disk->len);
  for (guint i = 0; i < count; i++)
    g_ptr_array_add (copy, disk_write_ref (g_ptr_array_index (disk, i)));
  return copy;
}
