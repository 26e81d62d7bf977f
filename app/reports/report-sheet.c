/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "reports/report-sheet.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <xlsxwriter.h>

enum { COLUMN_LABEL, COLUMN_MEASURE, COLUMN_SUM, COLUMN_PLAN, COLUMN_SHARE, COLUMN_RECORDS, N_COLUMNS };

typedef struct {
  lxw_format *title, *head, *text, *number, *share;
} Formats;

static Formats
make_formats (lxw_workbook *book)
{
  Formats formats = {
    workbook_add_format (book), workbook_add_format (book), workbook_add_format (book), workbook_add_format (book), workbook_add_format (book),
  };

  format_set_bold (formats.title);
  format_set_font_size (formats.title, 14);
  format_set_bold (formats.head);
  format_set_bottom (formats.head, LXW_BORDER_THIN);
  format_set_text_wrap (formats.head);
  format_set_text_wrap (formats.text);
  format_set_num_format (formats.number, "#,##0");
  format_set_num_format (formats.share, "0.0%");
  return formats;
}

static lxw_row_t
write_heading (lxw_worksheet *sheet, const SobanReport *report, const Formats *formats)
{
  const char *const heads[N_COLUMNS] = { _("Indicator"), _("Counted in"), _("Done"), _("Plan"), _("Done/plan"), _("Records") };
  g_autofree char *made = g_strdup_printf (_("Made on %s"), report->made_on);
  lxw_row_t row = 0;

  worksheet_write_string (sheet, row++, 0, _("Results of Project 8"), formats->title);
  worksheet_write_string (sheet, row++, 0, report->period_label, formats->title);
  worksheet_write_string (sheet, row++, 0, report->place, NULL);
  worksheet_write_string (sheet, row++, 0, made, NULL);
  if (*report->person != '\0') {
    worksheet_write_string (sheet, row, 0, _("Made by"), NULL);
    worksheet_write_string (sheet, row, 1, report->person, NULL);
  }
  row++;
  for (lxw_col_t column = 0; column < N_COLUMNS; column++) {
    worksheet_write_string (sheet, row, column, heads[column], formats->head);
  }
  worksheet_freeze_panes (sheet, row + 1, 1);
  return row + 1;
}

static void
write_line (lxw_worksheet *sheet, lxw_row_t row, const SobanReportLine *line, const Formats *formats)
{
  worksheet_write_string (sheet, row, COLUMN_LABEL, line->label, formats->text);
  worksheet_write_string (sheet, row, COLUMN_MEASURE, line->measure, NULL);
  if (line->hidden) {
    worksheet_write_string (sheet, row, COLUMN_SUM, line->text, NULL);
    return;
  }
  worksheet_write_number (sheet, row, COLUMN_SUM, line->sum, formats->number);
  worksheet_write_number (sheet, row, COLUMN_RECORDS, (double)line->records, formats->number);
  if (line->plan > 0) {
    worksheet_write_number (sheet, row, COLUMN_PLAN, (double)line->plan, formats->number);
    worksheet_write_number (sheet, row, COLUMN_SHARE, line->sum / (double)line->plan, formats->share);
  }
}

gboolean
soban_report_sheet_write (SobanReport *report, const char *path, GError **error)
{
  lxw_workbook *book = workbook_new (path);
  lxw_worksheet *sheet = book == NULL ? NULL : workbook_add_worksheet (book, NULL);
  lxw_error status = LXW_ERROR_MEMORY_MALLOC_FAILED;

  if (sheet != NULL) {
    Formats formats = make_formats (book);
    lxw_row_t row = write_heading (sheet, report, &formats);

    worksheet_set_column (sheet, COLUMN_LABEL, COLUMN_LABEL, 60, NULL);
    worksheet_set_column (sheet, COLUMN_MEASURE, COLUMN_RECORDS, 14, NULL);
    worksheet_set_paper (sheet, 9); /* A4 */
    for (guint i = 0; i < report->lines->len; i++) {
      write_line (sheet, row + i, g_ptr_array_index (report->lines, i), &formats);
    }
    status = workbook_close (book);
  }
  if (status != LXW_NO_ERROR) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("Writing %s: %s"), path, lxw_strerror (status));
    return FALSE;
  }
  return TRUE;
}
