/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "entry/text-bound.h"

#include "base/limits.h"

#include <string.h>

static gboolean
is_too_long (gsize present_bytes, const char *inserted, int length)
{
  gsize more = length < 0 ? strlen (inserted) : (gsize)length;

  return present_bytes + more > SOBAN_VALUE_BYTES_MAX;
}

static void
on_insert_text (GtkEditable *text, const char *inserted, int length, int *position, gpointer data)
{
  if (is_too_long (strlen (gtk_editable_get_text (text)), inserted, length)) {
    g_signal_stop_emission_by_name (text, "insert-text");
    gtk_widget_activate_action (GTK_WIDGET (text), "entry.too-long", NULL);
  }
}

static void
on_buffer_insert_text (GtkTextBuffer *buffer, GtkTextIter *place, const char *inserted, int length, GtkWidget *text)
{
  g_autofree char *present = NULL;
  GtkTextIter start, end;

  /* The usual letter needs no copy of the text: no character has more than four bytes. */
  if ((gsize)gtk_text_buffer_get_char_count (buffer) * 4 + (gsize)MAX (length, 0) <= SOBAN_VALUE_BYTES_MAX && length >= 0) {
    return;
  }
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  present = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  if (is_too_long (strlen (present), inserted, length)) {
    g_signal_stop_emission_by_name (buffer, "insert-text");
    gtk_widget_activate_action (text, "entry.too-long", NULL);
  }
}

void
soban_text_bound_watch (GtkWidget *text)
{
  g_return_if_fail (GTK_IS_TEXT (text) || GTK_IS_TEXT_VIEW (text));
  if (GTK_IS_TEXT (text)) {
    g_signal_connect (text, "insert-text", G_CALLBACK (on_insert_text), NULL);
    return;
  }
  g_signal_connect_object (gtk_text_view_get_buffer (GTK_TEXT_VIEW (text)), "insert-text",
                           G_CALLBACK (on_buffer_insert_text), text, 0);
}
