/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include <glib/gstdio.h>
#include <stdarg.h>
#include <string.h>

static gint64
get_now (gpointer data)
{
  return ((Fixture *) data)->now_ms;
}

gboolean
fixture_has_postgresql (void)
{
  const char *address = g_getenv ("SOBAN_TEST_POSTGRESQL");

  return address != NULL && *address != '\0';
}

void
fixture_skip (Fixture *self, gconstpointer data)
{
  g_test_skip ("there is no PostgreSQL: SOBAN_TEST_POSTGRESQL is not set (tests/run.sh starts one, as root or a plain user, where postgresql-15 is installed)");
}

static void
run_on_postgresql (const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanDatabase) database = soban_database_open (g_getenv ("SOBAN_TEST_POSTGRESQL"), SOBAN_DATABASE_GUEST, FALSE, &error);

  g_assert_no_error (error);
  soban_database_execute (database, sql, &error);
  g_assert_no_error (error);
}

char *
make_postgresql_schema (char **ret_schema)
{
  const char *address = g_getenv ("SOBAN_TEST_POSTGRESQL");
  g_autofree char *schema = g_strdup_printf ("soban_test_%08x%08x", g_random_int (), g_random_int ());
  g_autofree char *sql = g_strdup_printf ("CREATE SCHEMA %s", schema);

  run_on_postgresql (sql);
  *ret_schema = g_strdup (schema);
  return g_strdup_printf ("%s%coptions=-csearch_path%%3D%s", address, strchr (address, '?') != NULL ? '&' : '?', schema);
}

void
drop_postgresql_schema (const char *schema)
{
  g_autofree char *sql = g_strdup_printf ("DROP SCHEMA %s CASCADE", schema);

  run_on_postgresql (sql);
}

void
fixture_set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->dir = g_dir_make_tmp ("soban-collector-XXXXXX", &error);
  g_assert_no_error (error);
  if (data == TEST_POSTGRESQL && fixture_has_postgresql ())
    self->path = make_postgresql_schema (&self->schema);
  else
    self->path = g_build_filename (self->dir, "collector.db", NULL);
  self->now_ms = TEST_NOW_MS;
  self->clock = (SobanClock) { get_now, get_now, self };
  self->store = soban_collector_store_open (self->path, SOBAN_DATABASE_OWNER, TRUE, &self->clock, &error);
  g_assert_no_error (error);
}

void
fixture_reopen (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->store, soban_collector_store_close);
  self->store = soban_collector_store_open (self->path, SOBAN_DATABASE_OWNER, FALSE, &self->clock, &error);
  g_assert_no_error (error);
}

void
remove_folder (const char *dir)
{
  g_autoptr (GDir) folder = g_dir_open (dir, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *path = g_build_filename (dir, name, NULL);

    g_unlink (path);
  }
  g_rmdir (dir);
}

void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->store, soban_collector_store_close);
  remove_folder (self->dir);
  if (self->schema != NULL)
    drop_postgresql_schema (self->schema);
  g_free (self->schema);
  g_free (self->path);
  g_free (self->dir);
}

SobanUuid
make_record_id (guint seed)
{
  SobanUuid id = { { 0x01, 0x9a, 0, 0, 0, 0, 0x70, 0, 0x80 } };

  id.bytes[12] = seed >> 24;
  id.bytes[13] = seed >> 16;
  id.bytes[14] = seed >> 8;
  id.bytes[15] = seed;
  return id;
}

SobanChange *
make_change (guint32 device, guint64 incarnation, guint64 number, const char *scope, guint record, gint64 stamp_ms, guint64 seen,
             const char *path, const char *value)
{
  SobanChange *change = soban_change_new ();

  change->id = (SobanChangeId) { device, incarnation, number };
  change->record = make_record_id (record);
  change->form = g_strdup ("event");
  change->form_version = g_strdup ("1");
  change->scope = g_strdup (scope);
  change->seen = seen;
  change->stamp = SOBAN_STAMP (stamp_ms, 0);
  change->wall_ms = stamp_ms;
  soban_change_assign (change, path, value);
  return change;
}

GPtrArray *
make_batch (SobanChange *first, ...)
{
  GPtrArray *batch = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  va_list rest;

  va_start (rest, first);
  for (SobanChange *change = first; change != NULL; change = va_arg (rest, SobanChange *)) {
    SobanNumberedChange *item = g_new0 (SobanNumberedChange, 1);

    item->change = change;
    g_ptr_array_add (batch, item);
  }
  va_end (rest);
  return batch;
}
