/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/file-kind.h"

#include <gio/gio.h>

gboolean
soban_file_kind_is_picture (const char *name)
{
  g_autofree char *type = g_content_type_guess (name, NULL, 0, NULL);

  return g_content_type_is_a (type, "image/*");
}

char *
soban_file_kind_text (const char *name)
{
  g_autofree char *type = g_content_type_guess (name, NULL, 0, NULL);

  return g_content_type_get_description (type);
}
