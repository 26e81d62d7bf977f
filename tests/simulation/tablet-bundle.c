/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a tablet writes on a stick and reads from one: sync/README.md 10, by the rules of client/bundle-*.c. */
#include "tablet.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"

static void
write_hello (Tablet *tablet, GByteArray *out)
{
  g_autoptr (SobanHello) hello = tablet_make_hello (tablet);
  g_autoptr (GByteArray) body = g_byte_array_new ();

  hello->flags |= SOBAN_HELLO_IN_BUNDLE;
  soban_stream_header_write (out);
  soban_hello_encode (hello, body);
  soban_frame_write (out, SOBAN_FRAME_HELLO, body->data, body->len);
}

static void
write_evidence (const SobanClockEvidence *evidence, GByteArray *out)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  soban_clock_evidence_encode (evidence, body);
  soban_frame_write (out, SOBAN_FRAME_CLOCK_EVIDENCE, body->data, body->len);
}

static SobanNumberedChange *
copy_entry (const LogEntry *entry)
{
  SobanNumberedChange *item = soban_numbered_change_new (soban_change_copy (entry->change), entry->scope_number);

  item->change->stamp = entry->stamp;
  return item;
}

static void
begin_bundle (Tablet *tablet, gint64 true_ms)
{
  tablet_sync_disk (tablet);
  tablet->stick_out = TRUE;
  tablet->asked = tablet_read_clock (tablet, true_ms);
  tablet_note_reading (tablet, &tablet->asked);
}

/* (transfer full) (element-type SobanRelayedBatch): what is to be sent on, each sender's ascending. */
static void
write_senders (const Tablet *tablet, GPtrArray *entries, GByteArray *out)
{
  for (guint i = 0; i < entries->len;) {
    const SobanChangeId *first = &((const LogEntry *) g_ptr_array_index (entries, i))->change->id;
    g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
    g_autoptr (SobanClockEvidence) evidence = tablet_get_evidence_of (tablet, first);

    for (; i < entries->len; i++) {
      const LogEntry *entry = g_ptr_array_index (entries, i);

      if (entry->change->id.device != first->device || entry->change->id.incarnation != first->incarnation)
        break;
      g_ptr_array_add (batch, copy_entry (entry));
      ((SobanNumberedChange *) g_ptr_array_index (batch, batch->len - 1))->scope_number = 0;
    }
    write_evidence (evidence, out);
    soban_changes_write_frames (out, batch, soban_changes_flags_up (1), 0);
  }
}

GBytes *
tablet_write_bundle (Tablet *tablet, gint64 true_ms)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GPtrArray) relayed = tablet_list_relayed (tablet);
  g_autoptr (GPtrArray) own = g_ptr_array_new ();

  begin_bundle (tablet, true_ms);
  write_hello (tablet, out);
  write_senders (tablet, relayed, out);
  for (guint64 i = tablet->acked_number; i < tablet->own->len; i++)
    g_ptr_array_add (own, g_ptr_array_index (tablet->own, i));
  write_senders (tablet, own, out);
  soban_frame_write (out, SOBAN_FRAME_END, NULL, 0);
  return g_byte_array_free_to_bytes (out);
}

GBytes *
tablet_write_exchange (Tablet *tablet, const char *scope, gint64 true_ms)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GPtrArray) numberless = tablet_list_numberless (tablet, scope);
  g_autoptr (GPtrArray) numbered = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  GHashTableIter iter;
  gpointer value;

  begin_bundle (tablet, true_ms);
  write_hello (tablet, out);
  write_senders (tablet, numberless, out);
  g_hash_table_iter_init (&iter, tablet->log);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const LogEntry *entry = value;

    if (g_str_equal (entry->change->scope, scope) && entry->scope_number != 0
        && entry->scope_number != NUMBER_OF_SNAPSHOT)
      g_ptr_array_add (numbered, copy_entry (entry));
  }
  soban_changes_write_frames (out, numbered, soban_changes_flags_down (1), 0);
  soban_frame_write (out, SOBAN_FRAME_END, NULL, 0);
  return g_byte_array_free_to_bytes (out);
}

