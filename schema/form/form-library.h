/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/form.h"

/* What the program knows of a form beside its XML: one row of forms/catalogue.tsv. */
typedef enum { SOBAN_FORM_ACTIVITY, SOBAN_FORM_TALLY, SOBAN_FORM_ZERO, SOBAN_FORM_REGISTRY, SOBAN_FORM_CASE, SOBAN_FORM_OTHER } SobanFormKind;

typedef struct {
  const char *id;
  SobanFormKind kind;
  gboolean offered;       /* FALSE: shipped, but not shown for recording (case_record until S3 can be sealed) */
  const char *icon_name;  /* our own symbolic icon, "soban-<id>-symbolic" */
  const char *colour;     /* "#rrggbb" of its kind */
  const char *date_field; /* when it happened: activity_date, period, founded_date ...; "" = none */
  const char *unit_field; /* commune_id, or "" */
  const char *title;      /* (nullable): of a form that was received: as it says itself */
} SobanFormEntry;

/**
 * SobanFormLibrary: the forms at hand, parsed on first use, every version kept. Thread-safe.
 */
typedef struct _SobanFormLibrary SobanFormLibrary;

/* Reads <data_dir>/forms/catalogue.tsv; the forms themselves are parsed when asked for. */
SobanFormLibrary *soban_form_library_load (const char *data_dir, GError **error);
SobanFormLibrary *soban_form_library_ref (SobanFormLibrary *library);
void soban_form_library_unref (SobanFormLibrary *library);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanFormLibrary, soban_form_library_unref)

/* (transfer none) (element-type SobanFormEntry): in the order they are shown: those of the catalogue, then those that were received. What was given
 * out stays as it was as long as the library lives; ask anew to see what has come. */
const GPtrArray *soban_form_library_list (SobanFormLibrary *library);
const SobanFormEntry *soban_form_library_find (SobanFormLibrary *library, const char *id); /* (nullable) */
/* Whether the catalogue has it. */
gboolean soban_form_library_is_built_in (SobanFormLibrary *library, const char *id);
/* (transfer full): the form; @version NULL = the newest at hand that is not withdrawn, else the newest. SOBAN_FORM_ERROR_REFERENCE when it is not at hand. */
SobanForm *soban_form_library_get (SobanFormLibrary *library, const char *id, const char *version, GError **error);
/* Takes another version in (from the store or the collector). */
void soban_form_library_add (SobanFormLibrary *library, SobanForm *form);
/* A version that the collector has published: @offered: for new records. A form that the catalogue has not gets an entry (kind ACTIVITY). */
void soban_form_library_offer (SobanFormLibrary *library, const char *id, const char *version, gboolean offered);
/* Whether the collector has taken the version back: no new records of it, those that were begun may be completed. */
gboolean soban_form_library_is_withdrawn (SobanFormLibrary *library, const char *id, const char *version);
