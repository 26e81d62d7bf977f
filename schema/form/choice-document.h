/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/node.h"

/**
 * soban_choice_document_parse:
 * @name: the file's name: .csv, .geojson; anything else is XML
 *
 * (transfer full): the document of an external secondary instance. Errors: those of the three readers.
 */
SobanTree *soban_choice_document_parse (const char *name, const char *text, gsize length, GError **error);
