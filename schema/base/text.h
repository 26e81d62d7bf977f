/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * soban_text_fold:
 * (transfer full): @text for searching: NFD, combining marks dropped, đ and Đ to d, lower case, blanks to single spaces.
 * "Đường  Hoà" and "duong hoa" fold to the same. Source: research on FTS5 (it does not fold đ).
 */
char *soban_text_fold (const char *text);

/**
 * soban_text_normalize:
 * (nullable) (transfer full): @bytes as NFC, or NULL when they are not UTF-8 or hold a NUL (@length may be -1).
 */
char *soban_text_normalize (const char *bytes, gssize length);

/**
 * soban_text_collation_key:
 * (transfer full): a key whose byte order is the Vietnamese order: letters a ă â b c d đ e ê ... first, tones (ngang huyền hỏi ngã
 * sắc nặng) second, case last. No locale needed.
 */
char *soban_text_collation_key (const char *text);
