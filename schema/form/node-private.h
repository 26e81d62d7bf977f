/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What node.c, node-reader.c and choice-table.c share: how a tree keeps its nodes. */

#include "form/node.h"

typedef struct {
  const char *prefix; /* interned */
  const char *ns;     /* interned */
} SobanTreeBinding;

struct _SobanTree {
  SobanNode *root;
  const char *no_name; /* the interned "" */
  GPtrArray *chunks;   /* of arrays of nodes */
  guint used;          /* nodes taken from the last chunk */
  SobanNode *spare;    /* freed nodes, chained by next */
  GStringChunk *texts; /* texts as parsed; texts set later are allocated one by one */
  GArray *bindings;    /* of SobanTreeBinding: prefixes declared on the document element */
  gboolean numbered;
  SobanChoiceTable *table; /* (nullable): owned; its rows become nodes once */
  gsize has_rows;          /* they have */
};

/* An empty node of @kind that is not linked in yet. */
SobanNode *soban_tree_take_node (SobanTree *tree, SobanNodeKind kind);
void soban_node_link_child (SobanNode *parent, SobanNode *before, SobanNode *node);
void soban_node_link_attribute (SobanNode *element, SobanNode *attribute);
