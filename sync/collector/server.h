/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "folder.h"

/**
 * SobanServer: HTTPS for tablets (/v1/...) and for browsers (everything else). Lives on the main context of its maker; one
 * writer thread beside it.
 */
typedef struct _SobanServer SobanServer;

typedef struct {
  const char *address;   /* (nullable): where to listen; NULL = everywhere (plain: loopback only) */
  guint port;            /* 0 = any free one */
  gboolean plain;        /* HTTP on loopback, behind a proxy that speaks TLS */
  guint idle_seconds_max; /* 0 = as a matter of course: a connection on which nothing moves is closed */
} SobanServerOptions;

SobanServer *soban_server_new (const SobanCollectorFolder *folder, const SobanServerOptions *options, GError **error);
/* Takes nothing new, ends what runs, closes the store. */
void soban_server_free (SobanServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanServer, soban_server_free)

guint soban_server_get_port (SobanServer *server);
/* (transfer full): where it answers on this machine, "https://localhost:8443". */
char *soban_server_get_url (SobanServer *server);
