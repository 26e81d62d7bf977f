/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lock/pin-page.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/limits.h"
#include "lock/pin-pad.h"
#include "lock/pin-work.h"

typedef enum {
  STEP_OLD,
  STEP_NEW,
  STEP_AGAIN,
} Step;

struct _SobanPinPage {
  AdwBin parent_instance;

  SobanPinPad *pad;

  SobanStore *store;
  gboolean removes;
  Step step;
  char old[SOBAN_PIN_DIGITS_MAX + 1]; /* "" = there is none */
  char pin[SOBAN_PIN_DIGITS_MAX + 1];
};

G_DEFINE_FINAL_TYPE (SobanPinPage, soban_pin_page, ADW_TYPE_BIN)

static void
go_to (SobanPinPage *self, Step step, const char *sentence)
{
  self->step = step;
  soban_pin_pad_ask (self->pad, step == STEP_OLD   ? _("Enter the present PIN")
                                : step == STEP_NEW ? _("Choose a PIN of 4 to 8 digits")
                                                   : _("The same PIN once more"));
  soban_pin_pad_tell (self->pad, sentence);
  soban_pin_pad_focus (self->pad);
}

static void
on_old_tried (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanPinPage) self = data;

  if (self->store != NULL && soban_pin_work_finish (result, self->pad)) {
    go_to (self, STEP_NEW, NULL);
  }
}

static void
on_set (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanPinPage) self = data;

  if (self->store != NULL && soban_pin_work_finish (result, self->pad)) {
    g_signal_emit_by_name (self, "done", self->removes ? _("The PIN is taken away") : _("The PIN is set. It is asked for when the program opens."));
  }
}

static void
on_entered (SobanPinPage *self, const char *pin)
{
  const char *old = self->step == STEP_OLD ? pin : *self->old == '\0' ? NULL : self->old;

  if (self->step == STEP_NEW) {
    g_strlcpy (self->pin, pin, sizeof self->pin);
    go_to (self, STEP_AGAIN, NULL);
    return;
  }
  if (self->step == STEP_AGAIN && !g_str_equal (pin, self->pin)) {
    go_to (self, STEP_NEW, _("The two were not the same. Choose it once more."));
    return;
  }
  soban_pin_pad_set_busy (self->pad, TRUE);
  if (self->step == STEP_OLD && !self->removes) {
    g_strlcpy (self->old, pin, sizeof self->old);
    soban_pin_work_async (self->store, pin, NULL, TRUE, on_old_tried, g_object_ref (self));
  } else {
    soban_pin_work_async (self->store, old, self->removes ? NULL : pin, FALSE, on_set, g_object_ref (self));
  }
}

void
soban_pin_page_focus (SobanPinPage *self)
{
  g_return_if_fail (SOBAN_IS_PIN_PAGE (self));
  soban_pin_pad_focus (self->pad);
}

static void
soban_pin_page_dispose (GObject *object)
{
  SobanPinPage *self = SOBAN_PIN_PAGE (object);

  g_clear_object (&self->store);
  explicit_bzero (self->old, sizeof self->old);
  explicit_bzero (self->pin, sizeof self->pin);
  G_OBJECT_CLASS (soban_pin_page_parent_class)->dispose (object);
}

static void
soban_pin_page_class_init (SobanPinPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = soban_pin_page_dispose;
  g_signal_new ("done", SOBAN_TYPE_PIN_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static GtkWidget *
new_header (void)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *back = gtk_button_new_from_icon_name ("go-previous-symbolic");

  gtk_actionable_set_action_name (GTK_ACTIONABLE (back), "win.back");
  gtk_widget_set_tooltip_text (back, _("Back"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (back), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Back"), -1);
  adw_header_bar_set_decoration_layout (ADW_HEADER_BAR (header), ":close");
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), adw_window_title_new (_("PIN"), NULL));
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), back);
  return header;
}

static void
soban_pin_page_init (SobanPinPage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *clamp = adw_clamp_new ();

  self->pad = SOBAN_PIN_PAD (soban_pin_pad_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->pad), GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (GTK_WIDGET (self->pad), "page");
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 480);
  adw_clamp_set_child (ADW_CLAMP (clamp), GTK_WIDGET (self->pad));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), clamp);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (box), new_header ());
  gtk_box_append (GTK_BOX (box), scroller);
  adw_bin_set_child (ADW_BIN (self), box);
  soban_pin_pad_take_keys_of (self->pad, GTK_WIDGET (self));
  g_signal_connect_swapped (self->pad, "entered", G_CALLBACK (on_entered), self);
}

GtkWidget *
soban_pin_page_new (SobanStore *store, gboolean removes)
{
  SobanPinPage *self = g_object_new (SOBAN_TYPE_PIN_PAGE, NULL);
  gboolean has_pin = soban_store_has_pin (store);

  self->store = g_object_ref (store);
  self->removes = removes;
  go_to (self, has_pin ? STEP_OLD : STEP_NEW, NULL);
  if (has_pin) {
    soban_pin_pad_wait (self->pad, soban_store_get_pin_wait_ms (store));
  }
  return GTK_WIDGET (self);
}
