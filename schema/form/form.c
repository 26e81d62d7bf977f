/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-private.h"

#include <string.h>

SobanForm *
soban_form_ref (SobanForm *form)
{
  g_atomic_ref_count_inc (&form->references);
  return form;
}

void
soban_form_unref (SobanForm *form)
{
  if (form == NULL || !g_atomic_ref_count_dec (&form->references))
    return;
  g_clear_pointer (&form->xml, g_bytes_unref);
  g_free (form->id);
  g_free (form->version);
  g_free (form->title);
  g_free (form->primary_id);
  g_clear_pointer (&form->elements, g_ptr_array_unref);
  g_clear_pointer (&form->by_path, g_hash_table_unref);
  g_clear_pointer (&form->by_field, g_hash_table_unref);
  g_clear_pointer (&form->bind_ids, g_hash_table_unref);
  g_clear_pointer (&form->secondaries, g_ptr_array_unref);
  g_clear_pointer (&form->external_sources, g_ptr_array_unref);
  g_clear_pointer (&form->translations, g_ptr_array_unref);
  g_clear_pointer (&form->languages, g_ptr_array_unref);
  g_clear_pointer (&form->controls, g_ptr_array_unref);
  g_clear_pointer (&form->body, soban_body_item_free);
  g_clear_pointer (&form->root, soban_element_free);
  g_clear_pointer (&form->computations, g_ptr_array_unref);
  g_clear_pointer (&form->actions, g_ptr_array_unref);
  g_clear_pointer (&form->attributes, g_ptr_array_unref);
  g_clear_pointer (&form->remarks, g_ptr_array_unref);
  g_clear_pointer (&form->prefixes, g_hash_table_unref);
  g_clear_pointer (&form->template, soban_tree_free);
  g_free (form);
}

const char *
soban_form_get_id (const SobanForm *form)
{
  return form->id;
}

const char *
soban_form_get_version (const SobanForm *form)
{
  return form->version;
}

const char *
soban_form_get_title (const SobanForm *form)
{
  return form->title;
}

GBytes *
soban_form_get_xml (const SobanForm *form)
{
  return form->xml;
}

const GPtrArray *
soban_form_get_languages (const SobanForm *form)
{
  return form->languages;
}

const GPtrArray *
soban_form_get_external_sources (const SobanForm *form)
{
  return form->external_sources;
}

SobanElement *
soban_form_find_field (const SobanForm *form, const char *path)
{
  if (strchr (path, '[') == NULL)
    return g_hash_table_lookup (form->by_field, path);
  GString *plain = g_string_new (NULL);
  gboolean in_brackets = FALSE;
  for (const char *at = path; *at != '\0'; at++) {
    in_brackets = in_brackets ? *at != ']' : *at == '[';
    if (!in_brackets && *at != ']')
      g_string_append_c (plain, *at);
  }
  SobanElement *element = g_hash_table_lookup (form->by_field, plain->str);
  g_string_free (plain, TRUE);
  return element;
}

SobanLevel
soban_form_get_level (const SobanForm *form, const char *path)
{
  /* The confirmed value of a warning is the value itself: as sensitive as its question. */
  if (g_str_has_prefix (path, SOBAN_FIELD_CONFIRMED_PREFIX))
    path += strlen (SOBAN_FIELD_CONFIRMED_PREFIX);
  const SobanElement *element = soban_form_find_field (form, path);
  while (element != NULL && !element->has_level)
    element = element->parent;
  return element != NULL ? element->level : SOBAN_LEVEL_INTERNAL;
}

static gboolean
is_never_asked (const SobanElement *element)
{
  for (; element != NULL; element = element->parent)
    if (element->relevant != NULL && g_str_equal (soban_xpath_get_text (element->relevant->xpath), "false()"))
      return TRUE;
  return FALSE;
}

gboolean
soban_form_is_sensitive (const SobanForm *form)
{
  for (guint i = 0; i < form->elements->len; i++) {
    const SobanElement *element = g_ptr_array_index (form->elements, i);
    if (element->has_level && element->level == SOBAN_LEVEL_SENSITIVE && !is_never_asked (element))
      return TRUE;
  }
  return FALSE;
}

