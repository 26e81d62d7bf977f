/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * SobanPostgresqlArray: one parameter with many values: bigint[] (letter I of soban_database_query()), text[] (T) or bytea[] (B), for
 * PostgreSQL's unnest() and ANY. In the form in which the server takes it.
 */
typedef struct _SobanPostgresqlArray SobanPostgresqlArray;

/* @letter: I, T or B */
SobanPostgresqlArray *soban_postgresql_array_new (char letter);
void soban_postgresql_array_free (SobanPostgresqlArray *array);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanPostgresqlArray, soban_postgresql_array_free)

void soban_postgresql_array_add_int (SobanPostgresqlArray *array, gint64 value);
void soban_postgresql_array_add_text (SobanPostgresqlArray *array, const char *value);
void soban_postgresql_array_add_blob (SobanPostgresqlArray *array, const void *data, gsize length);
guint soban_postgresql_array_size (const SobanPostgresqlArray *array);
/* (transfer none): until the next value is added. */
const guint8 *soban_postgresql_array_get_bytes (SobanPostgresqlArray *array, gsize *ret_length);
