/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "message-sample.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/limits.h"
#include "wire-sample.h"

#define FIRST_SCOPE "02947@2025-07-01"
#define SECOND_SCOPE "02950@2025-07-01"
#define NOW_MS G_GINT64_CONSTANT (1763774000456)

static SobanUuid
make_uuid (guint8 first, guint8 last)
{
  SobanUuid uuid = { { 0 } };

  uuid.bytes[0] = first;
  uuid.bytes[6] = 0x70;
  uuid.bytes[8] = 0x80;
  uuid.bytes[15] = last;
  return uuid;
}

/* ---- HELLO ---- */

SobanHello *
message_sample_make_hello (void)
{
  SobanHello *hello = soban_hello_new ();
  const SobanUuid page = make_uuid (1, 2);

  hello->device = 17;
  hello->incarnation = G_GUINT64_CONSTANT (0x1d2c3b4a59687706);
  hello->last_number = 300;
  hello->wall_ms = G_GINT64_CONSTANT (1763774000123);
  hello->program = g_strdup ("soban 0.1.0");
  hello->boot_id = g_strdup ("2f6a1c0e-7f5b-4c7e-9d1e-0a1b2c3d4e5f");
  hello->boottime_ms = 86400000;
  g_ptr_array_add (hello->cursors, soban_scope_cursor_new (FIRST_SCOPE, 4711));
  g_ptr_array_add (hello->cursors, soban_scope_cursor_new (SECOND_SCOPE, 0));
  hello->acked_number = 250;
  hello->chain = G_GUINT64_CONSTANT (0x0123456789abcdef);
  hello->reply_bytes_max = 65536;
  hello->flags = SOBAN_HELLO_WANTS_KEYS;
  hello->window_ms = G_GINT64_CONSTANT (1754006400000);
  hello->registries = 0xcafe1234;
  g_ptr_array_add (hello->pages, soban_scope_page_new (SECOND_SCOPE, &page, 9000));
  return hello;
}

static void
encode_hello (GByteArray *body)
{
  g_autoptr (SobanHello) hello = message_sample_make_hello ();

  soban_hello_encode (hello, body);
}

static void
assert_hello_extension (const SobanHello *hello, const SobanHello *expected)
{
  const SobanScopePage *page, *wanted = g_ptr_array_index (expected->pages, 0);

  g_assert_cmpuint (hello->acked_number, ==, expected->acked_number);
  g_assert_cmpuint (hello->chain, ==, expected->chain);
  g_assert_cmpuint (hello->reply_bytes_max, ==, expected->reply_bytes_max);
  g_assert_cmpuint (hello->flags, ==, expected->flags);
  g_assert_cmpint (hello->window_ms, ==, expected->window_ms);
  g_assert_cmpuint (hello->registries, ==, expected->registries);
  g_assert_cmpuint (hello->pages->len, ==, 1);
  page = g_ptr_array_index (hello->pages, 0);
  g_assert_cmpstr (page->scope, ==, wanted->scope);
  g_assert_true (soban_uuid_equal (&page->page, &wanted->page));
  g_assert_cmpuint (page->page_top, ==, wanted->page_top);
}

static gboolean
decode_hello (GBytes *body, GError **error)
{
  g_autoptr (SobanHello) expected = message_sample_make_hello ();
  g_autoptr (SobanHello) hello = soban_hello_decode (body, error);

  if (hello == NULL)
    return FALSE;
  g_assert_cmpuint (hello->device, ==, expected->device);
  g_assert_cmpuint (hello->incarnation, ==, expected->incarnation);
  g_assert_cmpuint (hello->last_number, ==, expected->last_number);
  g_assert_cmpint (hello->wall_ms, ==, expected->wall_ms);
  g_assert_cmpstr (hello->program, ==, expected->program);
  g_assert_cmpstr (hello->boot_id, ==, expected->boot_id);
  g_assert_cmpint (hello->boottime_ms, ==, expected->boottime_ms);
  g_assert_cmpuint (hello->cursors->len, ==, 2);
  for (guint i = 0; i < 2; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (hello->cursors, i);
    const SobanScopeCursor *wanted = g_ptr_array_index (expected->cursors, i);

    g_assert_cmpstr (cursor->scope, ==, wanted->scope);
    g_assert_cmpuint (cursor->number, ==, wanted->number);
  }
  if (hello->minor >= 1)
    assert_hello_extension (hello, expected);
  else
    g_assert_true (hello->acked_number == 0 && hello->chain == 0 && hello->pages->len == 0 && hello->window_ms == 0);
  return TRUE;
}

