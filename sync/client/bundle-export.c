/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing bundles: sync/README.md 10.2, 10.4.
 *
 * Invariants
 * 1. An export changes nothing of the store: what waits waits until a receipt has come.
 * 2. A file holds whole frames and ends with END, also where not everything fits (below 4 GiB).
 * 3. Never more than READ_CHANGES changes are in memory beside those to be relayed.
 */
#include "config.h"

#include "client/bundle.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/limits.h"
#include "client/bundle-file.h"
#include "client/bundle-owner.h"
#include "client/own-hello.h"
#include "store/sync-store.h"

/* As many as a frame may hold: the more, the better a column packs. */
#define READ_CHANGES SOBAN_FRAME_CHANGES_MAX

typedef struct {
  SobanStore *store;
  const char *place;
  GCancellable *cancellable;
  SobanBundleOwner owner;
  SobanBundleReport *report;
  /* The file at hand. */
  SobanBundleFile *file; /* (nullable) */
  GByteArray *plain;     /* frames that are not in it yet */
} Export;

static void
clear_export (Export *self)
{
  soban_bundle_owner_clear (&self->owner);
  g_clear_pointer (&self->report, soban_bundle_report_free);
  g_clear_pointer (&self->file, soban_bundle_file_free);
  g_clear_pointer (&self->plain, g_byte_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Export, clear_export)

static void
write_frame (GByteArray *out, SobanFrameType type, const GByteArray *body)
{
  soban_frame_write (out, type, body->data, body->len);
}

/* A new file, with the head of its stream. */
static gboolean
begin_file (Export *self, const SobanEnvelopeAddress *address, GError **error)
{
  g_autofree char *path = soban_bundle_file_choose_path (self->place, self->owner.identity.device,
                                                         address->kind == SOBAN_BUNDLE_EXCHANGE ? "-exchange" : "");
  g_autoptr (SobanHello) hello = soban_own_hello_new (self->store, &self->owner.identity, error);
  g_autoptr (GByteArray) body = g_byte_array_new ();

  if (hello == NULL)
    return FALSE;
  hello->flags |= SOBAN_HELLO_IN_BUNDLE;
  self->file = soban_bundle_file_new (path, address, error);
  if (self->file == NULL)
    return FALSE;
  g_ptr_array_add (self->report->paths, g_steal_pointer (&path));
  soban_stream_header_write (self->plain);
  soban_hello_encode (hello, body);
  write_frame (self->plain, SOBAN_FRAME_HELLO, body);
  return TRUE;
}

/* Puts the frames at hand into the file; *ret_go_on FALSE when it is full. */
static gboolean
add_frames (Export *self, gboolean *ret_go_on, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error) || !soban_bundle_file_add (self->file, self->plain, ret_go_on, error))
    return FALSE;
  self->report->complete &= *ret_go_on;
  return TRUE;
}

static gboolean
end_file (Export *self, GError **error)
{
  gboolean ended = soban_bundle_file_commit (self->file, error);

  g_clear_pointer (&self->file, soban_bundle_file_free);
  return ended;
}

static void
write_evidence (Export *self, const SobanClockEvidence *evidence)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  if (evidence->boots->len == 0)
    return;
  soban_clock_evidence_encode (evidence, body);
  write_frame (self->plain, SOBAN_FRAME_CLOCK_EVIDENCE, body);
}

static GPtrArray *
new_batch (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
}

/* @changes: (element-type SobanChange): without numbers of the scope. */
static void
write_changes (Export *self, const GPtrArray *changes, guint count)
{
  g_autoptr (GPtrArray) batch = new_batch ();

  for (guint i = 0; i < count; i++)
    g_ptr_array_add (batch, soban_numbered_change_new (soban_change_copy (g_ptr_array_index (changes, i)), 0));
  soban_changes_write_frames (self->plain, batch, soban_changes_flags_up (SOBAN_PROTOCOL_MINOR), 0);
  self->report->changes += count;
}

