/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The simulation's collector with real tablets: their stores on disks, the client's sessions, a link that loses and
 * cuts. Small and slow beside the simulation, whose tablets are models; what is checked is that the stores are what
 * those models say.
 *
 * People save, edit, delete and put back, with a name or without, some under clocks that are years off; tablets are cloned, their backups put
 * back, their files carried to one another; the collector compacts and is set back. Then the link is good, and in the
 * end all digests are the collector's, nothing waits and each file is sound.
 */
#include "client/loopback-transport.h"
#include "client/session-private.h"
#include "collector.h"
#include "store/people.h"
#include "store/record-store.h"
#include "store/settings.h"
#include "store/sync-store.h"

#include <glib/gstdio.h>
#include <stdlib.h>

#define SCOPE "02947@2025-07-01"
#define OTHER_SCOPE "00004@2025-07-01"
#define TABLETS 3
#define TABLETS_MAX (TABLETS + 1)
#define STEPS 45
#define WORLDS 14
#define QUIET_ROUNDS 6
#define YEARS_MS G_GINT64_CONSTANT (315576000000) /* ten of them */
#define CLOCK_OFFSET "SOBAN_TEST_WALL_OFFSET_MS"

typedef struct {
  guint place;
  guint32 device;
  char *path;
  char *backup; /* (nullable) */
  SobanStore *store;
  gint64 off_ms; /* its clock */
} Unit;

typedef struct {
  char *folder;
  char *version;
  Marks marks;
  Collector *collector;
  MemoryStore *copy; /* (nullable): of the collector's disk */
  SobanStamp copy_stamp;
  Unit units[TABLETS_MAX];
  guint n;
  GArray *ids; /* (element-type SobanUuid): of all that was ever saved */
  gboolean good_link;
} World;

static gboolean
one_in (gint n)
{
  return g_test_rand_int_range (0, n) == 0;
}

static void
set_clock (const Unit *unit)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, unit->off_ms);

  setenv (CLOCK_OFFSET, text, 1);
}

/* ---- the link ---- */

static SobanAnswer *
exchange (const SobanRequest *request, gpointer data, GError **error)
{
  World *world = data;
  g_autoptr (GError) breach = NULL;
  g_autoptr (GBytes) answer = NULL;
  gboolean bad = !world->good_link && one_in (5);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (request->body, &length);
  gsize arrives = bad && one_in (2) ? (gsize)g_test_rand_int_range (0, (gint32)length + 1) : length;
  SobanAnswer *out;

  collector_receive (world->collector, g_get_real_time () / 1000, bytes, arrives, &answer, &breach);
  g_assert_no_error (breach);
  if (bad || !answer) {
    g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TIMEOUT, "cut");
    return NULL;
  }
  out = g_new0 (SobanAnswer, 1);
  out->status = 200;
  out->content_type = g_strdup (SOBAN_SYNC_CONTENT_TYPE);
  out->body = g_steal_pointer (&answer);
  return out;
}

static void
on_synced (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  soban_sync_session_run_finish (SOBAN_SYNC_SESSION (source), result, &error);
  /* A cut is what this is about; anything else is not. */
  if (error && !g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TIMEOUT))
    g_error ("%s", error->message);
  *(gboolean *)data = TRUE;
}