static gsize
measure_short_hello (void)
{
  return 108; /* tests/fixtures/wire/hello.hex */
}

/* ---- REPLY ---- */

SobanReply *
message_sample_make_reply (void)
{
  SobanReply *reply = soban_reply_new ();
  SobanScopeCursor *cursor = soban_scope_cursor_new (FIRST_SCOPE, 4800);
  SobanScopeCursor *paged = soban_scope_cursor_new (SECOND_SCOPE, 0);

  reply->collector_ms = NOW_MS;
  reply->acked_number = 300;
  reply->ack_state = SOBAN_ACK_GAP;
  reply->floor = SOBAN_STAMP (NOW_MS, 3);
  reply->chain = G_GUINT64_CONSTANT (0xfedcba9876543210);
  reply->told_number = 300;
  cursor->own = 12;
  cursor->skipped = 40;
  cursor->has_digest = TRUE;
  cursor->digest = (SobanDigest) { G_GUINT64_CONSTANT (0x1122334455667788), G_GUINT64_CONSTANT (0x99aabbccddeeff00) };
  g_ptr_array_add (reply->cursors, cursor);
  paged->is_page = paged->has_page = TRUE;
  paged->page = make_uuid (1, 9);
  paged->page_top = 9000;
  g_ptr_array_add (reply->cursors, paged);
  return reply;
}

static void
encode_reply (GByteArray *body)
{
  g_autoptr (SobanReply) reply = message_sample_make_reply ();

  soban_reply_encode (reply, body);
}

static gboolean
decode_reply (GBytes *body, GError **error)
{
  g_autoptr (SobanReply) expected = message_sample_make_reply ();
  g_autoptr (SobanReply) reply = soban_reply_decode (body, error);

  if (reply == NULL)
    return FALSE;
  g_assert_cmpint (reply->collector_ms, ==, expected->collector_ms);
  g_assert_cmpuint (reply->acked_number, ==, expected->acked_number);
  g_assert_cmpint (reply->ack_state, ==, expected->ack_state);
  g_assert_cmpuint (reply->floor, ==, expected->floor);
  g_assert_cmpuint (reply->chain, ==, reply->minor >= 1 ? expected->chain : 0);
  g_assert_cmpuint (reply->told_number, ==, reply->minor >= 1 ? expected->told_number : 0);
  g_assert_cmpuint (reply->cursors->len, ==, 2);
  for (guint i = 0; i < 2; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (reply->cursors, i);
    const SobanScopeCursor *wanted = g_ptr_array_index (expected->cursors, i);

    g_assert_cmpstr (cursor->scope, ==, wanted->scope);
    g_assert_cmpuint (cursor->number, ==, wanted->number);
    g_assert_cmpuint (cursor->own, ==, wanted->own);
    g_assert_cmpint (cursor->more, ==, wanted->more);
    if (reply->minor == 0)
      continue;
    g_assert_cmpint (cursor->has_digest, ==, wanted->has_digest);
    g_assert_true (soban_digest_equal (&cursor->digest, &wanted->digest));
    g_assert_cmpuint (cursor->skipped, ==, wanted->skipped);
    g_assert_cmpint (cursor->is_page, ==, wanted->is_page);
    g_assert_cmpint (cursor->has_page, ==, wanted->has_page);
    g_assert_true (soban_uuid_equal (&cursor->page, &wanted->page));
    g_assert_cmpuint (cursor->page_top, ==, wanted->page_top);
  }
  return TRUE;
}

