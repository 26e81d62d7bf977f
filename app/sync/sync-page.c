/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sync/sync-page.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/language.h"
#include "base/number-text.h"
#include "store/attachment-store.h"
#include "store/settings.h"
#include "store/sync-store.h"
#include "sync/stick-part.h"
#include "widgets/held-text.h"

struct _SobanSyncPage {
  AdwBin parent_instance;

  GtkImage *icon;
  GtkLabel *heading;
  GtkLabel *detail;
  GtkProgressBar *progress;
  GtkLabel *trouble;
  GtkWidget *send;
  GtkWidget *stop;
  GtkWidget *enrol;
  SobanStickPart *stick;

  SobanStore *store;
  SobanSyncScheduler *scheduler;
  gboolean heard; /* of a sync that ended while the page was open, or that was begun here */
  SobanSyncSession *watched; /* (nullable): the running session whose progress is shown */
};

G_DEFINE_FINAL_TYPE (SobanSyncPage, soban_sync_page, ADW_TYPE_BIN)

typedef struct {
  gboolean enrolled;
  gint64 waiting;
  guint photos; /* and files that wait */
  guint64 photo_bytes;
  gint64 last_ms;
  guint64 received;  /* changes of this tablet that the collector has given a receipt for */
  char *last_error;  /* (nullable): sentence of the last sync, where it came to no end */
} State;

static void
state_free (State *state)
{
  g_free (state->last_error);
  g_free (state);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (State, state_free)

static gboolean
run_reading (SobanStore *store, gpointer data, GError **error)
{
  State *state = data;
  g_autofree char *url = soban_store_get_setting (store, SOBAN_SETTING_COLLECTOR_URL);
  g_autofree char *last = soban_store_get_setting (store, SOBAN_SETTING_LAST_SYNC_MS);
  SobanIdentity identity;

  state->enrolled = url != NULL && *url != '\0';
  state->last_ms = last == NULL ? 0 : g_ascii_strtoll (last, NULL, 10);
  state->last_error = soban_store_get_setting (store, SOBAN_SETTING_LAST_SYNC_ERROR);
  state->waiting = soban_store_count_waiting (store, error);
  if (state->waiting < 0 || !soban_store_get_identity (store, &identity, error)) {
    return FALSE;
  }
  state->received = identity.acked_number;
  return soban_store_count_attachments (store, &state->photos, &state->photo_bytes, error);
}

/* The records are there, and those of their photos that are large or came to a bad link are not. */
static char *
describe_photos (const State *state)
{
  g_autofree char *size = soban_size_text (state->photo_bytes, soban_language_get ());

  return g_strdup_printf (ngettext ("%1$u photo or file waits to be sent (%2$s)", "%1$u photos or files wait to be sent (%2$s)", state->photos),
                          state->photos, size);
}

static char *
describe_waiting (const State *state)
{
  if (state->waiting == 0 && state->photos > 0) {
    return describe_photos (state);
  }
  if (state->waiting == 0) {
    return g_strdup (state->last_ms == 0 ? _("There is nothing to send yet")
                                         : _("The commune has received everything"));
  }
  return g_strdup_printf (ngettext ("%u change waits to be sent", "%u changes wait to be sent", (guint)state->waiting),
                          (guint)state->waiting);
}

static char *
describe_last (const State *state)
{
  g_autofree char *moment = soban_time_text (state->last_ms, soban_language_get ());
  g_autofree char *time = soban_held_moment (moment);
  g_autofree char *receipt = NULL;

  if (state->last_ms == 0) {
    return g_strdup (_("All is safe on this tablet. Send it where there is a network."));
  }
  if (state->received == 0) {
    return g_strdup_printf (_("Last received by the commune: %s"), time);
  }
  receipt = g_strdup_printf (ngettext ("Receipt of the commune: %u change of this tablet", "Receipt of the commune: %u changes of this tablet",
                                       (guint)state->received),
                             (guint)state->received);
  return g_strdup_printf (_("Last received by the commune: %s\n%s"), time, receipt);
}

/* Who stopped it knows. */
static gboolean
is_told (const char *sentence)
{
  g_autoptr (GError) stopped = g_error_new_literal (SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_CANCELLED, "");
  g_autofree char *text = soban_sync_error_sentence (stopped);

  return g_strcmp0 (sentence, text) == 0;
}

/* @sentence: (nullable): nothing is wrong */
static void
show_sentence (SobanSyncPage *self, const char *sentence)
{
  gboolean wrong = sentence != NULL && *sentence != '\0';

  gtk_label_set_text (self->trouble, wrong ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), wrong);
}

