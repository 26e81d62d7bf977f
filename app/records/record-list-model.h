/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/record-store.h"

/**
 * SobanRecordItem: one row of the list. Its data come a moment after the row (signal "loaded"), never by waiting.
 */
#define SOBAN_TYPE_RECORD_ITEM (soban_record_item_get_type ())
G_DECLARE_FINAL_TYPE (SobanRecordItem, soban_record_item, SOBAN, RECORD_ITEM, GObject)
const SobanUuid *soban_record_item_get_id (SobanRecordItem *item);
const SobanRecordRow *soban_record_item_get_row (SobanRecordItem *item); /* (nullable) until loaded */

/**
 * SobanRecordListModel: the records that fit a query, newest first: a GListModel over the store.
 *
 * 1. The ids and rows of the first page come by one query, the other ids a moment later by another, the rows by pages of
 *    SOBAN_LIST_PAGE_ROWS when they are asked for; all on workers.
 * 2. The same record is the same item as long as the item lives.
 * 3. When the store changes, only what is new, gone or moved is signalled: the list keeps its place and its focus.
 *
 * Main thread. Signal "settled" when an answer of the store has been taken in.
 */
#define SOBAN_TYPE_RECORD_LIST_MODEL (soban_record_list_model_get_type ())
G_DECLARE_FINAL_TYPE (SobanRecordListModel, soban_record_list_model, SOBAN, RECORD_LIST_MODEL, GObject)

SobanRecordListModel *soban_record_list_model_new (SobanStore *store);
/* Lists what fits @query (copied) from now on. */
void soban_record_list_model_set_query (SobanRecordListModel *self, const SobanRecordQuery *query);
/* TRUE until the first answer, and while a new query is being answered. */
gboolean soban_record_list_model_is_loading (SobanRecordListModel *self);
/* Position of @id, G_MAXUINT when it is not listed. */
guint soban_record_list_model_find (SobanRecordListModel *self, const SobanUuid *id);
/* Lets go of the rows that no item shows. */
void soban_record_list_model_spare_memory (SobanRecordListModel *self);