static gsize
measure_short_reply (void)
{
  return 59; /* up to the chain */
}

/* ---- ADJUSTMENTS ---- */

static const SobanStampAdjustment stamps[] = {
  { 3, SOBAN_STAMP (1763774000000, 0) },
  { 4, SOBAN_STAMP (1763773999000, 65535) },
  { 300, SOBAN_STAMP (1763774000456, 2) },
};
static const SobanTimeAdjustment times[] = {
  { 3, G_GINT64_CONSTANT (1763774000000), SOBAN_TIME_SAME_BOOT },
  { 4, G_GINT64_CONSTANT (1763774060000), SOBAN_TIME_BEFORE },
  { 200, -1, SOBAN_TIME_RAW },
};

static void
encode_adjustments (GByteArray *body)
{
  g_autoptr (GArray) adjustments = g_array_new (FALSE, FALSE, sizeof (SobanStampAdjustment));
  g_autoptr (GArray) recorded = g_array_new (FALSE, FALSE, sizeof (SobanTimeAdjustment));

  g_array_append_vals (adjustments, stamps, G_N_ELEMENTS (stamps));
  g_array_append_vals (recorded, times, G_N_ELEMENTS (times));
  soban_adjustments_encode (adjustments, recorded, body);
}

static gboolean
decode_adjustments (GBytes *body, GError **error)
{
  g_autoptr (GArray) recorded = NULL;
  g_autoptr (GArray) adjustments = soban_adjustments_decode (body, &recorded, error);

  if (adjustments == NULL)
    return FALSE;
  g_assert_cmpuint (adjustments->len, ==, G_N_ELEMENTS (stamps));
  for (guint i = 0; i < G_N_ELEMENTS (stamps); i++) {
    g_assert_cmpuint (g_array_index (adjustments, SobanStampAdjustment, i).number, ==, stamps[i].number);
    g_assert_cmpuint (g_array_index (adjustments, SobanStampAdjustment, i).stamp, ==, stamps[i].stamp);
  }
  if (recorded->len == 0) /* as 1.0 wrote it */
    return TRUE;
  g_assert_cmpuint (recorded->len, ==, G_N_ELEMENTS (times));
  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    g_assert_cmpuint (g_array_index (recorded, SobanTimeAdjustment, i).number, ==, times[i].number);
    g_assert_cmpint (g_array_index (recorded, SobanTimeAdjustment, i).recorded_ms, ==, times[i].recorded_ms);
    g_assert_cmpint (g_array_index (recorded, SobanTimeAdjustment, i).time_quality, ==, times[i].time_quality);
  }
  return TRUE;
}

static gsize
measure_short_adjustments (void)
{
  return 20; /* tests/fixtures/wire/adjustments.hex */
}

/* ---- CLOCK_EVIDENCE ---- */

static const SobanBoot boots[] = {
  { 1, 30000, 7200000, G_GINT64_CONSTANT (1763700000000) },
  { 1, 5000, 0, 86400000 },
  { 41, 12000, G_GINT64_CONSTANT (864000000), -5 },
};
static const SobanAnchor anchors[] = {
  { 0, 40000, G_GINT64_CONSTANT (1763700010000), G_GINT64_CONSTANT (1763700010250) },
  { 2, 900000, 888000, G_GINT64_CONSTANT (1763774000000) },
};

SobanClockEvidence *
message_sample_make_evidence (void)
{
  SobanClockEvidence *evidence = soban_clock_evidence_new (17, G_GUINT64_CONSTANT (0x1d2c3b4a59687706));

  g_array_append_vals (evidence->boots, boots, G_N_ELEMENTS (boots));
  g_array_append_vals (evidence->anchors, anchors, G_N_ELEMENTS (anchors));
  return evidence;
}

static void
encode_evidence (GByteArray *body)
{
  g_autoptr (SobanClockEvidence) evidence = message_sample_make_evidence ();

  soban_clock_evidence_encode (evidence, body);
}

