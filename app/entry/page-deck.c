/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "entry/page-deck.h"

#include "compat/first-focus.h"
#include "entry/page-flow.h"
#include "spare-memory.h"

#define KEPT_QUESTIONS_MAX 24
/* After the frame that shows the page. */
#define AFTER_SHOW_MS 30
/* Who types does so on. */
#define AFTER_CHANGE_MS 200
/* The style comes in one of them; when the next begins it is there. */
#define FRAMES_TO_STYLE 2
/* Of work ahead at a time, about. */
#define SLICE_US 2000

struct _SobanPageDeck {
  GtkWidget parent_instance;

  SobanEntry *entry;
  SobanPageSheet *seen; /* (nullable); all sheets are children */
  GPtrArray *pages;     /* (nullable) (element-type SobanPage) */
  guint expected[2];    /* in @pages, or SOBAN_PAGE_REVIEW, SOBAN_PAGE_NONE */
  guint timer;
  guint idle;
  guint tick;
  guint frames_to_wait;
  int width; /* what the sheets are laid out for */
};

G_DEFINE_FINAL_TYPE (SobanPageDeck, soban_page_deck, GTK_TYPE_WIDGET)

static SobanPageSheet *
find_sheet (SobanPageDeck *self, const SobanPage *page)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self)); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    if (soban_page_sheet_is_of (SOBAN_PAGE_SHEET (child), page)) {
      return SOBAN_PAGE_SHEET (child);
    }
  }
  return NULL;
}

static SobanPageSheet *
add_sheet (SobanPageDeck *self, const SobanPage *page)
{
  GtkWidget *sheet = soban_page_sheet_new (self->entry, page);

  gtk_widget_set_parent (sheet, GTK_WIDGET (self));
  return SOBAN_PAGE_SHEET (sheet);
}

/* ---- ahead ---- */

/* Whether the @i-th expected page is to be made ahead; NULL in @ret_page = the review. */
static gboolean
get_expected (SobanPageDeck *self, guint i, const SobanPage **ret_page)
{
  guint index = self->expected[i];

  *ret_page = NULL;
  if (self->pages == NULL || index == SOBAN_PAGE_NONE) {
    return FALSE;
  }
  if (index != SOBAN_PAGE_REVIEW) {
    *ret_page = g_ptr_array_index (self->pages, index);
  }
  return (*ret_page == NULL || (*ret_page)->paths->len <= KEPT_QUESTIONS_MAX)
         && (self->seen == NULL || !soban_page_sheet_is_of (self->seen, *ret_page));
}

static gboolean
is_expected (SobanPageDeck *self, SobanPageSheet *sheet)
{
  const SobanPage *page;

  for (guint i = 0; i < G_N_ELEMENTS (self->expected); i++) {
    if (get_expected (self, i, &page) && soban_page_sheet_is_of (sheet, page)) {
      return TRUE;
    }
  }
  return FALSE;
}

/* All but the page seen, and where @expected_too is not set those that may be wanted next. */
static void
drop_sheets (SobanPageDeck *self, gboolean expected_too)
{
  GtkWidget *next;

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self)); child != NULL; child = next) {
    SobanPageSheet *sheet = SOBAN_PAGE_SHEET (child);

    next = gtk_widget_get_next_sibling (child);
    if (sheet != self->seen && (expected_too || !is_expected (self, sheet))) {
      gtk_widget_unparent (child);
    }
  }
}

/* One piece. */
static SobanSheetState
prepare (SobanPageDeck *self)
{
  SobanSheetState least = SOBAN_SHEET_READY;
  const SobanPage *page;

  for (guint i = 0; i < G_N_ELEMENTS (self->expected) && least != SOBAN_SHEET_UNFINISHED; i++) {
    SobanPageSheet *sheet;
    SobanSheetState state;

    if (get_expected (self, i, &page)) {
      sheet = find_sheet (self, page);
      state = soban_page_sheet_prepare (sheet == NULL ? add_sheet (self, page) : sheet, page, self->width);
      least = MIN (least, state);
    }
  }
  return least;
}

