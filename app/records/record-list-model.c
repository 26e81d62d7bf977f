/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "records/record-list-model.h"

#include <string.h>

#include "base/limits.h"
#include "spare-memory.h"

struct _SobanRecordItem {
  GObject parent_instance;

  SobanUuid id;
  GPtrArray *page;           /* (nullable): keeps the row */
  const SobanRecordRow *row; /* (nullable): in the page */
};

G_DEFINE_FINAL_TYPE (SobanRecordItem, soban_record_item, G_TYPE_OBJECT)

/* 2,048 rows: more than a list shows and asks ahead. */
#define PAGES_KEPT_MAX 8
/* Who types the next letter before that needs only the first page of what was searched for. */
#define REST_DELAY_MS 150

struct _SobanRecordListModel {
  GObject parent_instance;

  SobanStore *store;
  GCancellable *cancellable; /* of everything under way; cancelled with the model */
  GArray *ids;               /* (element-type SobanUuid) */
  GHashTable *items;         /* SobanUuid (in the item) -> SobanRecordItem, weak */
  GHashTable *asked;         /* page number -> itself: its rows are under way */
  GHashTable *pages;         /* page number -> GPtrArray of SobanRecordRow: the last few */
  GQueue page_order;         /* page numbers in the order they came */
  guint64 serial;            /* of the query; answers to an older one are dropped */
  gboolean loading;
  gboolean listing; /* a query for ids is under way */
  gboolean relist;  /* ask again when it is back */
  gboolean whole;   /* asked for all ids, not only for those of the first page */
  gboolean shows_first_page; /* and there is more behind it */
  guint rest_source; /* 0: nothing waits to be asked for behind the first page */

  SobanRecordQuery *query; /* (nullable): until one is set */
};

static void soban_record_list_model_list_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SobanRecordListModel, soban_record_list_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, soban_record_list_model_list_init))

/* ---- item ---- */

const SobanUuid *
soban_record_item_get_id (SobanRecordItem *item)
{
  return &item->id;
}

const SobanRecordRow *
soban_record_item_get_row (SobanRecordItem *item)
{
  return item->row;
}

static void
soban_record_item_finalize (GObject *object)
{
  g_clear_pointer (&SOBAN_RECORD_ITEM (object)->page, g_ptr_array_unref);
  G_OBJECT_CLASS (soban_record_item_parent_class)->finalize (object);
}

