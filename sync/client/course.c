/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Invariants
 * 1. What was applied stays applied, however the sync ends: each round is one transaction of the store.
 * 2. Each round but one (when the collector has lost what it had confirmed) makes progress, or it is an error.
 * 3. What the collector confirmed is applied to the incarnation that asked, or not at all.
 * 4. After the cut of a request with changes the next one carries none (sync/README.md 5.11).
 * 5. What only shows a record (derivation) never ends a sync, nor does a digest that no repair brings into line.
 * 6. Forks and repairs of one sync are bounded.
 */
#include "config.h"

#include "client/course.h"

#include <glib/gi18n-lib.h>

#include "base/limits.h"
#include "client/keyring.h"
#include "client/own-hello.h"
#include "client/round-result.h"
#include "store/form-files.h"
#include "store/settings.h"

/* How many changes are read from the store at a time, and how many records are derived in one go of the store's thread. */
#define READ_CHANGES 500
#define DERIVE_RECORDS 200
/* About what a change weighs: how many of other tablets' are taken along. */
#define RELAYED_BYTES 256
/* With the smallest parts: so many cuts in a row with nothing between them, and the sync is left to the retry policy. */
#define CUTS_IN_VAIN_MAX 4
/* A link that stood still for so long is not tried at once again. */
#define CUT_AT_ONCE_MS 30000
#define FORKS_MAX 3   /* (6) */
#define REPAIRS_MAX 2 /* (6): the second for what changed during the first */
#define ASKS_MAX 16   /* each for up to 200 records; the next sync goes on */

SobanCourse *
soban_course_new (void)
{
  return g_new0 (SobanCourse, 1);
}

static void
clear_round (SobanCourse *self)
{
  g_clear_pointer (&self->round, soban_sync_round_free);
  g_clear_pointer (&self->relayed, g_ptr_array_unref);
  self->weight = 0;
}

void
soban_course_free (SobanCourse *course)
{
  if (course == NULL)
    return;
  clear_round (course);
  g_clear_pointer (&course->repair, soban_repair_free);
  g_clear_pointer (&course->forms, g_ptr_array_unref);
  g_free (course->url);
  g_free (course->key);
  g_free (course->token);
  g_free (course->kept_pace);
  g_free (course);
}

/* ---- the request ---- */

static gboolean
begin (SobanCourse *self, SobanStore *store, GError **error)
{
  SobanIdentity identity;

  if (self->token != NULL)
    return TRUE;
  if (!soban_store_get_identity (store, &identity, error))
    return FALSE;
  self->url = soban_store_get_setting (store, SOBAN_SETTING_COLLECTOR_URL);
  self->key = soban_store_get_setting (store, SOBAN_SETTING_COLLECTOR_KEY);
  self->token = soban_store_get_setting (store, SOBAN_SETTING_TOKEN);
  self->kept_pace = soban_store_get_setting (store, SOBAN_SETTING_PACE);
  if (identity.device == 0 || self->url == NULL || self->token == NULL) {
    g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_NOT_ENROLLED, _("the device is not enrolled"));
    return FALSE;
  }
  soban_pace_init_from_text (&self->pace, self->kept_pace);
  return soban_store_relay_again (store, error);
}

/* Before the first round, and after it: then a new tablet knows the time, without which it has no window. */
static gboolean
move_window (const SobanCourse *self, SobanStore *store, GError **error)
{
  gint64 window_ms;

  return self->rounds > 1 || soban_store_move_window (store, &window_ms, error);
}

static SobanHello *
make_hello (const SobanCourse *self, SobanStore *store, const SobanIdentity *identity, GError **error)
{
  g_autoptr (SobanHello) hello = soban_own_hello_new (store, identity, error);

  if (hello == NULL)
    return NULL;
  hello->reply_bytes_max = self->pace.reply_bytes;
  hello->registries = soban_store_get_registries (store);
  /* Told once a sync. */
  if (self->forms == NULL)
    hello->flags |= SOBAN_HELLO_TAKES_FORMS;
  if (!soban_store_get_forms_fingerprint (store, &hello->forms, error))
    return NULL;
  return g_steal_pointer (&hello);
}

