/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "record-output.h"

#include <glib/gi18n-lib.h>

gboolean
soban_parse_record_id (const char *text, SobanUuid *ret_id, GError **error)
{
  if (soban_uuid_parse (text, ret_id))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("“%s” is no record id"), text);
  return FALSE;
}

void
soban_print_json (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autofree char *text = NULL;

  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  text = json_generator_to_data (generator, NULL);
  g_print ("%s\n", text);
}

void
soban_build_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value != NULL ? value : "");
}

void
soban_build_flag (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

void
soban_build_number (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

const char *
soban_get_delivery_name (SobanRecordDelivery delivery)
{
  return delivery == SOBAN_RECORD_RECEIVED ? "received" : "waiting";
}
