/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The window under its PIN
 *
 * 1. Locking saves what is being written first, and takes nothing away: the pages go on as they are in a window of their own that is never
 *    shown, so that neither the eye nor a screen reader finds them, and come back with the keyboard where it was. What was asked over them (a
 *    dialog, a list that was open) is closed as by Escape. What could still be undone is offered anew when it is unlocked.
 * 2. While it is locked no action of the window runs; what its pages tell meanwhile waits. Sending goes on.
 * 3. It locks when it opens, before any page is made, when nobody has touched it for SOBAN_LOCK_IDLE_MS, when the machine goes to sleep, and when asked to.
 */
#include "config.h"

#include "window-private.h"

#include <glib/gi18n-lib.h>

#include "base/limits.h"
#include "entry/word-in-flight.h"
#include "lock/idle-watch.h"
#include "lock/lock-page.h"
#include "lock/pin-page.h"
#include "store/pin.h"

#define MENU_KEY "soban-menu" /* a menu button's: its menu, while it has none */

gboolean
soban_window_is_locked (SobanWindow *self)
{
  g_return_val_if_fail (SOBAN_IS_WINDOW (self), FALSE);
  return self->lock_page != NULL;
}

static void
set_actions_enabled (SobanWindow *self, gboolean enabled)
{
  GtkWidgetClass *klass = GTK_WIDGET_GET_CLASS (self);
  const GVariantType *parameter;
  const char *name, *property;
  GType owner;

  for (guint i = 0; gtk_widget_class_query_action (klass, i, &owner, &name, &parameter, &property); i++) {
    if (owner == SOBAN_TYPE_WINDOW) {
      gtk_widget_action_set_enabled (GTK_WIDGET (self), name, enabled);
    }
  }
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.lock", enabled && self->store != NULL && soban_store_has_pin (self->store));
}

/* ---- out of sight ---- */

static void
close_popovers (GtkWidget *root)
{
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    close_popovers (child);
    if (GTK_IS_POPOVER (child) && gtk_widget_get_visible (child)) {
      gtk_popover_popdown (GTK_POPOVER (child));
    }
  }
}

/* GTK 4.8 frees the shortcut of a menu's item twice when the item moves to a window without those keys: menus do not move. */
static void
take_menus (GtkWidget *root)
{
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GMenuModel *menu = GTK_IS_MENU_BUTTON (child) ? gtk_menu_button_get_menu_model (GTK_MENU_BUTTON (child)) : NULL;

    if (menu != NULL) {
      g_object_set_data_full (G_OBJECT (child), MENU_KEY, g_object_ref (menu), g_object_unref);
      gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (child), NULL);
    }
    take_menus (child);
  }
}

static void
give_menus (GtkWidget *root)
{
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    g_autoptr (GMenuModel) menu = g_object_steal_data (G_OBJECT (child), MENU_KEY);

    if (menu != NULL) {
      gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (child), menu);
    }
    give_menus (child);
  }
}

static void
remember_focus (SobanWindow *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  GtkWidget *popover = focus == NULL ? NULL : gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER);

  if (GTK_IS_TEXT (focus) || GTK_IS_TEXT_VIEW (focus)) {
    soban_word_in_flight_commit (focus);
  }
  g_set_weak_pointer (&self->focus_before, popover != NULL ? gtk_widget_get_parent (popover) : focus);
}

static void
close_dialogs (SobanWindow *self)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = g_list_model_get_n_items (windows); i > 0; i--) {
    /* NULL: a dialog took along those over it. */
    g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i - 1);

    if (window != NULL && window != GTK_WINDOW (self) && gtk_window_get_transient_for (window) != NULL) {
      gtk_window_close (window);
    }
  }
}

static void
on_tell (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  soban_window_tell (data, g_variant_get_string (parameter, NULL));
}

/* GTK 4.8 goes on telling screen readers of what is only hidden; what stands in another window it does not. */
static void
put_away (SobanWindow *self)
{
  const GActionEntry entries[] = { { "tell", on_tell, "s" } };
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();
  g_autoptr (GtkWidget) toasts = g_object_ref (GTK_WIDGET (self->toasts));

  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, G_N_ELEMENTS (entries), self);
  self->vault = GTK_WINDOW (gtk_window_new ());
  gtk_widget_insert_action_group (GTK_WIDGET (self->vault), "win", G_ACTION_GROUP (actions));
  /* Before: else what had the keyboard is told of once more. */
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  take_menus (toasts);
  gtk_box_remove (self->layers, toasts);
  gtk_window_set_child (self->vault, toasts);
}

static void
take_back (SobanWindow *self)
{
  g_autoptr (GtkWidget) toasts = g_object_ref (GTK_WIDGET (self->toasts));

  gtk_window_set_child (self->vault, NULL);
  gtk_box_append (self->layers, toasts);
  give_menus (toasts);
  g_clear_pointer (&self->vault, gtk_window_destroy);
}

static void
restore_focus (SobanWindow *self)
{
  GtkWidget *focus = self->focus_before;

  if (GTK_IS_TEXT (focus)) {
    gtk_text_grab_focus_without_selecting (GTK_TEXT (focus));
  } else if (focus != NULL) {
    gtk_widget_grab_focus (focus);
  }
  g_clear_weak_pointer (&self->focus_before);
}

/* ---- what was offered ---- */

static void
on_dismissed (SobanWindow *self, AdwToast *toast)
{
  if (toast == self->offered) {
    g_clear_weak_pointer (&self->offered);
    g_clear_pointer (&self->offer, g_strfreev);
  }
}

