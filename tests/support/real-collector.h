/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * RealCollector: soban-collector itself, in a folder of its own: made, served and ended by a test.
 */
typedef struct _RealCollector RealCollector;

/* @plain: HTTP in place of HTTPS */
RealCollector *real_collector_new (gboolean plain);
/* Ends it, and removes its folder. */
void real_collector_free (RealCollector *collector);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RealCollector, real_collector_free)
guint real_collector_get_port (RealCollector *collector);
/* (transfer full): an enrolment for @scope whose address is 127.0.0.1:@port. */
char *real_collector_enrol (RealCollector *collector, const char *name, const char *scope, guint port);
/* (transfer full): what a verb prints; the test fails when it does not end with 0. Further arguments end with NULL. */
char *real_collector_run (RealCollector *collector, const char *verb, ...) G_GNUC_NULL_TERMINATED;
/* Ends the server and starts it again, at the same port. */
void real_collector_restart (RealCollector *collector);
