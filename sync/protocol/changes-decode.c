/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading the CHANGES body: sync/README.md 4.2; the writer is changes-encode.c.
 *
 * Invariants
 * 1. Every count and index is checked before it is used, and every count against the bytes that are left: no input makes the
 *    reader allocate much more than SOBAN_FRAME_WRITTEN_OUT_BYTES_MAX.
 * 2. A path stands once in the dictionary and paths ascend, so the assignments of a change come out sorted and none twice.
 * 3. Each change that comes out satisfies soban_change_check().
 */
#include "protocol/message.h"

#include <string.h>

#include "base/limits.h"
#include "protocol/changes-format.h"
#include "protocol/column.h"

#define FLAGS_KNOWN ((guint64) (SOBAN_CHANGES_HAVE_SCOPE_NUMBERS | SOBAN_CHANGES_HAVE_TIMES | SOBAN_CHANGES_HAVE_BASES))

typedef struct {
  guint form;
  guint n_steps;
  guint first_step; /* in Batch.steps */
} Shape;

typedef struct {
  guint path;
  gboolean removed;
} Step;

typedef struct {
  char *id, *version;
} Form;

typedef struct {
  SobanReader reader;
  GPtrArray *numbered;  /* what comes out */
  GArray *senders;      /* SobanChangeId without number */
  GArray *forms, *shapes, *steps;
  GPtrArray *scopes, *paths;
  guint *change_scope, *change_shape; /* by change */
} Batch;

static void
clear_form (gpointer data)
{
  Form *form = data;

  g_free (form->id);
  g_free (form->version);
}

static void
init_batch (Batch *batch, const guint8 *data, gsize length)
{
  *batch = (Batch) { 0 };
  soban_reader_init (&batch->reader, data, length);
  batch->numbered = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  batch->senders = g_array_new (FALSE, TRUE, sizeof (SobanChangeId));
  batch->forms = g_array_new (FALSE, TRUE, sizeof (Form));
  g_array_set_clear_func (batch->forms, clear_form);
  batch->shapes = g_array_new (FALSE, TRUE, sizeof (Shape));
  batch->steps = g_array_new (FALSE, TRUE, sizeof (Step));
  batch->scopes = g_ptr_array_new_with_free_func (g_free);
  batch->paths = g_ptr_array_new_with_free_func (g_free);
}

static void
clear_batch (Batch *batch)
{
  g_clear_pointer (&batch->numbered, g_ptr_array_unref);
  g_array_unref (batch->senders);
  g_array_unref (batch->forms);
  g_array_unref (batch->shapes);
  g_array_unref (batch->steps);
  g_ptr_array_unref (batch->scopes);
  g_ptr_array_unref (batch->paths);
  g_free (batch->change_scope);
  g_free (batch->change_shape);
}

/* A count of things of which each takes a byte at least: cannot be more than what is left. */
static guint
read_count (SobanReader *reader)
{
  guint64 count = soban_reader_varint (reader);

  if (count > soban_reader_left (reader))
    reader->failed = TRUE;
  return reader->failed ? 0 : (guint) count;
}

static guint
read_index (SobanReader *reader, guint size)
{
  guint64 index = soban_reader_varint (reader);

  if (index >= size)
    reader->failed = TRUE;
  return reader->failed ? 0 : (guint) index;
}

static void
read_senders (Batch *batch)
{
  guint count = read_count (&batch->reader);

  for (guint i = 0; i < count && !batch->reader.failed; i++) {
    guint64 device = soban_reader_varint (&batch->reader);
    SobanChangeId id = { (guint32) device, soban_reader_u64 (&batch->reader), 0 };

    if (device > G_MAXUINT32)
      batch->reader.failed = TRUE;
    g_array_append_val (batch->senders, id);
  }
}

static void
read_forms (Batch *batch)
{
  guint count = read_count (&batch->reader);

  for (guint i = 0; i < count && !batch->reader.failed; i++) {
    Form form = { 0 };

    form.id = soban_reader_text (&batch->reader, SOBAN_FORM_ID_BYTES_MAX);
    form.version = soban_reader_text (&batch->reader, SOBAN_FORM_ID_BYTES_MAX);
    g_array_append_val (batch->forms, form);
  }
}

