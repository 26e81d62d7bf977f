/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of app/records/record-list-model.h. */
#include "records/record-list-model.h"

#include "base/limits.h"
#include "ui.h"

#define RECORDS (2 * SOBAN_LIST_PAGE_ROWS + 40)

typedef struct {
  guint calls, position, removed, added;
} Change;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, Change *change)
{
  *change = (Change){ change->calls + 1, position, removed, added };
}

static gboolean
is_settled (gpointer data)
{
  return !soban_record_list_model_is_loading (data);
}

static gboolean
is_loaded (gpointer data)
{
  return soban_record_item_get_row (data) != NULL;
}

static SobanRecordListModel *
list_all (SobanStore *store, const SobanRecordQuery *query)
{
  SobanRecordListModel *model = soban_record_list_model_new (store);

  soban_record_list_model_set_query (model, query);
  sample_wait (is_settled, model);
  return model;
}

static char *
save_village (SobanStore *store, guint number)
{
  g_autofree char *name = g_strdup_printf ("Nà Lùng %u", number);

  return sample_store_save (store, "village", "kind", "ban", "name", name, "commune_id", SAMPLE_COMMUNE, NULL);
}

typedef struct {
  GListModel *model;
  guint n_items;
} Count;

static gboolean
has_count (gpointer data)
{
  const Count *count = data;

  return g_list_model_get_n_items (count->model) == count->n_items;
}

/* 1. Rows come by pages: one row of each page brings all rows of its page. */
static void
test_invariant_1_pages (void)
{
  SobanStore *store = sample_store_new ();
  const SobanRecordQuery query = { .registries = TRUE };
  const guint positions[] = { 0, SOBAN_LIST_PAGE_ROWS - 1, SOBAN_LIST_PAGE_ROWS, RECORDS - 1 };
  SobanRecordListModel *model;
  g_autoptr (SobanRecordItem) first = NULL;
  Change change = { 0 };
  Count count;

  sample_store_begin (store);
  for (guint i = 0; i < RECORDS; i++) {
    g_autofree char *id = save_village (store, i);
  }
  sample_settle ();
  model = list_all (store, &query);
  count = (Count){ G_LIST_MODEL (model), RECORDS };
  /* The first page is there with its rows, at once; how many more there are is told by itself. */
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, SOBAN_LIST_PAGE_ROWS);
  first = g_list_model_get_item (G_LIST_MODEL (model), 0);
  g_assert_nonnull (soban_record_item_get_row (first));
  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), &change);
  sample_wait (has_count, &count);
  g_assert_cmpuint (change.calls, ==, 1);
  g_assert_cmpuint (change.position, ==, SOBAN_LIST_PAGE_ROWS);
  for (guint i = 0; i < G_N_ELEMENTS (positions); i++) {
    g_autoptr (SobanRecordItem) item = g_list_model_get_item (G_LIST_MODEL (model), positions[i]);
    g_autofree char *number = g_strdup_printf ("Nà Lùng %u", RECORDS - 1 - positions[i]);

    sample_wait (is_loaded, item);
    g_assert_nonnull (strstr (soban_record_item_get_row (item)->title, number));
  }
  {
    /* The page is there: its other rows need no waiting. */
    g_autoptr (SobanRecordItem) neighbour = g_list_model_get_item (G_LIST_MODEL (model), 7);

    g_assert_nonnull (soban_record_item_get_row (neighbour));
  }
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (model), RECORDS));
  g_object_unref (model);
  sample_store_free (store);
}

/* 2. The same record is the same item. */
static void
test_invariant_2_same_item (void)
{
  SobanStore *store = sample_store_new ();
  const SobanRecordQuery query = { .registries = TRUE };
  SobanRecordListModel *model;
  g_autoptr (SobanRecordItem) first = NULL;
  g_autoptr (SobanRecordItem) again = NULL;

  sample_store_begin (store);
  sample_store_fill (store);
  model = list_all (store, &query);
  first = g_list_model_get_item (G_LIST_MODEL (model), 1);
  again = g_list_model_get_item (G_LIST_MODEL (model), 1);
  g_assert_true (first == again);
  g_object_unref (model);
  sample_store_free (store);
}

/* 3. A new record is one item added, a deleted one one removed; all others stay. */
static void
test_invariant_3_small_changes (void)
{
  SobanStore *store = sample_store_new ();
  const SobanRecordQuery query = { .registries = TRUE };
  SobanRecordListModel *model;
  Change change = { 0 };
  Count count;
  g_autofree char *id_text = NULL;
  SobanUuid id;

  sample_store_begin (store);
  sample_store_fill (store);
  model = list_all (store, &query);
  count = (Count){ G_LIST_MODEL (model), g_list_model_get_n_items (G_LIST_MODEL (model)) + 1 };
  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), &change);
  id_text = save_village (store, 99);
  sample_wait (has_count, &count);
  g_assert_cmpuint (change.calls, ==, 1);
  g_assert_cmpuint (change.removed, ==, 0);
  g_assert_cmpuint (change.added, ==, 1);
  g_assert_true (soban_uuid_parse (id_text, &id));
  g_assert_cmpuint (soban_record_list_model_find (model, &id), ==, change.position);
  g_assert_true (soban_store_set_deleted (store, &id, TRUE, NULL));
  count.n_items--;
  sample_wait (has_count, &count);
  g_assert_cmpuint (change.calls, ==, 2);
  g_assert_cmpuint (change.removed, ==, 1);
  g_assert_cmpuint (change.added, ==, 0);
  g_object_unref (model);
  sample_store_free (store);
}

/* Search without accents, by the form and by what needs a look. */
static void
test_queries (void)
{
  SobanStore *store = sample_store_new ();
  const SobanRecordQuery by_text = { .search = "pho rang", .registries = TRUE };
  const SobanRecordQuery by_form = { .form = "policy_dialogue" };
  const SobanRecordQuery by_look = { .form = "training", .needs_look = TRUE };
  SobanRecordListModel *model;

  sample_store_begin (store);
  sample_store_fill (store);
  model = list_all (store, &by_text);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), >=, 2);
  soban_record_list_model_set_query (model, &by_form);
  sample_wait (is_settled, model);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 1);
  soban_record_list_model_set_query (model, &by_look);
  sample_wait (is_settled, model);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 1);
  g_object_unref (model);
  sample_store_free (store);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/record-list-model/invariant-1-pages", test_invariant_1_pages);
  g_test_add_func ("/record-list-model/invariant-2-same-item", test_invariant_2_same_item);
  g_test_add_func ("/record-list-model/invariant-3-small-changes", test_invariant_3_small_changes);
  g_test_add_func ("/record-list-model/queries", test_queries);
  return g_test_run ();
}
