/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

#include "base/limits.h"
#include "record-output.h"

static void
build_row (JsonBuilder *builder, const SobanRecordRow *row, const char *id)
{
  json_builder_begin_object (builder);
  soban_build_text (builder, "id", id);
  soban_build_text (builder, "form", row->form);
  soban_build_text (builder, "title", row->title);
  soban_build_text (builder, "date", row->date);
  soban_build_text (builder, "unit", row->unit);
  soban_build_flag (builder, "needs_look", row->needs_look);
  soban_build_flag (builder, "deleted", row->deleted);
  soban_build_text (builder, "delivery", soban_get_delivery_name (row->delivery));
  json_builder_end_object (builder);
}

static void
print_row (const SobanRecordRow *row, const char *id)
{
  g_print ("%s  %-22s  %-10s  %s%s%s\n", id, row->form, row->date, row->title,
           row->needs_look ? _("  [needs a look]") : "",
           row->delivery == SOBAN_RECORD_WAITING ? _("  [waits to be sent]") : "");
}

/* @builder: (nullable): NULL prints lines. */
static gboolean
print_ids (SobanStore *store, const GArray *ids, JsonBuilder *builder, GError **error)
{
  for (guint start = 0; start < ids->len; start += SOBAN_LIST_PAGE_ROWS) {
    guint count = MIN (ids->len - start, SOBAN_LIST_PAGE_ROWS);
    g_autoptr (GPtrArray) rows = soban_store_get_rows (store, &g_array_index (ids, SobanUuid, start), count, error);

    if (rows == NULL)
      return FALSE;
    for (guint i = 0; i < rows->len; i++) {
      const SobanRecordRow *row = g_ptr_array_index (rows, i);
      g_autofree char *id = NULL;

      if (row == NULL)
        continue;
      id = soban_uuid_to_string (&row->id);
      if (builder != NULL)
        build_row (builder, row, id);
      else
        print_row (row, id);
    }
  }
  return TRUE;
}

static int
run_list (SobanRun *run, int argc, char **argv, GError **error)
{
  g_autofree char *form = NULL, *search = NULL, *month = NULL;
  gboolean needs_look = FALSE, waiting = FALSE, deleted = FALSE, registries = FALSE, json = FALSE;
  const GOptionEntry entries[] = {
    { "form", 0, 0, G_OPTION_ARG_STRING, &form, N_("Only records of this form"), N_("FORM") },
    { "search", 0, 0, G_OPTION_ARG_STRING, &search, N_("Only records with these words, with or without accents"), N_("TEXT") },
    { "month", 0, 0, G_OPTION_ARG_STRING, &month, N_("Only records of this month"), N_("YYYY-MM") },
    { "needs-look", 0, 0, G_OPTION_ARG_NONE, &needs_look, N_("Only records that need a look"), NULL },
    { "waiting", 0, 0, G_OPTION_ARG_NONE, &waiting, N_("Only records that wait to be sent"), NULL },
    { "deleted", 0, 0, G_OPTION_ARG_NONE, &deleted, N_("The deleted records"), NULL },
    { "registries", 0, 0, G_OPTION_ARG_NONE, &registries, N_("Registry entries, too"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print JSON"), NULL },
    { NULL },
  };
  g_autoptr (JsonBuilder) builder = NULL;
  g_autoptr (GArray) ids = NULL;

  if (!soban_run_parse (run, &soban_verb_list, entries, 0, 0, argc, argv, error))
    return SOBAN_EXIT_USAGE;
  if (!soban_run_open_store (run, error))
    return SOBAN_EXIT_FAILED;
  ids = soban_store_list_records (run->store,
                                  &(SobanRecordQuery) {
                                    .form = form,
                                    .search = search,
                                    .month = month,
                                    .needs_look = needs_look,
                                    .waiting = waiting,
                                    .deleted = deleted,
                                    .registries = registries,
                                  },
                                  error);
  if (ids == NULL)
    return SOBAN_EXIT_FAILED;
  if (json) {
    builder = json_builder_new ();
    json_builder_begin_array (builder);
  }
  if (!print_ids (run->store, ids, builder, error))
    return SOBAN_EXIT_FAILED;
  if (json) {
    json_builder_end_array (builder);
    soban_print_json (builder);
  }
  return SOBAN_EXIT_DONE;
}

const SobanVerb soban_verb_list = { "list", "", N_("List records, newest first"), run_list };
