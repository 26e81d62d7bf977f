/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One round of the device's side: the invariants of sync-round.c and sync-round-check.c. */
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "message-sample.h"
#include "protocol/sync-round.h"
#include "round-sample.h"
#include "wire-sample.h"


static gboolean
run (SobanSyncRound *round, const AnswerSample *answer, GError **error)
{
  g_autoptr (GBytes) request = soban_sync_round_make_request (round);
  g_autoptr (GByteArray) bytes = answer_sample_write (answer);

  g_assert_cmpuint (g_bytes_get_size (request), >, 0);
  return soban_sync_round_feed (round, bytes->data, bytes->len, error) && soban_sync_round_finish (round, error);
}

static void
assert_good (SobanSyncRound *round, const AnswerSample *answer)
{
  g_autoptr (GError) error = NULL;
  gboolean good = run (round, answer, &error);

  g_assert_no_error (error);
  g_assert_true (good);
}

static void
assert_refused (guint n_changes, const AnswerSample *answer, SobanSyncError code, const char *part_of_message)
{
  g_autoptr (SobanSyncRound) round = round_sample_new (n_changes);
  g_autoptr (GError) error = NULL;

  g_assert_false (run (round, answer, &error));
  g_assert_error (error, SOBAN_SYNC_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, part_of_message));
}

/* ---- the request ---- */

/* The types of a request's frames as they stand on the wire, less the bit of deflate; how many changes are in it. */
static char *
list_types (GBytes *request, guint *ret_changes)
{
  g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
  GString *types = g_string_new (NULL);
  gsize length;
  const guint8 *data = g_bytes_get_data (request, &length);

  *ret_changes = 0;
  soban_frame_reader_feed (reader, data, length);
  for (;;) {
    g_autoptr (GBytes) body = NULL;
    g_autoptr (GError) error = NULL;
    SobanFrameType type;
    gsize frame_bytes;

    g_assert_true (soban_frame_reader_next (reader, &type, &body, &error));
    if (body == NULL)
      break;
    g_string_append_printf (types, "%u ", soban_frame_reader_get_coded_type (reader, &frame_bytes) & 0x7f);
    if (type == SOBAN_FRAME_CHANGES) {
      g_autoptr (GPtrArray) changes = soban_changes_decode (body, &error);

      g_assert_no_error (error);
      *ret_changes += changes->len;
    }
  }
  g_assert_true (soban_frame_reader_is_whole (reader));
  return g_string_free (types, FALSE);
}

static void
test_invariant_1_numbers_without_a_gap (void)
{
  g_autoptr (SobanSyncRound) round = round_sample_new (2);
  g_autoptr (GPtrArray) own = wire_sample_new_records (1, 1);
  SobanChange *change = soban_change_copy (((SobanNumberedChange *) g_ptr_array_index (own, 0))->change);
  g_autoptr (GError) error = NULL;

  change->id.number = ROUND_SAMPLE_ACKED + 4;
  g_assert_false (soban_sync_round_add (round, change, &error));
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
  g_assert_cmpuint (soban_sync_round_count_added (round), ==, 2);
}

/* README 5.11, 5.12: relayed changes first, each sender's evidence before it, then the own evidence and changes, then questions. */
static void
test_order_of_a_request (void)
{
  g_autoptr (SobanSyncRound) round = round_sample_new (3);
  g_autoptr (SobanClockEvidence) evidence = message_sample_make_evidence ();
  g_autoptr (GPtrArray) relayed = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);
  g_autoptr (GPtrArray) reports = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_digest_report_free);
  g_autoptr (SobanRangesQuery) query = soban_ranges_query_new (ROUND_SAMPLE_SCOPE);
  g_autoptr (SobanWanted) wanted = soban_wanted_new (ROUND_SAMPLE_SCOPE);
  g_autoptr (GPtrArray) made = wire_sample_new_edits (4, 1);
  g_autoptr (GBytes) request = NULL;
  g_autofree char *types = NULL;
  const SobanDigest digest = { 1, 2 };
  guint changes;

  for (guint i = 0; i < made->len; i++)
    g_ptr_array_add (relayed, soban_change_copy (((SobanNumberedChange *) g_ptr_array_index (made, i))->change));
  g_ptr_array_add (reports, soban_digest_report_new (ROUND_SAMPLE_SCOPE, &digest, &digest));
  soban_sync_round_set_evidence (round, evidence);
  soban_sync_round_ask_ranges (round, query);
  soban_sync_round_add_relayed (round, evidence, relayed);
  soban_sync_round_add_relayed (round, NULL, relayed);
  soban_sync_round_report_digests (round, reports);
  soban_sync_round_ask_records (round, wanted);
  request = soban_sync_round_make_request (round);
  types = list_types (request, &changes);
  g_assert_cmpstr (types, ==, "1 7 14 14 7 14 11 8 12 5 ");
  g_assert_cmpuint (changes, ==, 4 + 4 + 3);
}

