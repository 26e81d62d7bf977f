/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-reader.h"

#include <glib/gi18n-lib.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"

/* What the SAX callbacks leave behind for the one who parses. */
typedef struct {
  gboolean has_entities;
  int line;
} EntityWatch;

/* Forms never declare entities; what does is a bomb or reaches for files. It is stopped before anything expands. */
static void
on_entity_declared (void *context, const xmlChar *name, int type, const xmlChar *public_id, const xmlChar *system_id,
                    xmlChar *content)
{
  xmlParserCtxt *parser = context;
  EntityWatch *watch = parser->_private;
  watch->has_entities = TRUE;
  watch->line = parser->input != NULL ? parser->input->line : 0;
  xmlStopParser (parser);
}

static void
set_parse_error (xmlParserCtxt *parser, const EntityWatch *watch, GError **error)
{
  if (watch->has_entities) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX,
                 _("line %d: the form declares entities, which is not allowed"), watch->line);
    return;
  }
  const xmlError *cause = xmlCtxtGetLastError (parser);
  g_autofree char *message =
    g_strdup (cause != NULL && cause->message != NULL ? cause->message : _("no reason given"));
  gboolean too_deep = strstr (message, "Excessive depth") != NULL;
  g_set_error (error, SOBAN_FORM_ERROR, too_deep ? SOBAN_FORM_ERROR_LIMIT : SOBAN_FORM_ERROR_SYNTAX,
               _("line %d: not well-formed XML: %s"), cause != NULL ? cause->line : 0, g_strstrip (message));
}

static xmlDoc *
parse_document (GBytes *xml, GError **error)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (xml, &length);
  if (length > SOBAN_FORM_BYTES_MAX) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_LIMIT, _("the file is larger than %d bytes"),
                 SOBAN_FORM_BYTES_MAX);
    return NULL;
  }
  EntityWatch watch = { FALSE, 0 };
  xmlParserCtxt *parser = xmlNewParserCtxt ();
  g_assert (parser != NULL);
  parser->_private = &watch;
  parser->sax->entityDecl = on_entity_declared;
  xmlDoc *document =
    xmlCtxtReadMemory (parser, text != NULL ? text : "", (int) length, NULL, NULL,
                       XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES);
  if (document == NULL || watch.has_entities) {
    set_parse_error (parser, &watch, error);
    g_clear_pointer (&document, xmlFreeDoc);
  }
  xmlFreeParserCtxt (parser);
  return document;
}

static gboolean
check_depth (xmlNode *root, GError **error)
{
  guint depth = 1;
  for (xmlNode *node = root; node != NULL;) {
    if (depth > SOBAN_FORM_DEPTH_MAX) {
      g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_LIMIT, _("line %u: elements nested deeper than %d"),
                   soban_xml_line (node), SOBAN_FORM_DEPTH_MAX);
      return FALSE;
    }
    xmlNode *child = soban_xml_first_element (node);
    if (child != NULL) {
      node = child;
      depth++;
      continue;
    }
    while (node != root && soban_xml_next_element (node) == NULL) {
      node = node->parent;
      depth--;
    }
    node = node == root ? NULL : soban_xml_next_element (node);
  }
  return TRUE;
}

/* Forms declare their prefixes on the root or on the model; a later declaration of the same prefix loses. */
static void
collect_prefixes (SobanPrefixes *prefixes, const xmlNode *node)
{
  for (const xmlNs *ns = node->nsDef; ns != NULL; ns = ns->next)
    if (ns->prefix != NULL && !g_hash_table_contains (prefixes, ns->prefix))
      g_hash_table_insert (prefixes, g_strdup ((const char *) ns->prefix), g_strdup ((const char *) ns->href));
  for (xmlNode *child = soban_xml_first_element (node); child != NULL; child = soban_xml_next_element (child))
    collect_prefixes (prefixes, child);
}

