/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "entry/day-grid.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "base/language.h"

#define WEEKS 6

struct _SobanDayGrid {
  AdwBin parent_instance;

  GtkWidget *title;
  GtkWidget *days[WEEKS * 7];
  int year, month;
  char *marked; /* iso date */
  char *today;  /* iso date */
};

G_DEFINE_FINAL_TYPE (SobanDayGrid, soban_day_grid, ADW_TYPE_BIN)

char *
soban_month_text (int year, int month)
{
  /* Translators: a month: %1$d is its number, %2$d the year */
  return g_strdup_printf (_("Month %1$d/%2$d"), month, year);
}

static void
fill (SobanDayGrid *self)
{
  g_autofree char *title = soban_month_text (self->year, self->month);
  GDate first;
  int lead, n_days;

  g_date_set_dmy (&first, 1, self->month, self->year);
  lead = g_date_get_weekday (&first) - G_DATE_MONDAY;
  n_days = g_date_get_days_in_month (self->month, self->year);
  gtk_label_set_text (GTK_LABEL (self->title), title);
  for (int i = 0; i < WEEKS * 7; i++) {
    int day = i - lead + 1;
    g_autofree char *text = g_strdup_printf ("%d", day);
    g_autofree char *iso = g_strdup_printf ("%04d-%02d-%02d", self->year, self->month, day);
    g_autofree char *name = g_strdup_printf ("%d/%d/%d", day, self->month, self->year);
    gboolean inside = day >= 1 && day <= n_days;

    gtk_widget_set_visible (self->days[i], i < 35 || (lead + n_days > 35));
    gtk_widget_set_sensitive (self->days[i], inside);
    gtk_button_set_label (GTK_BUTTON (self->days[i]), inside ? text : "");
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->days[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, inside ? name : "",
                                    -1);
    gtk_widget_remove_css_class (self->days[i], "marked");
    gtk_widget_remove_css_class (self->days[i], "today");
    if (inside && g_strcmp0 (iso, self->marked) == 0) {
      gtk_widget_add_css_class (self->days[i], "marked");
    }
    if (inside && g_strcmp0 (iso, self->today) == 0) {
      gtk_widget_add_css_class (self->days[i], "today");
    }
  }
}

void
soban_day_grid_show (SobanDayGrid *self, const char *iso_date, GDateTime *now)
{
  int year, month, day;

  g_return_if_fail (SOBAN_IS_DAY_GRID (self));
  g_free (self->marked);
  self->marked = g_strdup (iso_date);
  g_free (self->today);
  self->today = g_date_time_format (now, "%Y-%m-%d");
  if (sscanf (iso_date, "%4d-%2d-%2d", &year, &month, &day) == 3 && g_date_valid_dmy (day, month, year)) {
    self->year = year;
    self->month = month;
  } else {
    self->year = g_date_time_get_year (now);
    self->month = g_date_time_get_month (now);
  }
  fill (self);
}

static void
move (SobanDayGrid *self, int months)
{
  int count = self->year * 12 + self->month - 1 + months;

  self->year = CLAMP (count / 12, 1900, 2200);
  self->month = count % 12 + 1;
  fill (self);
}

static void
on_previous_clicked (SobanDayGrid *self)
{
  move (self, -1);
}

static void
on_next_clicked (SobanDayGrid *self)
{
  move (self, 1);
}

static void
on_day_clicked (GtkButton *button, SobanDayGrid *self)
{
  int day = atoi (gtk_button_get_label (button));
  g_autofree char *iso = g_strdup_printf ("%04d-%02d-%02d", self->year, self->month, day);

  g_signal_emit_by_name (self, "chosen", iso);
}

static GtkWidget *
new_arrow (SobanDayGrid *self, const char *icon, const char *name, GCallback callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  return button;
}

static void
soban_day_grid_finalize (GObject *object)
{
  g_free (SOBAN_DAY_GRID (object)->marked);
  g_free (SOBAN_DAY_GRID (object)->today);
  G_OBJECT_CLASS (soban_day_grid_parent_class)->finalize (object);
}

static void
soban_day_grid_class_init (SobanDayGridClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = soban_day_grid_finalize;
  g_signal_new ("chosen", SOBAN_TYPE_DAY_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
soban_day_grid_init (SobanDayGrid *self)
{
  /* Translators: the days of the week from Monday, as short as they are written, separated by blanks */
  g_auto (GStrv) names = g_strsplit (_("Mo Tu We Th Fr Sa Su"), " ", 7);
  GtkWidget *grid = gtk_grid_new ();

  gtk_widget_add_css_class (grid, "day-grid");
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  self->title = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->title, "heading");
  gtk_widget_set_hexpand (self->title, TRUE);
  gtk_grid_attach (GTK_GRID (grid),
                   new_arrow (self, "go-previous-symbolic", _("Month before"), G_CALLBACK (on_previous_clicked)), 0, 0,
                   1, 1);
  gtk_grid_attach (GTK_GRID (grid), self->title, 1, 0, 5, 1);
  gtk_grid_attach (GTK_GRID (grid),
                   new_arrow (self, "go-next-symbolic", _("Month after"), G_CALLBACK (on_next_clicked)), 6, 0, 1, 1);
  for (int i = 0; i < 7 && names[i] != NULL; i++) {
    GtkWidget *label = gtk_label_new (names[i]);

    gtk_widget_add_css_class (label, "dim-label");
    gtk_grid_attach (GTK_GRID (grid), label, i, 1, 1, 1);
  }
  for (int i = 0; i < WEEKS * 7; i++) {
    self->days[i] = gtk_button_new_with_label ("");
    gtk_widget_add_css_class (self->days[i], "flat");
    gtk_widget_add_css_class (self->days[i], "day");
    g_signal_connect_object (self->days[i], "clicked", G_CALLBACK (on_day_clicked), self, 0);
    gtk_grid_attach (GTK_GRID (grid), self->days[i], i % 7, 2 + i / 7, 1, 1);
  }
  adw_bin_set_child (ADW_BIN (self), grid);
}

GtkWidget *
soban_day_grid_new (void)
{
  return g_object_new (SOBAN_TYPE_DAY_GRID, NULL);
}
