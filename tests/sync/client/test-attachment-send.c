/* SPDX-License-Identifier: GPL-3.0-or-later */
/* client/attachment-send.c with a collector that is a function: cuts, refusals and lies of every kind. Tests are named after its invariants. */
#include <string.h>

#include "base/attachment-name.h"
#include "base/error.h"
#include "client/attachment-send.h"
#include "client/loopback-transport.h"
#include "photo.h"
#include "store-fixture.h"

#define PHOTOS 3

/* What a collector has of one attachment. */
typedef struct {
  GByteArray *content;
  guint64 bytes;
  gboolean received;
} Shelf;

/* How it misbehaves, each in this many of 100 requests. */
typedef struct {
  guint cut_before, cut_within, cut_after; /* the link: before anything came; with a part of the piece; after all, the answer is lost */
  guint lose;                              /* drops what has come: 404 from then on */
  guint flip;                              /* stores another byte than came */
  guint busy;                              /* 503 */
} Faults;

typedef struct {
  GRand *dice;
  Faults faults;
  GHashTable *shelves; /* name -> Shelf */
  guint requests;
  guint status;        /* 0: as the protocol says; else this for every request */
  StoreFixture *moves; /* (nullable): a tablet that is enrolled elsewhere while it is answered */
  gboolean lies;       /* says that it has all, and has not: a program that no collector is */
} FakeShelf;

static void
free_shelf (gpointer data)
{
  Shelf *shelf = data;

  g_byte_array_unref (shelf->content);
  g_free (shelf);
}

static void
fake_init (FakeShelf *fake, guint32 seed, const Faults *faults)
{
  *fake = (FakeShelf) { .dice = g_rand_new_with_seed (seed), .faults = *faults };
  fake->shelves = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_shelf);
}

static void
fake_clear (FakeShelf *fake)
{
  g_rand_free (fake->dice);
  g_hash_table_unref (fake->shelves);
}

static gboolean
happens (FakeShelf *fake, guint percent)
{
  return (guint) g_rand_int_range (fake->dice, 0, 100) < percent;
}

static SobanAnswer *
answer_with (guint status, gint64 offset)
{
  SobanAnswer *answer = g_new0 (SobanAnswer, 1);

  answer->status = status;
  answer->content_type = g_strdup ("");
  answer->body = g_bytes_new_static ("", 0);
  answer->upload_offset = offset;
  return answer;
}

static SobanAnswer *
cut (GError **error)
{
  g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TIMEOUT, "cut");
  return NULL;
}

static guint64
read_header (const SobanRequest *request, const char *name)
{
  for (guint i = 0; request->headers[i] != NULL; i += 2)
    if (strcmp (request->headers[i], name) == 0)
      return g_ascii_strtoull (request->headers[i + 1], NULL, 10);
  g_error ("%s without %s", request->method, name);
}

/* Appends as the protocol says; the status. */
static guint
append (FakeShelf *fake, const char *name, const SobanRequest *request, gsize length)
{
  Shelf *shelf = g_hash_table_lookup (fake->shelves, name);
  guint64 offset = read_header (request, "Upload-Offset");

  if (shelf == NULL)
    return 404;
  if (shelf->received || offset != shelf->content->len || offset + length > shelf->bytes)
    return 409;
  g_byte_array_append (shelf->content, g_bytes_get_data (request->body, NULL), (guint) length);
  if (length > 0 && happens (fake, fake->faults.flip))
    shelf->content->data[offset] ^= 1;
  if (shelf->content->len < shelf->bytes)
    return 204;
  if (soban_attachment_name_fits (name, shelf->content->data, shelf->content->len)) {
    shelf->received = TRUE;
    return 204;
  }
  g_hash_table_remove (fake->shelves, name);
  return 460;
}

static guint
announce (FakeShelf *fake, const char *name, const SobanRequest *request)
{
  Shelf *shelf = g_hash_table_lookup (fake->shelves, name);

  if (shelf != NULL)
    return 201;
  shelf = g_new0 (Shelf, 1);
  shelf->content = g_byte_array_new ();
  shelf->bytes = read_header (request, "Upload-Length");
  g_hash_table_insert (fake->shelves, g_strdup (name), shelf);
  return 201;
}

