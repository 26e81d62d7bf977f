/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-instance-private.h"

#include <libxml/xmlwriter.h>
#include <string.h>

/* The instance as XML, as it would be submitted: irrelevant nodes left out. */

/* XML 1.0 cannot hold most control characters, not even escaped. */
static char *
drop_forbidden (const char *text)
{
  GString *out = g_string_sized_new (strlen (text));
  for (const char *at = text; *at != '\0'; at++)
    if ((guchar) *at >= 0x20 || *at == '\t' || *at == '\n' || *at == '\r')
      g_string_append_c (out, *at);
  return g_string_free (out, FALSE);
}

static const xmlChar *
to_xml_text (const char *text)
{
  return *text != '\0' ? (const xmlChar *) text : NULL;
}

static gboolean
is_declared (const SobanNode *node, const char *prefix, const char *ns)
{
  for (node = node->parent; node != NULL; node = node->parent)
    if (g_str_equal (node->prefix, prefix) && g_str_equal (node->ns, ns))
      return TRUE;
  return FALSE;
}

static void
write_node (SobanFormInstance *self, xmlTextWriter *writer, const SobanNode *node)
{
  if (node->irrelevant)
    return;
  gboolean is_root = node == self->root->node;
  const char *ns = is_root && *node->prefix == '\0' ? self->form->root_ns : node->ns;
  if (*node->prefix != '\0' && is_declared (node, node->prefix, node->ns))
    ns = "";
  xmlTextWriterStartElementNS (writer, to_xml_text (node->prefix), (const xmlChar *) node->name, to_xml_text (ns));
  for (const SobanNode *attribute = node->first_attribute; attribute != NULL; attribute = attribute->next) {
    g_autofree char *value = drop_forbidden (attribute->text != NULL ? attribute->text : "");
    xmlTextWriterWriteAttributeNS (writer, to_xml_text (attribute->prefix), (const xmlChar *) attribute->name,
                                   to_xml_text (attribute->ns), (const xmlChar *) value);
  }
  for (const SobanNode *child = node->first_child; child != NULL; child = child->next) {
    if (child->kind == SOBAN_NODE_ELEMENT) {
      write_node (self, writer, child);
    } else if (child->kind == SOBAN_NODE_TEXT && child->text != NULL) {
      g_autofree char *text = drop_forbidden (child->text);
      xmlTextWriterWriteString (writer, (const xmlChar *) text);
    }
  }
  const SobanFormState *state = node->data;
  if (self->deprecated_id != NULL && state->element == self->form->instance_id->parent) {
    g_autofree char *id = drop_forbidden (self->deprecated_id);
    xmlTextWriterWriteElementNS (writer, to_xml_text (node->prefix), (const xmlChar *) "deprecatedID", NULL,
                                 (const xmlChar *) id);
  }
  xmlTextWriterEndElement (writer);
}

char *
soban_form_instance_to_xml (SobanFormInstance *self)
{
  xmlBuffer *buffer = xmlBufferCreate ();
  xmlTextWriter *writer = xmlNewTextWriterMemory (buffer, 0);
  g_assert (buffer != NULL && writer != NULL);
  write_node (self, writer, self->root->node);
  xmlTextWriterEndDocument (writer);
  xmlFreeTextWriter (writer);
  char *xml = g_strchomp (g_strdup ((const char *) xmlBufferContent (buffer)));
  xmlBufferFree (buffer);
  return xml;
}
