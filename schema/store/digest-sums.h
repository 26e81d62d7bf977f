/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/database.h"

#include "log/digest.h"

/**
 * SobanDigestSums: what the running transaction adds to the table `digest`, gathered by (scope, form, month): a thousand merged
 * records are one row. One owner.
 */
typedef struct _SobanDigestSums SobanDigestSums;

SobanDigestSums *soban_digest_sums_new (void);
void soban_digest_sums_free (SobanDigestSums *sums);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanDigestSums, soban_digest_sums_free)

void soban_digest_sums_add (SobanDigestSums *sums, const SobanUuid *record, const char *form, const char *scope,
                            const SobanDigest *digest);
void soban_digest_sums_subtract (SobanDigestSums *sums, const SobanUuid *record, const char *form, const char *scope,
                                 const SobanDigest *digest);
/* Writes them: before the commit. */
gboolean soban_digest_sums_flush (SobanDigestSums *sums, SobanDatabase *database, GError **error);
/* Forgets them: the transaction was rolled back. */
void soban_digest_sums_clear (SobanDigestSums *sums);
