/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "reports/report.h"

/* Asks where to, writes on a worker, and says where it is (win.tell). @parent: a widget of the window. Main thread. */
void soban_report_export_pdf (GtkWidget *parent, SobanReport *report);
void soban_report_export_sheet (GtkWidget *parent, SobanReport *report);
/* Opens the print dialog. */
void soban_report_print (GtkWidget *parent, SobanReport *report);
