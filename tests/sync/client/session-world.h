/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/session.h"
#include "fake-collector.h"
#include "store-fixture.h"

#define SCOPE "02947@2025-07-01"
#define OTHER_SCOPE "02950@2025-07-01"

/* A tablet that syncs with a FakeCollector, without sockets. */
typedef struct {
  StoreFixture store;
  FakeCollector *collector;
  SobanSyncProgress progress; /* of the last sync */
  guint64 to_pull_before_last; /* the last that it told of what was to come, before it was done */
} Tablet;

void tablet_init (Tablet *tablet, FakeCollector *collector, guint device);
void tablet_clear (Tablet *tablet);
/* (nullable) (transfer full): what the sync ended with. */
GError *tablet_try (Tablet *tablet);
GError *tablet_sync_cancellable (Tablet *tablet, GCancellable *cancellable);
GError *tablet_sync_over (Tablet *tablet, SobanTransport *transport, GCancellable *cancellable);
/* The sync is done, and the store sound after it. */
void tablet_sync (Tablet *tablet);
void edit (Tablet *tablet, const SobanUuid *id, const char *path, const char *value);
void assert_same_record (Tablet *a, Tablet *b, const SobanUuid *id);
/* TRUE when @value stands in the record's history as one that did not win. */
gboolean has_losing_value (Tablet *tablet, const SobanUuid *id, const char *path, const char *value);
void assert_nothing_applied (Tablet *tablet);

/* Two tablets and their collector: for g_test_add(). */
typedef struct {
  FakeCollector *collector;
  Tablet a, b;
} World;

void world_init (World *world, gconstpointer data);
void world_clear (World *world, gconstpointer data);
/* A minute passes, for all clocks. */
void pass_minute (World *world);
