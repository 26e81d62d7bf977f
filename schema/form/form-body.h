/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/form-instance.h"
#include "form/form-text.h"

typedef enum { SOBAN_BODY_GROUP, SOBAN_BODY_REPEAT, SOBAN_BODY_CONTROL } SobanBodyKind;

/* A choice written into the form itself. */
typedef struct {
  char *value;
  SobanText *label;
} SobanBodyChoice;

/**
 * SobanItemset:
 * @nodeset: the whole expression, for the lists that no index serves
 * @instance_id: (nullable): the list, when the nodeset begins "instance('id')/path/item"
 * @steps: (element-type utf8): element names below the list's document down to the items
 * @is_indexed: the key and the conditions say all that the nodeset's predicates say
 * @key_name: (nullable): child of an item that the first condition compares
 * @key: (nullable): with what; evaluated at the question
 * @conditions: (element-type SobanXPath): what else must hold of an item; evaluated at the item, current() = the question
 * @value_name: (nullable): the value is simply this child of the item, else @value
 * @label_name: (nullable): the label is simply this child of the item, else @label
 * @asks_item_only: conditions, value and label look at nothing of the list but the item itself
 */
typedef struct {
  SobanXPath *nodeset;
  char *instance_id;
  GPtrArray *steps;
  gboolean is_indexed;
  char *key_name;
  SobanXPath *key;
  GPtrArray *conditions;
  char *value_name;
  SobanXPath *value;
  char *label_name;
  SobanText *label;
  gboolean asks_item_only;
} SobanItemset;

typedef struct _SobanBodyItem SobanBodyItem;
typedef struct _SobanElement SobanElement;

/* A row of the form's body: a group, a repeat or a control. */
struct _SobanBodyItem {
  SobanBodyKind kind;
  SobanControl control;
  SobanElement *element;   /* (nullable) for a group without ref */
  SobanBodyItem *parent;   /* (nullable) at the top */
  GPtrArray *children;     /* (element-type SobanBodyItem) */
  SobanText *label, *hint; /* (nullable) */
  char *appearance;
  char *mediatype;         /* (nullable): of an upload */
  gboolean is_unknown;     /* a control that this program does not know: its label and value are shown */
  gboolean optional_part;  /* it or a group around it says "more" */
  gboolean is_damaged; /* only when checked: a part of it could not be read */
  gboolean no_add_remove;
  GPtrArray *choices;      /* (element-type SobanBodyChoice) */
  SobanItemset *itemset;   /* (nullable) */
  double range_start, range_end, range_step; /* NaN when not given */
  guint order;             /* of controls, in the order of the body */
  guint line;
};

void soban_body_item_free (SobanBodyItem *item);
void soban_itemset_free (SobanItemset *itemset);
gboolean soban_body_item_has_appearance (const SobanBodyItem *item, const char *word);
/* A control that offers choices. */
gboolean soban_body_item_is_select (const SobanBodyItem *item);
