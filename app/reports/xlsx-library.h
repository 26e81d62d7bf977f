/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <xlsxwriter.h>

#define SOBAN_XLSX_FUNCTIONS(DO) \
  DO (workbook_new) DO (workbook_add_worksheet) DO (workbook_add_format) DO (workbook_close) \
  DO (worksheet_write_string) DO (worksheet_write_number) DO (worksheet_write_formula_num) DO (worksheet_set_column) \
  DO (worksheet_freeze_panes) DO (worksheet_repeat_rows) DO (worksheet_set_paper) DO (worksheet_fit_to_pages) DO (worksheet_set_footer) \
  DO (format_set_align) DO (format_set_bold) DO (format_set_bottom) DO (format_set_font_size) DO (format_set_num_format) \
  DO (format_set_text_wrap) DO (format_set_top) \
  DO (lxw_rowcol_to_cell) DO (lxw_strerror)

#define SOBAN_XLSX_MEMBER(name) typeof (name) *name;

/* libxlsxwriter's functions: with OpenSSL it takes 3 MiB, and is loaded when a spreadsheet is first written (base/late-library.h). */
typedef struct {
  SOBAN_XLSX_FUNCTIONS (SOBAN_XLSX_MEMBER)
} SobanXlsx;

/* Any thread. Errors: as soban_late_library_load(). */
gboolean soban_xlsx_load (SobanXlsx *ret_xlsx, GError **error);