static void
show_trouble (SobanSyncPage *self, const GError *error)
{
  gboolean stopped = g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_CANCELLED);
  g_autofree char *sentence = error == NULL || stopped ? NULL : soban_sync_error_sentence (error);

  self->heard = TRUE;
  show_sentence (self, sentence);
}

static void
show_state (SobanSyncPage *self, const State *state)
{
  gboolean running = soban_sync_scheduler_is_running (self->scheduler);
  g_autofree char *heading = NULL;
  g_autofree char *detail = NULL;

  gtk_widget_set_visible (self->send, state->enrolled && !running);
  gtk_widget_set_visible (self->stop, state->enrolled && running);
  gtk_widget_set_visible (self->enrol, !state->enrolled);
  gtk_widget_set_visible (GTK_WIDGET (self->stick), state->enrolled);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), running);
  if (!state->enrolled) {
    gtk_image_set_from_icon_name (self->icon, "soban-shield-symbolic");
    gtk_label_set_text (self->heading, _("All is safe on this tablet"));
    gtk_label_set_text (self->detail,
                        _("This tablet is not linked with a commune office yet. Ask there for an enrolment "
                           "file or a code."));
    return;
  }
  if (running) {
    return;
  }
  /* What came of the sync before this page was opened. */
  if (!self->heard) {
    show_sentence (self, is_told (state->last_error) ? NULL : state->last_error);
  }
  heading = describe_waiting (state);
  /* What went wrong says, too, that all is safe. */
  detail = state->last_ms == 0 && gtk_widget_get_visible (GTK_WIDGET (self->trouble)) ? g_strdup ("") : describe_last (state);
  gtk_image_set_from_icon_name (self->icon, state->waiting == 0 && state->photos == 0 && state->last_ms > 0 ? "object-select-symbolic"
                                                                                      : "soban-send-symbolic");
  gtk_label_set_text (self->heading, heading);
  gtk_label_set_text (self->detail, detail);
  gtk_widget_set_visible (GTK_WIDGET (self->detail), *detail != '\0');
}

/* They go last, and each may take as long as all records together. */
static char *
describe_photo_progress (const SobanSyncProgress *progress)
{
  g_autofree char *sent = soban_size_text (progress->attachment_bytes_sent, soban_language_get ());
  g_autofree char *to_send = soban_size_text (progress->attachment_bytes_to_send, soban_language_get ());

  return g_strdup_printf (_("Photos and files: sent %1$u of %2$u (%3$s of %4$s)"), progress->attachments_sent, progress->attachments_to_send, sent,
                          to_send);
}

static char *
describe_progress (const SobanSyncProgress *progress)
{
  const char *language = soban_language_get ();
  g_autofree char *sent = soban_number_text ((gint64)progress->sent, language);
  g_autofree char *to_send = soban_number_text ((gint64)progress->to_send, language);
  g_autofree char *pulled = soban_number_text ((gint64)progress->pulled, language);
  g_autofree char *to_pull = soban_number_text ((gint64)progress->to_pull, language);

  if (progress->to_pull == 0) {
    return g_strdup_printf (_("Sent %1$s of %2$s, received %3$s"), sent, to_send, pulled);
  }
  return g_strdup_printf (_("Sent %1$s of %2$s, received %3$s of about %4$s"), sent, to_send, pulled, to_pull);
}

static void
on_progress (SobanSyncPage *self)
{
  const SobanSyncProgress *progress;
  guint64 of;
  g_autofree char *text = NULL;

  if (self->watched == NULL) {
    return;
  }
  progress = soban_sync_session_get_progress (self->watched);
  gtk_image_set_from_icon_name (self->icon, "soban-exchange-symbolic");
  gtk_label_set_text (self->heading, _("Sending and receiving…"));
  text = progress->attachments_to_send > 0 ? describe_photo_progress (progress) : describe_progress (progress);
  gtk_label_set_text (self->detail, text);
  gtk_widget_set_visible (GTK_WIDGET (self->detail), TRUE);
  of = progress->to_send + progress->to_pull;
  if (progress->attachment_bytes_to_send > 0) {
    gtk_progress_bar_set_fraction (self->progress, MIN (1.0, (double)progress->attachment_bytes_sent / progress->attachment_bytes_to_send));
  } else if (of > 0) {
    gtk_progress_bar_set_fraction (self->progress, MIN (1.0, (double)(progress->sent + MIN (progress->pulled, progress->to_pull)) / of));
  } else {
    gtk_progress_bar_pulse (self->progress);
  }
}

