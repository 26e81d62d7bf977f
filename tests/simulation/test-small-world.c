/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every order of a small world (PROTOCOL 12.3): not sampled, all. */
#include <malloc.h>

#include "base/limits.h"
#include "compaction.h"
#include "world.h"

#define REPLICAS 3
#define STEPS_EACH 3 /* pull, edit, push */
#define STEPS (REPLICAS * STEPS_EACH)

/* A world without chance: right clocks unless @clocks says more, one scope, a record that all three know. */
static World *
make_world (const WallClockKind *clocks, gboolean raw_stamps, SobanUuid *ret_record)
{
  Plan plan = { .tablets = REPLICAS, .scopes = 1, .page = 5000, .request_max = 5000 };
  World *world;
  SobanChange *change = soban_change_new ();
  g_autoptr (GError) error = NULL;
  TabletResult result;

  for (guint i = 0; i < REPLICAS; i++) {
    plan.clocks[i] = clocks[i];
    plan.raw_stamps[i] = raw_stamps;
  }
  world = world_new (1, &plan);
  change->record = *ret_record = tablet_new_id (g_ptr_array_index (world->tablets, 0), world->now_ms);
  change->form = g_strdup ("f");
  change->form_version = g_strdup ("1");
  change->scope = g_strdup (g_ptr_array_index (world->scopes, 0));
  soban_change_assign (change, "a", "before");
  g_assert_true (world_save (world, 0, change, &error));
  for (guint i = 0; i < REPLICAS; i++)
    g_assert_true (world_exchange (world, i, FALSE, &result, &error));
  g_assert_no_error (error);
  return world;
}

/* What replica @i does: all three write "a"; each writes a field of its own, too; the last one deletes. */
static gboolean
edit (World *world, guint i, const SobanUuid *record, GError **error)
{
  static const char *const fields[] = { "b", "c", SOBAN_FIELD_DELETED };
  Tablet *tablet = g_ptr_array_index (world->tablets, i);
  SobanChange *change = soban_change_new ();
  g_autofree char *value = g_strdup_printf ("of %u", i);

  world->now_ms += MINUTE_MS;
  change->record = *record;
  change->form = g_strdup ("f");
  change->form_version = g_strdup ("1");
  change->scope = g_strdup (g_ptr_array_index (world->scopes, 0));
  change->seen = tablet_get_cursor (tablet, change->scope);
  soban_change_assign (change, "a", value);
  soban_change_assign (change, fields[i], "1");
  return world_save (world, i, change, error);
}

/* What is not as usual in a world: each is a bit. */
typedef enum {
  LOST_ANSWERS = (1 << REPLICAS) - 1, /* of the push of each replica */
  COPIED = 1 << REPLICAS,             /* the third replica is a copy of the second one's disk */
  PUT_BACK = 2 << REPLICAS,           /* before its push the first replica is put back to what it was before its edit */
  BY_STICK = 4 << REPLICAS,           /* pushes go by stick; the receipts come at the end, to everybody, twice */
} Kind;

/* The third replica is a tablet of its own no more. */
static void
copy_disk (World *world)
{
  g_ptr_array_remove_index (world->tablets, REPLICAS - 1);
  world_add_clone (world, g_ptr_array_index (world->tablets, REPLICAS - 2), world->plan.clocks[REPLICAS - 1]);
}

static gboolean
push_by_stick (World *world, guint replica, GPtrArray *receipts, GError **error)
{
  Tablet *tablet = g_ptr_array_index (world->tablets, replica);
  g_autoptr (GBytes) bundle = tablet_write_bundle (tablet, world->now_ms);
  GBytes *receipt = NULL;
  gsize length;
  const guint8 *data = g_bytes_get_data (bundle, &length);

  if (!collector_receive (world->collector, world->now_ms, data, length, &receipt, error)
      || !ledger_check_admitted (world->ledger, world->collector, world->now_ms, error))
    return FALSE;
  g_ptr_array_add (receipts, receipt);
  return TRUE;
}

