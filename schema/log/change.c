/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "log/change.h"

#include "base/error.h"
#include "base/limits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static void
free_assignment (gpointer data)
{
  SobanAssignment *assignment = data;

  g_free (assignment->path);
  g_free (assignment->value);
  g_free (assignment);
}

SobanChange *
soban_change_new (void)
{
  SobanChange *change = g_new0 (SobanChange, 1);

  change->assignments = g_ptr_array_new_with_free_func (free_assignment);
  return change;
}

void
soban_change_free (SobanChange *change)
{
  if (!change)
    return;
  g_free (change->form);
  g_free (change->form_version);
  g_free (change->scope);
  g_ptr_array_unref (change->assignments);
  g_clear_pointer (&change->bases, g_array_unref);
  g_free (change);
}

SobanChange *
soban_change_copy (const SobanChange *change)
{
  SobanChange *copy = soban_change_new ();

  copy->id = change->id;
  copy->record = change->record;
  copy->form = g_strdup (change->form);
  copy->form_version = g_strdup (change->form_version);
  copy->scope = g_strdup (change->scope);
  copy->seen = change->seen;
  copy->stamp = change->stamp;
  copy->wall_ms = change->wall_ms;
  copy->boottime_ms = change->boottime_ms;
  copy->recorded_ms = change->recorded_ms;
  copy->time_quality = change->time_quality;
  copy->bases = change->bases ? g_array_copy (change->bases) : NULL;
  for (guint i = 0; i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);

    soban_change_assign (copy, assignment->path, assignment->value);
  }
  return copy;
}

void
soban_change_add_base (SobanChange *change, const SobanChangeId *base)
{
  if (!change->bases)
    change->bases = g_array_new (FALSE, FALSE, sizeof (SobanChangeId));
  g_array_append_vals (change->bases, base, 1);
}

/* The place of @path in the sorted assignments; *ret_found tells whether it is there. */
static guint
find_place (const SobanChange *change, const char *path, gboolean *ret_found)
{
  guint low = 0, high = change->assignments->len;

  *ret_found = FALSE;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, middle);
    int order = strcmp (assignment->path, path);

    if (order == 0) {
      *ret_found = TRUE;
      return middle;
    }
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

void
soban_change_assign (SobanChange *change, const char *path, const char *value)
{
  gboolean found;
  guint place = find_place (change, path, &found);
  SobanAssignment *assignment;

  if (found) {
    assignment = g_ptr_array_index (change->assignments, place);
    g_free (assignment->value);
  } else {
    assignment = g_new0 (SobanAssignment, 1);
    assignment->path = g_strdup (path);
    g_ptr_array_insert (change->assignments, place, assignment);
  }
  assignment->value = g_strdup (value);
}

static void
assign_field (const char *path, const char *value, gpointer user_data)
{
  soban_change_assign (user_data, path, value);
}

void
soban_change_assign_diff (SobanChange *change, const SobanFieldMap *before, const SobanFieldMap *after)
{
  soban_field_map_diff (before, after, assign_field, change);
}

gboolean
soban_change_is_empty (const SobanChange *change)
{
  return change->assignments->len == 0;
}

const SobanAssignment *
soban_change_find (const SobanChange *change, const char *path)
{
  gboolean found;
  guint place = find_place (change, path, &found);

  return found ? g_ptr_array_index (change->assignments, place) : NULL;
}

const char *
soban_change_get_person (const SobanChange *change)
{
  const SobanAssignment *person = soban_change_find (change, SOBAN_FIELD_PERSON);

  return person && person->value && *person->value ? person->value : NULL;
}

/* Paths and most values: what costs little is looked at first. */
static inline gboolean
is_ascii (const char *text, gsize length)
{
  guint64 word, high_bits = 0;
  gsize at = 0;

  for (; at + sizeof word <= length; at += sizeof word) {
    memcpy (&word, text + at, sizeof word);
    high_bits |= word;
  }
  if (at < length && length >= sizeof word) {
    memcpy (&word, text + length - sizeof word, sizeof word);
    high_bits |= word;
    at = length;
  }
  for (; at < length; at++)
    high_bits |= (guint8) text[at];
  return (high_bits & G_GUINT64_CONSTANT (0x8080808080808080)) == 0;
}

