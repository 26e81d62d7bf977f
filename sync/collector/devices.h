/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"
#include "protocol/signing-keys.h"

/* One enrolled device (or one whose enrolment code waits). */
typedef struct {
  guint32 number;
  char *name;
  char *role;       /* member, keeper, officer */
  char *home_scope;
  GPtrArray *scopes; /* (element-type utf8), ascending */
  GPtrArray *former_scopes; /* (element-type utf8), ascending: was enrolled to once */
  gboolean waiting; /* its code has not been used yet */
  gint64 created_ms, revoked_ms, synced_ms; /* 0: never */
  char *program;
  guint kept_days; /* how far back it was told to keep activities; 0: all of them */
  gint64 clock_error_ms; /* its clock less the collector's, at the last sync */
  guint8 public_key[SOBAN_PUBLIC_KEY_BYTES]; /* of soban_devices_find_by_token() and soban_devices_find(): what checks its bundles; zero: not known */
} SobanDevice;
void soban_device_free (SobanDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanDevice, soban_device_free)

gboolean soban_device_role_is_known (const char *role);

/* Each of the following is one statement or more of the caller's transaction. */

/* @token (nullable): NULL for a device that waits for its code to be used. @scopes: not empty, any order; the first is the home scope. */
gboolean soban_devices_add (SobanCollectorStore *store, const char *name, const char *role, const GPtrArray *scopes, const char *token,
                            guint32 *ret_number, GError **error);
/* @days: 0 = all; told to the tablet when it is enrolled. */
gboolean soban_devices_set_kept_days (SobanCollectorStore *store, guint32 number, guint days, GError **error);
gboolean soban_devices_add_code (SobanCollectorStore *store, guint32 device, const char *secret, gint64 expires_ms, GError **error);
/* Uses a code up: gives its device a token. *ret_device (transfer full) NULL when the code is unknown, used or too old. */
gboolean soban_devices_use_code (SobanCollectorStore *store, const char *secret, const char *token, SobanDevice **ret_device, GError **error);
/* NOT_FOUND when there is no such device. The token is forgotten at once; its communes exchange under new keys from now on. */
gboolean soban_devices_revoke (SobanCollectorStore *store, guint32 number, GError **error);
/* @clock_error_ms (nullable): not known. *ret_enrolled FALSE: it was revoked, nothing is noted. */
gboolean soban_devices_mark_synced (SobanCollectorStore *store, guint32 number, const char *program, const gint64 *clock_error_ms,
                                    gboolean *ret_enrolled, GError **error);

/* (transfer full) (nullable): the device of a bearer token; NULL without @error when it is unknown or revoked. */
SobanDevice *soban_devices_find_by_token (SobanCollectorStore *store, const char *token, GError **error);
/* (transfer full) (nullable): NULL without @error when there is none; a revoked one is found, too. */
SobanDevice *soban_devices_find (SobanCollectorStore *store, guint32 number, GError **error);
/* (transfer full) (element-type SobanDevice): ascending by number. */
GPtrArray *soban_devices_list (SobanCollectorStore *store, GError **error);
