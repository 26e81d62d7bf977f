/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of schema/log/merge.c, by name; the reference is the naive maximum over the set of assignments. */
#include "log/record-state.h"

#include <string.h>

static SobanChange *
make_change (guint32 device, guint64 number, SobanStamp stamp)
{
  SobanChange *change = soban_change_new ();

  change->id = (SobanChangeId){ device, device * 1000, number };
  change->form = g_strdup ("f");
  change->form_version = g_strdup ("1");
  change->scope = g_strdup ("s");
  change->stamp = stamp;
  return change;
}

static SobanChange *
make_assignment (guint32 device, guint64 number, SobanStamp stamp, const char *path, const char *value)
{
  SobanChange *change = make_change (device, number, stamp);

  soban_change_assign (change, path, value);
  return change;
}

static GBytes *
encode (const SobanRecordState *state)
{
  GByteArray *out = g_byte_array_new ();

  soban_record_state_encode (state, out);
  return g_byte_array_free_to_bytes (out);
}

/* Merges in the order given by @order; every second state goes through its stored form on the way. */
static GBytes *
merge_in_order (GPtrArray *changes, const guint *order, guint n, gboolean stored)
{
  g_autoptr (SobanRecordState) state = soban_record_state_new ();

  for (guint i = 0; i < n; i++) {
    soban_record_state_merge (state, g_ptr_array_index (changes, order[i]));
    if (stored) {
      g_autoptr (GBytes) bytes = encode (state);
      g_autoptr (GError) error = NULL;

      g_assert_true (soban_record_state_load (state, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error));
      g_assert_no_error (error);
    }
  }
  return encode (state);
}

static GPtrArray *
make_random_changes (guint n)
{
  GPtrArray *changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);
  const char *paths[] = { "a", "b", "c", ".deleted", "opinion[x]/status" };

  for (guint i = 0; i < n; i++) {
    guint32 device = g_test_rand_int_range (1, 4);
    SobanChange *change = make_change (device, i + 1, g_test_rand_int_range (1, 4));
    guint n_paths = g_test_rand_int_range (1, 5);

    for (guint p = 0; p < n_paths; p++) {
      g_autofree char *value = g_strdup_printf ("%d", g_test_rand_int_range (0, 3));

      soban_change_assign (change, paths[g_test_rand_int_range (0, G_N_ELEMENTS (paths))],
                           g_test_rand_int_range (0, 4) == 0 ? NULL : value);
    }
    g_ptr_array_add (changes, change);
  }
  return changes;
}

/* The maximum over the set, computed path by path without any state. */
static void
assert_naive_maximum (GPtrArray *changes, const SobanRecordState *state)
{
  g_autoptr (SobanFieldMap) fields = soban_record_state_get_fields (state);

  for (guint c = 0; c < changes->len; c++) {
    const SobanChange *change = g_ptr_array_index (changes, c);

    for (guint a = 0; a < change->assignments->len; a++) {
      const char *path = ((SobanAssignment *) g_ptr_array_index (change->assignments, a))->path;
      SobanWriteKey best = { 0 };
      const char *value = NULL;

      for (guint d = 0; d < changes->len; d++) {
        const SobanChange *other = g_ptr_array_index (changes, d);
        const SobanWriteKey key = { other->stamp, other->id };

        for (guint b = 0; b < other->assignments->len; b++) {
          const SobanAssignment *assignment = g_ptr_array_index (other->assignments, b);

          if (strcmp (assignment->path, path) == 0 && soban_write_key_compare (&key, &best) > 0) {
            best = key;
            value = assignment->value;
          }
        }
      }
      g_assert_cmpstr (soban_field_map_get (fields, path), ==, value);
      g_assert_cmpint (soban_write_key_compare (soban_record_state_get_winner (state, path), &best), ==, 0);
    }
  }
}

static void
permute (GPtrArray *changes, guint *order, guint at, GBytes *expected, guint *ret_count)
{
  if (at == changes->len) {
    g_autoptr (GBytes) bytes = merge_in_order (changes, order, changes->len, *ret_count % 2);

    g_assert_true (g_bytes_equal (bytes, expected));
    (*ret_count)++;
    return;
  }
  for (guint i = at; i < changes->len; i++) {
    guint kept = order[at];

    order[at] = order[i];
    order[i] = kept;
    permute (changes, order, at + 1, expected, ret_count);
    order[i] = order[at];
    order[at] = kept;
  }
}

static void
test_commutative_all_orders (void)
{
  for (guint round = 0; round < 60; round++) {
    guint n = 2 + round % 4;
    g_autoptr (GPtrArray) changes = make_random_changes (n);
    guint order[5] = { 0, 1, 2, 3, 4 };
    g_autoptr (GBytes) expected = merge_in_order (changes, order, n, FALSE);
    g_autoptr (SobanRecordState) state = NULL;
    guint count = 0;

    state = soban_record_state_decode (g_bytes_get_data (expected, NULL), g_bytes_get_size (expected), NULL);
    assert_naive_maximum (changes, state);
    permute (changes, order, 0, expected, &count);
    g_assert_cmpuint (count, >=, 2);
  }
}

