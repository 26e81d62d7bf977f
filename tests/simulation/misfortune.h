/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "world.h"

/* Something happens to a disk: one of those that the plan has, drawn by chance. */
gboolean misfortune_strike (World *world, GError **error);
