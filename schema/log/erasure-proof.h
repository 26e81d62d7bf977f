/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "log/change.h"

/*
 * What proves that a record was erased by law (sync/README.md 5.13): the value of the register SOBAN_FIELD_ERASED is the collector's
 * Ed25519 signature of the record and its scope, in base64. So an erasure can be brought back to a collector that was set back to an older copy
 * by any tablet, and made up by none. Pure; who holds keys signs and verifies.
 */

#define SOBAN_ERASURE_PROOF_BYTES 64

/* (transfer full): what is signed. */
GByteArray *soban_erasure_proof_message (const SobanUuid *record, const char *scope);
/* (transfer full): the value of the register. */
char *soban_erasure_proof_format (const guint8 *signature);
/* Whether @change, whose sender is the collector (device 0), sets the register to a proof, which is then in @ret_signature; of what is of an
 * older program, "1", there is none. Whether it is right is not looked at. */
gboolean soban_erasure_proof_find (const SobanChange *change, guint8 *ret_signature);

/* Takes away what an erasure leaves nothing of: every value of @change but those of the registers SOBAN_FIELD_DELETED and SOBAN_FIELD_ERASED.
 * Tablets and collectors do the same: digests count what is left. FALSE: there was nothing to take away. */
gboolean soban_erasure_blank (SobanChange *change);
