/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/field-map.h"
#include "form/form.h"

/**
 * soban_form_import:
 * @xml: an instance of the form: a submission of any ODK program, or what soban_form_instance_to_xml() wrote
 * @ret_strays: (optional) (element-type utf8): paths of what the form does not know; it is kept in the fields all the same
 *
 * (transfer full): the fields of the record. Entries of a repeat get ids made of the record's instanceID and their place, so
 * that importing the same instance again gives the same record. Opened and written again the instance is the same.
 *
 * Errors: SYNTAX with the line, REFERENCE for an instance of another form, LIMIT for values, entries or fields beyond the
 * bounds.
 */
SobanFieldMap *soban_form_import (SobanForm *form, const char *xml, gsize length, GPtrArray **ret_strays, GError **error);
