/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "compaction.h"

#define SCOPES_AT_ONCE 100
#define DAY_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))

typedef struct {
  char *uid;
  gint64 floor, last_number;
} ScopeRow;

static void
clear_row (gpointer data)
{
  g_free (((ScopeRow *) data)->uid);
}

static GArray *
list_scopes (SobanDatabase *database, const char *after, GError **error)
{
  g_autoptr (GArray) scopes = g_array_new (FALSE, FALSE, sizeof (ScopeRow));
  g_autoptr (SobanRows) rows = soban_database_query (database, error,
    "SELECT uid, floor, last_number FROM scope WHERE uid > ?1 ORDER BY uid LIMIT ?2", "ti", after, (gint64) SCOPES_AT_ONCE);
  int stepped;

  g_array_set_clear_func (scopes, clear_row);
  if (rows == NULL)
    return NULL;
  while ((stepped = soban_rows_step (rows, error)) == 1) {
    ScopeRow row = { g_strdup (soban_rows_get_text (rows, 0)), soban_rows_get_int (rows, 1), soban_rows_get_int (rows, 2) };

    g_array_append_val (scopes, row);
  }
  return stepped == 0 ? g_steal_pointer (&scopes) : NULL;
}

/* The last number that was received before @before_ms: numbers and times of a scope ascend together. */
static gboolean
find_floor (SobanDatabase *database, const ScopeRow *scope, gint64 before_ms, gint64 *ret_floor, GError **error)
{
  gint64 low = scope->floor, high = scope->last_number;

  while (low < high) {
    gint64 middle = low + (high - low + 1) / 2, admitted_ms;

    if (!soban_database_get_integer (database, error, G_MAXINT64, &admitted_ms, "SELECT admitted_ms FROM change WHERE scope = ?1 AND number = ?2",
                                     "ti", scope->uid, middle))
      return FALSE;
    if (admitted_ms < before_ms)
      low = middle;
    else
      high = middle - 1;
  }
  *ret_floor = low;
  return TRUE;
}

gboolean
soban_compact_some (SobanCollectorStore *store, guint keep_days, char **after, guint *raised, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);
  gint64 before_ms = soban_collector_store_now (store) + 1 - keep_days * DAY_MS;
  g_autoptr (GArray) scopes = list_scopes (database, *after, error);

  if (scopes == NULL)
    return FALSE;
  for (guint i = 0; i < scopes->len; i++) {
    const ScopeRow *scope = &g_array_index (scopes, ScopeRow, i);
    gint64 floor;

    if (!find_floor (database, scope, before_ms, &floor, error))
      return FALSE;
    if (floor == scope->floor)
      continue;
    if (!soban_database_run (database, error, "UPDATE scope SET floor = ?2 WHERE uid = ?1 AND floor < ?2", "ti", scope->uid, floor))
      return FALSE;
    ++*raised;
  }
  g_free (*after);
  *after = scopes->len == SCOPES_AT_ONCE ? g_strdup (g_array_index (scopes, ScopeRow, scopes->len - 1).uid) : NULL;
  return TRUE;
}
