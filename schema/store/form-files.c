/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Forms that the collector publishes
 * ==================================
 *
 * A content comes piece by piece (form_piece), is checked against its hash when it is complete (form_content), and a version is taken when all its
 * contents are there (form, form_file, form_offer).
 *
 * Invariants:
 *  (1) What stands in form_content has its hash.
 *  (2) A version is taken whole or not at all, and only if this program can read it: a bad form is told in the log and nothing else happens.
 *  (3) A version that is there never changes; records keep theirs.
 *  (4) What no version and no offer names is let go when the list is complete.
 */
#include "config.h"

#include "store/form-files.h"

#include "base/error.h"
#include "base/limits.h"
#include "store/store-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

gboolean
soban_store_get_forms_fingerprint (SobanStore *store, guint64 *ret_fingerprint, GError **error)
{
  g_autofree char *text = soban_store_get_setting (store, SOBAN_SETTING_FORMS);
  g_auto (GStrv) words = text ? g_strsplit (text, " ", 2) : NULL;

  *ret_fingerprint = 0;
  if (words && g_strv_length (words) == 2 && g_str_equal (words[1], SOBAN_VERSION))
    *ret_fingerprint = g_ascii_strtoull (words[0], NULL, 16);
  return TRUE;
}

/* ---- what is missing ---- */

static gboolean
is_in_table (SobanStore *store, const char *sql, const guint8 *sha256, gboolean *ret_is, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (store->db_thread.database, sql, error);

  if (!statement)
    return FALSE;
  soban_bind_bytes (statement, ":sha256", sha256, SOBAN_SHA256_BYTES);
  return soban_step (statement, ret_is, error);
}

static gboolean
has_content (SobanStore *store, const guint8 *sha256, gboolean *ret_has, GError **error)
{
  return is_in_table (store, "SELECT 1 FROM form_content WHERE sha256 = :sha256", sha256, ret_has, error);
}

static gboolean
has_version (SobanStore *store, const SobanFormOffer *offer, gboolean *ret_has, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "SELECT 1 FROM form_offer WHERE id = :id AND version = :version", error);

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":id", offer->id);
  soban_bind_text (statement, ":version", offer->version);
  return soban_step (statement, ret_has, error);
}

static gboolean
count_pieces (SobanStore *store, const guint8 *sha256, guint64 *ret_bytes, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "SELECT coalesce (sum (length (content)), 0) FROM form_piece WHERE sha256 = :sha256", error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_bytes (statement, ":sha256", sha256, SOBAN_SHA256_BYTES);
  if (!soban_step (statement, &row, error))
    return FALSE;
  *ret_bytes = (guint64) soban_column_int (statement, 0);
  return TRUE;
}

typedef struct {
  const GPtrArray *offers;
  GArray *missing;
} MissingJob;

