/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/*
 * Whether a JPEG or PNG came whole. The decoders take one that was cut, on a stick that was pulled out too early, and fill the rest with grey.
 *
 * 1. A PNG is its signature of 8 bytes, then chunks: length (4), kind (4), content, check (4); it ends with the chunk IEND.
 * 2. A JPEG is markers: FF and a code, most with a length (2) that counts itself. After SOS come coded bytes until FF and a code other than 00 and
 *    D0 to D7; it ends with FF D9. What cameras append after that does not matter, nor does what is in a segment (a small picture of its own).
 * 3. Any other format counts as whole: its decoder tells.
 */
typedef struct {
  int state;
  guint64 skip;   /* bytes that are passed over unseen */
  guint32 number; /* of what is being read: a length, a kind */
  guint32 kind;   /* of the PNG's chunk or the JPEG's segment */
} SobanPictureEnd;

/* Begin with a structure of zeros. */
void soban_picture_end_feed (SobanPictureEnd *self, const guint8 *data, gsize length);
gboolean soban_picture_end_is_reached (const SobanPictureEnd *self);
