/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The packed state of one record
 * ==============================
 *
 * One blob holds path, value and winning key of every field (DESIGN 5: one row per cell reaches a twentieth of the
 * speed):
 *
 *   u8      format, 1
 *   varint  number of keys, then for each, strictly ascending:
 *   u64       stamp
 *   varint    device
 *   u64       incarnation
 *   varint    number
 *   varint  number of fields, then for each, paths strictly ascending in byte order:
 *   varint    index of the key that won
 *   varint    length of the path, its bytes, a NUL
 *   varint    0 = removed, else length of the value + 1, its bytes, a NUL
 *
 * The NULs let a state that was read use the strings where they stand.
 *
 * Invariants:
 *  (1) Every key in the blob is the winner of at least one field; equal states have equal bytes.
 *  (2) Whatever the bytes, decoding ends with a state that keeps (1), or with an error; nothing is read beyond the end.
 */
#include "config.h"

#include "log/packer.h"
#include "log/record-state-private.h"

#include "base/error.h"
#include "base/limits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define FORMAT 1

SobanRecordState *
soban_record_state_new (void)
{
  SobanRecordState *state = g_new0 (SobanRecordState, 1);

  state->keys = g_array_new (FALSE, FALSE, sizeof (SobanWriteKey));
  state->fields = g_array_new (FALSE, FALSE, sizeof (SobanStateField));
  state->merged = g_array_new (FALSE, FALSE, sizeof (SobanStateField));
  state->blob = g_byte_array_new ();
  return state;
}

void
soban_record_state_free (SobanRecordState *state)
{
  if (!state)
    return;
  g_array_unref (state->keys);
  g_array_unref (state->fields);
  g_array_unref (state->merged);
  g_byte_array_unref (state->blob);
  g_clear_pointer (&state->text, g_string_chunk_free);
  g_free (state);
}

void
soban_record_state_clear (SobanRecordState *state)
{
  g_array_set_size (state->keys, 0);
  g_array_set_size (state->fields, 0);
  g_byte_array_set_size (state->blob, 0);
  if (state->text)
    g_string_chunk_clear (state->text);
}

#define KEYS_USUAL 16    /* more get memory of their own */
#define KEY_BYTES_MAX 64

typedef struct {
  const SobanWriteKey *key;
  guint index;
  gboolean used;
} RankedKey;

static int
compare_ranked (gconstpointer a, gconstpointer b)
{
  return soban_write_key_compare (((const RankedKey *) a)->key, ((const RankedKey *) b)->key);
}

static void
pack_key (SobanPacker *packer, const SobanWriteKey *key)
{
  soban_packer_need (packer, KEY_BYTES_MAX);
  soban_pack_u64 (packer, key->stamp);
  soban_pack_varint (packer, key->id.device);
  soban_pack_u64 (packer, key->id.incarnation);
  soban_pack_varint (packer, key->id.number);
}

/* Writes the keys that still win something, ascending; gives each one's place in @ret_places. */
static void
pack_keys (SobanPacker *packer, const SobanRecordState *state, guint *ret_places)
{
  g_autofree RankedKey *many = state->keys->len > KEYS_USUAL ? g_new (RankedKey, state->keys->len) : NULL;
  RankedKey few[KEYS_USUAL], *ranked = many ? many : few;
  guint n = 0;

  for (guint i = 0; i < state->keys->len; i++)
    ranked[i] = (RankedKey){ &g_array_index (state->keys, SobanWriteKey, i), i, FALSE };
  for (guint i = 0; i < state->fields->len; i++)
    ranked[g_array_index (state->fields, SobanStateField, i).key].used = TRUE;
  for (guint i = 0; i < state->keys->len; i++)
    if (ranked[i].used)
      ranked[n++] = ranked[i];
  if (n > 1)
    qsort (ranked, n, sizeof *ranked, compare_ranked);
  soban_packer_need (packer, SOBAN_VARINT_BYTES_MAX);
  soban_pack_varint (packer, n);
  for (guint i = 0; i < n; i++) {
    ret_places[ranked[i].index] = i;
    pack_key (packer, ranked[i].key);
  }
}

void
soban_record_state_encode (const SobanRecordState *state, GByteArray *out)
{
  g_autofree guint *many = state->keys->len > KEYS_USUAL ? g_new (guint, state->keys->len) : NULL;
  guint few[KEYS_USUAL], *places = many ? many : few;
  SobanPacker packer;

  soban_packer_begin (&packer, out);
  soban_packer_need (&packer, 1);
  *packer.at++ = FORMAT;
  pack_keys (&packer, state, places);
  soban_packer_need (&packer, SOBAN_VARINT_BYTES_MAX);
  soban_pack_varint (&packer, state->fields->len);
  for (guint i = 0; i < state->fields->len; i++) {
    const SobanStateField *field = &g_array_index (state->fields, SobanStateField, i);
    gsize length = strlen (field->path);

    soban_packer_need (&packer, SOBAN_VARINT_BYTES_MAX);
    soban_pack_varint (&packer, places[field->key]);
    soban_pack_text (&packer, field->path, length + 1, length);
    length = field->value ? strlen (field->value) + 1 : 0;
    soban_pack_text (&packer, field->value ? field->value : "", length, length);
  }
  soban_packer_finish (&packer);
}

