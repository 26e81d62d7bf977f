/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Tab-separated tables with one header line and no quoting (the form of all reference data). */
typedef struct _SobanTsv SobanTsv;

SobanTsv *soban_tsv_load (const char *file, GError **error);
SobanTsv *soban_tsv_parse (const char *text, gssize length, GError **error);
void soban_tsv_free (SobanTsv *tsv);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanTsv, soban_tsv_free)

guint soban_tsv_rows (const SobanTsv *tsv);
/* -1 when there is no such column */
int soban_tsv_column (const SobanTsv *tsv, const char *name);
guint soban_tsv_columns (const SobanTsv *tsv);
const char *soban_tsv_column_name (const SobanTsv *tsv, guint column);
/* (transfer none): "" for an empty cell or a @column of -1 */
const char *soban_tsv_cell (const SobanTsv *tsv, guint row, int column);
