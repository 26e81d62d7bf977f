/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* (transfer full): @length bytes that differ with @seed, do not repeat and do not shrink, as those of a photo. */
GBytes *photo_new (guint32 seed, gsize length);