/* Each receipt to each replica, twice: only the right one may take it. */
static void
hand_out (World *world, const GPtrArray *receipts)
{
  for (guint i = 0; i < 2 * receipts->len * REPLICAS; i++) {
    Tablet *tablet = g_ptr_array_index (world->tablets, i % REPLICAS);
    const guint64 incarnation = tablet->incarnation;
    TabletResult result;
    gsize length;
    const guint8 *data = g_bytes_get_data (g_ptr_array_index (receipts, i / REPLICAS % receipts->len), &length);

    if (tablet_take_bundle (tablet, data, length, world->now_ms, &result, NULL) && tablet->incarnation != incarnation)
      world_note_renewal (world, tablet);
  }
}

static gboolean
do_step (World *world, guint replica, guint step, Kind kind, const SobanUuid *record, GPtrArray *receipts,
         GError **error)
{
  Tablet *tablet = g_ptr_array_index (world->tablets, replica);
  TabletResult result;

  if (step == 1) {
    if (kind & PUT_BACK && replica == 0)
      tablet->image = disk_copy (tablet->disk, tablet->synced);
    return edit (world, replica, record, error);
  }
  if (step == 2 && kind & PUT_BACK && replica == 0) {
    world_lose_disk (world, tablet, g_steal_pointer (&tablet->image));
    if (!edit (world, replica, record, error))
      return FALSE;
  }
  if (step == 2 && kind & BY_STICK)
    return push_by_stick (world, replica, receipts, error);
  return world_exchange (world, replica, step == 2 && (kind & LOST_ANSWERS & 1U << replica) != 0, &result, error);
}

/* One order: @order names the replica of each step. */
static void
run_order (const WallClockKind *clocks, gboolean raw_stamps, const guint *order, Kind lost)
{
  SobanUuid record;
  g_autoptr (World) world = make_world (clocks, raw_stamps, &record);
  g_autoptr (GPtrArray) receipts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GError) error = NULL;
  guint done[REPLICAS] = { 0 };
  gboolean good = TRUE;

  if (lost & COPIED)
    copy_disk (world);
  for (guint i = 0; i < STEPS && good; i++) {
    world->step = i + 1;
    good = do_step (world, order[i], done[order[i]]++, lost, &record, receipts, &error);
  }
  if (good)
    hand_out (world, receipts);
  good = good && world_come_to_rest (world, &error);
  if (!good)
    g_test_message ("clocks %d %d %d, lost %u, order %u%u%u%u%u%u%u%u%u", clocks[0], clocks[1], clocks[2], lost,
                    order[0], order[1], order[2], order[3], order[4], order[5], order[6], order[7], order[8]);
  g_assert_no_error (error);
  /* What was put back had never left the tablet. */
  g_assert_cmpuint (memory_store_get_log (world->collector->store)->len, ==, 1 + REPLICAS);
}

/* Calls run_order() for every way to interleave the steps of the replicas; how many there were. */
static guint
run_orders (const WallClockKind *clocks, gboolean raw_stamps, Kind lost, guint *order, guint length, guint *left)
{
  guint count = 0;

  if (length == STEPS) {
    run_order (clocks, raw_stamps, order, lost);
    return 1;
  }
  for (guint i = 0; i < REPLICAS; i++) {
    if (left[i] == 0)
      continue;
    left[i]--;
    order[length] = i;
    count += run_orders (clocks, raw_stamps, lost, order, length + 1, left);
    left[i]++;
  }
  return count;
}

#define ORDERS 1680 /* 9! / (3! 3! 3!) */

static void
test_every_order_under_every_clock (void)
{
  static const WallClockKind kinds[] = { WALL_CLOCK_RIGHT, WALL_CLOCK_DEAD, WALL_CLOCK_FUTURE };

  /* Nine of the 27 choices of three clocks: each pair of clocks at each pair of replicas. */
  for (guint i = 0; i < 9; i++) {
    const WallClockKind clocks[] = { kinds[i % 3], kinds[i / 3], kinds[(i + i / 3) % 3] };
    guint order[STEPS], left[] = { STEPS_EACH, STEPS_EACH, STEPS_EACH };

    g_assert_cmpuint (run_orders (clocks, i % 2 == 1, 0, order, 0, left), ==, ORDERS);
  }
}

