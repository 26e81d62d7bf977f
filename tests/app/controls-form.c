/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "controls-form.h"

#include <string.h>

#include "base/language.h"
#include "entry/question-view.h"
#include "store/form-files.h"
#include "ui.h"

typedef struct {
  const char *name;
  GBytes *bytes;
} File;

GBytes *
controls_form_picture (int width, int height, const char *type)
{
  g_autoptr (GdkPixbuf) picture = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  g_autoptr (GdkPixbuf) corner = gdk_pixbuf_new_subpixbuf (picture, 0, 0, width / 2, height / 2);
  g_autoptr (GdkPixbuf) below = gdk_pixbuf_new_subpixbuf (picture, 0, height / 2, width, height - height / 2);
  g_autoptr (GError) error = NULL;
  char *buffer;
  gsize length;

  gdk_pixbuf_fill (picture, 0xffffffff);
  gdk_pixbuf_fill (below, 0x2ec27eff);
  gdk_pixbuf_fill (corner, 0xe01b24ff);
  gdk_pixbuf_save_to_buffer (picture, &buffer, &length, type, &error, NULL);
  g_assert_no_error (error);
  return g_bytes_new_take (buffer, length);
}

GBytes *
controls_form_sound (void)
{
  static const char SOUND[] = "RIFF\0\0\0\0WAVEfmt a recorded label";

  return g_bytes_new_static (SOUND, sizeof SOUND);
}

static void
add_offer_file (SobanFormOffer *offer, const File *file)
{
  SobanFormFile *entry = soban_form_offer_add_file (offer, file->name);

  entry->bytes = g_bytes_get_size (file->bytes);
  soban_sha256_of (g_bytes_get_data (file->bytes, NULL), g_bytes_get_size (file->bytes), entry->sha256);
}

static void
bring (SobanStore *store, const GPtrArray *offers, GBytes *content)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) missing = soban_store_list_missing_contents (store, offers, &error);
  guint8 sha256[SOBAN_SHA256_BYTES];

  g_assert_no_error (error);
  soban_sha256_of (g_bytes_get_data (content, NULL), g_bytes_get_size (content), sha256);
  for (guint i = 0; i < missing->len; i++) {
    SobanMissingContent *item = &g_array_index (missing, SobanMissingContent, i);

    if (memcmp (item->sha256, sha256, sizeof sha256) == 0) {
      soban_store_add_form_piece (store, item, content, &error);
      g_assert_no_error (error);
    }
  }
}

void
controls_form_publish (SobanStore *store)
{
  g_autofree char *path = g_build_filename (soban_data_dir (), "..", "tests", "fixtures", "controls", "every-control.xml", NULL);
  g_autoptr (GPtrArray) offers = g_ptr_array_new_with_free_func ((GDestroyNotify)soban_form_offer_free);
  g_autoptr (GBytes) sound = controls_form_sound ();
  g_autoptr (GBytes) wide = controls_form_picture (480, 240, "png");
  g_autoptr (GBytes) large = controls_form_picture (1200, 600, "jpeg");
  g_autoptr (GBytes) small = controls_form_picture (120, 90, "png");
  g_autoptr (GBytes) tall = controls_form_picture (60, 200, "png");
  g_autoptr (GBytes) voice = g_bytes_new_static ("RIFFhand", 8);
  const File files[] = { { "pump.png", wide }, { "pump-big.png", large }, { "pump.wav", sound },
                         { "hand.png", small }, { "electric.png", tall }, { "hand.wav", voice } };
  SobanFormOffer *offer = soban_form_offer_new (CONTROLS_FORM, "1");
  g_autoptr (GBytes) xml = NULL;
  g_autoptr (GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, &offer->bytes, &error);
  g_assert_no_error (error);
  xml = g_bytes_new_take (text, offer->bytes);
  soban_sha256_of (text, offer->bytes, offer->sha256);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    add_offer_file (offer, &files[i]);
  }
  soban_form_offer_sort (offer);
  g_ptr_array_add (offers, offer);
  bring (store, offers, xml);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    bring (store, offers, files[i].bytes);
  }
  soban_store_take_forms (store, offers, 1, &error);
  g_assert_no_error (error);
}

SobanEntryPage *
controls_form_open (SobanWindow *window)
{
  gtk_widget_activate_action (GTK_WIDGET (window), "win.new", "s", CONTROLS_FORM);
  sample_wait (ui_has_entry, window);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  return SOBAN_ENTRY_PAGE (ui_get_top (window));
}

static GtkWidget *
find_view (GtkWidget *root, const char *path)
{
  if (SOBAN_IS_QUESTION_VIEW (root) && g_str_equal (soban_question_view_get_path (SOBAN_QUESTION_VIEW (root)), path)) {
    return root;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_view (child, path);

    if (found != NULL) {
      return found;
    }
  }
  return NULL;
}

GtkWidget *
controls_form_find_view (SobanEntryPage *page, const char *path)
{
  return find_view (GTK_WIDGET (page), path);
}
