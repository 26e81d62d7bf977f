/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "form/form-reader.h"

static gboolean
has_prefix (const xmlNode *node)
{
  return node->ns != NULL && node->ns->prefix != NULL;
}

/* Names without prefix stand in no namespace in expressions, whatever the form's default namespace is. */
static SobanNode *
new_node (SobanTree *tree, SobanNode *parent, const xmlNode *source)
{
  const char *prefix = has_prefix (source) ? (const char *) source->ns->prefix : "";
  const char *ns = has_prefix (source) ? (const char *) source->ns->href : "";
  SobanNode *node = soban_node_new_element (tree, parent, NULL, prefix, ns, (const char *) source->name);
  for (const xmlAttr *attribute = source->properties; attribute != NULL; attribute = attribute->next) {
    const char *attribute_prefix = attribute->ns != NULL ? (const char *) attribute->ns->prefix : "";
    const char *attribute_ns = attribute->ns != NULL ? (const char *) attribute->ns->href : "";
    g_autofree char *value =
      soban_xml_attribute (source, attribute->ns != NULL ? attribute_ns : NULL, (const char *) attribute->name);
    soban_node_set_attribute (node, attribute_prefix, attribute_ns, (const char *) attribute->name,
                              value != NULL ? value : "");
  }
  return node;
}

static void
copy_text (SobanNode *node, const xmlNode *source)
{
  xmlChar *text = xmlNodeGetContent (source);
  g_autofree char *normal = soban_text_normalize (text != NULL ? (const char *) text : "", -1);
  if (normal != NULL && *normal != '\0')
    soban_node_set_value (node, normal);
  xmlFree (text);
}

static void
copy_tree (SobanTree *tree, SobanNode *parent, const xmlNode *source)
{
  SobanNode *node = new_node (tree, parent, source);
  xmlNode *child = soban_xml_first_element (source);
  if (child == NULL)
    copy_text (node, source);
  for (; child != NULL; child = soban_xml_next_element (child))
    copy_tree (tree, node, child);
}

static SobanElement *
add_element (SobanForm *form, SobanElement *parent, const char *name)
{
  SobanElement *element = g_new0 (SobanElement, 1);
  element->name = g_intern_string (name);
  element->parent = parent;
  element->path = g_strconcat (parent != NULL ? parent->path : "", "/", name, NULL);
  if (parent == NULL)
    element->field = g_strdup ("");
  else
    element->field = parent->parent == NULL ? g_strdup (name) : g_strconcat (parent->field, "/", name, NULL);
  element->children = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_element_free);
  element->triggers = g_ptr_array_new_with_free_func (g_free);
  element->actions = g_ptr_array_new ();
  element->order = form->elements->len;
  if (parent != NULL) {
    element->index = parent->children->len;
    g_ptr_array_add (parent->children, element);
  }
  g_ptr_array_add (form->elements, element);
  g_hash_table_insert (form->by_path, element->path, element);
  g_hash_table_insert (form->by_field, element->field, element);
  return element;
}

/* The element of this name; a namesake in another namespace keeps its prefix in the path, so that no two are one. */
static SobanElement *
find_or_add (SobanForm *form, SobanElement *parent, const SobanNode *node)
{
  SobanElement *element = parent != NULL ? soban_element_child (parent, node->name) : NULL;
  if (element == NULL)
    return add_element (form, parent, node->name);
  if (element->template->ns == node->ns)
    return element;
  g_autofree char *name = g_strconcat (node->prefix, ":", node->name, NULL);
  element = soban_element_child (parent, name);
  return element != NULL ? element : add_element (form, parent, name);
}

static SobanElement *
read_primary (SobanForm *form, SobanElement *parent, SobanNode *parent_node, const xmlNode *source)
{
  SobanNode *node = new_node (form->template, parent_node, source);
  SobanElement *element = find_or_add (form, parent, node);
  gboolean is_template = soban_node_get_attribute (node, SOBAN_NS_JAVAROSA, "template") != NULL;
  if (element->template == NULL || (is_template && !element->has_template))
    element->template = node;
  element->has_template |= is_template;
  node->data = element;

  xmlNode *child = soban_xml_first_element (source);
  if (child == NULL)
    copy_text (node, source);
  for (; child != NULL; child = soban_xml_next_element (child))
    read_primary (form, element, node, child);
  return element;
}

