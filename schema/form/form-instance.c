/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-instance-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/uuid.h"

static SobanFormInstance *
new_instance (SobanForm *form, const SobanFormHost *host)
{
  SobanFormInstance *self = g_new0 (SobanFormInstance, 1);
  self->form = soban_form_ref (form);
  self->host = *host;
  self->tree = soban_tree_new ();
  self->states = g_hash_table_new (g_str_hash, g_str_equal);
  self->extras = soban_field_map_new ();
  self->pending = g_new0 (GPtrArray *, MAX (form->computations->len, 1));
  self->pending_low = form->computations->len;
  self->changed = g_ptr_array_new_with_free_func (g_free);
  self->faults = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->translations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)soban_text_free);
  soban_form_instance_init_xpath_host (self);
  return self;
}

void
soban_form_instance_free (SobanFormInstance *self)
{
  if (self == NULL)
    return;
  soban_form_state_free (self, self->root);
  for (guint i = 0; i < self->form->computations->len; i++)
    g_clear_pointer (&self->pending[i], g_ptr_array_unref);
  g_free (self->pending);
  g_ptr_array_unref (self->changed);
  g_hash_table_unref (self->faults);
  g_hash_table_unref (self->translations);
  g_free (self->deprecated_id);
  g_hash_table_unref (self->states);
  g_clear_error (&self->broken);
  g_clear_pointer (&self->own_choices, soban_choice_index_free);
  soban_field_map_unref (self->extras);
  soban_tree_free (self->tree);
  soban_form_unref (self->form);
  g_free (self);
}

SobanForm *
soban_form_instance_get_form (SobanFormInstance *self)
{
  return self->form;
}

/* "opinion[<uuid>]" -> the repeat's path; NULL when @path does not name an instance. */
static char *
split_instance_path (const char *path, char **ret_id)
{
  gsize length = strlen (path);
  if (length < SOBAN_UUID_TEXT_LENGTH + 3 || path[length - 1] != ']'
      || path[length - SOBAN_UUID_TEXT_LENGTH - 2] != '[')
    return NULL;
  SobanUuid uuid;
  g_autofree char *id = g_strndup (path + length - SOBAN_UUID_TEXT_LENGTH - 1, SOBAN_UUID_TEXT_LENGTH);
  if (!soban_uuid_parse (id, &uuid))
    return NULL;
  g_autofree char *canonical = soban_uuid_to_string (&uuid);
  if (!g_str_equal (canonical, id))
    return NULL;
  *ret_id = g_steal_pointer (&id);
  return g_strndup (path, length - SOBAN_UUID_TEXT_LENGTH - 2);
}

static gboolean
take_repeat (SobanFormInstance *self, const char *path)
{
  g_autofree char *id = NULL;
  g_autofree char *repeat = split_instance_path (path, &id);
  SobanRepeatList *list = repeat != NULL ? soban_form_instance_find_list (self, repeat) : NULL;
  return list != NULL && soban_form_list_append (self, list, id, FALSE, NULL) != NULL;
}

static gboolean
take_value (SobanFormInstance *self, const char *path, const char *value)
{
  SobanFormState *state = g_hash_table_lookup (self->states, path);
  if (state == NULL || !soban_element_is_leaf (state->element))
    return FALSE;
  soban_node_set_value (state->node, value);
  return TRUE;
}

/*
 * The fields come sorted by path, so an instance comes before what is in it, and instances in the order of their ids.
 * A record shows what was answered: the defaults of the template do not fill what it left empty.
 */
static void
clear_state (SobanFormInstance *self, SobanFormState *state, gpointer user_data)
{
  if (soban_element_is_leaf (state->element))
    soban_node_set_value (state->node, "");
}