static void
free_translation (SobanTranslation *translation)
{
  g_free (translation->language);
  g_hash_table_unref (translation->texts);
  g_hash_table_unref (translation->extras);
  g_free (translation);
}

static void
free_secondary (SobanSecondary *secondary)
{
  g_free (secondary->id);
  g_free (secondary->src);
  g_clear_pointer (&secondary->tree, soban_tree_free);
  g_free (secondary);
}

static void
free_computation (SobanComputation *computation)
{
  g_clear_pointer (&computation->xpath, soban_xpath_free);
  g_free (computation);
}

static void
free_action (SobanAction *action)
{
  g_clear_pointer (&action->place, soban_xpath_free);
  g_clear_pointer (&action->value, soban_xpath_free);
  g_free (action->literal);
  g_free (action);
}

static void
free_attribute (SobanAttribute *attribute)
{
  g_free (attribute->preload);
  g_free (attribute->preload_params);
  g_clear_pointer (&attribute->calculate, soban_xpath_free);
  g_free (attribute);
}

static void
free_remark (SobanFormRemark *remark)
{
  g_free (remark->place);
  g_free (remark->message);
  g_free (remark);
}

void
soban_form_add_remark (SobanForm *form, gboolean is_error, guint line, const char *place, const char *message)
{
  SobanFormRemark *remark = g_new0 (SobanFormRemark, 1);
  remark->is_error = is_error;
  remark->line = line;
  remark->place = g_strdup (place);
  remark->message = g_strdup (message);
  g_ptr_array_add (form->remarks, remark);
}

static SobanForm *
new_form (GBytes *xml)
{
  SobanForm *form = g_new0 (SobanForm, 1);
  g_atomic_ref_count_init (&form->references);
  form->xml = g_bytes_ref (xml);
  form->prefixes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  form->template = soban_tree_new ();
  form->elements = g_ptr_array_new ();
  form->by_path = g_hash_table_new (g_str_hash, g_str_equal);
  form->by_field = g_hash_table_new (g_str_hash, g_str_equal);
  form->bind_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  form->secondaries = g_ptr_array_new_with_free_func ((GDestroyNotify) free_secondary);
  form->external_sources = g_ptr_array_new ();
  form->translations = g_ptr_array_new_with_free_func ((GDestroyNotify) free_translation);
  form->languages = g_ptr_array_new ();
  form->controls = g_ptr_array_new ();
  form->computations = g_ptr_array_new_with_free_func ((GDestroyNotify) free_computation);
  form->actions = g_ptr_array_new_with_free_func ((GDestroyNotify) free_action);
  form->attributes = g_ptr_array_new_with_free_func ((GDestroyNotify) free_attribute);
  form->remarks = g_ptr_array_new_with_free_func ((GDestroyNotify) free_remark);
  return form;
}

static gboolean
read_document (SobanForm *form, xmlDoc *document, GError **error)
{
  xmlNode *root = xmlDocGetRootElement (document);
  if (root == NULL || !check_depth (root, error))
    return FALSE;
  xmlNode *head = soban_xml_is (root, "html") ? soban_xml_child (root, "head") : NULL;
  xmlNode *model = head != NULL ? soban_xml_child (head, "model") : NULL;
  xmlNode *body = head != NULL ? soban_xml_child (root, "body") : NULL;
  if (model == NULL || body == NULL) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX,
                 _("line %u: not an XForm: it must be html with head, model and body"), soban_xml_line (root));
    return FALSE;
  }
  collect_prefixes (form->prefixes, root);
  xmlNode *title = soban_xml_child (head, "title");
  xmlChar *title_text = title != NULL ? xmlNodeGetContent (title) : NULL;
  form->title = g_strstrip (g_strdup (title_text != NULL ? (const char *) title_text : ""));
  xmlFree (title_text);

  if (!soban_form_read_instances (form, model, error) || !soban_form_read_itext (form, model, error)
      || !soban_form_read_binds (form, model, error) || !soban_form_read_body (form, body, error))
    return FALSE;
  for (xmlNode *child = soban_xml_first_element (model); child != NULL; child = soban_xml_next_element (child))
    if (soban_xml_is (child, "setvalue") && !soban_form_read_action (form, child, NULL, error))
      return FALSE;
  return soban_form_build_graph (form, error);
}

