/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * SobanCatalogue:
 *
 * One language's messages, read from a GNU .mo file. gettext itself speaks one language a process; the collector
 * answers each request in the language of its reader. Immutable after loading: any thread.
 */
typedef struct _SobanCatalogue SobanCatalogue;

/* (transfer full): the catalogue of @language below @locale_dir; "en" gives an empty one. */
SobanCatalogue *soban_catalogue_load (const char *locale_dir, const char *language, GError **error);
void soban_catalogue_free (SobanCatalogue *catalogue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanCatalogue, soban_catalogue_free)

const char *soban_catalogue_get_language (const SobanCatalogue *catalogue);
/* (transfer none): the translation, or @msgid itself. Lives as long as the catalogue (or @msgid). */
const char *soban_catalogue_text (const SobanCatalogue *catalogue, const char *msgid);
/* The plural form for @n. */
const char *soban_catalogue_plural (const SobanCatalogue *catalogue, const char *msgid, const char *msgid_plural, guint64 n);
