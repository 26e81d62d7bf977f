/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "photo.h"

GBytes *
photo_new (guint32 seed, gsize length)
{
  guint8 *data = g_malloc (length);
  guint32 state = seed * 2654435761u + 1;

  for (gsize i = 0; i < length; i++) {
    state = state * 1664525u + 1013904223u;
    data[i] = (guint8) (state >> 24);
  }
  return g_bytes_new_take (data, length);
}
