/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "world.h"

typedef enum {
  POLICY_EFFECTIVE, /* what the collector does */
  POLICY_WALL,      /* the clock of the tablet, as it stood */
  POLICY_HYBRID,    /* a plain hybrid clock, without collector */
  POLICY_ARRIVAL,   /* who came last */
  POLICY_KINDS,
} Policy;

/* In how many fields the truly last edit is not the value, by which rule. */
typedef struct {
  guint fields; /* those that at least two tablets have written */
  guint lost[POLICY_KINDS];
} Comparison;

const char *policy_name (Policy policy);
/* Adds a world that has come to rest. */
void comparison_add (Comparison *comparison, World *world);
