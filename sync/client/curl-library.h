/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <curl/curl.h>
#include <glib.h>

#define SOBAN_CURL_FUNCTIONS(DO) \
  DO (global_init) DO (slist_append) DO (slist_free_all) \
  DO (easy_init) DO (easy_cleanup) DO (easy_setopt) DO (easy_getinfo) DO (easy_strerror) \
  DO (multi_init) DO (multi_cleanup) DO (multi_setopt) DO (multi_add_handle) DO (multi_remove_handle) DO (multi_info_read) \
  DO (multi_socket_action)

#define SOBAN_CURL_MEMBER(name) typeof (curl_##name) *name;

/* libcurl's functions without their prefix: with OpenSSL, LDAP and Kerberos it takes 5 MiB, and is loaded when something is first sent
 * (base/late-library.h). */
typedef struct {
  SOBAN_CURL_FUNCTIONS (SOBAN_CURL_MEMBER)
} SobanCurl;

/* Loads and initializes it. Any thread. Errors: as soban_late_library_load(). */
gboolean soban_curl_load (SobanCurl *ret_curl, GError **error);
