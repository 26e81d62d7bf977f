/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Numbers as people write them. @language "vi": dot for thousands, comma for decimals; any other: the English way. */

/* 7623 -> "7.623" */
char *soban_number_text (gint64 number, const char *language);
/* At most one decimal, half up, trailing ",0" dropped: 0.5 -> "0,5", 7623 -> "7.623" */
char *soban_decimal_text (double number, const char *language);
/* 7623, 9000 -> "84,7%": one decimal, half up; (nullable) NULL when @target <= 0 */
char *soban_percent_text (gint64 achieved, gint64 target, const char *language);
/* 7623, 9000 -> "7.623/9.000 (84,7%)" */
char *soban_share_text (gint64 achieved, gint64 target, const char *language);
/* Bytes, in the units of a thousand that disks are sold by: 76312000000 -> "76,3 GB" */
char *soban_size_text (guint64 bytes, const char *language);
/* ISO date (yyyy-mm-dd) -> "14/10/2021" ("en": "14 Oct 2021"); a text that is no full date comes back as it is. */
char *soban_date_text (const char *iso_date, const char *language);
/* UTC ms -> local "14:05 22/11/2026" */
char *soban_time_text (gint64 ms, const char *language);