static void
take_fields (SobanFormInstance *self, const SobanFieldMap *fields)
{
  soban_form_state_walk (self, self->root, clear_state, NULL);
  for (guint i = 0; i < soban_field_map_size (fields); i++) {
    const char *path = NULL, *value = NULL;
    soban_field_map_nth (fields, i, &path, &value);
    gboolean taken = FALSE;
    if (g_str_has_suffix (path, "]") && g_str_equal (value, "1"))
      taken = take_repeat (self, path);
    else if (path[0] != '.')
      taken = strchr (path, '@') != NULL ? soban_form_instance_take_attribute (self, path, value)
                                         : take_value (self, path, value);
    if (!taken)
      soban_field_map_set (self->extras, path, value);
  }
}

SobanFormInstance *
soban_form_instance_new (SobanForm *form, const SobanFormHost *host, const SobanFieldMap *fields, GError **error)
{
  g_return_val_if_fail (form != NULL && host != NULL && host->entropy != NULL && host->clock != NULL, NULL);
  g_autoptr (SobanFormInstance) self = new_instance (form, host);
  self->root = soban_form_state_new_root (self, fields == NULL);
  if (fields != NULL)
    take_fields (self, fields);
  else
    soban_form_instance_preload (self, self->root);
  g_ptr_array_set_size (self->changed, 0);
  soban_form_instance_queue_subtree (self, self->root, FALSE);
  soban_form_instance_settle (self);
  soban_form_instance_run_load_actions (self, SOBAN_EVENT_LOAD | (fields == NULL ? SOBAN_EVENT_FIRST_LOAD : 0));
  if (self->broken != NULL) {
    g_propagate_prefixed_error (error, g_steal_pointer (&self->broken), _ ("Opening the form “%s”: "), form->id);
    return NULL;
  }
  return g_steal_pointer (&self);
}

typedef struct {
  SobanFieldMap *fields;
  gboolean relevant_only;
} Collection;

static void
collect_field (SobanFormInstance *self, SobanFormState *state, gpointer user_data)
{
  const Collection *collection = user_data;
  if (collection->relevant_only && state->node->irrelevant)
    return;
  soban_form_instance_collect_attributes (self, state, collection->fields);
  if (state->element->is_repeat)
    soban_field_map_set (collection->fields, state->path, "1");
  else if (soban_element_is_leaf (state->element) && *soban_form_state_text (state) != '\0')
    soban_field_map_set (collection->fields, state->path, soban_form_state_text (state));
}

SobanFieldMap *
soban_form_instance_get_fields (SobanFormInstance *self, gboolean relevant_only)
{
  Collection collection = { soban_field_map_copy (self->extras), relevant_only };
  soban_form_state_walk (self, self->root, collect_field, &collection);
  return collection.fields;
}

const char *
soban_form_instance_get (SobanFormInstance *self, const char *path)
{
  const SobanFormState *state = g_hash_table_lookup (self->states, path);
  if (state == NULL || state->node->irrelevant || !soban_element_is_leaf (state->element))
    return NULL;
  const char *text = soban_form_state_text (state);
  return *text != '\0' ? text : NULL;
}

/* (transfer full): words stay as they were given. Only what means the very same is written in one way: a multiple
 * answer in the order of its list, and a date that came with a local time without it. */
static char *
write_answer (SobanFormInstance *self, SobanFormState *state, const char *text)
{
  gboolean is_local_time =
      soban_value_fits (SOBAN_TYPE_DATETIME, text) && strpbrk (text + strlen ("2026-11-22"), "Z+-") == NULL;
  if (state->element->type == SOBAN_TYPE_DATE && is_local_time)
    return soban_value_cast (SOBAN_TYPE_DATE, g_strdup (text), self->host.timezone);
  char *ordered = soban_form_instance_order_choices (self, state, text);
  return ordered != NULL ? ordered : g_strdup (text);
}

