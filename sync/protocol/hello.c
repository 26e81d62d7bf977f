/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HELLO body: sync/README.md 4.1. */
#include "protocol/message.h"

#include "base/limits.h"
#include "protocol/body.h"

#define FLAGS_KNOWN (SOBAN_HELLO_WANTS_KEYS | SOBAN_HELLO_IN_BUNDLE | SOBAN_HELLO_TAKES_FORMS | SOBAN_HELLO_TELLS_KEYS)

SobanScopeCursor *
soban_scope_cursor_new (const char *scope, guint64 number)
{
  SobanScopeCursor *cursor = g_new0 (SobanScopeCursor, 1);

  cursor->scope = g_strdup (scope);
  cursor->number = number;
  return cursor;
}

void
soban_scope_cursor_free (SobanScopeCursor *cursor)
{
  if (cursor == NULL)
    return;
  g_free (cursor->scope);
  g_free (cursor);
}

SobanScopePage *
soban_scope_page_new (const char *scope, const SobanUuid *page, guint64 page_top)
{
  SobanScopePage *item = g_new0 (SobanScopePage, 1);

  item->scope = g_strdup (scope);
  item->page = *page;
  item->page_top = page_top;
  return item;
}

void
soban_scope_page_free (SobanScopePage *page)
{
  if (page == NULL)
    return;
  g_free (page->scope);
  g_free (page);
}

SobanHello *
soban_hello_new (void)
{
  SobanHello *hello = g_new0 (SobanHello, 1);

  hello->cursors = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_scope_cursor_free);
  hello->pages = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_scope_page_free);
  return hello;
}

void
soban_hello_free (SobanHello *hello)
{
  if (hello == NULL)
    return;
  g_free (hello->program);
  g_free (hello->boot_id);
  g_clear_pointer (&hello->cursors, g_ptr_array_unref);
  g_clear_pointer (&hello->pages, g_ptr_array_unref);
  g_free (hello);
}

static guint
find_scope (const GPtrArray *cursors, const char *scope)
{
  guint index = 0;

  while (index < cursors->len && !g_str_equal (((SobanScopeCursor *) g_ptr_array_index (cursors, index))->scope, scope))
    index++;
  return index;
}

/* What 1.1 appended. */
static void
encode_extension (const SobanHello *hello, GByteArray *body)
{
  soban_write_varint (body, hello->acked_number);
  soban_write_u64 (body, hello->chain);
  soban_write_varint (body, hello->reply_bytes_max);
  soban_write_varint (body, hello->flags);
  soban_write_zigzag (body, hello->window_ms);
  soban_write_u32 (body, hello->registries);
  soban_write_varint (body, hello->pages->len);
  for (guint i = 0; i < hello->pages->len; i++) {
    const SobanScopePage *page = g_ptr_array_index (hello->pages, i);
    guint index = find_scope (hello->cursors, page->scope);

    g_assert (index < hello->cursors->len);
    soban_write_varint (body, index);
    soban_write_uuid (body, &page->page);
    soban_write_varint (body, page->page_top);
  }
  if (hello->flags & SOBAN_HELLO_TAKES_FORMS)
    soban_write_u64 (body, hello->forms);
  if (hello->flags & SOBAN_HELLO_TELLS_KEYS)
    soban_write_varint (body, hello->keys);
}

void
soban_hello_encode (const SobanHello *hello, GByteArray *body)
{
  g_assert (hello->cursors->len <= SOBAN_SCOPES_PER_DEVICE_MAX);
  soban_write_varint (body, hello->device);
  soban_write_u64 (body, hello->incarnation);
  soban_write_varint (body, hello->last_number);
  soban_write_zigzag (body, hello->wall_ms);
  soban_write_text (body, hello->program != NULL ? hello->program : "");
  soban_write_text (body, hello->boot_id != NULL ? hello->boot_id : "");
  soban_write_zigzag (body, hello->boottime_ms);
  soban_write_varint (body, hello->cursors->len);
  for (guint i = 0; i < hello->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (hello->cursors, i);

    soban_write_text (body, cursor->scope);
    soban_write_varint (body, cursor->number);
  }
  encode_extension (hello, body);
}

static void
decode_extension (SobanHello *hello, SobanReader *reader)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  guint count;

  hello->minor = 1;
  hello->acked_number = soban_reader_varint (reader);
  hello->chain = soban_reader_u64 (reader);
  hello->reply_bytes_max = soban_reader_varint (reader);
  hello->flags = (SobanHelloFlags) (soban_reader_varint (reader) & FLAGS_KNOWN);
  hello->window_ms = soban_reader_zigzag (reader);
  hello->registries = soban_reader_u32 (reader);
  count = soban_reader_count (reader, SOBAN_UUID_BYTES + 2, hello->cursors->len);
  for (guint i = 0; i < count && !reader->failed; i++) {
    guint64 index = soban_reader_varint (reader);
    SobanUuid page = soban_reader_uuid (reader);
    guint64 page_top = soban_reader_varint (reader);
    const SobanScopeCursor *cursor;

    if (reader->failed || index >= hello->cursors->len) {
      reader->failed = TRUE;
      return;
    }
    cursor = g_ptr_array_index (hello->cursors, (guint) index);
    if (!g_hash_table_add (seen, cursor->scope))
      reader->failed = TRUE;
    g_ptr_array_add (hello->pages, soban_scope_page_new (cursor->scope, &page, page_top));
  }
  if (hello->flags & SOBAN_HELLO_TAKES_FORMS)
    hello->forms = soban_reader_u64 (reader);
  if (hello->flags & SOBAN_HELLO_TELLS_KEYS)
    hello->keys = (guint32) soban_reader_varint (reader);
}

SobanHello *
soban_hello_decode (GBytes *body, GError **error)
{
  g_autoptr (SobanHello) hello = soban_hello_new ();
  g_autoptr (GHashTable) scopes = g_hash_table_new (g_str_hash, g_str_equal);
  SobanReader reader;
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);
  guint64 device, count;

  soban_reader_init (&reader, data, length);
  device = soban_reader_varint (&reader);
  hello->device = (guint32) device;
  hello->incarnation = soban_reader_u64 (&reader);
  hello->last_number = soban_reader_varint (&reader);
  hello->wall_ms = soban_reader_zigzag (&reader);
  hello->program = soban_reader_text (&reader, SOBAN_SENTENCE_BYTES_MAX);
  hello->boot_id = soban_reader_text (&reader, SOBAN_SENTENCE_BYTES_MAX);
  hello->boottime_ms = soban_reader_zigzag (&reader);
  count = soban_reader_varint (&reader);
  if (device > G_MAXUINT32 || count > SOBAN_SCOPES_PER_DEVICE_MAX)
    reader.failed = TRUE;
  for (guint64 i = 0; i < count && !reader.failed; i++) {
    SobanScopeCursor *cursor = soban_scope_cursor_new (NULL, 0);

    g_ptr_array_add (hello->cursors, cursor);
    cursor->scope = soban_reader_text (&reader, SOBAN_SCOPE_BYTES_MAX);
    cursor->number = soban_reader_varint (&reader);
    if (!reader.failed && !g_hash_table_add (scopes, cursor->scope))
      reader.failed = TRUE;
  }
  if (!reader.failed && soban_reader_left (&reader) > 0)
    decode_extension (hello, &reader);
  return soban_body_check (&reader, "HELLO", error) ? g_steal_pointer (&hello) : NULL;
}
