/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/unit-table.h"
#include "form/node.h"

/*
 * The lists that the program makes for forms: the documents of external secondary instances, root/item with one element a
 * column, as a CSV file attached to a form would give. Several threads may read one as long as nobody changes it.
 */

/* Columns of every list of registry entries and villages; NULL-terminated. */
extern const char *const soban_registry_columns[]; /* name (record id), label, commune, status, kind (form id), instance (its meta/instanceID) */

/* (transfer full): name (uid), label (full name), level, province (code), valid_from, valid_to, context */
SobanTree *soban_choice_list_new_units (const SobanUnitTable *units);
/* (transfer full): name (code), label; reads <data_dir>/reference/ethnic_groups.tsv. */
SobanTree *soban_choice_list_new_ethnic_groups (const char *data_dir, GError **error);
/* (transfer full): the list's name in a form's src: "jr://file-csv/units.csv" and "units" are "units". */
char *soban_choice_list_name (const char *src);
