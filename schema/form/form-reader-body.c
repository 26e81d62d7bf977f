/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "form/form-reader.h"

static const struct {
  const char *name;
  SobanControl control;
} controls[] = {
  { "input", SOBAN_CONTROL_INPUT }, { "select1", SOBAN_CONTROL_SELECT1 }, { "select", SOBAN_CONTROL_SELECT },
  { "rank", SOBAN_CONTROL_RANK },   { "upload", SOBAN_CONTROL_UPLOAD },   { "trigger", SOBAN_CONTROL_TRIGGER },
  { "range", SOBAN_CONTROL_RANGE }, { "secret", SOBAN_CONTROL_INPUT },    { "textarea", SOBAN_CONTROL_INPUT },
};

static gboolean read_children (SobanForm *form, SobanBodyItem *parent, SobanElement *base, xmlNode *node,
                               GError **error);

static void
free_choice (SobanBodyChoice *choice)
{
  g_free (choice->value);
  g_clear_pointer (&choice->label, soban_text_free);
  g_free (choice);
}

static SobanBodyItem *
new_item (SobanBodyItem *parent, SobanBodyKind kind, SobanElement *element, xmlNode *node)
{
  SobanBodyItem *item = g_new0 (SobanBodyItem, 1);
  item->kind = kind;
  item->element = element;
  item->parent = parent;
  item->children = g_ptr_array_new_with_free_func ((GDestroyNotify)soban_body_item_free);
  item->choices = g_ptr_array_new_with_free_func ((GDestroyNotify)free_choice);
  item->range_start = item->range_end = item->range_step = NAN;
  item->line = soban_xml_line (node);
  g_autofree char *appearance = soban_xml_attribute (node, NULL, "appearance");
  item->appearance = g_strdup (appearance != NULL ? g_strdelimit (g_strstrip (appearance), "\t\r\n", ' ') : "");
  item->optional_part = (parent != NULL && parent->optional_part) || soban_body_item_has_appearance (item, "more");
  if (parent != NULL)
    g_ptr_array_add (parent->children, item);
  return item;
}

/* The element that a control's ref, nodeset or bind names; FALSE when it names one that is not there: other programs
 * pass over such a question, and what is left of the form can be filled in. */
static gboolean
find_element (SobanForm *form, SobanElement *base, xmlNode *node, SobanElement **ret_element)
{
  static const char *const attributes[] = { "ref", "nodeset", "bind" };
  for (guint i = 0; i < G_N_ELEMENTS (attributes); i++) {
    g_autofree char *reference = soban_xml_attribute (node, NULL, attributes[i]);
    if (reference == NULL)
      continue;
    *ret_element = g_str_equal (attributes[i], "bind") ? g_hash_table_lookup (form->bind_ids, reference)
                                                       : soban_form_resolve (form, base, reference);
    if (*ret_element != NULL)
      return TRUE;
    soban_form_add_remark (form, TRUE, soban_xml_line (node), reference,
                           _ ("this question has no node in the instance and is not shown"));
    return FALSE;
  }
  *ret_element = NULL;
  return TRUE;
}

/* A part of @item could not be read. */
static gboolean
excuse (SobanForm *form, SobanBodyItem *item, xmlNode *node, GError **error)
{
  item->is_damaged = TRUE;
  return soban_form_excuse (form, soban_xml_line (node), item->element != NULL ? item->element->field : NULL, error);
}

static SobanText *
read_text (SobanForm *form, xmlNode *node, GError **error)
{
  SobanText *text = soban_text_new_from_element (node, form->prefixes, error);
  if (text != NULL && text->itext_id != NULL && soban_form_find_itext (form, "", text->itext_id) == NULL) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE, _ ("the text “%s” is not in the itext"), text->itext_id);
    g_clear_pointer (&text, soban_text_free);
  }
  return text;
}

/* Takes label and hint; TRUE in @ret_taken when @node was one of them. */
static gboolean
read_texts (SobanForm *form, SobanBodyItem *item, xmlNode *node, gboolean *ret_taken, GError **error)
{
  gboolean is_label = soban_xml_is (node, "label");
  *ret_taken = is_label || soban_xml_is (node, "hint");
  if (!*ret_taken)
    return TRUE;
  SobanText *text = read_text (form, node, error);
  if (text == NULL)
    return excuse (form, item, node, error);
  SobanText **place = is_label ? &item->label : &item->hint;
  g_clear_pointer (place, soban_text_free);
  *place = text;
  return TRUE;
}

