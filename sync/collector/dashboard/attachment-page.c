/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Photos and other files of a record.
 *
 * Invariants
 *  P1 A file is given out only where a record names it in an answer that the visitor may see: photos of activities (S2) are made to be seen by the
 *     officers, what is sensitive (S3) or of an unknown form stays covered.
 *  P2 Only what begins as a JPEG, PNG or WebP file does is said to be a picture, whatever its name says; anything else is for saving only.
 */
#include "config.h"

#include "attachment-page.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "attachment-shelf.h"
#include "base/attachment-name.h"
#include "base/number-text.h"
#include "pages.h"

#define ADDRESS "/attachment/"
#define RECORDS_MAX 50 /* that are looked through for one that the visitor may see */

gboolean
soban_attachment_is_named (const char *value)
{
  return value != NULL && soban_attachment_name_is_valid (value);
}

/* (P1) */
static gboolean
may_see (SobanRecordView *view, const char *path)
{
  return view->form != NULL && soban_form_get_level (view->form, path) < SOBAN_LEVEL_SENSITIVE;
}

static gboolean
is_picture_name (const char *name)
{
  static const char *const extensions[] = { "jpg", "jpeg", "png", "webp", NULL };

  return g_strv_contains (extensions, soban_attachment_name_get_extension (name));
}

static void
write_missing (SobanHtml *page, const SobanVisit *visit, const char *name, const SobanAttachmentMark *mark)
{
  const char *sentence = is_picture_name (name) ? N_ ("The photo has not arrived yet: it is still on the tablet.")
                                                : N_ ("The file has not arrived yet: it is still on the tablet.");

  soban_html_element (page, "span", soban_visit_text (visit, sentence), "class", "quiet", NULL);
  if (mark->have > 0 && mark->bytes > 0) {
    g_autofree char *part = g_strdup_printf (soban_visit_text (visit, N_ ("%u %% of it is here.")), (guint) (mark->have * 100 / mark->bytes));

    soban_html_element (page, "small", part, NULL);
  }
}

gboolean
soban_attachment_write (SobanHtml *page, SobanRecordView *view, const char *path, const char *name, gboolean small, GError **error)
{
  const SobanVisit *visit = view->visit;
  g_autofree char *href = g_strconcat (ADDRESS, name, NULL);
  g_autofree char *label = NULL;
  SobanAttachmentMark mark;

  if (!may_see (view, path)) {
    g_autofree char *covered = g_strdup_printf ("••• %s", soban_visit_text (visit, N_ ("protected")));

    soban_html_text (page, covered);
    return TRUE;
  }
  if (!soban_attachment_shelf_find (visit->store, name, &mark, error))
    return FALSE;
  if (!mark.received) {
    write_missing (page, visit, name, &mark);
    return TRUE;
  }
  if (!is_picture_name (name) || small) {
    g_autofree char *size = soban_size_text (mark.bytes, visit->language);
    g_autofree char *text = g_strdup_printf ("%s (%s, %s)",
                                             soban_visit_text (visit, is_picture_name (name) ? N_ ("Open the photo") : N_ ("Save the file")),
                                             soban_attachment_name_get_extension (name), size);

    soban_html_link (page, href, text);
    return TRUE;
  }
  label = soban_record_view_get_label (view, path);
  soban_html_open (page, "a", "href", href, NULL);
  soban_html_open (page, "img", "class", "photo", "src", href, "alt", label != NULL ? label : "", "loading", "lazy", NULL);
  soban_html_close (page);
  soban_html_close (page);
  return TRUE;
}

/* ---- the file itself ---- */

void
soban_attachment_file_clear (SobanAttachmentFile *file)
{
  g_clear_pointer (&file->bytes, g_bytes_unref);
}

/* (P2) */
static const char *
find_picture_type (GBytes *bytes)
{
  static const struct {
    const char *type, *magic;
    gsize length, place;
  } kinds[] = {
    { "image/jpeg", "\xff\xd8\xff", 3, 0 },
    { "image/png", "\x89PNG\r\n\x1a\n", 8, 0 },
    { "image/webp", "WEBP", 4, 8 },
  };
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (length >= kinds[i].place + kinds[i].length && memcmp (data + kinds[i].place, kinds[i].magic, kinds[i].length) == 0
        && (kinds[i].place == 0 || memcmp (data, "RIFF", 4) == 0))
      return kinds[i].type;
  return NULL;
}

/* The answer, present or former, in which the record has it. */
static gboolean
shows (SobanRecordView *view, const char *name)
{
  for (guint i = 0; i < view->writes->len; i++) {
    const GPtrArray *assignments = ((const SobanRecordWrite *) g_ptr_array_index (view->writes, i))->change->assignments;

    for (guint j = 0; j < assignments->len; j++) {
      const SobanAssignment *assignment = g_ptr_array_index (assignments, j);

      if (g_strcmp0 (assignment->value, name) == 0 && may_see (view, assignment->path))
        return TRUE;
    }
  }
  return FALSE;
}

static GArray *
list_records (const SobanVisit *visit, const char *name, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
  g_autoptr (SobanRows) rows = soban_database_query (soban_collector_store_get_database (visit->store), error,
                                                     "SELECT attachment_use.record FROM attachment_use JOIN record ON record.id = attachment_use.record"
                                                     " WHERE attachment_use.name = ?1 LIMIT ?2", "ti", name, (gint64) RECORDS_MAX);
  int stepped;

  if (rows == NULL)
    return NULL;
  while ((stepped = soban_rows_step (rows, error)) == 1) {
    SobanUuid id = soban_rows_get_uuid (rows, 0);

    g_array_append_val (ids, id);
  }
  return stepped == 0 ? g_steal_pointer (&ids) : NULL;
}

/* (P1) */
static gboolean
find_seen (const SobanVisit *visit, const char *name, gboolean *ret_seen, GError **error)
{
  g_autoptr (GArray) ids = list_records (visit, name, error);

  *ret_seen = FALSE;
  for (guint i = 0; ids != NULL && i < ids->len && !*ret_seen; i++) {
    g_autoptr (SobanRecordView) view = soban_record_view_load (visit, &g_array_index (ids, SobanUuid, i), error);

    if (view == NULL)
      return FALSE;
    *ret_seen = shows (view, name);
  }
  return ids != NULL;
}

gboolean
soban_attachment_load (const SobanVisit *visit, const char *name, SobanAttachmentFile *ret_file, GError **error)
{
  const char *type;
  gboolean seen;

  if (!soban_attachment_name_is_valid (name))
    return soban_fail_not_found (error, visit);
  if (!find_seen (visit, name, &seen, error) || (seen && !soban_attachment_shelf_read (visit->store, name, &ret_file->bytes, error)))
    return FALSE;
  if (ret_file->bytes == NULL)
    return soban_fail_not_found (error, visit);
  type = find_picture_type (ret_file->bytes);
  ret_file->is_picture = type != NULL;
  ret_file->type = type != NULL ? type : "application/octet-stream";
  return TRUE;
}
