/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "reports/report.h"

/* Asks where to, reads the whole report on a worker, writes it on another, and says where it is (win.tell). @parent: a widget of the
 * window. Main thread. */
void soban_report_export_pdf (GtkWidget *parent, SobanStore *store, const SobanPeriod *period);
void soban_report_export_sheet (GtkWidget *parent, SobanStore *store, const SobanPeriod *period);
/* Reads the whole report, then opens the print dialog. */
void soban_report_print (GtkWidget *parent, SobanStore *store, const SobanPeriod *period);
