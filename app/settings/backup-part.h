/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "store/store.h"

/**
 * soban_backup_part_new:
 *
 * (transfer floating): the group of the settings to back up to a file and to restore from one. A file to restore from is checked
 * first, then "win.restore" gets its path.
 */
GtkWidget *soban_backup_part_new (SobanStore *store);
