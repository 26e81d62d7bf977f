/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "client/curl-library.h"

#include <gio/gio.h>

#include "base/late-library.h"
#include "late-libraries.h"

gboolean
soban_curl_load (SobanCurl *ret_curl, GError **error)
{
#define FUNCTION(name) { "curl_" #name, G_STRUCT_OFFSET (SobanCurl, name) },
  static const SobanLateFunction functions[] = { SOBAN_CURL_FUNCTIONS (FUNCTION) };
#undef FUNCTION
  CURLcode started;

  if (!soban_late_library_load (SOBAN_CURL_SONAME, functions, G_N_ELEMENTS (functions), ret_curl, error))
    return FALSE;
  /* Counted by curl, and safe on any thread since 7.84. */
  started = ret_curl->global_init (CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "libcurl: %s", ret_curl->easy_strerror (started));
  return started == CURLE_OK;
}
