/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lock/pin-pad.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/limits.h"

#define COLUMNS 3
#define DOT "●"
#define NO_DOT "○"
#define WAIT_TICK_MS 500
#define MINUTE_S 60
#define MINUTE_MS (MINUTE_S * 1000)

struct _SobanPinPad {
  AdwBin parent_instance;

  GtkStack *words; /* as high as the longest of what is said, so that no key moves under the finger */
  GtkLabel *question;
  GtkWidget *field; /* around the dots: a label of GTK takes no keyboard */
  GtkLabel *dots;
  GtkLabel *sentence;
  GtkGrid *keys;

  char digits[SOBAN_PIN_DIGITS_MAX + 1];
  guint count;
  gboolean busy;
  gint64 wait_until_us; /* monotonic; 0: none */
  guint wait_source;
};

G_DEFINE_FINAL_TYPE (SobanPinPad, soban_pin_pad, ADW_TYPE_BIN)

static void
show_dots (SobanPinPad *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *spoken =
      self->count == 0 ? g_strdup (_("No digit yet")) : g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u digit", "%u digits", self->count), self->count);

  for (guint i = 0; i < MAX (self->count, SOBAN_PIN_DIGITS_MIN); i++) {
    g_string_append_printf (text, "%s%s", i == 0 ? "" : " ", i < self->count ? DOT : NO_DOT);
  }
  gtk_label_set_text (self->dots, text->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->field), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
clear (SobanPinPad *self)
{
  explicit_bzero (self->digits, sizeof self->digits);
  self->count = 0;
  show_dots (self);
}

static gboolean
takes_keys (SobanPinPad *self)
{
  return !self->busy && self->wait_until_us == 0;
}

static void
show_readiness (SobanPinPad *self)
{
  gboolean ready = takes_keys (self);

  /* The keyboard does not stand on a key that ceases to be one. */
  if (!ready) {
    gtk_widget_grab_focus (self->field);
  }
  gtk_widget_set_sensitive (GTK_WIDGET (self->keys), ready);
}

static void
add_digit (SobanPinPad *self, char digit)
{
  if (!takes_keys (self) || self->count == SOBAN_PIN_DIGITS_MAX) {
    return;
  }
  self->digits[self->count++] = digit;
  soban_pin_pad_tell (self, NULL);
  show_dots (self);
}

static void
remove_digit (SobanPinPad *self)
{
  if (!takes_keys (self) || self->count == 0) {
    return;
  }
  self->digits[--self->count] = '\0';
  show_dots (self);
}

static void
enter (SobanPinPad *self)
{
  char pin[sizeof self->digits];

  if (!takes_keys (self)) {
    return;
  }
  if (self->count < SOBAN_PIN_DIGITS_MIN) {
    g_autofree char *text = g_strdup_printf (_("A PIN has %d to %d digits."), SOBAN_PIN_DIGITS_MIN, SOBAN_PIN_DIGITS_MAX);

    soban_pin_pad_tell (self, text);
    return;
  }
  memcpy (pin, self->digits, sizeof pin);
  clear (self);
  g_signal_emit_by_name (self, "entered", pin);
  explicit_bzero (pin, sizeof pin);
}

static void
on_digit_clicked (GtkButton *button, SobanPinPad *self)
{
  add_digit (self, *gtk_button_get_label (button));
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, SobanPinPad *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0) {
    return GDK_EVENT_PROPAGATE;
  }
  if (key >= GDK_KEY_0 && key <= GDK_KEY_9) {
    add_digit (self, (char)('0' + (key - GDK_KEY_0)));
  } else if (key >= GDK_KEY_KP_0 && key <= GDK_KEY_KP_9) {
    add_digit (self, (char)('0' + (key - GDK_KEY_KP_0)));
  } else if (key == GDK_KEY_BackSpace || key == GDK_KEY_Delete) {
    remove_digit (self);
  } else if (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter || key == GDK_KEY_ISO_Enter) {
    enter (self);
  } else {
    return GDK_EVENT_PROPAGATE;
  }
  return GDK_EVENT_STOP;
}

/* ---- what it says ---- */

void
soban_pin_pad_tell (SobanPinPad *self, const char *sentence)
{
  g_return_if_fail (SOBAN_IS_PIN_PAD (self));
  gtk_label_set_text (self->sentence, sentence == NULL ? "" : sentence);
  gtk_stack_set_visible_child (self->words, sentence == NULL ? GTK_WIDGET (self->question) : GTK_WIDGET (self->sentence));
}

void
soban_pin_pad_ask (SobanPinPad *self, const char *question)
{
  g_return_if_fail (SOBAN_IS_PIN_PAD (self));
  gtk_label_set_text (self->question, question);
  clear (self);
}

void
soban_pin_pad_set_busy (SobanPinPad *self, gboolean busy)
{
  g_return_if_fail (SOBAN_IS_PIN_PAD (self));
  self->busy = busy;
  soban_pin_pad_tell (self, busy ? _("One moment…") : NULL);
  show_readiness (self);
}

static void
tell_wait (SobanPinPad *self, gint64 left_ms)
{
  guint seconds = (guint)((left_ms + 999) / 1000), minutes = (guint)((left_ms + MINUTE_MS - 1) / MINUTE_MS);
  g_autofree char *text = NULL;

  if (left_ms <= MINUTE_MS) {
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Too many wrong PINs. Try again in %u second.", "Too many wrong PINs. Try again in %u seconds.", seconds), seconds);
  } else {
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Too many wrong PINs. Try again in %u minute.", "Too many wrong PINs. Try again in %u minutes.", minutes), minutes);
  }
  soban_pin_pad_tell (self, text);
}

