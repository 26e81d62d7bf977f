/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "application.h"
#include "entry/entry-page.h"
#include "window.h"

/* How long something took, ms: by the wall, and on the processor by this process. */
typedef struct {
  double wall, work;
} DrivenTime;

/*
 * The app itself, all of it, in this process, where a benchmark may tap for a person and look at the clock: no more than main.c
 * does is done otherwise. Main thread. A state that does not come within a minute ends the program.
 */
typedef struct {
  SobanApplication *application;
  SobanWindow *window;
  DrivenTime painted; /* when the last frame was on the display */
  guint frames;       /* how many there have been */
} DrivenApp;

/* Opens @store and waits until home has all its tiles. */
DrivenApp *driven_app_open (const char *store);
void driven_app_close (DrivenApp *app);

typedef gboolean (*DrivenAppCondition) (DrivenApp *app, gpointer data);
/* Runs the main loop until @condition holds. */
void driven_app_wait (DrivenApp *app, DrivenAppCondition condition, gpointer data);
DrivenTime driven_time_now (void);
/* Runs the main loop until @condition holds and a frame that shows it is on the display; the time since @start. */
DrivenTime driven_app_wait_for_frame (DrivenApp *app, DrivenTime start, DrivenAppCondition condition, gpointer data);
/* Runs the main loop for so long: what is done when there is nothing else to do gets done. */
void driven_app_rest (DrivenApp *app, guint ms);

/* As a tap does: win.new(form), win.back, win.records(form). */
void driven_app_do (DrivenApp *app, const char *action, const char *parameter);
/* Opens a new record of @form; the time from the tap to the frame that shows its first page. */
DrivenTime driven_app_open_form (DrivenApp *app, const char *form);
SobanEntryPage *driven_app_get_entry (DrivenApp *app); /* (nullable) (transfer none): the form that is seen */
/* Back from a form, or from a page; the time to the frame without it. */
DrivenTime driven_app_go_back (DrivenApp *app);