static gboolean
is_listed (const GArray *missing, const guint8 *sha256)
{
  for (guint i = 0; i < missing->len; i++)
    if (memcmp (g_array_index (missing, SobanMissingContent, i).sha256, sha256, SOBAN_SHA256_BYTES) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
add_missing (SobanStore *store, GArray *missing, const guint8 *sha256, guint64 bytes, GError **error)
{
  SobanMissingContent item = { .bytes = bytes };
  gboolean present;

  memcpy (item.sha256, sha256, SOBAN_SHA256_BYTES);
  if (!has_content (store, sha256, &present, error) || !count_pieces (store, sha256, &item.have, error))
    return FALSE;
  if (!present && !is_listed (missing, sha256))
    g_array_append_val (missing, item);
  return TRUE;
}

static gboolean
list_missing (SobanStore *store, gpointer data, GError **error)
{
  MissingJob *job = data;

  for (guint i = 0; i < job->offers->len; i++) {
    const SobanFormOffer *offer = g_ptr_array_index (job->offers, i);
    gboolean has;

    if (!has_version (store, offer, &has, error))
      return FALSE;
    if (has)
      continue;
    if (!add_missing (store, job->missing, offer->sha256, offer->bytes, error))
      return FALSE;
    for (guint j = 0; j < offer->files->len; j++) {
      const SobanFormFile *file = g_ptr_array_index (offer->files, j);

      if (!add_missing (store, job->missing, file->sha256, file->bytes, error))
        return FALSE;
    }
  }
  return TRUE;
}

GArray *
soban_store_list_missing_contents (SobanStore *store, const GPtrArray *offers, GError **error)
{
  g_autoptr (GArray) missing = g_array_new (FALSE, FALSE, sizeof (SobanMissingContent));
  MissingJob job = { offers, missing };

  return soban_store_read (store, list_missing, &job, error) ? g_steal_pointer (&missing) : NULL;
}

/* ---- pieces ---- */

typedef struct {
  SobanMissingContent *missing;
  GBytes *piece;
  gboolean wrong; /* the content is complete and another one */
} PieceJob;

static gboolean
run_with_sha256 (SobanStore *store, const char *sql, const guint8 *sha256, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (store->db_thread.database, sql, error);

  if (!statement)
    return FALSE;
  soban_bind_bytes (statement, ":sha256", sha256, SOBAN_SHA256_BYTES);
  return soban_run (statement, error);
}

static gboolean
insert_piece (SobanStore *store, const PieceJob *job, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "INSERT INTO form_piece (sha256, start, content) VALUES (:sha256, :start, :content)", error);
  gsize length;
  gconstpointer data = g_bytes_get_data (job->piece, &length);

  if (!statement)
    return FALSE;
  soban_bind_bytes (statement, ":sha256", job->missing->sha256, SOBAN_SHA256_BYTES);
  soban_bind_int (statement, ":start", (gint64) job->missing->have);
  soban_bind_bytes (statement, ":content", data, length);
  return soban_run (statement, error);
}

/* (nullable) (transfer full): all pieces in a row. */
static GByteArray *
join_pieces (SobanStore *store, const guint8 *sha256, GError **error)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "SELECT content FROM form_piece WHERE sha256 = :sha256 ORDER BY start", error);
  gboolean row;

  if (!statement)
    return NULL;
  soban_bind_bytes (statement, ":sha256", sha256, SOBAN_SHA256_BYTES);
  while (soban_step (statement, &row, error)) {
    gconstpointer data;
    gsize length;

    if (!row)
      return g_steal_pointer (&content);
    data = soban_column_bytes (statement, 0, &length);
    g_byte_array_append (content, data, (guint) length);
  }
  return NULL;
}

static gboolean
insert_content (SobanStore *store, const guint8 *sha256, const GByteArray *content, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "INSERT OR IGNORE INTO form_content (sha256, content) VALUES (:sha256, :content)", error);

  if (!statement)
    return FALSE;
  soban_bind_bytes (statement, ":sha256", sha256, SOBAN_SHA256_BYTES);
  soban_bind_bytes (statement, ":content", content->data ? content->data : (const guint8 *) "", content->len);
  return soban_run (statement, error);
}

/* (1) */
static gboolean
complete (SobanStore *store, PieceJob *job, GError **error)
{
  const guint8 *sha256 = job->missing->sha256;
  g_autoptr (GByteArray) content = join_pieces (store, sha256, error);
  guint8 own[SOBAN_SHA256_BYTES];

  if (!content)
    return FALSE;
  soban_sha256_of (content->data, content->len, own);
  job->wrong = memcmp (own, sha256, SOBAN_SHA256_BYTES) != 0;
  return (job->wrong || insert_content (store, sha256, content, error))
         && run_with_sha256 (store, "DELETE FROM form_piece WHERE sha256 = :sha256", sha256, error);
}

static gboolean
add_piece (SobanStore *store, gpointer data, GError **error)
{
  PieceJob *job = data;
  gsize length = g_bytes_get_size (job->piece);

  if (length > 0 && !insert_piece (store, job, error))
    return FALSE;
  return job->missing->have + length < job->missing->bytes || complete (store, job, error);
}

gboolean
soban_store_add_form_piece (SobanStore *store, SobanMissingContent *missing, GBytes *piece, GError **error)
{
  PieceJob job = { missing, piece, FALSE };
  gsize length = g_bytes_get_size (piece);

  if ((length == 0 && missing->bytes > 0) || missing->have > missing->bytes || length > missing->bytes - missing->have) {
    g_set_error_literal (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, _("the piece of a form's content is empty or too long"));
    return FALSE;
  }
  if (!soban_store_write (store, add_piece, &job, error))
    return FALSE;
  missing->have += length;
  if (!job.wrong)
    return TRUE;
  missing->have = 0;
  g_set_error_literal (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT, _("the content of a form does not have its hash"));
  return FALSE;
}

/* ---- versions ---- */

