/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "scope-digests.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"

#define BATCH_RECORDS 1000

typedef struct {
  char *scope, *form;
  guint month;
  SobanDigest sum;
  gint64 count;
} Cell;

struct _SobanScopeDigests {
  GHashTable *cells; /* Cell -> itself */
};

static guint
hash_cell (gconstpointer data)
{
  const Cell *cell = data;

  return g_str_hash (cell->scope) * 31 + g_str_hash (cell->form) * 7 + cell->month;
}

static gboolean
equal_cells (gconstpointer a, gconstpointer b)
{
  const Cell *first = a, *second = b;

  return first->month == second->month && strcmp (first->form, second->form) == 0 && strcmp (first->scope, second->scope) == 0;
}

static void
free_cell (gpointer data)
{
  Cell *cell = data;

  g_free (cell->scope);
  g_free (cell->form);
  g_free (cell);
}

SobanScopeDigests *
soban_scope_digests_new (void)
{
  SobanScopeDigests *self = g_new0 (SobanScopeDigests, 1);

  self->cells = g_hash_table_new_full (hash_cell, equal_cells, NULL, free_cell);
  return self;
}

void
soban_scope_digests_free (SobanScopeDigests *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->cells);
  g_free (self);
}

static Cell *
get_cell (SobanScopeDigests *self, const char *scope, const char *form, guint month)
{
  Cell key = { .scope = (char *) scope, .form = (char *) form, .month = month };
  Cell *cell = g_hash_table_lookup (self->cells, &key);

  if (cell != NULL)
    return cell;
  cell = g_new0 (Cell, 1);
  *cell = (Cell) { .scope = g_strdup (scope), .form = g_strdup (form), .month = month };
  g_hash_table_add (self->cells, cell);
  return cell;
}

void
soban_scope_digests_add (SobanScopeDigests *self, const char *scope, const char *form, const SobanUuid *record, const SobanDigest *digest,
                         int count)
{
  Cell *cell = get_cell (self, scope, form, soban_digest_month (record));

  cell->count += count;
  if (count > 0)
    soban_digest_add (&cell->sum, digest);
  else
    soban_digest_subtract (&cell->sum, digest);
}

static gboolean
read_some (SobanScopeDigests *self, SobanDatabase *database, gint64 *row, gboolean *ret_left, GError **error)
{
  g_autoptr (SobanRows) rows = soban_database_query (database, error,
    "SELECT row, id, scope, form, digest FROM record WHERE row > ?1 ORDER BY row LIMIT ?2", "ii", *row, (gint64) BATCH_RECORDS);
  int stepped;

  *ret_left = FALSE;
  if (rows == NULL)
    return FALSE;
  while ((stepped = soban_rows_step (rows, error)) == 1) {
    SobanUuid id = soban_rows_get_uuid (rows, 1);
    SobanDigest digest = { 0 };

    *row = soban_rows_get_int (rows, 0);
    *ret_left = TRUE;
    if (soban_rows_get_length (rows, 4) == SOBAN_DIGEST_BYTES)
      digest = soban_digest_from_bytes (soban_rows_get_blob (rows, 4));
    soban_scope_digests_add (self, soban_rows_get_text (rows, 2), soban_rows_get_text (rows, 3), &id, &digest, 1);
  }
  return stepped == 0;
}

SobanScopeDigests *
soban_scope_digests_read_records (SobanDatabase *database, GError **error)
{
  g_autoptr (SobanScopeDigests) self = soban_scope_digests_new ();
  gboolean left = TRUE;
  gint64 row = 0;

  while (left) {
    if (!read_some (self, database, &row, &left, error))
      return NULL;
  }
  return g_steal_pointer (&self);
}

static gboolean
read_sum (SobanRows *rows, int column, SobanDigest *ret_sum, GError **error)
{
  if (soban_rows_get_length (rows, column) != SOBAN_DIGEST_BYTES) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT, _ ("A digest of the store has the wrong length."));
    return FALSE;
  }
  *ret_sum = soban_digest_from_bytes (soban_rows_get_blob (rows, column));
  return TRUE;
}

