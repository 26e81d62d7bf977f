/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

typedef struct _SobanServer SobanServer;

/**
 * SobanDashboard: the pages for people: server-rendered, no scripts, for an old office browser. HTTP Basic over TLS
 * against the users; every answer carries the security headers. Main thread.
 */
typedef struct _SobanDashboard SobanDashboard;

SobanDashboard *soban_dashboard_new (SobanServer *server);
void soban_dashboard_free (SobanDashboard *dashboard);
/* Answers @msg, perhaps later. */
void soban_dashboard_handle (SobanDashboard *dashboard, SoupServerMessage *msg, const char *path, GHashTable *query);
