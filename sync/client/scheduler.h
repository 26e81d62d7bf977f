/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/session.h"

/**
 * SobanSyncScheduler: when to sync: by hand, when a network appears (GNetworkMonitor), and again after a failure by the
 * retry policy. Owns the running session. Properties "running" (gboolean); signals "finished" (GError, nullable).
 */
#define SOBAN_TYPE_SYNC_SCHEDULER (soban_sync_scheduler_get_type ())
G_DECLARE_FINAL_TYPE (SobanSyncScheduler, soban_sync_scheduler, SOBAN, SYNC_SCHEDULER, GObject)

SobanSyncScheduler *soban_sync_scheduler_new (SobanStore *store);
/* Starts listening to the network; does nothing on a store that is not enrolled. */
void soban_sync_scheduler_start (SobanSyncScheduler *scheduler);
void soban_sync_scheduler_sync_now (SobanSyncScheduler *scheduler);
void soban_sync_scheduler_stop (SobanSyncScheduler *scheduler); /* cancels the running session; what was received stays */
gboolean soban_sync_scheduler_is_running (SobanSyncScheduler *scheduler);
/* (transfer none) (nullable): the running session, for its progress. */
SobanSyncSession *soban_sync_scheduler_get_session (SobanSyncScheduler *scheduler);
