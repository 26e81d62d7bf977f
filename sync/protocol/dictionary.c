/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/dictionary.h"

#include "dictionary-1.h"

const guint8 *
soban_dictionary_get (gsize *ret_length)
{
  *ret_length = sizeof dictionary;
  return dictionary;
}
