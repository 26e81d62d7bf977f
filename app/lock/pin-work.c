/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lock/pin-work.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "trouble/trouble-text.h"

typedef struct {
  char *old, *pin;
  gboolean tries_only;
  SobanPinTrial trial;
} Work;

static void
wipe (char *pin)
{
  if (pin != NULL) {
    explicit_bzero (pin, strlen (pin));
  }
  g_free (pin);
}

static void
work_free (gpointer data)
{
  Work *work = data;

  wipe (work->old);
  wipe (work->pin);
  g_free (work);
}

static gboolean
run (SobanStore *store, gpointer data, GError **error)
{
  Work *work = data;

  return work->tries_only ? soban_store_try_pin (store, work->old, &work->trial, NULL, error)
                          : soban_store_set_pin (store, work->old, work->pin, &work->trial, error);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    g_task_return_boolean (task, TRUE);
  } else {
    g_task_return_error (task, error);
  }
}

void
soban_pin_work_async (SobanStore *store, const char *old, const char *pin, gboolean tries_only, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (store, NULL, callback, user_data);
  Work *work = g_new0 (Work, 1);

  work->old = g_strdup (old);
  work->pin = g_strdup (pin);
  work->tries_only = tries_only;
  g_task_set_source_tag (task, soban_pin_work_async);
  g_task_set_task_data (task, work, work_free);
  soban_store_run_async (store, run, work, NULL, NULL, on_done, task);
}

gboolean
soban_pin_work_finish (GAsyncResult *result, SobanPinPad *pad)
{
  const Work *work = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean done = g_task_propagate_boolean (G_TASK (result), &error);

  soban_pin_pad_set_busy (pad, FALSE);
  if (!done) {
    g_autofree char *sentence = soban_trouble_text (error);

    soban_pin_pad_tell (pad, sentence);
    return FALSE;
  }
  if (work->trial.answer != SOBAN_PIN_RIGHT) {
    soban_pin_pad_tell (pad, _("This is not the PIN. Try again."));
    soban_pin_pad_wait (pad, work->trial.wait_ms);
    return FALSE;
  }
  return TRUE;
}
