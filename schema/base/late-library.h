/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A function of a library, and where the pointer to it stands in a table. */
typedef struct {
  const char *name;
  gsize offset;
} SobanLateFunction;

/**
 * soban_late_library_load:
 * @soname: what a linked program would ask for (late-libraries.h)
 * @ret_table: a struct of pointers to functions; left alone on errors
 *
 * Loads a library that most runs never need when it is first used: until then neither it nor what it is linked with takes memory
 * (DESIGN 7). It stays loaded; loading it again is cheap. Any thread.
 * Errors: G_IO_ERROR_NOT_SUPPORTED, in words for people, where the library is missing or lacks a function.
 */
gboolean soban_late_library_load (const char *soname, const SobanLateFunction *functions, guint n_functions, gpointer ret_table,
                                  GError **error);
