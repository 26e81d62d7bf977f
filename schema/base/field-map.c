/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/field-map.h"

#include <string.h>

typedef struct {
  char *path;
  char *value;
} Field;

struct _SobanFieldMap {
  GArray *fields; /* of Field, sorted by path */
};

static void
clear_field (gpointer data)
{
  Field *field = data;

  g_free (field->path);
  g_free (field->value);
}

static void
clear_map (gpointer data)
{
  SobanFieldMap *map = data;

  g_array_unref (map->fields);
}

SobanFieldMap *
soban_field_map_new (void)
{
  SobanFieldMap *map = g_rc_box_new0 (SobanFieldMap);

  map->fields = g_array_new (FALSE, FALSE, sizeof (Field));
  g_array_set_clear_func (map->fields, clear_field);
  return map;
}

SobanFieldMap *
soban_field_map_ref (SobanFieldMap *map)
{
  return g_rc_box_acquire (map);
}

void
soban_field_map_unref (SobanFieldMap *map)
{
  g_rc_box_release_full (map, clear_map);
}

SobanFieldMap *
soban_field_map_copy (const SobanFieldMap *map)
{
  SobanFieldMap *copy = soban_field_map_new ();

  for (guint i = 0; i < map->fields->len; i++) {
    const Field *field = &g_array_index (map->fields, Field, i);
    Field own = { g_strdup (field->path), g_strdup (field->value) };

    g_array_append_val (copy->fields, own);
  }
  return copy;
}

guint
soban_field_map_size (const SobanFieldMap *map)
{
  return map->fields->len;
}

/* TRUE when @path is there; *ret_index is its place, or where it would go. */
static gboolean
locate (const SobanFieldMap *map, const char *path, guint *ret_index)
{
  guint low = 0, high = map->fields->len;

  /* Fields mostly arrive in order: look at the end first. */
  if (high > 0 && strcmp (g_array_index (map->fields, Field, high - 1).path, path) < 0) {
    *ret_index = high;
    return FALSE;
  }
  while (low < high) {
    guint middle = low + (high - low) / 2;
    int order = strcmp (g_array_index (map->fields, Field, middle).path, path);

    if (order == 0) {
      *ret_index = middle;
      return TRUE;
    }
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  *ret_index = low;
  return FALSE;
}

const char *
soban_field_map_get (const SobanFieldMap *map, const char *path)
{
  guint index;

  g_return_val_if_fail (map != NULL && path != NULL, NULL);
  return locate (map, path, &index) ? g_array_index (map->fields, Field, index).value : NULL;
}

void
soban_field_map_set (SobanFieldMap *map, const char *path, const char *value)
{
  guint index;
  gboolean there;

  g_return_if_fail (map != NULL && path != NULL);
  there = locate (map, path, &index);
  if (value == NULL) {
    if (there)
      g_array_remove_index (map->fields, index);
  } else if (there) {
    Field *field = &g_array_index (map->fields, Field, index);
    char *copy = g_strdup (value); /* @value may be the very string that is replaced */

    g_free (field->value);
    field->value = copy;
  } else {
    Field field = { g_strdup (path), g_strdup (value) };

    g_array_insert_val (map->fields, index, field);
  }
}

void
soban_field_map_nth (const SobanFieldMap *map, guint index, const char **ret_path, const char **ret_value)
{
  const Field *field;

  g_return_if_fail (map != NULL && index < map->fields->len);
  field = &g_array_index (map->fields, Field, index);
  if (ret_path != NULL)
    *ret_path = field->path;
  if (ret_value != NULL)
    *ret_value = field->value;
}

gboolean
soban_field_map_equal (const SobanFieldMap *a, const SobanFieldMap *b)
{
  if (a->fields->len != b->fields->len)
    return FALSE;
  for (guint i = 0; i < a->fields->len; i++) {
    const Field *left = &g_array_index (a->fields, Field, i);
    const Field *right = &g_array_index (b->fields, Field, i);

    if (strcmp (left->path, right->path) != 0 || strcmp (left->value, right->value) != 0)
      return FALSE;
  }
  return TRUE;
}

void
soban_field_map_diff (const SobanFieldMap *before, const SobanFieldMap *after, SobanFieldFunc func, gpointer user_data)
{
  guint i = 0, j = 0;

  while (i < before->fields->len || j < after->fields->len) {
    const Field *left = i < before->fields->len ? &g_array_index (before->fields, Field, i) : NULL;
    const Field *right = j < after->fields->len ? &g_array_index (after->fields, Field, j) : NULL;
    int order = left == NULL ? 1 : right == NULL ? -1 : strcmp (left->path, right->path);

    if (order < 0)
      func (left->path, NULL, user_data);
    else if (order > 0 || strcmp (left->value, right->value) != 0)
      func (right->path, right->value, user_data);
    i += order <= 0;
    j += order >= 0;
  }
}
