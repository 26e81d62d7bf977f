/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/unit-table.h"
#include "form/node.h"

/**
 * SobanChoiceListBuilder:
 *
 * Makes the document of an external secondary instance: root/item with one element a column, as a CSV file attached to a
 * form would give. One thread; the finished tree is numbered and may be read by several as long as nobody changes it.
 */
typedef struct _SobanChoiceListBuilder SobanChoiceListBuilder;

/* @columns: names, NULL-terminated, living as long as the builder. */
SobanChoiceListBuilder *soban_choice_list_builder_new (const char *const *columns);
void soban_choice_list_builder_free (SobanChoiceListBuilder *builder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanChoiceListBuilder, soban_choice_list_builder_free)
/* @values: one for each column. */
void soban_choice_list_builder_add (SobanChoiceListBuilder *builder, const char *const *values);
/* (transfer full): the list; the builder is empty then. */
SobanTree *soban_choice_list_builder_finish (SobanChoiceListBuilder *builder);

/* Columns of every list of registry entries and villages; NULL-terminated. */
extern const char *const soban_registry_columns[]; /* name (record id), label, commune, status, kind (form id) */

/* (transfer full): name (uid), label (full name), level, province (code), valid_from, valid_to, context */
SobanTree *soban_choice_list_new_units (const SobanUnitTable *units);
/* (transfer full): name (code), label; reads <data_dir>/reference/ethnic_groups.tsv. */
SobanTree *soban_choice_list_new_ethnic_groups (const char *data_dir, GError **error);
/* (transfer full): the list's name in a form's src: "jr://file-csv/units.csv" and "units" are "units". */
char *soban_choice_list_name (const char *src);
