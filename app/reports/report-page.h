/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "store/store.h"

/**
 * SobanReportPage: a month, quarter, half-year, year or the whole programme by indicator, against the plan; saved as PDF or
 * spreadsheet, or printed. Each number opens what it is made of (win.report-parts). Signal "filled" when numbers are shown.
 */
#define SOBAN_TYPE_REPORT_PAGE (soban_report_page_get_type ())
G_DECLARE_FINAL_TYPE (SobanReportPage, soban_report_page, SOBAN, REPORT_PAGE, AdwBin)

GtkWidget *soban_report_page_new (SobanStore *store);
/* @text: as SobanPeriod has it */
void soban_report_page_show_period (SobanReportPage *self, const char *text);
