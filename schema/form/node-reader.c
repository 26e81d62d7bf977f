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

typedef struct {
  SobanTree *tree;
  /* libxml2's text -> interned: it keeps a name once for all nodes, and looking up a pointer is cheaper than a text. */
  GHashTable *names;
} Reader;

static const char *
intern_name (Reader *reader, const xmlChar *text)
{
  if (text == NULL)
    return reader->tree->no_name;
  const char *name = g_hash_table_lookup (reader->names, text);
  if (name == NULL) {
    name = g_intern_string ((const char *) text);
    g_hash_table_insert (reader->names, (gpointer) text, (gpointer) name);
  }
  return name;
}

static void
name_node (Reader *reader, SobanNode *node, const xmlChar *name, const xmlNs *ns)
{
  node->name = intern_name (reader, name);
  if (ns != NULL) {
    node->prefix = intern_name (reader, ns->prefix);
    node->ns = intern_name (reader, ns->href);
  }
}

static void
store_text (SobanNode *node, const xmlChar *text)
{
  node->text = g_string_chunk_insert (node->tree->texts, text != NULL ? (const char *) text : "");
}

static gboolean
refuse_entity (const xmlNode *source, GError **error)
{
  g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX, _("Reading XML, line %ld: entities are not allowed"),
               xmlGetLineNo (source));
  return FALSE;
}

static gboolean
read_attributes (Reader *reader, SobanNode *element, const xmlNode *source, GError **error)
{
  for (const xmlAttr *at = source->properties; at != NULL; at = at->next) {
    const xmlNode *text = at->children;
    /* More than one piece means an entity that libxml2 would expand, to whatever length. */
    if (text != NULL && (text->type != XML_TEXT_NODE || text->next != NULL))
      return refuse_entity (source, error);
    SobanNode *attribute = soban_tree_take_node (reader->tree, SOBAN_NODE_ATTRIBUTE);
    name_node (reader, attribute, at->name, at->ns);
    store_text (attribute, text != NULL ? text->content : NULL);
    soban_node_link_attribute (element, attribute);
  }
  return TRUE;
}

/* *@ret_node is NULL for what is no node of the data model. */
static gboolean
read_node (Reader *reader, SobanNode *parent, const xmlNode *source, SobanNode **ret_node, GError **error)
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
  default: return refuse_entity (source, error);
  }
  SobanNode *node = soban_tree_take_node (reader->tree, kind);
  soban_node_link_child (parent, NULL, node);
  *ret_node = node;
  if (kind == SOBAN_NODE_ELEMENT) {
    name_node (reader, node, source->name, source->ns);
    return read_attributes (reader, node, source, error);
  }
  if (kind == SOBAN_NODE_INSTRUCTION)
    name_node (reader, node, source->name, NULL);
  store_text (node, source->content);
  return TRUE;
}

static gboolean
read_document (Reader *reader, const xmlDoc *document, GError **error)
{
  SobanNode *root = reader->tree->root;
  SobanNode *parent = root;
  const xmlNode *at = document->children;
  while (at != NULL) {
    SobanNode *node;
    if (!read_node (reader, parent, at, &node, error))
      return FALSE;
    if (node != NULL && node->kind == SOBAN_NODE_ELEMENT && at->children != NULL) {
      parent = node;
      at = at->children;
      continue;
    }
    while (at->next == NULL && parent != root) {
      at = at->parent;
      parent = parent->parent;
    }
    at = at->next;
  }
  return TRUE;
}

static void
read_bindings (Reader *reader, xmlDoc *document)
{
  const xmlNode *top = xmlDocGetRootElement (document);
  for (const xmlNs *ns = top->nsDef; ns != NULL; ns = ns->next) {
    SobanTreeBinding binding = { intern_name (reader, ns->prefix), intern_name (reader, ns->href) };
    g_array_append_val (reader->tree->bindings, binding);
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
    g_autoptr (GHashTable) names = g_hash_table_new (NULL, NULL);
    Reader reader = { tree, names };
    read = read_document (&reader, document, error);
    if (read)
      read_bindings (&reader, document);
    xmlFreeDoc (document);
  }
  xmlFreeParserCtxt (parser);
  return read ? g_steal_pointer (&tree) : NULL;
}
