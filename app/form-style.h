/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

/* How a kind of form looks everywhere: its name, its icon, its colour (a css class made from the catalogue). */

/* Makes the css classes of all forms for the default display. Once for each store. */
void soban_form_style_add (SobanStore *store);
/* (transfer full): css class for an icon of @form */
char *soban_form_style_class (const char *form);
/* (transfer none): name of the icon; a plain document for a form that is not in the catalogue */
const char *soban_form_style_icon (SobanStore *store, const char *form);
/* (transfer none): translated title without parsing the form; its id for a form that is not ours */
const char *soban_form_style_name (const char *form);
/* The same, and of a form that @store has received the title that it has itself. */
const char *soban_form_style_name_in (SobanStore *store, const char *form);
/* The same, and of a form that was received the title that it has itself. */
const char *soban_form_style_entry_name (const SobanFormEntry *entry);