static SobanForm *
parse (GBytes *xml, gboolean is_only_checked, GError **error)
{
  xmlDoc *document = parse_document (xml, error);
  if (document == NULL) {
    g_prefix_error (error, "%s", _("Reading the form: "));
    return NULL;
  }
  g_autoptr (SobanForm) form = new_form (xml);
  form->is_only_checked = is_only_checked;
  gboolean done = read_document (form, document, error);
  xmlFreeDoc (document);
  if (!done) {
    g_prefix_error (error, _("Reading the form “%s”: "), form->title != NULL ? form->title : "");
    return NULL;
  }
  return g_steal_pointer (&form);
}

SobanForm *
soban_form_parse (GBytes *xml, GError **error)
{
  return parse (xml, FALSE, error);
}

SobanForm *
soban_form_parse_to_check (GBytes *xml, GError **error)
{
  g_autoptr (GError) cause = NULL; /* remarks are made of it: there must be one */
  SobanForm *form = parse (xml, TRUE, &cause);
  if (form == NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return form;
}

SobanXPath *
soban_form_compile_checked (const char *expression, SobanPrefixes *prefixes, GError **error)
{
  SobanXPath *xpath = soban_xpath_compile (expression, soban_prefixes_lookup, prefixes, error);
  if (xpath != NULL && !soban_xpath_check_functions (xpath, error))
    g_clear_pointer (&xpath, soban_xpath_free);
  return xpath;
}

gboolean
soban_form_excuse (SobanForm *form, guint line, const char *place, GError **error)
{
  if (form->is_only_checked) {
    soban_form_add_remark (form, TRUE, line, place != NULL ? place : "", (*error)->message);
    g_clear_error (error);
    return TRUE;
  }
  if (place != NULL)
    g_prefix_error (error, _("line %u, question “%s”: "), line, place);
  else
    g_prefix_error (error, _("line %u: "), line);
  return FALSE;
}

/* The path with its predicates cut out. */
static char *
drop_predicates (const char *reference)
{
  GString *out = g_string_new (NULL);
  int depth = 0;
  for (const char *at = reference; *at != '\0'; at++) {
    depth += *at == '[';
    if (depth == 0 && !g_ascii_isspace (*at))
      g_string_append_c (out, *at);
    depth -= *at == ']' && depth > 0;
  }
  return g_string_free (out, FALSE);
}

static SobanElement *
resolve_step (const SobanForm *form, SobanElement *element, gboolean at_top, const char *step)
{
  const char *colon = strchr (step, ':');
  const char *local = colon != NULL ? colon + 1 : step;
  if (at_top)
    return g_str_equal (form->root->name, local) ? form->root : NULL;
  SobanElement *child = soban_element_child (element, step);
  return child != NULL ? child : soban_element_child (element, local);
}

SobanElement *
soban_form_resolve (const SobanForm *form, const SobanElement *base, const char *reference)
{
  g_autofree char *plain = drop_predicates (reference);
  const char *path = plain;
  if (g_str_has_prefix (path, "current()/"))
    path += strlen ("current()/");
  gboolean at_top = *path == '/';
  SobanElement *element = at_top ? NULL : (SobanElement *) base;
  if (element == NULL && !at_top)
    element = form->root;
  g_auto (GStrv) steps = g_strsplit (at_top ? path + 1 : path, "/", -1);
  for (guint i = 0; steps[i] != NULL; i++) {
    if (g_str_equal (steps[i], "."))
      continue;
    element =
      g_str_equal (steps[i], "..") ? (at_top ? NULL : element->parent) : resolve_step (form, element, at_top, steps[i]);
    if (element == NULL)
      return NULL;
    at_top = FALSE;
  }
  return element;
}
