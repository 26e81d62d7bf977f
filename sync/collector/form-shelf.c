/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Invariants
 *  S1 (id, version) has one content and one set of files, for good.
 *  S2 What a tablet is offered is whole: contents are put before the version that names them, in one transaction.
 *  S3 A content is handed out only to a tablet that is offered a version with it.
 */
#include "config.h"

#include "form-shelf.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "protocol/message.h"

#define COLUMNS "SELECT id, version, title, sha256, bytes, roles, scopes, published_ms, withdrawn_ms FROM form"

SobanPublication *
soban_publication_new (SobanFormOffer *offer)
{
  SobanPublication *self = g_new0 (SobanPublication, 1);

  self->offer = offer;
  return self;
}

void
soban_publication_free (SobanPublication *self)
{
  if (self == NULL)
    return;
  soban_form_offer_free (self->offer);
  g_free (self->title);
  g_free (self->roles);
  g_free (self->scopes);
  g_free (self);
}

/* ---- reading ---- */

static gboolean
read_sha256 (SobanRows *rows, int column, guint8 *ret_sha256, GError **error)
{
  if (soban_rows_get_length (rows, column) != SOBAN_SHA256_BYTES) {
    g_set_error_literal (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT, "a published form has a damaged hash");
    return FALSE;
  }
  memcpy (ret_sha256, soban_rows_get_blob (rows, column), SOBAN_SHA256_BYTES);
  return TRUE;
}

static SobanPublication *
read_publication (SobanRows *rows, GError **error)
{
  g_autoptr (SobanPublication) self = soban_publication_new (soban_form_offer_new (soban_rows_get_text (rows, 0), soban_rows_get_text (rows, 1)));

  if (!read_sha256 (rows, 3, self->offer->sha256, error))
    return NULL;
  self->title = g_strdup (soban_rows_get_text (rows, 2));
  self->offer->bytes = (guint64) soban_rows_get_int (rows, 4);
  self->roles = g_strdup (soban_rows_get_text (rows, 5));
  self->scopes = g_strdup (soban_rows_get_text (rows, 6));
  self->published_ms = soban_rows_get_int (rows, 7);
  self->withdrawn_ms = soban_rows_get_int (rows, 8);
  self->offer->withdrawn = self->withdrawn_ms != 0;
  return g_steal_pointer (&self);
}

static gboolean
read_files (SobanDatabase *database, SobanFormOffer *offer, GError **error)
{
  g_autoptr (SobanRows) rows = soban_database_query (database, error,
    "SELECT name, sha256, bytes FROM form_file WHERE form = ?1 AND version = ?2 ORDER BY name", "tt", offer->id, offer->version);
  int stepped;

  if (rows == NULL)
    return FALSE;
  while ((stepped = soban_rows_step (rows, error)) == 1) {
    SobanFormFile *file = soban_form_offer_add_file (offer, soban_rows_get_text (rows, 0));

    if (!read_sha256 (rows, 1, file->sha256, error))
      return FALSE;
    file->bytes = (guint64) soban_rows_get_int (rows, 2);
  }
  return stepped == 0;
}

static GPtrArray *
read_publications (SobanRows *rows, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_publication_free);
  int stepped;

  if (rows == NULL)
    return NULL;
  while ((stepped = soban_rows_step (rows, error)) == 1) {
    SobanPublication *publication = read_publication (rows, error);

    if (publication == NULL)
      return NULL;
    g_ptr_array_add (list, publication);
  }
  return stepped == 0 ? g_steal_pointer (&list) : NULL;
}

GPtrArray *
soban_form_shelf_list (SobanCollectorStore *store, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);
  g_autoptr (SobanRows) rows = soban_database_query (database, error, COLUMNS " ORDER BY id, version", "");
  g_autoptr (GPtrArray) list = read_publications (rows, error);

  for (guint i = 0; list != NULL && i < list->len; i++)
    if (!read_files (database, ((SobanPublication *) g_ptr_array_index (list, i))->offer, error))
      return NULL;
  return g_steal_pointer (&list);
}

static gboolean
names (const char *list, const char *word)
{
  g_autofree char *between = g_strconcat (" ", word, " ", NULL);

  return strstr (list, between) != NULL;
}

static gboolean
is_meant_for (const SobanPublication *self, const SobanDevice *device)
{
  if (*self->roles != '\0' && !names (self->roles, device->role))
    return FALSE;
  if (*self->scopes == '\0')
    return TRUE;
  for (guint i = 0; i < device->scopes->len; i++)
    if (names (self->scopes, g_ptr_array_index (device->scopes, i)))
      return TRUE;
  return FALSE;
}