static void
soban_record_item_class_init (SobanRecordItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = soban_record_item_finalize;
  g_signal_new ("loaded", SOBAN_TYPE_RECORD_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
soban_record_item_init (SobanRecordItem *item)
{
}

/* ---- rows of a page ---- */

typedef struct {
  guint64 serial;
  guint page;
  guint n_ids;
  SobanUuid *ids;
  GPtrArray *rows; /* (element-type SobanRecordRow): answer */
} RowRequest;

static void
row_request_free (gpointer data)
{
  RowRequest *request = data;

  g_free (request->ids);
  g_clear_pointer (&request->rows, g_ptr_array_unref);
  g_free (request);
}

static gboolean
run_rows (SobanStore *store, gpointer data, GError **error)
{
  RowRequest *request = data;

  request->rows = soban_store_get_rows (store, request->ids, request->n_ids, error);
  return request->rows != NULL;
}

static void
fill_item (SobanRecordItem *item, GPtrArray *page, guint index)
{
  const SobanRecordRow *row = g_ptr_array_index (page, index);

  g_clear_pointer (&item->page, g_ptr_array_unref);
  item->page = g_ptr_array_ref (page);
  item->row = row;
}

static void
keep_page (SobanRecordListModel *self, guint number, GPtrArray *page)
{
  g_hash_table_insert (self->pages, GUINT_TO_POINTER (number), g_ptr_array_ref (page));
  g_queue_push_tail (&self->page_order, GUINT_TO_POINTER (number));
  if (self->page_order.length > PAGES_KEPT_MAX) {
    g_hash_table_remove (self->pages, g_queue_pop_head (&self->page_order));
  }
}

static void
forget_pages (SobanRecordListModel *self)
{
  g_hash_table_remove_all (self->asked);
  g_hash_table_remove_all (self->pages);
  g_queue_clear (&self->page_order);
}

static void
take_page (SobanRecordListModel *self, RowRequest *request)
{
  keep_page (self, request->page, request->rows);
  for (guint i = 0; i < request->rows->len; i++) {
    SobanRecordItem *item = g_hash_table_lookup (self->items, &request->ids[i]);

    if (item == NULL || g_ptr_array_index (request->rows, i) == NULL) {
      continue;
    }
    g_object_ref (item);
    fill_item (item, request->rows, i);
    g_signal_emit_by_name (item, "loaded");
    g_object_unref (item);
  }
}

typedef struct {
  SobanRecordListModel *self;
  RowRequest *request;
} RowAnswer;

static void
on_rows (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree RowAnswer *answer = data;
  g_autoptr (SobanRecordListModel) self = answer->self;
  RowRequest *request = answer->request;
  g_autoptr (GError) error = NULL;

  if (request->serial == self->serial) {
    g_hash_table_remove (self->asked, GUINT_TO_POINTER (request->page));
  }
  if (!soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
      g_message ("Reading rows of the list: %s", error->message);
    }
  } else if (request->serial == self->serial) {
    take_page (self, request);
    g_signal_emit_by_name (self, "settled");
  }
  row_request_free (request);
}

static void
ask_rows (SobanRecordListModel *self, guint position)
{
  guint page = position / SOBAN_LIST_PAGE_ROWS;
  guint first = page * SOBAN_LIST_PAGE_ROWS;
  RowRequest *request;
  RowAnswer *answer;

  if (!g_hash_table_add (self->asked, GUINT_TO_POINTER (page))) {
    return;
  }
  request = g_new0 (RowRequest, 1);
  request->serial = self->serial;
  request->page = page;
  request->n_ids = MIN (SOBAN_LIST_PAGE_ROWS, self->ids->len - first);
  request->ids = g_memdup2 (&g_array_index (self->ids, SobanUuid, first), request->n_ids * sizeof (SobanUuid));
  answer = g_new0 (RowAnswer, 1);
  answer->self = g_object_ref (self);
  answer->request = request;
  soban_store_run_async (self->store, run_rows, request, NULL, self->cancellable, on_rows, answer);
}

/* The row of an item that lives already. */
static void
see_row (SobanRecordListModel *self, guint position)
{
  GPtrArray *rows = g_hash_table_lookup (self->pages, GUINT_TO_POINTER (position / SOBAN_LIST_PAGE_ROWS));
  guint index = position % SOBAN_LIST_PAGE_ROWS;
  SobanRecordItem *item;

  if (rows == NULL) {
    ask_rows (self, position);
    return;
  }
  item = g_hash_table_lookup (self->items, &g_array_index (self->ids, SobanUuid, position));
  if (item != NULL && g_ptr_array_index (rows, index) != NULL) {
    g_object_ref (item);
    fill_item (item, rows, index);
    g_signal_emit_by_name (item, "loaded");
    g_object_unref (item);
  }
}

/* ---- list model ---- */

static void
on_item_gone (gpointer data, GObject *gone)
{
  SobanRecordListModel *self = data;

  g_hash_table_remove (self->items, &((SobanRecordItem *)gone)->id);
}

static GType
get_item_type (GListModel *model)
{
  return SOBAN_TYPE_RECORD_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return SOBAN_RECORD_LIST_MODEL (model)->ids->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  SobanRecordListModel *self = SOBAN_RECORD_LIST_MODEL (model);
  const SobanUuid *id;
  SobanRecordItem *item;
  GPtrArray *rows;

  if (position >= self->ids->len) {
    return NULL;
  }
  id = &g_array_index (self->ids, SobanUuid, position);
  item = g_hash_table_lookup (self->items, id);
  if (item != NULL) {
    return g_object_ref (item);
  }
  item = g_object_new (SOBAN_TYPE_RECORD_ITEM, NULL);
  item->id = *id;
  g_hash_table_insert (self->items, &item->id, item);
  g_object_weak_ref (G_OBJECT (item), on_item_gone, self);
  rows = g_hash_table_lookup (self->pages, GUINT_TO_POINTER (position / SOBAN_LIST_PAGE_ROWS));
  if (rows == NULL) {
    ask_rows (self, position);
  } else if (g_ptr_array_index (rows, position % SOBAN_LIST_PAGE_ROWS) != NULL) {
    fill_item (item, rows, position % SOBAN_LIST_PAGE_ROWS);
  }
  return item;
}

static void
soban_record_list_model_list_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* ---- ids ---- */

typedef struct {
  SobanRecordQuery *query;
  GArray *ids;     /* answer */
  GPtrArray *rows; /* (nullable): answer: those of the first page, when no more was asked for */
} ListRequest;

typedef struct {
  SobanRecordListModel *self;
  ListRequest *request;
  guint64 serial;
} ListAnswer;

static void
list_request_free (gpointer data)
{
  ListRequest *request = data;

  soban_record_query_free (request->query);
  g_clear_pointer (&request->ids, g_array_unref);
  g_clear_pointer (&request->rows, g_ptr_array_unref);
  g_free (request);
}

static gboolean
run_list (SobanStore *store, gpointer data, GError **error)
{
  ListRequest *request = data;

  request->ids = soban_store_list_records (store, request->query, error);
  if (request->ids == NULL || request->query->limit == 0) {
    return request->ids != NULL;
  }
  request->rows = soban_store_get_rows (store, (const SobanUuid *)(void *)request->ids->data, request->ids->len, error);
  return request->rows != NULL;
}

static gboolean
is_same (GArray *a, guint i, GArray *b, guint k)
{
  return soban_uuid_equal (&g_array_index (a, SobanUuid, i), &g_array_index (b, SobanUuid, k));
}

/* What is behind the first page, which stays as it is; FALSE when it is not the same any more. */
static gboolean
append_ids (SobanRecordListModel *self, GArray *ids)
{
  guint shown = self->ids->len;

  if (ids->len < shown || (shown > 0 && memcmp (ids->data, self->ids->data, shown * sizeof (SobanUuid)) != 0)) {
    return FALSE;
  }
  g_array_unref (self->ids);
  self->ids = g_array_ref (ids);
  if (ids->len > shown) {
    g_list_model_items_changed (G_LIST_MODEL (self), shown, 0, ids->len - shown);
  }
  soban_spare_memory_give_back ();
  return TRUE;
}

/* Invariant 3: the common head and tail stay. */
static void
take_ids (SobanRecordListModel *self, const ListRequest *request)
{
  GArray *ids = request->ids;
  g_autoptr (GArray) before = g_steal_pointer (&self->ids);
  guint head = 0, tail = 0, most = MIN (before->len, ids->len);

  while (head < most && is_same (before, head, ids, head)) {
    head++;
  }
  while (tail < most - head && is_same (before, before->len - 1 - tail, ids, ids->len - 1 - tail)) {
    tail++;
  }
  self->ids = g_array_ref (ids);
  self->serial++;
  forget_pages (self);
  if (request->rows != NULL) {
    keep_page (self, 0, request->rows);
  }
  if (before->len - tail - head > 0 || ids->len - tail - head > 0) {
    g_list_model_items_changed (G_LIST_MODEL (self), head, before->len - tail - head, ids->len - tail - head);
  }
  /* What is seen may read differently now. */
  for (guint i = 0; i < ids->len && g_hash_table_size (self->items) > 0; i++) {
    if (g_hash_table_contains (self->items, &g_array_index (ids, SobanUuid, i))) {
      see_row (self, i);
    }
  }
}

static void ask_ids (SobanRecordListModel *self, gboolean whole);

static gboolean
on_ask_rest (gpointer data)
{
  SobanRecordListModel *self = data;

  self->rest_source = 0;
  ask_ids (self, TRUE);
  return G_SOURCE_REMOVE;
}

static void
take_answer (SobanRecordListModel *self, const ListRequest *request)
{
  gboolean first_page = request->query->limit > 0;

  if (first_page || !self->shows_first_page || !append_ids (self, request->ids)) {
    take_ids (self, request);
  }
  self->shows_first_page = first_page && request->ids->len == request->query->limit;
  if (self->shows_first_page && !self->listing) {
    self->rest_source = g_timeout_add (REST_DELAY_MS, on_ask_rest, self);
  }
}

static void
on_ids (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree ListAnswer *answer = data;
  g_autoptr (SobanRecordListModel) self = answer->self;
  g_autoptr (GError) error = NULL;
  gboolean ok = soban_store_run_finish (SOBAN_STORE (source), result, &error);

  self->listing = FALSE;
  if (!ok && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_message ("Listing records: %s", error->message);
    /* What is shown stays; its rows may be asked for anew. */
    forget_pages (self);
  }
  if (self->relist && !g_cancellable_is_cancelled (self->cancellable)) {
    ask_ids (self, self->whole);
  } else {
    self->loading = FALSE;
  }
  if (ok && answer->serial == self->serial) {
    take_answer (self, answer->request);
    g_signal_emit_by_name (self, "settled");
  }
  list_request_free (answer->request);
}

/* @whole FALSE: the first page; the rest follows. */
static void
ask_ids (SobanRecordListModel *self, gboolean whole)
{
  ListRequest *request;
  ListAnswer *answer;

  g_clear_handle_id (&self->rest_source, g_source_remove);
  self->whole = whole;
  if (self->listing) {
    self->relist = TRUE;
    return;
  }
  self->relist = FALSE;
  self->listing = TRUE;
  request = g_new0 (ListRequest, 1);
  /* With texts of its own: the filter may be another one before the worker has read it. */
  request->query = soban_record_query_copy (self->query);
  request->query->limit = whole ? 0 : SOBAN_LIST_PAGE_ROWS;
  answer = g_new0 (ListAnswer, 1);
  answer->self = g_object_ref (self);
  answer->request = request;
  answer->serial = self->serial;
  soban_store_run_async (self->store, run_list, request, NULL, self->cancellable, on_ids, answer);
}

void
soban_record_list_model_set_query (SobanRecordListModel *self, const SobanRecordQuery *query)
{
  SobanRecordQuery *copy;

  g_return_if_fail (SOBAN_IS_RECORD_LIST_MODEL (self));
  copy = soban_record_query_copy (query);
  soban_record_query_free (self->query);
  self->query = copy;
  self->loading = TRUE;
  self->serial++;
  ask_ids (self, FALSE);
}

gboolean
soban_record_list_model_is_loading (SobanRecordListModel *self)
{
  return self->loading;
}

guint
soban_record_list_model_find (SobanRecordListModel *self, const SobanUuid *id)
{
  for (guint i = 0; i < self->ids->len; i++) {
    if (soban_uuid_equal (&g_array_index (self->ids, SobanUuid, i), id)) {
      return i;
    }
  }
  return G_MAXUINT;
}

void
soban_record_list_model_spare_memory (SobanRecordListModel *self)
{
  g_return_if_fail (SOBAN_IS_RECORD_LIST_MODEL (self));
  g_hash_table_remove_all (self->pages);
  g_queue_clear (&self->page_order);
}

static void
on_store_changed (SobanRecordListModel *self)
{
  /* What is shown may read differently, too: the answer is taken in whole. */
  self->shows_first_page = FALSE;
  /* A query that is still to be answered begins with its first page all the same. */
  ask_ids (self, !self->loading);
}

static void
soban_record_list_model_dispose (GObject *object)
{
  SobanRecordListModel *self = SOBAN_RECORD_LIST_MODEL (object);
  GHashTableIter iter;
  gpointer item;

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->rest_source, g_source_remove);
  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, NULL, &item)) {
    g_object_weak_unref (item, on_item_gone, self);
  }
  g_hash_table_remove_all (self->items);
  G_OBJECT_CLASS (soban_record_list_model_parent_class)->dispose (object);
}

