/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "records/record-list-model.h"

/* A row of the list: icon of the form, title, date and state. Few widgets: the list makes two hundred of them. */
#define SOBAN_TYPE_RECORD_ROW_WIDGET (soban_record_row_widget_get_type ())
G_DECLARE_FINAL_TYPE (SobanRecordRowWidget, soban_record_row_widget, SOBAN, RECORD_ROW_WIDGET, GtkBox)

GtkWidget *soban_record_row_widget_new (SobanStore *store);
/* @item: (nullable) */
void soban_record_row_widget_set_item (SobanRecordRowWidget *self, SobanRecordItem *item);
SobanRecordItem *soban_record_row_widget_get_item (SobanRecordRowWidget *self); /* (nullable) (transfer none) */
/* Whether its record is open beside the list. */
void soban_record_row_widget_set_open (SobanRecordRowWidget *self, gboolean open);
