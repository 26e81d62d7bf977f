/* SPDX-License-Identifier: GPL-3.0-or-later */
/* app/form-style.c repeats the titles of the built-in forms, so that a list need not parse them: they must be the
 * same. */
#include "form-style.h"

#include "sample.h"
#include "ui.h"

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

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/app/form-style/titles", test_titles);
  return g_test_run ();
}
