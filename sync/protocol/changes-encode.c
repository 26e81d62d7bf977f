/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing the CHANGES body: sync/README.md 4.2; the reader is changes-decode.c.
 *
 * Invariants
 * 1. Reading gives back equal changes, in order, byte for byte.
 * 2. soban_changes_write_frames() never makes a frame that a reader refuses for its size.
 */
#include "protocol/message.h"

#include <string.h>

#include "base/limits.h"
#include "protocol/changes-format.h"
#include "protocol/column.h"

/* A frame is closed beyond these: small enough that a cut link loses little (README 3.7), large enough for columns to pay. */
#define FRAME_WEIGHT_MAX (128 * 1024)
#define FRAME_WRITTEN_OUT_MAX (4 * 1024 * 1024)
#define CHANGE_WEIGHT 48
#define VALUE_WEIGHT 2
#define BASE_WEIGHT 6

SobanNumberedChange *
soban_numbered_change_new (SobanChange *change, guint64 scope_number)
{
  SobanNumberedChange *item = g_new0 (SobanNumberedChange, 1);

  item->change = change;
  item->scope_number = scope_number;
  return item;
}

void
soban_numbered_change_free (SobanNumberedChange *item)
{
  if (item == NULL)
    return;
  g_clear_pointer (&item->change, soban_change_free);
  g_free (item);
}

/* Encoded entries, each once, in the order of first use. */
typedef struct {
  GHashTable *indexes; /* GBytes -> index */
  GByteArray *entries; /* one after the other */
} Dictionary;

static Dictionary
make_dictionary (void)
{
  return (Dictionary) {
    g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL),
    g_byte_array_new (),
  };
}

static void
clear_dictionary (Dictionary *dictionary)
{
  g_hash_table_unref (dictionary->indexes);
  g_byte_array_unref (dictionary->entries);
}

static guint
intern (Dictionary *dictionary, const GByteArray *entry)
{
  GBytes *key = g_bytes_new (entry->data, entry->len);
  gpointer index;

  if (g_hash_table_lookup_extended (dictionary->indexes, key, NULL, &index)) {
    g_bytes_unref (key);
    return GPOINTER_TO_UINT (index);
  }
  index = GUINT_TO_POINTER (g_hash_table_size (dictionary->indexes));
  g_hash_table_insert (dictionary->indexes, key, index);
  g_byte_array_append (dictionary->entries, entry->data, entry->len);
  return GPOINTER_TO_UINT (index);
}

static void
write_dictionary (const Dictionary *dictionary, GByteArray *out)
{
  soban_write_varint (out, g_hash_table_size (dictionary->indexes));
  g_byte_array_append (out, dictionary->entries->data, dictionary->entries->len);
}

/* The batch while it is taken apart. */
typedef struct {
  Dictionary senders, forms, scopes, shapes;
  GPtrArray *paths;        /* byte order; borrowed from the changes */
  GHashTable *path_indexes;
  GPtrArray **values;      /* by path: the values of the changes that give one; borrowed */
  GByteArray *columns[SOBAN_CHANGE_COLUMNS];
  GByteArray *scratch;
  GArray *sender_numbers, *scope_numbers; /* last number of each */
  guint has;               /* SOBAN_CHANGES_HAVE_... */
  guint64 last_ms, last_seen;
  gint64 last_boot_ms;     /* wall_ms - boottime_ms */
} Batch;

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
collect_paths (Batch *batch, const GPtrArray *numbered)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < numbered->len; i++) {
    const SobanNumberedChange *item = g_ptr_array_index (numbered, i);

    for (guint j = 0; j < item->change->assignments->len; j++) {
      const SobanAssignment *assignment = g_ptr_array_index (item->change->assignments, j);

      if (g_hash_table_add (seen, assignment->path))
        g_ptr_array_add (batch->paths, assignment->path);
    }
  }
  g_ptr_array_sort (batch->paths, compare_paths);
  batch->values = g_new0 (GPtrArray *, batch->paths->len);
  for (guint i = 0; i < batch->paths->len; i++)
    g_hash_table_insert (batch->path_indexes, g_ptr_array_index (batch->paths, i), GUINT_TO_POINTER (i));
}