static void
read_texts (SobanReader *reader, GPtrArray *texts, gsize bytes_max, gboolean ascending)
{
  guint count = read_count (reader);

  for (guint i = 0; i < count && !reader->failed; i++) {
    char *text = soban_reader_text (reader, bytes_max);

    if (reader->failed)
      return;
    if (ascending && i > 0 && strcmp (g_ptr_array_index (texts, i - 1), text) >= 0)
      reader->failed = TRUE;
    g_ptr_array_add (texts, text);
  }
}

static void
read_shape (Batch *batch)
{
  SobanReader *reader = &batch->reader;
  Shape shape = { 0 };
  guint64 path = 0;

  shape.form = read_index (reader, batch->forms->len);
  shape.n_steps = read_count (reader);
  shape.first_step = batch->steps->len;
  if (shape.n_steps > SOBAN_RECORD_FIELDS_MAX)
    reader->failed = TRUE;
  for (guint i = 0; i < shape.n_steps && !reader->failed; i++) {
    guint64 coded = soban_reader_varint (reader);
    guint64 delta = coded >> 1;
    Step step;

    if ((i > 0 && delta == 0) || delta >= batch->paths->len || path + delta >= batch->paths->len) {
      reader->failed = TRUE;
      return;
    }
    path += delta;
    step.path = (guint) path;
    step.removed = (coded & 1) != 0;
    g_array_append_val (batch->steps, step);
  }
  g_array_append_val (batch->shapes, shape);
}

static void
read_shapes (Batch *batch)
{
  guint count = read_count (&batch->reader);

  for (guint i = 0; i < count && !batch->reader.failed; i++)
    read_shape (batch);
}

static SobanChange *
nth_change (const Batch *batch, guint index)
{
  return ((SobanNumberedChange *) g_ptr_array_index (batch->numbered, index))->change;
}

/* The inverse of write_number(): each number is a step from the one after the last of @index. */
static guint64
read_number (SobanReader *reader, GArray *last_numbers, guint index)
{
  guint64 *last;

  if (index >= last_numbers->len)
    g_array_set_size (last_numbers, index + 1);
  last = &g_array_index (last_numbers, guint64, index);
  *last += (guint64) soban_reader_zigzag (reader) + 1;
  return *last;
}

static void
read_identities (Batch *batch)
{
  SobanReader *reader = &batch->reader;
  guint count = batch->numbered->len;
  g_autofree guint *senders = g_new0 (guint, count);
  g_autoptr (GArray) numbers = g_array_new (FALSE, TRUE, sizeof (guint64));

  for (guint i = 0; i < count && !reader->failed; i++)
    senders[i] = read_index (reader, batch->senders->len);
  for (guint i = 0; i < count && !reader->failed; i++) {
    SobanChange *change = nth_change (batch, i);

    change->id = g_array_index (batch->senders, SobanChangeId, senders[i]);
    change->id.number = read_number (reader, numbers, senders[i]);
  }
  for (guint i = 0; i < count && !reader->failed; i++)
    batch->change_scope[i] = read_index (reader, batch->scopes->len);
  for (guint i = 0; i < count && !reader->failed; i++)
    batch->change_shape[i] = read_index (reader, batch->shapes->len);
}