typedef struct {
  const SobanFormOffer *offer;
  GBytes *xml;     /* (nullable): it is whole and not there yet */
  SobanForm *form; /* (nullable): what it says */
  gboolean missing;
} Candidate;

static void
free_candidate (gpointer data)
{
  Candidate *candidate = data;

  g_clear_pointer (&candidate->xml, g_bytes_unref);
  g_clear_pointer (&candidate->form, soban_form_unref);
  g_free (candidate);
}

typedef struct {
  const GPtrArray *offers;
  guint64 fingerprint;
  GPtrArray *candidates; /* (element-type Candidate) */
  gboolean incomplete;
} TakeJob;

static gboolean
read_content (SobanStore *store, const guint8 *sha256, GBytes **ret_content, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "SELECT content FROM form_content WHERE sha256 = :sha256", error);
  gboolean row;
  gconstpointer data;
  gsize length;

  *ret_content = NULL;
  if (!statement)
    return FALSE;
  soban_bind_bytes (statement, ":sha256", sha256, SOBAN_SHA256_BYTES);
  if (!soban_step (statement, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  data = soban_column_bytes (statement, 0, &length);
  *ret_content = g_bytes_new (data, length);
  return TRUE;
}

static gboolean
look_at_offer (SobanStore *store, TakeJob *job, const SobanFormOffer *offer, GError **error)
{
  Candidate *candidate = g_new0 (Candidate, 1);
  gboolean has;

  candidate->offer = offer;
  g_ptr_array_add (job->candidates, candidate);
  if (!has_version (store, offer, &has, error))
    return FALSE;
  if (has)
    return TRUE;
  for (guint i = 0; i < offer->files->len && !candidate->missing; i++) {
    const SobanFormFile *file = g_ptr_array_index (offer->files, i);

    if (!has_content (store, file->sha256, &has, error))
      return FALSE;
    candidate->missing = !has;
  }
  if (!candidate->missing && !read_content (store, offer->sha256, &candidate->xml, error))
    return FALSE;
  candidate->missing |= candidate->xml == NULL;
  job->incomplete |= candidate->missing;
  return TRUE;
}

static gboolean
look_at_offers (SobanStore *store, gpointer data, GError **error)
{
  TakeJob *job = data;

  for (guint i = 0; i < job->offers->len; i++)
    if (!look_at_offer (store, job, g_ptr_array_index (job->offers, i), error))
      return FALSE;
  return TRUE;
}

/* (2), (3): on the caller's thread, since a form may be large. */
static void
read_form (SobanStore *store, Candidate *candidate)
{
  const SobanFormOffer *offer = candidate->offer;
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanForm) form = soban_form_parse (candidate->xml, &error);
  g_autoptr (SobanForm) present = NULL;

  if (!form) {
    g_message (_("The form %s %s that was received cannot be read: %s"), offer->id, offer->version, error->message);
    return;
  }
  if (!g_str_equal (soban_form_get_id (form), offer->id) || !g_str_equal (soban_form_get_version (form), offer->version)) {
    g_message (_("The form %s %s that was received says that it is %s %s"), offer->id, offer->version, soban_form_get_id (form),
               soban_form_get_version (form));
    return;
  }
  present = soban_form_library_get (store->forms, offer->id, offer->version, NULL);
  if (present && !g_bytes_equal (soban_form_get_xml (present), candidate->xml)) {
    g_message (_("The form %s %s that was received is another one here"), offer->id, offer->version);
    return;
  }
  candidate->form = g_steal_pointer (&form);
}

static gboolean
put_file (SobanStore *store, const SobanFormOffer *offer, const SobanFormFile *file, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "INSERT OR REPLACE INTO form_file (form, version, name, sha256) VALUES (:form, :version, :name, :sha256)", error);

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":form", offer->id);
  soban_bind_text (statement, ":version", offer->version);
  soban_bind_text (statement, ":name", file->name);
  soban_bind_bytes (statement, ":sha256", file->sha256, SOBAN_SHA256_BYTES);
  return soban_run (statement, error);
}

static gboolean
run_with_version (SobanStore *store, const char *sql, const SobanFormOffer *offer, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (store->db_thread.database, sql, error);

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":id", offer->id);
  soban_bind_text (statement, ":version", offer->version);
  return soban_run (statement, error);
}

