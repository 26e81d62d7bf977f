/* SPDX-License-Identifier: GPL-3.0-or-later */
/* At every stop of the tour, on the smallest tablet, in Vietnamese with usual type and with type of twice the size, and in English, whose
 * words are longer, with the latter: no text is cut off, and nothing needs sideways scrolling. Up and down may be scrolled. */
#include <adwaita.h>

#include "base/language.h"
#include "tour.h"
#include "ui.h"

#define WIDTH 360
#define HEIGHT 640
#define LOW_HEIGHT 320 /* over an on-screen keyboard; a page that is higher at its width would be made wider than the tablet */
#define DPI_USUAL (96 * PANGO_SCALE)
#define SLACK 1.0 /* px: of rounding */

typedef struct {
  GtkWindow *window;
  const char *stop;
  guint cut;
} Check;

static void
tell (Check *check, GtkWidget *widget, const char *what)
{
  const char *text = GTK_IS_LABEL (widget) ? gtk_label_get_text (GTK_LABEL (widget)) : "";

  g_test_message ("%s: %s %s: “%s”", check->stop, G_OBJECT_TYPE_NAME (widget), what, text);
  check->cut++;
}

static gboolean
is_scrolled (GtkWidget *widget)
{
  return gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW) != NULL;
}

static void
check_place (Check *check, GtkWidget *label)
{
  graphene_rect_t bounds, inside;
  GtkWidget *header;

  if (!gtk_widget_compute_bounds (label, GTK_WIDGET (check->window), &bounds) || bounds.size.width < 1) {
    return;
  }
  if (bounds.origin.x < -SLACK || bounds.origin.x + bounds.size.width > gtk_widget_get_width (GTK_WIDGET (check->window)) + SLACK) {
    tell (check, label, "leaves the window sideways");
  }
  header = gtk_widget_get_ancestor (label, ADW_TYPE_HEADER_BAR);
  if (header != NULL && gtk_widget_compute_bounds (label, header, &inside)
      && (inside.origin.y < -SLACK || inside.origin.y + inside.size.height > gtk_widget_get_height (header) + SLACK)) {
    tell (check, label, "leaves its header");
  }
  if (!is_scrolled (label) && bounds.origin.y + bounds.size.height > gtk_widget_get_height (GTK_WIDGET (check->window)) + SLACK) {
    tell (check, label, "leaves the window below and cannot be scrolled to");
  }
}

static void
check_label (Check *check, GtkWidget *label)
{
  int width = gtk_widget_get_allocated_width (label), needed, height = gtk_widget_get_allocated_height (label), needed_height;

  if (*gtk_label_get_text (GTK_LABEL (label)) == '\0') {
    return;
  }
  check_place (check, label);
  if (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (label)))) {
    tell (check, label, "ends in dots");
    return;
  }
  gtk_widget_measure (label, GTK_ORIENTATION_HORIZONTAL, -1, &needed, NULL, NULL, NULL);
  if (width + SLACK < needed) {
    tell (check, label, "is narrower than its longest word");
    return;
  }
  gtk_widget_measure (label, GTK_ORIENTATION_VERTICAL, MAX (width, needed), &needed_height, NULL, NULL, NULL);
  if (height + SLACK < needed_height) {
    tell (check, label, "is lower than its lines");
  }
}

/* A drop-down gives its text one line, however narrow it is: its arrow would stand outside. */
static void
check_drop_down (Check *check, GtkWidget *widget)
{
  GtkWidget *choice = gtk_widget_get_ancestor (widget, GTK_TYPE_DROP_DOWN);
  graphene_rect_t bounds;

  if (choice != NULL && gtk_widget_get_ancestor (widget, GTK_TYPE_POPOVER) == NULL && gtk_widget_compute_bounds (widget, choice, &bounds)
      && bounds.origin.x + bounds.size.width > gtk_widget_get_width (choice) + SLACK) {
    tell (check, widget, "leaves its drop-down");
  }
}

/* What a person has typed may scroll in its field; everything that the app says may not. */
static void
check_widget (Check *check, GtkWidget *widget)
{
  if (!gtk_widget_get_mapped (widget) || !gtk_widget_get_child_visible (widget) || GTK_IS_WINDOW_CONTROLS (widget)) {
    return;
  }
  check_drop_down (check, widget);
  if (GTK_IS_LABEL (widget)) {
    check_label (check, widget);
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    check_widget (check, child);
  }
}

/* The innermost widget that asks for more than the tablet has. */
static GtkWidget *
find_wide (GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    int minimum;

    gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
    if (gtk_widget_should_layout (child) && minimum > WIDTH) {
      return find_wide (child);
    }
  }
  return widget;
}

static void
on_visit (Tour *tour, const char *stop, GtkWindow *window, gpointer data)
{
  Check check = { window, stop, 0 };
  int minimum, width, least;

  gtk_widget_measure (GTK_WIDGET (window), GTK_ORIENTATION_VERTICAL, WIDTH, &least, NULL, NULL, NULL);
  if (window == GTK_WINDOW (tour->window) && least > LOW_HEIGHT) {
    g_test_message ("%s: the window needs %d px of height", stop, least);
    check.cut++;
  }
  gtk_widget_measure (GTK_WIDGET (window), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  width = gtk_widget_get_width (GTK_WIDGET (window));
  if (gtk_widget_get_height (GTK_WIDGET (window)) > HEIGHT) {
    g_test_message ("%s: the window is %d px high", stop, gtk_widget_get_height (GTK_WIDGET (window)));
    check.cut++;
  }
  if (minimum > WIDTH || width > WIDTH) {
    GtkWidget *wide = find_wide (GTK_WIDGET (window));

    g_test_message ("%s: the window is %d px wide and needs %d: %s in %s", stop, width, minimum, G_OBJECT_TYPE_NAME (wide),
                    G_OBJECT_TYPE_NAME (gtk_widget_get_parent (wide)));
    check.cut++;
  }
  check_widget (&check, GTK_WIDGET (window));
  *(guint *)data += check.cut;
}

typedef struct {
  const TourScreen *screen;
  const char *language;
  int percent; /* size of type */
} Case;

static void
test_screen (gconstpointer data)
{
  const Case *at = data;
  guint cut = 0;
  Tour tour = { .width = WIDTH, .height = HEIGHT, .visit = on_visit, .data = &cut };

  soban_language_init (at->language);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", DPI_USUAL * at->percent / 100, NULL);
  at->screen->walk (&tour);
  if (cut > 0) {
    g_test_fail ();
  }
}

int
main (int argc, char **argv)
{
  const Case cases[] = { { NULL, "vi", 100 }, { NULL, "vi", 200 }, { NULL, "en", 200 } };

  ui_init (&argc, &argv);
  tour_init ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    for (guint k = 0; TOUR_SCREENS[k].name != NULL; k++) {
      g_autofree char *path = g_strdup_printf ("/labels/%s/%d/%s", cases[i].language, cases[i].percent, TOUR_SCREENS[k].name);
      Case *at = g_new (Case, 1);

      *at = cases[i];
      at->screen = &TOUR_SCREENS[k];
      g_test_add_data_func_full (path, at, test_screen, g_free);
    }
  }
  return g_test_run ();
}
