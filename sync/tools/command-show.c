/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "base/number-text.h"
#include "record-output.h"

static void
build_fields (JsonBuilder *builder, const SobanFieldMap *fields)
{
  json_builder_set_member_name (builder, "fields");
  json_builder_begin_object (builder);
  for (guint i = 0; i < soban_field_map_size (fields); i++) {
    const char *path, *value;

    soban_field_map_nth (fields, i, &path, &value);
    soban_build_text (builder, path, value);
  }
  json_builder_end_object (builder);
}

/* sync/README.md 4.9 */
static const char *
get_quality_name (SobanTimeQuality quality)
{
  static const char *const names[] = { "raw", "same_boot", "steady", "between", "after", "before" };

  return (guint) quality < G_N_ELEMENTS (names) ? names[quality] : names[0];
}

static gboolean
is_estimate (SobanTimeQuality quality)
{
  return quality == SOBAN_TIME_BETWEEN || quality == SOBAN_TIME_AFTER || quality == SOBAN_TIME_BEFORE;
}

static void
build_history (JsonBuilder *builder, const GPtrArray *history)
{
  json_builder_set_member_name (builder, "history");
  json_builder_begin_array (builder);
  for (guint i = 0; i < history->len; i++) {
    const SobanHistoryItem *item = g_ptr_array_index (history, i);

    json_builder_begin_object (builder);
    soban_build_text (builder, "path", item->path);
    json_builder_set_member_name (builder, "value");
    if (item->value != NULL)
      json_builder_add_string_value (builder, item->value);
    else
      json_builder_add_null_value (builder);
    soban_build_number (builder, "recorded_ms", item->recorded_ms);
    soban_build_text (builder, "time_quality", get_quality_name (item->time_quality));
    soban_build_number (builder, "device", item->key.id.device);
    soban_build_number (builder, "number", (gint64) item->key.id.number);
    if (item->person != NULL)
      soban_build_text (builder, "person", item->person);
    soban_build_flag (builder, "own", item->own);
    soban_build_flag (builder, "winner", item->winner);
    soban_build_flag (builder, "lost", item->lost);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
print_as_json (const SobanRecord *record, const char *id, const GPtrArray *history)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  soban_build_text (builder, "id", id);
  soban_build_text (builder, "form", record->form);
  soban_build_text (builder, "form_version", record->form_version);
  soban_build_text (builder, "scope", record->scope);
  soban_build_text (builder, "title", record->title);
  soban_build_text (builder, "date", record->date);
  soban_build_text (builder, "unit", record->unit);
  soban_build_flag (builder, "deleted", record->deleted);
  soban_build_flag (builder, "needs_look", record->needs_look);
  soban_build_text (builder, "delivery", soban_get_delivery_name (record->delivery));
  build_fields (builder, record->fields);
  if (history != NULL)
    build_history (builder, history);
  json_builder_end_object (builder);
  soban_print_json (builder);
}

static void
print_history (const GPtrArray *history)
{
  g_print ("\n%s\n", _("History, newest first:"));
  for (guint i = 0; i < history->len; i++) {
    const SobanHistoryItem *item = g_ptr_array_index (history, i);
    g_autofree char *time = soban_time_text (item->recorded_ms, soban_language_get ());
    /* TRANSLATORS: a time that is only estimated */
    g_autofree char *about = is_estimate (item->time_quality) ? g_strdup_printf (_("about %s"), time) : g_strdup (time);

    g_print ("  %s%s%s  %s = %s%s%s%s\n", about, item->person != NULL ? "  " : "", item->person != NULL ? item->person : "", item->path, item->value != NULL ? item->value : _("(removed)"),
             item->own ? "" : _("  [from another device]"), item->winner ? _("  [shown]") : "",
             item->lost ? _("  [written at the same time as another value]") : "");
  }
}

static void
print_as_text (const SobanRecord *record, const char *id, const GPtrArray *history)
{
  g_print ("%s\n%s  %s%s%s\n", record->title, id, record->form, record->deleted ? _("  [deleted]") : "",
           record->needs_look ? _("  [needs a look]") : "");
  for (guint i = 0; i < soban_field_map_size (record->fields); i++) {
    const char *path, *value;

    soban_field_map_nth (record->fields, i, &path, &value);
    /* Who wrote stands with each change of the history. */
    if (!g_str_equal (path, SOBAN_FIELD_PERSON))
      g_print ("  %s = %s\n", path, value);
  }
  if (history != NULL)
    print_history (history);
}

static int
run_show (SobanRun *run, int argc, char **argv, GError **error)
{
  gboolean json = FALSE, with_history = FALSE;
  const GOptionEntry entries[] = {
    { "history", 0, 0, G_OPTION_ARG_NONE, &with_history, N_("Every value that was ever written, too"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print JSON"), NULL },
    { NULL },
  };
  g_autoptr (SobanRecord) record = NULL;
  g_autoptr (GPtrArray) history = NULL;
  g_autofree char *text = NULL;
  SobanUuid id;

  if (!soban_run_parse (run, &soban_verb_show, entries, 1, 1, argc, argv, error)
      || !soban_parse_record_id (run->arguments[0], &id, error))
    return SOBAN_EXIT_USAGE;
  if (!soban_run_open_store (run, error) || (record = soban_store_get_record (run->store, &id, error)) == NULL)
    return SOBAN_EXIT_FAILED;
  if (with_history && (history = soban_store_get_history (run->store, &id, error)) == NULL)
    return SOBAN_EXIT_FAILED;
  text = soban_uuid_to_string (&id);
  if (json)
    print_as_json (record, text, history);
  else
    print_as_text (record, text, history);
  return SOBAN_EXIT_DONE;
}

const SobanVerb soban_verb_show = { "show", "ID", N_("Show one record"), run_show };
