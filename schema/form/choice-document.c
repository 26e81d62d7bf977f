/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "form/choice-document.h"

#include "form/choice-csv.h"
#include "form/choice-geojson.h"

SobanTree *
soban_choice_document_parse (const char *name, const char *text, gsize length, GError **error)
{
  if (g_str_has_suffix (name, ".csv"))
    return soban_choice_csv_parse (text, length, error);
  if (g_str_has_suffix (name, ".geojson"))
    return soban_choice_geojson_parse (text, length, error);
  return soban_tree_parse (text, length, error);
}
