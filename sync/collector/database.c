/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "database-private.h"

#include <string.h>

SobanDatabaseKind
soban_database_kind_of (const char *address)
{
  gboolean remote = g_str_has_prefix (address, "postgresql://") || g_str_has_prefix (address, "postgres://");

  return remote ? SOBAN_DATABASE_POSTGRESQL : SOBAN_DATABASE_SQLITE;
}

SobanDatabase *
soban_database_open (const char *address, SobanDatabaseRole role, gboolean create, GError **error)
{
  if (soban_database_kind_of (address) == SOBAN_DATABASE_POSTGRESQL)
    return soban_database_open_postgresql (address, role, error);
  return soban_database_open_sqlite (address, role, create, error);
}

void
soban_database_close (SobanDatabase *self)
{
  if (self != NULL)
    self->class->close (self);
}

SobanDatabaseKind
soban_database_get_kind (SobanDatabase *self)
{
  return self->class->kind;
}

gboolean
soban_database_execute (SobanDatabase *self, const char *sql, GError **error)
{
  return self->class->execute (self, sql, error);
}

gboolean
soban_database_begin (SobanDatabase *self, GError **error)
{
  return self->class->begin (self, FALSE, error);
}

gboolean
soban_database_begin_reading (SobanDatabase *self, GError **error)
{
  return self->class->begin (self, TRUE, error);
}

gboolean
soban_database_commit (SobanDatabase *self, GError **error)
{
  if (self->class->commit (self, error))
    return TRUE;
  soban_database_roll_back (self);
  return FALSE;
}

void
soban_database_roll_back (SobanDatabase *self)
{
  g_autoptr (GError) error = NULL;

  /* After some failures (a full disk) SQLite has rolled back by itself and says so; a lost connection has, too. */
  if (!self->class->roll_back (self, &error))
    g_debug ("Rolling back: %s", error->message);
}

SobanRows *
soban_database_query (SobanDatabase *self, GError **error, const char *sql, const char *types, ...)
{
  va_list arguments;
  SobanRows *rows;

  va_start (arguments, types);
  rows = self->class->query (self, sql, types, &arguments, error);
  va_end (arguments);
  return rows;
}

gboolean
soban_database_run (SobanDatabase *self, GError **error, const char *sql, const char *types, ...)
{
  g_autoptr (SobanRows) rows = NULL;
  va_list arguments;
  int stepped;

  va_start (arguments, types);
  rows = self->class->query (self, sql, types, &arguments, error);
  va_end (arguments);
  if (rows == NULL)
    return FALSE;
  while ((stepped = soban_rows_step (rows, error)) == 1)
    continue;
  return stepped == 0;
}

gboolean
soban_database_get_integer (SobanDatabase *self, GError **error, gint64 otherwise, gint64 *ret_value, const char *sql,
                            const char *types, ...)
{
  g_autoptr (SobanRows) rows = NULL;
  va_list arguments;
  int stepped;

  va_start (arguments, types);
  rows = self->class->query (self, sql, types, &arguments, error);
  va_end (arguments);
  if (rows == NULL || (stepped = soban_rows_step (rows, error)) < 0)
    return FALSE;
  *ret_value = stepped == 1 ? soban_rows_get_int (rows, 0) : otherwise;
  return TRUE;
}

gint64
soban_database_count_changed (SobanDatabase *self)
{
  return self->class->count_changed (self);
}

void
soban_rows_free (SobanRows *self)
{
  if (self != NULL)
    self->database->class->release (self);
}

int
soban_rows_step (SobanRows *self, GError **error)
{
  return self->database->class->step (self, error);
}

gint64
soban_rows_get_int (SobanRows *self, int column)
{
  return self->database->class->get_int (self, column);
}

double
soban_rows_get_double (SobanRows *self, int column)
{
  return self->database->class->get_double (self, column);
}

const char *
soban_rows_get_text (SobanRows *self, int column)
{
  const char *text = self->database->class->get_text (self, column);

  return text != NULL ? text : "";
}

const guint8 *
soban_rows_get_blob (SobanRows *self, int column)
{
  return self->database->class->get_blob (self, column);
}

gsize
soban_rows_get_length (SobanRows *self, int column)
{
  return self->database->class->get_length (self, column);
}

gboolean
soban_rows_is_null (SobanRows *self, int column)
{
  return self->database->class->is_null (self, column);
}

SobanUuid
soban_rows_get_uuid (SobanRows *self, int column)
{
  SobanUuid id = { { 0 } };

  if (soban_rows_get_length (self, column) == SOBAN_UUID_BYTES)
    memcpy (id.bytes, soban_rows_get_blob (self, column), SOBAN_UUID_BYTES);
  return id;
}
