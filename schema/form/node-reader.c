/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/node.h"

#include "base/error.h"
#include "base/limits.h"
#include "form/node-private.h"

#include <glib/gi18n-lib.h>
#include <libxml/parser.h>

/* Trees read from XML. */

/* libxml2 keeps the first error's text and line; the rest follows from it. */
static void
set_parse_error (xmlParserCtxt *parser, GError **error)
{
  const xmlError *problem = xmlCtxtGetLastError (parser);
  g_autofree char *message = g_strdup (problem != NULL && problem->message != NULL ? problem->message : "");
  g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX, _("Reading XML, line %d: %s"),
               problem != NULL ? problem->line : 0, g_strstrip (message));
}

static const char *
intern_xml (const xmlChar *text)
{
  return g_intern_string (text != NULL ? (const char *) text : "");
}

static void
name_node (SobanNode *node, const xmlChar *name, const xmlNs *ns)
{
  node->name = intern_xml (name);
  if (ns != NULL) {
    node->prefix = intern_xml (ns->prefix);
    node->ns = intern_xml (ns->href);
  }
}

static void
store_text (SobanNode *node, const xmlChar *text)
{
  node->text = g_string_chunk_insert (node->tree->texts, text != NULL ? (const char *) text : "");
}

static void
read_attributes (SobanNode *element, const xmlNode *source)
{
  for (const xmlAttr *at = source->properties; at != NULL; at = at->next) {
    SobanNode *attribute = soban_tree_take_node (element->tree, SOBAN_NODE_ATTRIBUTE);
    name_node (attribute, at->name, at->ns);
    xmlChar *value = xmlNodeListGetString (source->doc, at->children, 1);
    store_text (attribute, value);
    xmlFree (value);
    soban_node_link_attribute (element, attribute);
  }
}

static gboolean
read_node (SobanNode *parent, const xmlNode *source, SobanNode **ret_node, GError **error)
{
  SobanNodeKind kind;
  *ret_node = NULL;
  switch (source->type) {
  case XML_ELEMENT_NODE: kind = SOBAN_NODE_ELEMENT; break;
  case XML_TEXT_NODE:
  case XML_CDATA_SECTION_NODE: kind = SOBAN_NODE_TEXT; break;
  case XML_COMMENT_NODE: kind = SOBAN_NODE_COMMENT; break;
  case XML_PI_NODE: kind = SOBAN_NODE_INSTRUCTION; break;
  case XML_DTD_NODE: return TRUE;
  default:
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX, _("Reading XML, line %ld: entities are not allowed"),
                 xmlGetLineNo (source));
    return FALSE;
  }
  SobanNode *node = soban_tree_take_node (parent->tree, kind);
  if (kind == SOBAN_NODE_ELEMENT || kind == SOBAN_NODE_INSTRUCTION)
    name_node (node, source->name, kind == SOBAN_NODE_ELEMENT ? source->ns : NULL);
  if (kind == SOBAN_NODE_ELEMENT)
    read_attributes (node, source);
  else
    store_text (node, source->content);
  soban_node_link_child (parent, NULL, node);
  *ret_node = node;
  return TRUE;
}

static gboolean
read_document (SobanTree *tree, const xmlDoc *document, GError **error)
{
  SobanNode *parent = tree->root;
  const xmlNode *at = document->children;
  while (at != NULL) {
    SobanNode *node;
    if (!read_node (parent, at, &node, error))
      return FALSE;
    if (node != NULL && node->kind == SOBAN_NODE_ELEMENT && at->children != NULL) {
      parent = node;
      at = at->children;
      continue;
    }
    while (at->next == NULL && parent != tree->root) {
      at = at->parent;
      parent = parent->parent;
    }
    at = at->next;
  }
  return TRUE;
}

static void
read_bindings (SobanTree *tree, xmlDoc *document)
{
  const xmlNode *top = xmlDocGetRootElement (document);
  for (const xmlNs *ns = top->nsDef; ns != NULL; ns = ns->next) {
    SobanTreeBinding binding = { intern_xml (ns->prefix), intern_xml (ns->href) };
    g_array_append_val (tree->bindings, binding);
  }
}

SobanTree *
soban_tree_parse (const char *xml, gsize length, GError **error)
{
  if (length > SOBAN_FORM_BYTES_MAX) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_LIMIT, _("Reading XML: longer than %d bytes"),
                 SOBAN_FORM_BYTES_MAX);
    return NULL;
  }
  xmlParserCtxt *parser = xmlNewParserCtxt ();
  xmlDoc *document = xmlCtxtReadMemory (parser, xml, (int) length, NULL, NULL,
                                        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  g_autoptr (SobanTree) tree = soban_tree_new ();
  gboolean read = FALSE;
  if (document == NULL) {
    set_parse_error (parser, error);
  } else {
    read = read_document (tree, document, error);
    if (read)
      read_bindings (tree, document);
    xmlFreeDoc (document);
  }
  xmlFreeParserCtxt (parser);
  return read ? g_steal_pointer (&tree) : NULL;
}
