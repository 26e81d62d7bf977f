/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"

/* The enrolment code and the key pin: sync/README.md 6.2 and 2.3. Pure; any thread. */

#define SOBAN_ENROLMENT_SECRET_LENGTH 12
#define SOBAN_KEY_HASH_BYTES 32

/* (transfer full): 60 random bits as 12 characters. */
char *soban_enrolment_secret_draw (const SobanEntropy *entropy);

/* (transfer full): "XXXX-XXXX-XXXX-XXXX-XXXX-XXXX" from a @secret of soban_enrolment_secret_draw() and the SHA-256 of the collector's SPKI. */
char *soban_enrolment_code_make (const char *secret, const guint8 key_hash[SOBAN_KEY_HASH_BYTES]);

/**
 * soban_enrolment_code_parse:
 * @text: as a person typed it
 * @ret_secret: (out) (transfer full): its first half, 12 upper-case characters as they are posted
 * @ret_key_half: (out) (transfer full): its second half
 *
 * Errors: SOBAN_SYNC_ERROR_REFUSED when @text is no code.
 */
gboolean soban_enrolment_code_parse (const char *text, char **ret_secret, char **ret_key_half, GError **error);

/* (transfer full) (nullable): @text as one half of a code is written (12 characters), or NULL when it is none. */
char *soban_enrolment_secret_normalize (const char *text);

/* Whether the collector that shows @key_hash is the one that the code's second half names. */
gboolean soban_enrolment_code_names_key (const char *key_half, const guint8 key_hash[SOBAN_KEY_HASH_BYTES]);

/* (transfer full): "sha256//<base64>", as curl's CURLOPT_PINNEDPUBLICKEY takes it. */
char *soban_key_pin_format (const guint8 key_hash[SOBAN_KEY_HASH_BYTES]);
/* FALSE and @ret_hash untouched when @pin is none. Blanks around it are left out. */
gboolean soban_key_pin_parse (const char *pin, guint8 ret_hash[SOBAN_KEY_HASH_BYTES]);
