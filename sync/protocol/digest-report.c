/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The DIGESTS body: sync/README.md 4.12. */
#include "protocol/message.h"

#include "base/limits.h"
#include "protocol/body.h"

SobanDigestReport *
soban_digest_report_new (const char *scope, const SobanDigest *own, const SobanDigest *told)
{
  SobanDigestReport *report = g_new0 (SobanDigestReport, 1);

  report->scope = g_strdup (scope);
  report->own = *own;
  report->told = *told;
  return report;
}

void
soban_digest_report_free (SobanDigestReport *report)
{
  if (report == NULL)
    return;
  g_free (report->scope);
  g_free (report);
}

void
soban_digest_reports_encode (const GPtrArray *reports, GByteArray *body)
{
  g_assert (reports->len <= SOBAN_SCOPES_PER_DEVICE_MAX);
  soban_write_varint (body, reports->len);
  for (guint i = 0; i < reports->len; i++) {
    const SobanDigestReport *report = g_ptr_array_index (reports, i);

    soban_write_text (body, report->scope);
    soban_write_digest (body, &report->own);
    soban_write_digest (body, &report->told);
  }
}

GPtrArray *
soban_digest_reports_decode (GBytes *body, GError **error)
{
  g_autoptr (GPtrArray) reports = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_digest_report_free);
  SobanReader reader;
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);
  guint count;

  soban_reader_init (&reader, data, length);
  count = soban_reader_count (&reader, 2 * SOBAN_DIGEST_BYTES + 1, SOBAN_SCOPES_PER_DEVICE_MAX);
  for (guint i = 0; i < count && !reader.failed; i++) {
    g_autofree char *scope = soban_reader_text (&reader, SOBAN_SCOPE_BYTES_MAX);
    SobanDigest own = soban_reader_digest (&reader);
    SobanDigest told = soban_reader_digest (&reader);

    if (!reader.failed)
      g_ptr_array_add (reports, soban_digest_report_new (scope, &own, &told));
  }
  return soban_body_check (&reader, "DIGESTS", error) ? g_steal_pointer (&reports) : NULL;
}
