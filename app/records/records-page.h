/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "record/record-page.h"
#include "records/record-list.h"

/**
 * SobanRecordsPage: the list of records beside the record that is open; folded, one after the other.
 */
#define SOBAN_TYPE_RECORDS_PAGE (soban_records_page_get_type ())
G_DECLARE_FINAL_TYPE (SobanRecordsPage, soban_records_page, SOBAN, RECORDS_PAGE, AdwBin)

/* @form: (nullable): only its records at first */
GtkWidget *soban_records_page_new (SobanStore *store, const char *form);
void soban_records_page_open (SobanRecordsPage *self, const SobanUuid *id);
/* Folded, leaves the open record for the list; FALSE when the list is already seen. */
gboolean soban_records_page_back (SobanRecordsPage *self);
SobanRecordList *soban_records_page_get_list (SobanRecordsPage *self);   /* (transfer none) */
SobanRecordPage *soban_records_page_get_record (SobanRecordsPage *self); /* (transfer none) */