static gboolean on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data);

static gboolean
on_idle (gpointer data)
{
  SobanPageDeck *self = data;
  gint64 end = g_get_monotonic_time () + SLICE_US;
  SobanSheetState state;

  do {
    state = prepare (self);
    if (state == SOBAN_SHEET_UNFINISHED && g_get_monotonic_time () >= end) {
      return G_SOURCE_CONTINUE;
    }
  } while (state == SOBAN_SHEET_UNFINISHED);
  self->idle = 0;
  if (state == SOBAN_SHEET_WAITS) {
    self->frames_to_wait = FRAMES_TO_STYLE;
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
  }
  return G_SOURCE_REMOVE;
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  SobanPageDeck *self = SOBAN_PAGE_DECK (widget);

  if (--self->frames_to_wait > 0) {
    return G_SOURCE_CONTINUE;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    soban_page_sheet_go_on (SOBAN_PAGE_SHEET (child));
  }
  self->tick = 0;
  self->idle = g_idle_add_full (G_PRIORITY_LOW, on_idle, self, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_timer (gpointer data)
{
  SobanPageDeck *self = data;

  self->timer = 0;
  drop_sheets (self, FALSE);
  if (self->idle == 0 && self->width > 0) {
    self->idle = g_idle_add_full (G_PRIORITY_LOW, on_idle, self, NULL);
  }
  return G_SOURCE_REMOVE;
}

static void
stop (SobanPageDeck *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->idle, g_source_remove);
  if (self->tick != 0) {
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
    self->tick = 0;
  }
}

static void
prepare_later (SobanPageDeck *self, guint ms)
{
  stop (self);
  self->timer = g_timeout_add (ms, on_timer, self);
}

static void
spoil (SobanPageDeck *self)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self)); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    soban_page_sheet_spoil (SOBAN_PAGE_SHEET (child));
  }
}

/* An answer, what can be chosen, how much room there is: is another now. */
static void
on_changed (SobanPageDeck *self)
{
  spoil (self);
  prepare_later (self, AFTER_CHANGE_MS);
}

static void
on_low_memory (SobanPageDeck *self)
{
  stop (self);
  drop_sheets (self, TRUE);
}

/* ---- public ---- */

/* (nullable) (transfer none): what has the focus on the page seen */
static GtkWidget *
find_focus (SobanPageDeck *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root == NULL ? NULL : gtk_root_get_focus (root);

  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self)) ? focus : NULL;
}

static gboolean
focus_first (SobanPageSheet *sheet)
{
  SobanPageView *view = soban_page_sheet_get_view (sheet);

  return (view != NULL && soban_page_view_focus_first (view)) || soban_first_focus (GTK_WIDGET (sheet));
}

/* Who is on a page with the keyboard goes on at the first question of the next one. */
static void
change_sheet (SobanPageDeck *self, SobanPageSheet *sheet, const SobanPage *page)
{
  gboolean focused = find_focus (self) != NULL;

  if (focused) {
    gtk_root_set_focus (gtk_widget_get_root (GTK_WIDGET (self)), NULL);
  }
  if (self->seen != NULL) {
    soban_page_sheet_hide (self->seen);
  }
  self->seen = sheet;
  soban_page_sheet_show (sheet, page);
  if (focused) {
    focus_first (sheet);
  }
}

void
soban_page_deck_show (SobanPageDeck *self, const SobanPage *page)
{
  SobanPageSheet *sheet;

  g_return_if_fail (SOBAN_IS_PAGE_DECK (self) && self->entry != NULL);
  sheet = find_sheet (self, page);
  if (sheet == NULL) {
    sheet = add_sheet (self, page);
  }
  if (sheet == self->seen) {
    soban_page_sheet_show (sheet, page);
  } else {
    change_sheet (self, sheet, page);
  }
}

