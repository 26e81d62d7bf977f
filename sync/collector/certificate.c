/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "certificate.h"

#include <arpa/inet.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#define YEARS_VALID 20
#define SECONDS_A_YEAR (365 * 24 * 60 * 60)
#define SERIAL_BYTES 16
#define KEY_HASH_BYTES 32

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_privkey_t, gnutls_x509_privkey_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_crt_t, gnutls_x509_crt_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_pubkey_t, gnutls_pubkey_deinit, NULL)

static gboolean
succeed (int code, GError **error)
{
  if (code >= 0)
    return TRUE;
  g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_MISC, _ ("The TLS library says: %s"), gnutls_strerror (code));
  return FALSE;
}

static int
add_name (gnutls_x509_crt_t certificate, const char *host)
{
  guint8 address[16];

  if (inet_pton (AF_INET, host, address) == 1)
    return gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS, address, 4, GNUTLS_FSAN_APPEND);
  if (inet_pton (AF_INET6, host, address) == 1)
    return gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS, address, 16, GNUTLS_FSAN_APPEND);
  return gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, host, strlen (host), GNUTLS_FSAN_APPEND);
}

static gboolean
fill_certificate (gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key, const char *const *hosts, gint64 now_ms, GError **error)
{
  static const char *const own_hosts[] = { "localhost", "127.0.0.1", "::1", NULL };
  static const char name[] = "Sổ Bản";
  guint8 serial[SERIAL_BYTES];
  time_t now = now_ms / 1000;

  if (!succeed (gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial), error))
    return FALSE;
  serial[0] &= 0x7f;
  /* A day back: the clock of a tablet that checks dates may be behind. */
  if (!succeed (gnutls_x509_crt_set_version (certificate, 3), error)
      || !succeed (gnutls_x509_crt_set_serial (certificate, serial, sizeof serial), error)
      || !succeed (gnutls_x509_crt_set_activation_time (certificate, now - 24 * 60 * 60), error)
      || !succeed (gnutls_x509_crt_set_expiration_time (certificate, now + (time_t) YEARS_VALID * SECONDS_A_YEAR), error)
      || !succeed (gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name, strlen (name)), error)
      || !succeed (gnutls_x509_crt_set_key (certificate, key), error)
      || !succeed (gnutls_x509_crt_set_basic_constraints (certificate, 0, -1), error)
      || !succeed (gnutls_x509_crt_set_key_usage (certificate, GNUTLS_KEY_DIGITAL_SIGNATURE), error)
      || !succeed (gnutls_x509_crt_set_key_purpose_oid (certificate, GNUTLS_KP_TLS_WWW_SERVER, 0), error))
    return FALSE;
  for (guint i = 0; own_hosts[i] != NULL; i++) {
    if (!succeed (add_name (certificate, own_hosts[i]), error))
      return FALSE;
  }
  for (guint i = 0; hosts != NULL && hosts[i] != NULL; i++) {
    if (!g_strv_contains (own_hosts, hosts[i]) && !succeed (add_name (certificate, hosts[i]), error))
      return FALSE;
  }
  return succeed (gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0), error);
}

static gboolean
write_pem (const char *path, gnutls_datum_t *pem, int mode, GError **error)
{
  gboolean written = g_file_set_contents_full (path, (const char *) pem->data, pem->size,
                                               G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, mode, error);

  gnutls_memset (pem->data, 0, pem->size);
  gnutls_free (pem->data);
  return written;
}

gboolean
soban_certificate_create (const char *key_path, const char *certificate_path, const char *const *hosts, gint64 now_ms, GError **error)
{
  g_auto (gnutls_x509_privkey_t) key = NULL;
  g_auto (gnutls_x509_crt_t) certificate = NULL;
  gnutls_datum_t pem = { 0 };

  if (!succeed (gnutls_x509_privkey_init (&key), error) || !succeed (gnutls_x509_crt_init (&certificate), error)
      || !succeed (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0), error)
      || !fill_certificate (certificate, key, hosts, now_ms, error)
      || !succeed (gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem), error)
      || !write_pem (key_path, &pem, 0600, error)
      || !succeed (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &pem), error)
      || !write_pem (certificate_path, &pem, 0644, error)) {
    g_prefix_error (error, _ ("Cannot make the collector's key: "));
    return FALSE;
  }
  return TRUE;
}

static gboolean
hash_key (gnutls_x509_crt_t certificate, guint8 *ret_hash, GError **error)
{
  g_auto (gnutls_pubkey_t) key = NULL;
  gnutls_datum_t info = { 0 };
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize length = KEY_HASH_BYTES;

  if (!succeed (gnutls_pubkey_init (&key), error) || !succeed (gnutls_pubkey_import_x509 (key, certificate, 0), error)
      || !succeed (gnutls_pubkey_export2 (key, GNUTLS_X509_FMT_DER, &info), error))
    return FALSE;
  g_checksum_update (checksum, info.data, info.size);
  gnutls_free (info.data);
  g_checksum_get_digest (checksum, ret_hash, &length);
  return TRUE;
}

gboolean
soban_certificate_hash_key (const char *certificate_path, guint8 *ret_hash, GError **error)
{
  g_auto (gnutls_x509_crt_t) certificate = NULL;
  g_autofree char *pem = NULL;
  gsize length;

  if (!g_file_get_contents (certificate_path, &pem, &length, error))
    return FALSE;
  if (!succeed (gnutls_x509_crt_init (&certificate), error)
      || !succeed (gnutls_x509_crt_import (certificate, &(gnutls_datum_t) { (guint8 *) pem, length }, GNUTLS_X509_FMT_PEM), error)
      || !hash_key (certificate, ret_hash, error)) {
    g_prefix_error (error, _ ("Cannot read %s: "), certificate_path);
    return FALSE;
  }
  return TRUE;
}
