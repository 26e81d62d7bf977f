/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws every stop of the tour (tour.h) for people to look at:  pictures [OPTION…] FOLDER [SCREEN…]
 * One process draws one language and one look; pictures.sh calls it for all of them. */
#include <adwaita.h>
#include <stdio.h>

#include "application.h"
#include "base/language.h"
#include "tour.h"

#define DPI_USUAL (96 * PANGO_SCALE)
#define DRAW_MS 60      /* what a list does when idle after its first frame */
#define TRIES_MAX 10

typedef struct {
  char *folder;
  const char *look;
} Album;

static gboolean
on_passed (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *)data;
}

static void
let_draw (void)
{
  gboolean passed = FALSE;

  g_timeout_add (DRAW_MS, on_passed, &passed);
  sample_wait (is_true, &passed);
}

/* A dialog stands on the window, which is dimmed: as a window manager shows it. */
static void
snapshot_windows (GtkSnapshot *snapshot, GtkWindow *below, GtkWindow *window)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (below));
  int width = gtk_widget_get_width (GTK_WIDGET (below)), height = gtk_widget_get_height (GTK_WIDGET (below));

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  if (window != below) {
    g_autoptr (GdkPaintable) over = gtk_widget_paintable_new (GTK_WIDGET (window));
    int over_width = gtk_widget_get_width (GTK_WIDGET (window)), over_height = gtk_widget_get_height (GTK_WIDGET (window));
    graphene_point_t corner = GRAPHENE_POINT_INIT ((width - over_width) / 2, (height - over_height) / 2);

    gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 0, 0, 0, 0.4 }, &GRAPHENE_RECT_INIT (0, 0, width, height));
    gtk_snapshot_translate (snapshot, &corner);
    gdk_paintable_snapshot (over, snapshot, over_width, over_height);
  }
}

static void
shoot (Tour *tour, GtkWindow *window, Album *album, const char *name)
{
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  GtkWindow *below = GTK_WINDOW (tour->window);
  graphene_rect_t frame;
  g_autofree char *folder = g_strdup_printf ("%s/%s-%s-%dx%d", album->folder, soban_language_get (), album->look, tour->width, tour->height);
  g_autofree char *file = g_strdup_printf ("%s/%s.png", folder, name);

  g_mkdir_with_parents (folder, 0755);
  /* A window that waits for its layout draws nothing. */
  for (guint i = 0; i < TRIES_MAX && node == NULL; i++) {
    g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();

    let_draw ();
    snapshot_windows (snapshot, below, window);
    node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  }
  if (node == NULL) {
    g_printerr ("%s: there is nothing to draw\n", file);
    return;
  }
  frame = GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (GTK_WIDGET (below)), gtk_widget_get_height (GTK_WIDGET (below)));
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (below)), node, &frame);
  if (frame.size.width != tour->width || frame.size.height != tour->height) {
    g_printerr ("%s: the window is %gx%g\n", file, frame.size.width, frame.size.height);
  }
  if (!gdk_texture_save_to_png (texture, file)) {
    g_printerr ("%s is not written\n", file);
  }
}

/* (nullable): what scrolls furthest. */
static GtkAdjustment *
find_longest (GtkWidget *widget)
{
  GtkAdjustment *longest = NULL;

  if (!gtk_widget_get_mapped (widget)) {
    return NULL;
  }
  if (GTK_IS_SCROLLED_WINDOW (widget)) {
    GtkAdjustment *own = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (widget));

    longest = gtk_adjustment_get_upper (own) > gtk_adjustment_get_page_size (own) ? own : NULL;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GtkAdjustment *other = find_longest (child);

    if (other != NULL && (longest == NULL || gtk_adjustment_get_upper (other) > gtk_adjustment_get_upper (longest))) {
      longest = other;
    }
  }
  return longest;
}

static void
on_visit (Tour *tour, const char *stop, GtkWindow *window, gpointer data)
{
  GtkAdjustment *scroll = window == GTK_WINDOW (tour->window) ? find_longest (tour_get_top (tour)) : NULL;
  g_autofree char *end = g_strconcat (stop, "-end", NULL);
  double before;

  shoot (tour, window, data, stop);
  if (scroll == NULL) {
    return;
  }
  before = gtk_adjustment_get_value (scroll);
  gtk_adjustment_set_value (scroll, gtk_adjustment_get_upper (scroll));
  if (gtk_adjustment_get_value (scroll) != before) {
    shoot (tour, window, data, end);
    gtk_adjustment_set_value (scroll, before);
  }
}

static gboolean
is_wanted (char **screens, const char *name)
{
  return screens == NULL || *screens == NULL || g_strv_contains ((const char *const *)screens, name);
}

/* Before libadwaita starts: it reads these once. */
static gboolean
set_look (const char *look)
{
  if (g_str_equal (look, "contrast")) {
    g_setenv ("ADW_DEBUG_HIGH_CONTRAST", "1", TRUE);
  } else if (g_str_equal (look, "dark")) {
    g_setenv ("ADW_DEBUG_COLOR_SCHEME", "prefer-dark", TRUE);
  } else if (!g_str_equal (look, "normal") && !g_str_equal (look, "text200")) {
    return FALSE;
  }
  return TRUE;
}

static void
draw (Album *album, const char *size, char **screens)
{
  Tour tour = { .visit = on_visit, .data = album };

  if (sscanf (size, "%dx%d", &tour.width, &tour.height) != 2) {
    g_printerr ("%s is no size\n", size);
    return;
  }
  for (guint i = 0; TOUR_SCREENS[i].name != NULL; i++) {
    if (is_wanted (screens, TOUR_SCREENS[i].name)) {
      TOUR_SCREENS[i].walk (&tour);
    }
  }
}

int
main (int argc, char **argv)
{
  g_autofree char *language = g_strdup ("vi"), *look = g_strdup ("normal");
  g_auto (GStrv) sizes = NULL, rest = NULL;
  const GOptionEntry options[] = {
    { "language", 0, 0, G_OPTION_ARG_STRING, &language, "vi or en", "LANGUAGE" },
    { "look", 0, 0, G_OPTION_ARG_STRING, &look, "normal, text200, contrast or dark", "LOOK" },
    { "size", 0, 0, G_OPTION_ARG_STRING_ARRAY, &sizes, "of the window; may be given again", "WIDTHxHEIGHT" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &rest, NULL, "FOLDER [SCREEN…]" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  Album album = { NULL };

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || rest == NULL || sizes == NULL || !set_look (look)) {
    g_printerr ("%s\n", error == NULL ? "a folder, a size and a look are needed" : error->message);
    return 2;
  }
  soban_language_init (language);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, "gtk-cursor-blink", FALSE, "gtk-xft-dpi",
                DPI_USUAL * (g_str_equal (look, "text200") ? 2 : 1), NULL);
  soban_application_add_style ();
  tour_init ();
  album.folder = rest[0];
  album.look = look;
  for (guint i = 0; sizes[i] != NULL; i++) {
    draw (&album, sizes[i], rest + 1);
  }
  return 0;
}
