/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "reports/report.h"

/**
 * SobanReportDocument: a report on paper: A4, upright, with a place for the signatures. Drawn with cairo and pango on whatever
 * surface there is: a PDF, or what GtkPrintOperation gives. One thread at a time.
 */
typedef struct _SobanReportDocument SobanReportDocument;

/* Lays the report out; @cr gives the font options. Lengths in points. */
SobanReportDocument *soban_report_document_new (SobanReport *report, cairo_t *cr, double width, double height);
void soban_report_document_free (SobanReportDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanReportDocument, soban_report_document_free)
guint soban_report_document_count_pages (const SobanReportDocument *document);
void soban_report_document_draw (SobanReportDocument *document, cairo_t *cr, guint page);

/* Writes the PDF file. Any thread. Errors: G_IO_ERROR. */
gboolean soban_report_document_write (SobanReport *report, const char *path, GError **error);
