/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-instance-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "base/number-text.h"

void
soban_media_clear (SobanMedia *media)
{
  g_clear_pointer (&media->image, g_free);
  g_clear_pointer (&media->big_image, g_free);
  g_clear_pointer (&media->audio, g_free);
  g_clear_pointer (&media->video, g_free);
}

SobanMedia
soban_form_instance_find_media (SobanFormInstance *self, const SobanText *label, SobanNode *node)
{
  return (SobanMedia){
    .image = soban_form_instance_render_extra (self, label, "image", node),
    .big_image = soban_form_instance_render_extra (self, label, "big-image", node),
    .audio = soban_form_instance_render_extra (self, label, "audio", node),
    .video = soban_form_instance_render_extra (self, label, "video", node),
  };
}

void
soban_question_free (SobanQuestion *question)
{
  if (question == NULL)
    return;
  g_free (question->path);
  g_free (question->label);
  g_free (question->hint);
  g_free (question->guidance);
  soban_media_clear (&question->media);
  g_free (question->appearance);
  g_free (question->mediatype);
  g_free (question->value);
  g_free (question);
}

gboolean
soban_question_has_appearance (const SobanQuestion *question, const char *word)
{
  g_auto (GStrv) words = g_strsplit (question->appearance, " ", -1);
  return g_strv_contains ((const char *const *) words, word);
}

SobanQuestion *
soban_form_instance_get_question (SobanFormInstance *self, const char *path)
{
  SobanFormState *state = g_hash_table_lookup (self->states, path);
  const SobanBodyItem *item = state != NULL ? state->element->item : NULL;
  if (item == NULL || item->kind != SOBAN_BODY_CONTROL)
    return NULL;
  SobanQuestion *question = g_new0 (SobanQuestion, 1);
  question->path = g_strdup (path);
  question->control = item->control;
  question->type = state->element->type;
  question->label = soban_form_instance_render (self, item->label, state->node);
  question->hint = soban_form_instance_render (self, item->hint, state->node);
  if (*question->hint == '\0') /* no hint, or one that says nothing now */
    g_clear_pointer (&question->hint, g_free);
  question->guidance = soban_form_instance_render_extra (self, item->hint, "guidance", state->node);
  question->media = soban_form_instance_find_media (self, item->label, state->node);
  question->appearance = g_strdup (item->appearance);
  question->mediatype = g_strdup (item->mediatype == NULL ? "" : item->mediatype);
  question->relevant = !state->node->irrelevant;
  question->value = g_strdup (question->relevant ? soban_form_state_text (state) : "");
  question->required = state->element->required != NULL
                       && soban_form_instance_test (self, state->element->required, state->node, path, FALSE);
  question->readonly = soban_form_instance_is_readonly (self, state);
  question->unknown = item->is_unknown;
  question->optional_part = item->optional_part;
  question->level = soban_form_get_level (self->form, path);
  question->range_start = item->range_start;
  question->range_end = item->range_end;
  question->range_step = item->range_step;
  return question;
}

static char *
format_labels (SobanFormInstance *self, SobanFormState *state, const char *value)
{
  gboolean is_single = state->element->item->control == SOBAN_CONTROL_SELECT1;
  g_auto (GStrv) words = is_single ? g_strsplit (value, "\n", 1) : g_strsplit (value, " ", -1);
  GString *text = g_string_new (NULL);
  for (guint i = 0; words[i] != NULL; i++) {
    if (*words[i] == '\0')
      continue;
    g_autofree char *label = soban_form_instance_choice_label (self, state, words[i]);
    g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "",
                            label != NULL && *label != '\0' ? label : words[i]);
  }
  return g_string_free (text, FALSE);
}

/* All decimals that were typed: a person compares this with the paper. */
static char *
format_decimal (const char *value, const char *language)
{
  const char *point = strchr (value, '.');
  g_autofree char *whole = point != NULL ? g_strndup (value, (gsize) (point - value)) : g_strdup (value);
  g_autofree char *text = soban_number_text (g_ascii_strtoll (whole, NULL, 10), language);
  const char *sign = value[0] == '-' && text[0] != '-' ? "-" : "";
  if (point == NULL || point[1] == '\0')
    return g_strconcat (sign, text, NULL);
  return g_strconcat (sign, text, g_str_equal (language, "vi") ? "," : ".", point + 1, NULL);
}

static char *
format_date (const SobanElement *element, const char *value, const char *language)
{
  const SobanBodyItem *item = element->item;
  if (item != NULL && soban_body_item_has_appearance (item, "year"))
    return g_strndup (value, 4);
  if (item != NULL && soban_body_item_has_appearance (item, "month-year"))
    return g_strdup_printf ("%.2s/%.4s", value + 5, value);
  return soban_date_text (value, language);
}

static char *
format_date_time (SobanFormInstance *self, const char *value, const char *language)
{
  g_autoptr (GTimeZone) local =
    self->host.timezone != NULL ? g_time_zone_ref (self->host.timezone) : g_time_zone_new_local ();
  g_autoptr (GDateTime) parsed = g_date_time_new_from_iso8601 (value, local);
  if (parsed == NULL)
    return g_strdup (value);
  g_autoptr (GDateTime) shown = g_date_time_to_timezone (parsed, local);
  g_autofree char *day = g_date_time_format (shown, "%Y-%m-%d");
  g_autofree char *date = soban_date_text (day, language);
  g_autofree char *time = g_date_time_format (shown, "%H:%M");
  return g_strdup_printf ("%s %s", time, date);
}

static char *
format_boolean (SobanFormInstance *self, const char *value)
{
  gboolean yes = g_str_equal (value, "true") || g_str_equal (value, "1");
  return g_strdup (soban_form_instance_translate (self, yes ? N_("Yes") : N_("No")));
}

char *
soban_form_instance_get_answer_text (SobanFormInstance *self, const char *path)
{
  SobanFormState *state = g_hash_table_lookup (self->states, path);
  const char *value = state != NULL && soban_element_is_leaf (state->element) ? soban_form_state_text (state) : "";
  if (*value == '\0' || state->node->irrelevant)
    return g_strdup ("");
  const char *language = self->host.language != NULL ? self->host.language : "vi";
  const SobanBodyItem *item = state->element->item;
  if (item != NULL && soban_body_item_is_select (item))
    return format_labels (self, state, value);
  if (item != NULL && item->control == SOBAN_CONTROL_TRIGGER && g_str_equal (value, "OK"))
    return g_strdup (soban_form_instance_translate (self, N_("Yes")));
  if (!soban_value_fits (state->element->type, value))
    return g_strdup (value);
  switch (state->element->type) {
  case SOBAN_TYPE_INT:
    return soban_number_text (g_ascii_strtoll (value, NULL, 10), language);
  case SOBAN_TYPE_DECIMAL:
    return format_decimal (value, language);
  case SOBAN_TYPE_DATE:
    return format_date (state->element, value, language);
  case SOBAN_TYPE_DATETIME:
    return format_date_time (self, value, language);
  case SOBAN_TYPE_TIME:
    return g_strndup (value, 5);
  case SOBAN_TYPE_BOOLEAN:
    return format_boolean (self, value);
  default:
    return g_strdup (value);
  }
}
