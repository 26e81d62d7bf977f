/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "record-view.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/attachment-name.h"
#include "pages.h"
#include "published-form.h"

#define WRITES_MAX 500

static void
free_write (gpointer data)
{
  SobanRecordWrite *write = data;

  soban_change_free (write->change);
  g_free (write->device_name);
  g_free (write);
}

void
soban_record_view_free (SobanRecordView *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->instance, soban_form_instance_free);
  g_clear_pointer (&self->scratch, soban_form_instance_free);
  g_clear_pointer (&self->form, soban_form_unref);
  g_clear_pointer (&self->host, soban_record_host_free);
  g_clear_pointer (&self->state, soban_record_state_free);
  g_clear_pointer (&self->fields, soban_field_map_unref);
  g_clear_pointer (&self->writes, g_ptr_array_unref);
  g_free (self->scope);
  g_free (self->form_id);
  g_free (self->title);
  g_free (self->date);
  g_free (self->unit);
  g_free (self);
}

static gboolean
load_record (SobanRecordView *self, const SobanUuid *id, char **ret_version, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (self->visit->store);
  g_autoptr (SobanRows) query = soban_database_query (database, error,
    "SELECT scope, form, form_version, title, date, unit, deleted, state FROM record WHERE id = ?1", "b", id->bytes, (gsize) SOBAN_UUID_BYTES);
  int stepped = query != NULL ? soban_rows_step (query, error) : -1;

  if (stepped < 0)
    return FALSE;
  if (stepped == 0)
    return soban_fail_not_found (error, self->visit);
  self->scope = g_strdup (soban_rows_get_text (query, 0));
  self->form_id = g_strdup (soban_rows_get_text (query, 1));
  *ret_version = g_strdup (soban_rows_get_text (query, 2));
  self->title = g_strdup (soban_rows_get_text (query, 3));
  self->date = g_strdup (soban_rows_get_text (query, 4));
  self->unit = g_strdup (soban_rows_get_text (query, 5));
  self->deleted = soban_rows_get_int (query, 6) != 0;
  self->state = soban_record_state_decode (soban_rows_get_blob (query, 7), soban_rows_get_length (query, 7), error);
  if (self->state == NULL)
    return FALSE;
  self->fields = soban_record_state_get_fields (self->state);
  return TRUE;
}

static gboolean
load_writes (SobanRecordView *self, const SobanUuid *id, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (self->visit->store);
  g_autoptr (SobanRows) query = soban_database_query (database, error,
    "SELECT body, coalesce (device.name, CAST (change.device AS TEXT)) FROM change LEFT JOIN device ON device.number = change.device WHERE record = ?1"
    " ORDER BY stamp DESC, change.id DESC LIMIT ?2", "bi", id->bytes, (gsize) SOBAN_UUID_BYTES, (gint64) WRITES_MAX);
  int stepped;

  self->writes = g_ptr_array_new_with_free_func (free_write);
  if (query == NULL)
    return FALSE;
  while ((stepped = soban_rows_step (query, error)) == 1) {
    SobanChange *change = soban_change_decode (soban_rows_get_blob (query, 0), soban_rows_get_length (query, 0), error);
    SobanRecordWrite *write;

    if (change == NULL)
      return FALSE;
    write = g_new0 (SobanRecordWrite, 1);
    write->change = change;
    write->device_name = g_strdup (soban_rows_get_text (query, 1));
    g_ptr_array_add (self->writes, write);
  }
  return stepped == 0;
}

/* A form that cannot be opened leaves the view without answers: the page says so. */
static void
open_form (SobanRecordView *self, const char *version)
{
  const SobanFormHost *host = soban_record_host_get (self->host, self->scope);
  g_autoptr (GError) error = NULL;

  self->form = soban_form_library_get (self->visit->reference->forms, self->form_id, version, NULL);
  if (self->form == NULL)
    self->form = soban_published_form_find (self->visit->reference, self->visit->store, self->form_id, version);
  if (self->form == NULL)
    self->form = soban_form_library_get (self->visit->reference->forms, self->form_id, NULL, NULL);
  if (self->form == NULL)
    self->form = soban_published_form_find (self->visit->reference, self->visit->store, self->form_id, NULL);
  if (self->form != NULL)
    self->instance = soban_form_instance_new (self->form, host, self->fields, &error);
  if (self->instance != NULL)
    self->scratch = soban_form_instance_new (self->form, host, self->fields, &error);
  if (self->form == NULL)
    g_message ("A record of the form %s is shown without its form: it is not at hand", self->form_id);
  if (error != NULL)
    g_message ("A record of the form %s cannot be shown: %s", self->form_id, error->message);
}

