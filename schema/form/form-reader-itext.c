/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "form/form-reader.h"

/* The value that is text to be read: without form, else long, short, guidance; media forms name files. */
static xmlNode *
choose_value (xmlNode *text)
{
  static const char *const forms[] = { "long", "short", "guidance" };
  xmlNode *found[G_N_ELEMENTS (forms)] = { NULL };

  for (xmlNode *value = soban_xml_first_element (text); value != NULL; value = soban_xml_next_element (value)) {
    g_autofree char *form = soban_xml_attribute (value, NULL, "form");
    if (form == NULL)
      return value;
    for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
      if (g_str_equal (form, forms[i]) && found[i] == NULL)
        found[i] = value;
  }
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    if (found[i] != NULL)
      return found[i];
  return NULL;
}

static gboolean
is_extra (const char *form)
{
  static const char *const extras[] = { "audio", "image", "big-image", "video", "guidance", NULL };
  return form != NULL && g_strv_contains (extras, form);
}

/* What stands beside the text to be read: files to be shown or played, and guidance. */
static gboolean
read_extras (SobanForm *form, SobanTranslation *translation, xmlNode *text, const xmlNode *chosen, const char *id,
             GError **error)
{
  for (xmlNode *value = soban_xml_first_element (text); value != NULL; value = soban_xml_next_element (value)) {
    g_autofree char *kind = soban_xml_attribute (value, NULL, "form");
    if (value == chosen || !is_extra (kind))
      continue;
    SobanText *read = soban_text_new_from_element (value, form->prefixes, error);
    if (read == NULL && !soban_form_excuse (form, soban_xml_line (value), NULL, error))
      return FALSE;
    if (read == NULL)
      continue;
    g_hash_table_replace (translation->extras, g_strconcat (kind, " ", id, NULL), read);
  }
  return TRUE;
}

static gboolean
read_text (SobanForm *form, SobanTranslation *translation, xmlNode *text, GError **error)
{
  g_autofree char *id = soban_xml_attribute (text, NULL, "id");
  if (id == NULL) {
    g_set_error_literal (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX, _("an itext text without id"));
    return soban_form_excuse (form, soban_xml_line (text), NULL, error);
  }
  xmlNode *value = choose_value (text);
  SobanText *read = soban_text_new_from_element (value != NULL ? value : text, form->prefixes, error);
  if (read == NULL)
    return soban_form_excuse (form, soban_xml_line (text), NULL, error);
  if (value == NULL)
    g_ptr_array_set_size (read->parts, 0);
  g_hash_table_replace (translation->texts, g_strdup (id), read);
  return read_extras (form, translation, text, value, id, error);
}

gboolean
soban_form_read_itext (SobanForm *form, xmlNode *model, GError **error)
{
  xmlNode *itext = soban_xml_child (model, "itext");
  if (itext == NULL)
    return TRUE;
  for (xmlNode *child = soban_xml_first_element (itext); child != NULL; child = soban_xml_next_element (child)) {
    if (!soban_xml_is (child, "translation"))
      continue;
    SobanTranslation *translation = g_new0 (SobanTranslation, 1);
    translation->language = soban_xml_attribute (child, NULL, "lang");
    if (translation->language == NULL)
      translation->language = g_strdup ("default");
    g_autofree char *is_default = soban_xml_attribute (child, NULL, "default");
    translation->is_default = is_default != NULL && !g_str_equal (is_default, "false()");
    translation->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) soban_text_free);
    translation->extras = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) soban_text_free);
    g_ptr_array_add (form->translations, translation);
    g_ptr_array_add (form->languages, translation->language);
    for (xmlNode *text = soban_xml_first_element (child); text != NULL; text = soban_xml_next_element (text))
      if (soban_xml_is (text, "text") && !read_text (form, translation, text, error))
        return FALSE;
  }
  return TRUE;
}
