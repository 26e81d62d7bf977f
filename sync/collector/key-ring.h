/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"
#include "protocol/message.h"
#include "protocol/signing-keys.h"

/*
 * The keys of bundles (sync/README.md 10), kept among the settings of the store: the collector's own pair, the devices' public keys, an
 * exchange key for each scope. What is not there yet is made: call within a writing transaction, but for the functions that say otherwise.
 */

/* The collector's pair, drawn at the first call (by `init`, or by the first `serve` of an older folder). */
gboolean soban_key_ring_get_own (SobanCollectorStore *store, SobanSigningKeys *ret_keys, GError **error);

/* A device's key follows from its token, which the collector keeps no copy of: noted whenever the token is at hand. */
gboolean soban_key_ring_note_device (SobanCollectorStore *store, guint32 device, const guint8 *public_key, GError **error);
/* Reads only. *ret_known FALSE: the device has not shown its token since there are keys. */
gboolean soban_key_ring_find_device (SobanCollectorStore *store, guint32 device, gboolean *ret_known, guint8 *ret_public_key, GError **error);

/* Draws the exchange keys of @scopes (element-type utf8) that are missing. */
gboolean soban_key_ring_prepare_scopes (SobanCollectorStore *store, const GPtrArray *scopes, GError **error);
/* Reads only, after both have been made. (transfer full): the KEYS of a device that is enrolled to @scopes. */
SobanKeys *soban_key_ring_list (SobanCollectorStore *store, const GPtrArray *scopes, GError **error);
/* (transfer full): all three, for a device that is being enrolled to @scopes. */
SobanKeys *soban_key_ring_make (SobanCollectorStore *store, const GPtrArray *scopes, GError **error);
/* Reads only: another number whenever keys were forgotten; 0: they never were. */
gboolean soban_key_ring_get_generation (SobanCollectorStore *store, guint32 *ret_generation, GError **error);
/* A tablet of these scopes is lost: their keys are drawn anew at the next call, so that it cannot read or write what the others exchange. */
gboolean soban_key_ring_forget_scopes (SobanCollectorStore *store, const GPtrArray *scopes, GError **error);