static void
init_batch (Batch *batch, const GPtrArray *numbered)
{
  *batch = (Batch) {
    .senders = make_dictionary (),
    .forms = make_dictionary (),
    .scopes = make_dictionary (),
    .shapes = make_dictionary (),
    .paths = g_ptr_array_new (),
    .path_indexes = g_hash_table_new (g_str_hash, g_str_equal),
    .scratch = g_byte_array_new (),
    .sender_numbers = g_array_new (FALSE, TRUE, sizeof (guint64)),
    .scope_numbers = g_array_new (FALSE, TRUE, sizeof (guint64)),
  };
  for (guint i = 0; i < SOBAN_CHANGE_COLUMNS; i++)
    batch->columns[i] = g_byte_array_new ();
  collect_paths (batch, numbered);
}

static void
clear_batch (Batch *batch)
{
  clear_dictionary (&batch->senders);
  clear_dictionary (&batch->forms);
  clear_dictionary (&batch->scopes);
  clear_dictionary (&batch->shapes);
  for (guint i = 0; i < batch->paths->len; i++)
    g_clear_pointer (&batch->values[i], g_ptr_array_unref);
  g_free (batch->values);
  g_ptr_array_unref (batch->paths);
  g_hash_table_unref (batch->path_indexes);
  g_byte_array_unref (batch->scratch);
  g_array_unref (batch->sender_numbers);
  g_array_unref (batch->scope_numbers);
  for (guint i = 0; i < SOBAN_CHANGE_COLUMNS; i++)
    g_byte_array_unref (batch->columns[i]);
}

/* Appends @number less the one that follows the last of @index. */
static void
write_number (GByteArray *column, GArray *last_numbers, guint index, guint64 number)
{
  guint64 *last;

  if (index >= last_numbers->len)
    g_array_set_size (last_numbers, index + 1);
  last = &g_array_index (last_numbers, guint64, index);
  soban_write_zigzag (column, (gint64) (number - *last - 1));
  *last = number;
}

static guint
intern_shape (Batch *batch, const SobanChange *change, guint form)
{
  guint64 last = 0;

  g_byte_array_set_size (batch->scratch, 0);
  soban_write_varint (batch->scratch, form);
  soban_write_varint (batch->scratch, change->assignments->len);
  for (guint i = 0; i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);
    guint index = GPOINTER_TO_UINT (g_hash_table_lookup (batch->path_indexes, assignment->path));

    g_assert (i == 0 || index > last);
    soban_write_varint (batch->scratch, (index - last) << 1 | (assignment->value == NULL ? 1 : 0));
    last = index;
    if (assignment->value == NULL)
      continue;
    if (batch->values[index] == NULL)
      batch->values[index] = g_ptr_array_new ();
    g_ptr_array_add (batch->values[index], assignment->value);
  }
  return intern (&batch->shapes, batch->scratch);
}

static guint
intern_sender (Batch *batch, const SobanChangeId *id)
{
  g_byte_array_set_size (batch->scratch, 0);
  soban_write_varint (batch->scratch, id->device);
  soban_write_u64 (batch->scratch, id->incarnation);
  return intern (&batch->senders, batch->scratch);
}

static guint
intern_texts (Batch *batch, Dictionary *dictionary, const char *first, const char *second)
{
  g_byte_array_set_size (batch->scratch, 0);
  soban_write_text (batch->scratch, first);
  if (second != NULL)
    soban_write_text (batch->scratch, second);
  return intern (dictionary, batch->scratch);
}

static void
write_bases (Batch *batch, const SobanChange *change)
{
  GByteArray *column = batch->columns[SOBAN_CHANGE_BASES];
  guint count = change->bases != NULL ? change->bases->len : 0;

  soban_write_varint (column, count);
  for (guint i = 0; i < count; i++) {
    const SobanChangeId *base = &g_array_index (change->bases, SobanChangeId, i);

    soban_write_varint (column, intern_sender (batch, base));
    soban_write_varint (column, base->number);
  }
}

