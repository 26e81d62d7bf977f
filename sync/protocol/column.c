/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A column of values: sync/README.md 4.2.4.
 *
 *   text     each value and a 0 byte
 *   choice   varint d, d values each with a 0 byte, then varint indexes
 *   integer  varint width, zigzag base, varints value - base
 *   decimal  varint scale, zigzag base, varints value x 10^scale - base
 *   date     zigzag base, varints day - base
 *
 * Invariants
 * 1. Decoding gives back the bytes that were encoded: a numeric kind is taken only where the text is the one that decoding
 *    writes ("007", "1.50" and "2025-2-3" stay what they are).
 * 2. No input makes decoding allocate more than the room it was given.
 */
#include "protocol/column.h"

#include <string.h>

/* Ten to this power is the greatest that 64 bits hold with a sign. */
#define DIGITS_MAX 18
#define EPOCH_JULIAN 719163u /* 1970-01-01 as GDate counts */
#define DATE_LENGTH 10
#define YEAR_MAX 9999

/* What a numeric column is made of; which member counts depends on the kind. */
typedef struct {
  guint width;
  guint scale;
} Shape;

static gint64
raise_ten (guint exponent)
{
  gint64 power = 1;

  g_assert (exponent <= DIGITS_MAX);
  while (exponent-- > 0)
    power *= 10;
  return power;
}

static gboolean
all_digits (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isdigit (text[i]))
      return FALSE;
  }
  return length > 0;
}

static gint64
read_digits (const char *text, gsize length)
{
  gint64 value = 0;

  for (gsize i = 0; i < length; i++)
    value = value * 10 + (text[i] - '0');
  return value;
}

/* Canonical: no leading zero, no "-0"; @length digits without the sign. */
static gboolean
is_canonical (const char *digits, gsize length, gboolean negative)
{
  if (!all_digits (digits, length) || length > DIGITS_MAX)
    return FALSE;
  return digits[0] != '0' || (length == 1 && !negative);
}

static gboolean
parse_integer (const char *text, const Shape *shape, gint64 *ret_value)
{
  gboolean negative = text[0] == '-';
  const char *digits = negative ? text + 1 : text;
  gsize length = strlen (digits);

  if (shape->width > 0) {
    if (negative || length != shape->width || !all_digits (digits, length))
      return FALSE;
  } else if (!is_canonical (digits, length, negative)) {
    return FALSE;
  }
  *ret_value = negative ? -read_digits (digits, length) : read_digits (digits, length);
  return TRUE;
}

static gboolean
parse_decimal (const char *text, const Shape *shape, gint64 *ret_value)
{
  gboolean negative = text[0] == '-';
  const char *whole = negative ? text + 1 : text;
  const char *point = strchr (whole, '.');
  gsize whole_length, part_length;
  gint64 value;

  if (point == NULL)
    return FALSE;
  whole_length = (gsize) (point - whole);
  part_length = strlen (point + 1);
  if (!is_canonical (whole, whole_length, FALSE) || !all_digits (point + 1, part_length)
      || point[part_length] == '0' || part_length > shape->scale || whole_length + shape->scale > DIGITS_MAX)
    return FALSE;
  value = read_digits (whole, whole_length) * raise_ten (shape->scale)
          + read_digits (point + 1, part_length) * raise_ten (shape->scale - (guint) part_length);
  *ret_value = negative ? -value : value;
  return TRUE;
}

static gboolean
parse_date (const char *text, const Shape *shape, gint64 *ret_value)
{
  GDate date;
  guint year, month, day;

  if (strlen (text) != DATE_LENGTH || text[4] != '-' || text[7] != '-' || !all_digits (text, 4)
      || !all_digits (text + 5, 2) || !all_digits (text + 8, 2))
    return FALSE;
  year = (guint) read_digits (text, 4);
  month = (guint) read_digits (text + 5, 2);
  day = (guint) read_digits (text + 8, 2);
  if (month > 12 || !g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year))
    return FALSE;
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
  *ret_value = (gint64) g_date_get_julian (&date) - EPOCH_JULIAN;
  return TRUE;
}

static char *
write_integer (gint64 value, const Shape *shape)
{
  if (shape->width == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT, value);
  if (value < 0 || value >= raise_ten (shape->width))
    return NULL;
  return g_strdup_printf ("%0*" G_GINT64_FORMAT, (int) shape->width, value);
}

static char *
write_decimal (gint64 value, const Shape *shape)
{
  gint64 power = raise_ten (shape->scale);
  guint64 magnitude = value < 0 ? -(guint64) value : (guint64) value;
  guint64 part = magnitude % (guint64) power;
  guint digits = shape->scale;

  if (part == 0)
    return NULL;
  while (part % 10 == 0) {
    part /= 10;
    digits--;
  }
  return g_strdup_printf ("%s%" G_GUINT64_FORMAT ".%0*" G_GUINT64_FORMAT, value < 0 ? "-" : "",
                          magnitude / (guint64) power, (int) digits, part);
}

