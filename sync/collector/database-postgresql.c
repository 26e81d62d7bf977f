/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * PostgreSQL by libpq. Parameters and results are binary. A statement is prepared once a connection, under its text; its
 * parameters have the types that the letters of its first query say.
 */
#include "config.h"

#include "database-private.h"

#include <glib/gi18n-lib.h>
#include <libpq-fe.h>
#include <string.h>

#include "base/error.h"
#include "postgresql-array.h"

#define PARAMETERS_MAX 32
#define TYPE_BOOL 16
#define TYPE_BYTEA 17
#define TYPE_INT8 20
#define TYPE_INT2 21
#define TYPE_INT4 23
#define TYPE_TEXT 25
#define TYPE_FLOAT8 701
#define TYPE_BYTEA_ARRAY 1001
#define TYPE_TEXT_ARRAY 1009
#define TYPE_INT8_ARRAY 1016

/* Waits for a lock no longer than a device waits for an answer; a disk that keeps nothing is never trusted; C is SQLite's order. */
#define SESSION_OPTIONS \
  "SET lock_timeout = '20s'; SET idle_in_transaction_session_timeout = '10min'; SET standard_conforming_strings = on;" \
  " SET client_min_messages = warning"

typedef struct {
  SobanRows rows;
  char *name;       /* on the server */
  char *types;
  gboolean prepared; /* on the present connection */
  PGresult *result; /* NULL: not under way */
  int row;
} Statement;

typedef struct {
  SobanDatabase database;
  PGconn *handle;
  SobanDatabaseRole role;
  GHashTable *statements; /* sql -> Statement */
  gboolean in_transaction;
  gint64 changed;
} Connection;

/* Values of one query, as libpq takes them. */
typedef struct {
  const char *values[PARAMETERS_MAX];
  int lengths[PARAMETERS_MAX], formats[PARAMETERS_MAX];
  guint64 numbers[PARAMETERS_MAX]; /* big-endian */
  int n;
} Parameters;

static SobanStoreError
classify (Connection *self, const char *state)
{
  if (PQstatus (self->handle) != CONNECTION_OK || state == NULL)
    return SOBAN_STORE_ERROR_BUSY;
  if (g_str_has_prefix (state, "40") || g_str_has_prefix (state, "08") || g_str_has_prefix (state, "57P") || strcmp (state, "55P03") == 0
      || strcmp (state, "53300") == 0)
    return SOBAN_STORE_ERROR_BUSY;
  if (strcmp (state, "53100") == 0)
    return SOBAN_STORE_ERROR_FULL;
  if (g_str_has_prefix (state, "23"))
    return SOBAN_STORE_ERROR_CONSTRAINT;
  if (g_str_has_prefix (state, "XX"))
    return SOBAN_STORE_ERROR_CORRUPT;
  if (g_str_has_prefix (state, "54"))
    return SOBAN_STORE_ERROR_LIMIT;
  return SOBAN_STORE_ERROR_IO;
}

static gboolean
fail (Connection *self, PGresult *result, GError **error)
{
  g_autofree char *message = g_strdup (result != NULL ? PQresultErrorMessage (result) : PQerrorMessage (self->handle));
  const char *state = result != NULL ? PQresultErrorField (result, PG_DIAG_SQLSTATE) : NULL;

  if (*message == '\0') {
    g_free (message);
    message = g_strdup (PQerrorMessage (self->handle));
  }
  g_set_error (error, SOBAN_STORE_ERROR, classify (self, state), _ ("The database says: %s"), g_strstrip (message));
  PQclear (result);
  return FALSE;
}

static gboolean
run_text (Connection *self, const char *sql, GError **error)
{
  PGresult *result = PQexec (self->handle, sql);
  ExecStatusType status = PQresultStatus (result);

  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    return fail (self, result, error);
  PQclear (result);
  return TRUE;
}

static gboolean
set_up (Connection *self, GError **error)
{
  if (PQstatus (self->handle) != CONNECTION_OK)
    return fail (self, NULL, error);
  if (!run_text (self, SESSION_OPTIONS, error))
    return FALSE;
  return self->role != SOBAN_DATABASE_READER || run_text (self, "SET default_transaction_read_only = on", error);
}

