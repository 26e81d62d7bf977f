/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What SQLite and PostgreSQL hold after the same input; what several collectors on one PostgreSQL database do to each other. */
#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "deriver.h"
#include "figures.h"
#include "pull.h"
#include "store-check.h"
#include "workload.h"

#define DEVICES 6
#define STEPS 160
#define CHANGES_MAX 25
#define RECORDS 60

static void
assert_sound (SobanCollectorStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) breaches = soban_collector_check (store, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < breaches->len; i++)
    g_printerr ("%s\n", (char *) g_ptr_array_index (breaches, i));
  g_assert_cmpuint (breaches->len, ==, 0);
}

/* The tables as text: what has a type is read by it. @letters: i, t or b a column. */
static char *
print_table (SobanCollectorStore *store, const char *sql, const char *letters)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanRows) rows = soban_database_query (soban_collector_store_get_database (store), &error, sql, "");
  GString *text = g_string_new (NULL);
  int stepped;

  g_assert_no_error (error);
  while ((stepped = soban_rows_step (rows, &error)) == 1) {
    for (int i = 0; letters[i] != '\0'; i++) {
      if (letters[i] == 'i')
        g_string_append_printf (text, "%" G_GINT64_FORMAT "|", soban_rows_get_int (rows, i));
      else if (letters[i] == 't')
        g_string_append_printf (text, "%s|", soban_rows_get_text (rows, i));
      for (gsize j = 0; letters[i] == 'b' && j < soban_rows_get_length (rows, i); j++)
        g_string_append_printf (text, "%02x", soban_rows_get_blob (rows, i)[j]);
    }
    g_string_append_c (text, '\n');
  }
  g_assert_cmpint (stepped, ==, 0);
  return g_string_free (text, FALSE);
}

static const char *const tables[][2] = {
  { "SELECT scope, form, month, sum, count FROM digest WHERE count > 0 ORDER BY scope, form, month", "ttibi" },
  { "SELECT uid, last_number, last_stamp FROM scope WHERE last_number > 0 ORDER BY uid", "tii" },
  { "SELECT device, incarnation, high_number, last_stamp, chain FROM incarnation ORDER BY device, incarnation", "iiiii" },
  { "SELECT scope, number, device, incarnation, change_number, record, stamp, provisional, admitted_ms, hash, chain, relayed_by, marked, body"
    " FROM change ORDER BY scope, number", "tiiiibiiibiiib" },
  { "SELECT id, scope, form, form_version, deleted, created_ms, changed_ms, state, digest FROM record ORDER BY id", "btttiiibb" },
  { "SELECT record, scope, path, winner_device, winner_number, loser_device, loser_number, scope_number, listed_ms, settled_ms FROM conflict"
    " ORDER BY record, path, winner_device, winner_number, loser_device, loser_number", "bttiiiiiii" },
  { "SELECT kind, device, scope, record, detail, at_ms FROM incident ORDER BY kind, device, scope, record, detail", "titbti" },
  { "SELECT device, incarnation, change_number, hash, body FROM fork ORDER BY device, incarnation, change_number, hash", "iiibb" },
  { "SELECT record.id, title, record.date, record.unit, needs_look, stale FROM record ORDER BY id", "btttii" },
  { "SELECT record.id, indicator, fact.unit, fact.date, CAST (1000 * value AS BIGINT) FROM fact JOIN record ON record.row = fact.record"
    " ORDER BY record.id, indicator", "bttti" },
};

/* Up to the records: incidents and what is derived are not made again. */
#define COMPARED_AFTER_REPLAY 6

static void
assert_equal (SobanCollectorStore *one, SobanCollectorStore *other, guint n_tables)
{
  for (guint i = 0; i < n_tables; i++) {
    g_autofree char *a = print_table (one, tables[i][0], tables[i][1]), *b = print_table (other, tables[i][0], tables[i][1]);

    g_test_message ("%s: %u bytes", tables[i][0], (guint) strlen (a));
    if (strcmp (a, b) != 0)
      g_test_message ("one:\n%.2000s\nother:\n%.2000s", a, b);
    g_assert_true (strcmp (a, b) == 0);
  }
}

