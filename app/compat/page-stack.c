/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compat/page-stack.h"

#include "compat/wrap-labels.h"

struct _SobanPageStack {
  AdwBin parent_instance;

  GtkStack *stack;
  GPtrArray *pages; /* (element-type GtkWidget), bottom first; owned by the stack */
};

G_DEFINE_FINAL_TYPE (SobanPageStack, soban_page_stack, ADW_TYPE_BIN)

static void
show_top (SobanPageStack *self)
{
  GtkWidget *top = soban_page_stack_get_top (self);

  if (top == NULL) {
    return;
  }
  gtk_stack_set_visible_child (self->stack, top);
}

static void
remove_top (SobanPageStack *self)
{
  GtkWidget *page = g_ptr_array_index (self->pages, self->pages->len - 1);

  g_ptr_array_set_size (self->pages, self->pages->len - 1);
  /* The page below is shown first, so that focus never stands in a widget that goes away. */
  show_top (self);
  gtk_stack_remove (self->stack, page);
}

void
soban_page_stack_push (SobanPageStack *self, GtkWidget *page)
{
  g_return_if_fail (SOBAN_IS_PAGE_STACK (self));
  g_return_if_fail (GTK_IS_WIDGET (page));

  soban_wrap_labels (page);
  gtk_stack_add_child (self->stack, page);
  g_ptr_array_add (self->pages, page);
  show_top (self);
}

gboolean
soban_page_stack_pop (SobanPageStack *self)
{
  g_return_val_if_fail (SOBAN_IS_PAGE_STACK (self), FALSE);

  if (self->pages->len < 2) {
    return FALSE;
  }
  remove_top (self);
  return TRUE;
}

void
soban_page_stack_remove (SobanPageStack *self, GtkWidget *page)
{
  guint index;

  g_return_if_fail (SOBAN_IS_PAGE_STACK (self));

  if (!g_ptr_array_find (self->pages, page, &index)) {
    return;
  }
  if (index + 1 == self->pages->len) {
    remove_top (self);
    return;
  }
  g_ptr_array_remove_index (self->pages, index);
  gtk_stack_remove (self->stack, page);
}

void
soban_page_stack_pop_to_first (SobanPageStack *self)
{
  g_return_if_fail (SOBAN_IS_PAGE_STACK (self));

  while (self->pages->len > 1) {
    remove_top (self);
  }
}

void
soban_page_stack_clear (SobanPageStack *self)
{
  g_return_if_fail (SOBAN_IS_PAGE_STACK (self));

  while (self->pages->len > 0) {
    remove_top (self);
  }
}

GtkWidget *
soban_page_stack_get_top (SobanPageStack *self)
{
  return self->pages->len == 0 ? NULL : g_ptr_array_index (self->pages, self->pages->len - 1);
}

guint
soban_page_stack_get_depth (SobanPageStack *self)
{
  return self->pages->len;
}

GtkWidget *
soban_page_stack_get_nth (SobanPageStack *self, guint index)
{
  g_return_val_if_fail (index < self->pages->len, NULL);
  return g_ptr_array_index (self->pages, index);
}

static void
soban_page_stack_dispose (GObject *object)
{
  SobanPageStack *self = SOBAN_PAGE_STACK (object);

  g_ptr_array_set_size (self->pages, 0);
  G_OBJECT_CLASS (soban_page_stack_parent_class)->dispose (object);
}

static void
soban_page_stack_finalize (GObject *object)
{
  g_ptr_array_unref (SOBAN_PAGE_STACK (object)->pages);
  G_OBJECT_CLASS (soban_page_stack_parent_class)->finalize (object);
}

static void
soban_page_stack_class_init (SobanPageStackClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = soban_page_stack_dispose;
  G_OBJECT_CLASS (klass)->finalize = soban_page_stack_finalize;
}

static void
soban_page_stack_init (SobanPageStack *self)
{
  self->pages = g_ptr_array_new ();
  self->stack = GTK_STACK (gtk_stack_new ());
  /* A page that is not seen shall not widen the window. */
  gtk_stack_set_hhomogeneous (self->stack, FALSE);
  gtk_stack_set_vhomogeneous (self->stack, FALSE);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->stack));
}

GtkWidget *
soban_page_stack_new (void)
{
  return g_object_new (SOBAN_TYPE_PAGE_STACK, NULL);
}
