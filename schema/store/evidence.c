/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Clock evidence: what tells how wrong this tablet's clock was (PROTOCOL 3.2a, sync/README.md 4.6)
 *
 * Invariants:
 *  (1) Boots and anchors are written in the very transaction of a save or of a sync result: no fsync of their own. How
 * long the present boot has run is a column of `identity`, which each of these writes anyway. (2) The last boot in
 * memory is the present one; it gets its row when something is first written in it. (3) Bounded: what lies before the
 * last anchor before the first change without a receipt is forgotten; a boot has at most two anchors, its first and its
 * last, and there are at most SOBAN_BOOTS_KEPT_MAX boots. (4) A boot is another one when the kernel says so, or when
 * CLOCK_BOOTTIME has gone back. (5) Rows of device 0, incarnation 0 are this tablet's, whatever its number; other rows
 * are those of senders in `relay`.
 */
#include "config.h"

#include "store/store-private.h"

#include "base/limits.h"

#include <glib/gi18n-lib.h>

void
soban_evidence_forget (SobanStore *store)
{
  g_clear_pointer (&store->db_thread.evidence, soban_clock_evidence_free);
  store->db_thread.boot_stored = FALSE;
  store->db_thread.evidence_told = FALSE;
}

static SobanBoot *
get_last_boot (SobanClockEvidence *evidence)
{
  return evidence->boots->len > 0 ? &g_array_index (evidence->boots, SobanBoot, evidence->boots->len - 1) : NULL;
}

/* What the file says; the last boot of it is the present one when the kernel and its clock do not say otherwise. */
static gboolean
read_file (SobanStore *store, gint64 boottime_ms, GError **error)
{
  g_autofree char *last_id = NULL;
  SobanClockEvidence *evidence = soban_evidence_load (store, 0, 0, &last_id, error);
  SobanBoot *last;

  if (!evidence)
    return FALSE;
  store->db_thread.evidence = evidence;
  store->db_thread.evidence_told = FALSE;
  last = get_last_boot (evidence);
  if (last)
    last->ran_ms = MAX (last->ran_ms, store->db_thread.boottime_ms - last->boottime_ms);
  g_free (store->db_thread.boot_id);
  store->db_thread.boot_id = soban_clock_boot_id ();
  store->db_thread.boot_stored =
      last && g_strcmp0 (last_id, store->db_thread.boot_id) == 0 && boottime_ms >= store->db_thread.boottime_ms;
  if (!store->db_thread.boot_stored)
    store->db_thread.boottime_ms = G_MAXINT64;
  return TRUE;
}

/* Invariants 2 and 4: brings the last boot up to this reading of the clocks. */
static gboolean
take_reading (SobanStore *store, gint64 wall_ms, gint64 boottime_ms, GError **error)
{
  SobanBoot *last;

  if (!store->db_thread.evidence && !read_file (store, boottime_ms, error))
    return FALSE;
  last = get_last_boot (store->db_thread.evidence);
  if (!last || boottime_ms < store->db_thread.boottime_ms) {
    const SobanBoot boot = { store->db_thread.identity.last_number + 1, boottime_ms, 0, wall_ms };

    g_array_append_val (store->db_thread.evidence->boots, boot);
    store->db_thread.boot_stored = FALSE;
    store->db_thread.evidence_told = FALSE;
    last = get_last_boot (store->db_thread.evidence);
  }
  last->ran_ms = MAX (last->ran_ms, boottime_ms - last->boottime_ms);
  store->db_thread.boottime_ms = boottime_ms;
  return TRUE;
}

gboolean
soban_evidence_read_clocks (SobanStore *store, gint64 *ret_wall_ms, gint64 *ret_boottime_ms, gint64 *ret_now_ms,
                            GError **error)
{
  *ret_wall_ms = soban_clock_wall_ms (store->clock);
  *ret_boottime_ms = soban_clock_boottime_ms (store->clock);
  if (!take_reading (store, *ret_wall_ms, *ret_boottime_ms, error))
    return FALSE;
  *ret_now_ms = soban_clock_evidence_estimate_now (store->db_thread.evidence, *ret_wall_ms, *ret_boottime_ms);
  return TRUE;
}

