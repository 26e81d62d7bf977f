/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-reader.h"

gboolean
soban_xml_is (const xmlNode *node, const char *name)
{
  return node->type == XML_ELEMENT_NODE && g_str_equal ((const char *) node->name, name);
}

xmlNode *
soban_xml_first_element (const xmlNode *node)
{
  xmlNode *child = node->children;
  while (child != NULL && child->type != XML_ELEMENT_NODE)
    child = child->next;
  return child;
}

xmlNode *
soban_xml_next_element (const xmlNode *node)
{
  xmlNode *next = node->next;
  while (next != NULL && next->type != XML_ELEMENT_NODE)
    next = next->next;
  return next;
}

xmlNode *
soban_xml_child (const xmlNode *node, const char *name)
{
  for (xmlNode *child = soban_xml_first_element (node); child != NULL; child = soban_xml_next_element (child))
    if (soban_xml_is (child, name))
      return child;
  return NULL;
}

char *
soban_xml_attribute (const xmlNode *node, const char *ns, const char *name)
{
  xmlChar *value = ns == NULL ? xmlGetNoNsProp ((xmlNode *) node, (const xmlChar *) name)
                              : xmlGetNsProp ((xmlNode *) node, (const xmlChar *) name, (const xmlChar *) ns);
  if (value == NULL)
    return NULL;
  char *copy = g_strdup ((const char *) value);
  xmlFree (value);
  return copy;
}

guint
soban_xml_line (const xmlNode *node)
{
  long line = xmlGetLineNo ((xmlNode *) node);
  return line > 0 ? (guint) line : 0;
}
