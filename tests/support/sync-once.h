/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/session.h"

/* (nullable) (transfer full): how one sync of @store with the collector of its enrolment ended. @progress: (inout): what it did is added. */
GError *sync_once (SobanStore *store, SobanSyncProgress *progress);
/* The same, stopped by @cancellable. */
GError *sync_once_cancellable (SobanStore *store, GCancellable *cancellable, SobanSyncProgress *progress);
