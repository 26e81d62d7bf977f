/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Applying a receipt: the invariants stand in bundle-import-private.h. */
#include "config.h"

#include "client/bundle-import-private.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "client/keyring.h"
#include "client/round-result.h"
#include "store/settings.h"

gboolean
soban_bundle_import_lookup_chain (guint64 number, guint64 *ret_chain, gpointer data)
{
  /* A tablet with a window may not have it any more: then the number alone counts. */
  return soban_store_get_chain (data, number, ret_chain, NULL);
}

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_OTHER_ANSWER, message);
  return FALSE;
}

/* Invariant 3. */
static gboolean
check_receipt (const SobanBundleImport *self, const SobanSyncRound *round, GError **error)
{
  const SobanHello *hello = soban_sync_round_get_hello (round);
  const SobanReply *reply = soban_sync_round_get_reply (round);
  guint64 chain;

  if (hello->device != self->owner.identity.device || hello->incarnation != self->owner.identity.incarnation)
    return refuse (error, _("the receipt is for records of before this tablet was set up anew"));
  if (hello->last_number > self->owner.identity.last_number || reply->acked_number > self->owner.identity.last_number)
    return refuse (error, _("the receipt is for more records than this tablet has made"));
  if (soban_bundle_import_lookup_chain (hello->acked_number, &chain, self->store) && chain != hello->chain)
    return refuse (error, _("the receipt is for records of a copy of this tablet"));
  if (soban_sync_round_was_forked (round) && hello->acked_number != self->owner.identity.acked_number)
    return refuse (error, _("the receipt is for records of a copy of this tablet"));
  return TRUE;
}

/* (nullable) */
static const SobanScopePage *
find_page (const SobanHello *hello, const char *scope)
{
  for (guint i = 0; i < hello->pages->len; i++) {
    const SobanScopePage *page = g_ptr_array_index (hello->pages, i);

    if (g_str_equal (page->scope, scope))
      return page;
  }
  return NULL;
}

/* Invariant 2: whether @answer goes on from what this tablet has of the scope. */
static gboolean
fits (const SobanScopeCursor *answer, const SobanHello *hello, const GPtrArray *own)
{
  const SobanScopePage *page = find_page (hello, answer->scope);
  guint64 asked = 0;

  for (guint i = 0; i < hello->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (hello->cursors, i);

    if (g_str_equal (cursor->scope, answer->scope))
      asked = cursor->number;
  }
  for (guint i = 0; i < own->len; i++) {
    const SobanCursor *here = g_ptr_array_index (own, i);

    if (!g_str_equal (here->scope, answer->scope))
      continue;
    /* A snapshot goes on only from the very page it was asked for. */
    if (page != NULL || here->has_page || answer->is_page)
      return here->cursor == asked && here->has_page == (page != NULL)
             && (page == NULL || (soban_uuid_equal (&page->page, &here->page) && page->page_top == here->page_top));
    return here->cursor >= asked;
  }
  return FALSE;
}

/* @cursors: in the order of the reply's. */
static void
leave_out_gaps (GPtrArray *cursors, const SobanSyncRound *round, const GPtrArray *own)
{
  const GPtrArray *answers = soban_sync_round_get_reply (round)->cursors;

  for (guint i = cursors->len; i > 0; i--) {
    if (!fits (g_ptr_array_index (answers, i - 1), soban_sync_round_get_hello (round), own))
      g_ptr_array_remove_index (cursors, i - 1);
  }
}

/* The clock floor and the date of the last sync are those of the newest answer. */
static gboolean
is_newest (const SobanBundleImport *self, gint64 collector_ms)
{
  g_autofree char *last = soban_store_get_setting (self->store, SOBAN_SETTING_LAST_SYNC_MS);

  return last == NULL || collector_ms > g_ascii_strtoll (last, NULL, 10);
}

/* (nullable) */
static const SobanCursor *
find_own (const GPtrArray *own, const char *scope)
{
  for (guint i = 0; i < own->len; i++) {
    const SobanCursor *cursor = g_ptr_array_index (own, i);

    if (g_str_equal (cursor->scope, scope))
      return cursor;
  }
  return NULL;
}

/* What this tablet has not pulled yet; of a page, which has no numbers, all. @cursors: what is taken of the answer. */
static guint
count_new (const SobanSyncRound *round, const GPtrArray *cursors, const GPtrArray *own)
{
  const GPtrArray *changes = soban_sync_round_get_changes (round);
  guint count = 0;

  for (guint i = 0; i < changes->len; i++) {
    const SobanNumberedChange *item = g_ptr_array_index (changes, i);
    const SobanCursor *before = find_own (own, item->change->scope);

    count += before != NULL && find_own (cursors, item->change->scope) != NULL
             && (item->scope_number == 0 || item->scope_number > before->cursor);
  }
  return count;
}

/* A tablet that has no network ever hears of a lost one by stick alone (README 4.11); older keys never take the place of newer ones. */
static gboolean
keep_keys (const SobanBundleImport *self, const SobanSyncRound *round, gboolean newest, GError **error)
{
  const SobanKeys *keys = soban_sync_round_get_keys (round);

  return keys == NULL || !newest || soban_keyring_keep (self->store, keys, error);
}

static gboolean
keep_receipt (SobanBundleImport *self, const SobanSyncRound *round, GError **error)
{
  g_auto (SobanRoundResult) kept = { 0 };
  g_autoptr (GPtrArray) own = soban_store_get_cursors (self->store, error);
  const SobanReply *reply = soban_sync_round_get_reply (round);
  gboolean newest = is_newest (self, reply->collector_ms);
  g_autofree char *ms = g_strdup_printf ("%" G_GINT64_FORMAT, reply->collector_ms);

  if (own == NULL)
    return FALSE;
  soban_round_result_init (&kept, round);
  leave_out_gaps (kept.cursors, round, own);
  kept.result.incarnation = self->owner.identity.incarnation;
  /* It was written some time ago: no anchor of the clock, and no floor that a newer answer has raised. */
  kept.result.collector_ms = 0;
  kept.result.floor = newest ? kept.result.floor : 0;
  kept.result.set_back = FALSE;
  if (!soban_store_apply (self->store, &kept.result, error))
    return FALSE;
  self->report->changes += count_new (round, kept.cursors, own);
  if (!keep_keys (self, round, newest, error))
    return FALSE;
  return !newest || soban_store_set_setting (self->store, SOBAN_SETTING_LAST_SYNC_MS, ms, error);
}

gboolean
soban_bundle_import_take_receipt (SobanBundleImport *self, SobanSyncRound *round, GError **error)
{
  SobanIdentity after;

  if (!soban_sync_round_finish (round, error) || !check_receipt (self, round, error))
    return FALSE;
  if (soban_sync_round_was_forked (round)) {
    g_auto (SobanRoundResult) forked = { 0 };

    soban_round_result_init (&forked, round);
    if (!soban_store_fork (self->store, &forked.result, soban_sync_round_get_reply (round)->chain, error))
      return FALSE;
  } else if (!keep_receipt (self, round, error)) {
    return FALSE;
  }
  if (!soban_store_get_identity (self->store, &after, error))
    return FALSE;
  if (after.incarnation == self->owner.identity.incarnation)
    self->report->confirmed += after.acked_number - self->owner.identity.acked_number;
  self->report->receipts++;
  self->owner.identity = after;
  return TRUE;
}
