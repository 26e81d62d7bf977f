/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/scheduler.h"

/** SobanSyncPage: what waits, what was received and when, how far the sending is, what stood in its way. */
#define SOBAN_TYPE_SYNC_PAGE (soban_sync_page_get_type ())
G_DECLARE_FINAL_TYPE (SobanSyncPage, soban_sync_page, SOBAN, SYNC_PAGE, AdwBin)

GtkWidget *soban_sync_page_new (SobanStore *store, SobanSyncScheduler *scheduler);
