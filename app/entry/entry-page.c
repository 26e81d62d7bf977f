/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "entry/entry-page.h"

#include <glib/gi18n-lib.h>

#include "compat/first-focus.h"
#include "entry/earlier-offer.h"
#include "entry/entry-page-end.h"
#include "entry/form-notice.h"
#include "entry/keep-in-view.h"
#include "entry/page-deck.h"
#include "entry/page-flow.h"
#include "trouble/trouble-text.h"
#include "widgets/button-row.h"

struct _SobanEntryPage {
  AdwBin parent_instance;

  AdwWindowTitle *title;
  GtkProgressBar *progress;
  GtkLabel *trouble;
  GtkScrolledWindow *scroller;
  GtkLabel *heading;
  SobanFormNotice *form_notice;
  AdwBin *start;
  SobanPageDeck *deck;
  GtkLabel *note;
  GtkButton *back;
  GtkBox *button_row;
  GtkLabel *steps;
  GtkButton *next;

  SobanEntry *entry;
  GPtrArray *pages;    /* (element-type SobanPage): as they stand now */
  char *at;            /* (nullable): id of the page seen; NULL = the review */
  char *told;          /* (nullable): id of the page whose problems were told when Next was pressed */
  gint64 told_us;      /* when the review, or what is told on a page, came to be seen */
  gboolean hasty;      /* a finger is on Next since too short a time after that */
  gboolean from_review; /* the page seen was gone to from the review: Next leads back there */
};

/* As long as GTK takes two taps for a double one. */
#define SECOND_TAP_US_MAX (400 * 1000)

/* Holds the room of what is said of saving: the page would move under the finger that writes the first answer. */
#define EMPTY_LINE "\302\240"

G_DEFINE_FINAL_TYPE (SobanEntryPage, soban_entry_page, ADW_TYPE_BIN)

static void show_page (SobanEntryPage *self, const char *id);

/* Of the page seen, or SOBAN_PAGE_REVIEW; SOBAN_PAGE_NONE when the page has become irrelevant. */
static guint
get_index (SobanEntryPage *self)
{
  return self->at == NULL ? SOBAN_PAGE_REVIEW : soban_page_flow_find (self->pages, self->at);
}

/* (nullable): the questions of the page seen */
static SobanPageView *
get_view (SobanEntryPage *self)
{
  SobanPageSheet *sheet = soban_page_deck_get_seen (self->deck);

  return sheet == NULL ? NULL : soban_page_sheet_get_view (sheet);
}

static SobanFormInstance *
get_instance (SobanEntryPage *self)
{
  return soban_entry_get_instance (self->entry);
}

static const SobanPage *
get_page (SobanEntryPage *self, guint index)
{
  return g_ptr_array_index (self->pages, index);
}

static void
list_pages (SobanEntryPage *self)
{
  g_clear_pointer (&self->pages, g_ptr_array_unref);
  self->pages = soban_form_instance_list_pages (get_instance (self));
}

static void
set_note (SobanEntryPage *self, const char *text)
{
  gtk_label_set_text (self->note, text == NULL ? "" : text);
  gtk_widget_set_visible (GTK_WIDGET (self->note), text != NULL);
}

/* Where Next leads. */
static guint
find_next (SobanEntryPage *self)
{
  return self->from_review ? SOBAN_PAGE_REVIEW : soban_page_flow_next (self->pages, get_index (self));
}

static void
show_progress (SobanEntryPage *self)
{
  guint previous = soban_page_flow_previous (self->pages, get_index (self));
  guint at, of;
  g_autofree char *text = NULL;

  soban_page_flow_progress (self->pages, get_index (self), &at, &of);
  /* A detail is no station: the review's number would be told for two pages. */
  text = soban_page_flow_is_detail (self->pages, get_index (self)) ? g_strdup (_("Details")) : g_strdup_printf ("%u/%u", at, of);
  gtk_label_set_text (self->steps, text);
  gtk_progress_bar_set_fraction (self->progress, (double)at / of);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->back), previous != SOBAN_PAGE_NONE);
  gtk_button_set_label (self->next, self->at == NULL ? _("_Complete") : self->from_review ? _("To the _review") : _("_Next"));
  soban_page_deck_expect (self->deck, self->pages, self->at == NULL ? SOBAN_PAGE_NONE : find_next (self), previous);
}