/* (transfer full): the frames that a device with these cursors gets; moves them. @digests (nullable): what is told of the scopes is appended. */
static GByteArray *
pull (SobanCollectorStore *store, guint32 device, guint64 incarnation, guint64 *cursors, guint *ret_own, GByteArray *digests)
{
  SobanPullOptions options = { .device = device, .incarnation = incarnation, .minor = 1, .gives_digests = TRUE };
  g_autoptr (SobanPull) self = NULL;
  g_autoptr (GError) error = NULL;
  GByteArray *out = g_byte_array_new ();

  soban_collector_store_begin_reading (store, &error);
  g_assert_no_error (error);
  self = soban_pull_new (store, &options);
  for (guint i = 0; i < WORKLOAD_SCOPES; i++) {
    SobanScopeCursor *cursor = g_new0 (SobanScopeCursor, 1);

    cursor->scope = g_strdup (workload_scopes[i]);
    cursor->number = cursors[i];
    soban_pull_scope (self, NULL, cursor, &error);
    g_assert_no_error (error);
    cursors[i] = cursor->number;
    *ret_own += cursor->own;
    if (cursor->has_digest && digests != NULL)
      g_byte_array_append (digests, (const guint8 *) &cursor->digest, sizeof cursor->digest);
    soban_scope_cursor_free (cursor);
  }
  soban_pull_write (self, out);
  soban_database_roll_back (soban_collector_store_get_database (store));
  return out;
}

static void
derive_all (SobanCollectorStore *store, const SobanReference *reference)
{
  g_autoptr (SobanDeriver) deriver = soban_deriver_new (reference, store);
  g_autoptr (GError) error = NULL;

  g_assert_true (soban_deriver_prepare (deriver, &error));
  g_assert_true (soban_deriver_run_all (deriver, &error));
  g_assert_no_error (error);
}

static SobanReference *
load_reference (void)
{
  g_autoptr (GError) error = NULL;
  SobanReference *reference = soban_reference_load (soban_data_dir (), g_getenv ("SOBAN_LOCALE_DIR"), &error);

  g_assert_no_error (error);
  return reference;
}

static void
assert_equal_figures (SobanCollectorStore *one, SobanCollectorStore *other, const SobanReference *reference)
{
  const GPtrArray *indicators = soban_indicator_set_list (reference->indicators);
  g_autoptr (SobanPeriod) period = soban_period_parse ("2026");
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanFigures) a = soban_figures_read (one, reference, period, &error), b = soban_figures_read (other, reference, period, &error);
  SobanArea country = { SOBAN_AREA_NATIONAL, NULL };
  double total = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < indicators->len; i++) {
    const SobanIndicator *indicator = g_ptr_array_index (indicators, i);
    SobanFigure first = soban_figures_sum (a, indicator->id, &country), second = soban_figures_sum (b, indicator->id, &country);

    g_assert_cmpfloat (first.sum, ==, second.sum);
    g_assert_cmpint (first.records, ==, second.records);
    g_assert_cmpint (first.undated, ==, second.undated);
    total += first.sum;
  }
  g_assert_cmpfloat (total, >, 1000);
}

/* Now and then a copy of the tablet sends something else under a number that has been given. */
static void
make_fork (Workload *device, GPtrArray *batch)
{
  SobanNumberedChange *item = g_ptr_array_index (batch, batch->len - 1);

  if (item->change->id.number == device->number && g_rand_int_range (device->dice, 0, 6) == 0)
    soban_change_assign (item->change, "total", "999");
}

