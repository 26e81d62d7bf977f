/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of app/entry/autosave.h. */
#include "entry/autosave.h"

#include "base/error.h"
#include "base/limits.h"
#include "ui.h"

typedef struct {
  GMutex lock;
  guint serial;  /* main thread: what a snapshot taken now says */
  guint saves;   /* under lock */
  guint at_once; /* under lock: saves running now */
  guint at_once_max;
  guint last; /* under lock: what the last save said */
  gint64 last_us;
  gboolean refuse;
  guint slow_ms;
} Record;

typedef struct {
  Record *record;
  guint serial;
} Copy;

static gpointer
snapshot (gpointer data)
{
  Record *record = data;
  Copy *copy = g_new0 (Copy, 1);

  copy->record = record;
  copy->serial = record->serial;
  return copy;
}

static gboolean
save (SobanStore *store, gpointer data, GError **error)
{
  Copy *copy = data;
  Record *record = copy->record;
  gboolean refuse;

  g_mutex_lock (&record->lock);
  record->at_once++;
  record->at_once_max = MAX (record->at_once_max, record->at_once);
  refuse = record->refuse;
  g_mutex_unlock (&record->lock);
  g_usleep (record->slow_ms * 1000);
  g_mutex_lock (&record->lock);
  record->at_once--;
  if (!refuse) {
    record->saves++;
    record->last = copy->serial;
    record->last_us = g_get_monotonic_time ();
  }
  g_mutex_unlock (&record->lock);
  if (refuse) {
    g_set_error_literal (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_FULL, "full");
  }
  return !refuse;
}

static void
state_changed (gpointer data)
{
}

static const SobanAutosaveFuncs FUNCS = { snapshot, save, g_free, state_changed };

static void
change (SobanAutosave *autosave, Record *record)
{
  record->serial++;
  soban_autosave_mark (autosave);
}

static gboolean
is_saved (gpointer data)
{
  return soban_autosave_get_state (data) == SOBAN_SAVE_SAVED;
}

static gboolean
is_refused (gpointer data)
{
  return soban_autosave_get_state (data) == SOBAN_SAVE_REFUSED;
}

static gboolean
on_type (gpointer data)
{
  gpointer *both = data;

  change (both[0], both[1]);
  return G_SOURCE_CONTINUE;
}

static gboolean
has_saves (gpointer data)
{
  return ((Record *)data)->saves > 0;
}

/* 1. A timer that typing does not reset. */
static void
test_invariant_1_typing_does_not_postpone (void)
{
  SobanStore *store = sample_store_new ();
  Record record = { .serial = 0 };
  SobanAutosave *autosave = soban_autosave_new (store, &FUNCS, &record);
  gpointer both[] = { autosave, &record };
  gint64 start = g_get_monotonic_time ();
  guint typing;

  change (autosave, &record);
  typing = g_timeout_add (50, on_type, both);
  sample_wait (has_saves, &record);
  g_assert_cmpint (record.last_us - start, <, SOBAN_AUTOSAVE_DELAY_MS_MAX * 1000);
  g_source_remove (typing);
  sample_wait (is_saved, autosave);
  g_assert_cmpuint (record.last, ==, record.serial);
  soban_autosave_free (autosave);
  sample_settle ();
  sample_store_free (store);
}

/* 2. Never two at once, never old over new: a waiting flush overtakes a slow save. */
static void
test_invariant_2_never_old_over_new (void)
{
  SobanStore *store = sample_store_new ();
  Record record = { .slow_ms = 60 };
  SobanAutosave *autosave = soban_autosave_new (store, &FUNCS, &record);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 20; i++) {
    change (autosave, &record);
    soban_autosave_flush (autosave);
    change (autosave, &record);
    if (i % 4 == 0) {
      g_assert_true (soban_autosave_flush_now (autosave, &error));
      g_assert_cmpuint (record.last, ==, record.serial);
    }
  }
  soban_autosave_flush (autosave);
  sample_wait (is_saved, autosave);
  g_assert_cmpuint (record.last, ==, record.serial);
  g_assert_cmpuint (record.at_once_max, ==, 1);
  soban_autosave_free (autosave);
  sample_settle ();
  sample_store_free (store);
}

/* 3. A save that did not succeed is tried again. */
static void
test_invariant_3_refused_is_tried_again (void)
{
  SobanStore *store = sample_store_new ();
  Record record = { .refuse = TRUE };
  SobanAutosave *autosave = soban_autosave_new (store, &FUNCS, &record);

  change (autosave, &record);
  soban_autosave_flush (autosave);
  sample_wait (is_refused, autosave);
  g_assert_error (soban_autosave_get_error (autosave), SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_FULL);
  record.refuse = FALSE;
  sample_wait (is_saved, autosave);
  g_assert_cmpuint (record.last, ==, 1);
  soban_autosave_free (autosave);
  sample_settle ();
  sample_store_free (store);
}

static gboolean
end_job (SobanStore *store, gpointer data, GError **error)
{
  return TRUE;
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  gpointer *both = data;

  g_assert_true (soban_autosave_end_finish (both[0], result, NULL));
  *(gboolean *)both[1] = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *)data;
}

/* 4. Nothing is written after the end, not even by a save that was already on its way. */
static void
test_invariant_4_nothing_after_the_end (void)
{
  SobanStore *store = sample_store_new ();
  Record record = { .serial = 0 };
  SobanAutosave *autosave = soban_autosave_new (store, &FUNCS, &record);
  gboolean ended = FALSE;
  gpointer both[] = { autosave, &ended };
  guint saves;

  soban_autosave_end_async (autosave, end_job, NULL, NULL, on_ended, both);
  sample_wait (is_true, &ended);
  saves = record.saves;
  change (autosave, &record);
  soban_autosave_flush (autosave);
  g_assert_true (soban_autosave_flush_now (autosave, NULL));
  sample_settle ();
  g_assert_cmpuint (record.saves, ==, saves);
  soban_autosave_free (autosave);
  sample_store_free (store);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/autosave/invariant-1-typing-does-not-postpone", test_invariant_1_typing_does_not_postpone);
  g_test_add_func ("/autosave/invariant-2-never-old-over-new", test_invariant_2_never_old_over_new);
  g_test_add_func ("/autosave/invariant-3-refused-is-tried-again", test_invariant_3_refused_is_tried_again);
  g_test_add_func ("/autosave/invariant-4-nothing-after-the-end", test_invariant_4_nothing_after_the_end);
  return g_test_run ();
}
