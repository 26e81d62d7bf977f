/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/record-store.h"

/* Exit codes of soban-sync: documented in --help, append only. */
enum {
  SOBAN_EXIT_DONE = 0,
  SOBAN_EXIT_FAILED = 1,   /* a sentence on stderr says why */
  SOBAN_EXIT_USAGE = 2,    /* the command line is wrong */
  SOBAN_EXIT_PROBLEMS = 3, /* answers that break a rule, or check found something: nothing was saved */
  SOBAN_EXIT_LATER = 4,    /* no network, or the server has a fault that passes: everything is safe, try again */
  SOBAN_EXIT_ENROL = 5,    /* not enrolled, or the token is revoked */
};

/* One run of the program: what the command line said. */
typedef struct {
  char *store_path;      /* (nullable): --store */
  char *person;          /* (nullable): --person, of verbs that change records */
  gboolean makes_store;  /* the verb begins a file where there is none */
  gboolean looks_over;   /* the verb says itself whether the file is damaged */
  gboolean enrols;       /* what a server refuses is a code or a file */
  char **arguments;      /* what stands after the options; never NULL after parsing */
  SobanStore *store;     /* (nullable): opened by soban_run_open_store() */
  SobanFormHost *form_host; /* (nullable): of the store */
} SobanRun;

/* A verb: parses @argv (whose first is the verb), does it, gives an exit code; with @error set that sentence is printed. */
typedef struct {
  const char *name;
  const char *arguments; /* "FORM [--field PATH=VALUE …]" */
  const char *summary;   /* msgid */
  int (*run) (SobanRun *run, int argc, char **argv, GError **error);
} SobanVerb;

/* The option of a verb that changes records. */
#define SOBAN_PERSON_ENTRY(run) \
  { "person", 0, 0, G_OPTION_ARG_STRING, &(run)->person, N_("Who makes the change, instead of who writes on this tablet now"), N_("NAME") }

extern const SobanVerb soban_verb_add;
extern const SobanVerb soban_verb_check;
extern const SobanVerb soban_verb_delete;
extern const SobanVerb soban_verb_dump;
extern const SobanVerb soban_verb_edit;
extern const SobanVerb soban_verb_enrol;
extern const SobanVerb soban_verb_exchange;
extern const SobanVerb soban_verb_export_bundle;
extern const SobanVerb soban_verb_forget_pin;
extern const SobanVerb soban_verb_import_bundle;
extern const SobanVerb soban_verb_list;
extern const SobanVerb soban_verb_report;
extern const SobanVerb soban_verb_restore;
extern const SobanVerb soban_verb_show;
extern const SobanVerb soban_verb_status;
extern const SobanVerb soban_verb_sync;
extern const SobanVerb soban_verb_undelete;

/**
 * soban_run_parse:
 * @entries: (nullable): the verb's own options; --store and --help are added
 * @least: @most: how many arguments may follow the options
 *
 * Parses into @run and @entries. Errors: G_OPTION_ERROR.
 */
gboolean soban_run_parse (SobanRun *run, const SobanVerb *verb, const GOptionEntry *entries, guint least, guint most, int argc,
                          char **argv, GError **error);
/* Sets run->store_path, where the command line does not, to the store of this user. */
void soban_run_choose_store (SobanRun *run);
/* (transfer none): one for all records of the run. */
SobanFormHost *soban_run_get_form_host (SobanRun *run);
/* What to do about a damaged file: to standard error. */
void soban_print_damage_advice (const char *store_path);
/* Opens --store, or the store of this user, into run->store. */
gboolean soban_run_open_store (SobanRun *run, GError **error);

/* The whole program; main() only calls it. */
int soban_sync_main (int argc, char **argv);
