/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "entry/page-sheet.h"

#include <glib/gi18n-lib.h>

#include "compat/wrap-labels.h"
#include "entry/page-flow.h"
#include "entry/picking.h"
#include "entry/repeat-list.h"
#include "widgets/answer-list.h"

/* What is done ahead, in this order. */
typedef enum { STAGE_MAKE, STAGE_REFRESH, STAGE_STYLE, STAGE_MEASURE, STAGE_LAY_OUT, STAGE_SHAPE, STAGE_READY } Stage;

struct _SobanPageSheet {
  GtkWidget parent_instance;

  SobanEntry *entry;
  char *id; /* (nullable): of the page; NULL = the review */
  GtkWidget *content;
  GtkBox *core;
  GtkExpander *expander;
  GtkBox *more;
  SobanPageView *view; /* (nullable): of a page of questions */
  GtkWidget *repeats;  /* (nullable): the list of a repeat's page */

  Stage stage;
  guint piece;    /* of the stage: how many are done */
  gboolean stale;  /* what it tells, and how it asks, may be of another time */
  gboolean styled; /* GTK has given it its style */
};

G_DEFINE_FINAL_TYPE (SobanPageSheet, soban_page_sheet, GTK_TYPE_WIDGET)

/* ---- the review ---- */

static void
on_answer_tapped (const char *path, gpointer data)
{
  gtk_widget_activate_action (data, "entry.answer", "s", path);
}

static void
fill_review (SobanPageSheet *self)
{
  SobanFormInstance *instance = soban_entry_get_instance (self->entry);
  g_autoptr (GPtrArray) pages = soban_form_instance_list_pages (instance);
  GtkWidget *more, *old;

  while ((old = gtk_widget_get_first_child (GTK_WIDGET (self->core))) != NULL) {
    gtk_box_remove (self->core, old);
  }
  gtk_box_append (self->core, soban_answer_list_new (soban_entry_get_store (self->entry), instance, on_answer_tapped, self));
  if (soban_page_flow_first_detail (pages) != SOBAN_PAGE_NONE) {
    more = gtk_button_new_with_label (_("Add details (need not be filled in)"));
    gtk_widget_set_halign (more, GTK_ALIGN_START);
    gtk_widget_add_css_class (more, "more-button");
    gtk_actionable_set_action_name (GTK_ACTIONABLE (more), "entry.details");
    gtk_box_append (self->core, more);
  }
  soban_wrap_labels (GTK_WIDGET (self->core));
}

/* ---- pages ---- */

static void
on_item_opened (SobanRepeatList *list, const char *instance_path, SobanPageSheet *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "entry.item", "s", instance_path);
}

static void
on_open_picker (SobanPageView *page_view, SobanQuestionView *view, SobanPageSheet *self)
{
  soban_pick (view);
}

/* As it stands now, whoever saw it last. */
static void
refresh (SobanPageSheet *self, const SobanPage *page)
{
  if (self->view == NULL && self->repeats == NULL) {
    fill_review (self);
    return;
  }
  if (self->repeats != NULL) {
    soban_repeat_list_refresh (SOBAN_REPEAT_LIST (self->repeats));
    soban_wrap_labels (self->repeats);
    return;
  }
  if (self->stale) {
    soban_page_view_calm (self->view);
    self->stale = FALSE;
  }
  soban_page_view_show (self->view, page);
}

/* What is not seen is visible all the same, as GTK understands it: only so it gets its style before it is seen. But nothing is drawn of
 * it, no key and no screen reader gets there. */
static void
set_seen (SobanPageSheet *self, gboolean seen)
{
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_widget_set_can_focus (widget, seen);
  gtk_widget_set_visible (widget, TRUE);
  if (gtk_widget_get_child_visible (widget) != seen) {
    gtk_widget_set_child_visible (widget, seen);
    gtk_widget_queue_resize (widget);
  }
  /* After what is visible was called so to a screen reader. */
  gtk_accessible_update_state (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_STATE_HIDDEN, !seen, -1);
}

gboolean
soban_page_sheet_is_of (SobanPageSheet *self, const SobanPage *page)
{
  return g_strcmp0 (self->id, page == NULL ? NULL : page->id) == 0;
}

