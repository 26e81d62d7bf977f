/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "window-room.h"

#include "em.h"

/* in em, the window's own letters */
#define NARROW_EM_MAX 15
#define LOW_EM_MAX 15

typedef struct {
  GtkWidget *window;
  gboolean narrow, low;
} Room;

static void
room_free (gpointer data)
{
  Room *room = data;

  g_object_unref (room->window);
  g_free (room);
}

static void
set_class (GtkWidget *window, const char *name, gboolean wanted)
{
  if (wanted) {
    gtk_widget_add_css_class (window, name);
  } else {
    gtk_widget_remove_css_class (window, name);
  }
}

static gboolean
on_frame_over (gpointer data)
{
  const Room *room = data;

  set_class (room->window, "narrow", room->narrow);
  set_class (room->window, "low", room->low);
  return G_SOURCE_REMOVE;
}

void
soban_window_room_note (GtkWidget *window, int width, int height)
{
  double em = soban_em (window);
  gboolean narrow = width < NARROW_EM_MAX * em, low = height < LOW_EM_MAX * em;
  Room *room;

  if (narrow == gtk_widget_has_css_class (window, "narrow") && low == gtk_widget_has_css_class (window, "low")) {
    return;
  }
  room = g_new0 (Room, 1);
  *room = (Room){ .window = g_object_ref (window), .narrow = narrow, .low = low };
  g_idle_add_full (GTK_PRIORITY_RESIZE - 1, on_frame_over, room, room_free);
}
