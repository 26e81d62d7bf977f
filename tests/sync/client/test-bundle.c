/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bundles of a real store, with a collector made of its keys alone: what is in a file, and which receipt is taken. The invariants stand in
 * sync/client/bundle-export.c and bundle-import-private.h. */
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "client/bundle.h"
#include "client/keyring.h"
#include "store-fixture.h"
#include "store/sync-store.h"

#define SCOPE "02947@2025-07-01"
#define TOKEN "a-token-of-a-test"
#define DEVICE 17

typedef struct {
  StoreFixture store;
  SobanSigningKeys collector, device;
  guint8 exchange_key[SOBAN_EXCHANGE_KEY_BYTES];
  char *folder;
} World;

static void
keep_keys (World *world)
{
  g_autoptr (SobanKeys) keys = soban_keys_new ();
  g_autoptr (GError) error = NULL;

  memcpy (keys->public_key, world->collector.public_key, SOBAN_PUBLIC_KEY_BYTES);
  soban_keys_add (keys, SCOPE, world->exchange_key);
  soban_keyring_keep (world->store.store, keys, &error);
  g_assert_no_error (error);
}

static void
world_init_enrolled (World *world)
{
  g_autoptr (GError) error = NULL;

  memset (world, 0, sizeof *world);
  store_fixture_init (&world->store);
  soban_signing_keys_from_token ("a collector", &world->collector);
  soban_signing_keys_from_token (TOKEN, &world->device);
  memset (world->exchange_key, 5, sizeof world->exchange_key);
  soban_enrol_from_text (world->store.store,
                         "[soban-enrolment]\nversion=1\nurl=http://localhost:1\nkey=\ndevice=17\ndevice_name=T\ntoken=" TOKEN
                         "\nrole=member\nscopes=" SCOPE "\nhome_scope=" SCOPE "\n", &error);
  g_assert_no_error (error);
  world->folder = g_dir_make_tmp ("soban-bundle-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
world_init (World *world)
{
  world_init_enrolled (world);
  keep_keys (world);
}

static void
world_clear (World *world)
{
  g_autoptr (GDir) dir = g_dir_open (world->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (world->folder, name, NULL);

    g_unlink (path);
  }
  g_assert_cmpint (g_rmdir (world->folder), ==, 0);
  g_free (world->folder);
  store_fixture_clear (&world->store);
}

static void
add_records (World *world, guint count)
{
  for (guint i = 0; i < count; i++) {
    g_autofree char *total = g_strdup_printf ("%u", 10 + i);

    save_session (&world->store, "2026-11-20", "Bản Mường", total);
  }
}

static char *
export_up (World *world)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanBundleReport) report = soban_bundle_export (world->store.store, world->folder, SOBAN_BUNDLE_FOR_COLLECTOR, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (report->complete);
  g_assert_cmpuint (report->paths->len, ==, 1);
  return g_strdup (g_ptr_array_index (report->paths, 0));
}

static gboolean
find_keys (const SobanEnvelopeHead *head, gpointer data, SobanEnvelopeKeys *ret_keys, GError **error)
{
  const World *world = data;

  g_assert_cmpint (head->kind, ==, SOBAN_BUNDLE_UP);
  g_assert_cmpuint (head->sender, ==, DEVICE);
  ret_keys->sender_key = world->device.public_key;
  ret_keys->receiver_keys = &world->collector;
  return TRUE;
}

typedef struct {
  SobanHello *hello;
  guint evidences, changes;
  gboolean ended;
} Content;

static void
read_content (World *world, const char *path, Content *ret_content)
{
  g_autoptr (SobanEnvelopeReader) envelope = soban_envelope_reader_new (find_keys, world);
  g_autoptr (SobanFrameReader) frames = soban_frame_reader_new ();
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  g_autofree char *file = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  *ret_content = (Content) { 0 };
  g_assert_true (g_file_get_contents (path, &file, &length, NULL));
  g_assert_true (soban_envelope_reader_feed (envelope, (const guint8 *) file, length, plain, &error));
  g_assert_true (soban_envelope_reader_finish (envelope, &error));
  soban_frame_reader_feed (frames, plain->data, plain->len);
  for (;;) {
    g_autoptr (GBytes) body = NULL;
    g_autoptr (GPtrArray) changes = NULL;
    SobanFrameType type;

    g_assert_true (soban_frame_reader_next (frames, &type, &body, &error));
    if (body == NULL)
      break;
    g_assert_false (ret_content->ended);
    if (type == SOBAN_FRAME_HELLO)
      ret_content->hello = soban_hello_decode (body, &error);
    else if (type == SOBAN_FRAME_CLOCK_EVIDENCE)
      ret_content->evidences++;
    else if (type == SOBAN_FRAME_END)
      ret_content->ended = TRUE;
    else if (type == SOBAN_FRAME_CHANGES)
      ret_content->changes += (changes = soban_changes_decode (body, &error))->len;
    g_assert_no_error (error);
  }
  g_assert_true (soban_frame_reader_is_whole (frames));
}

static void
test_invariant_1_all_that_waits (void)
{
  World world;
  Content content;
  g_autofree char *path = NULL;
  g_autofree char *again = NULL;
  g_autofree char *name = NULL;

  world_init (&world);
  add_records (&world, 3);
  path = export_up (&world);
  name = g_path_get_basename (path);
  g_assert_true (g_regex_match_simple ("^soban-17-[0-9]{4}-[0-9]{2}-[0-9]{2}-1\\.soban$", name, 0, 0));
  read_content (&world, path, &content);
  g_assert_true (content.ended);
  g_assert_cmpuint (content.changes, ==, 3);
  g_assert_cmpuint (content.evidences, ==, 1);
  g_assert_cmpuint (content.hello->flags, ==, SOBAN_HELLO_IN_BUNDLE);
  g_assert_cmpuint (content.hello->last_number, ==, 3);
  g_assert_cmpint (soban_store_count_waiting (world.store.store, NULL), ==, 3);
  /* An older one that nobody has confirmed stays as it is. */
  again = export_up (&world);
  g_assert_cmpstr (path, !=, again);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  soban_hello_free (content.hello);
  world_clear (&world);
}

/* ---- receipts, as a collector would write them ---- */

typedef struct {
  SobanHello *hello;       /* what it answers */
  guint64 acked_number, chain;
  SobanAckState state;
  const SobanSigningKeys *signer;
} Receipt;

static void
add_frame (GByteArray *out, SobanFrameType type, const GByteArray *body)
{
  soban_frame_write (out, type, body != NULL ? body->data : NULL, body != NULL ? body->len : 0);
}

static char *
write_receipt (World *world, const Receipt *receipt)
{
  g_autoptr (GByteArray) plain = g_byte_array_new (), body = g_byte_array_new (), sealed = g_byte_array_new ();
  g_autoptr (SobanReply) reply = soban_reply_new ();
  g_autoptr (SobanEnvelopeWriter) envelope = soban_envelope_writer_new (
      &(SobanEnvelopeAddress) { .kind = SOBAN_BUNDLE_RECEIPT, .sender_keys = receipt->signer, .receiver_key = world->device.public_key },
      soban_entropy_system (), sealed, NULL);
  char *path = g_build_filename (world->folder, "receipt.soban", NULL);

  soban_stream_header_write (plain);
  soban_hello_encode (receipt->hello, body);
  add_frame (plain, SOBAN_FRAME_HELLO, body);
  reply->acked_number = receipt->acked_number;
  reply->ack_state = receipt->state;
  reply->chain = receipt->chain;
  reply->collector_ms = G_GINT64_CONSTANT (1763774000000);
  g_byte_array_set_size (body, 0);
  soban_reply_encode (reply, body);
  add_frame (plain, SOBAN_FRAME_REPLY, body);
  add_frame (plain, SOBAN_FRAME_END, NULL);
  soban_envelope_writer_write (envelope, plain->data, plain->len, sealed);
  soban_envelope_writer_finish (envelope, sealed);
  g_assert_true (g_file_set_contents (path, (const char *) sealed->data, sealed->len, NULL));
  return path;
}

/* What the tablet has said, with a receipt for all of it. */
static Receipt
make_receipt (World *world)
{
  g_autofree char *path = export_up (world);
  SobanIdentity identity = get_identity (&world->store);
  Content content;

  read_content (world, path, &content);
  return (Receipt) { content.hello, identity.last_number, identity.chain, SOBAN_ACK_OK, &world->collector };
}

static void
take (World *world, const Receipt *receipt, guint64 confirmed)
{
  g_autofree char *path = write_receipt (world, receipt);
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanBundleReport) report = soban_bundle_import (world->store.store, path, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (report->receipts, ==, 1);
  g_assert_cmpuint (report->confirmed, ==, confirmed);
  assert_sound (&world->store);
}

static void
refuse (World *world, const Receipt *receipt, int code)
{
  g_autofree char *path = write_receipt (world, receipt);
  g_autoptr (GError) error = NULL;
  guint64 waiting = soban_store_count_waiting (world->store.store, NULL);
  guint64 incarnation = get_identity (&world->store).incarnation;

  g_assert_null (soban_bundle_import (world->store.store, path, NULL, &error));
  g_assert_error (error, SOBAN_BUNDLE_ERROR, code);
  g_assert_cmpint (soban_store_count_waiting (world->store.store, NULL), ==, waiting);
  g_assert_cmpuint (get_identity (&world->store).incarnation, ==, incarnation);
  assert_sound (&world->store);
}

static void
test_invariant_2_twice_and_late (void)
{
  World world;
  Receipt receipt;

  world_init (&world);
  add_records (&world, 3);
  receipt = make_receipt (&world);
  add_records (&world, 1);
  take (&world, &receipt, 3);
  g_assert_cmpint (soban_store_count_waiting (world.store.store, NULL), ==, 1);
  take (&world, &receipt, 0);
  g_assert_cmpint (soban_store_count_waiting (world.store.store, NULL), ==, 1);
  soban_hello_free (receipt.hello);
  world_clear (&world);
}

static void
test_part_of_it (void)
{
  World world;
  Receipt receipt;

  world_init (&world);
  add_records (&world, 3);
  receipt = make_receipt (&world);
  receipt.acked_number = 2;
  g_assert_true (soban_store_get_chain (world.store.store, 2, &receipt.chain, NULL));
  receipt.state = SOBAN_ACK_GAP;
  take (&world, &receipt, 2);
  g_assert_cmpint (soban_store_count_waiting (world.store.store, NULL), ==, 1);
  soban_hello_free (receipt.hello);
  world_clear (&world);
}

static void
test_invariant_3_others (void)
{
  World world;
  Receipt receipt;

  world_init (&world);
  add_records (&world, 3);
  receipt = make_receipt (&world);
  receipt.hello->device++;
  refuse (&world, &receipt, SOBAN_BUNDLE_ERROR_OTHER_ANSWER);
  receipt.hello->device--;
  receipt.hello->incarnation++;
  refuse (&world, &receipt, SOBAN_BUNDLE_ERROR_OTHER_ANSWER);
  receipt.hello->incarnation--;
  receipt.hello->last_number = receipt.acked_number = 9;
  refuse (&world, &receipt, SOBAN_BUNDLE_ERROR_OTHER_ANSWER);
  receipt.hello->last_number = receipt.acked_number = 3;
  receipt.signer = &world.device;
  refuse (&world, &receipt, SOBAN_BUNDLE_ERROR_OTHER_SENDER);
  receipt.signer = &world.collector;
  take (&world, &receipt, 3);
  soban_hello_free (receipt.hello);
  world_clear (&world);
}

/* A collector that holds other changes under these numbers: they are issued anew, whether it says so or its chain does. */
static void
test_fork (gconstpointer data)
{
  gboolean said = GPOINTER_TO_INT (data);
  World world;
  Receipt receipt;
  guint64 incarnation;

  world_init (&world);
  add_records (&world, 3);
  receipt = make_receipt (&world);
  incarnation = get_identity (&world.store).incarnation;
  if (said)
    receipt.acked_number = receipt.chain = 0;
  else
    receipt.chain++;
  receipt.state = said ? SOBAN_ACK_FORK : SOBAN_ACK_OK;
  take (&world, &receipt, 0);
  g_assert_cmpuint (get_identity (&world.store).incarnation, !=, incarnation);
  g_assert_cmpint (soban_store_count_waiting (world.store.store, NULL), ==, 3);
  /* It speaks of an incarnation that is no more. */
  refuse (&world, &receipt, SOBAN_BUNDLE_ERROR_OTHER_ANSWER);
  soban_hello_free (receipt.hello);
  world_clear (&world);
}

/* The tablet has moved on since: what a copy of it did is no reason to issue anew what is confirmed. */
static void
test_fork_of_before (void)
{
  World world;
  Receipt receipt, forked;

  world_init (&world);
  add_records (&world, 3);
  receipt = make_receipt (&world);
  forked = receipt;
  forked.state = SOBAN_ACK_FORK;
  forked.acked_number = forked.chain = 0;
  take (&world, &receipt, 3);
  add_records (&world, 1);
  refuse (&world, &forked, SOBAN_BUNDLE_ERROR_OTHER_ANSWER);
  soban_hello_free (receipt.hello);
  world_clear (&world);
}

/* ---- keys ---- */

static void
test_keys_of_another_enrolment (void)
{
  World world;
  g_autoptr (GError) error = NULL;

  world_init (&world);
  soban_enrol_from_text (world.store.store,
                         "[soban-enrolment]\nversion=1\nurl=http://localhost:1\nkey=\ndevice=3\ndevice_name=T\ntoken=another\nrole=member\n"
                         "scopes=" SCOPE "\nhome_scope=" SCOPE "\n", &error);
  g_assert_no_error (error);
  g_assert_null (soban_bundle_export (world.store.store, world.folder, SOBAN_BUNDLE_FOR_COLLECTOR, NULL, &error));
  g_assert_error (error, SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_NO_KEYS);
  world_clear (&world);
}

static void
test_nothing_for_tablets (void)
{
  World world;
  g_autoptr (GError) error = NULL;

  world_init (&world);
  g_assert_null (soban_bundle_export (world.store.store, world.folder, SOBAN_BUNDLE_FOR_TABLETS, NULL, &error));
  g_assert_error (error, SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_NOTHING);
  world_clear (&world);
}

/* ---- what the app calls ---- */

typedef struct {
  GAsyncResult *result;
} Waiting;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Waiting *waiting = user_data;

  waiting->result = g_object_ref (result);
}

