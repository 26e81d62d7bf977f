/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "entry/read-aloud.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "entry/question-kind.h"
#include "media/speech.h"
#include "store/settings.h"
#include "widgets/listen-button.h"

gboolean
soban_read_aloud_is_wanted (SobanStore *store)
{
  g_autofree char *value = soban_store_get_setting (store, SOBAN_SETTING_READ_ALOUD);

  return g_strcmp0 (value, "1") == 0 && soban_speech_is_installed ();
}

typedef struct {
  SobanEntry *entry;
  char *path;
} Reader;

static void
reader_free (gpointer data)
{
  Reader *reader = data;

  g_object_unref (reader->entry);
  g_free (reader->path);
  g_free (reader);
}

/* A pause follows each part. */
static void
append (GString *text, const char *part)
{
  if (part != NULL && *part != '\0') {
    g_string_append_printf (text, "%s%s", text->len == 0 ? "" : ".\n", part);
  }
}

static gboolean
has_choices (const SobanQuestion *question)
{
  return question->control == SOBAN_CONTROL_SELECT1 || question->control == SOBAN_CONTROL_SELECT || question->control == SOBAN_CONTROL_RANK;
}

static SobanVoice *
make_speech (gpointer data)
{
  Reader *reader = data;
  SobanFormInstance *instance = soban_entry_get_instance (reader->entry);
  g_autoptr (SobanQuestion) question = soban_form_instance_get_question (instance, reader->path);
  g_autoptr (GString) text = g_string_new (NULL);

  if (question != NULL) {
    append (text, question->label);
    append (text, question->hint);
  }
  if (question != NULL && has_choices (question)) {
    g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (instance, reader->path);

    for (guint i = 0; choices->len <= SOBAN_CHOICES_SHOWN_MAX && i < choices->len; i++) {
      append (text, ((const SobanChoice *)g_ptr_array_index (choices, i))->label);
    }
  }
  return soban_speech_new (text->str, soban_language_get ());
}

GtkWidget *
soban_read_aloud_new (SobanEntry *entry, const char *path)
{
  g_autoptr (SobanQuestion) question = soban_form_instance_get_question (soban_entry_get_instance (entry), path);
  g_autofree char *name = g_strdup_printf (_("Read aloud: %s"), question == NULL ? "" : question->label);
  Reader *reader = g_new0 (Reader, 1);

  reader->entry = g_object_ref (entry);
  reader->path = g_strdup (path);
  return soban_listen_button_new (NULL, name, make_speech, reader, reader_free);
}
