/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "log/record-state.h"

/* One field of a state. Strings belong to the state's blob or its chunk. */
typedef struct {
  const char *path;
  const char *value; /* NULL: removed */
  guint key;         /* index into the keys */
} SobanStateField;

struct _SobanRecordState {
  GArray *keys;       /* (element-type SobanWriteKey): each once, as it came; some may win no field any more */
  GArray *fields;     /* (element-type SobanStateField): ascending by path */
  GArray *merged;     /* the array that the next merge writes into */
  GByteArray *blob;   /* what was decoded: its strings are used in place */
  GStringChunk *text; /* (nullable): strings of the changes merged since */
};
