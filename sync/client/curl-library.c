/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "client/curl-library.h"

#include "base/late-library.h"
#include "late-libraries.h"

gboolean
soban_curl_load (SobanCurl *ret_curl, GError **error)
{
#define FUNCTION(name) { "curl_" #name, G_STRUCT_OFFSET (SobanCurl, name) },
  static const SobanLateFunction functions[] = { SOBAN_CURL_FUNCTIONS (FUNCTION) };
#undef FUNCTION

  if (!soban_late_library_load (SOBAN_CURL_SONAME, functions, G_N_ELEMENTS (functions), ret_curl, error))
    return FALSE;
  /* Counted by curl, and safe on any thread since 7.84. */
  g_assert (ret_curl->global_init (CURL_GLOBAL_DEFAULT) == CURLE_OK);
  return TRUE;
}
