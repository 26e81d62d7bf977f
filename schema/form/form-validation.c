/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-instance-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "base/limits.h"

#define LATER_DAYS (10 * 365) /* a tablet is not left alone for longer */

void
soban_problem_free (SobanProblem *problem)
{
  if (problem == NULL)
    return;
  g_free (problem->path);
  g_free (problem->message);
  g_free (problem);
}

static SobanProblem *
new_problem (SobanProblemKind kind, const char *path, char *message)
{
  SobanProblem *problem = g_new0 (SobanProblem, 1);
  problem->kind = kind;
  problem->path = g_strdup (path);
  problem->message = message;
  return problem;
}

/* The form's own words, else ours. */
static SobanProblem *
make_problem (SobanFormInstance *self, const SobanFormState *state, SobanProblemKind kind, const SobanText *text,
              const char *msgid)
{
  char *message = text != NULL ? soban_form_instance_render (self, text, state->node) : NULL;
  if (message == NULL || *message == '\0') {
    g_free (message);
    message = g_strdup (soban_form_instance_translate (self, msgid));
  }
  return new_problem (kind, state->path, message);
}

static const char *
get_type_msgid (SobanDataType type)
{
  switch (type) {
  case SOBAN_TYPE_INT:
    return N_("Please enter a whole number.");
  case SOBAN_TYPE_DECIMAL:
    return N_("Please enter a number.");
  case SOBAN_TYPE_DATE:
    return N_("Please enter a date.");
  case SOBAN_TYPE_TIME:
    return N_("Please enter a time.");
  case SOBAN_TYPE_DATETIME:
    return N_("There is no such day or time. Please write it like 22/11/2026 14:05.");
  case SOBAN_TYPE_GEOPOINT:
  case SOBAN_TYPE_GEOTRACE:
  case SOBAN_TYPE_GEOSHAPE:
    return N_("This is no position. Please write latitude and longitude, like 21.0285 105.8542.");
  default:
    return N_("This answer cannot be read. Please answer again.");
  }
}

static gboolean
has_only_offered (SobanFormInstance *self, SobanFormState *state, const char *value)
{
  const SobanBodyItem *item = state->element->item;
  if (item == NULL || !soban_body_item_is_select (item))
    return TRUE;
  if (item->control == SOBAN_CONTROL_SELECT1)
    return soban_form_instance_offers (self, state, value);
  g_auto (GStrv) words = g_strsplit (value, " ", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && !soban_form_instance_offers (self, state, words[i]))
      return FALSE;
  return TRUE;
}

static gboolean
is_in_range (const SobanBodyItem *item, const char *value)
{
  if (item == NULL || item->control != SOBAN_CONTROL_RANGE)
    return TRUE;
  double number = soban_xpath_string_to_number (value);
  double low = fmin (item->range_start, item->range_end);
  double high = fmax (item->range_start, item->range_end);
  return !(number < low) && !(number > high); /* a bound that is not given is NaN and excludes nothing */
}

static gboolean
is_confirmed (SobanFormInstance *self, const SobanFormState *state, const char *value)
{
  g_autofree char *field = g_strconcat (SOBAN_FIELD_CONFIRMED_PREFIX, state->path, NULL);
  return g_strcmp0 (soban_field_map_get (self->extras, field), value) == 0;
}

/* Where nobody knows what day it is the person may: a rule holds when it holds at the moment that the answer names, or years from now. */
static gboolean
holds_later (SobanFormInstance *self, SobanFormState *state, const SobanXPath *xpath)
{
  if (self->host.is_now_least == NULL || !self->host.is_now_least (self->host.data))
    return FALSE;
  g_autoptr (GTimeZone) local = self->host.timezone != NULL ? g_time_zone_ref (self->host.timezone) : g_time_zone_new_local ();
  const char *value = soban_form_state_text (state);
  g_autofree char *evening = strchr (value, 'T') == NULL ? g_strconcat (value, "T23:59:59", NULL) : NULL;
  g_autoptr (GDateTime) named = g_date_time_new_from_iso8601 (evening != NULL ? evening : value, local);
  gint64 later[] = { named != NULL ? g_date_time_to_unix (named) * 1000 : 0,
                     soban_clock_wall_ms (self->host.clock) + LATER_DAYS * G_TIME_SPAN_DAY / 1000 };
  gboolean holds = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (later) && !holds; i++) {
    SobanXPathContext context = soban_form_instance_context (self, state->node);
    self->supposed_ms = later[i];
    holds = soban_xpath_evaluate_boolean (xpath, &context, &holds, NULL) && holds;
  }
  self->supposed_ms = 0;
  return holds;
}

/* An expression that fails is a fault of the form or of a missing list; the person can only be told. */
static SobanProblem *
check_rule (SobanFormInstance *self, SobanFormState *state, const SobanXPath *xpath, SobanProblemKind kind,
            const SobanText *text, const char *msgid)
{
  if (xpath == NULL)
    return NULL;
  SobanXPathContext context = soban_form_instance_context (self, state->node);
  gboolean holds = TRUE;
  g_autoptr (GError) error = NULL;
  if (!soban_xpath_evaluate_boolean (xpath, &context, &holds, &error))
    return new_problem (kind, state->path,
                        g_strdup_printf ("%s (%s)",
                                         soban_form_instance_translate (self, N_("This answer cannot be checked.")),
                                         error->message));
  return holds || holds_later (self, state, xpath) ? NULL : make_problem (self, state, kind, text, msgid);
}

