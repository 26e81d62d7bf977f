/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "form/form-reader.h"

static SobanDataType
read_type (SobanForm *form, const SobanElement *element, xmlNode *bind, const char *type)
{
  static const struct {
    const char *name;
    SobanDataType type;
  } types[] = {
    { "int", SOBAN_TYPE_INT },           { "integer", SOBAN_TYPE_INT },       { "long", SOBAN_TYPE_INT },
    { "decimal", SOBAN_TYPE_DECIMAL },   { "double", SOBAN_TYPE_DECIMAL },    { "float", SOBAN_TYPE_DECIMAL },
    { "boolean", SOBAN_TYPE_BOOLEAN },   { "date", SOBAN_TYPE_DATE },         { "time", SOBAN_TYPE_TIME },
    { "dateTime", SOBAN_TYPE_DATETIME }, { "geopoint", SOBAN_TYPE_GEOPOINT }, { "geotrace", SOBAN_TYPE_GEOTRACE },
    { "geoshape", SOBAN_TYPE_GEOSHAPE }, { "binary", SOBAN_TYPE_BINARY },     { "barcode", SOBAN_TYPE_BARCODE },
    { "string", SOBAN_TYPE_STRING },     { "text", SOBAN_TYPE_STRING },       { "select1", SOBAN_TYPE_STRING },
    { "select", SOBAN_TYPE_STRING },     { "rank", SOBAN_TYPE_STRING },       { "list", SOBAN_TYPE_STRING },
    { "listItem", SOBAN_TYPE_STRING },   { "listItems", SOBAN_TYPE_STRING },  { "intent", SOBAN_TYPE_STRING },
    { "anyURI", SOBAN_TYPE_STRING },
  };
  const char *colon = strchr (type, ':');
  const char *local = colon != NULL ? colon + 1 : type;
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].name, local))
      return types[i].type;
  g_autofree char *message = g_strdup_printf (_("there is no type “%s”; it is taken for text"), type);
  soban_form_add_remark (form, TRUE, soban_xml_line (bind), element->field, message);
  return SOBAN_TYPE_STRING; /* ODK: an unknown type is a string */
}

static gboolean
read_expression (SobanForm *form, SobanElement *element, xmlNode *bind, const char *ns, const char *name,
                 SobanXPath **xpath, GError **error)
{
  g_autofree char *text = soban_xml_attribute (bind, ns, name);
  if (text == NULL || *g_strstrip (text) == '\0')
    return TRUE;
  SobanXPath *compiled = soban_form_compile_checked (text, form->prefixes, error);
  if (compiled == NULL) {
    g_prefix_error (error, "%s: ", name);
    return soban_form_excuse (form, soban_xml_line (bind), element->field, error);
  }
  g_clear_pointer (xpath, soban_xpath_free);
  *xpath = compiled;
  return TRUE;
}

static gboolean
read_message (SobanForm *form, SobanElement *element, xmlNode *bind, const char *ns, const char *name, SobanText **message, GError **error)
{
  g_autofree char *text = soban_xml_attribute (bind, ns, name);
  if (text == NULL)
    return TRUE;
  SobanText *read = soban_text_new_from_message (text, form->prefixes, soban_xml_line (bind), error);
  if (read != NULL && read->itext_id != NULL && soban_form_find_itext (form, "", read->itext_id) == NULL) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE, _("the text “%s” is not in the itext"), read->itext_id);
    g_clear_pointer (&read, soban_text_free);
  }
  if (read == NULL)
    return soban_form_excuse (form, soban_xml_line (bind), element->field, error);
  g_clear_pointer (message, soban_text_free);
  *message = read;
  return TRUE;
}

static gboolean
read_computation (SobanForm *form, SobanElement *element, xmlNode *bind, const char *name, SobanComputeKind kind,
                  SobanComputation **computation, GError **error)
{
  SobanXPath *xpath = NULL;
  if (!read_expression (form, element, bind, NULL, name, &xpath, error))
    return FALSE;
  if (xpath == NULL)
    return TRUE;
  *computation = soban_form_add_computation (form, element, kind, xpath, soban_xml_line (bind));
  return TRUE;
}

static gboolean
read_level (SobanForm *form, SobanElement *element, xmlNode *bind, GError **error)
{
  g_autofree char *level = soban_xml_attribute (bind, SOBAN_NS_OWN, "level");
  if (level == NULL)
    return TRUE;
  if (level[0] != 'S' || level[1] < '0' || level[1] > '3' || level[2] != '\0') {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX,
                 _("the level must be S0, S1, S2 or S3, not “%s”"), level);
    return soban_form_excuse (form, soban_xml_line (bind), element->field, error);
  }
  element->has_level = TRUE;
  element->level = (SobanLevel) (level[1] - '0');
  return TRUE;
}

