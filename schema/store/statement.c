/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/statement.h"

#include "base/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
soban_set_sqlite_error (GError **error, sqlite3 *db, int code)
{
  const char *detail = db ? sqlite3_errmsg (db) : sqlite3_errstr (code);

  switch (code & 0xff) {
  case SQLITE_FULL:
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_FULL,
                 _("There is no room left on the disk. Make room and try again; what was saved before is safe."));
    break;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT,
                 _("The file with the records is damaged. Keep it as it is and ask for help (%s)."), detail);
    break;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_BUSY,
                 _("Another program has the records open. Close it and try again."));
    break;
  case SQLITE_CONSTRAINT:
  case SQLITE_MISMATCH:
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, _("The data breaks a rule of the store (%s)"),
                 detail);
    break;
  case SQLITE_TOOBIG:
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_LIMIT, _("The data is too large for the store"));
    break;
  default:
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_IO,
                 _("The disk or the folder cannot be read or written (%s)"), detail);
  }
}

void
soban_statement_release (sqlite3_stmt *statement)
{
  if (!statement)
    return;
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
}

static int
find_parameter (sqlite3_stmt *statement, const char *name)
{
  int index = sqlite3_bind_parameter_index (statement, name);

  g_assert (index > 0);
  return index;
}

void
soban_bind_text (sqlite3_stmt *statement, const char *name, const char *text)
{
  if (text)
    sqlite3_bind_text (statement, find_parameter (statement, name), text, -1, SQLITE_STATIC);
  else
    sqlite3_bind_null (statement, find_parameter (statement, name));
}

void
soban_bind_int (sqlite3_stmt *statement, const char *name, gint64 value)
{
  sqlite3_bind_int64 (statement, find_parameter (statement, name), value);
}

void
soban_bind_double (sqlite3_stmt *statement, const char *name, double value)
{
  sqlite3_bind_double (statement, find_parameter (statement, name), value);
}

void
soban_bind_uuid (sqlite3_stmt *statement, const char *name, const SobanUuid *uuid)
{
  sqlite3_bind_blob (statement, find_parameter (statement, name), uuid->bytes, SOBAN_UUID_BYTES, SQLITE_STATIC);
}

void
soban_bind_bytes (sqlite3_stmt *statement, const char *name, gconstpointer bytes, gsize length)
{
  /* An empty blob is not NULL. */
  sqlite3_bind_blob64 (statement, find_parameter (statement, name), length > 0 ? bytes : "", length, SQLITE_STATIC);
}

gboolean
soban_step (sqlite3_stmt *statement, gboolean *ret_row, GError **error)
{
  int code = sqlite3_step (statement);

  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    soban_set_sqlite_error (error, sqlite3_db_handle (statement), code);
    return FALSE;
  }
  *ret_row = code == SQLITE_ROW;
  return TRUE;
}

gboolean
soban_run (sqlite3_stmt *statement, GError **error)
{
  gboolean row = FALSE;
  gboolean good = soban_step (statement, &row, error);

  g_assert (!row);
  sqlite3_reset (statement);
  return good;
}

const char *
soban_column_text (sqlite3_stmt *statement, int column)
{
  return (const char *) sqlite3_column_text (statement, column);
}

gint64
soban_column_int (sqlite3_stmt *statement, int column)
{
  return sqlite3_column_int64 (statement, column);
}

gboolean
soban_column_uuid (sqlite3_stmt *statement, int column, SobanUuid *ret_uuid)
{
  if (sqlite3_column_bytes (statement, column) != SOBAN_UUID_BYTES)
    return FALSE;
  memcpy (ret_uuid->bytes, sqlite3_column_blob (statement, column), SOBAN_UUID_BYTES);
  return TRUE;
}

gconstpointer
soban_column_bytes (sqlite3_stmt *statement, int column, gsize *ret_length)
{
  gconstpointer bytes = sqlite3_column_blob (statement, column);

  *ret_length = sqlite3_column_bytes (statement, column);
  return bytes;
}