static gboolean
read_choice (SobanForm *form, SobanBodyItem *item, xmlNode *node, GError **error)
{
  xmlNode *value = soban_xml_child (node, "value");
  xmlNode *label = soban_xml_child (node, "label");
  if (value == NULL) {
    g_set_error_literal (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX, _ ("a choice without value"));
    return excuse (form, item, node, error);
  }
  SobanBodyChoice *choice = g_new0 (SobanBodyChoice, 1);
  xmlChar *text = xmlNodeGetContent (value);
  choice->value = g_strstrip (g_strdup (text != NULL ? (const char *)text : ""));
  xmlFree (text);
  g_ptr_array_add (item->choices, choice);
  if (label == NULL)
    return TRUE;
  choice->label = read_text (form, label, error);
  return choice->label != NULL || excuse (form, item, label, error);
}

static gboolean
is_plain_name (const char *reference)
{
  return g_regex_match_simple ("^[A-Za-z_][-\\w.]*$", reference, 0, 0);
}

static gboolean
read_itemset (SobanForm *form, SobanBodyItem *item, xmlNode *node, GError **error)
{
  g_autofree char *nodeset = soban_xml_attribute (node, NULL, "nodeset");
  xmlNode *value = soban_xml_child (node, "value");
  xmlNode *label = soban_xml_child (node, "label");
  g_autofree char *value_ref = value != NULL ? soban_xml_attribute (value, NULL, "ref") : NULL;
  g_autofree char *label_ref = label != NULL ? soban_xml_attribute (label, NULL, "ref") : NULL;
  if (nodeset == NULL || value_ref == NULL) {
    g_set_error_literal (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX, _ ("an itemset needs a nodeset and a value"));
    return excuse (form, item, node, error);
  }
  item->itemset = soban_itemset_new (nodeset, form->prefixes, error);
  if (item->itemset == NULL)
    return excuse (form, item, node, error);
  if (is_plain_name (value_ref))
    item->itemset->value_name = g_steal_pointer (&value_ref);
  else
    item->itemset->value = soban_form_compile_checked (value_ref, form->prefixes, error);
  if (item->itemset->value_name == NULL && item->itemset->value == NULL)
    return excuse (form, item, value, error);
  if (label_ref == NULL || is_plain_name (label_ref))
    item->itemset->label_name = g_strdup (label_ref != NULL ? label_ref : item->itemset->value_name);
  else
    item->itemset->label = soban_text_new_from_reference (label_ref, form->prefixes, soban_xml_line (label), error);
  if (item->itemset->label_name == NULL && item->itemset->label == NULL)
    return excuse (form, item, label, error);
  soban_itemset_settle (item->itemset);
  return TRUE;
}

static double
read_number (xmlNode *node, const char *name)
{
  g_autofree char *text = soban_xml_attribute (node, NULL, name);
  return text != NULL ? soban_xpath_string_to_number (text) : NAN;
}

/* A question that only shows: never answered, nothing computed into it. */
static gboolean
is_note (const SobanElement *element)
{
  const char *readonly = element->readonly != NULL ? soban_xpath_get_text (element->readonly) : "";
  return g_str_has_prefix (readonly, "true") && element->calculate == NULL && element->type == SOBAN_TYPE_STRING
         && element->preload == NULL && (element->template->first_child == NULL);
}

