/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Invariants
 * 1. What was applied stays applied, however the sync ends: each round is one transaction of the store.
 * 2. Each round but one (when the collector has lost what it had confirmed) makes progress, or it is an error.
 * 3. What the collector confirmed is applied to the incarnation that asked, or not at all.
 * 4. After the cut of a request with changes the next one carries none (sync/README.md 5.11).
 * 5. What only shows a record (derivation) never ends a sync.
 */
#include "config.h"

#include "client/course.h"

#include "base/limits.h"
#include "store/settings.h"

/* How many changes are read from the store at a time, and how many records are derived in one go of the store's thread. */
#define READ_CHANGES 500
#define DERIVE_RECORDS 200
/* With the smallest parts: so many cuts in a row with nothing between them, and the sync is left to the retry policy. */
#define CUTS_IN_VAIN_MAX 4
#define BOOT_ID_BYTES 8 /* README 4.1 */
/* A link that stood still for so long is not tried at once again. */
#define CUT_AT_ONCE_MS 30000

SobanCourse *
soban_course_new (void)
{
  return g_new0 (SobanCourse, 1);
}

void
soban_course_free (SobanCourse *course)
{
  if (course == NULL)
    return;
  g_clear_pointer (&course->round, soban_sync_round_free);
  g_free (course->url);
  g_free (course->key);
  g_free (course->token);
  g_free (course->kept_pace);
  g_free (course);
}

static gboolean
begin (SobanCourse *self, SobanStore *store, const SobanIdentity *identity, GError **error)
{
  if (self->token != NULL)
    return TRUE;
  self->url = soban_store_get_setting (store, SOBAN_SETTING_COLLECTOR_URL);
  self->key = soban_store_get_setting (store, SOBAN_SETTING_COLLECTOR_KEY);
  self->token = soban_store_get_setting (store, SOBAN_SETTING_TOKEN);
  self->kept_pace = soban_store_get_setting (store, SOBAN_SETTING_PACE);
  if (identity->device == 0 || self->url == NULL || self->token == NULL) {
    g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_NOT_ENROLLED, "the device is not enrolled");
    return FALSE;
  }
  soban_pace_init_from_text (&self->pace, self->kept_pace);
  self->first_number = self->after = identity->acked_number;
  return TRUE;
}

static SobanHello *
make_hello (SobanStore *store, const SobanIdentity *identity, GError **error)
{
  g_autoptr (GPtrArray) cursors = soban_store_get_cursors (store, error);
  const SobanClock *clock = soban_clock_system ();
  g_autofree char *boot_id = soban_clock_boot_id ();
  SobanHello *hello;

  if (cursors == NULL)
    return NULL;
  hello = soban_hello_new ();
  hello->device = identity->device;
  hello->incarnation = identity->incarnation;
  hello->last_number = identity->last_number;
  hello->wall_ms = soban_clock_wall_ms (clock);
  hello->boottime_ms = soban_clock_boottime_ms (clock);
  hello->boot_id = g_strndup (boot_id, BOOT_ID_BYTES);
  hello->program = g_strdup ("soban " SOBAN_VERSION);
  for (guint i = 0; i < cursors->len; i++) {
    const SobanCursor *cursor = g_ptr_array_index (cursors, i);

    g_ptr_array_add (hello->cursors, soban_scope_cursor_new (cursor->scope, cursor->cursor));
  }
  return hello;
}

static gboolean
has_room (const SobanCourse *self)
{
  return self->weight < self->pace.request_bytes && soban_sync_round_has_room (self->round);
}

/* The first change goes whatever it weighs. */
static gboolean
fits (const SobanCourse *self, gsize weight)
{
  return self->weight == 0 || self->weight + weight <= self->pace.request_bytes;
}

/* Up to the number that HELLO names: what is recorded meanwhile goes with the next round. */
static gboolean
add_changes (SobanCourse *self, SobanStore *store, GError **error)
{
  guint64 after = self->after;

  while (after < self->last_number && has_room (self)) {
    g_autoptr (GPtrArray) changes = soban_store_list_outgoing (store, after, READ_CHANGES, error);

    if (changes == NULL)
      return FALSE;
    if (changes->len == 0) {
      g_set_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "the own change %" G_GUINT64_FORMAT " is missing", after + 1);
      return FALSE;
    }
    for (guint i = 0; i < changes->len && after < self->last_number && has_room (self); i++) {
      const SobanChange *change = g_ptr_array_index (changes, i);
      gsize weight = soban_change_weigh (change);

      if (!fits (self, weight))
        return TRUE;
      self->weight += weight;
      after = change->id.number;
      if (!soban_sync_round_add (self->round, soban_change_copy (change), error))
        return FALSE;
    }
  }
  return TRUE;
}