static void
sync_unit (World *world, Unit *unit)
{
  g_autoptr (SobanTransport) transport = soban_loopback_transport_new (exchange, world);
  g_autoptr (SobanSyncSession) session = soban_sync_session_new_with_transport (unit->store, transport);
  gboolean done = FALSE;

  set_clock (unit);
  soban_sync_session_run_async (session, NULL, on_synced, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

/* ---- disks ---- */

static void
open_unit (Unit *unit)
{
  g_autoptr (GError) error = NULL;

  set_clock (unit);
  unit->store = soban_store_open (unit->path, g_getenv ("SOBAN_DATA_DIR"), NULL, &error);
  g_assert_no_error (error);
}

static void
close_unit (Unit *unit)
{
  soban_store_close (unit->store);
  g_clear_object (&unit->store);
}

static void
copy_file (const char *from, const char *to)
{
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_file_get_contents (from, &contents, &length, &error);
  g_assert_no_error (error);
  g_file_set_contents (to, contents, (gssize)length, &error);
  g_assert_no_error (error);
}

static void
clone_unit (World *world, Unit *unit)
{
  Unit *twin = &world->units[world->n];

  if (world->n == TABLETS_MAX)
    return;
  close_unit (unit);
  *twin = (Unit){ .place = world->n++, .device = unit->device, .off_ms = unit->off_ms };
  twin->path = g_strdup_printf ("%s/%u.db", world->folder, twin->place);
  copy_file (unit->path, twin->path);
  open_unit (unit);
  open_unit (twin);
}

static void
back_up_or_put_back (World *world, Unit *unit)
{
  close_unit (unit);
  if (unit->backup) {
    copy_file (unit->backup, unit->path);
    g_clear_pointer (&unit->backup, g_free);
  } else {
    unit->backup = g_strdup_printf ("%s/%u.backup", world->folder, unit->place);
    copy_file (unit->path, unit->backup);
  }
  open_unit (unit);
}

/* ---- people ---- */

static void
save (World *world, Unit *unit)
{
  g_autoptr (SobanFieldMap) fields = soban_field_map_new ();
  g_autofree char *total = g_strdup_printf ("%d", g_test_rand_int_range (0, 100));
  g_autoptr (GError) error = NULL;
  SobanUuid id = { 0 };

  soban_field_map_set (fields, "total", total);
  soban_field_map_set (fields, "commune_id", one_in (4) ? OTHER_SCOPE : SCOPE);
  soban_store_save (unit->store, &id, "communication_session", world->version, NULL, fields, &error);
  g_assert_no_error (error);
  g_array_append_val (world->ids, id);
}

static void
edit (World *world, Unit *unit)
{
  static const char *const paths[] = { "total", "female", "note" };
  g_autofree char *value = g_strdup_printf ("%d", g_test_rand_int_range (0, 100));
  g_autoptr (GError) error = NULL;
  const SobanUuid *id;
  const char *path = paths[g_test_rand_int_range (0, G_N_ELEMENTS (paths))];

  if (world->ids->len == 0)
    return;
  id = &g_array_index (world->ids, SobanUuid, g_test_rand_int_range (0, (gint32)world->ids->len));
  if (one_in (6))
    soban_store_set_deleted (unit->store, id, one_in (2), &error);
  else
    soban_store_restore_value (unit->store, id, path, one_in (8) ? NULL : value, &error);
  /* It has not come here yet. */
  if (!g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND))
    g_assert_no_error (error);
}

static void
import_one (Unit *from, Unit *to, const SobanScopeChange *item)
{
  const SobanChangeId *id = &item->change->id;
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanClockEvidence) evidence =
      soban_store_get_sender_evidence (from->store, id->device, id->incarnation, &error);
  g_autoptr (GPtrArray) changes = g_ptr_array_new ();
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));

  g_assert_no_error (error);
  g_ptr_array_add (changes, item->change);
  g_array_append_val (numbers, item->scope_number);
  soban_store_import_exchange (to->store, SCOPE, item->scope_number ? NULL : evidence, changes, numbers, NULL, &error);
  g_assert_no_error (error);
}

static void
carry (World *world, Unit *from)
{
  Unit *to = &world->units[g_test_rand_int_range (0, (gint32)world->n)];

  set_clock (to);
  for (guint numbered = 0; numbered < 2 && to != from; numbered++) {
    g_autoptr (GError) error = NULL;
    guint64 place = 0;
    g_autoptr (GPtrArray) items = soban_store_list_scope (from->store, SCOPE, numbered, &place, 1000, &error);

    g_assert_no_error (error);
    for (guint i = 0; i < items->len; i++)
      import_one (from, to, g_ptr_array_index (items, i));
  }
}

/* ---- the collector's disk ---- */

static void
compact (World *world)
{
  static const char *const scopes[] = { SCOPE, OTHER_SCOPE };

  for (guint i = 0; i < G_N_ELEMENTS (scopes); i++) {
    guint64 length = memory_store_get_scope (world->collector->store, scopes[i])->len;

    if (length > 0)
      memory_store_raise_floor (world->collector->store, scopes[i],
                                (guint64)g_test_rand_int_range (0, (gint32)length + 1));
  }
}

static void
copy_or_set_back (World *world)
{
  if (!world->copy) {
    world->copy = memory_store_copy (world->collector->store);
    world->copy_stamp = world->collector->last_stamp;
    return;
  }
  collector_set_back (world->collector, g_steal_pointer (&world->copy), world->copy_stamp);
}

static void
step (World *world)
{
  Unit *unit = &world->units[g_test_rand_int_range (0, (gint32)world->n)];
  gint dice = g_test_rand_int_range (0, 100);

  set_clock (unit);
  if (dice < 25)
    save (world, unit);
  else if (dice < 60)
    edit (world, unit);
  else if (dice < 85)
    sync_unit (world, unit);
  else if (dice < 90)
    carry (world, unit);
  else if (dice < 93)
    back_up_or_put_back (world, unit);
  else if (dice < 95)
    clone_unit (world, unit);
  else if (dice < 98)
    compact (world);
  else
    copy_or_set_back (world);
}

/* ---- a world ---- */

