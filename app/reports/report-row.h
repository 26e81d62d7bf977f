/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/**
 * soban_report_row_new:
 * @label: what is counted
 * @number: as it is shown
 * @detail: (nullable): a line below the bar
 * @value: @most: @plan: of the bar; no bar when @most is 0
 * @target: (transfer floating) (nullable): what @action is given; NULL = the row opens nothing
 *
 * One number of a report: label, number, bar; a button that opens what it is made of.
 */
GtkWidget *soban_report_row_new (const char *label, const char *number, const char *detail, double value, double most, double plan,
                                 const char *action, GVariant *target);