GBytes *
soban_course_prepare (SobanCourse *course, SobanStore *store, GError **error)
{
  SobanIdentity identity;
  SobanHello *hello;

  g_clear_pointer (&course->round, soban_sync_round_free);
  if (!soban_store_get_identity (store, &identity, error) || !begin (course, store, &identity, error))
    return NULL;
  hello = make_hello (store, &identity, error);
  if (hello == NULL)
    return NULL;
  course->incarnation = identity.incarnation;
  course->last_number = identity.last_number;
  course->weight = 0;
  course->round = soban_sync_round_new (hello, course->after);
  if (!course->pace.unsure && !add_changes (course, store, error)) /* (4) */
    return NULL;
  return soban_sync_round_make_request (course->round);
}

static gboolean
keep_result (SobanCourse *self, SobanStore *store, GError **error)
{
  const SobanReply *reply = soban_sync_round_get_reply (self->round);
  const GPtrArray *numbered = soban_sync_round_get_changes (self->round);
  GArray *stamps = soban_sync_round_get_adjustments (self->round);
  g_autoptr (GPtrArray) changes = g_ptr_array_new ();
  g_autoptr (GPtrArray) cursors = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) adjustments = g_array_new (FALSE, FALSE, sizeof (SobanAdjustment));

  for (guint i = 0; i < numbered->len; i++)
    g_ptr_array_add (changes, ((SobanNumberedChange *) g_ptr_array_index (numbered, i))->change);
  for (guint i = 0; i < reply->cursors->len; i++) {
    const SobanScopeCursor *from = g_ptr_array_index (reply->cursors, i);
    SobanCursor *cursor = g_new0 (SobanCursor, 1);

    cursor->scope = from->scope;
    cursor->cursor = from->number;
    g_ptr_array_add (cursors, cursor);
  }
  for (guint i = 0; i < stamps->len; i++) {
    const SobanStampAdjustment *from = &g_array_index (stamps, SobanStampAdjustment, i);
    SobanAdjustment adjustment = { from->number, from->stamp };

    g_array_append_val (adjustments, adjustment);
  }
  return soban_store_apply (store,
                            &(SobanSyncResult) {
                              .acked_number = reply->acked_number,
                              .adjustments = adjustments,
                              .changes = changes,
                              .cursors = cursors,
                              .floor = reply->floor,
                              .collector_ms = reply->collector_ms,
                              .set_back = soban_sync_round_was_set_back (self->round),
                              .incarnation = self->incarnation,
                            },
                            error);
}

/* (2). A probe may find that nothing had arrived. */
static gboolean
check_progress (SobanCourse *self, guint64 acked, gboolean probe, GError **error)
{
  gboolean back = soban_sync_round_was_set_back (self->round);
  gboolean moved = soban_sync_round_made_progress (self->round);

  if (moved)
    self->cuts_in_vain = 0;
  if ((back && self->went_back) || self->rounds >= SOBAN_ROUNDS_PER_SYNC_MAX
      || (!back && !moved && !probe && (self->more || acked < self->last_number))) {
    g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "the collector makes no progress");
    return FALSE;
  }
  self->went_back |= back;
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
      g_warning ("Deriving what was received: %s", error->message);
      return;
    }
  } while (left > 0 && !g_cancellable_is_cancelled (cancellable));
}

gboolean
soban_course_apply (SobanCourse *course, SobanStore *store, GBytes *answer, gint64 took_ms, GCancellable *cancellable,
                    GError **error)
{
  gboolean probe = course->pace.unsure;
  const SobanReply *reply;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (answer, &length);

  if (!soban_sync_round_feed (course->round, bytes, length, error) || !soban_sync_round_finish (course->round, error)
      || !keep_result (course, store, error))
    return FALSE;
  soban_pace_note_answer (&course->pace, course->weight, length, took_ms);
  course->rounds++;
  course->more = soban_sync_round_has_more (course->round) || soban_sync_round_was_set_back (course->round);
  reply = soban_sync_round_get_reply (course->round);
  if (!check_progress (course, reply->acked_number, probe, error))
    return FALSE;
  course->after = reply->acked_number;
  course->first_number = MIN (course->first_number, course->after);
  course->collector_ms = reply->collector_ms;
  course->pulled += soban_sync_round_get_changes (course->round)->len;
  derive_stale (store, cancellable);
  return TRUE;
}

gboolean
soban_course_is_done (const SobanCourse *course)
{
  return !course->more && course->after >= course->last_number;
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
