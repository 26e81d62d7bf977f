/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names and order of the fields are those of sync/README.md 4: they are for scripts and for who compares two implementations, and are not translated. */
#include "frame-output.h"

#include "protocol/message.h"

#define SHOWN_BYTES_MAX 64

const char *
soban_frame_type_name (SobanFrameType type)
{
  static const char *const names[] = {
    [SOBAN_FRAME_HELLO] = "HELLO",
    [SOBAN_FRAME_CHANGES] = "CHANGES",
    [SOBAN_FRAME_REPLY] = "REPLY",
    [SOBAN_FRAME_ADJUSTMENTS] = "ADJUSTMENTS",
    [SOBAN_FRAME_END] = "END",
    [SOBAN_FRAME_ERROR] = "ERROR",
    [SOBAN_FRAME_CLOCK_EVIDENCE] = "CLOCK_EVIDENCE",
    [SOBAN_FRAME_DIGESTS] = "DIGESTS",
    [SOBAN_FRAME_FORMS] = "FORMS",
    [SOBAN_FRAME_KEYS] = "KEYS",
    [SOBAN_FRAME_RANGES] = "RANGES",
    [SOBAN_FRAME_WANTED] = "WANTED",
    [SOBAN_FRAME_RECORDS] = "RECORDS",
    [SOBAN_FRAME_DENSE_CHANGES] = "DENSE_CHANGES",
  };

  return type < G_N_ELEMENTS (names) ? names[type] : NULL;
}

static void
put_number (GString *out, const char *name, guint64 value)
{
  g_string_append_printf (out, "  %s %" G_GUINT64_FORMAT "\n", name, value);
}

static void
put_signed (GString *out, const char *name, gint64 value)
{
  g_string_append_printf (out, "  %s %" G_GINT64_FORMAT "\n", name, value);
}

static void
put_hex (GString *out, const char *name, guint64 value)
{
  g_string_append_printf (out, "  %s %016" G_GINT64_MODIFIER "x\n", name, value);
}

/* A value stays on its line: \n, \t, \\ and, for other controls, \xNN. */
static void
append_escaped (GString *out, const char *text)
{
  for (const char *at = text; *at != '\0'; at++) {
    if (*at == '\n')
      g_string_append (out, "\\n");
    else if (*at == '\t')
      g_string_append (out, "\\t");
    else if (*at == '\\')
      g_string_append (out, "\\\\");
    else if ((guchar) *at < 0x20 || *at == 0x7f)
      g_string_append_printf (out, "\\x%02x", (guchar) *at);
    else
      g_string_append_c (out, *at);
  }
}

static void
put_text (GString *out, const char *name, const char *text)
{
  g_string_append_printf (out, "  %s ", name);
  append_escaped (out, text);
  g_string_append_c (out, '\n');
}

static void
append_bytes (GString *out, const guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (out, "%02x", bytes[i]);
}

static void
append_uuid (GString *out, const SobanUuid *uuid)
{
  g_autofree char *text = soban_uuid_to_string (uuid);

  g_string_append (out, text);
}

static void
append_digest (GString *out, const SobanDigest *digest)
{
  guint8 bytes[SOBAN_DIGEST_BYTES];

  soban_digest_to_bytes (digest, bytes);
  append_bytes (out, bytes, sizeof bytes);
}

static void
append_id (GString *out, const SobanChangeId *id)
{
  g_string_append_printf (out, "%u %016" G_GINT64_MODIFIER "x %" G_GUINT64_FORMAT, id->device, id->incarnation, id->number);
}

/* ---- one function a body ---- */

static gboolean
put_hello (GString *out, GBytes *body, GError **error)
{
  g_autoptr (SobanHello) hello = soban_hello_decode (body, error);

  if (hello == NULL)
    return FALSE;
  put_number (out, "device", hello->device);
  put_hex (out, "incarnation", hello->incarnation);
  put_number (out, "last_number", hello->last_number);
  put_signed (out, "wall_ms", hello->wall_ms);
  put_text (out, "program", hello->program);
  put_text (out, "boot_id", hello->boot_id);
  put_signed (out, "boottime_ms", hello->boottime_ms);
  for (guint i = 0; i < hello->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (hello->cursors, i);

    put_text (out, "scope", cursor->scope);
    put_number (out, "cursor", cursor->number);
  }
  if (hello->minor == 0)
    return TRUE;
  put_number (out, "acked_number", hello->acked_number);
  put_hex (out, "chain", hello->chain);
  put_number (out, "reply_bytes_max", hello->reply_bytes_max);
  put_number (out, "flags", hello->flags);
  put_signed (out, "window_ms", hello->window_ms);
  g_string_append_printf (out, "  registries %08x\n", hello->registries);
  for (guint i = 0; i < hello->pages->len; i++) {
    const SobanScopePage *page = g_ptr_array_index (hello->pages, i);

    g_string_append_printf (out, "  page %s ", page->scope);
    append_uuid (out, &page->page);
    g_string_append_printf (out, " %" G_GUINT64_FORMAT "\n", page->page_top);
  }
  if (hello->flags & SOBAN_HELLO_TAKES_FORMS)
    put_hex (out, "forms", hello->forms);
  if (hello->flags & SOBAN_HELLO_TELLS_KEYS)
    put_number (out, "keys", hello->keys);
  return TRUE;
}