static SobanAnswer *
exchange (const SobanRequest *request, gpointer data, GError **error)
{
  FakeShelf *fake = data;
  const char *name = strrchr (request->path, '/') + 1;
  gsize length = request->body != NULL ? g_bytes_get_size (request->body) : 0;
  const Shelf *shelf;
  guint status;

  fake->requests++;
  g_assert_true (g_str_has_prefix (request->path, "/v1/attachment/") && soban_attachment_name_is_valid (name));
  g_assert_cmpstr (request->token, ==, "token");
  if (fake->status != 0)
    return answer_with (fake->status, -1);
  if (happens (fake, fake->faults.busy))
    return answer_with (503, -1);
  if (happens (fake, fake->faults.cut_before))
    return cut (error);
  if (happens (fake, fake->faults.lose))
    g_hash_table_remove (fake->shelves, name);
  if (strcmp (request->method, "PATCH") == 0) {
    if (happens (fake, fake->faults.cut_within)) {
      append (fake, name, request, length > 0 ? (gsize) g_rand_int_range (fake->dice, 0, (gint32) length) : 0);
      return cut (error);
    }
    status = append (fake, name, request, length);
  } else if (strcmp (request->method, "POST") == 0) {
    status = announce (fake, name, request);
  } else {
    g_assert_cmpstr (request->method, ==, "HEAD");
    status = g_hash_table_contains (fake->shelves, name) ? 200 : 404;
  }
  if (happens (fake, fake->faults.cut_after))
    return cut (error);
  if (fake->moves != NULL && strcmp (request->method, "PATCH") == 0)
    soban_store_set_setting (fake->moves->store, SOBAN_SETTING_TOKEN, "another", NULL);
  shelf = g_hash_table_lookup (fake->shelves, name);
  if (fake->lies && shelf != NULL)
    return answer_with (status, G_MAXINT64);
  return answer_with (status, shelf != NULL ? (gint64) shelf->content->len : -1);
}

typedef struct {
  gboolean done, whole;
  GError *error;
  SobanAttachmentProgress progress;
} Outcome;

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->whole = soban_attachment_send_finish (SOBAN_STORE (source), result, &outcome->progress, &outcome->error);
  outcome->done = TRUE;
}

static void
on_moved (const SobanAttachmentProgress *progress, gpointer data)
{
  g_assert_cmpuint (progress->sent, <=, progress->to_send);
  g_assert_cmpuint (progress->bytes_sent, <=, progress->bytes_to_send);
}

static void
send_once (StoreFixture *fixture, FakeShelf *fake, GCancellable *cancellable, Outcome *outcome)
{
  g_autoptr (SobanTransport) transport = soban_loopback_transport_new (exchange, fake);
  SobanPace pace;

  soban_pace_init (&pace);
  pace.request_bytes = 1024;
  *outcome = (Outcome) { 0 };
  soban_attachment_send_async (fixture->store, transport, "token", &pace, on_moved, NULL, cancellable, on_sent, outcome);
  while (!outcome->done)
    g_main_context_iteration (NULL, TRUE);
}

static char *
save_photo (StoreFixture *fixture, guint32 seed, gsize length)
{
  g_autoptr (GBytes) photo = photo_new (seed, length);
  g_autofree char *version = newest_version (fixture, "communication_session");
  g_autoptr (GError) error = NULL;
  char *name = soban_store_put_attachment (fixture->store, photo, "jpg", &error);
  g_autoptr (SobanFieldMap) fields = make_fields ("commune_id", FIXTURE_COMMUNE, "photo", name, NULL);
  SobanUuid id = { 0 };

  g_assert_no_error (error);
  soban_store_save (fixture->store, &id, "communication_session", version, NULL, fields, &error);
  g_assert_no_error (error);
  return name;
}

static guint
count_waiting (StoreFixture *fixture)
{
  guint waiting;
  guint64 bytes;

  g_assert_true (soban_store_count_attachments (fixture->store, &waiting, &bytes, NULL));
  return waiting;
}

