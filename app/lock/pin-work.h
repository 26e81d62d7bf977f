/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lock/pin-pad.h"
#include "store/pin.h"

/* What the lock screen and the settings ask of store/pin.h, on a worker. PINs are wiped from memory when they were used. */

/* @old: (nullable): of soban_store_set_pin(); @pin: (nullable); @tries_only: @old is tried, nothing is set. */
void soban_pin_work_async (SobanStore *store, const char *old, const char *pin, gboolean tries_only, GAsyncReadyCallback callback, gpointer user_data);
/* Ends it on @pad, which was busy meanwhile. TRUE: the PIN was right, and what was asked for is done; else the person was told why not. */
gboolean soban_pin_work_finish (GAsyncResult *result, SobanPinPad *pad);
