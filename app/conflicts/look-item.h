/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/record-store.h"

/* What needs a look, in the words of the page: read from the store in one go on a worker. */

/* One of the answers to choose from. */
typedef struct {
  char *text;  /* as people read it */
  char *who;   /* who gave it, when and where */
  char *doubt; /* (nullable): about the clock */
  char *value; /* (nullable): what is written when it is chosen */
  gboolean shown; /* it holds now */
} SobanLookAnswer;

typedef struct {
  SobanUuid id;
  char *form, *title;
  char *path;         /* (nullable): of the question with several answers; NULL: the record breaks a rule of its form */
  char *question;     /* of @path; else what is wrong */
  guint more;         /* so many other answers are wrong, too */
  GPtrArray *answers; /* (element-type SobanLookAnswer): the one that holds first */
} SobanLookItem;
void soban_look_item_free (SobanLookItem *item);

/* Blocks: on a worker only. (transfer full) (element-type SobanLookItem): conflicts first; at most @max records of each kind. */
GPtrArray *soban_look_items_read (SobanStore *store, guint max, GError **error);
