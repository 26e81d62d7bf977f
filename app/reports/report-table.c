/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "reports/report-table.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "base/number-text.h"
#include "reports/report-bar.h"

#define PADDING_PT 5.0
#define PART_PADDING_PT 3.0
#define INDENT_PT 12.0
#define GAP_PT 8.0
#define BAR_HEIGHT_PT 5.0
#define TEXT_PT 9.5
#define TITLE_PT 13.0
#define TITLE_SPACE_PT 22.0

enum { COLUMN_NAME, COLUMN_MIDDLE, COLUMN_SUM, COLUMN_LAST, N_COLUMNS };

/* Indicator, counted in, done, done/plan. */
static const double line_shares[N_COLUMNS] = { 0.47, 0.16, 0.13, 0.24 };
/* Village or team, its bar, done, records. */
static const double part_shares[N_COLUMNS] = { 0.48, 0.22, 0.16, 0.14 };

static const GdkRGBA ink = { 0.10F, 0.37F, 0.71F, 1 };

/* ---- what stands in it ---- */

static void
add_row (GArray *rows, SobanReportRowKind kind, const SobanReportLine *line, const SobanReportPart *part, SobanReportSplit split)
{
  const SobanReportTableRow row = { kind, line, part, split, kind != SOBAN_REPORT_ROW_LINE };

  g_array_append_val (rows, row);
}

static void
add_division (GArray *rows, const SobanReport *report, SobanReportSplit split)
{
  gboolean any = FALSE, hidden = FALSE;

  for (guint i = 0; i < report->lines->len; i++) {
    const SobanReportLine *line = g_ptr_array_index (report->lines, i);
    const GPtrArray *parts = line->parts[split];

    if (parts == NULL || parts->len == 0) {
      continue;
    }
    if (!any) {
      add_row (rows, SOBAN_REPORT_ROW_TITLE, NULL, NULL, split);
    }
    any = TRUE;
    hidden |= soban_report_has_hidden_part (parts);
    add_row (rows, SOBAN_REPORT_ROW_GROUP, line, NULL, split);
    for (guint k = 0; k < parts->len; k++) {
      add_row (rows, SOBAN_REPORT_ROW_PART, line, g_ptr_array_index (parts, k), split);
    }
  }
  if (hidden) {
    add_row (rows, SOBAN_REPORT_ROW_NOTE, NULL, NULL, split);
  }
}

GArray *
soban_report_table_new (const SobanReport *report)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (SobanReportTableRow));

  for (guint i = 0; i < report->lines->len; i++) {
    add_row (rows, SOBAN_REPORT_ROW_LINE, g_ptr_array_index (report->lines, i), NULL, SOBAN_REPORT_BY_UNIT);
  }
  add_division (rows, report, SOBAN_REPORT_BY_VILLAGE);
  add_division (rows, report, SOBAN_REPORT_BY_TEAM);
  return rows;
}

gboolean
soban_report_table_keeps_next (const SobanReportTableRow *row)
{
  return row->kind == SOBAN_REPORT_ROW_TITLE || row->kind == SOBAN_REPORT_ROW_GROUP;
}

/* ---- drawing ---- */

/* @texts: NULL leaves a column free. */
static double
put_cells (const SobanReportPen *pen, double y, double width, const double *shares, const char *const *texts, gboolean bold, double indent,
           double padding)
{
  double x = 0, height = 0;

  for (guint i = 0; i < N_COLUMNS; i++) {
    double inset = i == COLUMN_NAME ? indent : 0;
    double column = width * shares[i];

    if (texts[i] != NULL) {
      double cell = soban_report_pen_put (pen, x + inset, y + padding, texts[i], TEXT_PT, bold, column - inset - GAP_PT,
                                          i >= COLUMN_SUM ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);

      height = MAX (height, cell);
    }
    x += column;
  }
  return height + 2 * padding;
}

static void
put_bar (const SobanReportPen *pen, double x, double y, double width, double value, double most)
{
  if (pen->cr == NULL) {
    return;
  }
  cairo_save (pen->cr);
  cairo_translate (pen->cr, x, y);
  soban_report_bar_draw (pen->cr, width, BAR_HEIGHT_PT, value, most, 0, &ink);
  cairo_restore (pen->cr);
}