/* ---- up ---- */

static gboolean
add_relayed (Export *self, gboolean *ret_go_on, GError **error)
{
  g_autoptr (GPtrArray) relayed = soban_store_list_relayed (self->store, SOBAN_BUNDLE_RELAYED_MAX, error);

  if (relayed == NULL)
    return FALSE;
  for (guint i = 0; i < relayed->len && *ret_go_on; i++) {
    const SobanRelayed *sender = g_ptr_array_index (relayed, i);

    write_evidence (self, sender->evidence);
    write_changes (self, sender->changes, sender->changes->len);
    if (!add_frames (self, ret_go_on, error))
      return FALSE;
  }
  return TRUE;
}

/* Up to the number that HELLO names: what is recorded meanwhile goes with the next bundle. */
static gboolean
add_own (Export *self, gboolean *ret_go_on, GError **error)
{
  guint64 after = self->owner.identity.acked_number;
  g_autoptr (SobanClockEvidence) evidence = soban_store_get_evidence (self->store, after, error);

  if (evidence == NULL)
    return FALSE;
  write_evidence (self, evidence);
  while (after < self->owner.identity.last_number && *ret_go_on) {
    g_autoptr (GPtrArray) changes = soban_store_list_outgoing (self->store, after, READ_CHANGES, error);
    guint count;

    if (changes == NULL)
      return FALSE;
    count = (guint) MIN (changes->len, self->owner.identity.last_number - after);
    if (count == 0) {
      g_set_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "the own change %" G_GUINT64_FORMAT " is missing", after + 1);
      return FALSE;
    }
    after = ((SobanChange *) g_ptr_array_index (changes, count - 1))->id.number;
    write_changes (self, changes, count);
    if (!add_frames (self, ret_go_on, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
export_up (Export *self, GError **error)
{
  const SobanEnvelopeAddress address = {
    .kind = SOBAN_BUNDLE_UP,
    .sender = self->owner.identity.device,
    .sender_keys = &self->owner.keys,
    .receiver_key = self->owner.ring->public_key,
  };
  gboolean go_on = TRUE;

  return begin_file (self, &address, error) && add_frames (self, &go_on, error) && add_relayed (self, &go_on, error)
         && add_own (self, &go_on, error) && add_frames (self, &go_on, error) && end_file (self, error);
}

/* ---- exchange: one scope ---- */

static int
compare_senders (gconstpointer a, gconstpointer b)
{
  const SobanChangeId *left = &(*(SobanScopeChange *const *) a)->change->id, *right = &(*(SobanScopeChange *const *) b)->change->id;

  if (left->device != right->device)
    return left->device < right->device ? -1 : 1;
  if (left->incarnation != right->incarnation)
    return left->incarnation < right->incarnation ? -1 : 1;
  return left->number < right->number ? -1 : left->number > right->number;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint64 left = (*(SobanScopeChange *const *) a)->scope_number, right = (*(SobanScopeChange *const *) b)->scope_number;

  return left < right ? -1 : left > right;
}

/* Once for each sender of the file. */
static gboolean
write_sender (Export *self, const SobanChangeId *id, GHashTable *told, GError **error)
{
  g_autofree char *sender = g_strdup_printf ("%u %" G_GUINT64_FORMAT, id->device, id->incarnation);
  g_autoptr (SobanClockEvidence) evidence = NULL;

  if (g_hash_table_contains (told, sender))
    return TRUE;
  evidence = soban_store_get_sender_evidence (self->store, id->device, id->incarnation, error);
  if (evidence == NULL)
    return FALSE;
  write_evidence (self, evidence);
  g_hash_table_add (told, g_steal_pointer (&sender));
  return TRUE;
}

/* Changes without a number, sender by sender. */
static gboolean
write_unnumbered (Export *self, GPtrArray *items, GHashTable *told, GError **error)
{
  g_ptr_array_sort (items, compare_senders);
  for (guint from = 0, to; from < items->len; from = to) {
    const SobanChangeId *first = &((SobanScopeChange *) g_ptr_array_index (items, from))->change->id;
    g_autoptr (GPtrArray) changes = g_ptr_array_new ();

    for (to = from; to < items->len; to++) {
      SobanChange *change = ((SobanScopeChange *) g_ptr_array_index (items, to))->change;

      if (change->id.device != first->device || change->id.incarnation != first->incarnation)
        break;
      g_ptr_array_add (changes, change);
    }
    if (!write_sender (self, first, told, error))
      return FALSE;
    write_changes (self, changes, changes->len);
  }
  return TRUE;
}

static void
write_numbered (Export *self, GPtrArray *items)
{
  g_autoptr (GPtrArray) batch = new_batch ();

  g_ptr_array_sort (items, compare_numbers);
  for (guint i = 0; i < items->len; i++) {
    const SobanScopeChange *item = g_ptr_array_index (items, i);

    g_ptr_array_add (batch, soban_numbered_change_new (soban_change_copy (item->change), item->scope_number));
  }
  soban_changes_write_frames (self->plain, batch, soban_changes_flags_down (SOBAN_PROTOCOL_MINOR), 0);
  self->report->changes += items->len;
}

/* All changes of @scope with or without a number; the file begins with the first of them. */
static gboolean
add_scope (Export *self, const SobanEnvelopeAddress *address, gboolean numbered, gboolean *ret_go_on, GError **error)
{
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint64 place = 0;

  while (*ret_go_on) {
    g_autoptr (GPtrArray) items = soban_store_list_scope (self->store, address->scope, numbered, &place, READ_CHANGES, error);

    if (items == NULL)
      return FALSE;
    if (items->len == 0)
      return TRUE;
    if (self->file == NULL && !begin_file (self, address, error))
      return FALSE;
    if (numbered)
      write_numbered (self, items);
    else if (!write_unnumbered (self, items, told, error))
      return FALSE;
    if (!add_frames (self, ret_go_on, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
export_scope (Export *self, const char *scope, const guint8 *key, GError **error)
{
  const SobanEnvelopeAddress address = {
    .kind = SOBAN_BUNDLE_EXCHANGE,
    .sender = self->owner.identity.device,
    .sender_keys = &self->owner.keys,
    .exchange_key = key,
    .scope = scope,
  };
  gboolean go_on = TRUE;

  return add_scope (self, &address, FALSE, &go_on, error) && add_scope (self, &address, TRUE, &go_on, error)
         && (self->file == NULL || end_file (self, error));
}

static gboolean
export_exchange (Export *self, GError **error)
{
  if (self->owner.ring->exchange_keys->len == 0) {
    g_set_error_literal (error, SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_NO_KEYS, _("this tablet has no keys of its communes"));
    return FALSE;
  }
  for (guint i = 0; i < self->owner.ring->exchange_keys->len; i++) {
    const SobanExchangeKey *key = g_ptr_array_index (self->owner.ring->exchange_keys, i);

    if (!export_scope (self, key->scope, key->key, error))
      return FALSE;
  }
  if (self->report->paths->len > 0)
    return TRUE;
  g_set_error_literal (error, SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_NOTHING, _("there are no records to give to other tablets"));
  return FALSE;
}

SobanBundleReport *
soban_bundle_export (SobanStore *store, const char *place, SobanBundlePurpose purpose, GCancellable *cancellable, GError **error)
{
  g_auto (Export) self = {
    .store = store,
    .place = place,
    .cancellable = cancellable,
    .report = soban_bundle_report_new (),
    .plain = g_byte_array_new (),
  };
  gboolean done;

  if (!soban_bundle_owner_load (&self.owner, store, error))
    return NULL;
  soban_bundle_file_sweep (place, self.owner.identity.device);
  done = purpose == SOBAN_BUNDLE_FOR_COLLECTOR ? export_up (&self, error) : export_exchange (&self, error);
  return done ? g_steal_pointer (&self.report) : NULL;
}