GPtrArray *
soban_form_shelf_list_for (SobanCollectorStore *store, const SobanDevice *device, GError **error)
{
  g_autoptr (GPtrArray) list = soban_form_shelf_list (store, error);
  GPtrArray *offers;

  if (list == NULL)
    return NULL;
  offers = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_form_offer_free);
  for (guint i = 0; i < list->len; i++) {
    SobanPublication *publication = g_ptr_array_index (list, i);

    if (is_meant_for (publication, device))
      g_ptr_array_add (offers, g_steal_pointer (&publication->offer));
  }
  return offers;
}

static gboolean
holds (const SobanFormOffer *offer, const guint8 *sha256)
{
  if (memcmp (offer->sha256, sha256, SOBAN_SHA256_BYTES) == 0)
    return TRUE;
  for (guint i = 0; i < offer->files->len; i++)
    if (memcmp (((SobanFormFile *) g_ptr_array_index (offer->files, i))->sha256, sha256, SOBAN_SHA256_BYTES) == 0)
      return TRUE;
  return FALSE;
}

/* (S3) */
static gboolean
is_offered (const GPtrArray *offers, const guint8 *sha256)
{
  for (guint i = 0; i < offers->len; i++)
    if (holds (g_ptr_array_index (offers, i), sha256))
      return TRUE;
  return FALSE;
}

static gboolean
read_content (SobanRows *rows, GBytes **ret_content, GError **error)
{
  int stepped = rows != NULL ? soban_rows_step (rows, error) : -1;

  *ret_content = stepped == 1 ? g_bytes_new (soban_rows_get_blob (rows, 0), soban_rows_get_length (rows, 0)) : NULL;
  return stepped >= 0;
}

gboolean
soban_form_shelf_read_piece (SobanCollectorStore *store, const SobanDevice *device, const guint8 *sha256, guint64 from, GBytes **ret_piece,
                             GError **error)
{
  g_autoptr (GPtrArray) offers = soban_form_shelf_list_for (store, device, error);
  g_autoptr (SobanRows) rows = NULL;

  *ret_piece = NULL;
  if (offers == NULL)
    return FALSE;
  if (from > SOBAN_FORM_FILE_BYTES_MAX || !is_offered (offers, sha256))
    return TRUE;
  rows = soban_database_query (soban_collector_store_get_database (store), error,
                               "SELECT substr (content, CAST (?2 AS INTEGER), CAST (?3 AS INTEGER)) FROM form_content"
                               " WHERE sha256 = ?1 AND length (content) >= ?4", "biii", sha256, (gsize) SOBAN_SHA256_BYTES,
                               (gint64) from + 1, (gint64) SOBAN_FORM_PIECE_BYTES_MAX, (gint64) from);
  return read_content (rows, ret_piece, error);
}

gboolean
soban_form_shelf_read (SobanCollectorStore *store, const char *id, const char *version, const char *name, GBytes **ret_content, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);
  g_autoptr (SobanRows) rows = NULL;

  if (name == NULL)
    rows = soban_database_query (database, error,
                                 "SELECT content FROM form_content WHERE sha256 = (SELECT sha256 FROM form WHERE id = ?1 AND version = ?2)", "tt", id,
                                 version);
  else
    rows = soban_database_query (database, error,
                                 "SELECT content FROM form_content WHERE sha256 ="
                                 " (SELECT sha256 FROM form_file WHERE form = ?1 AND version = ?2 AND name = ?3)", "ttt", id, version, name);
  return read_content (rows, ret_content, error);
}

/* ---- writing ---- */

gboolean
soban_form_shelf_put_content (SobanCollectorStore *store, GBytes *content, GError **error)
{
  guint8 sha256[SOBAN_SHA256_BYTES];
  gsize length;
  gconstpointer data = g_bytes_get_data (content, &length);

  soban_sha256_of (data, length, sha256);
  return soban_database_run (soban_collector_store_get_database (store), error,
                             "INSERT INTO form_content (sha256, content) VALUES (?1, ?2) ON CONFLICT (sha256) DO NOTHING", "bb", sha256,
                             (gsize) SOBAN_SHA256_BYTES, data != NULL ? data : "", length);
}

