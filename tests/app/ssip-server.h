/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* Stands in for speech-dispatcher: speaks SSIP on a socket, refuses whatever the protocol does not allow, says nothing aloud. */
typedef struct _SsipServer SsipServer;

/* Tells this program where the server will listen; once, before anything asks. */
void ssip_server_announce (void);
/* Takes the folder away again. */
void ssip_server_withdraw (void);
SsipServer *ssip_server_new (void);
void ssip_server_free (SsipServer *server);
/* Nobody can connect any more. */
void ssip_server_refuse (SsipServer *server);
const char *ssip_server_get_language (SsipServer *server); /* (nullable): that the client has set */
const char *ssip_server_get_message (SsipServer *server);  /* (nullable): the text being read */
/* The text was read to its end: the client is told, and the message is forgotten. */
void ssip_server_finish (SsipServer *server);
gboolean ssip_server_has_stopped (SsipServer *server); /* the client has asked for silence and gone */