static void
show_trouble (SobanEntryPage *self, const char *sentence)
{
  gtk_label_set_text (self->trouble, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), TRUE);
}

static void
on_save_state (SobanEntryPage *self)
{
  const GError *error = soban_entry_get_save_error (self->entry);
  g_autofree char *sentence = error == NULL ? NULL : soban_trouble_text (error);

  gtk_widget_set_visible (GTK_WIDGET (self->trouble), error != NULL);
  if (error != NULL) {
    gtk_label_set_text (self->trouble, sentence);
    adw_window_title_set_subtitle (self->title, _("Not saved yet"));
    return;
  }
  if (!soban_entry_is_touched (self->entry)) {
    adw_window_title_set_subtitle (self->title, EMPTY_LINE);
    return;
  }
  adw_window_title_set_subtitle (self->title, soban_entry_get_save_state (self->entry) == SOBAN_SAVE_SAVED
                                                  ? _("Saved on this tablet")
                                                  : _("Saving…"));
}

/* ---- the review ---- */

/* Who looks it over and goes to one answer comes back to look on. */
static void
show_question_of_review (SobanEntryPage *self, const char *path)
{
  soban_entry_page_show_question (self, path);
  self->from_review = self->at != NULL;
  show_progress (self);
}

/* ---- pages ---- */

/* Shows the page @id, NULL the review. */
static void
show_page (SobanEntryPage *self, const char *id)
{
  g_autofree char *wanted = g_strdup (id);
  g_autoptr (GPtrArray) pages = NULL;
  const SobanPage *page;
  guint index;

  /* What is being completed was checked as it stands. */
  if (soban_entry_page_is_busy (self)) {
    return;
  }
  soban_entry_page_commit (self);
  list_pages (self);
  /* Also if a last letter comes while the focus goes, and they are listed anew. */
  pages = g_ptr_array_ref (self->pages);
  index = soban_page_flow_find (self->pages, wanted);
  g_free (self->at);
  self->at = index == SOBAN_PAGE_NONE ? NULL : g_strdup (wanted);
  g_clear_pointer (&self->told, g_free);
  self->from_review = FALSE;
  set_note (self, NULL);
  if (self->at == NULL) {
    self->told_us = g_get_monotonic_time ();
  }
  page = index == SOBAN_PAGE_NONE ? NULL : get_page (self, index);
  gtk_label_set_text (self->heading, page == NULL ? _("Look it over once more") : page->title);
  gtk_widget_set_visible (GTK_WIDGET (self->heading), *gtk_label_get_text (self->heading) != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->start), index == 0 && adw_bin_get_child (self->start) != NULL);
  soban_page_deck_show (self->deck, page);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
  show_progress (self);
  soban_entry_set_page (self->entry, self->at);
  soban_entry_flush (self->entry);
}

/* To @index, or the review. */
static void
go_to (SobanEntryPage *self, guint index)
{
  show_page (self, index < self->pages->len ? get_page (self, index)->id : NULL);
}

static void
on_entry_changed (SobanEntryPage *self)
{
  SobanPageView *view = get_view (self);
  guint index;

  list_pages (self);
  index = get_index (self);
  if (index == SOBAN_PAGE_NONE) {
    /* An answer made the page seen irrelevant. */
    show_page (self, NULL);
    return;
  }
  if (index != SOBAN_PAGE_REVIEW) {
    soban_page_deck_show (self->deck, get_page (self, index));
  }
  if (view != NULL && gtk_widget_get_visible (GTK_WIDGET (self->note)) && !soban_page_view_has_problem (view)) {
    set_note (self, NULL);
  }
  show_progress (self);
}