static gboolean
is_same_content (const SobanFormOffer *a, const SobanFormOffer *b)
{
  if (memcmp (a->sha256, b->sha256, SOBAN_SHA256_BYTES) != 0 || a->files->len != b->files->len)
    return FALSE;
  for (guint i = 0; i < a->files->len; i++) {
    const SobanFormFile *one = g_ptr_array_index (a->files, i), *other = g_ptr_array_index (b->files, i);

    if (strcmp (one->name, other->name) != 0 || memcmp (one->sha256, other->sha256, SOBAN_SHA256_BYTES) != 0)
      return FALSE;
  }
  return TRUE;
}

/* (nullable) */
static const SobanPublication *
find_version (const GPtrArray *list, const SobanFormOffer *offer)
{
  for (guint i = 0; i < list->len; i++) {
    const SobanPublication *publication = g_ptr_array_index (list, i);

    if (strcmp (publication->offer->id, offer->id) == 0 && strcmp (publication->offer->version, offer->version) == 0)
      return publication;
  }
  return NULL;
}

static gboolean
insert (SobanDatabase *database, const SobanPublication *self, gint64 now_ms, GError **error)
{
  const SobanFormOffer *offer = self->offer;

  if (!soban_database_run (database, error,
                           "INSERT INTO form (id, version, title, sha256, bytes, roles, scopes, published_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                           "tttbitti", offer->id, offer->version, self->title, offer->sha256, (gsize) SOBAN_SHA256_BYTES, (gint64) offer->bytes,
                           self->roles, self->scopes, now_ms))
    return FALSE;
  for (guint i = 0; i < offer->files->len; i++) {
    const SobanFormFile *file = g_ptr_array_index (offer->files, i);

    if (!soban_database_run (database, error, "INSERT INTO form_file (form, version, name, sha256, bytes) VALUES (?1, ?2, ?3, ?4, ?5)", "tttbi",
                             offer->id, offer->version, file->name, file->sha256, (gsize) SOBAN_SHA256_BYTES, (gint64) file->bytes))
      return FALSE;
  }
  return soban_database_run (database, error, "UPDATE record SET stale = 1 WHERE form = ?1 AND form_version = ?2 AND stale = 0", "tt", offer->id,
                             offer->version);
}

/* What one tablet may be told of: as if it were everything. */
static gboolean
check_bounds (SobanCollectorStore *store, GError **error)
{
  g_autoptr (GPtrArray) list = soban_form_shelf_list (store, error);
  g_autoptr (GPtrArray) offers = g_ptr_array_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();

  if (list == NULL)
    return FALSE;
  for (guint i = 0; i < list->len; i++)
    g_ptr_array_add (offers, ((SobanPublication *) g_ptr_array_index (list, i))->offer);
  if (offers->len <= SOBAN_FORMS_OFFERED_MAX)
    soban_forms_encode (offers, body);
  if (offers->len <= SOBAN_FORMS_OFFERED_MAX && body->len <= SOBAN_FORM_LIST_BYTES_MAX)
    return TRUE;
  g_set_error_literal (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, _ ("There are more forms and files than tablets can be told of."));
  return FALSE;
}

gboolean
soban_form_shelf_put (SobanCollectorStore *store, const SobanPublication *self, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);
  g_autoptr (GPtrArray) list = soban_form_shelf_list (store, error);
  const SobanPublication *present;

  if (list == NULL)
    return FALSE;
  present = find_version (list, self->offer);
  if (present == NULL)
    return insert (database, self, soban_collector_store_now (store), error) && check_bounds (store, error);
  if (!is_same_content (present->offer, self->offer)) { /* (S1) */
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT,
                 _ ("Version “%s” of the form “%s” is published with another content. Give the changed form a new version."), self->offer->version,
                 self->offer->id);
    return FALSE;
  }
  return soban_database_run (database, error, "UPDATE form SET roles = ?3, scopes = ?4, withdrawn_ms = 0 WHERE id = ?1 AND version = ?2", "tttt",
                             self->offer->id, self->offer->version, self->roles, self->scopes);
}

gboolean
soban_form_shelf_withdraw (SobanCollectorStore *store, const char *id, const char *version, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);

  if (!soban_database_run (database, error, "UPDATE form SET withdrawn_ms = ?3 WHERE id = ?1 AND version = ?2", "tti", id, version,
                           soban_collector_store_now (store)))
    return FALSE;
  if (soban_database_count_changed (database) > 0)
    return TRUE;
  g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND, _ ("No version “%s” of a form “%s” is published."), version, id);
  return FALSE;
}
