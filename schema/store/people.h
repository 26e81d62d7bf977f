/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

/* Who writes on this tablet: one name or several, one of them now. A draft belongs to who began it (SobanDraft.person). */

/* (transfer full): all names, who writes now among them; empty when nobody was named. */
GStrv soban_store_list_people (SobanStore *store);
/**
 * soban_store_add_person: @name writes now; a name that is not in the list comes into it. Blanks around and in it become single ones.
 * Errors: VALUE for an empty name, LIMIT for a long one or too many.
 */
gboolean soban_store_add_person (SobanStore *store, const char *name, GError **error);
/* Takes a name from the list; what was written under it stays. Where it wrote now, the first of the others does. */
gboolean soban_store_remove_person (SobanStore *store, const char *name, GError **error);
/* (transfer full) (nullable): who writes now; NULL or "" = nobody was named. What is changed from now on names this person (SOBAN_FIELD_PERSON). Any thread. */
char *soban_store_get_person (SobanStore *store);
/* @name writes until the store is closed, whoever else writes on the tablet: nothing of it is kept. Errors as of add_person(). */
gboolean soban_store_set_person (SobanStore *store, const char *name, GError **error);
