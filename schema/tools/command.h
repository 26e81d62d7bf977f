/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/form.h"

/* Exit codes of soban-form: documented in --help, append only. */
enum {
  SOBAN_EXIT_DONE = 0,
  SOBAN_EXIT_FAILED = 1,   /* a sentence on stderr says why */
  SOBAN_EXIT_USAGE = 2,    /* the command line is wrong */
  SOBAN_EXIT_PROBLEMS = 3, /* the form has errors, or answers break a rule of it */
};

/* A verb: parses @argv (whose first is the verb), does it, gives an exit code; with @error set that sentence is printed. */
typedef struct {
  const char *name;
  const char *arguments;
  const char *summary; /* msgid */
  int (*run) (int argc, char **argv, GError **error);
} SobanVerb;

extern const SobanVerb soban_verb_check;
extern const SobanVerb soban_verb_eval;
extern const SobanVerb soban_verb_fill;
extern const SobanVerb soban_verb_show;

/**
 * soban_verb_parse:
 * @entries: (nullable): the verb's own options; --help is added
 * @count: how many arguments must follow the options
 *
 * (transfer full) (nullable): those arguments; NULL with G_OPTION_ERROR.
 */
char **soban_verb_parse (const SobanVerb *verb, const GOptionEntry *entries, guint count, int argc, char **argv,
                         GError **error);
/* (transfer full): the file's bytes. */
GBytes *soban_read_file (const char *path, GError **error);
/* (transfer full): the form in a file. */
SobanForm *soban_read_form (const char *path, GError **error);

/* The whole program; main() only calls it. */
int soban_form_main (int argc, char **argv);
