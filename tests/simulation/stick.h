/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "world.h"

/**
 * Sticks: files that people carry (sync/README.md 10). Only the streams inside: the envelope has tests of its own. A
 * stick may be read late, twice, never, or by a tablet that is a copy of the one it is for.
 */
gboolean stick_strike (World *world, GError **error);
/* A stick has come to the collector: it is read, and a receipt is written. */
gboolean stick_reach_collector (World *world, const Event *event, GError **error);
/* A stick has come to a tablet: a receipt, or what another tablet wrote. */
gboolean stick_reach_tablet (World *world, const Event *event, GError **error);
