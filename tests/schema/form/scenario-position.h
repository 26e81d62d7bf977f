/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/form-instance-private.h"

/* Where a recorded script can stand in a form: one row of its README's list of positions. */
typedef struct {
  const char *type; /* "QUESTION", "REPEAT" ... */
  char *reference;  /* "/data/rep[2]/q" */
  char *path;       /* field path of the question or the repeat instance; repeat's path for a prompt; NULL else */
} ScenarioPosition;

/* (transfer full) (element-type ScenarioPosition): as the form stands now. */
GPtrArray *scenario_list_positions (SobanFormInstance *instance);
/* (nullable) (transfer none): the state that a reference with 1-based indices names; without index the first. */
SobanFormState *scenario_find_state (SobanFormInstance *instance, const char *reference);
/* (nullable) (transfer full): why @actual differs from @expected as instances do (README, "Comparing instances"). */
char *scenario_compare_instances (const char *expected, const char *actual, const char *form_text);
/* Two texts that are one: the same, or the same number, or what the recording left open. */
gboolean scenario_is_same_text (const char *expected, const char *actual);