static gboolean
read_carry (SobanForm *form, SobanElement *element, xmlNode *bind, GError **error)
{
  g_autofree char *carry = soban_xml_attribute (bind, SOBAN_NS_OWN, "carry");
  if (carry == NULL)
    return TRUE;
  if (!g_str_equal (carry, "true") && !g_str_equal (carry, "false")) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX,
                 _("sb:carry must be true or false, not “%s”"), carry);
    return soban_form_excuse (form, soban_xml_line (bind), element->field, error);
  }
  element->carry = g_str_equal (carry, "true") ? SOBAN_CARRY_ALWAYS : SOBAN_CARRY_NEVER;
  return TRUE;
}

static gboolean
read_attributes (SobanForm *form, SobanElement *element, xmlNode *bind, GError **error)
{
  g_autofree char *type = soban_xml_attribute (bind, NULL, "type");
  if (type != NULL)
    element->type = read_type (form, element, bind, type);
  element->bind_line = soban_xml_line (bind);
  g_autofree char *preload = soban_xml_attribute (bind, SOBAN_NS_JAVAROSA, "preload");
  if (preload != NULL) {
    g_free (element->preload);
    g_free (element->preload_params);
    element->preload = g_steal_pointer (&preload);
    element->preload_params = soban_xml_attribute (bind, SOBAN_NS_JAVAROSA, "preloadParams");
  }
  return read_computation (form, element, bind, "relevant", SOBAN_COMPUTE_RELEVANT, &element->relevant, error)
         && read_computation (form, element, bind, "calculate", SOBAN_COMPUTE_CALCULATE, &element->calculate, error)
         && read_expression (form, element, bind, NULL, "required", &element->required, error)
         && read_expression (form, element, bind, NULL, "readonly", &element->readonly, error)
         && read_expression (form, element, bind, NULL, "constraint", &element->constraint, error)
         && read_expression (form, element, bind, SOBAN_NS_OWN, "warning", &element->warning, error)
         && read_message (form, element, bind, SOBAN_NS_JAVAROSA, "requiredMsg", &element->required_message, error)
         && read_message (form, element, bind, SOBAN_NS_JAVAROSA, "constraintMsg", &element->constraint_message, error)
         && read_message (form, element, bind, SOBAN_NS_OWN, "warningMsg", &element->warning_message, error)
         && read_level (form, element, bind, error) && read_carry (form, element, bind, error);
}

SobanAttribute *
soban_form_take_attribute (SobanForm *form, const SobanElement *base, const char *reference)
{
  const char *mark = strstr (reference, "/@");
  g_autofree char *above = g_strndup (reference, (gsize) (mark - reference));
  const char *name = mark + strlen ("/@");
  const char *colon = strchr (name, ':');
  g_autofree char *prefix = g_strndup (name, colon != NULL ? (gsize) (colon - name) : 0);
  SobanElement *owner = soban_form_resolve (form, base, above);
  const char *ns = colon != NULL ? soban_prefixes_lookup (form->prefixes, prefix) : "";
  if (owner == NULL || ns == NULL)
    return NULL;
  const char *local = g_intern_string (colon != NULL ? colon + 1 : name);
  for (guint i = 0; i < form->attributes->len; i++) {
    SobanAttribute *known = g_ptr_array_index (form->attributes, i);
    if (known->owner == owner && known->name == local && g_str_equal (known->ns, ns))
      return known;
  }
  SobanAttribute *attribute = g_new0 (SobanAttribute, 1);
  attribute->owner = owner;
  attribute->prefix = g_intern_string (prefix);
  attribute->ns = g_intern_string (ns);
  attribute->name = local;
  g_ptr_array_add (form->attributes, attribute);
  return attribute;
}

static gboolean
read_attribute_bind (SobanForm *form, SobanElement *base, xmlNode *bind, const char *nodeset, GError **error)
{
  SobanAttribute *attribute = soban_form_take_attribute (form, base, nodeset);
  if (attribute == NULL) {
    soban_form_add_remark (form, TRUE, soban_xml_line (bind), nodeset, _("this bind has no node in the instance"));
    return TRUE;
  }
  g_free (attribute->preload);
  g_free (attribute->preload_params);
  attribute->preload = soban_xml_attribute (bind, SOBAN_NS_JAVAROSA, "preload");
  attribute->preload_params = soban_xml_attribute (bind, SOBAN_NS_JAVAROSA, "preloadParams");
  g_autofree char *calculate = soban_xml_attribute (bind, NULL, "calculate");
  if (calculate == NULL || *g_strstrip (calculate) == '\0')
    return TRUE;
  SobanXPath *xpath = soban_form_compile_checked (calculate, form->prefixes, error);
  if (xpath == NULL)
    return soban_form_excuse (form, soban_xml_line (bind), nodeset, error);
  g_clear_pointer (&attribute->calculate, soban_xpath_free);
  attribute->calculate = xpath;
  return TRUE;
}