static void
put_reply_cursor (GString *out, const SobanScopeCursor *cursor)
{
  put_text (out, "scope", cursor->scope);
  put_number (out, "cursor", cursor->number);
  put_number (out, "own", cursor->own);
  put_number (out, "more", cursor->more ? 1 : 0);
  if (cursor->has_digest) {
    g_string_append (out, "  digest ");
    append_digest (out, &cursor->digest);
    g_string_append_c (out, '\n');
  }
  if (cursor->skipped > 0)
    put_number (out, "skipped", cursor->skipped);
  if (cursor->left > 0)
    put_number (out, "left", cursor->left);
  if (cursor->is_page)
    put_number (out, "is_page", 1);
  if (cursor->has_page) {
    g_string_append (out, "  page ");
    append_uuid (out, &cursor->page);
    g_string_append_printf (out, " %" G_GUINT64_FORMAT "\n", cursor->page_top);
  }
}

static gboolean
put_reply (GString *out, GBytes *body, GError **error)
{
  g_autoptr (SobanReply) reply = soban_reply_decode (body, error);

  if (reply == NULL)
    return FALSE;
  put_signed (out, "collector_ms", reply->collector_ms);
  put_number (out, "acked_number", reply->acked_number);
  put_number (out, "ack_state", reply->ack_state);
  put_signed (out, "floor_ms", SOBAN_STAMP_MS (reply->floor));
  put_number (out, "floor_counter", reply->floor & ((1u << SOBAN_STAMP_COUNTER_BITS) - 1));
  if (reply->minor >= 1) {
    put_hex (out, "chain", reply->chain);
    put_number (out, "told_number", reply->told_number);
  }
  for (guint i = 0; i < reply->cursors->len; i++)
    put_reply_cursor (out, g_ptr_array_index (reply->cursors, i));
  return TRUE;
}

static gboolean
put_adjustments (GString *out, GBytes *body, GError **error)
{
  g_autoptr (GArray) times = NULL;
  g_autoptr (GArray) stamps = soban_adjustments_decode (body, &times, error);

  if (stamps == NULL)
    return FALSE;
  for (guint i = 0; i < stamps->len; i++) {
    const SobanStampAdjustment *item = &g_array_index (stamps, SobanStampAdjustment, i);

    g_string_append_printf (out, "  stamp %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %u\n", item->number, (gint64) SOBAN_STAMP_MS (item->stamp),
                            (guint) (item->stamp & ((1u << SOBAN_STAMP_COUNTER_BITS) - 1)));
  }
  for (guint i = 0; i < times->len; i++) {
    const SobanTimeAdjustment *item = &g_array_index (times, SobanTimeAdjustment, i);

    g_string_append_printf (out, "  recorded %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %d\n", item->number, item->recorded_ms, item->time_quality);
  }
  return TRUE;
}

static void
put_change (GString *out, const SobanNumberedChange *item)
{
  const SobanChange *change = item->change;
  guint8 hash[SOBAN_CHANGE_HASH_BYTES];

  g_string_append (out, "  change ");
  append_id (out, &change->id);
  g_string_append (out, "\n  record ");
  append_uuid (out, &change->record);
  g_string_append_c (out, '\n');
  put_text (out, "form", change->form);
  put_text (out, "form_version", change->form_version);
  put_text (out, "scope", change->scope);
  put_number (out, "scope_number", item->scope_number);
  put_number (out, "seen", change->seen);
  put_signed (out, "stamp_ms", SOBAN_STAMP_MS (change->stamp));
  put_number (out, "stamp_counter", change->stamp & ((1u << SOBAN_STAMP_COUNTER_BITS) - 1));
  put_signed (out, "wall_ms", change->wall_ms);
  put_signed (out, "boottime_ms", change->boottime_ms);
  put_signed (out, "recorded_ms", change->recorded_ms);
  put_number (out, "time_quality", change->time_quality);
  soban_change_hash (change, hash);
  g_string_append (out, "  hash ");
  append_bytes (out, hash, sizeof hash);
  g_string_append_c (out, '\n');
  for (guint i = 0; change->bases != NULL && i < change->bases->len; i++) {
    g_string_append (out, "  base ");
    append_id (out, &g_array_index (change->bases, SobanChangeId, i));
    g_string_append_c (out, '\n');
  }
  for (guint i = 0; i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);

    g_string_append (out, assignment->value != NULL ? "  set " : "  remove ");
    append_escaped (out, assignment->path);
    if (assignment->value != NULL) {
      g_string_append (out, " = ");
      append_escaped (out, assignment->value);
    }
    g_string_append_c (out, '\n');
  }
}

