/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire-sample.h"

#define START_MS G_GINT64_CONSTANT (1763774000000)

static const char *const families[] = { "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi",
                                        "Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Giàng", "Lò", "Vàng", "Hờ" };
static const char *const middles[] = { "Văn", "Thị", "Hữu", "Đức", "Minh", "Thanh", "Ngọc", "A", "Quang", "Xuân" };
static const char *const givens[] = { "An", "Bình", "Chung", "Dũng", "Hà", "Hạnh", "Hùng", "Lan", "Mai", "Nam", "Phúc",
                                      "Quân", "Sơn", "Tâm", "Thảo", "Tú", "Vân", "Yến", "Páo", "Sùng" };
static const char *const villages[] = { "Bản Mường", "Thôn Nà Lầu", "Thôn 1", "Thôn 2", "Bản Phìn Hồ", "Xóm Đông", "Ấp 3",
                                        "Khóm 5" };
static const char *const groups[] = { "kinh", "tay", "thai", "muong", "hmong", "dao", "nung" };
static const char *const notes[] = { "", "", "", "nhà tạm, cần hỗ trợ sửa mái trước mùa mưa", "hộ cận nghèo",
                                     "đi làm ăn xa" };

#define PICK(rand, list) list[g_rand_int_range (rand, 0, G_N_ELEMENTS (list))]

static void
fill_random (gpointer data, guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) g_rand_int_range (data, 0, 256);
}

static void
assign (SobanChange *change, const char *path, char *value)
{
  if (value[0] != '\0')
    soban_change_assign (change, path, value);
  g_free (value);
}

static char *
make_decimal (GRand *rand, double from, double to)
{
  char *text = g_strdup_printf ("%.6f", g_rand_double_range (rand, from, to));

  for (gsize end = strlen (text); end > 0 && text[end - 1] == '0'; end--)
    text[end - 1] = '\0';
  return text;
}

static void
fill_household (SobanChange *change, GRand *rand)
{
  g_autoptr (GDate) date = g_date_new_dmy (1, G_DATE_JANUARY, 2025);
  gint64 number = (gint64) g_rand_double_range (rand, 1e10, 9e10);

  assign (change, "head", g_strconcat (PICK (rand, families), " ", PICK (rand, middles), " ", PICK (rand, givens), NULL));
  assign (change, "birth_year", g_strdup_printf ("%d", g_rand_int_range (rand, 1930, 2007)));
  assign (change, "sex", g_strdup (g_rand_boolean (rand) ? "male" : "female"));
  assign (change, "ethnic_group", g_strdup (PICK (rand, groups)));
  assign (change, "village", g_strdup (PICK (rand, villages)));
  assign (change, "household_size", g_strdup_printf ("%d", g_rand_int_range (rand, 1, 10)));
  assign (change, "number", g_strdup_printf ("%012" G_GINT64_FORMAT, number));
  assign (change, "lat", make_decimal (rand, 8.5, 23.3));
  assign (change, "lon", make_decimal (rand, 102.1, 109.4));
  g_date_add_days (date, (guint) g_rand_int_range (rand, 0, 301));
  assign (change, "date", g_strdup_printf ("%04d-%02d-%02d", g_date_get_year (date), g_date_get_month (date),
                                           g_date_get_day (date)));
  assign (change, "clean_water", g_strdup (g_rand_boolean (rand) ? "yes" : "no"));
  assign (change, "note", g_strdup (PICK (rand, notes)));
}

static SobanChange *
new_change (GRand *rand, guint64 number, gint64 ms)
{
  SobanChange *change = soban_change_new ();

  change->id = (SobanChangeId) { 17, G_GUINT64_CONSTANT (0x1d2c3b4a59687706), number };
  change->form = g_strdup ("household");
  change->form_version = g_strdup ("2026111801");
  change->scope = g_strdup ("02947@2025-07-01");
  change->seen = 4711;
  change->stamp = SOBAN_STAMP (ms, 0);
  change->wall_ms = ms;
  change->boottime_ms = ms - START_MS + 30000 + g_rand_int_range (rand, 0, 2);
  return change;
}