static gboolean
decode_evidence (GBytes *body, GError **error)
{
  g_autoptr (SobanClockEvidence) evidence = soban_clock_evidence_decode (body, error);

  if (evidence == NULL)
    return FALSE;
  g_assert_cmpuint (evidence->device, ==, 17);
  g_assert_cmpuint (evidence->incarnation, ==, G_GUINT64_CONSTANT (0x1d2c3b4a59687706));
  g_assert_cmpuint (evidence->boots->len, ==, G_N_ELEMENTS (boots));
  for (guint i = 0; i < G_N_ELEMENTS (boots); i++) {
    const SobanBoot *boot = &g_array_index (evidence->boots, SobanBoot, i);

    g_assert_cmpuint (boot->first_number, ==, boots[i].first_number);
    g_assert_cmpint (boot->boottime_ms, ==, boots[i].boottime_ms);
    g_assert_cmpint (boot->ran_ms, ==, boots[i].ran_ms);
    g_assert_cmpint (boot->wall_ms, ==, boots[i].wall_ms);
  }
  g_assert_cmpuint (evidence->anchors->len, ==, G_N_ELEMENTS (anchors));
  for (guint i = 0; i < G_N_ELEMENTS (anchors); i++) {
    const SobanAnchor *anchor = &g_array_index (evidence->anchors, SobanAnchor, i);

    g_assert_cmpuint (anchor->boot, ==, anchors[i].boot);
    g_assert_cmpint (anchor->boottime_ms, ==, anchors[i].boottime_ms);
    g_assert_cmpint (anchor->wall_ms, ==, anchors[i].wall_ms);
    g_assert_cmpint (anchor->true_ms, ==, anchors[i].true_ms);
  }
  return TRUE;
}

/* ---- CHANGES ---- */

GPtrArray *
message_sample_make_changes (void)
{
  GPtrArray *numbered = wire_sample_new_records (4, 2);
  const SobanChangeId bases[] = { { 99, 7, 3 }, { 17, G_GUINT64_CONSTANT (0x1d2c3b4a59687706), 1 }, { 99, 8, G_MAXUINT64 } };

  for (guint i = 0; i < numbered->len; i++) {
    SobanNumberedChange *item = g_ptr_array_index (numbered, i);

    item->scope_number = 4712 + 3 * i;
    item->change->recorded_ms = i == 0 ? 0 : SOBAN_STAMP_MS (item->change->stamp) - 1000 * (gint64) i;
    item->change->time_quality = i == 0 ? SOBAN_TIME_RAW : SOBAN_TIME_STEADY;
    item->change->stamp += i;
    if (i == 2) {
      g_free (item->change->scope);
      item->change->scope = g_strdup (SECOND_SCOPE);
    } else if (i == 3) {
      soban_change_assign (item->change, "note", NULL);
    }
    for (guint j = 0; j < i && i % 2 == 1; j++)
      soban_change_add_base (item->change, &bases[j]);
  }
  return numbered;
}

static void
encode_changes (GByteArray *body)
{
  g_autoptr (GPtrArray) numbered = message_sample_make_changes ();

  soban_changes_encode (numbered, SOBAN_CHANGES_TIMES | SOBAN_CHANGES_BASES, body);
}

static gboolean
decode_changes (GBytes *body, GError **error)
{
  g_autoptr (GPtrArray) expected = message_sample_make_changes ();
  g_autoptr (GPtrArray) numbered = soban_changes_decode (body, error);

  if (numbered == NULL)
    return FALSE;
  wire_sample_assert_equal (expected, numbered);
  return TRUE;
}

/* ---- KEYS ---- */

