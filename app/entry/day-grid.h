/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

/**
 * SobanDayGrid: a month of days to choose one from, weeks from Monday. GtkCalendar takes its names from the C library's
 * locale, which a tablet without vi_VN does not have; and its days are smaller than a finger.
 * Signal "chosen" (iso date).
 */
#define SOBAN_TYPE_DAY_GRID (soban_day_grid_get_type ())
G_DECLARE_FINAL_TYPE (SobanDayGrid, soban_day_grid, SOBAN, DAY_GRID, AdwBin)

GtkWidget *soban_day_grid_new (void);
/* Shows the month of @iso_date with that day marked; a text that is no date shows the month of @now, which is today. */
void soban_day_grid_show (SobanDayGrid *self, const char *iso_date, GDateTime *now);
/* (transfer full): "Tháng 11/2026" */
char *soban_month_text (int year, int month);
