/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

/**
 * SobanForm:
 *
 * An ODK XForms definition, read once and immutable: the model (primary instance template, binds, secondary instances,
 * itext) and the body (controls). Reference counted; any thread.
 */
typedef struct _SobanForm SobanForm;

/* Errors: SOBAN_FORM_ERROR, with line and question where known. */
SobanForm *soban_form_parse (GBytes *xml, GError **error);

/* The same for soban_form_check() alone, which says all that is wrong at once: a fault of a single question does not end it. Never to be filled in.
 * Errors: only what leaves nothing to be checked (no XForm, no instance, beyond a bound). */
SobanForm *soban_form_parse_to_check (GBytes *xml, GError **error);
SobanForm *soban_form_ref (SobanForm *form);
void soban_form_unref (SobanForm *form);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanForm, soban_form_unref)

const char *soban_form_get_id (const SobanForm *form);      /* primary instance's id */
const char *soban_form_get_version (const SobanForm *form); /* "" when it has none */
const char *soban_form_get_title (const SobanForm *form);   /* the msgid of h:title */
GBytes *soban_form_get_xml (const SobanForm *form);         /* (transfer none): the bytes it was read from */
/* (transfer none) (element-type utf8): languages of its itext; empty for a form whose labels are msgids. */
const GPtrArray *soban_form_get_languages (const SobanForm *form);
/* (transfer none) (element-type utf8): src of each external secondary instance. */
const GPtrArray *soban_form_get_external_sources (const SobanForm *form);
/* (transfer container) (element-type utf8): the addresses of pictures, sounds and films that its itext names, ascending, each once; those that
 * are computed are left out. */
GPtrArray *soban_form_list_media (const SobanForm *form);

typedef enum { SOBAN_LEVEL_OPEN, SOBAN_LEVEL_INTERNAL, SOBAN_LEVEL_PERSONAL, SOBAN_LEVEL_SENSITIVE } SobanLevel; /* S0..S3, DESIGN 9; append only */

/* The protection level of a field (instance path; the ids in brackets are ignored). Unknown fields: SOBAN_LEVEL_INTERNAL. */
SobanLevel soban_form_get_level (const SobanForm *form, const char *path);
/* Whether it asks for what must be sealed (S3); a question whose place is only kept, never relevant, asks for nothing. */
gboolean soban_form_is_sensitive (const SobanForm *form);
/* (nullable) (transfer none): the label msgid of a field, for history and record pages. */
const char *soban_form_get_field_label (const SobanForm *form, const char *path);
/* The position of a field in the form, for showing fields in the form's order; G_MAXUINT for an unknown one. */
guint soban_form_get_field_order (const SobanForm *form, const char *path);
/* Whether people answer the field at a control; FALSE for what the form computes or fills in by itself, and for fields it does not know. */
gboolean soban_form_is_answered (const SobanForm *form, const char *path);