static void
encode_keys (GByteArray *body)
{
  g_autoptr (SobanKeys) keys = soban_keys_new ();
  guint8 key[SOBAN_EXCHANGE_KEY_BYTES];

  for (guint i = 0; i < sizeof key; i++) {
    keys->public_key[i] = (guint8) (i + 1);
    key[i] = (guint8) (255 - i);
  }
  soban_keys_add (keys, FIRST_SCOPE, key);
  key[0] = 0;
  soban_keys_add (keys, SECOND_SCOPE, key);
  soban_keys_encode (keys, body);
}

static gboolean
decode_keys (GBytes *body, GError **error)
{
  g_autoptr (SobanKeys) keys = soban_keys_decode (body, error);
  const SobanExchangeKey *first, *second;

  if (keys == NULL)
    return FALSE;
  g_assert_cmpuint (keys->public_key[0], ==, 1);
  g_assert_cmpuint (keys->public_key[31], ==, 32);
  g_assert_cmpuint (keys->exchange_keys->len, ==, 2);
  first = g_ptr_array_index (keys->exchange_keys, 0);
  second = g_ptr_array_index (keys->exchange_keys, 1);
  g_assert_cmpstr (first->scope, ==, FIRST_SCOPE);
  g_assert_cmpuint (first->key[0], ==, 255);
  g_assert_cmpstr (second->scope, ==, SECOND_SCOPE);
  g_assert_cmpuint (second->key[0], ==, 0);
  g_assert_cmpmem (first->key + 1, 31, second->key + 1, 31);
  return TRUE;
}

/* ---- FORMS ---- */

static void
fill_sha256 (guint8 *sha256, guint8 first)
{
  for (guint i = 0; i < SOBAN_SHA256_BYTES; i++)
    sha256[i] = (guint8) (first + i);
}

static void
encode_forms (GByteArray *body)
{
  g_autoptr (GPtrArray) offers = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_form_offer_free);
  SobanFormOffer *market = soban_form_offer_new ("market_visit", "1"), *later = soban_form_offer_new ("market_visit", "2");
  SobanFormFile *list = soban_form_offer_add_file (market, "chợ.csv"), *picture = soban_form_offer_add_file (market, "a.png");

  fill_sha256 (market->sha256, 1);
  market->bytes = 1500;
  market->withdrawn = TRUE;
  fill_sha256 (list->sha256, 2);
  list->bytes = 0;
  fill_sha256 (picture->sha256, 3);
  picture->bytes = SOBAN_FORM_FILE_BYTES_MAX;
  soban_form_offer_sort (market);
  fill_sha256 (later->sha256, 4);
  later->bytes = SOBAN_FORM_BYTES_MAX;
  g_ptr_array_add (offers, market);
  g_ptr_array_add (offers, later);
  soban_forms_encode (offers, body);
}

static gboolean
decode_forms (GBytes *body, GError **error)
{
  g_autoptr (GPtrArray) offers = soban_forms_decode (body, error);
  const SobanFormOffer *market, *later;
  const SobanFormFile *list;

  if (offers == NULL)
    return FALSE;
  g_assert_cmpuint (offers->len, ==, 2);
  market = g_ptr_array_index (offers, 0);
  later = g_ptr_array_index (offers, 1);
  g_assert_cmpstr (market->id, ==, "market_visit");
  g_assert_cmpstr (market->version, ==, "1");
  g_assert_cmpuint (market->bytes, ==, 1500);
  g_assert_true (market->withdrawn);
  g_assert_cmpuint (market->files->len, ==, 2);
  list = soban_form_offer_find_file (market, "chợ.csv");
  g_assert_nonnull (list);
  g_assert_cmpuint (list->sha256[0], ==, 2);
  g_assert_cmpuint (list->bytes, ==, 0);
  g_assert_cmpstr (later->version, ==, "2");
  g_assert_false (later->withdrawn);
  g_assert_cmpuint (later->files->len, ==, 0);
  g_assert_cmpuint (later->bytes, ==, SOBAN_FORM_BYTES_MAX);
  return TRUE;
}

/* ---- DIGESTS, RANGES, WANTED, RECORDS ---- */

static const SobanDigest own_digest = { 1, 2 }, told_digest = { 3, G_MAXUINT64 };