static gboolean
read_cell (SobanDatabase *database, Cell *cell, GError **error)
{
  g_autoptr (SobanRows) rows = soban_database_query (database, error,
    "SELECT sum, count FROM digest WHERE scope = ?1 AND form = ?2 AND month = ?3", "tti", cell->scope, cell->form, (gint64) cell->month);
  int stepped = rows != NULL ? soban_rows_step (rows, error) : -1;

  if (stepped <= 0)
    return stepped == 0;
  cell->count = soban_rows_get_int (rows, 1);
  return read_sum (rows, 0, &cell->sum, error);
}

static gboolean
write_cell (SobanDatabase *database, const Cell *change, GError **error)
{
  Cell cell = { .scope = change->scope, .form = change->form, .month = change->month };
  guint8 bytes[SOBAN_DIGEST_BYTES];

  if (!read_cell (database, &cell, error))
    return FALSE;
  soban_digest_add (&cell.sum, &change->sum);
  soban_digest_to_bytes (&cell.sum, bytes);
  return soban_database_run (database, error,
    "INSERT INTO digest (scope, form, month, sum, count) VALUES (?1, ?2, ?3, ?4, ?5)"
    " ON CONFLICT (scope, form, month) DO UPDATE SET sum = excluded.sum, count = excluded.count", "ttibi", cell.scope, cell.form,
    (gint64) cell.month, bytes, (gsize) SOBAN_DIGEST_BYTES, cell.count + change->count);
}

gboolean
soban_scope_digests_write (SobanScopeDigests *self, SobanDatabase *database, const char *scope, GError **error)
{
  GHashTableIter iter;
  gpointer cell;

  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &cell, NULL)) {
    if (scope != NULL && strcmp (((Cell *) cell)->scope, scope) != 0)
      continue;
    if (!write_cell (database, cell, error))
      return FALSE;
    g_hash_table_iter_remove (&iter);
  }
  return TRUE;
}

gboolean
soban_scope_digests_subtract_table (SobanScopeDigests *self, SobanDatabase *database, GError **error)
{
  g_autoptr (SobanRows) rows = soban_database_query (database, error, "SELECT scope, form, month, sum, count FROM digest", "");
  int stepped;

  if (rows == NULL)
    return FALSE;
  while ((stepped = soban_rows_step (rows, error)) == 1) {
    Cell *cell = get_cell (self, soban_rows_get_text (rows, 0), soban_rows_get_text (rows, 1), (guint) soban_rows_get_int (rows, 2));
    SobanDigest sum;

    if (!read_sum (rows, 3, &sum, error))
      return FALSE;
    soban_digest_subtract (&cell->sum, &sum);
    cell->count -= soban_rows_get_int (rows, 4);
  }
  return stepped == 0;
}

void
soban_scope_digests_drop (SobanScopeDigests *self, const char *scope)
{
  GHashTableIter iter;
  gpointer cell;

  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &cell, NULL)) {
    if (strcmp (((Cell *) cell)->scope, scope) == 0)
      g_hash_table_iter_remove (&iter);
  }
}

void
soban_scope_digests_foreach (SobanScopeDigests *self, SobanScopeDigestFunc func, gpointer data)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    const Cell *cell = key;

    func (cell->scope, cell->form, cell->month, &cell->sum, cell->count, data);
  }
}

gboolean
soban_scope_digest_read (SobanDatabase *database, const char *scope, guint from_month, const char *registries, SobanDigest *ret_digest,
                         GError **error)
{
  g_autoptr (SobanRows) rows = soban_database_query (database, error,
    "SELECT sum FROM digest WHERE scope = ?1 AND (month >= ?2 OR strpos (?3, ' ' || form || ' ') > 0)", "tit", scope, (gint64) from_month,
    registries != NULL ? registries : "");
  int stepped;

  *ret_digest = (SobanDigest) { 0 };
  if (rows == NULL)
    return FALSE;
  while ((stepped = soban_rows_step (rows, error)) == 1) {
    SobanDigest part;

    if (!read_sum (rows, 0, &part, error))
      return FALSE;
    soban_digest_add (ret_digest, &part);
  }
  return stepped == 0;
}
