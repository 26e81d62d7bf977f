/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a program of protocol 1.0 sends: sync/README.md without what is marked 1.1. */
#include "base/bytes.h"
#include "tablet.h"

static const guint8 header[] = { 'S', 'B', 'A', 'N', 1, 0 };

static void
write_hello (const Tablet *tablet, GByteArray *out)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  soban_write_varint (body, tablet->device);
  soban_write_u64 (body, tablet->incarnation);
  soban_write_varint (body, tablet->own->len);
  soban_write_zigzag (body, tablet->asked.wall_ms);
  soban_write_text (body, "simulation 1.0");
  soban_write_text (body, "");
  soban_write_zigzag (body, tablet->asked.boottime_ms);
  soban_write_varint (body, tablet->cursors->len);
  for (guint i = 0; i < tablet->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (tablet->cursors, i);

    soban_write_text (body, cursor->scope);
    soban_write_varint (body, cursor->number);
  }
  soban_frame_write (out, SOBAN_FRAME_HELLO, body->data, body->len);
}

GBytes *
tablet_write_old_request (const Tablet *tablet, const GPtrArray *changes)
{
  GByteArray *out = g_byte_array_new ();

  g_byte_array_append (out, header, sizeof header);
  write_hello (tablet, out);
  soban_changes_write_frames (out, changes, SOBAN_CHANGES_PLAIN, 0);
  soban_frame_write (out, SOBAN_FRAME_END, NULL, 0);
  return g_byte_array_free_to_bytes (out);
}