void
soban_page_sheet_show (SobanPageSheet *self, const SobanPage *page)
{
  g_return_if_fail (SOBAN_IS_PAGE_SHEET (self));
  /* A review that was filled and not spoiled since is of the answers as they are. */
  if (page != NULL || self->stage <= STAGE_REFRESH) {
    refresh (self, page);
  }
  self->stage = STAGE_READY;
  set_seen (self, TRUE);
}

void
soban_page_sheet_hide (SobanPageSheet *self)
{
  g_return_if_fail (SOBAN_IS_PAGE_SHEET (self));
  set_seen (self, FALSE);
  soban_page_sheet_spoil (self);
}

void
soban_page_sheet_spoil (SobanPageSheet *self)
{
  g_return_if_fail (SOBAN_IS_PAGE_SHEET (self));
  self->stage = STAGE_MAKE;
  /* What is told on the page that is seen stays. */
  self->stale = !gtk_widget_get_child_visible (GTK_WIDGET (self));
}

/* ---- ahead ---- */

/* What is measured one by one: questions, rows. A box that only stacks others has their width and is looked into. */
static void
collect_pieces (GPtrArray *pieces, GtkWidget *box)
{
  for (GtkWidget *child = gtk_widget_get_first_child (box); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    if (SOBAN_IS_REPEAT_LIST (child)) {
      collect_pieces (pieces, gtk_widget_get_first_child (child));
    } else if (G_OBJECT_TYPE (child) == GTK_TYPE_BOX && gtk_orientable_get_orientation (GTK_ORIENTABLE (child)) == GTK_ORIENTATION_VERTICAL) {
      collect_pieces (pieces, child);
    } else {
      g_ptr_array_add (pieces, child);
    }
  }
}

static void
measure (GtkWidget *widget, int width, int *ret_height)
{
  int narrowest;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &narrowest, NULL, NULL, NULL);
  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, MAX (width, narrowest), NULL, ret_height, NULL, NULL);
}

/* The letters of a label become glyphs when its lines are asked for. */
static void
shape (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget)) {
    pango_layout_get_line_count (gtk_label_get_layout (GTK_LABEL (widget)));
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    if (gtk_widget_get_visible (child)) {
      shape (child);
    }
  }
}

/* FALSE: it was the last piece of the stage. */
static gboolean
do_piece (SobanPageSheet *self, int width)
{
  g_autoptr (GPtrArray) pieces = g_ptr_array_new ();

  collect_pieces (pieces, GTK_WIDGET (self->core));
  if (gtk_expander_get_expanded (self->expander)) {
    collect_pieces (pieces, GTK_WIDGET (self->more));
  }
  if (self->piece >= pieces->len) {
    return FALSE;
  }
  if (self->stage == STAGE_MEASURE) {
    measure (g_ptr_array_index (pieces, self->piece), width, NULL);
  } else {
    shape (g_ptr_array_index (pieces, self->piece));
  }
  self->piece++;
  return TRUE;
}

static void
lay_out (SobanPageSheet *self, int width)
{
  int height;

  measure (self->content, width, &height);
  gtk_widget_allocate (self->content, width, height, -1, NULL);
}

SobanSheetState
soban_page_sheet_prepare (SobanPageSheet *self, const SobanPage *page, int width)
{
  gboolean more = FALSE;

  g_return_val_if_fail (SOBAN_IS_PAGE_SHEET (self) && !gtk_widget_get_child_visible (GTK_WIDGET (self)), SOBAN_SHEET_READY);
  switch (self->stage) {
  case STAGE_MAKE:
    more = self->view != NULL && soban_page_view_add_one (self->view, page);
    break;
  case STAGE_REFRESH:
    refresh (self, page);
    set_seen (self, FALSE);
    break;
  case STAGE_STYLE:
    return SOBAN_SHEET_WAITS;
  case STAGE_MEASURE:
  case STAGE_SHAPE:
    more = do_piece (self, width);
    break;
  case STAGE_LAY_OUT:
    lay_out (self, width);
    break;
  case STAGE_READY:
    return SOBAN_SHEET_READY;
  }
  if (!more) {
    self->stage++;
    self->piece = 0;
  }
  return self->stage == STAGE_READY ? SOBAN_SHEET_READY : SOBAN_SHEET_UNFINISHED;
}

