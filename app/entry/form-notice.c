/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "entry/form-notice.h"

#include <glib/gi18n-lib.h>

#include "compat/confirm.h"
#include "trouble/trouble-text.h"
#include "widgets/wrapped-label.h"

/* Of the answers that do not fit another version, in the question before. */
#define MISFITS_SHOWN_MAX 12
#define MISFIT_LETTERS_MAX 60

struct _SobanFormNotice {
  AdwBin parent_instance;

  SobanEntry *entry;
  GtkWidget *withdrawn;
  GtkWidget *newer;
};

G_DEFINE_FINAL_TYPE (SobanFormNotice, soban_form_notice, ADW_TYPE_BIN)

/* The draft goes on with the version it was begun with; what has become of that is told. */
static void
show (SobanFormNotice *self)
{
  gboolean newer = soban_entry_has_newer_form (self->entry);
  gboolean withdrawn = !newer && soban_entry_is_withdrawn (self->entry);

  gtk_widget_set_visible (self->newer, newer);
  gtk_widget_set_visible (self->withdrawn, withdrawn);
  gtk_widget_set_visible (GTK_WIDGET (self), newer || withdrawn);
}

static void
on_store_changed (SobanFormNotice *self)
{
  soban_entry_look_at_form (self->entry);
  show (self);
}

/* ---- going over ---- */

static void
on_moved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanFormNotice) self = data;
  g_autoptr (GError) error = NULL;

  if (!soban_entry_move_finish (self->entry, result, &error)) {
    g_autofree char *sentence = soban_trouble_text (error);

    g_signal_emit_by_name (self, "failed", sentence);
    return;
  }
  g_signal_emit_by_name (self, "moved");
}

static void
move (gpointer data)
{
  SobanFormNotice *self = data;

  soban_entry_move_async (self->entry, on_moved, g_object_ref (self));
}

static char *
shorten (const char *answer)
{
  g_autofree char *start = NULL;

  if (g_utf8_strlen (answer, -1) <= MISFIT_LETTERS_MAX) {
    return g_strdup (answer);
  }
  start = g_utf8_substring (answer, 0, MISFIT_LETTERS_MAX);
  return g_strconcat (start, "…", NULL);
}

/* What will not fit is shown before anything is done. */
static char *
describe_misfits (SobanFormNotice *self)
{
  g_autoptr (GPtrArray) misfits = soban_entry_list_misfits (self->entry);
  g_autoptr (GString) text = g_string_new (NULL);

  if (misfits->len == 0) {
    return g_strdup (_("All your answers fit the newer version."));
  }
  g_string_append (text, _("These answers do not fit the newer version. They stay with the record, but the form does not ask for "
                           "them any more, or asks for something else:"));
  for (guint i = 0; i < misfits->len && i < MISFITS_SHOWN_MAX; i++) {
    const SobanMisfit *misfit = g_ptr_array_index (misfits, i);
    g_autofree char *answer = soban_form_instance_get_answer_text (soban_entry_get_instance (self->entry), misfit->path);
    const char *label = *misfit->label == '\0' ? misfit->path : g_dgettext (GETTEXT_PACKAGE, misfit->label);

    g_autofree char *start = shorten (answer);

    g_string_append_printf (text, g_str_has_suffix (label, "?") ? "\n• %s %s" : "\n• %s: %s", label, start);
  }
  if (misfits->len > MISFITS_SHOWN_MAX) {
    g_string_append_printf (text, _("\n… and %u more"), misfits->len - MISFITS_SHOWN_MAX);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
soban_form_notice_ask (SobanFormNotice *self)
{
  g_autofree char *text = NULL;

  g_return_if_fail (SOBAN_IS_FORM_NOTICE (self));
  if (!soban_entry_has_newer_form (self->entry)) {
    return;
  }
  text = describe_misfits (self);
  soban_confirm (GTK_WIDGET (self), _("Change to the newer version?"), text, _("_Keep this one"), _("_Change"), move, self);
}

/* ---- class ---- */

static void
soban_form_notice_dispose (GObject *object)
{
  g_clear_object (&SOBAN_FORM_NOTICE (object)->entry);
  G_OBJECT_CLASS (soban_form_notice_parent_class)->dispose (object);
}

static void
soban_form_notice_class_init (SobanFormNoticeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = soban_form_notice_dispose;
  g_signal_new ("moved", SOBAN_TYPE_FORM_NOTICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("failed", SOBAN_TYPE_FORM_NOTICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static GtkWidget *
new_offer (void)
{
  GtkWidget *offer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  GtkWidget *button = gtk_button_new_with_mnemonic (_("Change to the _newer version…"));

  gtk_widget_add_css_class (offer, "offer");
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "entry.move");
  gtk_box_append (GTK_BOX (offer),
                  soban_wrapped_label_new (_("There is a newer version of this form. You may go on with the one you began."), NULL));
  gtk_box_append (GTK_BOX (offer), button);
  return offer;
}

static void
soban_form_notice_init (SobanFormNotice *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->withdrawn = soban_wrapped_label_new (
      _("The commune office does not use this form any more. What you have written is kept; you may complete and send it all the same."), "look");
  self->newer = new_offer ();
  gtk_box_append (GTK_BOX (box), self->withdrawn);
  gtk_box_append (GTK_BOX (box), self->newer);
  adw_bin_set_child (ADW_BIN (self), box);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
soban_form_notice_set_entry (SobanFormNotice *self, SobanEntry *entry)
{
  g_return_if_fail (SOBAN_IS_FORM_NOTICE (self) && self->entry == NULL);
  self->entry = g_object_ref (entry);
  g_signal_connect_object (soban_entry_get_store (entry), "changed", G_CALLBACK (on_store_changed), self, G_CONNECT_SWAPPED);
  show (self);
}
