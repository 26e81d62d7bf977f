/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lock/lock-page.h"

#include <glib/gi18n-lib.h>

#include "compat/first-focus.h"
#include "compat/wrap-labels.h"
#include "lock/pin-pad.h"
#include "lock/pin-work.h"
#include "welcome/welcome-page.h"

struct _SobanLockPage {
  AdwBin parent_instance;

  GtkStack *stack;
  SobanPinPad *pad;

  SobanStore *store;
  GtkWidget *forgotten; /* (nullable): the way back, while it is open */
};

G_DEFINE_FINAL_TYPE (SobanLockPage, soban_lock_page, ADW_TYPE_BIN)

static void
on_tried (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanLockPage) self = data;

  if (self->store != NULL && soban_pin_work_finish (result, self->pad)) {
    g_signal_emit_by_name (self, "unlocked");
  }
}

static void
on_entered (SobanLockPage *self, const char *pin)
{
  soban_pin_pad_set_busy (self->pad, TRUE);
  soban_pin_work_async (self->store, pin, NULL, TRUE, on_tried, g_object_ref (self));
}

/* ---- forgotten ---- */

static void
on_left (SobanLockPage *self)
{
  GtkWidget *page = g_steal_pointer (&self->forgotten);

  gtk_stack_set_visible_child_name (self->stack, "pin");
  soban_lock_page_focus (self);
  gtk_stack_remove (self->stack, page);
}

static void
on_enrolled (SobanLockPage *self)
{
  g_signal_emit_by_name (self, "unlocked");
}

static void
on_forgotten_clicked (SobanLockPage *self)
{
  self->forgotten = soban_welcome_page_new (self->store, SOBAN_WELCOME_FORGOTTEN);
  soban_wrap_labels (self->forgotten);
  g_signal_connect_object (self->forgotten, "left", G_CALLBACK (on_left), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->forgotten, "done", G_CALLBACK (on_enrolled), self, G_CONNECT_SWAPPED);
  gtk_stack_add_child (self->stack, self->forgotten);
  gtk_stack_set_visible_child (self->stack, self->forgotten);
  soban_first_focus (self->forgotten);
}

void
soban_lock_page_focus (SobanLockPage *self)
{
  g_return_if_fail (SOBAN_IS_LOCK_PAGE (self));
  if (self->forgotten == NULL) {
    soban_pin_pad_focus (self->pad);
  }
}

/* ---- class ---- */

static void
soban_lock_page_dispose (GObject *object)
{
  SobanLockPage *self = SOBAN_LOCK_PAGE (object);

  g_clear_object (&self->store);
  self->forgotten = NULL;
  gtk_widget_dispose_template (GTK_WIDGET (self), SOBAN_TYPE_LOCK_PAGE);
  G_OBJECT_CLASS (soban_lock_page_parent_class)->dispose (object);
}

static void
soban_lock_page_class_init (SobanLockPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = soban_lock_page_dispose;
  g_type_ensure (SOBAN_TYPE_PIN_PAD);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/soban/Soban/lock/lock-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SobanLockPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SobanLockPage, pad);
  gtk_widget_class_bind_template_callback (widget_class, on_entered);
  gtk_widget_class_bind_template_callback (widget_class, on_forgotten_clicked);
  g_signal_new ("unlocked", SOBAN_TYPE_LOCK_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
soban_lock_page_init (SobanLockPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  soban_pin_pad_take_keys_of (self->pad, GTK_WIDGET (self));
}

GtkWidget *
soban_lock_page_new (SobanStore *store)
{
  SobanLockPage *self = g_object_new (SOBAN_TYPE_LOCK_PAGE, NULL);

  self->store = g_object_ref (store);
  soban_wrap_labels (GTK_WIDGET (self));
  soban_pin_pad_ask (self->pad, _("Enter the PIN"));
  soban_pin_pad_wait (self->pad, soban_store_get_pin_wait_ms (store));
  return GTK_WIDGET (self);
}