/* Unsigned sums run over without harm; what they give is checked or, as raw clock readings, may be any number. */
static void
read_times (Batch *batch)
{
  SobanReader *reader = &batch->reader;
  guint count = batch->numbered->len;
  guint64 ms = 0, seen = 0, boot_ms = 0;

  for (guint i = 0; i < count && !reader->failed; i++) {
    ms += (guint64) soban_reader_zigzag (reader);
    if (ms > SOBAN_STAMP_MS_MAX)
      reader->failed = TRUE;
    nth_change (batch, i)->stamp = SOBAN_STAMP (ms, 0);
  }
  for (guint i = 0; i < count && !reader->failed; i++) {
    guint64 counter = soban_reader_varint (reader);

    if (counter > SOBAN_STAMP_COUNTER_MASK)
      reader->failed = TRUE;
    nth_change (batch, i)->stamp |= counter;
  }
  for (guint i = 0; i < count && !reader->failed; i++) {
    SobanChange *change = nth_change (batch, i);
    guint64 record_ms = (guint64) soban_reader_zigzag (reader) + (guint64) SOBAN_STAMP_MS (change->stamp);

    if (record_ms > SOBAN_STAMP_MS_MAX)
      reader->failed = TRUE;
    for (guint byte = 0; byte < SOBAN_UUID_MS_BYTES; byte++)
      change->record.bytes[byte] = (guint8) (record_ms >> (8 * (SOBAN_UUID_MS_BYTES - 1 - byte)));
  }
  for (guint i = 0; i < count && !reader->failed; i++) {
    const guint8 *rest = soban_reader_bytes (reader, SOBAN_UUID_BYTES - SOBAN_UUID_MS_BYTES);

    if (rest != NULL)
      memcpy (nth_change (batch, i)->record.bytes + SOBAN_UUID_MS_BYTES, rest, SOBAN_UUID_BYTES - SOBAN_UUID_MS_BYTES);
  }
  for (guint i = 0; i < count && !reader->failed; i++)
    nth_change (batch, i)->seen = seen += (guint64) soban_reader_zigzag (reader);
  for (guint i = 0; i < count && !reader->failed; i++) {
    SobanChange *change = nth_change (batch, i);

    change->wall_ms = (gint64) ((guint64) soban_reader_zigzag (reader) + (guint64) SOBAN_STAMP_MS (change->stamp));
  }
  for (guint i = 0; i < count && !reader->failed; i++) {
    SobanChange *change = nth_change (batch, i);

    boot_ms += (guint64) soban_reader_zigzag (reader);
    change->boottime_ms = (gint64) ((guint64) change->wall_ms - boot_ms);
  }
}

static void
read_scope_numbers (Batch *batch)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, TRUE, sizeof (guint64));

  for (guint i = 0; i < batch->numbered->len && !batch->reader.failed; i++) {
    SobanNumberedChange *item = g_ptr_array_index (batch->numbered, i);

    item->scope_number = read_number (&batch->reader, numbers, batch->change_scope[i]);
    if (item->scope_number == 0)
      batch->reader.failed = TRUE;
  }
}

static void
read_recorded_times (Batch *batch)
{
  SobanReader *reader = &batch->reader;
  guint count = batch->numbered->len;

  for (guint i = 0; i < count && !reader->failed; i++) {
    SobanChange *change = nth_change (batch, i);

    change->recorded_ms = (gint64) ((guint64) soban_reader_zigzag (reader) + (guint64) SOBAN_STAMP_MS (change->stamp));
  }
  for (guint i = 0; i < count && !reader->failed; i++) {
    guint64 quality = soban_reader_varint (reader);

    if (quality > SOBAN_TIME_BEFORE)
      reader->failed = TRUE;
    nth_change (batch, i)->time_quality = (SobanTimeQuality) quality;
  }
}

static void
read_bases (Batch *batch)
{
  SobanReader *reader = &batch->reader;

  for (guint i = 0; i < batch->numbered->len && !reader->failed; i++) {
    guint count = read_count (reader);

    if (count > SOBAN_CHANGE_BASES_MAX)
      reader->failed = TRUE;
    for (guint j = 0; j < count && !reader->failed; j++) {
      guint sender = read_index (reader, batch->senders->len);
      guint64 number = soban_reader_varint (reader);
      SobanChangeId base;

      if (reader->failed)
        return;
      base = g_array_index (batch->senders, SobanChangeId, sender);
      base.number = number;
      soban_change_add_base (nth_change (batch, i), &base);
    }
  }
}

/* Takes from @room what the paths of all changes take; FALSE when they go beyond it (invariant 1). */
static gboolean
measure_paths (const Batch *batch, gsize *room)
{
  for (guint i = 0; i < batch->numbered->len; i++) {
    const Shape *shape = &g_array_index (batch->shapes, Shape, batch->change_shape[i]);

    for (guint j = 0; j < shape->n_steps; j++) {
      const Step *step = &g_array_index (batch->steps, Step, shape->first_step + j);
      gsize bytes = SOBAN_ASSIGNMENT_OVERHEAD_BYTES + strlen (g_ptr_array_index (batch->paths, step->path));

      if (bytes > *room)
        return FALSE;
      *room -= bytes;
    }
  }
  return TRUE;
}

/* How many changes give each path a value. */
static guint *
count_values (const Batch *batch)
{
  guint *counts = g_new0 (guint, batch->paths->len + 1);

  for (guint i = 0; i < batch->numbered->len; i++) {
    const Shape *shape = &g_array_index (batch->shapes, Shape, batch->change_shape[i]);

    for (guint j = 0; j < shape->n_steps; j++) {
      const Step *step = &g_array_index (batch->steps, Step, shape->first_step + j);

      if (!step->removed)
        counts[step->path]++;
    }
  }
  return counts;
}

