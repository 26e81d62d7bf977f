/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Error codes say what the caller can do about the failure, not where it happened. */

#define SOBAN_FORM_ERROR (soban_form_error_quark ())
GQuark soban_form_error_quark (void);

typedef enum {
  SOBAN_FORM_ERROR_SYNTAX,      /* not XML, or not an XForm: the file is to be replaced */
  SOBAN_FORM_ERROR_EXPRESSION,  /* an XPath expression that does not parse, or an unknown function */
  SOBAN_FORM_ERROR_CYCLE,       /* questions that depend on each other in a circle */
  SOBAN_FORM_ERROR_REFERENCE,   /* a path, list or text id that does not exist */
  SOBAN_FORM_ERROR_VALUE,       /* a value that the question's type refuses */
  SOBAN_FORM_ERROR_LIMIT,       /* beyond a bound of limits.h */
  SOBAN_FORM_ERROR_UNSUPPORTED, /* valid, but not done by this program */
} SobanFormError;

#define SOBAN_STORE_ERROR (soban_store_error_quark ())
GQuark soban_store_error_quark (void);

typedef enum {
  SOBAN_STORE_ERROR_BUSY,       /* another program holds the file: try again */
  SOBAN_STORE_ERROR_FULL,       /* no room on the disk: make room, nothing was lost */
  SOBAN_STORE_ERROR_CORRUPT,    /* the file is damaged: keep it, offer the backup */
  SOBAN_STORE_ERROR_CONSTRAINT, /* the data breaks a rule of the store */
  SOBAN_STORE_ERROR_NOT_FOUND,  /* no such record, draft or form */
  SOBAN_STORE_ERROR_TOO_NEW,    /* written by a newer program: update the program */
  SOBAN_STORE_ERROR_IO,         /* the disk or the folder cannot be read or written */
  SOBAN_STORE_ERROR_SENSITIVE,  /* an S3 value in the clear: refused */
  SOBAN_STORE_ERROR_LIMIT,      /* beyond a bound of limits.h */
} SobanStoreError;

#define SOBAN_SYNC_ERROR (soban_sync_error_quark ())
GQuark soban_sync_error_quark (void);

typedef enum {
  SOBAN_SYNC_ERROR_OFFLINE,   /* no way to the collector: the work is safe, try later */
  SOBAN_SYNC_ERROR_TIMEOUT,   /* the link is too slow or the answer was cut: try again */
  SOBAN_SYNC_ERROR_REFUSED,   /* the collector refuses this device's request */
  SOBAN_SYNC_ERROR_AUTH,      /* the token is unknown or revoked: enrol again */
  SOBAN_SYNC_ERROR_KEY,       /* another key than the pinned one answered: do not trust it */
  SOBAN_SYNC_ERROR_PROTOCOL,  /* garbage, or a version that is not spoken here */
  SOBAN_SYNC_ERROR_TOO_LARGE, /* beyond a bound of limits.h */
  SOBAN_SYNC_ERROR_SERVER,    /* the collector has a fault of its own: try again */
  SOBAN_SYNC_ERROR_CANCELLED, /* the person stopped it */
  SOBAN_SYNC_ERROR_NOT_ENROLLED, /* the device has no collector yet */
} SobanSyncError;

#define SOBAN_BUNDLE_ERROR (soban_bundle_error_quark ())
GQuark soban_bundle_error_quark (void);

/* What can be wrong with a bundle (sync/README.md 10), beside what any file can suffer (G_IO_ERROR). */
typedef enum {
  SOBAN_BUNDLE_ERROR_FOREIGN,        /* not a bundle at all: another file was chosen */
  SOBAN_BUNDLE_ERROR_TOO_NEW,        /* of a version not known here: update the program */
  SOBAN_BUNDLE_ERROR_CUT,            /* it ends too early: copy it again */
  SOBAN_BUNDLE_ERROR_DAMAGED,        /* altered: copy it again */
  SOBAN_BUNDLE_ERROR_OTHER_RECEIVER, /* sealed to somebody else, or with a key that is not in force any more */
  SOBAN_BUNDLE_ERROR_OTHER_SENDER,   /* not signed by whom it names */
  SOBAN_BUNDLE_ERROR_REVOKED,        /* its sender is registered no more */
  SOBAN_BUNDLE_ERROR_OTHER_ANSWER,   /* a receipt for other records than this tablet's: a copy of it made them */
  SOBAN_BUNDLE_ERROR_NO_KEYS,        /* this tablet has to meet its collector first */
  SOBAN_BUNDLE_ERROR_NOTHING,        /* there is nothing to write */
  SOBAN_BUNDLE_ERROR_UNSURE,         /* what was written does not read back as it was written: another stick */
  SOBAN_BUNDLE_ERROR_TOO_LARGE,      /* beyond a bound of limits.h */
} SobanBundleError;
