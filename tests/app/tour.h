/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sample.h"
#include "window.h"

/**
 * Tour: a walk through every screen of the app in each of its states. At each stop @visit is called: pictures.c draws there, labels.c
 * looks for texts that are cut off. One screen is one line of the table in tour.c; a new state of a screen is one more stop in its walk.
 */
typedef struct _Tour Tour;

/* @window: the app's, or the dialog over it. */
typedef void (*TourVisit) (Tour *tour, const char *stop, GtkWindow *window, gpointer data);

struct _Tour {
  SobanStore *store;
  SobanSyncScheduler *scheduler;
  SobanWindow *window;
  int width, height; /* px of the window */
  TourVisit visit;
  gpointer data;
};

typedef enum {
  TOUR_FRESH,    /* as it comes: no commune, no name */
  TOUR_BEGUN,    /* nothing recorded yet */
  TOUR_FILLED,   /* teams, villages, activities */
  TOUR_ENROLLED, /* filled, and linked with a commune office that does not answer */
} TourStore;

typedef struct {
  const char *name;
  void (*walk) (Tour *tour);
} TourScreen;

extern const TourScreen TOUR_SCREENS[]; /* up to one without a name */

/* Once, after GTK has started. */
void tour_init (void);
/* A store of its own for each part of a walk, so that the order of the parts does not matter. */
void tour_begin (Tour *tour, TourStore state);
void tour_end (Tour *tour);
void tour_open_window (Tour *tour);
void tour_close_window (Tour *tour);

/* Waits until what is under way has been shown, then visits. @format: as printf() */
void tour_stop (Tour *tour, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Waits for a dialog, visits it and closes it with "cancel" or as the window manager would. */
void tour_stop_at_dialog (Tour *tour, const char *stop);
/* Runs a window's action. @format: (nullable): of the parameters, as g_variant_new() */
void tour_go (Tour *tour, const char *action, const char *format, ...);
void tour_back (Tour *tour);
GtkWidget *tour_get_top (Tour *tour); /* (transfer none) */
/* Waits until the page on top is of @type; (transfer none) */
GtkWidget *tour_wait_for_page (Tour *tour, GType type);
/* Waits until a widget of @type that says @msgid, translated, is in view; @msgid NULL: whatever it says; (transfer none) */
GtkWidget *tour_wait_for (Tour *tour, GType type, const char *msgid);
void tour_click (Tour *tour, const char *msgid);

/* The walks. */
void tour_walk_welcome (Tour *tour);
void tour_walk_trouble (Tour *tour);
void tour_walk_home (Tour *tour);
void tour_walk_entry (Tour *tour);
void tour_walk_start (Tour *tour);
void tour_walk_repeat (Tour *tour);
void tour_walk_forms (Tour *tour);
void tour_walk_controls (Tour *tour);
void tour_walk_records (Tour *tour);
void tour_walk_look (Tour *tour);
void tour_walk_reports (Tour *tour);
void tour_walk_sync (Tour *tour);
void tour_walk_settings (Tour *tour);
void tour_walk_lock (Tour *tour);