/* Deals the columns' values out to the changes. */
static void
put_together (Batch *batch, GPtrArray *columns)
{
  g_autofree guint *dealt = g_new0 (guint, batch->paths->len + 1);

  for (guint i = 0; i < batch->numbered->len; i++) {
    const Shape *shape = &g_array_index (batch->shapes, Shape, batch->change_shape[i]);
    const Form *form = &g_array_index (batch->forms, Form, shape->form);
    SobanChange *change = nth_change (batch, i);

    g_free (change->form);
    g_free (change->form_version);
    g_free (change->scope);
    change->form = g_strdup (form->id);
    change->form_version = g_strdup (form->version);
    change->scope = g_strdup (g_ptr_array_index (batch->scopes, batch->change_scope[i]));
    for (guint j = 0; j < shape->n_steps; j++) {
      const Step *step = &g_array_index (batch->steps, Step, shape->first_step + j);
      GPtrArray *column = g_ptr_array_index (columns, step->path);

      soban_change_assign (change, g_ptr_array_index (batch->paths, step->path),
                           step->removed ? NULL : g_ptr_array_index (column, dealt[step->path]++));
    }
  }
}

static void
read_values (Batch *batch)
{
  gsize room = SOBAN_FRAME_WRITTEN_OUT_BYTES_MAX;
  g_autoptr (GPtrArray) columns = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_autofree guint *counts = NULL;

  if (!measure_paths (batch, &room)) {
    batch->reader.failed = TRUE;
    return;
  }
  counts = count_values (batch);
  for (guint i = 0; i < batch->paths->len; i++) {
    GPtrArray *values = counts[i] > 0 ? soban_column_decode (&batch->reader, counts[i], &room) : g_ptr_array_new ();

    if (values == NULL) {
      batch->reader.failed = TRUE;
      return;
    }
    g_ptr_array_add (columns, values);
  }
  put_together (batch, columns);
}

static void
read_batch (Batch *batch)
{
  SobanReader *reader = &batch->reader;
  guint count = read_count (reader);
  guint64 flags = soban_reader_varint (reader);

  /* Flags that are not known here would mean columns that are not known here. */
  if (count == 0 || count > SOBAN_FRAME_CHANGES_MAX || (flags & ~FLAGS_KNOWN) != 0)
    reader->failed = TRUE;
  if (reader->failed)
    return;
  batch->change_scope = g_new0 (guint, count);
  batch->change_shape = g_new0 (guint, count);
  for (guint i = 0; i < count; i++)
    g_ptr_array_add (batch->numbered, soban_numbered_change_new (soban_change_new (), 0));
  read_senders (batch);
  read_forms (batch);
  read_texts (reader, batch->scopes, SOBAN_SCOPE_BYTES_MAX, FALSE);
  read_texts (reader, batch->paths, SOBAN_PATH_BYTES_MAX, TRUE);
  read_shapes (batch);
  read_identities (batch);
  read_times (batch);
  if (flags & SOBAN_CHANGES_HAVE_SCOPE_NUMBERS)
    read_scope_numbers (batch);
  if (flags & SOBAN_CHANGES_HAVE_TIMES)
    read_recorded_times (batch);
  if (flags & SOBAN_CHANGES_HAVE_BASES)
    read_bases (batch);
  if (!reader->failed)
    read_values (batch);
}

GPtrArray *
soban_changes_decode (GBytes *body, GError **error)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);
  GPtrArray *numbered = NULL;
  Batch batch;

  init_batch (&batch, data, length);
  read_batch (&batch);
  if (batch.reader.failed) {
    g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "the CHANGES frame is damaged");
  } else {
    numbered = g_steal_pointer (&batch.numbered);
    for (guint i = 0; i < numbered->len; i++) {
      const SobanNumberedChange *item = g_ptr_array_index (numbered, i);
      g_autoptr (GError) breach = NULL;

      if (!soban_change_check (item->change, &breach)) {
        g_set_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "change %" G_GUINT64_FORMAT " of device %u: %s",
                     item->change->id.number, item->change->id.device, breach->message);
        g_clear_pointer (&numbered, g_ptr_array_unref);
        break;
      }
    }
  }
  clear_batch (&batch);
  return numbered;
}
