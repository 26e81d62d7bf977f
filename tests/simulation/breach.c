/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "breach.h"

G_DEFINE_QUARK (soban - simulation - breach, breach)

gboolean
breach (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (BREACH, 0, format, arguments));
  va_end (arguments);
  return FALSE;
}