static void
encode_digests (GByteArray *body)
{
  g_autoptr (GPtrArray) reports = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_digest_report_free);

  g_ptr_array_add (reports, soban_digest_report_new (FIRST_SCOPE, &own_digest, &told_digest));
  g_ptr_array_add (reports, soban_digest_report_new (SECOND_SCOPE, &told_digest, &own_digest));
  soban_digest_reports_encode (reports, body);
}

static gboolean
decode_digests (GBytes *body, GError **error)
{
  g_autoptr (GPtrArray) reports = soban_digest_reports_decode (body, error);
  const SobanDigestReport *report;

  if (reports == NULL)
    return FALSE;
  g_assert_cmpuint (reports->len, ==, 2);
  report = g_ptr_array_index (reports, 0);
  g_assert_cmpstr (report->scope, ==, FIRST_SCOPE);
  g_assert_true (soban_digest_equal (&report->own, &own_digest));
  g_assert_true (soban_digest_equal (&report->told, &told_digest));
  report = g_ptr_array_index (reports, 1);
  g_assert_cmpstr (report->scope, ==, SECOND_SCOPE);
  g_assert_true (soban_digest_equal (&report->own, &told_digest));
  return TRUE;
}

static void
encode_ranges_query (GByteArray *body)
{
  g_autoptr (SobanRangesQuery) query = soban_ranges_query_new (FIRST_SCOPE);
  const SobanRecordRange ranges[] = { { make_uuid (0, 0), make_uuid (1, 0) }, { make_uuid (7, 1), soban_range_end } };

  g_array_append_vals (query->ranges, ranges, G_N_ELEMENTS (ranges));
  soban_ranges_query_encode (query, body);
}

static gboolean
decode_ranges_query (GBytes *body, GError **error)
{
  g_autoptr (SobanRangesQuery) query = soban_ranges_query_decode (body, error);
  const SobanRecordRange wanted[] = { { make_uuid (0, 0), make_uuid (1, 0) }, { make_uuid (7, 1), soban_range_end } };

  if (query == NULL)
    return FALSE;
  g_assert_cmpstr (query->scope, ==, FIRST_SCOPE);
  g_assert_cmpmem (query->ranges->data, query->ranges->len * sizeof (SobanRecordRange), wanted, sizeof wanted);
  return TRUE;
}

static void
encode_ranges_answer (GByteArray *body)
{
  g_autoptr (SobanRangesAnswer) answer = soban_ranges_answer_new (FIRST_SCOPE);
  const SobanRangePart parts[] = { { make_uuid (0, 9), 300, 0xabcdef }, { make_uuid (1, 0), 0, 0 } };
  const SobanRangeRecord items[] = { { make_uuid (7, 2), G_MAXUINT64 } };

  g_array_append_vals (soban_ranges_answer_add_parts (answer)->parts, parts, G_N_ELEMENTS (parts));
  g_array_append_vals (soban_ranges_answer_add_items (answer)->items, items, G_N_ELEMENTS (items));
  soban_ranges_answer_add_items (answer);
  soban_ranges_answer_encode (answer, body);
}

static gboolean
decode_ranges_answer (GBytes *body, GError **error)
{
  g_autoptr (SobanRangesAnswer) answer = soban_ranges_answer_decode (body, error);
  const SobanRangeAnswer *part;
  const SobanUuid end = make_uuid (1, 0), record = make_uuid (7, 2);

  if (answer == NULL)
    return FALSE;
  g_assert_cmpstr (answer->scope, ==, FIRST_SCOPE);
  g_assert_cmpuint (answer->answers->len, ==, 3);
  part = g_ptr_array_index (answer->answers, 0);
  g_assert_null (part->items);
  g_assert_cmpuint (part->parts->len, ==, 2);
  g_assert_cmpuint (g_array_index (part->parts, SobanRangePart, 0).count, ==, 300);
  g_assert_cmpuint (g_array_index (part->parts, SobanRangePart, 0).fingerprint, ==, 0xabcdef);
  g_assert_true (soban_uuid_equal (&g_array_index (part->parts, SobanRangePart, 1).to, &end));
  part = g_ptr_array_index (answer->answers, 1);
  g_assert_null (part->parts);
  g_assert_cmpuint (part->items->len, ==, 1);
  g_assert_true (soban_uuid_equal (&g_array_index (part->items, SobanRangeRecord, 0).record, &record));
  g_assert_cmpuint (g_array_index (part->items, SobanRangeRecord, 0).fingerprint, ==, G_MAXUINT64);
  part = g_ptr_array_index (answer->answers, 2);
  g_assert_cmpuint (part->items->len, ==, 0);
  return TRUE;
}

