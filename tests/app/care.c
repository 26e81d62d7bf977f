/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bad days: what a ledger that does not open says and offers, and how well a time is known, in words. */
#include "base/error.h"
#include "record/recorded-text.h"
#include "settings/settings-page.h"
#include "trouble/trouble-page.h"
#include "ui.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

static GtkWidget *
find_button (GtkWidget *root, const char *action)
{
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found;

    if (GTK_IS_BUTTON (child) && g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (child)), action) == 0) {
      return child;
    }
    found = find_button (child, action);
    if (found != NULL) {
      return found;
    }
  }
  return NULL;
}

static void
check_trouble (int code, const char *backup, gboolean offered)
{
  g_autoptr (GError) error = g_error_new_literal (SOBAN_STORE_ERROR, code, "detail");
  g_autoptr (GtkWidget) page = g_object_ref_sink (soban_trouble_page_new (error, backup, NULL, NULL));
  GtkWidget *button = find_button (page, "win.restore");

  g_assert_cmpint (button != NULL, ==, offered);
  if (offered) {
    g_assert_cmpstr (g_variant_get_string (gtk_actionable_get_action_target_value (GTK_ACTIONABLE (button)), NULL), ==, backup);
  }
}

/* A backup is offered in place of a damaged ledger, never in place of a sound one that is in use or too new. */
static void
test_offer (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("soban-care-XXXXXX", &path, &error);

  g_assert_no_error (error);
  check_trouble (SOBAN_STORE_ERROR_CORRUPT, path, TRUE);
  check_trouble (SOBAN_STORE_ERROR_CORRUPT, NULL, FALSE);
  check_trouble (SOBAN_STORE_ERROR_BUSY, path, FALSE);
  check_trouble (SOBAN_STORE_ERROR_TOO_NEW, path, FALSE);
  check_trouble (SOBAN_STORE_ERROR_FULL, path, FALSE);
  g_close (fd, NULL);
  g_remove (path);
}

static void
test_recorded (void)
{
  SobanHistoryItem item = { .recorded_ms = G_GINT64_CONSTANT (1795305600000), .own = TRUE, .time_quality = SOBAN_TIME_STEADY };
  g_autofree char *exact = soban_recorded_text (&item);
  g_autofree char *estimate = NULL;

  g_assert_null (soban_recorded_doubt (&item));
  item.time_quality = SOBAN_TIME_BETWEEN;
  estimate = soban_recorded_text (&item);
  g_assert_cmpstr (estimate, !=, exact);
  g_assert_nonnull (soban_recorded_doubt (&item));
  item.time_quality = SOBAN_TIME_RAW;
  g_assert_null (soban_recorded_doubt (&item));
  item.recorded_ms = 3600000; /* 1970 */
  g_assert_nonnull (soban_recorded_doubt (&item));
}

/* The settings lead to both. */
static void
test_settings (void)
{
  SobanStore *store = sample_store_new ();
  SobanWindow *window;

  sample_store_begin (store);
  window = ui_open_window (store);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.settings", NULL);
  sample_settle ();
  g_assert_nonnull (sample_find (GTK_WIDGET (window), ADW_TYPE_ACTION_ROW, NULL));
  g_assert_nonnull (sample_find (GTK_WIDGET (window), GTK_TYPE_LABEL, g_dgettext ("soban", "Back up to a file")));
  g_assert_nonnull (sample_find (GTK_WIDGET (window), GTK_TYPE_LABEL, g_dgettext ("soban", "Restore from a file")));
  ui_close_window (window);
  sample_store_free (store);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/app/care/offer", test_offer);
  g_test_add_func ("/app/care/recorded", test_recorded);
  g_test_add_func ("/app/care/settings", test_settings);
  return g_test_run ();
}
