/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-text.h"

#include <glib/gi18n-lib.h>
#include <libxml/parser.h>
#include <string.h>

#include "base/error.h"
#include "form/form-reader.h"

/* How a msgid's characters are written: extractors (xgettext with ITS rules) differ, and a rule can choose. */
typedef enum { ESCAPE_XML, ESCAPE_XML_QUOTES, ESCAPE_NONE, ESCAPE_VARIANTS } EscapeVariant;

const char *
soban_prefixes_lookup (gpointer prefixes, const char *prefix)
{
  return g_hash_table_lookup (prefixes, prefix);
}

static void
free_part (SobanTextPart *part)
{
  g_free (part->literal);
  g_clear_pointer (&part->xpath, soban_xpath_free);
  g_free (part);
}

static SobanText *
new_text (guint line)
{
  SobanText *text = g_new0 (SobanText, 1);
  text->msgids = g_ptr_array_new_with_free_func (g_free);
  text->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) free_part);
  text->line = line;
  return text;
}

void
soban_text_free (SobanText *text)
{
  if (text == NULL)
    return;
  g_ptr_array_unref (text->msgids);
  g_ptr_array_unref (text->parts);
  g_free (text->itext_id);
  g_clear_pointer (&text->itext_xpath, soban_xpath_free);
  g_free (text);
}

const char *
soban_text_get_msgid (const SobanText *text)
{
  return text->msgids->len > 0 ? g_ptr_array_index (text->msgids, 0) : NULL;
}

static void
append_escaped (GString *out, const char *text, EscapeVariant variant, gboolean in_attribute)
{
  if (variant == ESCAPE_NONE) {
    g_string_append (out, text);
    return;
  }
  for (const char *at = text; *at != '\0'; at++) {
    if (*at == '&')
      g_string_append (out, "&amp;");
    else if (*at == '<')
      g_string_append (out, "&lt;");
    else if (*at == '>')
      g_string_append (out, "&gt;");
    else if (*at == '"' && (in_attribute || variant == ESCAPE_XML_QUOTES))
      g_string_append (out, "&quot;");
    else
      g_string_append_c (out, *at);
  }
}

static void
write_inner (GString *out, const xmlNode *element, EscapeVariant variant)
{
  for (const xmlNode *node = element->children; node != NULL; node = node->next) {
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
      append_escaped (out, (const char *) node->content, variant, FALSE);
    if (node->type != XML_ELEMENT_NODE)
      continue;
    g_string_append_printf (out, "<%s", (const char *) node->name);
    for (const xmlAttr *attribute = node->properties; attribute != NULL; attribute = attribute->next) {
      g_autofree char *name = g_strdup ((const char *) attribute->name);
      char *value = soban_xml_attribute (node, NULL, name);
      g_string_append_printf (out, " %s=\"", name);
      append_escaped (out, value != NULL ? value : "", variant, TRUE);
      g_string_append_c (out, '"');
      g_free (value);
    }
    if (node->children == NULL) {
      g_string_append (out, "/>");
      continue;
    }
    g_string_append_c (out, '>');
    write_inner (out, node, variant);
    g_string_append_printf (out, "</%s>", (const char *) node->name);
  }
}

static char *
collapse_blanks (const char *text)
{
  GString *out = g_string_sized_new (strlen (text));
  gboolean blank = FALSE;
  for (const char *at = text; *at != '\0'; at++) {
    if (strchr (" \t\r\n", *at) != NULL) {
      blank = out->len > 0;
      continue;
    }
    if (blank)
      g_string_append_c (out, ' ');
    blank = FALSE;
    g_string_append_c (out, *at);
  }
  return g_string_free (out, FALSE);
}

static void
add_msgid (SobanText *text, const char *raw)
{
  g_autofree char *msgid = collapse_blanks (raw);
  if (*msgid != '\0' && !g_ptr_array_find_with_equal_func (text->msgids, msgid, g_str_equal, NULL))
    g_ptr_array_add (text->msgids, g_steal_pointer (&msgid));
}

static void
add_literal (SobanText *text, const char *literal)
{
  SobanTextPart *last = text->parts->len > 0 ? g_ptr_array_index (text->parts, text->parts->len - 1) : NULL;
  if (last != NULL && last->xpath == NULL) {
    char *joined = g_strconcat (last->literal, literal, NULL);
    g_free (last->literal);
    last->literal = joined;
    return;
  }
  SobanTextPart *part = g_new0 (SobanTextPart, 1);
  part->literal = g_strdup (literal);
  g_ptr_array_add (text->parts, part);
}

static gboolean
add_output (SobanText *text, const char *expression, SobanPrefixes *prefixes, GError **error)
{
  SobanXPath *xpath = soban_form_compile_checked (expression, prefixes, error);
  if (xpath == NULL) {
    g_prefix_error (error, _("output “%s”: "), expression);
    return FALSE;
  }
  SobanTextPart *part = g_new0 (SobanTextPart, 1);
  part->xpath = xpath;
  g_ptr_array_add (text->parts, part);
  return TRUE;
}