/* 1: whatever happens, nothing counts as received on the tablet that the collector has not compared. */
static void
assert_truth (StoreFixture *fixture, FakeShelf *fake, char **names)
{
  for (guint i = 0; i < PHOTOS; i++) {
    const Shelf *shelf = g_hash_table_lookup (fake->shelves, names[i]);
    SobanAttachmentState state;

    g_assert_true (soban_store_look_up_attachment (fixture->store, names[i], &state, NULL));
    g_assert_true (state == SOBAN_ATTACHMENT_WAITING || (shelf != NULL && shelf->received));
  }
}

static void
test_misfortune (void)
{
  static const Faults all[] = {
    { .cut_within = 40 },
    { .cut_before = 20, .cut_within = 20, .cut_after = 20 },
    { .cut_after = 60 },
    { .lose = 3, .cut_within = 20 },
    { .flip = 2, .cut_within = 20 },
    { .busy = 10, .flip = 1, .lose = 1, .cut_before = 10, .cut_within = 20, .cut_after = 10 },
  };
  const Faults none = { 0 };
  StoreFixture fixture;
  guint runs = 0, requests = 0;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "sha256//key");
  for (guint32 seed = 1; seed <= 36; seed++) {
    char *names[PHOTOS + 1] = { NULL };
    FakeShelf fake;
    Outcome outcome;

    fake_init (&fake, seed, &all[seed % G_N_ELEMENTS (all)]);
    for (guint i = 0; i < PHOTOS; i++)
      names[i] = save_photo (&fixture, seed * 100 + i, (gsize) g_rand_int_range (fake.dice, 1, 20000));
    /* What lost or altered something will do so again: at the end it behaves. */
    for (guint attempt = 0; count_waiting (&fixture) > 0; attempt++) {
      g_assert_cmpuint (attempt, <, 40);
      if (attempt == 25)
        fake.faults = none;
      send_once (&fixture, &fake, NULL, &outcome);
      g_assert_true (outcome.whole == (count_waiting (&fixture) == 0));
      g_clear_error (&outcome.error);
      assert_truth (&fixture, &fake, names);
      runs++;
    }
    requests += fake.requests;
    for (guint i = 0; i < PHOTOS; i++)
      g_free (names[i]);
    fake_clear (&fake);
  }
  g_test_message ("%u runs, %u requests", runs, requests);
  store_fixture_clear (&fixture);
}

/* What is there already costs one request and no bytes. */
static void
test_there_already (void)
{
  const Faults none = { 0 };
  StoreFixture fixture;
  FakeShelf fake;
  Outcome outcome;
  g_autofree char *name = NULL;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "sha256//key");
  fake_init (&fake, 1, &none);
  name = save_photo (&fixture, 1, 5000);
  send_once (&fixture, &fake, NULL, &outcome);
  g_assert_true (outcome.whole);
  g_assert_cmpuint (outcome.progress.bytes_sent, ==, 5000);
  /* 1,024 bytes at first, then more as they went quickly. */
  g_assert_cmpuint (fake.requests, ==, 4);
  store_fixture_enrol (&fixture, 5, "sha256//another");
  g_assert_cmpuint (count_waiting (&fixture), ==, 1);
  fake.requests = 0;
  send_once (&fixture, &fake, NULL, &outcome);
  g_assert_true (outcome.whole);
  g_assert_cmpuint (fake.requests, ==, 1);
  g_assert_cmpuint (count_waiting (&fixture), ==, 0);
  fake_clear (&fake);
  store_fixture_clear (&fixture);
}

