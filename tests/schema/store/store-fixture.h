/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/draft-store.h"
#include "store/record-store.h"
#include "store/settings.h"
#include "store/store.h"
#include "store/sync-store.h"

/* A store in a folder of its own, with a clock that stands until it is moved. */
typedef struct {
  char *folder;
  char *path;
  SobanClock clock;
  gint64 now_ms;
  SobanStore *store;
} StoreFixture;

#define FIXTURE_START_MS G_GINT64_CONSTANT (1795305600000) /* 2026-11-22 */

void store_fixture_init (StoreFixture *fixture);
void store_fixture_clear (StoreFixture *fixture);
/* Closes the store and opens it again. */
void store_fixture_reopen (StoreFixture *fixture);
void store_fixture_close (StoreFixture *fixture);
void store_fixture_open (StoreFixture *fixture);
const char *store_fixture_data_dir (void);

/* (transfer full): path, value, path, value ..., NULL */
SobanFieldMap *make_fields (const char *path, ...) G_GNUC_NULL_TERMINATED;
/* Saves a new communication_session. */
SobanUuid save_session (StoreFixture *fixture, const char *date, const char *village, const char *total);
char *newest_version (StoreFixture *fixture, const char *form);
/* A change as it comes from a collector. */
SobanChange *make_pulled (guint32 device, guint64 number, const SobanUuid *record, SobanStamp stamp, guint64 seen);
void apply_changes (StoreFixture *fixture, GPtrArray *changes, const char *scope, guint64 cursor);
void assert_sound (StoreFixture *fixture);
char *get_field (StoreFixture *fixture, const SobanUuid *id, const char *path);