static gboolean
put_changes (GString *out, GBytes *body, GError **error)
{
  g_autoptr (GPtrArray) changes = soban_changes_decode (body, error);

  for (guint i = 0; changes != NULL && i < changes->len; i++)
    put_change (out, g_ptr_array_index (changes, i));
  return changes != NULL;
}

static gboolean
put_refusal (GString *out, GBytes *body, GError **error)
{
  g_autoptr (GError) refusal = NULL;

  if (!soban_refusal_decode (body, &refusal, error))
    return FALSE;
  put_number (out, "code", (guint64) refusal->code);
  put_text (out, "sentence", refusal->message);
  return TRUE;
}

static gboolean
put_evidence (GString *out, GBytes *body, GError **error)
{
  g_autoptr (SobanClockEvidence) evidence = soban_clock_evidence_decode (body, error);

  if (evidence == NULL)
    return FALSE;
  put_number (out, "device", evidence->device);
  put_hex (out, "incarnation", evidence->incarnation);
  for (guint i = 0; i < evidence->boots->len; i++) {
    const SobanBoot *boot = &g_array_index (evidence->boots, SobanBoot, i);

    g_string_append_printf (out, "  boot %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
                            boot->first_number, boot->boottime_ms, boot->ran_ms, boot->wall_ms);
  }
  for (guint i = 0; i < evidence->anchors->len; i++) {
    const SobanAnchor *anchor = &g_array_index (evidence->anchors, SobanAnchor, i);

    g_string_append_printf (out, "  anchor %u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", anchor->boot,
                            anchor->boottime_ms, anchor->wall_ms, anchor->true_ms);
  }
  return TRUE;
}

static gboolean
put_digests (GString *out, GBytes *body, GError **error)
{
  g_autoptr (GPtrArray) reports = soban_digest_reports_decode (body, error);

  for (guint i = 0; reports != NULL && i < reports->len; i++) {
    const SobanDigestReport *report = g_ptr_array_index (reports, i);

    put_text (out, "scope", report->scope);
    g_string_append (out, "  own ");
    append_digest (out, &report->own);
    g_string_append (out, "\n  told ");
    append_digest (out, &report->told);
    g_string_append_c (out, '\n');
  }
  return reports != NULL;
}

static gboolean
put_keys (GString *out, GBytes *body, GError **error)
{
  g_autoptr (SobanKeys) keys = soban_keys_decode (body, error);

  if (keys == NULL)
    return FALSE;
  g_string_append (out, "  public_key ");
  append_bytes (out, keys->public_key, sizeof keys->public_key);
  g_string_append_c (out, '\n');
  for (guint i = 0; i < keys->exchange_keys->len; i++)
    put_text (out, "exchange_key", ((const SobanExchangeKey *) g_ptr_array_index (keys->exchange_keys, i))->scope);
  if (keys->generation != 0)
    put_number (out, "generation", keys->generation);
  return TRUE;
}

static void
put_content (GString *out, const char *kind, const char *name, const guint8 *sha256, guint64 bytes)
{
  g_autofree char *hex = soban_sha256_to_hex (sha256);

  put_text (out, kind, name);
  g_string_append_printf (out, "  sha256 %s\n", hex);
  put_number (out, "bytes", bytes);
}

static gboolean
put_forms (GString *out, GBytes *body, GError **error)
{
  g_autoptr (GPtrArray) offers = soban_forms_decode (body, error);

  for (guint i = 0; offers != NULL && i < offers->len; i++) {
    const SobanFormOffer *offer = g_ptr_array_index (offers, i);

    put_content (out, "form", offer->id, offer->sha256, offer->bytes);
    put_text (out, "form_version", offer->version);
    put_number (out, "withdrawn", offer->withdrawn ? 1 : 0);
    for (guint j = 0; j < offer->files->len; j++) {
      const SobanFormFile *file = g_ptr_array_index (offer->files, j);

      put_content (out, "file", file->name, file->sha256, file->bytes);
    }
  }
  return offers != NULL;
}