static gboolean
on_wait_tick (gpointer data)
{
  SobanPinPad *self = data;
  gint64 left_ms = (self->wait_until_us - g_get_monotonic_time ()) / 1000;

  if (left_ms > 0) {
    tell_wait (self, left_ms);
    return G_SOURCE_CONTINUE;
  }
  self->wait_source = 0;
  self->wait_until_us = 0;
  soban_pin_pad_tell (self, NULL);
  show_readiness (self);
  return G_SOURCE_REMOVE;
}

void
soban_pin_pad_wait (SobanPinPad *self, gint64 wait_ms)
{
  g_return_if_fail (SOBAN_IS_PIN_PAD (self));
  g_clear_handle_id (&self->wait_source, g_source_remove);
  self->wait_until_us = wait_ms <= 0 ? 0 : g_get_monotonic_time () + wait_ms * 1000;
  if (wait_ms > 0) {
    tell_wait (self, wait_ms);
    self->wait_source = g_timeout_add (WAIT_TICK_MS, on_wait_tick, self);
  }
  show_readiness (self);
}

void
soban_pin_pad_focus (SobanPinPad *self)
{
  g_return_if_fail (SOBAN_IS_PIN_PAD (self));
  gtk_widget_grab_focus (self->field);
}

void
soban_pin_pad_take_keys_of (SobanPinPad *self, GtkWidget *widget)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key_pressed), self, 0);
  gtk_widget_add_controller (widget, keys);
}

/* ---- class ---- */

static GtkWidget *
attach_key (SobanPinPad *self, GtkWidget *button, int place)
{
  gtk_widget_add_css_class (button, "pin-key");
  /* A key of the keyboard pressed next is not this one. */
  gtk_widget_set_focus_on_click (button, FALSE);
  gtk_grid_attach (self->keys, button, place % COLUMNS, place / COLUMNS, 1, 1);
  return button;
}

static void
add_keys (SobanPinPad *self)
{
  GtkWidget *button;

  for (int digit = 0; digit <= 9; digit++) {
    char label[] = { (char)('0' + digit), '\0' };

    button = attach_key (self, gtk_button_new_with_label (label), digit == 0 ? 10 : digit - 1);
    g_signal_connect (button, "clicked", G_CALLBACK (on_digit_clicked), self);
  }
  button = attach_key (self, gtk_button_new_from_icon_name ("edit-clear-symbolic"), 9);
  gtk_widget_set_tooltip_text (button, _("Take the last digit away"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Take the last digit away"), -1);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (remove_digit), self);
  button = attach_key (self, gtk_button_new_with_label (_("OK")), 11);
  gtk_widget_add_css_class (button, "suggested-action");
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (enter), self);
}

/* The longest there are; never shown. */
static void
hold_room (SobanPinPad *self)
{
  g_autofree char *wait = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Too many wrong PINs. Try again in %u second.", "Too many wrong PINs. Try again in %u seconds.", MINUTE_S), MINUTE_S);
  const char *const sentences[] = { wait, _("The two were not the same. Choose it once more.") };

  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++) {
    GtkWidget *label = gtk_label_new (sentences[i]);

    gtk_label_set_wrap (GTK_LABEL (label), TRUE);
    gtk_widget_add_css_class (label, "pin-sentence");
    gtk_stack_add_child (self->words, label);
  }
}

/* What came of the last try is old when the pad is seen again. */
static void
on_unmap (SobanPinPad *self)
{
  if (takes_keys (self)) {
    soban_pin_pad_tell (self, NULL);
  }
}

static void
soban_pin_pad_dispose (GObject *object)
{
  SobanPinPad *self = SOBAN_PIN_PAD (object);

  g_clear_handle_id (&self->wait_source, g_source_remove);
  explicit_bzero (self->digits, sizeof self->digits);
  gtk_widget_dispose_template (GTK_WIDGET (self), SOBAN_TYPE_PIN_PAD);
  G_OBJECT_CLASS (soban_pin_pad_parent_class)->dispose (object);
}

static void
soban_pin_pad_class_init (SobanPinPadClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = soban_pin_pad_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/soban/Soban/lock/pin-pad.ui");
  gtk_widget_class_bind_template_child (widget_class, SobanPinPad, words);
  gtk_widget_class_bind_template_child (widget_class, SobanPinPad, question);
  gtk_widget_class_bind_template_child (widget_class, SobanPinPad, field);
  gtk_widget_class_bind_template_child (widget_class, SobanPinPad, dots);
  gtk_widget_class_bind_template_child (widget_class, SobanPinPad, sentence);
  gtk_widget_class_bind_template_child (widget_class, SobanPinPad, keys);
  g_signal_new ("entered", SOBAN_TYPE_PIN_PAD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
soban_pin_pad_init (SobanPinPad *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_keys (self);
  hold_room (self);
  g_signal_connect (self, "unmap", G_CALLBACK (on_unmap), NULL);
  show_dots (self);
}

GtkWidget *
soban_pin_pad_new (void)
{
  return g_object_new (SOBAN_TYPE_PIN_PAD, NULL);
}
