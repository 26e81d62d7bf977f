/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/node.h"

/**
 * soban_choice_csv_parse:
 * @text: a CSV file as forms bring it along (RFC 4180; a first line with the names of the columns)
 *
 * (transfer full): the list: root/item with one element a column. Errors, all with the line: VALUE for a text that is not
 * UTF-8, SYNTAX for quotes that do not close or a column without a name, LIMIT beyond SOBAN_CHOICES_MAX rows.
 */
SobanTree *soban_choice_csv_parse (const char *text, gsize length, GError **error);
