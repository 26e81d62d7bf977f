/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The real collector with many devices and records: what it takes of memory, and whether a sync with nothing to do notices how much there is.
 * SOBAN_BENCH_RECORDS: how many records; a million without it. They are put into the store beforehand, and count as derived.
 */
#include "admission.h"
#include "load-connection.h"
#include "load-lane.h"
#include "protocol/message.h"

#define RECORDS 1000000
#define RECORDS_SMALL 1000
#define DEVICES 10000
#define CONNECTIONS 32
#define BATCH_RECORDS 500
#define BIG_PART 10 /* a tenth of all records is in one commune */
#define ASKED 2000
#define TURNS 100
#define MEMORY_TARGET_MB 64.0
#define RATIO_TARGET 1.2

typedef struct {
  guint64 *numbers, *chains; /* by device */
} Filled;

static void
admit_batch (SobanCollectorStore *store, guint device, const GPtrArray *changes)
{
  SobanAdmissionStore admission = soban_collector_store_get_admission (store);
  g_autoptr (GPtrArray) scopes = g_ptr_array_new_with_free_func (g_free);
  g_auto (SobanAdmissionResult) result = { 0 };
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (scopes, load_service_scope (device));
  soban_admission_result_init (&result);
  soban_admit (&admission,
               &(SobanAdmissionRequest){ .device = device, .incarnation = LOAD_INCARNATION, .scopes = scopes, .changes = changes,
                                         .now_ms = soban_collector_store_now (store) },
               &result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result.admitted, ==, changes->len);
}

/* @devices share @records, but that the first has @first of them. */
static void
fill (LoadService *service, guint devices, guint records, guint first, Filled *filled)
{
  g_autoptr (SobanCollectorStore) store = load_service_open_store (service);
  SobanDatabase *database = soban_collector_store_get_database (store);
  guint each = MAX (1, (records - first) / (devices - 1)), done = 0;

  filled->numbers = g_new0 (guint64, devices + 1);
  filled->chains = g_new0 (guint64, devices + 1);
  g_assert_true (soban_collector_store_begin (store, NULL));
  for (guint device = 1; device <= devices; device++) {
    for (guint left = device == 1 ? first : each; left > 0;) {
      guint size = MIN (left, BATCH_RECORDS);
      g_autoptr (GPtrArray) changes = lane_make_changes (device, done, size, &filled->numbers[device], &filled->chains[device]);

      admit_batch (store, device, changes);
      left -= size;
      done += size;
    }
    if (device % 200 == 0)
      g_assert_true (soban_collector_store_commit (store, NULL) && soban_collector_store_begin (store, NULL));
  }
  g_assert_true (soban_database_execute (database, "UPDATE record SET stale = 0", NULL));
  g_assert_true (soban_collector_store_commit (store, NULL));
}

static gboolean
report (const char *what, double figure, const char *unit, double target)
{
  g_print ("# %-58s %9.2f %-6s target at most %.1f%s\n", what, figure, unit, target, figure <= target ? "" : "   MISSED");
  return figure <= target;
}

static GBytes *
make_question (const Filled *filled, guint device)
{
  return lane_make_request (device, filled->numbers[device], filled->chains[device], filled->numbers[device], NULL);
}

/* DEVICES syncs over kept connections, each device as often as the others: both collectors have then written as much. */
static void
visit_all (LoadService *service, const Filled *filled, guint devices)
{
  g_autoptr (GPtrArray) lanes = g_ptr_array_new_with_free_func (lane_free);

  for (guint i = 0; i < CONNECTIONS; i++)
    g_ptr_array_add (lanes, lane_new ());
  for (guint device = 1; device <= devices; device++)
    g_ptr_array_add (((Lane *) g_ptr_array_index (lanes, device % MIN (CONNECTIONS, devices)))->requests, make_question (filled, device));
  for (guint i = 0; i < CONNECTIONS; i++)
    ((Lane *) g_ptr_array_index (lanes, i))->repeats = DEVICES / devices;
  lanes_run (lanes, service->port);
}

/* One after the other, in turns with the other collector, so that what else runs here strikes both. */
static double
compare (LoadService *big, const Filled *big_filled, LoadService *small, const Filled *small_filled)
{
  LoadService *services[] = { big, small };
  const Filled *filled[] = { big_filled, small_filled };
  g_autoptr (GPtrArray) lanes = g_ptr_array_new_with_free_func (lane_free);
  double quarters[2]; /* a quarter is faster: what else runs here makes the rest slower */

  for (guint i = 0; i < 2; i++) {
    Lane *lane = lane_new ();

    g_ptr_array_add (lane->requests, make_question (filled[i], 1));
    lane->repeats = ASKED / TURNS;
    g_ptr_array_add (lanes, lane);
  }
  for (guint turn = 0; turn < TURNS; turn++) {
    for (guint i = 0; i < 2; i++) {
      g_autoptr (GPtrArray) one = g_ptr_array_new ();

      g_ptr_array_add (one, g_ptr_array_index (lanes, i));
      lanes_run (one, services[i]->port);
    }
  }
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GPtrArray) one = g_ptr_array_new ();

    g_ptr_array_add (one, g_ptr_array_index (lanes, i));
    quarters[i] = lanes_get_percentile_ms (one, 0.25);
  }
  g_print ("#   with many records %.2f ms, with few %.2f ms\n", quarters[0], quarters[1]);
  return quarters[0] / quarters[1];
}

int
main (int argc, char **argv)
{
  const char *asked = g_getenv ("SOBAN_BENCH_RECORDS");
  guint records = asked != NULL ? (guint) g_ascii_strtoull (asked, NULL, 10) : RECORDS;
  g_autoptr (LoadService) big = NULL, small = NULL;
  Filled big_filled, small_filled;
  gboolean good;

  g_assert_cmpint (argc, ==, 2);
  big = load_service_new (argv[1]);
  small = load_service_new (argv[1]);
  load_service_add_devices (big, DEVICES);
  load_service_add_devices (small, 10);
  fill (big, DEVICES, records, records / BIG_PART, &big_filled);
  fill (small, 10, RECORDS_SMALL, RECORDS_SMALL / BIG_PART, &small_filled);
  load_service_start (big);
  load_service_start (small);
  g_print ("# %u records of %u devices; %.1f MB when it starts\n", records, DEVICES, (double) load_service_read_memory_kb (big, "VmRSS") / 1024);
  visit_all (big, &big_filled, DEVICES);
  visit_all (small, &small_filled, 10);
  good = report ("a sync with nothing to do, to one with 1,000 records", compare (big, &big_filled, small, &small_filled), "", RATIO_TARGET);
  good &= report ("memory of the collector, at most", (double) load_service_read_memory_kb (big, "VmHWM") / 1024, "MB", MEMORY_TARGET_MB);
  g_print ("1..1\n%s 1 - /bench/collector/size\n", good ? "ok" : "not ok");
  return 0;
}
