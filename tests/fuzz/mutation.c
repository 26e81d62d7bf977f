/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mutation.h"

#define SEED 20261122
#define PIECE_MAX 64
#define CHANGES_MAX 3

void
fuzz_budget_init (FuzzBudget *budget, guint rounds, guint seconds)
{
  budget->random = g_rand_new_with_seed (SEED);
  budget->rounds_left = rounds;
  budget->end_us = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
}

void
fuzz_budget_clear (FuzzBudget *budget)
{
  g_clear_pointer (&budget->random, g_rand_free);
}

gboolean
fuzz_budget_next (FuzzBudget *budget)
{
  if (budget->rounds_left == 0 || g_get_monotonic_time () > budget->end_us)
    return FALSE;
  budget->rounds_left--;
  return TRUE;
}

static gsize
pick (FuzzBudget *budget, gsize below)
{
  return below > 0 ? (gsize)g_rand_int_range (budget->random, 0, (gint32)below) : 0;
}

static guint
count_words (const char *const *words)
{
  guint count = 0;
  while (words[count] != NULL)
    count++;
  return count;
}

static void
change (FuzzBudget *budget, GString *text, const char *const *words)
{
  gsize at = pick (budget, text->len);
  gsize piece = pick (budget, PIECE_MAX) + 1;
  piece = MIN (piece, text->len - at);
  switch (pick (budget, 5)) {
  case 0:
    if (text->len > 0)
      text->str[at] = (char)pick (budget, 256);
    break;
  case 1:
    g_string_erase (text, (gssize)at, (gssize)piece);
    break;
  case 2: {
    g_autofree char *copy = g_memdup2 (text->str + at, piece);
    g_string_insert_len (text, (gssize)pick (budget, text->len + 1), copy, (gssize)piece);
    break;
  }
  default:
    g_string_insert (text, (gssize)at, words[pick (budget, count_words (words))]);
  }
}

char *
fuzz_mutate (FuzzBudget *budget, const char *seed, gsize length, const char *const *words, gsize *ret_length)
{
  GString *text = g_string_new_len (seed, (gssize)length);
  for (gsize left = pick (budget, CHANGES_MAX) + 1; left > 0; left--)
    change (budget, text, words);
  *ret_length = text->len;
  return g_string_free (text, FALSE);
}
