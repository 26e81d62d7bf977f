/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "entry/question-media.h"

#include <glib/gi18n-lib.h>

#include "media/sound.h"
#include "widgets/listen-button.h"
#include "widgets/picture-view.h"
#include "widgets/wrapped-label.h"

#define QUESTION_PICTURE_SIDE_MAX 360

gboolean
soban_media_is_empty (const SobanMedia *media)
{
  return media->image == NULL && media->big_image == NULL && media->audio == NULL && media->video == NULL;
}

char *
soban_media_make_signature (const SobanMedia *media)
{
  return g_strdup_printf ("%s\t%s\t%s\t%s", media->image == NULL ? "" : media->image, media->big_image == NULL ? "" : media->big_image,
                          media->audio == NULL ? "" : media->audio, media->video == NULL ? "" : media->video);
}

static SobanFileSource *
find_file (SobanEntry *entry, const char *address)
{
  return address == NULL || *address == '\0' ? NULL : soban_file_source_new_for_form (soban_entry_get_instance (entry), address);
}

GtkWidget *
soban_media_picture_new (SobanEntry *entry, const SobanMedia *media, const char *name, int side_max)
{
  g_autoptr (SobanFileSource) larger = find_file (entry, media->big_image);
  g_autoptr (SobanFileSource) source = find_file (entry, media->image == NULL ? media->big_image : media->image);
  g_autofree char *alt = g_strdup_printf (_("Picture: %s"), name);
  GtkWidget *view;

  if (source == NULL) {
    return NULL;
  }
  view = soban_picture_view_new (soban_entry_get_store (entry), side_max);
  gtk_widget_add_css_class (view, "media");
  soban_picture_view_show (SOBAN_PICTURE_VIEW (view), source, larger, alt);
  return view;
}

typedef struct {
  SobanStore *store;
  SobanFileSource *source;
} Recording;

static void
free_recording (gpointer data)
{
  Recording *recording = data;

  g_object_unref (recording->store);
  soban_file_source_free (recording->source);
  g_free (recording);
}

static SobanVoice *
make_sound (gpointer data)
{
  Recording *recording = data;

  return soban_sound_new (recording->store, recording->source);
}

GtkWidget *
soban_media_sound_new (SobanEntry *entry, const SobanMedia *media, const char *text, const char *name)
{
  g_autoptr (SobanFileSource) source = find_file (entry, media->audio);
  g_autofree char *listening = g_strdup_printf (_("Listen: %s"), name);
  Recording *recording;
  GtkWidget *button;

  if (source == NULL) {
    return NULL;
  }
  recording = g_new0 (Recording, 1);
  recording->store = g_object_ref (soban_entry_get_store (entry));
  recording->source = g_steal_pointer (&source);
  button = soban_listen_button_new (text, listening, make_sound, recording, free_recording);
  gtk_widget_add_css_class (button, "media");
  return button;
}

static GtkWidget *
new_guidance (const char *text)
{
  GtkWidget *expander = gtk_expander_new (_("More about this question"));

  gtk_expander_set_child (GTK_EXPANDER (expander), soban_wrapped_label_new (text, "guidance-text"));
  gtk_widget_add_css_class (expander, "guidance");
  /* GTK 4.8 does not take the name from the label. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (expander), GTK_ACCESSIBLE_PROPERTY_LABEL, _("More about this question"), -1);
  return expander;
}

GtkWidget *
soban_question_media_new (SobanEntry *entry, const SobanQuestion *question)
{
  gboolean has_guidance = question->guidance != NULL && *question->guidance != '\0';
  GtkWidget *box, *picture, *sound;

  if (soban_media_is_empty (&question->media) && !has_guidance) {
    return NULL;
  }
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  picture = soban_media_picture_new (entry, &question->media, question->label, QUESTION_PICTURE_SIDE_MAX);
  sound = soban_media_sound_new (entry, &question->media, _("Listen"), question->label);
  if (picture != NULL) {
    gtk_box_append (GTK_BOX (box), picture);
  }
  if (sound != NULL) {
    gtk_box_append (GTK_BOX (box), sound);
  }
  if (question->media.video != NULL) {
    gtk_box_append (GTK_BOX (box), soban_wrapped_label_new (_("A film belongs to this question. This tablet does not show films."), "question-hint"));
  }
  if (has_guidance) {
    gtk_box_append (GTK_BOX (box), new_guidance (question->guidance));
  }
  return box;
}
