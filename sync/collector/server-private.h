/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "attempts.h"
#include "collector-store.h"
#include "dashboard/dashboard.h"
#include "deriver.h"
#include "devices.h"
#include "erasure-sweep.h"
#include "night.h"
#include "reference.h"
#include "registries.h"
#include "server.h"
#include "writer.h"

typedef struct _SobanGuard SobanGuard;

#define SOBAN_STATUS_UPGRADE_REQUIRED 426
#define SOBAN_STATUS_TOO_MANY_REQUESTS 429

struct _SobanServer {
  SobanCollectorFolder *folder;
  int lock_fd;
  gboolean plain;
  SoupServer *soup;
  SobanReference *reference;
  SobanRegistries *registries;
  SobanCollectorStore *reader; /* of the main thread; never writes */
  SobanDeriver *deriver;       /* of the writer thread */
  SobanReaders *readers;       /* make answers */
  SobanWriter *writer;
  SobanNight *night;
  SobanErasureSweep *sweep;
  SobanGuard *guard;
  SobanDashboard *dashboard;
  SobanAttempts *secrets;      /* wrong enrolment secrets */
  char *pin;
  GPtrArray *uploads;          /* sync-handler.c: requests under way */
  gsize held_bytes;            /* about what they hold */
  GPtrArray *transfers;        /* attachment-handler.c: requests under way */
};

/* guard.c: cuts requests that take too long, counts what runs. */
SobanGuard *soban_guard_new (SoupServer *soup, guint idle_seconds_max);
void soban_guard_free (SobanGuard *guard);
/* Ends the connection of @msg now: what it still sends is not read. */
void soban_guard_cut (SoupServerMessage *msg);
/* Counts the body of @msg and throws it away; beyond @bytes_max the request is refused with 413, far beyond it is cut. */
void soban_guard_discard_body (SoupServerMessage *msg, gsize bytes_max);

/* sync-handler.c and enrol-handler.c: begin() in the early handler, before the body; end() when it is complete. */
void soban_sync_handler_begin (SobanServer *server, SoupServerMessage *msg);
void soban_sync_handler_end (SobanServer *server, SoupServerMessage *msg);
/* Hands what has come of all requests to the writer. */
void soban_sync_handler_flush (SobanServer *server);
void soban_enrol_handler_begin (SobanServer *server, SoupServerMessage *msg);
void soban_enrol_handler_end (SobanServer *server, SoupServerMessage *msg);

#define SOBAN_ATTACHMENT_PATH "/v1/attachment/"
/* attachment-handler.c: the same for SOBAN_ATTACHMENT_PATH and @name. */
void soban_attachment_handler_begin (SobanServer *server, SoupServerMessage *msg, const char *name);
void soban_attachment_handler_end (SobanServer *server, SoupServerMessage *msg);

/* form-handler.c: a complete request for /v1/form/@hex. */
void soban_form_handler_answer (SobanServer *server, SoupServerMessage *msg, const char *hex, GHashTable *query);

/* (nullable) (transfer full): the device whose token @msg brings; NULL when the request has been answered. */
SobanDevice *soban_server_authenticate (SobanServer *server, SoupServerMessage *msg);
/* Answers an ERROR frame. */
void soban_server_refuse (SoupServerMessage *msg, guint status, gint code, const char *sentence);
/* (transfer full): who is at the other end: behind a proxy the address that it names. */
char *soban_server_get_peer (SobanServer *server, SoupServerMessage *msg);