static void
soban_record_list_model_finalize (GObject *object)
{
  SobanRecordListModel *self = SOBAN_RECORD_LIST_MODEL (object);

  g_clear_object (&self->store);
  g_clear_object (&self->cancellable);
  g_array_unref (self->ids);
  g_hash_table_unref (self->items);
  g_hash_table_unref (self->asked);
  g_hash_table_unref (self->pages);
  g_queue_clear (&self->page_order);
  soban_record_query_free (self->query);
  G_OBJECT_CLASS (soban_record_list_model_parent_class)->finalize (object);
}

static void
soban_record_list_model_class_init (SobanRecordListModelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = soban_record_list_model_dispose;
  G_OBJECT_CLASS (klass)->finalize = soban_record_list_model_finalize;
  g_signal_new ("settled", SOBAN_TYPE_RECORD_LIST_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
soban_record_list_model_init (SobanRecordListModel *self)
{
  self->cancellable = g_cancellable_new ();
  self->ids = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
  self->items = g_hash_table_new (soban_uuid_hash, soban_uuid_equal);
  self->asked = g_hash_table_new (NULL, NULL);
  self->pages = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
  g_queue_init (&self->page_order);
}

SobanRecordListModel *
soban_record_list_model_new (SobanStore *store)
{
  SobanRecordListModel *self = g_object_new (SOBAN_TYPE_RECORD_LIST_MODEL, NULL);

  self->store = g_object_ref (store);
  g_signal_connect_object (store, "changed", G_CALLBACK (on_store_changed), self, G_CONNECT_SWAPPED);
  return self;
}
