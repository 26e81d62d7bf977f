/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "base/clock.h"
#include "form/form-host.h"
#include "form/form-library.h"
#include "form/indicator.h"
#include "log/change.h"

/**
 * SobanStore: the device store, one SQLite file. One thread owns the only connection; every function here may be called
 * from any thread: it queues to the store thread and waits (a save: 1 transaction, 1 fsync). Use
 * soban_store_run_async() from a window. Signal "changed" (on the main context of the opener) after each commit that
 * changed what is shown.
 */
#define SOBAN_TYPE_STORE (soban_store_get_type ())
G_DECLARE_FINAL_TYPE (SobanStore, soban_store, SOBAN, STORE, GObject)

/**
 * soban_store_open:
 * @path: the file; made (with its folder) when it does not exist
 * @data_dir: where forms/ and reference/ are
 * @clock: (nullable): NULL = the machine's
 *
 * Errors: TOO_NEW, CORRUPT, BUSY, IO, FULL of SOBAN_STORE_ERROR; a damaged file is left as it is.
 */
SobanStore *soban_store_open (const char *path, const char *data_dir, const SobanClock *clock, GError **error);
/* Finishes what is queued, closes the file, ends the thread. Later calls fail. */
void soban_store_close (SobanStore *store);

/* (transfer none): the file. Any thread. */
const char *soban_store_get_path (SobanStore *store);

typedef gboolean (*SobanStoreJob) (SobanStore *store, gpointer data, GError **error);
/* Runs @job on a worker thread (it may call every function here); the callback comes on the caller's main context. */
void soban_store_run_async (SobanStore *store, SobanStoreJob job, gpointer data, GDestroyNotify destroy, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean soban_store_run_finish (SobanStore *store, GAsyncResult *result, GError **error);

/**
 * soban_store_save_together:
 * @job: returns FALSE when any of what it saves was refused
 *
 * Runs @job on the store's thread in ONE transaction: of all it saves by the functions here everything is kept, or nothing. It must
 * not wait for another thread. Blocks the store for as long as it takes.
 */
gboolean soban_store_save_together (SobanStore *store, SobanStoreJob job, gpointer data, GError **error);

/* (transfer none): live as long as the store; thread-safe as their types say. */
SobanFormLibrary *soban_store_get_forms (SobanStore *store);
const SobanIndicatorSet *soban_store_get_indicators (SobanStore *store);
/**
 * soban_store_get_form_host:
 * (transfer full): a host for SobanFormInstance on the calling thread: clock, entropy, gettext translation,
 * properties from the store's settings (own commune, team, village), external instances (units, ethnic groups,
 * villages, registries) from the reference data and the records. Free after the instance.
 */
SobanFormHost *soban_store_get_form_host (SobanStore *store);
void soban_store_form_host_free (SobanFormHost *host);

/* ---- settings: small values under a key, listed in settings.h; NULL: not set (they are in memory: reading cannot fail) ---- */
char *soban_store_get_setting (SobanStore *store, const char *key); /* (nullable) (transfer full) */
gboolean soban_store_set_setting (SobanStore *store, const char *key, const char *value, GError **error);

/* ---- the time ---- */
/**
 * soban_store_get_now_ms:
 * @ret_quality: (nullable) (out): how well it is known; SOBAN_TIME_RAW: by the tablet's clock as it stands
 *
 * The time now, UTC milliseconds since 1970, by the tablet's clock less what it is known to be wrong by (PROTOCOL 3.2a); never before the
 * newest time that a collector has told. Any thread; waits for nobody.
 */
gint64 soban_store_get_now_ms (SobanStore *store, SobanTimeQuality *ret_quality);
/* Whether it may be later than that for all the tablet knows: its clock is dead and nobody has told it the time since. */
gboolean soban_store_is_now_least (SobanStore *store);
/* (transfer full): the same as local time: what today is, and this month. */
GDateTime *soban_store_get_now (SobanStore *store);

/* The machine is short of memory: lets go of what is held only for speed (pages of the file, lists of choices); it is read again when
 * it is wanted. */
gboolean soban_store_spare_memory (SobanStore *store, GError **error);

/* ---- check ---- */
/* (transfer full) (element-type utf8) : sentences of what is wrong, empty = sound. Integrity, states against the
 * log, numbers without gap. */
GPtrArray *soban_store_check (SobanStore *store, GError **error);
