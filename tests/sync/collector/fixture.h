/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"
#include "protocol/message.h"

#define SCOPE_A "02947@2025-07-01"
#define SCOPE_B "02950@2025-07-01"
/* 2026-03-01T00:00:00Z */
#define TEST_NOW_MS G_GINT64_CONSTANT (1772323200000)
#define HOUR_MS (60 * 60 * G_GINT64_CONSTANT (1000))

/* The data of a test function: which database it runs on. NULL is SQLite. */
#define TEST_SQLITE NULL
#define TEST_POSTGRESQL GINT_TO_POINTER (1)
/* g_test_add() for both; without PostgreSQL (SOBAN_TEST_POSTGRESQL, see tests/README.md) its half is skipped. */
#define ADD_FOR_BOTH(path, test) \
  G_STMT_START { \
    g_test_add (path "/sqlite", Fixture, TEST_SQLITE, fixture_set_up, test, fixture_tear_down); \
    g_test_add (path "/postgresql", Fixture, TEST_POSTGRESQL, fixture_set_up, fixture_has_postgresql () ? test : fixture_skip, fixture_tear_down); \
  } G_STMT_END

/* A collector's store in a folder or a PostgreSQL schema of its own, with a clock that the test sets. */
typedef struct {
  char *dir, *path; /* path: the address of the store */
  char *schema;     /* (nullable): of PostgreSQL */
  gint64 now_ms;
  SobanClock clock;
  SobanCollectorStore *store;
} Fixture;

void fixture_set_up (Fixture *self, gconstpointer data);
void fixture_tear_down (Fixture *self, gconstpointer data);
void fixture_reopen (Fixture *self);
gboolean fixture_has_postgresql (void);
/* In the place of a test that has no PostgreSQL. */
void fixture_skip (Fixture *self, gconstpointer data);
/* (transfer full): the address of a new schema, empty; *ret_schema names it. */
char *make_postgresql_schema (char **ret_schema);
void drop_postgresql_schema (const char *schema);

/* A record id that is the same for the same @seed. */
SobanUuid make_record_id (guint seed);
/* @stamp_ms: provisional. One assignment; add more with soban_change_assign(). */
SobanChange *make_change (guint32 device, guint64 incarnation, guint64 number, const char *scope, guint record, gint64 stamp_ms, guint64 seen,
                          const char *path, const char *value);
/* (transfer full): takes the changes over; NULL-terminated. */
GPtrArray *make_batch (SobanChange *first, ...) G_GNUC_NULL_TERMINATED;

void remove_folder (const char *dir);
