/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * SobanChoiceModel: a long list of choices (3,321 communes, 11,000 and more) and what of it fits a search. Names are
 * folded once; a search without accents finds "Đường" for "duong", and puts first what is written exactly as typed,
 * because different communes fold to the same text (domain.md 0.8).
 */
#define SOBAN_TYPE_CHOICE_ITEM (soban_choice_item_get_type ())
G_DECLARE_FINAL_TYPE (SobanChoiceItem, soban_choice_item, SOBAN, CHOICE_ITEM, GObject)
const char *soban_choice_item_get_value (SobanChoiceItem *item);
const char *soban_choice_item_get_label (SobanChoiceItem *item);

#define SOBAN_TYPE_CHOICE_MODEL (soban_choice_model_get_type ())
G_DECLARE_FINAL_TYPE (SobanChoiceModel, soban_choice_model, SOBAN, CHOICE_MODEL, GObject)
SobanChoiceModel *soban_choice_model_new (void);
void soban_choice_model_add (SobanChoiceModel *self, const char *value, const char *label);
/* Shows what fits @search ("" = all), and after it the choice for what is not in the list, where that does not fit itself; call once after adding. */
void soban_choice_model_search (SobanChoiceModel *self, const char *search);
/* Whether the first one shown fits what was searched for last. */
gboolean soban_choice_model_has_match (SobanChoiceModel *self);