static gboolean
put_xml (SobanStore *store, const Candidate *candidate, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "INSERT OR IGNORE INTO form (id, version, xml) VALUES (:id, :version, :xml)", error);
  gsize length;
  gconstpointer xml = g_bytes_get_data (candidate->xml, &length);

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":id", candidate->offer->id);
  soban_bind_text (statement, ":version", candidate->offer->version);
  soban_bind_bytes (statement, ":xml", xml, length);
  return soban_run (statement, error);
}

static gboolean
put_version (SobanStore *store, const Candidate *candidate, GError **error)
{
  const SobanFormOffer *offer = candidate->offer;

  if (!put_xml (store, candidate, error))
    return FALSE;
  for (guint i = 0; i < offer->files->len; i++)
    if (!put_file (store, offer, g_ptr_array_index (offer->files, i), error))
      return FALSE;
  return run_with_version (store, "INSERT INTO form_offer (id, version, offered) VALUES (:id, :version, 0)", offer, error)
         && run_with_version (store, "UPDATE record SET stale = 1 WHERE form = :id AND form_version = :version AND stale = 0", offer, error)
         && soban_stale_add_marked (store, error);
}

/* Exactly what the list says is offered. */
static gboolean
set_offered (SobanStore *store, const GPtrArray *offers, GError **error)
{
  if (!soban_database_execute (store->db_thread.database, "UPDATE form_offer SET offered = 0", error))
    return FALSE;
  for (guint i = 0; i < offers->len; i++) {
    const SobanFormOffer *offer = g_ptr_array_index (offers, i);

    if (!offer->withdrawn
        && !run_with_version (store, "UPDATE form_offer SET offered = 1 WHERE id = :id AND version = :version", offer, error))
      return FALSE;
  }
  return TRUE;
}

/* (4) */
static gboolean
finish_list (SobanStore *store, guint64 fingerprint, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%016" G_GINT64_MODIFIER "x " SOBAN_VERSION, fingerprint);

  return soban_database_execute (store->db_thread.database,
                                 "DELETE FROM form_piece;"
                                 "DELETE FROM form_content WHERE sha256 NOT IN (SELECT sha256 FROM form_file)", error)
         && soban_settings_set (store, SOBAN_SETTING_FORMS, text, error);
}

static gboolean
take_forms (SobanStore *store, gpointer data, GError **error)
{
  const TakeJob *job = data;

  for (guint i = 0; i < job->candidates->len; i++) {
    const Candidate *candidate = g_ptr_array_index (job->candidates, i);

    if (!candidate->form)
      continue;
    if (!put_version (store, candidate, error))
      return FALSE;
    soban_form_library_add (store->forms, candidate->form);
  }
  if (!set_offered (store, job->offers, error) || (!job->incomplete && !finish_list (store, job->fingerprint, error))
      || !soban_forms_offer (store, error))
    return FALSE;
  soban_store_forget_lists (store);
  store->db_thread.shown_changed = TRUE;
  return TRUE;
}

gboolean
soban_store_take_forms (SobanStore *store, const GPtrArray *offers, guint64 fingerprint, GError **error)
{
  g_autoptr (GPtrArray) candidates = g_ptr_array_new_with_free_func (free_candidate);
  TakeJob job = { offers, fingerprint, candidates, FALSE };

  if (!soban_store_read (store, look_at_offers, &job, error))
    return FALSE;
  for (guint i = 0; i < candidates->len; i++) {
    Candidate *candidate = g_ptr_array_index (candidates, i);

    if (candidate->xml)
      read_form (store, candidate);
  }
  return soban_store_write (store, take_forms, &job, error);
}

/* ---- files ---- */

typedef struct {
  const char *form, *version, *name;
  GBytes *content;
} FileJob;

static gboolean
read_file (SobanStore *store, gpointer data, GError **error)
{
  FileJob *job = data;
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "SELECT sha256 FROM form_file WHERE form = :form AND version = :version AND name = :name", error);
  gboolean row;
  gconstpointer sha256;
  gsize length;

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":form", job->form);
  soban_bind_text (statement, ":version", job->version);
  soban_bind_text (statement, ":name", job->name);
  if (!soban_step (statement, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  sha256 = soban_column_bytes (statement, 0, &length);
  return length != SOBAN_SHA256_BYTES || read_content (store, sha256, &job->content, error);
}

GBytes *
soban_store_get_form_file (SobanStore *store, const char *form, const char *version, const char *name, GError **error)
{
  g_autofree char *last = soban_form_file_name (name);
  FileJob job = { form, version, last, NULL };

  return soban_store_read (store, read_file, &job, error) ? job.content : NULL;
}