static void
run_both (SobanCollectorStore **stores, Fixture *clocks, guint32 seed)
{
  Workload devices[DEVICES];
  GRand *dice = g_rand_new_with_seed (seed);

  for (guint i = 0; i < DEVICES; i++)
    workload_init (&devices[i], i + 1, RECORDS, seed);
  for (guint step = 0; step < STEPS; step++) {
    Workload *device = &devices[g_rand_int_range (dice, 0, DEVICES)];
    g_autoptr (GPtrArray) batch = workload_next (device, CHANGES_MAX, clocks[0].now_ms);
    guint64 acked[2], cursors[2][WORKLOAD_SCOPES];
    guint admitted[2], own[2] = { 0 };
    g_autoptr (GByteArray) first = NULL, second = NULL;
    GByteArray *digests[2] = { g_byte_array_new (), g_byte_array_new () };

    make_fork (device, batch);
    for (guint i = 0; i < 2; i++) {
      g_assert_true (workload_admit (stores[i], batch, 0, &acked[i], &admitted[i]));
      memcpy (cursors[i], device->seen, sizeof cursors[i]);
    }
    g_assert_cmpuint (acked[0], ==, acked[1]);
    g_assert_cmpuint (admitted[0], ==, admitted[1]);
    first = pull (stores[0], device->device, device->incarnation, cursors[0], &own[0], digests[0]);
    second = pull (stores[1], device->device, device->incarnation, cursors[1], &own[1], digests[1]);
    g_assert_cmpmem (first->data, first->len, second->data, second->len);
    g_assert_cmpmem (digests[0]->data, digests[0]->len, digests[1]->data, digests[1]->len);
    g_assert_cmpuint (own[0], ==, own[1]);
    g_assert_cmpmem (cursors[0], sizeof cursors[0], cursors[1], sizeof cursors[1]);
    g_byte_array_unref (digests[0]);
    g_byte_array_unref (digests[1]);
    memcpy (device->seen, cursors[0], sizeof device->seen);
    clocks[0].now_ms += g_rand_int_range (dice, 0, 600 * 1000);
    clocks[1].now_ms = clocks[0].now_ms;
  }
  for (guint i = 0; i < DEVICES; i++)
    workload_clear (&devices[i]);
  g_rand_free (dice);
}

/* PROTOCOL 12.5 */
static void
test_the_same_input_gives_the_same_in_both (void)
{
  Fixture fixtures[2];
  SobanCollectorStore *stores[2];
  g_autoptr (SobanReference) reference = NULL;
  guint32 seed = (guint32) g_test_rand_int ();

  if (!fixture_has_postgresql ()) {
    fixture_skip (NULL, NULL);
    return;
  }
  g_test_message ("seed %u", seed);
  memset (fixtures, 0, sizeof fixtures);
  for (guint i = 0; i < 2; i++) {
    fixture_set_up (&fixtures[i], i == 0 ? TEST_SQLITE : TEST_POSTGRESQL);
    stores[i] = fixtures[i].store;
  }
  run_both (stores, fixtures, seed);
  reference = load_reference ();
  for (guint i = 0; i < 2; i++) {
    derive_all (stores[i], reference);
    assert_sound (stores[i]);
  }
  assert_equal (stores[0], stores[1], G_N_ELEMENTS (tables));
  assert_equal_figures (stores[0], stores[1], reference);
  for (guint i = 0; i < 2; i++)
    fixture_tear_down (&fixtures[i], NULL);
}

#define WRITERS 8
#define READERS 2
#define WRITER_STEPS 40

/* One collector, or one tablet that only reads, on the shared database. */
typedef struct {
  const char *address;
  guint index;
  guint32 seed;
  gint *writing;      /* atomic: writers that are not done */
  guint admitted, busy; /* of a writer */
  GHashTable *got;    /* of a reader: "device/incarnation/number" */
  guint pulls, doubled;
  guint64 cursors[WORKLOAD_SCOPES];
} Worker;

static gint64
get_skewed_now (gpointer data)
{
  /* Each collector's clock is off by its own. */
  return TEST_NOW_MS + g_get_monotonic_time () / 1000 % 100000 + ((Worker *) data)->index * 700;
}

