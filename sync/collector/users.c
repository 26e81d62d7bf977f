/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "users.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#include "base/error.h"

#define HASH_OPERATIONS 3
#define HASH_MEMORY_BYTES (32 * 1024 * 1024)
#define PASSWORD_BYTES_MIN 8
#define PASSWORD_BYTES_MAX 1024
#define PASSWORD_LETTERS 16
#define ADMIN "admin"

/* A hash of no password, with the costs above. */
#define NO_ONE "$argon2id$v=19$m=32768,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

void
soban_user_free (SobanUser *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->role);
  g_free (self->password_hash);
  g_free (self);
}

char *
soban_password_new (const SobanEntropy *entropy)
{
  static const char letters[] = "abcdefghjkmnpqrstuvwxyz023456789"; /* 32: five bits each; no i, l, o, 1 */
  guint8 bytes[PASSWORD_LETTERS];
  GString *password = g_string_new (NULL);

  G_STATIC_ASSERT (sizeof letters == 33);
  soban_entropy_fill (entropy, bytes, sizeof bytes);
  for (guint i = 0; i < sizeof bytes; i++) {
    if (i > 0 && i % 4 == 0)
      g_string_append_c (password, '-');
    g_string_append_c (password, letters[bytes[i] % (sizeof letters - 1)]);
  }
  sodium_memzero (bytes, sizeof bytes);
  return g_string_free (password, FALSE);
}

char *
soban_password_hash (const char *password, GError **error)
{
  char hash[crypto_pwhash_STRBYTES];

  if (crypto_pwhash_str_alg (hash, password, strlen (password), HASH_OPERATIONS, HASH_MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13) == 0)
    return g_strdup (hash);
  g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_IO, _ ("Not enough memory to protect the password."));
  return NULL;
}

gboolean
soban_password_verify (const char *hash, const char *password)
{
  gboolean right = crypto_pwhash_str_verify (hash != NULL ? hash : NO_ONE, password, strlen (password)) == 0;

  return right && hash != NULL;
}

static gboolean
check_user (const char *name, const char *role, const char *password, GError **error)
{
  static const char *const roles[] = { ADMIN, "officer", NULL };

  if (*name == '\0' || strlen (name) > 64 || strchr (name, ':') != NULL || !g_utf8_validate (name, -1, NULL)) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, _ ("A user's name has 1 to 64 bytes and no colon."));
    return FALSE;
  }
  if (!g_strv_contains (roles, role)) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, _ ("The role “%s” is not known: admin or officer."), role);
    return FALSE;
  }
  if (strlen (password) < PASSWORD_BYTES_MIN || strlen (password) > PASSWORD_BYTES_MAX) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, _ ("A password has at least %d letters."), PASSWORD_BYTES_MIN);
    return FALSE;
  }
  return TRUE;
}

/* Whether somebody but @name is an admin; also when @name is none. */
static gboolean
check_admin_left (SobanCollectorStore *store, const char *name, GError **error)
{
  gint64 lost;

  if (!soban_database_get_integer (soban_collector_store_get_database (store), error, 0, &lost,
        "SELECT count (*) FROM \"user\" WHERE name = ?1 AND role = '" ADMIN "'"
        " AND NOT EXISTS (SELECT 1 FROM \"user\" WHERE name <> ?1 AND role = '" ADMIN "')", "t", name))
    return FALSE;
  if (lost == 0)
    return TRUE;
  g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT,
               _ ("“%s” is the last admin, and stays one. First make another: soban-collector user add NAME --role admin"), name);
  return FALSE;
}

gboolean
soban_users_add (SobanCollectorStore *store, const char *name, const char *role, const char *password, GError **error)
{
  g_autofree char *hash = NULL;

  if (!check_user (name, role, password, error) || (strcmp (role, ADMIN) != 0 && !check_admin_left (store, name, error)))
    return FALSE;
  hash = soban_password_hash (password, error);
  if (hash == NULL)
    return FALSE;
  /* The same name again sets the password and the role anew. */
  return soban_database_run (soban_collector_store_get_database (store), error,
                             "INSERT INTO \"user\" (name, role, password_hash, created_ms) VALUES (?1, ?2, ?3, ?4)"
                             " ON CONFLICT (name) DO UPDATE SET role = ?2, password_hash = ?3", "ttti", name, role, hash,
                             soban_collector_store_now (store));
}

gboolean
soban_users_remove (SobanCollectorStore *store, const char *name, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);

  if (!check_admin_left (store, name, error) || !soban_database_run (database, error, "DELETE FROM \"user\" WHERE name = ?1", "t", name))
    return FALSE;
  if (soban_database_count_changed (database) == 1)
    return TRUE;
  g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND, _ ("There is no user “%s”."), name);
  return FALSE;
}

static SobanUser *
read_user (SobanRows *query)
{
  SobanUser *user = g_new0 (SobanUser, 1);

  user->name = g_strdup (soban_rows_get_text (query, 0));
  user->role = g_strdup (soban_rows_get_text (query, 1));
  user->password_hash = g_strdup (soban_rows_get_text (query, 2));
  user->created_ms = soban_rows_get_int (query, 3);
  return user;
}

SobanUser *
soban_users_find (SobanCollectorStore *store, const char *name, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);
  g_autoptr (SobanRows) query = soban_database_query (database, error,
    "SELECT name, role, password_hash, created_ms FROM \"user\" WHERE name = ?1", "t", name);

  return query != NULL && soban_rows_step (query, error) == 1 ? read_user (query) : NULL;
}

GPtrArray *
soban_users_list (SobanCollectorStore *store, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);
  g_autoptr (GPtrArray) users = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_user_free);
  g_autoptr (SobanRows) query = soban_database_query (database, error,
    "SELECT name, role, password_hash, created_ms FROM \"user\" ORDER BY name", "");
  int stepped;

  if (query == NULL)
    return NULL;
  while ((stepped = soban_rows_step (query, error)) == 1)
    g_ptr_array_add (users, read_user (query));
  return stepped == 0 ? g_steal_pointer (&users) : NULL;
}
