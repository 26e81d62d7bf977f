/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Admission through each database: new records of 12 fields in batches of 100, each batch a durable transaction of its own, by one
 * collector and by four at once (of different communes; SQLite has one writer). PostgreSQL: SOBAN_TEST_POSTGRESQL; its figure is that of
 * a real one only where commits wait for the disk (tests/support/postgresql.sh with SOBAN_TEST_DURABLE=1).
 */
#include "admission.h"
#include "fixture.h"
#include "wire-sample.h"

#define BATCH_RECORDS 100
#define BATCHES 200
#define COLLECTORS 4

typedef struct {
  const char *address;
  guint32 device;
  char *scope;
  GPtrArray *batches;
} Lane;

static void
add_batch (Lane *lane, guint number)
{
  GPtrArray *batch = wire_sample_new_records (BATCH_RECORDS, lane->device * 1000 + number);

  for (guint i = 0; i < batch->len; i++) {
    SobanChange *change = ((SobanNumberedChange *) g_ptr_array_index (batch, i))->change;

    change->id = (SobanChangeId) { lane->device, 1, number * BATCH_RECORDS + i + 1 };
    g_free (change->scope);
    change->scope = g_strdup (lane->scope);
  }
  g_ptr_array_add (lane->batches, batch);
}

static void
admit (SobanCollectorStore *store, Lane *lane, const GPtrArray *batch)
{
  SobanAdmissionStore admission = soban_collector_store_get_admission (store);
  g_autoptr (GPtrArray) scopes = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  SobanAdmissionRequest request = { .device = lane->device, .incarnation = 1, .scopes = scopes, .changes = batch };
  g_auto (SobanAdmissionResult) result = { 0 };

  g_ptr_array_add (scopes, lane->scope);
  soban_admission_result_init (&result);
  g_assert_true (soban_collector_store_begin (store, &error));
  g_assert_true (soban_collector_store_expect (store, batch, &error));
  request.now_ms = soban_collector_store_now (store);
  g_assert_true (soban_admit (&admission, &request, &result, &error));
  g_assert_true (soban_collector_store_commit (store, &error));
  g_assert_no_error (result.refusal);
  g_assert_cmpuint (result.admitted, ==, BATCH_RECORDS);
}

static gpointer
run_lane (gpointer data)
{
  Lane *lane = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanCollectorStore) store = soban_collector_store_open (lane->address, SOBAN_DATABASE_OWNER, FALSE, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < lane->batches->len; i++)
    admit (store, lane, g_ptr_array_index (lane->batches, i));
  return NULL;
}

/* Records a second. */
static double
measure (const char *address, guint32 first_device, guint collectors)
{
  GThread *threads[COLLECTORS];
  Lane lanes[COLLECTORS];
  gint64 start_us;
  double seconds;

  for (guint i = 0; i < collectors; i++) {
    lanes[i] = (Lane) { .address = address, .device = first_device + i, .scope = g_strdup_printf ("0294%u@2025-07-01", first_device + i),
                        .batches = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref) };
    for (guint j = 0; j < BATCHES / collectors; j++)
      add_batch (&lanes[i], j);
  }
  start_us = g_get_monotonic_time ();
  for (guint i = 0; i < collectors; i++)
    threads[i] = g_thread_new ("collector", run_lane, &lanes[i]);
  for (guint i = 0; i < collectors; i++)
    g_thread_join (threads[i]);
  seconds = (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
  for (guint i = 0; i < collectors; i++) {
    g_ptr_array_unref (lanes[i].batches);
    g_free (lanes[i].scope);
  }
  return BATCHES * BATCH_RECORDS / seconds;
}

static gboolean
waits_for_the_disk (SobanCollectorStore *store)
{
  g_autoptr (SobanRows) rows = soban_database_query (soban_collector_store_get_database (store), NULL, "SELECT current_setting ('fsync')", "");

  return rows != NULL && soban_rows_step (rows, NULL) == 1 && g_str_equal (soban_rows_get_text (rows, 0), "on");
}

int
main (int argc, char **argv)
{
  Fixture sqlite = { 0 }, postgresql = { 0 };
  double alone, one, four;

  fixture_set_up (&sqlite, TEST_SQLITE);
  g_clear_pointer (&sqlite.store, soban_collector_store_close);
  alone = measure (sqlite.path, 1, 1);
  g_print ("# admission, batches of %d: SQLite %.0f records/s (durable)\n", BATCH_RECORDS, alone);
  g_print ("ok 1 SQLite\n");
  if (!fixture_has_postgresql ()) {
    g_print ("ok 2 PostgreSQL # SKIP SOBAN_TEST_POSTGRESQL is not set\n1..2\n");
    fixture_tear_down (&sqlite, NULL);
    return 0;
  }
  fixture_set_up (&postgresql, TEST_POSTGRESQL);
  one = measure (postgresql.path, 1, 1);
  four = measure (postgresql.path, 5, COLLECTORS);
  g_print ("# admission, batches of %d: PostgreSQL, one collector %.0f records/s, %d collectors %.0f records/s (%s): %.2f and %.2f of SQLite\n",
           BATCH_RECORDS, one, COLLECTORS, four, waits_for_the_disk (postgresql.store) ? "durable" : "commits do not wait for the disk",
           one / alone, four / alone);
  g_print ("ok 2 PostgreSQL\n1..2\n");
  fixture_tear_down (&sqlite, NULL);
  fixture_tear_down (&postgresql, NULL);
  return 0;
}
