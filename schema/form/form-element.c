/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-private.h"

void
soban_element_free (SobanElement *element)
{
  if (element == NULL)
    return;
  g_free (element->path);
  g_free (element->field);
  g_clear_pointer (&element->children, g_ptr_array_unref);
  g_clear_pointer (&element->required, soban_xpath_free);
  g_clear_pointer (&element->readonly, soban_xpath_free);
  g_clear_pointer (&element->constraint, soban_xpath_free);
  g_clear_pointer (&element->warning, soban_xpath_free);
  g_clear_pointer (&element->required_message, soban_text_free);
  g_clear_pointer (&element->constraint_message, soban_text_free);
  g_clear_pointer (&element->warning_message, soban_text_free);
  g_free (element->preload);
  g_free (element->preload_params);
  g_clear_pointer (&element->triggers, g_ptr_array_unref);
  g_clear_pointer (&element->actions, g_ptr_array_unref);
  g_free (element);
}

SobanElement *
soban_element_child (const SobanElement *element, const char *name)
{
  for (guint i = 0; i < element->children->len; i++) {
    SobanElement *child = g_ptr_array_index (element->children, i);
    if (g_str_equal (child->name, name))
      return child;
  }
  return NULL;
}

gboolean
soban_element_is_leaf (const SobanElement *element)
{
  return element->children->len == 0 && !element->is_repeat;
}

gboolean
soban_element_contains (const SobanElement *ancestor, const SobanElement *element)
{
  while (element != NULL && element != ancestor)
    element = element->parent;
  return element != NULL;
}

SobanElement *
soban_element_repeat (const SobanElement *element)
{
  while (element != NULL && !element->is_repeat)
    element = element->parent;
  return (SobanElement *) element;
}