static void
test_a_probe_is_small (void)
{
  g_autoptr (SobanSyncRound) round = round_sample_new (0);
  g_autoptr (SobanClockEvidence) evidence = message_sample_make_evidence ();
  g_autoptr (GBytes) request = NULL;
  g_autofree char *types = NULL;
  guint changes;

  soban_sync_round_set_evidence (round, evidence);
  request = soban_sync_round_make_request (round);
  types = list_types (request, &changes);
  g_assert_cmpstr (types, ==, "1 5 ");
}

static void
test_a_collector_of_1_0_gets_what_it_reads (void)
{
  g_autoptr (SobanSyncRound) round = round_sample_new (3);
  g_autoptr (GBytes) request = NULL;
  g_autofree char *types = NULL;
  guint changes;

  soban_sync_round_set_peer_minor (round, 0);
  request = soban_sync_round_make_request (round);
  types = list_types (request, &changes);
  g_assert_cmpstr (types, ==, "1 2 5 ");
  g_assert_cmpuint (changes, ==, 3);
}

/* README 5.11: a cut costs at most a frame; a request ends where its bytes do, but holds one change at least. */
static void
test_limits_of_a_request (void)
{
  g_autoptr (GPtrArray) own = wire_sample_new_records (20, 1);
  g_autoptr (SobanSyncRound) round = round_sample_new (0);
  g_autoptr (GBytes) request = NULL;
  g_autofree char *types = NULL;
  guint changes;

  soban_sync_round_set_limits (round, 1000, 300);
  for (guint i = 0; i < 20 && soban_sync_round_has_room (round); i++) {
    SobanChange *change = soban_change_copy (((SobanNumberedChange *) g_ptr_array_index (own, i))->change);

    change->id.number = ROUND_SAMPLE_ACKED + 1 + i;
    g_assert_true (soban_sync_round_add (round, change, NULL));
  }
  g_assert_cmpuint (soban_sync_round_count_added (round), >=, 5);
  g_assert_cmpuint (soban_sync_round_count_added (round), <=, 12);
  request = soban_sync_round_make_request (round);
  types = list_types (request, &changes);
  g_assert_true (g_str_has_prefix (types, "1 14 14 14 "));

  g_clear_pointer (&round, soban_sync_round_free);
  round = round_sample_new (0);
  soban_sync_round_set_limits (round, 1, 1);
  g_assert_true (soban_sync_round_has_room (round));
}

/* ---- arithmetic ---- */

static void
test_received_own_and_skipped_add_up (void)
{
  g_autoptr (SobanSyncRound) round = round_sample_new (3);
  g_auto (AnswerSample) answer = answer_sample_new (ROUND_SAMPLE_ACKED + 3);
  const SobanReply *reply;

  answer_sample_add_cursor (&answer, ROUND_SAMPLE_SCOPE, 110, 3)->skipped = 5;
  answer_sample_add_change (&answer, ROUND_SAMPLE_SCOPE, 103, 1);
  answer_sample_add_change (&answer, ROUND_SAMPLE_SCOPE, 110, 2);
  answer_sample_adjust (&answer, ROUND_SAMPLE_ACKED + 2);
  assert_good (round, &answer);
  reply = soban_sync_round_get_reply (round);
  g_assert_cmpuint (reply->acked_number, ==, ROUND_SAMPLE_ACKED + 3);
  g_assert_cmpuint (reply->chain, ==, round_sample_own_chain (ROUND_SAMPLE_ACKED + 3));
  g_assert_cmpuint (soban_sync_round_get_changes (round)->len, ==, 2);
  g_assert_cmpuint (soban_sync_round_get_adjustments (round)->len, ==, 1);
  g_assert_cmpuint (soban_sync_round_get_times (round)->len, ==, 1);
  g_assert_true (soban_sync_round_made_progress (round));
  g_assert_false (soban_sync_round_was_forked (round) || soban_sync_round_was_set_back (round)
                  || soban_sync_round_has_more (round));
  g_assert_cmpuint (soban_sync_round_get_peer_minor (round), ==, 1);
}

static void
test_what_does_not_add_up_is_refused (void)
{
  for (guint breach = 0; breach < 8; breach++) {
    g_auto (AnswerSample) answer = answer_sample_new (ROUND_SAMPLE_ACKED);
    SobanScopeCursor *cursor = answer_sample_add_cursor (&answer, ROUND_SAMPLE_SCOPE, 103, 1);
    SobanNumberedChange *last;

    answer_sample_add_change (&answer, ROUND_SAMPLE_SCOPE, 101, 1);
    last = answer_sample_add_change (&answer, ROUND_SAMPLE_SCOPE, 103, 2);
    switch (breach) {
    case 0:
      cursor->own = 0;
      break;
    case 1:
      cursor->skipped = 1;
      break;
    case 2:
      cursor->skipped = G_MAXUINT64; /* with own = 2: the sum runs over to the right one */
      cursor->own = 2;
      break;
    case 3:
      last->scope_number = 101;
      break;
    case 4:
      last->scope_number = 104;
      break;
    case 5:
      last->change->id = (SobanChangeId) { 17, ROUND_SAMPLE_INCARNATION, 3 };
      break;
    case 6:
      answer_sample_add_change (&answer, ROUND_SAMPLE_OTHER_SCOPE, 1, 3);
      break;
    default:
      answer_sample_add_cursor (&answer, ROUND_SAMPLE_SCOPE, 103, 1);
      break;
    }
    assert_refused (3, &answer, SOBAN_SYNC_ERROR_PROTOCOL, "");
  }
}

