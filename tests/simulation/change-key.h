/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "log/change.h"

/* SobanChangeId as the key of a hash table; number 0 stands for the sender itself. */

static inline guint
change_key_hash (gconstpointer key)
{
  const SobanChangeId *id = key;
  const guint64 mixed = id->number * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) ^ id->incarnation ^ id->device;

  return (guint) (mixed ^ mixed >> 32);
}

static inline gboolean
change_key_equal (gconstpointer a, gconstpointer b)
{
  const SobanChangeId *left = a, *right = b;

  return left->device == right->device && left->incarnation == right->incarnation && left->number == right->number;
}