/* 3: refused ones are passed over, a collector that takes none is asked once. */
static void
test_refusals (void)
{
  static const struct {
    guint status, requests;
    int code;
  } cases[] = { { 403, 3, SOBAN_SYNC_ERROR_REFUSED }, { 404, 1, SOBAN_SYNC_ERROR_PROTOCOL },  { 401, 1, SOBAN_SYNC_ERROR_AUTH },
                { 503, 1, SOBAN_SYNC_ERROR_SERVER },  { 413, 1, SOBAN_SYNC_ERROR_TOO_LARGE }, { 302, 1, SOBAN_SYNC_ERROR_OFFLINE },
                { 200, 1, SOBAN_SYNC_ERROR_PROTOCOL } };
  const Faults none = { 0 };
  StoreFixture fixture;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "sha256//key");
  for (guint i = 0; i < PHOTOS; i++)
    g_free (save_photo (&fixture, i, 100));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    FakeShelf fake;
    Outcome outcome;

    fake_init (&fake, 1, &none);
    fake.status = cases[i].status;
    send_once (&fixture, &fake, NULL, &outcome);
    g_assert_false (outcome.whole);
    g_assert_error (outcome.error, SOBAN_SYNC_ERROR, cases[i].code);
    g_assert_cmpuint (fake.requests, ==, cases[i].requests);
    g_assert_cmpuint (count_waiting (&fixture), ==, PHOTOS);
    g_clear_error (&outcome.error);
    fake_clear (&fake);
  }
  store_fixture_clear (&fixture);
}

/* 1, 4: more than there is, is nothing; a link that is always cut, or bytes that never fit, come to an end. */
static void
test_it_ends (void)
{
  static const Faults endless[] = { { .cut_before = 100 }, { .cut_after = 100 }, { .flip = 100 }, { .lose = 100 } };
  const Faults none = { 0 };
  StoreFixture fixture;
  FakeShelf fake;
  Outcome outcome;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "sha256//key");
  g_free (save_photo (&fixture, 1, 9000));
  for (guint i = 0; i < G_N_ELEMENTS (endless); i++) {
    fake_init (&fake, 1, &endless[i]);
    send_once (&fixture, &fake, NULL, &outcome);
    g_assert_cmpuint (fake.requests, <, 60);
    g_assert_true (outcome.whole == (count_waiting (&fixture) == 0));
    g_clear_error (&outcome.error);
    fake_clear (&fake);
  }
  fake_init (&fake, 1, &none);
  fake.lies = TRUE;
  send_once (&fixture, &fake, NULL, &outcome);
  g_assert_error (outcome.error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
  g_clear_error (&outcome.error);
  g_assert_cmpuint (count_waiting (&fixture), ==, 1);
  fake_clear (&fake);
  store_fixture_clear (&fixture);
}

/* 1 */
static void
test_enrolled_anew_meanwhile (void)
{
  const Faults none = { 0 };
  StoreFixture fixture;
  FakeShelf fake;
  Outcome outcome;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "sha256//key");
  fake_init (&fake, 1, &none);
  fake.moves = &fixture;
  g_free (save_photo (&fixture, 1, 500));
  send_once (&fixture, &fake, NULL, &outcome);
  g_assert_error (outcome.error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_CANCELLED);
  g_assert_cmpuint (count_waiting (&fixture), ==, 1);
  g_clear_error (&outcome.error);
  fake_clear (&fake);
  store_fixture_clear (&fixture);
}

static void
test_stopped (void)
{
  const Faults none = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  StoreFixture fixture;
  FakeShelf fake;
  Outcome outcome;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "sha256//key");
  fake_init (&fake, 1, &none);
  g_free (save_photo (&fixture, 1, 9000));
  g_cancellable_cancel (cancellable);
  send_once (&fixture, &fake, cancellable, &outcome);
  g_assert_false (outcome.whole);
  g_assert_cmpuint (fake.requests, ==, 0);
  g_clear_error (&outcome.error);
  fake_clear (&fake);
  store_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attachment-send/1/misfortune", test_misfortune);
  g_test_add_func ("/attachment-send/1-4/it-ends", test_it_ends);
  g_test_add_func ("/attachment-send/3/refusals", test_refusals);
  g_test_add_func ("/attachment-send/there-already", test_there_already);
  g_test_add_func ("/attachment-send/1/enrolled-anew-meanwhile", test_enrolled_anew_meanwhile);
  g_test_add_func ("/attachment-send/stopped", test_stopped);
  return g_test_run ();
}
