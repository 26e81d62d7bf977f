/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#define SOBAN_SHA256_BYTES 32

/* A file that a form brings along: a picture, a sound, a list. */
typedef struct {
  char *name; /* the last part of the address by which the form names it: soban_form_file_name_is_valid() */
  guint8 sha256[SOBAN_SHA256_BYTES];
  guint64 bytes;
} SobanFormFile;

/* One version of a form as the collector offers it to a tablet (sync/README.md 4.6a). Its content never changes: what it is of is told by
 * the hashes. */
typedef struct {
  char *id, *version;
  guint8 sha256[SOBAN_SHA256_BYTES]; /* of the XForm */
  guint64 bytes;
  gboolean withdrawn; /* kept for the records that were made with it, not offered for new ones */
  GPtrArray *files;   /* (element-type SobanFormFile), by name in byte order, each once */
} SobanFormOffer;
SobanFormOffer *soban_form_offer_new (const char *id, const char *version);
void soban_form_offer_free (SobanFormOffer *offer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanFormOffer, soban_form_offer_free)
/* Adds a file, its hash and size zero: (transfer none). */
SobanFormFile *soban_form_offer_add_file (SobanFormOffer *offer, const char *name);
/* Brings the files into their order. */
void soban_form_offer_sort (SobanFormOffer *offer);
SobanFormFile *soban_form_offer_find_file (const SobanFormOffer *offer, const char *name); /* (nullable) (transfer none) */

/* A name and no path: UTF-8, 1 to SOBAN_FORM_FILE_NAME_BYTES_MAX bytes, neither slash nor backslash nor control character, not "." or "..". */
gboolean soban_form_file_name_is_valid (const char *name);
/* (transfer full): the name of the file that @address ("jr://images/a.png", "a.png") means. */
char *soban_form_file_name (const char *address);

void soban_sha256_of (gconstpointer data, gsize length, guint8 *ret_sha256);
char *soban_sha256_to_hex (const guint8 *sha256); /* (transfer full): 64 lower case digits */
gboolean soban_sha256_from_hex (const char *hex, guint8 *ret_sha256);