static void
test_associative_random_groups (void)
{
  for (guint round = 0; round < 200; round++) {
    g_autoptr (GPtrArray) changes = make_random_changes (12);
    guint order[12], shuffled[12];
    g_autoptr (GBytes) a = NULL;
    g_autoptr (GBytes) b = NULL;

    for (guint i = 0; i < 12; i++)
      order[i] = shuffled[i] = i;
    for (guint i = 11; i > 0; i--) {
      guint j = g_test_rand_int_range (0, i + 1), kept = shuffled[i];

      shuffled[i] = shuffled[j];
      shuffled[j] = kept;
    }
    a = merge_in_order (changes, order, 12, FALSE);
    b = merge_in_order (changes, shuffled, 12, TRUE);
    g_assert_true (g_bytes_equal (a, b));
  }
}

static void
test_idempotent (void)
{
  g_autoptr (GPtrArray) changes = make_random_changes (6);
  const guint order[12] = { 0, 1, 2, 3, 4, 5, 3, 0, 5, 1, 4, 2 };
  g_autoptr (GBytes) once = merge_in_order (changes, order, 6, FALSE);
  g_autoptr (GBytes) twice = merge_in_order (changes, order, 12, FALSE);
  g_autoptr (SobanRecordState) state =
      soban_record_state_decode (g_bytes_get_data (once, NULL), g_bytes_get_size (once), NULL);

  g_assert_true (g_bytes_equal (once, twice));
  for (guint i = 0; i < changes->len; i++)
    g_assert_false (soban_record_state_merge (state, g_ptr_array_index (changes, i)));
}

static void
test_different_fields_both_stay (void)
{
  g_autoptr (SobanChange) a = make_assignment (1, 1, 10, "female", "8");
  g_autoptr (SobanChange) b = make_assignment (2, 1, 10, "male", "5");
  g_autoptr (SobanRecordState) state = soban_record_state_new ();
  g_autoptr (SobanFieldMap) fields = NULL;

  g_assert_true (soban_record_state_merge (state, b));
  g_assert_true (soban_record_state_merge (state, a));
  fields = soban_record_state_get_fields (state);
  g_assert_cmpstr (soban_field_map_get (fields, "female"), ==, "8");
  g_assert_cmpstr (soban_field_map_get (fields, "male"), ==, "5");
}

static void
test_same_field_later_key_never_value (void)
{
  g_autoptr (SobanChange) big = make_assignment (1, 1, 10, "total", "999");
  g_autoptr (SobanChange) late = make_assignment (1, 2, 11, "total", "1");
  g_autoptr (SobanChange) tie = make_assignment (2, 1, 11, "total", "0");
  g_autoptr (SobanRecordState) state = soban_record_state_new ();

  soban_record_state_merge (state, late);
  g_assert_false (soban_record_state_merge (state, big));
  g_assert_cmpstr (soban_record_state_get (state, "total"), ==, "1");
  g_assert_true (soban_record_state_merge (state, tie));
  g_assert_cmpstr (soban_record_state_get (state, "total"), ==, "0");
}

static void
test_removed_field_keeps_key (void)
{
  g_autoptr (SobanChange) set = make_assignment (1, 1, 10, "note", "x");
  g_autoptr (SobanChange) removed = make_assignment (2, 1, 20, "note", NULL);
  g_autoptr (SobanRecordState) state = soban_record_state_new ();

  soban_record_state_merge (state, removed);
  g_assert_false (soban_record_state_merge (state, set));
  g_assert_null (soban_record_state_get (state, "note"));
  g_assert_cmpuint (soban_record_state_get_winner (state, "note")->stamp, ==, 20);
  g_assert_cmpuint (soban_record_state_get_newest (state).stamp, ==, 20);
}

static void
test_delete_against_edit (void)
{
  g_autoptr (SobanChange) removal = make_assignment (1, 1, 10, SOBAN_FIELD_DELETED, "1");
  g_autoptr (SobanChange) edit = make_assignment (2, 1, 20, "total", "5");
  g_autoptr (SobanChange) undelete = make_assignment (2, 2, 30, SOBAN_FIELD_DELETED, "0");
  g_autoptr (SobanRecordState) state = soban_record_state_new ();

  soban_record_state_merge (state, edit);
  soban_record_state_merge (state, removal);
  g_assert_true (soban_record_state_is_deleted (state));
  g_assert_cmpstr (soban_record_state_get (state, "total"), ==, "5");
  soban_record_state_merge (state, undelete);
  g_assert_false (soban_record_state_is_deleted (state));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/merge/1/commutative-in-all-orders", test_commutative_all_orders);
  g_test_add_func ("/merge/1/associative-in-random-groups", test_associative_random_groups);
  g_test_add_func ("/merge/1/idempotent", test_idempotent);
  g_test_add_func ("/merge/2/key-decides-never-value", test_same_field_later_key_never_value);
  g_test_add_func ("/merge/3/removed-field-keeps-key", test_removed_field_keeps_key);
  g_test_add_func ("/merge/4/different-fields-both-stay", test_different_fields_both_stay);
  g_test_add_func ("/merge/5/delete-against-edit", test_delete_against_edit);
  return g_test_run ();
}