static char *
write_date (gint64 value, const Shape *shape)
{
  gint64 julian = value + EPOCH_JULIAN;
  GDate date;

  if (julian < 1 || julian > G_MAXUINT32 || !g_date_valid_julian ((guint32) julian))
    return NULL;
  g_date_clear (&date, 1);
  /* Beyond year 9999 GDate's own year overflows its 16 bits: 3652059 is 9999-12-31. */
  if (julian > 3652059)
    return NULL;
  g_date_set_julian (&date, (guint32) julian);
  return g_strdup_printf ("%04u-%02u-%02u", (guint) g_date_get_year (&date), (guint) g_date_get_month (&date),
                          (guint) g_date_get_day (&date));
}

/* The numeric kinds, by SobanColumnKind - SOBAN_COLUMN_INTEGER. */
static const struct {
  gboolean (*parse) (const char *text, const Shape *shape, gint64 *ret_value);
  char *(*write) (gint64 value, const Shape *shape);
} numeric[] = {
  { parse_integer, write_integer },
  { parse_decimal, write_decimal },
  { parse_date, write_date },
};

/* FALSE when the kind cannot carry the values. */
static gboolean
choose_shape (SobanColumnKind kind, const GPtrArray *values, Shape *ret_shape)
{
  Shape shape = { 0, 0 };

  if (kind == SOBAN_COLUMN_INTEGER) {
    gsize length = strlen (g_ptr_array_index (values, 0));

    for (guint i = 0; i < values->len && shape.width == 0; i++) {
      const char *value = g_ptr_array_index (values, i);

      if (value[0] == '0' && value[1] != '\0')
        shape.width = (guint) MIN (length, DIGITS_MAX + 1);
    }
    if (shape.width > DIGITS_MAX)
      return FALSE;
  } else if (kind == SOBAN_COLUMN_DECIMAL) {
    for (guint i = 0; i < values->len; i++) {
      const char *point = strchr (g_ptr_array_index (values, i), '.');

      if (point == NULL || strlen (point + 1) > DIGITS_MAX)
        return FALSE;
      shape.scale = MAX (shape.scale, (guint) strlen (point + 1));
    }
    if (shape.scale == 0)
      return FALSE;
  }
  *ret_shape = shape;
  return TRUE;
}

/* (nullable): the column in a numeric kind. */
static GByteArray *
encode_numeric (SobanColumnKind kind, const GPtrArray *values)
{
  g_autoptr (GByteArray) out = NULL;
  g_autofree gint64 *numbers = g_new (gint64, values->len);
  gint64 base = G_MAXINT64;
  Shape shape;

  if (!choose_shape (kind, values, &shape))
    return NULL;
  for (guint i = 0; i < values->len; i++) {
    if (!numeric[kind - SOBAN_COLUMN_INTEGER].parse (g_ptr_array_index (values, i), &shape, &numbers[i]))
      return NULL;
    base = MIN (base, numbers[i]);
  }
  out = g_byte_array_new ();
  soban_write_u8 (out, (guint8) kind);
  if (kind == SOBAN_COLUMN_INTEGER)
    soban_write_varint (out, shape.width);
  else if (kind == SOBAN_COLUMN_DECIMAL)
    soban_write_varint (out, shape.scale);
  soban_write_zigzag (out, base);
  for (guint i = 0; i < values->len; i++)
    soban_write_varint (out, (guint64) numbers[i] - (guint64) base);
  return g_steal_pointer (&out);
}

static void
write_terminated (GByteArray *out, const char *value)
{
  g_byte_array_append (out, (const guint8 *) value, (guint) strlen (value) + 1);
}

static GByteArray *
encode_text (const GPtrArray *values)
{
  GByteArray *out = g_byte_array_new ();

  soban_write_u8 (out, SOBAN_COLUMN_TEXT);
  for (guint i = 0; i < values->len; i++)
    write_terminated (out, g_ptr_array_index (values, i));
  return out;
}

static GByteArray *
encode_choice (const GPtrArray *values)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GHashTable) indexes = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GByteArray) list = g_byte_array_new ();
  g_autoptr (GByteArray) rows = g_byte_array_new ();

  for (guint i = 0; i < values->len; i++) {
    gpointer value = g_ptr_array_index (values, i);
    gpointer index;

    if (!g_hash_table_lookup_extended (indexes, value, NULL, &index)) {
      index = GUINT_TO_POINTER (g_hash_table_size (indexes));
      g_hash_table_insert (indexes, value, index);
      write_terminated (list, value);
    }
    soban_write_varint (rows, GPOINTER_TO_UINT (index));
  }
  soban_write_u8 (out, SOBAN_COLUMN_CHOICE);
  soban_write_varint (out, g_hash_table_size (indexes));
  g_byte_array_append (out, list->data, list->len);
  g_byte_array_append (out, rows->data, rows->len);
  return out;
}

