/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/session.h"
#include "client/transport.h"

/* A session over @transport in place of the enrolment's address: for tests, and for links that are not HTTP. */
SobanSyncSession *soban_sync_session_new_with_transport (SobanStore *store, SobanTransport *transport);
/* (nullable) (transfer none): why photos or files were left for the next sync, though the sync completed; NULL while it runs. */
const GError *soban_sync_session_get_attachment_fault (SobanSyncSession *session);
