/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store-private.h"

/* Who makes a change (people.c). On the store thread. */

/* (transfer full) in *ret_person: who writes now; "" = nobody was named. */
gboolean soban_person_get (SobanStore *store, char **ret_person, GError **error);
/**
 * soban_log_append_person:
 * @beginner: (nullable): whose name it gets where nobody is named now
 *
 * As soban_log_append_own(), for what a person does: the change names who made it (SOBAN_FIELD_PERSON). Not where nobody is named, and
 * not beside what is sensitive: a record of a form that asks for S3, or whose form is not at hand.
 */
gboolean soban_log_append_person (SobanStore *store, SobanChange *change, const char *beginner, gint64 seen, const SobanFieldMap *before, GError **error);
