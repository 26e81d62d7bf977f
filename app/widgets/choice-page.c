/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/choice-page.h"

#include "widgets/wrapped-label.h"

struct _SobanChoicePage {
  AdwBin parent_instance;

  AdwWindowTitle *title;
  GtkEditable *search;
  GtkStack *stack;
  GtkListView *list;
  SobanChoiceModel *model;
};

G_DEFINE_FINAL_TYPE (SobanChoicePage, soban_choice_page, ADW_TYPE_BIN)

static void
show_matches (SobanChoicePage *self)
{
  const char *search = gtk_editable_get_text (self->search);

  soban_choice_model_search (self->model, search);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0) {
    gtk_stack_set_visible_child_name (self->stack, "list");
  } else {
    gtk_stack_set_visible_child_name (self->stack, *search == '\0' ? "none" : "empty");
  }
}

static void
choose (SobanChoicePage *self, guint position)
{
  g_autoptr (SobanChoiceItem) item = g_list_model_get_item (G_LIST_MODEL (self->model), position);

  if (item != NULL) {
    g_signal_emit_by_name (self, "chosen", soban_choice_item_get_value (item), soban_choice_item_get_label (item));
  }
}

static void
on_search_changed (SobanChoicePage *self)
{
  show_matches (self);
}

static void
on_search_activate (SobanChoicePage *self)
{
  show_matches (self);
  if (soban_choice_model_has_match (self->model)) {
    choose (self, 0);
  }
}

static void
on_activate (SobanChoicePage *self, guint position)
{
  choose (self, position);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = soban_wrapped_label_new (NULL, NULL);

  gtk_list_item_set_child (item, label);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_list_item_get_child (item);
  const char *text = soban_choice_item_get_label (gtk_list_item_get_item (item));

  gtk_label_set_text (GTK_LABEL (label), text);
  /* Rows of a GtkListView have no accessible name of their own before 4.12. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (label)), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
}

static gboolean
grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (SOBAN_CHOICE_PAGE (widget)->search));
}

static void
soban_choice_page_dispose (GObject *object)
{
  SobanChoicePage *self = SOBAN_CHOICE_PAGE (object);

  g_clear_object (&self->model);
  gtk_widget_dispose_template (GTK_WIDGET (self), SOBAN_TYPE_CHOICE_PAGE);
  G_OBJECT_CLASS (soban_choice_page_parent_class)->dispose (object);
}

static void
soban_choice_page_class_init (SobanChoicePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = soban_choice_page_dispose;
  widget_class->grab_focus = grab_focus;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/soban/Soban/widgets/choice-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SobanChoicePage, title);
  gtk_widget_class_bind_template_child (widget_class, SobanChoicePage, search);
  gtk_widget_class_bind_template_child (widget_class, SobanChoicePage, stack);
  gtk_widget_class_bind_template_child (widget_class, SobanChoicePage, list);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  g_signal_new ("chosen", SOBAN_TYPE_CHOICE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                G_TYPE_STRING);
}

static void
soban_choice_page_init (SobanChoicePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
soban_choice_page_new (const char *title, SobanChoiceModel *model)
{
  SobanChoicePage *self = g_object_new (SOBAN_TYPE_CHOICE_PAGE, NULL);
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSelectionModel) selection =
      GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (G_LIST_MODEL (model))));

  self->model = g_object_ref (model);
  adw_window_title_set_title (self->title, title);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  gtk_list_view_set_factory (self->list, factory);
  show_matches (self);
  gtk_list_view_set_model (self->list, selection);
  return GTK_WIDGET (self);
}