static gboolean
read_control (SobanForm *form, SobanBodyItem *parent, SobanElement *element, xmlNode *node, GError **error)
{
  SobanBodyItem *item = new_item (parent, SOBAN_BODY_CONTROL, element, node);
  item->control = SOBAN_CONTROL_NOTE; /* an unknown control shows its label and keeps its value */
  gboolean is_known = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (controls); i++)
    if (soban_xml_is (node, controls[i].name)) {
      item->control = controls[i].control;
      is_known = TRUE;
    }
  item->is_unknown = !is_known;
  if (!is_known) {
    g_autofree char *message = g_strdup_printf (
        _ ("a question of the kind “%s” cannot be answered here; it is only shown"), (const char *)node->name);
    soban_form_add_remark (form, FALSE, item->line, element->field, message);
  }
  if (item->control == SOBAN_CONTROL_INPUT && is_note (element))
    item->control = SOBAN_CONTROL_NOTE;
  if (item->control == SOBAN_CONTROL_RANGE) {
    item->range_start = read_number (node, "start");
    item->range_end = read_number (node, "end");
    item->range_step = read_number (node, "step");
  }
  if (item->control == SOBAN_CONTROL_UPLOAD)
    item->mediatype = soban_xml_attribute (node, NULL, "mediatype");
  item->order = form->controls->len;
  g_ptr_array_add (form->controls, item);
  if (element->item == NULL)
    element->item = item;

  for (xmlNode *child = soban_xml_first_element (node); child != NULL; child = soban_xml_next_element (child)) {
    gboolean taken = FALSE;
    if (!read_texts (form, item, child, &taken, error))
      return FALSE;
    if (soban_xml_is (child, "item") && !read_choice (form, item, child, error))
      return FALSE;
    if (soban_xml_is (child, "itemset") && !read_itemset (form, item, child, error))
      return FALSE;
    if (soban_xml_is (child, "setvalue") && !soban_form_read_action (form, child, element, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_repeat_count (SobanForm *form, SobanBodyItem *item, xmlNode *node, GError **error)
{
  g_autofree char *fixed = soban_xml_attribute (node, SOBAN_NS_JAVAROSA, "noAddRemove");
  item->no_add_remove = fixed != NULL && g_str_has_prefix (g_strstrip (fixed), "true");
  g_autofree char *count = soban_xml_attribute (node, SOBAN_NS_JAVAROSA, "count");
  if (count == NULL)
    return TRUE;
  SobanXPath *xpath = soban_form_compile_checked (count, form->prefixes, error);
  if (xpath == NULL)
    return excuse (form, item, node, error);
  item->no_add_remove = TRUE;
  item->element->count = soban_form_add_computation (form, item->element, SOBAN_COMPUTE_COUNT, xpath, item->line);
  return TRUE;
}

static gboolean
read_repeat (SobanForm *form, SobanBodyItem *parent, SobanElement *element, xmlNode *node, GError **error)
{
  if (element == NULL || element == form->root) {
    g_set_error_literal (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX, _ ("a repeat without nodeset"));
    return soban_form_excuse (form, soban_xml_line (node), NULL, error);
  }
  SobanBodyItem *item = new_item (parent, SOBAN_BODY_REPEAT, element, node);
  element->is_repeat = TRUE;
  if (element->item == NULL)
    element->item = item;
  item->order = form->controls->len;
  return read_repeat_count (form, item, node, error) && read_children (form, item, element, node, error);
}

static gboolean
read_children (SobanForm *form, SobanBodyItem *parent, SobanElement *base, xmlNode *node, GError **error)
{
  for (xmlNode *child = soban_xml_first_element (node); child != NULL; child = soban_xml_next_element (child)) {
    gboolean taken = FALSE;
    if (!read_texts (form, parent, child, &taken, error))
      return FALSE;
    if (taken)
      continue;
    if (soban_xml_is (child, "setvalue")) {
      if (!soban_form_read_action (form, child, base, error))
        return FALSE;
      continue;
    }
    SobanElement *element = NULL;
    if (!find_element (form, base, child, &element) && !soban_xml_is (child, "group"))
      continue;
    gboolean done = TRUE;
    if (soban_xml_is (child, "repeat")) {
      done = read_repeat (form, parent, element, child, error);
    } else if (soban_xml_is (child, "group")) {
      SobanBodyItem *group = new_item (parent, SOBAN_BODY_GROUP, element, child);
      done = read_children (form, group, element != NULL ? element : base, child, error);
    } else if (element != NULL && !soban_xml_is (child, "setgeopoint")) {
      done = read_control (form, parent, element, child, error);
    }
    if (!done)
      return FALSE;
  }
  return TRUE;
}

gboolean
soban_form_read_body (SobanForm *form, xmlNode *body, GError **error)
{
  form->body = new_item (NULL, SOBAN_BODY_GROUP, NULL, body);
  return read_children (form, form->body, form->root, body, error);
}