/* Outside of a transaction nothing depends on the connection but what is prepared on it. */
static gboolean
reconnect (Connection *self, GError **error)
{
  GHashTableIter iter;
  gpointer statement;

  g_message ("The connection to the database is made anew: %s", PQerrorMessage (self->handle));
  PQreset (self->handle);
  self->in_transaction = FALSE;
  g_hash_table_iter_init (&iter, self->statements);
  while (g_hash_table_iter_next (&iter, NULL, &statement))
    ((Statement *) statement)->prepared = FALSE;
  return set_up (self, error);
}

static gboolean
ensure_connection (Connection *self, GError **error)
{
  if (PQstatus (self->handle) == CONNECTION_OK)
    return TRUE;
  if (!self->in_transaction)
    return reconnect (self, error);
  return fail (self, NULL, error);
}

static gboolean
execute (SobanDatabase *database, const char *sql, GError **error)
{
  Connection *self = (Connection *) database;

  return ensure_connection (self, error) && run_text (self, sql, error);
}

static gboolean
begin (SobanDatabase *database, gboolean reading, GError **error)
{
  Connection *self = (Connection *) database;
  const char *sql = reading ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
  g_autoptr (GError) lost = NULL;

  g_assert (!self->in_transaction);
  if (!ensure_connection (self, error))
    return FALSE;
  /* That the server has gone shows at the first word; nothing has been said yet. */
  if (!run_text (self, sql, &lost)) {
    if (PQstatus (self->handle) == CONNECTION_OK) {
      g_propagate_error (error, g_steal_pointer (&lost));
      return FALSE;
    }
    if (!reconnect (self, error) || !run_text (self, sql, error))
      return FALSE;
  }
  self->in_transaction = TRUE;
  return TRUE;
}

/* COMMIT of a transaction that has failed answers ROLLBACK and no error. */
static gboolean
commit (SobanDatabase *database, GError **error)
{
  Connection *self = (Connection *) database;
  PGresult *result = PQexec (self->handle, "COMMIT");
  gboolean kept = PQresultStatus (result) == PGRES_COMMAND_OK;

  if (!kept)
    return fail (self, result, error);
  kept = strcmp (PQcmdStatus (result), "COMMIT") == 0;
  PQclear (result);
  self->in_transaction = FALSE;
  if (!kept)
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_BUSY, _ ("The database did not keep the changes."));
  return kept;
}

static gboolean
roll_back (SobanDatabase *database, GError **error)
{
  Connection *self = (Connection *) database;
  gboolean was_open = self->in_transaction;

  self->in_transaction = FALSE;
  return !was_open || PQstatus (self->handle) != CONNECTION_OK || run_text (self, "ROLLBACK", error);
}

static void
release (SobanRows *rows)
{
  Statement *self = (Statement *) rows;

  g_clear_pointer (&self->result, PQclear);
}

static void
free_statement (gpointer data)
{
  Statement *statement = data;

  g_clear_pointer (&statement->result, PQclear);
  g_free (statement->name);
  g_free (statement->types);
  g_free (statement);
}

static void
close_connection (SobanDatabase *database)
{
  Connection *self = (Connection *) database;

  g_hash_table_unref (self->statements);
  PQfinish (self->handle);
  g_free (self);
}

/* ?1 -> $1; a question mark in quotes is text. */
static char *
translate (const char *sql)
{
  GString *text = g_string_new (NULL);
  gboolean quoted = FALSE;

  for (const char *at = sql; *at != '\0'; at++) {
    if (*at == '\'')
      quoted = !quoted;
    g_string_append_c (text, *at == '?' && !quoted && g_ascii_isdigit (at[1]) ? '$' : *at);
  }
  return g_string_free (text, FALSE);
}

static Oid
find_type (char letter)
{
  switch (letter) {
  case 'i':
    return TYPE_INT8;
  case 'd':
    return TYPE_FLOAT8;
  case 't':
    return TYPE_TEXT;
  case 'b':
    return TYPE_BYTEA;
  case 'I':
    return TYPE_INT8_ARRAY;
  case 'T':
    return TYPE_TEXT_ARRAY;
  case 'B':
    return TYPE_BYTEA_ARRAY;
  default:
    g_assert_not_reached ();
  }
}