static void
test_a_change_of_an_earlier_incarnation_is_taken (void)
{
  g_autoptr (SobanSyncRound) round = round_sample_new (0);
  g_auto (AnswerSample) answer = answer_sample_new (ROUND_SAMPLE_ACKED);

  answer_sample_add_cursor (&answer, ROUND_SAMPLE_SCOPE, 101, 0);
  answer_sample_add_change (&answer, ROUND_SAMPLE_SCOPE, 101, 1)->change->id = (SobanChangeId) { 17, 1, 3 };
  assert_good (round, &answer);
}

static void
test_a_cursor_that_goes_back_is_refused (void)
{
  g_auto (AnswerSample) answer = answer_sample_new (ROUND_SAMPLE_ACKED);

  answer_sample_add_cursor (&answer, ROUND_SAMPLE_SCOPE, 99, 0);
  assert_refused (0, &answer, SOBAN_SYNC_ERROR_PROTOCOL, "does not fit");
}

/* README 4.3: 0 where the number is not. */
static void
test_a_chain_that_is_not_told_is_not_compared (void)
{
  g_autoptr (SobanSyncRound) round = round_sample_new (3);
  g_auto (AnswerSample) answer = answer_sample_new (ROUND_SAMPLE_ACKED + 3);

  answer.reply->chain = 0;
  assert_good (round, &answer);
  g_assert_false (soban_sync_round_was_forked (round));
}

static void
test_set_back (void)
{
  g_autoptr (SobanSyncRound) round = round_sample_new (1);
  g_auto (AnswerSample) answer = answer_sample_new (3);
  guint calls = 0;

  soban_sync_round_set_chain_lookup (round, round_sample_look_up_chain, &calls);
  answer.reply->chain = 0x1003;
  answer_sample_add_cursor (&answer, ROUND_SAMPLE_SCOPE, 0, 0);
  assert_good (round, &answer);
  g_assert_cmpuint (calls, >, 0);
  g_assert_true (soban_sync_round_was_set_back (round));
  g_assert_false (soban_sync_round_was_forked (round));
  g_assert_cmpuint (soban_sync_round_get_reply (round)->acked_number, ==, 3);
}

/* ---- receipts ---- */

static void
test_a_receipt_counts_as_far_as_stamps_are_told (void)
{
  const struct {
    guint n_changes;
    guint64 acked, told, expected;
  } cases[] = {
    { 3, ROUND_SAMPLE_ACKED + 3, 0, ROUND_SAMPLE_ACKED + 3 },          { 3, ROUND_SAMPLE_ACKED + 9, 0, ROUND_SAMPLE_ACKED + 3 }, /* an answer was lost: sent again */
    { 0, ROUND_SAMPLE_ACKED + 9, ROUND_SAMPLE_ACKED + 9, ROUND_SAMPLE_ACKED + 9 }, /* a probe */
    { 3, ROUND_SAMPLE_ACKED + 9, ROUND_SAMPLE_ACKED + 5, ROUND_SAMPLE_ACKED + 5 },  { 3, ROUND_SAMPLE_ACKED + 9, G_MAXUINT64, ROUND_SAMPLE_ACKED + 9 },
    { 3, ROUND_SAMPLE_ACKED + 1, ROUND_SAMPLE_ACKED + 3, ROUND_SAMPLE_ACKED + 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SobanSyncRound) round = round_sample_new (cases[i].n_changes);
    g_auto (AnswerSample) answer = answer_sample_new (cases[i].acked);
    guint calls = 0;

    soban_sync_round_set_chain_lookup (round, round_sample_look_up_chain, &calls);
    answer.reply->told_number = cases[i].told;
    assert_good (round, &answer);
    g_assert_cmpuint (soban_sync_round_get_reply (round)->acked_number, ==, cases[i].expected);
    g_assert_cmpuint (soban_sync_round_get_reply (round)->chain, ==, round_sample_own_chain (cases[i].expected));
  }
}

static void
test_adjustments_of_what_is_not_acknowledged_are_refused (void)
{
  g_auto (AnswerSample) answer = answer_sample_new (ROUND_SAMPLE_ACKED + 3);

  answer_sample_adjust (&answer, ROUND_SAMPLE_ACKED + 4);
  assert_refused (3, &answer, SOBAN_SYNC_ERROR_PROTOCOL, "does not acknowledge");
  g_array_set_size (answer.adjustments, 0);
  assert_refused (3, &answer, SOBAN_SYNC_ERROR_PROTOCOL, "does not acknowledge");
}

