/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/form-instance.h"

/*
 * Beginning a record with the answers of an earlier one. What is likely to be the same again is taken over: the place, the
 * team, the method, the speaker; never a number, a date, a text, a yes or no, or what stands in a repeat: those are of their
 * day. By type that is a choice of one out of at least three; a bind says otherwise with sb:carry, "true" or "false".
 */

/**
 * soban_form_instance_list_carried:
 * @earlier: fields of the earlier record
 * @initial: what @self held when it was begun: what the person has answered since is left alone, as is what the tablet
 *   filled in (a preload)
 *
 * (transfer full) (element-type utf8): paths in the form's order; choices that are not offered any more are found only by
 * carry().
 */
GPtrArray *soban_form_instance_list_carried (SobanFormInstance *self, const SobanFieldMap *earlier, const SobanFieldMap *initial);
/* (transfer full): takes the answers over, one after the other as a person would; the paths that were changed, each with
 * what it held before ("" for nothing). */
GHashTable *soban_form_instance_carry (SobanFormInstance *self, const SobanFieldMap *earlier, const SobanFieldMap *initial);