static void
begin (World *world)
{
  g_autoptr (GPtrArray) scopes = g_ptr_array_new ();

  *world = (World){ .ids = g_array_new (FALSE, FALSE, sizeof (SobanUuid)) };
  world->folder = g_dir_make_tmp ("soban-real-XXXXXX", NULL);
  world->collector = collector_new (7, world->marks);
  g_ptr_array_add (scopes, (gpointer)OTHER_SCOPE);
  g_ptr_array_add (scopes, (gpointer)SCOPE);
  for (; world->n < TABLETS; world->n++) {
    Unit *unit = &world->units[world->n];
    const SobanEnrolment enrolment = { world->n + 1, "Tablet",      "https://localhost:1", "key",
                                       "token",      "team_member", SCOPE " " OTHER_SCOPE, SCOPE };
    g_autoptr (GError) error = NULL;

    *unit = (Unit){ .place = world->n, .device = world->n + 1 };
    unit->off_ms = world->n == 1 ? (one_in (2) ? 1 : -1) * YEARS_MS : 0;
    unit->path = g_strdup_printf ("%s/%u.db", world->folder, world->n);
    open_unit (unit);
    soban_store_enrol (unit->store, &enrolment, &error);
    g_assert_no_error (error);
    /* On one tablet nobody is named; on the others two people have the same name. */
    if (world->n > 0)
      g_assert_true (soban_store_add_person (unit->store, "Trưởng thôn", &error));
    collector_enrol (world->collector, unit->device, scopes);
  }
  if (!world->version) {
    g_autoptr (SobanForm) form =
        soban_form_library_get (soban_store_get_forms (world->units[0].store), "communication_session", NULL, NULL);

    world->version = g_strdup (soban_form_get_version (form));
  }
}

/* *ret_settled FALSE: it holds something for others that no collector will take any more. */
static gboolean
agrees (World *world, const Unit *unit, gboolean *ret_settled)
{
  static const char *const scopes[] = { SCOPE, OTHER_SCOPE };
  gboolean agreed = TRUE;

  *ret_settled = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (scopes); i++) {
    const SobanDigest there = collector_get_digest (world->collector, scopes[i]);
    g_autoptr (GError) error = NULL;
    SobanDigest here;
    gboolean settled;

    soban_store_get_digest (unit->store, scopes[i], &here, &settled, &error);
    g_assert_no_error (error);
    *ret_settled &= settled;
    agreed &= !settled || soban_digest_equal (&here, &there);
  }
  return agreed;
}

static void
check_unit (const Unit *unit)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sentences = soban_store_check (unit->store, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < sentences->len; i++)
    g_test_message ("tablet %u: %s", unit->place, (char *)g_ptr_array_index (sentences, i));
  g_assert_cmpuint (sentences->len, ==, 0);
}

/* Returns how many tablets could be compared in full. */
static guint
come_to_rest (World *world)
{
  guint compared = 0;

  world->good_link = TRUE;
  for (guint i = 0; i < QUIET_ROUNDS * world->n; i++)
    sync_unit (world, &world->units[i % world->n]);
  for (guint i = 0; i < world->n; i++) {
    gboolean settled;

    check_unit (&world->units[i]);
    g_assert_cmpint (soban_store_count_waiting (world->units[i].store, NULL), ==, 0);
    g_assert_true (agrees (world, &world->units[i], &settled));
    compared += settled;
  }
  return compared;
}

static void
end (World *world)
{
  const char *name;
  GDir *dir;

  for (guint i = 0; i < world->n; i++) {
    close_unit (&world->units[i]);
    g_free (world->units[i].path);
    g_free (world->units[i].backup);
  }
  g_clear_pointer (&world->copy, memory_store_free);
  collector_free (world->collector);
  dir = g_dir_open (world->folder, 0, NULL);
  while ((name = g_dir_read_name (dir))) {
    g_autofree char *file = g_build_filename (world->folder, name, NULL);

    g_unlink (file);
  }
  g_dir_close (dir);
  g_rmdir (world->folder);
  g_free (world->folder);
  g_free (world->version);
  g_array_unref (world->ids);
  unsetenv (CLOCK_OFFSET);
}

/* A run that never came to these has proved nothing of them. */
static void
check_marks (const guint64 *marks)
{
  static const Mark wanted[] = { MARK_FORK_BY_GREETING, MARK_FORK_BY_CONTENT, MARK_PAGE, MARK_LAST_PAGE,
                                 MARK_CONFLICT };

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_test_message ("%s: %" G_GUINT64_FORMAT, mark_name (wanted[i]), marks[wanted[i]]);
  g_assert_cmpuint (marks[MARK_FORK_BY_GREETING] + marks[MARK_FORK_BY_CONTENT], >, 0);
  g_assert_cmpuint (marks[MARK_LAST_PAGE], >, 0);
}

static void
test_real_stores (void)
{
  guint tablets = 0, compared = 0, admitted = 0;
  Marks marks = { 0 };

  for (guint i = 0; i < WORLDS; i++) {
    World world;

    begin (&world);
    for (guint k = 0; k < STEPS; k++)
      step (&world);
    compared += come_to_rest (&world);
    tablets += world.n;
    admitted += memory_store_get_log (world.collector->store)->len;
    for (guint k = 0; k < MARK_KINDS; k++)
      marks[k] += world.marks[k];
    end (&world);
  }
  check_marks (marks);
  g_test_message ("%u changes in the collectors' logs", admitted);
  g_test_message ("%u of %u tablets compared in full", compared, tablets);
  g_assert_cmpuint (compared, >, tablets / 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/simulation/real-stores", test_real_stores);
  return g_test_run ();
}