/* ---- forks: README 5.8 ---- */

/* @told: of so many changes between the receipt and @shared */
static void
assert_forked (SobanSyncRound *round, const AnswerSample *answer, guint64 shared, guint told)
{
  assert_good (round, answer);
  g_assert_true (soban_sync_round_was_forked (round));
  g_assert_false (soban_sync_round_made_progress (round) || soban_sync_round_was_set_back (round)
                  || soban_sync_round_has_more (round));
  g_assert_cmpuint (soban_sync_round_get_reply (round)->acked_number, ==, shared);
  g_assert_cmpuint (soban_sync_round_get_reply (round)->cursors->len, ==, 0);
  g_assert_cmpuint (soban_sync_round_get_changes (round)->len, ==, 0);
  g_assert_cmpuint (soban_sync_round_get_adjustments (round)->len, ==, told);
  g_assert_cmpuint (soban_sync_round_get_times (round)->len, ==, told);
}

static void
test_invariant_4_forks (void)
{
  const struct {
    SobanAckState state;
    guint64 acked, chain, shared; /* @chain 0: as the device's own */
    guint told;                   /* what is told of others than the shared ones is told of another's */
  } cases[] = {
    { SOBAN_ACK_FORK, ROUND_SAMPLE_ACKED + 2, 0, ROUND_SAMPLE_ACKED + 2, 2 }, /* under the third number stands another */
    { SOBAN_ACK_FORK, ROUND_SAMPLE_ACKED, 0, ROUND_SAMPLE_ACKED },
    { SOBAN_ACK_FORK, 0, 0, 0 },
    { SOBAN_ACK_OK, 18, 0x1234, ROUND_SAMPLE_ACKED },     /* more than was ever given: a restored backup */
    { SOBAN_ACK_FORK, 18, 0x1234, ROUND_SAMPLE_ACKED },
    { SOBAN_ACK_OK, ROUND_SAMPLE_ACKED + 3, 0x1234, ROUND_SAMPLE_ACKED }, /* another chain, behind the receipt */
    { SOBAN_ACK_OK, ROUND_SAMPLE_ACKED, 0x1234, 0 },      /* and at the receipt: nothing is known to be shared */
    { SOBAN_ACK_GAP, ROUND_SAMPLE_ACKED + 1, 0x1234, ROUND_SAMPLE_ACKED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SobanSyncRound) round = round_sample_new (3);
    g_auto (AnswerSample) answer = answer_sample_new (cases[i].acked);

    answer.reply->ack_state = cases[i].state;
    if (cases[i].chain != 0)
      answer.reply->chain = cases[i].chain;
    answer_sample_add_cursor (&answer, ROUND_SAMPLE_SCOPE, 101, 0);
    answer_sample_add_change (&answer, ROUND_SAMPLE_SCOPE, 101, 1);
    for (guint64 number = ROUND_SAMPLE_ACKED; number <= ROUND_SAMPLE_ACKED + 3; number++)
      answer_sample_adjust (&answer, number);
    assert_forked (round, &answer, cases[i].shared, cases[i].told);
  }
}

/* The device went on since it wrote the bundle, and the collector has it already: its chain is what tells. */
static void
test_invariant_4_a_receipt_for_an_old_bundle (void)
{
  for (guint wrong = 0; wrong < 2; wrong++) {
    g_autoptr (SobanSyncRound) round = soban_sync_round_new_receipt ();
    g_auto (AnswerSample) answer = answer_sample_new (ROUND_SAMPLE_ACKED + 9);
    g_autoptr (SobanHello) hello = soban_hello_new ();
    g_autoptr (GByteArray) body = g_byte_array_new ();
    g_autoptr (GByteArray) head = g_byte_array_new ();
    g_autoptr (GByteArray) rest = NULL;
    g_autoptr (GError) error = NULL;
    guint calls = 0;
    gsize header_bytes;

    soban_sync_round_set_chain_lookup (round, round_sample_look_up_chain, &calls);
    hello->device = 17;
    hello->incarnation = ROUND_SAMPLE_INCARNATION;
    hello->last_number = ROUND_SAMPLE_ACKED + 3;
    hello->acked_number = ROUND_SAMPLE_ACKED;
    hello->chain = round_sample_own_chain (ROUND_SAMPLE_ACKED);
    hello->flags = SOBAN_HELLO_IN_BUNDLE;
    hello->program = g_strdup ("test");
    hello->boot_id = g_strdup ("");
    soban_hello_encode (hello, body);
    soban_stream_header_write (head);
    header_bytes = head->len;
    soban_frame_write (head, SOBAN_FRAME_HELLO, body->data, body->len);
    answer.reply->chain ^= wrong;
    rest = answer_sample_write (&answer);
    g_assert_true (soban_sync_round_feed (round, head->data, head->len, &error));
    g_assert_true (soban_sync_round_feed (round, rest->data + header_bytes, rest->len - header_bytes, &error));
    g_assert_true (soban_sync_round_finish (round, &error));
    g_assert_no_error (error);
    g_assert_cmpint (soban_sync_round_was_forked (round), ==, wrong);
    g_assert_cmpuint (soban_sync_round_get_reply (round)->acked_number, ==, wrong ? ROUND_SAMPLE_ACKED : ROUND_SAMPLE_ACKED + 3);
  }
}

