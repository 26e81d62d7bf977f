/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stored form of one change
 * =============================
 *
 *   u8      format, 1 or 2
 *   varint  device
 *   u64     incarnation
 *   varint  number
 *   16      record id
 *   text    form, form version, scope        (varint length, UTF-8 bytes)
 *   varint  seen
 *   u64     stamp
 *   zigzag  wall_ms, boottime_ms
 *   in format 2, which is written where any of these is not 0:
 *     zigzag  recorded_ms
 *     varint  time quality
 *     varint  number of bases, then for each: varint device, u64 incarnation, varint number
 *   varint  number of assignments, then for each, in strictly ascending byte order of the paths:
 *   text      path
 *   varint    0 = removed, else length of the value + 1, then its bytes
 *
 * Invariants:
 *  (1) Equal changes have equal bytes.
 *  (2) Whatever the bytes, decoding ends with a change that passes soban_change_check_shape(), or with an error.
 *  (3) Values travel byte for byte.
 */
#include "config.h"

#include "log/change.h"

#include "base/error.h"
#include "base/limits.h"
#include "log/packer.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define FORMAT_PLAIN 1
#define FORMAT_FULL 2
#define HEAD_BYTES_MAX 64 /* of the values of fixed kinds between two texts */

static void
pack_name (SobanPacker *packer, const char *name)
{
  const gsize length = strlen (name);

  soban_pack_text (packer, name, length, length);
}

static void
pack_assignments (SobanPacker *packer, const SobanChange *change)
{
  soban_packer_need (packer, SOBAN_VARINT_BYTES_MAX);
  soban_pack_varint (packer, change->assignments->len);
  for (guint i = 0; i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);
    gsize length = strlen (assignment->path);

    soban_pack_text (packer, assignment->path, length, length);
    length = assignment->value ? strlen (assignment->value) : 0;
    soban_pack_text (packer, assignment->value ? assignment->value : "", length, assignment->value ? length + 1 : 0);
  }
}

/* Invariant 1: what has none of these is written as it always was. */
static gboolean
is_plain (const SobanChange *change)
{
  return change->recorded_ms == 0 && change->time_quality == SOBAN_TIME_RAW && (!change->bases || change->bases->len == 0);
}

static void
pack_full (SobanPacker *packer, const SobanChange *change)
{
  guint n = change->bases ? change->bases->len : 0;

  soban_packer_need (packer, HEAD_BYTES_MAX);
  soban_pack_zigzag (packer, change->recorded_ms);
  soban_pack_varint (packer, change->time_quality);
  soban_pack_varint (packer, n);
  for (guint i = 0; i < n; i++) {
    const SobanChangeId *base = &g_array_index (change->bases, SobanChangeId, i);

    soban_packer_need (packer, HEAD_BYTES_MAX);
    soban_pack_varint (packer, base->device);
    soban_pack_u64 (packer, base->incarnation);
    soban_pack_varint (packer, base->number);
  }
}

void
soban_change_encode (const SobanChange *change, GByteArray *out)
{
  gboolean plain = is_plain (change);
  SobanPacker packer;

  soban_packer_begin (&packer, out);
  soban_packer_need (&packer, HEAD_BYTES_MAX);
  *packer.at++ = plain ? FORMAT_PLAIN : FORMAT_FULL;
  soban_pack_varint (&packer, change->id.device);
  soban_pack_u64 (&packer, change->id.incarnation);
  soban_pack_varint (&packer, change->id.number);
  soban_pack_bytes (&packer, change->record.bytes, SOBAN_UUID_BYTES);
  pack_name (&packer, change->form);
  pack_name (&packer, change->form_version);
  pack_name (&packer, change->scope);
  soban_packer_need (&packer, HEAD_BYTES_MAX);
  soban_pack_varint (&packer, change->seen);
  soban_pack_u64 (&packer, change->stamp);
  soban_pack_zigzag (&packer, change->wall_ms);
  soban_pack_zigzag (&packer, change->boottime_ms);
  if (!plain)
    pack_full (&packer, change);
  pack_assignments (&packer, change);
  soban_packer_finish (&packer);
}

