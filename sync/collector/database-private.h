/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdarg.h>

#include "database.h"

/* What a kind of database does; the doc is at the functions of database.h. */
typedef struct {
  SobanDatabaseKind kind;
  void (*close) (SobanDatabase *database);
  gboolean (*execute) (SobanDatabase *database, const char *sql, GError **error);
  gboolean (*begin) (SobanDatabase *database, gboolean reading, GError **error);
  gboolean (*commit) (SobanDatabase *database, GError **error);
  gboolean (*roll_back) (SobanDatabase *database, GError **error);
  SobanRows *(*query) (SobanDatabase *database, const char *sql, const char *types, va_list *arguments, GError **error);
  gint64 (*count_changed) (SobanDatabase *database);

  int (*step) (SobanRows *rows, GError **error);
  void (*release) (SobanRows *rows);
  gint64 (*get_int) (SobanRows *rows, int column);
  double (*get_double) (SobanRows *rows, int column);
  const char *(*get_text) (SobanRows *rows, int column);
  const guint8 *(*get_blob) (SobanRows *rows, int column);
  gsize (*get_length) (SobanRows *rows, int column);
  gboolean (*is_null) (SobanRows *rows, int column);
} SobanDatabaseClass;

/* First member of what each kind keeps. */
struct _SobanDatabase {
  const SobanDatabaseClass *class;
};

struct _SobanRows {
  SobanDatabase *database;
};

SobanDatabase *soban_database_open_sqlite (const char *path, SobanDatabaseRole role, gboolean create, GError **error);
SobanDatabase *soban_database_open_postgresql (const char *address, SobanDatabaseRole role, GError **error);
