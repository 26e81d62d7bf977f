/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "entry/word-in-flight.h"

#include <string.h>

/* A module in a process of its own (ibus) hears of the end of the word when it is taken over already, and commits it then:
 * within this time the same word is the same word. */
#define AFTERMATH_US (G_USEC_PER_SEC)
#define DATA_KEY "soban-word-in-flight"

typedef struct {
  char *word; /* (nullable): being composed */
  char *base; /* the text without it */
  char *taken; /* (nullable): stands in the text; the module may commit it once more */
  gint64 taken_us;
} Flight;

static void
flight_free (gpointer data)
{
  Flight *flight = data;

  g_free (flight->word);
  g_free (flight->base);
  g_free (flight->taken);
  g_free (flight);
}

static char *
get_text (GtkWidget *text)
{
  GtkTextBuffer *buffer;
  GtkTextIter start, end;

  if (GTK_IS_EDITABLE (text)) {
    return g_strdup (gtk_editable_get_text (GTK_EDITABLE (text)));
  }
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (text));
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
insert (GtkWidget *text, const char *word)
{
  if (GTK_IS_EDITABLE (text)) {
    int position = gtk_editable_get_position (GTK_EDITABLE (text));

    gtk_editable_insert_text (GTK_EDITABLE (text), word, -1, &position);
    gtk_editable_set_position (GTK_EDITABLE (text), position);
    return;
  }
  gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (GTK_TEXT_VIEW (text)), word, -1);
}

static void
reset_module (GtkWidget *text)
{
  GtkWidget *parent = gtk_widget_get_parent (text);

  if (GTK_IS_TEXT_VIEW (text)) {
    gtk_text_view_reset_im_context (GTK_TEXT_VIEW (text));
  } else if (GTK_IS_ENTRY (parent)) {
    gtk_entry_reset_im_context (GTK_ENTRY (parent));
  }
}

static gboolean
has_focus (GtkWidget *text)
{
  GtkRoot *root = gtk_widget_get_root (text);

  return root != NULL && gtk_root_get_focus (root) == text && gtk_widget_has_focus (text);
}

static void
on_preedit_changed (GtkWidget *text, const char *preedit, Flight *flight)
{
  if (*preedit == '\0') {
    /* With the focus here the person ended the word; without it the module may have dropped the word: kept until
     * commit. */
    if (has_focus (text)) {
      g_clear_pointer (&flight->word, g_free);
    }
    return;
  }
  g_clear_pointer (&flight->taken, g_free);
  g_free (flight->word);
  g_free (flight->base);
  flight->word = g_strdup (preedit);
  flight->base = get_text (text);
}

/* Whether @inserted is the word that was put in already; once. */
static gboolean
is_late_commit (Flight *flight, const char *inserted, int length)
{
  g_autofree char *taken = g_steal_pointer (&flight->taken);
  gsize size = length < 0 ? strlen (inserted) : (gsize)length;

  return taken != NULL && g_get_monotonic_time () - flight->taken_us < AFTERMATH_US && strlen (taken) == size
         && memcmp (taken, inserted, size) == 0;
}

static void
on_insert_text (GtkEditable *text, const char *inserted, int length, int *position, Flight *flight)
{
  if (is_late_commit (flight, inserted, length)) {
    g_signal_stop_emission_by_name (text, "insert-text");
  }
}

static void
on_buffer_insert_text (GtkTextBuffer *buffer, GtkTextIter *place, const char *inserted, int length, Flight *flight)
{
  if (is_late_commit (flight, inserted, length)) {
    g_signal_stop_emission_by_name (buffer, "insert-text");
  }
}

void
soban_word_in_flight_watch (GtkWidget *text)
{
  Flight *flight = g_new0 (Flight, 1);

  g_return_if_fail (GTK_IS_TEXT (text) || GTK_IS_TEXT_VIEW (text));
  g_object_set_data_full (G_OBJECT (text), DATA_KEY, flight, flight_free);
  g_signal_connect (text, "preedit-changed", G_CALLBACK (on_preedit_changed), flight);
  if (GTK_IS_TEXT (text)) {
    g_signal_connect (text, "insert-text", G_CALLBACK (on_insert_text), flight);
  } else {
    GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (text));

    g_signal_connect (buffer, "insert-text", G_CALLBACK (on_buffer_insert_text), flight);
  }
}

static void
take (Flight *flight, const char *word)
{
  g_free (flight->taken);
  flight->taken = g_strdup (word);
  flight->taken_us = g_get_monotonic_time ();
}

void
soban_word_in_flight_commit (GtkWidget *text)
{
  Flight *flight = g_object_get_data (G_OBJECT (text), DATA_KEY);
  g_autofree char *word = NULL;
  g_autofree char *base = NULL;
  g_autofree char *now = NULL;

  if (flight == NULL || flight->word == NULL) {
    return;
  }
  word = g_steal_pointer (&flight->word);
  base = g_steal_pointer (&flight->base);
  now = get_text (text);
  if (!g_str_equal (now, base)) {
    /* The module has committed it already; ibus does so once more when it is reset, or hears of the focus. */
    take (flight, word);
    return;
  }
  reset_module (text);
  g_free (now);
  now = get_text (text);
  if (g_str_equal (now, base)) {
    insert (text, word);
    take (flight, word);
  }
}
