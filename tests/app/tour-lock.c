/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The PIN: set, asked for, wrong, slowed down, forgotten. */
#include "base/limits.h"
#include "lock/pin-pad.h"
#include "store/pin.h"
#include "tour.h"

#include <glib/gi18n.h>

typedef struct {
  Tour *tour;
  const char *msgid;
} Sight;

static gboolean
is_seen (gpointer data)
{
  const Sight *sight = data;

  return sample_find (GTK_WIDGET (sight->tour->window), GTK_TYPE_LABEL, g_dgettext ("soban", sight->msgid)) != NULL;
}

/* Also what is no page of the window: the lock screen. */
static void
wait_for_label (Tour *tour, const char *msgid)
{
  sample_wait (is_seen, &(Sight){ tour, msgid });
}

static void
enter (Tour *tour, const char *pin, gboolean whole)
{
  GtkWidget *pad = sample_find (GTK_WIDGET (tour->window), SOBAN_TYPE_PIN_PAD, NULL);

  for (const char *at = pin; *at != '\0'; at++) {
    char digit[] = { *at, '\0' };

    g_signal_emit_by_name (sample_find (pad, GTK_TYPE_BUTTON, digit), "clicked");
  }
  if (whole) {
    g_signal_emit_by_name (sample_find (pad, GTK_TYPE_BUTTON, g_dgettext ("soban", "OK")), "clicked");
  }
}

static gboolean
waits (gpointer data)
{
  Tour *tour = data;

  return soban_store_get_pin_wait_ms (tour->store) > 0
         && sample_find (GTK_WIDGET (tour->window), GTK_TYPE_LABEL, g_dgettext ("soban", "One moment…")) == NULL;
}

static void
walk_setting (Tour *tour)
{
  tour_begin (tour, TOUR_FILLED);
  tour_go (tour, "win.pin", "b", FALSE);
  wait_for_label (tour, "Choose a PIN of 4 to 8 digits");
  tour_stop (tour, "pin-set");
  enter (tour, "1234", TRUE);
  wait_for_label (tour, "The same PIN once more");
  enter (tour, "4321", TRUE);
  wait_for_label (tour, "The two were not the same. Choose it once more.");
  tour_stop (tour, "pin-not-the-same");
  tour_end (tour);
}

static void
walk_forgotten (Tour *tour, TourStore state, const char *stop)
{
  SobanPinTrial trial;

  tour_begin (tour, state);
  g_assert_true (soban_store_set_pin (tour->store, NULL, "1234", &trial, NULL));
  soban_window_lock (tour->window);
  wait_for_label (tour, "Enter the PIN");
  g_signal_emit_by_name (sample_find (GTK_WIDGET (tour->window), GTK_TYPE_BUTTON, g_dgettext ("soban", "_Forgotten the PIN?")), "clicked");
  wait_for_label (tour, "The PIN is forgotten");
  tour_stop (tour, "%s", stop);
  g_assert_true (soban_store_forget_pin (tour->store, NULL));
  tour_end (tour);
}

void
tour_walk_lock (Tour *tour)
{
  SobanPinTrial trial;

  walk_setting (tour);
  tour_begin (tour, TOUR_FILLED);
  g_assert_true (soban_store_set_pin (tour->store, NULL, "1234", &trial, NULL));
  soban_window_lock (tour->window);
  tour_stop (tour, "lock");
  enter (tour, "99", FALSE);
  tour_stop (tour, "lock-two-digits");
  enter (tour, "99", TRUE);
  wait_for_label (tour, "This is not the PIN. Try again.");
  tour_stop (tour, "lock-wrong");
  for (guint i = 2; i < SOBAN_PIN_TRIES_FREE; i++) {
    g_assert_true (soban_store_try_pin (tour->store, "9999", &trial, NULL, NULL));
  }
  enter (tour, "9999", TRUE);
  sample_wait (waits, tour);
  tour_stop (tour, "lock-wait");
  tour_end (tour);
  walk_forgotten (tour, TOUR_ENROLLED, "lock-forgotten");
  walk_forgotten (tour, TOUR_FILLED, "lock-forgotten-alone");
}
