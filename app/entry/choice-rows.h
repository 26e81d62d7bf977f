/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "entry/entry.h"

/* Choices below each other in a card, each a check button as wide as the card: radio buttons or check marks. */
typedef struct _SobanChoiceRows SobanChoiceRows;

/* The person has toggled @value. */
typedef void (*SobanChoiceToggledFunc) (SobanChoiceRows *rows, const char *value, gboolean active, gpointer data);

/* @entry: whose question it is; outlives the rows */
SobanChoiceRows *soban_choice_rows_new (SobanEntry *entry, gboolean radio, SobanChoiceToggledFunc func, gpointer data);
void soban_choice_rows_free (SobanChoiceRows *self);
GtkWidget *soban_choice_rows_get_widget (SobanChoiceRows *self); /* (transfer none) */
/* Shows @choices (element-type SobanChoice), those in @chosen marked. A chosen value that is not offered any more stays
 * seen, so that it can be taken back. Rows are made anew only when the choices have changed. */
void soban_choice_rows_show (SobanChoiceRows *self, GPtrArray *choices, const char *const *chosen);
