/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "protocol/message.h"

/**
 * SobanEnrolmentFile:
 *
 * What a device is given at enrolment: sync/README.md 6.1. Pure; any thread.
 */
typedef struct {
  char *url;          /* "https://10.0.0.5:8443", without a slash at its end */
  char *key;          /* "sha256//<base64>", or "" */
  guint32 device;
  char *device_name;
  char *token;
  char *role;
  char *scopes;       /* unit uids, separated by single blanks */
  char *home_scope;   /* one of them */
  guint kept_days;    /* how far back it keeps activities; 0 = all of them */
  SobanKeys *keys;    /* (nullable): of bundles; whoever has them needs no network before a stick */
} SobanEnrolmentFile;

void soban_enrolment_file_free (SobanEnrolmentFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanEnrolmentFile, soban_enrolment_file_free)

/* A token goes to https alone, or within one machine (README 2.3). Errors: SOBAN_SYNC_ERROR_REFUSED. */
gboolean soban_enrolment_check_url (const char *url, GError **error);

/* (transfer full): the text of the file. */
char *soban_enrolment_file_write (const SobanEnrolmentFile *file);
/* (transfer full): every field is there and sound. Errors: SOBAN_SYNC_ERROR_REFUSED. */
SobanEnrolmentFile *soban_enrolment_file_read (const char *text, GError **error);