/* Of a probe the chain comes from the device's log. */
static void
test_invariant_4_chain_of_a_probe (void)
{
  g_autoptr (SobanSyncRound) round = round_sample_new (0);
  g_auto (AnswerSample) answer = answer_sample_new (ROUND_SAMPLE_ACKED + 5);
  guint calls = 0;

  soban_sync_round_set_chain_lookup (round, round_sample_look_up_chain, &calls);
  answer.reply->told_number = ROUND_SAMPLE_ACKED + 5;
  answer.reply->chain ^= 1;
  assert_forked (round, &answer, ROUND_SAMPLE_ACKED, 0);
  g_assert_cmpuint (calls, >, 0);
}

/* ---- snapshots: README 5.9 ---- */

static SobanUuid
make_page (guint8 first)
{
  SobanUuid page = { { first } };

  memset (page.bytes + 1, 0xff, sizeof page.bytes - 1);
  return page;
}

static void
test_pages (void)
{
  g_autoptr (SobanSyncRound) round = round_sample_new (0);
  g_auto (AnswerSample) answer = answer_sample_new (ROUND_SAMPLE_ACKED);
  SobanScopeCursor *cursor = answer_sample_add_cursor (&answer, ROUND_SAMPLE_OTHER_SCOPE, 0, 0);
  const SobanReply *reply;

  cursor->has_page = TRUE;
  cursor->page = make_page (4);
  cursor->page_top = 900;
  answer_sample_add_change (&answer, ROUND_SAMPLE_OTHER_SCOPE, 0, 2);
  answer_sample_add_change (&answer, ROUND_SAMPLE_OTHER_SCOPE, 0, 4)->change->id = (SobanChangeId) { 17, ROUND_SAMPLE_INCARNATION, 3 }; /* the own ones, too */
  answer_sample_add_change (&answer, ROUND_SAMPLE_SCOPE, 101, 4);
  answer_sample_add_cursor (&answer, ROUND_SAMPLE_SCOPE, 101, 0);
  assert_good (round, &answer);
  g_assert_true (soban_sync_round_has_more (round) && soban_sync_round_made_progress (round));
  g_assert_cmpuint (soban_sync_round_get_changes (round)->len, ==, 3);
  reply = soban_sync_round_get_reply (round);
  cursor = g_ptr_array_index (reply->cursors, 0);
  g_assert_true (cursor->has_page);
  g_assert_cmpuint (cursor->page_top, ==, 900);
}

/* A round that is in the middle of a snapshot of ROUND_SAMPLE_OTHER_SCOPE. */
static SobanSyncRound *
make_paging_round (void)
{
  SobanHello *hello = soban_hello_new ();
  const SobanUuid page = make_page (4);

  hello->device = 17;
  hello->incarnation = ROUND_SAMPLE_INCARNATION;
  g_ptr_array_add (hello->cursors, soban_scope_cursor_new (ROUND_SAMPLE_OTHER_SCOPE, 10));
  g_ptr_array_add (hello->pages, soban_scope_page_new (ROUND_SAMPLE_OTHER_SCOPE, &page, 900));
  return soban_sync_round_new (hello, 0);
}

static void
test_the_last_page_moves_the_cursor (void)
{
  g_autoptr (SobanSyncRound) round = make_paging_round ();
  g_auto (AnswerSample) answer = answer_sample_new (0);

  answer_sample_add_cursor (&answer, ROUND_SAMPLE_OTHER_SCOPE, 900, 0)->is_page = TRUE;
  answer_sample_add_change (&answer, ROUND_SAMPLE_OTHER_SCOPE, 0, 5);
  assert_good (round, &answer);
  g_assert_true (soban_sync_round_made_progress (round));
  g_assert_false (soban_sync_round_has_more (round) || soban_sync_round_was_set_back (round));
}

/* What was of pages is of a collector that is no more: the new snapshot, all of it on one page, begins with the first record. */
static void
test_a_collector_set_back_begins_the_snapshot_anew (void)
{
  g_autoptr (SobanSyncRound) round = make_paging_round ();
  g_auto (AnswerSample) answer = answer_sample_new (0);

  answer_sample_add_cursor (&answer, ROUND_SAMPLE_OTHER_SCOPE, 40, 0)->is_page = TRUE;
  answer_sample_add_change (&answer, ROUND_SAMPLE_OTHER_SCOPE, 0, 1);
  assert_good (round, &answer);
  g_assert_true (soban_sync_round_made_progress (round));
  g_assert_false (soban_sync_round_has_more (round));
}

