/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/node.h"

#include "form/choice-table.h"
#include "form/node-private.h"

#include <string.h>

#define CHUNK_NODES 64

SobanNode *
soban_tree_take_node (SobanTree *tree, SobanNodeKind kind)
{
  SobanNode *node = tree->spare;
  if (node != NULL) {
    tree->spare = node->next;
  } else {
    if (tree->used == CHUNK_NODES) {
      g_ptr_array_add (tree->chunks, g_new (SobanNode, CHUNK_NODES));
      tree->used = 0;
    }
    SobanNode *chunk = g_ptr_array_index (tree->chunks, tree->chunks->len - 1);
    node = &chunk[tree->used++];
  }
  memset (node, 0, sizeof *node);
  node->kind = kind;
  node->name = node->prefix = node->ns = tree->no_name;
  node->tree = tree;
  return node;
}

static void
set_text (SobanNode *node, const char *text)
{
  if (node->text_owned)
    g_free (node->text);
  node->text = g_strdup (text);
  node->text_owned = TRUE;
}

static void
give_back (SobanNode *node)
{
  SobanTree *tree = node->tree;
  if (node->text_owned)
    g_free (node->text);
  memset (node, 0, sizeof *node);
  node->next = tree->spare;
  tree->spare = node;
}

void
soban_node_link_child (SobanNode *parent, SobanNode *before, SobanNode *node)
{
  g_assert (before == NULL || before->parent == parent);
  SobanNode *prev = before != NULL ? before->prev : parent->last_child;
  node->parent = parent;
  node->prev = prev;
  node->next = before;
  if (prev != NULL)
    prev->next = node;
  else
    parent->first_child = node;
  if (before != NULL)
    before->prev = node;
  else
    parent->last_child = node;
  parent->tree->numbered = FALSE;
}

static void
unlink_child (SobanNode *node)
{
  SobanNode *parent = node->parent;
  if (node->prev != NULL)
    node->prev->next = node->next;
  else if (node->kind == SOBAN_NODE_ATTRIBUTE)
    parent->first_attribute = node->next;
  else
    parent->first_child = node->next;
  if (node->next != NULL)
    node->next->prev = node->prev;
  else if (node->kind != SOBAN_NODE_ATTRIBUTE)
    parent->last_child = node->prev;
  node->parent = node->prev = node->next = NULL;
}

void
soban_node_link_attribute (SobanNode *element, SobanNode *attribute)
{
  SobanNode *last = element->first_attribute;
  while (last != NULL && last->next != NULL)
    last = last->next;
  attribute->parent = element;
  attribute->prev = last;
  if (last != NULL)
    last->next = attribute;
  else
    element->first_attribute = attribute;
  element->tree->numbered = FALSE;
}

/* Gives back an unlinked subtree without recursion: the deepest first child goes first. */
static void
free_subtree (SobanNode *top)
{
  SobanNode *node = top;
  while (node != NULL) {
    SobanNode *below = node->first_child != NULL ? node->first_child : node->first_attribute;
    if (below != NULL) {
      node = below;
      continue;
    }
    SobanNode *up = node == top ? NULL : node->parent;
    if (up != NULL)
      unlink_child (node);
    give_back (node);
    node = up;
  }
}

static void
number_nodes (SobanTree *tree)
{
  guint32 order = 0;
  for (SobanNode *node = tree->root; node != NULL; node = soban_node_next_in_document (node, tree->root)) {
    node->order = order++;
    for (SobanNode *at = node->first_attribute; at != NULL; at = at->next)
      at->order = order++;
  }
  tree->numbered = TRUE;
}

SobanTree *
soban_tree_new (void)
{
  SobanTree *tree = g_new0 (SobanTree, 1);
  tree->chunks = g_ptr_array_new_with_free_func (g_free);
  tree->used = CHUNK_NODES;
  tree->texts = g_string_chunk_new (4096);
  tree->bindings = g_array_new (FALSE, FALSE, sizeof (SobanTreeBinding));
  tree->no_name = g_intern_static_string ("");
  tree->root = soban_tree_take_node (tree, SOBAN_NODE_DOCUMENT);
  return tree;
}

