/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "chain-walk.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "log/change.h"

#define BATCH_ROWS 1000

/* Where the walk is. */
typedef struct {
  gint64 device, incarnation, number;
  guint64 chain;
} Place;

typedef struct {
  gint64 row, device;
  guint64 number, chain, stored;
} Link;

static gboolean
read_link (SobanRows *rows, Place *place, GArray *links, GError **error)
{
  gint64 device = soban_rows_get_int (rows, 1), incarnation = soban_rows_get_int (rows, 2), number = soban_rows_get_int (rows, 3);
  gboolean follows = device == place->device && incarnation == place->incarnation;
  Link link = { .row = soban_rows_get_int (rows, 0), .device = device, .number = (guint64) number, .stored = (guint64) soban_rows_get_int (rows, 5) };

  if (soban_rows_get_length (rows, 4) != SOBAN_CHANGE_HASH_BYTES) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT, _ ("A change of the log has a hash of the wrong length."));
    return FALSE;
  }
  link.chain = soban_change_chain (follows ? place->chain : 0, soban_rows_get_blob (rows, 4));
  *place = (Place) { device, incarnation, number, link.chain };
  g_array_append_val (links, link);
  return TRUE;
}

/* The next rows after @place. They are read before any of them is changed. */
static GArray *
read_links (SobanDatabase *database, Place *place, GError **error)
{
  g_autoptr (GArray) links = g_array_new (FALSE, FALSE, sizeof (Link));
  g_autoptr (SobanRows) rows = soban_database_query (database, error,
    "SELECT id, device, incarnation, change_number, hash, chain FROM change WHERE (device, incarnation, change_number) > (?1, ?2, ?3)"
    " ORDER BY device, incarnation, change_number LIMIT ?4", "iiii", place->device, place->incarnation, place->number, (gint64) BATCH_ROWS);
  int stepped;

  if (rows == NULL)
    return NULL;
  while ((stepped = soban_rows_step (rows, error)) == 1) {
    if (!read_link (rows, place, links, error))
      return NULL;
  }
  return stepped == 0 ? g_steal_pointer (&links) : NULL;
}

gboolean
soban_chain_walk (SobanDatabase *database, SobanChainFunc func, gpointer data, GError **error)
{
  Place place = { .device = -1 };
  guint read;

  do {
    g_autoptr (GArray) links = read_links (database, &place, error);

    if (links == NULL)
      return FALSE;
    for (guint i = 0; i < links->len; i++) {
      const Link *link = &g_array_index (links, Link, i);

      if (!func (link->row, link->device, link->number, link->chain, link->stored, data, error))
        return FALSE;
    }
    read = links->len;
  } while (read > 0);
  return TRUE;
}