static gboolean
put_ranges_query (GString *out, GBytes *body, GError **error)
{
  g_autoptr (SobanRangesQuery) query = soban_ranges_query_decode (body, error);

  if (query == NULL)
    return FALSE;
  put_text (out, "scope", query->scope);
  for (guint i = 0; i < query->ranges->len; i++) {
    const SobanRecordRange *range = &g_array_index (query->ranges, SobanRecordRange, i);

    g_string_append (out, "  range ");
    append_uuid (out, &range->from);
    g_string_append_c (out, ' ');
    append_uuid (out, &range->to);
    g_string_append_c (out, '\n');
  }
  return TRUE;
}

static void
put_range_answer (GString *out, const SobanRangeAnswer *answer)
{
  g_string_append (out, answer->parts != NULL ? "  parts\n" : "  records\n");
  for (guint i = 0; answer->parts != NULL && i < answer->parts->len; i++) {
    const SobanRangePart *part = &g_array_index (answer->parts, SobanRangePart, i);

    g_string_append (out, "  to ");
    append_uuid (out, &part->to);
    g_string_append_printf (out, " %" G_GUINT64_FORMAT " %016" G_GINT64_MODIFIER "x\n", part->count, part->fingerprint);
  }
  for (guint i = 0; answer->items != NULL && i < answer->items->len; i++) {
    const SobanRangeRecord *item = &g_array_index (answer->items, SobanRangeRecord, i);

    g_string_append (out, "  record ");
    append_uuid (out, &item->record);
    g_string_append_printf (out, " %016" G_GINT64_MODIFIER "x\n", item->fingerprint);
  }
}

static gboolean
put_ranges_answer (GString *out, GBytes *body, GError **error)
{
  g_autoptr (SobanRangesAnswer) answer = soban_ranges_answer_decode (body, error);

  if (answer == NULL)
    return FALSE;
  put_text (out, "scope", answer->scope);
  for (guint i = 0; i < answer->answers->len; i++)
    put_range_answer (out, g_ptr_array_index (answer->answers, i));
  return TRUE;
}

static void
put_ids (GString *out, const char *scope, const GArray *records)
{
  put_text (out, "scope", scope);
  for (guint i = 0; i < records->len; i++) {
    g_string_append (out, "  wanted ");
    append_uuid (out, &g_array_index (records, SobanUuid, i));
    g_string_append_c (out, '\n');
  }
}

static gboolean
put_wanted (GString *out, GBytes *body, GError **error)
{
  g_autoptr (SobanWanted) wanted = soban_wanted_decode (body, error);

  if (wanted != NULL)
    put_ids (out, wanted->scope, wanted->records);
  return wanted != NULL;
}

static gboolean
put_records (GString *out, GBytes *body, GError **error)
{
  g_autoptr (SobanRecords) records = soban_records_decode (body, error);

  if (records == NULL)
    return FALSE;
  put_ids (out, records->scope, records->records);
  for (guint i = 0; i < records->changes->len; i++)
    put_change (out, g_ptr_array_index (records->changes, i));
  return TRUE;
}

static gboolean
put_bytes (GString *out, GBytes *body)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);

  if (length == 0)
    return TRUE;
  g_string_append (out, "  bytes ");
  append_bytes (out, data, MIN (length, SHOWN_BYTES_MAX));
  g_string_append (out, length > SHOWN_BYTES_MAX ? "…\n" : "\n");
  return TRUE;
}

gboolean
soban_frame_output (GString *out, SobanFrameType type, GBytes *body, gboolean answered, GError **error)
{
  switch (type) {
  case SOBAN_FRAME_HELLO:
    return put_hello (out, body, error);
  case SOBAN_FRAME_CHANGES:
    return put_changes (out, body, error);
  case SOBAN_FRAME_REPLY:
    return put_reply (out, body, error);
  case SOBAN_FRAME_ADJUSTMENTS:
    return put_adjustments (out, body, error);
  case SOBAN_FRAME_ERROR:
    return put_refusal (out, body, error);
  case SOBAN_FRAME_CLOCK_EVIDENCE:
    return put_evidence (out, body, error);
  case SOBAN_FRAME_DIGESTS:
    return put_digests (out, body, error);
  case SOBAN_FRAME_FORMS:
    return put_forms (out, body, error);
  case SOBAN_FRAME_KEYS:
    return put_keys (out, body, error);
  case SOBAN_FRAME_RANGES:
    return answered ? put_ranges_answer (out, body, error) : put_ranges_query (out, body, error);
  case SOBAN_FRAME_WANTED:
    return put_wanted (out, body, error);
  case SOBAN_FRAME_RECORDS:
    return put_records (out, body, error);
  default:
    return put_bytes (out, body);
  }
}
