/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "reports/report-sheet.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "base/language.h"
#include "reports/xlsx-library.h"

enum { COLUMN_LABEL, COLUMN_MEASURE, COLUMN_SUM, COLUMN_PLAN, COLUMN_SHARE, COLUMN_RECORDS, N_COLUMNS };
/* Of the sheets by village and by team. */
enum { PART_LABEL, PART_NAME, PART_MEASURE, PART_SUM, PART_RECORDS, N_PART_COLUMNS };

#define PAPER_A4 9

typedef struct {
  lxw_format *title, *head, *text, *bold, *number, *decimal, *bold_number, *bold_decimal, *share, *right;
} Formats;

typedef struct {
  SobanXlsx xlsx;
  lxw_workbook *book;
  const SobanReport *report;
  Formats formats;
} Writing;

static lxw_format *
add_number_format (const Writing *self, const char *pattern, gboolean bold)
{
  lxw_format *format = self->xlsx.workbook_add_format (self->book);

  self->xlsx.format_set_num_format (format, pattern);
  self->xlsx.format_set_align (format, LXW_ALIGN_VERTICAL_TOP);
  if (bold) {
    self->xlsx.format_set_bold (format);
    self->xlsx.format_set_top (format, LXW_BORDER_HAIR);
  }
  return format;
}

static lxw_format *
add_text_format (const Writing *self, gboolean bold)
{
  lxw_format *format = self->xlsx.workbook_add_format (self->book);

  self->xlsx.format_set_text_wrap (format);
  self->xlsx.format_set_align (format, LXW_ALIGN_VERTICAL_TOP);
  if (bold) {
    self->xlsx.format_set_bold (format);
    self->xlsx.format_set_top (format, LXW_BORDER_HAIR);
  }
  return format;
}

static Formats
make_formats (const Writing *self)
{
  Formats formats = {
    .title = self->xlsx.workbook_add_format (self->book), .head = self->xlsx.workbook_add_format (self->book),
    .right = self->xlsx.workbook_add_format (self->book),
    .text = add_text_format (self, FALSE), .bold = add_text_format (self, TRUE),
    .share = add_number_format (self, "0.0%", FALSE),
    .number = add_number_format (self, "#,##0", FALSE), .decimal = add_number_format (self, "#,##0.0", FALSE),
    .bold_number = add_number_format (self, "#,##0", TRUE), .bold_decimal = add_number_format (self, "#,##0.0", TRUE),
  };

  self->xlsx.format_set_bold (formats.title);
  self->xlsx.format_set_font_size (formats.title, 14);
  self->xlsx.format_set_bold (formats.head);
  self->xlsx.format_set_bottom (formats.head, LXW_BORDER_THIN);
  self->xlsx.format_set_text_wrap (formats.head);
  self->xlsx.format_set_align (formats.right, LXW_ALIGN_RIGHT);
  self->xlsx.format_set_align (formats.right, LXW_ALIGN_VERTICAL_TOP);
  return formats;
}

static lxw_format *
choose_number (const Formats *formats, double number, gboolean bold)
{
  gboolean whole = number == floor (number);

  return bold ? (whole ? formats->bold_number : formats->bold_decimal) : (whole ? formats->number : formats->decimal);
}

/* A sheet that prints on A4, as wide as the page, with its heads on every page and its number below. The row below the heads. */
static lxw_row_t
begin_sheet (const Writing *self, lxw_worksheet *sheet, const char *const *heads, lxw_col_t n_heads, lxw_col_t frozen)
{
  const SobanReport *report = self->report;
  g_autofree char *made = g_strdup_printf (_("Made on %s"), report->made_on);
  lxw_row_t row = 0;

  self->xlsx.worksheet_write_string (sheet, row++, 0, _("Results of Project 8"), self->formats.title);
  self->xlsx.worksheet_write_string (sheet, row++, 0, report->period_label, self->formats.title);
  self->xlsx.worksheet_write_string (sheet, row++, 0, report->place, NULL);
  self->xlsx.worksheet_write_string (sheet, row++, 0, made, NULL);
  if (*report->person != '\0') {
    self->xlsx.worksheet_write_string (sheet, row, 0, _("Made by"), NULL);
    self->xlsx.worksheet_write_string (sheet, row, 1, report->person, NULL);
  }
  row++;
  for (lxw_col_t column = 0; column < n_heads; column++) {
    self->xlsx.worksheet_write_string (sheet, row, column, heads[column], self->formats.head);
  }
  self->xlsx.worksheet_freeze_panes (sheet, row + 1, frozen);
  self->xlsx.worksheet_repeat_rows (sheet, row, row);
  self->xlsx.worksheet_set_paper (sheet, PAPER_A4);
  self->xlsx.worksheet_fit_to_pages (sheet, 1, 0);
  self->xlsx.worksheet_set_footer (sheet, "&C&P/&N");
  return row + 1;
}

