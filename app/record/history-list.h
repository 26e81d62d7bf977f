/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "form/form-instance.h"
#include "store/record-store.h"

/**
 * soban_history_list_fill:
 * @box: emptied first
 * @history: (element-type SobanHistoryItem), newest first
 *
 * One card for each save: by whom, when, what in the order of the form; a value that was overtaken unseen is marked and can be put back.
 */
void soban_history_list_fill (GtkBox *box, SobanStore *store, const SobanUuid *id, SobanFormInstance *instance,
                              GPtrArray *history);