/* ---- public ---- */

void
soban_entry_page_commit (SobanEntryPage *self)
{
  g_return_if_fail (SOBAN_IS_ENTRY_PAGE (self));
  if (get_view (self) != NULL) {
    soban_page_view_commit (get_view (self));
  }
}

/* What is said when Next tells what is wrong; it names the button as it reads now. */
static const char *
find_told (SobanEntryPage *self, gboolean only_warnings)
{
  if (self->from_review) {
    return only_warnings ? _("Please look again. If it is right, press “To the review” once more.")
                         : _("Something here needs a look. Press “To the review” again to leave it for later.");
  }
  return only_warnings ? _("Please look again. If it is right, press Next once more.")
                       : _("Something here needs a look. Press Next again to leave it for later.");
}

void
soban_entry_page_next (SobanEntryPage *self)
{
  SobanPageView *view;

  g_return_if_fail (SOBAN_IS_ENTRY_PAGE (self));
  soban_entry_page_commit (self);
  if (self->at == NULL) {
    soban_entry_page_complete (self);
    return;
  }
  view = get_view (self);
  if (view != NULL && g_strcmp0 (self->told, self->at) != 0 && soban_page_view_reveal_problems (view)) {
    self->told = g_strdup (self->at);
    self->told_us = g_get_monotonic_time ();
    soban_keep_in_view_now (self->scroller);
    set_note (self, find_told (self, soban_page_view_has_only_warnings (view)));
    return;
  }
  if (view != NULL && soban_page_view_has_only_warnings (view)) {
    soban_page_view_confirm_warnings (view);
  }
  go_to (self, find_next (self));
}

void
soban_entry_page_back (SobanEntryPage *self)
{
  guint index;

  g_return_if_fail (SOBAN_IS_ENTRY_PAGE (self));
  soban_entry_page_commit (self);
  index = soban_page_flow_previous (self->pages, get_index (self));
  if (index != SOBAN_PAGE_NONE) {
    go_to (self, index);
  }
}

gboolean
soban_entry_page_is_review (SobanEntryPage *self)
{
  return self->at == NULL;
}

void
soban_entry_page_show_review (SobanEntryPage *self)
{
  show_page (self, NULL);
}

void
soban_entry_page_show_question (SobanEntryPage *self, const char *path)
{
  guint index;

  g_return_if_fail (SOBAN_IS_ENTRY_PAGE (self));
  index = soban_page_flow_find_path (self->pages, path);
  if (index == SOBAN_PAGE_NONE) {
    return;
  }
  go_to (self, index);
  if (get_view (self) != NULL) {
    soban_page_view_focus_question (get_view (self), path);
  }
}

gboolean
soban_entry_page_undo_removal (SobanEntryPage *self)
{
  g_autofree char *at = g_strdup (self->at);

  g_return_val_if_fail (SOBAN_IS_ENTRY_PAGE (self), FALSE);
  if (soban_entry_page_is_busy (self)) {
    return FALSE;
  }
  soban_entry_page_commit (self);
  if (!soban_entry_undo_removal (self->entry)) {
    return FALSE;
  }
  show_page (self, at);
  return TRUE;
}

void
soban_entry_page_show_missing (SobanEntryPage *self, const char *path)
{
  show_question_of_review (self, path);
  set_note (self, _("This is still to be answered. What you have written is kept."));
}

void
soban_entry_page_set_busy (SobanEntryPage *self, gboolean busy)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->next), !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->back), !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->deck), !busy);
}

gboolean
soban_entry_page_is_busy (SobanEntryPage *self)
{
  return !gtk_widget_get_sensitive (GTK_WIDGET (self->next));
}