/* A ranking names every choice that is offered. */
static gboolean
ranks_all (SobanFormInstance *self, const SobanFormState *state, const char *value)
{
  if (state->element->item == NULL || state->element->item->control != SOBAN_CONTROL_RANK)
    return TRUE;
  g_auto (GStrv) words = g_strsplit_set (value, " \t\r\n", -1);
  g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (self, state->path);
  for (guint i = 0; i < choices->len; i++) {
    const SobanChoice *choice = g_ptr_array_index (choices, i);
    if (*choice->value != '\0' && !g_strv_contains ((const char *const *) words, choice->value))
      return FALSE;
  }
  return TRUE;
}

static SobanProblem *
check_answer (SobanFormInstance *self, SobanFormState *state, const char *value)
{
  const SobanElement *element = state->element;
  if (!soban_value_fits (element->type, value))
    return make_problem (self, state, SOBAN_PROBLEM_TYPE, NULL, get_type_msgid (element->type));
  if (!has_only_offered (self, state, value))
    return make_problem (self, state, SOBAN_PROBLEM_CHOICE, NULL,
                         N_("This choice is not offered any more. Please choose again."));
  if (!ranks_all (self, state, value))
    return make_problem (self, state, SOBAN_PROBLEM_CHOICE, NULL, N_("Please put all the choices in order."));
  if (!is_in_range (element->item, value))
    return make_problem (self, state, SOBAN_PROBLEM_CONSTRAINT, element->constraint_message,
                         N_("This number is out of range. Please check it."));
  SobanProblem *problem = check_rule (self, state, element->constraint, SOBAN_PROBLEM_CONSTRAINT,
                                      element->constraint_message, N_("This answer is not allowed. Please check it."));
  if (problem == NULL && !is_confirmed (self, state, value))
    problem = check_rule (self, state, element->warning, SOBAN_PROBLEM_WARNING, element->warning_message,
                          N_("This answer is unusual. Please check it."));
  return problem;
}

static SobanProblem *
check_state (SobanFormInstance *self, SobanFormState *state)
{
  const SobanElement *element = state->element;
  if (state->node->irrelevant || !soban_element_is_leaf (element))
    return NULL;
  const char *value = soban_form_state_text (state);
  if (*value != '\0') {
    SobanProblem *problem = check_answer (self, state, value);
    const char *fault = problem == NULL ? g_hash_table_lookup (self->faults, state->path) : NULL;
    return fault == NULL ? problem : new_problem (SOBAN_PROBLEM_WARNING, state->path, g_strdup (fault));
  }
  gboolean is_asked = element->item != NULL && element->item->control != SOBAN_CONTROL_NOTE;
  if (is_asked && element->required != NULL
      && soban_form_instance_test (self, element->required, state->node, state->path, FALSE))
    return make_problem (self, state, SOBAN_PROBLEM_REQUIRED, element->required_message,
                         N_("Please answer this question."));
  return NULL;
}

SobanProblem *
soban_form_instance_check (SobanFormInstance *self, const char *path)
{
  SobanFormState *state = g_hash_table_lookup (self->states, path);
  return state != NULL ? check_state (self, state) : NULL;
}

static void
collect_problem (SobanFormInstance *self, SobanFormState *state, gpointer user_data)
{
  GPtrArray *problems = user_data;
  SobanProblem *problem = check_state (self, state);
  if (problem != NULL)
    g_ptr_array_add (problems, problem);
  for (guint i = 0; i < state->element->children->len; i++) {
    const SobanElement *child = g_ptr_array_index (state->element->children, i);
    const SobanRepeatList *list = child->is_repeat ? state->slots[i] : NULL;
    if (list != NULL && list->over_limit) {
      g_autofree char *path = g_strconcat (state->path, *state->path != '\0' ? "/" : "", child->name, NULL);
      const char *text =
        soban_form_instance_translate (self, N_("There cannot be more than %d entries. Please check the number."));
      g_ptr_array_add (
        problems, new_problem (SOBAN_PROBLEM_CONSTRAINT, path, g_strdup_printf (text, SOBAN_REPEAT_INSTANCES_MAX)));
    }
  }
}

/* Where the body asks it; all of a repeat stands where the repeat does (sorting is stable: instances stay in order). */
static guint
get_order (const SobanForm *form, const char *path)
{
  g_autofree char *outer = g_strndup (path, strcspn (path, "["));
  return soban_form_get_field_order (form, outer);
}

static int
compare_problems (gconstpointer a, gconstpointer b, gpointer form)
{
  const SobanProblem *first = *(SobanProblem *const *) a;
  const SobanProblem *second = *(SobanProblem *const *) b;
  guint x = get_order (form, first->path);
  guint y = get_order (form, second->path);
  return x < y ? -1 : x > y;
}

GPtrArray *
soban_form_instance_validate (SobanFormInstance *self)
{
  GPtrArray *problems = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_problem_free);
  soban_form_state_walk (self, self->root, collect_problem, problems);
  g_ptr_array_sort_with_data (problems, compare_problems, self->form);
  return problems;
}
