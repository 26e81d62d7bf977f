/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "em.h"

double
soban_em (GtkWidget *widget)
{
  const PangoFontDescription *font = pango_context_get_font_description (gtk_widget_get_pango_context (widget));

  return MAX (1.0, (double)pango_font_description_get_size (font) / PANGO_SCALE);
}
