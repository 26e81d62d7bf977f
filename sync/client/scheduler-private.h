/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "client/scheduler.h"

/* A scheduler that listens to @monitor in place of the machine's, with waits of @settle_ms: for tests. */
SobanSyncScheduler *soban_sync_scheduler_new_with_monitor (SobanStore *store, GNetworkMonitor *monitor, guint settle_ms);