static void
encode_wanted (GByteArray *body)
{
  g_autoptr (SobanWanted) wanted = soban_wanted_new (SECOND_SCOPE);
  const SobanUuid records[] = { make_uuid (9, 1), make_uuid (2, 5) };

  g_array_append_vals (wanted->records, records, G_N_ELEMENTS (records));
  soban_wanted_encode (wanted, body);
}

static gboolean
decode_wanted (GBytes *body, GError **error)
{
  g_autoptr (SobanWanted) wanted = soban_wanted_decode (body, error);
  const SobanUuid records[] = { make_uuid (9, 1), make_uuid (2, 5) };

  if (wanted == NULL)
    return FALSE;
  g_assert_cmpstr (wanted->scope, ==, SECOND_SCOPE);
  g_assert_cmpmem (wanted->records->data, wanted->records->len * sizeof (SobanUuid), records, sizeof records);
  return TRUE;
}

/* Two records with a change each, and one that the collector has not. */
static SobanRecords *
make_records (gboolean with_changes)
{
  SobanRecords *records = soban_records_new (FIRST_SCOPE);
  GPtrArray *changes = wire_sample_new_records (2, 5);
  const SobanUuid absent = make_uuid (3, 3);

  for (guint i = 0; i < changes->len; i++) {
    SobanNumberedChange *item = g_ptr_array_index (changes, i);

    item->scope_number = 11 + i;
    item->change->recorded_ms = item->change->wall_ms;
    g_array_append_val (records->records, item->change->record);
  }
  g_array_append_val (records->records, absent);
  if (with_changes)
    g_ptr_array_extend_and_steal (records->changes, changes);
  else
    g_ptr_array_unref (changes);
  return records;
}

static void
encode_records (GByteArray *body)
{
  g_autoptr (SobanRecords) records = make_records (TRUE);

  soban_records_encode (records, body);
}

static gboolean
decode_records (GBytes *body, GError **error)
{
  g_autoptr (SobanRecords) expected = make_records (TRUE);
  g_autoptr (SobanRecords) records = soban_records_decode (body, error);

  if (records == NULL)
    return FALSE;
  g_assert_cmpstr (records->scope, ==, FIRST_SCOPE);
  g_assert_cmpmem (records->records->data, records->records->len * sizeof (SobanUuid), expected->records->data,
                   expected->records->len * sizeof (SobanUuid));
  if (records->changes->len > 0)
    wire_sample_assert_equal (expected->changes, records->changes);
  return TRUE;
}

static gsize
measure_short_records (void)
{
  g_autoptr (SobanRecords) records = make_records (FALSE);
  g_autoptr (GByteArray) body = g_byte_array_new ();

  soban_records_encode (records, body);
  return body->len;
}

/* ---- ERROR ---- */

static void
encode_refusal (GByteArray *body)
{
  soban_refusal_encode (SOBAN_SYNC_ERROR_AUTH, "token unknown", body);
}

static gboolean
decode_refusal (GBytes *body, GError **error)
{
  g_autoptr (GError) refusal = NULL;

  if (!soban_refusal_decode (body, &refusal, error))
    return FALSE;
  g_assert_error (refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_AUTH);
  g_assert_cmpstr (refusal->message, ==, "token unknown");
  return TRUE;
}

