/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * soban_certificate_create:
 * @hosts: names and addresses to stand in it beside localhost, 127.0.0.1 and ::1
 *
 * Makes a P-256 key (mode 0600) and a self-signed certificate for it. Clients pin the key, so the certificate lives long.
 */
gboolean soban_certificate_create (const char *key_path, const char *certificate_path, const char *const *hosts, gint64 now_ms, GError **error);

/* SHA-256 of the SubjectPublicKeyInfo: what clients pin (sync/README.md 2.3). @ret_hash: 32 bytes. */
gboolean soban_certificate_hash_key (const char *certificate_path, guint8 *ret_hash, GError **error);