static SobanCollectorStore *
open_as (const char *address, SobanDatabaseRole role, const SobanClock *clock)
{
  g_autoptr (GError) error = NULL;
  SobanCollectorStore *store = soban_collector_store_open (address, role, FALSE, clock, &error);

  g_assert_no_error (error);
  return store;
}

/* Two tablets a collector, and one that sends through all of them at once. */
static gpointer
run_writer (gpointer data)
{
  Worker *self = data;
  const SobanClock clock = { get_skewed_now, get_skewed_now, self };
  g_autoptr (SobanCollectorStore) store = open_as (self->address, SOBAN_DATABASE_OWNER, &clock);
  Workload devices[3];

  for (guint i = 0; i < G_N_ELEMENTS (devices); i++)
    workload_init (&devices[i], i < 2 ? self->index * 2 + i + 1 : 99, RECORDS, self->seed);
  for (guint step = 0; step < WRITER_STEPS; step++) {
    Workload *device = &devices[step % G_N_ELEMENTS (devices)];
    g_autoptr (GPtrArray) batch = workload_next (device, CHANGES_MAX, get_skewed_now (self));
    g_autoptr (GByteArray) answer = NULL;
    guint admitted, own = 0;

    while (!workload_admit (store, batch, 0, NULL, &admitted))
      self->busy++;
    self->admitted += admitted;
    answer = pull (store, device->device, device->incarnation, device->seen, &own, NULL);
  }
  for (guint i = 0; i < G_N_ELEMENTS (devices); i++)
    workload_clear (&devices[i]);
  g_atomic_int_add (self->writing, -1);
  return NULL;
}