static gboolean
read_bind (SobanForm *form, SobanElement *base, xmlNode *bind, GError **error)
{
  g_autofree char *nodeset = soban_xml_attribute (bind, NULL, "nodeset");
  if (nodeset == NULL)
    nodeset = soban_xml_attribute (bind, NULL, "ref");
  if (nodeset == NULL) {
    g_set_error_literal (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX, _("a bind without nodeset"));
    return soban_form_excuse (form, soban_xml_line (bind), NULL, error);
  }
  if (strstr (nodeset, "/@") != NULL)
    return read_attribute_bind (form, base, bind, nodeset, error);
  SobanElement *element = soban_form_resolve (form, base, nodeset);
  if (element == NULL) { /* other programs pass over it: what is left of the form can be filled in */
    soban_form_add_remark (form, TRUE, soban_xml_line (bind), nodeset, _("this bind has no node in the instance"));
    return TRUE;
  }
  char *id = soban_xml_attribute (bind, NULL, "id");
  if (id != NULL)
    g_hash_table_replace (form->bind_ids, id, element);
  if (!read_attributes (form, element, bind, error))
    return FALSE;
  for (xmlNode *child = soban_xml_first_element (bind); child != NULL; child = soban_xml_next_element (child))
    if (soban_xml_is (child, "bind") && !read_bind (form, element, child, error))
      return FALSE;
  return TRUE;
}

gboolean
soban_form_read_binds (SobanForm *form, xmlNode *model, GError **error)
{
  for (xmlNode *child = soban_xml_first_element (model); child != NULL; child = soban_xml_next_element (child))
    if (soban_xml_is (child, "bind") && !read_bind (form, form->root, child, error))
      return FALSE;
  return TRUE;
}

static const struct {
  const char *name;
  SobanEvents event;
} event_names[] = {
  { "odk-instance-first-load", SOBAN_EVENT_FIRST_LOAD },
  { "xforms-ready", SOBAN_EVENT_FIRST_LOAD },
  { "odk-instance-load", SOBAN_EVENT_LOAD },
  { "xforms-value-changed", SOBAN_EVENT_VALUE_CHANGED },
  { "odk-new-repeat", SOBAN_EVENT_NEW_REPEAT },
  { "jr-insert", SOBAN_EVENT_NEW_REPEAT },
};

gboolean
soban_form_read_action (SobanForm *form, xmlNode *element, SobanElement *source, GError **error)
{
  guint line = soban_xml_line (element);
  g_autofree char *reference = soban_xml_attribute (element, NULL, "ref");
  g_autofree char *bind = soban_xml_attribute (element, NULL, "bind");
  SobanElement *target = NULL;
  SobanAttribute *attribute = NULL;
  if (bind != NULL)
    target = g_hash_table_lookup (form->bind_ids, bind);
  else if (reference != NULL && strstr (reference, "/@") != NULL)
    attribute = soban_form_take_attribute (form, source, reference);
  else if (reference != NULL)
    target = soban_form_resolve (form, source, reference);
  if (attribute != NULL)
    target = attribute->owner;
  if (target == NULL) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE,
                 _("setvalue “%s”: the instance has no such node"),
                 reference != NULL ? reference
                 : bind != NULL    ? bind
                                   : "");
    return soban_form_excuse (form, line, NULL, error);
  }
  SobanXPath *place = NULL;
  if (attribute == NULL && reference != NULL && strchr (reference, '[') != NULL) {
    place = soban_form_compile_checked (reference, form->prefixes, error);
    if (place == NULL)
      return soban_form_excuse (form, line, target->field, error);
  }
  g_autofree char *value = soban_xml_attribute (element, NULL, "value");
  SobanXPath *xpath = NULL;
  if (value != NULL && *g_strstrip (value) != '\0') {
    xpath = soban_form_compile_checked (value, form->prefixes, error);
    if (xpath == NULL) {
      g_clear_pointer (&place, soban_xpath_free);
      return soban_form_excuse (form, line, target->field, error);
    }
  }
  SobanAction *action = g_new0 (SobanAction, 1);
  action->target = target;
  action->attribute = attribute;
  action->source = source;
  action->place = place;
  action->value = xpath;
  xmlChar *literal = xmlNodeGetContent (element);
  action->literal = g_strdup (literal != NULL ? (const char *) literal : "");
  xmlFree (literal);
  action->line = line;
  g_autofree char *events = soban_xml_attribute (element, NULL, "event");
  g_auto (GStrv) words = g_strsplit_set (events != NULL ? events : "", " \t\r\n", -1);
  for (guint i = 0; words[i] != NULL; i++)
    for (guint j = 0; j < G_N_ELEMENTS (event_names); j++)
      if (g_str_equal (words[i], event_names[j].name))
        action->events |= event_names[j].event;
  g_ptr_array_add (form->actions, action);
  if (source != NULL && (action->events & (SOBAN_EVENT_VALUE_CHANGED | SOBAN_EVENT_NEW_REPEAT)) != 0)
    g_ptr_array_add (source->actions, action);
  SobanElement *repeat = source != NULL ? soban_element_repeat (source) : NULL;
  if (repeat != NULL && repeat != source && (action->events & SOBAN_EVENT_NEW_REPEAT) != 0)
    g_ptr_array_add (repeat->actions, action); /* it stands in a question of the new entry */
  return TRUE;
}
