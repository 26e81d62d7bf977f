/* SPDX-License-Identifier: GPL-3.0-or-later */
/* At the stops of the tour, in light and in dark: each text has enough contrast to its ground, measured in what is drawn (WCAG 2.1,
 * 1.4.3 and 1.4.6): 4.5:1, and 7:1 where the desktop asks for high contrast (ADW_DEBUG_HIGH_CONTRAST, set by meson.build). */
#include <adwaita.h>
#include <math.h>

#include "tour.h"
#include "ui.h"

#define WIDTH 800
#define HEIGHT 1280
#define DPI_TWICE (2 * 96 * PANGO_SCALE) /* strokes of some pixels: one has the full colour */
#define RATIO_USUAL 4.5
#define RATIO_HIGH 7.0
#define SLACK 0.1 /* of the rounding of colours */
#define COLOURS (1 << 24)

typedef struct {
  GtkWidget *window;
  const char *stop;
  const guint32 *pixels;
  guint16 *counts; /* by colour: how often a label has it */
  double least;
  guint measured, faint;
} Check;

/* ---- colours ---- */

static double
linearize (guint32 byte)
{
  double value = byte / 255.0;

  return value <= 0.03928 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
}

static double
find_luminance (guint32 pixel)
{
  return 0.2126 * linearize (pixel >> 16 & 0xff) + 0.7152 * linearize (pixel >> 8 & 0xff) + 0.0722 * linearize (pixel & 0xff);
}

static double
find_ratio (guint32 a, guint32 b)
{
  double one = find_luminance (a) + 0.05, other = find_luminance (b) + 0.05;

  return MAX (one, other) / MIN (one, other);
}

/* ---- labels ---- */

/* Whole, and in sight: what scrolls out is measured at another stop. */
static gboolean
find_area (Check *check, GtkWidget *label, graphene_rect_t *ret_area)
{
  graphene_rect_t frame = GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (check->window), gtk_widget_get_height (check->window));
  GtkWidget *scroller = gtk_widget_get_ancestor (label, GTK_TYPE_SCROLLED_WINDOW);

  if (scroller != NULL && !gtk_widget_compute_bounds (scroller, check->window, &frame)) {
    return FALSE;
  }
  return gtk_widget_compute_bounds (label, check->window, ret_area) && ret_area->size.width >= 1 && ret_area->size.height >= 1
         && graphene_rect_contains_rect (&frame, ret_area);
}

/* Room for a line that is to come. */
static gboolean
is_blank (const char *text)
{
  while (g_unichar_isspace (g_utf8_get_char (text))) {
    text = g_utf8_next_char (text);
  }
  return *text == '\0';
}

/* The ground is the colour that most pixels have, the text the one that stands out most. */
static void
check_label (Check *check, GtkWidget *label)
{
  graphene_rect_t area;
  int stride = gtk_widget_get_width (check->window), left, right, top, bottom;
  guint32 ground = 0, ink;
  double best = 1;

  if (is_blank (gtk_label_get_text (GTK_LABEL (label))) || !gtk_widget_is_sensitive (label) || !find_area (check, label, &area)) {
    return;
  }
  left = (int)area.origin.x, right = (int)(area.origin.x + area.size.width);
  top = (int)area.origin.y, bottom = (int)(area.origin.y + area.size.height);
  for (int y = top; y < bottom; y++) {
    for (int x = left; x < right; x++) {
      guint32 colour = check->pixels[y * stride + x] & (COLOURS - 1);

      if (check->counts[colour] < G_MAXUINT16 && ++check->counts[colour] > check->counts[ground]) {
        ground = colour;
      }
    }
  }
  ink = ground;
  for (int y = top; y < bottom; y++) {
    for (int x = left; x < right; x++) {
      guint32 colour = check->pixels[y * stride + x] & (COLOURS - 1);

      if (check->counts[colour] > 0 && find_ratio (colour, ground) > best) {
        best = find_ratio (colour, ground);
        ink = colour;
      }
      check->counts[colour] = 0;
    }
  }
  check->measured++;
  if (best + SLACK < check->least) {
    g_test_message ("%s: %.1f:1, #%06x on #%06x: “%s”", check->stop, best, ink, ground, gtk_label_get_text (GTK_LABEL (label)));
    check->faint++;
  }
}

static void
check_widget (Check *check, GtkWidget *widget)
{
  if (!gtk_widget_get_mapped (widget) || !gtk_widget_get_child_visible (widget)) {
    return;
  }
  if (GTK_IS_LABEL (widget)) {
    check_label (check, widget);
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    check_widget (check, child);
  }
}

static void
on_visit (Tour *tour, const char *stop, GtkWindow *window, gpointer data)
{
  Check *check = data;
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (window));
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree guint32 *pixels = NULL;
  int width = gtk_widget_get_width (GTK_WIDGET (window)), height = gtk_widget_get_height (GTK_WIDGET (window));

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  if (node == NULL) {
    return; /* it waits for its layout; what is too few is told in the end */
  }
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node, &GRAPHENE_RECT_INIT (0, 0, width, height));
  pixels = g_new (guint32, (gsize)width * height);
  gdk_texture_download (texture, (guchar *)pixels, (gsize)width * sizeof *pixels);
  check->window = GTK_WIDGET (window);
  check->stop = stop;
  check->pixels = pixels;
  check_widget (check, GTK_WIDGET (window));
}

typedef struct {
  const TourScreen *screen;
  AdwColorScheme scheme;
} Case;

static void
test_screen (gconstpointer data)
{
  const Case *at = data;
  g_autofree guint16 *counts = g_new0 (guint16, COLOURS);
  AdwStyleManager *styles = adw_style_manager_get_default ();
  Check check = { .counts = counts, .least = adw_style_manager_get_high_contrast (styles) ? RATIO_HIGH : RATIO_USUAL };
  Tour tour = { .width = WIDTH, .height = HEIGHT, .visit = on_visit, .data = &check };

  adw_style_manager_set_color_scheme (styles, at->scheme);
  at->screen->walk (&tour);
  g_assert_cmpuint (check.measured, >, 0);
  if (check.faint > 0) {
    g_test_fail ();
  }
}

int
main (int argc, char **argv)
{
  const char *const screens[] = { "home", "entry", "records", "look", "reports", "sync", "settings", NULL };
  const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_FORCE_LIGHT, ADW_COLOR_SCHEME_FORCE_DARK };

  ui_init (&argc, &argv);
  tour_init ();
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", DPI_TWICE, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++) {
    for (guint k = 0; TOUR_SCREENS[k].name != NULL; k++) {
      g_autofree char *path = g_strdup_printf ("/contrast/%s/%s", i == 0 ? "light" : "dark", TOUR_SCREENS[k].name);
      Case *at = NULL;

      if (!g_strv_contains (screens, TOUR_SCREENS[k].name)) {
        continue;
      }
      at = g_new (Case, 1);
      *at = (Case){ &TOUR_SCREENS[k], schemes[i] };
      g_test_add_data_func_full (path, at, test_screen, g_free);
    }
  }
  return g_test_run ();
}
