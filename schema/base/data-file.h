/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * soban_data_file_read:
 * @bytes_max: refuse a larger file
 *
 * (transfer full): the contents of a data file that the program ships. The pure layers read nothing themselves.
 */
GBytes *soban_data_file_read (const char *file, gsize bytes_max, GError **error);