const MessageSample message_samples[] = {
  { "hello", SOBAN_FRAME_HELLO, encode_hello, decode_hello, measure_short_hello },
  { "reply", SOBAN_FRAME_REPLY, encode_reply, decode_reply, measure_short_reply },
  { "adjustments", SOBAN_FRAME_ADJUSTMENTS, encode_adjustments, decode_adjustments, measure_short_adjustments },
  { "error", SOBAN_FRAME_ERROR, encode_refusal, decode_refusal, NULL },
  { "changes", SOBAN_FRAME_CHANGES, encode_changes, decode_changes, NULL },
  { "evidence", SOBAN_FRAME_CLOCK_EVIDENCE, encode_evidence, decode_evidence, NULL },
  { "digests", SOBAN_FRAME_DIGESTS, encode_digests, decode_digests, NULL },
  { "forms", SOBAN_FRAME_FORMS, encode_forms, decode_forms, NULL },
  { "keys", SOBAN_FRAME_KEYS, encode_keys, decode_keys, NULL },
  { "ranges-up", SOBAN_FRAME_RANGES, encode_ranges_query, decode_ranges_query, NULL },
  { "ranges-down", SOBAN_FRAME_RANGES, encode_ranges_answer, decode_ranges_answer, NULL },
  { "wanted", SOBAN_FRAME_WANTED, encode_wanted, decode_wanted, NULL },
  { "records", SOBAN_FRAME_RECORDS, encode_records, decode_records, measure_short_records },
};
const guint message_samples_count = G_N_ELEMENTS (message_samples);

void
message_sample_read_as_all (GBytes *body)
{
  g_autoptr (SobanHello) hello = soban_hello_decode (body, NULL);
  g_autoptr (SobanReply) reply = soban_reply_decode (body, NULL);
  g_autoptr (GArray) adjustments = soban_adjustments_decode (body, NULL, NULL);
  g_autoptr (GPtrArray) changes = soban_changes_decode (body, NULL);
  g_autoptr (SobanClockEvidence) evidence = soban_clock_evidence_decode (body, NULL);
  g_autoptr (GPtrArray) digests = soban_digest_reports_decode (body, NULL);
  g_autoptr (SobanKeys) keys = soban_keys_decode (body, NULL);
  g_autoptr (GPtrArray) forms = soban_forms_decode (body, NULL);
  g_autoptr (SobanRangesQuery) query = soban_ranges_query_decode (body, NULL);
  g_autoptr (SobanRangesAnswer) answer = soban_ranges_answer_decode (body, NULL);
  g_autoptr (SobanWanted) wanted = soban_wanted_decode (body, NULL);
  g_autoptr (SobanRecords) records = soban_records_decode (body, NULL);
  g_autoptr (GError) refusal = NULL;

  soban_refusal_decode (body, &refusal, NULL);
  if (hello != NULL)
    g_assert_true (hello->cursors->len <= SOBAN_SCOPES_PER_DEVICE_MAX && hello->pages->len <= hello->cursors->len);
  if (forms != NULL)
    g_assert_cmpuint (forms->len, <=, SOBAN_FORMS_OFFERED_MAX);
  if (adjustments != NULL)
    g_assert_cmpuint (adjustments->len, <=, SOBAN_REQUEST_CHANGES_MAX);
  for (guint i = 0; changes != NULL && i < changes->len; i++)
    g_assert_true (soban_change_check (((SobanNumberedChange *) g_ptr_array_index (changes, i))->change, NULL));
  for (guint i = 0; evidence != NULL && i < evidence->anchors->len; i++)
    g_assert_cmpuint (g_array_index (evidence->anchors, SobanAnchor, i).boot, <, evidence->boots->len);
  for (guint i = 0; answer != NULL && i < answer->answers->len; i++) {
    const SobanRangeAnswer *range = g_ptr_array_index (answer->answers, i);

    g_assert_true ((range->parts != NULL) != (range->items != NULL));
  }
}
