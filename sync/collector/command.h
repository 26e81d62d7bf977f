/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "base/unit-table.h"
#include "collector-store.h"
#include "folder.h"

/* Exit codes of soban-collector. */
enum {
  SOBAN_EXIT_OK = 0,
  SOBAN_EXIT_FAILED = 1, /* the sentence on standard error says why */
  SOBAN_EXIT_USAGE = 2,  /* the command line is wrong */
  SOBAN_EXIT_UNSOUND = 3, /* check found something */
};

/* The whole program, for main() and for tests. @argv: as main() gets it. */
int soban_collector_run (int argc, char **argv);

/* The verbs. @argv[0] is the verb. Errors: G_OPTION_ERROR for a wrong command line. */
int soban_command_init (int argc, char **argv, GError **error);
int soban_command_serve (int argc, char **argv, GError **error);
int soban_command_enrol (int argc, char **argv, GError **error);
int soban_command_device (int argc, char **argv, GError **error);
int soban_command_user (int argc, char **argv, GError **error);
int soban_command_report (int argc, char **argv, GError **error);
int soban_command_compact (int argc, char **argv, GError **error);
int soban_command_incident (int argc, char **argv, GError **error);
int soban_command_erase (int argc, char **argv, GError **error);
int soban_command_check (int argc, char **argv, GError **error);
int soban_command_form (int argc, char **argv, GError **error);
int soban_command_import_bundle (int argc, char **argv, GError **error);

/* Where the data are: what every verb can be told. */
typedef struct {
  char *dir;
  char *store; /* (nullable): a PostgreSQL database, instead of the one that the folder's settings name */
} SobanCommandPlace;
void soban_command_place_clear (SobanCommandPlace *place);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SobanCommandPlace, soban_command_place_clear)

/* Parses a verb's options; --dir and --store are added to @entries. @usage: what stands after the verb ("--name NAME"). */
gboolean soban_command_parse (int *argc, char ***argv, const char *usage, const char *summary, const GOptionEntry *entries,
                              SobanCommandPlace *ret_place, GError **error);
/* A folder that `init` has made, with the store of @place. */
SobanCollectorFolder *soban_command_load_folder (const SobanCommandPlace *place, GError **error);
gboolean soban_command_fail_usage (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Where the server of a folder listens unless it is told otherwise: as the address of its settings says; 8443 when that says nothing. */
guint soban_command_find_port (const SobanCollectorFolder *folder);
/* Opens the store of a folder as a guest: safe beside a running server. */
SobanCollectorStore *soban_command_open_store (const SobanCollectorFolder *folder, GError **error);
/* (transfer full): the text of a password file without its line end, or asked for on the terminal when @file is NULL. */
char *soban_command_read_password (const char *file, GError **error);

/* (transfer full): "2026-11-22" */
char *soban_command_today (void);
/* Adds to @uids (element-type utf8) what is not in it yet. @text: a commune's code or uid. */
gboolean soban_command_add_commune (GPtrArray *uids, const SobanUnitTable *units, const char *text, const char *today, GError **error);
/* All communes of a province that are in force. */
gboolean soban_command_add_province (GPtrArray *uids, const SobanUnitTable *units, const char *code, const char *today, GError **error);
