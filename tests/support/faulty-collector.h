/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* How the collector misbehaves. */
typedef enum {
  FAULTY_GARBAGE,       /* 200 of the right type, then noise */
  FAULTY_NO_HTTP,       /* noise in place of HTTP */
  FAULTY_EMPTY,         /* closes without a word */
  FAULTY_CUT,           /* promises more bytes than come */
  FAULTY_ENDLESS,       /* an answer that never ends */
  FAULTY_STATUS,        /* the status it is told, without a frame */
  FAULTY_REDIRECT,      /* sends the client elsewhere, as a network that asks to sign in does */
  FAULTY_PAGE,          /* 200 with a page */
  FAULTY_OTHER_VERSION, /* a stream of major version 9 */
  FAULTY_PLAIN,         /* answers in plain HTTP where TLS is expected, as a web server on the wrong port does */
} Fault;

/**
 * FaultyCollector: an HTTPS server on localhost that misbehaves on purpose. Runs on the main context of its maker.
 */
typedef struct _FaultyCollector FaultyCollector;

/* @identity: "right" or "other": which key of tests/fixtures/tls it has. */
FaultyCollector *faulty_collector_new (const char *identity, Fault fault, guint status);
void faulty_collector_free (FaultyCollector *collector);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FaultyCollector, faulty_collector_free)
guint faulty_collector_get_port (FaultyCollector *collector);
/* Requests that reached it. */
guint faulty_collector_count_requests (FaultyCollector *collector);
/* Requests to the place that FAULTY_REDIRECT points to. */
guint faulty_collector_count_followed (FaultyCollector *collector);

/* (transfer full): the pin of a key of tests/fixtures/tls. */
char *faulty_collector_load_pin (const char *identity);