static void
test_every_order_with_every_answer_lost (void)
{
  static const WallClockKind clocks[] = { WALL_CLOCK_FUTURE, WALL_CLOCK_DEAD, WALL_CLOCK_RIGHT };

  for (guint lost = 1; lost < 1U << REPLICAS; lost++) {
    guint order[STEPS], left[] = { STEPS_EACH, STEPS_EACH, STEPS_EACH };

    g_assert_cmpuint (run_orders (clocks, TRUE, lost, order, 0, left), ==, ORDERS);
  }
}

static void
test_every_order_with_disks_copied_and_put_back (void)
{
  static const WallClockKind clocks[] = { WALL_CLOCK_FUTURE, WALL_CLOCK_DEAD, WALL_CLOCK_RIGHT };
  static const Kind kinds[] = { COPIED, PUT_BACK, COPIED | PUT_BACK };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    guint order[STEPS], left[] = { STEPS_EACH, STEPS_EACH, STEPS_EACH };

    g_assert_cmpuint (run_orders (clocks, FALSE, kinds[i], order, 0, left), ==, ORDERS);
  }
}

static void
test_every_order_by_stick_with_late_receipts (void)
{
  static const WallClockKind clocks[] = { WALL_CLOCK_RIGHT, WALL_CLOCK_FUTURE, WALL_CLOCK_DEAD };
  static const Kind kinds[] = { BY_STICK, BY_STICK | COPIED };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    guint order[STEPS], left[] = { STEPS_EACH, STEPS_EACH, STEPS_EACH };

    g_assert_cmpuint (run_orders (clocks, FALSE, kinds[i], order, 0, left), ==, ORDERS);
  }
}

static SobanChange *
make_change (guint i, guint fields, SobanStamp stamp)
{
  SobanChange *change = soban_change_new ();
  g_autofree char *value = g_strdup_printf ("%u", i);

  change->id = (SobanChangeId){ i + 1, 7, 1 };
  change->form = g_strdup ("f");
  change->form_version = g_strdup ("1");
  change->scope = g_strdup ("s");
  change->stamp = stamp;
  if (fields & 1)
    soban_change_assign (change, "a", value);
  if (fields & 2)
    soban_change_assign (change, "b", i == 1 ? NULL : value);
  return change;
}

/* Three changes of any fields under any stamps, also equal ones, delivered up to four times in every order. */
static void
test_every_delivery_merges_to_the_maximum (void)
{
  guint deliveries = 0;

  for (guint kind = 0; kind < 27 * 27; kind++) {
    SobanChange *changes[REPLICAS];
    g_autoptr (Reference) reference = reference_new ();

    for (guint i = 0, rest = kind; i < REPLICAS; i++, rest /= 9) {
      changes[i] = make_change (i, 1 + rest % 3, SOBAN_STAMP (SOBAN_PROGRAMME_START_MS, 1 + rest / 3 % 3));
      reference_add (reference, changes[i], changes[i]->stamp);
    }
    for (guint sequence = 0; sequence < 81; sequence++) {
      g_autoptr (SobanRecordState) state = soban_record_state_new ();
      g_autoptr (GError) error = NULL;
      guint seen = 0;

      for (guint n = 0, rest = sequence; n < 4; n++, rest /= 3) {
        soban_record_state_merge (state, changes[rest % 3]);
        seen |= 1U << rest % 3;
      }
      if (seen != 7)
        continue;
      reference_check (reference, &changes[0]->record, state, "a replica", &error);
      g_assert_no_error (error);
      deliveries++;
    }
    for (guint i = 0; i < REPLICAS; i++)
      soban_change_free (changes[i]);
  }
  g_assert_cmpuint (deliveries, ==, 27 * 27 * 36);
}

/* A record whose changes are @changes, merged in their order. */
static void
merge_all (SobanRecordState *state, const GPtrArray *changes)
{
  for (guint i = 0; i < changes->len; i++)
    soban_record_state_merge (state, g_ptr_array_index (changes, i));
}

