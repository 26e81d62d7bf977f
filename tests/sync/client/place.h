/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/session.h"
#include "link-proxy.h"
#include "real-collector.h"
#include "store-fixture.h"

/* A tablet that is enrolled at a real collector over a link of ours. */

#define PLACE_SCOPE "02947@2025-07-01"
#define PLACE_ATTEMPTS_MAX 50

typedef struct {
  RealCollector *collector;
  LinkProxy *link;
  StoreFixture store;
  SobanSyncProgress progress; /* of all attempts together */
  guint attempts;
} Place;

/* @plain: HTTP instead of TLS. */
void place_init (Place *place, gboolean plain);
void place_clear (Place *place);
/* Asserts that both stores are sound, as their own programs say. */
void place_check (Place *place);
/* Enrols the tablet, anew too, as the device of this @name. */
void place_enrol (Place *place, const char *name);

typedef gboolean (*PlaceCondition) (Place *place);
/* Syncs as the scheduler does, without its waits, until a sync was good and @condition (nullable) holds; stops the test when it
 * takes more than PLACE_ATTEMPTS_MAX. */
void place_sync_until (Place *place, PlaceCondition condition);
