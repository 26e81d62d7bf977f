/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "record-view.h"

/* Whether @value (nullable) of a record names a file that came, or will come, by itself. */
gboolean soban_attachment_is_named (const char *value);
/* In place of an answer's text: the picture, or a link to the file, or why there is none yet. @small: a link at most, for the history. */
gboolean soban_attachment_write (SobanHtml *page, SobanRecordView *view, const char *path, const char *name, gboolean small, GError **error);

/* A file as a browser gets it. */
typedef struct {
  GBytes *bytes;
  const char *type;   /* of a picture that the program knows, else application/octet-stream */
  gboolean is_picture; /* else it is only to be saved */
} SobanAttachmentFile;
void soban_attachment_file_clear (SobanAttachmentFile *file);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SobanAttachmentFile, soban_attachment_file_clear)
/* /attachment/NAME. NOT_FOUND of SOBAN_STORE_ERROR when it has not come, or no record that the visitor may see has it. */
gboolean soban_attachment_load (const SobanVisit *visit, const char *name, SobanAttachmentFile *ret_file, GError **error);