/* Other tablets' changes that came by bundle: once for each of them, and to a collector that is known to take them. */
static gboolean
add_relayed (SobanCourse *self, SobanStore *store, GError **error)
{
  guint most = (guint) CLAMP (self->pace.request_bytes / RELAYED_BYTES, 1, SOBAN_FRAME_CHANGES_MAX);
  guint listed = 0;

  self->bases_wait = FALSE;
  if (self->peer_minor == 0)
    return TRUE;
  self->relayed = soban_store_list_relayed (store, most, error);
  if (self->relayed == NULL)
    return FALSE;
  for (guint i = 0; i < self->relayed->len; i++) {
    const SobanRelayed *relayed = g_ptr_array_index (self->relayed, i);

    if (!soban_sync_round_has_room (self->round)) {
      g_ptr_array_set_size (self->relayed, (gint) i);
      self->bases_wait = TRUE;
      return TRUE;
    }
    listed += relayed->changes->len;
    if (relayed->changes->len > 0)
      soban_sync_round_add_relayed (self->round, relayed->evidence, relayed->changes);
  }
  self->bases_wait = listed >= most;
  return TRUE;
}

/* Up to the number that HELLO names: what is recorded meanwhile goes with the next round. What stands on relayed changes that have not all
 * found room waits for them: admitted before its base, it could lose to it. */
static gboolean
add_changes (SobanCourse *self, SobanStore *store, GError **error)
{
  guint64 after = self->after;

  while (after < self->last_number && soban_sync_round_has_room (self->round)) {
    g_autoptr (GPtrArray) changes = soban_store_list_outgoing (store, after, READ_CHANGES, error);

    if (changes == NULL)
      return FALSE;
    if (changes->len == 0) {
      g_set_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "the own change %" G_GUINT64_FORMAT " is missing", after + 1);
      return FALSE;
    }
    for (guint i = 0; i < changes->len && after < self->last_number && soban_sync_round_has_room (self->round); i++) {
      SobanChange *change;

      if (self->bases_wait && ((const SobanChange *) g_ptr_array_index (changes, i))->bases != NULL)
        return TRUE;
      change = soban_change_copy (g_ptr_array_index (changes, i));
      self->weight += soban_change_weigh (change);
      after = change->id.number;
      if (!soban_sync_round_add (self->round, change, error))
        return FALSE;
    }
  }
  return TRUE;
}

static gboolean
fill_request (SobanCourse *self, SobanStore *store, GError **error)
{
  g_autoptr (SobanClockEvidence) evidence = NULL;

  if (!add_relayed (self, store, error))
    return FALSE;
  if (self->after == self->last_number)
    return TRUE;
  evidence = soban_store_get_evidence (store, self->after, error);
  if (evidence == NULL)
    return FALSE;
  soban_sync_round_set_evidence (self->round, evidence);
  return add_changes (self, store, error);
}

/* (nullable): the own chain that a round compares with the collector's, where it goes back behind the receipt. */
static gboolean
look_up_chain (guint64 number, guint64 *ret_chain, gpointer store)
{
  g_autoptr (GError) error = NULL;

  if (soban_store_get_chain (store, number, ret_chain, &error))
    return TRUE;
  g_debug ("The chain at %" G_GUINT64_FORMAT ": %s", number, error->message);
  return FALSE;
}

/* A collector of 1.0 takes a change without its bases, which is another change than the one in the chain: before such changes go to a
 * collector of which nothing is known, the first request asks what it speaks. */
static gboolean
needs_introduction (const SobanCourse *self, SobanStore *store, gboolean *ret_needs, GError **error)
{
  guint64 after = self->after;

  *ret_needs = FALSE;
  while (self->peer_minor == 0 && self->rounds == 0 && after < self->last_number && !*ret_needs) {
    g_autoptr (GPtrArray) changes = soban_store_list_outgoing (store, after, READ_CHANGES, error);

    if (changes == NULL)
      return FALSE;
    for (guint i = 0; i < changes->len; i++)
      *ret_needs |= ((const SobanChange *) g_ptr_array_index (changes, i))->bases != NULL;
    if (changes->len == 0)
      return TRUE;
    after += changes->len;
  }
  return TRUE;
}

GBytes *
soban_course_prepare (SobanCourse *course, SobanStore *store, GError **error)
{
  SobanIdentity identity;
  SobanHello *hello;
  gboolean unknown;

  clear_round (course);
  /* The window first: widening it draws a new incarnation. */
  if (!begin (course, store, error) || !move_window (course, store, error) || !soban_store_get_identity (store, &identity, error))
    return NULL;
  hello = make_hello (course, store, &identity, error);
  if (hello == NULL)
    return NULL;
  course->incarnation = identity.incarnation;
  course->after = identity.acked_number;
  course->last_number = identity.last_number;
  course->waiting = identity.last_number - identity.acked_number;
  course->peer_minor = MAX (identity.collector_minor, course->forked_minor);
  course->round = soban_sync_round_new (hello, course->after);
  soban_sync_round_set_peer_minor (course->round, course->peer_minor);
  soban_sync_round_set_limits (course->round, course->pace.request_bytes, soban_pace_get_frame_bytes (&course->pace));
  soban_sync_round_set_chain_lookup (course->round, look_up_chain, store);
  if (!needs_introduction (course, store, &unknown, error))
    return NULL;
  course->probe = course->pace.unsure || unknown;
  if (!course->probe && !fill_request (course, store, error)) /* (4) */
    return NULL;
  if (course->repair != NULL)
    soban_repair_ask (course->repair, course->round, &course->pace);
  return soban_sync_round_make_request (course->round);
}