static gboolean
prepare (Connection *self, Statement *statement, const char *sql, GError **error)
{
  g_autofree char *translated = translate (sql);
  Oid types[PARAMETERS_MAX];
  int n = (int) strlen (statement->types);
  PGresult *result;

  for (int i = 0; i < n; i++)
    types[i] = find_type (statement->types[i]);
  result = PQprepare (self->handle, statement->name, translated, n, types);
  if (PQresultStatus (result) != PGRES_COMMAND_OK)
    return fail (self, result, error);
  PQclear (result);
  statement->prepared = TRUE;
  return TRUE;
}

static Statement *
find_statement (Connection *self, const char *sql, const char *types)
{
  Statement *statement = g_hash_table_lookup (self->statements, sql);

  if (statement == NULL) {
    statement = g_new0 (Statement, 1);
    statement->rows.database = &self->database;
    statement->name = g_strdup_printf ("s%u", g_hash_table_size (self->statements));
    statement->types = g_strdup (types);
    g_hash_table_insert (self->statements, g_strdup (sql), statement);
  }
  g_assert (strcmp (statement->types, types) == 0);
  g_assert (statement->result == NULL);
  return statement;
}

static void
bind_one (Parameters *parameters, char type, va_list *arguments)
{
  int i = parameters->n++;
  double number;
  gsize length;

  g_assert (i < PARAMETERS_MAX);
  parameters->formats[i] = 1;
  parameters->lengths[i] = sizeof (guint64);
  parameters->values[i] = (const char *) &parameters->numbers[i];
  switch (type) {
  case 'i':
    parameters->numbers[i] = GUINT64_TO_BE ((guint64) va_arg (*arguments, gint64));
    return;
  case 'd':
    number = va_arg (*arguments, double);
    memcpy (&parameters->numbers[i], &number, sizeof number);
    parameters->numbers[i] = GUINT64_TO_BE (parameters->numbers[i]);
    return;
  case 't':
    parameters->values[i] = va_arg (*arguments, const char *);
    parameters->lengths[i] = parameters->values[i] != NULL ? (int) strlen (parameters->values[i]) : 0;
    return;
  case 'b':
    parameters->values[i] = va_arg (*arguments, const void *);
    parameters->lengths[i] = (int) va_arg (*arguments, gsize);
    return;
  default:
    parameters->values[i] = (const char *) soban_postgresql_array_get_bytes (va_arg (*arguments, SobanPostgresqlArray *), &length);
    parameters->lengths[i] = (int) length;
  }
}

