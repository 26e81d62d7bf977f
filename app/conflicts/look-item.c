/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "conflicts/look-item.h"

#include <glib/gi18n-lib.h>

#include "form/form-instance.h"
#include "record/recorded-text.h"
#include "record/value-text.h"

static void
free_answer (gpointer data)
{
  SobanLookAnswer *answer = data;

  g_free (answer->text);
  g_free (answer->who);
  g_free (answer->doubt);
  g_free (answer->value);
  g_free (answer);
}

void
soban_look_item_free (SobanLookItem *item)
{
  g_free (item->form);
  g_free (item->title);
  g_free (item->path);
  g_free (item->question);
  g_ptr_array_unref (item->answers);
  g_free (item);
}

static SobanLookItem *
new_item (const SobanRecord *record)
{
  SobanLookItem *item = g_new0 (SobanLookItem, 1);

  item->id = record->id;
  item->form = g_strdup (record->form);
  item->title = g_strdup (record->title);
  item->answers = g_ptr_array_new_with_free_func (free_answer);
  return item;
}

static char *
describe (SobanFormInstance *instance, const SobanHistoryItem *answer, gboolean against_deletion)
{
  g_autofree char *value = soban_value_text (instance, answer->path, answer->value);
  g_autofree char *name = NULL;

  if (g_str_equal (answer->path, SOBAN_FIELD_DELETED)) {
    return g_strdup (g_strcmp0 (answer->value, "1") == 0 ? _("The record is deleted") : _("The record stays"));
  }
  if (*value == '\0') {
    g_free (value);
    value = g_strdup (_("(emptied)"));
  }
  if (!against_deletion) {
    return g_steal_pointer (&value);
  }
  name = soban_field_name (instance, answer->path);
  return g_strdup_printf (_("The record stays, with “%s: %s”"), name == NULL ? answer->path : name, value);
}

static void
add_answer (SobanLookItem *item, SobanFormInstance *instance, const SobanHistoryItem *source, gboolean shown)
{
  gboolean against_deletion = g_str_equal (item->path, SOBAN_FIELD_DELETED);
  SobanLookAnswer *answer = g_new0 (SobanLookAnswer, 1);

  answer->text = describe (instance, source, against_deletion);
  answer->who = soban_recorded_text (source);
  answer->doubt = g_strdup (soban_recorded_doubt (source));
  answer->value = against_deletion && !g_str_equal (source->path, SOBAN_FIELD_DELETED) ? g_strdup ("0")
                                                                                         : g_strdup (source->value);
  answer->shown = shown;
  g_ptr_array_add (item->answers, answer);
}

static void
add_conflict (GPtrArray *items, const SobanRecord *record, SobanFormInstance *instance, const SobanConflict *conflict)
{
  SobanLookItem *item = new_item (record);
  char *name = soban_field_name (instance, conflict->path);

  item->path = g_strdup (conflict->path);
  item->question = name == NULL ? g_strdup (conflict->path) : name;
  add_answer (item, instance, conflict->shown, TRUE);
  for (guint i = 0; i < conflict->others->len; i++) {
    add_answer (item, instance, g_ptr_array_index (conflict->others, i), FALSE);
  }
  g_ptr_array_add (items, item);
}

static void
add_broken_rule (GPtrArray *items, const SobanRecord *record, SobanFormInstance *instance)
{
  g_autoptr (GPtrArray) problems = soban_form_instance_validate (instance);
  SobanLookItem *item = new_item (record);

  for (guint i = 0; i < problems->len; i++) {
    const SobanProblem *problem = g_ptr_array_index (problems, i);

    if (problem->kind == SOBAN_PROBLEM_WARNING) {
      continue;
    }
    if (item->question != NULL) {
      item->more++;
    } else {
      g_autofree char *name = soban_field_name (instance, problem->path);

      item->question = name == NULL ? g_strdup (problem->message) : g_strdup_printf ("%s: %s", name, problem->message);
    }
  }
  if (item->question == NULL) {
    item->question = g_strdup (_("This record needs a look."));
  }
  g_ptr_array_add (items, item);
}

static gboolean
add_record (GPtrArray *items, SobanStore *store, SobanFormHost *host, const SobanUuid *id, gboolean conflict, GError **error)
{
  g_autoptr (SobanRecord) record = soban_store_get_record (store, id, error);
  g_autoptr (SobanForm) form = NULL;
  g_autoptr (SobanFormInstance) instance = NULL;
  g_autoptr (GPtrArray) conflicts = NULL;

  if (record == NULL) {
    return FALSE;
  }
  form = soban_form_library_get (soban_store_get_forms (store), record->form, record->form_version, error);
  if (form == NULL) {
    return FALSE;
  }
  instance = soban_form_instance_new (form, host, record->fields, error);
  if (instance == NULL) {
    return FALSE;
  }
  if (!conflict) {
    add_broken_rule (items, record, instance);
    return TRUE;
  }
  conflicts = soban_store_list_conflicts (store, id, error);
  for (guint i = 0; conflicts != NULL && i < conflicts->len; i++) {
    add_conflict (items, record, instance, g_ptr_array_index (conflicts, i));
  }
  return conflicts != NULL;
}

static gboolean
has_id (const GArray *ids, const SobanUuid *id)
{
  for (guint i = 0; i < ids->len; i++) {
    if (soban_uuid_equal (&g_array_index (ids, SobanUuid, i), id)) {
      return TRUE;
    }
  }
  return FALSE;
}

/* A record that cannot be read is told of, and does not hide the others. */
static void
add_records (GPtrArray *items, SobanStore *store, SobanFormHost *host, const GArray *ids, const GArray *left_out,
             gboolean conflict, guint max)
{
  for (guint i = 0, added = 0; i < ids->len && added < max; i++) {
    const SobanUuid *id = &g_array_index (ids, SobanUuid, i);
    g_autoptr (GError) error = NULL;

    if (left_out != NULL && has_id (left_out, id)) {
      continue;
    }
    added++;
    if (!add_record (items, store, host, id, conflict, &error)) {
      g_message ("Reading what needs a look: %s", error->message);
    }
  }
}

GPtrArray *
soban_look_items_read (SobanStore *store, guint max, GError **error)
{
  const SobanRecordQuery disputed = { .conflict = TRUE, .registries = TRUE };
  const SobanRecordQuery broken = { .needs_look = TRUE, .registries = TRUE };
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify)soban_look_item_free);
  g_autoptr (GArray) conflicts = soban_store_list_records (store, &disputed, error);
  g_autoptr (GArray) rules = conflicts == NULL ? NULL : soban_store_list_records (store, &broken, error);
  SobanFormHost *host;

  if (rules == NULL) {
    g_prefix_error (error, "%s: ", _("Reading what needs a look"));
    return NULL;
  }
  host = soban_store_get_form_host (store);
  add_records (items, store, host, conflicts, NULL, TRUE, max);
  add_records (items, store, host, rules, conflicts, FALSE, max);
  soban_store_form_host_free (host);
  return g_steal_pointer (&items);
}
