/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

#include "record-output.h"

static int
set_deleted (SobanRun *run, const SobanVerb *verb, gboolean deleted, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = { SOBAN_PERSON_ENTRY (run), { NULL } };
  SobanUuid id;

  if (!soban_run_parse (run, verb, entries, 1, 1, argc, argv, error) || !soban_parse_record_id (run->arguments[0], &id, error))
    return SOBAN_EXIT_USAGE;
  if (!soban_run_open_store (run, error) || !soban_store_set_deleted (run->store, &id, deleted, error))
    return SOBAN_EXIT_FAILED;
  return SOBAN_EXIT_DONE;
}

static int
run_delete (SobanRun *run, int argc, char **argv, GError **error)
{
  return set_deleted (run, &soban_verb_delete, TRUE, argc, argv, error);
}

static int
run_undelete (SobanRun *run, int argc, char **argv, GError **error)
{
  return set_deleted (run, &soban_verb_undelete, FALSE, argc, argv, error);
}

const SobanVerb soban_verb_delete = { "delete", "ID", N_("Delete a record; undelete brings it back"), run_delete };
const SobanVerb soban_verb_undelete = { "undelete", "ID", N_("Bring a deleted record back"), run_undelete };
