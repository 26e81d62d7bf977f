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
  gint64 booted_ms; /* when, by the wall clock, CLOCK_BOOTTIME was 0 */
  SobanStore *store;
} StoreFixture;

#define FIXTURE_START_MS G_GINT64_CONSTANT (1795305600000) /* 2026-11-22 */
#define FIXTURE_COMMUNE "02947@2025-07-01"
#define LATER(s) SOBAN_STAMP (FIXTURE_START_MS + (s) *1000, 0)

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
/* The tablet was off for @off_ms and starts again, a minute ago; with @wall_ms its clock says that instead. */
void store_fixture_boot (StoreFixture *fixture, gint64 off_ms, gint64 wall_ms);
/* Into FIXTURE_COMMUNE and another. */
void store_fixture_enrol (StoreFixture *fixture, guint32 device, const char *key);
GPtrArray *new_changes (void);
SobanChange *add_pulled (GPtrArray *changes, guint32 device, guint64 number, const SobanUuid *record, SobanStamp stamp,
                         guint64 seen, const char *path, const char *value);
/* A result of a round of protocol 1.1: @changes have the numbers @first, @first + 1 ... of FIXTURE_COMMUNE. */
void apply_numbered (StoreFixture *fixture, GPtrArray *changes, guint64 first, guint64 cursor, guint64 acked);
const SobanHistoryItem *find_item (GPtrArray *history, const char *path, const char *value);
SobanDigest get_digest (StoreFixture *fixture);
SobanIdentity get_identity (StoreFixture *fixture);
void apply_changes (StoreFixture *fixture, GPtrArray *changes, const char *scope, guint64 cursor);
void assert_sound (StoreFixture *fixture);
char *get_field (StoreFixture *fixture, const SobanUuid *id, const char *path);
