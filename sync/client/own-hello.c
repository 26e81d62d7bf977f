/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "client/own-hello.h"

#include "client/keyring.h"

#define BOOT_ID_BYTES 8 /* sync/README.md 4.1: any text that differs from boot to boot */

static void
add_cursor (SobanHello *hello, const SobanCursor *cursor)
{
  g_ptr_array_add (hello->cursors, soban_scope_cursor_new (cursor->scope, cursor->cursor));
  if (cursor->has_page)
    g_ptr_array_add (hello->pages, soban_scope_page_new (cursor->scope, &cursor->page, cursor->page_top));
}

SobanHello *
soban_own_hello_new (SobanStore *store, const SobanIdentity *identity, GError **error)
{
  g_autoptr (GPtrArray) cursors = soban_store_get_cursors (store, error);
  g_autoptr (SobanHello) hello = soban_hello_new ();
  const SobanClock *clock = soban_clock_system ();
  g_autofree char *boot_id = soban_clock_boot_id ();

  if (cursors == NULL || !soban_store_get_window (store, &hello->window_ms, error))
    return NULL;
  hello->device = identity->device;
  hello->incarnation = identity->incarnation;
  hello->last_number = identity->last_number;
  hello->acked_number = identity->acked_number;
  hello->chain = identity->acked_chain;
  hello->wall_ms = soban_clock_wall_ms (clock);
  hello->boottime_ms = soban_clock_boottime_ms (clock);
  hello->boot_id = g_strndup (boot_id, BOOT_ID_BYTES);
  hello->registries = soban_store_get_registries (store);
  hello->program = g_strdup ("soban " SOBAN_VERSION);
  for (guint i = 0; i < cursors->len; i++)
    add_cursor (hello, g_ptr_array_index (cursors, i));
  soban_keyring_tell (store, hello);
  return g_steal_pointer (&hello);
}
