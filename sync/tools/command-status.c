/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "base/number-text.h"
#include "record-output.h"
#include "store/attachment-store.h"
#include "store/settings.h"
#include "store/sync-store.h"

typedef struct {
  SobanIdentity identity;
  char *name, *url, *last_sync_ms, *last_error;
  gint64 waiting;
  guint attachments; /* that wait */
  guint64 attachment_bytes;
} Status;

static void
clear_status (Status *status)
{
  g_free (status->name);
  g_free (status->url);
  g_free (status->last_sync_ms);
  g_free (status->last_error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Status, clear_status)

static void
print_as_json (const Status *status)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  soban_build_number (builder, "device", status->identity.device);
  soban_build_text (builder, "device_name", status->name);
  soban_build_text (builder, "collector", status->url);
  soban_build_number (builder, "last_number", (gint64) status->identity.last_number);
  soban_build_number (builder, "acked_number", (gint64) status->identity.acked_number);
  soban_build_number (builder, "waiting", status->waiting);
  soban_build_number (builder, "attachments_waiting", status->attachments);
  soban_build_number (builder, "attachment_bytes_waiting", (gint64) status->attachment_bytes);
  soban_build_number (builder, "last_sync_ms",
                      status->last_sync_ms != NULL ? g_ascii_strtoll (status->last_sync_ms, NULL, 10) : 0);
  soban_build_text (builder, "last_sync_error", status->last_error);
  json_builder_end_object (builder);
  soban_print_json (builder);
}

static void
print_as_text (const Status *status)
{
  g_autofree char *waiting = soban_number_text (status->waiting, soban_language_get ());

  if (status->identity.device == 0)
    g_print ("%s\n", _("not registered with a server"));
  else
    g_print (_("registered as “%s” (device %u) with %s\n"), status->name != NULL ? status->name : "", status->identity.device,
             status->url != NULL ? status->url : "");
  g_print (_("%s changes wait to be sent\n"), waiting);
  if (status->attachments > 0) {
    g_autofree char *size = soban_size_text (status->attachment_bytes, soban_language_get ());

    g_print (_("%u photos and files wait to be sent (%s)\n"), status->attachments, size);
  }
  if (status->last_sync_ms != NULL) {
    g_autofree char *time = soban_time_text (g_ascii_strtoll (status->last_sync_ms, NULL, 10), soban_language_get ());

    g_print (_("last sent and received at %s\n"), time);
  }
  if (status->last_error != NULL && status->last_error[0] != '\0')
    g_print ("%s\n", status->last_error);
}

static int
run_status (SobanRun *run, int argc, char **argv, GError **error)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print JSON"), NULL },
    { NULL },
  };
  g_auto (Status) status = { 0 };

  if (!soban_run_parse (run, &soban_verb_status, entries, 0, 0, argc, argv, error))
    return SOBAN_EXIT_USAGE;
  if (!soban_run_open_store (run, error) || !soban_store_get_identity (run->store, &status.identity, error)
      || !soban_store_count_attachments (run->store, &status.attachments, &status.attachment_bytes, error))
    return SOBAN_EXIT_FAILED;
  status.waiting = soban_store_count_waiting (run->store, error);
  if (status.waiting < 0)
    return SOBAN_EXIT_FAILED;
  status.name = soban_store_get_setting (run->store, SOBAN_SETTING_DEVICE_NAME);
  status.url = soban_store_get_setting (run->store, SOBAN_SETTING_COLLECTOR_URL);
  status.last_sync_ms = soban_store_get_setting (run->store, SOBAN_SETTING_LAST_SYNC_MS);
  status.last_error = soban_store_get_setting (run->store, SOBAN_SETTING_LAST_SYNC_ERROR);
  if (json)
    print_as_json (&status);
  else
    print_as_text (&status);
  return SOBAN_EXIT_DONE;
}

const SobanVerb soban_verb_status = { "status", "", N_("Say what waits and when it was last sent"), run_status };
