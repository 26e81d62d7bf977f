/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/node.h"

/**
 * soban_choice_geojson_parse:
 * @text: a GeoJSON FeatureCollection as forms bring it along (RFC 7946; ODK XForms, "secondary instances")
 *
 * (transfer full): the list: root/item with `geometry` ("latitude longitude 0 0", points of a line or outline with "; "
 * between), one element a property, and the feature's id as `id`. Errors: VALUE for a text that is no JSON, SYNTAX for one
 * that is no such collection, with the feature's number; LIMIT beyond SOBAN_CHOICES_MAX features or SOBAN_FORM_DEPTH_MAX
 * levels.
 */
SobanTree *soban_choice_geojson_parse (const char *text, gsize length, GError **error);
