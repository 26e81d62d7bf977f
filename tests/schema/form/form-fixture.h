/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/form-instance.h"
#include "form/form-library.h"

/* A host of the tests: a clock that stands at 2026-11-22T03:00Z in Vietnam, random bytes that repeat, small lists. */
typedef struct {
  gint64 wall_ms;
  SobanClock clock;
  SobanEntropy entropy;
  guint64 random;
  GHashTable *lists;        /* src -> SobanTree */
  GHashTable *translations; /* msgid -> text */
  SobanFormHost host;
} FormFixture;

FormFixture *form_fixture_new (void);
void form_fixture_free (FormFixture *fixture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FormFixture, form_fixture_free)

void form_fixture_add_list (FormFixture *fixture, const char *src, const char *xml);
void form_fixture_translate (FormFixture *fixture, const char *msgid, const char *text);

/* The XForm with @instance (inner XML of data), @binds (and itext, secondary instances) and @body. */
char *form_fixture_write (const char *instance, const char *model, const char *body);
SobanForm *form_fixture_parse (const char *instance, const char *model, const char *body);
/* Expects that it is refused with @code and that the message holds @text. */
void form_fixture_refuse (const char *instance, const char *model, const char *body, int code, const char *text);
/* A new record of such a form. */
SobanFormInstance *form_fixture_open (FormFixture *fixture, const char *instance, const char *model, const char *body);
SobanFormInstance *form_fixture_open_form (FormFixture *fixture, SobanForm *form, const SobanFieldMap *fields);

void form_fixture_set (SobanFormInstance *instance, const char *path, const char *value);
/* Asserts that the value is @value ("" for none). */
#define assert_value(instance, path, expected) \
  g_assert_cmpstr (soban_form_instance_get (instance, path) != NULL ? soban_form_instance_get (instance, path) : "", ==, expected)
/* Asserts the problem's kind and message at @path; message NULL = any. */
void assert_problem (SobanFormInstance *instance, const char *path, SobanProblemKind kind, const char *message);
void assert_no_problem (SobanFormInstance *instance, const char *path);
