/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is being written is saved before its page or the window goes. */
#include "config.h"

#include "window-private.h"

#include <glib/gi18n-lib.h>

#include "compat/confirm.h"
#include "entry/entry-page.h"

/* (nullable) (transfer none): the entry of the page at @index */
static SobanEntry *
get_entry (SobanWindow *self, guint index)
{
  GtkWidget *page = soban_page_stack_get_nth (self->pages, index);

  return SOBAN_IS_ENTRY_PAGE (page) ? soban_entry_page_get_entry (SOBAN_ENTRY_PAGE (page)) : NULL;
}

/* FALSE, and told: what is being made an answer of would come when its page has gone, perhaps after the draft was opened anew. */
static gboolean
is_made (SobanWindow *self, SobanEntry *entry)
{
  if (soban_entry_is_held (entry)) {
    soban_window_tell (self, _("One moment: the picture or file is not ready yet"));
    return FALSE;
  }
  return TRUE;
}

gboolean
soban_window_leave_entry (SobanWindow *self, SobanEntryPage *page)
{
  SobanEntry *entry = soban_entry_page_get_entry (page);
  g_autoptr (GError) error = NULL;

  soban_entry_page_commit (page);
  if (!is_made (self, entry)) {
    return FALSE;
  }
  if (!soban_entry_is_touched (entry)) {
    return TRUE;
  }
  if (!soban_entry_flush_now (entry, &error)) {
    soban_window_tell_error (self, error);
    return FALSE;
  }
  soban_window_tell (self, _("The draft is kept on this tablet"));
  return TRUE;
}

gboolean
soban_window_go_to_entry (SobanWindow *self, const SobanUuid *id)
{
  guint index = soban_page_stack_get_depth (self->pages);
  SobanEntry *entry = NULL;

  do {
    if (index == 0) {
      return FALSE;
    }
    entry = get_entry (self, --index);
  } while (entry == NULL || !soban_uuid_equal (soban_entry_get_id (entry), id));
  while (soban_page_stack_get_depth (self->pages) > index + 1) {
    GtkWidget *top = soban_page_stack_get_top (self->pages);

    if (SOBAN_IS_ENTRY_PAGE (top) && !soban_window_leave_entry (self, SOBAN_ENTRY_PAGE (top))) {
      break;
    }
    soban_page_stack_pop (self->pages);
  }
  return TRUE;
}

gboolean
soban_window_is_making (SobanWindow *self)
{
  g_return_val_if_fail (SOBAN_IS_WINDOW (self), FALSE);

  for (guint i = 0; i < soban_page_stack_get_depth (self->pages); i++) {
    SobanEntry *entry = get_entry (self, i);

    if (entry != NULL && soban_entry_is_held (entry)) {
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
soban_window_flush (SobanWindow *self)
{
  gboolean saved = TRUE;

  g_return_val_if_fail (SOBAN_IS_WINDOW (self), FALSE);

  for (guint i = 0; i < soban_page_stack_get_depth (self->pages); i++) {
    SobanEntry *entry = get_entry (self, i);
    g_autoptr (GError) error = NULL;

    if (entry == NULL) {
      continue;
    }
    soban_entry_page_commit (SOBAN_ENTRY_PAGE (soban_page_stack_get_nth (self->pages, i)));
    saved &= is_made (self, entry);
    if (!soban_entry_flush_now (entry, &error)) {
      soban_window_tell_error (self, error);
      saved = FALSE;
    }
  }
  return saved;
}

void
soban_window_note_active (SobanWindow *self)
{
  GtkWidget *top = soban_page_stack_get_top (self->pages);

  if (!gtk_window_is_active (GTK_WINDOW (self)) && SOBAN_IS_ENTRY_PAGE (top)) {
    soban_entry_page_commit (SOBAN_ENTRY_PAGE (top));
    soban_entry_flush (soban_entry_page_get_entry (SOBAN_ENTRY_PAGE (top)));
  }
}

static void
close_and_lose (gpointer data)
{
  SobanWindow *self = data;

  self->losing = TRUE;
  gtk_window_close (GTK_WINDOW (self));
}

gboolean
soban_window_may_close (SobanWindow *self)
{
  if (soban_window_flush (self) || self->losing) {
    return TRUE;
  }
  soban_confirm (GTK_WIDGET (self), _("What you wrote last is not saved yet"),
                 soban_window_is_making (self)
                   ? _("A picture or file is still being made ready. Stay here for a moment, and it is kept, too.")
                   : _("It cannot be saved now: there is no room, perhaps. Stay here, make room, and it is saved by itself."),
                 _("_Stay here"), _("_Close and lose it"), close_and_lose, self);
  return FALSE;
}
