/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/node.h"

/**
 * SobanChoiceTable:
 *
 * The rows of an external list, every text kept once: 13,400 units of seven columns are 0.7 MiB, as nodes 19. Rows are
 * added first; what is below soban_choice_table_finish() is for a finished one, which is immutable: any thread.
 */

/* @columns: names, NULL-terminated, no name twice */
SobanChoiceTable *soban_choice_table_new (const char *const *columns);
void soban_choice_table_free (SobanChoiceTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanChoiceTable, soban_choice_table_free)
/* @values: one for each column */
void soban_choice_table_add (SobanChoiceTable *table, const char *const *values);
void soban_choice_table_finish (SobanChoiceTable *table); /* soban_tree_new_from_table() does it */

guint soban_choice_table_rows (const SobanChoiceTable *table);
int soban_choice_table_column (const SobanChoiceTable *table, const char *name); /* -1: there is none */
const char *soban_choice_table_cell (const SobanChoiceTable *table, guint row, guint column); /* as long as @table */
/* The whole table as nodes below @document, of a tree that does not outlive @table. */
void soban_choice_table_add_nodes (const SobanChoiceTable *table, SobanNode *document);

/**
 * SobanChoiceRow:
 *
 * One row as an element with its columns, as soban_choice_table_add_nodes() makes it, but alone: the same nodes show any row.
 * One thread; must not outlive the table.
 */
typedef struct _SobanChoiceRow SobanChoiceRow;
SobanChoiceRow *soban_choice_row_new (const SobanChoiceTable *table);
void soban_choice_row_free (SobanChoiceRow *row);
/* (transfer none): the element */
SobanNode *soban_choice_row_get_node (const SobanChoiceRow *row);
/* (transfer none): the element, now with what stands in row @number */
SobanNode *soban_choice_row_show (SobanChoiceRow *row, guint number);