static GPtrArray *
make (guint count, guint32 seed, gboolean edits)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  const SobanEntropy entropy = { fill_random, rand };
  GPtrArray *numbered = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  gint64 ms = START_MS;

  for (guint i = 0; i < count; i++) {
    SobanChange *change;

    ms += g_rand_int_range (rand, 60000, 600000);
    change = new_change (rand, i + 1, ms);
    if (edits) {
      change->record = soban_uuid_new_v7 (ms - g_rand_int_range (rand, 0, G_MAXINT32), &entropy);
      assign (change, "household_size", g_strdup_printf ("%d", g_rand_int_range (rand, 1, 10)));
    } else {
      change->record = soban_uuid_new_v7 (ms, &entropy);
      fill_household (change, rand);
    }
    g_ptr_array_add (numbered, soban_numbered_change_new (change, 0));
  }
  return numbered;
}

GPtrArray *
wire_sample_new_records (guint count, guint32 seed)
{
  return make (count, seed, FALSE);
}

GPtrArray *
wire_sample_new_edits (guint count, guint32 seed)
{
  return make (count, seed, TRUE);
}

static void
assert_equal_bases (const GArray *a, const GArray *b)
{
  g_assert_cmpuint (a != NULL ? a->len : 0, ==, b != NULL ? b->len : 0);
  for (guint i = 0; a != NULL && i < a->len; i++) {
    const SobanChangeId *left = &g_array_index (a, SobanChangeId, i);
    const SobanChangeId *right = &g_array_index (b, SobanChangeId, i);

    g_assert_cmpuint (left->device, ==, right->device);
    g_assert_cmpuint (left->incarnation, ==, right->incarnation);
    g_assert_cmpuint (left->number, ==, right->number);
  }
}

static void
assert_equal_changes (const SobanChange *a, const SobanChange *b)
{
  g_assert_cmpuint (a->id.device, ==, b->id.device);
  g_assert_cmpuint (a->id.incarnation, ==, b->id.incarnation);
  g_assert_cmpuint (a->id.number, ==, b->id.number);
  g_assert_true (soban_uuid_equal (&a->record, &b->record));
  g_assert_cmpstr (a->form, ==, b->form);
  g_assert_cmpstr (a->form_version, ==, b->form_version);
  g_assert_cmpstr (a->scope, ==, b->scope);
  g_assert_cmpuint (a->seen, ==, b->seen);
  g_assert_cmpuint (a->stamp, ==, b->stamp);
  g_assert_cmpint (a->wall_ms, ==, b->wall_ms);
  g_assert_cmpint (a->boottime_ms, ==, b->boottime_ms);
  g_assert_cmpint (a->recorded_ms, ==, b->recorded_ms);
  g_assert_cmpint (a->time_quality, ==, b->time_quality);
  assert_equal_bases (a->bases, b->bases);
  g_assert_cmpuint (a->assignments->len, ==, b->assignments->len);
  for (guint i = 0; i < a->assignments->len; i++) {
    const SobanAssignment *left = g_ptr_array_index (a->assignments, i);
    const SobanAssignment *right = g_ptr_array_index (b->assignments, i);

    g_assert_cmpstr (left->path, ==, right->path);
    g_assert_cmpstr (left->value, ==, right->value);
  }
}

void
wire_sample_assert_equal (const GPtrArray *a, const GPtrArray *b)
{
  g_assert_cmpuint (a->len, ==, b->len);
  for (guint i = 0; i < a->len; i++) {
    const SobanNumberedChange *left = g_ptr_array_index (a, i);
    const SobanNumberedChange *right = g_ptr_array_index (b, i);

    g_assert_cmpuint (left->scope_number, ==, right->scope_number);
    assert_equal_changes (left->change, right->change);
  }
}
