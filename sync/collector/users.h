/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"

/* People who may read the pages. Passwords are kept as Argon2id hashes (libsodium). */
typedef struct {
  char *name;
  char *role;          /* admin, officer */
  char *password_hash;
  gint64 created_ms;
} SobanUser;
void soban_user_free (SobanUser *user);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanUser, soban_user_free)

/* A password that is easy to read out: four groups of four letters and digits without look-alikes (80 bits). */
char *soban_password_new (const SobanEntropy *entropy);
/* Takes some 50 ms and 32 MiB by purpose. */
char *soban_password_hash (const char *password, GError **error);
/* @hash NULL takes as long and is never right, so that a wrong name cannot be told from a wrong password. */
gboolean soban_password_verify (const char *hash, const char *password);

gboolean soban_users_add (SobanCollectorStore *store, const char *name, const char *role, const char *password, GError **error);
gboolean soban_users_remove (SobanCollectorStore *store, const char *name, GError **error);
SobanUser *soban_users_find (SobanCollectorStore *store, const char *name, GError **error); /* (nullable) without @error: none */
GPtrArray *soban_users_list (SobanCollectorStore *store, GError **error);                   /* (element-type SobanUser) */