/* Every record has meta/instanceID (ODK XForms, "metadata"). */
static void
ensure_instance_id (SobanForm *form)
{
  SobanElement *meta = soban_element_child (form->root, "meta");
  if (meta == NULL) {
    gboolean is_declared = g_strcmp0 (soban_prefixes_lookup (form->prefixes, "orx"), SOBAN_NS_OPENROSA) == 0;
    SobanNode *node = soban_node_new_element (form->template, form->root->template, NULL, is_declared ? "orx" : "",
                                              is_declared ? SOBAN_NS_OPENROSA : "", "meta");
    meta = add_element (form, form->root, "meta");
    meta->template = node;
    node->data = meta;
  }
  form->instance_id = soban_element_child (meta, "instanceID");
  if (form->instance_id != NULL)
    return;
  SobanNode *node = soban_node_new_element (form->template, meta->template, NULL, meta->template->prefix,
                                            meta->template->ns, "instanceID");
  SobanElement *element = add_element (form, meta, "instanceID");
  element->template = node;
  node->data = element;
  element->preload = g_strdup ("uid");
  form->instance_id = element;
}

static gboolean
read_primary_instance (SobanForm *form, xmlNode *instance, GError **error)
{
  xmlNode *source = soban_xml_first_element (instance);
  if (source == NULL) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX, _("line %u: the primary instance is empty"),
                 soban_xml_line (instance));
    return FALSE;
  }
  const char *ns = source->ns != NULL && !has_prefix (source) ? (const char *) source->ns->href : "";
  form->root_ns = g_intern_string (g_str_equal (ns, SOBAN_NS_XFORMS) ? "" : ns);
  form->root = read_primary (form, NULL, soban_tree_get_root (form->template), source);
  ensure_instance_id (form);

  form->primary_id = soban_xml_attribute (instance, NULL, "id");
  form->id = soban_xml_attribute (source, NULL, "id");
  if (form->id == NULL)
    form->id = g_strdup (*ns != '\0' && !g_str_equal (ns, SOBAN_NS_XFORMS) ? ns : form->root->name);
  form->version = soban_xml_attribute (source, NULL, "version");
  if (form->version == NULL)
    form->version = soban_xml_attribute (source, SOBAN_NS_OPENROSA, "version");
  if (form->version == NULL)
    form->version = g_strdup ("");
  if (form->primary_id == NULL)
    form->primary_id = g_strdup ("");
  return TRUE;
}

static gboolean
read_secondary_instance (SobanForm *form, xmlNode *instance, GError **error)
{
  g_autofree char *id = soban_xml_attribute (instance, NULL, "id");
  if (id == NULL || soban_form_find_secondary (form, id) != NULL) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX,
                 _("line %u: a secondary instance needs an id of its own"), soban_xml_line (instance));
    return FALSE;
  }
  SobanSecondary *secondary = g_new0 (SobanSecondary, 1);
  secondary->id = g_steal_pointer (&id);
  secondary->src = soban_xml_attribute (instance, NULL, "src");
  g_ptr_array_add (form->secondaries, secondary);
  xmlNode *source = soban_xml_first_element (instance);
  if (secondary->src != NULL && source == NULL) {
    g_ptr_array_add (form->external_sources, secondary->src);
    return TRUE;
  }
  g_clear_pointer (&secondary->src, g_free);
  secondary->tree = soban_tree_new ();
  SobanNode *top = soban_tree_get_root (secondary->tree);
  if (source != NULL)
    copy_tree (secondary->tree, top, source);
  /* Numbered now, so that readers of any thread find it in order and never write. */
  if (top->first_child != NULL)
    soban_node_compare_order (top, top->first_child);
  return TRUE;
}

gboolean
soban_form_read_instances (SobanForm *form, xmlNode *model, GError **error)
{
  for (xmlNode *child = soban_xml_first_element (model); child != NULL; child = soban_xml_next_element (child)) {
    if (!soban_xml_is (child, "instance"))
      continue;
    gboolean done =
      form->root == NULL ? read_primary_instance (form, child, error) : read_secondary_instance (form, child, error);
    if (!done)
      return FALSE;
  }
  if (form->root == NULL) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX, _("line %u: the model has no instance"),
                 soban_xml_line (model));
    return FALSE;
  }
  return TRUE;
}
