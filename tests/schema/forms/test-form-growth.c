/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A hundred forms read, filled in, checked and closed again: nothing of them stays, neither lost nor held by anything. */
#include "filled-form.h"

#include <malloc.h>

#include "base/language.h"
#include "form/form-library.h"
#include "form/indicator.h"

#define FORMS 100
#define WARM_FORMS 30 /* every form twice: names are interned, tables of the C library are made */
#define GROWTH_BYTES_MAX 1024

/* The test's environment sees to it that the allocators keep nothing at hand that is free (G_SLICE, GLIBC_TUNABLES in meson.build).
 * Where the address sanitizer allocates, it alone knows how much; it and valgrind find at the end what nobody holds. */
extern size_t __sanitizer_get_current_allocated_bytes (void) __attribute__ ((weak));

static gsize
count_allocated_bytes (void)
{
  if (__sanitizer_get_current_allocated_bytes != NULL)
    return __sanitizer_get_current_allocated_bytes ();

  struct mallinfo2 info = mallinfo2 ();
  return info.uordblks + info.hblkhd;
}

static void
look_at_pages (FilledForm *filled)
{
  g_autoptr (GPtrArray) pages = soban_form_instance_list_pages (filled->instance);

  for (guint i = 0; i < pages->len; i++) {
    const SobanPage *page = g_ptr_array_index (pages, i);
    for (guint j = 0; page->kind == SOBAN_PAGE_QUESTIONS && j < page->paths->len; j++) {
      const char *path = g_ptr_array_index (page->paths, j);
      g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (filled->instance, path);
      g_autofree char *text = soban_form_instance_get_answer_text (filled->instance, path);
      g_assert_nonnull (text);
    }
  }
}

static void
fill_in (const SobanFormEntry *entry, const SobanIndicatorSet *indicators)
{
  g_autoptr (FilledForm) filled = filled_form_new_example (entry->id, NULL);
  look_at_pages (filled);
  g_autofree char *problems = filled_form_list_problems (filled);
  g_assert_cmpstr (problems, ==, "");
  g_autoptr (SobanFieldMap) fields = soban_form_instance_get_fields (filled->instance, TRUE);
  g_autofree char *xml = soban_form_instance_to_xml (filled->instance);
  g_assert_nonnull (xml);
  g_autoptr (SobanDerived) derived = soban_derive (filled->form, entry, indicators, &filled->host, fields);
  g_assert_cmpuint (derived->problems->len, ==, 0);
}

static void
test_hundred_forms (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanFormLibrary) library = soban_form_library_load (soban_data_dir (), &error);
  g_assert_no_error (error);
  g_autoptr (SobanIndicatorSet) indicators = soban_indicator_set_load (soban_data_dir (), &error);
  g_assert_no_error (error);
  const GPtrArray *entries = soban_form_library_list (library);
  g_assert_cmpuint (entries->len, >, 0);
  gsize warm_bytes = 0;
  for (guint i = 0; i < WARM_FORMS + FORMS; i++) {
    if (i == WARM_FORMS)
      warm_bytes = count_allocated_bytes ();
    fill_in (g_ptr_array_index (entries, i % entries->len), indicators);
  }
  gsize bytes = count_allocated_bytes ();
  g_test_message ("%zu bytes after %d forms, %zu after %d more", warm_bytes, WARM_FORMS, bytes, FORMS);
  g_assert_cmpuint (bytes, <=, warm_bytes + GROWTH_BYTES_MAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  soban_language_init ("vi");
  g_test_add_func ("/form-growth/hundred-forms", test_hundred_forms);
  return g_test_run ();
}
