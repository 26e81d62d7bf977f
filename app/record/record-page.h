/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "store/record-store.h"

/**
 * SobanRecordPage: one record: its state, its answers, what needs a look, its history. Shows the record anew when the
 * store changes. Signal "loaded" each time it has been read.
 */
#define SOBAN_TYPE_RECORD_PAGE (soban_record_page_get_type ())
G_DECLARE_FINAL_TYPE (SobanRecordPage, soban_record_page, SOBAN, RECORD_PAGE, AdwBin)

GtkWidget *soban_record_page_new (SobanStore *store);
/* @id: (nullable): NULL shows that none is chosen */
void soban_record_page_show (SobanRecordPage *self, const SobanUuid *id);
const SobanUuid *soban_record_page_get_id (SobanRecordPage *self); /* (nullable) */
/* The back button belongs to the folded view only. */
void soban_record_page_set_back_visible (SobanRecordPage *self, gboolean visible);
/* Whether it says, with none chosen, that one can be. */
void soban_record_page_set_hint_visible (SobanRecordPage *self, gboolean visible);