static void
assert_equal (const SobanRecordState *a, const SobanRecordState *b)
{
  g_autoptr (GByteArray) left = g_byte_array_new ();
  g_autoptr (GByteArray) right = g_byte_array_new ();

  soban_record_state_encode (a, left);
  soban_record_state_encode (b, right);
  g_assert_cmpmem (left->data, left->len, right->data, right->len);
}

/* PROTOCOL 6.3: reduce (log) = reduce (reduce (log[..c]) + compact (log)[c..]) for every c: what a snapshot says below
 * a floor and the log above it make the same record, also where the snapshot was made later than the floor. */
static void
assert_compaction (const GPtrArray *log)
{
  g_autoptr (SobanRecordState) whole = soban_record_state_new ();

  merge_all (whole, log);
  for (guint c = 0; c <= log->len; c++) {
    g_autoptr (GPtrArray) below = g_ptr_array_new ();
    g_autoptr (GPtrArray) above = g_ptr_array_new ();
    g_autoptr (GPtrArray) winners = NULL;
    g_autoptr (GPtrArray) all_winners = compaction_reduce (log);
    g_autoptr (SobanRecordState) from_floor = soban_record_state_new ();
    g_autoptr (SobanRecordState) from_late_page = soban_record_state_new ();

    for (guint i = 0; i < log->len; i++)
      g_ptr_array_add (i < c ? below : above, g_ptr_array_index (log, i));
    winners = compaction_reduce (below);
    merge_all (from_floor, winners);
    merge_all (from_floor, above);
    assert_equal (whole, from_floor);
    merge_all (from_late_page, all_winners);
    merge_all (from_late_page, above);
    assert_equal (whole, from_late_page);
  }
}

static void
test_a_snapshot_and_the_log_above_it_make_the_same (void)
{
  for (guint kind = 0; kind < 27 * 27; kind++) {
    g_autoptr (GPtrArray) log = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);

    for (guint i = 0, rest = kind; i < REPLICAS; i++, rest /= 9)
      g_ptr_array_add (log, make_change (i, 1 + rest % 3, SOBAN_STAMP (SOBAN_PROGRAMME_START_MS, 1 + rest / 3 % 3)));
    assert_compaction (log);
  }
}

/* The simulation found it: two changes were admitted, the answer was lost, the next request carried one of them, the
 * receipt named both; the stamp of the second was never told, and the replicas differed. */
static void
test_a_receipt_beyond_the_request_brings_its_stamps (void)
{
  static const WallClockKind clocks[] = { WALL_CLOCK_FUTURE, WALL_CLOCK_RIGHT, WALL_CLOCK_RIGHT };
  SobanUuid record;
  g_autoptr (World) world = make_world (clocks, FALSE, &record);
  Tablet *tablet = g_ptr_array_index (world->tablets, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) request = NULL;
  g_autoptr (GBytes) answer = NULL;
  TabletResult result;
  gsize length;
  const guint8 *data;

  g_assert_true (edit (world, 0, &record, &error));
  g_assert_true (edit (world, 0, &record, &error));
  g_assert_true (world_exchange (world, 0, TRUE, &result, &error));

  request = tablet_begin_round (tablet, world->now_ms, 1, &error);
  data = g_bytes_get_data (request, &length);
  g_assert_true (collector_receive (world->collector, world->now_ms, data, length, &answer, &error));
  data = g_bytes_get_data (answer, &length);
  g_assert_true (tablet_take_answer (tablet, data, length, world->now_ms, &result, &error));
  g_assert_cmpuint (tablet->acked_number, ==, 3);
  g_assert_true (!result.go_on && result.progress);
  g_assert_true (world_check_result (world, 0, &result, 1, &error));
  g_assert_true (world_come_to_rest (world, &error));
  g_assert_no_error (error);
}

/* A stick brings a change of another record, whose sender's earlier ones nobody will ever bring. */
static void
take_gap (World *world, Tablet *tablet)
{
  DiskWrite *write = disk_write_new (DISK_WRITE_EXCHANGE, tablet_read_clock (tablet, world->now_ms));
  SobanChange *change = soban_change_new ();

  change->id = (SobanChangeId){ 777, 7, 5 };
  change->record = tablet_new_id (tablet, world->now_ms);
  change->form = g_strdup ("f");
  change->form_version = g_strdup ("1");
  change->scope = g_strdup (g_ptr_array_index (world->scopes, 0));
  change->stamp = SOBAN_STAMP (world->now_ms, 0);
  soban_change_assign (change, "d", "of a stick");
  write->evidences = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_clock_evidence_free);
  write->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  g_ptr_array_add (write->changes, soban_numbered_change_new (change, 0));
  tablet_write (tablet, write);
}

