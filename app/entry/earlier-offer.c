/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "entry/earlier-offer.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "base/number-text.h"

struct _SobanEarlierOffer {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *button;
  GtkLabel *note;

  SobanEntry *entry;
};

G_DEFINE_FINAL_TYPE (SobanEarlierOffer, soban_earlier_offer, GTK_TYPE_WIDGET)

/* "Preventing domestic violence · 12/11/2026" */
static char *
describe_earlier (const SobanRecord *earlier)
{
  g_autofree char *date = soban_date_text (earlier->date, soban_language_get ());

  return *date == '\0' ? g_strdup (earlier->title) : g_strdup_printf ("%s · %s", earlier->title, date);
}

static void
show_offer (SobanEarlierOffer *self)
{
  g_autofree char *earlier = describe_earlier (soban_entry_get_earlier (self->entry));
  g_autofree char *text = g_strdup_printf (_("%s\nNumbers, dates and notes are not copied."), earlier);

  gtk_button_set_label (GTK_BUTTON (self->button), _("_Copy from last time"));
  gtk_label_set_text (self->note, text);
}

static void
show_carried (SobanEarlierOffer *self, guint answers)
{
  g_autofree char *text =
      g_strdup_printf (ngettext ("%u answer was copied from last time. Check whether it still holds.",
                                 "%u answers were copied from last time. Check whether they still hold.", answers),
                       answers);

  gtk_button_set_label (GTK_BUTTON (self->button), _("_Undo copying"));
  gtk_label_set_text (self->note, text);
}

static void
on_clicked (SobanEarlierOffer *self)
{
  guint answers;

  if (soban_entry_has_carried (self->entry)) {
    soban_entry_undo_carry (self->entry);
    show_offer (self);
    return;
  }
  answers = soban_entry_carry (self->entry);
  if (answers > 0) {
    show_carried (self, answers);
    return;
  }
  gtk_label_set_text (self->note, _("Nothing of last time can be chosen any more."));
  gtk_widget_set_sensitive (self->button, FALSE);
}

static void
soban_earlier_offer_dispose (GObject *object)
{
  SobanEarlierOffer *self = SOBAN_EARLIER_OFFER (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->entry);
  G_OBJECT_CLASS (soban_earlier_offer_parent_class)->dispose (object);
}

static void
soban_earlier_offer_class_init (SobanEarlierOfferClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = soban_earlier_offer_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
soban_earlier_offer_init (SobanEarlierOffer *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->button = gtk_button_new ();
  gtk_button_set_use_underline (GTK_BUTTON (self->button), TRUE);
  gtk_widget_set_halign (self->button, GTK_ALIGN_START);
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (on_clicked), self);
  self->note = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->note, TRUE);
  gtk_label_set_wrap_mode (self->note, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (self->note, 0);
  gtk_widget_add_css_class (self->box, "offer");
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->note));
  gtk_box_append (GTK_BOX (self->box), self->button);
}

GtkWidget *
soban_earlier_offer_new (SobanEntry *entry)
{
  SobanEarlierOffer *self = g_object_new (SOBAN_TYPE_EARLIER_OFFER, NULL);

  self->entry = g_object_ref (entry);
  show_offer (self);
  return GTK_WIDGET (self);
}
