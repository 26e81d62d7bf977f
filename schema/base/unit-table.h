/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * SobanUnit:
 * @uid: the identity, "<code>@<valid_from>" ("02947@2025-07-01"; "02947@" for a commune of before 1/7/2025): a code alone is none
 * @level: 1 province, 3 commune
 * @name: as registered, without the type word ("Bảo Yên")
 * @full_name: with the type word ("xã Bảo Yên")
 * @parent_code: code of the province ("" for a province, and for an old commune)
 * @context: what tells namesakes apart: the province, for an old commune "district, province"
 * @valid_from: @valid_to: ISO dates, both inclusive; "" = no bound known
 * @successor_uid: (nullable): where it went
 *
 * An administrative unit with validity dates. Immutable, owned by its table.
 */
typedef struct {
  const char *uid;
  const char *code;
  int level;
  const char *type;
  const char *name;
  const char *full_name;
  const char *parent_code;
  const char *context;
  const char *valid_from;
  const char *valid_to;
  const char *successor_uid;
} SobanUnit;

/* Reads <data_dir>/reference/units.tsv and unit_succession.tsv. Immutable after loading: any thread. */
typedef struct _SobanUnitTable SobanUnitTable;
SobanUnitTable *soban_unit_table_load (const char *data_dir, GError **error);
void soban_unit_table_free (SobanUnitTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanUnitTable, soban_unit_table_free)

guint soban_unit_table_size (const SobanUnitTable *table);
const SobanUnit *soban_unit_table_nth (const SobanUnitTable *table, guint index);
/* (nullable) (transfer none) */
const SobanUnit *soban_unit_table_find (const SobanUnitTable *table, const char *uid);
/* (nullable): the unit with @code in force on @iso_date ("" = today's list: no end) */
const SobanUnit *soban_unit_table_find_code (const SobanUnitTable *table, const char *code, const char *iso_date);
/* (nullable): the unit that @uid is today, followed through successions */
const SobanUnit *soban_unit_table_current (const SobanUnitTable *table, const char *uid);
/* (nullable): the province of today that @uid lies in (itself for a province) */
const SobanUnit *soban_unit_table_province (const SobanUnitTable *table, const char *uid);
gboolean soban_unit_valid_on (const SobanUnit *unit, const char *iso_date);
