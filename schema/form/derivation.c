/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "form/form-instance-private.h"
#include "form/indicator-set.h"

#define TITLE_ANSWERS 3
#define TITLE_BYTES_MAX 200

void
soban_fact_free (SobanFact *fact)
{
  if (fact == NULL)
    return;
  g_free (fact->indicator);
  g_free (fact->date);
  g_free (fact->unit);
  g_free (fact);
}

void
soban_derived_free (SobanDerived *derived)
{
  if (derived == NULL)
    return;
  g_free (derived->title);
  g_free (derived->date);
  g_free (derived->unit);
  g_free (derived->search_text);
  g_ptr_array_unref (derived->problems);
  g_ptr_array_unref (derived->facts);
  g_free (derived);
}

static gboolean
is_meta (const SobanFormState *state)
{
  for (; state != NULL; state = state->parent)
    if (g_str_equal (state->element->name, "meta"))
      return TRUE;
  return FALSE;
}

/* Words that a person would remember the record by: texts and choices, not numbers; nothing that is sealed. */
static gboolean
holds_words (const SobanFormInstance *instance, const SobanFormState *state)
{
  if (!soban_element_is_leaf (state->element) || state->node->irrelevant || *soban_form_state_text (state) == '\0')
    return FALSE;
  SobanDataType type = state->element->type;
  return !is_meta (state) && state->element->item != NULL && (type == SOBAN_TYPE_STRING || type == SOBAN_TYPE_BARCODE)
         && soban_form_get_level (instance->form, state->path) != SOBAN_LEVEL_SENSITIVE;
}

static void
collect_words (SobanFormInstance *instance, SobanFormState *state, gpointer user_data)
{
  GPtrArray *words = user_data;
  if (!holds_words (instance, state))
    return;
  char *text = soban_form_instance_get_answer_text (instance, state->path);
  if (*text != '\0')
    g_ptr_array_add (words, text);
  else
    g_free (text);
}

static char *
make_title (SobanFormInstance *instance, const GPtrArray *words)
{
  const char *name = soban_form_instance_get (instance, "meta/instanceName");
  if (name != NULL)
    return g_strdup (name);
  GString *title = g_string_new (NULL);
  for (guint i = 0; i < MIN (words->len, TITLE_ANSWERS); i++)
    g_string_append_printf (title, "%s%s", i > 0 ? " · " : "", (const char *) g_ptr_array_index (words, i));
  if (title->len > TITLE_BYTES_MAX) {
    const char *end = g_utf8_find_prev_char (title->str, title->str + TITLE_BYTES_MAX);
    g_string_truncate (title, end != NULL ? (gsize) (end - title->str) : 0);
    g_string_append (title, "…");
  }
  return g_string_free (title, FALSE);
}

static char *
make_search_text (SobanFormInstance *instance, const char *title, const GPtrArray *words)
{
  g_autoptr (GString) text = g_string_new (title);
  for (guint i = 0; i < words->len; i++)
    g_string_append_printf (text, " %s", (const char *) g_ptr_array_index (words, i));
  return soban_text_fold (text->str);
}

static char *
get_field (SobanFormInstance *instance, const char *path)
{
  const char *value = *path != '\0' ? soban_form_instance_get (instance, path) : NULL;
  return g_strdup (value != NULL ? value : "");
}

static void
add_fault (SobanDerived *derived, const char *path, const char *message)
{
  SobanProblem *problem = g_new0 (SobanProblem, 1);
  problem->kind = SOBAN_PROBLEM_CONSTRAINT;
  problem->path = g_strdup (path);
  problem->message = g_strdup (message);
  g_ptr_array_add (derived->problems, problem);
}

static void
add_fact (SobanDerived *derived, SobanFormInstance *instance, const SobanIndicatorRule *rule)
{
  SobanXPathContext context = soban_form_instance_context (instance, instance->root->node);
  gboolean counts = TRUE;
  double value = 0;
  g_autoptr (GError) error = NULL;
  if ((rule->filter != NULL && !soban_xpath_evaluate_boolean (rule->filter, &context, &counts, &error))
      || (counts && !soban_xpath_evaluate_number (rule->value, &context, &value, &error))) {
    g_prefix_error (&error, _("indicator “%s”: "), rule->indicator.id);
    add_fault (derived, "", error->message);
    return;
  }
  /* What was left empty is unknown: no fact. Nothing of a thing adds nothing to its sum. */
  if (!counts || isnan (value) || value == 0)
    return;
  SobanFact *fact = g_new0 (SobanFact, 1);
  fact->indicator = g_strdup (rule->indicator.id);
  fact->value = value;
  fact->date = get_field (instance, rule->indicator.date_field);
  fact->unit = get_field (instance, rule->indicator.unit_field);
  g_ptr_array_add (derived->facts, fact);
}

static void
add_facts (SobanDerived *derived, SobanFormInstance *instance, const SobanIndicatorSet *indicators)
{
  const GPtrArray *rules = soban_indicator_set_list_rules (indicators);
  const char *form = soban_form_get_id (instance->form);
  for (guint i = 0; i < rules->len; i++) {
    const SobanIndicatorRule *rule = g_ptr_array_index (rules, i);
    if (rule->value != NULL && g_str_equal (rule->indicator.form, form))
      add_fact (derived, instance, rule);
  }
}

static gboolean
has_error (const GPtrArray *problems)
{
  for (guint i = 0; i < problems->len; i++)
    if (((const SobanProblem *) g_ptr_array_index (problems, i))->kind != SOBAN_PROBLEM_WARNING)
      return TRUE;
  return FALSE;
}

static SobanDerived *
derive_nothing (const char *title, const char *message)
{
  SobanDerived *derived = g_new0 (SobanDerived, 1);
  derived->title = g_strdup (title);
  derived->date = g_strdup ("");
  derived->unit = g_strdup ("");
  derived->search_text = soban_text_fold (title);
  derived->problems = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_problem_free);
  derived->facts = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_fact_free);
  derived->needs_look = TRUE;
  add_fault (derived, "", message);
  return derived;
}

SobanDerived *
soban_derive (SobanForm *form, const SobanFormEntry *entry, const SobanIndicatorSet *indicators,
              const SobanFormHost *host, const SobanFieldMap *fields)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanFormInstance) instance = soban_form_instance_new (form, host, fields, &error);
  if (instance == NULL) {
    const char *name = soban_field_map_get (fields, "meta/instanceName");
    return derive_nothing (name != NULL ? name : "", error->message);
  }
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  soban_form_state_walk (instance, instance->root, collect_words, words);

  SobanDerived *derived = g_new0 (SobanDerived, 1);
  derived->title = make_title (instance, words);
  derived->date = get_field (instance, entry != NULL ? entry->date_field : "");
  derived->unit = get_field (instance, entry != NULL ? entry->unit_field : "");
  derived->search_text = make_search_text (instance, derived->title, words);
  derived->problems = soban_form_instance_validate (instance);
  derived->facts = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_fact_free);
  gboolean is_deleted = g_strcmp0 (soban_field_map_get (fields, SOBAN_FIELD_DELETED), "1") == 0;
  if (indicators != NULL && !is_deleted)
    add_facts (derived, instance, indicators);
  derived->needs_look = has_error (derived->problems);
  return derived;
}
