/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libxml/tree.h>

#include "form/xpath.h"

/* Part of a text as written: a literal, or (@xpath) an output to be filled in. */
typedef struct {
  char *literal;
  SobanXPath *xpath;
} SobanTextPart;

/**
 * SobanText:
 * @msgids: the msgids it may have in a catalogue, the canonical one first (extractors differ in what they escape)
 * @parts: (element-type SobanTextPart)
 * @itext_id: (nullable): the text stands in the itext under this id
 * @itext_xpath: (nullable): the id is computed
 * @line: in the form's file
 *
 * A label, hint or message. Immutable once read: any thread.
 */
typedef struct {
  GPtrArray *msgids;
  GPtrArray *parts;
  char *itext_id;
  SobanXPath *itext_xpath;
  guint line;
} SobanText;

/* Prefixes of a form's expressions: prefix -> uri. */
typedef GHashTable SobanPrefixes;
const char *soban_prefixes_lookup (gpointer prefixes, const char *prefix);

/* The content of a label, hint or itext value: text with `output` elements. */
SobanText *soban_text_new_from_element (xmlNode *element, SobanPrefixes *prefixes, GError **error);
/* A reference as written in an attribute: "jr:itext('id')", "jr:itext(expression)", or any other expression. */
SobanText *soban_text_new_from_reference (const char *reference, SobanPrefixes *prefixes, guint line, GError **error);
/* A message as written in an attribute: "jr:itext(...)" or plain text. */
SobanText *soban_text_new_from_message (const char *message, SobanPrefixes *prefixes, guint line, GError **error);
/* A translation: the same XML as a msgid. SYNTAX when it is none. */
SobanText *soban_text_new_from_translation (const char *translation, SobanPrefixes *prefixes, GError **error);
/* A text that is neither translated nor filled in. */
SobanText *soban_text_new_plain (const char *plain);
void soban_text_free (SobanText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanText, soban_text_free)

/* (nullable) (transfer none): the canonical msgid. */
const char *soban_text_get_msgid (const SobanText *text);
