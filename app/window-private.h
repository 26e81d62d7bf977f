/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "entry/entry.h"
#include "records/records-page.h"
#include "window.h"

/* What window*.c share: the window is one class in several files, each with the actions of one matter. */
struct _SobanWindow {
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  SobanPageStack *pages;

  SobanStore *store;             /* (nullable) until it is open */
  SobanSyncScheduler *scheduler; /* (nullable) until it is open */
  char *deleted;                 /* (nullable): id of the record deleted last, for undo */
  SobanEntry *discarded;         /* (nullable): the draft thrown away last, for undo; @deleted is NULL then */
  gboolean opening;              /* an entry is being opened: a second tap opens no second one */
  guint spare_source;            /* 0: nothing waits to be let go of */
  gboolean losing;               /* the person chose to close although something cannot be saved */
};


/* Opens pages (window-pages.c). */
void soban_window_install_page_actions (GtkWidgetClass *widget_class);
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