SobanRecordView *
soban_record_view_load (const SobanVisit *visit, const SobanUuid *id, GError **error)
{
  g_autoptr (SobanRecordView) self = g_new0 (SobanRecordView, 1);
  g_autofree char *version = NULL;

  self->visit = visit;
  if (!load_record (self, id, &version, error) || !load_writes (self, id, error))
    return NULL;
  self->host = soban_record_host_new (visit->reference, visit->catalogue, visit->store);
  open_form (self, version);
  return g_steal_pointer (&self);
}

static int
compare_paths (gconstpointer a, gconstpointer b, gpointer form)
{
  const char *first = *(const char *const *) a, *second = *(const char *const *) b;
  const char *first_end = strchr (first, ']'), *second_end = strchr (second, ']');
  guint first_order, second_order;

  /* Two instances of one repeat: one after the other. */
  if (first_end != NULL && second_end != NULL) {
    gsize name_length = strcspn (first, "[");
    gboolean same_repeat = strncmp (first, second, name_length + 1) == 0;
    int order = strncmp (first, second, MAX (first_end - first, second_end - second) + 1);

    if (same_repeat && (first_end - first != second_end - second || strncmp (first, second, first_end - first + 1) != 0))
      return order;
  }
  first_order = soban_form_get_field_order (form, first);
  second_order = soban_form_get_field_order (form, second);
  if (first_order != second_order)
    return first_order < second_order ? -1 : 1;
  return strcmp (first, second);
}

GPtrArray *
soban_record_view_list_paths (SobanRecordView *self)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  if (self->form == NULL)
    return paths;
  for (guint i = 0; i < soban_field_map_size (self->fields); i++) {
    const char *path, *value;
    g_autofree char *label = NULL;

    soban_field_map_nth (self->fields, i, &path, &value);
    label = soban_record_view_get_label (self, path);
    if (label != NULL && *value != '\0')
      g_ptr_array_add (paths, g_strdup (path));
  }
  g_ptr_array_sort_with_data (paths, compare_paths, self->form);
  return paths;
}

char *
soban_record_view_get_label (SobanRecordView *self, const char *path)
{
  g_autoptr (SobanQuestion) question = NULL;
  const char *label;

  if (strcmp (path, SOBAN_FIELD_DELETED) == 0)
    return g_strdup (soban_visit_text (self->visit, N_ ("Deleted")));
  if (*path == '.' || g_str_has_prefix (path, "meta/") || g_str_has_suffix (path, "]"))
    return NULL;
  question = self->instance != NULL ? soban_form_instance_get_question (self->instance, path) : NULL;
  if (question != NULL && *question->label != '\0')
    return g_strdup (question->label);
  if (self->form == NULL)
    return NULL;
  label = soban_form_get_field_label (self->form, path);
  if (label != NULL && *label != '\0')
    return g_strdup (soban_visit_text (self->visit, label));
  /* A newer form's field is kept and shown under its own name; a known one without a label is not for people. */
  return soban_form_get_field_order (self->form, path) == G_MAXUINT ? g_strdup (path) : NULL;
}

/* Choices and dates are put in words by the form itself, over a copy of the record that holds the old value. */
static char *
read_answer (SobanRecordView *self, const char *path, const char *value)
{
  const char *held;

  if (self->scratch == NULL || !soban_form_instance_set (self->scratch, path, value, NULL))
    return g_strdup (value);
  held = soban_form_instance_get (self->scratch, path);
  if (g_strcmp0 (held, value) != 0)
    return g_strdup (value);
  return soban_form_instance_get_answer_text (self->scratch, path);
}

char *
soban_record_view_get_answer (SobanRecordView *self, const char *path, const char *value)
{
  g_autofree char *answer = NULL;

  if (strcmp (path, SOBAN_FIELD_DELETED) == 0)
    return g_strdup (g_strcmp0 (value, "1") == 0 ? soban_visit_text (self->visit, N_ ("deleted")) : soban_visit_text (self->visit, N_ ("put back")));
  if (self->form == NULL || soban_form_get_level (self->form, path) >= SOBAN_LEVEL_PERSONAL)
    return g_strdup_printf ("••• %s", soban_visit_text (self->visit, N_ ("protected")));
  if (value == NULL || *value == '\0')
    return g_strdup (soban_visit_text (self->visit, N_ ("(emptied)")));
  if (soban_attachment_name_is_valid (value))
    return g_strdup_printf ("%s (%s)", soban_visit_text (self->visit, N_ ("photo or file")), soban_attachment_name_get_extension (value));
  answer = read_answer (self, path, value);
  return answer != NULL && *answer != '\0' ? g_steal_pointer (&answer) : g_strdup (value);
}

gboolean
soban_record_view_is_winner (SobanRecordView *self, const SobanChange *change, const char *path)
{
  const SobanWriteKey *winner = soban_record_state_get_winner (self->state, path);
  SobanWriteKey key = { change->stamp, change->id };

  return winner != NULL && soban_write_key_compare (winner, &key) == 0;
}
