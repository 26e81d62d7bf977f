/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/session.h"

/**
 * SobanSyncScheduler: when to sync: by hand; while it listens, when a network appears (GNetworkMonitor) or is there at the start, soon
 * after a record was saved, and again after a failure by the retry policy. Records are small: a metered network is no reason to wait;
 * photos and files wait there until somebody asks (PROTOCOL 9). Owns the running session. Properties "running" (gboolean); signals "finished" (GError, nullable).
 */
#define SOBAN_TYPE_SYNC_SCHEDULER (soban_sync_scheduler_get_type ())
G_DECLARE_FINAL_TYPE (SobanSyncScheduler, soban_sync_scheduler, SOBAN, SYNC_SCHEDULER, GObject)

SobanSyncScheduler *soban_sync_scheduler_new (SobanStore *store);
/* Starts listening to the network; does nothing on a store that is not enrolled. */
void soban_sync_scheduler_start (SobanSyncScheduler *scheduler);
/* Somebody asks for it: photos and files go along on any network. */
void soban_sync_scheduler_sync_now (SobanSyncScheduler *scheduler);
/* Cancels the running session: what was sent and received stays. It goes on listening. */
void soban_sync_scheduler_cancel (SobanSyncScheduler *scheduler);
void soban_sync_scheduler_stop (SobanSyncScheduler *scheduler); /* the same, and listens no more */
gboolean soban_sync_scheduler_is_running (SobanSyncScheduler *scheduler);
/* (transfer none) (nullable): the running session, for its progress. */
SobanSyncSession *soban_sync_scheduler_get_session (SobanSyncScheduler *scheduler);