/* ---- the answer ---- */

static gboolean
keep_result (SobanCourse *self, SobanStore *store, GError **error)
{
  g_auto (SobanRoundResult) round = { 0 };

  soban_round_result_init (&round, self->round);
  round.result.incarnation = self->incarnation;
  round.result.relayed = self->relayed;
  return soban_store_apply (store, &round.result, error);
}

/* Whether other tablets' changes wait for a collector that takes them. */
static gboolean
look_for_relayed (SobanCourse *self, SobanStore *store, gboolean *ret_waits, GError **error)
{
  g_autoptr (GPtrArray) relayed = NULL;

  *ret_waits = FALSE;
  if (soban_sync_round_get_peer_minor (self->round) == 0)
    return TRUE;
  relayed = soban_store_list_relayed (store, 1, error);
  if (relayed == NULL)
    return FALSE;
  *ret_waits = relayed->len > 0;
  return TRUE;
}

static gboolean
fail_progress (GError **error)
{
  g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, _("the collector makes no progress"));
  return FALSE;
}

/*
 * (2). A probe may find that nothing had arrived; a collector that has gone back to an older program understands nothing of what was
 * sent to the newer one; and to one that turns out to be newer there is more to send.
 */
static gboolean
check_progress (SobanCourse *self, GError **error)
{
  gboolean back = soban_sync_round_was_set_back (self->round);
  gboolean relayed = self->relayed != NULL && self->relayed->len > 0; /* known or not: they are not sent again */
  gboolean moved = relayed || soban_sync_round_made_progress (self->round);
  gboolean other = soban_sync_round_get_peer_minor (self->round) != self->peer_minor;

  if (moved)
    self->cuts_in_vain = 0;
  if ((back && self->went_back) || self->rounds >= SOBAN_ROUNDS_PER_SYNC_MAX)
    return fail_progress (error);
  if (!back && !moved && !self->probe && !other && (self->more || self->waiting > 0))
    return fail_progress (error);
  self->went_back |= back;
  return TRUE;
}

/* (6) */
static gboolean
heal_fork (SobanCourse *self, SobanStore *store, GError **error)
{
  const SobanReply *reply = soban_sync_round_get_reply (self->round);
  g_auto (SobanRoundResult) round = { 0 };

  if (++self->forks > FORKS_MAX) {
    g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, _("the collector calls each new incarnation a fork"));
    return FALSE;
  }
  g_message (_("Another tablet has used this one's numbers: what is left is issued anew"));
  soban_round_result_init (&round, self->round);
  if (!soban_store_fork (store, &round.result, reply->chain, error)) {
    g_prefix_error (error, _("issuing anew what another tablet's numbers cover: "));
    return FALSE;
  }
  g_clear_pointer (&self->repair, soban_repair_free);
  /* Nothing else of such an answer is kept; what is issued anew must go as this collector hashes it. */
  self->forked_minor = soban_sync_round_get_peer_minor (self->round);
  self->more = TRUE;
  return TRUE;
}

/* How many own changes wait now: some may have been recorded during the round. */
static gboolean
count_waiting (SobanCourse *self, SobanStore *store, GError **error)
{
  SobanIdentity identity;

  if (!soban_store_get_identity (store, &identity, error))
    return FALSE;
  self->waiting = identity.last_number - identity.acked_number;
  return TRUE;
}

/* A digest speaks of a state in which nothing waits: looked at before and after. */
static gboolean
compare_digests (SobanCourse *self, SobanStore *store, GError **error)
{
  g_autoptr (SobanRepair) repair = NULL;

  if (self->more || self->waiting > 0 || self->repair != NULL)
    return TRUE;
  if (!soban_repair_begin (store, soban_sync_round_get_reply (self->round), &repair, error) || !count_waiting (self, store, error))
    return FALSE;
  if (repair == NULL || self->waiting > 0)
    return TRUE;
  if (!soban_repair_compares (repair)) {
    self->asks++;
    if (self->asks <= ASKS_MAX)
      self->repair = g_steal_pointer (&repair);
    return TRUE;
  }
  if (self->repairs == REPAIRS_MAX) { /* (5) */
    g_message (_("What this tablet has differs from what the server has, and could not be brought into line"));
    return TRUE;
  }
  g_message (_("What this tablet has differs from what the server has: looking for the records"));
  self->repairs++;
  self->repair = g_steal_pointer (&repair);
  return TRUE;
}

