/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Below a scope's floor: pages of a snapshot (sync/README.md 5.9). */
#include "collector.h"

#include "compaction.h"

static const SobanScopePage *
find_page (const SobanHello *hello, const char *scope)
{
  for (guint i = 0; i < hello->pages->len; i++) {
    const SobanScopePage *page = g_ptr_array_index (hello->pages, i);

    if (g_str_equal (page->scope, scope))
      return page;
  }
  return NULL;
}

/* What the winners of one record say, at the end of @out. */
static void
add_record (Collector *collector, const char *scope, const SobanUuid *id, GPtrArray *out)
{
  const GPtrArray *numbered = memory_store_get_scope (collector->store, scope);
  g_autoptr (GPtrArray) log = g_ptr_array_new ();
  g_autoptr (GPtrArray) winners = NULL;

  for (guint i = 0; i < numbered->len; i++) {
    const StoredChange *stored = g_ptr_array_index (numbered, i);

    if (soban_uuid_equal (&stored->change->record, id))
      g_ptr_array_add (log, stored->change);
  }
  winners = compaction_reduce (log);
  for (guint i = 0; i < winners->len; i++)
    g_ptr_array_add (out, soban_numbered_change_new (soban_change_copy (g_ptr_array_index (winners, i)), 0));
}

gboolean
collector_pull_page (Collector *collector, const SobanHello *hello, SobanScopeCursor *cursor, GPtrArray *out)
{
  const guint64 last_number = memory_store_get_scope (collector->store, cursor->scope)->len;
  const SobanScopePage *page = find_page (hello, cursor->scope);
  g_autoptr (GArray) records = NULL;
  guint place = 0;

  if (page != NULL && (page->page_top > last_number || page->page_top < cursor->number))
    page = NULL;
  if (hello->minor == 0 || (page == NULL && cursor->number >= memory_store_get_floor (collector->store, cursor->scope)))
    return FALSE;
  records = memory_store_list_records (collector->store, cursor->scope);
  while (page != NULL && place < records->len
         && soban_uuid_compare (&g_array_index (records, SobanUuid, place), &page->page) <= 0)
    place++;
  cursor->is_page = TRUE;
  cursor->page_top = page != NULL ? page->page_top : last_number;
  for (gboolean first = TRUE; place < records->len && (first || out->len < collector->page); first = FALSE) {
    cursor->page = g_array_index (records, SobanUuid, place++);
    add_record (collector, cursor->scope, &cursor->page, out);
  }
  cursor->has_page = cursor->more = place < records->len;
  collector->marks[cursor->has_page ? MARK_PAGE : MARK_LAST_PAGE]++;
  if (!cursor->has_page) {
    cursor->number = cursor->page_top;
    cursor->more = cursor->number < last_number;
  }
  return TRUE;
}