static void
write_line (const Writing *self, lxw_worksheet *sheet, lxw_row_t row, const SobanReportLine *line)
{
  const Formats *formats = &self->formats;

  self->xlsx.worksheet_write_string (sheet, row, COLUMN_LABEL, line->label, formats->text);
  self->xlsx.worksheet_write_string (sheet, row, COLUMN_MEASURE, line->measure, formats->text);
  if (line->hidden) {
    self->xlsx.worksheet_write_string (sheet, row, COLUMN_SUM, line->text, formats->right);
    return;
  }
  self->xlsx.worksheet_write_number (sheet, row, COLUMN_SUM, line->sum, choose_number (formats, line->sum, FALSE));
  self->xlsx.worksheet_write_number (sheet, row, COLUMN_RECORDS, (double)line->records, formats->number);
  if (line->plan > 0) {
    self->xlsx.worksheet_write_number (sheet, row, COLUMN_PLAN, (double)line->plan, formats->number);
    self->xlsx.worksheet_write_number (sheet, row, COLUMN_SHARE, line->sum / (double)line->plan, formats->share);
  }
}

static void
write_summary (const Writing *self)
{
  const char *const heads[N_COLUMNS] = { _("Indicator"), _("Counted in"), _("Done"), _("Plan"), _("Done/plan"), _("Number of records") };
  lxw_worksheet *sheet = self->xlsx.workbook_add_worksheet (self->book, _("Summary"));
  lxw_row_t row = begin_sheet (self, sheet, heads, N_COLUMNS, 1);

  self->xlsx.worksheet_set_column (sheet, COLUMN_LABEL, COLUMN_LABEL, 60, NULL);
  self->xlsx.worksheet_set_column (sheet, COLUMN_MEASURE, COLUMN_RECORDS, 14, NULL);
  for (guint i = 0; i < self->report->lines->len; i++) {
    write_line (self, sheet, row + i, g_ptr_array_index (self->report->lines, i));
  }
}

/* ---- by village, by team ---- */

static void
write_part (const Writing *self, lxw_worksheet *sheet, lxw_row_t row, const SobanReportLine *line, const SobanReportPart *part)
{
  const Formats *formats = &self->formats;

  self->xlsx.worksheet_write_string (sheet, row, PART_LABEL, line->label, formats->text);
  self->xlsx.worksheet_write_string (sheet, row, PART_NAME, soban_report_part_get_label (part), formats->text);
  self->xlsx.worksheet_write_string (sheet, row, PART_MEASURE, line->measure, formats->text);
  if (part->hidden) {
    g_autofree char *text = soban_report_part_get_text (part, soban_language_get ());

    self->xlsx.worksheet_write_string (sheet, row, PART_SUM, text, formats->right);
    return;
  }
  self->xlsx.worksheet_write_number (sheet, row, PART_SUM, part->sum, choose_number (formats, part->sum, FALSE));
  self->xlsx.worksheet_write_number (sheet, row, PART_RECORDS, (double)part->records, formats->number);
}