void
soban_column_encode (const GPtrArray *values, GByteArray *out)
{
  g_autoptr (GByteArray) best = NULL;

  g_assert (values->len > 0);
  best = encode_text (values);
  for (SobanColumnKind kind = SOBAN_COLUMN_CHOICE; kind <= SOBAN_COLUMN_DATE; kind++) {
    g_autoptr (GByteArray) other =
      kind == SOBAN_COLUMN_CHOICE ? encode_choice (values) : encode_numeric (kind, values);

    if (other != NULL && other->len < best->len) {
      GByteArray *worse = best;

      best = g_steal_pointer (&other);
      g_byte_array_unref (worse);
    }
  }
  g_byte_array_append (out, best->data, best->len);
}

/* (nullable) (transfer none): UTF-8 up to the next 0 byte, in place. */
static const char *
read_terminated (SobanReader *reader, gsize *ret_length)
{
  gsize left = soban_reader_left (reader);
  const guint8 *end = left > 0 ? memchr (reader->at, 0, left) : NULL;
  const char *text = (const char *) reader->at;

  if (end == NULL) {
    reader->failed = TRUE;
    return NULL;
  }
  *ret_length = (gsize) (end - reader->at);
  (void) soban_reader_bytes (reader, *ret_length + 1);
  if (!g_utf8_validate_len (text, *ret_length, NULL))
    reader->failed = TRUE;
  return reader->failed ? NULL : text;
}

/* Takes @value into @values when there is room for it. */
static gboolean
take_value (GPtrArray *values, char *value, gsize length, gsize *room)
{
  if (length > *room) {
    g_free (value);
    return FALSE;
  }
  *room -= length;
  g_ptr_array_add (values, value);
  return TRUE;
}

static gboolean
decode_text (SobanReader *reader, guint count, gsize *room, GPtrArray *values)
{
  for (guint i = 0; i < count; i++) {
    gsize length;
    const char *text = read_terminated (reader, &length);

    if (text == NULL || !take_value (values, g_strndup (text, length), length, room))
      return FALSE;
  }
  return TRUE;
}

static gboolean
decode_choice (SobanReader *reader, guint count, gsize *room, GPtrArray *values)
{
  guint64 n_choices = soban_reader_varint (reader);
  g_autoptr (GPtrArray) choices = g_ptr_array_new ();

  if (reader->failed || n_choices == 0 || n_choices > count)
    return FALSE;
  for (guint64 i = 0; i < n_choices; i++) {
    gsize length;
    const char *text = read_terminated (reader, &length);

    if (text == NULL)
      return FALSE;
    g_ptr_array_add (choices, (gpointer) text);
  }
  for (guint i = 0; i < count; i++) {
    guint64 index = soban_reader_varint (reader);
    const char *text;
    gsize length;

    if (reader->failed || index >= n_choices)
      return FALSE;
    text = g_ptr_array_index (choices, index);
    length = strlen (text);
    if (length > *room || !take_value (values, g_strndup (text, length), length, room))
      return FALSE;
  }
  return TRUE;
}

static gboolean
decode_numeric (SobanReader *reader, SobanColumnKind kind, guint count, gsize *room, GPtrArray *values)
{
  const gint64 bound = raise_ten (DIGITS_MAX);
  Shape shape = { 0, 0 };
  guint64 digits = kind == SOBAN_COLUMN_DATE ? 1 : soban_reader_varint (reader);
  gint64 base = soban_reader_zigzag (reader);

  if (reader->failed || digits > DIGITS_MAX || base <= -bound || base >= bound
      || (kind == SOBAN_COLUMN_DECIMAL && digits == 0))
    return FALSE;
  shape.width = shape.scale = (guint) digits;
  for (guint i = 0; i < count; i++) {
    guint64 step = soban_reader_varint (reader);
    char *value;

    if (reader->failed || step >= (guint64) (bound - base))
      return FALSE;
    value = numeric[kind - SOBAN_COLUMN_INTEGER].write (base + (gint64) step, &shape);
    if (value == NULL || !take_value (values, value, strlen (value), room))
      return FALSE;
  }
  return TRUE;
}

GPtrArray *
soban_column_decode (SobanReader *reader, guint count, gsize *room)
{
  g_autoptr (GPtrArray) values = NULL;
  guint8 kind;
  gboolean good = FALSE;

  /* Each kind takes at least a byte a value. */
  if (count > soban_reader_left (reader))
    return NULL;
  values = g_ptr_array_new_full (count, g_free);
  kind = soban_reader_u8 (reader);
  if (kind == SOBAN_COLUMN_TEXT)
    good = decode_text (reader, count, room, values);
  else if (kind == SOBAN_COLUMN_CHOICE)
    good = decode_choice (reader, count, room, values);
  else if (kind <= SOBAN_COLUMN_DATE)
    good = decode_numeric (reader, (SobanColumnKind) kind, count, room, values);
  return good ? g_steal_pointer (&values) : NULL;
}
