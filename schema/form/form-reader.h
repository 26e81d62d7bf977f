/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libxml/tree.h>

#include "form/form-private.h"

/* The steps of reading a form: each takes what the ones before it have filled in. All errors carry the line. */

gboolean soban_form_read_instances (SobanForm *form, xmlNode *model, GError **error);
gboolean soban_form_read_itext (SobanForm *form, xmlNode *model, GError **error);
gboolean soban_form_read_binds (SobanForm *form, xmlNode *model, GError **error);
gboolean soban_form_read_body (SobanForm *form, xmlNode *body, GError **error);
gboolean soban_form_read_action (SobanForm *form, xmlNode *element, SobanElement *source, GError **error);
void soban_form_add_remark (SobanForm *form, gboolean is_error, guint line, const char *place, const char *message);
/* (nullable): the attribute that "path/@name" means at @base; NULL when its element is not there. */
SobanAttribute *soban_form_take_attribute (SobanForm *form, const SobanElement *base, const char *reference);
/* Takes @xpath. The computation belongs to the form. */
SobanComputation *soban_form_add_computation (SobanForm *form, SobanElement *element, SobanComputeKind kind,
                                              SobanXPath *xpath, guint line);
/* Takes every relevant, calculate and count into form->computations, in order; CYCLE names the circle. */
gboolean soban_form_build_graph (SobanForm *form, GError **error);

/* (nullable): splits "instance('id')/root/item[name = key and ...]"; leaves the fields empty when it is built otherwise. */
SobanItemset *soban_itemset_new (const char *nodeset, SobanPrefixes *prefixes, GError **error);
/* Once its value and label are known. */
void soban_itemset_settle (SobanItemset *itemset);

/* An expression whose functions all exist and take what they are given. */
SobanXPath *soban_form_compile_checked (const char *expression, SobanPrefixes *prefixes, GError **error);

/* What a single question got wrong; @place: its name, or NULL. FALSE, with line and question before the error's message, when the form is to be used.
 * TRUE when it is only checked: the error has become a remark, and the reader goes on without that part. */
gboolean soban_form_excuse (SobanForm *form, guint line, const char *place, GError **error);

/* libxml2's tree, read by local name: XForms of every tool put their prefixes differently. */
gboolean soban_xml_is (const xmlNode *node, const char *name);
xmlNode *soban_xml_child (const xmlNode *node, const char *name); /* (nullable): the first element child */
xmlNode *soban_xml_next_element (const xmlNode *node);            /* (nullable) */
xmlNode *soban_xml_first_element (const xmlNode *node);           /* (nullable) */
/* (nullable) (transfer full): the attribute; @ns NULL = without namespace. */
char *soban_xml_attribute (const xmlNode *node, const char *ns, const char *name);
guint soban_xml_line (const xmlNode *node);