/* A formula that holds its value, for programs that do not reckon. */
static void
write_total_cell (const Writing *self, lxw_worksheet *sheet, lxw_row_t first, lxw_row_t row, lxw_col_t column, double value)
{
  char from[LXW_MAX_CELL_NAME_LENGTH], to[LXW_MAX_CELL_NAME_LENGTH];
  g_autofree char *formula = NULL;

  self->xlsx.lxw_rowcol_to_cell (from, first, column);
  self->xlsx.lxw_rowcol_to_cell (to, row - 1, column);
  formula = g_strdup_printf ("=SUM(%s:%s)", from, to);
  self->xlsx.worksheet_write_formula_num (sheet, row, column, formula, choose_number (&self->formats, value, TRUE), value);
}

/* Where a part is not told, its sum can only be said, not reckoned. */
static void
write_total (const Writing *self, lxw_worksheet *sheet, lxw_row_t first, lxw_row_t row, const SobanReportLine *line, gboolean hidden)
{
  const Formats *formats = &self->formats;

  self->xlsx.worksheet_write_string (sheet, row, PART_LABEL, line->label, formats->bold);
  self->xlsx.worksheet_write_string (sheet, row, PART_NAME, _("Total"), formats->bold);
  self->xlsx.worksheet_write_string (sheet, row, PART_MEASURE, line->measure, formats->bold);
  if (hidden) {
    self->xlsx.worksheet_write_number (sheet, row, PART_SUM, line->sum, choose_number (formats, line->sum, TRUE));
    self->xlsx.worksheet_write_number (sheet, row, PART_RECORDS, (double)line->records, formats->bold_number);
    return;
  }
  write_total_cell (self, sheet, first, row, PART_SUM, line->sum);
  write_total_cell (self, sheet, first, row, PART_RECORDS, (double)line->records);
}

static void
write_parts (const Writing *self, SobanReportSplit split, const char *title, const char *name)
{
  const char *const heads[N_PART_COLUMNS] = { _("Indicator"), name, _("Counted in"), _("Done"), _("Number of records") };
  lxw_worksheet *sheet = self->xlsx.workbook_add_worksheet (self->book, title);
  lxw_row_t row = begin_sheet (self, sheet, heads, N_PART_COLUMNS, 2);
  gboolean any_hidden = FALSE;

  self->xlsx.worksheet_set_column (sheet, PART_LABEL, PART_LABEL, 48, NULL);
  self->xlsx.worksheet_set_column (sheet, PART_NAME, PART_NAME, 36, NULL);
  self->xlsx.worksheet_set_column (sheet, PART_MEASURE, PART_RECORDS, 14, NULL);
  for (guint i = 0; i < self->report->lines->len; i++) {
    const SobanReportLine *line = g_ptr_array_index (self->report->lines, i);
    const GPtrArray *parts = line->parts[split];
    gboolean hidden = soban_report_has_hidden_part (parts);
    lxw_row_t first = row;

    if (parts == NULL || parts->len == 0) {
      continue;
    }
    for (guint k = 0; k < parts->len; k++) {
      write_part (self, sheet, row++, line, g_ptr_array_index (parts, k));
    }
    write_total (self, sheet, first, row++, line, hidden);
    any_hidden |= hidden;
  }
  if (any_hidden) {
    self->xlsx.worksheet_write_string (sheet, row + 1, 0, soban_report_get_hidden_reason (), NULL);
  }
}

gboolean
soban_report_sheet_write (SobanReport *report, const char *path, GError **error)
{
  Writing self = { .report = report };
  lxw_error status = LXW_ERROR_MEMORY_MALLOC_FAILED;

  if (!soban_xlsx_load (&self.xlsx, error)) {
    return FALSE;
  }
  self.book = self.xlsx.workbook_new (path);
  if (self.book != NULL) {
    self.formats = make_formats (&self);
    write_summary (&self);
    write_parts (&self, SOBAN_REPORT_BY_VILLAGE, _("By village"), _("Village"));
    write_parts (&self, SOBAN_REPORT_BY_TEAM, _("By team"), _("Team"));
    status = self.xlsx.workbook_close (self.book);
  }
  if (status != LXW_NO_ERROR) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("Writing %s: %s"), path, self.xlsx.lxw_strerror (status));
    return FALSE;
  }
  return TRUE;
}