void
soban_window_watch_offer (SobanWindow *self, AdwToast *toast, const char *const *offer)
{
  g_strfreev (self->offer);
  self->offer = g_strdupv ((char **)offer);
  g_set_weak_pointer (&self->offered, toast);
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (on_dismissed), self, G_CONNECT_SWAPPED);
  if (g_str_equal (offer[2], UNDO_REMOVAL)) {
    g_signal_connect_object (soban_page_stack_get_top (self->pages), "destroy", G_CALLBACK (adw_toast_dismiss), toast, G_CONNECT_SWAPPED);
  }
}

gboolean
soban_window_hold_offer (SobanWindow *self, const char *const *offer)
{
  if (!soban_window_is_locked (self)) {
    return FALSE;
  }
  g_strfreev (self->held);
  self->held = g_strdupv ((char **)offer);
  return TRUE;
}

/* Its time would run out while nobody can press it. */
static void
take_offer (SobanWindow *self)
{
  if (self->offered != NULL) {
    self->held = g_steal_pointer (&self->offer);
    adw_toast_dismiss (self->offered);
  }
}

static void
offer_again (SobanWindow *self)
{
  g_auto (GStrv) held = g_steal_pointer (&self->held);

  if (held != NULL) {
    soban_window_add_toast (self, held[0], held[1], held[2], held[3]);
  }
}

/* ---- locking ---- */

void
soban_window_drop_lock (SobanWindow *self)
{
  if (self->vault != NULL) {
    take_back (self);
  }
  self->lock_page = NULL;
  g_clear_object (&self->idle);
  g_clear_weak_pointer (&self->focus_before);
  g_clear_pointer (&self->told, g_strv_builder_unref);
  g_clear_weak_pointer (&self->offered);
  g_clear_pointer (&self->offer, g_strfreev);
  g_clear_pointer (&self->held, g_strfreev);
}

static void
unlock (SobanWindow *self)
{
  g_auto (GStrv) told = NULL;
  GtkWidget *page = g_steal_pointer (&self->lock_page);

  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  gtk_box_remove (self->layers, page);
  take_back (self);
  set_actions_enabled (self, TRUE);
  if (soban_page_stack_get_depth (self->pages) == 0) {
    soban_window_begin (self);
  } else {
    restore_focus (self);
  }
  soban_window_watch_idle (self);
  told = g_strv_builder_end (self->told);
  for (guint i = 0; told[i] != NULL; i++) {
    soban_window_tell (self, told[i]);
  }
  if (!soban_store_has_pin (self->store)) {
    soban_window_tell (self, _("The tablet is open and has no PIN any more. Set a new one in the settings."));
  }
  offer_again (self);
}

void
soban_window_lock (SobanWindow *self)
{
  g_return_if_fail (SOBAN_IS_WINDOW (self));
  if (self->store == NULL || self->lock_page != NULL || !soban_store_has_pin (self->store)) {
    return;
  }
  remember_focus (self);
  /* What cannot be saved stays where it is, and is tried again; to keep the tablet open would not help it. */
  soban_window_flush (self);
  if (self->idle != NULL) {
    soban_idle_watch_stop (self->idle);
  }
  close_popovers (GTK_WIDGET (self->toasts));
  close_dialogs (self);
  take_offer (self);
  put_away (self);
  self->lock_page = soban_lock_page_new (self->store);
  g_signal_connect_object (self->lock_page, "unlocked", G_CALLBACK (unlock), self, G_CONNECT_SWAPPED);
  gtk_widget_set_vexpand (self->lock_page, TRUE);
  gtk_box_append (self->layers, self->lock_page);
  set_actions_enabled (self, FALSE);
  soban_lock_page_focus (SOBAN_LOCK_PAGE (self->lock_page));
}

void
soban_window_watch_idle (SobanWindow *self)
{
  if (self->lock_page != NULL || self->store == NULL) {
    return;
  }
  set_actions_enabled (self, TRUE);
  if (!soban_store_has_pin (self->store)) {
    g_clear_object (&self->idle);
    return;
  }
  if (self->idle == NULL) {
    self->idle = soban_idle_watch_new (GTK_WINDOW (self), SOBAN_LOCK_IDLE_MS);
    g_signal_connect_object (self->idle, "idle", G_CALLBACK (soban_window_lock), self, G_CONNECT_SWAPPED);
  }
  soban_idle_watch_start (self->idle);
}

/* ---- actions ---- */

static void
lock (GtkWidget *widget, const char *name, GVariant *parameter)
{
  soban_window_lock (SOBAN_WINDOW (widget));
}

static void
on_pin_done (SobanWindow *self, const char *sentence, GtkWidget *page)
{
  soban_page_stack_remove (self->pages, page);
  soban_window_tell (self, sentence);
  /* It locked while the PIN was being taken away, by who knew it: nothing would open it any more. */
  if (soban_window_is_locked (self) && !soban_store_has_pin (self->store)) {
    unlock (self);
  }
  soban_window_watch_idle (self);
}

static void
open_pin (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanWindow *self = SOBAN_WINDOW (widget);
  GtkWidget *page;

  if (self->store == NULL || SOBAN_IS_PIN_PAGE (soban_page_stack_get_top (self->pages))) {
    return;
  }
  page = soban_pin_page_new (self->store, g_variant_get_boolean (parameter));
  g_signal_connect_object (page, "done", G_CALLBACK (on_pin_done), self, G_CONNECT_SWAPPED);
  soban_page_stack_push (self->pages, page);
  soban_pin_page_focus (SOBAN_PIN_PAGE (page));
}

void
soban_window_install_lock_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.lock", NULL, lock);
  gtk_widget_class_install_action (widget_class, "win.pin", "b", open_pin);
}