static void
take_apart (Batch *batch, const SobanNumberedChange *item)
{
  const SobanChange *change = item->change;
  guint sender = intern_sender (batch, &change->id);
  guint form = intern_texts (batch, &batch->forms, change->form, change->form_version);
  guint scope = intern_texts (batch, &batch->scopes, change->scope, NULL);
  guint64 ms = (guint64) SOBAN_STAMP_MS (change->stamp);
  gint64 boot_ms = (gint64) ((guint64) change->wall_ms - (guint64) change->boottime_ms);
  GByteArray **columns = batch->columns;

  soban_write_varint (columns[SOBAN_CHANGE_SENDER], sender);
  write_number (columns[SOBAN_CHANGE_NUMBER], batch->sender_numbers, sender, change->id.number);
  soban_write_varint (columns[SOBAN_CHANGE_SCOPE], scope);
  soban_write_varint (columns[SOBAN_CHANGE_SHAPE], intern_shape (batch, change, form));
  soban_write_zigzag (columns[SOBAN_CHANGE_STAMP_MS], (gint64) (ms - batch->last_ms));
  soban_write_varint (columns[SOBAN_CHANGE_STAMP_COUNTER], change->stamp & SOBAN_STAMP_COUNTER_MASK);
  soban_write_zigzag (columns[SOBAN_CHANGE_RECORD_MS], soban_uuid_get_ms (&change->record) - (gint64) ms);
  g_byte_array_append (columns[SOBAN_CHANGE_RECORD_REST], change->record.bytes + SOBAN_UUID_MS_BYTES,
                       SOBAN_UUID_BYTES - SOBAN_UUID_MS_BYTES);
  soban_write_zigzag (columns[SOBAN_CHANGE_SEEN], (gint64) (change->seen - batch->last_seen));
  soban_write_zigzag (columns[SOBAN_CHANGE_WALL], (gint64) ((guint64) change->wall_ms - ms));
  soban_write_zigzag (columns[SOBAN_CHANGE_BOOT], (gint64) ((guint64) boot_ms - (guint64) batch->last_boot_ms));
  write_number (columns[SOBAN_CHANGE_SCOPE_NUMBER], batch->scope_numbers, scope, item->scope_number);
  soban_write_zigzag (columns[SOBAN_CHANGE_RECORDED], (gint64) ((guint64) change->recorded_ms - ms));
  soban_write_varint (columns[SOBAN_CHANGE_TIME_QUALITY], change->time_quality);
  if (batch->has & SOBAN_CHANGES_HAVE_BASES)
    write_bases (batch, change);
  batch->last_ms = ms;
  batch->last_seen = change->seen;
  batch->last_boot_ms = boot_ms;
}

SobanChangesFlags
soban_changes_flags_up (guint minor)
{
  return minor >= 1 ? SOBAN_CHANGES_BASES | SOBAN_CHANGES_DENSE : SOBAN_CHANGES_PLAIN;
}

SobanChangesFlags
soban_changes_flags_down (guint minor)
{
  return minor >= 1 ? SOBAN_CHANGES_TIMES | SOBAN_CHANGES_BASES | SOBAN_CHANGES_DENSE : SOBAN_CHANGES_PLAIN;
}

/* Which columns beyond those of all batches this one has. */
static guint
choose_columns (const GPtrArray *numbered, SobanChangesFlags flags)
{
  const SobanNumberedChange *first = g_ptr_array_index (numbered, 0);
  gboolean has_numbers = first->scope_number != 0;
  guint has = has_numbers ? SOBAN_CHANGES_HAVE_SCOPE_NUMBERS : 0;

  if (flags & SOBAN_CHANGES_TIMES)
    has |= SOBAN_CHANGES_HAVE_TIMES;
  for (guint i = 0; i < numbered->len; i++) {
    const SobanNumberedChange *item = g_ptr_array_index (numbered, i);

    g_assert ((item->scope_number != 0) == has_numbers);
    if ((flags & SOBAN_CHANGES_BASES) && item->change->bases != NULL && item->change->bases->len > 0)
      has |= SOBAN_CHANGES_HAVE_BASES;
  }
  return has;
}

/* The flag that says whether a column stands; 0: it always does. */
static guint
condition_of (SobanChangeColumn column)
{
  switch (column) {
  case SOBAN_CHANGE_SCOPE_NUMBER:
    return SOBAN_CHANGES_HAVE_SCOPE_NUMBERS;
  case SOBAN_CHANGE_RECORDED:
  case SOBAN_CHANGE_TIME_QUALITY:
    return SOBAN_CHANGES_HAVE_TIMES;
  case SOBAN_CHANGE_BASES:
    return SOBAN_CHANGES_HAVE_BASES;
  default:
    return 0;
  }
}