gint64
soban_evidence_estimate_now (SobanStore *store)
{
  g_autoptr (GError) error = NULL;
  gint64 wall_ms, boottime_ms, now_ms;

  if (soban_evidence_read_clocks (store, &wall_ms, &boottime_ms, &now_ms, &error))
    return now_ms;
  g_message (_("Reading what is known of the clock: %s"), error->message);
  return wall_ms;
}

/* The boot before keeps how long it ran, which the columns of the present one say no more. */
gboolean
soban_evidence_store_boot (SobanStore *store, GError **error)
{
  const SobanClockEvidence *evidence = store->db_thread.evidence;
  guint n;

  if (!evidence || store->db_thread.boot_stored || evidence->boots->len == 0)
    return TRUE;
  n = evidence->boots->len;
  if ((n > 1 && !soban_evidence_put_boot (store, evidence, n - 2, "", error))
      || !soban_evidence_put_boot (store, evidence, n - 1, store->db_thread.boot_id, error))
    return FALSE;
  store->db_thread.boot_stored = TRUE;
  return TRUE;
}

/* ---- what is kept, what is sent ---- */

typedef struct {
  guint boot, anchor; /* the first ones */
} Beginning;

/* Back to the last anchor before the change @number, which was made at @boottime_ms. */
static Beginning
find_beginning (const SobanClockEvidence *evidence, guint64 number, gint64 boottime_ms)
{
  Beginning beginning = { 0, 0 };

  for (guint i = 1; i < evidence->boots->len; i++)
    if (g_array_index (evidence->boots, SobanBoot, i).first_number <= number)
      beginning.boot = i;
  for (guint i = evidence->anchors->len; i > 0; i--) {
    const SobanAnchor *anchor = &g_array_index (evidence->anchors, SobanAnchor, i - 1);

    if (anchor->boot > beginning.boot || (anchor->boot == beginning.boot && anchor->boottime_ms > boottime_ms))
      continue;
    return (Beginning){ anchor->boot, i - 1 };
  }
  return beginning;
}

static void
append_from (SobanClockEvidence *out, const SobanClockEvidence *evidence, Beginning beginning)
{
  g_array_append_vals (out->boots, &g_array_index (evidence->boots, SobanBoot, beginning.boot),
                       evidence->boots->len - beginning.boot);
  for (guint i = beginning.anchor; i < evidence->anchors->len; i++) {
    SobanAnchor anchor = g_array_index (evidence->anchors, SobanAnchor, i);

    if (anchor.boot < beginning.boot)
      continue;
    anchor.boot -= beginning.boot;
    g_array_append_val (out->anchors, anchor);
  }
}

