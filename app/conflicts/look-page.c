/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "conflicts/look-page.h"

#include <glib/gi18n-lib.h>

#include "conflicts/look-card.h"
#include "trouble/trouble-text.h"

/* A list to work off: what comes after shows when these are done. */
#define SHOWN_MAX 50

struct _SobanLookPage {
  AdwBin parent_instance;

  GtkStack *stack;
  AdwStatusPage *trouble;
  GtkBox *cards;

  SobanStore *store;
  gboolean reading;
  gboolean again; /* the store changed while it was being read */
};

G_DEFINE_FINAL_TYPE (SobanLookPage, soban_look_page, ADW_TYPE_BIN)

typedef struct {
  SobanLookPage *self;
  GPtrArray *items; /* (nullable) */
} Reading;

static void read_items (SobanLookPage *self);

static gboolean
run_reading (SobanStore *store, gpointer data, GError **error)
{
  Reading *reading = data;

  reading->items = soban_look_items_read (store, SHOWN_MAX, error);
  return reading->items != NULL;
}

/* -1: the focus is elsewhere. */
static int
find_focused (SobanLookPage *self)
{
  int index = 0;

  for (GtkWidget *card = gtk_widget_get_first_child (GTK_WIDGET (self->cards)); card != NULL;
       card = gtk_widget_get_next_sibling (card), index++) {
    if (gtk_widget_get_focus_child (GTK_WIDGET (self->cards)) == card) {
      return index;
    }
  }
  return -1;
}

static void
show_items (SobanLookPage *self, const GPtrArray *items)
{
  int focused = find_focused (self);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->cards))) != NULL) {
    gtk_box_remove (self->cards, child);
  }
  for (guint i = 0; i < items->len; i++) {
    GtkWidget *card = soban_look_card_new (self->store, g_ptr_array_index (items, i));

    gtk_box_append (self->cards, card);
    if (focused >= 0 && i == MIN ((guint)focused, items->len - 1)) {
      soban_look_card_focus (card);
    }
  }
  gtk_stack_set_visible_child_name (self->stack, items->len == 0 ? "none" : "list");
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Reading *reading = data;
  g_autoptr (SobanLookPage) self = reading->self;
  g_autoptr (GPtrArray) items = reading->items;
  g_autoptr (GError) error = NULL;
  gboolean done = soban_store_run_finish (SOBAN_STORE (source), result, &error);

  self->reading = FALSE;
  if (self->store == NULL) {
    return;
  }
  if (self->again) {
    read_items (self);
    return;
  }
  if (done) {
    show_items (self, items);
  } else {
    g_autofree char *sentence = soban_trouble_text (error);
    g_autofree char *escaped = g_markup_escape_text (sentence, -1);

    adw_status_page_set_description (self->trouble, escaped);
    gtk_stack_set_visible_child_name (self->stack, "trouble");
  }
  g_signal_emit_by_name (self, "loaded");
}

static void
read_items (SobanLookPage *self)
{
  Reading *reading;

  self->again = self->reading;
  if (self->reading) {
    return;
  }
  self->reading = TRUE;
  reading = g_new0 (Reading, 1);
  reading->self = g_object_ref (self);
  soban_store_run_async (self->store, run_reading, reading, NULL, NULL, on_read, reading);
}

static void
soban_look_page_dispose (GObject *object)
{
  SobanLookPage *self = SOBAN_LOOK_PAGE (object);

  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (self), SOBAN_TYPE_LOOK_PAGE);
  G_OBJECT_CLASS (soban_look_page_parent_class)->dispose (object);
}

static void
soban_look_page_class_init (SobanLookPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = soban_look_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/soban/Soban/conflicts/look-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SobanLookPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SobanLookPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, SobanLookPage, cards);
  g_signal_new ("loaded", SOBAN_TYPE_LOOK_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
soban_look_page_init (SobanLookPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
soban_look_page_new (SobanStore *store)
{
  SobanLookPage *self = g_object_new (SOBAN_TYPE_LOOK_PAGE, NULL);

  self->store = g_object_ref (store);
  g_signal_connect_object (store, "changed", G_CALLBACK (read_items), self, G_CONNECT_SWAPPED);
  read_items (self);
  return GTK_WIDGET (self);
}
