/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The records that wait to be derived
 *
 * Invariants:
 *  (1) record.stale says which they are. An index over it would cost a quarter of the merge: the store thread remembers them.
 *  (2) derivation.stale is 1 while any record is: set in the transaction that marks the first, cleared in the one that leaves none. A kill
 *      in between loses nothing: where it is 1 at opening the records are read through once.
 *  (3) A stale record is in the queue or `underivable`; or the queue is not known, and the next look at it reads the records through. The
 *      queue may name one twice, or one that is derived or gone by now.
 *  (4) When a transaction is taken back the queue is empty where the file says that nothing is stale, and not known otherwise.
 *  (5) Villages are taken first, then the other registries, because other records show their titles.
 */
#include "config.h"

#include "store/store-private.h"

#include <string.h>

enum { VILLAGES, REGISTRIES, OTHERS, KINDS };

struct _SobanStaleQueue {
  GArray *kinds[KINDS]; /* (element-type SobanUuid) */
  gboolean marked;      /* derivation.stale */
  gboolean known;
};

SobanStaleQueue *
soban_stale_queue_new (void)
{
  SobanStaleQueue *queue = g_new0 (SobanStaleQueue, 1);

  for (guint i = 0; i < KINDS; i++)
    queue->kinds[i] = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
  return queue;
}

void
soban_stale_queue_free (SobanStaleQueue *queue)
{
  for (guint i = 0; i < KINDS; i++)
    g_array_unref (queue->kinds[i]);
  g_free (queue);
}

static void
empty (SobanStaleQueue *queue)
{
  for (guint i = 0; i < KINDS; i++)
    g_array_set_size (queue->kinds[i], 0);
}

static void
append (SobanStore *store, const SobanUuid *id, const char *form)
{
  guint kind = strcmp (form, SOBAN_VILLAGE_FORM) == 0 ? VILLAGES : soban_form_is_registry (store, form) ? REGISTRIES : OTHERS;

  g_array_append_vals (store->db_thread.stale->kinds[kind], id, 1);
}

/* Reads the records through, where it is not known which are stale. */
static gboolean
learn (SobanStore *store, GError **error)
{
  SobanStaleQueue *queue = store->db_thread.stale;
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean row;

  if (queue->known)
    return TRUE;
  empty (queue);
  statement = soban_database_prepare (store->db_thread.database, "SELECT id, form FROM record WHERE stale = 1", error);
  if (!statement)
    return FALSE;
  while (soban_step (statement, &row, error)) {
    SobanUuid id;

    if (!row)
      return queue->known = TRUE;
    if (soban_column_uuid (statement, 0, &id) && !g_hash_table_contains (store->db_thread.underivable, &id))
      append (store, &id, soban_column_text (statement, 1));
  }
  return FALSE;
}

gboolean
soban_stale_load (SobanStore *store, GError **error)
{
  SobanStaleQueue *queue = store->db_thread.stale;
  gint64 marked;

  if (!soban_database_read_int (store->db_thread.database, "SELECT stale FROM derivation", &marked, error))
    return FALSE;
  queue->marked = marked != 0;
  queue->known = !queue->marked;
  return learn (store, error);
}

/* Invariant 2 */
static gboolean
set_marked (SobanStore *store, gboolean marked, GError **error)
{
  if (store->db_thread.stale->marked == marked)
    return TRUE;
  store->db_thread.stale->marked = marked;
  return soban_database_execute (store->db_thread.database,
                                 marked ? "UPDATE derivation SET stale = 1" : "UPDATE derivation SET stale = 0", error);
}

gboolean
soban_stale_add (SobanStore *store, const SobanUuid *id, const char *form, GError **error)
{
  append (store, id, form);
  return set_marked (store, TRUE, error);
}

gboolean
soban_stale_add_marked (SobanStore *store, GError **error)
{
  store->db_thread.stale->known = FALSE;
  return set_marked (store, TRUE, error);
}

GArray *
soban_stale_take (SobanStore *store, guint max, GError **error)
{
  SobanStaleQueue *queue = store->db_thread.stale;
  g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (SobanUuid));

  if (!learn (store, error))
    return NULL;
  for (guint i = 0; i < KINDS && taken->len == 0; i++) {
    GArray *kind = queue->kinds[i];

    if (kind->len > 0) {
      g_array_append_vals (taken, kind->data, MIN (max, kind->len));
      g_array_remove_range (kind, 0, taken->len);
    }
  }
  return g_steal_pointer (&taken);
}

gboolean
soban_stale_settle (SobanStore *store, guint *ret_left, GError **error)
{
  SobanStaleQueue *queue = store->db_thread.stale;

  *ret_left = 0;
  for (guint i = 0; i < KINDS; i++)
    *ret_left += queue->kinds[i]->len;
  if (*ret_left > 0 || g_hash_table_size (store->db_thread.underivable) > 0)
    return TRUE;
  return set_marked (store, FALSE, error);
}

GArray *
soban_stale_list_villages (SobanStore *store, GError **error)
{
  g_autoptr (GArray) ids = NULL;
  GHashTableIter iter;
  gpointer id;

  if (!learn (store, error))
    return NULL;
  ids = g_array_copy (store->db_thread.stale->kinds[VILLAGES]);
  g_hash_table_iter_init (&iter, store->db_thread.underivable);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_array_append_vals (ids, id, 1);
  return g_steal_pointer (&ids);
}

gboolean
soban_stale_is_marked (SobanStore *store)
{
  return store->db_thread.stale->marked;
}

void
soban_stale_take_back (SobanStore *store, gboolean marked)
{
  SobanStaleQueue *queue = store->db_thread.stale;

  empty (queue);
  queue->marked = marked;
  queue->known = !marked;
}