/* The simulation found it: a collector that was set back got an edit again from the network and gave it another stamp; chain and cursor of its
 * author were good, and the digest, which alone could tell, was never compared for a gap. */
static void
test_a_gap_hides_nothing (void)
{
  static const WallClockKind clocks[] = { WALL_CLOCK_RIGHT, WALL_CLOCK_RIGHT, WALL_CLOCK_RIGHT };
  SobanUuid record;
  g_autoptr (World) world = make_world (clocks, FALSE, &record);
  Tablet *tablet = g_ptr_array_index (world->tablets, 0);
  MemoryStore *copy = memory_store_copy (world->collector->store);
  const SobanStamp copy_stamp = world->collector->last_stamp;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) request = NULL;
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GBytes) again = NULL;
  TabletResult result;
  SobanStamp before;
  gsize length;
  const guint8 *data;

  g_assert_true (edit (world, 2, &record, &error) && world_exchange (world, 2, FALSE, &result, &error));
  g_assert_true (world_exchange (world, 0, FALSE, &result, &error) && edit (world, 0, &record, &error));
  request = tablet_begin_round (tablet, world->now_ms, 1, &error);
  data = g_bytes_get_data (request, &length);
  g_assert_true (collector_receive (world->collector, world->now_ms, data, length, &answer, &error));
  g_assert_true (ledger_check_admitted (world->ledger, world->collector, world->now_ms, &error));
  g_assert_true (tablet_take_answer (tablet, g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), world->now_ms, &result, &error));
  before = ((LogEntry *) g_ptr_array_index (tablet->own, 1))->stamp;

  collector_set_back (world->collector, copy, copy_stamp);
  ledger_start_anew (world->ledger);
  world->may_differ = world->set_back = TRUE;
  world->ledger->timely = FALSE; /* a request comes again, an hour late */
  world->now_ms += HOUR_MS;
  g_assert_true (edit (world, 1, &record, &error) && world_exchange (world, 1, FALSE, &result, &error));
  g_assert_true (collector_receive (world->collector, world->now_ms, data, length, &again, &error));
  take_gap (world, tablet);

  world_come_to_rest (world, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (((LogEntry *) g_ptr_array_index (tablet->own, 1))->stamp, >, before);
  g_assert_true (tablet_has_unplaced (tablet, g_ptr_array_index (world->scopes, 0)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* What deflate takes for each frame does not go back to the kernel each time: a third of the run. */
  mallopt (M_MMAP_THRESHOLD, 1 << 24);
  mallopt (M_TRIM_THRESHOLD, 1 << 26);
  g_test_add_func ("/small-world/every-delivery-merges-to-the-maximum", test_every_delivery_merges_to_the_maximum);
  g_test_add_func ("/small-world/a-snapshot-and-the-log-above-it-make-the-same",
                   test_a_snapshot_and_the_log_above_it_make_the_same);
  g_test_add_func ("/small-world/every-order-under-every-clock", test_every_order_under_every_clock);
  g_test_add_func ("/small-world/every-order-with-every-answer-lost", test_every_order_with_every_answer_lost);
  g_test_add_func ("/small-world/every-order-with-disks-copied-and-put-back",
                   test_every_order_with_disks_copied_and_put_back);
  g_test_add_func ("/small-world/every-order-by-stick-with-late-receipts",
                   test_every_order_by_stick_with_late_receipts);
  g_test_add_func ("/small-world/a-receipt-beyond-the-request-brings-its-stamps",
                   test_a_receipt_beyond_the_request_brings_its_stamps);
  g_test_add_func ("/small-world/a-gap-hides-nothing", test_a_gap_hides_nothing);
  return g_test_run ();
}