static void
note_changes (Worker *self, GByteArray *frames)
{
  g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  soban_stream_header_write (stream);
  g_byte_array_append (stream, frames->data, frames->len);
  soban_frame_reader_feed (reader, stream->data, stream->len);
  while (TRUE) {
    g_autoptr (GBytes) body = NULL;
    g_autoptr (GPtrArray) batch = NULL;
    SobanFrameType type;

    soban_frame_reader_next (reader, &type, &body, &error);
    g_assert_no_error (error);
    if (body == NULL)
      return;
    batch = soban_changes_decode (body, &error);
    g_assert_no_error (error);
    for (guint i = 0; i < batch->len; i++) {
      const SobanChangeId *id = &((SobanNumberedChange *) g_ptr_array_index (batch, i))->change->id;

      if (!g_hash_table_add (self->got, g_strdup_printf ("%u/%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, id->device, id->incarnation, id->number)))
        self->doubled++;
    }
  }
}

/* Pulls by cursor as long as anybody writes, and once more. */
static gpointer
run_reader (gpointer data)
{
  Worker *self = data;
  g_autoptr (SobanCollectorStore) store = open_as (self->address, SOBAN_DATABASE_READER, NULL);
  gboolean last = FALSE;

  while (!last) {
    guint64 before[WORKLOAD_SCOPES];
    g_autoptr (GByteArray) frames = NULL;
    guint own = 0;

    last = g_atomic_int_get (self->writing) == 0;
    do {
      g_clear_pointer (&frames, g_byte_array_unref);
      memcpy (before, self->cursors, sizeof before);
      frames = pull (store, 1000 + self->index, 1, self->cursors, &own, NULL);
      note_changes (self, frames);
      self->pulls++;
    } while (memcmp (before, self->cursors, sizeof before) != 0);
  }
  return NULL;
}

/* What the collectors admitted, in that order and at these times, admitted again by one: the order that they agreed on is one that
 * one collector could have given. */
static void
replay (SobanCollectorStore *from, SobanCollectorStore *to)
{
  SobanDatabase *database = soban_collector_store_get_database (from);
  gint64 id = 0;

  while (TRUE) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SobanRows) rows = soban_database_query (database, &error,
      "SELECT id, body, provisional, admitted_ms FROM change WHERE id > ?1 ORDER BY id LIMIT 1", "i", id);
    g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
    SobanNumberedChange *item = g_new0 (SobanNumberedChange, 1);
    guint admitted;

    g_ptr_array_add (batch, item);
    g_assert_no_error (error);
    if (soban_rows_step (rows, &error) != 1)
      return;
    id = soban_rows_get_int (rows, 0);
    item->change = soban_change_decode (soban_rows_get_blob (rows, 1), soban_rows_get_length (rows, 1), &error);
    g_assert_no_error (error);
    item->change->stamp = (SobanStamp) soban_rows_get_int (rows, 2);
    item->change->recorded_ms = 0;
    item->change->time_quality = SOBAN_TIME_RAW;
    g_assert_true (workload_admit (to, batch, soban_rows_get_int (rows, 3), NULL, &admitted));
    g_assert_cmpuint (admitted, ==, 1);
  }
}

static guint
count_missed (Worker *reader, SobanCollectorStore *store, guint *ret_total)
{
  g_autofree char *log = print_table (store, "SELECT device, incarnation, change_number FROM change", "iii");
  g_auto (GStrv) lines = g_strsplit (log, "\n", -1);
  guint missed = 0;

  *ret_total = g_strv_length (lines) - 1;
  for (guint i = 0; i < *ret_total; i++) {
    g_auto (GStrv) parts = g_strsplit (lines[i], "|", -1);
    g_autofree char *key = g_strdup_printf ("%s/%" G_GUINT64_FORMAT "/%s", parts[0], (guint64) g_ascii_strtoll (parts[1], NULL, 10), parts[2]);

    if (!g_hash_table_contains (reader->got, key))
      missed++;
  }
  return missed;
}

/* PROTOCOL 5.1, 12.5 */
static void
test_eight_collectors_on_one_database_lose_nothing (void)
{
  Fixture shared = { 0 }, alone = { 0 };
  Worker workers[WRITERS + READERS];
  GThread *threads[WRITERS + READERS];
  gint writing = WRITERS;
  guint admitted = 0, busy = 0, total = 0, pulls = 0;
  guint32 seed = (guint32) g_test_rand_int ();

  if (!fixture_has_postgresql ()) {
    fixture_skip (NULL, NULL);
    return;
  }
  fixture_set_up (&shared, TEST_POSTGRESQL);
  fixture_set_up (&alone, TEST_SQLITE);
  for (guint i = 0; i < WRITERS + READERS; i++) {
    workers[i] = (Worker) { .address = shared.path, .index = i, .seed = seed, .writing = &writing };
    workers[i].got = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    threads[i] = g_thread_new ("collector", i < WRITERS ? run_writer : run_reader, &workers[i]);
  }
  for (guint i = 0; i < WRITERS + READERS; i++) {
    g_thread_join (threads[i]);
    admitted += workers[i].admitted;
    busy += workers[i].busy;
    pulls += workers[i].pulls;
  }
  for (guint i = WRITERS; i < WRITERS + READERS; i++) {
    guint missed = count_missed (&workers[i], shared.store, &total);

    g_test_message ("reader %u: %u changes missed, %u doubled of %u", i - WRITERS + 1, missed, workers[i].doubled, total);
    g_assert_cmpuint (missed, ==, 0);
    g_assert_cmpuint (workers[i].doubled, ==, 0);
  }
  g_test_message ("%u collectors admitted %u changes, tried again %u times; %u pulls meanwhile: 0 changes missed", WRITERS, admitted, busy, pulls);
  g_assert_cmpuint (admitted, ==, total);
  assert_sound (shared.store);
  replay (shared.store, alone.store);
  assert_sound (alone.store);
  assert_equal (shared.store, alone.store, COMPARED_AFTER_REPLAY);
  for (guint i = 0; i < WRITERS + READERS; i++)
    g_hash_table_unref (workers[i].got);
  fixture_tear_down (&shared, NULL);
  fixture_tear_down (&alone, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/collector/databases/the_same_input_gives_the_same_in_both", test_the_same_input_gives_the_same_in_both);
  g_test_add_func ("/collector/databases/eight_collectors_on_one_database_lose_nothing", test_eight_collectors_on_one_database_lose_nothing);
  return g_test_run ();
}
