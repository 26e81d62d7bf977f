/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "record/value-text.h"

#include <glib/gi18n-lib.h>

#include "base/attachment-name.h"
#include "base/language.h"
#include "base/number-text.h"
#include "media/file-kind.h"

static const char *
find_label (GPtrArray *choices, const char *value)
{
  for (guint i = 0; i < choices->len; i++) {
    const SobanChoice *choice = g_ptr_array_index (choices, i);

    if (g_str_equal (choice->value, value)) {
      return choice->label;
    }
  }
  return value;
}

static char *
join_labels (GPtrArray *choices, const char *value)
{
  g_auto (GStrv) words = g_strsplit (value, " ", -1);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++) {
    if (*words[i] != '\0') {
      g_string_append_printf (text, "%s%s", text->len == 0 ? "" : "; ", find_label (choices, words[i]));
    }
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
soban_value_text (SobanFormInstance *instance, const char *path, const char *value)
{
  g_autoptr (SobanQuestion) question = soban_form_instance_get_question (instance, path);
  g_autoptr (GPtrArray) choices = NULL;

  if (value == NULL || *value == '\0') {
    return g_strdup ("");
  }
  if (soban_attachment_name_is_valid (value)) {
    return soban_file_kind_is_picture (value) ? g_strdup (_("A picture")) : soban_file_kind_text (value);
  }
  if (question == NULL) {
    return g_strdup (value);
  }
  if (question->control == SOBAN_CONTROL_SELECT1 || question->control == SOBAN_CONTROL_SELECT
      || question->control == SOBAN_CONTROL_RANK) {
    choices = soban_form_instance_list_choices (instance, path);
    return question->control == SOBAN_CONTROL_SELECT1 ? g_strdup (find_label (choices, value))
                                                      : join_labels (choices, value);
  }
  return question->type == SOBAN_TYPE_DATE ? soban_date_text (value, soban_language_get ()) : g_strdup (value);
}

char *
soban_field_name (SobanFormInstance *instance, const char *path)
{
  SobanForm *form = soban_form_instance_get_form (instance);
  g_autoptr (SobanQuestion) question = soban_form_instance_get_question (instance, path);
  const char *label;

  if (g_str_equal (path, SOBAN_FIELD_DELETED)) {
    return g_strdup (_("Record"));
  }
  if (*path == '.' || g_str_has_prefix (path, "meta/")) {
    return NULL;
  }
  if (question != NULL && *question->label != '\0') {
    return g_strdup (question->label);
  }
  label = soban_form_get_field_label (form, path);
  return label == NULL || *label == '\0' ? NULL : g_strdup (g_dgettext (GETTEXT_PACKAGE, label));
}