/* ---- reading ---- */

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED, message);
  return FALSE;
}

static gboolean
check_receipt (const Tablet *tablet, const SobanSyncRound *round, GError **error)
{
  const SobanHello *hello = soban_sync_round_get_hello (round);
  const SobanReply *reply = soban_sync_round_get_reply (round);

  if (hello->device != tablet->device || hello->incarnation != tablet->incarnation)
    return refuse (error, "the receipt is for another incarnation");
  if (hello->last_number > tablet->own->len || reply->acked_number > tablet->own->len)
    return refuse (error, "the receipt is for more changes than there are");
  if (tablet_get_chain (tablet, hello->acked_number) != hello->chain)
    return refuse (error, "the receipt is for a copy of this tablet");
  return !soban_sync_round_was_forked (round) || hello->acked_number == tablet->acked_number
         || refuse (error, "the receipt is for a copy of this tablet");
}

/* Whether an answer goes on from what the tablet has of the scope. */
static gboolean
fits (const Tablet *tablet, const SobanHello *hello, const SobanScopeCursor *answer)
{
  for (guint i = 0; i < hello->cursors->len; i++) {
    const SobanScopeCursor *asked = g_ptr_array_index (hello->cursors, i);
    const SobanScopeCursor *own;

    if (!g_str_equal (asked->scope, answer->scope))
      continue;
    own = tablet_find_cursor (tablet, asked->scope);
    if (own == NULL || own->has_page || answer->is_page || hello->pages->len > 0)
      return FALSE;
    return own->number >= asked->number;
  }
  return FALSE;
}

static void
keep_receipt (Tablet *tablet, SobanSyncRound *round, gint64 true_ms, TabletResult *ret_result)
{
  const SobanReply *reply = soban_sync_round_get_reply (round);
  DiskWrite *write = tablet_make_result (tablet, round, true_ms);

  for (guint i = write->cursors->len; i > 0; i--) {
    if (!fits (tablet, soban_sync_round_get_hello (round), g_ptr_array_index (reply->cursors, i - 1)))
      g_ptr_array_remove_index (write->cursors, i - 1);
  }
  /* It was written some time ago: no anchor of the clock, and no floor that a newer answer has raised. */
  if (reply->collector_ms <= tablet->last_sync_ms)
    write->floor = 0;
  write->collector_ms = 0;
  write->set_back = FALSE;
  write->acked_number = MAX (write->acked_number, tablet->acked_number);
  tablet_write (tablet, write);
  ret_result->changes = write->changes;
  ret_result->progress = TRUE;
}

static gboolean
find_chain (guint64 number, guint64 *ret_chain, gpointer data)
{
  const Tablet *tablet = data;

  if (number > tablet->own->len)
    return FALSE;
  *ret_chain = tablet_get_chain (tablet, number);
  return TRUE;
}

static gboolean
take_receipt (Tablet *tablet, const guint8 *data, gsize length, gint64 true_ms, TabletResult *ret_result,
              GError **error)
{
  g_autoptr (SobanSyncRound) round = soban_sync_round_new_receipt ();

  soban_sync_round_set_chain_lookup (round, find_chain, tablet);
  if (!soban_sync_round_feed (round, data, length, error) || !soban_sync_round_finish (round, error)
      || !check_receipt (tablet, round, error))
    return FALSE;
  if (soban_sync_round_was_forked (round))
    tablet_renew (tablet, soban_sync_round_get_reply (round)->acked_number, soban_sync_round_get_adjustments (round),
                  tablet_draw_incarnation (tablet), true_ms);
  else
    keep_receipt (tablet, round, true_ms, ret_result);
  return TRUE;
}

/* ---- what another tablet wrote ---- */

typedef struct {
  GPtrArray *changes;   /* (element-type SobanNumberedChange) */
  GPtrArray *evidences; /* (element-type SobanClockEvidence) */
  guint64 own_number;   /* the highest that it knows of this tablet's incarnation */
} Exchange;

