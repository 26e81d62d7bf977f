/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "reports/report.h"

/* Writes the report as a spreadsheet (XLSX): numbers as numbers, so that they can be added up. Any thread. Errors: G_IO_ERROR. */
gboolean soban_report_sheet_write (SobanReport *report, const char *path, GError **error);