gboolean
soban_form_instance_set (SobanFormInstance *self, const char *path, const char *value, GError **error)
{
  SobanFormState *state = g_hash_table_lookup (self->states, path);
  if (state == NULL || !soban_element_is_leaf (state->element)) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE, _ ("The form “%s” has no question “%s”."),
                 self->form->id, path);
    return FALSE;
  }
  if (state->element->item != NULL && state->element->item->control == SOBAN_CONTROL_NOTE) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_UNSUPPORTED, _ ("“%s” only shows something."), path);
    return FALSE;
  }
  if (value != NULL && strlen (value) > SOBAN_VALUE_BYTES_MAX) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_LIMIT, _ ("“%s”: the answer is longer than %d bytes."), path,
                 SOBAN_VALUE_BYTES_MAX);
    return FALSE;
  }
  g_autofree char *normal = soban_text_normalize (value != NULL ? value : "", -1);
  if (normal == NULL) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_VALUE, _ ("“%s”: the answer is not UTF-8 text."), path);
    return FALSE;
  }
  g_autofree char *written = write_answer (self, state, normal);
  if (g_str_equal (soban_form_state_text (state), written))
    return TRUE;
  if (!soban_form_instance_check_actions (self, state, error))
    return FALSE;
  soban_form_instance_write (self, state, written);
  soban_form_instance_settle (self);
  return TRUE;
}

static gboolean
check_changeable (SobanFormInstance *self, const SobanRepeatList *list, const char *path, GError **error)
{
  if (list == NULL) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE, _ ("The form “%s” has no repeat “%s”."),
                 self->form->id, path);
    return FALSE;
  }
  if (list->element->count != NULL || list->element->item->no_add_remove) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_UNSUPPORTED,
                 _ ("“%s”: the form itself rules how many there are."), path);
    return FALSE;
  }
  return TRUE;
}

static void
preload_new (SobanFormInstance *self, SobanFormState *state)
{
  soban_form_instance_preload (self, state);
  soban_form_instance_queue_subtree (self, state, FALSE);
  soban_form_instance_fire_subtree (self, state);
  soban_form_instance_settle (self);
  soban_form_instance_run_actions (self, state, SOBAN_EVENT_NEW_REPEAT);
  soban_form_instance_settle (self);
}

char *
soban_form_instance_add_repeat (SobanFormInstance *self, const char *path, GError **error)
{
  SobanRepeatList *list = soban_form_instance_find_list (self, path);
  if (!check_changeable (self, list, path, error))
    return NULL;
  SobanFormState *state = soban_form_list_append (self, list, NULL, TRUE, error);
  if (state == NULL)
    return NULL;
  char *instance_path = g_strdup (state->path);
  preload_new (self, state);
  return instance_path;
}

gboolean
soban_form_instance_remove_repeat (SobanFormInstance *self, const char *instance_path, GError **error)
{
  g_autofree char *id = NULL;
  g_autofree char *path = split_instance_path (instance_path, &id);
  SobanRepeatList *list = path != NULL ? soban_form_instance_find_list (self, path) : NULL;
  if (!check_changeable (self, list, instance_path, error))
    return FALSE;
  guint index = 0;
  if (!g_ptr_array_find (list->instances, g_hash_table_lookup (self->states, instance_path), &index)) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE, _ ("“%s” is not there any more."), instance_path);
    return FALSE;
  }
  soban_form_list_remove (self, list, index);
  soban_form_instance_fire_removed (self, list);
  for (guint i = index; i < list->instances->len; i++) /* their positions have changed */
    soban_form_instance_queue_subtree (self, g_ptr_array_index (list->instances, i), TRUE);
  soban_form_instance_settle (self);
  return TRUE;
}

GPtrArray *
soban_form_instance_list_repeats (SobanFormInstance *self, const char *path)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  const SobanRepeatList *list = soban_form_instance_find_list (self, path);
  for (guint i = 0; list != NULL && i < list->instances->len; i++) {
    const SobanFormState *state = g_ptr_array_index (list->instances, i);
    if (!state->is_surplus)
      g_ptr_array_add (paths, g_strdup (state->path));
  }
  return paths;
}

void
soban_form_instance_confirm (SobanFormInstance *self, const char *path)
{
  const char *value = soban_form_instance_get (self, path);
  if (value == NULL)
    return;
  g_autofree char *field = g_strconcat (SOBAN_FIELD_CONFIRMED_PREFIX, path, NULL);
  soban_field_map_set (self->extras, field, value);
}