/* When, by CLOCK_BOOTTIME, the own change behind @after was made; the end of time when there is none. */
static gboolean
find_made (SobanStore *store, guint64 after, gint64 *ret_boottime_ms, GError **error)
{
  const SobanIdentity *identity = &store->db_thread.identity;
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT " SOBAN_LOG_COLUMNS
      " FROM outbox JOIN change ON change.record = outbox.record AND change.device = :device "
      "AND change.incarnation = :incarnation AND change.number = outbox.number WHERE outbox.number = :number",
      error);
  g_autoptr (SobanChange) change = NULL;
  gboolean row;

  *ret_boottime_ms = G_MAXINT64;
  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":device", identity->device);
  soban_bind_int (statement, ":incarnation", (gint64)identity->incarnation);
  soban_bind_int (statement, ":number", (gint64)after + 1);
  if (!soban_step (statement, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  change = soban_log_read (statement, error);
  if (change)
    *ret_boottime_ms = change->boottime_ms;
  return change != NULL;
}

/* (transfer full): the part that speaks of the own changes after @after. */
static SobanClockEvidence *
cut_out (SobanStore *store, guint64 after, guint32 device, guint64 incarnation, GError **error)
{
  g_autoptr (SobanClockEvidence) cut = soban_clock_evidence_new (device, incarnation);
  gint64 boottime_ms;

  if (!find_made (store, after, &boottime_ms, error))
    return NULL;
  append_from (cut, store->db_thread.evidence, find_beginning (store->db_thread.evidence, after + 1, boottime_ms));
  return g_steal_pointer (&cut);
}

/* Invariant 3 */
static gboolean
trim (SobanStore *store, GError **error)
{
  SobanClockEvidence *kept = cut_out (store, store->db_thread.identity.acked_number, 0, 0, error);
  guint excess;

  if (!kept)
    return FALSE;
  soban_clock_evidence_free (store->db_thread.evidence);
  store->db_thread.evidence = kept;
  excess = kept->boots->len > SOBAN_BOOTS_KEPT_MAX ? kept->boots->len - SOBAN_BOOTS_KEPT_MAX : 0;
  if (excess > 0) {
    store->db_thread.evidence = soban_clock_evidence_new (0, 0);
    append_from (store->db_thread.evidence, kept, (Beginning){ excess, 0 });
    soban_clock_evidence_free (kept);
  }
  return TRUE;
}

gboolean
soban_evidence_add_anchor (SobanStore *store, gint64 wall_ms, gint64 boottime_ms, gint64 true_ms, GError **error)
{
  SobanClockEvidence *evidence;
  SobanAnchor anchor;
  gint64 now_wall_ms, now_boottime_ms, now_ms;
  guint n;

  if (!soban_evidence_read_clocks (store, &now_wall_ms, &now_boottime_ms, &now_ms, error))
    return FALSE;
  evidence = store->db_thread.evidence;
  n = evidence->anchors->len;
  anchor = (SobanAnchor){ evidence->boots->len - 1, boottime_ms, wall_ms, true_ms };
  /* Read in the boot before this one, as it seems: it tells nothing of either. */
  if (boottime_ms < get_last_boot (evidence)->boottime_ms || boottime_ms > now_boottime_ms)
    return TRUE;
  if (n > 1 && g_array_index (evidence->anchors, SobanAnchor, n - 2).boot == anchor.boot)
    g_array_set_size (evidence->anchors, n - 1);
  g_array_append_val (evidence->anchors, anchor);
  store->db_thread.evidence_told = FALSE;
  store->db_thread.boot_stored = TRUE;
  return trim (store, error)
         && soban_evidence_replace (store, store->db_thread.evidence, store->db_thread.boot_id, error);
}

static guint
find_boot (const SobanClockEvidence *evidence, guint64 number)
{
  guint found = 0;

  for (guint i = 1; i < evidence->boots->len; i++)
    if (g_array_index (evidence->boots, SobanBoot, i).first_number <= number)
      found = i;
  return found;
}

gboolean
soban_evidence_renumber (SobanStore *store, const GArray *numbers, GError **error)
{
  SobanClockEvidence *evidence;
  g_autofree guint64 *firsts = NULL;
  gint64 wall_ms, boottime_ms, now_ms;
  guint set = 0;

  if (!soban_evidence_read_clocks (store, &wall_ms, &boottime_ms, &now_ms, error))
    return FALSE;
  evidence = store->db_thread.evidence;
  firsts = g_new (guint64, evidence->boots->len);
  for (guint i = 0; i < numbers->len; i++) {
    guint boot = find_boot (evidence, g_array_index (numbers, guint64, i));

    for (; set <= boot; set++)
      firsts[set] = i + 1;
  }
  for (; set < evidence->boots->len; set++)
    firsts[set] = numbers->len + 1;
  for (guint i = 0; i < evidence->boots->len; i++)
    g_array_index (evidence->boots, SobanBoot, i).first_number = firsts[i];
  store->db_thread.evidence_told = FALSE;
  store->db_thread.boot_stored = TRUE;
  return soban_evidence_replace (store, evidence, store->db_thread.boot_id, error);
}

/* ---- of others ---- */

static guint64
get_first_number (const SobanClockEvidence *evidence, guint place)
{
  return g_array_index (evidence->boots, SobanBoot, place).first_number;
}

/* (transfer full): the boots of @early that lie before all of @late, then @late. */
static SobanClockEvidence *
join (const SobanClockEvidence *early, const SobanClockEvidence *late)
{
  SobanClockEvidence *joined = soban_clock_evidence_new (late->device, late->incarnation);
  guint n = 0;

  while (n < early->boots->len && get_first_number (early, n) < get_first_number (late, 0))
    n++;
  append_from (joined, early, (Beginning){ 0, 0 });
  g_array_set_size (joined->boots, n);
  for (guint i = joined->anchors->len; i > 0; i--)
    if (g_array_index (joined->anchors, SobanAnchor, i - 1).boot >= n)
      g_array_remove_index (joined->anchors, i - 1);
  g_array_append_vals (joined->boots, late->boots->data, late->boots->len);
  for (guint i = 0; i < late->anchors->len; i++) {
    SobanAnchor anchor = g_array_index (late->anchors, SobanAnchor, i);

    anchor.boot += n;
    g_array_append_val (joined->anchors, anchor);
  }
  return joined;
}

gboolean
soban_evidence_keep (SobanStore *store, const SobanClockEvidence *evidence, GError **error)
{
  g_autoptr (SobanClockEvidence) present = NULL;
  g_autoptr (SobanClockEvidence) joined = NULL;

  if (evidence->boots->len == 0)
    return TRUE;
  for (guint i = 0; i < evidence->anchors->len; i++)
    if (g_array_index (evidence->anchors, SobanAnchor, i).boot >= evidence->boots->len)
      return TRUE;
  present = soban_evidence_load (store, evidence->device, evidence->incarnation, NULL, error);
  if (!present)
    return FALSE;
  if (present->boots->len > 0
      && get_first_number (present, present->boots->len - 1) > get_first_number (evidence, evidence->boots->len - 1))
    joined = join (evidence, present);
  else
    joined = join (present, evidence);
  return soban_evidence_replace (store, joined, "", error);
}

/* ---- for others to read ---- */

typedef struct {
  guint64 after;
  guint32 device;
  guint64 incarnation;
  SobanClockEvidence *evidence;
} EvidenceJob;

static gboolean
get_evidence (SobanStore *store, gpointer data, GError **error)
{
  EvidenceJob *job = data;
  const SobanIdentity *identity = &store->db_thread.identity;
  gint64 wall_ms, boottime_ms, now_ms;

  if (!soban_evidence_read_clocks (store, &wall_ms, &boottime_ms, &now_ms, error))
    return FALSE;
  job->evidence = cut_out (store, job->after, identity->device, identity->incarnation, error);
  return job->evidence != NULL;
}

SobanClockEvidence *
soban_store_get_evidence (SobanStore *store, guint64 after_number, GError **error)
{
  EvidenceJob job = { .after = after_number };

  soban_store_read (store, get_evidence, &job, error);
  return job.evidence;
}

static gboolean
get_sender_evidence (SobanStore *store, gpointer data, GError **error)
{
  EvidenceJob *job = data;
  const SobanIdentity *identity = &store->db_thread.identity;

  if (job->device == identity->device && job->incarnation == identity->incarnation)
    return get_evidence (store, data, error);
  job->evidence = soban_evidence_load (store, job->device, job->incarnation, NULL, error);
  return job->evidence != NULL;
}

SobanClockEvidence *
soban_store_get_sender_evidence (SobanStore *store, guint32 device, guint64 incarnation, GError **error)
{
  EvidenceJob job = { .device = device, .incarnation = incarnation };

  soban_store_read (store, get_sender_evidence, &job, error);
  return job.evidence;
}
