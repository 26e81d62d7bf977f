/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/form-instance.h"

/* (transfer full): an old value of @path as a person reads it: labels of choices, dates. "" for none. */
char *soban_value_text (SobanFormInstance *instance, const char *path, const char *value);
/* (transfer full) (nullable): what a field is called; NULL for one that is not for people (identifiers, marks of
 * repeats). */
char *soban_field_name (SobanFormInstance *instance, const char *path);
