/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "compat/wrap-labels.h"

#include <adwaita.h>

/* px: a header asks for the height at a width with the gaps beside the title, which it then takes off. */
#define HEADER_GAPS 12

#define SCALED "soban-scaled"
#define USUAL_DPI (96 * 1024) /* as GtkSettings counts them */

static void
wrap (GtkWidget *label, GtkJustification justification)
{
  if (!GTK_IS_LABEL (label)) {
    return;
  }
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_NONE);
  gtk_label_set_single_line_mode (GTK_LABEL (label), FALSE);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  /* Between words only: a button whose word is torn is hard to read. */
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD);
  gtk_label_set_justify (GTK_LABEL (label), justification);
}

/* ---- titles in headers ---- */

static void
wrap_all (GtkWidget *root)
{
  wrap (root, GTK_JUSTIFY_CENTER);
  if (GTK_IS_LABEL (root)) {
    /* A word that is wider than a small tablet is better torn than the window too wide. */
    gtk_label_set_wrap_mode (GTK_LABEL (root), PANGO_WRAP_WORD_CHAR);
  }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    wrap_all (child);
  }
}

static GtkSizeRequestMode
get_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure_title (GtkWidget *title, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
               int *natural_baseline)
{
  GtkWidget *lines = gtk_widget_get_first_child (title);
  int narrowest;

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    gtk_widget_measure (lines, orientation, -1, minimum, natural, NULL, NULL);
    *natural += HEADER_GAPS;
    return;
  }
  gtk_widget_measure (lines, GTK_ORIENTATION_HORIZONTAL, -1, &narrowest, NULL, NULL, NULL);
  gtk_widget_measure (lines, orientation, for_size < 0 ? -1 : MAX (for_size - HEADER_GAPS, narrowest), minimum, natural, NULL, NULL);
}

static void
allocate_child (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_allocate (gtk_widget_get_first_child (widget), width, height, -1, NULL);
}

/* A header asks how wide its title is at a height of two lines, and would get two lines where one has room. */
static void
wrap_title (GtkWidget *title)
{
  wrap_all (title);
  gtk_widget_set_layout_manager (title, gtk_custom_layout_new (get_mode, measure_title, allocate_child));
}

/* ---- buttons and what unfolds ---- */

/* A text that begins at the left is one of several lines, not the name of the button. */
static void
wrap_button (GtkWidget *label)
{
  if (GTK_IS_LABEL (label)) {
    gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
    wrap (label, gtk_label_get_xalign (GTK_LABEL (label)) == 0 ? GTK_JUSTIFY_LEFT : GTK_JUSTIFY_CENTER);
  }
}

static void
measure_expander (GtkWidget *expander, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                  int *natural_baseline)
{
  gtk_widget_measure (gtk_widget_get_first_child (expander), orientation, for_size, minimum, natural, NULL, NULL);
}

/* An expander would be as high as if its text took one line, at any width. What it holds is no child of it while it is folded. */
static void
wrap_expander (GtkExpander *expander)
{
  GtkWidget *child = gtk_expander_get_child (expander);
  GtkWidget *label = gtk_expander_get_label_widget (expander);

  if (GTK_IS_LABEL (label)) {
    gtk_label_set_xalign (GTK_LABEL (label), 0);
    wrap_button (label);
  }
  gtk_widget_set_layout_manager (GTK_WIDGET (expander), gtk_custom_layout_new (get_mode, measure_expander, allocate_child));
  if (child != NULL && gtk_widget_get_parent (child) == NULL) {
    soban_wrap_labels (child);
  }
}

/* ---- columns ---- */

static gboolean
scale_length (GBinding *binding, const GValue *dpi, GValue *length, gpointer declared)
{
  g_value_set_int (length, MAX (GPOINTER_TO_INT (declared), GPOINTER_TO_INT (declared) * g_value_get_int (dpi) / USUAL_DPI));
  return TRUE;
}

/* A column is as wide as so many letters, not as so many pixels: the unit "sp" of AdwClamp in newer libadwaita. */
static void
scale_column (GtkWidget *clamp)
{
  const char *const lengths[] = { "maximum-size", "tightening-threshold" };

  if (g_object_get_data (G_OBJECT (clamp), SCALED) != NULL) {
    return;
  }
  g_object_set_data (G_OBJECT (clamp), SCALED, clamp);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
    int declared;

    g_object_get (clamp, lengths[i], &declared, NULL);
    g_object_bind_property_full (gtk_widget_get_settings (clamp), "gtk-xft-dpi", clamp, lengths[i], G_BINDING_SYNC_CREATE, scale_length, NULL,
                                 GINT_TO_POINTER (declared), NULL);
  }
}

void
soban_wrap_labels (GtkWidget *root)
{
  if (ADW_IS_CLAMP (root) || ADW_IS_CLAMP_SCROLLABLE (root)) {
    scale_column (root);
  }
  if (GTK_IS_BUTTON (root)) {
    wrap_button (gtk_button_get_child (GTK_BUTTON (root)));
  } else if (GTK_IS_EXPANDER (root)) {
    wrap_expander (GTK_EXPANDER (root));
  } else if (GTK_IS_LABEL (root) && gtk_widget_has_css_class (root, "heading")
             && gtk_widget_get_ancestor (root, ADW_TYPE_PREFERENCES_GROUP) != NULL) {
    wrap (root, GTK_JUSTIFY_LEFT);
  } else if (ADW_IS_WINDOW_TITLE (root)) {
    wrap_title (root);
    return;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    soban_wrap_labels (child);
  }
}