void
soban_tree_free (SobanTree *tree)
{
  if (tree == NULL)
    return;
  free_subtree (tree->root);
  g_ptr_array_unref (tree->chunks);
  g_string_chunk_free (tree->texts);
  g_array_unref (tree->bindings);
  g_clear_pointer (&tree->table, soban_choice_table_free);
  g_free (tree);
}

SobanTree *
soban_tree_new_from_table (SobanChoiceTable *table)
{
  SobanTree *tree = soban_tree_new ();
  soban_choice_table_finish (table);
  tree->table = table;
  return tree;
}

const SobanChoiceTable *
soban_tree_get_table (const SobanTree *tree)
{
  return tree->table;
}

SobanNode *
soban_tree_get_root (SobanTree *tree)
{
  if (tree->table != NULL && g_once_init_enter (&tree->has_rows)) {
    soban_choice_table_add_nodes (tree->table, tree->root);
    /* Numbered now: later it would be a write while others read. */
    number_nodes (tree);
    g_once_init_leave (&tree->has_rows, TRUE);
  }
  return tree->root;
}

const char *
soban_tree_lookup_prefix (const SobanTree *tree, const char *prefix)
{
  const char *wanted = g_intern_string (prefix);
  for (guint i = 0; i < tree->bindings->len; i++) {
    const SobanTreeBinding *binding = &g_array_index (tree->bindings, SobanTreeBinding, i);
    if (binding->prefix == wanted)
      return binding->ns;
  }
  return NULL;
}

SobanNode *
soban_node_new_element (SobanTree *tree, SobanNode *parent, SobanNode *before, const char *prefix, const char *ns,
                        const char *name)
{
  g_assert (parent->tree == tree);
  SobanNode *node = soban_tree_take_node (tree, SOBAN_NODE_ELEMENT);
  node->prefix = g_intern_string (prefix != NULL ? prefix : "");
  node->ns = g_intern_string (ns != NULL ? ns : "");
  node->name = g_intern_string (name);
  soban_node_link_child (parent, before, node);
  return node;
}

static SobanNode *
find_attribute (const SobanNode *element, const char *ns, const char *name)
{
  for (SobanNode *at = element->first_attribute; at != NULL; at = at->next)
    if (at->name == name && at->ns == ns)
      return at;
  return NULL;
}

SobanNode *
soban_node_set_attribute (SobanNode *element, const char *prefix, const char *ns, const char *name, const char *value)
{
  const char *interned_ns = g_intern_string (ns != NULL ? ns : "");
  const char *interned_name = g_intern_string (name);
  SobanNode *attribute = find_attribute (element, interned_ns, interned_name);
  if (attribute == NULL) {
    attribute = soban_tree_take_node (element->tree, SOBAN_NODE_ATTRIBUTE);
    attribute->prefix = g_intern_string (prefix != NULL ? prefix : "");
    attribute->ns = interned_ns;
    attribute->name = interned_name;
    soban_node_link_attribute (element, attribute);
  }
  set_text (attribute, value != NULL ? value : "");
  return attribute;
}

const char *
soban_node_get_attribute (const SobanNode *element, const char *ns, const char *name)
{
  for (const SobanNode *at = element->first_attribute; at != NULL; at = at->next)
    if (strcmp (at->name, name) == 0 && strcmp (at->ns, ns != NULL ? ns : "") == 0)
      return at->text;
  return NULL;
}

void
soban_node_remove (SobanNode *node)
{
  g_assert (node->parent != NULL);
  unlink_child (node);
  free_subtree (node);
}

