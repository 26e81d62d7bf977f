/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#define SOBAN_COLLECTOR_DIR_DEFAULT "/var/lib/soban-collector"
#define SOBAN_COLLECTOR_PORT_DEFAULT 8443

/* The collector's folder: everything it keeps. */
typedef struct {
  char *dir;
  char *database;    /* collector.db, or the address of a PostgreSQL database */
  char *key;         /* key.pem, mode 0600 */
  char *certificate; /* cert.pem */
  char *settings;    /* collector.ini; mode 0600: the address of the database may hold a password */
  char *lock;        /* serve.lock: held while a server runs */
  char *url;         /* (nullable): where devices reach it; from the settings */
} SobanCollectorFolder;

/* Only the names; nothing is read. */
SobanCollectorFolder *soban_collector_folder_new (const char *dir);
/* A folder that `init` has made, with its settings; else an error that says what to do. */
SobanCollectorFolder *soban_collector_folder_load (const char *dir, GError **error);
SobanCollectorFolder *soban_collector_folder_copy (const SobanCollectorFolder *folder);
/* @address: of a PostgreSQL database, which takes the place of collector.db. */
void soban_collector_folder_set_store (SobanCollectorFolder *folder, const char *address);
void soban_collector_folder_free (SobanCollectorFolder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanCollectorFolder, soban_collector_folder_free)

gboolean soban_collector_folder_exists (const SobanCollectorFolder *folder);
gboolean soban_collector_folder_write_settings (const SobanCollectorFolder *folder, GError **error);
/* The file descriptor that holds the lock; -1 with BUSY when a server runs already. Close it to let go. */
int soban_collector_folder_lock (const SobanCollectorFolder *folder, GError **error);
