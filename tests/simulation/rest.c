/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of a world: no faults any more, a few rounds, and everybody has the same. */
#include "world.h"

#include <string.h>

#include "breach.h"

static guint64
count_left (World *world, const Tablet *tablet)
{
  guint64 left = tablet_get_last_number (tablet) - tablet->acked_number;

  for (guint i = 0; i < tablet->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (tablet->cursors, i);
    const guint64 last_number = memory_store_get_scope (world->collector->store, cursor->scope)->len;
    const guint64 floor = memory_store_get_floor (world->collector->store, cursor->scope);

    /* A snapshot may have to begin anew. */
    left +=
        cursor->has_page || cursor->number < floor ? 2 * last_number : last_number - MIN (last_number, cursor->number);
  }
  return left;
}

#define REPAIR_ROUNDS_LEAST 16
#define REPAIR_ROUNDS_PER_RECORD 4 /* at the smallest pace an answer has room for one record or one range */
#define PASSES_MAX 6
#define REQUEST_BYTES_LEAST 1024 /* of a pace that many cuts have made small */

static guint64
count_repair_rounds (World *world, const Tablet *tablet)
{
  guint64 records = tablet->known->len;

  for (guint i = 0; i < world->scopes->len; i++) {
    g_autoptr (GArray) ids = memory_store_list_records (world->collector->store, g_ptr_array_index (world->scopes, i));

    records += ids->len;
  }
  return REPAIR_ROUNDS_LEAST + REPAIR_ROUNDS_PER_RECORD * records;
}

/* As many rounds as there are pages either way, one that asks what arrived before the last cut, and one to see that
 * there is nothing left. */
static guint64
count_rounds (World *world, const Tablet *tablet)
{
  gsize waiting_bytes = 0;

  for (guint64 i = tablet->acked_number; i < tablet->own->len; i++)
    waiting_bytes += soban_change_weigh (((LogEntry *) g_ptr_array_index (tablet->own, i))->change);
  return count_left (world, tablet) / world->plan.page + waiting_bytes / REQUEST_BYTES_LEAST + 3
         + (world->plan.stick_every_ms > 0 ? g_hash_table_size (tablet->log) / 8 : 0);
}

static gboolean
sync_tablet (World *world, guint index, guint *ret_rounds, GError **error)
{
  const Tablet *tablet = g_ptr_array_index (world->tablets, index);
  const guint64 repair_rounds = count_repair_rounds (world, tablet);
  guint64 rounds_max = count_rounds (world, tablet) + (world->may_differ || tablet->repair != NULL ? repair_rounds : 0);
  TabletResult result;

  *ret_rounds = 0;
  tablet_begin_sync (g_ptr_array_index (world->tablets, index));
  do {
    if (*ret_rounds >= rounds_max)
      return breach (error, "device %u is not done after %u rounds without faults", tablet->device, *ret_rounds);
    ++*ret_rounds;
    if (!world_exchange (world, index, FALSE, &result, error))
      return FALSE;
    if (result.forked || result.set_back)
      rounds_max = MAX (rounds_max, *ret_rounds + count_rounds (world, tablet));
    if (result.differs)
      rounds_max += repair_rounds;
  } while (result.go_on);
  return TRUE;
}

static gboolean
sync_all (World *world, guint *ret_rounds, GError **error)
{
  *ret_rounds = 0;
  for (guint i = 0; i < world->tablets->len; i++) {
    guint rounds;

    if (!sync_tablet (world, i, &rounds, error))
      return FALSE;
    *ret_rounds += rounds;
  }
  return TRUE;
}

/* Once to bring what each has, once to get what came after it; then there is nothing to do. What a repair or a change
 * that was sent on brings to light takes a few times more. */
static gboolean
sync_until_quiet (World *world, guint *ret_rounds, GError **error)
{
  const guint passes = world->may_differ || world->plan.stick_every_ms > 0 ? PASSES_MAX : 3;

  *ret_rounds = 0;
  for (guint pass = 0; pass < passes && (pass < 2 || *ret_rounds != world->tablets->len); pass++) {
    if (!sync_all (world, ret_rounds, error))
      return FALSE;
  }
  return TRUE;
}

/* Without what came by stick from a copy of a tablet, whose number the collector has given to something else: it may
 * stay as long as it wins nothing. */
static guint64
count_numbered (const Tablet *tablet)
{
  guint64 count = 0;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, tablet->log);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    count += !((const LogEntry *) value)->relay;
  }
  return count;
}

/* The sets of (change, effective stamp) are the same. */
static gboolean
check_log (World *world, const Tablet *tablet, GError **error)
{
  guint64 changes = 0;

  for (guint i = 0; i < tablet->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (tablet->cursors, i);
    const GPtrArray *numbered = memory_store_get_scope (world->collector->store, cursor->scope);

    if (cursor->number != numbered->len)
      return breach (error, "device %u rests at %" G_GUINT64_FORMAT " of %s, which has %u changes", tablet->device,
                     cursor->number, cursor->scope, numbered->len);
    for (guint n = 0; n < numbered->len; n++) {
      const StoredChange *stored = g_ptr_array_index (numbered, n);
      const LogEntry *entry = g_hash_table_lookup (tablet->log, &stored->change->id);

      /* Pages do not name what won nothing; if it won here, the digests would differ. */
      if (tablet->paged && (entry == NULL || entry->scope_number == 0))
        continue;
      if (entry == NULL || entry->stamp != stored->change->stamp)
        return breach (error, "device %u %s change %" G_GUINT64_FORMAT " of device %u", tablet->device,
                       entry == NULL ? "lacks" : "has another stamp for", stored->change->id.number,
                       stored->change->id.device);
    }
    changes += numbered->len;
  }
  if (tablet->paged)
    return changes >= count_numbered (tablet) || breach (error, "device %u has more than there is", tablet->device);
  return changes == count_numbered (tablet)
         || breach (error, "device %u has changes that nobody else has", tablet->device);
}

