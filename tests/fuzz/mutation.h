/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * FuzzBudget: how long one target may go on: so many rounds, or so long, whichever ends first. The seed is always the same,
 * so that what fails fails again.
 */
typedef struct {
  GRand *random;
  guint rounds_left;
  gint64 end_us;
} FuzzBudget;

void fuzz_budget_init (FuzzBudget *budget, guint rounds, guint seconds);
void fuzz_budget_clear (FuzzBudget *budget);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FuzzBudget, fuzz_budget_clear)
/* FALSE when it is used up. */
gboolean fuzz_budget_next (FuzzBudget *budget);

/* (transfer full): @seed with some of it changed: bytes, pieces cut, doubled or swapped, words of @words (NULL-terminated) put
 * in. The text ends with a NUL that @ret_length does not count. */
char *fuzz_mutate (FuzzBudget *budget, const char *seed, gsize length, const char *const *words, gsize *ret_length);
