/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "entry/entry-page-end.h"

#include <glib/gi18n-lib.h>

#include "compat/confirm.h"

/* ---- completing ---- */

static void
on_completed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanEntryPage) self = data;
  g_autoptr (GError) error = NULL;

  soban_entry_page_set_busy (self, FALSE);
  if (!soban_entry_complete_finish (soban_entry_page_get_entry (self), result, &error)) {
    soban_entry_page_show_error (self, error);
    return;
  }
  g_signal_emit_by_name (self, "completed");
}

static void
start_completing (gpointer data)
{
  SobanEntryPage *self = data;
  SobanEntry *entry = soban_entry_page_get_entry (self);
  g_autoptr (GPtrArray) problems = soban_form_instance_validate (soban_entry_get_instance (entry));

  if (soban_entry_page_is_busy (self)) {
    return;
  }
  for (guint i = 0; i < problems->len; i++) {
    const SobanProblem *problem = g_ptr_array_index (problems, i);

    if (problem->kind == SOBAN_PROBLEM_WARNING) {
      soban_entry_confirm (entry, problem->path);
    }
  }
  soban_entry_page_set_busy (self, TRUE);
  soban_entry_complete_async (entry, on_completed, g_object_ref (self));
}

void
soban_entry_page_complete (SobanEntryPage *self)
{
  SobanEntry *entry = soban_entry_page_get_entry (self);
  g_autoptr (GPtrArray) problems = soban_form_instance_validate (soban_entry_get_instance (entry));
  g_autoptr (GString) warnings = g_string_new (NULL);

  for (guint i = 0; i < problems->len; i++) {
    const SobanProblem *problem = g_ptr_array_index (problems, i);

    if (problem->kind != SOBAN_PROBLEM_WARNING) {
      soban_entry_page_show_missing (self, problem->path);
      return;
    }
    g_string_append_printf (warnings, "%s%s", i == 0 ? "" : "\n", problem->message);
  }
  if (warnings->len > 0) {
    soban_confirm (GTK_WIDGET (self), _("Is this right?"), warnings->str, _("_Look again"), _("It is _right"),
                   start_completing, self);
    return;
  }
  start_completing (self);
}

/* ---- discarding ---- */

static void
on_discarded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanEntryPage) self = data;
  SobanEntry *entry = soban_entry_page_get_entry (self);
  g_autoptr (GError) error = NULL;

  if (!soban_entry_discard_finish (entry, result, &error) && soban_entry_is_touched (entry)) {
    soban_entry_page_show_error (self, error);
    return;
  }
  g_signal_emit_by_name (self, "discarded");
}

void
soban_entry_page_discard (SobanEntryPage *self)
{
  if (soban_entry_page_is_busy (self)) {
    /* Under way it cannot be stopped any more; while it waits for a picture it can. */
    if (!soban_entry_stop_completing (soban_entry_page_get_entry (self))) {
      return;
    }
    soban_entry_page_set_busy (self, FALSE);
    g_object_unref (self);
  }
  soban_entry_page_commit (self);
  soban_entry_discard_async (soban_entry_page_get_entry (self), on_discarded, g_object_ref (self));
}
