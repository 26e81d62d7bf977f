/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/late-library.h"

#include <dlfcn.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>

static gboolean
fail (GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               _("A part of this program is missing, please have it installed again (%s)"), dlerror ());
  return FALSE;
}

gboolean
soban_late_library_load (const char *soname, const SobanLateFunction *functions, guint n_functions, gpointer ret_table, GError **error)
{
  gpointer library = dlopen (soname, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
  g_autofree gpointer *found = g_new0 (gpointer, n_functions);

  if (library == NULL) {
    return fail (error);
  }
  for (guint i = 0; i < n_functions; i++) {
    found[i] = dlsym (library, functions[i].name);
    if (found[i] == NULL) {
      return fail (error);
    }
  }
  for (guint i = 0; i < n_functions; i++) {
    G_STRUCT_MEMBER (gpointer, ret_table, functions[i].offset) = found[i];
  }
  return TRUE;
}