static PGresult *
run_prepared (Connection *self, Statement *statement, const char *sql, const Parameters *parameters, GError **error)
{
  PGresult *result;
  ExecStatusType status;

  if (!statement->prepared && !prepare (self, statement, sql, error))
    return NULL;
  result = PQexecPrepared (self->handle, statement->name, parameters->n, parameters->values, parameters->lengths, parameters->formats, 1);
  status = PQresultStatus (result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
    return result;
  fail (self, result, error);
  return NULL;
}

static SobanRows *
query (SobanDatabase *database, const char *sql, const char *types, va_list *arguments, GError **error)
{
  Connection *self = (Connection *) database;
  Statement *statement = find_statement (self, sql, types);
  Parameters parameters = { .n = 0 };
  g_autoptr (GError) lost = NULL;

  for (int i = 0; types[i] != '\0'; i++)
    bind_one (&parameters, types[i], arguments);
  if (!ensure_connection (self, error))
    return NULL;
  statement->row = -1;
  statement->result = run_prepared (self, statement, sql, &parameters, &lost);
  /* A server that was started anew: reading again is harmless, writing again might not be. */
  if (statement->result == NULL && !self->in_transaction && self->role == SOBAN_DATABASE_READER
      && PQstatus (self->handle) != CONNECTION_OK && reconnect (self, NULL)) {
    g_clear_error (&lost);
    statement->result = run_prepared (self, statement, sql, &parameters, &lost);
  }
  if (statement->result == NULL) {
    g_propagate_error (error, g_steal_pointer (&lost));
    return NULL;
  }
  self->changed = g_ascii_strtoll (PQcmdTuples (statement->result), NULL, 10);
  return &statement->rows;
}

static gint64
count_changed (SobanDatabase *database)
{
  return ((Connection *) database)->changed;
}

static int
step (SobanRows *rows, GError **error)
{
  Statement *self = (Statement *) rows;

  return ++self->row < PQntuples (self->result) ? 1 : 0;
}

static gboolean
is_null (SobanRows *rows, int column)
{
  Statement *self = (Statement *) rows;

  return PQgetisnull (self->result, self->row, column) != 0;
}

static guint64
read_big_endian (const Statement *self, int column)
{
  const guint8 *bytes = (const guint8 *) PQgetvalue (self->result, self->row, column);
  guint64 number = 0;

  for (int i = 0; i < PQgetlength (self->result, self->row, column); i++)
    number = number << 8 | bytes[i];
  return number;
}

static double
read_double (const Statement *self, int column)
{
  guint64 bits = read_big_endian (self, column);
  double number;

  memcpy (&number, &bits, sizeof number);
  return number;
}

static gint64
get_int (SobanRows *rows, int column)
{
  Statement *self = (Statement *) rows;

  if (is_null (rows, column))
    return 0;
  switch (PQftype (self->result, column)) {
  case TYPE_INT8:
  case TYPE_BOOL:
    return (gint64) read_big_endian (self, column);
  case TYPE_INT4:
    return (gint32) read_big_endian (self, column);
  case TYPE_INT2:
    return (gint16) read_big_endian (self, column);
  case TYPE_FLOAT8:
    return (gint64) read_double (self, column);
  case TYPE_TEXT:
    return g_ascii_strtoll (PQgetvalue (self->result, self->row, column), NULL, 10);
  default:
    g_error ("column %d is no number: type %u", column, PQftype (self->result, column));
  }
}

static double
get_double (SobanRows *rows, int column)
{
  Statement *self = (Statement *) rows;

  if (is_null (rows, column))
    return 0;
  return PQftype (self->result, column) == TYPE_FLOAT8 ? read_double (self, column) : (double) get_int (rows, column);
}

static const char *
get_text (SobanRows *rows, int column)
{
  Statement *self = (Statement *) rows;

  /* libpq puts a zero byte behind binary values, too. */
  return is_null (rows, column) ? NULL : PQgetvalue (self->result, self->row, column);
}

static const guint8 *
get_blob (SobanRows *rows, int column)
{
  return (const guint8 *) get_text (rows, column);
}

static gsize
get_length (SobanRows *rows, int column)
{
  Statement *self = (Statement *) rows;

  return (gsize) PQgetlength (self->result, self->row, column);
}

static const SobanDatabaseClass class = {
  .kind = SOBAN_DATABASE_POSTGRESQL,
  .close = close_connection,
  .execute = execute,
  .begin = begin,
  .commit = commit,
  .roll_back = roll_back,
  .query = query,
  .count_changed = count_changed,
  .step = step,
  .release = release,
  .get_int = get_int,
  .get_double = get_double,
  .get_text = get_text,
  .get_blob = get_blob,
  .get_length = get_length,
  .is_null = is_null,
};

static void
ignore_notice (void *data, const char *message)
{
  g_debug ("The database says: %s", message);
}

SobanDatabase *
soban_database_open_postgresql (const char *address, SobanDatabaseRole role, GError **error)
{
  const char *const keywords[] = { "dbname", "client_encoding", "fallback_application_name", "connect_timeout", NULL };
  const char *const values[] = { address, "UTF8", "soban-collector", "20", NULL };
  Connection *self = g_new0 (Connection, 1);

  self->database.class = &class;
  self->role = role;
  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_statement);
  self->handle = PQconnectdbParams (keywords, values, 1);
  PQsetNoticeProcessor (self->handle, ignore_notice, NULL);
  if (set_up (self, error))
    return &self->database;
  g_prefix_error (error, _ ("Cannot reach the PostgreSQL database: "));
  close_connection (&self->database);
  return NULL;
}
