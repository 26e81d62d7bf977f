/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/message.h"
#include "store/sync-store.h"

/* (transfer full): what this tablet says of itself at the beginning of a request or a bundle (sync/README.md 4.1); its flags are those of
 * keys, reply_bytes_max is left 0. @identity: of the same @store, just read. */
SobanHello *soban_own_hello_new (SobanStore *store, const SobanIdentity *identity, GError **error);