const char *
soban_form_get_field_label (const SobanForm *form, const char *path)
{
  const SobanElement *element = soban_form_find_field (form, path);
  if (element == NULL || element->item == NULL)
    return NULL;
  const SobanBodyItem *item = element->item;
  const SobanText *label = item->label;
  if (label == NULL && item->kind == SOBAN_BODY_REPEAT && item->parent != NULL)
    label = item->parent->label;
  if (label == NULL)
    return NULL;
  if (label->itext_id == NULL)
    return soban_text_get_msgid (label);
  label = soban_form_find_itext (form, "", label->itext_id);
  return label != NULL ? soban_text_get_msgid (label) : NULL;
}

gboolean
soban_form_is_answered (const SobanForm *form, const char *path)
{
  const SobanElement *element = soban_form_find_field (form, path);
  return element != NULL && element->item != NULL && element->item->kind == SOBAN_BODY_CONTROL && element->calculate == NULL;
}

guint
soban_form_get_field_order (const SobanForm *form, const char *path)
{
  const SobanElement *element = soban_form_find_field (form, path);
  if (element == NULL)
    return G_MAXUINT;
  return element->item != NULL ? element->item->order : form->controls->len + element->order;
}

static gboolean
matches_language (const SobanTranslation *translation, const char *language)
{
  static const struct {
    const char *code, *name;
  } names[] = { { "vi", "vietnamese" }, { "vi", "tiếng việt" }, { "en", "english" } };

  g_autofree char *folded = g_utf8_strdown (translation->language, -1);
  gsize length = strlen (language);
  if (g_str_equal (translation->language, language))
    return TRUE;
  if (g_str_has_prefix (folded, language) && strchr ("-_", folded[length]) != NULL)
    return TRUE;
  g_autofree char *in_brackets = g_strdup_printf ("(%s)", language);
  if (strstr (folded, in_brackets) != NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i].code, language) && g_str_has_prefix (folded, names[i].name))
      return TRUE;
  return FALSE;
}

static const SobanText *
find_text (const SobanForm *form, const char *id, gboolean extra, gboolean (*accept) (const SobanTranslation *, const char *),
           const char *language)
{
  for (guint i = 0; i < form->translations->len; i++) {
    const SobanTranslation *translation = g_ptr_array_index (form->translations, i);
    GHashTable *texts = extra ? translation->extras : translation->texts;
    const SobanText *text = accept (translation, language) ? g_hash_table_lookup (texts, id) : NULL;
    if (text != NULL)
      return text;
  }
  return NULL;
}

static gboolean
is_default (const SobanTranslation *translation, const char *language)
{
  return translation->is_default;
}

static gboolean
is_any (const SobanTranslation *translation, const char *language)
{
  return TRUE;
}

static const SobanText *
find_best (const SobanForm *form, const char *id, gboolean extra, const char *language)
{
  const SobanText *text = NULL;
  if (*language != '\0')
    text = find_text (form, id, extra, matches_language, language);
  if (text == NULL)
    text = find_text (form, id, extra, is_default, language);
  if (text == NULL)
    text = find_text (form, id, extra, is_any, language);
  return text;
}

const SobanText *
soban_form_find_itext (const SobanForm *form, const char *language, const char *id)
{
  return find_best (form, id, FALSE, language);
}

const SobanText *
soban_form_find_itext_extra (const SobanForm *form, const char *language, const char *kind, const char *id)
{
  g_autofree char *key = g_strconcat (kind, " ", id, NULL);
  return find_best (form, key, TRUE, language);
}

gboolean
soban_form_is_translatable (const SobanForm *form)
{
  if (form->languages->len == 0)
    return TRUE;
  if (form->languages->len > 1)
    return FALSE;
  const char *language = g_ptr_array_index (form->languages, 0);
  return g_str_equal (language, "en") || g_str_equal (language, "default");
}

const SobanSecondary *
soban_form_find_secondary (const SobanForm *form, const char *id)
{
  for (guint i = 0; i < form->secondaries->len; i++) {
    const SobanSecondary *secondary = g_ptr_array_index (form->secondaries, i);
    if (g_str_equal (secondary->id, id))
      return secondary;
  }
  return NULL;
}
