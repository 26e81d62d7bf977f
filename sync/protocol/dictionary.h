/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* (transfer none): the preset dictionary of DENSE_CHANGES: sync/README.md 4.13. */
const guint8 *soban_dictionary_get (gsize *ret_length);