/* FALSE when the value is no text; *ret_value NULL = removed. */
static gboolean
read_value (SobanReader *reader, char **ret_value)
{
  guint64 length = soban_reader_varint (reader);
  const guint8 *bytes;

  *ret_value = NULL;
  if (reader->failed || length == 0)
    return !reader->failed;
  if (length - 1 > SOBAN_VALUE_BYTES_MAX)
    return FALSE;
  bytes = soban_reader_bytes (reader, length - 1);
  if (reader->failed || memchr (bytes, '\0', length - 1))
    return FALSE;
  *ret_value = g_strndup ((const char *) bytes, length - 1);
  return TRUE;
}

static gboolean
read_assignments (SobanReader *reader, SobanChange *change)
{
  guint64 n = soban_reader_varint (reader);

  if (reader->failed || n > SOBAN_RECORD_FIELDS_MAX)
    return FALSE;
  for (guint64 i = 0; i < n; i++) {
    g_autofree char *path = soban_reader_text (reader, SOBAN_PATH_BYTES_MAX);
    g_autofree char *value = NULL;
    SobanAssignment *assignment;

    if (!path || !read_value (reader, &value))
      return FALSE;
    assignment = g_new (SobanAssignment, 1);
    assignment->path = g_steal_pointer (&path);
    assignment->value = g_steal_pointer (&value);
    g_ptr_array_add (change->assignments, assignment);
  }
  return TRUE;
}

static gboolean
read_head (SobanReader *reader, SobanChange *change)
{
  guint64 device = soban_reader_varint (reader);
  const guint8 *record;

  if (reader->failed || device > G_MAXUINT32)
    return FALSE;
  change->id.device = device;
  change->id.incarnation = soban_reader_u64 (reader);
  change->id.number = soban_reader_varint (reader);
  record = soban_reader_bytes (reader, SOBAN_UUID_BYTES);
  if (!record)
    return FALSE;
  memcpy (change->record.bytes, record, SOBAN_UUID_BYTES);
  change->form = soban_reader_text (reader, SOBAN_FORM_ID_BYTES_MAX);
  change->form_version = soban_reader_text (reader, SOBAN_FORM_ID_BYTES_MAX);
  change->scope = soban_reader_text (reader, SOBAN_SCOPE_BYTES_MAX);
  change->seen = soban_reader_varint (reader);
  change->stamp = soban_reader_u64 (reader);
  change->wall_ms = soban_reader_zigzag (reader);
  change->boottime_ms = soban_reader_zigzag (reader);
  return !reader->failed;
}

static gboolean
read_full (SobanReader *reader, SobanChange *change)
{
  guint64 n, quality;

  change->recorded_ms = soban_reader_zigzag (reader);
  quality = soban_reader_varint (reader);
  n = soban_reader_varint (reader);
  if (reader->failed || quality > SOBAN_TIME_BEFORE || n > SOBAN_CHANGE_BASES_MAX)
    return FALSE;
  change->time_quality = (SobanTimeQuality) quality;
  for (guint64 i = 0; i < n; i++) {
    SobanChangeId base = { 0 };
    guint64 device = soban_reader_varint (reader);

    if (device > G_MAXUINT32)
      return FALSE;
    base.device = device;
    base.incarnation = soban_reader_u64 (reader);
    base.number = soban_reader_varint (reader);
    soban_change_add_base (change, &base);
  }
  return !reader->failed && !is_plain (change);
}

SobanChange *
soban_change_decode (const guint8 *data, gsize length, GError **error)
{
  g_autoptr (SobanChange) change = soban_change_new ();
  SobanReader reader;
  guint8 format;

  soban_reader_init (&reader, data, length);
  format = soban_reader_u8 (&reader);
  if ((format != FORMAT_PLAIN && format != FORMAT_FULL) || !read_head (&reader, change)
      || (format == FORMAT_FULL && !read_full (&reader, change)) || !read_assignments (&reader, change)
      || soban_reader_left (&reader) != 0) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT, _("A change in the store cannot be read"));
    return NULL;
  }
  if (!soban_change_check_shape (change, error))
    return NULL;
  return g_steal_pointer (&change);
}
