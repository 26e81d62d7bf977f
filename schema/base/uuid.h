/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"

#define SOBAN_UUID_BYTES 16
#define SOBAN_UUID_TEXT_LENGTH 36

/* A record's identity: UUIDv7 (RFC 9562 5.7), so ids sort by time (PROTOCOL 1.3). Passed by value or pointer, never allocated alone. */
typedef struct {
  guint8 bytes[SOBAN_UUID_BYTES];
} SobanUuid;

/* @ms: 0 to 2^48-1, from the ratcheted hybrid clock, never the raw wall clock. */
SobanUuid soban_uuid_new_v7 (gint64 ms, const SobanEntropy *entropy);
SobanUuid soban_uuid_new_v4 (const SobanEntropy *entropy);
gint64 soban_uuid_get_ms (const SobanUuid *uuid);

/* Lower-case text with hyphens. */
char *soban_uuid_to_string (const SobanUuid *uuid);
/* FALSE and *ret_uuid untouched when @text is no UUID. */
gboolean soban_uuid_parse (const char *text, SobanUuid *ret_uuid);

int soban_uuid_compare (gconstpointer a, gconstpointer b);
guint soban_uuid_hash (gconstpointer uuid);
gboolean soban_uuid_equal (gconstpointer a, gconstpointer b);