static gboolean
read_keys (SobanRecordState *state, SobanReader *reader)
{
  guint64 n = soban_reader_varint (reader);
  SobanWriteKey previous = { 0 };

  if (n > soban_reader_left (reader))
    return FALSE;
  for (guint64 i = 0; i < n; i++) {
    SobanWriteKey key = { 0 };
    guint64 device;

    key.stamp = soban_reader_u64 (reader);
    device = soban_reader_varint (reader);
    key.id.device = (guint32) device;
    key.id.incarnation = soban_reader_u64 (reader);
    key.id.number = soban_reader_varint (reader);
    if (reader->failed || device > G_MAXUINT32 || (i > 0 && soban_write_key_compare (&previous, &key) >= 0))
      return FALSE;
    g_array_append_val (state->keys, key);
    previous = key;
  }
  return !reader->failed;
}

/* A text of @length bytes with its NUL, in place; NULL when it is none. */
static const char *
read_text (SobanReader *reader, guint64 length, gsize bytes_max)
{
  const guint8 *bytes;

  if (reader->failed || length > bytes_max)
    return NULL;
  bytes = soban_reader_bytes (reader, length + 1);
  if (!bytes || bytes[length] != '\0' || !g_utf8_validate ((const char *) bytes, length, NULL))
    return NULL;
  return (const char *) bytes;
}

static gboolean
read_field (SobanRecordState *state, SobanReader *reader, const char *previous)
{
  SobanStateField field = { 0 };
  guint64 key = soban_reader_varint (reader);
  guint64 length;

  field.path = read_text (reader, soban_reader_varint (reader), SOBAN_PATH_BYTES_MAX);
  if (!field.path || key >= state->keys->len || (previous && strcmp (previous, field.path) >= 0))
    return FALSE;
  field.key = key;
  length = soban_reader_varint (reader);
  if (length > 0) {
    field.value = read_text (reader, length - 1, SOBAN_VALUE_BYTES_MAX);
    if (!field.value)
      return FALSE;
  }
  g_array_append_val (state->fields, field);
  return !reader->failed;
}

static gboolean
read_fields (SobanRecordState *state, SobanReader *reader)
{
  guint64 n = soban_reader_varint (reader);
  g_autofree guint8 *used = g_malloc0 (MAX (state->keys->len, 1));
  const char *previous = NULL;

  if (reader->failed || n > soban_reader_left (reader))
    return FALSE;
  for (guint64 i = 0; i < n; i++) {
    const SobanStateField *field;

    if (!read_field (state, reader, previous))
      return FALSE;
    field = &g_array_index (state->fields, SobanStateField, i);
    used[field->key] = 1;
    previous = field->path;
  }
  return !memchr (used, 0, state->keys->len) && soban_reader_left (reader) == 0;
}

gboolean
soban_record_state_load (SobanRecordState *state, const guint8 *data, gsize length, GError **error)
{
  SobanReader reader;

  soban_record_state_clear (state);
  g_byte_array_append (state->blob, data, length);
  soban_reader_init (&reader, state->blob->data, length);
  if (soban_reader_u8 (&reader) != FORMAT || !read_keys (state, &reader) || !read_fields (state, &reader)) {
    soban_record_state_clear (state);
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT, _("The state of a record cannot be read"));
    return FALSE;
  }
  return TRUE;
}

SobanRecordState *
soban_record_state_decode (const guint8 *data, gsize length, GError **error)
{
  g_autoptr (SobanRecordState) state = soban_record_state_new ();

  if (!soban_record_state_load (state, data, length, error))
    return NULL;
  return g_steal_pointer (&state);
}

SobanFieldMap *
soban_record_state_get_fields (const SobanRecordState *state)
{
  SobanFieldMap *fields = soban_field_map_new ();

  for (guint i = 0; i < state->fields->len; i++) {
    const SobanStateField *field = &g_array_index (state->fields, SobanStateField, i);

    if (field->value)
      soban_field_map_set (fields, field->path, field->value);
  }
  return fields;
}

static const SobanStateField *
find_field (const SobanRecordState *state, const char *path)
{
  guint low = 0, high = state->fields->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;
    const SobanStateField *field = &g_array_index (state->fields, SobanStateField, middle);
    int order = strcmp (field->path, path);

    if (order == 0)
      return field;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

const char *
soban_record_state_get (const SobanRecordState *state, const char *path)
{
  const SobanStateField *field = find_field (state, path);

  return field ? field->value : NULL;
}

gboolean
soban_record_state_is_deleted (const SobanRecordState *state)
{
  return g_strcmp0 (soban_record_state_get (state, SOBAN_FIELD_DELETED), "1") == 0;
}

gboolean
soban_record_state_is_erased (const SobanRecordState *state)
{
  return soban_record_state_get (state, SOBAN_FIELD_ERASED) != NULL;
}

const SobanWriteKey *
soban_record_state_get_winner (const SobanRecordState *state, const char *path)
{
  const SobanStateField *field = find_field (state, path);

  return field ? &g_array_index (state->keys, SobanWriteKey, field->key) : NULL;
}

guint
soban_record_state_size (const SobanRecordState *state)
{
  return state->fields->len;
}

const SobanWriteKey *
soban_record_state_nth (const SobanRecordState *state, guint index, const char **ret_path, const char **ret_value)
{
  const SobanStateField *field;

  g_assert (index < state->fields->len);
  field = &g_array_index (state->fields, SobanStateField, index);
  *ret_path = field->path;
  *ret_value = field->value;
  return &g_array_index (state->keys, SobanWriteKey, field->key);
}

SobanWriteKey
soban_record_state_get_newest (const SobanRecordState *state)
{
  SobanWriteKey newest = { 0 };

  for (guint i = 0; i < state->fields->len; i++) {
    const SobanStateField *field = &g_array_index (state->fields, SobanStateField, i);
    const SobanWriteKey *key = &g_array_index (state->keys, SobanWriteKey, field->key);

    if (soban_write_key_compare (key, &newest) > 0)
      newest = *key;
  }
  return newest;
}