void
soban_entry_page_show_error (SobanEntryPage *self, const GError *error)
{
  g_autofree char *sentence = soban_trouble_text (error);

  show_trouble (self, sentence);
}

gboolean
soban_entry_page_is_ready (SobanEntryPage *self)
{
  g_return_val_if_fail (SOBAN_IS_ENTRY_PAGE (self), FALSE);
  return soban_page_deck_is_ready (self->deck);
}

SobanEntry *
soban_entry_page_get_entry (SobanEntryPage *self)
{
  return self->entry;
}

/* ---- class ---- */

static void
on_back_clicked (SobanEntryPage *self)
{
  soban_entry_page_back (self);
}

static void
on_next_clicked (SobanEntryPage *self)
{
  gboolean hasty = self->hasty;

  self->hasty = FALSE;
  if (!hasty) {
    soban_entry_page_next (self);
  }
}

/* The second tap of a double one meets what was not read yet: it neither completes nor says that something unusual is right. */
static void
on_next_pressed (SobanEntryPage *self)
{
  self->hasty = g_get_monotonic_time () - self->told_us < SECOND_TAP_US_MAX;
}

static void
on_review_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  show_page (SOBAN_ENTRY_PAGE (widget), NULL);
}

static void
on_answer_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  show_question_of_review (SOBAN_ENTRY_PAGE (widget), g_variant_get_string (parameter, NULL));
}

static void
on_details_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanEntryPage *self = SOBAN_ENTRY_PAGE (widget);
  guint index = soban_page_flow_first_detail (self->pages);

  if (index != SOBAN_PAGE_NONE) {
    go_to (self, index);
  }
}

/* The first page of an item of the repeat. */
static void
on_item_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanEntryPage *self = SOBAN_ENTRY_PAGE (widget);

  list_pages (self);
  for (guint i = 0; i < self->pages->len; i++) {
    const SobanPage *page = get_page (self, i);

    if (page->kind == SOBAN_PAGE_QUESTIONS && g_strcmp0 (page->repeat_path, g_variant_get_string (parameter, NULL)) == 0) {
      show_page (self, page->id);
      return;
    }
  }
}

static void
on_too_long_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  set_note (SOBAN_ENTRY_PAGE (widget), _("That is too long for one answer and was not put in. What was there before is kept."));
}

static void
on_discard_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  soban_entry_page_discard (SOBAN_ENTRY_PAGE (widget));
}

static void
on_move_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanEntryPage *self = SOBAN_ENTRY_PAGE (widget);

  if (soban_entry_is_held (self->entry)) {
    gtk_widget_activate_action (widget, "win.tell", "s", _("One moment: the picture or file is not ready yet"));
    return;
  }
  soban_entry_page_commit (self);
  soban_form_notice_ask (self->form_notice);
}

static void
on_form_moved (SobanEntryPage *self)
{
  g_signal_emit_by_name (self, "moved");
}

/* Opened by the keyboard, it has that at the first of it that offers or asks something: GTK goes by places, which there are not yet, and
 * found a button at the bottom. Not for who opened it with a finger: there an on-screen keyboard would come over the page. */
static gboolean
soban_entry_page_focus (GtkWidget *widget, GtkDirectionType direction)
{
  SobanEntryPage *self = SOBAN_ENTRY_PAGE (widget);
  GtkRoot *root = gtk_widget_get_root (widget);

  if (gtk_widget_get_width (widget) == 0 && GTK_IS_WINDOW (root) && gtk_window_get_focus_visible (GTK_WINDOW (root))
      && (soban_first_focus (GTK_WIDGET (self->form_notice)) || soban_first_focus (GTK_WIDGET (self->start))
          || soban_page_deck_focus_first (self->deck))) {
    return TRUE;
  }
  return GTK_WIDGET_CLASS (soban_entry_page_parent_class)->focus (widget, direction);
}

