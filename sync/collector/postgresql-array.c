/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "postgresql-array.h"

#include <string.h>

/* int32, big-endian: dimensions, whether there are nulls, type of the values, how many, number of the first; then each its length and bytes. */
#define HEAD_BYTES 20
#define TYPE_BYTEA 17
#define TYPE_INT8 20
#define TYPE_TEXT 25

struct _SobanPostgresqlArray {
  char letter;
  guint size;
  GByteArray *bytes;
};

static void
put_int32 (guint8 *at, guint32 value)
{
  guint32 swapped = GUINT32_TO_BE (value);

  memcpy (at, &swapped, sizeof swapped);
}

SobanPostgresqlArray *
soban_postgresql_array_new (char letter)
{
  SobanPostgresqlArray *self = g_new0 (SobanPostgresqlArray, 1);
  guint32 type = letter == 'I' ? TYPE_INT8 : letter == 'T' ? TYPE_TEXT : TYPE_BYTEA;

  g_assert (strchr ("ITB", letter) != NULL);
  self->letter = letter;
  self->bytes = g_byte_array_new ();
  g_byte_array_set_size (self->bytes, HEAD_BYTES);
  put_int32 (self->bytes->data + 4, 0);
  put_int32 (self->bytes->data + 8, type);
  put_int32 (self->bytes->data + 16, 1);
  return self;
}

void
soban_postgresql_array_free (SobanPostgresqlArray *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->bytes);
  g_free (self);
}

static void
add (SobanPostgresqlArray *self, const void *data, gsize length)
{
  guint8 head[4];

  put_int32 (head, (guint32) length);
  g_byte_array_append (self->bytes, head, sizeof head);
  if (length > 0)
    g_byte_array_append (self->bytes, data, (guint) length);
  self->size++;
}

void
soban_postgresql_array_add_int (SobanPostgresqlArray *self, gint64 value)
{
  guint64 swapped = GUINT64_TO_BE ((guint64) value);

  g_assert (self->letter == 'I');
  add (self, &swapped, sizeof swapped);
}

void
soban_postgresql_array_add_text (SobanPostgresqlArray *self, const char *value)
{
  g_assert (self->letter == 'T');
  add (self, value, strlen (value));
}

void
soban_postgresql_array_add_blob (SobanPostgresqlArray *self, const void *data, gsize length)
{
  g_assert (self->letter == 'B');
  add (self, data, length);
}

guint
soban_postgresql_array_size (const SobanPostgresqlArray *self)
{
  return self->size;
}

const guint8 *
soban_postgresql_array_get_bytes (SobanPostgresqlArray *self, gsize *ret_length)
{
  put_int32 (self->bytes->data, self->size > 0 ? 1 : 0);
  put_int32 (self->bytes->data + 12, self->size);
  *ret_length = self->size > 0 ? self->bytes->len : 12;
  return self->bytes->data;
}
