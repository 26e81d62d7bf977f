/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "store/record-store.h"

/* FALSE with a G_OPTION_ERROR when @text is no record id. */
gboolean soban_parse_record_id (const char *text, SobanUuid *ret_id, GError **error);

/* Prints what @builder has built, and a line end. */
void soban_print_json (JsonBuilder *builder);

/* Adds "name": "value". */
void soban_build_text (JsonBuilder *builder, const char *name, const char *value);
void soban_build_flag (JsonBuilder *builder, const char *name, gboolean value);
void soban_build_number (JsonBuilder *builder, const char *name, gint64 value);

/* "waiting" or "received": for programs, not translated. */
const char *soban_get_delivery_name (SobanRecordDelivery delivery);