static gboolean
go_on_with_repair (SobanCourse *self, SobanStore *store, GError **error)
{
  guint before;

  if (self->repair == NULL)
    return TRUE;
  before = soban_repair_count_records (self->repair);
  if (!soban_repair_take (self->repair, store, self->round, error)) {
    g_prefix_error (error, _("repairing what differs from the collector: "));
    return FALSE;
  }
  self->repaired += soban_repair_count_records (self->repair) - before;
  if (!soban_repair_is_done (self->repair))
    return TRUE;
  /* One more round tells whether the digests are the same now. */
  self->more |= soban_repair_compares (self->repair);
  g_clear_pointer (&self->repair, soban_repair_free);
  return TRUE;
}

/* (5). What is left is derived by the next sync or by who asks first. */
static void
derive_stale (SobanStore *store, GCancellable *cancellable)
{
  guint left;

  do {
    g_autoptr (GError) error = NULL;

    if (!soban_store_derive_stale (store, DERIVE_RECORDS, &left, &error)) {
      g_message (_("Deriving what was received: %s"), error->message);
      return;
    }
  } while (left > 0 && !g_cancellable_is_cancelled (cancellable));
}

static void
keep_keys (const SobanCourse *self, SobanStore *store)
{
  const SobanKeys *keys = soban_sync_round_get_keys (self->round);
  g_autoptr (GError) error = NULL;

  /* Without them there are no bundles; all else goes on, and the next sync asks again. */
  if (keys != NULL && !soban_keyring_keep (store, keys, &error))
    g_message (_("Keeping the collector's keys: %s"), error->message);
}

static guint64
sum_left (const SobanReply *reply)
{
  guint64 sum = 0;

  for (guint i = 0; i < reply->cursors->len; i++)
    sum += MIN (((const SobanScopeCursor *) g_ptr_array_index (reply->cursors, i))->left, G_MAXUINT32);
  return sum;
}

gboolean
soban_course_apply (SobanCourse *course, SobanStore *store, GBytes *answer, gint64 took_ms, GCancellable *cancellable,
                    GError **error)
{
  const SobanReply *reply;
  gboolean relayed;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (answer, &length);

  if (!soban_sync_round_feed (course->round, bytes, length, error) || !soban_sync_round_finish (course->round, error))
    return FALSE;
  soban_pace_note_answer (&course->pace, course->weight, length, took_ms);
  course->rounds++;
  reply = soban_sync_round_get_reply (course->round);
  if (reply->acked_number > course->after)
    course->sent += reply->acked_number - course->after;
  if (soban_sync_round_was_forked (course->round))
    return heal_fork (course, store, error) && count_waiting (course, store, error);
  if (!keep_result (course, store, error) || !look_for_relayed (course, store, &relayed, error))
    return FALSE;
  keep_keys (course, store);
  if (course->forms == NULL && soban_sync_round_get_forms (course->round) != NULL)
    course->forms = g_ptr_array_ref (soban_sync_round_get_forms (course->round));
  course->more = relayed || soban_sync_round_has_more (course->round) || soban_sync_round_was_set_back (course->round);
  course->to_pull = sum_left (reply);
  course->collector_ms = reply->collector_ms;
  course->pulled += soban_sync_round_get_changes (course->round)->len;
  if (!count_waiting (course, store, error) || !check_progress (course, error) || !go_on_with_repair (course, store, error)
      || !compare_digests (course, store, error))
    return FALSE;
  derive_stale (store, cancellable);
  return TRUE;
}

gboolean
soban_course_is_done (const SobanCourse *course)
{
  return !course->more && course->waiting == 0 && course->repair == NULL;
}

gboolean
soban_course_note_cut (SobanCourse *course, gint64 took_ms)
{
  gboolean least = soban_pace_is_least (&course->pace);

  soban_pace_note_cut (&course->pace, course->weight);
  if (took_ms >= CUT_AT_ONCE_MS)
    return FALSE;
  if (least)
    course->cuts_in_vain++;
  return course->cuts_in_vain <= CUTS_IN_VAIN_MAX;
}

gboolean
soban_course_keep (SobanCourse *course, SobanStore *store, GError **error)
{
  g_autofree char *text = soban_pace_to_text (&course->pace);

  if (course->token == NULL || g_strcmp0 (text, course->kept_pace) == 0)
    return TRUE;
  g_free (course->kept_pace);
  course->kept_pace = g_strdup (text);
  return soban_store_set_setting (store, SOBAN_SETTING_PACE, text, error);
}
