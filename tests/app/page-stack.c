/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page that takes itself away, after another was opened over it, takes away no other. */
#include "compat/page-stack.h"
#include "ui.h"

static GtkWidget *
push_page (SobanPageStack *stack, const char *text)
{
  GtkWidget *page = gtk_label_new (text);

  soban_page_stack_push (stack, page);
  return page;
}

static void
test_remove (void)
{
  SobanPageStack *stack = SOBAN_PAGE_STACK (g_object_ref_sink (soban_page_stack_new ()));
  GtkWidget *home = push_page (stack, "home"), *entry = push_page (stack, "entry"), *above = push_page (stack, "above");

  soban_page_stack_remove (stack, entry);
  g_assert_cmpuint (soban_page_stack_get_depth (stack), ==, 2);
  g_assert_true (soban_page_stack_get_top (stack) == above);

  soban_page_stack_remove (stack, above);
  g_assert_true (soban_page_stack_get_top (stack) == home);
  g_object_unref (stack);
}

/* Back was quicker than the end of its work. */
static void
test_remove_what_has_gone (void)
{
  SobanPageStack *stack = SOBAN_PAGE_STACK (g_object_ref_sink (soban_page_stack_new ()));
  GtkWidget *home = push_page (stack, "home");
  g_autoptr (GtkWidget) entry = g_object_ref (push_page (stack, "entry"));

  g_assert_true (soban_page_stack_pop (stack));
  soban_page_stack_remove (stack, entry);
  g_assert_cmpuint (soban_page_stack_get_depth (stack), ==, 1);
  g_assert_true (soban_page_stack_get_top (stack) == home);
  g_object_unref (stack);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/app/page-stack/remove", test_remove);
  g_test_add_func ("/app/page-stack/remove-what-has-gone", test_remove_what_has_gone);
  return g_test_run ();
}
