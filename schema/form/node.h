/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * SobanNode / SobanTree:
 *
 * The XPath data model (XPath 1.0 section 5): what expressions walk over. Instances, secondary instances and any XML
 * document become such a tree. A tree owns its nodes; names and namespaces are interned (compare by pointer). Nodes may
 * be added and removed; document order is kept by `order`, renumbered lazily. One thread.
 *
 * The tree of a choice table gets its nodes when its root is first asked for, by whichever thread: many lists are only ever
 * looked up row by row (form/choice-index.h).
 */
typedef enum {
  SOBAN_NODE_DOCUMENT,
  SOBAN_NODE_ELEMENT,
  SOBAN_NODE_ATTRIBUTE,
  SOBAN_NODE_TEXT,
  SOBAN_NODE_COMMENT,
  SOBAN_NODE_INSTRUCTION,
} SobanNodeKind;

typedef struct _SobanNode SobanNode;
typedef struct _SobanTree SobanTree;
typedef struct _SobanChoiceTable SobanChoiceTable;

struct _SobanNode {
  SobanNodeKind kind : 8;
  guint irrelevant : 1;    /* set by the form: reads as empty in expressions (odk.md) */
  guint text_owned : 1;    /* node.c's: whether @text is to be freed */
  guint32 order;           /* document order, valid while the tree is numbered */
  const char *name;        /* interned local name; "" for document, text, comment */
  const char *prefix;      /* interned, "" for none */
  const char *ns;          /* interned namespace uri, "" for none */
  char *text;              /* own text of attribute, text, comment, instruction; NULL else */
  SobanTree *tree;
  SobanNode *parent, *first_child, *last_child, *next, *prev;
  SobanNode *first_attribute; /* chained by next */
  gpointer data;           /* the form's, e.g. the bind of this node */
};

SobanTree *soban_tree_new (void);
/* (transfer full) @table, all its rows added: root/item with one element a column */
SobanTree *soban_tree_new_from_table (SobanChoiceTable *table);
/* (nullable) (transfer none): what the tree was made from */
const SobanChoiceTable *soban_tree_get_table (const SobanTree *tree);
void soban_tree_free (SobanTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanTree, soban_tree_free)
SobanNode *soban_tree_get_root (SobanTree *tree); /* the document node */
/* (nullable) (transfer none): the uri that a parsed tree's document element binds to @prefix ("" = the default one). */
const char *soban_tree_lookup_prefix (const SobanTree *tree, const char *prefix);

/* Parses XML with libxml2 (no network; entities but the five of XML itself are refused). Errors carry the line. */
SobanTree *soban_tree_parse (const char *xml, gsize length, GError **error);

SobanNode *soban_node_new_element (SobanTree *tree, SobanNode *parent, SobanNode *before, const char *prefix,
                                   const char *ns, const char *name);
SobanNode *soban_node_set_attribute (SobanNode *element, const char *prefix, const char *ns, const char *name,
                                     const char *value);
const char *soban_node_get_attribute (const SobanNode *element, const char *ns, const char *name); /* (nullable) */
/* Takes @node with all below it out of the tree and frees it. */
void soban_node_remove (SobanNode *node);
/* Deep copy of @source as a child of @parent before @before (NULL: last). */
SobanNode *soban_node_copy (const SobanNode *source, SobanNode *parent, SobanNode *before);

SobanNode *soban_node_first_element (const SobanNode *node);
SobanNode *soban_node_next_element (const SobanNode *node);
/* (nullable): the node after @node in document order, attributes left out, staying below @within. */
SobanNode *soban_node_next_in_document (const SobanNode *node, const SobanNode *within);

/* The string-value. (transfer none) when the node has at most one text child, as instances' leaves always have; else
 * built into @scratch. */
const char *soban_node_value (const SobanNode *node, GString *scratch);
/* Replaces all children of a leaf element by one text. */
void soban_node_set_value (SobanNode *element, const char *value);
/* -1, 0, 1 in document order */
int soban_node_compare_order (const SobanNode *a, const SobanNode *b);