static void
watch (SobanSyncPage *self)
{
  SobanSyncSession *running = soban_sync_scheduler_get_session (self->scheduler);

  if (running == self->watched) {
    return;
  }
  if (self->watched != NULL) {
    g_signal_handlers_disconnect_by_data (self->watched, self);
  }
  g_set_object (&self->watched, running);
  if (running != NULL) {
    g_signal_connect_object (running, "progress", G_CALLBACK (on_progress), self, G_CONNECT_SWAPPED);
    on_progress (self);
  }
}

typedef struct {
  SobanSyncPage *self;
  State *state;
} ReadingAnswer;

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree ReadingAnswer *answer = data;
  g_autoptr (State) state = answer->state;
  g_autoptr (SobanSyncPage) self = answer->self;
  g_autoptr (GError) error = NULL;

  if (soban_store_run_finish (SOBAN_STORE (source), result, &error) && self->store != NULL) {
    show_state (self, state);
  }
}

static void
read_state (SobanSyncPage *self)
{
  ReadingAnswer *answer = g_new0 (ReadingAnswer, 1);

  answer->self = g_object_ref (self);
  answer->state = g_new0 (State, 1);
  watch (self);
  soban_store_run_async (self->store, run_reading, answer->state, NULL, NULL, on_read, answer);
}

static void
on_finished (SobanSyncScheduler *scheduler, GError *error, SobanSyncPage *self)
{
  show_trouble (self, error);
  read_state (self);
}

static void
on_send_clicked (SobanSyncPage *self)
{
  show_trouble (self, NULL);
  soban_sync_scheduler_sync_now (self->scheduler);
  read_state (self);
}

static void
on_stop_clicked (SobanSyncPage *self)
{
  soban_sync_scheduler_cancel (self->scheduler);
}

static void
soban_sync_page_dispose (GObject *object)
{
  SobanSyncPage *self = SOBAN_SYNC_PAGE (object);

  g_clear_object (&self->watched);
  g_clear_object (&self->scheduler);
  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (self), SOBAN_TYPE_SYNC_PAGE);
  G_OBJECT_CLASS (soban_sync_page_parent_class)->dispose (object);
}

static void
soban_sync_page_class_init (SobanSyncPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = soban_sync_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/soban/Soban/sync/sync-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SobanSyncPage, icon);
  gtk_widget_class_bind_template_child (widget_class, SobanSyncPage, heading);
  gtk_widget_class_bind_template_child (widget_class, SobanSyncPage, detail);
  gtk_widget_class_bind_template_child (widget_class, SobanSyncPage, progress);
  gtk_widget_class_bind_template_child (widget_class, SobanSyncPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, SobanSyncPage, send);
  gtk_widget_class_bind_template_child (widget_class, SobanSyncPage, stop);
  gtk_widget_class_bind_template_child (widget_class, SobanSyncPage, enrol);
  gtk_widget_class_bind_template_child (widget_class, SobanSyncPage, stick);
  gtk_widget_class_bind_template_callback (widget_class, on_send_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_clicked);
}

static void
soban_sync_page_init (SobanSyncPage *self)
{
  g_type_ensure (SOBAN_TYPE_STICK_PART);
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
soban_sync_page_new (SobanStore *store, SobanSyncScheduler *scheduler)
{
  SobanSyncPage *self = g_object_new (SOBAN_TYPE_SYNC_PAGE, NULL);

  self->store = g_object_ref (store);
  self->scheduler = g_object_ref (scheduler);
  soban_stick_part_set_store (self->stick, store);
  g_signal_connect_object (store, "changed", G_CALLBACK (read_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (scheduler, "finished", G_CALLBACK (on_finished), self, 0);
  g_signal_connect_object (scheduler, "notify::running", G_CALLBACK (read_state), self, G_CONNECT_SWAPPED);
  read_state (self);
  return GTK_WIDGET (self);
}