static gboolean
take_frame (Tablet *tablet, Exchange *exchange, SobanFrameType type, GBytes *body, GError **error)
{
  g_autoptr (GPtrArray) items = NULL;

  if (type == SOBAN_FRAME_CLOCK_EVIDENCE) {
    SobanClockEvidence *evidence = soban_clock_evidence_decode (body, error);

    if (evidence != NULL)
      g_ptr_array_add (exchange->evidences, evidence);
    return evidence != NULL;
  }
  if (type != SOBAN_FRAME_CHANGES)
    return TRUE;
  items = soban_changes_decode (body, error);
  if (items == NULL)
    return FALSE;
  for (guint i = 0; i < items->len; i++) {
    const SobanChangeId *id = &((SobanNumberedChange *) g_ptr_array_index (items, i))->change->id;

    if (id->device == tablet->device && id->incarnation == tablet->incarnation)
      exchange->own_number = MAX (exchange->own_number, id->number);
  }
  g_ptr_array_extend_and_steal (exchange->changes, g_steal_pointer (&items));
  return TRUE;
}

static gboolean
read_exchange (Tablet *tablet, Exchange *exchange, const guint8 *data, gsize length, GError **error)
{
  SobanFrameReader *reader = soban_frame_reader_new ();
  gboolean good = TRUE, left = TRUE;

  soban_frame_reader_feed (reader, data, length);
  while (good && left) {
    g_autoptr (GBytes) body = NULL;
    SobanFrameType type;

    good = soban_frame_reader_next (reader, &type, &body, error);
    left = body != NULL;
    if (good && left)
      good = take_frame (tablet, exchange, type, body, error);
  }
  soban_frame_reader_free (reader);
  return good;
}

static gboolean
take_exchange (Tablet *tablet, const guint8 *data, gsize length, gint64 true_ms, GError **error)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  g_autoptr (GPtrArray) evidences = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_clock_evidence_free);
  Exchange exchange = { changes, evidences, 0 };
  DiskWrite *write;

  if (!read_exchange (tablet, &exchange, data, length, error))
    return FALSE;
  for (guint i = changes->len; i > 0; i--) {
    const SobanNumberedChange *item = g_ptr_array_index (changes, i - 1);

    if (tablet_find_cursor (tablet, item->change->scope) == NULL)
      g_ptr_array_remove_index (changes, i - 1);
  }
  /* It knows of changes that this tablet has not made: a copy of it has. No number may be given twice. */
  if (exchange.own_number > tablet->own->len)
    tablet_renew (tablet, tablet->acked_number, NULL, tablet_draw_incarnation (tablet), true_ms);
  write = disk_write_new (DISK_WRITE_EXCHANGE, tablet_read_clock (tablet, true_ms));
  write->changes = g_steal_pointer (&changes);
  write->evidences = g_steal_pointer (&evidences);
  tablet_write (tablet, write);
  return TRUE;
}

#define FIRST_FRAMES 2

/* A receipt has a REPLY. */
static gboolean
is_receipt (const guint8 *data, gsize length)
{
  SobanFrameReader *reader = soban_frame_reader_new ();
  SobanFrameType type = SOBAN_FRAME_END;

  soban_frame_reader_feed (reader, data, length);
  for (guint i = 0; i < FIRST_FRAMES; i++) {
    g_autoptr (GBytes) body = NULL;

    if (!soban_frame_reader_next (reader, &type, &body, NULL) || body == NULL)
      break;
  }
  soban_frame_reader_free (reader);
  return type == SOBAN_FRAME_REPLY || type == SOBAN_FRAME_ERROR;
}

gboolean
tablet_take_bundle (Tablet *tablet, const guint8 *data, gsize length, gint64 true_ms, TabletResult *ret_result,
                    GError **error)
{
  *ret_result = (TabletResult){ 0 };
  tablet->now_ms = true_ms;
  if (!tablet_has_room (tablet, error))
    return FALSE;
  return is_receipt (data, length) ? take_receipt (tablet, data, length, true_ms, ret_result, error)
                                   : take_exchange (tablet, data, length, true_ms, error);
}
