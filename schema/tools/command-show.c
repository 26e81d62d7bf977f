/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

#include "form/form-private.h"

static const char *const type_names[] = {
  [SOBAN_TYPE_STRING] = "string",     [SOBAN_TYPE_INT] = "int",           [SOBAN_TYPE_DECIMAL] = "decimal",
  [SOBAN_TYPE_BOOLEAN] = "boolean",   [SOBAN_TYPE_DATE] = "date",         [SOBAN_TYPE_TIME] = "time",
  [SOBAN_TYPE_DATETIME] = "dateTime", [SOBAN_TYPE_GEOPOINT] = "geopoint", [SOBAN_TYPE_GEOTRACE] = "geotrace",
  [SOBAN_TYPE_GEOSHAPE] = "geoshape", [SOBAN_TYPE_BINARY] = "binary",     [SOBAN_TYPE_BARCODE] = "barcode",
};
static const char *const control_names[] = {
  [SOBAN_CONTROL_INPUT] = "input", [SOBAN_CONTROL_SELECT1] = "select1", [SOBAN_CONTROL_SELECT] = "select",
  [SOBAN_CONTROL_RANK] = "rank",   [SOBAN_CONTROL_UPLOAD] = "upload",   [SOBAN_CONTROL_TRIGGER] = "trigger",
  [SOBAN_CONTROL_RANGE] = "range", [SOBAN_CONTROL_NOTE] = "note",
};

/* As written: outputs as ${expression}. */
static char *
write_label (const SobanForm *form, const SobanText *text)
{
  const SobanText *found = text;
  if (text != NULL && text->itext_id != NULL)
    found = soban_form_find_itext (form, "", text->itext_id);
  GString *out = g_string_new (NULL);
  for (guint i = 0; found != NULL && i < found->parts->len; i++) {
    const SobanTextPart *part = g_ptr_array_index (found->parts, i);
    if (part->xpath != NULL)
      g_string_append_printf (out, "${%s}", soban_xpath_get_text (part->xpath));
    else
      g_string_append (out, part->literal);
  }
  return g_strstrip (g_strdelimit (g_string_free (out, FALSE), "\r\n\t", ' '));
}

static void
print_rule (const char *name, const SobanXPath *xpath)
{
  if (xpath != NULL)
    g_print ("  [%s: %s]", name, soban_xpath_get_text (xpath));
}

static void
print_rules (const SobanElement *element)
{
  if (element == NULL)
    return;
  print_rule ("relevant", element->relevant != NULL ? element->relevant->xpath : NULL);
  print_rule ("required", element->required);
  print_rule ("readonly", element->readonly);
  print_rule ("calculate", element->calculate != NULL ? element->calculate->xpath : NULL);
  print_rule ("constraint", element->constraint);
  print_rule ("count", element->count != NULL ? element->count->xpath : NULL);
}

static void
print_kind (const SobanBodyItem *item)
{
  const char *field = item->element != NULL ? item->element->field : "";
  if (item->kind == SOBAN_BODY_GROUP)
    g_print ("group %s", field);
  else if (item->kind == SOBAN_BODY_REPEAT)
    g_print ("repeat %s", field);
  else
    g_print ("%s %s (%s)", control_names[item->control], field, type_names[item->element->type]);
}

static void
print_item (const SobanForm *form, const SobanBodyItem *item, guint depth)
{
  g_autofree char *label = write_label (form, item->label);
  g_print ("%*s", (int)depth * 2, "");
  print_kind (item);
  if (*label != '\0')
    g_print (" “%s”", label);
  print_rules (item->element);
  g_print ("\n");
  for (guint i = 0; i < item->choices->len; i++) {
    const SobanBodyChoice *choice = g_ptr_array_index (item->choices, i);
    g_autofree char *text = write_label (form, choice->label);
    g_print ("%*s- %s “%s”\n", (int)depth * 2 + 2, "", choice->value, text);
  }
  if (item->itemset != NULL)
    g_print ("%*s- %s\n", (int)depth * 2 + 2, "", soban_xpath_get_text (item->itemset->nodeset));
  for (guint i = 0; i < item->children->len; i++)
    print_item (form, g_ptr_array_index (item->children, i), depth + 1);
}

static int
run (int argc, char **argv, GError **error)
{
  g_auto (GStrv) arguments = soban_verb_parse (&soban_verb_show, NULL, 1, argc, argv, error);
  g_autoptr (SobanForm) form = arguments != NULL ? soban_read_form (arguments[0], error) : NULL;
  if (form == NULL)
    return SOBAN_EXIT_FAILED;
  g_print ("%s %s “%s”\n", form->id, form->version, form->title);
  for (guint i = 0; i < form->languages->len; i++)
    g_print (_ ("language %s\n"), (const char *)g_ptr_array_index (form->languages, i));
  for (guint i = 0; i < form->external_sources->len; i++)
    g_print (_ ("list %s\n"), (const char *)g_ptr_array_index (form->external_sources, i));
  for (guint i = 0; i < form->body->children->len; i++)
    print_item (form, g_ptr_array_index (form->body->children, i), 0);
  for (guint i = 0; i < form->elements->len; i++) {
    const SobanElement *element = g_ptr_array_index (form->elements, i);
    if (element->item != NULL || element->calculate == NULL)
      continue;
    g_print (_ ("computed %s"), element->field);
    print_rules (element);
    g_print ("\n");
  }
  return SOBAN_EXIT_DONE;
}

const SobanVerb soban_verb_show = { "show", "FILE", N_ ("Print the outline of a form"), run };
