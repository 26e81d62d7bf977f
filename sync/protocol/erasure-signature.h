/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "log/change.h"
#include "protocol/signing-keys.h"

/* The collector's signature under an erasure (log/erasure-proof.h, sync/README.md 5.13). Pure; any thread. */

/* (transfer full): the value of the register SOBAN_FIELD_ERASED. @keys: the collector's. */
char *soban_erasure_sign (const SobanUuid *record, const char *scope, const SobanSigningKeys *keys);
/* Whether @change is an erasure of its record that the holder of @public_key has signed. */
gboolean soban_erasure_is_signed (const SobanChange *change, const guint8 *public_key);