void
soban_page_sheet_go_on (SobanPageSheet *self)
{
  g_return_if_fail (SOBAN_IS_PAGE_SHEET (self));
  if (self->stage == STAGE_STYLE) {
    self->stage++;
  }
}

gboolean
soban_page_sheet_is_styled (SobanPageSheet *self)
{
  return self->styled;
}

void
soban_page_sheet_set_styled (SobanPageSheet *self)
{
  if (!self->styled) {
    self->styled = TRUE;
    gtk_widget_queue_resize (GTK_WIDGET (self));
  }
}

SobanPageView *
soban_page_sheet_get_view (SobanPageSheet *self)
{
  return self->view;
}

/* ---- class ---- */

static void
soban_page_sheet_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (soban_page_sheet_parent_class)->css_changed (widget, change);
  soban_page_sheet_set_styled (SOBAN_PAGE_SHEET (widget));
}

static void
soban_page_sheet_dispose (GObject *object)
{
  SobanPageSheet *self = SOBAN_PAGE_SHEET (object);

  g_clear_object (&self->view);
  g_clear_pointer (&self->content, gtk_widget_unparent);
  g_clear_object (&self->entry);
  G_OBJECT_CLASS (soban_page_sheet_parent_class)->dispose (object);
}

static void
soban_page_sheet_finalize (GObject *object)
{
  g_free (SOBAN_PAGE_SHEET (object)->id);
  G_OBJECT_CLASS (soban_page_sheet_parent_class)->finalize (object);
}

static void
soban_page_sheet_class_init (SobanPageSheetClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = soban_page_sheet_dispose;
  G_OBJECT_CLASS (klass)->finalize = soban_page_sheet_finalize;
  GTK_WIDGET_CLASS (klass)->css_changed = soban_page_sheet_css_changed;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
soban_page_sheet_init (SobanPageSheet *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_widget_set_child_visible (GTK_WIDGET (self), FALSE);
  self->content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_parent (self->content, GTK_WIDGET (self));
  self->core = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  self->more = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  self->expander = GTK_EXPANDER (gtk_expander_new (_("More (need not be filled in)")));
  /* GTK 4.8 does not take the name from the label. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->expander), GTK_ACCESSIBLE_PROPERTY_LABEL, _("More (need not be filled in)"), -1);
  gtk_widget_add_css_class (GTK_WIDGET (self->expander), "more");
  gtk_widget_set_visible (GTK_WIDGET (self->expander), FALSE);
  gtk_expander_set_child (self->expander, GTK_WIDGET (self->more));
  gtk_box_append (GTK_BOX (self->content), GTK_WIDGET (self->core));
  gtk_box_append (GTK_BOX (self->content), GTK_WIDGET (self->expander));
  soban_wrap_labels (GTK_WIDGET (self->expander));
}

GtkWidget *
soban_page_sheet_new (SobanEntry *entry, const SobanPage *page)
{
  SobanPageSheet *self = g_object_new (SOBAN_TYPE_PAGE_SHEET, NULL);

  self->entry = g_object_ref (entry);
  if (page == NULL) {
    return GTK_WIDGET (self);
  }
  self->id = g_strdup (page->id);
  if (page->kind == SOBAN_PAGE_REPEAT) {
    self->repeats = soban_repeat_list_new (entry, page->repeat_path);
    gtk_box_append (self->core, self->repeats);
    g_signal_connect_object (self->repeats, "opened", G_CALLBACK (on_item_opened), self, 0);
    g_signal_connect_object (self->repeats, "added", G_CALLBACK (on_item_opened), self, 0);
  } else {
    self->view = soban_page_view_new (entry, self->core, self->expander, self->more);
    g_signal_connect_object (self->view, "open-picker", G_CALLBACK (on_open_picker), self, 0);
  }
  return GTK_WIDGET (self);
}
