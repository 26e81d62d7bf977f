/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/node.h"

/**
 * SobanChoiceIndex:
 *
 * Items of choice lists by the value of one of their children, made when first asked for: 11,000 communes are looked up,
 * not scanned. Refers to trees that must outlive it and not change. One thread.
 */
typedef struct _SobanChoiceIndex SobanChoiceIndex;

SobanChoiceIndex *soban_choice_index_new (void);
void soban_choice_index_free (SobanChoiceIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanChoiceIndex, soban_choice_index_free)

/**
 * SobanChoiceItems:
 *
 * The items of one list, called by their number. They are nodes of the list's tree, or, as long as nobody looks beyond the
 * single item, rows of its table, of which only those in use become nodes.
 */
typedef struct _SobanChoiceItems SobanChoiceItems;

/* (transfer none): the elements at @steps (element-type utf8) below the document of @tree. @alone: whoever asks looks at
 * nothing but an item and what is below it. */
SobanChoiceItems *soban_choice_index_items (SobanChoiceIndex *index, SobanTree *tree, const GPtrArray *steps, gboolean alone);
guint soban_choice_items_count (const SobanChoiceItems *items);
/* (transfer none) (nullable): the text of the first child @name; @scratch as for soban_node_value(). */
const char *soban_choice_items_text (const SobanChoiceItems *items, guint item, const char *name, GString *scratch);
/* (transfer none) (nullable): the numbers of those whose child @name has the text @value, in order. */
const guint *soban_choice_items_find (SobanChoiceItems *items, const char *name, const char *value, guint *ret_count);
/* The item as a node, until it is released; several may be held at once. */
SobanNode *soban_choice_items_hold (SobanChoiceItems *items, guint item);
void soban_choice_items_release (SobanChoiceItems *items, SobanNode *node);

/* (transfer none) (nullable): the text of the first child @name of @item; @scratch as for soban_node_value(). */
const char *soban_choice_item_text (const SobanNode *item, const char *name, GString *scratch);
