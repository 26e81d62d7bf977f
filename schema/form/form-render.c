/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-instance-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "form/form-reader.h"

/* Texts as a person reads them: the language chosen, outputs filled in; and what expressions ask of the form. */

#define TEXT_DEPTH_MAX 8 /* an output may name a text that has outputs */

const char *
soban_form_instance_translate (SobanFormInstance *self, const char *msgid)
{
  const char *translation = self->host.translate != NULL ? self->host.translate (self->host.data, msgid) : NULL;
  return translation != NULL ? translation : msgid;
}

/* The text in the person's language: @text itself, or what the translation of its msgid reads as. */
static const SobanText *
translate_text (SobanFormInstance *self, const SobanText *text)
{
  if (!soban_form_is_translatable (self->form))
    return text;
  for (guint i = 0; i < text->msgids->len; i++) {
    const char *msgid = g_ptr_array_index (text->msgids, i);
    const char *translation = soban_form_instance_translate (self, msgid);
    if (g_str_equal (translation, msgid))
      continue;
    SobanText *parsed = g_hash_table_lookup (self->translations, translation);
    if (parsed != NULL)
      return parsed;
    g_autoptr (GError) error = NULL;
    parsed = soban_text_new_from_translation (translation, self->form->prefixes, &error);
    if (parsed == NULL) {
      /* Plain texts (messages in attributes) may hold a bare & or <; with outputs the original is what can be shown. */
      if (text->parts->len > 1)
        return text;
      parsed = soban_text_new_plain (translation);
    }
    g_hash_table_insert (self->translations, g_strdup (translation), parsed);
    return parsed;
  }
  return text;
}

static char *render_parts (SobanFormInstance *self, const SobanText *text, SobanNode *node);

static char *
render_itext (SobanFormInstance *self, const char *id, SobanNode *node)
{
  const char *language = self->host.language != NULL ? self->host.language : "";
  const SobanText *text = soban_form_find_itext (self->form, language, id);
  return text != NULL ? render_parts (self, translate_text (self, text), node) : NULL;
}

static char *
evaluate_output (SobanFormInstance *self, const SobanXPath *xpath, SobanNode *node)
{
  SobanXPathContext context = soban_form_instance_context (self, node);
  char *value = NULL;
  g_autoptr (GError) error = NULL;
  if (!soban_xpath_evaluate_string (xpath, &context, &value, &error)) {
    g_debug ("output “%s”: %s", soban_xpath_get_text (xpath), error->message);
    return g_strdup ("?"); /* a sentence with a hole says more than none */
  }
  return value;
}

static char *
render_parts (SobanFormInstance *self, const SobanText *text, SobanNode *node)
{
  if (self->text_depth >= TEXT_DEPTH_MAX)
    return g_strdup ("");
  SobanNode *outer = self->text_node;
  self->text_node = node;
  self->text_depth++;
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < text->parts->len; i++) {
    const SobanTextPart *part = g_ptr_array_index (text->parts, i);
    g_autofree char *value = part->xpath != NULL ? evaluate_output (self, part->xpath, node) : NULL;
    g_string_append (out, value != NULL ? value : part->literal);
  }
  self->text_depth--;
  self->text_node = outer;
  return g_strstrip (g_string_free (out, FALSE));
}

char *
soban_form_instance_render (SobanFormInstance *self, const SobanText *text, SobanNode *node)
{
  char *rendered = NULL;
  if (text == NULL)
    return g_strdup ("");
  if (text->itext_id != NULL) {
    rendered = render_itext (self, text->itext_id, node);
  } else if (text->itext_xpath != NULL) {
    g_autofree char *id = evaluate_output (self, text->itext_xpath, node);
    rendered = render_itext (self, id, node);
    if (rendered == NULL)
      rendered = g_steal_pointer (&id);
  } else {
    rendered = render_parts (self, translate_text (self, text), node);
  }
  return rendered != NULL ? rendered : g_strdup ("");
}

char *
soban_form_instance_render_extra (SobanFormInstance *self, const SobanText *text, const char *kind, SobanNode *node)
{
  const char *language = self->host.language != NULL ? self->host.language : "";
  if (text == NULL || (text->itext_id == NULL && text->itext_xpath == NULL))
    return NULL;
  g_autofree char *id =
    text->itext_id != NULL ? g_strdup (text->itext_id) : evaluate_output (self, text->itext_xpath, node);
  const SobanText *extra = soban_form_find_itext_extra (self->form, language, kind, id);
  return extra != NULL ? render_parts (self, translate_text (self, extra), node) : NULL;
}