void
soban_page_deck_expect (SobanPageDeck *self, GPtrArray *pages, guint next, guint previous)
{
  g_return_if_fail (SOBAN_IS_PAGE_DECK (self));
  g_clear_pointer (&self->pages, g_ptr_array_unref);
  self->pages = g_ptr_array_ref (pages);
  self->expected[0] = next;
  self->expected[1] = previous;
  if (self->timer == 0) {
    prepare_later (self, AFTER_SHOW_MS);
  }
}

gboolean
soban_page_deck_focus_first (SobanPageDeck *self)
{
  g_return_val_if_fail (SOBAN_IS_PAGE_DECK (self), FALSE);
  return self->seen != NULL && focus_first (self->seen);
}

gboolean
soban_page_deck_is_ready (SobanPageDeck *self)
{
  g_return_val_if_fail (SOBAN_IS_PAGE_DECK (self), FALSE);
  return self->timer == 0 && self->idle == 0 && self->tick == 0 && self->width > 0;
}

SobanPageSheet *
soban_page_deck_get_seen (SobanPageDeck *self)
{
  g_return_val_if_fail (SOBAN_IS_PAGE_DECK (self), NULL);
  return self->seen;
}

void
soban_page_deck_set_entry (SobanPageDeck *self, SobanEntry *entry)
{
  g_return_if_fail (SOBAN_IS_PAGE_DECK (self) && self->entry == NULL);
  self->entry = g_object_ref (entry);
  g_signal_connect_object (entry, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (soban_entry_get_store (entry), "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
}

/* ---- class ---- */

static void
soban_page_deck_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                         int *natural_baseline)
{
  SobanPageDeck *self = SOBAN_PAGE_DECK (widget);

  /* How wide it is does not depend on its height; to find that out, a text of several lines would be broken again and again. GTK asks for the
   * first time before the frame in which the style comes, and again then. */
  if (self->seen != NULL && soban_page_sheet_is_styled (self->seen)) {
    gtk_widget_measure (GTK_WIDGET (self->seen), orientation, orientation == GTK_ORIENTATION_HORIZONTAL ? -1 : for_size, minimum, natural, NULL,
                        NULL);
  }
}

static void
soban_page_deck_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SobanPageDeck *self = SOBAN_PAGE_DECK (widget);

  if (self->seen != NULL) {
    /* Whoever asked: now there is a frame. */
    soban_page_sheet_set_styled (self->seen);
    gtk_widget_allocate (GTK_WIDGET (self->seen), width, height, -1, NULL);
  }
  if (width != self->width) {
    self->width = width;
    on_changed (self);
  }
}

static GtkSizeRequestMode
soban_page_deck_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* Settings that were changed above it (reading aloud) hold when it is seen again. */
static void
soban_page_deck_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (soban_page_deck_parent_class)->map (widget);
  on_changed (SOBAN_PAGE_DECK (widget));
}

static void
soban_page_deck_dispose (GObject *object)
{
  SobanPageDeck *self = SOBAN_PAGE_DECK (object);

  stop (self);
  self->seen = NULL;
  drop_sheets (self, TRUE);
  g_clear_pointer (&self->pages, g_ptr_array_unref);
  g_clear_object (&self->entry);
  G_OBJECT_CLASS (soban_page_deck_parent_class)->dispose (object);
}

static void
soban_page_deck_class_init (SobanPageDeckClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = soban_page_deck_dispose;
  widget_class->measure = soban_page_deck_measure;
  widget_class->size_allocate = soban_page_deck_size_allocate;
  widget_class->get_request_mode = soban_page_deck_get_request_mode;
  widget_class->map = soban_page_deck_map;
}

static void
soban_page_deck_init (SobanPageDeck *self)
{
  self->expected[0] = self->expected[1] = SOBAN_PAGE_NONE;
  soban_spare_memory_watch (G_CALLBACK (on_low_memory), self);
}
