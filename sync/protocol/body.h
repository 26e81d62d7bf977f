/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"
#include "base/uuid.h"
#include "log/digest.h"

/* What the bodies of several frames share. Readers fail as soban_reader_* do. Inside protocol/ only. */

void soban_write_uuid (GByteArray *out, const SobanUuid *uuid);
SobanUuid soban_reader_uuid (SobanReader *reader);
void soban_write_digest (GByteArray *out, const SobanDigest *digest);
SobanDigest soban_reader_digest (SobanReader *reader);
/* A count of at most @count_max things of which each takes at least @bytes_min bytes: never more than what is left could hold. */
guint soban_reader_count (SobanReader *reader, gsize bytes_min, gsize count_max);
/* Errors: PROTOCOL, naming the @frame, when @reader has failed. */
gboolean soban_body_check (const SobanReader *reader, const char *frame, GError **error);