static gboolean
is_equal (const SobanRecordState *a, const SobanRecordState *b)
{
  g_autoptr (GByteArray) left = g_byte_array_new ();
  g_autoptr (GByteArray) right = g_byte_array_new ();

  soban_record_state_encode (a, left);
  soban_record_state_encode (b, right);
  return left->len == right->len && memcmp (left->data, right->data, left->len) == 0;
}

/* What came by stick and is in the collector's log, be it below the floor where it won nothing, has its stamp here, too. */
static gboolean
check_carried (World *world, const Tablet *tablet, GError **error)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, tablet->log);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const LogEntry *entry = value;
    const StoredChange *stored = entry->relay ? memory_store_find (world->collector->store, &entry->change->id) : NULL;

    if (stored != NULL && soban_uuid_equal (&stored->change->record, &entry->change->record))
      return breach (error, "device %u does not know that the collector has what came by stick", tablet->device);
  }
  return TRUE;
}

/* What the collector has is the same here, whatever waits to be relayed on top of it. */
static gboolean
check_record (World *world, const Tablet *tablet, const TabletRecord *record, GError **error)
{
  g_autofree char *who = g_strdup_printf ("device %u at rest", tablet->device);
  g_autoptr (SobanRecordState) there = memory_store_get_state (world->collector->store, &record->id);
  g_autoptr (SobanRecordState) here = tablet_get_settled_state (record);

  if (record->entries->len == 0 || (soban_record_state_size (here) == 0 && there == NULL))
    return TRUE;
  if (!reference_check (world->ledger->reference, &record->id, here, who, error)
      || !reference_check (world->ledger->reference, &record->id, there, "the collector at rest", error))
    return FALSE;
  if (!is_equal (here, there))
    return breach (error, "device %u and the collector have packed the same record differently", tablet->device);
  return tablet_record_waits (record) || is_equal (record->state, here)
         || breach (error, "device %u shows another record than its log gives", tablet->device);
}

static gboolean
check_replica (World *world, const Tablet *tablet, GError **error)
{
  /* Of changes that do not win nobody can tell that a collector that was set back has lost them. */
  if (!world->set_back && !check_log (world, tablet, error))
    return FALSE;
  if (!tablet->old && !tablet->ignores_digests && !check_carried (world, tablet, error))
    return FALSE;
  for (guint i = 0; i < tablet->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (tablet->cursors, i);
    const SobanDigest own = tablet_get_digest (tablet, cursor->scope);
    const SobanDigest told = collector_get_digest (world->collector, cursor->scope);

    if (!soban_digest_equal (&own, &told))
      return breach (error, "device %u and the collector have other digests of %s at rest", tablet->device,
                     cursor->scope);
  }
  for (guint i = 0; i < tablet->known->len; i++) {
    if (!check_record (world, tablet, g_ptr_array_index (tablet->known, i), error))
      return FALSE;
  }
  return TRUE;
}

/* What the collector has passed over is sent on again in each sync. */
static gboolean
any_unplaced (World *world)
{
  for (guint i = 0; i < world->tablets->len; i++) {
    const Tablet *tablet = g_ptr_array_index (world->tablets, i);

    for (guint k = 0; k < tablet->cursors->len; k++) {
      if (tablet_has_unplaced (tablet, ((SobanScopeCursor *) g_ptr_array_index (tablet->cursors, k))->scope))
        return TRUE;
    }
  }
  return FALSE;
}

#define TWO_YEARS_MS (730 * DAY_MS)

/* The first tablet has not synced at all; the others' logs may have been compacted long ago. */
static void
wait_for_late (World *world)
{
  const Tablet *late = g_ptr_array_index (world->tablets, 0);
  const SobanScopeCursor *cursor = g_ptr_array_index (late->cursors, 0);

  world->now_ms += TWO_YEARS_MS;
  for (guint i = 0; i < world->tablets->len; i++)
    world_power_on (world, g_ptr_array_index (world->tablets, i));
  world->tally.marks[MARK_LATE] += cursor->number < memory_store_get_floor (world->collector->store, cursor->scope);
}

gboolean
world_come_to_rest (World *world, GError **error)
{
  guint rounds, gone, late = 0;

  world->plan.faulty = world->network.faulty = FALSE;
  world->collector->fail_after = -1;
  for (guint i = 0; i < world->tablets->len; i++)
    tablet_close_round (g_ptr_array_index (world->tablets, i));
  if (world->plan.late)
    wait_for_late (world);
  if (!sync_until_quiet (world, &rounds, error))
    return FALSE;
  if (rounds != world->tablets->len && !any_unplaced (world))
    return breach (error, "%u rounds, though nothing is left to do for %u tablets", rounds, world->tablets->len);
  for (guint i = 0; i < world->tablets->len; i++) {
    if (!check_replica (world, g_ptr_array_index (world->tablets, i), error))
      return FALSE;
  }
  if (!world->set_back && !ledger_check_bases (world->collector, &late, error))
    return FALSE;
  if (!ledger_check_saves (world->ledger, world->collector, world->set_back, &gone, error))
    return FALSE;
  for (guint i = 0; i < world->tablets->len; i++)
    world->tally.marks[MARK_REPAIRED] += ((const Tablet *) g_ptr_array_index (world->tablets, i))->repaired;
  world->tally.gone_saves += gone;
  world->tally.late_bases += late;
  return TRUE;
}