void
soban_changes_encode (const GPtrArray *numbered, SobanChangesFlags flags, GByteArray *body)
{
  Batch batch;

  g_assert (numbered->len > 0 && numbered->len <= SOBAN_FRAME_CHANGES_MAX);
  init_batch (&batch, numbered);
  batch.has = choose_columns (numbered, flags);
  for (guint i = 0; i < numbered->len; i++)
    take_apart (&batch, g_ptr_array_index (numbered, i));
  soban_write_varint (body, numbered->len);
  soban_write_varint (body, batch.has);
  write_dictionary (&batch.senders, body);
  write_dictionary (&batch.forms, body);
  write_dictionary (&batch.scopes, body);
  soban_write_varint (body, batch.paths->len);
  for (guint i = 0; i < batch.paths->len; i++)
    soban_write_text (body, g_ptr_array_index (batch.paths, i));
  write_dictionary (&batch.shapes, body);
  for (guint i = 0; i < SOBAN_CHANGE_COLUMNS; i++) {
    guint condition = condition_of ((SobanChangeColumn) i);

    if (condition == 0 || (batch.has & condition) != 0)
      g_byte_array_append (body, batch.columns[i]->data, batch.columns[i]->len);
  }
  for (guint i = 0; i < batch.paths->len; i++) {
    if (batch.values[i] != NULL)
      soban_column_encode (batch.values[i], body);
  }
  clear_batch (&batch);
}

gsize
soban_change_weigh (const SobanChange *change)
{
  gsize weight = CHANGE_WEIGHT;

  for (guint i = 0; i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);

    weight += VALUE_WEIGHT + (assignment->value != NULL ? strlen (assignment->value) : 0);
    /* Paths of repeat instances are their record's alone: the dictionary does not share them. */
    if (strchr (assignment->path, '[') != NULL)
      weight += strlen (assignment->path);
  }
  if (change->bases != NULL)
    weight += BASE_WEIGHT * (gsize) change->bases->len;
  return weight;
}

static gsize
measure_written_out (const SobanChange *change)
{
  gsize bytes = 0;

  for (guint i = 0; i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);

    bytes += SOBAN_ASSIGNMENT_OVERHEAD_BYTES + strlen (assignment->path);
    bytes += assignment->value != NULL ? strlen (assignment->value) : 0;
  }
  return bytes;
}

static void
write_changes_frame (GByteArray *out, const GPtrArray *batch, SobanChangesFlags flags)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  soban_changes_encode (batch, flags, body);
  if (flags & SOBAN_CHANGES_DENSE)
    soban_frame_write_changes (out, body->data, body->len);
  else
    soban_frame_write (out, SOBAN_FRAME_CHANGES, body->data, body->len);
}

void
soban_changes_write_frames (GByteArray *out, const GPtrArray *numbered, SobanChangesFlags flags, gsize frame_bytes)
{
  g_autoptr (GPtrArray) batch = g_ptr_array_new ();
  gsize weight = 0, written_out = 0;
  gsize weight_max = frame_bytes > 0 ? MIN (frame_bytes, FRAME_WEIGHT_MAX) : FRAME_WEIGHT_MAX;

  for (guint i = 0; i < numbered->len; i++) {
    SobanNumberedChange *item = g_ptr_array_index (numbered, i);
    gsize item_weight = soban_change_weigh (item->change);
    gsize item_written_out = measure_written_out (item->change);

    if (batch->len > 0
        && (batch->len == SOBAN_FRAME_CHANGES_MAX || weight + item_weight > weight_max
            || written_out + item_written_out > FRAME_WRITTEN_OUT_MAX)) {
      write_changes_frame (out, batch, flags);
      g_ptr_array_set_size (batch, 0);
      weight = written_out = 0;
    }
    g_ptr_array_add (batch, item);
    weight += item_weight;
    written_out += item_written_out;
  }
  if (batch->len > 0)
    write_changes_frame (out, batch, flags);
}
