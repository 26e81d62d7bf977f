/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "entry/entry-page.h"
#include "lock/idle-watch.h"
#include "records/records-page.h"
#include "window.h"

/* Brings back a part of the page on top; offered as long as that page is there. */
#define UNDO_REMOVAL "win.undo-removal"

/* What window*.c share: the window is one class in several files, each with the actions of one matter. */
struct _SobanWindow {
  AdwApplicationWindow parent_instance;

  GtkBox *layers; /* what is shown, and over it the lock screen */
  AdwToastOverlay *toasts;
  SobanPageStack *pages;

  SobanStore *store;             /* (nullable) until it is open */
  SobanSyncScheduler *scheduler; /* (nullable) until it is open */
  char *deleted;                 /* (nullable): id of the record deleted last, for undo */
  SobanEntry *discarded;         /* (nullable): the draft thrown away last, for undo; @deleted is NULL then */
  gboolean opening;              /* an entry is being opened: a second tap opens no second one */
  guint spare_source;            /* 0: nothing waits to be let go of */
  gboolean losing;               /* the person chose to close although something cannot be saved */

  /* window-lock.c */
  GtkWidget *lock_page;      /* (nullable): while it is locked */
  SobanIdleWatch *idle;      /* (nullable): where there is a PIN */
  GtkWidget *focus_before;   /* (nullable): weak: where the keyboard was when it was locked */
  GtkWindow *vault;          /* (nullable): where the pages are then; never shown */
  GStrvBuilder *told;        /* what was told while it was locked */
  AdwToast *offered;         /* (nullable): weak: the last one with a button, as long as it can be pressed */
  GStrv offer;               /* (nullable): of that: text, label, action, and the target, if there is one */
  GStrv held;                /* (nullable): the same, of what is to be offered when it is unlocked */
};


/* Opens pages (window-pages.c). */
void soban_window_install_page_actions (GtkWidgetClass *widget_class);
/* Shows the first page. */
void soban_window_begin (SobanWindow *self);
/* Locks, sets the PIN (window-lock.c). */
void soban_window_install_lock_actions (GtkWidgetClass *widget_class);
/* The window goes. */
void soban_window_drop_lock (SobanWindow *self);
/* From now on it locks itself when nobody touches it, where there is a PIN. */
void soban_window_watch_idle (SobanWindow *self);
/* Locked, @offer (as in SobanWindow) waits until the window is open: TRUE then. Else FALSE. */
gboolean soban_window_hold_offer (SobanWindow *self, const char *const *offer);
/* @toast makes @offer: where the window is locked meanwhile, it is made anew. */
void soban_window_watch_offer (SobanWindow *self, AdwToast *toast, const char *const *offer);
/* Saves the draft of @page before it goes (window-leaving.c). FALSE: it cannot be saved, and stays where it can be seen. */
gboolean soban_window_leave_entry (SobanWindow *self, SobanEntryPage *page);
/* Leaves what lies over the page on which the draft @id is open: two pages of one draft would take back each other's answers.
 * FALSE: it is open nowhere. */
gboolean soban_window_go_to_entry (SobanWindow *self, const SobanUuid *id);
/* It is looked at no more, or again. */
void soban_window_note_active (SobanWindow *self);
/* All is saved, or the person wants to lose it. Else asks, and closes the window when that is the answer. */
gboolean soban_window_may_close (SobanWindow *self);
/* Deletes, and takes it back (window-undo.c). */
void soban_window_install_undo_actions (GtkWidgetClass *widget_class);

/* The draft of @entry was thrown away: says so, and offers it back. */
void soban_window_offer_draft (SobanWindow *self, SobanEntry *entry);
/* (nullable) (transfer none): the records page, when one is open. */
SobanRecordsPage *soban_window_find_records_page (SobanWindow *self);
/* Says @text, with a button. @label: (nullable): none; @target: (nullable): of @action */
void soban_window_add_toast (SobanWindow *self, const char *text, const char *label, const char *action, const char *target);
/* Says what @error means for the person. */
void soban_window_tell_error (SobanWindow *self, const GError *error);
/* The page asks for another language. */
void soban_window_change_language (SobanWindow *self, const char *language);
