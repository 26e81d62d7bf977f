/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "reports/xlsx-library.h"

#include "base/late-library.h"
#include "late-libraries.h"

gboolean
soban_xlsx_load (SobanXlsx *ret_xlsx, GError **error)
{
#define FUNCTION(name) { #name, G_STRUCT_OFFSET (SobanXlsx, name) },
  static const SobanLateFunction functions[] = { SOBAN_XLSX_FUNCTIONS (FUNCTION) };
#undef FUNCTION

  return soban_late_library_load (SOBAN_XLSXWRITER_SONAME, functions, G_N_ELEMENTS (functions), ret_xlsx, error);
}