static void
soban_entry_page_dispose (GObject *object)
{
  SobanEntryPage *self = SOBAN_ENTRY_PAGE (object);

  g_clear_object (&self->entry);
  gtk_widget_dispose_template (GTK_WIDGET (self), SOBAN_TYPE_ENTRY_PAGE);
  G_OBJECT_CLASS (soban_entry_page_parent_class)->dispose (object);
}

static void
soban_entry_page_finalize (GObject *object)
{
  SobanEntryPage *self = SOBAN_ENTRY_PAGE (object);

  g_clear_pointer (&self->pages, g_ptr_array_unref);
  g_free (self->at);
  g_free (self->told);
  G_OBJECT_CLASS (soban_entry_page_parent_class)->finalize (object);
}

static void
soban_entry_page_class_init (SobanEntryPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = soban_entry_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = soban_entry_page_finalize;
  widget_class->focus = soban_entry_page_focus;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/soban/Soban/entry/entry-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, title);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, progress);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, heading);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, form_notice);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, start);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, deck);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, note);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, back);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, button_row);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, steps);
  gtk_widget_class_bind_template_child (widget_class, SobanEntryPage, next);
  gtk_widget_class_bind_template_callback (widget_class, on_back_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_next_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_next_pressed);
  gtk_widget_class_install_action (widget_class, "entry.answer", "s", on_answer_activated);
  gtk_widget_class_install_action (widget_class, "entry.details", NULL, on_details_activated);
  gtk_widget_class_install_action (widget_class, "entry.item", "s", on_item_activated);
  gtk_widget_class_install_action (widget_class, "entry.review", NULL, on_review_activated);
  gtk_widget_class_install_action (widget_class, "entry.discard", NULL, on_discard_activated);
  gtk_widget_class_install_action (widget_class, "entry.move", NULL, on_move_activated);
  gtk_widget_class_install_action (widget_class, "entry.too-long", NULL, on_too_long_activated);
  g_signal_new ("moved", SOBAN_TYPE_ENTRY_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("completed", SOBAN_TYPE_ENTRY_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("discarded", SOBAN_TYPE_ENTRY_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
soban_entry_page_init (SobanEntryPage *self)
{
  g_type_ensure (SOBAN_TYPE_FORM_NOTICE);
  g_type_ensure (SOBAN_TYPE_PAGE_DECK);
  gtk_widget_init_template (GTK_WIDGET (self));
  soban_button_row_set_up (self->button_row);
  soban_keep_in_view (self->scroller);
}

GtkWidget *
soban_entry_page_new (SobanEntry *entry)
{
  SobanEntryPage *self = g_object_new (SOBAN_TYPE_ENTRY_PAGE, NULL);
  g_autofree char *start = NULL;

  self->entry = g_object_ref (entry);
  adw_window_title_set_title (self->title, soban_entry_get_title (entry));
  soban_form_notice_set_entry (self->form_notice, entry);
  g_signal_connect_object (self->form_notice, "moved", G_CALLBACK (on_form_moved), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->form_notice, "failed", G_CALLBACK (show_trouble), self, G_CONNECT_SWAPPED);
  soban_page_deck_set_entry (self->deck, entry);
  if (soban_entry_get_earlier (entry) != NULL) {
    adw_bin_set_child (self->start, soban_earlier_offer_new (entry));
  }
  list_pages (self);
  start = g_strdup (soban_entry_get_page (entry));
  if (soban_page_flow_find (self->pages, start) == SOBAN_PAGE_NONE && !soban_entry_get_edits_record (entry)) {
    g_free (start);
    start = self->pages->len > 0 ? g_strdup (get_page (self, 0)->id) : NULL;
  }
  /* Who corrects a record sees all its answers first. */
  show_page (self, start);
  g_signal_connect_object (entry, "changed", G_CALLBACK (on_entry_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (entry, "save-state", G_CALLBACK (on_save_state), self, G_CONNECT_SWAPPED);
  on_save_state (self);
  return GTK_WIDGET (self);
}