static void
test_pages_out_of_order_are_refused (void)
{
  for (guint breach = 0; breach < 10; breach++) {
    g_autoptr (SobanSyncRound) round = make_paging_round ();
    g_auto (AnswerSample) answer = answer_sample_new (0);
    SobanScopeCursor *cursor = answer_sample_add_cursor (&answer, ROUND_SAMPLE_OTHER_SCOPE, 10, 0);
    g_autoptr (GError) error = NULL;

    cursor->is_page = cursor->has_page = TRUE;
    cursor->page = make_page (6);
    cursor->page_top = 900;
    answer_sample_add_change (&answer, ROUND_SAMPLE_OTHER_SCOPE, 0, 5);
    switch (breach) {
    case 0: /* none */
      break;
    case 1:
      cursor->page = make_page (4); /* does not go on */
      break;
    case 2:
      cursor->number = 11;
      break;
    case 3:
      answer_sample_add_change (&answer, ROUND_SAMPLE_OTHER_SCOPE, 0, 4); /* behind */
      break;
    case 4:
      answer_sample_add_change (&answer, ROUND_SAMPLE_OTHER_SCOPE, 0, 7); /* beyond what it says */
      break;
    case 5:
      answer_sample_add_change (&answer, ROUND_SAMPLE_OTHER_SCOPE, 11, 6); /* with a number */
      break;
    case 6:
      cursor->has_page = FALSE; /* the last, but beyond the top */
      cursor->number = 901;
      break;
    case 7:
      g_ptr_array_set_size (answer.changes, 0);
      answer_sample_add_change (&answer, ROUND_SAMPLE_OTHER_SCOPE, 0, 4); /* alone, and of the page before */
      break;
    case 8:
      answer_sample_add_change (&answer, ROUND_SAMPLE_OTHER_SCOPE, 0, 6);
      answer_sample_add_change (&answer, ROUND_SAMPLE_OTHER_SCOPE, 0, 5); /* not ascending */
      break;
    default:
      cursor->page_top = 9; /* below the cursor */
      break;
    }
    g_assert_cmpint (run (round, &answer, &error), ==, breach == 0);
    if (breach == 0)
      g_assert_true (soban_sync_round_made_progress (round) && soban_sync_round_has_more (round));
    else
      g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
  }
}

/* ---- what else an answer brings ---- */

static void
test_keys_ranges_and_records (void)
{
  g_autoptr (SobanSyncRound) round = round_sample_new (0);
  g_autoptr (SobanRangesQuery) query = soban_ranges_query_new (ROUND_SAMPLE_SCOPE);
  g_auto (AnswerSample) answer = answer_sample_new (ROUND_SAMPLE_ACKED);
  const SobanRecordRange range = { { { 0 } }, soban_range_end };
  const SobanRecords *records;

  for (guint i = 0; i < 3; i++)
    g_array_append_val (query->ranges, range);
  soban_sync_round_ask_ranges (round, query);
  answer_sample_add_frame (&answer, "keys");
  answer_sample_add_frame (&answer, "ranges-down");
  answer_sample_add_frame (&answer, "records");
  soban_frame_write (answer.extra, (SobanFrameType) 77, (const guint8 *) "later", 5); /* README 3.6 */
  assert_good (round, &answer);
  g_assert_cmpuint (soban_sync_round_get_keys (round)->exchange_keys->len, ==, 2);
  g_assert_cmpuint (soban_sync_round_get_range_answers (round)->len, ==, 1);
  g_assert_cmpuint (soban_sync_round_get_records (round)->len, ==, 1);
  records = g_ptr_array_index (soban_sync_round_get_records (round), 0);
  g_assert_cmpuint (records->changes->len, ==, 2);
  g_assert_true (soban_sync_round_made_progress (round));
}

/* A RECORDS frame of @n records from the @first on, with @n_changes changes of the first of them. */
static void
add_records (AnswerSample *answer, guint8 first, guint n, guint n_changes)
{
  g_autoptr (SobanRecords) records = soban_records_new (ROUND_SAMPLE_SCOPE);
  g_autoptr (GByteArray) body = g_byte_array_new ();

  for (guint i = 0; i < n; i++) {
    SobanUuid record = { { (guint8) (first + i) } };

    g_array_append_val (records->records, record);
  }
  g_ptr_array_unref (records->changes);
  records->changes = wire_sample_new_edits (n_changes, first);
  for (guint i = 0; i < n_changes; i++) {
    SobanNumberedChange *item = g_ptr_array_index (records->changes, i);

    item->scope_number = i + 1;
    item->change->record = g_array_index (records->records, SobanUuid, 0);
  }
  soban_records_encode (records, body);
  soban_frame_write (answer->extra, SOBAN_FRAME_RECORDS, body->data, body->len);
}