static GAsyncResult *
wait_for (Waiting *waiting)
{
  while (waiting->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return waiting->result;
}

static void
test_async (void)
{
  World world;
  Waiting written = { 0 }, stopped = { 0 }, read = { 0 };
  g_autoptr (GFile) place = NULL;
  g_autoptr (GFile) receipt_file = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SobanBundleReport) report = NULL;
  g_autoptr (SobanBundleReport) taken = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  Receipt receipt;

  world_init (&world);
  add_records (&world, 2);
  place = g_file_new_for_path (world.folder);
  soban_bundle_export_async (world.store.store, place, SOBAN_BUNDLE_FOR_COLLECTOR, NULL, on_done, &written);
  report = soban_bundle_export_finish (world.store.store, wait_for (&written), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (report->changes, ==, 2);

  g_cancellable_cancel (cancellable);
  soban_bundle_export_async (world.store.store, place, SOBAN_BUNDLE_FOR_COLLECTOR, cancellable, on_done, &stopped);
  g_assert_null (soban_bundle_export_finish (world.store.store, wait_for (&stopped), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  receipt = make_receipt (&world);
  path = write_receipt (&world, &receipt);
  receipt_file = g_file_new_for_path (path);
  soban_bundle_import_async (world.store.store, receipt_file, NULL, on_done, &read);
  taken = soban_bundle_import_finish (world.store.store, wait_for (&read), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (taken->confirmed, ==, 2);
  g_object_unref (written.result);
  g_object_unref (stopped.result);
  g_object_unref (read.result);
  soban_hello_free (receipt.hello);
  world_clear (&world);
}

static void
assert_sentence (GQuark domain, int code)
{
  g_autoptr (GError) error = g_error_new_literal (domain, code, "a detail for the log");
  g_autofree char *sentence = soban_bundle_error_sentence (error);

  g_assert_cmpuint (strlen (sentence), >, 20);
  g_assert_null (strstr (sentence, "a detail"));
  /* Nothing ever says "failed" when the records are safe. */
  g_assert_null (strstr (sentence, "fail"));
}

static void
test_sentences (void)
{
  for (int code = SOBAN_BUNDLE_ERROR_FOREIGN; code <= SOBAN_BUNDLE_ERROR_TOO_LARGE; code++)
    assert_sentence (SOBAN_BUNDLE_ERROR, code);
  for (int code = G_FILE_ERROR_EXIST; code <= G_FILE_ERROR_FAILED; code++)
    assert_sentence (G_FILE_ERROR, code);
  for (int code = SOBAN_SYNC_ERROR_OFFLINE; code <= SOBAN_SYNC_ERROR_NOT_ENROLLED; code++)
    assert_sentence (SOBAN_SYNC_ERROR, code);
  for (int code = SOBAN_STORE_ERROR_BUSY; code <= SOBAN_STORE_ERROR_LIMIT; code++)
    assert_sentence (SOBAN_STORE_ERROR, code);
  assert_sentence (G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bundle/export/invariant-1-all-that-waits", test_invariant_1_all_that_waits);
  g_test_add_func ("/bundle/import/invariant-2-twice-and-late", test_invariant_2_twice_and_late);
  g_test_add_func ("/bundle/import/invariant-3-others", test_invariant_3_others);
  g_test_add_func ("/bundle/import/part-of-it", test_part_of_it);
  g_test_add_data_func ("/bundle/import/fork/said", GINT_TO_POINTER (TRUE), test_fork);
  g_test_add_data_func ("/bundle/import/fork/by-the-chain", GINT_TO_POINTER (FALSE), test_fork);
  g_test_add_func ("/bundle/import/fork/of-before", test_fork_of_before);
  g_test_add_func ("/bundle/keys-of-another-enrolment", test_keys_of_another_enrolment);
  g_test_add_func ("/bundle/nothing-for-tablets", test_nothing_for_tablets);
  g_test_add_func ("/bundle/async", test_async);
  g_test_add_func ("/bundle/sentences", test_sentences);
  return g_test_run ();
}
