/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"
#include "log/digest.h"

/**
 * SobanScopeDigests: sums of record digests by (scope, form, month of the record's id): what is to be added to the table
 * digest, or all of it counted anew. The table is written in the transaction that writes the records, under the lock of their scope.
 */
typedef struct _SobanScopeDigests SobanScopeDigests;

SobanScopeDigests *soban_scope_digests_new (void);
void soban_scope_digests_free (SobanScopeDigests *digests);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanScopeDigests, soban_scope_digests_free)

/* What @record gave or gives: @count is 1 or -1. */
void soban_scope_digests_add (SobanScopeDigests *digests, const char *scope, const char *form, const SobanUuid *record,
                              const SobanDigest *digest, int count);
/* All records of the store, by their own digests. */
SobanScopeDigests *soban_scope_digests_read_records (SobanDatabase *database, GError **error);
/* Adds them to the table and forgets them: those of @scope, or all when it is NULL. */
gboolean soban_scope_digests_write (SobanScopeDigests *digests, SobanDatabase *database, const char *scope, GError **error);
/* Takes away what the table says: where it is right, nothing but zeros is left. */
gboolean soban_scope_digests_subtract_table (SobanScopeDigests *digests, SobanDatabase *database, GError **error);
/* Forgets those of @scope. */
void soban_scope_digests_drop (SobanScopeDigests *digests, const char *scope);

typedef void (*SobanScopeDigestFunc) (const char *scope, const char *form, guint month, const SobanDigest *sum, gint64 count, gpointer data);
void soban_scope_digests_foreach (SobanScopeDigests *digests, SobanScopeDigestFunc func, gpointer data);

/**
 * soban_scope_digest_read:
 * @from_month: of records whose month is before it only forms named in @registries count; 0: all count
 * @registries: (nullable): ids between blanks, one before the first and after the last
 *
 * The digest of a scope as the table says (sync/README.md 4.10).
 */
gboolean soban_scope_digest_read (SobanDatabase *database, const char *scope, guint from_month, const char *registries, SobanDigest *ret_digest,
                                  GError **error);
