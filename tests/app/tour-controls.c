/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every control: the form of controls-form.h, empty, filled in, and what is wrong with an answer. */
#include "base/attachment-name.h"
#include "controls-form.h"
#include "entry/question-view.h"
#include "store/attachment-store.h"
#include "tour.h"
#include "widgets/picture-area.h"
#include "widgets/picture-page.h"

/* The first question of each page. */
static const char *const PAGES[] = { "name", "people", "agree", "crop", "order", "day", "read", "pump", "photo", "recording", "t0" };

static const char *const ANSWERS[][2] = {
  { "name", "Lò Thị Thu Thủy" },
  { "story", "Bà con bàn việc sửa đường nước.\nMọi nhà góp một ngày công, xã cho xi măng." },
  { "code", "8934567890123" },
  { "people", "42" },
  { "weight", "105.5" },
  { "agree", "true" },
  { "water", "stream" },
  { "water2", "tank" },
  { "crop", "cabbage" },
  { "sources", "well tank" },
  { "crops", "rice tea cinnamon" },
  { "order", "stream well tank" },
  { "mark", "7" },
  { "day", "2026-11-20" },
  { "month", "2026-11-01" },
  { "clock", "08:30:00.000+07:00" },
  { "moment", "2026-11-20T14:05:00.000+07:00" },
  { "read", "OK" },
  { "place", "22.3364 104.4372 480 5" },
  { "path", "22.3364 104.4372; 22.3401 104.4420; 22.3455 104.4431" },
  { "field", "22.33 104.43; 22.34 104.43; 22.34 104.44; 22.33 104.43" },
  { "pump", "electric" },
  { "tools", "knife" },
  { "t1", "2" },
  { "likert", "3" },
};

typedef struct {
  GtkWidget *root;
  guint pictures;
} Gallery;

static guint
count_pictures (GtkWidget *widget)
{
  guint pictures = SOBAN_IS_PICTURE_AREA (widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    pictures += count_pictures (child);
  }
  return pictures;
}

static gboolean
is_hung (gpointer data)
{
  const Gallery *gallery = data;

  return count_pictures (gallery->root) == gallery->pictures;
}

static void
wait_for_pictures (SobanEntryPage *page, const char *path)
{
  Gallery gallery = { controls_form_find_view (page, path), 3 };

  sample_wait (is_hung, &gallery);
}

static void
put (SobanStore *store, SobanEntry *entry, const char *path, GBytes *bytes, const char *extension)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = soban_store_put_attachment (store, bytes, extension, &error);

  g_assert_no_error (error);
  soban_entry_set (entry, path, name);
}

static void
fill (Tour *tour, SobanEntry *entry)
{
  g_autoptr (GBytes) photo = controls_form_picture (1600, 1200, "jpeg");
  g_autoptr (GBytes) minutes = g_bytes_new_static ("%PDF-1.4 nothing", 16);
  g_autofree char *elsewhere = soban_attachment_name_new ("another", 7, "ogg");

  for (guint i = 0; i < G_N_ELEMENTS (ANSWERS); i++) {
    soban_entry_set (entry, ANSWERS[i][0], ANSWERS[i][1]);
  }
  put (tour->store, entry, "photo", photo, "jpg");
  put (tour->store, entry, "minutes", minutes, "pdf");
  soban_entry_set (entry, "voice", elsewhere);
}

static void
stop_at_pages (Tour *tour, SobanEntryPage *page, const char *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (PAGES); i++) {
    soban_entry_page_show_question (page, PAGES[i]);
    if (g_str_equal (PAGES[i], "pump")) {
      wait_for_pictures (page, "pump");
    }
    tour_stop (tour, "controls-%02u-%s%s", i + 1, PAGES[i], state);
  }
}

static void
stop_at_large_picture (Tour *tour, SobanEntryPage *page)
{
  GtkWidget *button;
  Gallery gallery;

  soban_entry_page_show_question (page, "pump");
  wait_for_pictures (page, "pump");
  button = gtk_widget_get_ancestor (sample_find (controls_form_find_view (page, "pump"), SOBAN_TYPE_PICTURE_AREA, NULL), GTK_TYPE_BUTTON);
  g_signal_emit_by_name (button, "clicked");
  gallery = (Gallery){ tour_wait_for_page (tour, SOBAN_TYPE_PICTURE_PAGE), 1 };
  sample_wait (is_hung, &gallery);
  tour_stop (tour, "controls-large-picture");
  tour_back (tour);
}

static void
stop_at_problems (Tour *tour, SobanEntryPage *page)
{
  static const char *const WRONG[][2] = { { "name", "" }, { "people", "0" }, { "water", "" }, { "moment", "31/02/2026 14:05" }, { "place", "bên suối" } };
  SobanEntry *entry = soban_entry_page_get_entry (page);

  for (guint i = 0; i < G_N_ELEMENTS (WRONG); i++) {
    soban_entry_set (entry, WRONG[i][0], WRONG[i][1]);
    soban_entry_page_show_question (page, WRONG[i][0]);
    tour_stop (tour, "controls-wrong-%s", WRONG[i][0]);
  }
}

static void
stop_at_repeat (Tour *tour, SobanEntryPage *page)
{
  SobanEntry *entry = soban_entry_page_get_entry (page);
  g_autofree char *instance = soban_entry_add_repeat (entry, "family", NULL);
  g_autofree char *head = g_strconcat (instance, "/head", NULL);

  soban_entry_set (entry, head, "Giàng A Tếnh");
  soban_entry_page_show_question (page, head);
  tour_stop (tour, "controls-repeat");
  soban_entry_page_next (page);
  tour_stop (tour, "controls-repeat-list");
}

void
tour_walk_controls (Tour *tour)
{
  SobanEntryPage *page;

  tour_begin (tour, TOUR_BEGUN);
  controls_form_publish (tour->store);
  page = controls_form_open (tour->window);
  stop_at_pages (tour, page, "");
  fill (tour, soban_entry_page_get_entry (page));
  stop_at_pages (tour, page, "-filled");
  stop_at_large_picture (tour, page);
  stop_at_repeat (tour, page);
  soban_entry_page_show_review (page);
  tour_stop (tour, "controls-review");
  stop_at_problems (tour, page);
  tour_end (tour);
}
