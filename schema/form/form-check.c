/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-check.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "form/form-check-private.h"
#include "form/form-instance-private.h"

#define FINDINGS_MAX 10000 /* nobody reads more */

static void
free_finding (SobanFormFinding *finding)
{
  g_free (finding->place);
  g_free (finding->message);
  g_free (finding);
}

void
soban_form_check_add (FormCheck *check, gboolean is_error, guint line, const char *place, char *message)
{
  if (check->findings->len >= FINDINGS_MAX
      || !g_hash_table_add (check->said, g_strdup_printf ("%u\n%s\n%s", line, place, message))) {
    g_free (message);
    return;
  }
  SobanFormFinding *finding = g_new0 (SobanFormFinding, 1);
  finding->is_error = is_error;
  finding->line = line;
  finding->place = g_strdup (place);
  finding->message = message;
  g_ptr_array_add (check->findings, finding);
}

/* --- expressions --- */

static gboolean
is_there (const SobanForm *form, const char *reference)
{
  if (g_str_has_prefix (reference, "instance("))
    return TRUE; /* lists are looked at with their questions */
  g_autofree char *plain = g_strdup (reference);
  char *end = strstr (plain, "/*");
  end = end != NULL ? end : strstr (plain, "/@");
  if (end != NULL)
    *end = '\0';
  return *plain == '\0' || soban_form_resolve (form, NULL, plain) != NULL;
}

static void
check_expression (FormCheck *check, const SobanElement *element, const SobanXPath *xpath, guint line)
{
  if (xpath == NULL)
    return;
  g_autoptr (GPtrArray) references = soban_xpath_list_references (xpath, element->path);
  for (guint i = 0; i < references->len; i++) {
    const char *reference = g_ptr_array_index (references, i);
    if (*reference == '/' && !is_there (check->form, reference))
      soban_form_check_add (check, TRUE, line, element->field,
                            g_strdup_printf (_ ("the expression reads “%s”, which is not in the form"), reference));
  }
}

/* The same for every record: FALSE in @ret_value when it never holds. */
static gboolean
is_constant (const SobanXPath *xpath, const SobanElement *element, gboolean *ret_value)
{
  g_autoptr (GPtrArray) references = soban_xpath_list_references (xpath, element->path);
  if (references->len > 0 || soban_xpath_is_volatile (xpath))
    return FALSE;
  SobanXPathContext context = { .node = element->template };
  g_autoptr (GError) error = NULL; /* what needs more than itself is no constant */
  return soban_xpath_evaluate_boolean (xpath, &context, ret_value, &error);
}

static void
check_relevance (FormCheck *check, const SobanElement *element)
{
  gboolean holds = TRUE;
  if (element->relevant == NULL || !is_constant (element->relevant->xpath, element, &holds) || holds)
    return;
  soban_form_check_add (check, FALSE, element->bind_line, element->field,
                        g_strdup (_ ("nobody can reach this: the condition for showing it never holds")));
}

static void
check_default (FormCheck *check, const SobanElement *element)
{
  const SobanNode *text = element->template->first_child;
  if (!soban_element_is_leaf (element) || text == NULL || text->kind != SOBAN_NODE_TEXT)
    return;
  g_autofree char *value = soban_value_cast (element->type, g_strdup (text->text), NULL);
  if (*value != '\0' && !soban_value_fits (element->type, value))
    soban_form_check_add (check, TRUE, element->bind_line, element->field,
                          g_strdup_printf (_ ("what it begins with, “%s”, does not fit its type"), text->text));
}

static void
check_element (FormCheck *check, const SobanElement *element)
{
  const SobanXPath *const own[] = { element->required, element->readonly, element->constraint, element->warning };
  const SobanComputation *const computed[] = { element->relevant, element->calculate, element->count };
  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    check_expression (check, element, own[i], element->bind_line);
  for (guint i = 0; i < G_N_ELEMENTS (computed); i++)
    if (computed[i] != NULL)
      check_expression (check, element, computed[i]->xpath, computed[i]->line);
  check_relevance (check, element);
  check_default (check, element);
  if (element->constraint_message != NULL && element->constraint == NULL)
    soban_form_check_add (check, FALSE, element->bind_line, element->field,
                          g_strdup (_ ("it has a message for a rule, but no rule")));
}

static void
check_actions (FormCheck *check)
{
  for (guint i = 0; i < check->form->actions->len; i++) {
    const SobanAction *action = g_ptr_array_index (check->form->actions, i);
    const SobanElement *repeat = soban_element_repeat (action->target);
    check_expression (check, action->target, action->value, action->line);
    if (action->events == 0)
      soban_form_check_add (check, FALSE, action->line, action->target->field,
                            g_strdup (_ ("this setvalue names no event that is known: it never happens")));
    if (repeat != NULL && action->place == NULL && (action->events & SOBAN_EVENT_VALUE_CHANGED) != 0
        && (action->source == NULL || !soban_element_contains (repeat, action->source)))
      soban_form_check_add (check, TRUE, action->line, action->target->field,
                            g_strdup (_ ("this setvalue would write into every entry of the repeat at once")));
  }
}

static int
compare_findings (gconstpointer a, gconstpointer b)
{
  const SobanFormFinding *left = *(SobanFormFinding *const *)a, *right = *(SobanFormFinding *const *)b;
  return left->line != right->line ? (left->line < right->line ? -1 : 1) : g_strcmp0 (left->place, right->place);
}

GPtrArray *
soban_form_check (SobanForm *form)
{
  g_autoptr (GHashTable) said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  FormCheck check = { form, g_ptr_array_new_with_free_func ((GDestroyNotify)free_finding), said };
  for (guint i = 0; i < form->remarks->len; i++) {
    const SobanFormRemark *remark = g_ptr_array_index (form->remarks, i);
    soban_form_check_add (&check, remark->is_error, remark->line, remark->place, g_strdup (remark->message));
  }
  for (guint i = 0; i < form->elements->len; i++)
    check_element (&check, g_ptr_array_index (form->elements, i));
  check_actions (&check);
  soban_form_check_body (&check);
  soban_form_check_texts (&check);
  g_ptr_array_sort (check.findings, compare_findings);
  return check.findings;
}
