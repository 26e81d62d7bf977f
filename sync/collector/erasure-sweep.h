/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "writer.h"

/**
 * SobanErasureSweep: while a server runs, the traces of erasures (erasure-traces.h) are removed by its writer, whoever has erased: a command
 * beside it, or a tablet that told of an erasure. It looks every few seconds whether there are any.
 */
typedef struct _SobanErasureSweep SobanErasureSweep;

/* @writer: where the writer stands, NULL while there is none; @reader: of the thread that calls. On the default context of that thread. */
SobanErasureSweep *soban_erasure_sweep_new (SobanWriter *const *writer, SobanCollectorStore *reader);
void soban_erasure_sweep_free (SobanErasureSweep *sweep);