/* README 4.12: a log too long for one frame. */
static void
test_a_log_of_several_frames_is_put_together (void)
{
  g_autoptr (SobanSyncRound) round = round_sample_new (0);
  g_auto (AnswerSample) answer = answer_sample_new (ROUND_SAMPLE_ACKED);
  const guint8 firsts[] = { 1, 2, 3, 7, 8 };
  const SobanRecords *records;

  add_records (&answer, 1, 1, SOBAN_FRAME_CHANGES_MAX);
  add_records (&answer, 1, 1, SOBAN_FRAME_CHANGES_MAX);
  add_records (&answer, 1, 3, 10);
  add_records (&answer, 7, 2, 0);
  assert_good (round, &answer);
  g_assert_cmpuint (soban_sync_round_get_records (round)->len, ==, 1);
  records = g_ptr_array_index (soban_sync_round_get_records (round), 0);
  g_assert_cmpuint (records->records->len, ==, 5);
  for (guint i = 0; i < G_N_ELEMENTS (firsts); i++)
    g_assert_cmpuint (g_array_index (records->records, SobanUuid, i).bytes[0], ==, firsts[i]);
  g_assert_cmpuint (records->changes->len, ==, 2 * SOBAN_FRAME_CHANGES_MAX + 10);
}

/* Of CHANGES and of RECORDS each as many as the bound of an answer. */
static void
test_bounds_of_records (void)
{
  g_auto (AnswerSample) answer = answer_sample_new (ROUND_SAMPLE_ACKED);
  g_autoptr (SobanSyncRound) round = round_sample_new (0);

  answer_sample_add_cursor (&answer, ROUND_SAMPLE_SCOPE, 101, 0);
  answer_sample_add_change (&answer, ROUND_SAMPLE_SCOPE, 101, 1);
  for (guint left = SOBAN_REPLY_CHANGES_MAX; left > 0; left -= SOBAN_FRAME_CHANGES_MAX)
    add_records (&answer, 1, 1, SOBAN_FRAME_CHANGES_MAX);
  assert_good (round, &answer);
  add_records (&answer, 1, 1, 1);
  assert_refused (0, &answer, SOBAN_SYNC_ERROR_TOO_LARGE, "more changes");
}

static void
test_ranges_that_were_not_asked_for_are_refused (void)
{
  g_auto (AnswerSample) answer = answer_sample_new (ROUND_SAMPLE_ACKED);
  g_autoptr (SobanSyncRound) round = round_sample_new (0);
  g_autoptr (SobanRangesQuery) query = soban_ranges_query_new (ROUND_SAMPLE_SCOPE);
  g_autoptr (GError) error = NULL;

  answer_sample_add_frame (&answer, "ranges-down");
  assert_refused (0, &answer, SOBAN_SYNC_ERROR_PROTOCOL, "ranges");
  soban_sync_round_ask_ranges (round, query); /* of no range, but three are answered */
  g_assert_false (run (round, &answer, &error));
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
}

static void
test_invariant_2_every_cut (void)
{
  g_auto (AnswerSample) answer = answer_sample_new (ROUND_SAMPLE_ACKED + 3);
  g_autoptr (GByteArray) bytes = NULL;

  answer_sample_add_cursor (&answer, ROUND_SAMPLE_SCOPE, 101, 0);
  answer_sample_add_change (&answer, ROUND_SAMPLE_SCOPE, 101, 1);
  answer_sample_add_frame (&answer, "keys");
  bytes = answer_sample_write (&answer);
  for (guint length = 0; length < bytes->len; length++) {
    g_autoptr (SobanSyncRound) round = round_sample_new (3);
    g_autoptr (GBytes) request = soban_sync_round_make_request (round);
    g_autoptr (GError) error = NULL;

    g_assert_true (soban_sync_round_feed (round, bytes->data, length, &error));
    g_assert_false (soban_sync_round_finish (round, &error));
    g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TIMEOUT);
    if (length >= 6)
      g_assert_cmpuint (soban_sync_round_get_peer_minor (round), ==, 1);
  }
}

/* The answer of a 1.0 collector: the REPLY without what 1.1 appended, its header says 1.0. */
static void
test_an_answer_of_1_0 (void)
{
  g_autoptr (SobanSyncRound) round = round_sample_new (3);
  g_autoptr (GBytes) request = soban_sync_round_make_request (round);
  g_autoptr (SobanReply) reply = soban_reply_new ();
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  reply->acked_number = ROUND_SAMPLE_ACKED + 9;
  soban_reply_encode (reply, body);
  g_byte_array_set_size (body, body->len - 8 - 1); /* chain, told_number */
  soban_stream_header_write (bytes);
  bytes->data[5] = 0;
  soban_frame_write (bytes, SOBAN_FRAME_REPLY, body->data, body->len);
  soban_frame_write (bytes, SOBAN_FRAME_END, NULL, 0);
  g_assert_true (soban_sync_round_feed (round, bytes->data, bytes->len, &error));
  g_assert_true (soban_sync_round_finish (round, &error));
  g_assert_cmpuint (soban_sync_round_get_peer_minor (round), ==, 0);
  g_assert_cmpuint (soban_sync_round_get_reply (round)->acked_number, ==, ROUND_SAMPLE_ACKED + 3);
  g_assert_cmpuint (soban_sync_round_get_reply (round)->chain, ==, round_sample_own_chain (ROUND_SAMPLE_ACKED + 3));
}

