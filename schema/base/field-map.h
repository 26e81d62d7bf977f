/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

/**
 * SobanFieldMap:
 *
 * The fields of a record, path -> lexical value, kept sorted by path (byte order). Paths are relative to the primary
 * instance's root: `total`, `meta/instanceName`, `opinion[<uuid>]/status`. A repeat instance exists by the field
 * `opinion[<uuid>]` with the value "1". Paths that start with '.' are reserved registers that no form can name:
 * `.deleted` ("1" deleted, "0" not), `.confirmed/<path>` (the value whose warning a person has confirmed), `.erased` ("1": the
 * collector has erased the record by law, PROTOCOL 6.2) and `.by` (who made the change that assigns it, as OpenRosa's userID: it speaks of
 * the change, not of the record).
 * Reference counted; change only while you hold the only reference.
 */
typedef struct _SobanFieldMap SobanFieldMap;

#define SOBAN_FIELD_DELETED ".deleted"
#define SOBAN_FIELD_ERASED ".erased"
#define SOBAN_FIELD_CONFIRMED_PREFIX ".confirmed/"
#define SOBAN_FIELD_PERSON ".by"

SobanFieldMap *soban_field_map_new (void);
SobanFieldMap *soban_field_map_ref (SobanFieldMap *map);
void soban_field_map_unref (SobanFieldMap *map);
SobanFieldMap *soban_field_map_copy (const SobanFieldMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanFieldMap, soban_field_map_unref)

guint soban_field_map_size (const SobanFieldMap *map);
/* (nullable) (transfer none): NULL when the field has no value. */
const char *soban_field_map_get (const SobanFieldMap *map, const char *path);
/* @value NULL removes the field. */
void soban_field_map_set (SobanFieldMap *map, const char *path, const char *value);
/* The @index-th pair in path order; strings live until the map changes. */
void soban_field_map_nth (const SobanFieldMap *map, guint index, const char **ret_path, const char **ret_value);
gboolean soban_field_map_equal (const SobanFieldMap *a, const SobanFieldMap *b);

typedef void (*SobanFieldFunc) (const char *path, const char *value, gpointer user_data);
/* Calls @func for each assignment that turns @before into @after: value NULL where a field was removed. */
void soban_field_map_diff (const SobanFieldMap *before, const SobanFieldMap *after, SobanFieldFunc func, gpointer user_data);
