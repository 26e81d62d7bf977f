/* SPDX-License-Identifier: GPL-3.0-or-later */
/* app/form-style.c repeats the titles of the built-in forms, so that a list need not parse them: they must be the
 * same. */
#include "form-style.h"

#include "conflicts/look-card.h"
#include "store/form-files.h"
#include "sample.h"
#include "ui.h"

#include <string.h>

static void
test_titles (void)
{
  SobanStore *store = sample_store_new ();
  SobanFormLibrary *forms = soban_store_get_forms (store);
  const GPtrArray *entries = soban_form_library_list (forms);

  g_assert_cmpuint (entries->len, >, 0);
  for (guint i = 0; i < entries->len; i++) {
    const SobanFormEntry *entry = g_ptr_array_index (entries, i);
    g_autoptr (GError) error = NULL;
    g_autoptr (SobanForm) form = soban_form_library_get (forms, entry->id, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (soban_form_style_name (entry->id), ==, g_dgettext ("soban", soban_form_get_title (form)));
  }
  sample_store_free (store);
}

static GBytes *
read_fixture (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "fixtures", "published", name, NULL);
  g_autoptr (GError) error = NULL;
  char *text;
  gsize length;

  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (text, length);
}

static void
tell (GBytes *content, guint8 *ret_sha256, guint64 *ret_bytes)
{
  soban_sha256_of (g_bytes_get_data (content, NULL), g_bytes_get_size (content), ret_sha256);
  *ret_bytes = g_bytes_get_size (content);
}

/* "Market visit", as a collector publishes it, of which the program knows nothing. */
static void
receive_form (SobanStore *store)
{
  g_autoptr (GPtrArray) offers = g_ptr_array_new_with_free_func ((GDestroyNotify)soban_form_offer_free);
  SobanFormOffer *offer = soban_form_offer_new ("market_visit", "1");
  SobanFormFile *file = soban_form_offer_add_file (offer, "markets.csv");
  g_autoptr (GBytes) xml = read_fixture ("market.xml");
  g_autoptr (GBytes) list = read_fixture ("markets.csv");
  g_autoptr (GArray) missing = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (offers, offer);
  tell (xml, offer->sha256, &offer->bytes);
  tell (list, file->sha256, &file->bytes);
  missing = soban_store_list_missing_contents (store, offers, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < missing->len; i++) {
    SobanMissingContent *item = &g_array_index (missing, SobanMissingContent, i);
    gboolean is_xml = memcmp (item->sha256, offer->sha256, sizeof offer->sha256) == 0;

    g_assert_true (soban_store_add_form_piece (store, item, is_xml ? xml : list, &error));
  }
  g_assert_true (soban_store_take_forms (store, offers, 7, &error));
  g_assert_no_error (error);
}

static gboolean
shows (GtkWidget *widget, const char *text)
{
  if (GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text)) {
    return TRUE;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    if (shows (child, text)) {
      return TRUE;
    }
  }
  return FALSE;
}

static void
test_received_form_has_its_title (void)
{
  SobanStore *store = sample_store_new ();
  g_autoptr (GPtrArray) answers = g_ptr_array_new ();
  const SobanLookItem item = { .form = (char *)"market_visit", .title = (char *)"", .question = (char *)"?", .answers = answers };
  GtkWidget *card;

  receive_form (store);
  g_assert_cmpstr (soban_form_style_name ("market_visit"), ==, "market_visit");
  g_assert_cmpstr (soban_form_style_name_in (store, "market_visit"), ==, "Market visit");
  card = g_object_ref_sink (soban_look_card_new (store, &item));
  g_assert_true (shows (card, "Market visit"));
  g_assert_false (shows (card, "market_visit"));
  g_object_unref (card);
  sample_store_free (store);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/app/form-style/titles", test_titles);
  g_test_add_func ("/app/form-style/received-form-has-its-title", test_received_form_has_its_title);
  return g_test_run ();
}
