/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/report-row.h"

#include "reports/report-bar.h"
#include "widgets/wrapped-label.h"

static GtkWidget *
new_line (const char *label, const char *number)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *name = soban_wrapped_label_new (label, "number-label");
  GtkWidget *value = gtk_label_new (number);

  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_add_css_class (value, "number-value");
  gtk_widget_add_css_class (value, "numeric");
  gtk_widget_set_valign (value, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (line), name);
  gtk_box_append (GTK_BOX (line), value);
  return line;
}

GtkWidget *
soban_report_row_new (const char *label, const char *number, const char *detail, double value, double most, double plan,
                      const char *action, GVariant *target)
{
  g_autofree char *name = g_strdup_printf ("%s: %s%s%s", label, number, detail != NULL && *detail != '\0' ? ", " : "",
                                           detail != NULL ? detail : "");
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *row = target == NULL ? gtk_box_new (GTK_ORIENTATION_VERTICAL, 0) : gtk_button_new ();
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  GtkWidget *arrow;

  gtk_box_append (GTK_BOX (box), new_line (label, number));
  if (most > 0) {
    gtk_box_append (GTK_BOX (box), soban_report_bar_new (value, most, plan));
  }
  if (detail != NULL && *detail != '\0') {
    gtk_box_append (GTK_BOX (box), soban_wrapped_label_new (detail, "record-detail"));
  }
  arrow = gtk_image_new_from_icon_name ("go-next-symbolic");
  gtk_widget_set_hexpand (box, TRUE);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (line), box);
  gtk_box_append (GTK_BOX (line), arrow);
  gtk_widget_add_css_class (row, "answer-row");
  if (target == NULL) {
    /* It keeps its room: the numbers stand below each other. */
    gtk_widget_set_opacity (arrow, 0);
    gtk_box_append (GTK_BOX (row), line);
    return row;
  }
  gtk_button_set_child (GTK_BUTTON (row), line);
  gtk_widget_add_css_class (row, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (row), target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), action);
  return row;
}
