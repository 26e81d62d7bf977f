/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/scheduler.h"
#include "compat/page-stack.h"
#include "store/store.h"

/**
 * SobanWindow: the window: pages above each other, toasts, and the actions by which pages open each other:
 * win.back, win.home, win.new(form), win.edit(id), win.record(id), win.records(form or ""), win.search, win.delete(id),
 * win.undelete(id), win.undo, win.removed(text), win.reports, win.report-parts(indicator, period), win.report-records(selection), win.sync, win.enrol, win.settings, win.tell(text), win.entry-next, win.entry-back,
 * win.entry-review, win.keys, win.lock, win.pin(takes it away).
 */
#define SOBAN_TYPE_WINDOW (soban_window_get_type ())
G_DECLARE_FINAL_TYPE (SobanWindow, soban_window, SOBAN, WINDOW, AdwApplicationWindow)

typedef struct _SobanApplication SobanApplication;

/* @application: (nullable): tests make windows without one */
GtkWidget *soban_window_new (SobanApplication *application);
/* The store is open: shows the first run, or home. */
void soban_window_set_store (SobanWindow *self, SobanStore *store, SobanSyncScheduler *scheduler);
/* The store does not open: says why and what to do. */
void soban_window_show_store_error (SobanWindow *self, const GError *error);
/* Saves what is being written, now. FALSE: there is no room for it, say, and the person was told; it is on its page still. A picture that
 * is being made ready is no answer yet: FALSE, too. */
gboolean soban_window_flush (SobanWindow *self);
/* A picture or file is being made ready for an answer: soon it can be saved. */
gboolean soban_window_is_making (SobanWindow *self);
/* (transfer full) (nullable): the action that leads back to what is being done, for a program that is started anew in another language. */
char *soban_window_describe_resume (SobanWindow *self);
/* Locks it where there is a PIN: what is written is saved, nothing of the records is to be seen until the PIN is given. */
void soban_window_lock (SobanWindow *self);
gboolean soban_window_is_locked (SobanWindow *self);
/* The machine is short of memory: lets go of what can be read again. */
void soban_window_spare_memory (SobanWindow *self);
SobanPageStack *soban_window_get_pages (SobanWindow *self); /* (transfer none) */
/* Says @text (plain) for a moment at the bottom. */
void soban_window_tell (SobanWindow *self, const char *text);