static SobanNode *
copy_one (const SobanNode *source, SobanTree *tree)
{
  SobanNode *node = soban_tree_take_node (tree, source->kind);
  node->irrelevant = source->irrelevant;
  node->prefix = source->prefix;
  node->ns = source->ns;
  node->name = source->name;
  node->data = source->data;
  if (source->text != NULL)
    set_text (node, source->text);
  for (const SobanNode *at = source->first_attribute; at != NULL; at = at->next)
    soban_node_link_attribute (node, copy_one (at, tree));
  return node;
}

SobanNode *
soban_node_copy (const SobanNode *source, SobanNode *parent, SobanNode *before)
{
  SobanNode *top = copy_one (source, parent->tree);
  const SobanNode *from = source;
  SobanNode *to = top;
  while (TRUE) {
    if (from->first_child != NULL) {
      from = from->first_child;
      SobanNode *child = copy_one (from, parent->tree);
      soban_node_link_child (to, NULL, child);
      to = child;
      continue;
    }
    while (from != source && from->next == NULL) {
      from = from->parent;
      to = to->parent;
    }
    if (from == source)
      break;
    from = from->next;
    SobanNode *sibling = copy_one (from, parent->tree);
    soban_node_link_child (to->parent, NULL, sibling);
    to = sibling;
  }
  /* Linked last: a copy into the source's own subtree must not be copied again. */
  soban_node_link_child (parent, before, top);
  return top;
}

SobanNode *
soban_node_first_element (const SobanNode *node)
{
  SobanNode *child = node->first_child;
  while (child != NULL && child->kind != SOBAN_NODE_ELEMENT)
    child = child->next;
  return child;
}

SobanNode *
soban_node_next_element (const SobanNode *node)
{
  SobanNode *sibling = node->next;
  while (sibling != NULL && sibling->kind != SOBAN_NODE_ELEMENT)
    sibling = sibling->next;
  return sibling;
}

SobanNode *
soban_node_next_in_document (const SobanNode *node, const SobanNode *within)
{
  if (node->first_child != NULL)
    return node->first_child;
  while (node != within && node->next == NULL)
    node = node->parent;
  return node == within ? NULL : node->next;
}

const char *
soban_node_value (const SobanNode *node, GString *scratch)
{
  if (node->kind != SOBAN_NODE_ELEMENT && node->kind != SOBAN_NODE_DOCUMENT)
    return node->text != NULL ? node->text : "";
  const SobanNode *child = node->first_child;
  if (child == NULL)
    return "";
  if (child->next == NULL && child->kind == SOBAN_NODE_TEXT)
    return child->text;
  g_string_truncate (scratch, 0);
  for (const SobanNode *at = child; at != NULL; at = soban_node_next_in_document (at, node))
    if (at->kind == SOBAN_NODE_TEXT)
      g_string_append (scratch, at->text);
  return scratch->str;
}

void
soban_node_set_value (SobanNode *element, const char *value)
{
  SobanNode *text = element->first_child;
  gboolean empty = value == NULL || *value == '\0';
  if (!empty && text != NULL && text->kind == SOBAN_NODE_TEXT && text->next == NULL) {
    set_text (text, value);
    return;
  }
  while (element->first_child != NULL)
    soban_node_remove (element->first_child);
  if (empty)
    return;
  gboolean numbered = element->tree->numbered;
  text = soban_tree_take_node (element->tree, SOBAN_NODE_TEXT);
  set_text (text, value);
  soban_node_link_child (element, NULL, text);
  /* Sharing the parent's number saves renumbering the tree at every first answer; compare_order breaks the tie. */
  text->order = element->order;
  element->tree->numbered = numbered;
}

int
soban_node_compare_order (const SobanNode *a, const SobanNode *b)
{
  if (a == b)
    return 0;
  if (a->tree != b->tree)
    return a->tree < b->tree ? -1 : 1;
  if (!a->tree->numbered)
    number_nodes (a->tree);
  if (a->order != b->order)
    return a->order < b->order ? -1 : 1;
  return b->parent == a ? -1 : 1;
}
