/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "records/record-list-model.h"
#include "reports/report-selection.h"

/**
 * SobanRecordList: the list of records with its search field and filters. Signal "opened" (SobanRecordItem).
 */
#define SOBAN_TYPE_RECORD_LIST (soban_record_list_get_type ())
G_DECLARE_FINAL_TYPE (SobanRecordList, soban_record_list, SOBAN, RECORD_LIST, AdwBin)

/* @form: (nullable): only its records at first */
GtkWidget *soban_record_list_new (SobanStore *store, const char *form);
SobanRecordListModel *soban_record_list_get_model (SobanRecordList *self); /* (transfer none) */
void soban_record_list_focus_search (SobanRecordList *self);
void soban_record_list_set_search (SobanRecordList *self, const char *text);
/* The window's own buttons stand in the header of the rightmost pane only. */
void soban_record_list_set_window_buttons (SobanRecordList *self, gboolean visible);
/* Shows only the records behind a number of a report, until the person lets go of that. @title: what the number is called. */
void soban_record_list_show_selection (SobanRecordList *self, const SobanReportSelection *selection, const char *title);
void soban_record_list_set_order (SobanRecordList *self, SobanRecordOrder order);
/* Shows only what needs a look, or only what waits to be sent. */
void soban_record_list_show_state (SobanRecordList *self, gboolean needs_look, gboolean waiting);
/* Marks the record that is open beside the list. @id: (nullable): none */
void soban_record_list_mark (SobanRecordList *self, const SobanUuid *id);