/* Nearly all text is ASCII or precomposed Latin, which is NFC as it stands: only the rest is worth a normalization. */
static gboolean
is_nfc (const char *text, gsize length)
{
  if (is_ascii (text, length))
    return TRUE;
  for (const char *at = text; *at; at = g_utf8_next_char (at)) {
    gunichar letter = g_utf8_get_char (at);

    if (letter >= 0x300 && !(letter >= 0x1e00 && letter <= 0x1eff)) {
      g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_NFC);

      return normal && strcmp (normal, text) == 0;
    }
  }
  return TRUE;
}

/* What is not ASCII, or too long, or not there. */
static gboolean
check_other_text (const char *text, gsize bytes_max, const char *what, gsize *ret_length, GError **error)
{
  *ret_length = text ? strlen (text) : 0;
  if (!text || !g_utf8_validate_len (text, *ret_length, NULL)) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, _("%s is not UTF-8 text"), _(what));
    return FALSE;
  }
  if (*ret_length > bytes_max) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_LIMIT, _("%s is longer than %u bytes"), _(what),
                 (guint) bytes_max);
    return FALSE;
  }
  return TRUE;
}

/* @what: a msgid, translated only when it is wanted: this runs for every field of every change. */
static inline gboolean
check_text (const char *text, gsize bytes_max, const char *what, gsize *ret_length, GError **error)
{
  const gsize length = text ? strlen (text) : 0;

  *ret_length = length;
  if (G_LIKELY (text && length <= bytes_max && is_ascii (text, length)))
    return TRUE;
  return check_other_text (text, bytes_max, what, ret_length, error);
}

static gboolean
check_assignment (const SobanAssignment *assignment, const char *previous, gboolean strict, gsize *ret_bytes,
                  GError **error)
{
  gsize path_length, value_length = 0;

  if (!check_text (assignment->path, SOBAN_PATH_BYTES_MAX, N_ ("The name of a field"), &path_length, error))
    return FALSE;
  if (assignment->value
      && !check_text (assignment->value, SOBAN_VALUE_BYTES_MAX, N_ ("The value of a field"), &value_length, error)) {
    g_prefix_error (error, "%s: ", assignment->path);
    return FALSE;
  }
  if (path_length == 0 || (previous && strcmp (previous, assignment->path) >= 0)) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT,
                 _("The fields of the change are not in order, or one stands there twice: “%s”"), assignment->path);
    return FALSE;
  }
  if (strict && (!is_nfc (assignment->path, path_length) || (assignment->value && !is_nfc (assignment->value, value_length)))) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT,
                 _("The text of “%s” is not in the Unicode form NFC"), assignment->path);
    return FALSE;
  }
  *ret_bytes = path_length + value_length;
  return TRUE;
}

static gboolean
check_assignments (const SobanChange *change, gboolean strict, GError **error)
{
  const char *previous = NULL;
  gsize total = 0;

  if (change->assignments->len > SOBAN_RECORD_FIELDS_MAX) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_LIMIT, _("The change has more than %d fields"),
                 SOBAN_RECORD_FIELDS_MAX);
    return FALSE;
  }
  for (guint i = 0; i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);
    gsize bytes;

    if (!check_assignment (assignment, previous, strict, &bytes, error))
      return FALSE;
    previous = assignment->path;
    total += bytes;
  }
  if (total > SOBAN_CHANGE_BYTES_MAX) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_LIMIT, _("The change is longer than %d bytes"),
                 SOBAN_CHANGE_BYTES_MAX);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check (const SobanChange *change, gboolean strict, GError **error)
{
  gsize length;

  if (change->bases && change->bases->len > SOBAN_CHANGE_BASES_MAX) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_LIMIT, _("The change stands on more than %d others"), SOBAN_CHANGE_BASES_MAX);
    return FALSE;
  }
  if (change->id.number == 0) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, _("The change has no number"));
    return FALSE;
  }
  return check_text (change->form, SOBAN_FORM_ID_BYTES_MAX, N_ ("The name of the form"), &length, error)
         && check_text (change->form_version, SOBAN_FORM_ID_BYTES_MAX, N_ ("The version of the form"), &length, error)
         && check_text (change->scope, SOBAN_SCOPE_BYTES_MAX, N_ ("The scope"), &length, error)
         && check_assignments (change, strict, error);
}

gboolean
soban_change_check (const SobanChange *change, GError **error)
{
  return check (change, TRUE, error);
}

gboolean
soban_change_check_shape (const SobanChange *change, GError **error)
{
  return check (change, FALSE, error);
}
