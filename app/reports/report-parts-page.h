/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "store/store.h"

/**
 * SobanReportPartsPage: what one number of a report is made of: by commune, village or team; each part opens its records
 * (win.report-records). Signal "filled" when the parts are shown.
 */
#define SOBAN_TYPE_REPORT_PARTS_PAGE (soban_report_parts_page_get_type ())
G_DECLARE_FINAL_TYPE (SobanReportPartsPage, soban_report_parts_page, SOBAN, REPORT_PARTS_PAGE, AdwBin)

/* @indicator: id; @period: as SobanPeriod has it */
GtkWidget *soban_report_parts_page_new (SobanStore *store, const char *indicator, const char *period);
