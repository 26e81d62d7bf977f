/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/node.h"

/**
 * SobanChoiceIndex:
 *
 * Items of choice lists by the value of one of their children, made when first asked for: 11,000 communes are looked up,
 * not scanned. Holds pointers into trees that must outlive it and not change. One thread.
 */
typedef struct _SobanChoiceIndex SobanChoiceIndex;

SobanChoiceIndex *soban_choice_index_new (void);
void soban_choice_index_free (SobanChoiceIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanChoiceIndex, soban_choice_index_free)

/* (transfer none) (element-type SobanNode): the elements at @steps (element-type utf8) below @root. */
const GPtrArray *soban_choice_index_items (SobanChoiceIndex *index, const SobanNode *root, const GPtrArray *steps);
/* (transfer none) (nullable) (element-type SobanNode): those of them whose child @name has the text @value, in order. */
const GPtrArray *soban_choice_index_find (SobanChoiceIndex *index, const SobanNode *root, const GPtrArray *steps,
                                          const char *name, const char *value);
/* (transfer none) (nullable): the text of the first child @name; @scratch as for soban_node_value(). */
const char *soban_choice_item_text (const SobanNode *item, const char *name, GString *scratch);