static gboolean
add_parts (SobanText *text, const xmlNode *element, SobanPrefixes *prefixes, GError **error)
{
  for (const xmlNode *node = element->children; node != NULL; node = node->next) {
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
      add_literal (text, (const char *) node->content);
    if (node->type != XML_ELEMENT_NODE)
      continue;
    if (!soban_xml_is (node, "output")) {
      if (!add_parts (text, node, prefixes, error))
        return FALSE;
      continue;
    }
    g_autofree char *value = soban_xml_attribute (node, NULL, "value");
    if (value == NULL)
      value = soban_xml_attribute (node, NULL, "ref");
    if (value == NULL) {
      g_set_error_literal (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX, _("an output without value"));
      return FALSE;
    }
    if (!add_output (text, value, prefixes, error))
      return FALSE;
  }
  return TRUE;
}

SobanText *
soban_text_new_from_element (xmlNode *element, SobanPrefixes *prefixes, GError **error)
{
  g_autofree char *reference = soban_xml_attribute (element, NULL, "ref");
  if (reference != NULL)
    return soban_text_new_from_reference (reference, prefixes, soban_xml_line (element), error);

  g_autoptr (SobanText) text = new_text (soban_xml_line (element));
  if (!add_parts (text, element, prefixes, error))
    return NULL;
  for (EscapeVariant variant = ESCAPE_XML; variant < ESCAPE_VARIANTS; variant++) {
    g_autoptr (GString) raw = g_string_new (NULL);
    write_inner (raw, element, variant);
    add_msgid (text, raw->str);
    if (strpbrk (raw->str, "&<\"") == NULL)
      break; /* nothing in it that could be written otherwise */
  }
  return g_steal_pointer (&text);
}

/* (nullable): the argument of "jr:itext(argument)" when that call is all of @reference. */
static char *
find_itext_argument (const char *reference)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (reference));
  gsize length = strlen (trimmed);
  if (!g_str_has_prefix (trimmed, "jr:itext(") || trimmed[length - 1] != ')')
    return NULL;
  char *argument = g_strndup (trimmed + strlen ("jr:itext("), length - strlen ("jr:itext(") - 1);
  return g_strstrip (argument);
}

static gboolean
is_one_literal (const char *expression)
{
  gsize length = strlen (expression);
  if (length < 2 || (expression[0] != '\'' && expression[0] != '"'))
    return FALSE;
  return strchr (expression + 1, expression[0]) == expression + length - 1;
}

SobanText *
soban_text_new_from_reference (const char *reference, SobanPrefixes *prefixes, guint line, GError **error)
{
  g_autoptr (SobanText) text = new_text (line);
  g_autofree char *argument = find_itext_argument (reference);
  if (argument == NULL)
    return add_output (text, reference, prefixes, error) ? g_steal_pointer (&text) : NULL;
  if (is_one_literal (argument)) {
    text->itext_id = g_strndup (argument + 1, strlen (argument) - 2);
    return g_steal_pointer (&text);
  }
  text->itext_xpath = soban_form_compile_checked (argument, prefixes, error);
  if (text->itext_xpath == NULL) {
    g_prefix_error (error, _("text “%s”: "), reference);
    return NULL;
  }
  return g_steal_pointer (&text);
}

SobanText *
soban_text_new_from_message (const char *message, SobanPrefixes *prefixes, guint line, GError **error)
{
  g_autofree char *argument = find_itext_argument (message);
  if (argument != NULL)
    return soban_text_new_from_reference (message, prefixes, line, error);
  SobanText *text = new_text (line);
  add_literal (text, message);
  add_msgid (text, message);
  for (EscapeVariant variant = ESCAPE_XML; variant < ESCAPE_NONE; variant++) {
    g_autoptr (GString) raw = g_string_new (NULL);
    append_escaped (raw, message, variant, FALSE);
    add_msgid (text, raw->str);
  }
  return text;
}

SobanText *
soban_text_new_plain (const char *plain)
{
  SobanText *text = new_text (0);
  add_literal (text, plain);
  return text;
}

SobanText *
soban_text_new_from_translation (const char *translation, SobanPrefixes *prefixes, GError **error)
{
  g_autofree char *wrapped = g_strconcat ("<text>", translation, "</text>", NULL);
  xmlDoc *document = xmlReadMemory (wrapped, (int) strlen (wrapped), NULL, "UTF-8",
                                    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  if (document == NULL) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX, _("the translation “%s” is not well-formed"),
                 translation);
    return NULL;
  }
  g_autoptr (SobanText) text = new_text (0);
  gboolean done = add_parts (text, xmlDocGetRootElement (document), prefixes, error);
  xmlFreeDoc (document);
  return done ? g_steal_pointer (&text) : NULL;
}