static SobanNode *
find_place (SobanFormInstance *self, const char *path, GError **error)
{
  g_autoptr (SobanXPath) place = soban_form_compile_checked (path, self->form->prefixes, error);
  SobanXPathContext context = soban_form_instance_context (self, self->root->node);
  g_auto (SobanXPathValue) value = { 0 };
  if (place == NULL || !soban_xpath_evaluate (place, &context, &value, error))
    return NULL;
  if (value.type == SOBAN_XPATH_NODES && value.nodes->len > 0)
    return g_ptr_array_index (value.nodes, 0);
  g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE, _("“%s” is no place in the instance"), path);
  return NULL;
}

gboolean
soban_form_instance_evaluate (SobanFormInstance *self, const char *expression, const char *path,
                              SobanXPathValue *ret_value, GError **error)
{
  g_autoptr (SobanXPath) xpath = soban_form_compile_checked (expression, self->form->prefixes, error);
  SobanNode *node = self->root->node;
  if (xpath != NULL && path != NULL)
    node = find_place (self, path, error);
  if (xpath == NULL || node == NULL)
    return FALSE;
  SobanXPathContext context = soban_form_instance_context (self, node);
  return soban_xpath_evaluate (xpath, &context, ret_value, error);
}

static gint64
read_clock (gpointer data)
{
  SobanFormInstance *self = data;
  return MAX (soban_clock_wall_ms (self->host.clock), self->supposed_ms);
}

SobanTree *
soban_form_instance_load_secondary (SobanFormInstance *self, const SobanSecondary *secondary)
{
  if (secondary->tree != NULL)
    return secondary->tree;
  g_autoptr (GError) error = NULL;
  SobanTree *tree = self->host.load_file != NULL ? self->host.load_file (self->host.data, self->form, secondary->src, &error) : NULL;
  if (tree == NULL && error == NULL && self->host.load_instance != NULL)
    tree = self->host.load_instance (self->host.data, secondary->src, &error);
  if (tree == NULL) {
    g_hash_table_replace (self->faults, g_strdup (secondary->src),
                          g_strdup (error != NULL ? error->message : _("no such list")));
  }
  return tree;
}

static SobanNode *
find_instance (gpointer data, const char *id)
{
  SobanFormInstance *self = data;
  const SobanSecondary *secondary = soban_form_find_secondary (self->form, id);
  SobanTree *tree = NULL;
  if (secondary != NULL)
    tree = soban_form_instance_load_secondary (self, secondary);
  else if (g_str_equal (id, self->form->primary_id) || g_str_equal (id, self->form->id))
    tree = self->tree;
  return tree != NULL ? soban_tree_get_root (tree) : NULL;
}

static char *
find_itext (gpointer data, const char *id)
{
  SobanFormInstance *self = data;
  return render_itext (self, id, self->text_node != NULL ? self->text_node : self->root->node);
}

/* jr:choice-name(value, 'path'): the label of a choice of the question that the path means at @context. */
static char *
find_choice_name (gpointer data, const char *value, const char *path, SobanNode *context)
{
  SobanFormInstance *self = data;
  SobanFormState *here = context != NULL && context->tree == self->tree ? context->data : NULL;
  if (here == NULL)
    here = self->root;
  const SobanElement *element = soban_form_resolve (self->form, here->element, path);
  if (element == NULL || element->item == NULL)
    return NULL;
  while (!soban_element_contains (here->element, element))
    here = here->parent;
  while (here->element != element) {
    const SobanElement *step = element;
    while (step->parent != here->element)
      step = step->parent;
    if (!step->is_repeat) {
      here = soban_form_state_child (here, step);
      continue;
    }
    const SobanRepeatList *list = soban_form_state_list (here, step);
    if (list->instances->len == 0)
      return NULL;
    here = g_ptr_array_index (list->instances, 0);
  }
  return soban_form_instance_choice_label (self, here, value);
}

void
soban_form_instance_init_xpath_host (SobanFormInstance *self)
{
  self->xpath_host = (SobanXPathHost){
    .now_ms = self->host.clock != NULL ? read_clock : NULL,
    .timezone = self->host.timezone,
    .instance = find_instance,
    .itext = find_itext,
    .choice_name = find_choice_name,
    .entropy = self->host.entropy,
    .data = self,
    .default_ns = SOBAN_NS_XFORMS,
  };
}