static void
test_more_changes_than_the_bound_are_refused (void)
{
  g_auto (AnswerSample) answer = answer_sample_new (ROUND_SAMPLE_ACKED);
  g_autoptr (GPtrArray) many = wire_sample_new_edits (SOBAN_REPLY_CHANGES_MAX + 1, 1);

  g_ptr_array_extend_and_steal (answer.changes, g_steal_pointer (&many));
  assert_refused (0, &answer, SOBAN_SYNC_ERROR_TOO_LARGE, "more changes");
}

static void
test_a_refusal_comes_through (void)
{
  g_auto (AnswerSample) answer = answer_sample_new (ROUND_SAMPLE_ACKED);

  answer_sample_add_frame (&answer, "error");
  assert_refused (0, &answer, SOBAN_SYNC_ERROR_AUTH, "token unknown");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync-round/invariant-1-numbers-without-a-gap", test_invariant_1_numbers_without_a_gap);
  g_test_add_func ("/sync-round/invariant-2-every-cut", test_invariant_2_every_cut);
  g_test_add_func ("/sync-round/order-of-a-request", test_order_of_a_request);
  g_test_add_func ("/sync-round/a-probe-is-small", test_a_probe_is_small);
  g_test_add_func ("/sync-round/a-collector-of-1.0-gets-what-it-reads", test_a_collector_of_1_0_gets_what_it_reads);
  g_test_add_func ("/sync-round/limits-of-a-request", test_limits_of_a_request);
  g_test_add_func ("/sync-round/check/invariant-1-received-own-and-skipped-add-up", test_received_own_and_skipped_add_up);
  g_test_add_func ("/sync-round/check/invariant-1-what-does-not-add-up-is-refused", test_what_does_not_add_up_is_refused);
  g_test_add_func ("/sync-round/check/a-change-of-an-earlier-incarnation-is-taken",
                   test_a_change_of_an_earlier_incarnation_is_taken);
  g_test_add_func ("/sync-round/check/invariant-1-a-cursor-that-goes-back-is-refused", test_a_cursor_that_goes_back_is_refused);
  g_test_add_func ("/sync-round/check/invariant-4-a-chain-that-is-not-told-is-not-compared", test_a_chain_that_is_not_told_is_not_compared);
  g_test_add_func ("/sync-round/check/set-back", test_set_back);
  g_test_add_func ("/sync-round/check/invariant-3-a-receipt-counts-as-far-as-stamps-are-told",
                   test_a_receipt_counts_as_far_as_stamps_are_told);
  g_test_add_func ("/sync-round/check/invariant-2-adjustments-of-what-is-not-acknowledged-are-refused",
                   test_adjustments_of_what_is_not_acknowledged_are_refused);
  g_test_add_func ("/sync-round/check/invariant-4-forks", test_invariant_4_forks);
  g_test_add_func ("/sync-round/check/invariant-4-chain-of-a-probe", test_invariant_4_chain_of_a_probe);
  g_test_add_func ("/sync-round/check/invariant-4-a-receipt-for-an-old-bundle",
                   test_invariant_4_a_receipt_for_an_old_bundle);
  g_test_add_func ("/sync-round/check/pages", test_pages);
  g_test_add_func ("/sync-round/check/the-last-page-moves-the-cursor", test_the_last_page_moves_the_cursor);
  g_test_add_func ("/sync-round/check/a-collector-set-back-begins-the-snapshot-anew", test_a_collector_set_back_begins_the_snapshot_anew);
  g_test_add_func ("/sync-round/check/pages-out-of-order-are-refused", test_pages_out_of_order_are_refused);
  g_test_add_func ("/sync-round/keys-ranges-and-records", test_keys_ranges_and_records);
  g_test_add_func ("/sync-round/a-log-of-several-frames-is-put-together", test_a_log_of_several_frames_is_put_together);
  g_test_add_func ("/sync-round/bounds-of-records", test_bounds_of_records);
  g_test_add_func ("/sync-round/ranges-that-were-not-asked-for-are-refused",
                   test_ranges_that_were_not_asked_for_are_refused);
  g_test_add_func ("/sync-round/an-answer-of-1.0", test_an_answer_of_1_0);
  g_test_add_func ("/sync-round/more-changes-than-the-bound-are-refused", test_more_changes_than_the_bound_are_refused);
  g_test_add_func ("/sync-round/a-refusal-comes-through", test_a_refusal_comes_through);
  return g_test_run ();
}
