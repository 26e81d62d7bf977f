/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"

#define SOBAN_TOKEN_HASH_BYTES 32

/* (transfer full): 256 random bits as URL-safe base64 without padding. */
char *soban_token_new (const SobanEntropy *entropy);
/* What the database keeps of a token or an enrolment secret: SHA-256. Enough for random texts, never for passwords. */
void soban_token_hash (const char *token, guint8 *ret_hash);