static double
put_head (const SobanReportPen *pen, double y, double width, const SobanReportTableRow *row)
{
  const char *const line_texts[] = { _("Indicator"), _("Counted in"), _("Done"), _("Done/plan") };
  const char *const part_texts[] = { row->split == SOBAN_REPORT_BY_TEAM ? _("Team") : _("Village"), NULL, _("Done"), _("Number of records") };
  double height = put_cells (pen, y, width, row->has_split ? part_shares : line_shares, row->has_split ? part_texts : line_texts, TRUE, 0, PADDING_PT);

  soban_report_pen_rule (pen, 0, y + height, width, 1);
  return height + 2;
}

static double
put_line (const SobanReportPen *pen, double y, double width, const SobanReportLine *line)
{
  g_autofree char *plan = soban_report_line_get_plan_text (line);
  const char *const texts[] = { line->label, line->measure, line->text, plan };
  double height = put_cells (pen, y, width, line_shares, texts, FALSE, 0, PADDING_PT);

  if (line->plan > 0) {
    put_bar (pen, 0, y + height - PADDING_PT, width * line_shares[COLUMN_NAME] - GAP_PT, line->sum, (double)line->plan);
    height += BAR_HEIGHT_PT + 2;
  }
  soban_report_pen_rule (pen, 0, y + height, width, 0.3);
  return height;
}

static double
put_group (const SobanReportPen *pen, double y, double width, const SobanReportTableRow *row, gboolean goes_on)
{
  g_autofree char *records = soban_number_text (row->line->records, soban_language_get ());
  g_autofree char *continued = g_strdup_printf (_("%s (continued)"), row->line->label);
  const char *const texts[] = { goes_on ? continued : row->line->label, row->line->measure, row->line->text, records };
  double height = put_cells (pen, y, width, part_shares, texts, TRUE, 0, PADDING_PT);

  soban_report_pen_rule (pen, 0, y + height, width, 0.3);
  return height;
}

static double
put_part (const SobanReportPen *pen, double y, double width, const SobanReportTableRow *row)
{
  const SobanReportPart *part = row->part;
  g_autofree char *sum = soban_report_part_get_text (part, soban_language_get ());
  g_autofree char *records = part->hidden ? g_strdup ("") : soban_number_text (part->records, soban_language_get ());
  const char *const texts[] = { soban_report_part_get_label (part), NULL, sum, records };
  double height = put_cells (pen, y, width, part_shares, texts, FALSE, INDENT_PT, PART_PADDING_PT);

  if (!part->hidden) { /* the first part is the largest */
    put_bar (pen, width * part_shares[COLUMN_NAME], y + (height - BAR_HEIGHT_PT) / 2, width * part_shares[COLUMN_MIDDLE] - GAP_PT, part->sum,
             ((const SobanReportPart *)g_ptr_array_index (row->line->parts[row->split], 0))->sum);
  }
  soban_report_pen_rule (pen, INDENT_PT, y + height, width - INDENT_PT, 0.15);
  return height;
}

double
soban_report_table_put_row (const SobanReportPen *pen, double y, double width, const SobanReportTableRow *row)
{
  double height;

  switch (row->kind) {
  case SOBAN_REPORT_ROW_TITLE:
    height = TITLE_SPACE_PT;
    height += soban_report_pen_put (pen, 0, y + height, row->split == SOBAN_REPORT_BY_TEAM ? _("By team") : _("By village"), TITLE_PT, TRUE, width,
                                    PANGO_ALIGN_LEFT);
    return height + put_head (pen, y + height, width, row);
  case SOBAN_REPORT_ROW_GROUP:
    return put_group (pen, y, width, row, FALSE);
  case SOBAN_REPORT_ROW_PART:
    return put_part (pen, y, width, row);
  case SOBAN_REPORT_ROW_NOTE:
    return soban_report_pen_put (pen, 0, y + PADDING_PT, soban_report_get_hidden_reason (), TEXT_PT - 1, FALSE, width, PANGO_ALIGN_LEFT) + 2 * PADDING_PT;
  case SOBAN_REPORT_ROW_LINE:
  default:
    return put_line (pen, y, width, row->line);
  }
}

double
soban_report_table_put_top (const SobanReportPen *pen, double y, double width, const SobanReportTableRow *row)
{
  double height = 0;

  if (row->kind != SOBAN_REPORT_ROW_TITLE && row->kind != SOBAN_REPORT_ROW_NOTE) {
    height = put_head (pen, y, width, row);
  }
  return height + (row->kind == SOBAN_REPORT_ROW_PART ? put_group (pen, y + height, width, row, TRUE) : 0);
}
