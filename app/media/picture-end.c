/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/picture-end.h"

enum {
  START,
  OTHER, /* another format */
  END,
  PNG_LENGTH, /* four bytes each */
  PNG_KIND = PNG_LENGTH + 4,
  JPEG_MARK = PNG_KIND + 4,
  JPEG_CODE,
  JPEG_LENGTH, /* two bytes */
  JPEG_CODED = JPEG_LENGTH + 2,
  JPEG_CODED_MARK,
};

#define PNG_FIRST 0x89
#define PNG_SIGNATURE_BYTES 8
#define PNG_CHECK_BYTES 4
#define PNG_IEND 0x49454e44u
#define JPEG_FIRST 0xff
#define JPEG_SOI 0xd8
#define JPEG_EOI 0xd9
#define JPEG_SOS 0xda

static gboolean
is_restart (guint8 code)
{
  return code >= 0xd0 && code <= 0xd7;
}

static int
take_png (SobanPictureEnd *self, guint8 byte)
{
  self->number = self->number << 8 | byte;
  if (self->state == PNG_KIND - 1) {
    self->skip = self->number;
    return PNG_KIND;
  }
  if (self->state == JPEG_MARK - 1) {
    self->skip += PNG_CHECK_BYTES;
    return self->number == PNG_IEND ? END : PNG_LENGTH;
  }
  return self->state + 1;
}

static int
take_code (SobanPictureEnd *self, guint8 code)
{
  if (code == JPEG_EOI) {
    return END;
  }
  if (code == JPEG_FIRST) { /* markers may be preceded by any number of them */
    return self->state;
  }
  if (self->state == JPEG_CODED_MARK && (code == 0 || is_restart (code))) {
    return JPEG_CODED;
  }
  self->kind = code;
  return code == JPEG_SOI || is_restart (code) ? JPEG_MARK : JPEG_LENGTH;
}

static int
take_jpeg (SobanPictureEnd *self, guint8 byte)
{
  switch (self->state) {
  case JPEG_MARK:
    return byte == JPEG_FIRST ? JPEG_CODE : JPEG_MARK;
  case JPEG_CODE:
  case JPEG_CODED_MARK:
    return take_code (self, byte);
  case JPEG_LENGTH:
    self->number = byte;
    return JPEG_LENGTH + 1;
  case JPEG_LENGTH + 1:
    self->number = self->number << 8 | byte;
    self->skip = self->number < 2 ? 0 : self->number - 2;
    return self->kind == JPEG_SOS ? JPEG_CODED : JPEG_MARK;
  default:
    return byte == JPEG_FIRST ? JPEG_CODED_MARK : JPEG_CODED;
  }
}

static int
take (SobanPictureEnd *self, guint8 byte)
{
  if (self->state == START && byte == PNG_FIRST) {
    self->skip = PNG_SIGNATURE_BYTES - 1;
    return PNG_LENGTH;
  }
  if (self->state == START) {
    return byte == JPEG_FIRST ? JPEG_CODE : OTHER;
  }
  return self->state < JPEG_MARK ? take_png (self, byte) : take_jpeg (self, byte);
}

void
soban_picture_end_feed (SobanPictureEnd *self, const guint8 *data, gsize length)
{
  while (length > 0 && self->state != END && self->state != OTHER) {
    gsize skipped = (gsize)MIN (self->skip, length);

    self->skip -= skipped;
    data += skipped;
    length -= skipped;
    if (length > 0) {
      self->state = take (self, *data);
      data++;
      length--;
    }
  }
}

gboolean
soban_picture_end_is_reached (const SobanPictureEnd *self)
{
  return self->state == END || self->state == OTHER;
}
